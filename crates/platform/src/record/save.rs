//! The save order, one for creating and changing and for one row or many: references → derive → validate → unique
//! values → clashes → rows, audit and history → what hooks do afterwards. Each step looks once for the whole batch.

use super::constraints::{check_references, check_unique, require, whole_locations};
use super::outcome::{Halt, Outcome};
use super::trail::{self, Watched};
use super::{RecordDraft, RowResult, check, choices, contents, owner, rules, share};
use crate::ctx::Ctx;
use crate::hooks::{Hook, HookCtx, HookRow};
use model::schema::{Compound, FieldType};
use model::{Error, ErrorCode, FieldIx, FieldSchema, ObjectSchema, OrgSchema, RecordId, Result, Value};
use policy::{AuthorizedWrite, Identity, SystemPermission};
use std::sync::Arc;
use store::WriteTx;

/// A row on its way through the pipeline.
pub(super) struct Row {
    /// Its place in the caller's list.
    pub(super) at: usize,
    pub(super) id: Option<RecordId>,
    pub(super) write: Arc<AuthorizedWrite>,
    /// The fields the caller set.
    pub(super) given: Vec<FieldIx>,
    /// The image before; none for a new record.
    pub(super) before: Option<Vec<Value>>,
    /// The image after, one value per field of the object.
    pub(super) after: Vec<Value>,
}

/// A row before, when it was there, and after.
type Images<'a> = (Option<&'a [Value]>, &'a [Value]);

impl Row {
    fn images(&self) -> Images<'_> {
        (self.before.as_deref(), self.after.as_slice())
    }

    /// Whether the field differs from before; always so for a new record.
    pub(super) fn is_changed(&self, field: &FieldSchema) -> bool {
        self.before.as_ref().is_none_or(|before| before[field.ix.index()] != self.after[field.ix.index()])
    }
}

