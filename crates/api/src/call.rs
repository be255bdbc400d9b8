//! One request as a handler sees it: path parameters, query, headers, body.

use crate::condition;
use crate::state::Shared;
use crate::upload::Upload;
use axum::body::Bytes;
use axum::http::HeaderMap;
use identity::Identities;
use model::{Error, ErrorCode, ObjectSchema, RecordId, Result};
use platform::exact::quote_long_numbers;
use platform::view::ApiBase;
use platform::{Ctx, SaveOptions};
use serde_json::{Map, Value as Json};
use std::net::IpAddr;
use std::sync::Arc;

pub(crate) struct Call {
    pub(crate) shared: Arc<Shared>,
    /// 60 for `v60.0`; the newest where the path has none.
    pub(crate) version: u16,
    pub(crate) params: Vec<(&'static str, String)>,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: HeaderMap,
    /// Where it came from, as far as the server knows.
    pub(crate) address: Option<IpAddr>,
    pub(crate) body: Bytes,
    /// A body of several parts, in place of one that is there as a whole.
    pub(crate) upload: Option<Upload>,
}

impl Call {
    /// Sign-in, as asked from the address of this call.
    pub(crate) fn identities(&self) -> Identities {
        self.shared.identities.seen_from(self.address)
    }

    /// A parameter of the path, decoded.
    pub(crate) fn param(&self, name: &str) -> Result<&str> {
        self.params
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value.as_str())
            .ok_or_else(|| Error::internal(format!("the route has no parameter {name}")))
    }

    /// A parameter of the query, decoded; its name ignores case.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    pub(crate) fn base(&self) -> ApiBase {
        ApiBase { version: self.version }
    }

    /// `/services/data/v60.0`
    pub(crate) fn base_path(&self) -> String {
        format!("/services/data/v{}.0", self.version)
    }

    /// The record id in the path.
    pub(crate) fn id(&self) -> Result<RecordId> {
        RecordId::parse(self.param("id")?)
    }

    /// How one record is to be saved: not at all when it changed after what the caller says to have seen.
    ///
    /// # Errors
    /// As [`condition::unmodified_since`].
    pub(crate) fn save_options(&self) -> Result<SaveOptions> {
        Ok(SaveOptions { unmodified_since: condition::unmodified_since(self)?, ..SaveOptions::ALL })
    }

    /// The object in the path, if the caller may read it.
    pub(crate) fn object<'a>(&self, ctx: &'a Ctx) -> Result<&'a ObjectSchema> {
        ctx.object(self.param("object")?)
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> Result<Json> {
        let essence = self.header("content-type").map(|value| value.split(';').next().unwrap_or_default().trim());
        if let Some(other) = essence.filter(|essence| !is_json(essence)) {
            let shown: String = other.chars().take(80).collect();
            let message = format!("The body is of type {shown}; this resource takes application/json.");
            return Err(Error::new(ErrorCode::UnsupportedMediaType, message));
        }
        serde_json::from_slice(&quote_long_numbers(&self.body)).map_err(|error| {
            Error::new(ErrorCode::JsonParserError, format!("The request body is not valid JSON: {error}"))
        })
    }

    /// The body as a JSON object.
    pub(crate) fn json_object(&self) -> Result<Map<String, Json>> {
        match self.json()? {
            Json::Object(body) => Ok(body),
            _ => Err(Error::new(ErrorCode::JsonParserError, "The request body must be a JSON object")),
        }
    }

    /// The token a client shows: `Authorization: Bearer …`, or `OAuth …` as older clients write it.
    pub(crate) fn bearer(&self) -> Option<&str> {
        let value = self.header("authorization")?;
        let (scheme, token) = value.split_once(' ')?;
        let known = scheme.eq_ignore_ascii_case("bearer") || scheme.eq_ignore_ascii_case("oauth");
        known.then(|| token.trim()).filter(|token| !token.is_empty())
    }
}

fn is_json(essence: &str) -> bool {
    let essence = essence.to_ascii_lowercase();
    essence == "application/json" || essence == "text/json" || essence.ends_with("+json")
}

/// A list in a parameter: `a, b,c`.
pub(crate) fn comma_list(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// `true` or `1` in a parameter.
pub(crate) fn is_true(text: Option<&str>) -> bool {
    text.is_some_and(|text| text.eq_ignore_ascii_case("true") || text == "1")
}

/// A parameter that must be there.
pub(crate) fn required<'a>(value: Option<&'a str>, name: &str) -> Result<&'a str> {
    value
        .filter(|value| !value.trim().is_empty())
        .ok_or_else(|| Error::new(ErrorCode::MissingArgument, format!("The parameter {name} is missing.")))
}
