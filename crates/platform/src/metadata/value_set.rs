//! Lists of choices that fields share: made, changed, deleted, and one value put in place of another in all records.

use super::{entry, unsound};
use crate::ctx::Ctx;
use crate::record::keep_field_changes;
use model::schema::{FieldDef, ObjectDef, PicklistValue, ValueSet};
use model::{Error, ErrorCode, FieldType, ObjectSchema, OrgSchema, RecordId, Result, Value};
use std::collections::HashSet;
use store::{MetadataTx, WriteTx};

/// The most values of one list, those no longer offered among them.
const MOST_VALUES: usize = 1_000;

/// Records whose change is written into the log and the history together.
const CHANGES_AT_ONCE: usize = 1_000;

/// The longest value, as the type of its fields has it.
const LONGEST_VALUE: usize = 255;

impl Ctx {
    /// Every shared list, by name.
    ///
    /// # Errors
    /// `INSUFFICIENT_ACCESS_OR_READONLY` without CustomizeApplication.
    pub fn value_sets(&self) -> Result<Vec<ValueSet>> {
        self.require_customize()?;
        self.org.store.read(|tx| tx.value_sets())
    }

    /// Makes a list of choices for several fields.
    ///
    /// # Errors
    /// As [`Ctx::value_sets`]; `DUPLICATE_VALUE` for a name that is taken, `FIELD_INTEGRITY_EXCEPTION` with the rule that
    /// the list breaks.
    pub fn value_set_create(&self, set: ValueSet) -> Result<()> {
        self.require_customize()?;
        check(&set)?;
        self.org.store.write_metadata(|tx| {
            if find(tx, &set.name)?.is_some() {
                let message = format!("{}: a value set of this name exists", set.name);
                return Err(Error::new(ErrorCode::DuplicateValue, message));
            }
            tx.value_set_put(&set)?;
            tx.audit(&self.identity, &entry("value_set_create", &set.name, &[]))
        })
    }

    /// Changes a list and with it every field that offers it: values added, put in another order, given another label,
    /// no longer offered. Records keep values that are no longer offered. A value is taken out of the list when no
    /// record holds it.
    ///
    /// # Errors
    /// As [`Ctx::value_set_create`]; `NOT_FOUND`; `FIELD_INTEGRITY_EXCEPTION` for a value that records hold.
    pub fn value_set_change(&self, name: &str, to: ValueSet) -> Result<()> {
        self.require_customize()?;
        check(&to)?;
        self.org.store.write_metadata(|tx| {
            let known = find(tx, name)?.ok_or_else(Error::not_found)?;
            let renamed = !known.name.eq_ignore_ascii_case(&to.name);
            if renamed && find(tx, &to.name)?.is_some() {
                let message = format!("{}: a value set of this name exists", to.name);
                return Err(Error::new(ErrorCode::DuplicateValue, message));
            }
            let stays = |value: &PicklistValue| to.values.iter().any(|kept| kept.value == value.value);
            for gone in known.values.iter().filter(|value| !stays(value)) {
                refuse_if_held(tx, &known.name, &gone.value)?;
            }
            tx.value_set_remove(&known.name)?;
            tx.value_set_put(&to)?;
            spread(tx, &known.name, &to)?;
            tx.audit(&self.identity, &entry("value_set_change", &to.name, &[known.name]))
        })?;
        self.org.forget_permissions();
        Ok(())
    }

