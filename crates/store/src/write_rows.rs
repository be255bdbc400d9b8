//! The rows themselves: inserting and changing records in bulk, and who already holds a unique value. Each step takes
//! the [`AuthorizedWrite`] as evidence and checks that it covers what is written.

use crate::bulk::{self, Column};
use crate::codec::codec_of;
use crate::driver::{Dialect, Param};
use crate::emit::{SqlText, Who};
use crate::org::WriteTx;
use crate::read::{id_column, int_column};
use crate::sealed::{FieldReader, StoredField, bind_tokens, now_field, token_of};
use crate::write::stored;
use model::schema::Form;
use model::{Error, FieldIx, FieldSchema, RecordId, Result, Value};
use policy::{AuthorizedWrite, WriteVerb};

/// A record that holds a unique value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    pub id: RecordId,
    pub value: Value,
    /// Whether the asker may know of it.
    pub readable: bool,
}

impl WriteTx<'_> {
    /// Inserts whole records: one value per field, null for fields without a column.
    ///
    /// # Errors
    /// An internal error for a write that is no create, and for a value that the write was not authorized to set and
    /// that no default explains; what the database reports.
    pub fn insert(&mut self, write: &AuthorizedWrite, rows: &[&[Value]]) -> Result<()> {
        self.check_layout(write)?;
        let object = write.object();
        if write.verb() != WriteVerb::Create {
            return Err(Error::internal(format!("an insert into {} under another verb", object.name())));
        }
        let now = self.stored_object(write)?;
        let fields: Vec<_> = stored(object)
            .map(|field| Ok((StoredField::new(now_field(&now, field))?, field, write.may_set(field))))
            .collect::<Result<Vec<_>>>()?;
        let columns: Vec<Column<'_>> = fields.iter().flat_map(|(stored, _, _)| stored.columns()).collect();
        let mut params = Vec::with_capacity(rows.len() * columns.len());
        for row in rows {
            let id = row[FieldIx::ID.index()].as_id().ok_or_else(|| Error::internal("a record without id"))?;
            for (stored, field, settable) in &fields {
                let value = &row[field.ix.index()];
                if !settable && !starts_so(write, field, value) {
                    return Err(Error::internal(format!("{} was not authorized for this write", field.name())));
                }
                self.value_params(&now, stored, id, value, &mut params)?;
            }
        }
        bulk::insert(self.connection(), &object.table, &columns, params)?;
        self.search_insert(object, rows)?;
        self.note_change(write.schema(), object, None, &[], |reference| {
            rows.iter().filter_map(|row| row[reference.index()].as_id()).collect()
        })?;
        for row in rows {
            self.places.stale.note_new(object, row);
        }
        Ok(())
    }

    /// Sets the same fields of records: per record its id and one value per field.
    ///
    /// # Errors
    /// An internal error for a write that is no edit, a field that it was not authorized for, or a record that is not
    /// there; what the database reports.
    pub fn update(
        &mut self,
        write: &AuthorizedWrite,
        fields: &[FieldIx],
        rows: &[(RecordId, Vec<&Value>)],
    ) -> Result<()> {
        let object = write.object();
        if write.verb() != WriteVerb::Edit {
            return Err(Error::internal(format!("an update of {} under another verb", object.name())));
        }
        if fields.is_empty() || rows.is_empty() {
            return Ok(());
        }
        let now = self.stored_object(write)?;
        let mut changed = Vec::with_capacity(fields.len());
        for ix in fields {
            let field = object.field(*ix);
            if !write.may_set(field) {
                return Err(Error::internal(format!("{} was not authorized for this write", field.name())));
            }
            changed.push(StoredField::new(now_field(&now, field))?);
        }
        let columns: Vec<Column<'_>> = changed.iter().flat_map(StoredField::columns).collect();
        let ids: Vec<RecordId> = rows.iter().map(|(id, _)| *id).collect();
        self.note_change(write.schema(), object, Some(fields), &ids, |reference| {
            let at = fields.iter().position(|field| *field == reference);
            at.map(|at| rows.iter().filter_map(|(_, values)| values[at].as_id()).collect()).unwrap_or_default()
        })?;
        let mut params = Vec::with_capacity(rows.len() * (columns.len() + 1));
        for (id, values) in rows {
            params.push(Param::Int(id.as_i64()));
            for (stored, value) in changed.iter().zip(values) {
                self.value_params(&now, stored, *id, value, &mut params)?;
            }
        }
        bulk::update(self.connection(), &object.table, &columns, params)?;
        self.search_note(object, fields, rows.iter().map(|(id, _)| *id));
        for (id, _) in rows {
            self.places.stale.note(object, *id, fields.iter().copied());
        }
        Ok(())
    }

    /// The live records that already hold one of these values of a unique field.
    ///
    /// # Errors
    /// What the database reports.
    pub fn holders_of(&mut self, write: &AuthorizedWrite, field: FieldIx, values: &[&Value]) -> Result<Vec<Holder>> {
        let object = write.object();
        let now = self.stored_object(write)?;
        let field = now_field(&now, object.field(field));
        let codec = codec_of(field)?;
        let sharing = self.sharing(write.identity(), write.schema(), write.is_personal())?;
        let who = Who { schema: write.schema(), sharing: &sharing };
        let mut out = SqlText::new(self.dialect());
        out.push("SELECT r.\"Id\", ");
        out.column("r", &field.column);
        out.push(", ");
        who.verdict(&mut out, object.ix, "r", write.readable())?;
        out.push(&format!(" FROM \"{}\" r WHERE r.\"IsDeleted\" = 0 AND ", object.table));
        let params = values.iter().map(|value| codec.write(value)).collect::<Result<Vec<_>>>()?;
        if let Some(token) = field.form.as_ref().and_then(Form::token) {
            let keys = self.field_keys()?;
            let texts = values.iter().filter_map(|value| value.as_text());
            let tokens = texts.map(|text| token_of(&keys, &now, field, text)).collect::<Result<Vec<_>>>()?;
            out.column("r", &token.column);
            bind_tokens(&mut out, tokens.iter().map(Vec::as_slice));
        } else {
            one_of(&mut out, field, params);
        }
        let statement = out.finish();
        let (reader, keys) = (FieldReader::new(&now, field)?, self.field_keys()?);
        let mut holders = Vec::new();
        self.connection().query(&statement.sql, &statement.params, &mut |row| {
            let (id, readable) = (id_column(row, 0)?, int_column(row, 2)? != 0);
            holders.push(Holder { id, value: reader.read(row, 1, id, &keys)?, readable });
            Ok(())
        })?;
        // A token is a hint: only a record that has the value holds it.
        let held = |holder: &Holder| values.iter().any(|value| same(field, value, &holder.value));
        if field.is_sealed() {
            holders.retain(held);
        }
        Ok(holders)
    }
}

