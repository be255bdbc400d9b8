//! Declarations → snapshot: system fields added, names resolved, every rule of a sound schema checked.

use super::derived::Derived;
use super::location::location_problem;
use super::mask::encrypted_problem;
use super::sealing::{forms, history_problem, roll_up_problem, sealing_problem};
use super::snapshot::{ChildRelationship, FieldIx, FieldSchema, ObjectIx, ObjectSchema, OrgSchema};
use super::{Compound, FieldDef, FieldType, ObjectDef, OnDelete, SharingKind};
use crate::{Error, ErrorCode, MAX_PRECISION, Result};
use std::collections::{HashMap, HashSet};

impl OrgSchema {
    /// Resolves a set of declarations.
    ///
    /// # Errors
    /// `FIELD_INTEGRITY_EXCEPTION` naming object and field when a name is taken or malformed, a target is missing, a
    /// number is too long, or a detail has no master.
    pub fn build(version: u64, defs: impl IntoIterator<Item = ObjectDef>) -> Result<Self> {
        let mut schema = Self {
            version,
            objects: Vec::new(),
            by_name: HashMap::new(),
            by_prefix: HashMap::new(),
            retired: Vec::new(),
            derived: Derived::default(),
        };
        for def in defs {
            if def.retired.is_some() {
                schema.retired.push(def);
                continue;
            }
            let ix = ObjectIx(u32::try_from(schema.objects.len()).map_err(Error::internal)?);
            check_name(&def.name, "object", &def.name)?;
            if schema.by_name.insert(def.name.to_ascii_lowercase(), ix).is_some() {
                return Err(unsound(&def.name, "an object of this name exists"));
            }
            if schema.by_prefix.insert(def.key_prefix, ix).is_some() {
                return Err(unsound(&def.name, format!("key prefix {} is taken", def.key_prefix)));
            }
            schema.objects.push(resolve_object(ix, def)?);
        }
        schema.check_tables()?;
        schema.link()?;
        match roll_up_problem(&schema).or_else(|| history_problem(&schema)) {
            Some((object, why)) => Err(unsound(&object, why)),
            None => Ok(schema),
        }
    }

    /// The declarations this snapshot was made from, without the fields that every object has; deleted ones at the end.
    pub fn defs(&self) -> impl Iterator<Item = ObjectDef> {
        let live = self.objects.iter().map(|object| {
            let mut def = object.def.clone();
            let fields = std::mem::take(&mut def.fields);
            def.fields = declared(fields, &def);
            def
        });
        live.chain(self.retired.iter().cloned())
    }

    /// No two objects, deleted ones among them, share a table or a key prefix, and no two fields a column.
    fn check_tables(&self) -> Result<()> {
        let mut tables = HashSet::new();
        for def in self.objects.iter().map(|object| &object.def).chain(&self.retired) {
            if !tables.insert(def.table_name().to_ascii_lowercase()) {
                return Err(unsound(&def.name, format!("the table {} belongs to another object", def.table_name())));
            }
            let mut columns = HashSet::new();
            if let Some(twice) = def.columns().find(|column| !columns.insert(column.clone())) {
                return Err(unsound(&def.name, format!("the column {twice} belongs to another field")));
            }
        }
        match self.retired.iter().find(|def| self.by_prefix.contains_key(&def.key_prefix)) {
            Some(def) => Err(unsound(&def.name, format!("key prefix {} is taken", def.key_prefix))),
            None => Ok(()),
        }
    }

