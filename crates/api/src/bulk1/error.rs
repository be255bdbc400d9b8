//! Errors of the older interface: always 400 but for what is ours to repair, in JSON for who speaks JSON, else in XML.

use super::form::{Form, JSON};
use super::xml;
use crate::reply::Reply;
use axum::http::StatusCode;
use model::ErrorCode;
use serde_json::json;

/// The word of this interface for an error.
fn exception(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::InvalidSessionId => "InvalidSessionId",
        ErrorCode::ApiDisabledForOrg => "FeatureNotEnabled",
        ErrorCode::InvalidJob | ErrorCode::NotFound => "InvalidJob",
        ErrorCode::InvalidJobState => "InvalidJobState",
        ErrorCode::InvalidType => "InvalidEntity",
        ErrorCode::ExceededMaxSizeRequest | ErrorCode::RequestLimitExceeded | ErrorCode::TooManyRequests => {
            "ExceededQuota"
        }
        ErrorCode::InvalidBatch
        | ErrorCode::MalformedQuery
        | ErrorCode::InvalidField
        | ErrorCode::InvalidQueryFilterOperator
        | ErrorCode::FunctionalityNotEnabled => "InvalidBatch",
        ErrorCode::InsufficientAccessOrReadonly => "InsufficientAccess",
        ErrorCode::UnknownException => "Unknown",
        ErrorCode::ServerUnavailable => "ServerUnavailable",
        _ => "ClientInputError",
    }
}

/// An error as a reply to a request of this content type.
pub(crate) fn refused(code: ErrorCode, message: &str, content_type: Option<&str>) -> Reply {
    let (word, message) = match code {
        // What clients look for to go another way.
        ErrorCode::ApiDisabledForOrg => ("FeatureNotEnabled", "Async API not enabled"),
        _ => (exception(code), message),
    };
    let status = match code {
        ErrorCode::UnknownException => StatusCode::INTERNAL_SERVER_ERROR,
        ErrorCode::ServerUnavailable => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::BAD_REQUEST,
    };
    let reply = match Form::of_request(content_type) {
        Form::Json => Reply::text(JSON, json!({"exceptionCode": word, "exceptionMessage": message}).to_string()),
        Form::Xml => {
            let inner = xml::element("exceptionCode", word) + &xml::element("exceptionMessage", message);
            Reply::text(xml::CONTENT_TYPE, xml::document("error", &inner))
        }
    };
    reply.status(status)
}
