//! Work in the background: a job acts as the user it names, with that user's rights at the moment it runs.

use crate::ctx::Ctx;
use crate::dkim;
use crate::mail::{MailReply, MailStop, MailTransport, NewMail, outbox_item};
use crate::org::Org;
use model::{Error, ErrorCode, Instant, RecordId, Result};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use store::{AuditEntry, JobRow, JobState, NewJob};

/// How often the recycle bin is looked through.
const CLEAN_UP_MS: i64 = 3_600_000;

/// A job as an app sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    pub kind: String,
    pub key: String,
    /// JSON.
    pub payload: String,
    pub due: Instant,
}

/// What came of a job.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct JobOutcome {
    /// In words, for the operations page.
    pub words: String,
    /// Mail to queue in the transaction that ends the job: sent once if the job ends once.
    pub mail: Vec<NewMail>,
}

/// Jobs, and messages, that one org gets done in one round before the others have their turn.
const MOST_TURNS: usize = 100;

/// A worker that says nothing for so long is taken for dead, and its job is run again by another.
const LEASE_MS: i64 = 10 * 60_000;

/// Attempts at one job, whether it met a passing failure or took its worker down with it.
const MOST_ATTEMPTS: u32 = 5;
/// Pause after a passing failure, times the number of attempts.
const RETRY_MS: i64 = 60_000;

impl Ctx {
    /// Enqueues a job that will act as this user. The same key is the same job. Returns whether it is new.
    ///
    /// # Errors
    /// An internal error for a service, which has no rights to lend; what the database reports.
    pub fn job_enqueue(&self, kind: &str, key: &str, payload: &serde_json::Value, due: Instant) -> Result<bool> {
        let run_as = self.user_id().ok_or_else(|| Error::internal("a job needs a user to act as"))?;
        self.org.job_enqueue_as(run_as, kind, key, payload, due)
    }
}

impl Org {
    /// Enqueues a job that acts as a user, in the name of a schedule that the user made.
    ///
    /// # Errors
    /// What the database reports.
    pub fn job_enqueue_as(
        &self,
        run_as: RecordId,
        kind: &str,
        key: &str,
        payload: &serde_json::Value,
        due: Instant,
    ) -> Result<bool> {
        let job =
            NewJob { kind: kind.to_owned(), unique_key: key.to_owned(), run_as, payload: payload.to_string(), due };
        self.store.write(|tx| tx.job_put(&job))
    }

    /// Runs one due job. Returns whether there was one.
    ///
    /// # Errors
    /// What the database reports; a job that fails is recorded as failed and is no error of the queue.
    pub fn run_one_job(self: &Arc<Self>) -> Result<bool> {
        let Some(row) = self.store.write(|tx| tx.job_claim(LEASE_MS))? else { return Ok(false) };
        if row.attempts > MOST_ATTEMPTS {
            let words = format!("Given up: {} attempts ended without an outcome.", row.attempts - 1);
            let now = self.now();
            self.report_instance_give_up(&row)?;
            self.store.write(|tx| tx.job_settle(&row, JobState::Failed, now, &words))?;
            return Ok(true);
        }
        match self.run_job(&row) {
            Ok((ctx, outcome)) => self.settle_job(&ctx, &row, outcome)?,
            Err(error) => {
                tracing::warn!(job = row.seq, kind = row.kind, code = %error.code(), cause = error.internal_cause(), "job failed");
                let passing = matches!(
                    error.code(),
                    ErrorCode::ServerUnavailable | ErrorCode::UnableToLockRow | ErrorCode::QueryTimeout
                );
                let (state, due) = if passing && row.attempts < MOST_ATTEMPTS {
                    (JobState::Due, self.now().plus_ms(i64::from(row.attempts) * RETRY_MS))
                } else {
                    (JobState::Failed, self.now())
                };
                if state == JobState::Failed {
                    self.report_instance_give_up(&row)?;
                }
                let words = error.to_string();
                self.store.write(|tx| tx.job_settle(&row, state, due, &words))?;
            }
        }
        Ok(true)
    }

    fn run_job(self: &Arc<Self>, row: &JobRow) -> Result<(Ctx, JobOutcome)> {
        let app = self
            .apps
            .iter()
            .find(|app| app.job_kinds().contains(&row.kind.as_str()))
            .ok_or_else(|| Error::internal(format!("no app runs jobs of kind {}", row.kind)))?;
        let ctx = Ctx::for_user(self, row.run_as).map_err(|error| {
            Error::new(ErrorCode::InsufficientAccessOrReadonly, "The user the job acts as is inactive.")
                .with_internal(error)
        })?;
        let job =
            Job { kind: row.kind.clone(), key: row.unique_key.clone(), payload: row.payload.clone(), due: row.due };
        let outcome = app.run_job(&ctx, &job)?;
        Ok((ctx, outcome))
    }

