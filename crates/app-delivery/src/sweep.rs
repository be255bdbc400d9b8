//! What the scheduler puts right each time it looks: owners are told of schedules that stopped and runs that failed,
//! messages of schedules that may not send any more are looked at again at once, and runs whose last message was settled
//! by two workers at the same instant come to their end.

use crate::DeliveryConfig;
use crate::ledger::{self, Ledger, OPEN_STATES, run_settle};
use crate::notice::{self, News, Reader};
use crate::objects::{DELIVERY, RUN, SCHEDULE};
use model::{Instant, RecordId, Result};
use platform::{RecordRow, Unit};

/// Who is told beside the owner, at most.
const MAX_ADMINS: usize = 20;
/// Runs that one mail tells of one by one.
const RUNS_TOLD: usize = 10;

/// # Errors
/// What the database reports.
pub(crate) fn sweep(config: &DeliveryConfig, ledger: &Ledger, now: Instant) -> Result<()> {
    tell_stops(config, ledger, now)?;
    tell_failures(config, ledger, now)?;
    hurry(ledger)?;
    end_runs(ledger, now)
}

fn rows(ledger: &Ledger, text: &str) -> Result<Vec<RecordRow>> {
    let (_, rows) = ledger.ctx().query_all_rows(text, platform::QueryOptions::default())?;
    Ok(rows)
}

fn tell_stops(config: &DeliveryConfig, ledger: &Ledger, now: Instant) -> Result<()> {
    let waiting =
        format!("SELECT Id FROM {SCHEDULE} WHERE State = 'suspended' AND ToldAt = null ORDER BY Id LIMIT 200");
    for row in rows(ledger, &waiting)? {
        let id = row.id;
        ledger.together(|unit| {
            let text = format!(
                "SELECT Name, SuspendReason, OwnerId FROM {SCHEDULE} WHERE Id = '{id}' AND State = 'suspended' AND \
                 ToldAt = null"
            );
            let found = unit.rows(&text)?;
            let Some(row) = found.first() else { return Ok(()) };
            let (name, reason) = (row.cells[0].value().to_plain(), row.cells[1].value().to_plain());
            let news = News {
                schedule: id,
                schedule_name: &name,
                headline: format!("The schedule {name} has stopped"),
                reason,
                what_next: "Nothing of it is sent until it is active again. What waited to be sent was cancelled.",
            };
            let mut readers = owner(unit, row.cells[2].value().as_id())?;
            readers.extend(admins(unit)?);
            tell(config, unit, &news, readers, now)?;
            ledger::update(unit, SCHEDULE, id, &[("ToldAt", now.into())])
        })?;
    }
    Ok(())
}

fn tell_failures(config: &DeliveryConfig, ledger: &Ledger, now: Instant) -> Result<()> {
    let untold = format!(
        "SELECT ScheduleId, State, Slot, Reason, Schedule.Name, Schedule.OwnerId FROM {RUN} WHERE State IN ('failed', \
         'missed') AND IsTold = false ORDER BY ScheduleId, DueAt LIMIT 500"
    );
    let found = rows(ledger, &untold)?;
    for runs in found.chunk_by(|a, b| a.cells[0].value() == b.cells[0].value()) {
        let Some(schedule) = runs[0].cells[0].value().as_id() else { continue };
        let name = runs[0].cells[4].value().to_plain();
        let text = |row: &RecordRow, at: usize| row.cells[at].value().to_plain();
        let mut lines: Vec<String> = runs
            .iter()
            .take(RUNS_TOLD)
            .map(|row| format!("{} {}: {}", text(row, 2), text(row, 1), text(row, 3)))
            .collect();
        if runs.len() > RUNS_TOLD {
            lines.push(format!("and {} more", runs.len() - RUNS_TOLD));
        }
        let what = if runs.iter().any(|row| text(row, 1) == "failed") { "failed" } else { "was missed" };
        let news = News {
            schedule,
            schedule_name: &name,
            headline: format!("A run of {name} {what}"),
            reason: lines.join("\n"),
            what_next: "The schedule goes on with its next run unless it says otherwise.",
        };
        ledger.together(|unit| {
            let readers = owner(unit, runs[0].cells[5].value().as_id())?;
            tell(config, unit, &news, readers, now)?;
            runs.iter().try_for_each(|row| ledger::update(unit, RUN, row.id, &[("IsTold", true.into())]))
        })?;
    }
    Ok(())
}

