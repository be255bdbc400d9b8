//! Taking records back out of the recycle bin, with the details that went with them.

use super::delete::{OfObject, goes_with_parent};
use super::outcome::{Halt, Outcome};
use super::update::{no_access, stamp_of};
use super::{RowResult, SaveOptions};
use crate::ctx::Ctx;
use model::{Error, ErrorCode, Instant, ObjectSchema, RecordId, Result, Value};
use policy::{AuthorizedWrite, WriteVerb};
use std::collections::HashSet;
use store::{BeforeImage, WriteTx};

impl Ctx {
    /// Takes records out of the recycle bin, in one transaction.
    ///
    /// # Errors
    /// What concerns the whole call; each row's own errors stand in its result.
    pub fn records_undelete(&self, object: &str, ids: &[RecordId], options: SaveOptions) -> Result<Vec<RowResult>> {
        let object = self.object(object)?;
        let write = self.delete_gate(object, WriteVerb::Undelete)?;
        self.save_alone(object, Outcome::new(ids.len(), options), |tx, outcome| {
            self.undelete_rows(tx, object, &write, ids, outcome)
        })
    }

    fn undelete_rows(
        &self,
        tx: &mut WriteTx<'_>,
        object: &ObjectSchema,
        write: &AuthorizedWrite,
        ids: &[RecordId],
        outcome: &mut Outcome,
    ) -> std::result::Result<(), Halt> {
        let mut images = tx.before_images(write, ids)?;
        for (at, id) in ids.iter().enumerate() {
            let done = images
                .remove(id)
                .ok_or_else(Error::not_found)
                .and_then(|image| tx.attempt(|tx| self.undelete_one(tx, object, write, &image)));
            match done {
                Ok(()) => outcome.saved(at, *id, false),
                Err(error) => outcome.fail_row(at, error)?,
            }
        }
        outcome.check()
    }

    fn undelete_one(
        &self,
        tx: &mut WriteTx<'_>,
        object: &ObjectSchema,
        write: &AuthorizedWrite,
        image: &BeforeImage,
    ) -> Result<()> {
        if !image.readable {
            return Err(Error::not_found());
        }
        if !image.permitted {
            return Err(no_access(image.id));
        }
        if !image.deleted {
            return Err(Error::new(ErrorCode::InvalidField, "entity is not in the recycle bin"));
        }
        check_masters(tx, object, write, image)?;
        check_unique_again(tx, object, write, image)?;
        let back = self.deleted_along(tx, write, object, image.id, stamp_of(object, image))?;
        for (ix, ids) in &back {
            tx.set_deleted(write, *ix, ids, false, self.user_id())?;
            self.audit_plainly(tx, "record_undelete", *ix, ids)?;
        }
        self.run_delete_hooks(tx, object, &image.values)?;
        self.settle_roll_ups(tx)
    }

    /// A record in the recycle bin with all that went there with it, masters before details.
    pub(super) fn deleted_along(
        &self,
        tx: &mut WriteTx<'_>,
        write: &AuthorizedWrite,
        object: &ObjectSchema,
        id: RecordId,
        stamp: Option<Instant>,
    ) -> Result<Vec<OfObject>> {
        let mut along: Vec<OfObject> = vec![(object.ix, vec![id])];
        let Some(stamp) = stamp else { return Ok(along) };
        let mut known: HashSet<RecordId> = HashSet::from([id]);
        let mut at = 0;
        while at < along.len() {
            let (parent, parents) = along[at].clone();
            at += 1;
            for relation in &self.schema.object(parent).children {
                if !goes_with_parent(self.schema.object(relation.child).field(relation.field)) {
                    continue;
                }
                let found = tx.deleted_with(write, relation.child, relation.field, &parents, stamp)?;
                let found: Vec<_> = found.into_iter().filter(|id| known.insert(*id)).collect();
                if !found.is_empty() {
                    along.push((relation.child, found));
                }
            }
        }
        Ok(along)
    }
}

/// What the record belongs to must be there.
fn check_masters(
    tx: &mut WriteTx<'_>,
    object: &ObjectSchema,
    write: &AuthorizedWrite,
    image: &BeforeImage,
) -> Result<()> {
    for master in object.fields.iter().filter(|field| goes_with_parent(field)) {
        let Some(parent) = image.values[master.ix.index()].as_id() else { continue };
        if !tx.is_live(write, master.ix, parent)? {
            return Err(Error::new(
                ErrorCode::InvalidCrossReferenceKey,
                format!("{}: the record it belongs to is in the recycle bin; restore that one first", master.label()),
            )
            .with_field(master.name()));
        }
    }
    Ok(())
}

/// Its unique values may have been taken while it was in the bin.
fn check_unique_again(
    tx: &mut WriteTx<'_>,
    object: &ObjectSchema,
    write: &AuthorizedWrite,
    image: &BeforeImage,
) -> Result<()> {
    for field in object.fields.iter().filter(|field| field.def.unique) {
        let value: &Value = &image.values[field.ix.index()];
        if value.is_null() {
            continue;
        }
        if let Some(holder) = tx.holders_of(write, field.ix, &[value])?.first() {
            return Err(super::constraints::duplicate(field, holder.readable.then_some(holder.id)));
        }
    }
    Ok(())
}
