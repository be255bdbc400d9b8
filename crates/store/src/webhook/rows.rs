//! Webhooks as somebody makes, changes and looks at them.

use super::{NewWebhookRow, WebhookRow, WebhookState, WebhookTerms};
use crate::driver::{Param, RowView, collect, first};
use crate::org::WriteTx;
use crate::read::{ReadTx, id_column, int_column, text_column};
use model::{Error, Instant, Result};
use zeroize::Zeroizing;

pub(super) const COLUMNS: &str = "id, name, url, objects, kinds, run_as, created_ms, changed_ms, state, reason, cursor, aim, \
                                  secret, old_secret, old_until_ms, failures, failing_ms, due_ms, epoch, test_asked, \
                                  generation";

pub(super) fn number(count: u64) -> Result<Param> {
    i64::try_from(count).map(Param::Int).map_err(Error::internal)
}

pub(super) fn webhook(row: &dyn RowView) -> Result<WebhookRow> {
    let count = |at| int_column(row, at).and_then(|count| u64::try_from(count).map_err(Error::internal));
    Ok(WebhookRow {
        id: int_column(row, 0)?,
        terms: WebhookTerms {
            name: text_column(row, 1)?,
            url: text_column(row, 2)?,
            objects: text_column(row, 3)?,
            kinds: text_column(row, 4)?,
            run_as: id_column(row, 5)?,
        },
        created: Instant::from_ms(int_column(row, 6)?),
        changed: Instant::from_ms(int_column(row, 7)?),
        state: WebhookState::parse(&text_column(row, 8)?)?,
        reason: text_column(row, 9)?,
        cursor: count(10)?,
        aim: count(11)?,
        secret: int_column(row, 12)?,
        old_secret: row.int(13)?,
        old_until: Instant::from_ms(int_column(row, 14)?),
        failures: u32::try_from(int_column(row, 15)?).map_err(Error::internal)?,
        failing: row.int(16)?.map(Instant::from_ms),
        due: Instant::from_ms(int_column(row, 17)?),
        epoch: int_column(row, 18)?,
        test_asked: int_column(row, 19)? != 0,
        generation: text_column(row, 20)?,
    })
}

impl ReadTx<'_> {
    /// A webhook by its number.
    ///
    /// # Errors
    /// What the database reports.
    pub fn webhook(&mut self, id: i64) -> Result<Option<WebhookRow>> {
        let sql = self.sql(&format!("SELECT {COLUMNS} FROM hf_webhook WHERE id = ?"));
        first(self.connection, &sql, &[id.into()], webhook)
    }

    /// All webhooks, in the order in which they were made.
    ///
    /// # Errors
    /// What the database reports.
    pub fn webhooks(&mut self) -> Result<Vec<WebhookRow>> {
        collect(self.connection, &format!("SELECT {COLUMNS} FROM hf_webhook ORDER BY id"), &[], webhook)
    }

    /// A secret of a webhook; none when it is not there, was altered, or its key is gone.
    ///
    /// # Errors
    /// What the database reports.
    pub fn webhook_secret(&mut self, content: i64) -> Result<Option<Zeroizing<Vec<u8>>>> {
        self.content_small(content)
    }
}

