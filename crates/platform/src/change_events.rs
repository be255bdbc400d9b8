//! Changes as Change Data Capture tells them, for everything that tells changes to programs: a header, and what is told of
//! the record.

use crate::changes::{Change, ChangeType, Changes};
use crate::view;
use model::{Error, RecordId, Result};
use serde_json::{Map, Value as Json, json};
use std::collections::HashMap;
use std::collections::hash_map::Entry;

impl Changes {
    /// One event for each change. A record that changed several times is written down once.
    ///
    /// # Errors
    /// An internal error for a record that cannot be written down.
    pub fn events(&self, version: u16) -> Result<Vec<Json>> {
        let mut records: HashMap<RecordId, Map<String, Json>> = HashMap::new();
        let mut events = Vec::with_capacity(self.told.len());
        for change in &self.told {
            let record = match records.entry(change.record) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(place) => place.insert(fields(version, self, change)?),
            };
            events.push(event(change, record));
        }
        Ok(events)
    }
}

/// The fields of a changed record as they are now.
fn fields(version: u16, changes: &Changes, change: &Change) -> Result<Map<String, Json>> {
    let Some((plan, row)) = changes.record(change) else { return Ok(Map::new()) };
    let (mut text, plan) = (String::with_capacity(512), plan.plan());
    view::record(&mut text, &plan.schema, view::ApiBase { version }, &view::Shape::of(&plan.select), row);
    let mut record: Map<String, Json> = serde_json::from_str(&text).map_err(Error::internal)?;
    record.remove("attributes");
    Ok(record)
}

/// One change: a header, and what it tells of the record.
fn event(change: &Change, record: &Map<String, Json>) -> Json {
    let header = json!({
        "entityName": change.object,
        "recordIds": [change.record.to_string()],
        "changeType": change.kind.as_str(),
        "commitTimestamp": change.at.ms(),
        "commitNumber": change.replay,
        "commitUser": change.by.map(|user| user.to_string()),
        "changedFields": change.fields,
    });
    let is_told = |name: &str, value: &Json| match change.kind {
        ChangeType::Create | ChangeType::Undelete => !value.is_null(),
        ChangeType::Update => change.fields.iter().any(|field| field == name),
        ChangeType::Delete => false,
    };
    let mut payload = Map::new();
    payload.insert("ChangeEventHeader".to_owned(), header);
    let told = record.iter().filter(|(name, value)| is_told(name, value));
    payload.extend(told.map(|(name, value)| (name.clone(), value.clone())));
    json!({"payload": payload, "event": {"replayId": change.replay}})
}
