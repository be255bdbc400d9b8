//! Records that name objects and fields follow a rename and end with a delete.

use super::METADATA;
use crate::ctx::Ctx;
use crate::literal::quoted;
use crate::org::Org;
use crate::query::QueryOptions;
use crate::record::{RecordDraft, SaveOptions};
use model::{RecordId, Result, Value};
use std::sync::Arc;
use store::WriteTx;

/// The service, in the transaction that changes the metadata.
pub(super) struct Follow<'a, 'tx> {
    ctx: Ctx,
    tx: &'a mut WriteTx<'tx>,
}

impl<'a, 'tx> Follow<'a, 'tx> {
    pub(super) fn new(org: &Arc<Org>, tx: &'a mut WriteTx<'tx>) -> Self {
        Self { ctx: Ctx::for_own_service(org, &METADATA), tx }
    }

    /// What names the field goes on with its new name.
    pub(super) fn field_renamed(&mut self, object: &str, from: &str, to: &str) -> Result<()> {
        let field = quoted(&format!("{object}.{from}"));
        for (id, _) in self.rows("FieldPermissions", "Field", &format!("Field = {field}"))? {
            self.set("FieldPermissions", id, &[("Field", format!("{object}.{to}"))])?;
        }
        Ok(())
    }

    /// A field of this name that is made later starts without the permissions of the one that went.
    pub(super) fn field_deleted(&mut self, object: &str, field: &str) -> Result<()> {
        let field = quoted(&format!("{object}.{field}"));
        self.delete("FieldPermissions", &format!("Field = {field}"))
    }

    pub(super) fn object_renamed(&mut self, from: &str, to: &str) -> Result<()> {
        // First: whoever changes a webhook comes to the audit log behind it, and nobody waits for the other.
        self.tx.webhooks_object_renamed(from, to)?;
        let named = format!("SobjectType = {}", quoted(from));
        for object in ["ObjectPermissions", "RecordType", "QueueSobject", "ListView"] {
            for (id, _) in self.rows(object, "SobjectType", &named)? {
                self.set(object, id, &[("SobjectType", to.to_owned())])?;
            }
        }
        for (id, field) in self.rows("FieldPermissions", "Field", &named)? {
            let rest = field.split_once('.').map(|(_, rest)| rest).unwrap_or_default();
            let fields = [("SobjectType", to.to_owned()), ("Field", format!("{to}.{rest}"))];
            self.set("FieldPermissions", id, &fields)?;
        }
        Ok(())
    }

    pub(super) fn object_deleted(&mut self, object: &str) -> Result<()> {
        let named = format!("SobjectType = {}", quoted(object));
        for object in ["ObjectPermissions", "FieldPermissions", "QueueSobject", "ListView"] {
            self.delete(object, &named)?;
        }
        Ok(())
    }

    /// Records without owners are in no queue, and nobody's own.
    pub(super) fn owners_gone(&mut self, object: &str) -> Result<()> {
        let named = format!("SobjectType = {}", quoted(object));
        self.delete("QueueSobject", &named)?;
        self.delete("ListView", &format!("{named} AND Scope = 'Mine'"))
    }

    /// The object that a record type belongs to.
    pub(super) fn object_of_type(&mut self, record_type: RecordId) -> Result<Option<String>> {
        let found = self.rows("RecordType", "SobjectType", &format!("Id = '{record_type}'"))?;
        Ok(found.into_iter().next().map(|(_, object)| object))
    }

    fn rows(&mut self, object: &str, field: &str, filter: &str) -> Result<Vec<(RecordId, String)>> {
        let text = format!("SELECT {field} FROM {object} WHERE {filter}");
        let plan = self.ctx.plan(&text, QueryOptions::default())?;
        let rows = self.tx.records(&plan, &self.ctx.read_options(), None)?;
        Ok(rows.iter().map(|row| (row.id, row.cells[0].value().to_plain())).collect())
    }

    fn set(&mut self, object: &str, id: RecordId, values: &[(&str, String)]) -> Result<()> {
        let object = self.ctx.object(object)?;
        let draft = values.iter().try_fold(RecordDraft::of(id), |draft, (field, value)| {
            draft.set(object, field, Value::from(value.as_str()))
        })?;
        let results = self.ctx.update_in(self.tx, object, &[draft])?;
        results.into_iter().try_for_each(|result| result.into_id().map(|_| ()))
    }

    fn delete(&mut self, object: &str, filter: &str) -> Result<()> {
        let ids: Vec<RecordId> = self.rows(object, "Id", filter)?.into_iter().map(|(id, _)| id).collect();
        if ids.is_empty() {
            return Ok(());
        }
        let object = self.ctx.object(object)?;
        let results = self.ctx.delete_in(self.tx, object, &ids, SaveOptions::ALL)?;
        results.into_iter().try_for_each(|result| result.into_id().map(|_| ()))
    }
}