    fn link(&mut self) -> Result<()> {
        let mut children: Vec<Vec<ChildRelationship>> = vec![Vec::new(); self.objects.len()];
        for at in 0..self.objects.len() {
            for field_at in 0..self.objects[at].fields.len() {
                let object = &self.objects[at];
                let field = &object.fields[field_at];
                let Some(reference) = field.def.data_type.as_reference() else { continue };
                let mut targets = Vec::with_capacity(reference.targets.len());
                for target in &reference.targets {
                    let Some(ix) = self.by_name.get(&target.to_ascii_lowercase()) else {
                        return Err(unsound(
                            &object.def.name,
                            format!("{} points to {target}, which is no object", field.def.name),
                        ));
                    };
                    targets.push(*ix);
                    let lists = &mut children[ix.index()];
                    // A union is one list below a record, however many of its references point there: by the first.
                    let is_listed = !object.members().is_empty()
                        && lists.iter().any(|list| list.child == object.ix && list.name == reference.children);
                    let name = reference.children.clone().filter(|_| !is_listed);
                    lists.push(ChildRelationship { name, child: object.ix, field: field.ix });
                }
                self.objects[at].fields[field_at].targets = targets;
            }
        }
        for (object, list) in self.objects.iter_mut().zip(children) {
            object.children = list;
        }
        Ok(())
    }
}

fn resolve_object(ix: ObjectIx, mut def: ObjectDef) -> Result<ObjectSchema> {
    let fields = std::mem::take(&mut def.fields);
    let (leading, trailing) = implicit_fields(&def);
    let declared = declared(fields, &def).into_iter().flat_map(|field| {
        let parts = field.location_parts();
        std::iter::once(field).chain(parts)
    });
    def.fields = leading.into_iter().chain(declared).chain(trailing).collect();

    let mut by_name = HashMap::new();
    let mut by_relationship = HashMap::new();
    let mut fields = Vec::with_capacity(def.fields.len());
    for field in &def.fields {
        check_field(&def.name, field)?;
        if let Some(problem) = sealing_problem(&def, field) {
            return Err(unsound(&def.name, problem).with_field(&field.name));
        }
        let field_ix = FieldIx(u32::try_from(fields.len()).map_err(Error::internal)?);
        if by_name.insert(field.name.to_ascii_lowercase(), field_ix).is_some() {
            return Err(unsound(&def.name, format!("field {} is declared twice", field.name)));
        }
        if let Some(step) = field.data_type.as_reference().and_then(|reference| reference.relationship.as_deref())
            && by_relationship.insert(step.to_ascii_lowercase(), field_ix).is_some()
        {
            return Err(unsound(&def.name, format!("relationship {step} is declared twice")));
        }
        let (form, next_form) = forms(field);
        let column = form.as_ref().map(|form| form.column().to_owned()).unwrap_or_default();
        fields.push(FieldSchema {
            ix: field_ix,
            def: field.clone(),
            column,
            form,
            next_form,
            targets: Vec::new(),
            part_of: None,
        });
    }
    mark_parts(&mut fields, &by_name);
    if let Some(why) = def.unsound_choices() {
        return Err(unsound(&def.name, why));
    }

    let name_field = *by_name
        .get(&def.name_field.to_ascii_lowercase())
        .ok_or_else(|| unsound(&def.name, format!("name field {} is not declared", def.name_field)))?;
    let masters = match &def.sharing {
        SharingKind::Detail { masters } => masters
            .iter()
            .map(|master| {
                by_name
                    .get(&master.to_ascii_lowercase())
                    .copied()
                    .ok_or_else(|| unsound(&def.name, format!("master field {master} is not declared")))
            })
            .collect::<Result<Vec<_>>>()?,
        SharingKind::Grant { record, .. } | SharingKind::History { record, .. } => vec![
            *by_name
                .get(&record.to_ascii_lowercase())
                .ok_or_else(|| unsound(&def.name, format!("record field {record} is not declared")))?,
        ],
        _ => Vec::new(),
    };
    let opening = def.opened_by.as_ref().map(|opening| &opening.field);
    if let Some(lost) = def
        .filed_in
        .iter()
        .chain(opening)
        .chain(&def.about_objects)
        .find(|name| !by_name.contains_key(&name.to_ascii_lowercase()))
    {
        return Err(unsound(&def.name, format!("{lost} decides who reads the records and is not declared")));
    }
    let owner_field = by_name.get("ownerid").copied();
    let listed_by = match &def.listed_by {
        None => None,
        Some(name) => {
            let field = by_name.get(&name.to_ascii_lowercase()).map(|ix| &fields[ix.index()]);
            let dated = field.filter(|field| matches!(field.def.data_type, FieldType::Date | FieldType::DateTime));
            let known =
                dated.ok_or_else(|| unsound(&def.name, format!("lists cannot be ordered by {name}: it is no date")))?;
            Some(known.ix)
        }
    };
    if let Some(total) = &def.totalled_by
        && !by_name.get(&total.to_ascii_lowercase()).is_some_and(|ix| fields[ix.index()].def.data_type.is_number())
    {
        return Err(unsound(&def.name, format!("records cannot be totalled by {total}: it is no number")));
    }
    let table = def.table_name().to_owned();
    Ok(ObjectSchema {
        ix,
        def,
        table,
        fields,
        name_field,
        owner_field,
        listed_by,
        masters,
        children: Vec::new(),
        by_name,
        by_relationship,
    })
}

