//! Deleting into the recycle bin and taking back. What the schema says of references is done in the same transaction:
//! details go with their master, lookups are cleared, restricted references stop the delete.

use super::create::CreateError;
use super::save::{Outcome, Stop};
use super::update::check_image;
use super::{RowResult, SaveOptions};
use crate::ctx::Ctx;
use model::schema::OnDelete;
use model::{Error, ErrorCode, FieldSchema, ObjectIx, ObjectSchema, RecordId, Result};
use policy::{AuthorizedWrite, WriteRequest, WriteVerb, authorize_write};
use std::collections::HashSet;
use store::{AuditEntry, WriteTx};

/// Records that one delete may take along; more is refused, nothing is left half done.
const MOST_CASCADED: usize = 100_000;

impl Ctx {
    /// Moves records to the recycle bin, in one transaction.
    ///
    /// # Errors
    /// What concerns the whole call; each row's own errors stand in its result.
    pub fn records_delete(&self, object: &str, ids: &[RecordId], options: SaveOptions) -> Result<Vec<RowResult>> {
        self.each_row(object, ids, options, WriteVerb::Delete)
    }

    /// Takes records out of the recycle bin, in one transaction.
    ///
    /// # Errors
    /// What concerns the whole call; each row's own errors stand in its result.
    pub fn records_undelete(&self, object: &str, ids: &[RecordId], options: SaveOptions) -> Result<Vec<RowResult>> {
        self.each_row(object, ids, options, WriteVerb::Undelete)
    }

    fn each_row(
        &self,
        object: &str,
        ids: &[RecordId],
        options: SaveOptions,
        verb: WriteVerb,
    ) -> Result<Vec<RowResult>> {
        let object = self.object(object)?;
        if object.name() == "User" && self.user_id().is_some() {
            // Records keep their owner and their history their actor.
            return Err(Error::new(
                ErrorCode::InsufficientAccessOrReadonly,
                "Users are deactivated, not deleted: set Active to false.",
            ));
        }
        let request = WriteRequest {
            schema: self.schema.clone(),
            object: object.ix,
            verb,
            fields: Vec::new(),
            derived: Vec::new(),
        };
        let write = authorize_write(&self.identity, request)?;
        let mut outcome = Outcome::new(ids.len(), options);
        let mut stopped = false;
        let written = self.org.store.write(|tx| match self.each_in_tx(tx, object, &write, ids, &mut outcome) {
            Ok(()) => Ok(()),
            Err(CreateError::Stop(Stop)) => {
                stopped = true;
                Err(Error::internal("rolled back: one row of a batch that must be whole is bad"))
            }
            Err(CreateError::Failed(error)) => Err(error),
        });
        if stopped {
            return Ok(outcome.rolled_back());
        }
        written?;
        self.after_commit(object);
        Ok(outcome.results)
    }

    fn each_in_tx(
        &self,
        tx: &mut WriteTx<'_>,
        object: &ObjectSchema,
        write: &AuthorizedWrite,
        ids: &[RecordId],
        outcome: &mut Outcome,
    ) -> std::result::Result<(), CreateError> {
        for (at, id) in ids.iter().enumerate() {
            let done = tx.attempt(|tx| match write.verb() {
                WriteVerb::Undelete => self.undelete_one(tx, object, write, *id),
                _ => self.delete_one(tx, object, write, *id),
            });
            match done {
                Ok(()) => outcome.results[at] = RowResult { id: Some(*id), created: false, errors: Vec::new() },
                Err(error)
                    if error.code() == ErrorCode::UnknownException || error.code() == ErrorCode::ServerUnavailable =>
                {
                    return Err(error.into());
                }
                Err(error) => outcome.fail(at, error),
            }
        }
        outcome.sift(&mut Vec::new())?;
        Ok(())
    }

    fn delete_one(
        &self,
        tx: &mut WriteTx<'_>,
        object: &ObjectSchema,
        write: &AuthorizedWrite,
        id: RecordId,
    ) -> Result<()> {
        let image = tx.before_images(write, &[id])?.remove(&id).ok_or_else(Error::not_found)?;
        check_image(&image, id)?;
        let taken = self.cascade(tx, write, object, id)?;
        // Details first, so that nothing live ever points to something deleted.
        for (ix, ids) in taken.iter().rev() {
            tx.set_deleted(write, *ix, ids, true, self.user_id())?;
            let taken_object = self.schema.object(*ix);
            for id in ids {
                let entry = AuditEntry {
                    action: "record_delete",
                    object: taken_object.name(),
                    record: Some(*id),
                    detail: "{}".to_owned(),
                };
                tx.audit(&self.identity, &entry)?;
            }
        }
        let before = image.values.as_slice();
        self.run_delete_hooks(tx, object, before)
    }

