//! What a change leaves behind beside the row: an entry of the audit log, and the history of tracked fields.

use super::save::Row;
use model::{Error, FieldIx, FieldSchema, ObjectSchema, RecordId, Result, Value};
use policy::Identity;
use serde_json::Value as Json;
use store::{AuditEntry, HistoryChange, WriteTx};

/// Fields that are looked at when two images are compared: those with a column, without what every write stamps.
pub(super) struct Watched {
    fields: Vec<FieldIx>,
}

impl Watched {
    pub(super) fn of(object: &ObjectSchema) -> Self {
        let fields = object.fields.iter().filter(|field| !field.column.is_empty() && !is_stamp(field.name()));
        Self { fields: fields.map(|field| field.ix).collect() }
    }

    /// Fields that differ between two images; for a new record those that hold something.
    pub(super) fn changed(&self, before: Option<&[Value]>, after: &[Value]) -> Vec<FieldIx> {
        let differs = |ix: &&FieldIx| match before {
            Some(before) => before[ix.index()] != after[ix.index()],
            None => !after[ix.index()].is_null() && after[ix.index()] != Value::Bool(false),
        };
        self.fields.iter().filter(differs).copied().collect()
    }
}

fn is_stamp(name: &str) -> bool {
    matches!(
        name,
        "Id" | "IsDeleted" | "CreatedDate" | "CreatedById" | "LastModifiedDate" | "LastModifiedById" | "SystemModstamp"
    )
}

/// Old and new value of each field, as the log keeps them.
pub(crate) fn detail(object: &ObjectSchema, changed: &[FieldIx], before: Option<&[Value]>, after: &[Value]) -> String {
    let mut text = String::with_capacity(changed.len() * 32 + 2);
    for ix in changed {
        let field = object.field(*ix);
        let old = before.map(|before| audited(field, &before[ix.index()])).unwrap_or_default();
        let new = audited(field, &after[ix.index()]);
        let [old, new] = [old, new].map(|value| Json::String(value).to_string());
        text.push_str(if text.is_empty() { "{\"" } else { ",\"" });
        text.push_str(field.name());
        text.push_str("\":[");
        text.push_str(&old);
        text.push(',');
        text.push_str(&new);
        text.push(']');
    }
    text.push_str(if text.is_empty() { "{}" } else { "}" });
    text
}

/// A value as the audit log shows it: of a sealed one or a content, that it was there.
fn audited(field: &FieldSchema, value: &Value) -> String {
    match field.data_type() {
        _ if value.is_null() => String::new(),
        model::FieldType::Base64 => "(content)".to_owned(),
        _ => field.told(&value.to_plain()).to_owned(),
    }
}

/// The changes of tracked fields among those that changed.
pub(crate) fn tracked(
    object: &ObjectSchema,
    record: RecordId,
    changed: &[FieldIx],
    before: &[Value],
    after: &[Value],
) -> impl Iterator<Item = HistoryChange> {
    changed.iter().filter(|ix| object.field(**ix).def.tracked).map(move |ix| HistoryChange {
        record,
        field: object.field(*ix).name().to_owned(),
        old_value: kept(object.field(*ix), &before[ix.index()]),
        new_value: kept(object.field(*ix), &after[ix.index()]),
    })
}

/// Writes what happened to one field of records, with the value before and the one after, into the audit log and the
/// field history.
pub(crate) fn keep_field(
    tx: &mut WriteTx<'_>,
    identity: &Identity,
    object: &ObjectSchema,
    field: &FieldSchema,
    changes: &[(RecordId, Value, Value)],
) -> Result<()> {
    let told = |id: &RecordId, before: &Value, after: &Value| AuditEntry {
        action: "record_update",
        object: object.name(),
        record: Some(*id),
        detail: serde_json::json!({ field.name(): [audited(field, before), audited(field, after)] }).to_string(),
    };
    let entries: Vec<AuditEntry<'_>> = changes.iter().map(|(id, before, after)| told(id, before, after)).collect();
    tx.audit_all(identity, &entries)?;
    if !field.def.tracked {
        return Ok(());
    }
    let changed = |(record, before, after): &(RecordId, Value, Value)| HistoryChange {
        record: *record,
        field: field.name().to_owned(),
        old_value: kept(field, before),
        new_value: kept(field, after),
    };
    let history: Vec<HistoryChange> = changes.iter().map(changed).collect();
    tx.history_put(identity, object.name(), &history)
}

/// A value as the history keeps it: of encrypted text and of contents, that it changed and nothing else.
fn kept(field: &FieldSchema, value: &Value) -> String {
    let closed = field.data_type().mask().is_some() || *field.data_type() == model::FieldType::Base64;
    if closed { String::new() } else { value.to_plain() }
}

/// Writes what happened to rows into the audit log and the field history, in their order.
pub(super) fn keep(
    tx: &mut WriteTx<'_>,
    identity: &Identity,
    object: &ObjectSchema,
    watched: &Watched,
    rows: &[Row],
) -> Result<()> {
    let mut entries = Vec::with_capacity(rows.len());
    let mut history = Vec::new();
    for row in rows {
        let id = row.id.ok_or_else(|| Error::internal("a row without id"))?;
        let changed = watched.changed(row.before.as_deref(), &row.after);
        entries.push(AuditEntry {
            action: if row.before.is_none() { "record_create" } else { "record_update" },
            object: object.name(),
            record: Some(id),
            detail: detail(object, &changed, row.before.as_deref(), &row.after),
        });
        if let Some(before) = &row.before {
            history.extend(tracked(object, id, &changed, before, &row.after));
        }
    }
    tx.audit_all(identity, &entries)?;
    tx.history_put(identity, object.name(), &history)
}
