//! Several changes of records, and marks in the journal of an import, in one transaction.

use super::outcome::{Halt, Outcome};
use super::upsert::one_of;
use super::{RecordDraft, RowResult, SaveOptions, UpsertKey};
use crate::ctx::Ctx;
use crate::mail::NewMail;
use crate::query::{QueryAnswer, QueryOptions};
use model::{Error, ErrorCode, FieldSchema, ObjectIx, ObjectSchema, RecordId, Result, Value};
use policy::WriteVerb;
use std::collections::BTreeSet;
use store::{AuditEntry, KeptReply, KeyClaim, RecordRow, WriteTx};

/// A transaction under way in the name of one user or service. It reads its own writes; nothing of it is seen by others
/// until it ends well.
pub struct Unit<'a, 'tx> {
    ctx: &'a Ctx,
    tx: &'a mut WriteTx<'tx>,
    touched: &'a mut BTreeSet<ObjectIx>,
}

/// The name of a setting that an app keeps, apart from the platform's own and those of other apps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AppSetting {
    pub app: &'static str,
    pub name: &'static str,
}

impl AppSetting {
    fn key(self) -> String {
        format!("app/{}/{}", self.app, self.name)
    }
}

impl Ctx {
    /// Runs `work` in one transaction: all of it is kept, or, when `work` fails, nothing.
    ///
    /// # Errors
    /// Those of `work`, and of the database.
    pub fn in_one_transaction<T>(&self, work: impl FnOnce(&mut Unit<'_, '_>) -> Result<T>) -> Result<T> {
        let mut touched = BTreeSet::new();
        let value = self.org.store.write(|tx| work(&mut Unit { ctx: self, tx, touched: &mut touched }))?;
        for object in touched {
            self.after_commit(self.schema.object(object));
        }
        Ok(value)
    }
}

impl<'a, 'tx> Unit<'a, 'tx> {
    pub(crate) fn under_way(ctx: &'a Ctx, tx: &'a mut WriteTx<'tx>, touched: &'a mut BTreeSet<ObjectIx>) -> Self {
        Self { ctx, tx, touched }
    }
}

