//! Signing in and out.

use super::route;
use crate::route::Handler::{Open, Session};
use crate::route::Route;
use crate::route::Verb::{Get, Post};
use crate::{identity_url, oauth, soap};

const REDIRECT: (&str, &str) = ("redirect_uri", "The page to open, as a path");

pub(super) const SIGN_IN: &[Route] = &[
    route(Post, "/services/oauth2/token", "token_grant", "Exchange a proof for an access token", Open(oauth::token)),
    route(Post, "/services/oauth2/revoke", "token_revoke", "End the session of a token", Open(oauth::revoke)),
    route(Get, "/services/oauth2/revoke", "token_revoke_by_address", "End the session of a token", Open(oauth::revoke))
        .with(&[("token", "The access token")]),
    route(
        Post,
        "/services/oauth2/introspect",
        "token_introspect",
        "What a token is worth, for the client that it was given to",
        Open(oauth::introspect),
    ),
    route(
        Get,
        "/services/oauth2/singleaccess",
        "single_access_get",
        "An address that opens the pages in the user's browser, once",
        Session(oauth::single_access),
    )
    .with(&[REDIRECT]),
    route(
        Post,
        "/services/oauth2/singleaccess",
        "single_access_post",
        "An address that opens the pages in the user's browser, once",
        Session(oauth::single_access),
    ),
    route(
        Get,
        "/services/oauth2/userinfo",
        "user_info_get",
        "Who the caller is, as OpenID Connect tells it",
        Session(identity_url::user_info),
    ),
    route(
        Post,
        "/services/oauth2/userinfo",
        "user_info_post",
        "Who the caller is, as OpenID Connect tells it",
        Session(identity_url::user_info),
    ),
    route(Get, "/id/{org}/{user}", "identity_get", "Who the caller is", Session(identity_url::identity)),
    route(Post, "/services/Soap/u/{soap_version}", "soap_call", "SOAP login, logout and getUserInfo", Open(soap::call)),
    route(
        Post,
        "/services/Soap/u/{soap_version}/{soap_org}",
        "soap_call_of_org",
        "SOAP login, logout and getUserInfo",
        Open(soap::call),
    ),
];
