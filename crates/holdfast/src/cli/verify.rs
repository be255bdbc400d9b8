//! `holdfast verify`: an org against its witness, its database's own seals, and its audit log from end to end.

use super::Failure;
use super::args::VerifyArgs;
use super::place::{open_existing, org};
use crate::terminal::{say, tell};
use store::{AuditVerdict, Backed as _, WitnessVerdict};

pub(super) fn run(args: &VerifyArgs) -> Result<(), Failure> {
    let installation = open_existing(&args.place)?;
    let org = org(&installation, Some(&args.org))?;
    let store = org.store();
    match installation.platform.store().witness_check(store)? {
        WitnessVerdict::Agrees { seq: Some(seq) } => {
            tell(format_args!("The store is at least as far as it was seen: row {seq} of its audit log."));
        }
        WitnessVerdict::Agrees { seq: None } => tell("Nothing was seen of this org before."),
        WitnessVerdict::Disagrees { why } if args.accept => {
            installation.platform.store().witness_accept(org.id())?;
            tell(format_args!("Accepted although {why}."));
        }
        WitnessVerdict::Disagrees { why } => {
            return Err(Failure::new(format!(
                "The store of {} was rolled back or replaced: {why}. Restore it from a backup, or add --accept to take \
                 it as it is.",
                org.id()
            )));
        }
    }
    match store.storage_check()? {
        Some(faults) if faults.is_empty() => tell("The database finds nothing wrong with its pages and indexes."),
        Some(faults) => {
            return Err(Failure::new(format!("The database of {} is damaged: {}.", org.id(), faults.join("; "))));
        }
        None => tell("The database is PostgreSQL's: pg_amcheck looks into its pages and indexes."),
    }
    match store.read(|tx| tx.audit_verify())? {
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
