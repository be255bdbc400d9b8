//! Fields: changed, renamed, deleted, taken back.

use super::convert::{check_types, convert, does_not_fit};
use super::follow::Follow;
use super::mentions::mentioned_in;
use super::relation::Turn;
use super::{computed, declaration, entry, lead_map, refuse_while_rewritten, unsound, value_set};
use crate::ctx::Ctx;
use model::schema::{FieldDef, ObjectDef, RetiredField};
use model::{Error, ErrorCode, FieldSchema, ObjectSchema, RecordId, Result, Value};
use store::MetadataTx;

impl Ctx {
    /// Changes a custom field: its type, length, list, rules, labels, or its name. Its values come along; a change that
    /// one of them would not survive is refused.
    ///
    /// # Errors
    /// `INSUFFICIENT_ACCESS_OR_READONLY` without CustomizeApplication, `INVALID_FIELD` for a field that is not there,
    /// `FIELD_INTEGRITY_EXCEPTION` with what stands in the way.
    pub fn field_change(&self, object: &str, field: &str, mut to: FieldDef) -> Result<()> {
        self.require_customize()?;
        computed::mark(&mut to);
        let object = self.object(object)?.name().to_owned();
        let (from, renamed) = (field.to_owned(), !field.eq_ignore_ascii_case(&to.name));
        self.org.store.write_metadata(|tx| {
            let before = tx.schema();
            let known = before.find_object(&object).ok_or_else(Error::not_found)?;
            let field = custom_field(known, &from)?;
            value_set::fill(tx, std::iter::once(&mut to))?;
            check_types(field, &to.data_type)?;
            let mut to = keep_sealing(known, field, to.clone())?;
            let mut defs: Vec<ObjectDef> = before.defs().collect();
            let turn = Turn::of(field, &to);
            if turn.is_some() && renamed {
                let why = format!("{}: its name and whether it is a master change one after the other", field.name());
                return Err(unsound(&object, why).with_field(field.name()));
            }
            if let Some(turn) = turn {
                turn.prepare(tx, known, field, &mut to, &mut defs)?;
            }
            if renamed {
                check_new_name(known, &to.name)?;
                // What narrows its choices, and what of leads goes to it, goes on with its new name.
                lead_map::follow_rename(&mut defs, &object, field.name(), &to.name);
                let mut others = defs.clone();
                declaration(&mut others, &object)?.rename_in_choices(field.name(), &to.name);
                refuse_if_mentioned(&others, &object, &field.def)?;
            }
            let def = declaration(&mut defs, &object)?;
            let moved = place(def, field, to.clone(), tx.now())?;
            def.rename_in_choices(field.name(), &to.name);
            def.prune_choices();
            // Judged under the snapshot to be: its lengths, lists and scales.
            let mut after = model::OrgSchema::build(before.version() + 1, defs.clone())?;
            let names = (field.name(), to.name.as_str());
            if renamed && lead_map::keep_namesakes(&before, &after, &mut defs, &object, names)? {
                after = model::OrgSchema::build(before.version() + 1, defs.clone())?;
            }
            lead_map::check_changed(&after, &object, &to.name)?;
            let now = after.find_object(&object).ok_or_else(Error::not_found)?;
            computed::check(&before, &after)?;
            let target = now.find_field(&to.name).ok_or_else(Error::not_found)?;
            let values = converted(tx, &after, known, field, now, target)?;
            let altered = tx.schema_alter(defs)?;
            if moved {
                tx.column_fill(now, target, &values)?;
            }
            if let Some(turn) = turn {
                turn.settle(self, tx, known, field)?;
            }
            if renamed {
                for (was, is) in field.def.stored_fields().iter().zip(target.def.stored_fields()) {
                    tx.history_rename(now, &was.name, &is.name)?;
                }
                Follow::new(&self.org, tx).field_renamed(&object, field.name(), &to.name)?;
            }
            self.fill_roll_ups(tx, &altered, &object, std::slice::from_ref(&to.name))?;
            let names = [field.name().to_owned(), to.name.clone()];
            tx.audit(&self.identity, &entry("field_change", &object, &names))
        })?;
        self.org.forget_permissions();
        Ok(())
    }

