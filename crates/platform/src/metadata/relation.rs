//! A lookup that becomes a master, and back: who sees the records changes with it, from an owner and shares of their own
//! to those of the master, or the other way.

use super::follow::Follow;
use super::object::{retire, share_name, take_back};
use super::{declaration, unsound};
use crate::ctx::Ctx;
use model::schema::{AccessDefault, FieldDef, ObjectDef, OnDelete, RetiredField, SharingKind, share_of};
use model::{Error, FieldSchema, FieldType, ObjectIx, ObjectSchema, OrgSchema, RecordId, Result, Value};
use std::collections::HashMap;
use store::MetadataTx;

/// Steps from a detail up to the master of all.
const MOST_STEPS: usize = 3;

/// Which way a relationship turns.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    ToMaster,
    ToLookup,
}

impl Turn {
    /// How the changed field differs from the one that is there.
    pub(super) fn of(field: &FieldSchema, to: &FieldDef) -> Option<Self> {
        match (field.data_type().as_reference()?.master_detail, to.data_type.as_reference()?.master_detail) {
            (false, true) => Some(Turn::ToMaster),
            (true, false) => Some(Turn::ToLookup),
            _ => None,
        }
    }

    /// Judges the turn, and changes the declarations as it goes.
    ///
    /// # Errors
    /// `FIELD_INTEGRITY_EXCEPTION` with what stands in the way.
    pub(super) fn prepare(
        self,
        tx: &mut MetadataTx<'_>,
        object: &ObjectSchema,
        field: &FieldSchema,
        to: &mut FieldDef,
        defs: &mut Vec<ObjectDef>,
    ) -> Result<()> {
        match self {
            Turn::ToMaster => to_master(tx, object, field, to, defs),
            Turn::ToLookup => to_lookup(tx, object, field, defs),
        }
    }

    /// What the records need once the metadata are changed.
    ///
    /// # Errors
    /// What the database reports.
    pub(super) fn settle(
        self,
        ctx: &Ctx,
        tx: &mut MetadataTx<'_>,
        before: &ObjectSchema,
        field: &FieldSchema,
    ) -> Result<()> {
        match self {
            Turn::ToMaster if before.owner_field.is_some() => Follow::new(&ctx.org, tx).owners_gone(before.name()),
            Turn::ToLookup => give_owners(ctx, tx, before, field),
            Turn::ToMaster => Ok(()),
        }
    }
}

fn to_master(
    tx: &mut MetadataTx<'_>,
    object: &ObjectSchema,
    field: &FieldSchema,
    to: &mut FieldDef,
    defs: &mut Vec<ObjectDef>,
) -> Result<()> {
    let schema = tx.schema();
    let refuse = |why: String| Err(unsound(object.name(), format!("{}: {why}", field.name())).with_field(field.name()));
    let mut masters = match object.sharing() {
        SharingKind::Owned => Vec::new(),
        SharingKind::Detail { masters } => masters.clone(),
        _ => return refuse("records of this object cannot be details".to_owned()),
    };
    if !object.def.is_custom() {
        return refuse("only custom objects are details of others".to_owned());
    }
    if masters.len() > 1 {
        return refuse("an object has two masters at most".to_owned());
    }
    let [target] = field.targets.as_slice() else { return refuse("a master is of one object".to_owned()) };
    let master = schema.object(*target);
    if !matches!(master.sharing(), SharingKind::Owned | SharingKind::Detail { .. }) {
        return refuse(format!("{} decides about no other records", master.label()));
    }
    let (above, below) = (steps_up(&schema, *target, 0), steps_down(&schema, object.ix, 0));
    if leads_to(&schema, *target, object.ix, 0) {
        return refuse(format!("{} is itself a detail of {}", master.label(), object.label()));
    }
    if above + 1 + below > MOST_STEPS {
        return refuse(format!("a detail stands {MOST_STEPS} steps below the master of all at most"));
    }
    let (without, first) = tx.column_empty(object, field)?;
    if let Some(first) = first {
        let records = if without == 1 { "1 record has".to_owned() } else { format!("{without} records have") };
        return refuse(format!(
            "{records} no {}, those in the recycle bin included; the first is {first}. Give each one or delete it for \
             good, then change the field",
            field.label()
        ));
    }
    to.required = true;
    if let FieldType::Reference(reference) = &mut to.data_type {
        reference.on_delete = OnDelete::Cascade;
    }
    masters.push(to.name.clone());
    let shares = schema.find_object(&share_name(object.name()));
    let owner = object.owner_field.map(|owner| object.field(owner).def.clone());
    if let Some(shares) = shares.filter(|_| owner.is_some()) {
        // Access that was given by hand does not come back with the lookup.
        tx.rows_remove_all(shares)?;
        retire(defs, shares, tx.now());
    }
    let at = tx.now();
    let def = declaration(defs, object.name())?;
    def.sharing = SharingKind::Detail { masters };
    def.queueable = false;
    def.sharing_rules.clear();
    // Whoever still writes owners is told to try again; the column goes when deleted fields do.
    def.retired_fields.extend(owner.map(|field| RetiredField { field, at, replaced: true }));
    Ok(())
}

