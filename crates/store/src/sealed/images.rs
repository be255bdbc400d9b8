//! Sealed values outside of plans: whole records before a change, and the values that stand for groups.

use super::{FieldKeys, Place};
use crate::codec::{Codec, codec_of};
use crate::driver::{Param, RowView};
use crate::emit::SqlText;
use crate::read::{ReadTx, id_column};
use model::{FieldIx, FieldSchema, ObjectIx, ObjectSchema, OrgSchema, RecordId, Result, Value};
use std::collections::HashMap;

/// Reads one stored field of a record, sealed or not.
pub(crate) struct FieldReader<'a> {
    pub(crate) field: &'a FieldSchema,
    codec: Codec,
    object: &'a ObjectSchema,
}

impl<'a> FieldReader<'a> {
    pub(crate) fn new(object: &'a ObjectSchema, field: &'a FieldSchema) -> Result<Self> {
        Ok(Self { field, codec: codec_of(field)?, object })
    }

    /// The value in column `at` of a row of the record; `None` when its key was destroyed.
    pub(crate) fn find(
        &self,
        row: &dyn RowView,
        at: usize,
        record: RecordId,
        keys: &FieldKeys,
    ) -> Result<Option<Value>> {
        if self.field.is_sealed() && keys.is_destroyed(row.blob(at)?) {
            return Ok(None);
        }
        self.read(row, at, record, keys).map(Some)
    }

    /// The value in column `at` of a row of the record.
    pub(crate) fn read(&self, row: &dyn RowView, at: usize, record: RecordId, keys: &FieldKeys) -> Result<Value> {
        if !self.field.is_sealed() {
            return self.codec.read(row, at);
        }
        let place = Place { object: self.object.key_prefix(), field: self.field.def.column_name(), record };
        keys.open(place, self.codec, row.blob(at)?)
    }
}

impl ReadTx<'_> {
    /// Puts the sealed values of records in place of their ids in one column of groups.
    pub(crate) fn show_sealed_keys(
        &mut self,
        schema: &OrgSchema,
        object: ObjectIx,
        field: FieldIx,
        groups: &mut [Vec<Value>],
        at: usize,
    ) -> Result<()> {
        let object = schema.object(object);
        let reader = FieldReader::new(object, object.field(field))?;
        let ids: Vec<i64> = groups.iter().filter_map(|group| group[at].as_id()).map(RecordId::as_i64).collect();
        let mut out = SqlText::new(self.connection.dialect());
        out.push("SELECT r.\"Id\", ");
        out.column("r", &object.field(field).column);
        out.push(&format!(" FROM \"{}\" r WHERE r.\"Id\"", object.table));
        out.bind_list(Param::Ints(ids));
        let statement = out.finish();
        let keys = self.keyring.fields()?;
        let mut values = HashMap::new();
        self.connection.query(&statement.sql, &statement.params, &mut |row| {
            let id = id_column(row, 0)?;
            values.insert(id, reader.read(row, 1, id, &keys)?);
            Ok(())
        })?;
        for group in groups {
            group[at] = group[at].as_id().and_then(|id| values.get(&id).cloned()).unwrap_or_default();
        }
        Ok(())
    }
}
