//! Field history and recently viewed records.

use crate::bulk::{self, Column, Kind, column};
use crate::driver::{Param, collect};
use crate::org::{MetadataTx, WriteTx};
use crate::read::{ReadTx, id_column, int_column, text_column};
use crate::sealed::{open_history, seal_history};
use model::{Error, Instant, ObjectSchema, RecordId, Result};
use policy::Identity;

/// One change of one tracked field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryRow {
    pub record: RecordId,
    pub field: String,
    pub old_value: String,
    pub new_value: String,
    pub at: Instant,
    pub actor: String,
}

/// A change of one tracked field, to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryChange {
    pub record: RecordId,
    pub field: String,
    pub old_value: String,
    pub new_value: String,
}

const TABLE: [Column<'static>; 10] = [
    column("seq", Kind::Int),
    column("record", Kind::Int),
    column("object", Kind::Text),
    column("field", Kind::Text),
    column("old_value", Kind::Text),
    column("new_value", Kind::Text),
    column("at_ms", Kind::Int),
    column("actor", Kind::Text),
    column("actor_id", Kind::Int),
    column("sealed", Kind::Int),
];

impl ReadTx<'_> {
    /// The changes of a record, newest first. The caller shows only fields that the asker may read.
    ///
    /// # Errors
    /// What the database reports.
    pub fn history_of(&mut self, record: RecordId, limit: u32) -> Result<Vec<HistoryRow>> {
        let sql = self.sql(&format!(
            "SELECT record, field, old_value, new_value, at_ms, actor, sealed FROM hf_history WHERE record = ? \
             ORDER BY seq DESC LIMIT {limit}"
        ));
        let keyring = self.keyring;
        collect(self.connection, &sql, &[record.as_i64().into()], |row| {
            let field = text_column(row, 1)?;
            let value = |at: usize| -> Result<String> {
                let text = text_column(row, at)?;
                if int_column(row, 6)? == 0 {
                    Ok(text)
                } else {
                    open_history(&*keyring.fields()?, record, &field, &text)
                }
            };
            Ok(HistoryRow {
                record: id_column(row, 0)?,
                old_value: value(2)?,
                new_value: value(3)?,
                field,
                at: Instant::from_ms(int_column(row, 4)?),
                actor: text_column(row, 5)?,
            })
        })
    }

    /// What a user looked at last, newest first; access is judged by whoever shows it.
    ///
    /// # Errors
    /// What the database reports.
    pub fn recent_of(&mut self, user: RecordId, limit: u32) -> Result<Vec<(RecordId, Instant)>> {
        let sql = self.sql(&format!(
            "SELECT record, at_ms FROM hf_recent WHERE user_id = ? ORDER BY at_ms DESC, record LIMIT {limit}"
        ));
        collect(self.connection, &sql, &[user.as_i64().into()], |row| {
            Ok((id_column(row, 0)?, Instant::from_ms(int_column(row, 1)?)))
        })
    }
}

impl MetadataTx<'_> {
    /// The history of a field goes on under another name.
    ///
    /// # Errors
    /// What the database reports.
    pub fn history_rename(&mut self, object: &ObjectSchema, from: &str, to: &str) -> Result<()> {
        let sql = self.sql("UPDATE hf_history SET field = ? WHERE field = ? AND record BETWEEN ? AND ?");
        let (first, last) = RecordId::range_of(object.key_prefix());
        self.connection().execute(&sql, &[to.into(), from.into(), first.as_i64().into(), last.as_i64().into()])?;
        Ok(())
    }

    /// The history of a field ends with it.
    ///
    /// # Errors
    /// What the database reports.
    pub fn history_remove(&mut self, object: &ObjectSchema, field: &str) -> Result<()> {
        let sql = self.sql("DELETE FROM hf_history WHERE field = ? AND record BETWEEN ? AND ?");
        let (first, last) = RecordId::range_of(object.key_prefix());
        self.connection().execute(&sql, &[field.into(), first.as_i64().into(), last.as_i64().into()])?;
        Ok(())
    }
}

impl WriteTx<'_> {
    /// Keeps changes of tracked fields.
    ///
    /// # Errors
    /// What the database reports.
    pub fn history_put(&mut self, identity: &Identity, object: &str, changes: &[HistoryChange]) -> Result<()> {
        if changes.is_empty() {
            return Ok(());
        }
        let first = i64::try_from(self.next_numbers("history", changes.len())?).map_err(Error::internal)?;
        let (now, actor) = (self.now().ms(), identity.audit_name());
        let schema = self.schema();
        let object_schema = schema.find_object(object);
        let mut params = Vec::with_capacity(changes.len() * TABLE.len());
        for (seq, change) in (first..).zip(changes) {
            let field = object_schema.and_then(|object| object.find_field(&change.field));
            let secret = field.is_some_and(model::FieldSchema::keeps_secret);
            let kept = |text: &str| -> Result<Param> {
                if !secret {
                    return Ok(text.into());
                }
                let keys = self.field_keys()?;
                Ok(seal_history(&keys, self.entropy(), change.record, &change.field, text)?.into())
            };
            params.extend([
                Param::Int(seq),
                change.record.as_i64().into(),
                object.into(),
                change.field.as_str().into(),
                kept(&change.old_value)?,
                kept(&change.new_value)?,
                now.into(),
                actor.as_str().into(),
                identity.user_id().map(RecordId::as_i64).into(),
                i64::from(secret).into(),
            ]);
        }
        bulk::insert(self.connection(), "hf_history", &TABLE, params)
    }

    /// Notes that a user looked at a record.
    ///
    /// # Errors
    /// What the database reports.
    pub fn recent_put(&mut self, user: RecordId, record: RecordId) -> Result<()> {
        let sql = self.sql(
            "INSERT INTO hf_recent (user_id, record, at_ms) VALUES (?, ?, ?) \
             ON CONFLICT (user_id, record) DO UPDATE SET at_ms = excluded.at_ms",
        );
        let now = self.now().ms();
        self.connection().execute(&sql, &[user.as_i64().into(), record.as_i64().into(), now.into()])?;
        Ok(())
    }
}
