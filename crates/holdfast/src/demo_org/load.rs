//! Writing a generated world into an org: batch by batch, references resolved, dates as they were.

use super::Watch;
use crate::demo::{DemoKey, DemoRecord, DemoValue, DemoWorld};
use model::{Error, Instant, ObjectSchema, RecordId, Result, Value};
use platform::provision::{self, LOADING};
use platform::{Ctx, RecordDraft};
use std::collections::HashMap;
use std::fmt;

/// The most rows of one transaction.
const BATCH: usize = 200;

/// Where each record of the world went.
pub struct Loaded {
    ids: HashMap<DemoKey, RecordId>,
}

impl Loaded {
    /// The record's id in the org.
    pub fn id(&self, key: DemoKey) -> Option<RecordId> {
        self.ids.get(&key).copied()
    }
}

/// A record of the world that the org did not take.
#[derive(Debug)]
pub struct LoadError {
    object: &'static str,
    at: u32,
    cause: Error,
}

impl LoadError {
    fn at(record: &DemoRecord, cause: Error) -> Self {
        Self { object: record.object, at: record.key.0, cause }
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "record {} of the demo, a {}: {}", self.at, self.object, self.cause)
    }
}

impl std::error::Error for LoadError {}

impl From<LoadError> for crate::cli::Failure {
    fn from(error: LoadError) -> Self {
        Self::new(format!("The demo could not be loaded: {error}"))
    }
}

/// The person who administers the org.
pub(super) fn administrator(world: &DemoWorld) -> Result<&DemoRecord> {
    let profile =
        world.of("Profile").find(|profile| profile.text("Name") == provision::ADMINISTRATOR).map(|profile| profile.key);
    world
        .of("User")
        .find(|user| profile.is_some() && user.reference("ProfileId") == profile)
        .ok_or_else(|| Error::internal("the demo's world has no administrator"))
}

impl DemoRecord {
    /// The text of a field; nothing when it has none.
    pub fn text(&self, field: &str) -> String {
        self.value(field).map(Value::to_plain).unwrap_or_default()
    }
}

/// Writes every record that the org lacks. Profiles, the standard price book and the administrator are there already:
/// they are found, and the administrator is completed.
///
/// # Errors
/// The first record that the org refuses.
pub fn load(
    ctx: &Ctx,
    world: &DemoWorld,
    admin: RecordId,
    watch: &mut dyn Watch,
) -> std::result::Result<Loaded, LoadError> {
    let administrator = administrator(world).map_err(|cause| LoadError { object: "User", at: 0, cause })?.key;
    let ids = HashMap::with_capacity(world.records.len());
    let mut load = Load { ctx, admin, administrator, ids, waiting: Vec::with_capacity(BATCH) };
    for run in world.records.chunk_by(|one, next| one.object == next.object) {
        watch.begins(run[0].object, run.len() as u64);
        for record in run {
            load.record(record, watch).map_err(|cause| LoadError::at(record, cause))?;
        }
        load.flush(watch).map_err(|cause| LoadError::at(&run[run.len() - 1], cause))?;
    }
    Ok(Loaded { ids: load.ids })
}

struct Load<'a> {
    ctx: &'a Ctx,
    admin: RecordId,
    /// Who `admin` is in the world.
    administrator: DemoKey,
    ids: HashMap<DemoKey, RecordId>,
    waiting: Vec<&'a DemoRecord>,
}

impl<'a> Load<'a> {
    fn record(&mut self, record: &'a DemoRecord, watch: &mut dyn Watch) -> Result<()> {
        if let Some(id) = self.known(record)? {
            self.ids.insert(record.key, id);
        } else if record.key == self.administrator {
            self.flush(watch)?;
            self.complete(record)?;
        } else {
            return self.add(record, watch);
        }
        watch.advanced(1);
        Ok(())
    }

