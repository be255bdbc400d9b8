//! Bytes that a save brings along: taken in, sealed and measured in its own transaction, before anything else of the row
//! is judged.

use super::outcome::Outcome;
use super::save::Row;
use crate::content::limit_of;
use crate::ctx::Ctx;
use base64::engine::general_purpose::STANDARD as BASE64;
use base64::read::DecoderReader;
use model::{Error, ErrorCode, FieldSchema, FieldType, ObjectSchema, Result, Value};
use std::io::Read as _;
use store::{Content, WriteTx};

/// Bytes that are decoded at a time.
const STEP: usize = 64 * 1024;

/// Takes in the contents of rows; a row whose content cannot be taken fails.
///
/// # Errors
/// What the database reports.
pub(super) fn take_in(
    ctx: &Ctx,
    tx: &mut WriteTx<'_>,
    object: &ObjectSchema,
    rows: &mut [Row],
    outcome: &mut Outcome,
) -> Result<()> {
    let Some(field) = object.fields.iter().find(|field| *field.data_type() == FieldType::Base64) else {
        return Ok(());
    };
    let at = field.ix.index();
    let mut let_go = Vec::new();
    for row in rows {
        let unchanged = row.before.as_ref().is_some_and(|before| before[at] == row.after[at]);
        if unchanged {
            continue;
        }
        if let Some(Value::Int(before)) = row.before.as_ref().map(|before| &before[at]) {
            let_go.push(*before);
        }
        if row.after[at].is_null() {
            continue;
        }
        let given = std::mem::take(&mut row.after[at]);
        match tx.attempt(|tx| content_of(ctx, tx, object, field, &given)) {
            Ok(content) => {
                row.after[at] = Value::Int(content.id);
                let size = i64::try_from(content.size).map_err(Error::internal)?;
                for (name, value) in [
                    ("BodyLength", Value::Int(size)),
                    ("ContentSize", Value::Int(size)),
                    ("Checksum", content.checksum.into()),
                ] {
                    if let Some(field) = object.find_field(name) {
                        row.after[field.ix.index()] = value;
                    }
                }
            }
            Err(error) => outcome.fail_row(row.at, error)?,
        }
    }
    // Also for rows that fail later: what they still name is not swept anyway.
    tx.contents_let_go(&let_go)
}

fn content_of(
    ctx: &Ctx,
    tx: &mut WriteTx<'_>,
    object: &ObjectSchema,
    field: &FieldSchema,
    given: &Value,
) -> Result<Content> {
    let limit = limit_of(tx, object)?;
    let content = match given {
        Value::Int(staged) => {
            let content = tx.content_claim(*staged, &ctx.identity).map_err(|error| match error.code() {
                ErrorCode::NotFound => {
                    let message = format!("{}: these bytes were not given here, or are used already", field.label());
                    Error::new(ErrorCode::InvalidField, message).with_field(field.name())
                }
                _ => error,
            })?;
            if content.size > limit {
                return Err(too_large(field, limit));
            }
            content
        }
        Value::Text(text) => decode(tx, field, text, limit)?,
        other => return Err(Error::internal(format!("{other:?} as a content"))),
    };
    Ok(content)
}

fn decode(tx: &mut WriteTx<'_>, field: &FieldSchema, text: &str, limit: u64) -> Result<Content> {
    // Mail and old clients break the lines.
    let joined: String;
    let text = if text.bytes().any(|byte| byte.is_ascii_whitespace()) {
        joined = text.split_ascii_whitespace().collect();
        &joined
    } else {
        text
    };
    if text.len() as u64 / 4 * 3 > limit + 2 {
        return Err(too_large(field, limit));
    }
    let mut reader = DecoderReader::new(text.as_bytes(), &BASE64);
    let mut writer = tx.content_begin()?;
    let mut buffer = vec![0; STEP];
    loop {
        let read = reader.read(&mut buffer).map_err(|_| {
            let message = format!("{}: the value is not base64", field.label());
            Error::new(ErrorCode::InvalidField, message).with_field(field.name())
        })?;
        if read == 0 {
            break;
        }
        tx.content_push(&mut writer, &buffer[..read])?;
    }
    if writer.size() > limit {
        return Err(too_large(field, limit));
    }
    tx.content_end(writer, None)
}

pub(crate) fn too_large(field: &FieldSchema, limit: u64) -> Error {
    let message = format!("{}: a file here has at most {limit} bytes", field.label());
    Error::new(ErrorCode::StringTooLong, message).with_field(field.name())
}
