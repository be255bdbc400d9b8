//! Metadata at run time: the difference between two sets of declarations becomes tables, columns and indexes, in the
//! transaction that keeps the new snapshot.
//!
//! Tables and columns are only ever added here. A rename moves nothing, a deleted field or object keeps its values until
//! it is removed for good, and a field whose values need another kind of column gets a new one. So a reader or a writer
//! that still works with the snapshot before always finds what it names.

use crate::codec::codec_of;
use crate::ddl;
use crate::history_view;
use crate::org::{MetadataTx, WriteTx};
use model::schema::{FieldDef, ObjectDef, PicklistValue, lacking_histories};
use model::{Error, ErrorCode, FieldSchema, ObjectSchema, OrgSchema, RecordId, Result};
use policy::AuthorizedWrite;
use std::sync::Arc;

impl MetadataTx<'_> {
    /// The metadata that this transaction sees: its own changes included.
    pub fn schema(&self) -> Arc<OrgSchema> {
        self.new_schema.clone().unwrap_or_else(|| WriteTx::schema(self))
    }

    /// Replaces the declarations of the org: what is new gets its tables, columns and indexes.
    ///
    /// # Errors
    /// `FIELD_INTEGRITY_EXCEPTION` for an unsound declaration, `DUPLICATE_VALUE` for a field that becomes unique and is
    /// not; what the database reports.
    pub fn schema_alter(&mut self, defs: Vec<ObjectDef>) -> Result<Arc<OrgSchema>> {
        let before = self.schema();
        let defs = with_histories(&before, defs);
        let after = Arc::new(OrgSchema::build(before.version() + 1, defs)?);
        for object in ddl::tables_first(&after) {
            self.align(&before, &after, object)?;
        }
        let known: Vec<ObjectDef> = before.defs().collect();
        let now: Vec<ObjectDef> = after.defs().collect();
        let changed: Vec<String> = now.iter().filter(|def| !known.contains(def)).map(|def| def.name.clone()).collect();
        let sql = self.sql("DELETE FROM hf_object WHERE name = ?");
        for gone in known.iter().filter(|def| now.iter().all(|other| other.name != def.name)) {
            self.connection().execute(&sql, &[gone.name.as_str().into()])?;
        }
        self.keep_schema(&after, &changed)
    }

    /// Brings the table of one object into line.
    fn align(&mut self, before: &OrgSchema, after: &OrgSchema, object: &ObjectSchema) -> Result<()> {
        let same_table = |other: &&ObjectSchema| other.table == object.table;
        let Some(old) = before.objects().iter().find(same_table) else {
            let is_back = before.retired_objects().iter().any(|def| def.table_name() == object.table);
            return if is_back { Ok(()) } else { ddl::create_object(self.connection(), after, object) };
        };
        if old.def == object.def {
            return Ok(());
        }
        for field in ddl::stored(object) {
            let known = ddl::stored(old).find(|known| known.def.column_name() == field.def.column_name());
            match known {
                Some(known) => self.reindex(old, known, object, field)?,
                // A field that comes back has its column and index still.
                None if old.def.columns().any(|column| column.eq_ignore_ascii_case(field.def.column_name())) => {}
                None => ddl::add_field(self.connection(), object, field)?,
            }
        }
        Ok(())
    }

    fn reindex(
        &mut self,
        old: &ObjectSchema,
        known: &FieldSchema,
        object: &ObjectSchema,
        field: &FieldSchema,
    ) -> Result<()> {
        if codec_of(known)? != codec_of(field)? {
            return Err(Error::internal(format!("{} changed its kind of column in place", field.name())));
        }
        if ddl::index_sql(old, known)? == ddl::index_sql(object, field)? {
            return Ok(());
        }
        ddl::drop_index(self.connection(), old, known)?;
        ddl::create_index(self.connection(), object, field).map_err(|error| match error.code() {
            ErrorCode::DuplicateValue => Error::new(
                ErrorCode::DuplicateValue,
                format!("{}: it cannot become unique while several records hold the same value", field.label()),
            )
            .with_field(field.name()),
            _ => error,
        })
    }

    /// Adds objects, in order.
    ///
    /// # Errors
    /// As [`MetadataTx::schema_alter`].
    pub fn objects_create(&mut self, mut defs: Vec<ObjectDef>) -> Result<Arc<OrgSchema>> {
        let before = self.schema();
        for def in &mut defs {
            self.settle_sealing(&mut def.fields)?;
        }
        let named = defs.into_iter().map(|mut def| {
            let table = before.fresh_table(&def.name);
            if table != def.name {
                def.table = table;
            }
            def
        });
        self.schema_alter(before.defs().chain(named).collect())
    }

    /// Adds fields to an object.
    ///
    /// # Errors
    /// As [`MetadataTx::schema_alter`], and `INVALID_TYPE` for an unknown object.
    pub fn fields_create(&mut self, object: &str, mut fields: Vec<FieldDef>) -> Result<Arc<OrgSchema>> {
        self.settle_sealing(&mut fields)?;
        if self.schema().find_object(object).is_none() {
            return Err(Error::new(ErrorCode::InvalidType, format!("sObject type '{object}' is not supported.")));
        }
        self.object_redeclare(object, |def| {
            for field in &fields {
                let mut field = field.clone();
                // A deleted field of the same name keeps its column until it is gone for good.
                let column = def.fresh_column(&field.name);
                let is_new = !def.fields.iter().any(|known| known.name.eq_ignore_ascii_case(&field.name));
                if is_new && column != field.name {
                    field.column = column;
                }
                def.fields.push(field);
            }
        })
    }

    /// Changes the declaration of one object.
    ///
    /// # Errors
    /// As [`MetadataTx::schema_alter`].
    pub fn object_redeclare(&mut self, object: &str, change: impl Fn(&mut ObjectDef)) -> Result<Arc<OrgSchema>> {
        let before = self.schema();
        let defs = before.defs().map(|mut def| {
            if def.name.eq_ignore_ascii_case(object) {
                change(&mut def);
            }
            def
        });
        self.schema_alter(defs.collect())
    }

    /// Removes what was deleted: the columns of these fields of an object that lives on.
    ///
    /// # Errors
    /// What the database reports.
    pub fn columns_remove(&mut self, object: &ObjectSchema, fields: &[FieldDef]) -> Result<()> {
        for field in fields.iter().flat_map(FieldDef::stored_fields) {
            for column in field.value_columns() {
                ddl::drop_column(self.connection(), &object.table, &column)?;
            }
        }
        Ok(())
    }

    /// Removes what was deleted: the table of an object, with all its records.
    ///
    /// # Errors
    /// What the database reports.
    pub fn table_remove(&mut self, retired: &ObjectDef) -> Result<()> {
        self.search_remove_all(retired.key_prefix)?;
        for (table, column) in [("hf_history", "record"), ("hf_recent", "record")] {
            let sql = self.sql(&format!("DELETE FROM {table} WHERE {column} BETWEEN ? AND ?"));
            let (first, last) = RecordId::range_of(retired.key_prefix);
            self.connection().execute(&sql, &[first.as_i64().into(), last.as_i64().into()])?;
        }
        if retired.is_view() {
            return history_view::remove(self.connection(), retired.table_name());
        }
        self.connection().batch(&format!("DROP TABLE \"{}\"", retired.table_name()))
    }

    pub(crate) fn keep_schema(&mut self, schema: &Arc<OrgSchema>, changed: &[String]) -> Result<Arc<OrgSchema>> {
        // A rule that no longer means anything must not silently stop to open records, or go on.
        policy::RuleBook::compile(schema)?;
        let sql = self.sql(
            "INSERT INTO hf_object (name, position, def) VALUES (?, ?, ?) \
             ON CONFLICT (name) DO UPDATE SET def = excluded.def",
        );
        for (position, def) in schema.defs().enumerate() {
            if changed.iter().any(|name| name.eq_ignore_ascii_case(&def.name)) {
                let text = serde_json::to_string(&def).map_err(Error::internal)?;
                let position = i64::try_from(position).map_err(Error::internal)?;
                self.connection().execute(&sql, &[def.name.into(), position.into(), text.into()])?;
            }
        }
        crate::emit::ensure_functions(self.connection(), schema, false)?;
        self.setting_put("schema_version", &schema.version().to_string())?;
        let before = self.schema();
        self.search_schema_changed(&before, schema)?;
        self.new_schema = Some(schema.clone());
        Ok(schema.clone())
    }
}

