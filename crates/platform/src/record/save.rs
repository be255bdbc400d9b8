//! What creating and changing have in common: the gate per set of fields, references, unique values, names put
//! together, audit and field history.

use super::{RecordDraft, RowError, RowResult, SaveOptions, check};
use crate::ctx::Ctx;
use model::schema::{Compound, FieldType};
use model::{Error, ErrorCode, FieldIx, FieldSchema, ObjectSchema, OrgSchema, RecordId, Result, Value};
use policy::{AuthorizedWrite, WriteRequest, WriteVerb, authorize_write};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use store::{AuditEntry, WriteTx};

/// A row on its way through the pipeline.
pub(super) struct Row {
    /// Its place in the caller's list.
    pub(super) at: usize,
    pub(super) id: Option<RecordId>,
    pub(super) write: Arc<AuthorizedWrite>,
    /// The fields the caller set.
    pub(super) given: Vec<FieldIx>,
    /// The image before; none for a new record.
    pub(super) before: Option<Vec<Value>>,
    /// The image after, one value per field of the object.
    pub(super) after: Vec<Value>,
}

/// Collects results and stops a batch that must be whole.
pub(super) struct Outcome {
    pub(super) results: Vec<RowResult>,
    pub(super) all_or_none: bool,
}

impl Outcome {
    pub(super) fn new(count: usize, options: SaveOptions) -> Self {
        Self { results: vec![RowResult::default(); count], all_or_none: options.all_or_none }
    }

    pub(super) fn fail(&mut self, at: usize, error: Error) {
        self.results[at].errors.push(RowError::from(error));
    }

    pub(super) fn is_failed(&self, at: usize) -> bool {
        !self.results[at].errors.is_empty()
    }

    /// Drops failed rows; when all must be saved or none, says that the batch is over.
    ///
    /// # Errors
    /// [`Stop`] wrapped as an error that rolls the transaction back.
    pub(super) fn sift(&self, rows: &mut Vec<Row>) -> std::result::Result<(), Stop> {
        if self.all_or_none && self.results.iter().any(|result| !result.errors.is_empty()) {
            return Err(Stop);
        }
        rows.retain(|row| !self.is_failed(row.at));
        Ok(())
    }

    /// After a roll-back: rows without an error of their own say that they fell with the others.
    pub(super) fn rolled_back(self) -> Vec<RowResult> {
        rolled_back(self.results)
    }
}

/// The results of a batch that fell as a whole.
pub(super) fn rolled_back(mut results: Vec<RowResult>) -> Vec<RowResult> {
    let single = results.len() == 1;
    for result in &mut results {
        result.id = None;
        if result.errors.is_empty() && !single {
            result.errors.push(RowError {
                code: ErrorCode::AllOrNoneOperationRolledBack,
                message:
                    "Record rolled back because not all records were valid and the request was using AllOrNone header"
                        .to_owned(),
                fields: Vec::new(),
            });
        }
    }
    results
}

/// A batch that must be whole has a bad row.
#[derive(Debug)]
pub(super) struct Stop;

/// Gates by the set of fields that rows name: a batch mostly has one.
pub(super) struct Gates<'a> {
    ctx: &'a Ctx,
    object: &'a ObjectSchema,
    verb: WriteVerb,
    options: SaveOptions,
    known: HashMap<Vec<FieldIx>, Arc<AuthorizedWrite>>,
}

impl<'a> Gates<'a> {
    pub(super) fn new(ctx: &'a Ctx, object: &'a ObjectSchema, verb: WriteVerb, options: SaveOptions) -> Self {
        Self { ctx, object, verb, options, known: HashMap::new() }
    }

    /// Fields that hooks compute on this object.
    fn derived(&self) -> Vec<FieldIx> {
        let hooks = self.ctx.org.hooks.iter().filter(|hook| hook.objects().contains(&self.object.name()));
        hooks
            .flat_map(|hook| hook.derives())
            .filter_map(|name| self.object.find_field(name))
            .map(|field| field.ix)
            .collect()
    }

