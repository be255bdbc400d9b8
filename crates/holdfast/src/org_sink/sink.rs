//! The sink itself: metadata, look-ups, batches, files as wholes.

use super::open_file::OpenFile;
use super::write::{OwnedBatch, literal, write_batch};
use crate::import::{Batch, JournalKey, Match, RecordSink, RowOutcome};
use model::schema::{FieldDef, ObjectDef};
use model::{Error, OrgSchema, RecordId, Result, Value};
use platform::{Ctx, Org, QueryOptions, RecordRow, Unit};
use sha2::{Digest, Sha256};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use store::Backed as _;

/// Writes into one org as one of its users.
pub struct OrgSink {
    org: Arc<Org>,
    user: RecordId,
    /// The file that must stand or fall as a whole, when there is one.
    open: Option<OpenFile>,
}

impl OrgSink {
    /// # Errors
    /// `INVALID_SESSION_ID` for a user that is not there or inactive.
    pub fn new(org: &Arc<Org>, user: RecordId) -> Result<Self> {
        Ctx::for_user(org, user)?;
        Ok(Self { org: org.clone(), user, open: None })
    }

    /// The user's rights as they are now: a change of them counts from the next batch.
    fn ctx(&self) -> Result<Ctx> {
        Ctx::for_user(&self.org, self.user)
    }

    /// Runs in the open file's transaction, or in one of its own.
    fn run<T: Send + 'static>(&self, work: impl FnOnce(&mut Unit<'_, '_>) -> Result<T> + Send + 'static) -> Result<T> {
        match &self.open {
            Some(open) => open.run(work),
            None => self.ctx()?.in_one_transaction(work),
        }
    }

    /// Rows as the open file's transaction sees them, or as everybody does.
    fn rows(&self, soql: String) -> Result<Vec<RecordRow>> {
        match &self.open {
            Some(open) => open.run(move |unit| unit.rows(&soql)),
            None => Ok(self.ctx()?.query_all_rows(&soql, QueryOptions::default())?.1),
        }
    }
}

impl RecordSink for OrgSink {
    fn schema(&self) -> Arc<OrgSchema> {
        self.org.schema()
    }

    fn ensure_object(&mut self, object: &ObjectDef) -> Result<()> {
        if self.org.schema().find_object(&object.name).is_some() {
            return Ok(());
        }
        self.ctx()?.objects_create(vec![object.clone()])
    }

    fn ensure_field(&mut self, object: &str, field: &FieldDef) -> Result<()> {
        let known = self.org.schema();
        if known.find_object(object).is_some_and(|object| object.find_field(&field.name).is_some()) {
            return Ok(());
        }
        self.ctx()?.fields_create(object, vec![field.clone()])
    }

    fn find(&mut self, object: &str, field: &str, values: &[Value]) -> Result<Vec<Match>> {
        let wanted: BTreeSet<String> = values.iter().filter(|value| !value.is_null()).map(literal).collect();
        if wanted.is_empty() {
            return Ok(vec![Match::None; values.len()]);
        }
        let condition = match values.iter().find(|value| !value.is_null()) {
            Some(Value::Bool(_)) => {
                wanted.iter().map(|value| format!("{field} = {value}")).collect::<Vec<_>>().join(" OR ")
            }
            _ => format!("{field} IN ({})", wanted.into_iter().collect::<Vec<_>>().join(", ")),
        };
        let rows = self.rows(format!("SELECT Id, {field} FROM {object} WHERE {condition}"))?;
        let schema = self.org.schema();
        let folds = folds(&schema, object, field);
        let mut found: HashMap<String, Match> = HashMap::new();
        for row in rows {
            let Some(cell) = row.cells.get(1) else { continue };
            let place = found.entry(compared(cell.value(), folds)).or_insert(Match::None);
            *place = if *place == Match::None { Match::One(row.id) } else { Match::Several };
        }
        Ok(values.iter().map(|value| found.get(&compared(value, folds)).copied().unwrap_or(Match::None)).collect())
    }

    fn scan(&mut self, object: &str, field: &str, visit: &mut dyn FnMut(&Value, RecordId)) -> Result<()> {
        for row in self.rows(format!("SELECT Id, {field} FROM {object}"))? {
            if let Some(cell) = row.cells.get(1).filter(|cell| !cell.value().is_null()) {
                visit(cell.value(), row.id);
            }
        }
        Ok(())
    }

    fn write(&mut self, batch: &Batch<'_>) -> Result<Vec<Result<RowOutcome>>> {
        let batch = OwnedBatch::of(batch, journal_name(batch.journal));
        let schema = self.org.schema();
        self.run(move |unit| write_batch(unit, &schema, &batch))
    }

    fn done_rows(&mut self, journal: &JournalKey) -> Result<BTreeSet<u64>> {
        let name = journal_name(journal);
        let rows = match &self.open {
            Some(open) => open.run(move |unit| unit.import_done(&name))?,
            None => self.org.store().read(|tx| tx.import_done(&name))?,
        };
        Ok(rows.into_iter().collect())
    }

    fn begin_file(&mut self, _file: &str) -> Result<()> {
        if self.open.is_some() {
            return Err(Error::internal("a file is begun inside another"));
        }
        self.open = Some(OpenFile::begin(self.ctx()?)?);
        Ok(())
    }

    fn commit_file(&mut self) -> Result<()> {
        self.open.take().ok_or_else(|| Error::internal("no file was begun"))?.commit()
    }

    fn rollback_file(&mut self) -> Result<()> {
        self.open.take().ok_or_else(|| Error::internal("no file was begun"))?.roll_back();
        Ok(())
    }
}

/// Whether the org compares the field's texts without regard to case.
pub(super) fn folds(schema: &OrgSchema, object: &str, field: &str) -> bool {
    let field = schema.find_object(object).and_then(|object| object.find_field(field));
    field.is_none_or(|field| !field.def.case_sensitive)
}

/// The form in which two values that the org takes for the same are equal.
pub(super) fn compared(value: &Value, folds: bool) -> String {
    match value {
        Value::Text(text) if folds => model::text::fold(text),
        other => other.to_plain(),
    }
}

/// One name for the marks of a step of a file under a mapping.
fn journal_name(key: &JournalKey) -> String {
    let mut hash = Sha256::new();
    for part in [&key.mapping_hash, &key.file_hash, &key.step] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().iter().fold(String::with_capacity(64), |mut out, byte| {
        out.push_str(&format!("{byte:02x}"));
        out
    })
}
