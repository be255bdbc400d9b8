//! Accounts: none stands below itself.

use super::{Hook, HookCtx, HookRow, refuse};
use model::{FieldIx, ObjectSchema, RecordId, Result, Value};
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
        // So that of several rows the bad one alone is refused.
        let own = row.get("Id").as_id().filter(|_| row.before.is_some() && row.is_changed("ParentId"));
        match (own, row.get("ParentId").as_id()) {
            (Some(own), Some(parent)) => refuse_way(ctx, parent, own),
            _ => Ok(()),
        }
    }

    /// Once more when all rows of the save stand: two of them can make a ring that neither makes alone.
    fn after_save(
        &self,
        ctx: &mut HookCtx<'_, '_>,
        object: &ObjectSchema,
        rows: &[(Option<&[Value]>, &[Value])],
    ) -> Result<()> {
        let Some(parent) = object.find_field("ParentId").map(|field| field.ix.index()) else { return Ok(()) };
        // Nothing stands below an account that is new, unless the same save puts it there.
        let moved = rows.iter().filter(|(before, after)| {
            !after[parent].is_null() && before.is_some_and(|before| before[parent] != after[parent])
        });
        let moved: Vec<RecordId> = moved.filter_map(|(_, after)| after[FieldIx::ID.index()].as_id()).collect();
        moved.into_iter().try_for_each(|account| refuse_ring(ctx, account))
    }
}

/// Walks up from an account as it now stands.
///
/// # Errors
/// When the way comes back to it.
pub(crate) fn refuse_ring(ctx: &mut HookCtx<'_, '_>, account: RecordId) -> Result<()> {
    match parent_of(ctx, account)? {
        Some(parent) => refuse_way(ctx, parent, account),
        None => Ok(()),
    }
}

/// Walks up from `start`.
///
/// # Errors
/// When the way comes to `account`, or does not end.
fn refuse_way(ctx: &mut HookCtx<'_, '_>, start: RecordId, account: RecordId) -> Result<()> {
    // Two moves at once could make a ring that neither of them sees: whoever comes second sees the first.
    ctx.tx.lock_places()?;
    let mut at = start;
    for _ in 0..DEEPEST {
        if at == account {
            break;
        }
        match parent_of(ctx, at)? {
            None => return Ok(()),
            Some(above) => at = above,
        }
    }
    Err(refuse("ParentId", "Parent account: an account cannot stand below itself"))
}

fn parent_of(ctx: &mut HookCtx<'_, '_>, account: RecordId) -> Result<Option<RecordId>> {
    let found = ctx.rows(&format!("SELECT ParentId FROM Account WHERE Id = '{account}'"))?;
    Ok(found.first().and_then(|row| row.cells[0].value().as_id()))
}
