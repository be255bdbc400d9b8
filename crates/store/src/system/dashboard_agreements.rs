//! Agreements of users to dashboards that are shown with their rights: asked for by somebody, answered by the user.

use crate::driver::{RowView, collect, placeholders};
use crate::org::WriteTx;
use crate::read::{ReadTx, id_column, int_column, text_column};
use model::{Instant, RecordId, Result};

/// One agreement, or the request for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DashboardAgreementRow {
    pub dashboard: RecordId,
    pub user: RecordId,
    /// What the dashboard showed when it was asked for, in the app's words.
    pub print: String,
    pub asked_by: RecordId,
    pub asked: Instant,
    pub agreed: bool,
    pub answered: Option<Instant>,
}

const COLUMNS: &str =
    "SELECT dashboard_id, user_id, print, asked_by, asked_ms, agreed, answered_ms FROM hf_dashboard_agreement";

fn agreement(row: &dyn RowView) -> Result<DashboardAgreementRow> {
    let answered = int_column(row, 6)?;
    Ok(DashboardAgreementRow {
        dashboard: id_column(row, 0)?,
        user: id_column(row, 1)?,
        print: text_column(row, 2)?,
        asked_by: id_column(row, 3)?,
        asked: Instant::from_ms(int_column(row, 4)?),
        agreed: int_column(row, 5)? != 0,
        answered: (answered > 0).then(|| Instant::from_ms(answered)),
    })
}

impl ReadTx<'_> {
    /// What a user was asked for a dashboard, and what they answered.
    ///
    /// # Errors
    /// What the database reports.
    pub fn dashboard_agreement(
        &mut self,
        dashboard: RecordId,
        user: RecordId,
    ) -> Result<Option<DashboardAgreementRow>> {
        let sql = placeholders(self.connection.dialect(), &format!("{COLUMNS} WHERE dashboard_id = ? AND user_id = ?"));
        let params = [dashboard.as_i64().into(), user.as_i64().into()];
        Ok(collect(self.connection, &sql, &params, |row| agreement(row))?.into_iter().next())
    }

    /// Everything that a user was asked, the newest first.
    ///
    /// # Errors
    /// What the database reports.
    pub fn dashboard_agreements_of(&mut self, user: RecordId) -> Result<Vec<DashboardAgreementRow>> {
        let filter = "WHERE user_id = ? ORDER BY asked_ms DESC, dashboard_id";
        let sql = placeholders(self.connection.dialect(), &format!("{COLUMNS} {filter}"));
        collect(self.connection, &sql, &[user.as_i64().into()], |row| agreement(row))
    }
}

impl WriteTx<'_> {
    /// Notes that a user is asked; what they answered before is forgotten.
    ///
    /// # Errors
    /// What the database reports.
    pub fn dashboard_agreement_ask(
        &mut self,
        dashboard: RecordId,
        user: RecordId,
        print: &str,
        asked_by: RecordId,
    ) -> Result<()> {
        self.dashboard_agreement_end(dashboard, user)?;
        let now = self.now().ms();
        let sql = self.sql(
            "INSERT INTO hf_dashboard_agreement (dashboard_id, user_id, print, asked_by, asked_ms, agreed, answered_ms) \
             VALUES (?, ?, ?, ?, ?, 0, 0)",
        );
        let params =
            [dashboard.as_i64().into(), user.as_i64().into(), print.into(), asked_by.as_i64().into(), now.into()];
        self.connection().execute(&sql, &params).map(|_| ())
    }

    /// Notes what a user answered to exactly what was asked; says whether it was still asked so.
    ///
    /// # Errors
    /// What the database reports.
    pub fn dashboard_agreement_answer(
        &mut self,
        dashboard: RecordId,
        user: RecordId,
        print: &str,
        agreed: bool,
    ) -> Result<bool> {
        let now = self.now().ms();
        let sql = self.sql(
            "UPDATE hf_dashboard_agreement SET agreed = ?, answered_ms = ? WHERE dashboard_id = ? AND user_id = ? AND print = ?",
        );
        let params =
            [i64::from(agreed).into(), now.into(), dashboard.as_i64().into(), user.as_i64().into(), print.into()];
        Ok(self.connection().execute(&sql, &params)? > 0)
    }

    /// Forgets a request with its answer.
    ///
    /// # Errors
    /// What the database reports.
    pub fn dashboard_agreement_end(&mut self, dashboard: RecordId, user: RecordId) -> Result<()> {
        let sql = self.sql("DELETE FROM hf_dashboard_agreement WHERE dashboard_id = ? AND user_id = ?");
        self.connection().execute(&sql, &[dashboard.as_i64().into(), user.as_i64().into()]).map(|_| ())
    }
}
