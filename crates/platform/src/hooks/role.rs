//! Roles: nobody stands above themselves.

use super::{Hook, HookCtx, HookRow};
use model::{Error, ErrorCode, Result};
use policy::{Service, ServiceGrant};

pub(super) struct RoleHook;

pub(crate) static ROLES: Service = Service {
    name: "role-tree",
    purpose: "Looks up the roles above a role while it is moved, so that the hierarchy stays a tree. Roles are settings \
              that everybody may read.",
    grants: &[ServiceGrant::read("UserRole")],
};

/// No hierarchy is so deep; a longer walk goes in a ring.
const DEEPEST: usize = 500;

impl Hook for RoleHook {
    fn objects(&self) -> &'static [&'static str] {
        &["UserRole"]
    }

    fn service(&self) -> &'static Service {
        &ROLES
    }

    fn before_save(&self, ctx: &mut HookCtx<'_, '_>, row: &mut HookRow<'_>) -> Result<()> {
        let own = row.get("Id").as_id();
        let mut above = row.get("ParentRoleId").as_id().filter(|_| row.is_changed("ParentRoleId"));
        for _ in 0..DEEPEST {
            let Some(role) = above else { return Ok(()) };
            if Some(role) == own {
                break;
            }
            let found = ctx.rows(&format!("SELECT ParentRoleId FROM UserRole WHERE Id = '{role}'"))?;
            above = found.first().and_then(|row| row.cells[0].value().as_id());
        }
        if above.is_none() {
            return Ok(());
        }
        Err(Error::new(ErrorCode::FieldIntegrityException, "Parent role: a role cannot stand below itself")
            .with_field("ParentRoleId"))
    }
}
