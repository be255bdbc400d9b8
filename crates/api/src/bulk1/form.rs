//! The form of a reply: names with texts, as JSON or as XML.

use super::xml;
use crate::reply::Reply;
use platform::{BulkFormat, BulkTerms};
use serde_json::{Map, Value as Json};

/// What replies to JSON are sent as: clients compare the whole header.
pub(super) const JSON: &str = "application/json";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Json,
    Xml,
}

impl Form {
    /// The form of a job's replies.
    pub(super) fn of(terms: &BulkTerms) -> Self {
        match terms.format {
            BulkFormat::Json => Form::Json,
            BulkFormat::Csv | BulkFormat::Xml => Form::Xml,
        }
    }

    /// The form that a request has.
    pub(super) fn of_request(content_type: Option<&str>) -> Self {
        let json = content_type.is_some_and(|kind| kind.to_ascii_lowercase().contains("json"));
        if json { Form::Json } else { Form::Xml }
    }

    /// One thing.
    pub(super) fn one(self, root: &str, fields: &Map<String, Json>) -> Reply {
        match self {
            Form::Json => Reply::text(JSON, Json::Object(fields.clone()).to_string()),
            Form::Xml => Reply::text(xml::CONTENT_TYPE, xml::document(root, &elements(fields))),
        }
    }

    /// A list of things.
    pub(super) fn list(self, root: &str, each: &str, list: Vec<Map<String, Json>>) -> Reply {
        match self {
            Form::Json => {
                let list = Json::Array(list.into_iter().map(Json::Object).collect());
                let whole: Map<String, Json> = [(each.to_owned(), list)].into_iter().collect();
                Reply::text(JSON, Json::Object(whole).to_string())
            }
            Form::Xml => {
                let inner: String =
                    list.iter().map(|fields| format!("<{each}>{}</{each}>", elements(fields))).collect();
                Reply::text(xml::CONTENT_TYPE, xml::document(root, &inner))
            }
        }
    }
}

fn elements(fields: &Map<String, Json>) -> String {
    fields
        .iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| match value {
            Json::String(text) => xml::element(name, text),
            other => xml::element(name, &other.to_string()),
        })
        .collect()
}
