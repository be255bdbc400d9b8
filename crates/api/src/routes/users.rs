//! Passwords of users.

use super::route;
use crate::password;
use crate::route::Handler::Data;
use crate::route::Route;
use crate::route::Verb::{Delete, Get, Post};

pub(super) const USERS: &[Route] = &[
    route(
        Get,
        "/services/data/v{version}/sobjects/User/{id}/password",
        "password_get",
        "Whether a user's password has run out",
        Data(password::get),
    )
    .gives(&[(200, "PasswordState")]),
    route(
        Post,
        "/services/data/v{version}/sobjects/User/{id}/password",
        "password_set",
        "Set a user's password, which ends the user's sessions",
        Data(password::set),
    )
    .takes("NewPassword")
    .gives(&[(204, "")]),
    route(
        Delete,
        "/services/data/v{version}/sobjects/User/{id}/password",
        "password_reset",
        "Give a user a new password, which is shown once",
        Data(password::reset),
    )
    .gives(&[(200, "NewPassword")]),
];