    /// Ends a job and queues its mail in one transaction, unless another worker took the job over meanwhile.
    fn settle_job(&self, ctx: &Ctx, row: &JobRow, outcome: JobOutcome) -> Result<()> {
        let now = self.now();
        self.store.write(|tx| {
            if !tx.job_is_held(row)? {
                return Ok(());
            }
            for mail in outcome.mail {
                let entry = AuditEntry {
                    action: "mail_queue",
                    object: "",
                    record: mail.reference,
                    detail: serde_json::to_string(&mail.summary).map_err(Error::internal)?,
                };
                tx.audit(ctx.identity(), &entry)?;
                let mail = dkim::signed(tx, mail, now)?;
                tx.outbox_put(&outbox_item(mail, now)?)?;
            }
            tx.job_settle(row, JobState::Done, now, &outcome.words)?;
            Ok(())
        })
    }

    /// Lets every app enqueue what is due, then runs jobs and sends mail, a bounded number of each.
    ///
    /// Returns when to come back at the latest.
    ///
    /// # Errors
    /// What the database reports.
    pub fn work(self: &Arc<Self>, transport: &dyn MailTransport) -> Result<Option<Instant>> {
        let mut next = None;
        for app in self.apps.iter() {
            match app.tick(self, self.now()) {
                Ok(at) => next = earliest(next, at),
                Err(error) => {
                    tracing::warn!(app = app.name(), code = %error.code(), cause = error.internal_cause(), "tick failed");
                }
            }
        }
        self.clean_up();
        let mut turns = MOST_TURNS;
        while turns > 0 && self.run_one_job()? {
            turns -= 1;
        }
        // A server in trouble is left alone until the next round: other orgs wait for their turn.
        let mut turns = MOST_TURNS;
        while turns > 0
            && let Some(reply) = self.send_one(transport)?
            && !matches!(reply, MailReply::Deferred(_) | MailReply::Stopped(MailStop::NotNow { .. }))
        {
            turns -= 1;
        }
        match self.rewrite_sealed() {
            Ok(at) => next = earliest(next, at),
            Err(error) => {
                tracing::warn!(code = %error.code(), cause = error.internal_cause(), "rewriting of values stopped");
            }
        }
        next = earliest(next, self.bulk_look()?);
        next = earliest(next, self.webhook_look()?);
        let due = self.store.read(|tx| tx.next_due())?;
        Ok(earliest(next, due))
    }
}

impl Org {
    /// Once an hour: removes what has lain in the recycle bin long enough, and bulk jobs that are old. What fails is tried again an hour later.
    fn clean_up(self: &Arc<Self>) {
        let now = self.now();
        if now.ms() - self.cleaned_ms.load(Ordering::Relaxed) < CLEAN_UP_MS {
            return;
        }
        self.cleaned_ms.store(now.ms(), Ordering::Relaxed);
        let done = self.bin_purge().and_then(|records| Ok((records, self.metadata_purge()?)));
        if let Err(error) = self.contents_sweep() {
            tracing::warn!(org = %self.id(), code = %error.code(), cause = error.internal_cause(), "contents could not be removed");
        }
        if let Err(error) = self.bulk_expire() {
            tracing::warn!(org = %self.id(), code = %error.code(), cause = error.internal_cause(), "old bulk jobs could not be removed");
        }
        if let Err(error) = self.webhook_attempts_forget() {
            tracing::warn!(org = %self.id(), code = %error.code(), cause = error.internal_cause(), "old attempts of webhooks could not be removed");
        }
        if let Err(error) = self.report_instances_expire() {
            tracing::warn!(org = %self.id(), code = %error.code(), cause = error.internal_cause(), "old answers of reports could not be removed");
        }
        match done {
            Ok((0, 0)) => {}
            Ok((records, fields)) => tracing::info!(org = %self.id(), records, fields, "recycle bin emptied"),
            Err(error) => {
                tracing::warn!(org = %self.id(), code = %error.code(), cause = error.internal_cause(), "the recycle bin could not be emptied");
            }
        }
    }
}

fn earliest(a: Option<Instant>, b: Option<Instant>) -> Option<Instant> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (one, other) => one.or(other),
    }
}