    /// A record that every org has.
    fn known(&self, record: &DemoRecord) -> Result<Option<RecordId>> {
        let standard_book = record.object == "Pricebook2" && record.value("IsStandard") == Some(&Value::Bool(true));
        if record.object == "Profile" {
            return provision::by_name(self.ctx, "Profile", &record.text("Name")).map(Some);
        }
        if standard_book {
            return provision::by_name(self.ctx, "Pricebook2", "Standard Price Book").map(Some);
        }
        Ok(None)
    }

    fn add(&mut self, record: &'a DemoRecord, watch: &mut dyn Watch) -> Result<()> {
        let refers_to_waiting = record.values.iter().any(
            |(_, value)| matches!(value, DemoValue::Ref(key) if self.waiting.iter().any(|waiting| waiting.key == *key)),
        );
        if refers_to_waiting || self.waiting.len() == BATCH {
            self.flush(watch)?;
        }
        self.waiting.push(record);
        Ok(())
    }

    fn flush(&mut self, watch: &mut dyn Watch) -> Result<()> {
        let Some(object) = self.waiting.first().map(|record| record.object) else { return Ok(()) };
        let schema = self.ctx.object(object)?;
        let drafts = self.waiting.iter().map(|record| self.draft(schema, record)).collect::<Result<Vec<_>>>()?;
        let results = self.ctx.records_create(object, drafts, LOADING)?;
        watch.advanced(self.waiting.len() as u64);
        // In a batch that must be whole, the rows that only fell with another say nothing of use.
        if let Some(error) = results
            .iter()
            .flat_map(|result| &result.errors)
            .min_by_key(|error| error.code == model::ErrorCode::AllOrNoneOperationRolledBack)
        {
            return Err(error.clone().into());
        }
        for (record, result) in self.waiting.drain(..).zip(results) {
            self.ids.insert(record.key, result.into_id()?);
        }
        Ok(())
    }

    fn draft(&self, object: &ObjectSchema, record: &DemoRecord) -> Result<RecordDraft> {
        let mut draft = self.own_values(object, record)?;
        let owner = record.reference("OwnerId").and_then(|key| self.ids.get(&key).copied());
        let by = owner.unwrap_or(self.admin);
        draft = draft.set(object, "CreatedById", by)?.set(object, "LastModifiedById", by)?;
        if let Some(created) = record.created {
            let modified = latest(record).map_or(created, |moment| moment.max(created));
            draft = draft.set(object, "CreatedDate", created)?.set(object, "LastModifiedDate", modified)?;
        }
        Ok(draft)
    }

    fn own_values(&self, object: &ObjectSchema, record: &DemoRecord) -> Result<RecordDraft> {
        let mut draft = RecordDraft::new();
        for (field, value) in &record.values {
            let value = match value {
                DemoValue::Value(value) => value.clone(),
                DemoValue::Ref(key) => Value::Id(
                    *self
                        .ids
                        .get(key)
                        .ok_or_else(|| Error::internal(format!("{field} refers to a record that is not there yet")))?,
                ),
            };
            draft = draft.set(object, field, value)?;
        }
        Ok(draft)
    }

    /// Gives the administrator, whom the org was made with, what else the world knows of them.
    fn complete(&mut self, record: &DemoRecord) -> Result<()> {
        let object = self.ctx.object(record.object)?;
        let mut draft = self.own_values(object, record)?;
        draft.id = Some(self.admin);
        let result = self.ctx.records_update(record.object, vec![draft], LOADING)?.into_iter().next();
        result.ok_or_else(|| Error::internal("no result"))?.into_id()?;
        self.ids.insert(record.key, self.admin);
        Ok(())
    }
}

/// The last thing that happened to a record according to its own moments.
fn latest(record: &DemoRecord) -> Option<Instant> {
    const HAPPENED: [&str; 4] = ["ClosedDate", "CompletedDateTime", "ConvertedDate", "LastStageChangeDate"];
    record
        .values
        .iter()
        .filter(|(field, _)| HAPPENED.contains(field))
        .filter_map(|(_, value)| match value {
            DemoValue::Value(value) => value.as_instant(),
            DemoValue::Ref(_) => None,
        })
        .max()
}
