//! New objects and fields, and who may then use them.

use super::{OWN_PACKAGE, computed, entry, unsound, value_set};
use crate::ctx::Ctx;
use crate::provision::{self, ObjectGrant};
use crate::query::QueryOptions;
use crate::record::BIN_DAYS;
use model::schema::{FieldDef, ObjectDef, SharingKind};
use model::{FieldType, KeyPrefix, RecordId, Result};

impl Ctx {
    /// Creates custom objects (`…__c`). Key prefixes are given out here; whoever holds the System Administrator profile
    /// may use the new objects at once, others when a permission set says so.
    ///
    /// # Errors
    /// `INSUFFICIENT_ACCESS_OR_READONLY` without CustomizeApplication; `FIELD_INTEGRITY_EXCEPTION` naming object and
    /// rule.
    pub fn objects_create(&self, defs: Vec<ObjectDef>) -> Result<()> {
        self.require_customize()?;
        let mut free = self.free_prefixes();
        let defs = defs
            .into_iter()
            .map(|mut def| {
                if !def.is_custom() {
                    return Err(unsound(&def.name, "the name of a custom object ends in __c"));
                }
                OWN_PACKAGE.clone_into(&mut def.package);
                def.key_prefix = free.next().ok_or_else(|| unsound(&def.name, "no key prefix is left"))?;
                def.fields.iter_mut().for_each(computed::mark);
                check_fields(&def.name, &def.fields, false)?;
                check_room(&def.name, &[], 0, &def.fields)?;
                def.queueable = def.sharing == SharingKind::Owned;
                Ok(def)
            })
            .collect::<Result<Vec<_>>>()?;
        let mut defs = crate::standard::with_shares(defs);
        let names: Vec<String> = defs.iter().map(|def| def.name.clone()).collect();
        self.org.store.write_metadata(|tx| {
            let before = tx.schema();
            value_set::fill(tx, defs.iter_mut().flat_map(|def| &mut def.fields))?;
            let schema = tx.objects_create(defs)?;
            computed::check(&before, &schema)?;
            for name in &names {
                tx.audit(&self.identity, &entry("object_create", name, &[]))?;
            }
            Ok(())
        })?;
        names.iter().filter(|name| name.ends_with("__c")).try_for_each(|name| self.grant_administrators(name))?;
        self.begin_lists(&names)
    }

    /// The lists that new objects begin with, of whoever made them.
    pub(super) fn begin_lists(&self, objects: &[String]) -> Result<()> {
        let Some(owner) = self.user_id() else { return Ok(()) };
        let service = Ctx::for_service(&self.org, &provision::PROVISION)?;
        crate::list_view::begin_lists(&service, owner, objects)
    }

    /// Adds custom fields (`…__c`) to an object.
    ///
    /// # Errors
    /// As [`Ctx::objects_create`]; `NOT_FOUND` for an object that the user may not read.
    pub fn fields_create(&self, object: &str, mut fields: Vec<FieldDef>) -> Result<()> {
        self.require_customize()?;
        let object = self.object(object)?;
        fields.iter_mut().for_each(computed::mark);
        check_fields(object.name(), &fields, true)?;
        check_room(object.name(), &object.def.fields, object.def.retired_fields.len(), &fields)?;
        let names: Vec<String> = fields.iter().map(|field| field.name.clone()).collect();
        self.org.store.write_metadata(|tx| {
            let before = tx.schema();
            value_set::fill(tx, fields.iter_mut())?;
            let schema = tx.fields_create(object.name(), fields)?;
            computed::check(&before, &schema)?;
            self.fill_roll_ups(tx, &schema, object.name(), &names)?;
            tx.audit(&self.identity, &entry("field_create", object.name(), &names))
        })?;
        self.org.forget_permissions();
        Ok(())
    }

    /// Prefixes of custom objects that no object has.
    fn free_prefixes(&self) -> impl Iterator<Item = KeyPrefix> + use<> {
        let schema = self.org.schema();
        (0..).map(KeyPrefix::custom).filter(move |prefix| {
            let retired = schema.retired_objects().iter().any(|def| def.key_prefix == *prefix);
            !retired && schema.find_by_prefix(*prefix).is_none()
        })
    }

    pub(super) fn grant_administrators(&self, object: &str) -> Result<()> {
        let service = Ctx::for_service(&self.org, &provision::PROVISION)?;
        let set: RecordId = provision::profile_set(&service, provision::ADMINISTRATOR)?;
        let text =
            format!("SELECT COUNT() FROM ObjectPermissions WHERE ParentId = '{set}' AND SobjectType = '{object}'");
        if service.query(&text, QueryOptions::default())?.total > 0 {
            return Ok(());
        }
        provision::grant(&service, set, &[(object.to_owned(), ObjectGrant::ALL)])
    }
}

fn check_fields(object: &str, fields: &[FieldDef], on_existing: bool) -> Result<()> {
    for field in fields {
        if !field.name.ends_with("__c") && (on_existing || field.name != "Name") {
            return Err(unsound(object, format!("{}: the name of a custom field ends in __c", field.name)));
        }
        if field.data_type == FieldType::Base64 {
            return Err(unsound(
                object,
                format!("{}: files are attached; no field of an object holds them", field.name),
            ));
        }
        let required_late = on_existing && field.required && field.default.is_null();
        if required_late {
            return Err(unsound(
                object,
                format!("{}: a required field on an object with records needs a default", field.name),
            ));
        }
    }
    Ok(())
}

/// The most fields of its own that an org may add to an object, deleted ones that can still be taken back among them.
/// A table of both stores holds them beside the standard fields.
const MOST_CUSTOM_FIELDS: usize = 800;

/// The longest text a field may hold, in characters.
const LONGEST_TEXT: u32 = 1_048_576;

fn check_room(object: &str, known: &[FieldDef], retired: usize, new: &[FieldDef]) -> Result<()> {
    let known = known.iter().filter(|field| field.is_custom()).count();
    // A location counts three times: for itself and for each of its parts.
    let parts = |field: &FieldDef| if field.data_type.is_stored() { 0 } else { field.stored_fields().len() };
    let custom = known + new.iter().filter(|field| field.is_custom()).map(|field| 1 + parts(field)).sum::<usize>();
    if custom + retired > MOST_CUSTOM_FIELDS {
        let why = format!(
            "an object has at most {MOST_CUSTOM_FIELDS} custom fields, those deleted within the last {BIN_DAYS} days \
             included"
        );
        return Err(unsound(object, why));
    }
    match new.iter().find(|field| field.data_type.length() > LONGEST_TEXT) {
        Some(field) => Err(unsound(object, format!("{}: a text has at most {LONGEST_TEXT} characters", field.name))
            .with_field(field.name.clone())),
        None => Ok(()),
    }
}