impl WriteTx<'_> {
    /// Makes a webhook and returns its number.
    ///
    /// # Errors
    /// What the database reports.
    pub fn webhook_put(&mut self, new: &NewWebhookRow) -> Result<i64> {
        let id = i64::try_from(self.next_numbers("webhook", 1)?).map_err(Error::internal)?;
        let sql = self.sql(
            "INSERT INTO hf_webhook (id, name, url, objects, kinds, run_as, created_ms, changed_ms, state, reason, cursor, \
             aim, secret, old_until_ms, failures, due_ms, lease_ms, turn_ms, epoch, test_asked, generation) \
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'active', '', ?, 0, ?, 0, 0, ?, 0, 0, 0, 0, ?)",
        );
        let (now, terms) = (self.now().ms(), &new.terms);
        let params = [
            Param::Int(id),
            terms.name.as_str().into(),
            terms.url.as_str().into(),
            terms.objects.as_str().into(),
            terms.kinds.as_str().into(),
            terms.run_as.as_i64().into(),
            now.into(),
            now.into(),
            number(new.cursor)?,
            new.secret.into(),
            now.into(),
            new.generation.as_str().into(),
        ];
        self.connection().execute(&sql, &params)?;
        Ok(id)
    }

    /// Changes what was decided of a webhook. Whoever holds it lets go of it: a message under way is told again. What failed
    /// before counts no more.
    ///
    /// # Errors
    /// What the database reports.
    pub fn webhook_terms_put(&mut self, id: i64, terms: &WebhookTerms) -> Result<()> {
        let sql = self.sql(
            "UPDATE hf_webhook SET name = ?, url = ?, objects = ?, kinds = ?, run_as = ?, changed_ms = ?, due_ms = ?, \
             aim = 0, failures = 0, failing_ms = NULL, epoch = epoch + 1, lease_ms = 0 WHERE id = ?",
        );
        let params = [
            terms.name.as_str().into(),
            terms.url.as_str().into(),
            terms.objects.as_str().into(),
            terms.kinds.as_str().into(),
            terms.run_as.as_i64().into(),
            self.now().ms().into(),
            self.now().ms().into(),
            id.into(),
        ];
        self.connection().execute(&sql, &params).map(|_| ())
    }

    /// Brings a webhook to a state, by somebody's wish: what failed before counts no more.
    ///
    /// # Errors
    /// What the database reports.
    pub fn webhook_turn_to(&mut self, id: i64, state: WebhookState, cursor: Option<u64>) -> Result<()> {
        let now = self.now().ms();
        let sql = self.sql(
            "UPDATE hf_webhook SET state = ?, reason = '', changed_ms = ?, failures = 0, failing_ms = NULL, due_ms = ?, \
             epoch = epoch + 1, lease_ms = 0 WHERE id = ?",
        );
        self.connection().execute(&sql, &[state.as_str().into(), now.into(), now.into(), id.into()])?;
        match cursor {
            Some(cursor) => self.webhook_cursor_put(id, cursor),
            None => Ok(()),
        }
    }

    /// Has a webhook told what came after a change.
    ///
    /// # Errors
    /// What the database reports.
    pub fn webhook_cursor_put(&mut self, id: i64, cursor: u64) -> Result<()> {
        let sql = self.sql(
            "UPDATE hf_webhook SET cursor = ?, aim = 0, changed_ms = ?, epoch = epoch + 1, lease_ms = 0 WHERE id = ?",
        );
        let params = [number(cursor)?, self.now().ms().into(), id.into()];
        self.connection().execute(&sql, &params).map(|_| ())
    }

    /// Gives a webhook another secret. The one before signs too until an instant.
    ///
    /// # Errors
    /// What the database reports.
    pub fn webhook_secret_put(&mut self, held: &WebhookRow, secret: i64, old_until: Instant) -> Result<()> {
        if let Some(older) = held.old_secret {
            self.content_remove(older)?;
        }
        let sql = self.sql(
            "UPDATE hf_webhook SET secret = ?, old_secret = ?, old_until_ms = ?, changed_ms = ?, epoch = epoch + 1, \
             lease_ms = 0 WHERE id = ?",
        );
        let now = self.now().ms();
        let params = [secret.into(), held.secret.into(), old_until.ms().into(), now.into(), Param::Int(held.id)];
        self.connection().execute(&sql, &params).map(|_| ())
    }

    /// Has webhooks that name an object go on with its new name. A message under way under the old one is told again.
    ///
    /// # Errors
    /// What the database reports.
    pub fn webhooks_object_renamed(&mut self, from: &str, to: &str) -> Result<()> {
        self.webhooks_lock()?;
        let sql =
            self.sql("UPDATE hf_webhook SET objects = ?, changed_ms = ?, epoch = epoch + 1, lease_ms = 0 WHERE id = ?");
        for row in self.webhooks()? {
            let names = row.terms.objects.split(',');
            let renamed: Vec<&str> =
                names.map(|name| if name.eq_ignore_ascii_case(from) { to } else { name }).collect();
            let renamed = renamed.join(",");
            if renamed != row.terms.objects {
                let params = [renamed.into(), self.now().ms().into(), row.id.into()];
                self.connection().execute(&sql, &params)?;
            }
        }
        Ok(())
    }

    /// Asks for a message that tries a webhook out.
    ///
    /// # Errors
    /// What the database reports.
    pub fn webhook_test_ask(&mut self, id: i64) -> Result<()> {
        let sql = self.sql("UPDATE hf_webhook SET test_asked = 1 WHERE id = ?");
        self.connection().execute(&sql, &[id.into()]).map(|_| ())
    }

    /// Removes a webhook with its secrets and what was noted of it.
    ///
    /// # Errors
    /// What the database reports.
    pub fn webhook_remove(&mut self, held: &WebhookRow) -> Result<()> {
        for content in [Some(held.secret), held.old_secret].into_iter().flatten() {
            self.content_remove(content)?;
        }
        for sql in ["DELETE FROM hf_webhook_attempt WHERE webhook = ?", "DELETE FROM hf_webhook WHERE id = ?"] {
            let sql = self.sql(sql);
            self.connection().execute(&sql, &[held.id.into()])?;
        }
        Ok(())
    }

    /// Makes others who change webhooks wait until this transaction ends, so that what one counted still holds.
    ///
    /// # Errors
    /// What the database reports.
    pub fn webhooks_lock(&mut self) -> Result<()> {
        // Taking a number locks the sequence's row on PostgreSQL; in a file there is one writer anyway.
        self.next_numbers("webhook_lock", 1).map(|_| ())
    }
}
