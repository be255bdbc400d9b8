//! Where a call reads and changes records: each step in a transaction of its own, or all of them inside one that is under
//! way, because the call is part of a larger one that is kept whole or not at all.

use model::{Error, FieldSchema, ObjectSchema, RecordId, Result, Value};
use platform::{Ctx, QueryAnswer, QueryOptions, RecordDraft, RowResult, SaveOptions, Unit, UpsertKey};

pub(crate) enum Work<'c, 'w, 'tx> {
    Apart(&'c Ctx),
    Within(&'w mut Unit<'c, 'tx>),
}

impl<'c> Work<'c, '_, '_> {
    pub(crate) fn ctx(&self) -> &'c Ctx {
        match self {
            Work::Apart(ctx) => ctx,
            Work::Within(unit) => unit.ctx(),
        }
    }

    /// Does several things that are kept together or undone together.
    pub(crate) fn together<T>(&mut self, work: impl FnOnce(&mut Work<'_, '_, '_>) -> Result<T>) -> Result<T> {
        match self {
            Work::Apart(ctx) => ctx.in_one_transaction(|unit| work(&mut Work::Within(unit))),
            Work::Within(unit) => unit.attempt(|unit| work(&mut Work::Within(unit))),
        }
    }

    pub(crate) fn create(
        &mut self,
        object: &str,
        drafts: Vec<RecordDraft>,
        options: SaveOptions,
    ) -> Result<Vec<RowResult>> {
        match self {
            Work::Apart(ctx) => ctx.records_create(object, drafts, options),
            Work::Within(unit) => unit.create(object, &drafts, options),
        }
    }

    pub(crate) fn update(
        &mut self,
        object: &str,
        drafts: Vec<RecordDraft>,
        options: SaveOptions,
    ) -> Result<Vec<RowResult>> {
        match self {
            Work::Apart(ctx) => ctx.records_update(object, drafts, options),
            Work::Within(unit) => unit.update(object, &drafts, options),
        }
    }

    pub(crate) fn upsert(
        &mut self,
        object: &str,
        key: &UpsertKey,
        drafts: Vec<RecordDraft>,
        options: SaveOptions,
    ) -> Result<Vec<RowResult>> {
        match self {
            Work::Apart(ctx) => ctx.records_upsert(object, key, drafts, options),
            Work::Within(unit) => unit.upsert(object, key, drafts, options),
        }
    }

    pub(crate) fn delete(&mut self, object: &str, ids: &[RecordId], options: SaveOptions) -> Result<Vec<RowResult>> {
        match self {
            Work::Apart(ctx) => ctx.records_delete(object, ids, options),
            Work::Within(unit) => unit.delete(object, ids, options),
        }
    }

    pub(crate) fn query(&mut self, text: &str, options: QueryOptions) -> Result<QueryAnswer> {
        match self {
            Work::Apart(ctx) => ctx.query(text, options),
            Work::Within(unit) => unit.query(text, options),
        }
    }

    pub(crate) fn record_get(&mut self, object: &str, id: RecordId, fields: Option<&[String]>) -> Result<QueryAnswer> {
        match self {
            Work::Apart(ctx) => ctx.record_get(object, id, fields),
            Work::Within(unit) => unit.record_get(object, id, fields),
        }
    }

    /// Every readable record with this key.
    pub(crate) fn all_found_by(
        &mut self,
        object: &ObjectSchema,
        field: &FieldSchema,
        value: &Value,
    ) -> Result<Vec<RecordId>> {
        match self {
            Work::Apart(ctx) => ctx.all_found_by(object, field, value),
            Work::Within(unit) => unit.all_found_by(object, field, value),
        }
    }

    /// The one record with this key; several are an error that lists them.
    pub(crate) fn found_by(
        &mut self,
        object: &ObjectSchema,
        field: &FieldSchema,
        value: &Value,
    ) -> Result<Option<RecordId>> {
        match self {
            Work::Apart(ctx) => ctx.found_by(object, field, value),
            Work::Within(unit) => unit.found_by(object, field, value),
        }
    }
}

/// The one result of a batch of one.
pub(crate) fn only(results: Vec<RowResult>) -> Result<RowResult> {
    results.into_iter().next().ok_or_else(|| Error::internal("a batch of one gave no result"))
}
