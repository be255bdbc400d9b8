//! An org in memory: upserts by key, unique and required fields, a journal, transactions by copy, faults on demand.

use crate::import::mapping::{Existing, Missing};
use crate::import::sink::{Batch, JournalKey, Match, RecordSink, RowOutcome, RowWrite, no_record_with_key};
use model::schema::{FieldDef, ObjectDef};
use model::{Error, ErrorCode, OrgSchema, RecordId, Result, Value, text};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

#[derive(Clone, Debug, Default)]
pub(super) struct Record {
    pub(super) id: Option<RecordId>,
    pub(super) values: BTreeMap<String, Value>,
}

impl Record {
    pub(super) fn text(&self, field: &str) -> String {
        self.values.get(field).map(Value::to_plain).unwrap_or_default()
    }

    pub(super) fn reference(&self, field: &str) -> Option<RecordId> {
        self.values.get(field).and_then(Value::as_id)
    }
}

#[derive(Clone, Default)]
struct Tables {
    records: BTreeMap<String, Vec<Record>>,
    /// Object, field → folded text → places, kept for every field.
    index: HashMap<(String, String), HashMap<String, Vec<usize>>>,
    journal: BTreeMap<JournalKey, BTreeSet<u64>>,
}

pub(super) struct MemorySink {
    schema: Arc<OrgSchema>,
    tables: Tables,
    saved: Option<Tables>,
    /// Batches written.
    pub(super) writes: u32,
    /// The connection breaks at this batch.
    pub(super) fail_at: Option<u32>,
    /// Rows with this value are refused, as by a validation rule.
    pub(super) unwanted: Option<Value>,
}

impl MemorySink {
    /// A new org: the standard objects, one profile, the standard price book.
    pub(super) fn standard() -> Self {
        let mut sink = Self::with(platform::standard::objects());
        sink.insert("Profile", vec![("Name".to_owned(), "Standard User".into())]);
        sink.insert("Pricebook2", vec![("Name".to_owned(), "Standard".into()), ("IsStandard".to_owned(), true.into())]);
        sink
    }

    pub(super) fn with(objects: Vec<ObjectDef>) -> Self {
        let schema = Arc::new(OrgSchema::build(1, objects).expect("sound objects"));
        Self { schema, tables: Tables::default(), saved: None, writes: 0, fail_at: None, unwanted: None }
    }

    pub(super) fn records(&self, object: &str) -> &[Record] {
        self.tables.records.get(object).map_or(&[], Vec::as_slice)
    }

    pub(super) fn one(&self, object: &str, field: &str, value: &str) -> &Record {
        let mut found = self.records(object).iter().filter(|record| record.text(field) == value);
        let first = found.next().expect("a record with this value");
        assert!(found.next().is_none(), "more than one {object} has {field} {value}");
        first
    }

    pub(super) fn by_id(&self, object: &str, id: RecordId) -> &Record {
        self.records(object).iter().find(|record| record.id == Some(id)).expect("a record with this id")
    }

    pub(super) fn insert(&mut self, object: &str, values: Vec<(String, Value)>) -> RecordId {
        let prefix = self.schema.find_object(object).expect("a known object").key_prefix();
        let at = self.records(object).len();
        let id = RecordId::new(prefix, at as u64 + 1);
        let record = Record { id: Some(id), values: BTreeMap::new() };
        self.tables.records.entry(object.to_owned()).or_default().push(record);
        self.set(object, at, values);
        id
    }

    fn set(&mut self, object: &str, at: usize, values: Vec<(String, Value)>) -> bool {
        let record = &mut self.tables.records.get_mut(object).expect("a known table")[at];
        let mut changed = false;
        for (field, value) in values {
            let before = record.values.insert(field.clone(), value.clone()).unwrap_or_default();
            if before == value {
                continue;
            }
            changed = true;
            let index = self.tables.index.entry((object.to_owned(), field)).or_default();
            if let Some(places) = index.get_mut(&text::fold(&before.to_plain())) {
                places.retain(|place| *place != at);
            }
            index.entry(text::fold(&value.to_plain())).or_default().push(at);
        }
        changed
    }

    fn places(&self, object: &str, field: &str, value: &Value) -> &[usize] {
        let index = self.tables.index.get(&(object.to_owned(), field.to_owned()));
        index.and_then(|index| index.get(&text::fold(&value.to_plain()))).map_or(&[], Vec::as_slice)
    }