impl Ctx {
    /// Runs a batch in a transaction of its own.
    pub(super) fn save_alone(
        &self,
        object: &ObjectSchema,
        outcome: Outcome,
        work: impl FnOnce(&mut WriteTx<'_>, &mut Outcome) -> std::result::Result<(), Halt>,
    ) -> Result<Vec<RowResult>> {
        let results = outcome.within(|run| self.org.store.write(|tx| run(tx)), work)?;
        self.after_commit(object);
        Ok(results)
    }

    /// What every surface must notice after records of an object changed.
    pub(super) fn after_commit(&self, object: &ObjectSchema) {
        if crate::access::ACCESS_OBJECTS.contains(&object.name()) {
            self.org.forget_permissions();
        }
    }

    /// Takes rows through the whole order.
    pub(super) fn save_rows(
        &self,
        tx: &mut WriteTx<'_>,
        object: &ObjectSchema,
        mut rows: Vec<Row>,
        outcome: &mut Outcome,
    ) -> std::result::Result<(), Halt> {
        contents::take_in(self, tx, object, &mut rows, outcome)?;
        outcome.sift(&mut rows)?;
        for row in &mut rows {
            if let Err(error) = owner::check_moved(object, row).and_then(|()| share::prepare(self, object, row)) {
                outcome.fail(row.at, error);
            }
        }
        outcome.sift(&mut rows)?;
        // Before anything looks at what a row points to: hooks and rules read as services, and what they answer must not
        // tell of records that the asker may not know of.
        check_references(tx, object, &rows, outcome)?;
        outcome.sift(&mut rows)?;
        self.number(tx, object, &mut rows)?;
        self.derive(tx, object, &mut rows, outcome)?;
        outcome.sift(&mut rows)?;
        choices::check_types(self, tx, object, &rows, outcome)?;
        check_unique(tx, object, &rows, outcome)?;
        owner::check_owners(self, tx, object, &rows, outcome)?;
        share::check(self, tx, object, &rows, outcome)?;
        outcome.sift(&mut rows)?;
        self.check_clashes(tx, object, &rows, outcome)?;
        outcome.sift(&mut rows)?;
        self.give_ids(tx, &mut rows)?;
        self.stamp_changes(tx, object, &mut rows);
        let saved = self.write_rows(tx, object, rows, outcome)?;
        outcome.check()?;
        owner::take_grants(self, tx, object, &saved, outcome.keep_teams)?;
        self.run_after_hooks(tx, object, &saved)?;
        self.settle_roll_ups(tx)?;
        Ok(())
    }

    /// What the platform and the apps compute: names, hooks, then the rules that may refuse.
    fn derive(
        &self,
        tx: &mut WriteTx<'_>,
        object: &ObjectSchema,
        rows: &mut [Row],
        outcome: &mut Outcome,
    ) -> Result<()> {
        for row in rows.iter_mut() {
            compose_names(object, &mut row.after);
        }
        for hook in self.hooks_of(object) {
            // One context for all rows: what a hook looks up for one it has at hand for the next.
            let mut hook_ctx = HookCtx::new(self, tx, hook.service());
            for row in rows.iter_mut() {
                if outcome.is_failed(row.at) {
                    continue;
                }
                let mut hook_row =
                    HookRow { object, before: row.before.as_deref(), after: &mut row.after, given: &row.given };
                if let Err(error) = hook.before_save(&mut hook_ctx, &mut hook_row) {
                    outcome.fail_row(row.at, error)?;
                }
            }
        }
        let rules = self.org.rules.rules(&self.schema, object)?;
        for row in rows.iter() {
            if outcome.is_failed(row.at) {
                continue;
            }
            let judged = require(object, &row.after)
                .and_then(|()| whole_locations(object, &row.after))
                .and_then(|()| store::check_room(object, &row.after))
                .and_then(|()| choices::check(object, row))
                .and_then(|()| rules::try_rules(self, tx, object, &rules, row.before.as_deref(), &row.after));
            if let Err(error) = judged {
                outcome.fail_row(row.at, error)?;
            }
        }
        Ok(())
    }

    /// Numbers of auto-number fields, for new rows.
    fn number(&self, tx: &mut WriteTx<'_>, object: &ObjectSchema, rows: &mut [Row]) -> Result<()> {
        for field in &object.fields {
            let FieldType::AutoNumber { format } = field.data_type() else { continue };
            let mut new: Vec<&mut Row> =
                rows.iter_mut().filter(|row| row.before.is_none() && row.after[field.ix.index()].is_null()).collect();
            let Some(write) = new.first().map(|row| row.write.clone()) else { continue };
            let from = tx.auto_numbers(&write, field.ix, new.len())?;
            for (number, row) in (from..).zip(&mut new) {
                row.after[field.ix.index()] = Value::Text(auto_number(format, number));
            }
        }
        Ok(())
    }

    fn give_ids(&self, tx: &mut WriteTx<'_>, rows: &mut [Row]) -> Result<()> {
        let mut new: Vec<&mut Row> = rows.iter_mut().filter(|row| row.id.is_none()).collect();
        if let Some(write) = new.first().map(|row| row.write.clone()) {
            let ids = tx.new_ids(&write, new.len())?;
            for (row, id) in new.iter_mut().zip(ids) {
                row.id = Some(id);
            }
        }
        for row in rows.iter_mut().filter(|row| row.before.is_none()) {
            row.after[FieldIx::ID.index()] = row.id.map_or(Value::Null, Value::Id);
        }
        Ok(())
    }

    fn stamp_changes(&self, tx: &WriteTx<'_>, object: &ObjectSchema, rows: &mut [Row]) {
        let ix = |name: &str| object.find_field(name).map(|field| field.ix);
        let now = Value::DateTime(tx.now());
        let stamps = [
            (ix("LastModifiedDate"), Some(now.clone())),
            (ix("SystemModstamp"), Some(now)),
            (ix("LastModifiedById"), self.user_id().map(Value::Id)),
        ];
        for row in rows.iter_mut().filter(|row| row.before.is_some()) {
            for (field, value) in &stamps {
                if let (Some(field), Some(value)) = (field, value) {
                    row.after[field.index()] = value.clone();
                }
            }
        }
    }

    /// Writes rows with their audit and history; returns those that were written.
    ///
    /// All at once first. The checks before make a failure rare (another transaction took a unique value), so only
    /// then is each row tried alone, behind a savepoint of its own.
    fn write_rows(
        &self,
        tx: &mut WriteTx<'_>,
        object: &ObjectSchema,
        rows: Vec<Row>,
        outcome: &mut Outcome,
    ) -> Result<Vec<Row>> {
        let watched = Watched::of(object);
        let write = |tx: &mut WriteTx<'_>, rows: &[Row]| -> Result<()> {
            put(tx, object, &watched, rows)?;
            trail::keep(tx, &self.identity, object, &watched, rows)?;
            // What a master refuses is refused to the row that would bring it there.
            self.settle_roll_ups(tx)
        };
        if let ([row], true) = (rows.as_slice(), outcome.all_or_none) {
            // It needs no net: nothing of the transaction outlives its failure.
            if let Err(error) = write(tx, std::slice::from_ref(row)) {
                outcome.fail_row(row.at, error)?;
            }
        } else {
            match tx.attempt(|tx| write(tx, &rows)) {
                Ok(()) => {}
                Err(error) if !is_of_a_row(&error) => return Err(error),
                Err(error) if rows.len() == 1 => outcome.fail_row(rows[0].at, error)?,
                Err(_) => {
                    for row in &rows {
                        if let Err(error) = tx.attempt(|tx| write(tx, std::slice::from_ref(row))) {
                            outcome.fail_row(row.at, error)?;
                        }
                    }
                }
            }
        }
        let mut saved = rows;
        saved.retain(|row| !outcome.is_failed(row.at));
        for row in &saved {
            let id = row.id.ok_or_else(|| Error::internal("a row without id"))?;
            outcome.saved(row.at, id, row.before.is_none());
        }
        Ok(saved)
    }

