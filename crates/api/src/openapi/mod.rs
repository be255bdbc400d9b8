//! The surface described: an OpenAPI 3.1 document and a page of documentation, both made from the list of routes.

mod analytics;
mod bulk;
mod operation;
mod reference;
mod schemas;

pub use reference::reference;

use crate::ROUTES;
use serde_json::{Map, Value as Json, json};

pub(crate) fn document(public_url: &str) -> Json {
    let mut paths: Map<String, Json> = Map::new();
    for route in ROUTES {
        let path = paths.entry(route.pattern.to_owned()).or_insert_with(|| json!({}));
        path[route.verb.as_str().to_ascii_lowercase()] = operation::operation(route);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Holdfast record API",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "A REST API compatible with Salesforce's. Names of resources, objects and fields ignore case.",
        },
        "servers": [{"url": public_url}],
        "paths": paths,
        "components": {
            "securitySchemes": security_schemes(public_url),
            "schemas": schemas::all(),
            "responses": {
                "Errors": {
                    "description": "What went wrong: a list of one",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Errors"}}},
                },
            },
        },
    })
}

fn security_schemes(public_url: &str) -> Json {
    let description = format!("An access token of {public_url}/services/oauth2/token");
    json!({"bearer": {"type": "http", "scheme": "bearer", "description": description}})
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every name behind `$ref`.
    fn references(json: &Json, found: &mut Vec<String>) {
        match json {
            Json::Object(object) => {
                found.extend(object.get("$ref").and_then(Json::as_str).map(str::to_owned));
                object.values().for_each(|inner| references(inner, found));
            }
            Json::Array(items) => items.iter().for_each(|inner| references(inner, found)),
            _ => {}
        }
    }

    #[test]
    fn everything_that_the_document_refers_to_is_in_it_and_everything_in_it_is_referred_to() {
        let document = document("https://crm.test.example");
        let mut found = Vec::new();
        references(&document, &mut found);
        for reference in &found {
            let pointer = reference.strip_prefix('#').expect("inside the document");
            assert!(document.pointer(pointer).is_some(), "{reference}");
        }
        for name in document["components"]["schemas"].as_object().expect("schemas").keys() {
            let reference = format!("#/components/schemas/{name}");
            assert!(found.contains(&reference), "nobody uses the schema {name}");
        }
    }

    #[test]
    fn every_route_says_what_it_gives_and_every_body_what_it_takes() {
        for route in ROUTES {
            assert!(!route.replies.is_empty(), "{route:?} says no reply");
            let writes = matches!(route.verb, crate::Verb::Patch | crate::Verb::Put);
            assert!(!writes || route.body.is_some(), "{route:?} says no body");
        }
    }
}
