//! Reports, a dashboard and schedules of the demo, owned by who leads sales.

use super::load::Loaded;
use crate::cli::Failure;
use crate::demo::{DemoRecord, DemoWorld};
use model::RecordId;
use platform::{Ctx, Org};
use std::sync::Arc;

/// Who leads sales: the owner of the reports, whose rights the deliveries run with.
fn leader(world: &DemoWorld) -> Option<&DemoRecord> {
    world.of("User").find(|user| user.text("Department") == "Sales" && user.text("Title").contains("VP"))
}

pub(super) fn create(org: &Arc<Org>, world: &DemoWorld, loaded: &Loaded, admin: RecordId) -> Result<(), Failure> {
    let owner = leader(world).and_then(|leader| loaded.id(leader.key)).unwrap_or(admin);
    let ctx = Ctx::for_user(org, owner)?;
    app_reports::ensure_samples(&ctx)?;
    Ok(())
}
