//! Changing records: a draft over the image that the transaction holds.

use super::choices;
use super::gates::Gates;
use super::outcome::{Halt, Outcome};
use super::save::{Row, apply};
use super::{RecordDraft, RowResult, SaveOptions};
use crate::ctx::Ctx;
use model::{Error, ErrorCode, Instant, ObjectSchema, RecordId, Result, Value};
use policy::{AuthorizedWrite, WriteVerb};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use store::{BeforeImage, WriteTx};

impl Ctx {
    /// Changes records of one object, in one transaction. Fields not given stay as they are.
    ///
    /// # Errors
    /// What concerns the whole call; each row's own errors stand in its result.
    pub fn records_update(
        &self,
        object: &str,
        drafts: Vec<RecordDraft>,
        options: SaveOptions,
    ) -> Result<Vec<RowResult>> {
        let object = self.object(object)?;
        self.save_alone(object, Outcome::new(drafts.len(), options), |tx, outcome| {
            self.update_drafts(tx, object, &drafts, options, outcome)
        })
    }

    /// Changes records inside a transaction that is under way.
    pub(crate) fn update_in(
        &self,
        tx: &mut WriteTx<'_>,
        object: &ObjectSchema,
        drafts: &[RecordDraft],
    ) -> Result<Vec<RowResult>> {
        let options = SaveOptions::ALL;
        Outcome::new(drafts.len(), options)
            .within(|run| run(tx), |tx, outcome| self.update_drafts(tx, object, drafts, options, outcome))
    }

    pub(super) fn update_drafts(
        &self,
        tx: &mut WriteTx<'_>,
        object: &ObjectSchema,
        drafts: &[RecordDraft],
        options: SaveOptions,
        outcome: &mut Outcome,
    ) -> std::result::Result<(), Halt> {
        let placed: Vec<(usize, &RecordDraft)> = drafts.iter().enumerate().collect();
        let rows = self.changed_rows(tx, object, &placed, options, outcome)?;
        self.save_rows(tx, object, rows, outcome)
    }

    /// The rows that drafts make of the records they name, locked until the transaction ends.
    pub(super) fn changed_rows(
        &self,
        tx: &mut WriteTx<'_>,
        object: &ObjectSchema,
        drafts: &[(usize, &RecordDraft)],
        options: SaveOptions,
        outcome: &mut Outcome,
    ) -> Result<Vec<Row>> {
        let mut gates = Gates::new(self, object, WriteVerb::Edit, options);
        let mut asked: Vec<Asked<'_>> = Vec::with_capacity(drafts.len());
        let mut seen = HashSet::new();
        for (at, draft) in drafts {
            match ask(object, &mut gates, draft) {
                Ok((id, write)) if seen.insert(id) => asked.push(Asked { at: *at, id, write, draft }),
                // Both rows would be judged by the same image before, and one change would be lost.
                Ok((id, _)) => outcome.fail(*at, repeated_id(id)),
                Err(error) => outcome.fail(*at, error),
            }
        }
        let mut images: HashMap<RecordId, BeforeImage> = HashMap::with_capacity(asked.len());
        for alike in asked.chunk_by(|one, other| Arc::ptr_eq(&one.write, &other.write)) {
            let ids: Vec<RecordId> = alike.iter().map(|asked| asked.id).collect();
            if let Some(first) = alike.first() {
                images.extend(tx.before_images(&first.write, &ids)?);
            }
        }
        let mut rows = Vec::with_capacity(asked.len());
        for Asked { at, id, write, draft } in asked {
            let row = images.remove(&id).ok_or_else(Error::not_found).and_then(|image| {
                check_image(object, &image, options)?;
                self.changed_row(object, draft, image, at, write)
            });
            match row {
                Ok(row) => rows.push(row),
                Err(error) => outcome.fail(at, error),
            }
        }
        Ok(rows)
    }

    /// The image that a draft makes of a record.
    pub(super) fn changed_row(
        &self,
        object: &ObjectSchema,
        draft: &RecordDraft,
        image: BeforeImage,
        at: usize,
        write: Arc<AuthorizedWrite>,
    ) -> Result<Row> {
        let mut after = image.values.clone();
        let given = apply(&self.schema, &self.identity, object, draft, &mut after)?;
        choices::retype(&self.identity, object, &image.values, &mut after)?;
        let changes_owner = object.owner_field.is_some_and(|owner| image.values[owner.index()] != after[owner.index()]);
        if changes_owner && !image.transferable {
            return Err(no_access(image.id));
        }
        Ok(Row { at, id: Some(image.id), write, given, before: Some(image.values), after })
    }
}

/// A draft with the record it is for and the gate it passed.
struct Asked<'a> {
    at: usize,
    id: RecordId,
    write: Arc<AuthorizedWrite>,
    draft: &'a RecordDraft,
}

fn ask(object: &ObjectSchema, gates: &mut Gates<'_>, draft: &RecordDraft) -> Result<(RecordId, Arc<AuthorizedWrite>)> {
    let id = draft
        .id
        .ok_or_else(|| Error::new(ErrorCode::MissingArgument, "Id not specified in an update call").with_field("Id"))?;
    if id.prefix() != object.key_prefix() {
        return Err(Error::not_found());
    }
    Ok((id, gates.for_fields(draft.values.iter().map(|(ix, _)| *ix))?))
}

/// What may be done with a record, before anything is done.
///
/// # Errors
/// `NOT_FOUND`, `ENTITY_IS_DELETED`, `INSUFFICIENT_ACCESS_OR_READONLY`, or `PRECONDITION_FAILED` for a record that
/// somebody changed since the caller looked.
pub(super) fn check_image(object: &ObjectSchema, image: &BeforeImage, options: SaveOptions) -> Result<()> {
    if !image.readable {
        return Err(Error::not_found());
    }
    if image.deleted {
        return Err(Error::new(ErrorCode::EntityIsDeleted, "entity is deleted"));
    }
    if !image.permitted {
        return Err(no_access(image.id));
    }
    match options.unmodified_since.zip(stamp_of(object, image)) {
        Some((since, stamp)) if stamp > since => Err(Error::new(
            ErrorCode::PreconditionFailed,
            format!(
                "The record {} was changed at {stamp}, after you read it. Read it again and repeat your change.",
                image.id
            ),
        )),
        _ => Ok(()),
    }
}

/// When the record was last written.
pub(super) fn stamp_of(object: &ObjectSchema, image: &BeforeImage) -> Option<Instant> {
    object.find_field("SystemModstamp").and_then(|field| match &image.values[field.ix.index()] {
        Value::DateTime(stamp) => Some(*stamp),
        _ => None,
    })
}

fn repeated_id(id: RecordId) -> Error {
    Error::new(ErrorCode::DuplicateValue, format!("Duplicate id in list: {id}")).with_field("Id")
}

pub(super) fn no_access(id: RecordId) -> Error {
    Error::new(ErrorCode::InsufficientAccessOrReadonly, format!("insufficient access rights on object id {id}"))
}
