//! Accounts: none stands below itself.

use super::{Hook, HookCtx, HookRow, refuse};
use model::Result;
use policy::{Service, ServiceGrant};

pub(super) struct AccountHook;

pub(crate) static HIERARCHY: Service = Service {
    name: "account-hierarchy",
    purpose: "Looks up the accounts above an account while it gets another parent, so that the hierarchy stays a tree. It \
              tells nobody what it read.",
    grants: &[ServiceGrant::read("Account")],
};

/// No hierarchy is so deep; a longer walk goes in a ring.
const DEEPEST: usize = 500;

impl Hook for AccountHook {
    fn objects(&self) -> &'static [&'static str] {
        &["Account"]
    }

    fn service(&self) -> &'static Service {
        &HIERARCHY
    }

    fn before_save(&self, ctx: &mut HookCtx<'_, '_>, row: &mut HookRow<'_>) -> Result<()> {
        // Nothing stands below an account that is new.
        let is_moved = row.before.is_some() && row.is_changed("ParentId");
        let own = row.get("Id").as_id();
        let mut above = row.get("ParentId").as_id().filter(|_| is_moved);
        if above.is_some() {
            // Two moves at once could make a ring that neither of them sees.
            ctx.tx.lock_places()?;
        }
        for _ in 0..DEEPEST {
            let Some(account) = above else { return Ok(()) };
            if Some(account) == own {
                break;
            }
            let found = ctx.rows(&format!("SELECT ParentId FROM Account WHERE Id = '{account}'"))?;
            above = found.first().and_then(|row| row.cells[0].value().as_id());
        }
        match above {
            None => Ok(()),
            Some(_) => Err(refuse("ParentId", "Parent account: an account cannot stand below itself")),
        }
    }
}
