//! Taking batches further: one claims a batch, works on it for a turn, and gives it back or ends it. A step that is cut
//! off anywhere leaves nothing behind, and another worker goes on from the last one that was kept.

use super::ingest::Ingest;
use super::query::Query;
use super::terms::BulkTerms;
use crate::ctx::Ctx;
use crate::org::Org;
use model::{Error, ErrorCode, Instant, Result};
use policy::SystemPermission;
use std::sync::Arc;
use store::{BulkBatchEnd, BulkBatchState, BulkClaim, BulkJobKind, BulkJobState};

/// A worker that keeps nothing for so long is taken for dead, and its batch is gone on with by another.
pub(super) const LEASE_MS: i64 = 60_000;
/// How long one batch is worked on before another has its turn.
const TURN_MS: i64 = 1_000;
/// Attempts at one step, whether they met a passing failure or took their worker down with them.
const MOST_ATTEMPTS: u32 = 5;
/// Pause after a passing failure, times the number of attempts.
const RETRY_MS: i64 = 1_000;

/// How long jobs and what they gave back are kept.
pub const BULK_DAYS: i64 = 7;

/// What a step leaves to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    More,
    Over,
    /// Other batches do the rest.
    Split,
}

/// Another worker took the batch over, or somebody stopped it: nothing of the step is kept.
pub(super) fn lost() -> Error {
    Error::new(ErrorCode::UnableToLockRow, "the batch is no longer this worker's").with_internal(LOST)
}

const LOST: &str = "bulk batch lost";

/// Whoever made the job, with the rights of now.
///
/// # Errors
/// `INSUFFICIENT_ACCESS_OR_READONLY` when they may no longer act, or no longer by programs.
pub(super) fn user_of(org: &Arc<Org>, claim: &BulkClaim) -> Result<Ctx> {
    let ctx = Ctx::for_user(org, claim.job.created_by).map_err(|error| match error.code() {
        ErrorCode::InvalidSessionId => Error::new(
            ErrorCode::InsufficientAccessOrReadonly,
            "The user who created the job is inactive; what was not processed until then is not.",
        ),
        _ => error,
    })?;
    if !ctx.has(SystemPermission::ApiEnabled) {
        let message =
            "The user who created the job may no longer use the API; what was not processed until then is not.";
        return Err(Error::new(ErrorCode::InsufficientAccessOrReadonly, message));
    }
    Ok(ctx)
}

/// What a batch is being done.
enum Work {
    Ingest(Box<Ingest>),
    Query(Box<Query>),
}

impl Work {
    fn open(org: &Arc<Org>, claim: &BulkClaim) -> Result<Self> {
        let terms = BulkTerms::parse(&claim.job.terms)?;
        Ok(if terms.operation.is_query() {
            Work::Query(Box::new(Query::open(org, claim, &terms)?))
        } else {
            Work::Ingest(Box::new(Ingest::open(org, claim, &terms)?))
        })
    }

    fn step(&mut self, claim: &BulkClaim, began_ms: i64) -> Result<Step> {
        match self {
            Work::Ingest(work) => work.step(claim, began_ms),
            Work::Query(work) => work.step(claim, began_ms),
        }
    }
}

/// How a turn ended.
enum Turn {
    Paused,
    Over(BulkBatchState),
}

impl Org {
    /// Works on one batch of a bulk job for a turn. Returns whether there was one.
    ///
    /// # Errors
    /// What the database reports; a batch that fails is recorded as failed and is no error here.
    pub fn bulk_turn(self: &Arc<Self>) -> Result<bool> {
        self.store.pass_point("before a batch is claimed")?;
        // Mostly there is nothing to do, and looking holds nobody up.
        if self.bulk_next()?.is_none_or(|due| due > self.now()) {
            return Ok(false);
        }
        let Some(claim) = self.store.write(|tx| tx.bulk_claim(LEASE_MS))? else { return Ok(false) };
        self.bell.ring(self.id());
        self.store.pass_point("a batch was claimed")?;
        if claim.batch.attempts > MOST_ATTEMPTS {
            let words =
                format!("UnknownError : Given up: {MOST_ATTEMPTS} attempts at the next rows ended without a result.");
            self.end(&claim, BulkBatchState::Failed, &words)?;
            return Ok(true);
        }
        match self.turn(&claim) {
            Ok(Turn::Paused) => {
                let now = self.now();
                self.store.write(|tx| tx.bulk_release(&claim.batch, now, false))?;
            }
            Ok(Turn::Over(state)) => self.end(&claim, state, "")?,
            Err(error) if error.internal_cause() == Some(LOST) => {}
            Err(error) => self.failed(&claim, &error)?,
        }
        Ok(true)
    }

