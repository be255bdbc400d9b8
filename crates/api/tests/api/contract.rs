//! Every answer that any test here gets is held against what the OpenAPI document says of its route: the status is one that
//! is told of, and the body has the shape it is said to have.

use api::{ROUTES, Route};
use serde_json::Value as Json;

/// Checks an answer; a path that no route has is none of the document's.
pub(crate) fn check(document: &Json, method: &str, path: &str, status: u16, content_type: &str, body: &str) {
    let Some(route) = route_of(method, path) else { return };
    if route.replies.is_empty() {
        return;
    }
    let operation = &document["paths"][route.pattern][route.verb.as_str().to_ascii_lowercase()];
    let reply = &operation["responses"][status.to_string()];
    assert!(reply.is_object(), "{route:?} answers {status}, of which the document says nothing: {body}");
    let reply = resolved(document, reply);
    let Some(contents) = reply["content"].as_object() else {
        assert!(body.is_empty() || method == "HEAD", "{route:?} answers {status} with a body: {body}");
        return;
    };
    let essence = content_type.split(';').next().unwrap_or_default();
    if method == "HEAD" {
        return;
    }
    let content = contents.get(essence);
    let content =
        content.unwrap_or_else(|| panic!("{route:?} answers {status} with {essence}, which is not told of: {body}"));
    if essence == "application/json" {
        let json: Json = serde_json::from_str(body).unwrap_or_else(|error| panic!("{route:?}: {error} in {body}"));
        if let Err(why) = fits(document, &content["schema"], &json) {
            panic!("{route:?} answers {status} with a body of another shape: {why}\n{body}");
        }
    }
}

/// The route with the most fixed names among those that match.
fn route_of(method: &str, path: &str) -> Option<&'static Route> {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let method = match method {
        "HEAD" => "GET",
        "POST" if query.contains("_HttpMethod=PATCH") => "PATCH",
        other => other,
    };
    let given: Vec<&str> = path.trim_matches('/').split('/').collect();
    let matched = ROUTES.iter().filter(|route| route.verb.as_str() == method).filter_map(|route| {
        let wanted: Vec<&str> = route.pattern.trim_matches('/').split('/').collect();
        let fits = wanted.len() == given.len()
            && wanted
                .iter()
                .zip(&given)
                .all(|(wanted, given)| wanted.contains('{') || wanted.eq_ignore_ascii_case(given));
        fits.then(|| (wanted.iter().map(|wanted| !wanted.contains('{')).collect::<Vec<_>>(), route))
    });
    matched.max_by(|one, other| one.0.cmp(&other.0)).map(|(_, route)| route)
}

fn resolved<'a>(document: &'a Json, schema: &'a Json) -> &'a Json {
    match schema["$ref"].as_str().and_then(|reference| document.pointer(reference.trim_start_matches('#'))) {
        Some(found) => resolved(document, found),
        None => schema,
    }
}

/// The parts of JSON Schema that the document uses.
fn fits(document: &Json, schema: &Json, value: &Json) -> Result<(), String> {
    let schema = resolved(document, schema);
    if let Some(choices) = schema["anyOf"].as_array() {
        let fitting = choices.iter().any(|choice| fits(document, choice, value).is_ok());
        return if fitting { Ok(()) } else { Err(format!("{} fits none of its choices", brief(value))) };
    }
    let types: Vec<&str> = match &schema["type"] {
        Json::String(name) => vec![name],
        Json::Array(names) => names.iter().filter_map(Json::as_str).collect(),
        _ => Vec::new(),
    };
    let is = |name: &&str| match *name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "null" => value.is_null(),
        other => panic!("the document uses a type {other}"),
    };
    if !types.is_empty() && !types.iter().any(is) {
        return Err(format!("{} is no {}", brief(value), types.join(" or ")));
    }
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Json::as_str) {
        if value.is_object() && value.get(name).is_none() {
            return Err(format!("{} lacks {name}", brief(value)));
        }
    }
    for (name, inner) in value.as_object().into_iter().flatten() {
        let of = schema["properties"].get(name).or_else(|| schema.get("additionalProperties"));
        if let Some(of) = of {
            fits(document, of, inner).map_err(|why| format!("{name}: {why}"))?;
        }
    }
    match schema.get("items") {
        Some(of) => value.as_array().into_iter().flatten().try_for_each(|item| fits(document, of, item)),
        None => Ok(()),
    }
}

fn brief(value: &Json) -> String {
    value.to_string().chars().take(120).collect()
}