impl<'a> Unit<'a, '_> {
    /// Who is at work.
    pub fn ctx(&self) -> &'a Ctx {
        self.ctx
    }

    /// Runs `work` so that, when it fails, what it changed is undone and the transaction goes on.
    ///
    /// # Errors
    /// Those of `work`.
    pub fn attempt<T>(&mut self, work: impl FnOnce(&mut Unit<'_, '_>) -> Result<T>) -> Result<T> {
        let (ctx, touched) = (self.ctx, &mut *self.touched);
        self.tx.attempt(|tx| work(&mut Unit { ctx, tx, touched }))
    }

    /// Creates records of one object. A batch that must be whole and is not leaves the transaction as it was before.
    ///
    /// # Errors
    /// What concerns the whole call; each row's own errors stand in its result.
    pub fn create(&mut self, object: &str, drafts: &[RecordDraft], options: SaveOptions) -> Result<Vec<RowResult>> {
        let ctx = self.ctx;
        let object = ctx.object(object)?;
        let mut outcome = Outcome::new(drafts.len(), options);
        let rows = ctx.new_rows(object, drafts, options, &mut outcome);
        self.save(object, outcome, |tx, outcome| ctx.save_rows(tx, object, rows, outcome))
    }

    /// Changes records of one object. Fields not given stay as they are.
    ///
    /// # Errors
    /// As [`Unit::create`].
    pub fn update(&mut self, object: &str, drafts: &[RecordDraft], options: SaveOptions) -> Result<Vec<RowResult>> {
        let ctx = self.ctx;
        let object = ctx.object(object)?;
        let outcome = Outcome::new(drafts.len(), options);
        self.save(object, outcome, |tx, outcome| ctx.update_drafts(tx, object, drafts, options, outcome))
    }

    /// Finds each record by its key, then changes or creates it.
    ///
    /// # Errors
    /// As [`Unit::create`]; `INVALID_FIELD` for a key that is no external id.
    pub fn upsert(
        &mut self,
        object: &str,
        key: &UpsertKey,
        drafts: Vec<RecordDraft>,
        options: SaveOptions,
    ) -> Result<Vec<RowResult>> {
        let ctx = self.ctx;
        let object = ctx.object(object)?;
        let field = ctx.key_field(object, &key.field)?;
        let outcome = Outcome::new(drafts.len(), options);
        self.save(object, outcome, |tx, outcome| ctx.upsert_drafts(tx, object, field, key, drafts, options, outcome))
    }

    /// Moves records of one object to the recycle bin.
    ///
    /// # Errors
    /// As [`Unit::create`].
    pub fn delete(&mut self, object: &str, ids: &[RecordId], options: SaveOptions) -> Result<Vec<RowResult>> {
        let ctx = self.ctx;
        let object = ctx.object(object)?;
        let write = ctx.delete_gate(object, WriteVerb::Delete)?;
        let outcome = Outcome::new(ids.len(), options);
        self.save(object, outcome, |tx, outcome| ctx.delete_rows(tx, object, &write, ids, options, outcome))
    }

    /// Answers a query with its first page, as the transaction sees it.
    ///
    /// # Errors
    /// As [`Ctx::query`].
    pub fn query(&mut self, text: &str, options: QueryOptions) -> Result<QueryAnswer> {
        let plan = self.ctx.plan(text, options)?;
        let object = plan.schema().object(plan.plan().select.object());
        if object.def.computed {
            // Its rows are worked out from what others see: another connection, which would not see this transaction.
            let message = format!("{} cannot be asked inside a call that is kept whole or not at all.", object.name());
            return Err(Error::new(ErrorCode::FunctionalityNotEnabled, message));
        }
        self.ctx.query_within(self.tx, text, options)
    }

    /// One record, as the transaction sees it.
    ///
    /// # Errors
    /// As [`Ctx::record_get`].
    pub fn record_get(&mut self, object: &str, id: RecordId, fields: Option<&[String]>) -> Result<QueryAnswer> {
        self.ctx.record_get_within(self.tx, object, id, fields)
    }

    /// Every readable record with this key, those that the transaction made among them.
    ///
    /// # Errors
    /// As [`Ctx::all_found_by`].
    pub fn all_found_by(&mut self, object: &ObjectSchema, field: &FieldSchema, value: &Value) -> Result<Vec<RecordId>> {
        self.ctx.all_found_within(self.tx, object, field, value)
    }

    /// The one record with this key.
    ///
    /// # Errors
    /// As [`Ctx::found_by`].
    pub fn found_by(&mut self, object: &ObjectSchema, field: &FieldSchema, value: &Value) -> Result<Option<RecordId>> {
        one_of(field, &self.all_found_by(object, field, value)?)
    }

    /// Removes records that lie in the recycle bin for good.
    ///
    /// # Errors
    /// As [`Unit::create`].
    pub fn purge(&mut self, object: &str, ids: &[RecordId], options: SaveOptions) -> Result<Vec<RowResult>> {
        let ctx = self.ctx;
        let object = ctx.object(object)?;
        let write = ctx.delete_gate(object, WriteVerb::Undelete)?;
        let outcome = Outcome::new(ids.len(), options);
        self.save(object, outcome, |tx, outcome| ctx.purge_rows(tx, object, &write, ids, outcome))
    }

    /// Runs `work` on the transaction itself, for what the platform keeps beside the records.
    ///
    /// # Errors
    /// Those of `work`.
    pub(crate) fn beside<T>(&mut self, work: impl FnOnce(&mut WriteTx<'_>) -> Result<T>) -> Result<T> {
        work(self.tx)
    }

    fn save(
        &mut self,
        object: &ObjectSchema,
        outcome: Outcome,
        work: impl FnOnce(&mut WriteTx<'_>, &mut Outcome) -> std::result::Result<(), Halt>,
    ) -> Result<Vec<RowResult>> {
        let results = outcome.within(|run| self.tx.attempt(|tx| run(tx)), work)?;
        self.touched.insert(object.ix);
        Ok(results)
    }

    /// Every row of a record query, as the transaction sees it and the user may.
    ///
    /// # Errors
    /// As [`Ctx::query`].
    pub fn rows(&mut self, soql: &str) -> Result<Vec<RecordRow>> {
        let plan = self.ctx.plan(soql, QueryOptions::default())?;
        self.tx.records(&plan, &self.ctx.read_options(), None)
    }

    /// Queues a message; it leaves if the transaction ends well. Returns its number.
    ///
    /// # Errors
    /// What the database reports.
    pub fn mail(&mut self, mail: NewMail) -> Result<i64> {
        crate::dkim::queue(self.tx, &self.ctx.identity, mail)
    }

    /// Sends a message again that failed, or of which nobody knows whether it arrived: the same bytes. False when it
    /// stands in no such state.
    ///
    /// # Errors
    /// What the database reports.
    pub fn mail_again(&mut self, number: i64) -> Result<bool> {
        self.tx.outbox_again(number)
    }

    /// Whether the org was restored and nobody has said yet how mail goes on: what was sent since is not known.
    ///
    /// # Errors
    /// What the database reports.
    pub fn is_restored(&mut self) -> Result<bool> {
        self.tx.is_restored()
    }

    /// Somebody has said how mail goes on.
    ///
    /// # Errors
    /// What the database reports.
    pub fn restored_settle(&mut self) -> Result<()> {
        self.tx.restored_settle()
    }

    /// Keeps a message that waits from ever leaving. False when it does not wait any more.
    ///
    /// # Errors
    /// What the database reports.
    pub fn mail_cancel(&mut self, number: i64, words: &str) -> Result<bool> {
        self.tx.outbox_cancel(number, words)
    }

    /// Has what waits for these records looked at again at once, because it may not leave any more.
    ///
    /// # Errors
    /// What the database reports.
    pub fn mail_hurry(&mut self, references: &[RecordId]) -> Result<()> {
        self.tx.outbox_hurry(references)
    }

    /// Writes an entry of its own to the audit log.
    ///
    /// # Errors
    /// What the database reports.
    pub fn note(&mut self, action: &'static str, object: &str, record: Option<RecordId>, detail: String) -> Result<()> {
        self.tx.audit(&self.ctx.identity, &AuditEntry { action, object, record, detail })
    }

    /// A setting of an app, as the transaction sees it.
    ///
    /// # Errors
    /// What the database reports.
    pub fn setting(&mut self, name: AppSetting) -> Result<Option<String>> {
        self.tx.setting(&name.key())
    }

    /// Changes a setting of an app.
    ///
    /// # Errors
    /// What the database reports.
    pub fn setting_put(&mut self, name: AppSetting, value: &str) -> Result<()> {
        self.tx.setting_put(&name.key(), value)
    }

    /// Claims a key of the user's own for a request, which is carried out when the key is new.
    ///
    /// # Errors
    /// What the database reports.
    pub fn reply_claim(&mut self, key: &str, request: &[u8]) -> Result<KeyClaim> {
        let user = self.ctx.user_id().ok_or_else(|| Error::internal("a service repeats no requests"))?;
        self.tx.reply_claim(user, key, request)
    }

    /// Keeps the reply to the request that claimed the key; it stands or falls with the transaction.
    ///
    /// # Errors
    /// What the database reports.
    pub fn reply_keep(&mut self, key: &str, reply: &KeptReply) -> Result<()> {
        let user = self.ctx.user_id().ok_or_else(|| Error::internal("a service repeats no requests"))?;
        self.tx.reply_keep(user, key, reply)
    }

    /// The rows of a file that an import has marked as done.
    ///
    /// # Errors
    /// What the database reports.
    pub fn import_done(&mut self, file: &str) -> Result<Vec<u64>> {
        self.tx.import_done(file)
    }

    /// Marks a row of a file as done; the mark stands or falls with the transaction.
    ///
    /// # Errors
    /// What the database reports.
    pub fn import_mark(&mut self, file: &str, line: u64, outcome: &str) -> Result<()> {
        self.tx.import_put(file, line, outcome)
    }
}
