//! Roles: nobody stands above themselves, and each role has two groups of its own, so that shares and rules can name it:
//! those in the role, and those in it and below.

use super::{Hook, HookCtx, HookRow, refuse};
use model::{ObjectSchema, Result, Value};
use policy::{Service, ServiceGrant};

pub(super) struct RoleHook;

pub(crate) static ROLES: Service = Service {
    name: "role-tree",
    purpose: "Looks up the roles above a role while it is moved, so that the hierarchy stays a tree, and keeps the groups \
              that stand for each role. Roles and groups are settings that everybody may read.",
    grants: &[
        ServiceGrant::read("UserRole"),
        ServiceGrant { object: "Group", create: true, edit: true, delete: false },
    ],
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
        if above.is_some() {
            // Two moves at once could make a ring that neither of them sees.
            ctx.tx.lock_places()?;
        }
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
        Err(refuse("ParentRoleId", "Parent role: a role cannot stand below itself"))
    }

    fn after_save(
        &self,
        ctx: &mut HookCtx<'_, '_>,
        object: &ObjectSchema,
        rows: &[(Option<&[Value]>, &[Value])],
    ) -> Result<()> {
        let (Some(id), Some(name)) = (object.find_field("Id"), object.find_field("Name")) else { return Ok(()) };
        for (before, after) in rows {
            let (role, name) = (after[id.ix.index()].clone(), after[name.ix.index()].clone());
            match before {
                None => {
                    let groups = ["Role", "RoleAndSubordinates"]
                        .map(|kind| vec![("Name", name.clone()), ("Type", kind.into()), ("RelatedId", role.clone())]);
                    ctx.create("Group", &groups)?;
                }
                Some(before) if before[object.name_field.index()] != name => {
                    let Some(role) = role.as_id() else { continue };
                    for group in ctx.rows(&format!("SELECT Id FROM Group WHERE RelatedId = '{role}'"))? {
                        ctx.update("Group", group.id, &[("Name", name.clone())])?;
                    }
                }
                Some(_) => {}
            }
        }
        Ok(())
    }
}
