//! Saved lists say what can be asked: they are judged when they are saved.

use super::{Hook, HookCtx, HookRow};
use model::Result;
use policy::Service;

pub(super) struct ListViewHook;

pub(crate) static LISTS: Service = Service {
    name: "list-views",
    purpose: "Judges what a saved list says while it is saved, under the rights of who saves it; reads no records.",
    grants: &[],
};

/// What a list says, in the order in which it is judged.
const SAID: [&str; 5] = ["SobjectType", "Scope", "Columns", "Filter", "OrderBy"];

impl Hook for ListViewHook {
    fn objects(&self) -> &'static [&'static str] {
        &["ListView"]
    }

    fn service(&self) -> &'static Service {
        &LISTS
    }

    fn before_save(&self, ctx: &mut HookCtx<'_, '_>, row: &mut HookRow<'_>) -> Result<()> {
        // The platform's own lists are made before anybody's rights are.
        if ctx.ctx().user_id().is_none() || !SAID.iter().any(|field| row.is_changed(field)) {
            return Ok(());
        }
        let texts = SAID.map(|field| row.get(field).as_text().unwrap_or_default().to_owned());
        ctx.ctx().list_view_check(texts)
    }
}
