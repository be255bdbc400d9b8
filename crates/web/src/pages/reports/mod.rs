//! Reports as people make them: the list, the choice of a type, the builder.

mod builder;
pub(crate) mod folders;
mod list;
mod starter;
mod types;

pub(crate) use builder::{columns, create, edit, new, save};
pub(crate) use list::list;

use model::{ObjectSchema, Result};
use platform::Ctx;

/// The object of reports, for who may see any.
///
/// # Errors
/// `NOT_FOUND` for everybody else.
pub(crate) fn object(ctx: &Ctx) -> Result<&ObjectSchema> {
    ctx.object("Report")
}
