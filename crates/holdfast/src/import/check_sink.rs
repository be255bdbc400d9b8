//! The sink of a dry run: reads the org, keeps what would be written beside it, writes nothing.

use super::mapping::{Existing, Missing};
use super::sink::{Batch, JournalKey, Match, RecordSink, RowOutcome, no_record_with_key};
use model::schema::{FieldDef, ObjectDef};
use model::{OrgSchema, RecordId, Result, Value, text};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// Lets later rows find what earlier rows would have made. Validation rules and triggers of the org are not run.
pub(super) struct CheckSink<'a> {
    org: &'a mut dyn RecordSink,
    /// The org's metadata with the custom objects and fields that the import would create.
    schema: Arc<OrgSchema>,
    /// The fields that keys and lookups ask for, in lower case: object, field → folded text → records.
    watched: BTreeMap<(String, String), HashMap<String, Vec<(RecordId, String)>>>,
    made: u64,
}

impl<'a> CheckSink<'a> {
    pub(super) fn new(
        org: &'a mut dyn RecordSink,
        schema: Arc<OrgSchema>,
        watched: impl IntoIterator<Item = (String, String)>,
    ) -> Self {
        let lower = |(object, field): (String, String)| (object.to_ascii_lowercase(), field.to_ascii_lowercase());
        let watched = watched.into_iter().map(|place| (lower(place), HashMap::new())).collect();
        Self { org, schema, watched, made: 0 }
    }

    fn org_has(&self, object: &str, field: &str) -> bool {
        self.org.schema().find_object(object).is_some_and(|object| object.find_field(field).is_some())
    }

    fn pretend_id(&mut self, object: &str) -> Result<RecordId> {
        let object = self.schema.find_object(object).ok_or_else(model::Error::not_found)?;
        self.made += 1;
        // Counted down from the end, where no org has come to.
        Ok(RecordId::new(object.key_prefix(), RecordId::MAX_SEQUENCE - self.made))
    }

    fn keep(&mut self, object: &str, values: &[(String, Value)], id: RecordId) {
        for (field, value) in values {
            let place = (object.to_ascii_lowercase(), field.to_ascii_lowercase());
            if let Some(known) = self.watched.get_mut(&place)
                && !value.is_null()
            {
                let spelled = value.to_plain();
                let records = known.entry(text::fold(&spelled)).or_default();
                if !records.iter().any(|(known, _)| *known == id) {
                    records.push((id, spelled));
                }
            }
        }
    }
}

impl RecordSink for CheckSink<'_> {
    fn schema(&self) -> Arc<OrgSchema> {
        Arc::clone(&self.schema)
    }

    fn ensure_object(&mut self, _: &ObjectDef) -> Result<()> {
        Ok(())
    }

    fn ensure_field(&mut self, _: &str, _: &FieldDef) -> Result<()> {
        Ok(())
    }

    fn find(&mut self, object: &str, field: &str, values: &[Value]) -> Result<Vec<Match>> {
        let mut found = if self.org_has(object, field) {
            self.org.find(object, field, values)?
        } else {
            vec![Match::None; values.len()]
        };
        let place = (object.to_ascii_lowercase(), field.to_ascii_lowercase());
        if let Some(known) = self.watched.get(&place) {
            for (found, value) in found.iter_mut().zip(values) {
                for (id, _) in known.get(&text::fold(&value.to_plain())).into_iter().flatten() {
                    *found = match *found {
                        Match::None => Match::One(*id),
                        Match::One(other) if other == *id => *found,
                        Match::One(_) | Match::Several => Match::Several,
                    };
                }
            }
        }
        Ok(found)
    }

    fn scan(&mut self, object: &str, field: &str, visit: &mut dyn FnMut(&Value, RecordId)) -> Result<()> {
        if self.org_has(object, field) {
            self.org.scan(object, field, visit)?;
        }
        let place = (object.to_ascii_lowercase(), field.to_ascii_lowercase());
        for (id, spelled) in self.watched.get(&place).into_iter().flat_map(|known| known.values().flatten()) {
            visit(&Value::Text(spelled.clone()), *id);
        }
        Ok(())
    }

    fn write(&mut self, batch: &Batch<'_>) -> Result<Vec<Result<RowOutcome>>> {
        let mut out = Vec::with_capacity(batch.rows.len());
        for row in batch.rows {
            let found = match (batch.key_field, &row.key) {
                (Some(field), Some(key)) => self.find(batch.object, field, std::slice::from_ref(key))?.first().copied(),
                _ => None,
            };
            let outcome = match (found.unwrap_or(Match::None), batch.key_field.zip(row.key.as_ref())) {
                (Match::One(id), _) if batch.existing == Existing::Keep => RowOutcome::Unchanged(id),
                (Match::One(id), _) => RowOutcome::Updated(id),
                (Match::Several, Some((field, key))) => {
                    let message = format!("more than one {} has {field} {:?}", batch.object, key.to_plain());
                    out.push(Err(model::Error::new(model::ErrorCode::DuplicateExternalId, message).with_field(field)));
                    continue;
                }
                (_, Some((field, key))) if batch.missing == Missing::Refuse => {
                    out.push(Err(no_record_with_key(batch.object, field, key)));
                    continue;
                }
                _ => RowOutcome::Created(self.pretend_id(batch.object)?),
            };
            if !matches!(outcome, RowOutcome::Unchanged(_)) {
                self.keep(batch.object, &row.values, outcome.id());
            }
            out.push(Ok(outcome));
        }
        Ok(out)
    }

    fn done_rows(&mut self, journal: &JournalKey) -> Result<BTreeSet<u64>> {
        self.org.done_rows(journal)
    }

    fn begin_file(&mut self, _: &str) -> Result<()> {
        Ok(())
    }

    fn commit_file(&mut self) -> Result<()> {
        Ok(())
    }

    fn rollback_file(&mut self) -> Result<()> {
        Ok(())
    }
}
