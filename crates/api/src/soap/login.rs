//! `login`: username, and password with the security token behind it, for a session.

use super::envelope::{Request, element, result};
use super::user;
use crate::call::Call;
use identity::{SecurityToken, SessionKind, SignIn};
use model::{Error, ErrorCode, OrgId, Result};
use platform::Ctx;

pub(super) fn login(call: &Call, version: &str, request: &Request) -> Result<String> {
    let asked = SignIn {
        username: request.field("username").unwrap_or_default().trim().to_owned(),
        password: request.field("password").unwrap_or_default().to_owned(),
        kind: SessionKind::Api,
        client: "SOAP login".to_owned(),
        security_token: SecurityToken::Appended,
    };
    let identities = call.identities();
    let opened = match &request.organization_id {
        Some(org) => {
            let org = OrgId::parse(org).map_err(|_| refusal())?;
            identities.sign_in_within(Some(&[org]), &asked)?
        }
        None => identities.sign_in(&asked)?,
    };
    let ctx = Ctx::for_user(&opened.org, opened.user)?;
    let url = &call.shared.public_url;
    let org = opened.org.id().record_id().to_short();
    let content = [
        element("metadataServerUrl", &format!("{url}/services/Soap/m/{version}/{org}")),
        element("passwordExpired", "false"),
        element("sandbox", "false"),
        element("serverUrl", &format!("{url}/services/Soap/u/{version}/{org}")),
        element("sessionId", &opened.token),
        element("userId", &opened.user.to_string()),
        format!("<userInfo>{}</userInfo>", user::user_info(&ctx)),
    ];
    Ok(result("loginResponse", &content.concat()))
}

fn refusal() -> Error {
    Error::new(ErrorCode::InvalidLogin, "Invalid username, password, security token; or user locked out.")
}
