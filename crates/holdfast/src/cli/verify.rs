//! `holdfast verify`: the audit log, from its first row to its last.

use super::Failure;
use super::args::VerifyArgs;
use super::place::{open_existing, org};
use crate::terminal::say;
use store::{AuditVerdict, Purpose};

pub(super) fn run(args: &VerifyArgs) -> Result<(), Failure> {
    let installation = open_existing(&args.place)?;
    let org = org(&installation, Some(&args.org))?;
    let store = org.store();
    let key = store.keyring().key(Purpose::AuditMac)?;
    match store.read(|tx| tx.audit_verify(key))? {
        AuditVerdict::Whole { rows } => {
            say(format_args!(
                "The audit log of {} is whole: {rows} rows, each sealed and following the one before.",
                org.id()
            ));
            Ok(())
        }
        AuditVerdict::BrokenAt { seq, why } => Err(Failure::new(format!(
            "The audit log of {} is broken at row {seq}: {why}. Rows before it can be trusted, this one and those after it cannot.",
            org.id()
        ))),
    }
}