/// The fields that every object has: before the declared ones, and after them.
fn implicit_fields(def: &ObjectDef) -> (Vec<FieldDef>, Vec<FieldDef>) {
    let mut leading = vec![FieldDef::new("Id", "Record ID", FieldType::Id).system()];
    if matches!(def.sharing, SharingKind::Owned | SharingKind::Activity | SharingKind::Union { .. }) {
        let owners: &[&str] = if def.queueable { &["User", "Group"] } else { &["User"] };
        // Writable: who may name another owner is decided by policy.
        leading.push(FieldDef::polymorphic("OwnerId", "Owner", owners).on_delete(OnDelete::Restrict));
    }
    let user = |name: &str, label: &str| FieldDef::lookup(name, label, "User").on_delete(OnDelete::Restrict).system();
    let trailing = vec![
        FieldDef::boolean("IsDeleted", "Deleted", false).system(),
        FieldDef::date_time("CreatedDate", "Created").system(),
        user("CreatedById", "Created by"),
        FieldDef::date_time("LastModifiedDate", "Last modified").system(),
        user("LastModifiedById", "Last modified by"),
        FieldDef::date_time("SystemModstamp", "System modstamp").system().indexed(),
    ];
    (leading, trailing)
}

/// The fields that are declared: without those that every object has, and without the parts of locations.
fn declared(fields: Vec<FieldDef>, def: &ObjectDef) -> Vec<FieldDef> {
    let (leading, trailing) = implicit_fields(def);
    let parts = fields.iter().flat_map(FieldDef::location_parts);
    let implied: HashSet<String> =
        leading.into_iter().chain(trailing).chain(parts).map(|field| field.name.to_ascii_lowercase()).collect();
    fields.into_iter().filter(|field| !implied.contains(&field.name.to_ascii_lowercase())).collect()
}

/// Marks the parts of addresses, of locations and of a person's name.
fn mark_parts(fields: &mut [FieldSchema], by_name: &HashMap<String, FieldIx>) {
    let mut parts = Vec::new();
    for field in fields.iter() {
        let names: Vec<String> = match &field.def.data_type {
            FieldType::Compound(Compound::Address { prefix }) => {
                ["Street", "City", "State", "PostalCode", "Country", "Latitude", "Longitude"]
                    .iter()
                    .map(|part| format!("{prefix}{part}"))
                    .collect()
            }
            FieldType::Compound(Compound::PersonName) => {
                ["FirstName", "LastName", "Salutation"].map(str::to_owned).to_vec()
            }
            FieldType::Compound(location @ Compound::Location { .. }) => {
                location.coordinate_names(field.name()).map(Vec::from).unwrap_or_default()
            }
            _ => continue,
        };
        for name in names {
            if let Some(part) = by_name.get(&name.to_ascii_lowercase()) {
                parts.push((*part, field.ix));
            }
        }
    }
    for (part, whole) in parts {
        fields[part.index()].part_of = Some(whole);
    }
}

