//! simple-salesforce, unmodified, over TLS; its built-in hosts are led here by a proxy.

use crate::connected::Connected;

fn run(script: &str) {
    let printed = Connected::new().python(format!("crates/holdfast/tests/clients/{script}"));
    assert!(printed.ends_with("done\n"), "{printed}");
}

#[test]
fn simple_salesforce_signs_in_by_every_way_it_knows() {
    run("simple_sign_in.py");
}

#[test]
fn simple_salesforce_works_with_records_queries_collections_and_errors() {
    run("simple_records.py");
}