    fn write_row(&mut self, batch: &Batch<'_>, row: &RowWrite) -> Result<RowOutcome> {
        if let Some(unwanted) = &self.unwanted
            && let Some((field, _)) = row.values.iter().find(|(_, value)| value == unwanted)
        {
            let message = "this value is not wanted here";
            return Err(Error::new(ErrorCode::FieldCustomValidationException, message).with_field(field.clone()));
        }
        let key = batch.key_field.zip(row.key.as_ref());
        let found = key.map_or(&[][..], |(field, key)| self.places(batch.object, field, key)).first().copied();
        let schema = Arc::clone(&self.schema);
        let object = schema.find_object(batch.object).expect("a known object");
        for (name, value) in &row.values {
            let field = object.find_field(name).expect("a known field");
            let others = self.places(batch.object, name, value).iter().any(|place| Some(*place) != found);
            if field.def.unique && others {
                return Err(Error::new(ErrorCode::DuplicateValue, "another record has this value").with_field(name));
            }
        }
        match (found, key) {
            (Some(at), _) => {
                let id = self.records(batch.object)[at].id.expect("every record has an id");
                if batch.existing == Existing::Keep || !self.set(batch.object, at, row.values.clone()) {
                    return Ok(RowOutcome::Unchanged(id));
                }
                Ok(RowOutcome::Updated(id))
            }
            (None, Some((field, key))) if batch.missing == Missing::Refuse => {
                Err(no_record_with_key(batch.object, field, key))
            }
            (None, _) => Ok(RowOutcome::Created(self.insert(batch.object, row.values.clone()))),
        }
    }

    fn rebuild(&mut self, change: impl FnOnce(&mut Vec<ObjectDef>)) -> Result<()> {
        let mut defs: Vec<ObjectDef> = self.schema.defs().collect();
        change(&mut defs);
        self.schema = Arc::new(OrgSchema::build(self.schema.version() + 1, defs)?);
        Ok(())
    }
}

impl RecordSink for MemorySink {
    fn schema(&self) -> Arc<OrgSchema> {
        Arc::clone(&self.schema)
    }

    fn ensure_object(&mut self, object: &ObjectDef) -> Result<()> {
        self.rebuild(|defs| defs.push(object.clone()))
    }

    fn ensure_field(&mut self, object: &str, field: &FieldDef) -> Result<()> {
        self.rebuild(|defs| {
            if let Some(def) = defs.iter_mut().find(|def| def.name == object) {
                def.fields.push(field.clone());
            }
        })
    }

    fn find(&mut self, object: &str, field: &str, values: &[Value]) -> Result<Vec<Match>> {
        assert!(values.len() <= 200, "a search has 200 values at most");
        let table = self.records(object);
        Ok(values
            .iter()
            .map(|value| match self.places(object, field, value) {
                [] => Match::None,
                [at] => table[*at].id.map_or(Match::None, Match::One),
                _ => Match::Several,
            })
            .collect())
    }

    fn scan(&mut self, object: &str, field: &str, visit: &mut dyn FnMut(&Value, RecordId)) -> Result<()> {
        for record in self.records(object) {
            if let (Some(value), Some(id)) = (record.values.get(field), record.id) {
                visit(value, id);
            }
        }
        Ok(())
    }

    fn write(&mut self, batch: &Batch<'_>) -> Result<Vec<Result<RowOutcome>>> {
        assert!((1..=200).contains(&batch.rows.len()), "a batch has 1 to 200 rows");
        if self.fail_at == Some(self.writes) {
            return Err(Error::unavailable("The org does not answer", "fault on demand"));
        }
        self.writes += 1;
        let outcomes: Vec<_> = batch.rows.iter().map(|row| self.write_row(batch, row)).collect();
        let done = self.tables.journal.entry(batch.journal.clone()).or_default();
        done.extend(batch.rows.iter().zip(&outcomes).filter(|(_, outcome)| outcome.is_ok()).map(|(row, _)| row.row));
        Ok(outcomes)
    }

    fn done_rows(&mut self, journal: &JournalKey) -> Result<BTreeSet<u64>> {
        Ok(self.tables.journal.get(journal).cloned().unwrap_or_default())
    }

    fn begin_file(&mut self, _: &str) -> Result<()> {
        self.saved = Some(self.tables.clone());
        Ok(())
    }

    fn commit_file(&mut self) -> Result<()> {
        self.saved.take().map(|_| ()).ok_or_else(|| Error::internal("no file was begun"))
    }

    fn rollback_file(&mut self) -> Result<()> {
        self.tables = self.saved.take().ok_or_else(|| Error::internal("no file was begun"))?;
        Ok(())
    }
}