    /// Deletes a custom field. Its values stay for 15 days, in which it can be taken back.
    ///
    /// # Errors
    /// As [`Ctx::field_change`].
    pub fn field_delete(&self, object: &str, field: &str) -> Result<()> {
        self.require_customize()?;
        let object = self.object(object)?.name().to_owned();
        self.org.store.write_metadata(|tx| {
            let before = tx.schema();
            let known = before.find_object(&object).ok_or_else(Error::not_found)?;
            let field = custom_field(known, field)?;
            refuse_while_rewritten(tx, &object, Some(field.name()))?;
            if known.masters.contains(&field.ix) {
                return Err(unsound(&object, format!("{}: it decides who sees the records", field.name())));
            }
            let mut defs: Vec<ObjectDef> = before.defs().collect();
            for choices in &mut declaration(&mut defs, &object)?.record_types {
                choices.fields.retain(|narrowed| narrowed.field != field.name());
            }
            refuse_if_mentioned(&defs, &object, &field.def)?;
            let def = declaration(&mut defs, &object)?;
            def.fields.retain(|other| other.name != field.name());
            def.prune_choices();
            let mut gone = field.def.clone();
            gone.column = field.def.column_name().to_owned();
            def.retired_fields.push(RetiredField { field: gone, at: tx.now(), replaced: false });
            for stored in field.def.stored_fields() {
                tx.history_rename(known, &stored.name, &history_name(&stored))?;
            }
            let after = tx.schema_alter(defs)?;
            computed::check(&before, &after)?;
            Follow::new(&self.org, tx).field_deleted(&object, field.name())?;
            tx.audit(&self.identity, &entry("field_delete", &object, &[field.name().to_owned()]))
        })?;
        self.org.forget_permissions();
        Ok(())
    }

    /// Takes a deleted field back, with its values; who may see it has to be said anew. One of leads goes to those of its
    /// targets that are still there.
    ///
    /// # Errors
    /// `INVALID_FIELD` for a field that was not deleted or is gone for good; `FIELD_INTEGRITY_EXCEPTION` when its name
    /// was given to another one.
    pub fn field_undelete(&self, object: &str, field: &str) -> Result<()> {
        self.require_customize()?;
        let object = self.object(object)?.name().to_owned();
        self.org.store.write_metadata(|tx| {
            let mut defs: Vec<ObjectDef> = tx.schema().defs().collect();
            let def = declaration(&mut defs, &object)?;
            let wanted = |retired: &RetiredField| !retired.replaced && retired.field.name.eq_ignore_ascii_case(field);
            let at = def.retired_fields.iter().rposition(wanted).ok_or_else(|| {
                Error::new(ErrorCode::InvalidField, format!("{object}: no deleted field {field} can be taken back."))
                    .with_field(field)
            })?;
            let back = def.retired_fields.remove(at).field;
            let name = back.name.clone();
            def.fields.push(back);
            def.prune_choices();
            let before = tx.schema();
            if object == "Lead" {
                let restored = model::OrgSchema::build(before.version() + 1, defs.clone())?;
                lead_map::prune_restored(&restored, &mut defs, &name)?;
            }
            let after = tx.schema_alter(defs)?;
            computed::check(&before, &after)?;
            if let Some((known, back)) =
                after.find_object(&object).and_then(|known| Some((known, known.find_field(&name)?)))
            {
                for stored in back.def.stored_fields() {
                    tx.history_rename(known, &history_name(&stored), &stored.name)?;
                }
            }
            self.fill_roll_ups(tx, &after, &object, std::slice::from_ref(&name))?;
            tx.sealing_look_again()?;
            tx.audit(&self.identity, &entry("field_undelete", &object, &[name]))
        })?;
        self.org.forget_permissions();
        Ok(())
    }
}

/// What the history of a deleted field goes by: no field has such a name, so that one made later under the old name
/// starts without it.
pub(super) fn history_name(deleted: &FieldDef) -> String {
    format!("#{}", deleted.column_name())
}

