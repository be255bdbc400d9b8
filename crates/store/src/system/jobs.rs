//! The job queue: one per org, in its own database. A claim is a lease with an epoch; a unique key makes enqueueing
//! the same work twice one job.

use crate::driver::{Dialect, Param, RowView, collect};
use crate::org::WriteTx;
use crate::read::{ReadTx, id_column, int_column, text_column};
use model::{Error, Instant, RecordId, Result};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJob {
    pub kind: String,
    /// The same key is the same job, whatever its state.
    pub unique_key: String,
    /// The user the job acts as.
    pub run_as: RecordId,
    /// JSON.
    pub payload: String,
    pub due: Instant,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobState {
    Due,
    Running,
    Done,
    Failed,
}

impl JobState {
    pub const fn as_str(self) -> &'static str {
        match self {
            JobState::Due => "due",
            JobState::Running => "running",
            JobState::Done => "done",
            JobState::Failed => "failed",
        }
    }

    fn parse(text: &str) -> Result<Self> {
        [JobState::Due, JobState::Running, JobState::Done, JobState::Failed]
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or_else(|| Error::internal(format!("a job in state {text}")))
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobRow {
    pub seq: i64,
    pub kind: String,
    pub unique_key: String,
    pub run_as: RecordId,
    pub payload: String,
    pub due: Instant,
    pub state: JobState,
    pub attempts: u32,
    pub epoch: i64,
    /// What came of it, in words.
    pub outcome: String,
}

const COLUMNS: &str =
    "SELECT seq, kind, unique_key, run_as, payload, due_ms, state, attempts, epoch, outcome FROM hf_job";

fn job(row: &dyn RowView) -> Result<JobRow> {
    Ok(JobRow {
        seq: int_column(row, 0)?,
        kind: text_column(row, 1)?,
        unique_key: text_column(row, 2)?,
        run_as: id_column(row, 3)?,
        payload: text_column(row, 4)?,
        due: Instant::from_ms(int_column(row, 5)?),
        state: JobState::parse(&text_column(row, 6)?)?,
        attempts: u32::try_from(int_column(row, 7)?).map_err(Error::internal)?,
        epoch: int_column(row, 8)?,
        outcome: text_column(row, 9)?,
    })
}

impl ReadTx<'_> {
    /// The newest jobs.
    ///
    /// # Errors
    /// What the database reports.
    pub fn jobs(&mut self, limit: u32) -> Result<Vec<JobRow>> {
        collect(self.connection, &format!("{COLUMNS} ORDER BY seq DESC LIMIT {limit}"), &[], job)
    }

    /// When the next job or outbox item is due, if any waits.
    ///
    /// # Errors
    /// What the database reports.
    pub fn next_due(&mut self) -> Result<Option<Instant>> {
        let sql = "SELECT MIN(due_ms) FROM (SELECT due_ms FROM hf_job WHERE state = 'due' \
                   UNION ALL SELECT lease_ms FROM hf_job WHERE state = 'running' \
                   UNION ALL SELECT due_ms FROM hf_outbox WHERE state = 'queued' \
                   UNION ALL SELECT lease_ms FROM hf_outbox WHERE state = 'sending') AS waiting";
        let found = collect(self.connection, sql, &[], |row| row.int(0))?;
        Ok(found.into_iter().flatten().next().map(Instant::from_ms))
    }
}

impl WriteTx<'_> {
    /// Enqueues a job unless one with its key exists. Returns whether it is new.
    ///
    /// # Errors
    /// What the database reports.
    pub fn job_put(&mut self, new: &NewJob) -> Result<bool> {
        let seq = i64::try_from(self.next_numbers("job", 1)?).map_err(Error::internal)?;
        let sql = self.sql(
            "INSERT INTO hf_job (seq, kind, unique_key, run_as, payload, due_ms, state, attempts, lease_ms, epoch, outcome) \
             VALUES (?, ?, ?, ?, ?, ?, 'due', 0, 0, 0, '') ON CONFLICT (unique_key) DO NOTHING",
        );
        let params = [
            Param::Int(seq),
            new.kind.as_str().into(),
            new.unique_key.as_str().into(),
            new.run_as.as_i64().into(),
            new.payload.as_str().into(),
            new.due.ms().into(),
        ];
        Ok(self.connection().execute(&sql, &params)? == 1)
    }

    /// Takes the job that has been due longest, for `lease_ms`; one whose lease ran out is taken over.
    ///
    /// # Errors
    /// What the database reports.
    pub fn job_claim(&mut self, lease_ms: i64) -> Result<Option<JobRow>> {
        let now = self.now().ms();
        let lock = match self.dialect() {
            Dialect::Sqlite => "",
            Dialect::Postgres => " FOR UPDATE SKIP LOCKED",
        };
        let sql = self.sql(&format!(
            "{COLUMNS} WHERE (state = 'due' AND due_ms <= ?) OR (state = 'running' AND lease_ms < ?) \
             ORDER BY due_ms, seq LIMIT 1{lock}"
        ));
        let found = collect(self.connection(), &sql, &[now.into(), now.into()], job)?;
        let Some(mut job) = found.into_iter().next() else { return Ok(None) };
        let sql = self.sql(
            "UPDATE hf_job SET state = 'running', attempts = attempts + 1, epoch = epoch + 1, lease_ms = ? WHERE seq = ?",
        );
        self.connection().execute(&sql, &[(now + lease_ms).into(), job.seq.into()])?;
        job.state = JobState::Running;
        job.attempts += 1;
        job.epoch += 1;
        Ok(Some(job))
    }

    /// Whether this worker still holds the job; written work must ask inside its transaction.
    ///
    /// # Errors
    /// What the database reports.
    pub fn job_is_held(&mut self, job: &JobRow) -> Result<bool> {
        let sql = self.sql("SELECT epoch FROM hf_job WHERE seq = ? AND state = 'running'");
        let epoch = collect(self.connection(), &sql, &[job.seq.into()], |row| int_column(row, 0))?;
        Ok(epoch.first() == Some(&job.epoch))
    }

    /// Records how a job ended (or when it is due again), unless another worker took it over.
    ///
    /// # Errors
    /// What the database reports.
    pub fn job_settle(&mut self, job: &JobRow, state: JobState, due: Instant, outcome: &str) -> Result<bool> {
        let sql =
            self.sql("UPDATE hf_job SET state = ?, due_ms = ?, outcome = ?, lease_ms = 0 WHERE seq = ? AND epoch = ?");
        let params = [state.as_str().into(), due.ms().into(), outcome.into(), job.seq.into(), Param::Int(job.epoch)];
        Ok(self.connection().execute(&sql, &params)? == 1)
    }
}
