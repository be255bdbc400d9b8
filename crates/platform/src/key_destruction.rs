//! Destroying a version of a data key: one administrator asks for it, another confirms it, each behind their own
//! password. Both stand in the org's audit log before the key is gone.

use crate::ctx::Ctx;
use crate::engine::Platform;
use crate::org::Org;
use crate::step_up::SteppedUp;
use model::{Error, ErrorCode, Instant, OrgId, RecordId, Result};
use policy::SystemPermission;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use store::{AuditEntry, Backed as _, KeyRequestRow, Purpose};

/// How long a request waits for the second administrator.
const WAITS_MS: i64 = 24 * 3_600_000;

/// Which version of which key, and whether values that still stand under it are to be lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyDestruction {
    pub key: Purpose,
    pub version: u32,
    pub lose_values: bool,
}

/// A request as it is kept. The name is the one that the administrator then had.
#[derive(Serialize, Deserialize)]
struct Act {
    destroys: KeyDestruction,
    requester: String,
}

/// A destruction that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRequest {
    pub number: u64,
    pub destroys: KeyDestruction,
    pub requested_by: RecordId,
    /// User name of that administrator.
    pub requester: String,
    pub requested: Instant,
    pub expires: Instant,
}

impl Platform {
    /// Asks for the destruction of a version of a data key. Nothing is destroyed until another administrator confirms it.
    ///
    /// # Errors
    /// `INSUFFICIENT_ACCESS_OR_READONLY` for anybody but an administrator; what [`store::OrgStore::key_destroy`] would
    /// refuse.
    pub fn key_destroy_request(&self, asks: &SteppedUp, destroys: KeyDestruction) -> Result<KeyRequest> {
        let admin = &administrator(asks)?;
        let org = self.org(admin.org().id())?;
        self.check(&org, destroys)?;
        let requested = org.now();
        let expires = requested.plus_ms(WAITS_MS);
        let act = Act { destroys, requester: admin.user().username.clone() };
        let act = serde_json::to_string(&act).map_err(Error::internal)?;
        let number = org.store.write(|tx| {
            let number = tx.key_request_put(&act, admin.user().id, expires)?;
            let detail = detail(number, destroys, &[("user", &admin.user().username)]);
            note(tx, &org, admin, "key_destroy_request", detail)?;
            Ok(number)
        })?;
        let user = admin.user();
        let (requested_by, requester) = (user.id, user.username.clone());
        Ok(KeyRequest { number, destroys, requested_by, requester, requested, expires })
    }

    /// Confirms a request and destroys the key. Cut off between the two, the same confirmation finishes it.
    ///
    /// # Errors
    /// `INSUFFICIENT_ACCESS_OR_READONLY` for anybody but an administrator, and for the one who made the request;
    /// `NOT_FOUND` for a request that is not there; `FUNCTIONALITY_NOT_ENABLED` for one that has expired, is done, or
    /// whose maker is no administrator any more; what [`store::OrgStore::key_destroy`] refuses.
    pub fn key_destroy_confirm(&self, confirms: &SteppedUp, number: u64) -> Result<KeyRequest> {
        let admin = &administrator(confirms)?;
        let org = self.org(admin.org().id())?;
        let (request, confirmed_by) = find(&org, number)?;
        if request.requested_by == admin.user().id {
            return refused(
                ErrorCode::InsufficientAccessOrReadonly,
                format!("You made request {number} yourself: another administrator confirms it."),
            );
        }
        if request.expires < org.now() {
            return refused(
                ErrorCode::FunctionalityNotEnabled,
                format!("Request {number} has expired at {}. Make a new one.", request.expires),
            );
        }
        // Two administrators at the moment of the act, and not only one of them.
        let requester = Ctx::for_user(&org, request.requested_by);
        if !requester.is_ok_and(|requester| require(&requester).is_ok()) {
            return refused(
                ErrorCode::FunctionalityNotEnabled,
                format!(
                    "{} made request {number} and is no administrator any more. Make a new one.",
                    request.requester
                ),
            );
        }
        let KeyDestruction { key, version, lose_values } = request.destroys;
        if confirmed_by.is_some() && org.store.key_is_destroyed(key, version)? {
            return refused(
                ErrorCode::FunctionalityNotEnabled,
                format!("Request {number} is done: {} key {version} is destroyed.", key.name()),
            );
        }
        self.store().between_backups(|| {
            self.check(&org, request.destroys)?;
            org.store.write(|tx| {
                let names = [("requested_by", request.requester.as_str()), ("confirmed_by", &admin.user().username)];
                note(tx, &org, admin, "key_destroy", detail(number, request.destroys, &names))?;
                if !tx.key_request_confirm(number, admin.user().id)? && confirmed_by.is_none() {
                    return refused(
                        ErrorCode::UnableToLockRow,
                        format!("Somebody else is confirming request {number} at this moment."),
                    );
                }
                Ok(())
            })?;
            org.store.key_destroy(key, version, lose_values)
        })?;
        Ok(request)
    }

