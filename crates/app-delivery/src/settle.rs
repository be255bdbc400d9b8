//! What became of a message, written to the ledger; the run ends with its last message.

use crate::ledger::{Ledger, cut};
use crate::objects::DELIVERY;
use crate::services::LEDGER;
use model::Result;
use platform::{MailReply, Org, OutboxItem};
use std::sync::Arc;

/// The outbox gives up after so long; the attempt that says so is the last.
const GIVE_UP_MS: i64 = 24 * 3_600_000;

/// # Errors
/// What the database reports.
pub(crate) fn mail_settled(org: &Arc<Org>, item: &OutboxItem, reply: &MailReply) -> Result<()> {
    let Some(delivery) = item.reference else { return Ok(()) };
    let is_ours = org.schema().find_by_prefix(delivery.prefix()).is_some_and(|object| object.name() == DELIVERY);
    if !is_ours {
        return Ok(());
    }
    let now = org.now();
    let (state, words) = match reply {
        MailReply::Accepted(words) => ("accepted", words.as_str()),
        MailReply::Kept => ("kept", "No mail server is configured; the message is kept here."),
        MailReply::Refused(words) => ("failed", words.as_str()),
        MailReply::Uncertain(words) => ("uncertain", words.as_str()),
        MailReply::Deferred(words) if now.ms() - item.created.ms() > GIVE_UP_MS => ("failed", words.as_str()),
        MailReply::Deferred(words) => ("deferred", words.as_str()),
    };
    let ledger = Ledger::open(org, LEDGER)?;
    let values = [
        ("State", state.into()),
        ("Reply", cut(words, 2_000).into()),
        ("Attempts", i64::from(item.attempts).into()),
        ("OutboxNumber", item.seq.into()),
        ("SettledAt", now.into()),
    ];
    ledger.delivery_update(delivery, &values)?;
    let (run, schedule) = ledger.delivery_run(delivery)?;
    let counts = ledger.delivery_counts(run)?;
    let is_open = |state: &str| matches!(state, "pending" | "queued" | "deferred");
    if counts.iter().any(|(state, _)| is_open(state)) {
        return Ok(());
    }
    let arrived = counts.iter().any(|(state, _)| matches!(state.as_str(), "accepted" | "kept"));
    let words: Vec<String> = counts.iter().map(|(state, count)| format!("{count} {state}")).collect();
    ledger.run_end(schedule, run, if arrived { "done" } else { "failed" }, &words.join(", "), now)
}
