//! Runs of reports in the background: what was asked, by whom, and what was answered. Each is its user's alone.

use crate::driver::{Param, RowView, collect, placeholders};
use crate::org::WriteTx;
use crate::read::{ReadTx, id_column, int_column, text_column};
use model::{Error, Instant, RecordId, Result};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportInstanceState {
    New,
    Running,
    Success,
    Error,
}

impl ReportInstanceState {
    const ALL: [Self; 4] = [Self::New, Self::Running, Self::Success, Self::Error];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::New => "New",
            Self::Running => "Running",
            Self::Success => "Success",
            Self::Error => "Error",
        }
    }

    fn parse(text: &str) -> Result<Self> {
        let found = Self::ALL.into_iter().find(|state| state.as_str() == text);
        found.ok_or_else(|| Error::internal(format!("a report instance is {text}")))
    }

    pub const fn is_over(self) -> bool {
        matches!(self, Self::Success | Self::Error)
    }
}

/// One run, without what it answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportInstanceRow {
    pub number: u64,
    pub user: RecordId,
    pub report: RecordId,
    pub state: ReportInstanceState,
    pub has_details: bool,
    pub requested: Instant,
    pub completed: Option<Instant>,
    /// JSON: what replaces properties of the report for this run.
    pub question: String,
}

const COLUMNS: &str = "SELECT number, user_id, report_id, state, has_details, requested_ms, completed_ms, question \
                       FROM hf_report_instance";

fn instance(row: &dyn RowView) -> Result<ReportInstanceRow> {
    let completed = int_column(row, 6)?;
    Ok(ReportInstanceRow {
        number: u64::try_from(int_column(row, 0)?).map_err(Error::internal)?,
        user: id_column(row, 1)?,
        report: id_column(row, 2)?,
        state: ReportInstanceState::parse(&text_column(row, 3)?)?,
        has_details: int_column(row, 4)? != 0,
        requested: Instant::from_ms(int_column(row, 5)?),
        completed: (completed != 0).then(|| Instant::from_ms(completed)),
        question: text_column(row, 7)?,
    })
}

fn param(number: u64) -> Result<Param> {
    Ok(Param::Int(i64::try_from(number).map_err(Error::internal)?))
}

impl ReadTx<'_> {
    /// The runs of a report by a user that were asked for after an instant, the newest first.
    ///
    /// # Errors
    /// What the database reports.
    pub fn report_instances(
        &mut self,
        user: RecordId,
        report: RecordId,
        after: Instant,
        limit: u32,
    ) -> Result<Vec<ReportInstanceRow>> {
        let filter = "WHERE user_id = ? AND report_id = ? AND requested_ms > ? ORDER BY number DESC";
        let sql = placeholders(self.connection.dialect(), &format!("{COLUMNS} {filter} LIMIT {limit}"));
        let params = [user.as_i64().into(), report.as_i64().into(), after.ms().into()];
        collect(self.connection, &sql, &params, instance)
    }

    /// A run with what it answered: JSON, empty until it is over.
    ///
    /// # Errors
    /// What the database reports.
    pub fn report_instance(&mut self, number: u64) -> Result<Option<(ReportInstanceRow, String)>> {
        let dialect = self.connection.dialect();
        let found = collect(
            self.connection,
            &placeholders(dialect, &format!("{COLUMNS} WHERE number = ?")),
            &[param(number)?],
            instance,
        )?;
        let Some(row) = found.into_iter().next() else { return Ok(None) };
        let sql = placeholders(dialect, "SELECT answer FROM hf_report_instance WHERE number = ?");
        let answer = collect(self.connection, &sql, &[param(number)?], |row| text_column(row, 0))?;
        Ok(answer.into_iter().next().map(|answer| (row, answer)))
    }
}

impl WriteTx<'_> {
    /// Notes a run, and forgets those that were asked for at or before an instant.
    ///
    /// # Errors
    /// What the database reports.
    pub fn report_instance_put(
        &mut self,
        user: RecordId,
        report: RecordId,
        has_details: bool,
        question: &str,
        kept_after: Instant,
    ) -> Result<ReportInstanceRow> {
        let sql = self.sql("DELETE FROM hf_report_instance WHERE requested_ms <= ?");
        self.connection().execute(&sql, &[kept_after.ms().into()])?;
        let number = self.next_numbers("report_instance", 1)?;
        let requested = self.now();
        let sql = self.sql(
            "INSERT INTO hf_report_instance (number, user_id, report_id, state, has_details, requested_ms, completed_ms, \
             question, answer) VALUES (?, ?, ?, 'New', ?, ?, 0, ?, '')",
        );
        let params = [
            param(number)?,
            user.as_i64().into(),
            report.as_i64().into(),
            i64::from(has_details).into(),
            requested.ms().into(),
            question.into(),
        ];
        self.connection().execute(&sql, &params)?;
        let (state, question) = (ReportInstanceState::New, question.to_owned());
        Ok(ReportInstanceRow { number, user, report, state, has_details, requested, completed: None, question })
    }

    /// Notes how far a run has come; once it is over, with what it answered.
    ///
    /// # Errors
    /// What the database reports.
    pub fn report_instance_set(&mut self, number: u64, state: ReportInstanceState, answer: &str) -> Result<()> {
        let completed = if state.is_over() { self.now().ms() } else { 0 };
        let sql = self.sql("UPDATE hf_report_instance SET state = ?, completed_ms = ?, answer = ? WHERE number = ?");
        let params = [state.as_str().into(), completed.into(), answer.into(), param(number)?];
        self.connection().execute(&sql, &params).map(|_| ())
    }

    /// Forgets a run.
    ///
    /// # Errors
    /// What the database reports.
    pub fn report_instance_delete(&mut self, number: u64) -> Result<()> {
        let sql = self.sql("DELETE FROM hf_report_instance WHERE number = ?");
        self.connection().execute(&sql, &[param(number)?]).map(|_| ())
    }
}
