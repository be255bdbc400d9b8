//! The objects whose rows are the field history of another object's records.

use super::{FieldDef, HistoryRows, ObjectDef};

/// Field history of `of`, which `parent` points to: read with the record it tells of, field by field as the reader may.
pub fn history_of(name: &str, of: &ObjectDef, parent: &str) -> ObjectDef {
    let label = format!("{} history", of.label);
    ObjectDef::new(name, &label, &label, "000")
        .history_of(parent, HistoryRows::Changes)
        .package(&of.package)
        .name_field("Id")
        .field(FieldDef::lookup(parent, &of.label, &of.name).children("Histories").required().system())
        .field(FieldDef::text("Field", "Changed field", 255).system())
        .field(FieldDef::text("OldValue", "Old value", 255).system())
        .field(FieldDef::text("NewValue", "New value", 255).system())
}

/// What the field history of a custom object is called.
pub fn custom_history_name(object: &str) -> String {
    format!("{}__History", object.strip_suffix("__c").unwrap_or(object))
}

/// The field history of each custom object that tracks fields and has none yet.
pub fn lacking_histories(defs: &[ObjectDef]) -> Vec<ObjectDef> {
    let lacks = |def: &&ObjectDef| {
        let name = custom_history_name(&def.name);
        def.is_custom()
            && def.retired.is_none()
            && def.fields.iter().any(|field| field.tracked)
            && !defs.iter().any(|known| known.name.eq_ignore_ascii_case(&name))
    };
    let made = |def: &ObjectDef| {
        let mut history = history_of(&custom_history_name(&def.name), def, "ParentId");
        history.key_prefix = def.key_prefix.of_custom_history()?;
        Some(history)
    };
    defs.iter().filter(lacks).filter_map(made).collect()
}
