//! Mail leaves from the outbox alone: queued in the transaction that decided it, sent by a worker.

use crate::ctx::Ctx;
use model::{Error, Instant, RecordId, Result};
use serde::{Deserialize, Serialize};
use store::{NewOutboxItem, OutboxItem};

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
    /// Where the message is sent back to when it cannot be delivered; the sender's address when empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub return_path: String,
}

impl OutboxSummary {
    /// The sender as the mail server is told.
    pub(crate) fn envelope_from(&self) -> &str {
        if self.return_path.is_empty() { &self.from } else { &self.return_path }
    }
}

/// Why a message may not leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MailStop {
    /// It never leaves any more. `state` is the word of the app whose message it is.
    Never { state: &'static str, words: String },
    /// Not as long as something holds; asked about again in a few minutes.
    NotNow { words: String },
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
    /// It was told that the message may not leave, and let it fall before the last byte.
    Stopped(MailStop),
}

/// Hands one message to the next server.
pub trait MailTransport: Send + Sync {
    /// `may_end` is asked once, when all but the last byte is out: only when it says yes may that byte go. When it says
    /// no, the connection is dropped, and the answer is [`MailReply::Deferred`].
    fn send(&self, from: &str, to: &str, message: &[u8], may_end: &mut dyn FnMut() -> bool) -> MailReply;
}

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
