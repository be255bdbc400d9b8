//! The switch of an org: whether anything is delivered at all. Kept beside the records, changed by who manages all
//! schedules, and noted in the audit log.

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
    text.map_or(Ok(Switch::On), |text| serde_json::from_str(&text).map_err(Error::internal))
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
    unit.note("delivery_switch", "", None, text)
}
