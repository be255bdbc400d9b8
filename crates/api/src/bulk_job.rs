//! What both bulk interfaces tell of a job.

use model::Instant;
use platform::BulkJob;
use serde_json::{Map, Value as Json};

/// The fields that a job begins with; each interface writes instants in its own way.
pub(crate) fn beginning(job: &BulkJob, stamp: fn(Instant) -> String) -> Map<String, Json> {
    let terms = &job.terms;
    let mut out = Map::new();
    let mut put = |name: &str, value: Json| {
        out.insert(name.to_owned(), value);
    };
    put("id", job.id.to_string().into());
    put("operation", terms.operation.as_str().into());
    put("object", terms.object.clone().into());
    put("createdById", job.created_by.to_string().into());
    put("createdDate", stamp(job.created).into());
    put("systemModstamp", stamp(job.changed).into());
    put("state", job.state.as_str().into());
    if let Some(field) = &terms.external_id {
        put("externalIdFieldName", field.clone().into());
    }
    put("concurrencyMode", if job.serial { "Serial" } else { "Parallel" }.into());
    put("contentType", terms.format.as_str().into());
    out
}
