//! What the user as whom a schedule runs agreed to send: the parts of it that decide what goes to whom, the digest that
//! fixes them, and what is different now.

use crate::objects::{GRANT, SCHEDULE};
use crate::services::CONSENT;
use model::{Error, RecordId, Result, Value};
use platform::literal::quoted;
use platform::{Ctx, HookCtx, QueryOptions, RecordRow};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// Fields of a schedule that decide what is sent, and to whom. A part of the digest each, beside the report's definition.
pub(crate) const CONSENT_FIELDS: [&str; 10] = [
    "ReportId",
    "OwnerId",
    "RunAsMode",
    "Recipients",
    "Bursting",
    "Formats",
    "Mode",
    "SubjectTemplate",
    "BodyTemplate",
    "Condition",
];
const DEFINITION: &str = "Definition";

/// For how long a grant holds.
pub(crate) const GRANT_DAYS: i64 = 365;

/// The parts of a schedule that somebody agrees to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Terms(BTreeMap<String, String>);

/// One part that is not as it was agreed to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TermsChange {
    /// The name of the field; `Definition` for the report itself.
    pub field: String,
    pub agreed: String,
    pub now: String,
}

impl Terms {
    pub(crate) fn new(field: impl Fn(&str) -> Value, definition: &str) -> Self {
        let mut parts: BTreeMap<String, String> =
            CONSENT_FIELDS.iter().map(|name| ((*name).to_owned(), field(name).to_plain())).collect();
        parts.insert(DEFINITION.to_owned(), definition.to_owned());
        Self(parts)
    }

    /// Of a schedule whose fields stand in a row in the order of [`CONSENT_FIELDS`].
    pub(crate) fn of_row(row: &RecordRow, definition: &str) -> Self {
        let at = |name: &str| CONSENT_FIELDS.iter().position(|known| *known == name);
        let value = |name: &str| at(name).map_or(Value::Null, |at| row.cells[at].value().clone());
        Self::new(value, definition)
    }

    /// Names in order of the alphabet, so that the same parts are always the same text.
    pub(crate) fn to_json(&self) -> Result<String> {
        serde_json::to_string(&self.0).map_err(Error::internal)
    }

    pub(crate) fn digest(&self) -> Result<String> {
        Ok(hex::encode(Sha256::digest(self.to_json()?)))
    }

    /// What differs from what was agreed to; all of it when nothing was.
    pub(crate) fn changes_since(&self, agreed: &str) -> Vec<TermsChange> {
        let agreed: BTreeMap<String, String> = serde_json::from_str(agreed).unwrap_or_default();
        let parts = self.0.iter().filter_map(|(field, now)| {
            let before = agreed.get(field).cloned().unwrap_or_default();
            (before != *now).then(|| TermsChange { field: field.clone(), agreed: before, now: now.clone() })
        });
        parts.collect()
    }
}

/// A change by somebody else that waits for approval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingChange {
    /// What is written into `Approval` by whoever approves it.
    pub digest: String,
    pub changes: Vec<TermsChange>,
    pub changed_by: Option<RecordId>,
}

/// What of a schedule is not as its running user agreed to it; none when all is.
///
/// # Errors
/// `NOT_FOUND` for a schedule that the user may not see.
pub fn pending_change(ctx: &Ctx, schedule: RecordId) -> Result<Option<PendingChange>> {
    let text = format!(
        "SELECT {}, Digest, Terms, ChangedById FROM {SCHEDULE} WHERE Id = '{schedule}'",
        CONSENT_FIELDS.join(", ")
    );
    let (_, rows) = ctx.query_all_rows(&text, QueryOptions::default())?;
    let row = rows.first().ok_or_else(Error::not_found)?;
    let value = |at: usize| row.cells[CONSENT_FIELDS.len() + at].value();
    let service = Ctx::for_service(ctx.org(), CONSENT)?;
    let report = row.cells[0].value().to_plain();
    let text = format!("SELECT Definition FROM Report WHERE Id = {}", quoted(&report));
    let (_, found) = service.query_all_rows(&text, QueryOptions::default())?;
    let definition = found.first().map(|row| row.cells[0].value().to_plain()).unwrap_or_default();
    let terms = Terms::of_row(row, &definition);
    let (digest, agreed) = (terms.digest()?, value(0).to_plain());
    if digest == agreed {
        return Ok(None);
    }
    Ok(Some(PendingChange { digest, changes: terms.changes_since(&value(1).to_plain()), changed_by: value(2).as_id() }))
}

