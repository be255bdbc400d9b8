//! What changed of records, for programs that follow an org. Changes come from the audit log, whose numbers are the order of
//! commits, so that following costs a save nothing and nothing that was saved can be missing. Whether one may see a
//! change is asked when it is told, of the record as it then is; so are its values.

use crate::ctx::Ctx;
use crate::query::QueryOptions;
use model::{Error, ErrorCode, FieldSchema, FieldType, Instant, ObjectSchema, RecordId, Result};
use policy::{Access, AuthorizedPlan, Level};
use std::collections::{BTreeMap, HashMap};
use store::{AuditRow, RecordRow};

/// How far back one may begin.
const KEPT_MS: i64 = 3 * 24 * 3_600_000;
/// Rows of the log that one look goes through, whether or not they are of changes that are asked for.
const WINDOW: u32 = 1_000;
/// Records that are read together, and the bytes of values after which no more are.
const TOGETHER: usize = 25;
const MOST_BYTES: usize = 4 * 1024 * 1024;

/// Where to begin to follow, or to go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replay {
    /// What comes from now on.
    New,
    /// All that is kept.
    Kept,
    /// What came after a change.
    After(u64),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeType {
    Create,
    Update,
    Delete,
    Undelete,
}

impl ChangeType {
    pub const ALL: [Self; 4] = [Self::Create, Self::Update, Self::Delete, Self::Undelete];

    pub const fn as_str(self) -> &'static str {
        match self {
            ChangeType::Create => "CREATE",
            ChangeType::Update => "UPDATE",
            ChangeType::Delete => "DELETE",
            ChangeType::Undelete => "UNDELETE",
        }
    }

    fn of(row: &AuditRow) -> Option<Self> {
        match row.action.as_str() {
            // What the platform derives has each field with its value before and after, or is a new record.
            "record_derive" if row.detail.contains("[\"") => Some(ChangeType::Update),
            "record_derive" => Some(ChangeType::Create),
            "record_create" => Some(ChangeType::Create),
            "record_update" => Some(ChangeType::Update),
            "record_delete" => Some(ChangeType::Delete),
            "record_undelete" => Some(ChangeType::Undelete),
            _ => None,
        }
    }
}

/// One change of one record.
#[derive(Debug, Clone)]
pub struct Change {
    /// Goes up with every change of the org.
    pub replay: u64,
    pub at: Instant,
    pub kind: ChangeType,
    pub object: String,
    pub record: RecordId,
    /// Who made it; none where the platform did.
    pub by: Option<RecordId>,
    /// The fields that an update changed, as far as the asker may read them.
    pub fields: Vec<String>,
}

/// Some changes in their order, with the records as they are now.
pub struct Changes {
    pub told: Vec<Change>,
    /// All up to this one was looked at.
    pub up_to: u64,
    /// Whether there may be more already.
    pub has_more: bool,
    plans: HashMap<String, AuthorizedPlan>,
    rows: HashMap<RecordId, RecordRow>,
}

impl Changes {
    /// A changed record with the plan that read it.
    pub fn record(&self, change: &Change) -> Option<(&AuthorizedPlan, &RecordRow)> {
        Some((self.plans.get(&change.object)?, self.rows.get(&change.record)?))
    }
}

impl Ctx {
    /// The number of the change after which to go on.
    ///
    /// # Errors
    /// `INVALID_REPLICATION_DATE` for a change that the org has not come to, or that is no longer kept.
    pub fn changes_begin(&self, replay: Replay) -> Result<u64> {
        let since = self.now().plus_ms(-KEPT_MS);
        let (newest, kept) = self.org.store.read(|tx| Ok((tx.audit_newest()?, tx.audit_first_since(since)?)))?;
        match replay {
            Replay::New => Ok(newest),
            Replay::Kept => Ok(kept.saturating_sub(1)),
            Replay::After(seq) if (kept.saturating_sub(1)..=newest).contains(&seq) => Ok(seq),
            Replay::After(seq) => Err(Error::new(
                ErrorCode::InvalidReplicationDate,
                format!(
                    "The replay id {seq} is none of the last three days, which are from {} to {newest}. Begin with -2 for all \
                     that is kept, or -1 for what comes.",
                    kept.saturating_sub(1)
                ),
            )),
        }
    }

    /// Whether the changes of these objects are told to the asker.
    ///
    /// # Errors
    /// As [`Ctx::changes_after`].
    pub fn changes_followable(&self, objects: &[String]) -> Result<()> {
        self.followed(objects).map(|_| ())
    }

