//! `holdfast demo` as a visitor and a program meet it.

use crate::program::{BINARY, run};
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;
use std::time::Duration;
use test_support::{HoldfastProcess, SmtpServer, python_script};

const SOON: Duration = Duration::from_secs(60);

fn script(name: &str, process: &HoldfastProcess, more: &[(&str, &str)]) -> String {
    let access = process.access();
    let env = [&access.env()[..], more].concat();
    python_script(format!("crates/holdfast/tests/clients/{name}"), &env, SOON)
        .unwrap_or_else(|error| panic!("{error}\n{}", process.log()))
}

/// Runs the demo again on a directory or a port that is taken, and gives its words.
fn refused(arguments: &[&str]) -> String {
    let output = run(arguments);
    let words = String::from_utf8(output.stderr).expect("text");
    assert_eq!(output.status.code(), Some(1), "{words}");
    words
}

#[test]
fn a_demo_without_a_mail_server_serves_pages_api_and_outbox_and_guards_its_data() {
    let process = HoldfastProcess::demo(BINARY).expect("the demo starts");
    let env_file = process.data_dir().with_file_name("access.env");
    let mode = std::fs::metadata(&env_file).expect("the env file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    script("demo_api.py", &process, &[]);
    script("demo_outbox.py", &process, &[]);

    let data = process.data_dir();
    let data = data.to_str().expect("text");
    let words = refused(&["demo", "--listen", "127.0.0.1:0", "--data", data]);
    assert!(words.contains("Another Holdfast process uses the data directory"), "{words}");
    let words = refused(&["demo", "--listen", "127.0.0.1:0", "--data", data, "--fresh"]);
    assert!(words.contains("Another Holdfast process uses the data directory"), "{words}");
    let folder = test_support::temp_dir().expect("a folder");
    let other = folder.path().join("other");
    let address = process.url().trim_start_matches("http://");
    let words = refused(&["demo", "--listen", address, "--data", other.to_str().expect("text")]);
    assert!(words.contains(&format!("Another program listens on {address}")), "{words}");

    // A power cut, then a second start: the same org, at once.
    let org = process.access().org_id.clone();
    let kept = process.kill();
    let again = Command::new(BINARY)
        .args(["org", "list", "--data"])
        .arg(kept.path().join("org"))
        .output()
        .expect("the binary starts");
    assert!(String::from_utf8_lossy(&again.stdout).contains(&org), "{again:?}");
}

#[test]
fn the_pipeline_report_arrives_by_mail_as_workbook_table_and_chart() {
    let mut server = SmtpServer::start().expect("a mail server");
    let url = format!("smtp://127.0.0.1:{}", server.port());
    let process = HoldfastProcess::demo_with(BINARY, &["--smtp", &url], &[]).expect("the demo starts");
    let mail = server.next_message(SOON).unwrap_or_else(|error| panic!("{error}\n{}", process.log()));
    let folder = test_support::temp_dir().expect("a folder");
    let file = folder.path().join("mail.eml");
    std::fs::write(&file, &mail.raw).expect("written");
    script("demo_mail.py", &process, &[("MAIL_FILE", file.to_str().expect("text")), ("MAIL_TO", mail.to[0].as_str())]);
}
