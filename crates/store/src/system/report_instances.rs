//! Runs of reports in the background: what was asked, by whom, and what was answered. Each is its user's alone.

use crate::driver::{Param, RowView, collect, first, placeholders};
use crate::keys::{Keyring, Purpose};
use crate::org::WriteTx;
use crate::read::{ReadTx, blob_column, id_column, int_column, text_column};
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
    /// A print of what its user might read when it was answered, in the platform's words; empty until it is over.
    pub rights: String,
}

const COLUMNS: &str = "SELECT number, user_id, report_id, state, has_details, requested_ms, completed_ms, question, rights \
                       FROM hf_report_instance";

/// What the parts of a run are bound to.
fn label(number: u64, part: &str) -> String {
    format!("report_instance/{number}/{part}")
}

/// Questions name values that are looked for, and answers are read from records: both may hold what is sealed there.
fn open(keyring: &Keyring, number: u64, part: &str, sealed: &[u8]) -> Result<String> {
    if sealed.is_empty() {
        return Ok(String::new());
    }
    let plain = keyring.open(Purpose::Files, &label(number, part), sealed)?;
    String::from_utf8(plain.to_vec()).map_err(Error::internal)
}

fn instance(keyring: &Keyring, row: &dyn RowView) -> Result<ReportInstanceRow> {
    let number = u64::try_from(int_column(row, 0)?).map_err(Error::internal)?;
    let completed = int_column(row, 6)?;
    Ok(ReportInstanceRow {
        number,
        user: id_column(row, 1)?,
        report: id_column(row, 2)?,
        state: ReportInstanceState::parse(&text_column(row, 3)?)?,
        has_details: int_column(row, 4)? != 0,
        requested: Instant::from_ms(int_column(row, 5)?),
        completed: (completed != 0).then(|| Instant::from_ms(completed)),
        question: open(keyring, number, "question", &blob_column(row, 7)?)?,
        rights: text_column(row, 8)?,
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
        let keyring = self.keyring;
        collect(self.connection, &sql, &params, |row| instance(keyring, row))
    }

    /// A run with what it answered: JSON, empty until it is over.
    ///
    /// # Errors
    /// What the database reports.
    pub fn report_instance(&mut self, number: u64) -> Result<Option<(ReportInstanceRow, String)>> {
        let (dialect, keyring) = (self.connection.dialect(), self.keyring);
        let found = collect(
            self.connection,
            &placeholders(dialect, &format!("{COLUMNS} WHERE number = ?")),
            &[param(number)?],
            |row| instance(keyring, row),
        )?;
        let Some(row) = found.into_iter().next() else { return Ok(None) };
        let sql = placeholders(dialect, "SELECT answer FROM hf_report_instance WHERE number = ?");
        let answer = collect(self.connection, &sql, &[param(number)?], |row| blob_column(row, 0))?;
        let Some(sealed) = answer.into_iter().next() else { return Ok(None) };
        Ok(Some((row, open(keyring, number, "answer", &sealed)?)))
    }
}

impl WriteTx<'_> {
    /// Forgets the runs that were asked for at or before an instant, and says how many.
    ///
    /// # Errors
    /// What the database reports.
    pub fn report_instances_expire(&mut self, kept_after: Instant) -> Result<u64> {
        let sql = self.sql("DELETE FROM hf_report_instance WHERE requested_ms <= ?");
        self.connection().execute(&sql, &[kept_after.ms().into()])
    }

    /// Forgets every run: what they answered has to be asked again.
    pub(crate) fn report_instances_end(&mut self) -> Result<()> {
        self.connection().execute("DELETE FROM hf_report_instance", &[]).map(|_| ())
    }

    /// Every run by its number.
    pub(crate) fn report_instance_numbers(&mut self) -> Result<Vec<i64>> {
        collect(self.connection(), "SELECT number FROM hf_report_instance", &[], |row| int_column(row, 0))
    }

    /// What is kept of a run as it is sealed, and what it is bound to.
    pub(crate) fn report_instance_sealed(&mut self, number: i64) -> Result<Vec<(String, Vec<u8>)>> {
        let sql = self.sql("SELECT question, answer FROM hf_report_instance WHERE number = ?");
        let named = u64::try_from(number).map_err(Error::internal)?;
        let found = first(self.connection(), &sql, &[number.into()], |row| {
            Ok(vec![(label(named, "question"), blob_column(row, 0)?), (label(named, "answer"), blob_column(row, 1)?)])
        })?;
        Ok(found.unwrap_or_default().into_iter().filter(|(_, sealed)| !sealed.is_empty()).collect())
    }

    /// Whether a run is there and not over.
    ///
    /// # Errors
    /// What the database reports.
    pub fn report_instance_is_open(&mut self, number: u64) -> Result<bool> {
        let sql = self.sql("SELECT state FROM hf_report_instance WHERE number = ?");
        let found = first(self.connection(), &sql, &[param(number)?], |row| text_column(row, 0))?;
        Ok(found.map(|state| ReportInstanceState::parse(&state)).transpose()?.is_some_and(|state| !state.is_over()))
    }

    /// How many runs of a user are kept, and how many of those are not over.
    ///
    /// # Errors
    /// What the database reports.
    pub fn report_instance_counts(&mut self, user: RecordId, kept_after: Instant) -> Result<(usize, usize)> {
        let sql = self.sql("SELECT state FROM hf_report_instance WHERE user_id = ? AND requested_ms > ?");
        let params = [user.as_i64().into(), kept_after.ms().into()];
        let states =
            collect(self.connection(), &sql, &params, |row| ReportInstanceState::parse(&text_column(row, 0)?))?;
        Ok((states.len(), states.iter().filter(|state| !state.is_over()).count()))
    }

    fn seal_part(&mut self, number: u64, part: &str, text: &str) -> Result<Vec<u8>> {
        if text.is_empty() {
            return Ok(Vec::new());
        }
        self.keyring().seal(Purpose::Files, &label(number, part), text.as_bytes(), self.entropy())
    }

    /// Notes a run.
    ///
    /// # Errors
    /// What the database reports.
    pub fn report_instance_put(
        &mut self,
        user: RecordId,
        report: RecordId,
        has_details: bool,
        question: &str,
    ) -> Result<ReportInstanceRow> {
        let number = self.next_numbers("report_instance", 1)?;
        let requested = self.now();
        let sql = self.sql(
            "INSERT INTO hf_report_instance (number, user_id, report_id, state, has_details, requested_ms, completed_ms, \
             question, answer, rights) VALUES (?, ?, ?, 'New', ?, ?, 0, ?, ?, '')",
        );
        let params = [
            param(number)?,
            user.as_i64().into(),
            report.as_i64().into(),
            i64::from(has_details).into(),
            requested.ms().into(),
            self.seal_part(number, "question", question)?.into(),
            Vec::new().into(),
        ];
        self.connection().execute(&sql, &params)?;
        let (state, question) = (ReportInstanceState::New, question.to_owned());
        let (completed, rights) = (None, String::new());
        Ok(ReportInstanceRow { number, user, report, state, has_details, requested, completed, question, rights })
    }

    /// Notes how far a run has come; once it is over, with what it answered.
    ///
    /// # Errors
    /// What the database reports.
    pub fn report_instance_set(
        &mut self,
        number: u64,
        state: ReportInstanceState,
        answer: &str,
        rights: &str,
    ) -> Result<()> {
        let completed = if state.is_over() { self.now().ms() } else { 0 };
        let sql = self
            .sql("UPDATE hf_report_instance SET state = ?, completed_ms = ?, answer = ?, rights = ? WHERE number = ?");
        let params = [
            state.as_str().into(),
            completed.into(),
            self.seal_part(number, "answer", answer)?.into(),
            rights.into(),
            param(number)?,
        ];
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Installed;
    use model::KeyPrefix;

    #[test]
    fn what_is_asked_and_answered_is_kept_sealed_and_forgotten_when_it_is_old() {
        Installed::on_both_stores(|installed| {
            let org = installed.create_org();
            let (user, report) = (RecordId::new(KeyPrefix::known("005"), 1), RecordId::new(KeyPrefix::known("00O"), 1));
            let row = org.write(|tx| tx.report_instance_put(user, report, true, "secret question")).expect("a run");
            org.write(|tx| tx.report_instance_set(row.number, ReportInstanceState::Success, "secret answer", "r"))
                .expect("an answer");
            let (read, answer) = org.read(|tx| tx.report_instance(row.number)).expect("a read").expect("a run");
            assert_eq!((read.question.as_str(), answer.as_str()), ("secret question", "secret answer"));
            let number = i64::try_from(row.number).expect("small");
            let sealed = org.write(|tx| tx.report_instance_sealed(number)).expect("what is kept");
            assert_eq!(sealed.len(), 2);
            assert!(sealed.iter().all(|(_, bytes)| !bytes.windows(6).any(|window| window == b"secret")));
            assert_eq!(org.write(|tx| tx.report_instances_expire(row.requested)).expect("forgotten"), 1);
            assert!(org.read(|tx| tx.report_instance(row.number)).expect("a read").is_none());
        });
    }
}
