//! Which roll-ups a write of details touches. Every change of a row passes here, whatever it comes from, so that none
//! can forget a master: a transaction that leaves one unsettled does not commit.

use crate::driver::{Dialect, Param, collect};
use crate::emit::SqlText;
use crate::org::WriteTx;
use crate::read::id_column;
use crate::schemas::Schemas;
use model::schema::RollUp;
use model::{Error, ErrorCode, FieldIx, FieldType, ObjectIx, ObjectSchema, OrgSchema, RecordId, Result};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// One roll-up, seen from the object whose records it sums up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RollUpPlace {
    pub child: ObjectIx,
    /// The master field of the child.
    pub reference: FieldIx,
    pub master: ObjectIx,
    /// The roll-up itself.
    pub field: FieldIx,
    /// Fields of the child that it depends on; `None` when a formula is among them, which may read any.
    relevant: Option<Vec<FieldIx>>,
}

/// The roll-ups of an org.
#[derive(Debug, Default)]
pub struct RollUps {
    by_child: HashMap<ObjectIx, Vec<RollUpPlace>>,
}

impl RollUps {
    /// The roll-ups over records of an object.
    pub fn over(&self, child: ObjectIx) -> &[RollUpPlace] {
        self.by_child.get(&child).map(Vec::as_slice).unwrap_or_default()
    }

    fn of(schema: &OrgSchema) -> Self {
        let mut by_child: HashMap<ObjectIx, Vec<RollUpPlace>> = HashMap::new();
        for object in schema.objects() {
            for field in &object.fields {
                let FieldType::RollUp(roll_up) = field.data_type() else { continue };
                let Some(child) = schema.find_object(&roll_up.child) else { continue };
                let Some(reference) = child.find_field(&roll_up.master) else { continue };
                by_child.entry(child.ix).or_default().push(RollUpPlace {
                    child: child.ix,
                    reference: reference.ix,
                    master: object.ix,
                    field: field.ix,
                    relevant: relevant(child, roll_up),
                });
            }
        }
        Self { by_child }
    }
}

fn relevant(child: &ObjectSchema, roll_up: &RollUp) -> Option<Vec<FieldIx>> {
    let named = roll_up.field.iter().chain(roll_up.filter.iter().map(|filter| &filter.field));
    let mut fields = Vec::new();
    for field in named.filter_map(|name| child.find_field(name)) {
        if matches!(field.data_type(), FieldType::Formula { .. }) {
            return None;
        }
        fields.push(field.ix);
    }
    Some(fields)
}

/// The roll-ups of a version of the metadata.
pub fn roll_ups(schema: &OrgSchema) -> Arc<RollUps> {
    schema.derived(RollUps::of)
}

/// Masters whose details changed, by child object and master field.
pub type DueRollUps = BTreeMap<(ObjectIx, FieldIx), BTreeSet<RecordId>>;

/// What a transaction has yet to do for roll-ups.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pending {
    due: DueRollUps,
    /// Details were written under these metadata.
    written_under: Option<Arc<OrgSchema>>,
}

impl WriteTx<'_> {
    /// The masters whose details changed since this was last asked.
    pub fn take_due_roll_ups(&mut self) -> DueRollUps {
        std::mem::take(&mut self.pending.due)
    }

    /// Keeps all others from writing records of an object until this transaction ends.
    ///
    /// # Errors
    /// What the database reports.
    pub fn hold_object(&mut self, object: &ObjectSchema) -> Result<()> {
        match self.dialect() {
            // An embedded org has one writer anyway.
            Dialect::Sqlite => Ok(()),
            Dialect::Postgres => {
                self.connection().batch(&format!("LOCK TABLE \"{}\" IN SHARE ROW EXCLUSIVE MODE", object.table))
            }
        }
    }

    /// Notes records that are about to change, or were inserted, and of details the masters; `fields` are those that
    /// change, all when `None`, and `new_masters` gives the masters that they will have.
    pub(crate) fn note_change(
        &mut self,
        schema: &Arc<OrgSchema>,
        object: &ObjectSchema,
        fields: Option<&[FieldIx]>,
        ids: &[RecordId],
        new_masters: impl Fn(FieldIx) -> Vec<RecordId>,
    ) -> Result<()> {
        self.changed.insert(object.ix);
        if object.masters.is_empty() {
            return Ok(());
        }
        self.pending.written_under = Some(schema.clone());
        let roll_ups = roll_ups(schema);
        let touched: BTreeSet<FieldIx> = roll_ups
            .over(object.ix)
            .iter()
            .filter(|place| match (fields, &place.relevant) {
                (Some(fields), Some(relevant)) => {
                    fields.iter().any(|field| *field == place.reference || relevant.contains(field))
                }
                _ => true,
            })
            .map(|place| place.reference)
            .collect();
        for reference in touched {
            let mut masters = new_masters(reference);
            if !ids.is_empty() {
                masters.extend(self.masters_of(object, reference, ids)?);
            }
            self.pending.due.entry((object.ix, reference)).or_default().extend(masters);
        }
        Ok(())
    }

    fn masters_of(&mut self, object: &ObjectSchema, reference: FieldIx, ids: &[RecordId]) -> Result<Vec<RecordId>> {
        let column = &object.field(reference).column;
        let mut out = SqlText::new(self.dialect());
        out.push(&format!(
            "SELECT DISTINCT \"{column}\" FROM \"{}\" WHERE \"{column}\" IS NOT NULL AND \"Id\"",
            object.table
        ));
        out.bind_list(Param::Ints(ids.iter().map(|id| id.as_i64()).collect()));
        let statement = out.finish();
        collect(self.connection(), &statement.sql, &statement.params, |row| id_column(row, 0))
    }

    /// The last look before a commit.
    pub(crate) fn check_roll_ups(&mut self) -> Result<()> {
        if !self.pending.due.is_empty() {
            return Err(Error::internal("details were written and the roll-ups of their masters were not"));
        }
        let Some(schema) = self.pending.written_under.take() else { return Ok(()) };
        let version = self.setting("schema_version")?.and_then(|text| text.parse::<u64>().ok());
        if version == Some(schema.version()) {
            return Ok(());
        }
        // Somebody changed the metadata since. That matters only where it changed the roll-ups.
        let now = Schemas::default().load(self.connection())?;
        let same = now.objects().len() >= schema.objects().len()
            && schema
                .objects()
                .iter()
                .all(|object| roll_ups(&now).over(object.ix) == roll_ups(&schema).over(object.ix));
        if same {
            return Ok(());
        }
        Err(Error::new(
            ErrorCode::UnableToLockRow,
            "A roll-up summary field was changed while this was being saved. Nothing was saved; try again.",
        ))
    }
}
