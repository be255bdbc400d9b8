//! Several changes of records, and marks in the journal of an import, in one transaction.

use super::create::CreateError;
use super::save::{Gates, Outcome, Stop};
use super::{RecordDraft, RowResult, SaveOptions};
use crate::ctx::Ctx;
use crate::query::QueryOptions;
use model::{Error, ObjectIx, ObjectSchema, Result};
use policy::WriteVerb;
use std::collections::BTreeSet;
use store::{RecordRow, WriteTx};

/// A transaction under way in the name of one user or service. It reads its own writes; nothing of it is seen by others
/// until it ends well.
pub struct Unit<'a, 'tx> {
    ctx: &'a Ctx,
    tx: &'a mut WriteTx<'tx>,
    touched: &'a mut BTreeSet<ObjectIx>,
}

impl Ctx {
    /// Runs `work` in one transaction: all of it is kept, or, when `work` fails, nothing.
    ///
    /// # Errors
    /// Those of `work`, and of the database.
    pub fn in_one_transaction<T>(&self, work: impl FnOnce(&mut Unit<'_, '_>) -> Result<T>) -> Result<T> {
        let mut touched = BTreeSet::new();
        let value = self.org.store.write(|tx| work(&mut Unit { ctx: self, tx, touched: &mut touched }))?;
        for object in touched {
            self.after_commit(self.schema.object(object));
        }
        Ok(value)
    }
}

impl Unit<'_, '_> {
    /// Creates records of one object. A batch that must be whole and is not leaves the transaction as it was before.
    ///
    /// # Errors
    /// What concerns the whole call; each row's own errors stand in its result.
    pub fn create(&mut self, object: &str, drafts: &[RecordDraft], options: SaveOptions) -> Result<Vec<RowResult>> {
        let ctx = self.ctx;
        let object = ctx.object(object)?;
        let mut outcome = Outcome::new(drafts.len(), options);
        let mut gates = Gates::new(ctx, object, WriteVerb::Create, options);
        let mut rows = Vec::with_capacity(drafts.len());
        for (at, draft) in drafts.iter().enumerate() {
            match ctx.new_row(object, &mut gates, at, draft, options) {
                Ok(row) => rows.push(row),
                Err(error) => outcome.fail(at, error),
            }
        }
        self.save(object, outcome, |tx, outcome| ctx.create_rows(tx, object, rows, outcome))
    }

    /// Changes records of one object. Fields not given stay as they are.
    ///
    /// # Errors
    /// As [`Unit::create`].
    pub fn update(&mut self, object: &str, drafts: &[RecordDraft], options: SaveOptions) -> Result<Vec<RowResult>> {
        let ctx = self.ctx;
        let object = ctx.object(object)?;
        let outcome = Outcome::new(drafts.len(), options);
        self.save(object, outcome, |tx, outcome| ctx.update_rows(tx, object, drafts, options, outcome))
    }

    fn save(
        &mut self,
        object: &ObjectSchema,
        mut outcome: Outcome,
        rows: impl FnOnce(&mut WriteTx<'_>, &mut Outcome) -> std::result::Result<(), CreateError>,
    ) -> Result<Vec<RowResult>> {
        let mut stopped = false;
        let written = self.tx.attempt(|tx| match rows(tx, &mut outcome) {
            Ok(()) => Ok(()),
            Err(CreateError::Stop(Stop)) => {
                stopped = true;
                Err(Error::internal("undone: one row of a batch that must be whole is bad"))
            }
            Err(CreateError::Failed(error)) => Err(error),
        });
        if stopped {
            return Ok(outcome.rolled_back());
        }
        written?;
        self.touched.insert(object.ix);
        Ok(outcome.results)
    }

    /// Every row of a record query, as the transaction sees it and the user may.
    ///
    /// # Errors
    /// As [`Ctx::query`].
    pub fn rows(&mut self, soql: &str) -> Result<Vec<RecordRow>> {
        let plan = self.ctx.plan(soql, QueryOptions::default())?;
        self.tx.records(&plan, &self.ctx.read_options(), None)
    }

    /// The rows of a file that an import has marked as done.
    ///
    /// # Errors
    /// What the database reports.
    pub fn import_done(&mut self, file: &str) -> Result<Vec<u64>> {
        self.tx.import_done(file)
    }

    /// Marks a row of a file as done; the mark stands or falls with the transaction.
    ///
    /// # Errors
    /// What the database reports.
    pub fn import_mark(&mut self, file: &str, line: u64, outcome: &str) -> Result<()> {
        self.tx.import_put(file, line, outcome)
    }
}
