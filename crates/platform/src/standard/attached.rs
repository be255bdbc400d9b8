//! What is attached to a record: seen with it, changed by whoever may change it.

use model::schema::{FieldDef, ObjectDef, OnDelete};

/// The objects a note may be attached to.
const PARENTS: &[&str] = &["Account", "Contact", "Lead", "Opportunity", "Case", "Campaign", "Product2"];

pub(super) fn objects() -> Vec<ObjectDef> {
    let note = ObjectDef::new("Note", "Note", "Notes", "002")
        .detail_of("ParentId")
        .name_field("Title")
        .field(
            FieldDef::polymorphic("ParentId", "Parent", PARENTS)
                .children("Notes")
                .on_delete(OnDelete::Cascade)
                .required(),
        )
        .field(FieldDef::text("Title", "Title", 80).required())
        .field(FieldDef::text_area("Body", "Body", 32_000));
    vec![note]
}
