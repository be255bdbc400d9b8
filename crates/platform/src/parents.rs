//! Parents named by an external id in place of their record id. Where many rows are saved, each parent is looked up once
//! for all rows that name it.

use crate::ctx::Ctx;
use crate::values;
use model::{Error, ErrorCode, FieldIx, FieldSchema, ObjectIx, ObjectSchema, RecordId, Result, Value};
use serde_json::{Map, Value as Json};
use std::collections::HashMap;

/// A reference, the object it leads to, and the field of that object which names the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct ParentKey {
    pub(crate) target: ObjectIx,
    pub(crate) key: FieldIx,
}

/// The parents that were looked up so far.
#[derive(Default)]
pub(crate) struct Parents {
    found: HashMap<(ParentKey, String), Option<RecordId>>,
}

impl Parents {
    pub(crate) fn find(&mut self, ctx: &Ctx, parent: ParentKey, value: &Value) -> Result<RecordId> {
        let key = (parent, value.to_plain());
        let found = match self.found.get(&key) {
            Some(found) => *found,
            None => {
                let object = ctx.schema().object(parent.target);
                let found = ctx.found_by(object, object.field(parent.key), value)?;
                *self.found.entry(key).or_insert(found)
            }
        };
        found.ok_or_else(|| ctx.no_parent(parent, value))
    }

    /// The parent that `{"Key__c": "x"}` names, with `attributes` where the reference can point to several objects.
    pub(crate) fn find_json(&mut self, ctx: &Ctx, field: &FieldSchema, parent: &Map<String, Json>) -> Result<RecordId> {
        let (key, value) = ctx.parent_named(field, parent)?;
        self.find(ctx, key, &value)
    }
}

impl Ctx {
    /// The parent that an object in a JSON body names by an external id, looked up where the caller reads.
    ///
    /// # Errors
    /// `INVALID_FIELD` naming what is wrong, or that there is no such parent; those of `find`.
    pub fn parent_of_json(
        &self,
        field: &FieldSchema,
        parent: &Map<String, Json>,
        find: impl FnOnce(&ObjectSchema, &FieldSchema, &Value) -> Result<Option<RecordId>>,
    ) -> Result<RecordId> {
        let (key, value) = self.parent_named(field, parent)?;
        let object = self.schema().object(key.target);
        find(object, object.field(key.key), &value)?.ok_or_else(|| self.no_parent(key, &value))
    }

    fn parent_named(&self, field: &FieldSchema, parent: &Map<String, Json>) -> Result<(ParentKey, Value)> {
        let named = parent.get("attributes").and_then(|attributes| attributes.get("type")).and_then(Json::as_str);
        let target = self.parent_object(field, named)?;
        let mut keys = parent.iter().filter(|(name, _)| name.as_str() != "attributes");
        let (Some((name, json)), None) = (keys.next(), keys.next()) else {
            let message =
                format!("{}: a reference by external id names exactly one field of {}.", field.name(), target.name());
            return Err(Error::new(ErrorCode::InvalidField, message).with_field(field.name()));
        };
        let key = self.key_field(target, name)?;
        Ok((ParentKey { target: target.ix, key: key.ix }, values::from_json(key, json)?))
    }

    /// How a parent is named: the object is said where the reference can lead to several.
    ///
    /// # Errors
    /// `INVALID_FIELD` naming what is wrong.
    pub(crate) fn parent_key(&self, field: &FieldSchema, object: Option<&str>, key: &str) -> Result<ParentKey> {
        let target = self.parent_object(field, object)?;
        Ok(ParentKey { target: target.ix, key: self.key_field(target, key)?.ix })
    }

    fn parent_object(&self, field: &FieldSchema, named: Option<&str>) -> Result<&ObjectSchema> {
        let targets = || field.targets.iter().map(|target| self.schema().object(*target));
        let visible = |object: &&ObjectSchema| self.object_permission(object.ix).read;
        let chosen = match named {
            Some(name) => targets().filter(visible).find(|object| object.name().eq_ignore_ascii_case(name)),
            None if field.is_polymorphic() => {
                let message =
                    format!("{}: name the object in attributes.type; the field can point to several.", field.name());
                return Err(Error::new(ErrorCode::InvalidField, message).with_field(field.name()));
            }
            None => targets().find(visible),
        };
        chosen.ok_or_else(|| {
            let message = format!("{}: the reference cannot point to this kind of record.", field.name());
            Error::new(ErrorCode::InvalidField, message).with_field(field.name())
        })
    }

    fn no_parent(&self, parent: ParentKey, value: &Value) -> Error {
        let object = self.schema().object(parent.target);
        let message = format!(
            "Foreign key external ID: {} not found for field {} in entity {}",
            value.to_plain(),
            object.field(parent.key).name(),
            object.name()
        );
        Error::new(ErrorCode::InvalidField, message)
    }
}
