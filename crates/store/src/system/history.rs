//! Field history and recently viewed records.

use crate::bulk::{self, Column, Kind, column};
use crate::driver::{Param, collect};
use crate::org::{MetadataTx, WriteTx};
use crate::read::{ReadTx, id_column, int_column, text_column};
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

const TABLE: [Column<'static>; 9] = [
    column("seq", Kind::Int),
    column("record", Kind::Int),
    column("object", Kind::Text),
    column("field", Kind::Text),
    column("old_value", Kind::Text),
    column("new_value", Kind::Text),
    column("at_ms", Kind::Int),
    column("actor", Kind::Text),
    column("actor_id", Kind::Int),
];

impl ReadTx<'_> {
    /// The changes of a record, newest first. The caller shows only fields that the asker may read.
    ///
    /// # Errors
    /// What the database reports.
    pub fn history_of(&mut self, record: RecordId, limit: u32) -> Result<Vec<HistoryRow>> {
        let sql = self.sql(&format!(
            "SELECT record, field, old_value, new_value, at_ms, actor FROM hf_history WHERE record = ? \
             ORDER BY seq DESC LIMIT {limit}"
        ));
        collect(self.connection, &sql, &[record.as_i64().into()], |row| {
            Ok(HistoryRow {
                record: id_column(row, 0)?,
                field: text_column(row, 1)?,
                old_value: text_column(row, 2)?,
                new_value: text_column(row, 3)?,
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
        let mut params = Vec::with_capacity(changes.len() * TABLE.len());
        for (seq, change) in (first..).zip(changes) {
            params.extend([
                Param::Int(seq),
                change.record.as_i64().into(),
                object.into(),
                change.field.as_str().into(),
                change.old_value.as_str().into(),
                change.new_value.as_str().into(),
                now.into(),
                actor.as_str().into(),
                identity.user_id().map(RecordId::as_i64).into(),
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
