//! `holdfast migrate`: every org brought up to this version of the program.

use super::Failure;
use super::args::MigrateArgs;
use super::place::open_existing;
use crate::terminal::{say, tell};
use std::sync::Mutex;

pub(super) fn run(args: &MigrateArgs) -> Result<(), Failure> {
    let installation = open_existing(&args.place)?;
    let failed = Mutex::new(0_usize);
    installation.platform.orgs_upgrade(usize::from(args.at_once), &|upgraded| {
        if upgraded.outcome.is_ok() {
            say(&upgraded);
            return;
        }
        tell(&upgraded);
        if let Ok(mut failed) = failed.lock() {
            *failed += 1;
        }
    })?;
    match failed.into_inner().unwrap_or_default() {
        0 => Ok(()),
        1 => Err(Failure::new("One org could not be brought up to this version; it is named above.")),
        count => {
            Err(Failure::new(format!("{count} orgs could not be brought up to this version; they are named above.")))
        }
    }
}
