//! The page kit in every state, for those who build pages.

use crate::kit::{Theme, gallery};
use crate::server::{Call, PageResult, reply};
use model::Error;

pub(crate) fn page(call: &Call<'_>) -> PageResult {
    let name = call.visit.captured("plate").unwrap_or("kit");
    let plate = gallery::PLATES.iter().find(|plate| plate.name == name || (name == "kit" && plate.name == gallery::PLATES[0].name));
    let plate = plate.ok_or_else(Error::not_found)?;
    Ok(reply::page((plate.page)(Theme::System)))
}
