//! Rows of JSON, of which the older interface takes ten thousand in ten megabytes at most: read one by one from the
//! body, each into a draft.

use super::columns::{RowDraft, settle};
use super::terms::{BulkOperation, BulkTerms};
use crate::ctx::Ctx;
use crate::exact::quote_long_numbers;
use crate::parents::Parents;
use crate::record::RecordDraft;
use model::{Error, ErrorCode, FieldIx, ObjectSchema, RecordId, Result, Value};
use serde::Deserializer as _;
use serde::de::{DeserializeSeed, IgnoredAny, SeqAccess, Visitor};
use serde_json::{Map, Value as Json};
use std::fmt;

/// Some rows of a list, and whether they are its last.
pub(super) struct Stretch {
    pub(super) rows: Vec<Json>,
    pub(super) is_last: bool,
}

/// Reads up to `most` rows behind the first `skipped`.
///
/// # Errors
/// `InvalidBatch` for a body that is no list.
pub(super) fn stretch(body: &[u8], skipped: u64, most: usize) -> Result<Stretch> {
    let body = quote_long_numbers(body);
    let mut reader = serde_json::Deserializer::from_slice(&body);
    let found = (&mut reader).deserialize_seq(Rows { skipped, most });
    let broken = |error: serde_json::Error| {
        Error::new(ErrorCode::InvalidBatch, format!("The batch is not a JSON list of records: {error}"))
    };
    let stretch = found.map_err(broken)?;
    if stretch.is_last {
        reader.end().map_err(broken)?;
    }
    Ok(stretch)
}

struct Rows {
    skipped: u64,
    most: usize,
}

impl<'de> Visitor<'de> for Rows {
    type Value = Stretch;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a list of records")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> std::result::Result<Stretch, A::Error> {
        let mut rows = Vec::new();
        for _ in 0..self.skipped {
            if list.next_element::<IgnoredAny>()?.is_none() {
                return Ok(Stretch { rows, is_last: true });
            }
        }
        while rows.len() < self.most {
            match list.next_element_seed(Row)? {
                Some(row) => rows.push(row),
                None => return Ok(Stretch { rows, is_last: true }),
            }
        }
        // The rest is read too, so that a body that is broken further on is told in one way.
        let mut more = false;
        while list.next_element::<IgnoredAny>()?.is_some() {
            more = true;
        }
        Ok(Stretch { rows, is_last: !more })
    }
}

struct Row;

impl<'de> DeserializeSeed<'de> for Row {
    type Value = Json;

    fn deserialize<D: serde::Deserializer<'de>>(self, reader: D) -> std::result::Result<Json, D::Error> {
        serde::Deserialize::deserialize(reader)
    }
}

/// A row as a draft.
///
/// # Errors
/// The error of the row alone.
pub(super) fn row(
    ctx: &Ctx,
    object: &ObjectSchema,
    terms: &BulkTerms,
    parents: &mut Parents,
    row: &Json,
) -> Result<RowDraft> {
    let Json::Object(row) = row else {
        return Err(Error::new(ErrorCode::JsonParserError, "Every entry of the list must be a JSON object"));
    };
    let (mut fields, mut references, mut id) = (Map::new(), Vec::new(), None);
    for (name, json) in row {
        if super::columns::is_id(name) {
            id = id_of(json)?;
            continue;
        }
        let relationship = object.find_relationship(name).filter(|field| ctx.can_read_field(object.ix, field.ix));
        match (relationship, json) {
            (Some(field), Json::Object(parent)) => {
                references.push((field.ix, Value::Id(parents.find_json(ctx, field, parent)?)));
            }
            (Some(field), Json::Null) => references.push((field.ix, Value::Null)),
            _ => {
                fields.insert(name.clone(), json.clone());
            }
        }
    }
    let mut draft = RecordDraft::from_json(ctx, object, &fields)?;
    draft.values.extend(references);
    draft.id = id;
    let mut row = RowDraft { draft, key: Value::Null };
    let key = match (terms.operation, terms.external_id.as_deref()) {
        (BulkOperation::Upsert, Some(name)) => Some(ctx.key_field(object, name)?.ix).filter(|ix| *ix != FieldIx::ID),
        _ => None,
    };
    settle(terms.operation, key, &mut row)?;
    Ok(row)
}

fn id_of(json: &Json) -> Result<Option<RecordId>> {
    match json {
        Json::Null => Ok(None),
        Json::String(text) if text.trim().is_empty() => Ok(None),
        Json::String(text) => RecordId::parse(text.trim()).map(Some).map_err(|error| error.with_field("Id")),
        other => Err(Error::new(ErrorCode::MalformedId, format!("malformed id {other}")).with_field("Id")),
    }
}
