//! Bringing an org's tables into line with grown metadata: what is absent is added, nothing is ever taken away.

use crate::codec::codec_of;
use crate::ddl::{
    add_field, create_index, create_object, index_name, plain_index_name, stored, tables_first, wants_index,
};
use crate::driver::{Connection, Dialect, collect};
use crate::history_view;
use crate::metadata::with_histories;
use crate::org::MetadataTx;
use crate::read::text_column;
use model::schema::ObjectDef;
use model::{Error, ErrorCode, ObjectSchema, OrgSchema, Result};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

impl MetadataTx<'_> {
    /// Replaces the metadata by a declaration that contains all of it, and adds the tables, columns and indexes that
    /// are absent, also those of fields that every object has.
    ///
    /// # Errors
    /// `FIELD_INTEGRITY_EXCEPTION` for a declaration that drops something, or under which a column that is there would
    /// mean something else; what the database reports.
    pub fn schema_grow(&mut self, mut defs: Vec<ObjectDef>) -> Result<Arc<OrgSchema>> {
        for def in &mut defs {
            self.settle_sealing(&mut def.fields)?;
        }
        let before = self.schema();
        let defs = with_histories(&before, defs);
        let schema = Arc::new(OrgSchema::build(before.version() + 1, defs)?);
        refuse_loss(&before, &schema)?;
        complete(self.connection(), &schema)?;
        let changed: Vec<String> = schema
            .objects()
            .iter()
            .filter(|object| before.find_object(object.name()).is_none_or(|known| known.def != object.def))
            .map(|object| object.name().to_owned())
            .collect();
        self.keep_schema(&schema, &changed)
    }

    /// What the program last shipped of each object, as it was written.
    ///
    /// # Errors
    /// What the database reports.
    pub fn shipped(&mut self) -> Result<Vec<(String, String)>> {
        collect(self.connection(), "SELECT name, def FROM hf_shipped ORDER BY name", &[], |row| {
            Ok((text_column(row, 0)?, text_column(row, 1)?))
        })
    }

    /// Keeps what the program ships now.
    ///
    /// # Errors
    /// What the database reports.
    pub fn shipped_put(&mut self, defs: &[(String, String)]) -> Result<()> {
        self.connection().execute("DELETE FROM hf_shipped", &[])?;
        let sql = self.sql("INSERT INTO hf_shipped (name, def) VALUES (?, ?)");
        for (name, def) in defs {
            self.connection().execute(&sql, &[name.as_str().into(), def.as_str().into()])?;
        }
        Ok(())
    }
}

/// A column keeps its meaning: values in it are never read as something else.
fn refuse_loss(before: &OrgSchema, after: &OrgSchema) -> Result<()> {
    for object in before.objects() {
        let refuse = |field: &str, why: &str| {
            Err(Error::new(ErrorCode::FieldIntegrityException, format!("{}.{field}: {why}", object.name()))
                .with_field(field))
        };
        let Some(now) = after.find_object(object.name()) else { return refuse("*", "an object cannot be dropped") };
        if now.key_prefix() != object.key_prefix() {
            return refuse("Id", "the key prefix of an object cannot change: its records carry it in their ids");
        }
        for field in stored(object) {
            let Some(grown) = now.find_field(field.name()) else {
                return refuse(field.name(), "a field cannot be dropped");
            };
            // A field that becomes computed leaves its column behind unread.
            if !grown.column.is_empty() && codec_of(grown)? != codec_of(field)? {
                return refuse(
                    field.name(),
                    &format!(
                        "{} cannot become {} (or another number of decimals) while records hold values",
                        field.data_type().api_name(),
                        grown.data_type().api_name()
                    ),
                );
            }
        }
    }
    Ok(())
}

/// Adds the tables, columns and indexes that the metadata asks for and the database lacks.
pub(crate) fn complete(connection: &mut dyn Connection, schema: &OrgSchema) -> Result<()> {
    let present = Present::read(connection)?;
    tables_first(schema).try_for_each(|object| present.complete(connection, schema, object))
}

/// The columns by table and the indexes that the database has.
struct Present {
    columns: HashMap<String, HashSet<String>>,
    indexes: HashSet<String>,
}

impl Present {
    fn read(connection: &mut dyn Connection) -> Result<Self> {
        let (columns, indexes) = match connection.dialect() {
            Dialect::Sqlite => (
                "SELECT t.name, c.name FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.type IN ('table', 'view')",
                "SELECT name FROM sqlite_master WHERE type = 'index'",
            ),
            Dialect::Postgres => (
                "SELECT table_name::text, column_name::text FROM information_schema.columns \
                 WHERE table_schema = current_schema()",
                "SELECT indexname::text FROM pg_catalog.pg_indexes WHERE schemaname = current_schema()",
            ),
        };
        let mut present = Self { columns: HashMap::new(), indexes: HashSet::new() };
        for (table, column) in
            collect(connection, columns, &[], |row| Ok((text_column(row, 0)?, text_column(row, 1)?)))?
        {
            present.columns.entry(table).or_default().insert(column);
        }
        present.indexes.extend(collect(connection, indexes, &[], |row| text_column(row, 0))?);
        Ok(present)
    }

    fn complete(&self, connection: &mut dyn Connection, schema: &OrgSchema, object: &ObjectSchema) -> Result<()> {
        let Some(columns) = self.columns.get(&object.table) else { return create_object(connection, schema, object) };
        if object.is_field_history() {
            let whole = history_view::VALUES.iter().all(|value| columns.contains(&history_view::sealed_column(value)));
            return if whole { Ok(()) } else { history_view::renew(connection, schema, object) };
        }
        if object.is_view() {
            return Ok(());
        }
        for field in stored(object) {
            if !columns.contains(&field.column) {
                add_field(connection, object, field)?;
            } else if wants_index(object, field) && !self.indexes.contains(&index_name(object, field)) {
                create_index(connection, object, field)?;
                let replaced = plain_index_name(object, field);
                if self.indexes.contains(&replaced) {
                    connection.batch(&format!("DROP INDEX \"{replaced}\""))?;
                }
            }
        }
        Ok(())
    }
}
