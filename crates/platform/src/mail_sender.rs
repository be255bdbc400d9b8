//! Handing a message to the next server so that it is always known whether it may have arrived.
//!
//! An attempt is noted before the first byte goes out, and noted once more before the last one does. Whoever finds an
//! attempt whose sender died knows from the second note whether the message may be with the next server; only then is it
//! left uncertain, and never silently sent again.

use crate::mail::{MailReply, MailStop, MailTransport, OutboxSummary};
use crate::org::Org;
use crate::org_tx::OrgTx;
use model::{Entropy, Instant, Result};
use std::sync::Arc;
use store::{OutboxItem, OutboxState};

/// Minutes until the next attempt, by the number of attempts made.
const RETRY_MINUTES: [i64; 6] = [1, 5, 15, 60, 120, 240];
/// After so long a message is given up.
const GIVE_UP_MS: i64 = 24 * 3_600_000;
/// A sender that says nothing for so long is taken for dead; an answer to the last byte may take ten minutes.
const LEASE_MS: i64 = 15 * 60_000;
/// When something that may not leave now is asked about again.
const ASK_AGAIN_MS: i64 = 5 * 60_000;

impl Org {
    /// Sends one due message and returns what came of it; `None` when nothing was due.
    ///
    /// # Errors
    /// What the database reports.
    pub fn send_one(self: &Arc<Self>, transport: &dyn MailTransport) -> Result<Option<MailReply>> {
        let Some(item) = self.store.write(|tx| tx.outbox_claim(LEASE_MS))? else { return Ok(None) };
        let reply = self.attempt(transport, &item);
        self.settle(&item, &reply)?;
        Ok(Some(reply))
    }

    fn attempt(self: &Arc<Self>, transport: &dyn MailTransport, item: &OutboxItem) -> MailReply {
        if item.state == OutboxState::Sending {
            let words = "the sender stopped while the message was on its way";
            return if item.may_be_out {
                MailReply::Uncertain(words.to_owned())
            } else {
                MailReply::Deferred(format!("{words}, before its last byte"))
            };
        }
        let summary = match serde_json::from_str::<OutboxSummary>(&item.summary) {
            Ok(summary) => summary,
            Err(error) => return MailReply::Refused(format!("the message cannot be read back: {error}")),
        };
        if let Err(reply) =
            self.allowed(item, |tx| self.apps.iter().try_for_each(|app| app.mail_begun(tx, item)).map(|()| true))
        {
            return reply;
        }
        let mut withheld = None;
        let mut may_end = || match self.allowed(item, |tx| tx.beside().outbox_let_end(item, LEASE_MS)) {
            Ok(()) => true,
            Err(reply) => {
                withheld = Some(reply);
                false
            }
        };
        let reply = transport.send(summary.envelope_from(), &summary.to, &item.payload, &mut may_end);
        withheld.unwrap_or(reply)
    }

    /// Notes a step of an attempt in one transaction with the question whether the message may leave at this moment.
    /// What is not known to be allowed is not: a failure to find out keeps the message back.
    fn allowed(
        self: &Arc<Self>,
        item: &OutboxItem,
        note: impl FnOnce(&mut OrgTx<'_, '_>) -> Result<bool>,
    ) -> std::result::Result<(), MailReply> {
        let lost = || MailReply::Deferred("another sender took the message over".to_owned());
        let asked = self.in_one_transaction(|tx| {
            if !tx.beside().outbox_is_held(item)? {
                return Ok(Err(lost()));
            }
            for app in self.apps.iter() {
                if let Some(stop) = app.mail_stop(tx, item)? {
                    return Ok(Err(MailReply::Stopped(stop)));
                }
            }
            Ok(if note(tx)? { Ok(()) } else { Err(lost()) })
        });
        asked.unwrap_or_else(|error| {
            tracing::warn!(item = item.seq, code = %error.code(), cause = error.internal_cause(), "a message is kept back");
            Err(MailReply::Deferred("it could not be found out whether the message may leave".to_owned()))
        })
    }

    /// Records what came of an attempt, in the outbox and with the apps at once, unless another worker took it over.
    fn settle(self: &Arc<Self>, item: &OutboxItem, reply: &MailReply) -> Result<()> {
        let now = self.now();
        let (state, due, words) = outcome(item, reply, now, self.entropy());
        let is_over = state != OutboxState::Queued;
        self.in_one_transaction(|tx| {
            if !tx.beside().outbox_settle(item, state, due, &words)? {
                return Ok(());
            }
            self.apps.iter().try_for_each(|app| app.mail_settled(tx, item, reply, is_over))
        })
    }
}

fn outcome(
    item: &OutboxItem,
    reply: &MailReply,
    now: Instant,
    entropy: &dyn Entropy,
) -> (OutboxState, Instant, String) {
    match reply {
        MailReply::Accepted(words) => (OutboxState::Sent, now, words.clone()),
        MailReply::Kept => (OutboxState::Held, now, "kept here: no mail server is configured".to_owned()),
        MailReply::Refused(words) => (OutboxState::Failed, now, words.clone()),
        MailReply::Uncertain(words) => (OutboxState::Uncertain, now, words.clone()),
        MailReply::Stopped(MailStop::Never { words, .. }) => (OutboxState::Cancelled, now, words.clone()),
        MailReply::Stopped(MailStop::NotNow { words }) => {
            (OutboxState::Queued, now.plus_ms(ASK_AGAIN_MS), words.clone())
        }
        MailReply::Deferred(words) if now.ms() - item.began.ms() > GIVE_UP_MS => {
            (OutboxState::Failed, now, format!("given up after 24 hours: {words}"))
        }
        MailReply::Deferred(words) => {
            let at =
                usize::try_from(item.attempts.saturating_sub(1)).unwrap_or(usize::MAX).min(RETRY_MINUTES.len() - 1);
            (OutboxState::Queued, now.plus_ms(spread(RETRY_MINUTES[at] * 60_000, entropy)), words.clone())
        }
    }
}

/// A pause that is up to a fifth shorter or longer, so that what failed together does not come back together.
fn spread(pause_ms: i64, entropy: &dyn Entropy) -> i64 {
    let mut bytes = [0; 2];
    entropy.fill(&mut bytes);
    let fifths = pause_ms / 5;
    pause_ms - fifths + 2 * fifths * i64::from(u16::from_le_bytes(bytes)) / i64::from(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use test_support::TestEntropy;

    #[test]
    fn pauses_are_spread_by_a_fifth_to_each_side() {
        let entropy = TestEntropy::from_seed(3);
        let pauses: Vec<i64> = (0..200).map(|_| spread(60_000, &entropy)).collect();
        assert!(pauses.iter().all(|pause| (48_000..=72_000).contains(pause)));
        assert!(pauses.iter().any(|pause| *pause < 51_000) && pauses.iter().any(|pause| *pause > 69_000));
    }
}