    pub(super) fn for_fields(&mut self, fields: &[FieldIx]) -> Result<Arc<AuthorizedWrite>> {
        let is_service = self.ctx.user_id().is_none();
        let mut asked: Vec<FieldIx> = fields
            .iter()
            .copied()
            // Who loads data may give what the platform otherwise maintains.
            .filter(|ix| !(self.options.system_fields && is_service && self.object.field(*ix).def.system))
            .collect();
        asked.sort_unstable();
        asked.dedup();
        if let Some(write) = self.known.get(&asked) {
            return Ok(write.clone());
        }
        let request = WriteRequest {
            schema: self.ctx.schema.clone(),
            object: self.object.ix,
            verb: self.verb,
            fields: asked.clone(),
            derived: self.derived(),
        };
        let write = Arc::new(authorize_write(&self.ctx.identity, request)?);
        self.known.insert(asked, write.clone());
        Ok(write)
    }
}

/// Puts a draft's values into an image, settled; the first bad one is the row's error.
pub(super) fn apply(
    schema: &OrgSchema,
    object: &ObjectSchema,
    draft: &RecordDraft,
    after: &mut [Value],
) -> Result<Vec<FieldIx>> {
    let mut given = Vec::with_capacity(draft.values.len());
    for (ix, value) in &draft.values {
        let field = object.field(*ix);
        if given.contains(ix) {
            return Err(Error::new(ErrorCode::InvalidField, format!("Duplicate field '{}'", field.name()))
                .with_field(field.name()));
        }
        after[ix.index()] = check::settle(schema, object, field, value.clone())?;
        given.push(*ix);
    }
    Ok(given)
}

/// `Name` of a person from its parts: first and last name.
pub(super) fn compose_names(object: &ObjectSchema, after: &mut [Value]) {
    let text = |after: &[Value], name: &str| {
        object
            .find_field(name)
            .and_then(|field| after[field.ix.index()].as_text().map(str::to_owned))
            .unwrap_or_default()
    };
    for field in &object.fields {
        if *field.data_type() == FieldType::Compound(Compound::PersonName) {
            let full = format!("{} {}", text(after, "FirstName"), text(after, "LastName"));
            let full = full.trim();
            after[field.ix.index()] = if full.is_empty() { Value::Null } else { Value::from(full) };
        }
    }
}

/// Every required field has a value.
pub(super) fn require(object: &ObjectSchema, after: &[Value]) -> Result<()> {
    let missing: Vec<String> = object
        .fields
        .iter()
        .filter(|field| field.def.required && after[field.ix.index()].is_null())
        .map(|field| field.name().to_owned())
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(Error::new(ErrorCode::RequiredFieldMissing, format!("Required fields are missing: [{}]", missing.join(", ")))
        .with_fields(missing))
}

/// References that changed must point to records that the asker may point them to: one look per field for all rows.
pub(super) fn check_references(
    tx: &mut WriteTx<'_>,
    object: &ObjectSchema,
    rows: &[Row],
    outcome: &mut Outcome,
) -> Result<()> {
    for field in object.fields.iter().filter(|field| !field.targets.is_empty() && field.is_writable()) {
        let pointed: Vec<(usize, RecordId)> = rows
            .iter()
            .filter(|row| row.given.contains(&field.ix))
            .filter(|row| {
                row.before.as_ref().is_none_or(|before| before[field.ix.index()] != row.after[field.ix.index()])
            })
            .filter_map(|row| Some((row.at, row.after[field.ix.index()].as_id()?)))
            .collect();
        let (Some(first), ids) = (pointed.first(), pointed.iter().map(|(_, id)| *id).collect::<HashSet<_>>()) else {
            continue;
        };
        let write = rows.iter().find(|row| row.at == first.0).map(|row| row.write.clone());
        let Some(write) = write else { continue };
        let refused = tx.refused_references(&write, field.ix, &ids.into_iter().collect::<Vec<_>>())?;
        for (at, id) in pointed {
            if refused.contains(&id) {
                outcome.fail(at, bad_reference(field, id));
            }
        }
    }
    Ok(())
}

