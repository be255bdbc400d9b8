//! The page kit in every state, for those who build pages.

use crate::kit::{Theme, gallery};
use crate::server::{Call, PageResult, reply};
use model::Error;

pub(crate) fn page(call: &Call<'_>) -> PageResult {
    let plate = gallery::plate(call.visit.captured("plate").unwrap_or_default()).ok_or_else(Error::not_found)?;
    Ok(reply::page(plate.page(Theme::System)))
}
