//! Who tells which webhook's changes. One that was told last comes last, so that none waits for the end of a longer one.

use super::rows::{COLUMNS, number, webhook};
use super::{WebhookEnd, WebhookRow};
use crate::driver::{Dialect, Param, first};
use crate::org::WriteTx;
use crate::read::ReadTx;
use model::{Instant, Result};

/// A webhook for which there is something to tell, now or later.
const BEHIND: &str = "(test_asked = 1 OR (state = 'active' AND cursor < (SELECT MAX(seq) FROM hf_audit)))";
/// When it may be told: at once for a trial.
const MAY_BE_TOLD: &str = "CASE WHEN test_asked = 1 OR lease_ms > due_ms THEN lease_ms ELSE due_ms END";

impl ReadTx<'_> {
    /// When a webhook may next be told something, if there is something to tell.
    ///
    /// # Errors
    /// What the database reports.
    pub fn webhook_next(&mut self) -> Result<Option<Instant>> {
        let sql = format!("SELECT MIN({MAY_BE_TOLD}) FROM hf_webhook WHERE {BEHIND}");
        Ok(first(self.connection, &sql, &[], |row| row.int(0))?.flatten().map(Instant::from_ms))
    }
}

impl WriteTx<'_> {
    /// Takes the webhook that waits longest, for `lease_ms`.
    ///
    /// # Errors
    /// What the database reports.
    pub fn webhook_claim(&mut self, lease_ms: i64) -> Result<Option<WebhookRow>> {
        let now = self.now().ms();
        let lock = match self.dialect() {
            Dialect::Sqlite => "",
            Dialect::Postgres => " FOR UPDATE SKIP LOCKED",
        };
        let sql = self.sql(&format!(
            "SELECT {COLUMNS} FROM hf_webhook WHERE {BEHIND} AND {MAY_BE_TOLD} <= ? ORDER BY turn_ms, id LIMIT 1{lock}"
        ));
        let Some(mut held) = first(self.connection(), &sql, &[now.into()], webhook)? else { return Ok(None) };
        let sql = self.sql("UPDATE hf_webhook SET lease_ms = ?, turn_ms = ?, epoch = epoch + 1 WHERE id = ?");
        self.connection().execute(&sql, &[(now + lease_ms).into(), now.into(), held.id.into()])?;
        held.epoch += 1;
        Ok(Some(held))
    }

    /// Notes what the message that is about to be sent ends with, and holds the webhook for `lease_ms` more. Says whether
    /// it is still held: when not, nothing is to be sent.
    ///
    /// # Errors
    /// What the database reports.
    pub fn webhook_aim(&mut self, held: &WebhookRow, aim: u64, lease_ms: i64) -> Result<bool> {
        let sql = self.sql("UPDATE hf_webhook SET aim = ?, lease_ms = ? WHERE id = ? AND epoch = ?");
        let until = self.now().ms() + lease_ms;
        Ok(self.connection().execute(&sql, &[number(aim)?, until.into(), held.id.into(), held.epoch.into()])? == 1)
    }

    /// Lets go of a webhook and keeps what became of it. Says whether it was still held.
    ///
    /// # Errors
    /// What the database reports.
    pub fn webhook_settle(&mut self, held: &WebhookRow, end: &WebhookEnd) -> Result<bool> {
        let sql = self.sql(
            "UPDATE hf_webhook SET state = ?, reason = ?, cursor = ?, aim = ?, failures = ?, failing_ms = ?, due_ms = ?, \
             test_asked = test_asked * ?, lease_ms = 0 WHERE id = ? AND epoch = ?",
        );
        let params = [
            end.state.as_str().into(),
            end.reason.as_str().into(),
            number(end.cursor)?,
            number(end.aim)?,
            i64::from(end.failures).into(),
            end.failing.map(Instant::ms).into(),
            end.due.ms().into(),
            i64::from(!end.tested).into(),
            held.id.into(),
            Param::Int(held.epoch),
        ];
        Ok(self.connection().execute(&sql, &params)? == 1)
    }

    /// Forgets the secret before, whose time is over.
    ///
    /// # Errors
    /// What the database reports.
    pub fn webhook_old_secret_drop(&mut self, held: &WebhookRow) -> Result<()> {
        let Some(old) = held.old_secret else { return Ok(()) };
        let sql = self.sql("UPDATE hf_webhook SET old_secret = NULL WHERE id = ? AND epoch = ?");
        if self.connection().execute(&sql, &[held.id.into(), held.epoch.into()])? == 1 {
            self.content_remove(old)?;
        }
        Ok(())
    }
}