    /// Deletes a list that no field offers.
    ///
    /// # Errors
    /// As [`Ctx::value_set_change`]; the field that offers it is named.
    pub fn value_set_delete(&self, name: &str) -> Result<()> {
        self.require_customize()?;
        self.org.store.write_metadata(|tx| {
            let known = find(tx, name)?.ok_or_else(Error::not_found)?;
            let schema = tx.schema();
            if let Some((object, field)) = users(&schema, &known.name).first() {
                let place =
                    format!("{}.{}", schema.object(*object).name(), schema.object(*object).field(*field).name());
                return Err(unsound(&known.name, format!("the field {place} offers it; change that first")));
            }
            // A deleted field that comes back keeps the values it had as its own list.
            let defs = schema.defs().map(|mut def| {
                fields_of(&mut def).filter(|field| offers(field, &known.name)).for_each(|field| field.value_set = None);
                def
            });
            let defs = defs.collect();
            tx.schema_alter(defs)?;
            tx.value_set_remove(&known.name)?;
            tx.audit(&self.identity, &entry("value_set_delete", &known.name, &[]))
        })?;
        self.org.forget_permissions();
        Ok(())
    }

    /// Puts one value of a list in place of another: in every record, in what record types offer and in dependencies.
    /// The replaced value is no longer offered. Returns the number of records that changed.
    ///
    /// # Errors
    /// As [`Ctx::value_set_change`]; a roll-up that counts records by the value is named.
    pub fn value_set_replace(&self, name: &str, from: &str, to: &str) -> Result<usize> {
        self.require_customize()?;
        let changed = self.org.store.write_metadata(|tx| {
            let mut set = find(tx, name)?.ok_or_else(Error::not_found)?;
            let own = |text: &str| {
                let known = set.values.iter().position(|known| known.value.eq_ignore_ascii_case(text));
                known.ok_or_else(|| unsound(&set.name, format!("{text} is none of its values")))
            };
            let (old, new) = (own(from)?, own(to)?);
            if old == new {
                return Err(unsound(&set.name, format!("{to}: a value does not replace itself")));
            }
            let (from, to) = (set.values[old].value.clone(), set.values[new].value.clone());
            if !set.values[new].active {
                return Err(unsound(&set.name, format!("{to} is no longer offered")));
            }
            let before = tx.schema();
            let users = users(&before, &set.name);
            refuse_if_counted(&before, &users, &from)?;
            set.values[new].default |= std::mem::take(&mut set.values[old].default);
            set.values[old].active = false;
            tx.value_set_put(&set)?;
            let mut defs: Vec<ObjectDef> = before.defs().collect();
            for (object, field) in &users {
                let object = before.object(*object);
                super::declaration(&mut defs, object.name())?.replace_in_choices(
                    object.field(*field).name(),
                    &from,
                    &to,
                );
            }
            tx.schema_alter(defs)?;
            let after = spread(tx, &set.name, &set)?;
            let mut changed: HashSet<RecordId> = HashSet::new();
            for (object, field) in users {
                let object = after.object(object);
                let rows = self.replace_in(tx, object, field, &from, &to)?;
                if !rows.is_empty() {
                    self.fill_roll_ups_over(tx, &after, object)?;
                }
                changed.extend(rows);
            }
            let names = [from, to, changed.len().to_string()];
            tx.audit(&self.identity, &entry("value_set_replace", &set.name, &names))?;
            Ok(changed.len())
        })?;
        self.org.forget_permissions();
        Ok(changed)
    }

    fn replace_in(
        &self,
        tx: &mut MetadataTx<'_>,
        object: &ObjectSchema,
        field: model::FieldIx,
        from: &str,
        to: &str,
    ) -> Result<Vec<RecordId>> {
        let field = object.field(field);
        let rows = tx.column_holding(object, field, from)?;
        let ids: Vec<RecordId> = rows.iter().map(|(id, _)| *id).collect();
        let mut changes = Vec::with_capacity(rows.len());
        for (id, before) in rows {
            let after = Value::Text(replaced(before.as_text().unwrap_or_default(), from, to));
            changes.push((id, before, after));
        }
        let values: Vec<(RecordId, Value)> = changes.iter().map(|(id, _, after)| (*id, after.clone())).collect();
        tx.column_fill(object, field, &values)?;
        if let Some(stamp) = object.find_field("SystemModstamp") {
            let now = tx.now();
            let stamps: Vec<(RecordId, Value)> = ids.iter().map(|id| (*id, Value::DateTime(now))).collect();
            tx.column_fill(object, stamp, &stamps)?;
        }
        let names = [field.name().to_owned(), from.to_owned(), to.to_owned(), ids.len().to_string()];
        tx.audit(&self.identity, &entry("field_value_replace", object.name(), &names))?;
        // Of every record, as if it had been saved: who asks for a record's history asks for this too.
        for changes in changes.chunks(CHANGES_AT_ONCE) {
            keep_field_changes(tx, &self.identity, object, field, changes)?;
        }
        Ok(ids)
    }

