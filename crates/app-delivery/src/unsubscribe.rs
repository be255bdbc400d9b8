//! How a recipient gets out (RFC 8058): each message has a token of its own, of which only the hash is kept. It says which
//! delivery it came with, and so which address no longer wants the mail of which schedule.

use crate::DeliveryConfig;
use crate::domains::folded;
use crate::ledger;
use crate::objects::{DELIVERY, OPT_OUT};
use crate::services::OPT_OUTS;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use model::{Entropy, Error, OrgId, RecordId, Result, random_bytes};
use platform::literal::quoted;
use platform::{Ctx, Org};
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// Bytes of a token.
const TOKEN_BYTES: usize = 32;

/// A new token with its hash.
pub(crate) fn new_token(entropy: &dyn Entropy) -> (String, String) {
    let token = BASE64_URL_SAFE_NO_PAD.encode(random_bytes::<TOKEN_BYTES>(entropy));
    let hash = hash_of(&token);
    (token, hash)
}

fn hash_of(token: &str) -> String {
    hex::encode(Sha256::digest(token))
}

/// Where a token leads.
pub(crate) fn link(config: &DeliveryConfig, org: OrgId, token: &str) -> String {
    format!("{}/u/{org}/{token}", config.public_url.trim_end_matches('/'))
}

/// Whose mail a token belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    pub schedule_name: String,
    pub address: String,
    schedule: RecordId,
}

/// Finds what a token came with. It says no more than the mail itself did.
///
/// # Errors
/// `NOT_FOUND` for a token that is none, or whose schedule was deleted.
pub fn subscription(org: &Arc<Org>, token: &str) -> Result<Subscription> {
    if token.len() > 64 {
        return Err(Error::not_found());
    }
    let ctx = Ctx::for_service(org, OPT_OUTS)?;
    let text = format!(
        "SELECT Address, Run.ScheduleId, Run.Schedule.Name FROM {DELIVERY} WHERE TokenHash = {} LIMIT 1",
        quoted(&hash_of(token))
    );
    let (_, rows) = ctx.query_all_rows(&text, platform::QueryOptions::default())?;
    let row = rows.first().ok_or_else(Error::not_found)?;
    Ok(Subscription {
        address: row.cells[0].value().to_plain(),
        schedule: row.cells[1].value().as_id().ok_or_else(Error::not_found)?,
        schedule_name: row.cells[2].value().to_plain(),
    })
}

/// Takes the address of a token off its schedule. Again is the same as once.
///
/// # Errors
/// As [`subscription`]; what the database reports.
pub fn unsubscribe(org: &Arc<Org>, token: &str) -> Result<Subscription> {
    let found = subscription(org, token)?;
    let ctx = Ctx::for_service(org, OPT_OUTS)?;
    let address = folded(&found.address);
    let key = format!("{}/{}", found.schedule, &hash_of(&address)[..40]);
    let known = format!("SELECT Id FROM {OPT_OUT} WHERE OptOutKey = {}", quoted(&key));
    let made = ctx.in_one_transaction(|unit| {
        if !unit.rows(&known)?.is_empty() {
            return Ok(());
        }
        let row = vec![
            ("ScheduleId", found.schedule.into()),
            ("Address", address.as_str().into()),
            ("OptOutKey", key.as_str().into()),
            ("Since", ctx.now().into()),
        ];
        ledger::create(unit, OPT_OUT, &[row]).map(|_| ())
    });
    match made {
        // Somebody pressed twice at the same instant.
        Err(error) if error.code() == model::ErrorCode::DuplicateValue => Ok(found),
        made => made.map(|()| found),
    }
}
