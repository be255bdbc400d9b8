//! Record types and who may use them: a type belongs to one object for good, its name is its own there, a profile has
//! one default for an object.

use super::{Hook, HookCtx, HookRow, refuse};
use crate::literal::quoted;
use crate::provision::ADMINISTRATOR;
use model::{Error, ErrorCode, FieldIx, ObjectSchema, RecordId, Result, Value};
use policy::{Service, ServiceGrant};

pub(super) struct RecordTypeHook;
pub(super) struct VisibilityHook;

pub(crate) static RECORD_TYPES: Service = Service {
    name: "record-types",
    purpose: "Looks up record types and who may use them while they are changed and while records are given a type, and \
              makes a new type available to the System Administrator profile.",
    grants: &[
        ServiceGrant::read("RecordType"),
        ServiceGrant::read("Profile"),
        ServiceGrant::read("PermissionSet"),
        ServiceGrant { object: "RecordTypeVisibility", create: true, edit: false, delete: false },
    ],
};

impl Hook for RecordTypeHook {
    fn objects(&self) -> &'static [&'static str] {
        &["RecordType"]
    }

    fn service(&self) -> &'static Service {
        &RECORD_TYPES
    }

    fn before_save(&self, ctx: &mut HookCtx<'_, '_>, row: &mut HookRow<'_>) -> Result<()> {
        let name = row.get("SobjectType").as_text().unwrap_or_default().to_owned();
        // A rename of the object is followed by the service that changes metadata.
        if row.before.is_some() && row.is_changed("SobjectType") && ctx.ctx().user_id().is_some() {
            return Err(refuse(
                "SobjectType",
                "Object type: a record type stays with its object; make another one there",
            ));
        }
        if row.before.is_none() {
            match ctx.ctx().schema().find_object(&name).filter(|object| object.record_type_field().is_some()) {
                Some(object) => row.set("SobjectType", object.name()),
                None => {
                    let why = format!("Object type: records of {name} have no record type; add one in its settings");
                    return Err(refuse("SobjectType", why));
                }
            }
        }
        let developer = row.get("DeveloperName").as_text().unwrap_or_default().to_owned();
        let well_formed = developer.starts_with(|c: char| c.is_ascii_alphabetic())
            && developer.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            && !developer.ends_with('_')
            && !developer.contains("__");
        if row.is_changed("DeveloperName") && !well_formed {
            return Err(refuse(
                "DeveloperName",
                "Record type name: it starts with a letter and holds letters, digits and single underscores",
            ));
        }
        let object = row.get("SobjectType").as_text().unwrap_or_default().to_owned();
        check_unique(ctx, row.object, &object, &developer, row.get("Id").as_id())
    }

    fn after_save(
        &self,
        ctx: &mut HookCtx<'_, '_>,
        object: &ObjectSchema,
        rows: &[(Option<&[Value]>, &[Value])],
    ) -> Result<()> {
        let text = |image: &[Value], name: &str| {
            let field = object.find_field(name).map(|field| field.ix.index());
            field.and_then(|at| image[at].as_text()).unwrap_or_default().to_owned()
        };
        // Types of one batch do not see each other before they are written.
        for (_, after) in rows.iter().filter(|_| rows.len() > 1) {
            let id = after[FieldIx::ID.index()].as_id();
            check_unique(ctx, object, &text(after, "SobjectType"), &text(after, "DeveloperName"), id)?;
        }
        let new: Vec<&Value> =
            rows.iter().filter(|(before, _)| before.is_none()).map(|(_, after)| &after[FieldIx::ID.index()]).collect();
        if new.is_empty() {
            return Ok(());
        }
        let profile = quoted(ADMINISTRATOR);
        let sets = ctx.rows(&format!("SELECT Id FROM PermissionSet WHERE Profile.Name = {profile}"))?;
        let visible: Vec<Vec<(&str, Value)>> = sets
            .iter()
            .flat_map(|set| new.iter().map(|id| (set.id, (*id).clone())))
            .map(|(set, id)| vec![("ParentId", set.into()), ("TypeId", id), ("IsVisible", true.into())])
            .collect();
        ctx.create("RecordTypeVisibility", &visible).map(|_| ())
    }
}

