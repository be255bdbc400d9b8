//! Dashboards that are shown with the rights of a user who agreed to that. What was agreed to is held by a print of it: a
//! dashboard that shows something else since has to be agreed to again.

use crate::ctx::Ctx;
use model::{Error, ErrorCode, RecordId, Result};
use serde_json::json;
use store::{AuditEntry, DashboardAgreementRow, WriteTx};

impl Ctx {
    /// What a user was asked for a dashboard, and what they answered.
    ///
    /// # Errors
    /// What the database reports.
    pub fn dashboard_agreement(&self, dashboard: RecordId, user: RecordId) -> Result<Option<DashboardAgreementRow>> {
        self.org.store.read(|tx| tx.dashboard_agreement(dashboard, user))
    }

    /// Everything that this user was asked.
    ///
    /// # Errors
    /// What the database reports.
    pub fn dashboard_agreements(&self) -> Result<Vec<DashboardAgreementRow>> {
        let Some(user) = self.user_id() else { return Ok(Vec::new()) };
        self.org.store.read(|tx| tx.dashboard_agreements_of(user))
    }

    /// Asks a user whether a dashboard may be shown with their rights. Asking oneself answers at once.
    ///
    /// # Errors
    /// What the database reports.
    pub fn dashboard_agreement_ask(&self, dashboard: RecordId, user: RecordId, print: &str) -> Result<()> {
        let asker = self.user_id().ok_or_else(|| Error::internal("a user asks"))?;
        self.org.store.write(|tx| {
            tx.dashboard_agreement_ask(dashboard, user, print, asker)?;
            self.agreement_note(tx, "dashboard_agreement_ask", dashboard, user)?;
            if user == asker {
                tx.dashboard_agreement_answer(dashboard, user, print, true)?;
                self.agreement_note(tx, "dashboard_agreement_give", dashboard, user)?;
            }
            Ok(())
        })
    }

    /// This user's own answer to what they were asked: to exactly that, and to nothing that it became since.
    ///
    /// # Errors
    /// `NOT_FOUND` when they were not asked so.
    pub fn dashboard_agreement_answer(&self, dashboard: RecordId, print: &str, agreed: bool) -> Result<()> {
        let user = self.user_id().ok_or_else(Error::not_found)?;
        let action = if agreed { "dashboard_agreement_give" } else { "dashboard_agreement_refuse" };
        self.org.store.write(|tx| {
            if !tx.dashboard_agreement_answer(dashboard, user, print, agreed)? {
                return Err(Error::not_found());
            }
            self.agreement_note(tx, action, dashboard, user)
        })
    }

    /// This user takes their agreement back.
    ///
    /// # Errors
    /// What the database reports.
    pub fn dashboard_agreement_end(&self, dashboard: RecordId) -> Result<()> {
        let user = self.user_id().ok_or_else(Error::not_found)?;
        self.org.store.write(|tx| {
            tx.dashboard_agreement_end(dashboard, user)?;
            self.agreement_note(tx, "dashboard_agreement_end", dashboard, user)
        })
    }

    /// The rights of a user who agreed that a dashboard, as its print says, is shown with them.
    ///
    /// # Errors
    /// `INSUFFICIENT_ACCESS_OR_READONLY` when they did not, or may not act any more.
    pub fn as_agreed(&self, dashboard: RecordId, user: RecordId, print: &str) -> Result<Self> {
        let agreement = self.dashboard_agreement(dashboard, user)?;
        if !agreement.is_some_and(|agreement| agreement.agreed && agreement.print == print) {
            let words = "The user as whom this dashboard is shown has not agreed to what it shows.";
            return Err(Error::new(ErrorCode::InsufficientAccessOrReadonly, words));
        }
        Self::for_user(&self.org, user).map_err(|error| match error.code() {
            ErrorCode::InvalidSessionId => {
                let words = "The user as whom this dashboard is shown is not active any more.";
                Error::new(ErrorCode::InsufficientAccessOrReadonly, words)
            }
            _ => error,
        })
    }

    fn agreement_note(&self, tx: &mut WriteTx<'_>, action: &str, dashboard: RecordId, user: RecordId) -> Result<()> {
        let detail = json!({"user": user.to_string()}).to_string();
        tx.audit(&self.identity, &AuditEntry { action, object: "Dashboard", record: Some(dashboard), detail })
    }
}
