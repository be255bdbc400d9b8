//! The end of a record: out of the recycle bin for good, when somebody empties it or when its time is up. The audit log
//! keeps that it was; its values go, its history with them.

use super::outcome::{Halt, Outcome};
use super::update::{no_access, stamp_of};
use super::{RowResult, SaveOptions};
use crate::ctx::Ctx;
use crate::org::Org;
use model::{Error, ErrorCode, ObjectSchema, RecordId, Result};
use policy::{AuthorizedWrite, Service, ServiceGrant, WriteVerb};
use std::sync::Arc;
use store::{BeforeImage, WriteTx};

/// How long a deleted record can be taken back.
pub const BIN_DAYS: i64 = 15;

/// Records that one transaction removes: others want to write in between.
const OF_ONE_TURN: u64 = 500;

/// Empties what has lain in the recycle bin long enough.
pub(crate) static RECYCLE_BIN: Service = Service {
    name: "recycle-bin",
    purpose: "Removes for good what has lain in the recycle bin for 15 days. It looks at when a record was deleted and \
              at nothing else.",
    grants: &[ServiceGrant { object: "*", create: false, edit: false, delete: true }],
};

impl Ctx {
    /// Removes records that lie in the recycle bin, with the details that went there with them, for good.
    ///
    /// # Errors
    /// What concerns the whole call; each row's own errors stand in its result.
    pub fn records_purge(&self, object: &str, ids: &[RecordId], options: SaveOptions) -> Result<Vec<RowResult>> {
        let object = self.object(object)?;
        let write = self.delete_gate(object, WriteVerb::Undelete)?;
        self.save_alone(object, Outcome::new(ids.len(), options), |tx, outcome| {
            self.purge_rows(tx, object, &write, ids, outcome)
        })
    }

    pub(super) fn purge_rows(
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
                .and_then(|image| tx.attempt(|tx| self.purge_one(tx, object, write, &image)));
            match done {
                Ok(()) => outcome.saved(at, *id, false),
                Err(error) => outcome.fail_row(at, error)?,
            }
        }
        outcome.check()
    }

    fn purge_one(
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
        let along = self.deleted_along(tx, write, object, image.id, stamp_of(object, image))?;
        for (ix, ids) in along.iter().rev() {
            tx.purge(write, *ix, ids)?;
            self.audit_plainly(tx, "record_purge", *ix, ids)?;
        }
        Ok(())
    }
}

impl Org {
    /// Removes what has lain in the recycle bin for 15 days, of every object. Returns how many records went.
    ///
    /// # Errors
    /// What the database reports; what was removed before stays so.
    pub fn bin_purge(self: &Arc<Self>) -> Result<u64> {
        let ctx = Ctx::for_own_service(self, &RECYCLE_BIN);
        let until = self.now().plus_ms(-BIN_DAYS * 24 * 3_600_000);
        let mut purged = 0;
        for object in ctx.schema().clone().objects().iter().filter(|object| !object.is_view()) {
            let write = ctx.delete_gate(object, WriteVerb::Delete)?;
            // Mostly there is nothing to do, and looking holds nobody up.
            if self.store.read(|tx| tx.deleted_until(&write, until, 1))?.is_empty() {
                continue;
            }
            loop {
                let removed = self.store.write(|tx| {
                    let ids = tx.deleted_until(&write, until, OF_ONE_TURN)?;
                    tx.purge(&write, object.ix, &ids)?;
                    ctx.audit_plainly(tx, "record_purge", object.ix, &ids)?;
                    Ok(ids.len() as u64)
                })?;
                purged += removed;
                if removed < OF_ONE_TURN {
                    break;
                }
            }
        }
        Ok(purged)
    }
}
