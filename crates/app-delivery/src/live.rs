//! What must hold at the moment a message leaves, however long it waited: asked inside the transaction that takes the
//! message and again in the one before its last byte, from what that transaction sees.

use crate::bursting::Bursting;
use crate::consent::live_grant_query;
use crate::domains;
use crate::ledger::suspend;
use crate::objects::{DELIVERY, OPT_OUT, SUPPRESSION};
use crate::recipients::{self, Recipient};
use crate::services::LEDGER;
use crate::settings::{self, Switch};
use model::{Error, ErrorCode, RecordId, Result, Value};
use platform::literal::quoted;
use platform::{Ctx, MailStop, OrgTx, OutboxItem, RecordRow, SystemPermission};

/// The delivery that a message belongs to; none for a message of somebody else.
pub(crate) fn delivery_of(org: &platform::Org, item: &OutboxItem) -> Option<RecordId> {
    let id = item.reference?;
    org.schema().find_by_prefix(id.prefix()).is_some_and(|object| object.name() == DELIVERY).then_some(id)
}

const QUERY: &str = "SELECT Address, RunAsId, Run.Kind, Run.ScheduleId, Run.Schedule.State, Run.Schedule.OwnerId, \
                     Run.Schedule.ReportId, Run.Schedule.SuspendReason, RunId, \
                     Run.Schedule.Bursting, Run.Schedule.Recipients FROM Delivery";

struct Facts {
    address: String,
    /// Whose rows it holds.
    run_as: RecordId,
    is_test: bool,
    schedule: RecordId,
    state: String,
    owner: RecordId,
    report: RecordId,
    why_suspended: String,
    is_of_column: bool,
}

impl Facts {
    fn read(row: &RecordRow) -> Result<Self> {
        let value = |at: usize| row.cells[at].value();
        let id = |at: usize| value(at).as_id().ok_or_else(|| Error::internal("a delivery without its schedule"));
        Ok(Self {
            address: value(0).to_plain(),
            run_as: value(1).as_id().map_or_else(|| id(5), Ok)?,
            is_test: value(2) == &Value::from("test"),
            schedule: id(3)?,
            state: value(4).to_plain(),
            owner: id(5)?,
            report: id(6)?,
            why_suspended: value(7).to_plain(),
            is_of_column: value(2) != &Value::from("test")
                && may_be_of_column(&value(9).to_plain(), &value(10).to_plain(), &value(0).to_plain()),
        })
    }
}

/// Whether a column of the report said the address, or cannot be told not to have said it.
fn may_be_of_column(bursting: &str, recipients: &str, address: &str) -> bool {
    if let Ok(Some(bursting)) = Bursting::parse(bursting) {
        return bursting.writes_addresses();
    }
    recipients::parse(recipients).is_ok_and(|list| {
        list.iter().any(Recipient::is_column_of_addresses)
            && !list.iter().filter_map(Recipient::written_address).any(|written| written == address)
    })
}

/// Why a message may not leave; none when it may, or is none of ours.
///
/// # Errors
/// What the database reports: the message then stays.
pub(crate) fn mail_stop(tx: &mut OrgTx<'_, '_>, item: &OutboxItem) -> Result<Option<MailStop>> {
    let Some(delivery) = delivery_of(tx.org(), item) else { return Ok(None) };
    let service = Ctx::for_service(tx.org(), LEDGER)?;
    let rows = tx.unit(&service).rows(&format!("{QUERY} WHERE Id = '{delivery}'"))?;
    let never = |state: &'static str, words: String| Ok(Some(MailStop::Never { state, words }));
    let Some(row) = rows.first() else { return never("cancelled", "the schedule was deleted".to_owned()) };
    let facts = Facts::read(row)?;
    match settings::switch(&mut tx.unit(&service))? {
        Switch::On => {}
        Switch::Off => return never("cancelled", "delivery is switched off for this organization".to_owned()),
        Switch::Held => {
            let words = "delivery is held since this organization was restored, until an administrator decides";
            return Ok(Some(MailStop::NotNow { words: words.to_owned() }));
        }
    }
    if !facts.is_test
        && let Some(words) = schedule_stop(tx, &service, &facts)?
    {
        return never("cancelled", words);
    }
    if let Some(words) = access_stop(tx, &service, &facts)? {
        return never("cancelled", words);
    }
    address_stop(tx, &service, &facts)
}

