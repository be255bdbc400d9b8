//! What became of a message, written to the ledger in the transaction that writes it to the outbox. A run ends with its
//! last message.

use crate::ledger::{cut, run_settle, update};
use crate::live::delivery_of;
use crate::objects::DELIVERY;
use crate::services::LEDGER;
use model::{Error, Result};
use platform::{Ctx, MailReply, MailStop, OrgTx, OutboxItem};

/// # Errors
/// What the database reports.
pub(crate) fn mail_begun(tx: &mut OrgTx<'_, '_>, item: &OutboxItem) -> Result<()> {
    let Some(delivery) = delivery_of(tx.org(), item) else { return Ok(()) };
    let ctx = Ctx::for_service(tx.org(), LEDGER)?;
    let values = [("State", "sending".into()), ("Attempts", i64::from(item.attempts).into())];
    update(&mut tx.unit(&ctx), DELIVERY, delivery, &values)
}

/// # Errors
/// What the database reports.
pub(crate) fn mail_settled(tx: &mut OrgTx<'_, '_>, item: &OutboxItem, reply: &MailReply, is_over: bool) -> Result<()> {
    let Some(delivery) = delivery_of(tx.org(), item) else { return Ok(()) };
    let ctx = Ctx::for_service(tx.org(), LEDGER)?;
    let mut unit = tx.unit(&ctx);
    let text = format!(
        "SELECT RunId, Run.ScheduleId, IsResent, Run.Schedule.OnUncertain FROM {DELIVERY} WHERE Id = '{delivery}'"
    );
    let rows = unit.rows(&text)?;
    // The schedule was deleted with its ledger; the outbox keeps its own record.
    let Some(row) = rows.first() else { return Ok(()) };
    let id = |at: usize| row.cells[at].value().as_id().ok_or_else(|| Error::internal("a delivery without its run"));
    let (run, schedule) = (id(0)?, id(1)?);
    let now = ctx.now();
    let (state, words) = match reply {
        MailReply::Accepted(words) => ("accepted", words.as_str()),
        MailReply::Kept => ("kept", "No mail server is configured; the message is kept here."),
        MailReply::Refused(words) => ("failed", words.as_str()),
        MailReply::Uncertain(words) => ("uncertain", words.as_str()),
        MailReply::Deferred(words) if is_over => ("failed", words.as_str()),
        MailReply::Deferred(words) => ("deferred", words.as_str()),
        MailReply::Stopped(MailStop::Never { state, words }) => (*state, words.as_str()),
        MailReply::Stopped(MailStop::NotNow { words }) => ("queued", words.as_str()),
    };
    let may_repeat = row.cells[2].value() != &model::Value::Bool(true)
        && row.cells[3].value().as_text() == Some("resendOnce")
        && matches!(reply, MailReply::Uncertain(_));
    let repeats = may_repeat && unit.mail_again(item.seq)?;
    let mut values = vec![
        ("State", if repeats { "queued" } else { state }.into()),
        ("Attempts", i64::from(item.attempts).into()),
        ("OutboxNumber", item.seq.into()),
        ("SettledAt", now.into()),
    ];
    if matches!(reply, MailReply::Stopped(_)) {
        values.push(("Reason", cut(words, 255).into()));
    } else {
        values.push(("Reply", cut(words, 2_000).into()));
    }
    if repeats {
        values.push(("IsResent", true.into()));
    }
    update(&mut unit, DELIVERY, delivery, &values)?;
    run_settle(&mut unit, schedule, run, now).map(|_| ())
}
