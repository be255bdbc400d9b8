//! The switch of an org: whether anything is delivered at all. Kept beside the records, changed by who manages all
//! schedules, and noted in the audit log.

use crate::ledger::update;
use crate::objects::{DELIVERY, SCHEDULE};
use crate::recurrence::Rule;
use crate::services::SCHEDULER;
use model::{Error, Result};
use platform::{AppSetting, Ctx, SystemPermission, Unit};
use serde::{Deserialize, Serialize};

const SWITCH: AppSetting = AppSetting { app: "delivery", name: "switch" };

/// Whether an org delivers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Switch {
    #[default]
    On,
    /// Nothing leaves; what waited is cancelled.
    Off,
    /// The org was restored, and its ledger may not know what was sent since: everything waits.
    Held,
}

/// The switch as a transaction sees it.
///
/// # Errors
/// What the database reports.
pub(crate) fn switch(unit: &mut Unit<'_, '_>) -> Result<Switch> {
    let text = unit.setting(SWITCH)?;
    let set = text.map_or(Ok(Switch::On), |text| serde_json::from_str(&text).map_err(Error::internal))?;
    Ok(if set == Switch::On && unit.is_restored()? { Switch::Held } else { set })
}

/// The switch as it stands.
///
/// # Errors
/// What the database reports.
pub fn delivery_switch(ctx: &Ctx) -> Result<Switch> {
    ctx.in_one_transaction(switch)
}

/// Switches delivery on or off.
///
/// # Errors
/// `INSUFFICIENT_ACCESS_OR_READONLY` without the permission to manage all schedules.
pub fn delivery_switch_put(ctx: &Ctx, to: Switch) -> Result<()> {
    ctx.require(SystemPermission::ManageAllSchedules)?;
    ctx.in_one_transaction(|unit| put(unit, to))
}

pub(crate) fn put(unit: &mut Unit<'_, '_>, to: Switch) -> Result<()> {
    let text = serde_json::to_string(&to).map_err(Error::internal)?;
    unit.setting_put(SWITCH, &text)?;
    if to == Switch::On {
        unit.restored_settle()?;
    }
    unit.note("delivery_switch", "", None, text)
}

/// Ends the hold of a restored org. Runs that were missed are sent as each schedule's own policy says, or left out: then
/// messages that waited are cancelled, and every schedule goes on with its next run.
///
/// # Errors
/// `INSUFFICIENT_ACCESS_OR_READONLY` without the permission to manage all schedules.
pub fn delivery_release(ctx: &Ctx, catch_up: bool) -> Result<()> {
    ctx.require(SystemPermission::ManageAllSchedules)?;
    let service = Ctx::for_service(ctx.org(), SCHEDULER)?;
    ctx.org().in_one_transaction(|tx| {
        if !catch_up {
            skip(&mut tx.unit(&service))?;
        }
        put(&mut tx.unit(ctx), Switch::On)
    })
}

fn skip(unit: &mut Unit<'_, '_>) -> Result<()> {
    let now = unit.ctx().now();
    let open =
        unit.rows(&format!("SELECT OutboxNumber FROM {DELIVERY} WHERE State IN ('pending', 'queued', 'deferred')"))?;
    for row in open {
        if let Ok(number) = row.cells[0].value().to_plain().parse() {
            unit.mail_cancel(number, "left out after this organization was restored")?;
        }
        let values =
            [("State", "cancelled".into()), ("Reason", "left out after this organization was restored".into())];
        update(unit, DELIVERY, row.id, &values)?;
    }
    for row in unit.rows(&format!("SELECT Rule FROM {SCHEDULE} WHERE State = 'active'"))? {
        let next = Rule::parse(&row.cells[0].value().to_plain()).ok().and_then(|rule| rule.next_after(now));
        if let Some(next) = next {
            update(unit, SCHEDULE, row.id, &[("NextRun", next.instant.into())])?;
        }
    }
    Ok(())
}
