//! The records of this app: reports and dashboards. Their content is the JSON of their metadata.

use model::schema::{FieldDef, ObjectDef, OnDelete};

/// Characters of a definition.
const DEFINITION_CHARS: u32 = 131_072;

pub(crate) fn report() -> ObjectDef {
    ObjectDef::new("Report", "Report", "Reports", "00O")
        .package("reports")
        .field(FieldDef::text("Name", "Report name", 80).required().indexed())
        .field(FieldDef::text("DeveloperName", "API name", 80).indexed())
        .field(FieldDef::text_area("Description", "Description", 255))
        .filed_in("FolderId")
        .field(FieldDef::lookup("FolderId", "Folder", "Folder").children("Reports").on_delete(OnDelete::Restrict))
        .field(FieldDef::text("FolderName", "Folder name", 80).system())
        .field(
            FieldDef::picklist("Format", "Format", &["TABULAR", "SUMMARY", "MATRIX"])
                .restricted()
                .system()
                .help("Follows from the definition."),
        )
        .field(
            FieldDef::text_area("Definition", "Definition", DEFINITION_CHARS)
                .required()
                .help("The report's metadata as JSON."),
        )
}

pub(crate) fn dashboard() -> ObjectDef {
    ObjectDef::new("Dashboard", "Dashboard", "Dashboards", "01Z")
        .package("reports")
        .field(FieldDef::text("Name", "Dashboard name", 80).required().indexed())
        .field(FieldDef::text("DeveloperName", "API name", 80).indexed())
        .field(FieldDef::text_area("Description", "Description", 255))
        .filed_in("FolderId")
        .field(FieldDef::lookup("FolderId", "Folder", "Folder").children("Dashboards").on_delete(OnDelete::Restrict))
        .field(FieldDef::text("FolderName", "Folder name", 80).system())
        .field(
            FieldDef::text_area("Definition", "Definition", DEFINITION_CHARS)
                .required()
                .help("The dashboard's components as JSON."),
        )
}
