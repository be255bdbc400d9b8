//! `holdfast backup` and `holdfast restore`.

use super::Failure;
use super::args::{BackupArgs, BackupCommand, RestoreArgs};
use super::place::{open_existing, org_id, place};
use crate::installation::Installation;
use crate::terminal::{say, tell};
use model::{Instant, OrgId};
use platform::{BackupFault, BackupRow, RestorePoint};
use store::Backed as _;

pub(super) fn run(command: &BackupCommand) -> Result<(), Failure> {
    match command {
        BackupCommand::Create(args) => create(args),
        BackupCommand::List(args) => {
            told(args, |installation, org| Ok(installation.platform.store().backup_list(org, &args.dir)?))
        }
        BackupCommand::Verify(args) => {
            told(args, |installation, org| Ok(installation.platform.store().backup_verify(org, &args.dir)?))
        }
        BackupCommand::Prune(args) => {
            let keep = usize::try_from(args.keep).unwrap_or(usize::MAX);
            each_org(&args.backups, |installation, org| {
                let (backups, chunks) = installation.platform.store().backup_prune(org, &args.backups.dir, keep)?;
                say(format_args!("{org}  {backups} backups and {chunks} chunks removed"));
                Ok(())
            })
        }
    }
}

fn create(args: &BackupArgs) -> Result<(), Failure> {
    each_org(args, |installation, org| {
        let made = installation.platform.backup_make(org, &args.dir)?;
        say(format_args!(
            "{org}  backup {}: {} rows, {} of {} chunks new ({} KiB)",
            made.number,
            made.rows,
            made.new_chunks,
            made.chunks,
            made.new_bytes / 1024
        ));
        Ok(())
    })
}

fn told(
    args: &BackupArgs,
    read: impl Fn(&Installation, OrgId) -> Result<(Vec<BackupRow>, Vec<BackupFault>), Failure>,
) -> Result<(), Failure> {
    each_org(args, |installation, org| {
        let (rows, faults) = read(installation, org)?;
        if rows.is_empty() {
            tell(format_args!("{org} has no backup in {}.", args.dir.display()));
        }
        for row in rows {
            say(format_args!("{org}  {:>6}  {}  {} rows", row.number, row.created, row.rows));
        }
        if faults.is_empty() {
            return Ok(());
        }
        let words: Vec<String> = faults.iter().map(|fault| format!("backup {}: {}", fault.number, fault.why)).collect();
        Err(Failure::new(format!("{}.", words.join("; "))))
    })
}

/// Does the same with the org that was named, or with all; one that fails does not keep the others from it.
fn each_org(args: &BackupArgs, act: impl Fn(&Installation, OrgId) -> Result<(), Failure>) -> Result<(), Failure> {
    let installation = open_existing(&args.place)?;
    if let Some(org) = &args.org {
        return act(&installation, org_id(org)?);
    }
    let (mut failed, orgs) = (0, installation.platform.org_list()?);
    for row in &orgs {
        if let Err(failure) = act(&installation, row.org) {
            tell(format_args!("{}: {failure}", row.org));
            failed += 1;
        }
        installation.platform.org_close(row.org);
    }
    if failed == 0 { Ok(()) } else { Err(Failure::new(format!("{failed} of {} orgs failed.", orgs.len()))) }
}

pub(super) fn restore(args: &RestoreArgs) -> Result<(), Failure> {
    let org = org_id(&args.org)?;
    let point =
        match (args.number, &args.at) {
            (Some(number), _) => RestorePoint::Number(number),
            (None, Some(at)) => RestorePoint::At(Instant::parse(at).ok_or_else(|| {
                Failure::new(format!("--at: {at:?} is no moment. They look like 2026-11-20T18:00:00Z."))
            })?),
            (None, None) => RestorePoint::Newest,
        };
    // On a new machine there is nothing yet but what is to come.
    let installation = Installation::open(&place(&args.place)?)?;
    let restored = installation.platform.backup_restore(org, &args.dir, point, args.force, args.keyring.as_deref())?;
    for what in &restored.overridden {
        tell(format_args!("overridden: {what}"));
    }
    say(format_args!(
        "{org} is restored from backup {} of {}: {} rows.",
        restored.number, restored.created, restored.rows
    ));
    Ok(())
}
