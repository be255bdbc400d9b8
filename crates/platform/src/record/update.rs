//! Changing records.

use super::create::CreateError;
use super::save::{
    Gates, Outcome, Row, Stop, apply, changed_fields, check_references, check_unique, record_change, set,
};
use super::{RecordDraft, RowResult, SaveOptions};
use crate::ctx::Ctx;
use model::{Error, ErrorCode, FieldIx, ObjectSchema, RecordId, Result, Value};
use policy::WriteVerb;
use std::collections::HashSet;
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
        let mut outcome = Outcome::new(drafts.len(), options);
        let mut stopped = false;
        let written = self.org.store.write(|tx| match self.update_rows(tx, object, &drafts, options, &mut outcome) {
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

    pub(super) fn update_rows(
        &self,
        tx: &mut WriteTx<'_>,
        object: &ObjectSchema,
        drafts: &[RecordDraft],
        options: SaveOptions,
        outcome: &mut Outcome,
    ) -> std::result::Result<(), CreateError> {
        let mut gates = Gates::new(self, object, WriteVerb::Edit, options);
        let mut rows = Vec::with_capacity(drafts.len());
        let mut seen = HashSet::new();
        for (at, draft) in drafts.iter().enumerate() {
            match self.changed_row(tx, object, &mut gates, at, draft) {
                // Both rows would be judged by the same image before, and one change would be lost.
                Ok(row) if !seen.insert(row.id) => outcome.fail(at, repeated_id(row.id)),
                Ok(row) => rows.push(row),
                Err(error) => outcome.fail(at, error),
            }
        }
        outcome.sift(&mut rows)?;
        for row in &mut rows {
            if let Err(error) = self.derive(tx, object, row) {
                outcome.fail(row.at, error);
            }
        }
        outcome.sift(&mut rows)?;
        check_references(tx, object, &rows, outcome)?;
        check_unique(tx, object, &rows, outcome)?;
        outcome.sift(&mut rows)?;
        let alone = rows.len() == 1;
        let mut saved = Vec::with_capacity(rows.len());
        for mut row in rows {
            let Some(id) = row.id else { return Err(Error::internal("a row without id").into()) };
            self.stamp_change(tx, object, &mut row.after);
            let update = |tx: &mut WriteTx<'_>| -> Result<()> { save_changes(tx, object, &row, id) };
            let done = if alone || outcome.all_or_none { update(tx) } else { tx.attempt(update) };
            match done {
                Ok(()) => {
                    outcome.results[row.at] = RowResult { id: Some(id), created: false, errors: Vec::new() };
                    saved.push(row);
                }
                Err(error)
                    if error.code() == ErrorCode::UnknownException || error.code() == ErrorCode::ServerUnavailable =>
                {
                    return Err(error.into());
                }
                Err(error) => outcome.fail(row.at, error),
            }
        }
        let mut none = Vec::new();
        outcome.sift(&mut none)?;
        self.run_after_hooks(tx, object, &saved)?;
        Ok(())
    }

    fn changed_row(
        &self,
        tx: &mut WriteTx<'_>,
        object: &ObjectSchema,
        gates: &mut Gates<'_>,
        at: usize,
        draft: &RecordDraft,
    ) -> Result<Row> {
        let id = draft.id.ok_or_else(|| {
            Error::new(ErrorCode::MissingArgument, "Id not specified in an update call").with_field("Id")
        })?;
        if id.prefix() != object.key_prefix() {
            return Err(Error::not_found());
        }
        let fields: Vec<FieldIx> = draft.values.iter().map(|(ix, _)| *ix).collect();
        let write = gates.for_fields(&fields)?;
        let image = tx.before_images(&write, &[id])?.remove(&id).ok_or_else(Error::not_found)?;
        check_image(&image, id)?;
        let mut after = image.values.clone();
        let given = apply(&self.schema, object, draft, &mut after)?;
        let changes_owner = object.owner_field.is_some_and(|owner| image.values[owner.index()] != after[owner.index()]);
        if changes_owner && !image.transferable {
            return Err(no_access(id));
        }
        Ok(Row { at, id: Some(id), write, given, before: Some(image.values), after })
    }

    fn stamp_change(&self, tx: &WriteTx<'_>, object: &ObjectSchema, after: &mut [Value]) {
        let now = Value::DateTime(tx.now());
        set(object, after, "LastModifiedDate", now.clone());
        set(object, after, "SystemModstamp", now);
        if let Some(user) = self.user_id() {
            set(object, after, "LastModifiedById", Value::Id(user));
        }
    }
}

/// The fields that differ, with the stamps, in one statement; then audit and history.
fn save_changes(tx: &mut WriteTx<'_>, object: &ObjectSchema, row: &Row, id: RecordId) -> Result<()> {
    let changed = changed_fields(object, row.before.as_deref(), &row.after);
    let stamps = ["LastModifiedDate", "LastModifiedById", "SystemModstamp"];
    let changes: Vec<(FieldIx, Value)> = changed
        .into_iter()
        .chain(stamps.iter().filter_map(|name| object.find_field(name)).map(|field| field.ix))
        .map(|ix| (ix, row.after[ix.index()].clone()))
        .collect();
    tx.update(&row.write, id, &changes)?;
    record_change(tx, "record_update", object, row, id)
}

/// What may be done with a record, before anything is done.
pub(super) fn check_image(image: &BeforeImage, id: RecordId) -> Result<()> {
    if !image.readable {
        return Err(Error::not_found());
    }
    if image.deleted {
        return Err(Error::new(ErrorCode::EntityIsDeleted, "entity is deleted"));
    }
    if !image.permitted {
        return Err(no_access(id));
    }
    Ok(())
}

fn repeated_id(id: Option<RecordId>) -> Error {
    let id = id.map(|id| id.to_string()).unwrap_or_default();
    Error::new(ErrorCode::DuplicateValue, format!("Duplicate id in list: {id}")).with_field("Id")
}

pub(super) fn no_access(id: RecordId) -> Error {
    Error::new(ErrorCode::InsufficientAccessOrReadonly, format!("insufficient access rights on object id {id}"))
}
