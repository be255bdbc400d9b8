//! Users: each has a login that can be frozen; who is deactivated is signed out everywhere, in the transaction that
//! deactivates them.

use super::{Hook, HookCtx, HookRow, refuse};
use model::{ObjectSchema, Result, Value};
use policy::{Service, ServiceGrant};
use store::AuditEntry;

pub(super) struct UserHook;

pub(crate) static ACCOUNTS: Service = Service {
    name: "accounts",
    purpose: "Makes the login of a new user, and ends the sessions and grants of one who is deactivated; reads no \
              records.",
    grants: &[ServiceGrant { object: "UserLogin", create: true, edit: false, delete: false }],
};

impl Hook for UserHook {
    fn objects(&self) -> &'static [&'static str] {
        &["User"]
    }

    fn service(&self) -> &'static Service {
        &ACCOUNTS
    }

    fn before_save(&self, ctx: &mut HookCtx<'_, '_>, row: &mut HookRow<'_>) -> Result<()> {
        let own = row.get("Id").as_id();
        if own.is_some() && row.get("ManagerId").as_id() == own {
            return Err(refuse("ManagerId", "Manager: a user cannot be their own manager"));
        }
        let is_oneself = own.is_some() && own == ctx.ctx().user_id();
        let ends =
            row.before_value("IsActive") == Some(&Value::Bool(true)) && *row.get("IsActive") != Value::Bool(true);
        if is_oneself && ends {
            // So somebody who can let others in again is always left.
            return Err(refuse("IsActive", "Active: you cannot deactivate yourself; another administrator can"));
        }
        Ok(())
    }

    fn after_save(
        &self,
        ctx: &mut HookCtx<'_, '_>,
        object: &ObjectSchema,
        rows: &[(Option<&[Value]>, &[Value])],
    ) -> Result<()> {
        let (Some(active), Some(id)) = (object.find_field("IsActive"), object.find_field("Id")) else { return Ok(()) };
        let is_active = |image: &[Value]| image[active.ix.index()] == Value::Bool(true);
        for (before, after) in rows {
            if before.is_none() {
                ctx.create("UserLogin", &[vec![("UserId", after[id.ix.index()].clone())]])?;
            }
            let deactivated = before.is_some_and(is_active) && !is_active(after);
            let Some(user) = after[id.ix.index()].as_id().filter(|_| deactivated) else { continue };
            let ended = ctx.tx.sessions_close_of(user)?;
            let grants = ctx.tx.client_grants_close_of(user)?;
            let identity = ctx.identity();
            let entry = AuditEntry {
                action: "session_close_all",
                object: "User",
                record: Some(user),
                detail: serde_json::json!({ "sessions": ended, "grants": grants, "why": "user deactivated" })
                    .to_string(),
            };
            ctx.tx.audit(&identity, &entry)?;
        }
        Ok(())
    }
}
