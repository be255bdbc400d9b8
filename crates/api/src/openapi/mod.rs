//! The OpenAPI 3.1 document, made from the list of routes.

use crate::ROUTES;
use crate::route::{Gate, Route, Verb};
use serde_json::{Map, Value as Json, json};

pub(crate) fn document(public_url: &str) -> Json {
    let mut paths: Map<String, Json> = Map::new();
    for route in ROUTES {
        let path = paths.entry(route.pattern.to_owned()).or_insert_with(|| json!({}));
        path[route.verb.as_str().to_ascii_lowercase()] = operation(route);
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
        "components": {"securitySchemes": security_schemes(public_url), "schemas": schemas(), "responses": responses()},
    })
}

fn operation(route: &Route) -> Json {
    let path = route
        .pattern
        .split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}'))
        .map(|(name, _)| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}}));
    let query = route.query.iter().map(
        |(name, meaning)| json!({"name": name, "in": "query", "description": meaning, "schema": {"type": "string"}}),
    );
    let mut operation = json!({
        "operationId": route.name,
        "summary": route.summary,
        "parameters": path.chain(query).collect::<Vec<_>>(),
        "responses": replies(route),
    });
    if matches!(route.verb, Verb::Post | Verb::Patch | Verb::Put) {
        operation["requestBody"] = json!({"content": {body_type(route): {"schema": {"type": body_schema(route)}}}});
    }
    operation["security"] = match route.gate() {
        Gate::Open => json!([]),
        Gate::Session | Gate::Data => json!([{"bearer": []}]),
    };
    operation
}

fn replies(route: &Route) -> Json {
    let success = match (route.verb, route.name) {
        (_, "record_update" | "record_delete" | "external_record_delete") => ("204", "Done; no body"),
        (_, "record_create") => ("201", "Created"),
        _ => ("200", "The answer"),
    };
    let mut replies = Map::new();
    let content = if success.0 == "204" { Json::Null } else { json!({reply_type(route): {}}) };
    let mut described = json!({"description": success.1});
    if !content.is_null() {
        described["content"] = content;
    }
    replies.insert(success.0.to_owned(), described);
    if route.name == "external_record_upsert" {
        replies.insert("201".to_owned(), json!({"description": "Created", "content": {"application/json": {}}}));
    }
    if route.gate() != Gate::Open {
        replies.insert("401".to_owned(), json!({"$ref": "#/components/responses/Errors"}));
    }
    replies.insert("default".to_owned(), json!({"$ref": "#/components/responses/Errors"}));
    Json::Object(replies)
}

fn is_soap(route: &Route) -> bool {
    route.pattern.starts_with("/services/Soap/")
}

fn body_type(route: &Route) -> &'static str {
    match route.name {
        _ if is_soap(route) => "text/xml",
        "token_grant" | "token_revoke" => "application/x-www-form-urlencoded",
        _ => "application/json",
    }
}

fn body_schema(route: &Route) -> &'static str {
    if is_soap(route) { "string" } else { "object" }
}

fn reply_type(route: &Route) -> &'static str {
    if is_soap(route) { "text/xml" } else { "application/json" }
}

fn security_schemes(public_url: &str) -> Json {
    json!({
        "bearer": {"type": "http", "scheme": "bearer", "description": format!("An access token of {public_url}/services/oauth2/token")},
    })
}

fn schemas() -> Json {
    json!({
        "Error": {
            "type": "object",
            "required": ["message", "errorCode"],
            "properties": {
                "message": {"type": "string"},
                "errorCode": {"type": "string"},
                "fields": {"type": "array", "items": {"type": "string"}},
            },
        },
    })
}

fn responses() -> Json {
    json!({
        "Errors": {
            "description": "What went wrong",
            "content": {"application/json": {"schema": {"type": "array", "items": {"$ref": "#/components/schemas/Error"}}}},
        },
    })
}
