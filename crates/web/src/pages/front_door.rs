//! The way from a program to the pages: a ticket that the program was given opens a session of its user's browser.

use super::sign_in::is_local;
use crate::server::cookies::Cookie;
use crate::server::reply::{self, with_cookie};
use crate::server::{PageResult, Visit, comes_from_elsewhere, forged};
use model::{Error, ErrorCode};

pub(crate) fn enter(visit: &Visit) -> PageResult {
    // A page of another site that sends somebody here would sign them in as whoever it likes.
    if comes_from_elsewhere(visit) {
        return Err(forged());
    }
    let ticket = visit.query.first("otp").unwrap_or_default();
    let opened = visit.state.identities.front_door_enter(ticket).map_err(|error| match error.code() {
        ErrorCode::InvalidSessionId => Error::new(
            error.code(),
            "This address opens the door once, within a minute, and was used or is too old. Have the program make another one, or sign in.",
        ),
        _ => error,
    })?;
    let to = visit.query.first("startURL").filter(|to| is_local(to)).unwrap_or("/home");
    with_cookie(reply::see_other(to)?, &Cookie::Session.set(&opened.token, None, visit.state.secure_cookies))
}
