//! The few SOAP calls that clients sign in and out with: `login`, `logout`, `getUserInfo`.

mod envelope;
mod login;
mod user;

use crate::call::Call;
use crate::reply::Reply;
use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use envelope::{Request, fault, result};
use model::{Error, ErrorCode, Result};
use platform::Ctx;

/// Reads the envelope and answers its call. The query string and the SOAPAction header say nothing.
pub(crate) fn call(call: &Call) -> Result<Reply> {
    let version = call.param("soap_version")?;
    if crate::version::parse(version).is_none() {
        return Ok(refused("UNSUPPORTED_API_VERSION", "Invalid Api version specified on URL"));
    }
    let request = match Request::read(&call.body) {
        Ok(request) => request,
        Err(message) => return Ok(refused("INVALID_SOAP", &message)),
    };
    let outcome = match request.operation.as_str() {
        "login" => login::login(call, version, &request),
        "logout" => session(call, &request).and_then(|ctx| logout(call, &request, &ctx)),
        "getUserInfo" => session(call, &request).map(|ctx| result("getUserInfoResponse", &user::user_info(&ctx))),
        other => {
            let shown: String = other.chars().take(80).collect();
            return Ok(refused(
                "INVALID_OPERATION",
                &format!("No operation available for request {shown}; use the REST API."),
            ));
        }
    };
    match outcome {
        Ok(body) => Ok(Reply::xml(body)),
        // What is ours to repair is logged and worded where all such errors are.
        Err(error) if matches!(error.code(), ErrorCode::UnknownException | ErrorCode::ServerUnavailable) => Err(error),
        Err(error) if error.code() == ErrorCode::TooManyRequests && request.operation == "login" => {
            let wait_s = call.identities().wait_s().unwrap_or(1);
            Ok(refused("LOGIN_RATE_EXCEEDED", error.message()).header(RETRY_AFTER, wait_s.to_string()))
        }
        Err(error) => Ok(refused(error.code().as_str(), error.message())),
    }
}

fn refused(code: &str, message: &str) -> Reply {
    Reply::xml(fault(code, message)).status(StatusCode::INTERNAL_SERVER_ERROR).callers_fault()
}

/// The session of the header.
fn session(call: &Call, request: &Request) -> Result<Ctx> {
    let invalid =
        || Error::new(ErrorCode::InvalidSessionId, "Invalid Session ID found in SessionHeader: Illegal Session");
    let token = request.session_id.as_deref().ok_or_else(invalid)?;
    crate::dispatch::session_of(&call.shared, token).map_err(|error| match error.code() {
        ErrorCode::InvalidSessionId => invalid(),
        _ => error,
    })
}

fn logout(call: &Call, request: &Request, _ctx: &Ctx) -> Result<String> {
    if let Some(token) = &request.session_id {
        call.shared.identities.sign_out(token)?;
    }
    Ok(result("logoutResponse", ""))
}
