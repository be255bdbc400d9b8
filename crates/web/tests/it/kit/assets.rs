//! The assets: found under their own version alone, small, and complete.

use web::kit::assets::{all, find, href};

#[test]
fn every_asset_is_found_under_its_address() {
    for asset in all() {
        assert_eq!(find(&href(asset.name)), Some(*asset));
        assert!(!asset.content.is_empty(), "{}", asset.name);
    }
    assert!(href("app.css").starts_with("/assets/") && href("app.css").ends_with("/app.css"));
}

#[test]
fn another_version_or_a_path_that_climbs_is_not_found() {
    for path in
        ["/assets/000000000000/app.css", "/assets/app.css", "/assets/", "/etc/passwd", &href("../app.css"), &href("")]
    {
        assert_eq!(find(path), None, "{path}");
    }
}

#[test]
fn scripts_import_only_each_other() {
    let scripts = || all().iter().filter(|asset| asset.name.ends_with(".js"));
    for script in scripts() {
        for line in script.content.lines().filter(|line| line.starts_with("import ")) {
            let from = line.split('"').nth(1).expect("an import names its file");
            let name = from.strip_prefix("./").expect("an import is relative");
            assert!(scripts().any(|other| other.name == name), "{}: {from}", script.name);
        }
    }
}

#[test]
fn scripts_never_turn_text_into_markup_or_code() {
    for script in all().iter().filter(|asset| asset.name.ends_with(".js")) {
        for unsafe_word in
            ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", ".style"]
        {
            assert!(!script.content.contains(unsafe_word), "{}: {unsafe_word}", script.name);
        }
    }
}
