//! Reports that are made, copied and changed. A definition is checked by the app while it is saved.

use super::{needed_metadata, reports};
use crate::call::Call;
use crate::reply::Reply;
use app_reports::{ReportMetadata, SavedReport};
use model::{Error, ErrorCode, ObjectSchema, RecordId, Result, Value};
use platform::{Ctx, RecordDraft};
use serde_json::{Map, Value as Json};

/// The most characters of a name.
const NAME_CHARS: usize = 80;

/// Makes a report, or with `cloneId` a copy of one.
pub(crate) fn create(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let given = needed_metadata(call)?;
    let name = named(&given)?;
    let object = ctx.object("Report")?;
    let (definition, folder) = match call.query("cloneId") {
        Some(source) => {
            let source = SavedReport::fetch(ctx, RecordId::parse(source)?)?;
            (source.changed(&without_names(&given))?.definition, None)
        }
        None => (ReportMetadata::parse(&Json::Object(given.clone()).to_string())?, folder(&given)?),
    };
    let draft = draft(RecordDraft::new(), object, &given, Some(&name))?;
    let draft = draft.set(object, "Definition", definition.to_json()?)?;
    let draft = match folder {
        Some(folder) => draft.set(object, "FolderId", folder)?,
        None => draft,
    };
    let id = ctx.record_create("Report", draft)?;
    reports::described(ctx, call, &SavedReport::fetch(ctx, id)?)
}

/// Replaces the properties that are given.
pub(crate) fn update(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let saved = SavedReport::fetch(ctx, call.id()?)?;
    let given = needed_metadata(call)?;
    let object = ctx.object("Report")?;
    let name = given.contains_key("name").then(|| named(&given)).transpose()?;
    let definition = saved.changed(&without_names(&given))?.definition;
    let draft = draft(RecordDraft::of(saved.id), object, &given, name.as_deref())?;
    let draft = draft.set(object, "Definition", definition.to_json()?)?;
    let draft = match given.contains_key("folderId") {
        true => draft.set(object, "FolderId", folder(&given)?.unwrap_or(Value::Null))?,
        false => draft,
    };
    ctx.record_update("Report", draft)?;
    reports::described(ctx, call, &SavedReport::fetch(ctx, saved.id)?)
}

fn named(given: &Map<String, Json>) -> Result<String> {
    match given.get("name").and_then(Json::as_str).map(str::trim) {
        None | Some("") => {
            Err(Error::new(ErrorCode::RequiredFieldMissing, "The report name can't be null.").with_field("name"))
        }
        Some(name) if name.chars().count() > NAME_CHARS => {
            let message = format!("The report name has at most {NAME_CHARS} characters.");
            Err(Error::new(ErrorCode::StringTooLong, message).with_field("name"))
        }
        Some(name) => Ok(name.to_owned()),
    }
}

/// The properties that are fields of the record.
fn draft(
    draft: RecordDraft,
    object: &ObjectSchema,
    given: &Map<String, Json>,
    name: Option<&str>,
) -> Result<RecordDraft> {
    let mut draft = draft;
    if let Some(name) = name {
        draft = draft.set(object, "Name", name)?;
    }
    for (property, field) in [("developerName", "DeveloperName"), ("description", "Description")] {
        match given.get(property) {
            Some(Json::String(text)) => draft = draft.set(object, field, text.as_str())?,
            Some(Json::Null) => draft = draft.set(object, field, Value::Null)?,
            _ => {}
        }
    }
    Ok(draft)
}

/// The folder; a user stands for what is their own and in no folder.
fn folder(given: &Map<String, Json>) -> Result<Option<Value>> {
    let Some(id) = given.get("folderId").and_then(Json::as_str) else { return Ok(None) };
    let id = RecordId::parse(id)?;
    Ok((id.prefix().as_string() != "005").then_some(Value::Id(id)))
}

/// Without what is kept beside the definition.
fn without_names(given: &Map<String, Json>) -> Map<String, Json> {
    let beside = ["id", "name", "developerName", "description", "folderId"];
    given.iter().filter(|(name, _)| !beside.contains(&name.as_str())).map(|(a, b)| (a.clone(), b.clone())).collect()
}