fn tell(
    config: &DeliveryConfig,
    unit: &mut Unit<'_, '_>,
    news: &News<'_>,
    readers: Vec<Reader>,
    now: Instant,
) -> Result<()> {
    let org = unit.ctx().org().id().to_string();
    let mut told: Vec<String> = Vec::new();
    for reader in readers {
        let address = reader.email.to_lowercase();
        if address.is_empty() || told.contains(&address) {
            continue;
        }
        // One reader who cannot be written to keeps nothing from the others, nor the scheduler from its work.
        match notice::mail(config, &org, news, &reader, now) {
            Ok(mail) => unit.mail(mail).map(|_| ())?,
            Err(error) => {
                tracing::warn!(code = %error.code(), schedule = %news.schedule, "a reader cannot be told: {error}");
            }
        }
        told.push(address);
    }
    Ok(())
}

const READER: &str = "SELECT Name, Email, LocaleSidKey, TimeZoneSidKey FROM User WHERE IsActive = true";

fn owner(unit: &mut Unit<'_, '_>, owner: Option<RecordId>) -> Result<Vec<Reader>> {
    let Some(owner) = owner else { return Ok(Vec::new()) };
    Ok(unit.rows(&format!("{READER} AND Id = '{owner}'"))?.iter().map(reader).collect())
}

/// Who manages all schedules, by profile or by a permission set.
fn admins(unit: &mut Unit<'_, '_>) -> Result<Vec<Reader>> {
    let by_profile = format!(
        "{READER} AND ProfileId IN (SELECT ProfileId FROM PermissionSet WHERE IsOwnedByProfile = true AND \
         PermissionsManageAllSchedules = true) ORDER BY Id LIMIT {MAX_ADMINS}"
    );
    let by_set = format!(
        "{READER} AND Id IN (SELECT AssigneeId FROM PermissionSetAssignment WHERE \
         PermissionSet.PermissionsManageAllSchedules = true) ORDER BY Id LIMIT {MAX_ADMINS}"
    );
    let mut found: Vec<Reader> = unit.rows(&by_profile)?.iter().map(reader).collect();
    found.extend(unit.rows(&by_set)?.iter().map(reader));
    Ok(found)
}

fn reader(row: &RecordRow) -> Reader {
    let text = |at: usize| row.cells[at].value().to_plain();
    Reader { name: text(0), email: text(1), locale: text(2), zone: text(3) }
}

/// Messages of schedules that stopped are looked at now and not when their next attempt would be due: they are cancelled
/// there, by the one place that decides.
fn hurry(ledger: &Ledger) -> Result<()> {
    let stopped = format!(
        "SELECT Id FROM {DELIVERY} WHERE State IN ('queued', 'deferred') AND Run.Kind != 'test' AND \
         Run.Schedule.State IN ('draft', 'paused', 'suspended') LIMIT 2000"
    );
    let ids: Vec<RecordId> = rows(ledger, &stopped)?.iter().map(|row| row.id).collect();
    if ids.is_empty() {
        return Ok(());
    }
    ledger.together(|unit| unit.mail_hurry(&ids))
}

fn end_runs(ledger: &Ledger, now: Instant) -> Result<()> {
    let over = format!(
        "SELECT ScheduleId FROM {RUN} WHERE State = 'delivering' AND Id NOT IN (SELECT RunId FROM {DELIVERY} WHERE State \
         IN ({OPEN_STATES})) LIMIT 200"
    );
    for row in rows(ledger, &over)? {
        let Some(schedule) = row.cells[0].value().as_id() else { continue };
        ledger.together(|unit| run_settle(unit, schedule, row.id, now).map(|_| ()))?;
    }
    Ok(())
}