    /// Changes after one, of the given objects or of all that one may follow: a window of the log.
    ///
    /// # Errors
    /// `NOT_FOUND` for an object that one may not read; `INVALID_TYPE` for one whose changes are not told.
    pub fn changes_after(&self, after: u64, objects: &[String]) -> Result<Changes> {
        let wanted = self.followed(objects)?;
        let window = self.org.store.read(|tx| tx.audit_after(after, WINDOW))?;
        let up_to = window.last().map_or(after, |row| row.seq);
        let has_more = window.len() == WINDOW as usize;
        let changes: Vec<(&ObjectSchema, ChangeType, AuditRow)> = window
            .into_iter()
            .filter_map(|row| {
                // By the record, whose prefix stays: the log names the object as it was called then.
                let object = self.schema.find_by_prefix(row.record?.prefix())?;
                let object = *wanted.get(object.name())?;
                Some((object, ChangeType::of(&row)?, row))
            })
            .collect();
        let mut found = Changes { told: Vec::new(), up_to, has_more, plans: HashMap::new(), rows: HashMap::new() };
        let mut bytes = 0;
        for changes in changes.chunks(TOGETHER) {
            if bytes >= MOST_BYTES {
                // The rest is for the next look.
                found.up_to = changes[0].2.seq - 1;
                found.has_more = true;
                break;
            }
            self.look_up(changes, &mut found)?;
            self.tell(changes, &mut found);
            let told = changes.iter().filter_map(|(_, _, row)| found.rows.get(&row.record?));
            bytes += told.map(size).sum::<usize>();
        }
        Ok(found)
    }

    fn tell(&self, changes: &[(&ObjectSchema, ChangeType, AuditRow)], found: &mut Changes) {
        for (object, kind, row) in changes {
            let (object, kind) = (*object, *kind);
            let Some(record) = row.record else { continue };
            let is_told = found.rows.contains_key(&record) || (kind == ChangeType::Delete && self.sees_all(object));
            if !is_told {
                continue;
            }
            let fields = if kind == ChangeType::Update { self.changed_fields(object, &row.detail) } else { Vec::new() };
            let by = RecordId::parse(&row.actor).ok();
            let (replay, at, object) = (row.seq, row.at, object.name().to_owned());
            found.told.push(Change { replay, at, kind, object, record, by, fields });
        }
    }

    /// Whether no record of an object can be hidden from the asker. Only then is the end told of one that is gone for good,
    /// since nothing is left of it to judge.
    fn sees_all(&self, object: &ObjectSchema) -> bool {
        matches!(policy::record_access(self.identity(), &self.schema, object.ix, Level::Read), Access::Everything)
    }

    /// The objects whose changes are told, by name.
    fn followed(&self, names: &[String]) -> Result<BTreeMap<&str, &ObjectSchema>> {
        let tells = |object: &ObjectSchema| {
            let is_derived = object.def.computed || object.is_view() || object.is_about_a_record();
            !is_derived && !policy::is_setup(object.name())
        };
        if names.is_empty() {
            let all = self.readable_objects().filter(|object| tells(object));
            return Ok(all.map(|object| (object.name(), object)).collect());
        }
        let mut wanted = BTreeMap::new();
        for name in names {
            let object = self.object(name)?;
            if !tells(object) {
                let message = format!("Changes of {} are not told.", object.name());
                return Err(Error::new(ErrorCode::InvalidType, message));
            }
            wanted.insert(object.name(), object);
        }
        Ok(wanted)
    }

    /// Reads the records that changed as the asker sees them, those in the recycle bin too.
    fn look_up(&self, changes: &[(&ObjectSchema, ChangeType, AuditRow)], found: &mut Changes) -> Result<()> {
        let mut by_object: BTreeMap<&str, (&ObjectSchema, Vec<RecordId>)> = BTreeMap::new();
        for (object, _, row) in changes {
            by_object.entry(object.name()).or_insert_with(|| (object, Vec::new())).1.extend(row.record);
        }
        for (name, (object, mut ids)) in by_object {
            ids.sort_unstable();
            ids.dedup();
            ids.retain(|id| !found.rows.contains_key(id));
            if ids.is_empty() {
                continue;
            }
            let fields: Vec<&str> = self.told_fields(object).map(FieldSchema::name).collect();
            let ids: Vec<String> = ids.iter().map(|id| format!("'{id}'")).collect();
            let text = format!("SELECT {} FROM {name} WHERE Id IN ({})", fields.join(", "), ids.join(", "));
            let options = QueryOptions { with_deleted: true, ..QueryOptions::default() };
            let (plan, rows) = self.query_all_rows(&text, options)?;
            found.rows.extend(rows.into_iter().map(|row| (row.id, row)));
            found.plans.insert(name.to_owned(), plan);
        }
        Ok(())
    }

    /// The fields that a change may tell: what is computed, and what a file holds, are asked for.
    fn told_fields<'a>(&'a self, object: &'a ObjectSchema) -> impl Iterator<Item = &'a FieldSchema> {
        object.fields.iter().filter(|field| {
            field.data_type().is_stored()
                && *field.data_type() != FieldType::Base64
                && self.can_read_field(object.ix, field.ix)
        })
    }

    fn changed_fields(&self, object: &ObjectSchema, detail: &str) -> Vec<String> {
        let changed: serde_json::Map<String, serde_json::Value> = serde_json::from_str(detail).unwrap_or_default();
        let stamps = ["LastModifiedDate", "LastModifiedById"];
        self.told_fields(object)
            .map(FieldSchema::name)
            .filter(|name| stamps.contains(name) || changed.contains_key(*name))
            .map(str::to_owned)
            .collect()
    }
}

/// About how many bytes the values of a record take.
fn size(row: &RecordRow) -> usize {
    row.cells.iter().map(|cell| 32 + cell.value().as_text().map_or(0, str::len)).sum()
}
