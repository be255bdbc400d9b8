//! Keys of mail.

use super::route;
use crate::dkim;
use crate::route::Handler::Data;
use crate::route::Route;
use crate::route::Verb::{Delete, Get, Post};

const KEYS: &str = "/services/data/v{version}/dkimKeys";

pub(super) const DKIM: &[Route] = &[
    route(
        Get,
        KEYS,
        "dkim_key_list",
        "Keys that mail is signed with, and what DNS is to say of them",
        Data(dkim::list),
    )
    .gives(&[(200, "DkimKeys")]),
    route(Post, KEYS, "dkim_key_create", "Make a key that mail from a domain is signed with", Data(dkim::create))
        .takes("NewDkimKey")
        .gives(&[(201, "DkimKey")]),
    route(
        Delete,
        "/services/data/v{version}/dkimKeys/{key}",
        "dkim_key_delete",
        "Sign no more with a key, by the name of its record",
        Data(dkim::delete),
    )
    .gives(&[(204, "")]),
];
