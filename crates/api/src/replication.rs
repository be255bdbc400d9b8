//! `updated` and `deleted`: what changed in a span of time, for clients that keep a copy.

use crate::call::{Call, required};
use crate::reply::Reply;
use model::{Error, ErrorCode, Instant, Result};
use platform::{Ctx, QueryOptions};
use serde_json::{Value as Json, json};

const MINUTE_MS: i64 = 60_000;
/// How far back the recycle bin is told of.
const REACH_MS: i64 = 30 * 24 * 60 * MINUTE_MS;

pub(crate) fn updated(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let object = call.object(ctx)?;
    let span = Span::read(ctx, call)?;
    let text = format!("SELECT Id FROM {} WHERE {} ORDER BY SystemModstamp", object.name(), span.condition());
    let (_, rows) = ctx.query_all_rows(&text, QueryOptions::default())?;
    let ids: Vec<Json> = rows.iter().map(|row| row.id.to_string().into()).collect();
    Ok(Reply::json(&json!({"ids": ids, "latestDateCovered": span.covered(ctx)})))
}

pub(crate) fn deleted(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let object = call.object(ctx)?;
    let span = Span::read(ctx, call)?;
    let text = format!(
        "SELECT SystemModstamp FROM {} WHERE IsDeleted = true AND {} ORDER BY SystemModstamp",
        object.name(),
        span.condition()
    );
    let (_, rows) = ctx.query_all_rows(&text, QueryOptions { with_deleted: true, ..QueryOptions::default() })?;
    let records: Vec<Json> = rows
        .iter()
        .map(|row| {
            let deleted = row.cells[0].value().as_instant().map(|at| at.to_string());
            json!({"id": row.id.to_string(), "deletedDate": deleted})
        })
        .collect();
    Ok(Reply::json(&json!({
        "deletedRecords": records,
        "earliestDateAvailable": ctx.now().plus_ms(-REACH_MS).to_string(),
        "latestDateCovered": span.covered(ctx),
    })))
}

/// From `start` up to `end`, whole minutes apart at least.
struct Span {
    start: Instant,
    end: Instant,
}

impl Span {
    fn read(ctx: &Ctx, call: &Call) -> Result<Self> {
        let instant = |name: &str| {
            let text = required(call.query(name), name)?;
            Instant::parse(text.trim()).ok_or_else(|| {
                let message = format!("{name} must be an instant such as 2026-11-21T08:00:00+00:00.");
                Error::new(ErrorCode::InvalidReplicationDate, message)
            })
        };
        let span = Self { start: instant("start")?, end: instant("end")? };
        let refuse = |message: &str| Err(Error::new(ErrorCode::InvalidReplicationDate, message));
        if span.start.ms() < ctx.now().ms() - REACH_MS {
            return refuse("start must lie within the last 30 days.");
        }
        if span.end.ms() - span.start.ms() < MINUTE_MS {
            return refuse("end must be at least one minute after start.");
        }
        Ok(span)
    }

    fn condition(&self) -> String {
        format!("SystemModstamp >= {} AND SystemModstamp < {}", self.start.to_timestamp(), self.end.to_timestamp())
    }

    /// What comes after now is not covered, though it was asked for.
    fn covered(&self, ctx: &Ctx) -> String {
        self.end.min(ctx.now()).to_string()
    }
}
