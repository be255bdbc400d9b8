//! Cases: closed by their status, and when.

use super::{Hook, HookCtx, HookRow};
use model::{Result, Value};
use policy::Service;

pub(super) struct CaseHook;

pub(crate) static CASES: Service =
    Service { name: "case-status", purpose: "Derives fields of a case from its status; reads nothing.", grants: &[] };

impl Hook for CaseHook {
    fn objects(&self) -> &'static [&'static str] {
        &["Case"]
    }

    fn service(&self) -> &'static Service {
        &CASES
    }

    fn before_save(&self, ctx: &mut HookCtx<'_, '_>, row: &mut HookRow<'_>) -> Result<()> {
        if !row.is_changed("Status") {
            return Ok(());
        }
        let closed = row.get("Status").as_text().is_some_and(|status| status.eq_ignore_ascii_case("Closed"));
        row.set("IsClosed", Value::Bool(closed));
        if closed && row.get("ClosedDate").is_null() {
            row.set("ClosedDate", ctx.now());
        } else if !closed {
            row.set("ClosedDate", Value::Null);
        }
        Ok(())
    }
}