    /// What hooks find to clash, once it is known that the asker sees what the rows point to.
    fn check_clashes(
        &self,
        tx: &mut WriteTx<'_>,
        object: &ObjectSchema,
        rows: &[Row],
        outcome: &mut Outcome,
    ) -> Result<()> {
        let images: Vec<Images<'_>> = rows.iter().map(Row::images).collect();
        for hook in self.hooks_of(object) {
            let mut hook_ctx = HookCtx::new(self, tx, hook.service());
            for (at, error) in hook.check_clashes(&mut hook_ctx, object, &images)? {
                outcome.fail_row(rows[at].at, error)?;
            }
        }
        Ok(())
    }

    fn run_after_hooks(&self, tx: &mut WriteTx<'_>, object: &ObjectSchema, rows: &[Row]) -> Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        for hook in self.hooks_of(object) {
            let mut hook_ctx = HookCtx::new(self, tx, hook.service());
            let images: Vec<Images<'_>> = rows.iter().map(Row::images).collect();
            hook.after_save(&mut hook_ctx, object, &images)?;
        }
        Ok(())
    }

    /// The hooks of an object, in the order in which they run.
    pub(super) fn hooks_of(&self, object: &ObjectSchema) -> impl Iterator<Item = &Arc<dyn Hook>> {
        self.org.hooks.iter().filter(|hook| hook.objects().contains(&object.name()))
    }
}

/// An error that another row of the batch need not share.
fn is_of_a_row(error: &Error) -> bool {
    !matches!(error.code(), ErrorCode::UnknownException | ErrorCode::ServerUnavailable | ErrorCode::UnableToLockRow)
}

