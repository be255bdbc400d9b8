//! Folders, whose shares decide who sees and changes what is filed in them, and the saved lists of an object's records.

use super::common::picklist_from;
use model::schema::{FieldDef, ObjectDef};

/// Who may file what where.
const FOLDER_TYPES: &[&str] = &["Report", "Dashboard", "Document", "Email", "EmailTemplate"];

pub(super) fn objects() -> Vec<ObjectDef> {
    vec![folder(), list_view()]
}

fn folder() -> ObjectDef {
    ObjectDef::new("Folder", "Folder", "Folders", "00l")
        .opened_by("AccessType", &["Public"])
        .field(FieldDef::text("Name", "Name", 80).required().indexed())
        .field(FieldDef::text("DeveloperName", "Folder unique name", 80).required().indexed())
        .field(FieldDef::picklist("Type", "Type", FOLDER_TYPES).restricted().required())
        .field(
            picklist_from("AccessType", "Access type", &["Shared", "Public", "Hidden"], "Shared")
                .restricted()
                .required()
                .help(
                    "Public: everybody reads what is in it. Else those it is shared with, and those above its owner.",
                ),
        )
        .field(
            FieldDef::boolean("IsReadonly", "Read only", true)
                .system()
                .help("What opens a folder to everybody lets them read; editors are named by shares."),
        )
        .field(FieldDef::text("Description", "Description", 255))
}

/// A list of an object's records that people come back to.
fn list_view() -> ObjectDef {
    ObjectDef::new("ListView", "List view", "List views", "00B")
        .not_searchable()
        .opened_by("Visibility", &["All"])
        .about_objects("SobjectType")
        .field(FieldDef::text("Name", "View name", 80).required())
        .field(FieldDef::text("DeveloperName", "API name", 80).required().indexed())
        .field(FieldDef::text("SobjectType", "Object", 80).required().indexed())
        .field(FieldDef::text("NamespacePrefix", "Namespace prefix", 15).system())
        .field(FieldDef::boolean("IsSoqlCompatible", "Is SOQL compatible", true).system())
        .field(
            picklist_from("Scope", "Records", &["Everything", "Mine", "Recent"], "Everything")
                .restricted()
                .required()
                .help("All that the reader may see, those the reader owns, or those the reader looked at last."),
        )
        .field(
            FieldDef::text_area("Columns", "Columns", 4_000).required().help("Fields or paths to them, with commas."),
        )
        .field(FieldDef::text_area("Filter", "Filter", 20_000).help("A condition as in a query, without WHERE."))
        .field(FieldDef::text("OrderBy", "Order", 255).help("As in a query, without ORDER BY."))
        .field(
            picklist_from("Visibility", "Visible to", &["Owner", "All"], "Owner")
                .restricted()
                .required()
                .help("Its owner and those above, or everybody who may use the object."),
        )
        .field(FieldDef::date_time("LastViewedDate", "Last viewed").system())
        .field(FieldDef::date_time("LastReferencedDate", "Last referenced").system())
}