/// Whether two values of a field are one as the field compares them.
fn same(field: &FieldSchema, a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Text(a), Value::Text(b)) if !field.def.case_sensitive => model::text::eq_fold(a, b),
        (a, b) => a == b,
    }
}

/// What a new record has without anybody having set it: the field's default, and the one who makes it as its owner.
fn starts_so(write: &AuthorizedWrite, field: &FieldSchema, value: &Value) -> bool {
    let is_default = value.is_null() || *value == field.def.default || *value == Value::Bool(false);
    let own = || {
        write.object().owner_field == Some(field.ix)
            && value.as_id().is_some_and(|id| write.identity().user_id() == Some(id))
    };
    is_default || own()
}

/// The field equals one of the values, as its kind of text compares.
fn one_of(out: &mut SqlText, field: &FieldSchema, params: Vec<Param>) {
    let mut ints = Vec::new();
    let mut texts = Vec::new();
    for param in params {
        match param {
            Param::Int(number) => ints.push(number),
            Param::Text(text) => texts.push(text),
            // Nulls are equal to nothing.
            Param::Null | Param::Blob(_) | Param::Ints(_) | Param::Texts(_) => {}
        }
    }
    if texts.is_empty() {
        out.column("r", &field.column);
        out.bind_list(Param::Ints(ints));
        return;
    }
    match (out.dialect, field.def.case_sensitive) {
        (Dialect::Postgres, false) => {
            out.push("hf_fold(");
            out.column("r", &field.column);
            out.push(")");
            texts = texts.iter().map(|text| model::text::fold(text)).collect();
        }
        (dialect, case_sensitive) => {
            out.column("r", &field.column);
            if case_sensitive {
                out.push(if dialect == Dialect::Sqlite { " COLLATE BINARY" } else { " COLLATE \"C\"" });
            }
        }
    }
    out.bind_list(Param::Texts(texts));
}
