//! The first values of a roll-up that is defined, or defined anew, over records that are there.

use super::question::{question, summaries};
use super::{ROLL_UPS, of_nothing};
use crate::ctx::Ctx;
use crate::query::plan_for_identity;
use model::{Error, FieldSchema, FieldType, ObjectSchema, OrgSchema, RecordId, Result, Value};
use policy::{Identity, WriteRequest, WriteVerb, authorize_write};
use std::sync::Arc;
use store::{AuditEntry, WriteTx};

/// Masters that are written at once.
const AT_ONCE: usize = 1000;

impl Ctx {
    /// Computes the roll-ups among the named fields for every master, deleted ones too.
    ///
    /// # Errors
    /// `NUMBER_OUTSIDE_VALID_RANGE` for a summary that does not fit; what the database reports.
    pub(crate) fn fill_roll_ups(
        &self,
        tx: &mut WriteTx<'_>,
        schema: &Arc<OrgSchema>,
        object: &str,
        fields: &[String],
    ) -> Result<()> {
        let object = schema.find_object(object).ok_or_else(|| Error::internal("an object without its metadata"))?;
        let identity = Identity::service(self.org.id(), &ROLL_UPS, schema);
        for field in fields.iter().filter_map(|name| object.find_field(name)) {
            self.fill(tx, schema, &identity, object, field)?;
        }
        Ok(())
    }

    fn fill(
        &self,
        tx: &mut WriteTx<'_>,
        schema: &Arc<OrgSchema>,
        identity: &Identity,
        object: &ObjectSchema,
        field: &FieldSchema,
    ) -> Result<()> {
        let FieldType::RollUp(roll_up) = field.data_type() else { return Ok(()) };
        let child = schema.find_object(&roll_up.child).ok_or_else(|| Error::internal("a roll-up of nothing"))?;
        // Whoever writes a detail from now on does so after this transaction, and under the new metadata.
        tx.hold_object(child)?;
        let text = question(child, roll_up, None).map_err(Error::internal)?;
        let plan = plan_for_identity(&self.org, schema, identity, &text)?;
        let found = summaries(field, roll_up, tx.groups(&plan, &self.read_options())?)?;
        let ids = format!("SELECT Id FROM {}", object.name());
        let mut plan = soql::plan(&ids, schema, &self.resolve_context(crate::QueryOptions::default()))?;
        plan.select.rows = soql::plan::RowScope::WithDeleted;
        let masters: Vec<RecordId> = tx.record_ids(&policy::authorize(identity, plan)?, &self.read_options())?;
        let request = WriteRequest {
            schema: schema.clone(),
            object: object.ix,
            verb: WriteVerb::Edit,
            fields: Vec::new(),
            derived: vec![field.ix],
        };
        let write = authorize_write(identity, request)?;
        let none = of_nothing(roll_up);
        for masters in masters.chunks(AT_ONCE) {
            let rows: Vec<(RecordId, Vec<&Value>)> =
                masters.iter().map(|id| (*id, vec![found.get(id).unwrap_or(&none)])).collect();
            tx.update(&write, &[field.ix], &rows)?;
        }
        let detail = serde_json::json!({ "field": field.name(), "masters": masters.len() }).to_string();
        let entry = AuditEntry { action: "roll_up_fill", object: object.name(), record: None, detail };
        tx.audit(identity, &entry)
    }
}
