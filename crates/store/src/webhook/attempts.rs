//! What came of the latest attempts.

use super::{NewWebhookAttempt, WebhookAttemptRow, WebhookOutcome};
use crate::driver::{Param, collect};
use crate::org::WriteTx;
use crate::read::{ReadTx, int_column, text_column};
use model::{Error, Instant, Result};

impl ReadTx<'_> {
    /// The latest attempts of a webhook, the newest first.
    ///
    /// # Errors
    /// What the database reports.
    pub fn webhook_attempts(&mut self, webhook: i64, limit: u32) -> Result<Vec<WebhookAttemptRow>> {
        let sql = self.sql(&format!(
            "SELECT id, at_ms, kind, message, events, bytes, status, took_ms, outcome, words FROM hf_webhook_attempt \
             WHERE webhook = ? ORDER BY id DESC LIMIT {limit}"
        ));
        collect(self.connection, &sql, &[webhook.into()], |row| {
            let size = |at| int_column(row, at).and_then(|size| usize::try_from(size).map_err(Error::internal));
            Ok(WebhookAttemptRow {
                number: int_column(row, 0)?,
                attempt: NewWebhookAttempt {
                    at: Instant::from_ms(int_column(row, 1)?),
                    is_test: text_column(row, 2)? == "test",
                    message: text_column(row, 3)?,
                    events: size(4)?,
                    bytes: size(5)?,
                    status: u16::try_from(int_column(row, 6)?).ok().filter(|status| *status != 0),
                    took_ms: int_column(row, 7)?,
                    outcome: WebhookOutcome::parse(&text_column(row, 8)?)?,
                    words: text_column(row, 9)?,
                },
            })
        })
    }
}

impl WriteTx<'_> {
    /// Notes an attempt, and forgets those of the webhook beyond the latest `kept`.
    ///
    /// # Errors
    /// What the database reports.
    pub fn webhook_attempt_put(&mut self, webhook: i64, new: &NewWebhookAttempt, kept: u32) -> Result<()> {
        let id = i64::try_from(self.next_numbers("webhook_attempt", 1)?).map_err(Error::internal)?;
        let size = |size: usize| i64::try_from(size).map(Param::Int).map_err(Error::internal);
        let sql = self.sql(
            "INSERT INTO hf_webhook_attempt (id, webhook, at_ms, kind, message, events, bytes, status, took_ms, outcome, \
             words) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        );
        let params = [
            Param::Int(id),
            webhook.into(),
            new.at.ms().into(),
            if new.is_test { "test" } else { "changes" }.into(),
            new.message.as_str().into(),
            size(new.events)?,
            size(new.bytes)?,
            i64::from(new.status.unwrap_or(0)).into(),
            new.took_ms.into(),
            new.outcome.as_str().into(),
            new.words.as_str().into(),
        ];
        self.connection().execute(&sql, &params)?;
        let sql = self.sql(&format!(
            "DELETE FROM hf_webhook_attempt WHERE webhook = ? AND id <= \
             (SELECT id FROM hf_webhook_attempt WHERE webhook = ? ORDER BY id DESC LIMIT 1 OFFSET {kept})"
        ));
        self.connection().execute(&sql, &[webhook.into(), webhook.into()]).map(|_| ())
    }

    /// Forgets the attempts that were made before an instant.
    ///
    /// # Errors
    /// What the database reports.
    pub fn webhook_attempts_forget(&mut self, before: Instant) -> Result<u64> {
        let sql = self.sql("DELETE FROM hf_webhook_attempt WHERE at_ms < ?");
        self.connection().execute(&sql, &[before.ms().into()])
    }
}