/// The declarations with the field history of each custom object that tracks fields.
pub(crate) fn with_histories(before: &OrgSchema, mut defs: Vec<ObjectDef>) -> Vec<ObjectDef> {
    let mut histories = lacking_histories(&defs);
    for history in &mut histories {
        let table = before.fresh_table(&history.name);
        if table != history.name {
            history.table = table;
        }
    }
    defs.append(&mut histories);
    defs
}

impl WriteTx<'_> {
    /// Whether what a write was authorized for still fits the table.
    ///
    /// # Errors
    /// `UNABLE_TO_LOCK_ROW` when the object was deleted meanwhile, a field's values moved to another column, or a
    /// picklist offers less than when the values were judged.
    pub(crate) fn check_layout(&self, write: &AuthorizedWrite) -> Result<()> {
        let now = self.schema();
        if now.version() == write.schema().version() {
            return Ok(());
        }
        let object = write.object();
        let current = now.objects().iter().find(|other| other.table == object.table);
        let moved = |def: &ObjectDef| {
            let replaced = def.retired_fields.iter().filter(|retired| retired.replaced);
            replaced
                .map(|retired| retired.field.column_name())
                .any(|column| object.fields.iter().any(|field| field.column == column))
        };
        match current {
            Some(current)
                if !moved(&current.def)
                    && !offers_less(object, current)
                    && !turned(write.schema(), object, &now, current) =>
            {
                Ok(())
            }
            _ => Err(Error::new(
                ErrorCode::UnableToLockRow,
                format!(
                    "The definition of {} changed while this was under way. Nothing was written; try again.",
                    object.name()
                ),
            )),
        }
    }
}

