//! `composite/tree/{object}`: records with their children, all of them or none.

use super::part::parts;
use crate::call::Call;
use crate::draft;
use crate::reply::{self, Reply};
use crate::work::Work;
use axum::http::StatusCode;
use model::{Error, ErrorCode, FieldIx, ObjectSchema, RecordId, Result, Value};
use platform::{RecordDraft, RowError, SaveOptions};
use serde_json::{Map, Value as Json, json};
use std::collections::HashSet;

const MOST_RECORDS: usize = 200;
const MOST_LEVELS: usize = 5;

/// Records of one object on one level, which are created together.
struct Level {
    object: String,
    nodes: Vec<Node>,
}

struct Node {
    reference: String,
    draft: RecordDraft,
    children: Vec<(FieldIx, Level)>,
}

pub(crate) fn tree(work: &mut Work<'_, '_, '_>, call: &Call) -> Result<Reply> {
    let object = call.object(work.ctx())?;
    let body = call.json_object()?;
    let mut reader = Reader { work, count: 0, references: HashSet::new(), failed: Vec::new() };
    let top = reader.level(object, &body, 1)?;
    if !reader.failed.is_empty() {
        return Ok(failed(&reader.failed));
    }
    let mut results = Vec::with_capacity(reader.count);
    let mut errors = Vec::new();
    let saved = work.together(|work| create(work, top, &mut results, &mut errors));
    if !errors.is_empty() {
        return Ok(failed(&errors));
    }
    saved?;
    let results: Vec<Json> =
        results.into_iter().map(|(reference, id)| json!({"referenceId": reference, "id": id.to_string()})).collect();
    Ok(Reply::json(&json!({"hasErrors": false, "results": results})).status(StatusCode::CREATED))
}

fn failed(errors: &[(String, Vec<RowError>)]) -> Reply {
    let results: Vec<Json> = errors
        .iter()
        .map(|(reference, errors)| {
            json!({"referenceId": reference, "errors": errors.iter().map(reply::row_error).collect::<Vec<_>>()})
        })
        .collect();
    Reply::json(&json!({"hasErrors": true, "results": results})).status(StatusCode::BAD_REQUEST)
}

struct Reader<'r, 'c, 'w, 'tx> {
    work: &'r mut Work<'c, 'w, 'tx>,
    count: usize,
    references: HashSet<String>,
    failed: Vec<(String, Vec<RowError>)>,
}

impl Reader<'_, '_, '_, '_> {
    /// `{"records": […]}`
    fn level(&mut self, object: &ObjectSchema, body: &Map<String, Json>, depth: usize) -> Result<Level> {
        if depth > MOST_LEVELS {
            let message = format!("A tree has at most {MOST_LEVELS} levels.");
            return Err(Error::new(ErrorCode::InvalidField, message));
        }
        let mut nodes = Vec::new();
        for record in parts(body, "records", MOST_RECORDS)? {
            self.count += 1;
            if self.count > MOST_RECORDS {
                let message = format!("A tree has at most {MOST_RECORDS} records.");
                return Err(Error::new(ErrorCode::ExceededIdLimit, message));
            }
            let attributes = record.get("attributes").and_then(Json::as_object);
            let reference = attributes.and_then(|attributes| attributes.get("referenceId")).and_then(Json::as_str);
            let reference = reference.ok_or_else(|| {
                Error::new(ErrorCode::MissingArgument, "Every record needs attributes with a type and a referenceId.")
            })?;
            if !self.references.insert(reference.to_owned()) {
                let message = format!("The referenceId {reference} is given twice.");
                return Err(Error::new(ErrorCode::InvalidField, message).with_field("referenceId"));
            }
            match self.node(object, reference, record, depth) {
                Ok(node) => nodes.push(node),
                Err(error) => self.failed.push((reference.to_owned(), vec![RowError::from(error)])),
            }
        }
        Ok(Level { object: object.name().to_owned(), nodes })
    }

    fn node(
        &mut self,
        object: &ObjectSchema,
        reference: &str,
        record: &Map<String, Json>,
        depth: usize,
    ) -> Result<Node> {
        let named = draft::type_of(record)?;
        if !named.eq_ignore_ascii_case(object.name()) {
            let message = format!("The record is of type {named}, where {} is expected.", object.name());
            return Err(Error::new(ErrorCode::InvalidType, message));
        }
        draft::refuse_id(record, "cannot specify Id in an insert call")?;
        let mut fields = Map::new();
        let mut children = Vec::new();
        for (name, json) in record {
            let lists = object.find_children(name).zip(json.as_object().filter(|list| list.contains_key("records")));
            match lists {
                Some((relation, list)) => {
                    let ctx = self.work.ctx();
                    let child = ctx.schema().object(relation.child);
                    // An object that the caller may not read is not there.
                    let child = ctx.object(child.name())?;
                    children.push((relation.field, self.level(child, list, depth + 1)?));
                }
                None => {
                    fields.insert(name.clone(), json.clone());
                }
            }
        }
        Ok(Node { reference: reference.to_owned(), draft: draft::read(self.work, object, &fields)?, children })
    }
}

/// Creates a level, then what hangs below each of its records.
fn create(
    work: &mut Work<'_, '_, '_>,
    level: Level,
    results: &mut Vec<(String, RecordId)>,
    errors: &mut Vec<(String, Vec<RowError>)>,
) -> Result<()> {
    let drafts: Vec<RecordDraft> = level.nodes.iter().map(|node| node.draft.clone()).collect();
    let saved = work.create(&level.object, drafts, SaveOptions::default())?;
    let mut made = Vec::with_capacity(saved.len());
    for (node, result) in level.nodes.into_iter().zip(saved) {
        match result.id.filter(|_| result.errors.is_empty()) {
            Some(id) => made.push((node, id)),
            None => errors.push((node.reference, result.errors)),
        }
    }
    if !errors.is_empty() {
        return Err(Error::internal("undone: a tree is created whole or not at all"));
    }
    for (node, id) in made {
        results.push((node.reference, id));
        for (field, mut below) in node.children {
            for child in &mut below.nodes {
                child.draft.values.retain(|(ix, _)| *ix != field);
                child.draft.values.push((field, Value::Id(id)));
            }
            create(work, below, results, errors)?;
        }
    }
    Ok(())
}