fn to_lookup(
    tx: &mut MetadataTx<'_>,
    object: &ObjectSchema,
    field: &FieldSchema,
    defs: &mut Vec<ObjectDef>,
) -> Result<()> {
    let schema = tx.schema();
    let adds_up = schema.objects().iter().find_map(|master| {
        let stands_on = |other: &&FieldSchema| match other.data_type() {
            FieldType::RollUp(roll_up) => {
                roll_up.child.eq_ignore_ascii_case(object.name()) && roll_up.master.eq_ignore_ascii_case(field.name())
            }
            _ => false,
        };
        master.fields.iter().find(stands_on).map(|other| format!("{}.{}", master.name(), other.name()))
    });
    if let Some(roll_up) = adds_up {
        let why = format!("{}: the roll-up {roll_up} stands on it; delete that first", field.name());
        return Err(unsound(object.name(), why).with_field(field.name()));
    }
    let SharingKind::Detail { masters } = object.sharing() else {
        return Err(unsound(object.name(), "its records are no details"));
    };
    let left: Vec<String> = masters.iter().filter(|master| *master != field.name()).cloned().collect();
    let def = declaration(defs, object.name())?;
    if !left.is_empty() {
        def.sharing = SharingKind::Detail { masters: left };
        return Ok(());
    }
    def.sharing = SharingKind::Owned;
    def.queueable = true;
    // Nobody who could see and change the records with their master loses that.
    def.access_default = AccessDefault::PublicReadWrite;
    def.retired_fields.retain(|retired| retired.field.name != "OwnerId");
    let shares = share_of(def);
    if take_back(defs, &share_name(object.name())).is_none()
        && let Some(mut shares) = shares
    {
        let table = schema.fresh_table(&shares.name);
        if table != shares.name {
            shares.table = table;
        }
        defs.push(shares);
    }
    Ok(())
}

/// Each record belongs to whoever owns what was its master, or else to its maker.
fn give_owners(ctx: &Ctx, tx: &mut MetadataTx<'_>, before: &ObjectSchema, field: &FieldSchema) -> Result<()> {
    let after = tx.schema();
    let now = after.find_object(before.name()).ok_or_else(Error::not_found)?;
    let Some(owner) = now.owner_field.map(|owner| now.field(owner)) else { return Ok(()) };
    let of_master: HashMap<RecordId, Value> = match field.targets.first().map(|target| after.object(*target)) {
        Some(master) => match master.owner_field {
            Some(owner) => tx.column_values(master, master.field(owner))?.into_iter().collect(),
            None => HashMap::new(),
        },
        None => HashMap::new(),
    };
    let maker = now.find_field("CreatedById").ok_or_else(|| Error::internal("records have no maker"))?;
    let makers: HashMap<RecordId, Value> = tx.column_values(now, maker)?.into_iter().collect();
    let is_user = |value: &&Value| {
        value.as_id().and_then(|id| after.find_by_prefix(id.prefix())).is_some_and(|object| object.name() == "User")
    };
    let own: Value = ctx.user_id().into();
    let values: Vec<(RecordId, Value)> = tx
        .column_values(now, now.find_field(field.name()).unwrap_or(field))?
        .into_iter()
        .map(|(id, master)| {
            let owner = master.as_id().and_then(|master| of_master.get(&master)).filter(is_user);
            (id, owner.or_else(|| makers.get(&id)).unwrap_or(&own).clone())
        })
        .collect();
    tx.column_fill(now, owner, &values)
}

fn masters_of(schema: &OrgSchema, object: ObjectIx) -> impl Iterator<Item = ObjectIx> {
    let object = schema.object(object);
    let is_detail = matches!(object.sharing(), SharingKind::Detail { .. });
    object.masters.iter().filter(move |_| is_detail).filter_map(|field| object.field(*field).targets.first().copied())
}

fn steps_up(schema: &OrgSchema, object: ObjectIx, depth: usize) -> usize {
    if depth > MOST_STEPS {
        return depth;
    }
    masters_of(schema, object).map(|master| 1 + steps_up(schema, master, depth + 1)).max().unwrap_or(0)
}

fn steps_down(schema: &OrgSchema, object: ObjectIx, depth: usize) -> usize {
    if depth > MOST_STEPS {
        return depth;
    }
    let details = schema.objects().iter().filter(|detail| masters_of(schema, detail.ix).any(|master| master == object));
    details.map(|detail| 1 + steps_down(schema, detail.ix, depth + 1)).max().unwrap_or(0)
}

fn leads_to(schema: &OrgSchema, from: ObjectIx, to: ObjectIx, depth: usize) -> bool {
    from == to
        || (depth <= MOST_STEPS && masters_of(schema, from).any(|master| leads_to(schema, master, to, depth + 1)))
}
