//! The page of documentation: every address in words.

use super::operation::{has_body, meaning_of, path_parameters};
use super::schemas;
use crate::ROUTES;
use crate::route::{Gate, Route};
use serde_json::Value as Json;
use std::fmt::Write as _;

/// Every route in Markdown: `docs/api.md`.
pub fn reference() -> String {
    let mut out = String::from(
        "# The record API\n\nMade from the program's own list of routes; a test keeps the two alike. The same as a document for \
         machines is at `/services/openapi.json` of every server.\n\nPrograms send `Authorization: Bearer` with a token of \
         `/services/oauth2/token`. Errors are a list of one, `[{\"message\", \"errorCode\", \"fields\"}]`, unless said \
         otherwise. Names of resources, objects and fields ignore case. `B` stands for `/services/data/v60.0` or any other \
         version from 37.0 to 67.0.\n\n",
    );
    let mut parameters: Vec<&str> = ROUTES.iter().flat_map(|route| path_parameters(route.pattern)).collect();
    parameters.sort_unstable();
    parameters.dedup();
    out.push_str("| in an address | stands for |\n|---|---|\n");
    for name in parameters {
        let _ = writeln!(out, "| `{{{name}}}` | {} |", meaning_of(name));
    }
    for route in ROUTES {
        entry(&mut out, route);
    }
    out.push_str("\n## Bodies\n");
    for (name, schema) in schemas::all().as_object().into_iter().flatten() {
        let _ = writeln!(out, "\n### {name}\n");
        shape(&mut out, schema);
    }
    out
}

fn entry(out: &mut String, route: &Route) {
    let address = route.pattern.replace("/services/data/v{version}", "B");
    let _ = write!(out, "\n## {} {address}\n\n{}.", route.verb.as_str(), route.summary);
    match route.gate() {
        Gate::Open => out.push_str(" Needs no token.\n"),
        Gate::Session => out.push_str(" Does not count as a request of the day.\n"),
        Gate::Data => out.push('\n'),
    }
    if !route.query.is_empty() {
        out.push_str("\n| parameter | meaning |\n|---|---|\n");
        for (name, meaning) in route.query {
            let _ = writeln!(out, "| `{name}` | {meaning} |");
        }
    }
    let takes = route.body.filter(|_| has_body(route)).map(|body| format!("Takes {}. ", link(body)));
    let gives: Vec<String> = route
        .replies
        .iter()
        .map(
            |(status, schema)| {
                if schema.is_empty() { status.to_string() } else { format!("{status} {}", link(schema)) }
            },
        )
        .collect();
    let _ = writeln!(out, "\n{}Gives {}.", takes.unwrap_or_default(), gives.join(", "));
}

fn link(schema: &str) -> String {
    format!("[{schema}](#{})", schema.to_lowercase())
}

/// What a body holds, in one line or a table.
fn shape(out: &mut String, schema: &Json) {
    if let Some(description) = schema["description"].as_str() {
        let _ = writeln!(out, "{description}.\n");
    }
    let Some(properties) = schema["properties"].as_object() else {
        let _ = writeln!(out, "{}", type_of(schema));
        return;
    };
    let required: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Json::as_str).collect();
    out.push_str("| name | type | |\n|---|---|---|\n");
    for (name, property) in properties {
        let always = if required.contains(&name.as_str()) { "always" } else { "" };
        let _ = writeln!(out, "| `{name}` | {} | {always} |", type_of(property));
    }
}

fn type_of(schema: &Json) -> String {
    if let Some(reference) = schema["$ref"].as_str() {
        return link(reference.rsplit('/').next().unwrap_or_default());
    }
    for several in ["anyOf", "oneOf"] {
        if let Some(choices) = schema[several].as_array() {
            return choices.iter().map(type_of).collect::<Vec<_>>().join(" or ");
        }
    }
    match &schema["type"] {
        Json::String(name) if name == "array" => format!("list of {}", type_of(&schema["items"])),
        Json::String(name) => name.clone(),
        Json::Array(names) => names.iter().filter_map(Json::as_str).collect::<Vec<_>>().join(" or "),
        _ => "anything".to_owned(),
    }
}
