//! Why somebody sees a file, and why they do not see what is marked as private.

use super::walk::Walk;
use super::{Cause, CauseKind};
use model::{ObjectSchema, RecordId, Result, Value};
use policy::Level;

impl Walk<'_, '_, '_> {
    /// What the links of a document give: as much as each says, to whoever sees the record or is the user it leads to.
    pub(super) fn linked(&mut self, object: &ObjectSchema, record: RecordId, depth: u8) -> Result<Vec<Cause>> {
        if object.name() != "ContentDocument" {
            return Ok(Vec::new());
        }
        let text = format!(
            "SELECT LinkedEntityId, ShareType FROM ContentDocumentLink WHERE ContentDocumentId = '{record}' ORDER BY Id"
        );
        let mut causes = Vec::new();
        for row in self.rows(&text)? {
            let Some(entity) = row.cells[0].value().as_id() else { continue };
            let kind = row.cells[1].value().to_plain();
            let Some(target) = self.schema.find_by_prefix(entity.prefix()).map(|target| target.ix) else { continue };
            let is_user = self.schema.object(target).name() == "User";
            let found = match is_user {
                true => (entity == self.user).then_some(Level::Read),
                false => self.level(target, entity, depth + 1)?,
            };
            let Some(found) = found else { continue };
            let given = match kind.as_str() {
                "C" => Level::Edit,
                "I" if !is_user => found.min(Level::Edit),
                _ => Level::Read,
            };
            causes.push(Cause::through(given, CauseKind::RelatedTo, entity));
        }
        Ok(causes)
    }

    /// Of a record that is marked as private nothing counts for others than its owner but the right to change all.
    pub(super) fn keep_private(
        &mut self,
        object: &ObjectSchema,
        record: RecordId,
        causes: &mut Vec<Cause>,
    ) -> Result<()> {
        let Some(flag) = &object.def.private_by else { return Ok(()) };
        let text = format!("SELECT {flag}, OwnerId FROM {} WHERE Id = '{record}'", object.name());
        let rows = self.rows_with_deleted(&text)?;
        let Some(row) = rows.first() else { return Ok(()) };
        if row.cells[0].value() == &Value::Bool(true) && row.cells[1].value().as_id() != Some(self.user) {
            causes.retain(|cause| matches!(cause.kind, CauseKind::ModifyAllData | CauseKind::ModifyAllRecords));
        }
        Ok(())
    }
}
