//! Creating records: a draft becomes a whole row, with defaults and stamps.

use super::choices;
use super::gates::Gates;
use super::outcome::Outcome;
use super::save::{Row, apply};
use super::{RecordDraft, RowResult, SaveOptions};
use crate::ctx::Ctx;
use model::schema::FieldType;
use model::{Error, ErrorCode, FieldIx, ObjectSchema, Result, Value};
use policy::{AuthorizedWrite, WriteVerb};
use std::sync::Arc;

impl Ctx {
    /// Creates records of one object, in one transaction.
    ///
    /// # Errors
    /// What concerns the whole call; each row's own errors stand in its result.
    pub fn records_create(
        &self,
        object: &str,
        drafts: Vec<RecordDraft>,
        options: SaveOptions,
    ) -> Result<Vec<RowResult>> {
        let object = self.object(object)?;
        let mut outcome = Outcome::new(drafts.len(), options);
        let rows = self.new_rows(object, &drafts, options, &mut outcome);
        self.save_alone(object, outcome, |tx, outcome| self.save_rows(tx, object, rows, outcome))
    }

    pub(super) fn new_rows(
        &self,
        object: &ObjectSchema,
        drafts: &[RecordDraft],
        options: SaveOptions,
        outcome: &mut Outcome,
    ) -> Vec<Row> {
        let mut maker = NewRows::new(self, object, options);
        let mut rows = Vec::with_capacity(drafts.len());
        for (at, draft) in drafts.iter().enumerate() {
            match maker.row(at, draft) {
                Ok(row) => rows.push(row),
                Err(error) => outcome.fail(at, error),
            }
        }
        rows
    }
}

/// Makes rows of drafts for new records; what is alike for all rows is worked out once.
pub(super) struct NewRows<'a> {
    ctx: &'a Ctx,
    object: &'a ObjectSchema,
    options: SaveOptions,
    gates: Gates<'a>,
    blank: Vec<Value>,
    stamps: Vec<(FieldIx, Stamp)>,
}

/// What a new record has in a field that was not given.
#[derive(Clone, Copy)]
enum Stamp {
    /// The creation date, or now.
    Created,
    Now,
    Maker,
}

impl<'a> NewRows<'a> {
    pub(super) fn new(ctx: &'a Ctx, object: &'a ObjectSchema, options: SaveOptions) -> Self {
        let blank = object
            .fields
            .iter()
            .map(|field| match (&field.def.default, field.data_type()) {
                (Value::Null, FieldType::Boolean) => Value::Bool(false),
                (Value::Null, FieldType::RollUp(roll_up)) => crate::roll_up::of_nothing(roll_up),
                (default, _) => default.clone(),
            })
            .collect();
        let stamps = [
            ("CreatedDate", Stamp::Now),
            ("LastModifiedDate", Stamp::Created),
            ("SystemModstamp", Stamp::Now),
            ("CreatedById", Stamp::Maker),
            ("LastModifiedById", Stamp::Maker),
            ("OwnerId", Stamp::Maker),
        ];
        let stamps = stamps.into_iter().filter_map(|(name, stamp)| Some((object.find_field(name)?.ix, stamp)));
        let gates = Gates::new(ctx, object, WriteVerb::Create, options);
        Self { ctx, object, options, gates, blank, stamps: stamps.collect() }
    }

    pub(super) fn row(&mut self, at: usize, draft: &RecordDraft) -> Result<Row> {
        let write = self.gates.for_fields(draft.values.iter().map(|(ix, _)| *ix))?;
        self.row_under(write, at, draft)
    }

    /// A row of a draft whose gate is passed.
    pub(super) fn row_under(&self, write: Arc<AuthorizedWrite>, at: usize, draft: &RecordDraft) -> Result<Row> {
        let (ctx, object) = (self.ctx, self.object);
        let mut after = self.blank.clone();
        let given = apply(&ctx.schema, &ctx.identity, object, draft, &mut after)?;
        choices::begin(&ctx.identity, object, &given, &mut after)?;
        let chosen_id = draft.id.filter(|_| self.options.system_fields && ctx.user_id().is_none());
        if draft.id.is_some() && chosen_id.is_none() {
            return Err(Error::new(ErrorCode::InvalidField, "cannot specify Id in an insert call").with_field("Id"));
        }
        self.stamp(&given, &mut after);
        if object.owner_field.is_some_and(|owner| after[owner.index()].is_null()) {
            return Err(Error::new(ErrorCode::RequiredFieldMissing, "Required fields are missing: [OwnerId]")
                .with_field("OwnerId"));
        }
        Ok(Row { at, id: chosen_id, write, given, before: None, after })
    }

    /// Owner, creator and instants, where the caller gave none.
    fn stamp(&self, given: &[FieldIx], after: &mut [Value]) {
        let now = Value::DateTime(self.ctx.now());
        let mut created = now.clone();
        for (field, stamp) in &self.stamps {
            let missing = !given.contains(field) || after[field.index()].is_null();
            if missing {
                after[field.index()] = match stamp {
                    Stamp::Created => created.clone(),
                    Stamp::Now => now.clone(),
                    Stamp::Maker => self.ctx.user_id().map_or(Value::Null, Value::Id),
                };
            } else if self.object.field(*field).name() == "CreatedDate" {
                created = after[field.index()].clone();
            }
        }
    }
}
