//! Creating records.

use super::save::{
    Gates, Outcome, Row, Stop, apply, check_references, check_unique, compose_names, record_change, require, set,
};
use super::{RecordDraft, RowResult, SaveOptions, rules};
use crate::ctx::Ctx;
use crate::hooks::{HookCtx, HookRow};
use model::schema::FieldType;
use model::{Error, ErrorCode, FieldIx, ObjectSchema, Result, Value};
use policy::WriteVerb;
use store::WriteTx;

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
        let mut rows = Vec::with_capacity(drafts.len());
        let mut gates = Gates::new(self, object, WriteVerb::Create, options);
        for (at, draft) in drafts.iter().enumerate() {
            match self.new_row(object, &mut gates, at, draft, options) {
                Ok(row) => rows.push(row),
                Err(error) => outcome.fail(at, error),
            }
        }
        let mut stopped = false;
        let written = self.org.store.write(|tx| match self.create_rows(tx, object, rows, &mut outcome) {
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

    /// What every surface must notice after records of an object changed.
    pub(super) fn after_commit(&self, object: &ObjectSchema) {
        if crate::access::ACCESS_OBJECTS.contains(&object.name()) {
            self.org.forget_permissions();
        }
    }

    pub(super) fn new_row(
        &self,
        object: &ObjectSchema,
        gates: &mut Gates<'_>,
        at: usize,
        draft: &RecordDraft,
        options: SaveOptions,
    ) -> Result<Row> {
        let mut after: Vec<Value> = object
            .fields
            .iter()
            .map(|field| match (&field.def.default, field.data_type()) {
                (Value::Null, FieldType::Boolean) => Value::Bool(false),
                (default, _) => default.clone(),
            })
            .collect();
        let fields: Vec<FieldIx> = draft.values.iter().map(|(ix, _)| *ix).collect();
        let write = gates.for_fields(&fields)?;
        let given = apply(&self.schema, object, draft, &mut after)?;
        let chosen_id = draft.id.filter(|_| options.system_fields && self.user_id().is_none());
        if draft.id.is_some() && chosen_id.is_none() {
            return Err(Error::new(ErrorCode::InvalidField, "cannot specify Id in an insert call").with_field("Id"));
        }
        self.stamp_new(object, &given, &mut after)?;
        Ok(Row { at, id: chosen_id, write, given, before: None, after })
    }

    /// Owner, creator and instants, where the caller gave none.
    fn stamp_new(&self, object: &ObjectSchema, given: &[FieldIx], after: &mut [Value]) -> Result<()> {
        let by = self.user_id().map_or(Value::Null, Value::Id);
        let missing = |after: &[Value], name: &str| {
            object.find_field(name).is_some_and(|field| !given.contains(&field.ix) || after[field.ix.index()].is_null())
        };
        let now = Value::DateTime(self.now());
        let created = if missing(after, "CreatedDate") { now.clone() } else { value_of(object, after, "CreatedDate") };
        for (name, value) in [
            ("CreatedDate", created.clone()),
            ("LastModifiedDate", created),
            ("SystemModstamp", now),
            ("CreatedById", by.clone()),
            ("LastModifiedById", by.clone()),
            ("OwnerId", by),
        ] {
            if missing(after, name) {
                set(object, after, name, value);
            }
        }
        if object.owner_field.is_some_and(|owner| after[owner.index()].is_null()) {
            return Err(Error::new(ErrorCode::RequiredFieldMissing, "Required fields are missing: [OwnerId]")
                .with_field("OwnerId"));
        }
        Ok(())
    }

    pub(super) fn create_rows(
        &self,
        tx: &mut WriteTx<'_>,
        object: &ObjectSchema,
        mut rows: Vec<Row>,
        outcome: &mut Outcome,
    ) -> std::result::Result<(), CreateError> {
        outcome.sift(&mut rows)?;
        self.number(tx, object, &mut rows)?;
        for row in &mut rows {
            if let Err(error) = self.derive(tx, object, row) {
                outcome.fail(row.at, error);
            }
        }
        outcome.sift(&mut rows)?;
        check_references(tx, object, &rows, outcome)?;
        check_unique(tx, object, &rows, outcome)?;
        outcome.sift(&mut rows)?;
        if let Some(first) = rows.first() {
            let write = first.write.clone();
            let wanted = rows.iter().filter(|row| row.id.is_none()).count();
            let mut ids = tx.new_ids(&write, wanted)?.into_iter();
            for row in &mut rows {
                row.id = row.id.or_else(|| ids.next());
            }
        }
        let alone = rows.len() == 1;
        let mut saved = Vec::with_capacity(rows.len());
        for mut row in rows {
            let Some(id) = row.id else { return Err(Error::internal("a row without id").into()) };
            row.after[FieldIx::ID.index()] = Value::Id(id);
            let insert = |tx: &mut WriteTx<'_>| -> Result<()> {
                tx.insert(&row.write, std::slice::from_ref(&row.after))?;
                record_change(tx, "record_create", object, &row, id)
            };
            // A row of its own needs no net: its failure is the transaction's.
            let done = if alone || outcome.all_or_none { insert(tx) } else { tx.attempt(insert) };
            match done {
                Ok(()) => {
                    outcome.results[row.at] = RowResult { id: Some(id), created: true, errors: Vec::new() };
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

    /// What the platform and the apps compute: names, hooks, then the rules that may refuse.
    pub(super) fn derive(&self, tx: &mut WriteTx<'_>, object: &ObjectSchema, row: &mut Row) -> Result<()> {
        compose_names(object, &mut row.after);
        let hooks = self.org.hooks.iter().filter(|hook| hook.objects().contains(&object.name()));
        for hook in hooks {
            let mut hook_ctx = HookCtx::new(self, tx, hook.service());
            let mut hook_row =
                HookRow { object, before: row.before.as_deref(), after: &mut row.after, given: &row.given };
            hook.before_save(&mut hook_ctx, &mut hook_row)?;
        }
        require(object, &row.after)?;
        let rules = self.org.rules.rules(self.schema.version(), object)?;
        rules::try_rules(self, &rules, row.before.as_deref(), &row.after)
    }

    pub(super) fn run_after_hooks(&self, tx: &mut WriteTx<'_>, object: &ObjectSchema, rows: &[Row]) -> Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        for hook in self.org.hooks.iter().filter(|hook| hook.objects().contains(&object.name())) {
            let mut hook_ctx = HookCtx::new(self, tx, hook.service());
            let images: Vec<(Option<&[Value]>, &[Value])> =
                rows.iter().map(|row| (row.before.as_deref(), row.after.as_slice())).collect();
            hook.after_save(&mut hook_ctx, object, &images)?;
        }
        Ok(())
    }

    /// Numbers of auto-number fields.
    fn number(&self, tx: &mut WriteTx<'_>, object: &ObjectSchema, rows: &mut [Row]) -> Result<()> {
        for field in &object.fields {
            let FieldType::AutoNumber { format } = field.data_type() else { continue };
            let Some(first) = rows.first() else { continue };
            let write = first.write.clone();
            let from = tx.auto_numbers(&write, field.ix, rows.len())?;
            for (number, row) in (from..).zip(rows.iter_mut()) {
                row.after[field.ix.index()] = Value::Text(auto_number(format, number));
            }
        }
        Ok(())
    }
}

fn value_of(object: &ObjectSchema, after: &[Value], name: &str) -> Value {
    object.find_field(name).map(|field| after[field.ix.index()].clone()).unwrap_or_default()
}

/// `CASE-{0000}` with the number in place of the braces, padded to their zeros.
fn auto_number(format: &str, number: u64) -> String {
    match format.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?))) {
        Some((before, (zeros, after))) => format!("{before}{number:0width$}{after}", width = zeros.len()),
        None => format!("{format}{number}"),
    }
}

/// Why creating stopped: a bad row in a batch that must be whole, or a failure of ours.
pub(super) enum CreateError {
    Stop(Stop),
    Failed(Error),
}

impl From<Stop> for CreateError {
    fn from(stop: Stop) -> Self {
        CreateError::Stop(stop)
    }
}

impl From<Error> for CreateError {
    fn from(error: Error) -> Self {
        CreateError::Failed(error)
    }
}

#[cfg(test)]
mod tests {
    use super::auto_number;

    #[test]
    fn auto_numbers_are_padded_to_their_zeros() {
        assert_eq!(auto_number("{00000000}", 1026), "00001026");
        assert_eq!(auto_number("CASE-{0000}", 7), "CASE-0007");
        assert_eq!(auto_number("T{0}", 12), "T12");
    }
}
