//! Reports run in the background: asked for by a user, run by a job as that user, kept for a day and told to nobody else.

use crate::ctx::Ctx;
use crate::org::Org;
use model::{Error, ErrorCode, RecordId, Result};
use serde_json::json;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use store::{JobRow, NewJob, ReportInstanceRow, ReportInstanceState};

/// The kind of job that runs one.
pub const REPORT_INSTANCE_JOB: &str = "report_instance";

/// How long an answer is kept.
const LIFE_MS: i64 = 86_400_000;
/// The most entries of a list.
const LISTED: u32 = 2000;
/// The most runs that are kept for a user, and the most of them that are not over.
const MOST_KEPT: usize = 50;
const MOST_UNFINISHED: usize = 5;
/// The most bytes of what is asked, and of what is answered.
const MOST_QUESTION: usize = 1_000_000;
const MOST_ANSWER: usize = 20_000_000;

impl Org {
    /// Forgets runs that are older than a day.
    pub(crate) fn report_instances_expire(&self) -> Result<u64> {
        let kept_after = self.now().plus_ms(-LIFE_MS);
        self.store.write(|tx| tx.report_instances_expire(kept_after))
    }

    /// Ends the run of a job that is given up, so that nobody waits for it. Why is for the operations page.
    pub(crate) fn report_instance_give_up(&self, job: &JobRow) -> Result<()> {
        if job.kind != REPORT_INSTANCE_JOB {
            return Ok(());
        }
        let payload: serde_json::Value = serde_json::from_str(&job.payload).map_err(Error::internal)?;
        let number = payload["instance"].as_u64().ok_or_else(|| Error::internal("a job without an instance"))?;
        let words = "The report could not be run. Run it again; if that fails too, ask an administrator.";
        let answer = json!({"errorCode": ErrorCode::UnknownException.as_str(), "message": words}).to_string();
        self.store.write(|tx| match tx.report_instance_is_open(number)? {
            true => tx.report_instance_set(number, ReportInstanceState::Error, &answer, ""),
            false => Ok(()),
        })
    }
}

impl Ctx {
    fn kept_after(&self) -> model::Instant {
        self.now().plus_ms(-LIFE_MS)
    }

    /// A print of what this user may read: their role, and what they may do with every object and field.
    pub fn rights_print(&self) -> String {
        let mut hasher = DefaultHasher::new();
        self.user.role.map(RecordId::as_i64).hash(&mut hasher);
        for object in self.schema.objects() {
            object.name().hash(&mut hasher);
            format!("{:?}", self.object_permission(object.ix)).hash(&mut hasher);
            for field in &object.fields {
                (field.name(), self.can_read_field(object.ix, field.ix)).hash(&mut hasher);
            }
        }
        format!("{:016x}", hasher.finish())
    }

    /// Refuses what was answered to this user while their rights were others.
    ///
    /// # Errors
    /// `INSUFFICIENT_ACCESS_OR_READONLY` when they may now see other things than when it was answered.
    pub fn report_instance_check(&self, row: &ReportInstanceRow) -> Result<()> {
        if row.state != ReportInstanceState::Success || row.rights == self.rights_print() {
            return Ok(());
        }
        let words = "What you may see has changed since the report was run. Run it again.";
        Err(Error::new(ErrorCode::InsufficientAccessOrReadonly, words))
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
        if question.len() > MOST_QUESTION {
            let words = "What is asked of a report in the background takes more than 1 MB, the limit. Ask for less.";
            return Err(Error::new(ErrorCode::RequestLimitExceeded, words));
        }
        let due = self.now();
        // In one transaction: there is no run without its job.
        self.org.store.write(|tx| {
            tx.report_instances_expire(kept_after)?;
            let (kept, unfinished) = tx.report_instance_counts(user, kept_after)?;
            if unfinished >= MOST_UNFINISHED {
                let words = format!("{MOST_UNFINISHED} of your reports are still running in the background, the limit. Wait until one is done.");
                return Err(Error::new(ErrorCode::RequestLimitExceeded, words));
            }
            if kept >= MOST_KEPT {
                let words = format!("{MOST_KEPT} results of reports in the background are kept for you, the limit. Delete one, or wait: each is kept for a day.");
                return Err(Error::new(ErrorCode::RequestLimitExceeded, words));
            }
            let row = tx.report_instance_put(user, report, has_details, question)?;
            tx.job_put(&NewJob {
                kind: REPORT_INSTANCE_JOB.to_owned(),
                unique_key: format!("{REPORT_INSTANCE_JOB}-{}", row.number),
                run_as: user,
                payload: json!({"instance": row.number}).to_string(),
                due,
            })?;
            Ok(row)
        })
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
        if answer.len() > MOST_ANSWER {
            let words = "The answer takes more than 20 MB, the limit of a report in the background. Narrow the report, or leave out its records.";
            let refusal = json!({"errorCode": ErrorCode::RequestLimitExceeded.as_str(), "message": words}).to_string();
            return self.org.store.write(|tx| tx.report_instance_set(number, ReportInstanceState::Error, &refusal, ""));
        }
        self.org.store.write(|tx| tx.report_instance_set(number, state, answer, &self.rights_print()))
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
