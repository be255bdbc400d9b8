//! The programs of an org: which are let in and how, letting one in, putting one out. For those who manage users.

mod list;
mod register;

pub(crate) use list::{change, list, name_of as user_name};
pub(crate) use register::{form, register};

use crate::server::Call;
use model::Result;
use platform::{Ctx, SystemPermission};

/// Where the list is.
const PATH: &str = "/programs";

/// Whether somebody may see and change the programs.
pub(crate) fn is_offered(ctx: &Ctx) -> bool {
    ctx.has(SystemPermission::ManageUsers)
}

/// # Errors
/// `INSUFFICIENT_ACCESS_OR_READONLY` naming the permission.
fn check(call: &Call<'_>) -> Result<()> {
    call.ctx.require(SystemPermission::ManageUsers)
}