    /// Whether a key can be destroyed. Backups stand outside of the org, and are counted by the installation.
    fn check(&self, org: &Org, destroys: KeyDestruction) -> Result<()> {
        let KeyDestruction { key, version, lose_values } = destroys;
        org.store.key_destroy_check(key, version, lose_values)?;
        let backups = self.store().backup_key_uses(org.id())?.get(&version).copied().unwrap_or(0);
        if key == Purpose::Backup && !lose_values && backups > 0 {
            return refused(
                ErrorCode::DeleteFailed,
                format!(
                    "{backups} backups still stand under backup key {version}. Remove them with `holdfast backup prune`, \
                     or say that they are to be lost."
                ),
            );
        }
        Ok(())
    }

    /// The requests that wait for a second administrator.
    ///
    /// # Errors
    /// As [`Platform::org`].
    pub fn key_destroy_requests(&self, org: OrgId) -> Result<Vec<KeyRequest>> {
        let org = self.org(org)?;
        let rows = org.store.read(|tx| tx.key_requests())?;
        let mut waiting = Vec::new();
        for row in rows.into_iter().filter(|row| row.expires >= org.now()) {
            let request = request_of(row)?;
            // Also one whose confirmation was cut off before the key was gone.
            if !org.store.key_is_destroyed(request.destroys.key, request.destroys.version)? {
                waiting.push(request);
            }
        }
        Ok(waiting)
    }
}

/// An administrator who has just given their password. Looked up anew: who was frozen a moment ago is none.
fn administrator(proof: &SteppedUp) -> Result<Ctx> {
    let person = proof.person()?;
    person.org().forget_permissions();
    let now = Ctx::for_user(person.org(), person.user().id)?;
    require(&now)?;
    Ok(now)
}

fn refused<T>(code: ErrorCode, why: String) -> Result<T> {
    Err(Error::new(code, why))
}

/// Data may be destroyed by whoever may change all of it and its shape.
fn require(ctx: &Ctx) -> Result<()> {
    ctx.require(SystemPermission::CustomizeApplication)?;
    ctx.require(SystemPermission::ModifyAllData)
}

fn find(org: &Arc<Org>, number: u64) -> Result<(KeyRequest, Option<RecordId>)> {
    let rows = org.store.read(|tx| tx.key_requests())?;
    let row = rows.into_iter().find(|row| row.number == number).ok_or_else(|| {
        Error::new(
            ErrorCode::NotFound,
            format!("This org has no request {number}. `holdfast keys list` shows those that wait."),
        )
    })?;
    let confirmed_by = row.confirmed_by;
    Ok((request_of(row)?, confirmed_by))
}

fn request_of(row: KeyRequestRow) -> Result<KeyRequest> {
    let Act { destroys, requester } = serde_json::from_str(&row.act).map_err(Error::internal)?;
    Ok(KeyRequest {
        number: row.number,
        destroys,
        requested_by: row.requested_by,
        requester,
        requested: row.requested,
        expires: row.expires,
    })
}

fn detail(number: u64, destroys: KeyDestruction, people: &[(&str, &str)]) -> String {
    let mut detail = serde_json::json!({
        "request": number,
        "key": destroys.key.name(),
        "version": destroys.version,
        "lose_values": destroys.lose_values,
    });
    for (role, name) in people {
        detail[*role] = (*name).into();
    }
    detail.to_string()
}

fn note(tx: &mut store::WriteTx<'_>, org: &Org, admin: &Ctx, action: &str, detail: String) -> Result<()> {
    let entry = AuditEntry { action, object: "Organization", record: Some(org.id().record_id()), detail };
    tx.audit(admin.identity(), &entry)
}