/// Two types of one object never have the same API name.
fn check_unique(
    ctx: &mut HookCtx<'_, '_>,
    record_type: &ObjectSchema,
    object: &str,
    developer: &str,
    own: Option<RecordId>,
) -> Result<()> {
    if let Some(field) = record_type.find_field("DeveloperName") {
        // Of two that are made at the same instant, one waits for the other.
        ctx.tx.hold_keys(record_type, field.ix, &[&model::text::fold(developer)])?;
    }
    let same = ctx.rows(&format!(
        "SELECT Id FROM RecordType WHERE SobjectType = {} AND DeveloperName = {}",
        quoted(object),
        quoted(developer)
    ))?;
    match same.iter().find(|row| Some(row.id) != own) {
        None => Ok(()),
        Some(other) => Err(Error::new(
            ErrorCode::DuplicateValue,
            format!("Record type name: {developer} duplicates value on record with id: {}", other.id),
        )
        .with_field("DeveloperName")),
    }
}

impl Hook for VisibilityHook {
    fn objects(&self) -> &'static [&'static str] {
        &["RecordTypeVisibility"]
    }

    fn service(&self) -> &'static Service {
        &RECORD_TYPES
    }

    fn before_save(&self, ctx: &mut HookCtx<'_, '_>, row: &mut HookRow<'_>) -> Result<()> {
        let (Some(set), Some(record_type)) = (row.get("ParentId").as_id(), row.get("TypeId").as_id()) else {
            return Ok(());
        };
        if row.before.is_some() && (row.is_changed("ParentId") || row.is_changed("TypeId")) {
            return Err(refuse("TypeId", "Record type: delete this row and make another one"));
        }
        let by_default = row.get("IsDefault") == &Value::Bool(true);
        if by_default && row.get("IsVisible") != &Value::Bool(true) {
            return Err(refuse("IsDefault", "Default: only an available record type can be the default"));
        }
        check_single(ctx, row.object, set, record_type, by_default, row.get("Id").as_id())
    }

    fn after_save(
        &self,
        ctx: &mut HookCtx<'_, '_>,
        object: &ObjectSchema,
        rows: &[(Option<&[Value]>, &[Value])],
    ) -> Result<()> {
        let value = |image: &[Value], name: &str| {
            object.find_field(name).map(|field| image[field.ix.index()].clone()).unwrap_or_default()
        };
        for (_, after) in rows.iter().filter(|_| rows.len() > 1) {
            if let (Some(set), Some(record_type)) = (value(after, "ParentId").as_id(), value(after, "TypeId").as_id()) {
                let by_default = value(after, "IsDefault") == Value::Bool(true);
                check_single(ctx, object, set, record_type, by_default, after[FieldIx::ID.index()].as_id())?;
            }
        }
        Ok(())
    }
}

/// One row for a set and a type; one default for a profile and an object.
fn check_single(
    ctx: &mut HookCtx<'_, '_>,
    visibility: &ObjectSchema,
    set: RecordId,
    record_type: RecordId,
    by_default: bool,
    own: Option<RecordId>,
) -> Result<()> {
    if let Some(field) = visibility.find_field("ParentId") {
        ctx.tx.hold_keys(visibility, field.ix, &[&set.to_string()])?;
    }
    let object = ctx.rows(&format!("SELECT SobjectType FROM RecordType WHERE Id = '{record_type}'"))?;
    let Some(object) = object.first().map(|row| quoted(&row.cells[0].value().to_plain())) else { return Ok(()) };
    let rows = ctx.rows(&format!(
        "SELECT TypeId, IsDefault FROM RecordTypeVisibility WHERE ParentId = '{set}' AND Type.SobjectType = {object}"
    ))?;
    let mut others = rows.iter().filter(|row| Some(row.id) != own);
    if let Some(twice) = others.clone().find(|row| row.cells[0].value().as_id() == Some(record_type)) {
        return Err(Error::new(
            ErrorCode::DuplicateValue,
            format!("Record type: duplicates value on record with id: {}", twice.id),
        )
        .with_field("TypeId"));
    }
    if !by_default {
        return Ok(());
    }
    let parents = ctx.rows(&format!("SELECT IsOwnedByProfile FROM PermissionSet WHERE Id = '{set}'"))?;
    if parents.first().is_none_or(|row| row.cells[0].value() != &Value::Bool(true)) {
        return Err(refuse("IsDefault", "Default: profiles alone have default record types"));
    }
    match others.find(|row| row.cells[1].value() == &Value::Bool(true)) {
        None => Ok(()),
        Some(other) => Err(refuse(
            "IsDefault",
            format!("Default: the profile has a default record type for this object already, in {}", other.id),
        )),
    }
}
