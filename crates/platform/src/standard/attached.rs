//! What is attached to a record: notes and attachments, seen with it and changed by whoever may change it, and files,
//! which are records of their own that links lead to.

use super::common::picklist_from;
use model::schema::{AccessDefault, FieldDef, FieldType, ObjectDef, OnDelete};

/// The objects a note may be attached to.
const PARENTS: &[&str] = &["Account", "Contact", "Lead", "Opportunity", "Case", "Campaign", "Product2"];

/// What a file may be linked to. Not tasks and events: who sees those follows from all of these once more, and every
/// question about a file would ask it.
const LINKED: &[&str] = &["Account", "Contact", "Lead", "Opportunity", "Case", "Campaign", "Product2", "User"];

pub(super) fn objects() -> Vec<ObjectDef> {
    vec![note(), attachment(), content_document(), content_version(), content_document_link()]
}

fn parent(children: &str) -> FieldDef {
    FieldDef::polymorphic("ParentId", "Parent", PARENTS).children(children).on_delete(OnDelete::Cascade).required()
}

fn note() -> ObjectDef {
    ObjectDef::new("Note", "Note", "Notes", "002")
        .detail_of("ParentId")
        .name_field("Title")
        .field(parent("Notes"))
        .field(FieldDef::text("Title", "Title", 80).required())
        .field(FieldDef::text_area("Body", "Body", 32_000))
}

fn attachment() -> ObjectDef {
    ObjectDef::new("Attachment", "Attachment", "Attachments", "00P")
        .detail_of("ParentId")
        .private_by("IsPrivate")
        .field(parent("Attachments"))
        .field(FieldDef::text("Name", "File name", 255).required())
        .field(FieldDef::boolean("IsPrivate", "Private", false))
        .field(FieldDef::text("ContentType", "Content type", 120))
        .field(FieldDef::int("BodyLength", "Body length").system())
        .field(FieldDef::new("Body", "Body", FieldType::Base64).required())
        .field(FieldDef::lookup("OwnerId", "Owner", "User").on_delete(OnDelete::Restrict))
        .field(FieldDef::text_area("Description", "Description", 500))
}

fn content_document() -> ObjectDef {
    let mut document = ObjectDef::new("ContentDocument", "File", "Files", "069")
        .name_field("Title")
        .access(AccessDefault::Private)
        .made_by_platform()
        .field(FieldDef::text("Title", "Title", 255).required())
        .field(FieldDef::text_area("Description", "Description", 1000))
        .field(FieldDef::lookup("LatestPublishedVersionId", "Latest version", "ContentVersion").system())
        .field(FieldDef::text("FileType", "File type", 20).system())
        .field(FieldDef::text("FileExtension", "File extension", 40).system())
        .field(FieldDef::int("ContentSize", "Size").system())
        .field(FieldDef::date_time("ContentModifiedDate", "Content modified").system());
    // Who stands above an owner sees the records of the owner, not the papers.
    document.uses_hierarchy = false;
    document
}

fn document(children: &str) -> FieldDef {
    FieldDef::master("ContentDocumentId", "File", "ContentDocument").children(children)
}

fn content_version() -> ObjectDef {
    ObjectDef::new("ContentVersion", "File version", "File versions", "068")
        .detail_of("ContentDocumentId")
        .name_field("Title")
        .field(document("ContentVersions"))
        .field(FieldDef::text("Title", "Title", 255).required())
        .field(FieldDef::text("PathOnClient", "Path on client", 500).required())
        .field(FieldDef::new("VersionData", "Version data", FieldType::Base64).required())
        .field(FieldDef::text("VersionNumber", "Version number", 20).system())
        .field(FieldDef::boolean("IsLatest", "Is latest", false).system())
        .field(FieldDef::text("FileType", "File type", 20).system())
        .field(FieldDef::text("FileExtension", "File extension", 40).system())
        .field(FieldDef::int("ContentSize", "Size").system())
        .field(FieldDef::text("Checksum", "Checksum", 50).system())
        .field(FieldDef::text_area("Description", "Description", 1000))
        .field(FieldDef::text_area("ReasonForChange", "Reason for change", 1000))
        .field(FieldDef::polymorphic("FirstPublishLocationId", "First publish location", LINKED).relationship(None))
        .field(FieldDef::lookup("OwnerId", "Owner", "User").on_delete(OnDelete::Restrict))
}

fn content_document_link() -> ObjectDef {
    ObjectDef::new("ContentDocumentLink", "File link", "File links", "06A")
        .detail_of("ContentDocumentId")
        .detail_of("LinkedEntityId")
        .not_searchable()
        .name_field("Id")
        .field(document("ContentDocumentLinks"))
        .field(
            FieldDef::polymorphic("LinkedEntityId", "Linked to", LINKED)
                .children("ContentDocumentLinks")
                .on_delete(OnDelete::Cascade)
                .write_needs_read()
                .required(),
        )
        .field(picklist_from("ShareType", "Share type", &["V", "C", "I"], "V").restricted())
        .field(
            picklist_from("Visibility", "Visibility", &["AllUsers", "InternalUsers", "SharedUsers"], "AllUsers")
                .restricted(),
        )
}