fn schedule_stop(tx: &mut OrgTx<'_, '_>, service: &Ctx, facts: &Facts) -> Result<Option<String>> {
    match facts.state.as_str() {
        // A rule that is over ends its schedule; its last run still goes out.
        "active" | "ended" => {}
        "suspended" => return Ok(Some(format!("the schedule was suspended: {}", facts.why_suspended))),
        other => return Ok(Some(format!("the schedule is {other}"))),
    }
    let mut unit = tx.unit(service);
    let now = unit.ctx().now();
    if !unit.rows(&live_grant_query(facts.schedule, facts.owner, now))?.is_empty() {
        return Ok(None);
    }
    let words = "The grant was revoked or has expired. The owner must activate the schedule to give another.";
    suspend(&mut unit, facts.schedule, "grant", words)?;
    Ok(Some("the grant was revoked or has expired".to_owned()))
}

/// Whether whose rows these are may still act, and still read the report.
fn access_stop(tx: &mut OrgTx<'_, '_>, service: &Ctx, facts: &Facts) -> Result<Option<String>> {
    let is_owner = facts.run_as == facts.owner;
    let (code, words) = match tx.user(facts.run_as)? {
        None => {
            ("owner", "The owner is inactive. Give the schedule to an active user, who must activate it.".to_owned())
        }
        Some(user) => match may_read(tx, &user, facts, is_owner)? {
            None => return Ok(None),
            Some(words) => ("access", words),
        },
    };
    if !is_owner {
        return Ok(Some("whoever it is made for is inactive, or may not read the report any more".to_owned()));
    }
    if !facts.is_test && facts.state == "active" {
        suspend(&mut tx.unit(service), facts.schedule, code, &words)?;
    }
    Ok(Some(words))
}

fn may_read(tx: &mut OrgTx<'_, '_>, user: &Ctx, facts: &Facts, is_owner: bool) -> Result<Option<String>> {
    let needed: &[SystemPermission] = if is_owner {
        &[SystemPermission::RunReports, SystemPermission::ScheduleReports]
    } else {
        &[SystemPermission::RunReports]
    };
    if let Some(missing) = needed.iter().find(|permission| !user.has(**permission)) {
        return Ok(Some(format!("{} lost the permission {}.", user.user().name, missing.name())));
    }
    let lost = || Some(format!("The report is gone, or {} may not see it any more.", user.user().name));
    match tx.unit(user).rows(&format!("SELECT Id FROM Report WHERE Id = '{}'", facts.report)) {
        Ok(rows) => Ok(if rows.is_empty() { lost() } else { None }),
        Err(error)
            if matches!(
                error.code(),
                ErrorCode::NotFound | ErrorCode::InvalidType | ErrorCode::InsufficientAccessOrReadonly
            ) =>
        {
            Ok(lost())
        }
        Err(error) => Err(error),
    }
}

fn address_stop(tx: &mut OrgTx<'_, '_>, service: &Ctx, facts: &Facts) -> Result<Option<MailStop>> {
    let mut unit = tx.unit(service);
    if facts.is_of_column
        && let Some(words) = domains::rules_in(&mut unit)?.refusal_of_columns()
    {
        return Ok(Some(MailStop::Never { state: "blocked", words }));
    }
    let found = stop_of_address(&mut unit, facts.schedule, &facts.address)?;
    Ok(found.map(|(state, words)| MailStop::Never { state, words }))
}

/// Why nothing may go to an address: the state of its delivery, and the reason in words.
pub(crate) fn stop_of_address(
    unit: &mut platform::Unit<'_, '_>,
    schedule: RecordId,
    address: &str,
) -> Result<Option<(&'static str, String)>> {
    if let Some(words) = domains::rules_in(unit)?.refusal(address) {
        return Ok(Some(("blocked", words)));
    }
    let folded = quoted(&domains::folded(address));
    let suppressed = unit.rows(&format!("SELECT Reason FROM {SUPPRESSION} WHERE Address = {folded}"))?;
    if let Some(row) = suppressed.first() {
        return Ok(Some(("suppressed", row.cells[0].value().to_plain())));
    }
    let opted_out =
        unit.rows(&format!("SELECT Id FROM {OPT_OUT} WHERE ScheduleId = '{schedule}' AND Address = {folded}"))?;
    Ok((!opted_out.is_empty()).then(|| ("unsubscribed", "the recipient unsubscribed from this schedule".to_owned())))
}
