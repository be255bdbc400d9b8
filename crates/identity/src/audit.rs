//! What sign-in writes to the audit log. Details hold names and reasons, never a password or a token.

use model::{RecordId, Result};
use platform::Ctx;
use std::net::IpAddr;
use store::{AuditEntry, WriteTx};

/// The details of a sign-in with the address it came from, where there is one.
pub(crate) fn with_address(mut detail: serde_json::Value, address: Option<IpAddr>) -> serde_json::Value {
    if let Some(address) = address {
        detail["address"] = address.to_string().into();
    }
    detail
}

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
