//! Mail leaves from the outbox alone: queued in the transaction that decided it, sent by a worker.

use crate::ctx::Ctx;
use crate::org::Org;
use model::{Error, Instant, RecordId, Result};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use store::{NewOutboxItem, OutboxItem, OutboxState};

/// A finished message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMail {
    pub summary: OutboxSummary,
    /// The message as it goes out (RFC 5322).
    pub message: Vec<u8>,
    /// The record it belongs to.
    pub reference: Option<RecordId>,
}

/// What lists of mail show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxSummary {
    pub from: String,
    pub to: String,
    pub subject: String,
    pub message_id: String,
    pub bytes: usize,
}

/// What came of one attempt to hand a message to the next server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MailReply {
    /// The next server took it: 2xx after the last byte.
    Accepted(String),
    /// 4xx, or a failure before the last byte: to be tried again.
    Deferred(String),
    /// 5xx: it will not be taken.
    Refused(String),
    /// The last byte may have gone out, and no answer was seen.
    Uncertain(String),
    /// There is no server: it stays here to be read.
    Kept,
}

/// Hands one message to the next server.
pub trait MailTransport: Send + Sync {
    fn send(&self, from: &str, to: &str, message: &[u8]) -> MailReply;
}

/// Minutes until the next attempt, by the number of attempts made.
const RETRY_MINUTES: [i64; 6] = [1, 5, 15, 60, 120, 240];
/// After so long a message is given up.
const GIVE_UP_MS: i64 = 24 * 3_600_000;
/// A sender that says nothing for so long is taken for dead; an answer to the last byte may take ten minutes.
const LEASE_MS: i64 = 15 * 60_000;

impl Ctx {
    /// The org's mail, newest first: all of it for who may manage schedules, else what went to the user.
    ///
    /// # Errors
    /// What the database reports.
    pub fn outbox(&self, limit: u32) -> Result<Vec<(OutboxItem, OutboxSummary)>> {
        let items = self.org.store.read(|tx| tx.outbox_list(limit))?;
        let all = self.has(policy::SystemPermission::ManageAllSchedules);
        Ok(items
            .into_iter()
            .filter_map(|item| {
                let summary: OutboxSummary = serde_json::from_str(&item.summary).ok()?;
                (all || summary.to.eq_ignore_ascii_case(&self.user.email)).then_some((item, summary))
            })
            .collect())
    }

    /// One message with its content.
    ///
    /// # Errors
    /// `NOT_FOUND` for one that is not there or not the user's.
    pub fn outbox_message(&self, seq: i64) -> Result<(OutboxItem, OutboxSummary)> {
        let item = self.org.store.read(|tx| tx.outbox_item(seq))?.ok_or_else(Error::not_found)?;
        let summary: OutboxSummary = serde_json::from_str(&item.summary).map_err(Error::internal)?;
        let all = self.has(policy::SystemPermission::ManageAllSchedules);
        if all || summary.to.eq_ignore_ascii_case(&self.user.email) {
            return Ok((item, summary));
        }
        Err(Error::not_found())
    }
}

pub(crate) fn outbox_item(mail: NewMail, due: Instant) -> Result<NewOutboxItem> {
    Ok(NewOutboxItem {
        kind: "mail".to_owned(),
        due,
        reference: mail.reference,
        summary: serde_json::to_string(&mail.summary).map_err(Error::internal)?,
        payload: mail.message,
    })
}

impl Org {
    /// Sends one due message and returns what came of it; `None` when nothing was due.
    ///
    /// The attempt is recorded as begun before the first byte goes out: a process that dies on the way leaves an item
    /// whose lease runs out, and that item is then `uncertain`, never silently sent again.
    ///
    /// # Errors
    /// What the database reports.
    pub fn send_one(self: &Arc<Self>, transport: &dyn MailTransport) -> Result<Option<MailReply>> {
        let Some(item) = self.store.write(|tx| tx.outbox_claim(LEASE_MS))? else { return Ok(None) };
        let reply = match serde_json::from_str::<OutboxSummary>(&item.summary) {
            // Its sender fell silent: the message may have gone out, and nobody can say.
            Ok(_) if item.state == OutboxState::Sending => {
                MailReply::Uncertain("the sender stopped while the message was on its way".to_owned())
            }
            Ok(summary) => transport.send(&summary.from, &summary.to, &item.payload),
            Err(error) => MailReply::Refused(format!("the message cannot be read back: {error}")),
        };
        let now = self.now();
        let (state, due, words) = match &reply {
            MailReply::Accepted(words) => (OutboxState::Sent, now, words.clone()),
            MailReply::Kept => (OutboxState::Held, now, "kept here: no mail server is configured".to_owned()),
            MailReply::Refused(words) => (OutboxState::Failed, now, words.clone()),
            MailReply::Uncertain(words) => (OutboxState::Uncertain, now, words.clone()),
            MailReply::Deferred(words) if now.ms() - item.created.ms() > GIVE_UP_MS => {
                (OutboxState::Failed, now, format!("given up after 24 hours: {words}"))
            }
            MailReply::Deferred(words) => {
                let at =
                    usize::try_from(item.attempts.saturating_sub(1)).unwrap_or(usize::MAX).min(RETRY_MINUTES.len() - 1);
                (OutboxState::Queued, now.plus_ms(RETRY_MINUTES[at] * 60_000), words.clone())
            }
        };
        let recorded = self.store.write(|tx| tx.outbox_settle(&item, state, due, &words))?;
        if recorded {
            for app in self.apps.iter() {
                app.mail_settled(self, &item, &reply)?;
            }
        }
        Ok(Some(reply))
    }
}
