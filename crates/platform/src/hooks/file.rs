//! Files: a document comes with its first version and follows its latest; links lead from it to records.

use super::{Hook, HookCtx, HookRow, refuse};
use model::{Error, ErrorCode, FieldIx, ObjectSchema, RecordId, Result, Value};
use policy::{Service, ServiceGrant};
use std::collections::HashSet;

/// Keeps documents in step with their versions.
pub(super) static FILES: Service = Service {
    name: "files",
    purpose: "Makes the document of a first version and its link to where it was published, and keeps the document's \
              title, type and size, and which version is the latest, in step. It runs in the save of a version, a \
              document or a link.",
    grants: &[
        ServiceGrant { object: "ContentDocument", create: true, edit: true, delete: false },
        ServiceGrant { object: "ContentVersion", create: false, edit: true, delete: false },
        ServiceGrant { object: "ContentDocumentLink", create: true, edit: false, delete: false },
    ],
};

const FIRST: &str = "1";

pub(super) struct VersionHook;

impl Hook for VersionHook {
    fn objects(&self) -> &'static [&'static str] {
        &["ContentVersion"]
    }

    fn service(&self) -> &'static Service {
        &FILES
    }

    fn derives(&self) -> &'static [&'static str] {
        &["ContentDocumentId", "Title"]
    }

    fn before_save(&self, ctx: &mut HookCtx<'_, '_>, row: &mut HookRow<'_>) -> Result<()> {
        if row.before.is_some() {
            return match row.is_changed("VersionData") || row.is_changed("FirstPublishLocationId") {
                true => Err(refuse("VersionData", "A version keeps its content; add a new version to the file.")),
                false => Ok(()),
            };
        }
        let path = row.get("PathOnClient").to_plain();
        let name = path.rsplit(['/', '\\']).next().unwrap_or_default();
        let (stem, extension) = match name.rsplit_once('.') {
            Some((stem, extension)) if !stem.is_empty() => (stem, extension.to_lowercase()),
            _ => (name, String::new()),
        };
        if row.get("Title").is_null() && !stem.is_empty() {
            row.set("Title", stem.chars().take(255).collect::<String>());
        }
        row.set("FileType", file_type(&extension));
        let short: String = extension.chars().take(40).collect();
        row.set("FileExtension", if short.is_empty() { Value::Null } else { short.into() });
        row.set("IsLatest", true);
        let number = match row.get("ContentDocumentId").as_id() {
            None => {
                let document = ctx.reserve("ContentDocument")?;
                row.set("ContentDocumentId", document);
                1
            }
            Some(document) => {
                if row.is_given("FirstPublishLocationId") && !row.get("FirstPublishLocationId").is_null() {
                    let message = "A first version is published somewhere; link the file itself to more records.";
                    return Err(refuse("FirstPublishLocationId", message));
                }
                // Two versions of one file come one after the other.
                ctx.hold("ContentDocument", document)?;
                count(ctx, document)? + 1
            }
        };
        row.set("VersionNumber", number.to_string());
        Ok(())
    }

    fn after_save(
        &self,
        ctx: &mut HookCtx<'_, '_>,
        object: &ObjectSchema,
        rows: &[(Option<&[Value]>, &[Value])],
    ) -> Result<()> {
        let mut seen = Vec::new();
        for (before, after) in rows {
            let get = |name: &str| object.find_field(name).map_or(&Value::Null, |field| &after[field.ix.index()]);
            let (Some(id), Some(document)) = (get("Id").as_id(), get("ContentDocumentId").as_id()) else { continue };
            if before.is_some() {
                if get("IsLatest") == &Value::Bool(true) {
                    ctx.update("ContentDocument", document, &[("Title", get("Title").clone())])?;
                }
                continue;
            }
            if seen.contains(&document) {
                let message = "One call adds one version to a file; add the others in calls of their own.";
                return Err(refuse("ContentDocumentId", message));
            }
            seen.push(document);
            let latest = ["Title", "FileType", "FileExtension", "ContentSize"].map(|name| (name, get(name).clone()));
            let mut values: Vec<(&str, Value)> = latest.to_vec();
            values.push(("LatestPublishedVersionId", id.into()));
            values.push(("ContentModifiedDate", ctx.now().into()));
            if get("VersionNumber").as_text() == Some(FIRST) {
                values.push(("OwnerId", get("OwnerId").clone()));
                ctx.create_reserved("ContentDocument", document, values)?;
                if let Some(place) = get("FirstPublishLocationId").as_id() {
                    ctx.create("ContentDocumentLink", &[link(document, place)])?;
                }
            } else {
                let text = format!(
                    "SELECT Id FROM ContentVersion WHERE ContentDocumentId = '{document}' AND IsLatest = true AND \
                     Id != '{id}'"
                );
                for row in ctx.rows(&text)? {
                    ctx.update("ContentVersion", row.id, &[("IsLatest", false.into())])?;
                }
                ctx.update("ContentDocument", document, &values)?;
            }
        }
        Ok(())
    }
}

fn count(ctx: &mut HookCtx<'_, '_>, document: RecordId) -> Result<usize> {
    Ok(ctx.rows(&format!("SELECT Id FROM ContentVersion WHERE ContentDocumentId = '{document}'"))?.len())
}

