//! What sign-in writes to the audit log. Details hold names and reasons, never a password or a token.

use model::{RecordId, Result};
use platform::Ctx;
use store::{AuditEntry, WriteTx};

/// Appends to the log of the transaction's org, about a user.
///
/// # Errors
/// What the database reports.
pub(crate) fn write(
    tx: &mut WriteTx<'_>,
    actor: &Ctx,
    action: &str,
    user: RecordId,
    detail: &serde_json::Value,
) -> Result<()> {
    let entry = AuditEntry { action, object: "User", record: Some(user), detail: detail.to_string() };
    tx.audit(actor.identity(), &entry)
}