/// The rows into their table: new ones inserted, others with the fields that differ and the stamps.
fn put(tx: &mut WriteTx<'_>, object: &ObjectSchema, watched: &Watched, rows: &[Row]) -> Result<()> {
    for run in rows
        .chunk_by(|one, other| one.before.is_none() == other.before.is_none() && Arc::ptr_eq(&one.write, &other.write))
    {
        let Some(first) = run.first() else { continue };
        if first.before.is_none() {
            let images: Vec<&[Value]> = run.iter().map(|row| row.after.as_slice()).collect();
            tx.insert(&first.write, &images)?;
            continue;
        }
        let stamps: Vec<FieldIx> = ["LastModifiedDate", "LastModifiedById", "SystemModstamp"]
            .iter()
            .filter_map(|name| object.find_field(name))
            .map(|field| field.ix)
            .collect();
        let changes: Vec<(Vec<FieldIx>, &Row)> =
            run.iter().map(|row| (watched.changed(row.before.as_deref(), &row.after), row)).collect();
        for alike in changes.chunk_by(|one, other| one.0 == other.0) {
            let Some((changed, _)) = alike.first() else { continue };
            let fields: Vec<FieldIx> = changed.iter().chain(&stamps).copied().collect();
            let values = alike
                .iter()
                .map(|(_, row)| {
                    let id = row.id.ok_or_else(|| Error::internal("a row without id"))?;
                    Ok((id, fields.iter().map(|ix| &row.after[ix.index()]).collect()))
                })
                .collect::<Result<Vec<_>>>()?;
            tx.update(&first.write, &fields, &values)?;
        }
    }
    Ok(())
}

/// Puts a draft's values into an image, settled; the first bad one is the row's error.
pub(super) fn apply(
    schema: &OrgSchema,
    identity: &Identity,
    object: &ObjectSchema,
    draft: &RecordDraft,
    after: &mut [Value],
) -> Result<Vec<FieldIx>> {
    let mut given = Vec::with_capacity(draft.values.len());
    for (ix, value) in &draft.values {
        let field = object.field(*ix);
        if given.contains(ix) {
            return Err(Error::new(ErrorCode::InvalidField, format!("Duplicate field '{}'", field.name()))
                .with_field(field.name()));
        }
        if is_mask_of(identity, field, value, &after[ix.index()]) {
            continue;
        }
        after[ix.index()] = check::settle(schema, object, field, value.clone())?;
        given.push(*ix);
    }
    Ok(given)
}

/// Whether a value is nothing but what somebody was shown in place of the one that is there: a form or a program that
/// gives back what it read leaves it as it is.
fn is_mask_of(identity: &Identity, field: &FieldSchema, given: &Value, there: &Value) -> bool {
    match (field.data_type().mask(), given.as_text(), there.as_text()) {
        (Some(mask), Some(given), Some(there)) => {
            !identity.permissions().system(SystemPermission::ViewEncryptedData) && given.trim() == mask.hide(there)
        }
        _ => false,
    }
}

/// `Name` of a person from its parts: first and last name.
fn compose_names(object: &ObjectSchema, after: &mut [Value]) {
    let whole = object.fields.iter().find(|field| *field.data_type() == FieldType::Compound(Compound::PersonName));
    let Some(whole) = whole else { return };
    let part =
        |name: &str| object.find_field(name).and_then(|field| after[field.ix.index()].as_text()).unwrap_or_default();
    let full = format!("{} {}", part("FirstName"), part("LastName"));
    let full = full.trim();
    after[whole.ix.index()] = if full.is_empty() { Value::Null } else { Value::from(full) };
}

/// `CASE-{0000}` with the number in place of the braces, padded to their zeros.
fn auto_number(format: &str, number: u64) -> String {
    match format.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?))) {
        Some((before, (zeros, after))) => format!("{before}{number:0width$}{after}", width = zeros.len()),
        None => format!("{format}{number}"),
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
