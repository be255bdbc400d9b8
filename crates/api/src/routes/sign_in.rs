//! Signing in and out.

use super::route;
use crate::route::Handler::{Open, Session};
use crate::route::Route;
use crate::route::Verb::{Get, Post};
use crate::{identity_url, oauth, soap};

const REDIRECT: (&str, &str) = ("redirect_uri", "The page to open, as a path");

pub(super) const SIGN_IN: &[Route] = &[
    route(Post, "/services/oauth2/token", "token_grant", "Exchange a proof for an access token", Open(oauth::token))
        .takes("TokenRequest")
        .gives(&[(200, "Token"), (400, "OAuthError"), (401, "OAuthError"), (403, "OAuthError"), (429, "OAuthError")]),
    route(Post, "/services/oauth2/revoke", "token_revoke", "End the session of a token", Open(oauth::revoke))
        .takes("TokenToEnd")
        .gives(&[(200, ""), (400, "OAuthError")]),
    route(Get, "/services/oauth2/revoke", "token_revoke_by_address", "End the session of a token", Open(oauth::revoke))
        .gives(&[(200, ""), (400, "OAuthError")])
        .with(&[("token", "The access token")]),
    route(
        Post,
        "/services/oauth2/introspect",
        "token_introspect",
        "What a token is worth, for the client that it was given to",
        Open(oauth::introspect),
    )
    .takes("TokenToAskOf")
    .gives(&[(200, "TokenState"), (400, "OAuthError"), (429, "OAuthError")]),
    route(
        Get,
        "/services/oauth2/singleaccess",
        "single_access_get",
        "An address that opens the pages in the user's browser, once",
        Session(oauth::single_access),
    )
    .gives(&[(200, "FrontDoor")])
    .with(&[REDIRECT]),
    route(
        Post,
        "/services/oauth2/singleaccess",
        "single_access_post",
        "An address that opens the pages in the user's browser, once",
        Session(oauth::single_access),
    )
    .takes("FrontDoorWish")
    .gives(&[(200, "FrontDoor")]),
    route(
        Get,
        "/services/oauth2/userinfo",
        "user_info_get",
        "Who the caller is, as OpenID Connect tells it",
        Session(identity_url::user_info),
    )
    .gives(&[(200, "UserInfo")]),
    route(
        Post,
        "/services/oauth2/userinfo",
        "user_info_post",
        "Who the caller is, as OpenID Connect tells it",
        Session(identity_url::user_info),
    )
    .gives(&[(200, "UserInfo")]),
    route(Get, "/id/{org}/{user}", "identity_get", "Who the caller is", Session(identity_url::identity))
        .gives(&[(200, "Identity")]),
    route(Post, "/services/Soap/u/{soap_version}", "soap_call", "SOAP login, logout and getUserInfo", Open(soap::call))
        .takes("Soap")
        .gives(&[(200, "Soap"), (500, "Soap")]),
    route(
        Post,
        "/services/Soap/u/{soap_version}/{soap_org}",
        "soap_call_of_org",
        "SOAP login, logout and getUserInfo",
        Open(soap::call),
    )
    .takes("Soap")
    .gives(&[(200, "Soap"), (500, "Soap")]),
];