/// How a field is sealed is changed apart from all else. A sealed value opens under the name and in the type it was
/// sealed in.
fn keep_sealing(object: &ObjectSchema, field: &FieldSchema, mut to: FieldDef) -> Result<FieldDef> {
    let other_type = store::column_kind(field.data_type()) != store::column_kind(&to.data_type);
    // Of encrypted text the history keeps no values, which alone are bound to its name.
    let renamed = !field.name().eq_ignore_ascii_case(&to.name) && field.data_type().mask().is_none();
    if field.keeps_secret() && (other_type || renamed) {
        let why = format!("{}: it is encrypted; its name and type can be changed once it is unsealed", field.name());
        return Err(unsound(object.name(), why).with_field(field.name()));
    }
    // So is where it goes from a lead.
    to.converts_to.clone_from(&field.def.converts_to);
    to.sealed = field.def.sealed;
    to.token_version = field.def.token_version;
    to.sealing_next = field.def.sealing_next;
    if field.sealing().has_token() {
        to.case_sensitive = field.def.case_sensitive;
    }
    Ok(to)
}

/// A field that the org made itself.
fn custom_field<'a>(object: &'a ObjectSchema, name: &str) -> Result<&'a FieldSchema> {
    let field = object.find_field(name).ok_or_else(|| crate::record::no_such_field(object, name))?;
    if let Some(whole) = object.location_of(field) {
        let why = format!("{} is a part of {}; change or delete that", field.name(), whole.name());
        return Err(unsound(object.name(), why).with_field(name));
    }
    if field.def.is_custom() {
        return Ok(field);
    }
    Err(unsound(object.name(), format!("{}: only custom fields are changed or deleted", field.name())).with_field(name))
}

fn check_new_name(object: &ObjectSchema, name: &str) -> Result<()> {
    if !name.ends_with("__c") {
        return Err(unsound(object.name(), format!("{name}: the name of a custom field ends in __c")));
    }
    match object.find_field(name) {
        Some(other) => Err(unsound(object.name(), format!("field {} exists", other.name())).with_field(name)),
        None => Ok(()),
    }
}

/// A name is not taken away under those who speak of it.
fn refuse_if_mentioned(defs: &[ObjectDef], object: &str, field: &FieldDef) -> Result<()> {
    let parts = field.stored_fields();
    let own = std::iter::once(&field.name);
    for name in own.chain(parts.iter().map(|part| &part.name).filter(|part| **part != field.name)) {
        if let Some(place) = mentioned_in(defs, object, &field.name, name)? {
            let why = format!("{name} is used by {place}; change that first");
            return Err(unsound(object, why).with_field(&field.name));
        }
    }
    Ok(())
}

/// Puts the changed field in the place of the old one. Returns whether its values need another column.
fn place(def: &mut ObjectDef, field: &FieldSchema, mut to: FieldDef, at: model::Instant) -> Result<bool> {
    let moved = store::column_kind(field.data_type()) != store::column_kind(&to.data_type);
    to.identity.clone_from(&field.def.identity);
    if moved {
        field.def.identity().clone_into(&mut to.identity);
        to.column = def.fresh_column(&to.name);
        let mut old = field.def.clone();
        old.column = field.def.column_name().to_owned();
        def.retired_fields.push(RetiredField { field: old, at, replaced: true });
    } else {
        to.column = field.def.column_name().to_owned();
    }
    let place = def.fields.iter_mut().find(|other| other.name == field.name()).ok_or_else(Error::not_found)?;
    *place = to;
    Ok(moved)
}

/// Every value of the field as the changed one holds it.
fn converted(
    tx: &mut MetadataTx<'_>,
    after: &model::OrgSchema,
    known: &ObjectSchema,
    field: &FieldSchema,
    now: &ObjectSchema,
    target: &FieldSchema,
) -> Result<Vec<(RecordId, Value)>> {
    // What is computed is computed anew.
    if field.data_type().is_calculated() || field.data_type() == target.data_type() {
        return Ok(Vec::new());
    }
    let (mut bad, mut first) = (0, None);
    let mut values = Vec::new();
    for (id, value) in tx.column_values(known, field)? {
        match convert(after, now, target, &value) {
            Some(value) => values.push((id, value)),
            None => {
                bad += 1;
                first = first.or(Some(id));
            }
        }
    }
    match first {
        Some(first) => Err(does_not_fit(field.name(), bad, first)),
        None => Ok(values),
    }
}
