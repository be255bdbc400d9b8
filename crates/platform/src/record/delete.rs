//! Deleting into the recycle bin. What the schema says of references is done in the same transaction: details go with
//! their master, lookups are cleared, restricted references stop the delete.

use super::outcome::{Halt, Outcome};
use super::update::check_image;
use super::{RowResult, SaveOptions};
use crate::ctx::Ctx;
use model::schema::OnDelete;
use model::{Error, ErrorCode, FieldIx, FieldSchema, ObjectIx, ObjectSchema, RecordId, Result, Value};
use policy::{AuthorizedWrite, WriteRequest, WriteVerb, authorize_write};
use std::collections::HashSet;
use store::{AuditEntry, HistoryChange, WriteTx};

/// Records that one delete may take along; more is refused, nothing is left half done.
pub(super) const MOST_CASCADED: usize = 100_000;

/// Records of one object.
pub(super) type OfObject = (ObjectIx, Vec<RecordId>);

impl Ctx {
    /// Moves records to the recycle bin, in one transaction.
    ///
    /// # Errors
    /// What concerns the whole call; each row's own errors stand in its result.
    pub fn records_delete(&self, object: &str, ids: &[RecordId], options: SaveOptions) -> Result<Vec<RowResult>> {
        let object = self.object(object)?;
        let write = self.delete_gate(object, WriteVerb::Delete)?;
        self.save_alone(object, Outcome::new(ids.len(), options), |tx, outcome| {
            self.delete_rows(tx, object, &write, ids, options, outcome)
        })
    }

    /// Deletes records inside a transaction that is under way.
    pub(crate) fn delete_in(
        &self,
        tx: &mut WriteTx<'_>,
        object: &ObjectSchema,
        ids: &[RecordId],
        options: SaveOptions,
    ) -> Result<Vec<RowResult>> {
        let write = self.delete_gate(object, WriteVerb::Delete)?;
        Outcome::new(ids.len(), options)
            .within(|run| run(tx), |tx, outcome| self.delete_rows(tx, object, &write, ids, options, outcome))
    }

    pub(super) fn delete_gate(&self, object: &ObjectSchema, verb: WriteVerb) -> Result<AuthorizedWrite> {
        if object.name() == "User" && self.user_id().is_some() {
            // Records keep their owner and their history their actor.
            return Err(Error::new(
                ErrorCode::InsufficientAccessOrReadonly,
                "Users are deactivated, not deleted: set Active to false.",
            ));
        }
        if object.name() == "ContentVersion" && self.user_id().is_some() {
            return Err(Error::new(
                ErrorCode::InsufficientAccessOrReadonly,
                "Versions go with their file: delete the ContentDocument.",
            ));
        }
        let request = WriteRequest {
            schema: self.schema.clone(),
            object: object.ix,
            verb,
            fields: Vec::new(),
            derived: Vec::new(),
        };
        authorize_write(&self.identity, request)
    }

    pub(super) fn delete_rows(
        &self,
        tx: &mut WriteTx<'_>,
        object: &ObjectSchema,
        write: &AuthorizedWrite,
        ids: &[RecordId],
        options: SaveOptions,
        outcome: &mut Outcome,
    ) -> std::result::Result<(), Halt> {
        let mut images = tx.before_images(write, ids)?;
        let mut good: Vec<(usize, RecordId, Vec<Value>)> = Vec::with_capacity(ids.len());
        for (at, id) in ids.iter().enumerate() {
            let judged = images.remove(id).ok_or_else(Error::not_found).and_then(|image| {
                check_image(object, &image, options)?;
                Ok(image.values)
            });
            match judged {
                Ok(values) => good.push((at, *id, values)),
                Err(error) => outcome.fail(at, error),
            }
        }
        outcome.check()?;
        self.each_or_all(tx, &good, outcome, |tx, rows| self.delete_together(tx, object, write, rows))?;
        outcome.check()
    }

