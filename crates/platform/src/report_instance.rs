//! Reports run in the background: asked for by a user, run by a job as that user, kept for a day and told to nobody else.

use crate::ctx::Ctx;
use model::{Error, RecordId, Result};
use serde_json::json;
use store::{ReportInstanceRow, ReportInstanceState};

/// The kind of job that runs one.
pub const REPORT_INSTANCE_JOB: &str = "report_instance";

/// How long an answer is kept.
const LIFE_MS: i64 = 86_400_000;
/// The most entries of a list.
const LISTED: u32 = 2000;

impl Ctx {
    fn kept_after(&self) -> model::Instant {
        self.now().plus_ms(-LIFE_MS)
    }

    fn asking_user(&self) -> Result<RecordId> {
        self.user_id().ok_or_else(|| Error::internal("a report runs as a user"))
    }

    /// Asks for a run of a report. `question` is JSON that the app of reports understands.
    ///
    /// # Errors
    /// What the database reports.
    pub fn report_instance_start(
        &self,
        report: RecordId,
        has_details: bool,
        question: &str,
    ) -> Result<ReportInstanceRow> {
        let (user, kept_after) = (self.asking_user()?, self.kept_after());
        let row = self.org.store.write(|tx| tx.report_instance_put(user, report, has_details, question, kept_after))?;
        let key = format!("{REPORT_INSTANCE_JOB}-{}", row.number);
        self.job_enqueue(REPORT_INSTANCE_JOB, &key, &json!({"instance": row.number}), self.now())?;
        Ok(row)
    }

    /// This user's runs of a report, the newest first.
    ///
    /// # Errors
    /// What the database reports.
    pub fn report_instances(&self, report: RecordId) -> Result<Vec<ReportInstanceRow>> {
        let (user, kept_after) = (self.asking_user()?, self.kept_after());
        self.org.store.read(|tx| tx.report_instances(user, report, kept_after, LISTED))
    }

    /// One of this user's runs, with what it answered: JSON, empty until it is over.
    ///
    /// # Errors
    /// `NOT_FOUND` for one that is not there, is somebody else's, or is older than a day.
    pub fn report_instance(&self, number: u64) -> Result<(ReportInstanceRow, String)> {
        let (user, kept_after) = (self.asking_user()?, self.kept_after());
        let found = self.org.store.read(|tx| tx.report_instance(number))?;
        found.filter(|(row, _)| row.user == user && row.requested > kept_after).ok_or_else(Error::not_found)
    }

    /// Notes how far one of this user's runs has come.
    ///
    /// # Errors
    /// As [`Ctx::report_instance`].
    pub fn report_instance_settle(&self, number: u64, state: ReportInstanceState, answer: &str) -> Result<()> {
        self.report_instance(number)?;
        self.org.store.write(|tx| tx.report_instance_set(number, state, answer))
    }

    /// Forgets one of this user's runs.
    ///
    /// # Errors
    /// As [`Ctx::report_instance`].
    pub fn report_instance_delete(&self, number: u64) -> Result<()> {
        self.report_instance(number)?;
        self.org.store.write(|tx| tx.report_instance_delete(number))
    }
}