fn bad_reference(field: &FieldSchema, id: RecordId) -> Error {
    Error::new(ErrorCode::InvalidCrossReferenceKey, format!("{}: invalid cross reference id {id}", field.label()))
        .with_field(field.name())
}

/// Unique fields that changed: nobody else holds the value, neither in the org nor in the batch.
pub(super) fn check_unique(
    tx: &mut WriteTx<'_>,
    object: &ObjectSchema,
    rows: &[Row],
    outcome: &mut Outcome,
) -> Result<()> {
    for field in object.fields.iter().filter(|field| field.def.unique) {
        let mut seen: HashMap<String, usize> = HashMap::new();
        for row in rows {
            let value = &row.after[field.ix.index()];
            let unchanged = row.before.as_ref().is_some_and(|before| before[field.ix.index()] == *value);
            if value.is_null() || unchanged {
                continue;
            }
            let key = if field.def.case_sensitive { value.to_plain() } else { model::text::fold(&value.to_plain()) };
            let holder = match seen.insert(key, row.at) {
                Some(_) => Some(None),
                None => tx
                    .holder_of(&row.write, field.ix, value)?
                    .filter(|(id, _)| Some(*id) != row.id)
                    .map(|(id, readable)| readable.then_some(id)),
            };
            if let Some(holder) = holder {
                let shown = holder.map_or_else(|| "<unknown>".to_owned(), |id| id.to_string());
                outcome.fail(
                    row.at,
                    Error::new(
                        ErrorCode::DuplicateValue,
                        format!("duplicate value found: {} duplicates value on record with id: {shown}", field.name()),
                    )
                    .with_field(field.name()),
                );
            }
        }
    }
    Ok(())
}

/// Fields that changed between two images, those the platform stamps on every write left out.
pub(super) fn changed_fields(object: &ObjectSchema, before: Option<&[Value]>, after: &[Value]) -> Vec<FieldIx> {
    object
        .fields
        .iter()
        .filter(|field| !field.column.is_empty() && !is_stamp(field.name()))
        .filter(|field| match before {
            Some(before) => before[field.ix.index()] != after[field.ix.index()],
            None => !after[field.ix.index()].is_null() && after[field.ix.index()] != Value::Bool(false),
        })
        .map(|field| field.ix)
        .collect()
}

fn is_stamp(name: &str) -> bool {
    matches!(
        name,
        "Id" | "IsDeleted" | "CreatedDate" | "CreatedById" | "LastModifiedDate" | "LastModifiedById" | "SystemModstamp"
    )
}

/// Writes what happened to a row into the audit log and the field history.
pub(super) fn record_change(
    tx: &mut WriteTx<'_>,
    action: &str,
    object: &ObjectSchema,
    row: &Row,
    id: RecordId,
) -> Result<()> {
    let changed = changed_fields(object, row.before.as_deref(), &row.after);
    let mut detail = serde_json::Map::with_capacity(changed.len());
    for ix in &changed {
        let old = row.before.as_ref().map(|before| before[ix.index()].to_plain()).unwrap_or_default();
        let new = row.after[ix.index()].to_plain();
        detail.insert(object.field(*ix).name().to_owned(), serde_json::json!([old, new]));
    }
    let entry = AuditEntry {
        action,
        object: object.name(),
        record: Some(id),
        detail: serde_json::Value::Object(detail).to_string(),
    };
    let identity = row.write.identity().clone();
    tx.audit(&identity, &entry)?;
    if let Some(before) = &row.before {
        let history: Vec<_> = changed
            .iter()
            .filter(|ix| object.field(**ix).def.tracked)
            .map(|ix| {
                let name = object.field(*ix).name().to_owned();
                (name, before[ix.index()].to_plain(), row.after[ix.index()].to_plain())
            })
            .collect();
        tx.history_put(&identity, object.name(), id, &history)?;
    }
    Ok(())
}

/// Sets a field by name when the object has it.
pub(super) fn set(object: &ObjectSchema, after: &mut [Value], name: &str, value: Value) {
    if let Some(field) = object.find_field(name) {
        after[field.ix.index()] = value;
    }
}