    /// Does all rows at once and, when that fails because of one of them, each alone behind a savepoint.
    pub(super) fn each_or_all(
        &self,
        tx: &mut WriteTx<'_>,
        rows: &[(usize, RecordId, Vec<Value>)],
        outcome: &mut Outcome,
        work: impl Fn(&mut WriteTx<'_>, &[(usize, RecordId, Vec<Value>)]) -> Result<()>,
    ) -> Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        match tx.attempt(|tx| work(tx, rows)) {
            Ok(()) => rows.iter().for_each(|(at, id, _)| outcome.saved(*at, *id, false)),
            Err(error) if rows.len() == 1 => outcome.fail_row(rows[0].0, error)?,
            Err(error) if error.code() == ErrorCode::UnknownException => return Err(error),
            Err(_) => {
                for row in rows {
                    match tx.attempt(|tx| work(tx, std::slice::from_ref(row))) {
                        Ok(()) => outcome.saved(row.0, row.1, false),
                        Err(error) => outcome.fail_row(row.0, error)?,
                    }
                }
            }
        }
        Ok(())
    }

    pub(super) fn delete_together(
        &self,
        tx: &mut WriteTx<'_>,
        object: &ObjectSchema,
        write: &AuthorizedWrite,
        rows: &[(usize, RecordId, Vec<Value>)],
    ) -> Result<()> {
        if object.grant_rows().is_some() {
            return self.take_back(tx, object, write, rows);
        }
        let taken = self.cascade(tx, write, object, rows.iter().map(|(_, id, _)| *id).collect())?;
        // Details first, so that nothing live ever points to something deleted.
        for (ix, ids) in taken.iter().rev() {
            tx.set_deleted(write, *ix, ids, true, self.user_id())?;
            self.audit_plainly(tx, "record_delete", *ix, ids)?;
        }
        rows.iter().try_for_each(|(_, _, before)| self.run_delete_hooks(tx, object, before))?;
        self.settle_roll_ups(tx)
    }

    /// Access that is taken away does not come back from a bin; the log keeps what it was.
    fn take_back(
        &self,
        tx: &mut WriteTx<'_>,
        object: &ObjectSchema,
        write: &AuthorizedWrite,
        rows: &[(usize, RecordId, Vec<Value>)],
    ) -> Result<()> {
        tx.remove(write, &rows.iter().map(|(_, id, _)| *id).collect::<Vec<_>>())?;
        let plain = |values: &[Value]| -> serde_json::Map<String, serde_json::Value> {
            let set = object.fields.iter().filter(|field| !values[field.ix.index()].is_null());
            set.map(|field| (field.name().to_owned(), values[field.ix.index()].to_plain().into())).collect()
        };
        let entries: Vec<_> = rows
            .iter()
            .map(|(_, id, values)| AuditEntry {
                action: "record_delete",
                object: object.name(),
                record: Some(*id),
                detail: serde_json::json!({ "before": plain(values) }).to_string(),
            })
            .collect();
        tx.audit_all(&self.identity, &entries)
    }

    /// Notes an act on each of these records that has no more to tell.
    pub(super) fn audit_plainly(
        &self,
        tx: &mut WriteTx<'_>,
        action: &str,
        object: ObjectIx,
        ids: &[RecordId],
    ) -> Result<()> {
        let object = self.schema.object(object).name();
        let entries: Vec<_> =
            ids.iter().map(|id| AuditEntry { action, object, record: Some(*id), detail: "{}".to_owned() }).collect();
        tx.audit_all(&self.identity, &entries)
    }

