//! Record types: made for an object, and what records of a type may choose from.

use super::follow::Follow;
use super::{entry, unsound};
use crate::ctx::Ctx;
use crate::query::QueryOptions;
use crate::record::RecordDraft;
use model::schema::{FieldChoices, FieldDef, MASTER_RECORD_TYPE, ObjectDef, RecordTypeChoices};
use model::{Error, ObjectSchema, RecordId, Result, Value};
use policy::Actor;

/// A record type to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRecordType {
    pub developer_name: String,
    pub label: String,
    pub description: String,
    pub active: bool,
}

/// A record type as one user has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordTypeState {
    /// `None` of the master type, which every object has and whose records can have any value.
    pub id: Option<RecordId>,
    pub label: String,
    pub developer_name: String,
    pub active: bool,
    /// The user may give it to records.
    pub available: bool,
    /// New records of the user get it.
    pub is_default: bool,
}

impl RecordTypeState {
    /// The id under which clients know it.
    pub fn shown_id(&self) -> String {
        self.id.map_or_else(|| MASTER_RECORD_TYPE.to_owned(), |id| id.to_string())
    }
}

impl Ctx {
    /// The record types of an object by label, the master type last.
    ///
    /// # Errors
    /// What the database reports.
    pub fn record_types(&self, object: &ObjectSchema) -> Result<Vec<RecordTypeState>> {
        let default = self.identity.default_record_type(object.ix);
        let mut types = Vec::new();
        if object.record_type_field().is_some() && self.object("RecordType").is_ok() {
            let text = format!(
                "SELECT Name, DeveloperName, IsActive FROM RecordType WHERE SobjectType = '{}' ORDER BY Name",
                object.name()
            );
            let (_, rows) = self.query_all_rows(&text, QueryOptions::default())?;
            types.extend(rows.iter().map(|row| {
                let active = row.cells[2].value() == &Value::Bool(true);
                RecordTypeState {
                    id: Some(row.id),
                    label: row.cells[0].value().to_plain(),
                    developer_name: row.cells[1].value().to_plain(),
                    active,
                    available: active && self.identity.may_use_record_type(object.ix, row.id),
                    is_default: default == Some(row.id),
                }
            }));
        }
        types.push(RecordTypeState {
            id: None,
            label: "Master".to_owned(),
            developer_name: "Master".to_owned(),
            active: true,
            available: true,
            is_default: default.is_none(),
        });
        Ok(types)
    }

    /// Makes a record type. An object of the org's own whose records had no type so far gets the field for it. Whoever
    /// holds the System Administrator profile may use the type at once, others when a profile or permission set says so.
    ///
    /// # Errors
    /// `INSUFFICIENT_ACCESS_OR_READONLY` without CustomizeApplication, `NOT_FOUND`, `FIELD_INTEGRITY_EXCEPTION` for an
    /// object whose records cannot have a type, `DUPLICATE_VALUE` for a name that the object has.
    pub fn record_type_create(&self, object: &str, new: NewRecordType) -> Result<RecordId> {
        self.require_customize()?;
        let object = self.object(object)?;
        let name = object.name().to_owned();
        if object.record_type_field().is_none() {
            if !object.def.is_custom() || object.is_about_a_record() {
                return Err(unsound(&name, "its records have no types"));
            }
            self.org.store.write_metadata(|tx| {
                // Somebody else may have been faster.
                if tx.schema().find_object(&name).is_some_and(|object| object.record_type_field().is_none()) {
                    let field: FieldDef = crate::standard::record_type_field();
                    let added = vec![field.name.clone()];
                    tx.fields_create(&name, vec![field])?;
                    tx.audit(&self.identity, &entry("field_create", &name, &added))?;
                }
                Ok(())
            })?;
            self.org.forget_permissions();
        }
        let ctx = self.renewed()?;
        let types = ctx.object("RecordType")?;
        let draft = RecordDraft::new()
            .set(types, "Name", new.label.as_str())?
            .set(types, "DeveloperName", new.developer_name.as_str())?
            .set(types, "Description", new.description.as_str())?
            .set(types, "SobjectType", name.as_str())?
            .set(types, "IsActive", new.active)?;
        ctx.record_create("RecordType", draft)
    }

    /// Says which of a field's values records of a type can have, and which of them a new one starts with.
    ///
    /// # Errors
    /// As [`Ctx::record_type_create`]; `FIELD_INTEGRITY_EXCEPTION` for a value that the field does not have.
    pub fn record_type_choices_put(
        &self,
        record_type: RecordId,
        field: &str,
        values: &[&str],
        default: Option<&str>,
    ) -> Result<()> {
        self.change_choices(record_type, field, |def, field| {
            let list = def.fields.iter().find(|known| known.name == field);
            let list = list.map(|field| field.data_type.picklist_values()).unwrap_or_default();
            let own = |value: &str| {
                let known = list.iter().find(|known| known.value.eq_ignore_ascii_case(value));
                known.map(|known| known.value.clone()).ok_or_else(|| {
                    unsound(&def.name, format!("{field}: {value} is none of its values")).with_field(field)
                })
            };
            let narrowed = FieldChoices {
                field: field.to_owned(),
                values: values.iter().map(|value| own(value)).collect::<Result<_>>()?,
                default: default.map(own).transpose()?,
            };
            let of_type = match def.record_types.iter().position(|known| known.record_type == record_type) {
                Some(at) => &mut def.record_types[at],
                None => {
                    def.record_types.push(RecordTypeChoices { record_type, fields: Vec::new() });
                    let last = def.record_types.len() - 1;
                    &mut def.record_types[last]
                }
            };
            of_type.fields.retain(|known| known.field != field);
            of_type.fields.push(narrowed);
            Ok(())
        })
    }

    /// Gives records of a type the whole list of a field again.
    ///
    /// # Errors
    /// As [`Ctx::record_type_create`].
    pub fn record_type_choices_remove(&self, record_type: RecordId, field: &str) -> Result<()> {
        self.change_choices(record_type, field, |def, field| {
            for known in def.record_types.iter_mut().filter(|known| known.record_type == record_type) {
                known.fields.retain(|known| known.field != field);
            }
            def.prune_choices();
            Ok(())
        })
    }

    fn change_choices(
        &self,
        record_type: RecordId,
        field: &str,
        change: impl Fn(&mut ObjectDef, &str) -> Result<()>,
    ) -> Result<()> {
        self.require_customize()?;
        self.org.store.write_metadata(|tx| {
            let name = Follow::new(&self.org, tx).object_of_type(record_type)?.ok_or_else(Error::not_found)?;
            let schema = tx.schema();
            let object = schema.find_object(&name).ok_or_else(Error::not_found)?;
            let field = object.find_field(field).ok_or_else(|| crate::record::no_such_field(object, field))?;
            let mut defs: Vec<ObjectDef> = schema.defs().collect();
            change(super::declaration(&mut defs, &name)?, field.name())?;
            tx.schema_alter(defs)?;
            let names = [record_type.to_string(), field.name().to_owned()];
            tx.audit(&self.identity, &entry("record_type_choices_put", &name, &names))
        })?;
        self.org.forget_permissions();
        Ok(())
    }

    /// The same asker with the metadata of this moment.
    pub(super) fn renewed(&self) -> Result<Self> {
        match self.identity.actor() {
            Actor::User { id, .. } => Self::for_user(&self.org, *id),
            Actor::Service(service) => Ok(Self::for_own_service(&self.org, service)),
        }
    }
}
