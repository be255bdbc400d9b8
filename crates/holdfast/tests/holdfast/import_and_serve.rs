//! An import by the program into an org, and the figures that the org's API gives afterwards.

use crate::import_into_org::stand_in;
use crate::serve_process::{start, stop};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

const MAPPING: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/crm-sales-opportunities/mapping.toml");

fn import_and_ask(crm: &Path) {
    let folder = test_support::temp_dir().expect("a folder");
    let (data, env_file) = (folder.path().join("data"), folder.path().join("access.env"));
    let data = data.to_str().expect("text");
    let demo = ["demo", "--listen", "127.0.0.1:0", "--data", data, "--env-file", env_file.to_str().expect("text")];
    stop(start(&demo));

    let access = |name: &str| {
        let text = std::fs::read_to_string(&env_file).expect("the env file");
        let prefix = format!("{name}=");
        text.lines().find_map(|line| line.strip_prefix(&prefix).map(str::to_owned)).expect("the name is there")
    };
    let imported = Command::new(crate::program::BINARY)
        .args(["import", "--mapping", MAPPING, "--data", data, "--as", &access("SF_USERNAME"), "--report"])
        .arg(folder.path().join("rows.txt"))
        .arg("--dir")
        .arg(crm)
        .output()
        .expect("the binary starts");
    assert!(imported.status.success(), "{}", String::from_utf8_lossy(&imported.stderr));

    let server = start(&demo);
    let crm = crm.to_str().expect("text");
    let (url, token) = (access("SF_URL"), access("SF_TOKEN"));
    let env = [("CRM_DIR", crm), ("SF_URL", url.as_str()), ("SF_TOKEN", token.as_str())];
    test_support::python_script("crates/holdfast/tests/clients/import_totals.py", &env, Duration::from_secs(60))
        .unwrap_or_else(|error| panic!("{error}"));
    stop(server);
}

#[test]
fn the_api_of_an_org_answers_for_an_imported_pipeline_as_its_files_do() {
    // The real files where this machine has them, else generated ones of the same shape and dirt.
    match test_support::shared_data("crm-sales-opportunities") {
        Some(real) => import_and_ask(&real),
        None => import_and_ask(stand_in::stand_in(300).path()),
    }
}
