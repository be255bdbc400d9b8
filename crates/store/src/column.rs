//! One column as a whole, for a change of its field's type: all its values out, and into another.

use crate::bulk;
use crate::codec::{Codec, codec_of};
use crate::driver::{Param, first};
use crate::org::MetadataTx;
use crate::read::{id_column, int_column};
use crate::sealed::FieldReader;
use model::schema::FieldType;
use model::{Error, ErrorCode, FieldSchema, ObjectSchema, RecordId, Result, Value};

/// How a type's values stand in a column; two types of one kind share it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ColumnKind(Option<Codec>);

/// The kind of column that a type needs.
pub fn column_kind(data_type: &FieldType) -> ColumnKind {
    ColumnKind(data_type.is_stored().then(|| Codec::of(data_type).ok()).flatten())
}

impl MetadataTx<'_> {
    /// Every value of a field that is not null, of records in the recycle bin too.
    ///
    /// # Errors
    /// What the database reports.
    pub fn column_values(&mut self, object: &ObjectSchema, field: &FieldSchema) -> Result<Vec<(RecordId, Value)>> {
        let (reader, keys, column) = (FieldReader::new(object, field)?, self.field_keys()?, &field.column);
        let sql = format!(
            "SELECT \"Id\", \"{column}\" FROM \"{}\" WHERE \"{column}\" IS NOT NULL ORDER BY \"Id\"",
            object.table
        );
        let mut values = Vec::new();
        self.connection().query(&sql, &[], &mut |row| {
            let id = id_column(row, 0)?;
            values.push((id, reader.read(row, 1, id, &keys)?));
            Ok(())
        })?;
        Ok(values)
    }

    /// The values of a picklist that are or, of a list of several, contain this choice, of records in the recycle bin too.
    ///
    /// # Errors
    /// `FIELD_INTEGRITY_EXCEPTION` for an encrypted field, whose column tells nothing; what the database reports.
    pub fn column_holding(
        &mut self,
        object: &ObjectSchema,
        field: &FieldSchema,
        choice: &str,
    ) -> Result<Vec<(RecordId, Value)>> {
        if field.keeps_secret() {
            let name = format!("{}.{}", object.name(), field.name());
            let why = format!("{name}: it is encrypted; who holds a value can be found once it is unsealed");
            return Err(Error::new(ErrorCode::FieldIntegrityException, why).with_field(field.name()));
        }
        let (codec, column) = (codec_of(field)?, &field.column);
        let several = matches!(field.data_type(), FieldType::MultiPicklist { .. });
        let (test, params) = if several { ("IS NOT NULL", Vec::new()) } else { ("= ?", vec![Param::from(choice)]) };
        let sql =
            format!("SELECT \"Id\", \"{column}\" FROM \"{}\" WHERE \"{column}\" {test} ORDER BY \"Id\"", object.table);
        let sql = self.sql(&sql);
        let mut values = Vec::new();
        self.connection().query(&sql, &params, &mut |row| {
            let value = codec.read(row, 1)?;
            // The database may take letters of either case for one.
            if value.as_text().is_some_and(|text| text.split(';').any(|held| held == choice)) {
                values.push((id_column(row, 0)?, value));
            }
            Ok(())
        })?;
        Ok(values)
    }

    /// How many records have nothing in a field, those in the recycle bin included, and the first of them.
    ///
    /// # Errors
    /// What the database reports.
    pub fn column_empty(&mut self, object: &ObjectSchema, field: &FieldSchema) -> Result<(u64, Option<RecordId>)> {
        let sql = format!("SELECT COUNT(*), MIN(\"Id\") FROM \"{}\" WHERE \"{}\" IS NULL", object.table, field.column);
        let found = first(self.connection(), &sql, &[], |row| {
            let count = u64::try_from(int_column(row, 0)?).map_err(Error::internal)?;
            Ok((count, row.int(1)?.map(RecordId::from_i64)))
        })?;
        Ok(found.unwrap_or_default())
    }

    /// Removes every row of an object whose rows go with another one's. Returns how many there were.
    ///
    /// # Errors
    /// What the database reports.
    pub fn rows_remove_all(&mut self, object: &ObjectSchema) -> Result<u64> {
        self.connection().execute(&format!("DELETE FROM \"{}\"", object.table), &[])
    }

    /// Sets a field of many records, and nothing else of them.
    ///
    /// # Errors
    /// What the database reports.
    pub fn column_fill(
        &mut self,
        object: &ObjectSchema,
        field: &FieldSchema,
        values: &[(RecordId, Value)],
    ) -> Result<()> {
        let codec = codec_of(field)?;
        let columns = [bulk::column(&field.column, codec.into())];
        let mut params = Vec::with_capacity(values.len() * 2);
        for (id, value) in values {
            params.push(Param::Int(id.as_i64()));
            params.push(codec.write(value)?);
        }
        bulk::update(self.connection(), &object.table, &columns, params)
    }
}