/// The definition of a report as the transaction sees it; empty without one.
pub(crate) fn definition(ctx: &mut HookCtx<'_, '_>, report: Option<RecordId>) -> Result<String> {
    // Without a report the save is refused for that, right after the hooks.
    let Some(report) = report else { return Ok(String::new()) };
    let rows = ctx.rows(&format!("SELECT Definition FROM Report WHERE Id = '{report}'"))?;
    Ok(rows.first().map(|row| row.cells[0].value().to_plain()).unwrap_or_default())
}

/// The grant that lets a schedule run as a user at this moment.
pub(crate) fn live_grant(ctx: &mut HookCtx<'_, '_>, schedule: RecordId, user: RecordId) -> Result<Option<RecordId>> {
    let text = live_grant_query(schedule, user, ctx.now());
    Ok(ctx.rows(&text)?.first().map(|row| row.id))
}

pub(crate) fn live_grant_query(schedule: RecordId, user: RecordId, now: model::Instant) -> String {
    format!(
        "SELECT Id FROM {GRANT} WHERE ScheduleId = '{schedule}' AND UserId = '{user}' AND IsRevoked = false AND \
         ExpiresAt > {}",
        now.to_timestamp()
    )
}

/// Writes down that a user lets a schedule run as them.
pub(crate) fn give_grant(ctx: &mut HookCtx<'_, '_>, schedule: RecordId, user: RecordId, digest: &str) -> Result<()> {
    let now = ctx.now();
    if let Some(grant) = live_grant(ctx, schedule, user)? {
        return ctx.update(GRANT, grant, &[("Digest", digest.into())]).map(|_| ());
    }
    let row = vec![
        ("ScheduleId", schedule.into()),
        ("UserId", user.into()),
        ("Digest", digest.into()),
        ("GrantedAt", now.into()),
        ("ExpiresAt", now.plus_ms(GRANT_DAYS * 86_400_000).into()),
        ("IsRevoked", false.into()),
    ];
    ctx.create(GRANT, &[row]).map(|_| ())
}

/// Stops a schedule from within a save; its owner is told by the next look of the scheduler.
pub(crate) fn suspend(ctx: &mut HookCtx<'_, '_>, schedule: RecordId, code: &str, reason: &str) -> Result<()> {
    let values = [
        ("State", "suspended".into()),
        ("SuspendCode", code.into()),
        ("SuspendReason", crate::ledger::cut(reason, 255).into()),
        ("NextRun", Value::Null),
        ("ToldAt", Value::Null),
    ];
    ctx.update(SCHEDULE, schedule, &values).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(recipients: &str, definition: &str) -> Terms {
        let field = |name: &str| if name == "Recipients" { recipients.into() } else { Value::Null };
        Terms::new(field, definition)
    }

    #[test]
    fn terms_are_one_text_and_say_what_differs() {
        let agreed = terms("[a]", "{}");
        assert_eq!(agreed.digest().expect("a digest"), terms("[a]", "{}").digest().expect("a digest"));
        let now = terms("[a,b]", "{}");
        assert_ne!(agreed.digest().expect("a digest"), now.digest().expect("a digest"));
        let changes = now.changes_since(&agreed.to_json().expect("JSON"));
        assert_eq!(changes, [TermsChange { field: "Recipients".into(), agreed: "[a]".into(), now: "[a,b]".into() }]);
        assert!(!now.changes_since("").is_empty());
    }
}
