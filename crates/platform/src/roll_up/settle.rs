//! Bringing the summaries of touched masters up to date, inside the transaction that touched them.

use super::question::{question, summaries};
use super::{ROLL_UPS, of_nothing};
use crate::ctx::Ctx;
use crate::query::plan_for_identity;
use crate::record::{change_detail, tracked_changes, try_rules};
use model::schema::RollUp;
use model::{Error, FieldIx, FieldSchema, FieldType, ObjectIx, ObjectSchema, RecordId, Result, Value};
use policy::{AuthorizedWrite, Identity, WriteRequest, WriteVerb, authorize_write};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use store::{AuditEntry, BeforeImage, DueRollUps, WriteTx, roll_ups};

/// Masters that one question names.
const AT_ONCE: usize = 200;

/// Master-details nest three deep; each round goes one level up.
const MOST_ROUNDS: usize = 8;

/// Per master object the roll-up fields to compute, each with the masters to compute it for.
type Work = BTreeMap<ObjectIx, BTreeMap<FieldIx, BTreeSet<RecordId>>>;

impl Ctx {
    /// Brings summaries up to date, level by level. A master's own validation rules apply to what it becomes.
    ///
    /// # Errors
    /// `FIELD_CUSTOM_VALIDATION_EXCEPTION` of a master; `NUMBER_OUTSIDE_VALID_RANGE` for a summary that does not fit;
    /// what the database reports.
    pub(crate) fn settle_roll_ups(&self, tx: &mut WriteTx<'_>) -> Result<()> {
        for _ in 0..MOST_ROUNDS {
            let due = tx.take_due_roll_ups();
            if due.is_empty() {
                return Ok(());
            }
            for (master, fields) in self.work_of(due) {
                self.settle_masters(tx, self.schema.object(master), &fields)?;
            }
        }
        Err(Error::internal("roll-ups go round in a circle"))
    }

    fn work_of(&self, due: DueRollUps) -> Work {
        let roll_ups = roll_ups(&self.schema);
        let mut work = Work::new();
        for ((child, reference), masters) in due {
            for place in roll_ups.over(child).iter().filter(|place| place.reference == reference) {
                work.entry(place.master).or_default().entry(place.field).or_default().extend(&masters);
            }
        }
        work
    }

    fn settle_masters(
        &self,
        tx: &mut WriteTx<'_>,
        object: &ObjectSchema,
        fields: &BTreeMap<FieldIx, BTreeSet<RecordId>>,
    ) -> Result<()> {
        let identity = crate::access::identity_of_service(&self.org, &self.schema, &ROLL_UPS);
        let write = gate(self, &identity, object, fields.keys().copied().collect())?;
        let all: Vec<RecordId> = fields.values().flatten().copied().collect::<BTreeSet<_>>().into_iter().collect();
        for masters in all.chunks(AT_ONCE) {
            // Held first, in one order for everybody, asked afterwards: the answer then has what others committed.
            let images = tx.before_images(&write, masters)?;
            let mut after: HashMap<RecordId, Vec<Value>> =
                images.values().filter(|image| !image.deleted).map(|image| (image.id, image.values.clone())).collect();
            for (field, due) in fields {
                let asked: Vec<RecordId> =
                    masters.iter().filter(|id| due.contains(id) && after.contains_key(id)).copied().collect();
                let field = object.field(*field);
                let FieldType::RollUp(roll_up) = field.data_type() else { continue };
                let found = self.summarise(tx, &identity, field, roll_up, Some(&asked))?;
                for id in asked {
                    if let Some(image) = after.get_mut(&id) {
                        image[field.ix.index()] = found.get(&id).cloned().unwrap_or_else(|| of_nothing(roll_up));
                    }
                }
            }
            for id in masters {
                if let (Some(image), Some(after)) = (images.get(id), after.remove(id)) {
                    self.save_summary(tx, &identity, &write, object, image, after)?;
                }
            }
        }
        Ok(())
    }

    /// Asks the details; without masters, those of all.
    fn summarise(
        &self,
        tx: &mut WriteTx<'_>,
        identity: &Identity,
        field: &FieldSchema,
        roll_up: &RollUp,
        masters: Option<&[RecordId]>,
    ) -> Result<HashMap<RecordId, Value>> {
        if masters.is_some_and(<[RecordId]>::is_empty) {
            return Ok(HashMap::new());
        }
        let child = self
            .schema
            .find_object(&roll_up.child)
            .ok_or_else(|| Error::internal(format!("{} sums up an object that is not there", field.name())))?;
        let text = question(child, roll_up, masters).map_err(Error::internal)?;
        let plan = plan_for_identity(&self.org, &self.schema, identity, &text)?;
        let groups = tx.groups(&plan, &self.read_options())?;
        summaries(field, roll_up, groups)
    }

    fn save_summary(
        &self,
        tx: &mut WriteTx<'_>,
        identity: &Identity,
        write: &AuthorizedWrite,
        object: &ObjectSchema,
        image: &BeforeImage,
        mut after: Vec<Value>,
    ) -> Result<()> {
        let before = image.values.as_slice();
        let changed: Vec<FieldIx> =
            object.fields.iter().map(|field| field.ix).filter(|ix| before[ix.index()] != after[ix.index()]).collect();
        if changed.is_empty() {
            return Ok(());
        }
        let rules = self.org.rules.rules(&self.schema, object)?;
        try_rules(self, tx, object, &rules, Some(before), &after)?;
        let mut fields = changed.clone();
        for (name, value) in [
            ("LastModifiedDate", Some(Value::DateTime(tx.now()))),
            ("SystemModstamp", Some(Value::DateTime(tx.now()))),
            ("LastModifiedById", self.user_id().map(Value::Id)),
        ] {
            if let (Some(field), Some(value)) = (object.find_field(name), value) {
                after[field.ix.index()] = value;
                fields.push(field.ix);
            }
        }
        tx.update(write, &fields, &[(image.id, fields.iter().map(|ix| &after[ix.index()]).collect())])?;
        let entry = AuditEntry {
            action: "record_derive",
            object: object.name(),
            record: Some(image.id),
            detail: change_detail(object, &changed, Some(before), &after),
        };
        tx.audit(identity, &entry)?;
        let history: Vec<_> = tracked_changes(object, image.id, &changed, before, &after).collect();
        tx.history_put(identity, object.name(), &history)
    }
}

/// The permission to write summaries of an object.
fn gate(ctx: &Ctx, identity: &Identity, object: &ObjectSchema, fields: Vec<FieldIx>) -> Result<AuthorizedWrite> {
    authorize_write(
        identity,
        WriteRequest {
            schema: ctx.schema.clone(),
            object: object.ix,
            verb: WriteVerb::Edit,
            fields: Vec::new(),
            derived: fields,
        },
    )
}