    /// The record with all that goes with it, masters before details; references that are to be cleared are.
    fn cascade(
        &self,
        tx: &mut WriteTx<'_>,
        write: &AuthorizedWrite,
        object: &ObjectSchema,
        id: RecordId,
    ) -> Result<Vec<(ObjectIx, Vec<RecordId>)>> {
        let mut taken: Vec<(ObjectIx, Vec<RecordId>)> = vec![(object.ix, vec![id])];
        let mut known: HashSet<RecordId> = HashSet::from([id]);
        let mut at = 0;
        while at < taken.len() {
            let (parent, parents) = taken[at].clone();
            at += 1;
            for relation in self.schema.object(parent).children.clone() {
                let child = self.schema.object(relation.child);
                let field = child.field(relation.field);
                // Owner, creator and the like point to users, who are deactivated and not deleted.
                let Some(reference) = field.data_type().as_reference().filter(|_| field.is_writable()) else {
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
                    OnDelete::SetNull => {
                        tx.clear_references(write, child.ix, field.ix, &found)?;
                        for cleared in found {
                            let detail = serde_json::json!({ field.name(): [id.to_string(), ""] }).to_string();
                            let entry = AuditEntry {
                                action: "record_derive",
                                object: child.name(),
                                record: Some(cleared),
                                detail,
                            };
                            tx.audit(&self.identity, &entry)?;
                        }
                    }
                    OnDelete::Restrict => {
                        return Err(Error::new(
                            ErrorCode::DeleteFailed,
                            // How many and which ones is for those to know who may see them.
                            format!(
                                "Your attempt to delete {id} could not be completed because other records still point to it."
                            ),
                        ));
                    }
                }
            }
        }
        Ok(taken)
    }

    fn undelete_one(
        &self,
        tx: &mut WriteTx<'_>,
        object: &ObjectSchema,
        write: &AuthorizedWrite,
        id: RecordId,
    ) -> Result<()> {
        let image = tx.before_images(write, &[id])?.remove(&id).ok_or_else(Error::not_found)?;
        if !image.readable {
            return Err(Error::not_found());
        }
        if !image.permitted {
            return Err(super::update::no_access(id));
        }
        if !image.deleted {
            return Err(Error::new(ErrorCode::InvalidField, "entity is not in the recycle bin"));
        }
        for master in object.fields.iter().filter(|field| goes_with_parent(field)) {
            let Some(parent) = image.values[master.ix.index()].as_id() else { continue };
            if !tx.refused_references(write, master.ix, &[parent])?.is_empty() {
                return Err(Error::new(
                    ErrorCode::InvalidCrossReferenceKey,
                    format!("{}: the record it belongs to is in the recycle bin or not yours to change; restore that one first", master.label()),
                )
                .with_field(master.name()));
            }
        }
        let stamp = object.find_field("SystemModstamp").and_then(|field| image.values[field.ix.index()].as_instant());
        let mut back: Vec<(ObjectIx, Vec<RecordId>)> = vec![(object.ix, vec![id])];
        let mut known: HashSet<RecordId> = HashSet::from([id]);
        let mut at = 0;
        while at < back.len() {
            let (parent, parents) = back[at].clone();
            at += 1;
            for relation in self.schema.object(parent).children.clone() {
                let field = self.schema.object(relation.child).field(relation.field);
                if let (true, Some(stamp)) = (goes_with_parent(field), stamp) {
                    let found = tx.deleted_with(write, relation.child, relation.field, &parents, stamp)?;
                    let found: Vec<_> = found.into_iter().filter(|id| known.insert(*id)).collect();
                    if !found.is_empty() {
                        back.push((relation.child, found));
                    }
                }
            }
        }
        for (ix, ids) in &back {
            tx.set_deleted(write, *ix, ids, false, self.user_id())?;
            for id in ids {
                let entry = AuditEntry {
                    action: "record_undelete",
                    object: self.schema.object(*ix).name(),
                    record: Some(*id),
                    detail: "{}".to_owned(),
                };
                tx.audit(&self.identity, &entry)?;
            }
        }
        self.run_delete_hooks(tx, object, &image.values)
    }

    fn run_delete_hooks(&self, tx: &mut WriteTx<'_>, object: &ObjectSchema, before: &[model::Value]) -> Result<()> {
        for hook in self.org.hooks.iter().filter(|hook| hook.objects().contains(&object.name())) {
            let mut hook_ctx = crate::hooks::HookCtx::new(self, tx, hook.service());
            hook.after_delete(&mut hook_ctx, object, before)?;
        }
        Ok(())
    }
}

/// A reference whose record is deleted together with what it points to.
fn goes_with_parent(field: &FieldSchema) -> bool {
    let cascades = field.data_type().as_reference().is_some_and(|reference| reference.on_delete == OnDelete::Cascade);
    cascades && field.is_writable()
}
