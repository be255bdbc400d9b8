//! The pages of docs/connect, and the one about bulk jobs: every example in them runs as it stands, and prints what the page says that it prints.

use crate::connected::Connected;
use crate::program::text;
use std::time::Duration;
use test_support::{Sf, node_script, project_root, python_script, python_script_in, target_dir};

/// A block of code, and the text block right behind it.
struct Example {
    page: String,
    language: String,
    code: String,
    prints: Option<String>,
}

/// The examples of a page, in order. Blocks that are no program (settings, and lines that are merely indented) are none.
fn examples(page: &str, content: &str) -> Vec<Example> {
    let mut found: Vec<Example> = Vec::new();
    let mut lines = content.lines();
    while let Some(line) = lines.next() {
        let Some(language) = line.strip_prefix("```") else { continue };
        let code: String = lines.by_ref().take_while(|line| *line != "```").map(|line| format!("{line}\n")).collect();
        match language {
            "text" => {
                let before = found.last_mut().unwrap_or_else(|| panic!("{page}: a text block follows what prints it"));
                assert!(before.prints.replace(code).is_none(), "{page}: an example prints one text");
            }
            "sh" | "python" | "js" => {
                let (page, language) = (page.to_owned(), language.to_owned());
                found.push(Example { page, language, code, prints: None });
            }
            "toml" => {}
            other => panic!("{page}: nobody knows how to run {other:?}"),
        }
    }
    found
}

fn run(connected: &Connected, sf: &Sf, example: &Example) -> String {
    let root = connected.authority.root();
    let modules = target_dir().join("tools/node/node_modules");
    let own = [
        ("REQUESTS_CA_BUNDLE", text(&root)),
        ("NODE_EXTRA_CA_CERTS", text(&root)),
        ("NODE_PATH", text(&modules)),
        ("NO_PROXY", "127.0.0.1"),
        ("no_proxy", "127.0.0.1"),
    ];
    let env = [&connected.process.access().env()[..], &own].concat();
    let within = Duration::from_secs(90);
    let script = |name: &str| {
        let path = sf.folder().join(name);
        std::fs::write(&path, &example.code).expect("written");
        path
    };
    match example.language.as_str() {
        "python" if example.page == "dlt.md" => {
            // It keeps what it knows of a pipeline, and writes its tables, in a folder of this run alone.
            let folder = text(sf.folder());
            let own = [("HOME", folder), ("DLT_DATA_DIR", folder), ("RUNTIME__DLTHUB_TELEMETRY", "false")];
            python_script_in("dlt", sf.folder(), script("example.py"), &[&env[..], &own].concat(), within)
        }
        "python" => python_script(script("example.py"), &env, within),
        "js" => node_script(script("example.cjs"), &env, within),
        _ => sf.shell(&example.code),
    }
    .unwrap_or_else(|error| panic!("{}: {error:#}\n{}", example.page, example.code))
}

#[test]
fn every_example_of_the_pages_about_connecting_runs_and_prints_what_it_says() {
    let docs = project_root().join("docs");
    let folder = std::fs::read_dir(docs.join("connect")).expect("the pages");
    let mut pages: Vec<_> = folder.flatten().map(|entry| entry.path()).chain([docs.join("bulk.md")]).collect();
    pages.sort();
    let all: Vec<Example> = pages
        .iter()
        .flat_map(|path| {
            let page = path.file_name().and_then(|name| name.to_str()).expect("a name");
            examples(page, &std::fs::read_to_string(path).expect("a page"))
        })
        .collect();
    for (page, least) in [
        ("bulk.md", 2),
        ("curl.md", 3),
        ("jsforce.md", 2),
        ("sf.md", 2),
        ("simple-salesforce.md", 3),
        ("excel-power-bi.md", 1),
        ("dlt.md", 1),
    ] {
        assert!(all.iter().filter(|example| example.page == page).count() >= least, "{page} has lost its examples");
    }
    let connected = Connected::new();
    let root = connected.authority.root();
    let mut sf = Sf::new(&root).expect("a terminal").with("CURL_CA_BUNDLE", text(&root));
    for (name, value) in connected.process.access().env() {
        sf = sf.with(name, value);
    }
    for example in &all {
        let printed = run(&connected, &sf, example);
        let expected =
            example.prints.as_deref().unwrap_or_else(|| panic!("{}: says nothing:\n{}", example.page, example.code));
        assert_eq!(printed.trim_end(), expected.trim_end(), "{}:\n{}", example.page, example.code);
    }
}
