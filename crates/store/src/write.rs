//! Changing records under an authorized write, inside one transaction.
//!
//! The pipeline of a write (types, validation, hooks) is `platform`'s; here are its steps against the tables, each of
//! which takes the [`AuthorizedWrite`] as evidence and applies its predicates.

use crate::driver::{Dialect, Param, collect, first, placeholders};
use crate::emit::{Approach, SqlText, Who};
use crate::org::WriteTx;
use crate::read::{id_column, int_column};
use crate::sealed::{FieldReader, now_field};
use model::{Error, FieldIx, FieldSchema, Instant, ObjectIx, ObjectSchema, RecordId, Result, Value};
use policy::{Access, AuthorizedWrite};
use std::collections::HashMap;

/// A record as it stands before a change, and what the asker may do with it.
#[derive(Debug, Clone)]
pub struct BeforeImage {
    pub id: RecordId,
    /// By field index; null for fields without a column.
    pub values: Vec<Value>,
    pub deleted: bool,
    pub readable: bool,
    pub permitted: bool,
    pub transferable: bool,
}

/// Why a reference may not point to a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// It does not exist, or the asker may not know of it: the two answer alike.
    NotThere,
    /// The asker sees it and lacks what pointing to it takes.
    NotAllowed,
}

impl WriteTx<'_> {
    /// Hands out `count` new ids of the object.
    ///
    /// # Errors
    /// What the database reports.
    pub fn new_ids(&mut self, write: &AuthorizedWrite, count: usize) -> Result<Vec<RecordId>> {
        let prefix = write.object().key_prefix();
        let from = self.next_numbers(&format!("id/{prefix}"), count)?;
        let count = u64::try_from(count).map_err(Error::internal)?;
        Ok((from..from + count).map(|sequence| RecordId::new(prefix, sequence)).collect())
    }

    /// Hands out `count` numbers of an auto-number field.
    ///
    /// # Errors
    /// What the database reports.
    pub fn auto_numbers(&mut self, write: &AuthorizedWrite, field: FieldIx, count: usize) -> Result<u64> {
        let object = write.object();
        self.next_numbers(&format!("auto/{}/{}", object.name(), object.field(field).name()), count)
    }

    /// Reserves a run of numbers and returns its first.
    pub(crate) fn next_numbers(&mut self, name: &str, count: usize) -> Result<u64> {
        let count = i64::try_from(count).map_err(Error::internal)?;
        let sql = self.sql(
            "INSERT INTO hf_sequence (name, next) VALUES (?, 1 + CAST(? AS bigint)) \
             ON CONFLICT (name) DO UPDATE SET next = hf_sequence.next + CAST(? AS bigint) RETURNING next",
        );
        let params = [name.into(), count.into(), count.into()];
        let next = first(self.connection(), &sql, &params, |row| int_column(row, 0))?;
        let next = next.ok_or_else(|| Error::internal("a sequence returned nothing"))?;
        u64::try_from(next - count).map_err(Error::internal)
    }

    /// The given records as they stand, whether deleted or not; absent ones are left out.
    ///
    /// # Errors
    /// What the database reports.
    pub fn before_images(
        &mut self,
        write: &AuthorizedWrite,
        ids: &[RecordId],
    ) -> Result<HashMap<RecordId, BeforeImage>> {
        self.check_layout(write)?;
        let object = write.object();
        let sharing = self.sharing(write.identity(), write.schema(), write.is_personal())?;
        let who = Who { schema: write.schema(), sharing: &sharing };
        let now = self.stored_object(write)?;
        let readers = stored(object)
            .map(|field| Ok((field.ix, FieldReader::new(&now, now_field(&now, field))?)))
            .collect::<Result<Vec<_>>>()?;
        let mut out = SqlText::new(self.dialect());
        out.push("SELECT r.\"Id\", ");
        for (_, reader) in &readers {
            out.column("r", &reader.field.column);
            out.push(", ");
        }
        for (at, access) in [write.readable(), write.permitted(), write.transferable()].into_iter().enumerate() {
            out.push(if at > 0 { ", " } else { "" });
            who.verdict(&mut out, object.ix, "r", access)?;
        }
        out.push(" FROM ");
        out.name(&object.table);
        out.push(" r WHERE r.\"Id\"");
        out.bind_list(Param::Ints(ids.iter().map(|id| id.as_i64()).collect()));
        if self.dialect() == Dialect::Postgres {
            out.push(" ORDER BY r.\"Id\" FOR UPDATE OF r");
        }
        let statement = out.finish();
        let keys = self.field_keys()?;
        let deleted_at = object.find_field("IsDeleted").map(|field| field.ix);
        let mut images = HashMap::with_capacity(ids.len());
        self.connection().query(&statement.sql, &statement.params, &mut |row| {
            let mut values = vec![Value::Null; object.fields.len()];
            let id = id_column(row, 0)?;
            for (at, (field, reader)) in readers.iter().enumerate() {
                values[field.index()] = reader.read(row, at + 1, id, &keys)?;
            }
            let verdict = |n: usize| -> Result<bool> { Ok(int_column(row, readers.len() + 1 + n)? != 0) };
            let deleted = deleted_at.is_some_and(|field| values[field.index()] == Value::Bool(true));
            let image = BeforeImage {
                id,
                values,
                deleted,
                readable: verdict(0)?,
                permitted: verdict(1)?,
                transferable: verdict(2)?,
            };
            images.insert(id, image);
            Ok(())
        })?;
        Ok(images)
    }

    /// Of the records that `field` is to point to, those that the asker may not point it to, and why.
    ///
    /// # Errors
    /// What the database reports.
    pub fn refused_references(
        &mut self,
        write: &AuthorizedWrite,
        field: FieldIx,
        ids: &[RecordId],
    ) -> Result<HashMap<RecordId, Refusal>> {
        let mut refused: HashMap<RecordId, Refusal> = ids.iter().map(|id| (*id, Refusal::NotThere)).collect();
        let rules = write.references().iter().find(|(known, _)| *known == field).map(|(_, rules)| rules.as_slice());
        let sharing = self.sharing(write.identity(), write.schema(), write.is_personal())?;
        let schema = write.schema().clone();
        let who = Who { schema: &schema, sharing: &sharing };
        for rule in rules.unwrap_or_default() {
            let object = schema.object(rule.target);
            let of_target: Vec<_> =
                refused.keys().filter(|id| id.prefix() == object.key_prefix()).map(|id| id.as_i64()).collect();
            if of_target.is_empty() {
                continue;
            }
            let mut out = SqlText::new(self.dialect());
            out.push("SELECT r.\"Id\", ");
            who.verdict(&mut out, object.ix, "r", &rule.allowed)?;
            out.push(&format!(" FROM \"{}\" r WHERE r.\"IsDeleted\" = 0 AND r.\"Id\"", object.table));
            out.bind_list(Param::Ints(of_target));
            if rule.readable != Access::Everything {
                out.push(" AND ");
                who.access(&mut out, object.ix, "r", &rule.readable, Approach::Probe)?;
            }
            let statement = out.finish();
            let found = collect(self.connection(), &statement.sql, &statement.params, |row| {
                Ok((id_column(row, 0)?, int_column(row, 1)? != 0))
            })?;
            for (id, allowed) in found {
                if allowed {
                    refused.remove(&id);
                } else {
                    refused.insert(id, Refusal::NotAllowed);
                }
            }
        }
        Ok(refused)
    }

    /// Whether the record that `field` of the written object points to is there and not in the recycle bin, whoever may
    /// see it.
    ///
    /// # Errors
    /// What the database reports.
    pub fn is_live(&mut self, write: &AuthorizedWrite, field: FieldIx, id: RecordId) -> Result<bool> {
        let targets = &write.object().field(field).targets;
        let found = targets.iter().map(|target| write.schema().object(*target));
        let Some(object) = found.into_iter().find(|target| target.key_prefix() == id.prefix()) else {
            return Ok(false);
        };
        let sql = self
            .sql(&format!("SELECT r.\"Id\" FROM \"{}\" r WHERE r.\"IsDeleted\" = 0 AND r.\"Id\" = ?", object.table));
        Ok(first(self.connection(), &sql, &[id.as_i64().into()], |row| id_column(row, 0))?.is_some())
    }

    /// Live records of `child` whose `field` points to one of `parents`: what a delete cascades to, clears or is
    /// stopped by. They are asked for in the name of the delete, whoever may see them.
    ///
    /// # Errors
    /// What the database reports.
    pub fn referring(
        &mut self,
        write: &AuthorizedWrite,
        child: ObjectIx,
        field: FieldIx,
        parents: &[RecordId],
        limit: u64,
    ) -> Result<Vec<RecordId>> {
        let object = write.schema().object(child);
        let mut out = SqlText::new(self.dialect());
        out.push(&format!("SELECT r.\"Id\" FROM \"{}\" r WHERE r.\"IsDeleted\" = 0 AND ", object.table));
        out.column("r", &object.field(field).column);
        out.bind_list(Param::Ints(parents.iter().map(|id| id.as_i64()).collect()));
        out.push(&format!(" ORDER BY r.\"Id\" LIMIT {limit}"));
        let statement = out.finish();
        collect(self.connection(), &statement.sql, &statement.params, |row| id_column(row, 0))
    }

    /// Records of `child` that went into the recycle bin together with their parents, at `stamp`.
    ///
    /// # Errors
    /// What the database reports.
    pub fn deleted_with(
        &mut self,
        write: &AuthorizedWrite,
        child: ObjectIx,
        field: FieldIx,
        parents: &[RecordId],
        stamp: Instant,
    ) -> Result<Vec<RecordId>> {
        let object = write.schema().object(child);
        let mut out = SqlText::new(self.dialect());
        out.push(&format!(
            "SELECT r.\"Id\" FROM \"{}\" r WHERE r.\"IsDeleted\" = 1 AND r.\"SystemModstamp\" = ",
            object.table
        ));
        out.bind(stamp.ms().into());
        out.push(" AND ");
        out.column("r", &object.field(field).column);
        out.bind_list(Param::Ints(parents.iter().map(|id| id.as_i64()).collect()));
        out.push(" ORDER BY r.\"Id\"");
        let statement = out.finish();
        collect(self.connection(), &statement.sql, &statement.params, |row| id_column(row, 0))
    }

    /// Points `field` of the given records of `child` to another record, or to none, in the name of a merge or a delete.
    /// Returns each record with what it pointed to.
    ///
    /// # Errors
    /// What the database reports.
    pub fn repoint_references(
        &mut self,
        write: &AuthorizedWrite,
        child: ObjectIx,
        field: FieldIx,
        ids: &[RecordId],
        to: Option<RecordId>,
    ) -> Result<Vec<(RecordId, RecordId)>> {
        let object = write.schema().object(child);
        let column = &object.field(field).column;
        self.note_change(write.schema(), object, Some(&[field]), ids, |reference| {
            to.filter(|_| reference == field).into_iter().collect()
        })?;
        let list = Param::Ints(ids.iter().map(|id| id.as_i64()).collect());
        let mut out = SqlText::new(self.dialect());
        out.push(&format!("SELECT \"Id\", \"{column}\" FROM \"{}\" WHERE \"Id\"", object.table));
        out.bind_list(list.clone());
        out.push(" ORDER BY \"Id\"");
        let statement = out.finish();
        let cleared = collect(self.connection(), &statement.sql, &statement.params, |row| {
            Ok((id_column(row, 0)?, id_column(row, 1)?))
        })?;
        let now = self.now().ms();
        let mut out = SqlText::new(self.dialect());
        out.push(&format!("UPDATE \"{}\" SET \"{column}\" = ", object.table));
        match to {
            Some(to) => out.bind(to.as_i64().into()),
            None => out.push("NULL"),
        }
        out.push(", \"SystemModstamp\" = ");
        out.bind(now.into());
        out.push(" WHERE \"Id\"");
        out.bind_list(list);
        let statement = out.finish();
        self.connection().execute(&statement.sql, &statement.params)?;
        Ok(cleared)
    }

    /// Notes on records that are about to be deleted which record they were merged into.
    ///
    /// # Errors
    /// What the database reports.
    pub fn note_merged(&mut self, write: &AuthorizedWrite, losers: &[RecordId], into: RecordId) -> Result<()> {
        let object = write.object();
        let Some(field) = object.find_field("MasterRecordId") else { return Ok(()) };
        let mut out = SqlText::new(self.dialect());
        out.push(&format!("UPDATE \"{}\" SET \"{}\" = ", object.table, field.column));
        out.bind(into.as_i64().into());
        out.push(" WHERE \"Id\"");
        out.bind_list(Param::Ints(losers.iter().map(|id| id.as_i64()).collect()));
        let statement = out.finish();
        self.connection().execute(&statement.sql, &statement.params).map(|_| ())
    }

    /// Puts records of `object` (the written one, or a detail of it) into the recycle bin, or takes them out.
    ///
    /// # Errors
    /// What the database reports.
    pub fn set_deleted(
        &mut self,
        write: &AuthorizedWrite,
        object: ObjectIx,
        ids: &[RecordId],
        deleted: bool,
        by: Option<RecordId>,
    ) -> Result<u64> {
        let object = write.schema().object(object);
        self.note_change(write.schema(), object, None, ids, |_| Vec::new())?;
        let now = self.now().ms();
        let mut out = SqlText::new(self.dialect());
        out.push(&format!(
            "UPDATE \"{}\" SET \"IsDeleted\" = {}, \"SystemModstamp\" = ",
            object.table,
            i64::from(deleted)
        ));
        out.bind(now.into());
        out.push(", \"LastModifiedDate\" = ");
        out.bind(now.into());
        if let Some(by) = by {
            out.push(", \"LastModifiedById\" = ");
            out.bind(by.as_i64().into());
        }
        out.push(&format!(" WHERE \"IsDeleted\" = {} AND \"Id\"", i64::from(!deleted)));
        out.bind_list(Param::Ints(ids.iter().map(|id| id.as_i64()).collect()));
        let statement = out.finish();
        let changed = self.connection().execute(&statement.sql, &statement.params)?;
        self.places.stale.note_deleted(object);
        Ok(changed)
    }

    /// A statement of ours with `?` in place of parameters.
    pub(crate) fn sql(&self, text: &str) -> String {
        placeholders(self.dialect(), text)
    }
}

pub(crate) fn stored(object: &ObjectSchema) -> impl Iterator<Item = &FieldSchema> {
    object.fields.iter().filter(|field| !field.column.is_empty())
}
