//! What becomes of a batch: one result per row, and the end of a batch that must be whole and is not.

use super::save::Row;
use super::{RowError, RowResult, SaveOptions};
use model::{Error, ErrorCode, RecordId, Result};
use store::WriteTx;

/// Collects results and stops a batch that must be whole.
pub(super) struct Outcome {
    pub(super) results: Vec<RowResult>,
    pub(super) all_or_none: bool,
    /// The team of a record stays when its owner changes.
    pub(super) keep_teams: bool,
}

/// Why a batch ended early: a bad row where all must be good, or a failure of the whole call.
pub(super) enum Halt {
    BadRow,
    Failed(Error),
}

impl From<Error> for Halt {
    fn from(error: Error) -> Self {
        Halt::Failed(error)
    }
}

impl Outcome {
    pub(super) fn new(count: usize, options: SaveOptions) -> Self {
        Self {
            results: vec![RowResult::default(); count],
            all_or_none: options.all_or_none,
            keep_teams: options.keep_teams,
        }
    }

    pub(super) fn fail(&mut self, at: usize, error: Error) {
        self.results[at].errors.push(RowError::from(error));
    }

    pub(super) fn is_failed(&self, at: usize) -> bool {
        !self.results[at].errors.is_empty()
    }

    pub(super) fn saved(&mut self, at: usize, id: RecordId, created: bool) {
        self.results[at] = RowResult { id: Some(id), created, errors: Vec::new() };
    }

    /// Notes the error of a row; a failure that is not the row's own ends the batch.
    ///
    /// # Errors
    /// `error` itself when it is ours or the machine's.
    pub(super) fn fail_row(&mut self, at: usize, error: Error) -> Result<()> {
        match error.code() {
            ErrorCode::UnknownException | ErrorCode::ServerUnavailable => Err(error),
            _ => {
                self.fail(at, error);
                Ok(())
            }
        }
    }

    /// Ends a batch that must be whole and has a bad row.
    ///
    /// # Errors
    /// [`Halt::BadRow`].
    pub(super) fn check(&self) -> std::result::Result<(), Halt> {
        let broken = self.all_or_none && self.results.iter().any(|result| !result.errors.is_empty());
        if broken { Err(Halt::BadRow) } else { Ok(()) }
    }

    /// Drops failed rows; when all must be saved or none, says that the batch is over.
    ///
    /// # Errors
    /// As [`Outcome::check`].
    pub(super) fn sift(&self, rows: &mut Vec<Row>) -> std::result::Result<(), Halt> {
        self.check()?;
        rows.retain(|row| !self.is_failed(row.at));
        Ok(())
    }

    /// Runs the work of a batch inside what `frame` opens, a transaction or a savepoint of one: a batch that must be
    /// whole and is not leaves nothing behind, and its results say so.
    ///
    /// # Errors
    /// What concerns the whole call.
    pub(super) fn within(
        mut self,
        frame: impl FnOnce(&mut dyn FnMut(&mut WriteTx<'_>) -> Result<()>) -> Result<()>,
        work: impl FnOnce(&mut WriteTx<'_>, &mut Outcome) -> std::result::Result<(), Halt>,
    ) -> Result<Vec<RowResult>> {
        let mut stopped = false;
        let mut work = Some(work);
        let written = frame(&mut |tx| {
            let work = work.take().ok_or_else(|| Error::internal("a batch was run twice"))?;
            match work(tx, &mut self) {
                Ok(()) => Ok(()),
                Err(Halt::BadRow) => {
                    stopped = true;
                    Err(Error::internal("undone: one row of a batch that must be whole is bad"))
                }
                Err(Halt::Failed(error)) => Err(error),
            }
        });
        if stopped {
            return Ok(rolled_back(self.results));
        }
        written.map(|()| self.results)
    }
}

/// The results of a batch that fell as a whole: rows without an error of their own say that they fell with the others.
fn rolled_back(mut results: Vec<RowResult>) -> Vec<RowResult> {
    let single = results.len() == 1;
    for result in &mut results {
        result.id = None;
        if result.errors.is_empty() && !single {
            result.errors.push(RowError {
                code: ErrorCode::AllOrNoneOperationRolledBack,
                message:
                    "Record rolled back because not all records were valid and the request was using AllOrNone header"
                        .to_owned(),
                fields: Vec::new(),
            });
        }
    }
    results
}