/// Whether the object has become a detail or has been one, or another object has of its records: who may write, and what
/// goes with a delete, were judged by what is no more.
fn turned(judged: &OrgSchema, object: &ObjectSchema, now: &OrgSchema, current: &ObjectSchema) -> bool {
    let binds = |field: &FieldSchema| field.data_type().as_reference().is_some_and(|reference| reference.master_detail);
    let details = object.children.iter().any(|relation| {
        let child = judged.object(relation.child);
        let field = child.field(relation.field);
        let known = now.objects().iter().find(|other| other.table == child.table);
        let known = known.and_then(|child| child.fields.iter().find(|other| other.column == field.column));
        known.is_some_and(|known| binds(known) != binds(field))
    });
    details || object.def.sharing != current.def.sharing
}

/// Whether values that were judged by one declaration might be refused by another: a choice is no longer offered, or what
/// narrows the choices changed.
fn offers_less(judged: &ObjectSchema, now: &ObjectSchema) -> bool {
    let lost = |field: &FieldSchema, current: &FieldSchema| {
        let offers = |value: &PicklistValue| {
            current.data_type().picklist_values().iter().any(|known| known.active && known.value == value.value)
        };
        let values = field.data_type().picklist_values();
        field.def.dependency != current.def.dependency || values.iter().any(|value| value.active && !offers(value))
    };
    judged.def.record_types != now.def.record_types
        || judged.fields.iter().filter(|field| !field.data_type().picklist_values().is_empty()).any(|field| {
            now.fields.iter().find(|current| current.column == field.column).is_some_and(|current| lost(field, current))
        })
}
