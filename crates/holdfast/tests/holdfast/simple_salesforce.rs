//! simple-salesforce, unmodified, over TLS; its built-in hosts are led here by a proxy.

use crate::connected::Connected;

/// One demo for all: filling it takes longer than any of them.
#[test]
fn simple_salesforce_signs_in_by_every_way_it_knows_and_does_everyday_work_and_bulk() {
    let connected = Connected::new();
    for script in ["simple_sign_in.py", "simple_records.py", "simple_bulk.py"] {
        let printed = connected.python(format!("crates/holdfast/tests/clients/{script}"));
        assert!(printed.ends_with("done\n"), "{script}: {printed}");
    }
}