    /// The records with all that goes with them, masters before details; references that are to be cleared are.
    fn cascade(
        &self,
        tx: &mut WriteTx<'_>,
        write: &AuthorizedWrite,
        object: &ObjectSchema,
        ids: Vec<RecordId>,
    ) -> Result<Vec<OfObject>> {
        let mut known: HashSet<RecordId> = ids.iter().copied().collect();
        let mut taken: Vec<OfObject> = vec![(object.ix, ids)];
        let mut to_clear: Vec<(ObjectIx, FieldIx, Vec<RecordId>)> = Vec::new();
        let mut at = 0;
        while at < taken.len() {
            let (parent, parents) = taken[at].clone();
            at += 1;
            for relation in &self.schema.object(parent).children {
                let child = self.schema.object(relation.child);
                let field = child.field(relation.field);
                if child.grant_rows().is_some() && child.masters.contains(&field.ix) {
                    // Deleted records keep their readers.
                    continue;
                }
                // Owner, creator and the like point to users, who are deactivated and not deleted.
                let Some(reference) = field.data_type().as_reference().filter(|_| binds(field)) else {
                    continue;
                };
                let found = tx.referring(write, child.ix, field.ix, &parents, MOST_CASCADED as u64 + 1)?;
                let found: Vec<_> = found.into_iter().filter(|id| !known.contains(id)).collect();
                if found.is_empty() {
                    continue;
                }
                if known.len() + found.len() > MOST_CASCADED {
                    return Err(Error::new(
                        ErrorCode::DeleteFailed,
                        format!(
                            "the delete would take along more than {MOST_CASCADED} records; delete the details first"
                        ),
                    ));
                }
                match reference.on_delete {
                    OnDelete::Cascade => {
                        known.extend(&found);
                        taken.push((child.ix, found));
                    }
                    OnDelete::SetNull => to_clear.push((child.ix, field.ix, found)),
                    OnDelete::Restrict => {
                        return Err(Error::new(
                            ErrorCode::DeleteFailed,
                            // How many and which ones is for those to know who may see them.
                            format!(
                                "Your attempt to delete {} could not be completed because other records still point to it.",
                                parents.first().map(RecordId::to_string).unwrap_or_default()
                            ),
                        ));
                    }
                }
            }
        }
        for (child, field, ids) in to_clear {
            self.repoint(tx, write, child, field, &ids, None)?;
        }
        Ok(taken)
    }

    /// Points references elsewhere, or to nothing, with what that leaves in log and history.
    pub(super) fn repoint(
        &self,
        tx: &mut WriteTx<'_>,
        write: &AuthorizedWrite,
        child: ObjectIx,
        field: FieldIx,
        ids: &[RecordId],
        to: Option<RecordId>,
    ) -> Result<()> {
        let object = self.schema.object(child);
        let field = object.field(field);
        let moved = tx.repoint_references(write, child, field.ix, ids, to)?;
        let now = to.map(|id| id.to_string()).unwrap_or_default();
        let entries: Vec<_> = moved
            .iter()
            .map(|(id, was)| AuditEntry {
                action: "record_derive",
                object: object.name(),
                record: Some(*id),
                detail: serde_json::json!({ field.name(): [was.to_string(), now] }).to_string(),
            })
            .collect();
        tx.audit_all(&self.identity, &entries)?;
        if !field.def.tracked {
            return Ok(());
        }
        let history: Vec<_> = moved
            .into_iter()
            .map(|(record, was)| HistoryChange {
                record,
                field: field.name().to_owned(),
                old_value: was.to_string(),
                new_value: now.clone(),
            })
            .collect();
        tx.history_put(&self.identity, object.name(), &history)
    }

    pub(super) fn run_delete_hooks(&self, tx: &mut WriteTx<'_>, object: &ObjectSchema, before: &[Value]) -> Result<()> {
        for hook in self.hooks_of(object) {
            let mut hook_ctx = crate::hooks::HookCtx::new(self, tx, hook.service());
            hook.after_delete(&mut hook_ctx, object, before)?;
        }
        Ok(())
    }
}

/// A reference whose record is deleted together with what it points to.
pub(super) fn goes_with_parent(field: &FieldSchema) -> bool {
    let cascades = field.data_type().as_reference().is_some_and(|reference| reference.on_delete == OnDelete::Cascade);
    cascades && binds(field)
}

/// Whether a delete looks at this reference: at those that somebody sets, and at masters whoever sets them.
fn binds(field: &FieldSchema) -> bool {
    field.is_writable() || field.data_type().as_reference().is_some_and(|reference| reference.master_detail)
}
