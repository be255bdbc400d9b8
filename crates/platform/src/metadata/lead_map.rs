//! Where a lead's own fields go when it is converted: said, and kept true while fields change their names and types.

use super::{declaration, entry};
use crate::ctx::Ctx;
use crate::record::check_targets;
use model::schema::{FieldDef, ObjectDef};
use model::{Error, OrgSchema, Result};

const LEAD: &str = "Lead";

impl Ctx {
    /// Says to which custom fields of account, contact and opportunity (`Contact.Region__c`) a lead's own field goes when
    /// the lead is converted. Nothing said, it goes to those of its name and type; an empty list keeps it on the lead.
    ///
    /// # Errors
    /// `INSUFFICIENT_ACCESS_OR_READONLY` without CustomizeApplication, `INVALID_FIELD` for a field that is not there,
    /// `FIELD_INTEGRITY_EXCEPTION` with what does not fit.
    pub fn lead_field_map(&self, field: &str, targets: Option<Vec<String>>) -> Result<()> {
        self.require_customize()?;
        self.org.store.write_metadata(|tx| {
            let before = tx.schema();
            let lead = before.find_object("Lead").ok_or_else(Error::not_found)?;
            let field = lead.find_field(field).ok_or_else(|| crate::record::no_such_field(lead, field))?;
            let mut defs: Vec<ObjectDef> = before.defs().collect();
            let def = declaration(&mut defs, lead.name())?;
            let own = def.fields.iter_mut().find(|known| known.name == field.name());
            let own = own.ok_or_else(|| crate::record::no_such_field(lead, field.name()))?;
            own.converts_to.clone_from(&targets);
            let own = own.clone();
            check_targets(&OrgSchema::build(before.version() + 1, defs.clone())?, &own)?;
            tx.schema_alter(defs)?;
            tx.audit(&self.identity, &entry("lead_field_map", "Lead", &[field.name().to_owned()]))
        })?;
        self.org.forget_permissions();
        Ok(())
    }
}

/// What names the field `from` as where a lead's field goes, fields that were deleted and may come back included, names
/// it as `to`.
pub(super) fn follow_rename(defs: &mut [ObjectDef], object: &str, from: &str, to: &str) {
    let Ok(lead) = declaration(defs, LEAD) else { return };
    let retired = lead.retired_fields.iter_mut().map(|retired| &mut retired.field);
    let named = lead.fields.iter_mut().chain(retired).filter_map(|field| field.converts_to.as_mut()).flatten();
    for path in named.filter(|path| is_path(path, object, from)) {
        *path = format!("{object}.{to}");
    }
}

/// Whether `path` names this field.
pub(super) fn is_path(path: &str, object: &str, field: &str) -> bool {
    path.split_once('.').is_some_and(|(of, name)| of.eq_ignore_ascii_case(object) && name.eq_ignore_ascii_case(field))
}

/// Where a lead's field went because the two had one name, it goes on when one of them gets another: from now on that is
/// said. Returns whether anything was.
pub(super) fn keep_namesakes(
    before: &OrgSchema,
    after: &OrgSchema,
    defs: &mut [ObjectDef],
    object: &str,
    (from, to): (&str, &str),
) -> Result<bool> {
    let is_lead = object == LEAD;
    let Some(was) = before.find_object(LEAD).and_then(|lead| lead.find_field(from)) else { return Ok(false) };
    if was.def.converts_to.is_some() {
        return Ok(false);
    }
    let lead = declaration(defs, LEAD)?;
    let name = if is_lead { to } else { from };
    let Some(own) = lead.fields.iter_mut().find(|field| field.name.eq_ignore_ascii_case(name)) else {
        return Ok(false);
    };
    let goes = |schema: &OrgSchema, field: &FieldDef, path: &str| {
        let said = FieldDef { converts_to: Some(vec![path.to_owned()]), ..field.clone() };
        check_targets(schema, &said).is_ok()
    };
    let mut paths = Vec::new();
    let mut is_touched = is_lead;
    for target in before.objects().iter().filter(|target| target.find_field(from).is_some()) {
        if !goes(before, &was.def, &format!("{}.{from}", target.name())) {
            continue;
        }
        let is_renamed = target.name() == object;
        let path = format!("{}.{}", target.name(), if is_renamed { to } else { from });
        // A type that changed together with the name may not fit any more.
        if goes(after, own, &path) {
            is_touched |= is_renamed;
            paths.push(path);
        }
    }
    let is_said = is_touched && !paths.is_empty();
    if is_said {
        own.converts_to = Some(paths);
    }
    Ok(is_said)
}

/// What is said of the changed field, as one of a lead or as where one of a lead goes, must still fit.
///
/// # Errors
/// `FIELD_INTEGRITY_EXCEPTION` naming what does not.
pub(super) fn check_changed(after: &OrgSchema, object: &str, changed: &str) -> Result<()> {
    let Some(lead) = after.find_object(LEAD) else { return Ok(()) };
    let concerned = lead.fields.iter().filter(|field| match object == LEAD {
        true => field.name() == changed,
        false => field.def.converts_to.iter().flatten().any(|path| is_path(path, object, changed)),
    });
    concerned.map(|field| &field.def).try_for_each(|field| check_targets(after, field))
}

/// A lead's field that is taken back goes to those of its targets that are still there and fit.
pub(super) fn prune_restored(schema: &OrgSchema, defs: &mut [ObjectDef], restored: &str) -> Result<()> {
    let own = declaration(defs, LEAD)?.fields.iter_mut().find(|field| field.name == restored);
    if let Some(own) = own {
        let goes = |path: &String, field: &FieldDef| {
            check_targets(schema, &FieldDef { converts_to: Some(vec![path.clone()]), ..field.clone() }).is_ok()
        };
        let judged = own.clone();
        own.converts_to.iter_mut().for_each(|paths| paths.retain(|path| goes(path, &judged)));
    }
    Ok(())
}