fn check_field(object: &str, field: &FieldDef) -> Result<()> {
    check_name(&field.name, "field", object)?;
    if field.data_type.precision() > MAX_PRECISION || field.data_type.scale() > field.data_type.precision() {
        return Err(unsound(
            object,
            format!("{}: a number has at most {MAX_PRECISION} digits, decimals included", field.name),
        ));
    }
    if let Some(why) = location_problem(field).or_else(|| encrypted_problem(field)) {
        return Err(unsound(object, why).with_field(&field.name));
    }
    if field.data_type.is_calculated() && field.data_type.value_type().is_made_of_others() {
        return Err(unsound(object, format!("{}: a formula returns a plain value", field.name)));
    }
    Ok(())
}

/// Letters, digits and underscores, a letter first, 80 characters at most: safe as an identifier everywhere.
fn check_name(name: &str, what: &str, object: &str) -> Result<()> {
    let well_formed = name.len() <= 80
        && name.as_bytes().first().is_some_and(u8::is_ascii_alphabetic)
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if well_formed {
        return Ok(());
    }
    let shown: String = name.chars().take(80).collect();
    Err(unsound(
        object,
        format!("{what} name {shown:?} must start with a letter and hold letters, digits and _ only, 80 at most"),
    ))
}

fn unsound(object: &str, why: impl std::fmt::Display) -> Error {
    Error::new(ErrorCode::FieldIntegrityException, format!("{object}: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::AccessDefault;

    fn user() -> ObjectDef {
        ObjectDef::new("User", "User", "Users", "005")
            .setting(AccessDefault::PublicRead)
            .field(FieldDef::text("Name", "Name", 80))
    }

    fn account() -> ObjectDef {
        ObjectDef::new("Account", "Account", "Accounts", "001").field(FieldDef::text("Name", "Name", 255).required())
    }

    #[test]
    fn names_resolve_without_case_and_children_are_found_from_the_parent() {
        let contact = ObjectDef::new("Contact", "Contact", "Contacts", "003")
            .field(FieldDef::text("Name", "Name", 80))
            .field(FieldDef::lookup("AccountId", "Account", "Account").children("Contacts"));
        let schema = OrgSchema::build(1, [user(), account(), contact]).expect("sound");
        let account = schema.find_object("aCCOUNT").expect("found");
        let children = account.find_children("contacts").expect("found");
        assert_eq!(schema.object(children.child).name(), "Contact");
        let contact = schema.find_object("Contact").expect("found");
        assert_eq!(contact.find_relationship("account").map(FieldSchema::name), Some("AccountId"));
        assert_eq!(contact.field(FieldIx::ID).name(), "Id");
    }

    #[test]
    fn an_unsound_declaration_names_object_and_rule() {
        let twice = account().field(FieldDef::text("name", "Name", 10));
        let outcome = OrgSchema::build(1, [user(), twice]).expect_err("unsound");
        assert_eq!(outcome.to_string(), "FIELD_INTEGRITY_EXCEPTION: Account: field name is declared twice");

        let dangling = account().field(FieldDef::lookup("X__c", "X", "Nowhere"));
        assert!(OrgSchema::build(1, [user(), dangling]).is_err());

        let hostile = account().field(FieldDef::text("a\"; DROP TABLE", "x", 10));
        assert!(OrgSchema::build(1, [user(), hostile]).is_err());
    }

    #[test]
    fn declarations_survive_a_round_trip() {
        let schema = OrgSchema::build(1, [user(), account()]).expect("sound");
        let defs: Vec<_> = schema.defs().collect();
        assert_eq!(defs, vec![user(), account()]);
    }
}