    /// Roll-ups over the records of an object, anew.
    fn fill_roll_ups_over(
        &self,
        tx: &mut MetadataTx<'_>,
        schema: &std::sync::Arc<OrgSchema>,
        child: &ObjectSchema,
    ) -> Result<()> {
        for master in schema.objects() {
            let over = |data_type: &FieldType| matches!(data_type, FieldType::RollUp(roll_up) if roll_up.child.eq_ignore_ascii_case(child.name()));
            let names: Vec<String> = master
                .fields
                .iter()
                .filter(|field| over(field.data_type()))
                .map(|field| field.name().to_owned())
                .collect();
            if !names.is_empty() {
                self.fill_roll_ups(tx, schema, master.name(), &names)?;
            }
        }
        Ok(())
    }
}

/// Gives fields that name a list its values.
///
/// # Errors
/// `FIELD_INTEGRITY_EXCEPTION` for a list that is not there, and for a field that is no picklist.
pub(super) fn fill<'a>(tx: &mut WriteTx<'_>, fields: impl Iterator<Item = &'a mut FieldDef>) -> Result<()> {
    for field in fields {
        let Some(name) = &field.value_set else { continue };
        let set = find(tx, name)?.ok_or_else(|| {
            unsound(&field.name, format!("there is no value set {name}")).with_field(field.name.clone())
        })?;
        if field.data_type.picklist_values_mut().is_none() {
            return Err(
                unsound(&field.name, "only a picklist offers the values of a set").with_field(field.name.clone())
            );
        }
        take_over(field, &set);
    }
    Ok(())
}

fn take_over(field: &mut FieldDef, set: &ValueSet) {
    field.value_set = Some(set.name.clone());
    if let Some(values) = field.data_type.picklist_values_mut() {
        values.clone_from(&set.values);
    }
    let offered = |text: &str| set.values.iter().any(|known| known.active && known.value == text);
    if field.default.as_text().is_some_and(|text| !offered(text)) {
        field.default = Value::Null;
    }
}

/// Renews the copies that fields carry, deleted ones that can be taken back among them.
fn spread(tx: &mut MetadataTx<'_>, name: &str, set: &ValueSet) -> Result<std::sync::Arc<OrgSchema>> {
    let schema = tx.schema();
    let defs = schema.defs().map(|mut def| {
        let mut touched = false;
        for field in fields_of(&mut def).filter(|field| offers(field, name)) {
            take_over(field, set);
            touched = true;
        }
        if touched {
            def.prune_choices();
        }
        def
    });
    let defs = defs.collect();
    tx.schema_alter(defs)
}

fn fields_of(def: &mut ObjectDef) -> impl Iterator<Item = &mut FieldDef> {
    def.fields.iter_mut().chain(def.retired_fields.iter_mut().map(|retired| &mut retired.field))
}

fn offers(field: &FieldDef, set: &str) -> bool {
    field.value_set.as_deref().is_some_and(|name| name.eq_ignore_ascii_case(set))
}

/// The fields that offer a list.
fn users(schema: &OrgSchema, set: &str) -> Vec<(model::ObjectIx, model::FieldIx)> {
    let fields = schema.objects().iter().flat_map(|object| object.fields.iter().map(|field| (object.ix, field)));
    fields.filter(|(_, field)| offers(&field.def, set)).map(|(object, field)| (object, field.ix)).collect()
}