    /// When a batch is next to be worked on.
    ///
    /// # Errors
    /// What the database reports.
    pub fn bulk_next(&self) -> Result<Option<Instant>> {
        self.store.read(|tx| tx.bulk_next())
    }

    fn turn(self: &Arc<Self>, claim: &BulkClaim) -> Result<Turn> {
        let began = self.now();
        let mut stepped = began;
        let mut work = Work::open(self, claim)?;
        loop {
            let step = work.step(claim, stepped.ms())?;
            match step {
                Step::Over => return Ok(Turn::Over(BulkBatchState::Completed)),
                Step::Split => return Ok(Turn::Over(BulkBatchState::NotProcessed)),
                Step::More => {}
            }
            stepped = self.now();
            if stepped.ms() - began.ms() >= TURN_MS {
                return Ok(Turn::Paused);
            }
        }
    }

    fn failed(&self, claim: &BulkClaim, error: &Error) -> Result<()> {
        let passing =
            matches!(error.code(), ErrorCode::ServerUnavailable | ErrorCode::UnableToLockRow | ErrorCode::QueryTimeout);
        if passing && claim.batch.attempts < MOST_ATTEMPTS {
            let due = self.now().plus_ms(i64::from(claim.batch.attempts) * RETRY_MS);
            return self.store.write(|tx| tx.bulk_release(&claim.batch, due, true));
        }
        if error.code() == ErrorCode::UnknownException {
            tracing::error!(org = %self.id(), job = claim.job.id, cause = error.internal_cause(), "a bulk job failed");
        }
        let kind = match error.code() {
            ErrorCode::InvalidBatch => "InvalidBatch",
            ErrorCode::InsufficientAccessOrReadonly | ErrorCode::InvalidType => "InsufficientAccess",
            ErrorCode::UnknownException => "UnknownError",
            other => other.as_str(),
        };
        self.end(claim, BulkBatchState::Failed, &format!("{kind} : {}", error.message()))
    }

    fn end(&self, claim: &BulkClaim, state: BulkBatchState, message: &str) -> Result<()> {
        self.store.pass_point("before a batch is ended")?;
        // A job of the newer interface has one batch and ends with it.
        let job = match (claim.job.kind, state) {
            (BulkJobKind::Classic, _) => None,
            (_, BulkBatchState::Failed) => Some(BulkJobState::Failed),
            _ => Some(BulkJobState::JobComplete),
        };
        let end = BulkBatchEnd { state, message: message.to_owned(), job };
        self.store.write(|tx| tx.bulk_batch_end(&claim.batch, &end))?;
        if claim.job.serial || state == BulkBatchState::NotProcessed {
            self.bell.ring(self.id());
        }
        self.store.pass_point("a batch was ended")
    }

    /// Tells the workers of a batch that waits, and returns when the next one will, if none does.
    ///
    /// # Errors
    /// What the database reports.
    pub(crate) fn bulk_look(&self) -> Result<Option<Instant>> {
        let Some(due) = self.bulk_next()? else { return Ok(None) };
        if due > self.now() {
            return Ok(Some(due));
        }
        self.bell.ring(self.id());
        Ok(None)
    }

    /// Removes jobs that nothing happened to for [`BULK_DAYS`], with what they gave back. Returns how many.
    ///
    /// # Errors
    /// What the database reports; what was removed before stays so.
    pub fn bulk_expire(&self) -> Result<u64> {
        let until = self.now().plus_ms(-BULK_DAYS * 24 * 3_600_000);
        let mut gone = 0;
        while self.store.write(|tx| tx.bulk_job_expire(until))? {
            gone += 1;
        }
        Ok(gone)
    }
}
