//! Keeping the index true in the transaction of each write. Deleted records stay in it: a query leaves them out by
//! itself, and taken out of the recycle bin they are found again.

use super::Index;
use crate::codec::Codec;
use crate::driver::{Connection, Dialect, Param};
use crate::emit::SqlText;
use crate::org::WriteTx;
use crate::read::id_column;
use model::{FieldIx, ObjectSchema, RecordId, Result, Value};
use std::collections::BTreeMap;

/// Records that one statement indexes, where a statement is a round trip.
const BATCH: usize = 500;

impl WriteTx<'_> {
    /// Indexes new records, whole as they were inserted.
    pub(crate) fn search_insert(&mut self, object: &ObjectSchema, rows: &[&[Value]]) -> Result<()> {
        if object.searched_fields().next().is_none() {
            return Ok(());
        }
        let index = Index::of(object, self.dialect());
        let entries = rows.iter().filter_map(|row| {
            let terms = index.record(|field: FieldIx| row[field.index()].as_text())?;
            Some((row[FieldIx::ID.index()].as_id()?.as_i64(), terms))
        });
        put(self.connection(), entries)
    }

    /// Notes records whose fields changed: they are indexed again before the commit.
    pub(crate) fn search_note(
        &mut self,
        object: &ObjectSchema,
        fields: &[FieldIx],
        ids: impl Iterator<Item = RecordId>,
    ) {
        if object.def.searchable && fields.iter().any(|field| object.field(*field).is_searched()) {
            self.reindex.extend(ids);
        }
    }

    /// Indexes what was noted, as it stands now.
    pub(crate) fn search_settle(&mut self) -> Result<()> {
        let mut by_object: BTreeMap<_, Vec<i64>> = BTreeMap::new();
        for id in std::mem::take(&mut self.reindex) {
            by_object.entry(id.prefix()).or_default().push(id.as_i64());
        }
        let schema = self.schema();
        for (prefix, ids) in by_object {
            let Some(object) = schema.find_by_prefix(prefix) else { continue };
            for ids in ids.chunks(BATCH) {
                self.search_read(object, |out| {
                    out.push(" WHERE r.\"Id\"");
                    out.bind_list(Param::Ints(ids.to_vec()));
                })?;
            }
        }
        Ok(())
    }

    /// Indexes the records that a clause names; returns how many there were, and the last.
    pub(super) fn search_read(
        &mut self,
        object: &ObjectSchema,
        clause: impl FnOnce(&mut SqlText),
    ) -> Result<(usize, Option<RecordId>)> {
        let mut out = SqlText::new(self.dialect());
        out.push("SELECT r.\"Id\"");
        let fields: Vec<_> = object.searched_fields().map(|field| field.ix).collect();
        for field in &fields {
            out.push(", ");
            out.column("r", &object.field(*field).column);
        }
        out.push(" FROM ");
        out.name(&object.table);
        out.push(" r");
        clause(&mut out);
        let index = Index::of(object, self.dialect());
        let statement = out.finish();
        let mut entries = Vec::new();
        let mut gone = Vec::new();
        let mut last = None;
        self.connection().query(&statement.sql, &statement.params, &mut |row| {
            let id = id_column(row, 0)?;
            let values = (0..fields.len()).map(|at| Codec::Text.read(row, at + 1)).collect::<Result<Vec<_>>>()?;
            let value = |field| values[fields.iter().position(|known| *known == field).unwrap_or_default()].as_text();
            match index.record(value) {
                Some(terms) => entries.push((id.as_i64(), terms)),
                None => gone.push(id.as_i64()),
            }
            last = Some(id);
            Ok(())
        })?;
        let count = entries.len() + gone.len();
        put(self.connection(), entries.into_iter())?;
        if !gone.is_empty() {
            let mut out = SqlText::new(self.dialect());
            out.push(match self.dialect() {
                Dialect::Sqlite => "DELETE FROM hf_search WHERE rowid",
                Dialect::Postgres => "DELETE FROM hf_search WHERE id",
            });
            out.bind_list(Param::Ints(gone));
            let statement = out.finish();
            self.connection().execute(&statement.sql, &statement.params)?;
        }
        Ok((count, last))
    }
}

/// Writes entries, in place of those that are there.
fn put(connection: &mut dyn Connection, entries: impl Iterator<Item = (i64, String)>) -> Result<()> {
    if connection.dialect() == Dialect::Sqlite {
        for (id, terms) in entries {
            let sql = "INSERT OR REPLACE INTO hf_search (rowid, terms) VALUES (?1, ?2)";
            connection.execute(sql, &[Param::Int(id), Param::Text(terms)])?;
        }
        return Ok(());
    }
    let sql = "INSERT INTO hf_search (id, terms) \
               SELECT v.id, v.terms::tsvector FROM unnest($1::bigint[], $2::text[]) AS v (id, terms) \
               ON CONFLICT (id) DO UPDATE SET terms = excluded.terms";
    let mut entries = entries.peekable();
    while entries.peek().is_some() {
        let (ids, terms) = entries.by_ref().take(BATCH).unzip();
        connection.execute(sql, &[Param::Ints(ids), Param::Texts(terms)])?;
    }
    Ok(())
}
