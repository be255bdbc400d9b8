//! Merging: one record stays, up to two others of the same object give it what points to them and go into the recycle
//! bin. What the caller chose of their values is set on the one that stays, through the ordinary save order.

use super::outcome::{Halt, Outcome};
use super::update::check_image;
use super::{RecordDraft, RowResult, SaveOptions, refuse_converted};
use crate::ctx::Ctx;
use crate::hooks::{HIERARCHY, HookCtx, refuse_ring};
use model::{Error, ErrorCode, FieldIx, FieldSchema, ObjectIx, ObjectSchema, RecordId, Result, Value};
use policy::{AuthorizedWrite, WriteVerb};
use std::collections::HashSet;
use store::WriteTx;

/// Objects whose records can be merged.
const MERGEABLE: [&str; 3] = ["Account", "Contact", "Lead"];

/// Records that one merge takes in.
const MOST_LOSERS: usize = 2;

/// Records that one merge may move; more is refused, nothing is left half done.
const MOST_MOVED: usize = 100_000;

impl Ctx {
    /// Merges `losers` into the record that `winner` names, with the values that the draft sets. It needs the right to
    /// edit the one and to delete the others.
    ///
    /// # Errors
    /// The API's codes; nothing is changed then.
    pub fn records_merge(&self, object: &str, winner: RecordDraft, losers: &[RecordId]) -> Result<RecordId> {
        let object = self.object(object)?;
        let stays = check_request(object, &winner, losers)?;
        let write = self.delete_gate(object, WriteVerb::Delete)?;
        let outcome = Outcome::new(1, SaveOptions::ALL);
        let results = self.save_alone(object, outcome, |tx, outcome| {
            self.take_in(tx, object, &write, stays, losers)?;
            self.update_drafts(tx, object, std::slice::from_ref(&winner), SaveOptions::ALL, outcome)
        })?;
        results.into_iter().next().map_or_else(|| Err(Error::internal("a merge gave no result")), RowResult::into_id)
    }

    /// Moves what points to the losers and puts them into the recycle bin.
    fn take_in(
        &self,
        tx: &mut WriteTx<'_>,
        object: &ObjectSchema,
        write: &AuthorizedWrite,
        stays: RecordId,
        losers: &[RecordId],
    ) -> std::result::Result<(), Halt> {
        let mut images = tx.before_images(write, losers)?;
        let mut rows: Vec<(usize, RecordId, Vec<Value>)> = Vec::with_capacity(losers.len());
        for loser in losers {
            let image = images.remove(loser).ok_or_else(Error::not_found)?;
            check_image(object, &image, SaveOptions::ALL)?;
            refuse_converted(object, &image.values)?;
            rows.push((0, *loser, image.values));
        }
        let mut moved = HashSet::new();
        for (child, field) in self.pointing_to(object) {
            let found = tx.referring(write, child, field, losers, MOST_MOVED as u64 + 1)?;
            moved.extend(found.iter().copied());
            if moved.len() > MOST_MOVED {
                let message = format!("the merge would move more than {MOST_MOVED} records; move some of them first");
                return Err(Error::new(ErrorCode::DeleteFailed, message).into());
            }
            // A record never comes to point to itself: the parent that was merged into it is no parent.
            let (own, others): (Vec<RecordId>, Vec<RecordId>) = found.into_iter().partition(|id| *id == stays);
            self.repoint(tx, write, child, field, &others, Some(stays))?;
            self.repoint(tx, write, child, field, &own, None)?;
        }
        if object.name() == "Account" {
            // What stood below one that goes stands below the one that stays, which may stand below that.
            refuse_ring(&mut HookCtx::new(self, tx, &HIERARCHY), stays)?;
        }
        tx.note_merged(write, losers, stays)?;
        self.delete_together(tx, object, write, &rows)?;
        Ok(())
    }

    /// The references that records of this object are reached by and that move in a merge.
    fn pointing_to(&self, object: &ObjectSchema) -> impl Iterator<Item = (ObjectIx, FieldIx)> {
        let moves = |child: &ObjectSchema, field: &FieldSchema| {
            // Shares and teams say who sees the one that goes; they go with it. A history stays that of the record it was
            // written about.
            // What shows records of other objects has none of its own.
            !child.is_about_a_record() && child.members().is_empty() && field.name() != MERGED_INTO
        };
        object
            .children
            .iter()
            .filter(move |relation| {
                let child = self.schema.object(relation.child);
                moves(child, child.field(relation.field))
            })
            .map(|relation| (relation.child, relation.field))
    }
}

/// The field of a merged record that names the one it was merged into.
pub(super) const MERGED_INTO: &str = "MasterRecordId";

fn check_request(object: &ObjectSchema, winner: &RecordDraft, losers: &[RecordId]) -> Result<RecordId> {
    if !MERGEABLE.contains(&object.name()) {
        return Err(Error::new(
            ErrorCode::InvalidType,
            format!("Records of {} cannot be merged; {} can.", object.name(), MERGEABLE.join(", ")),
        ));
    }
    let stays = winner.id.ok_or_else(|| {
        Error::new(ErrorCode::MissingArgument, "Id not specified for the record that stays").with_field("Id")
    })?;
    if losers.is_empty() || losers.len() > MOST_LOSERS {
        return Err(Error::new(
            ErrorCode::InvalidField,
            format!("A merge takes in one to {MOST_LOSERS} records; {} were given.", losers.len()),
        ));
    }
    let distinct: HashSet<&RecordId> = losers.iter().chain([&stays]).collect();
    if distinct.len() <= losers.len() {
        return Err(Error::new(ErrorCode::DuplicateValue, "A record cannot be merged with itself."));
    }
    match losers.iter().chain([&stays]).find(|id| id.prefix() != object.key_prefix()) {
        Some(other) => Err(Error::new(
            ErrorCode::InvalidCrossReferenceKey,
            format!("{other} is no record of {}: only records of one object are merged.", object.name()),
        )),
        None => Ok(stays),
    }
}