fn find(tx: &mut WriteTx<'_>, name: &str) -> Result<Option<ValueSet>> {
    Ok(tx.value_sets()?.into_iter().find(|set| set.name.eq_ignore_ascii_case(name)))
}

fn refuse_if_held(tx: &mut MetadataTx<'_>, set: &str, value: &str) -> Result<()> {
    let schema = tx.schema();
    for (object, field) in users(&schema, set) {
        let (object, field) = (schema.object(object), schema.object(object).field(field));
        let held = tx.column_holding(object, field, value)?;
        if let Some((first, _)) = held.first() {
            let why = format!(
                "{value}: {} records of {} hold it in {}, the first is {first}. Replace the value by another one, or keep \
                 it and no longer offer it.",
                held.len(),
                object.name(),
                field.name()
            );
            return Err(unsound(set, why).with_field(field.name()));
        }
    }
    Ok(())
}

/// A roll-up that asks for the value would count nothing any more.
fn refuse_if_counted(schema: &OrgSchema, users: &[(model::ObjectIx, model::FieldIx)], value: &str) -> Result<()> {
    for (object, field) in
        schema.objects().iter().flat_map(|object| object.fields.iter().map(move |field| (object, field)))
    {
        let FieldType::RollUp(roll_up) = field.data_type() else { continue };
        let names = |filter: &model::schema::RollUpFilter| {
            let used = users.iter().any(|(child, used)| {
                let child = schema.object(*child);
                child.name().eq_ignore_ascii_case(&roll_up.child)
                    && child.field(*used).name().eq_ignore_ascii_case(&filter.field)
            });
            used && filter.value.eq_ignore_ascii_case(value)
        };
        if roll_up.filter.iter().any(names) {
            let place = format!("{}.{}", object.name(), field.name());
            return Err(unsound(value, format!("the roll-up {place} asks for this value; change that first")));
        }
    }
    Ok(())
}

/// One choice in place of another, each of several at most once.
fn replaced(text: &str, from: &str, to: &str) -> String {
    let mut choices: Vec<&str> = Vec::new();
    for choice in text.split(';').map(|choice| if choice == from { to } else { choice }) {
        if !choices.contains(&choice) {
            choices.push(choice);
        }
    }
    choices.join(";")
}

fn check(set: &ValueSet) -> Result<()> {
    let refuse = |why: String| Err(unsound(&set.name, why));
    let well_formed = set.name.len() <= 80
        && set.name.starts_with(|c: char| c.is_ascii_alphabetic())
        && set.name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if !well_formed {
        return refuse("the name starts with a letter and holds letters, digits and _ only, 80 at most".to_owned());
    }
    wrong_values(&set.values).map_or(Ok(()), refuse)
}

/// What is wrong with a list of choices, if anything is.
pub(super) fn wrong_values(values: &[PicklistValue]) -> Option<String> {
    if values.is_empty() || values.len() > MOST_VALUES {
        return Some(format!("a list has 1 to {MOST_VALUES} values"));
    }
    let mut seen = HashSet::new();
    for known in values {
        let value = known.value.as_str();
        if value.is_empty() || value.trim() != value || value.chars().count() > LONGEST_VALUE || value.contains(';') {
            return Some(format!(
                "{value:?}: a value has 1 to {LONGEST_VALUE} characters, no semicolon, and no space at either end"
            ));
        }
        if !seen.insert(model::text::fold(value)) {
            return Some(format!("{value} stands in the list twice"));
        }
    }
    let defaults = values.iter().filter(|value| value.default).count();
    (defaults > 1).then(|| "one value at most is the default".to_owned())
}

#[cfg(test)]
mod tests {
    use super::replaced;

    #[test]
    fn a_replaced_choice_stands_once_among_several() {
        assert_eq!(replaced("a", "a", "b"), "b");
        assert_eq!(replaced("a;c", "a", "b"), "b;c");
        assert_eq!(replaced("b;a;c", "a", "b"), "b;c");
        assert_eq!(replaced("aa;c", "a", "b"), "aa;c");
    }
}