fn link(document: RecordId, place: RecordId) -> Vec<(&'static str, Value)> {
    vec![
        ("ContentDocumentId", document.into()),
        ("LinkedEntityId", place.into()),
        ("ShareType", "V".into()),
        ("Visibility", "AllUsers".into()),
    ]
}

/// The kind of file that an extension stands for, in the words of Salesforce.
fn file_type(extension: &str) -> &'static str {
    match extension {
        "pdf" => "PDF",
        "doc" => "WORD",
        "docx" => "WORD_X",
        "xls" => "EXCEL",
        "xlsx" => "EXCEL_X",
        "ppt" => "POWER_POINT",
        "pptx" => "POWER_POINT_X",
        "png" => "PNG",
        "jpg" | "jpeg" => "JPG",
        "gif" => "GIF",
        "svg" => "SVG",
        "txt" => "TEXT",
        "csv" => "CSV",
        "html" | "htm" => "HTML",
        "xml" => "XML",
        "json" => "JSON",
        "zip" => "ZIP",
        "mp3" => "MP3",
        "mp4" => "MP4",
        _ => "UNKNOWN",
    }
}

/// A title is that of the latest version too.
pub(super) struct DocumentHook;

impl Hook for DocumentHook {
    fn objects(&self) -> &'static [&'static str] {
        &["ContentDocument"]
    }

    fn service(&self) -> &'static Service {
        &FILES
    }

    fn after_save(
        &self,
        ctx: &mut HookCtx<'_, '_>,
        object: &ObjectSchema,
        rows: &[(Option<&[Value]>, &[Value])],
    ) -> Result<()> {
        let (Some(title), Some(latest)) = (object.find_field("Title"), object.find_field("LatestPublishedVersionId"))
        else {
            return Ok(());
        };
        for (before, after) in rows {
            let (title, version) = (&after[title.ix.index()], after[latest.ix.index()].as_id());
            if let (Some(_), Some(version)) = (before, version) {
                ctx.update("ContentVersion", version, &[("Title", title.clone())])?;
            }
        }
        Ok(())
    }
}

/// A file is linked to a record once.
pub(super) struct LinkHook;

impl Hook for LinkHook {
    fn objects(&self) -> &'static [&'static str] {
        &["ContentDocumentLink"]
    }

    fn service(&self) -> &'static Service {
        &FILES
    }

    fn check_clashes(
        &self,
        ctx: &mut HookCtx<'_, '_>,
        object: &ObjectSchema,
        rows: &[(Option<&[Value]>, &[Value])],
    ) -> Result<Vec<(usize, Error)>> {
        let mut wanted = Vec::new();
        for (at, (_, after)) in rows.iter().enumerate().filter(|(_, (before, _))| before.is_none()) {
            wanted.extend(ends(object, after).map(|(document, entity)| (document, at, entity)));
        }
        // One document after the other: two batches that link the same ones wait, and do not wait for each other.
        wanted.sort_unstable();
        let mut clashes = Vec::new();
        for of_document in wanted.chunk_by(|one, other| one.0 == other.0) {
            let document = of_document[0].0;
            ctx.hold("ContentDocument", document)?;
            let entities: Vec<RecordId> = of_document.iter().map(|(_, _, entity)| *entity).collect();
            let mut taken: HashSet<RecordId> =
                links(ctx, document, &entities)?.into_iter().map(|link| link.1).collect();
            let again = of_document.iter().filter(|(_, _, entity)| !taken.insert(*entity));
            clashes.extend(again.map(|(_, at, _)| (*at, linked_already())));
        }
        Ok(clashes)
    }

    /// A link that comes back may find another one in its place.
    fn after_delete(&self, ctx: &mut HookCtx<'_, '_>, object: &ObjectSchema, before: &[Value]) -> Result<()> {
        let Some((document, entity)) = ends(object, before) else { return Ok(()) };
        ctx.hold("ContentDocument", document)?;
        let own = before[FieldIx::ID.index()].as_id();
        let (same, others): (Vec<_>, Vec<_>) =
            links(ctx, document, &[entity])?.into_iter().partition(|link| Some(link.0) == own);
        if same.is_empty() || others.is_empty() { Ok(()) } else { Err(linked_already()) }
    }
}

/// The document and the record of a link.
fn ends(object: &ObjectSchema, link: &[Value]) -> Option<(RecordId, RecordId)> {
    let end = |name: &str| link[object.find_field(name)?.ix.index()].as_id();
    end("ContentDocumentId").zip(end("LinkedEntityId"))
}

/// The links of a document to some records, each with its record.
fn links(ctx: &mut HookCtx<'_, '_>, document: RecordId, to: &[RecordId]) -> Result<Vec<(RecordId, RecordId)>> {
    let to: Vec<String> = to.iter().map(|id| format!("'{id}'")).collect();
    let found = ctx.rows(&format!(
        "SELECT LinkedEntityId FROM ContentDocumentLink WHERE ContentDocumentId = '{document}' AND LinkedEntityId IN ({})",
        to.join(",")
    ))?;
    Ok(found.iter().filter_map(|row| Some((row.id, row.cells[0].value().as_id()?))).collect())
}

fn linked_already() -> Error {
    let message = "This file is linked to this record already; change that link.";
    Error::new(ErrorCode::DuplicateValue, message).with_field("LinkedEntityId")
}
