//! Schedules: what goes out when and to whom, how each run fared, what waits for somebody's decision, and the whole of it
//! for who manages all schedules.

mod detail;
mod form;
mod list;
mod operations;
mod recipients;
mod recurrence;
mod run;

pub(crate) use detail::{act, page};
pub(crate) use form::{create, edit, new, save};
pub(crate) use list::list;
pub(crate) use operations::{operate, operations};
pub(crate) use run::{decide, run};

use crate::kit::{Badge, Crumbs, Tone};
use crate::server::Call;
use model::{Error, RecordId, Result};
use platform::{QueryOptions, RecordRow};

const SCHEDULE: &str = "DeliverySchedule";
const PATH: &str = "/schedules";

fn crumbs() -> Crumbs {
    Crumbs::new().link("Schedules", PATH)
}

fn rows(call: &Call<'_>, soql: &str) -> Result<Vec<RecordRow>> {
    call.ctx.query_all_rows(soql, QueryOptions::default()).map(|(_, rows)| rows)
}

fn one(call: &Call<'_>, soql: &str) -> Result<RecordRow> {
    rows(call, soql)?.into_iter().next().ok_or_else(Error::not_found)
}

fn text(row: &RecordRow, at: usize) -> String {
    row.cells[at].value().to_plain()
}

/// The id of the address, when it is one of this object's.
fn id_of(call: &Call<'_>, object: &str) -> Result<RecordId> {
    let schema = call.ctx.object(object)?;
    let id = call.visit.record_id()?;
    if id.prefix() == schema.key_prefix() { Ok(id) } else { Err(Error::not_found()) }
}

fn state_of_schedule(state: &str) -> Badge {
    match state {
        "active" => Badge::new("Active", Tone::Good),
        "paused" => Badge::new("Paused", Tone::Neutral),
        "suspended" => Badge::new("Stopped", Tone::Bad),
        "ended" => Badge::new("Ended", Tone::Neutral),
        _ => Badge::new("Draft", Tone::Info),
    }
}

fn state_of_run(state: &str) -> Badge {
    match state {
        "due" => Badge::new("Due", Tone::Info),
        "rendering" => Badge::new("Being made", Tone::Info),
        "delivering" => Badge::new("Being sent", Tone::Info),
        "done" => Badge::new("Sent", Tone::Good),
        "skipped" => Badge::new("Not sent", Tone::Neutral),
        "failed" => Badge::new("Failed", Tone::Bad),
        "missed" => Badge::new("Missed", Tone::Warn),
        _ => Badge::new("Cancelled", Tone::Neutral),
    }
}

fn state_of_delivery(state: &str) -> Badge {
    match state {
        "pending" => Badge::new("Not ready", Tone::Info),
        "queued" => Badge::new("Waiting", Tone::Info),
        "sending" => Badge::new("On its way", Tone::Info),
        "deferred" => Badge::new("Tried again later", Tone::Warn),
        "accepted" => Badge::new("Taken by the mail server", Tone::Good),
        "kept" => Badge::new("Kept here", Tone::Neutral),
        "uncertain" => Badge::new("Nobody knows", Tone::Warn),
        "failed" => Badge::new("Failed", Tone::Bad),
        "bounced" => Badge::new("Came back", Tone::Bad),
        "skipped" => Badge::new("Left out", Tone::Neutral),
        "blocked" => Badge::new("Blocked domain", Tone::Warn),
        "suppressed" => Badge::new("Suppressed", Tone::Warn),
        "unsubscribed" => Badge::new("Unsubscribed", Tone::Neutral),
        _ => Badge::new("Cancelled", Tone::Neutral),
    }
}
