//! One route as an operation: its parameters, its body, its replies.

use crate::route::{Gate, Route, Verb};
use crate::version;
use render::worker::{PDF, XLSX};
use serde_json::{Map, Value as Json, json};

/// What can go wrong whatever a call asks for: the caller, the request, the server.
const FAULTS: [(u16, &str); 11] = [
    (400, "The request is not understood, or a rule refuses it"),
    (401, "The session is over or never was"),
    (403, "The caller may not do this, or the day's requests are used up"),
    (404, "There is nothing here, or nothing that the caller may see"),
    (405, "The resource does not take this method"),
    (412, "The record is not as the caller saw it"),
    (413, "The body is too large"),
    (415, "The body is of a type that is not read here"),
    (429, "Too many requests at once; Retry-After says when to come back"),
    (500, "Something of ours broke; the message carries an id for the operator"),
    (503, "The org cannot be reached now"),
];

/// What the parameters of paths are, with a value that has their form.
const PARAMETERS: [(&str, &str, &str); 20] = [
    ("version", "A version of the API, as the list of versions names it", "60.0"),
    ("object", "API name of an object; case does not count", "Account"),
    ("id", "A record id of 15 or 18 characters", "001000000000001AAA"),
    ("field", "API name of a field that is an external id, or the id of a record", "Id"),
    ("value", "The key of a record, or the name of a relationship", "001000000000001AAA"),
    ("locator", "The end of nextRecordsUrl", "01g000000000001AAA-2000"),
    ("org", "The id of the org", "00D000000000001EAA"),
    ("user", "The id of the user", "005000000000001AAA"),
    ("record_type", "The id of a record type; 012000000000000AAA for Master", "012000000000000AAA"),
    ("layout_name", "The name of a layout", "UserAlt"),
    ("action", "The name of a quick action", "LogACall"),
    ("tool", "A kind of component: CustomField, CustomObject, GlobalValueSet or ValidationRule", "CustomField"),
    ("tool_part", "The id of a component", "00N000000000001AAA"),
    ("soap_version", "A version of the API", "60.0"),
    ("soap_org", "The id of the org, without its last three characters", "00D000000000001"),
    ("job", "The id of a job", "750000000000001AAA"),
    ("batch", "The id of a batch", "751000000000001AAA"),
    ("result", "The id of a result", "752000000000001AAA"),
    ("report", "The id of a report", "00O000000000001AAA"),
    ("dashboard", "The id of a dashboard", "01Z000000000001AAA"),
];

/// The parameters in a pattern.
pub(super) fn path_parameters(pattern: &'static str) -> impl Iterator<Item = &'static str> {
    pattern.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0))
}

/// What a parameter of a path is.
pub(super) fn meaning_of(name: &str) -> &'static str {
    PARAMETERS.iter().find(|(known, ..)| *known == name).map_or("", |(_, meaning, _)| meaning)
}

pub(super) fn operation(route: &Route) -> Json {
    let path = path_parameters(route.pattern).map(|name| {
        let example = PARAMETERS.iter().find(|(known, ..)| *known == name).map(|(.., example)| example);
        let schema = match name {
            "version" => json!({"type": "string", "enum": versions()}),
            _ => json!({"type": "string", "minLength": 1}),
        };
        json!({"name": name, "in": "path", "required": true, "description": meaning_of(name), "schema": schema,
               "example": example})
    });
    let query = route.query.iter().map(|(name, meaning)| {
        let mut parameter = json!({"name": name, "in": "query", "description": meaning, "schema": {"type": "string"}});
        if let Some(example) = example_of(route, name) {
            parameter["example"] = example.into();
        }
        parameter
    });
    let mut operation = json!({
        "operationId": route.name,
        "summary": route.summary,
        "parameters": path.chain(query).chain(conditions(route)).collect::<Vec<_>>(),
        "responses": replies(route),
    });
    if let Some(body) = route.body {
        operation["requestBody"] =
            json!({"required": route.name != "single_access_post", "content": body_content(route, body)});
    }
    operation["security"] = match route.gate() {
        Gate::Open => json!([]),
        Gate::Session | Gate::Data => json!([{"bearer": []}]),
    };
    operation
}

/// A value of a parameter that gets an answer.
fn example_of(route: &Route, name: &str) -> Option<&'static str> {
    match (route.name, name) {
        ("query_run" | "query_all_run", "q") => Some("SELECT Id, Name FROM Account LIMIT 5"),
        ("tooling_query", "q") => Some("SELECT Id, FullName FROM CustomField LIMIT 5"),
        ("search_run", "q") => Some("FIND {Acme} RETURNING Account(Name)"),
        ("compact_layout_list_of", "q") => Some("Account,Contact"),
        ("asked_search_run", "q") => Some("Acme"),
        ("asked_search_run", "sobject") => Some("Account"),
        (_, "fields") => Some("Id,Name"),
        (_, "ids") => Some("001000000000001AAA"),
        (_, "start") => Some("2026-11-20T08:00:00+00:00"),
        (_, "end") => Some("2026-11-21T08:00:00+00:00"),
        (_, "limit") => Some("10"),
        _ => None,
    }
}

fn versions() -> Vec<String> {
    (version::OLDEST..=version::NEWEST).map(|version| format!("{version}.0")).collect()
}

/// Headers by which a caller says what they have seen.
fn conditions(route: &Route) -> Vec<Json> {
    let header = |(name, meaning): &(&str, &str)| json!({"name": name, "in": "header", "required": false, "description": meaning, "schema": {"type": "string"}});
    let names: &[(&str, &str)] = match route.name {
        "record_get" | "external_record_get" => &[
            ("If-None-Match", "The tag of an earlier answer: 304 while it still holds"),
            ("If-Modified-Since", "A date: 304 when the record was not written since"),
            ("If-Match", "The tag of an earlier answer: 412 when it no longer holds"),
        ],
        "record_update" | "record_delete" => &[
            ("If-Match", "The tag of an earlier answer: 412 when somebody changed the record since"),
            ("If-Unmodified-Since", "A date: 412 when somebody changed the record since"),
        ],
        "record_create" | "records_create" | "tree_create" | "quick_action_execute" | "object_quick_action_execute" => {
            &[(
                "Idempotency-Key",
                "A text of the caller's own: the same request under it is carried out once in 24 hours",
            )]
        }
        "query_run" | "query_all_run" => &[("Sforce-Query-Options", "batchSize=200: rows of a page, 200 to 2,000")],
        _ => &[],
    };
    names.iter().map(header).collect()
}

fn replies(route: &Route) -> Json {
    let mut replies = Map::new();
    let declared: &[(u16, &str)] = if route.replies.is_empty() { &[(200, "")] } else { route.replies };
    for (status, schema) in declared {
        let mut reply = json!({"description": description(*status)});
        if !schema.is_empty() {
            reply["content"] = reply_content(route, schema);
        }
        if *status == 429 {
            reply["headers"] = retry_after();
        }
        replies.insert(status.to_string(), reply);
    }
    for (status, meaning) in FAULTS {
        let of_session = matches!(status, 401 | 403 | 412 | 429) && route.gate() == Gate::Open;
        // The older bulk interface answers what is the caller's to mend with 400 alone.
        let of_record_api = route.is_async() && !matches!(status, 400 | 500 | 503);
        if of_session || of_record_api || replies.contains_key(&status.to_string()) {
            continue;
        }
        let mut reply = json!({"description": meaning});
        reply["content"] = if route.is_async() {
            reply_content(route, "AsyncError")
        } else {
            json!({"application/json": {"schema": schema_ref("Errors")}})
        };
        if status == 429 {
            reply["headers"] = retry_after();
        }
        replies.insert(status.to_string(), reply);
    }
    Json::Object(replies)
}

fn retry_after() -> Json {
    json!({"Retry-After": {"description": "Seconds to wait", "schema": {"type": "string"}}})
}

fn description(status: u16) -> &'static str {
    match status {
        200 => "The answer",
        201 => "Created",
        204 => "Done; no body",
        300 => "Several records have this key: their addresses",
        304 => "What the caller has is still so; no body",
        _ => "Refused, in the form of this resource",
    }
}

fn is_soap(route: &Route) -> bool {
    route.pattern.starts_with("/services/Soap/")
}

fn body_content(route: &Route, schema: &str) -> Json {
    if is_soap(route) {
        return json!({"text/xml": {"schema": schema_ref(schema)}});
    }
    if schema == "Csv" || route.is_async() {
        return bulk_content(schema);
    }
    if route.pattern.starts_with("/services/oauth2/") {
        return json!({"application/x-www-form-urlencoded": {"schema": schema_ref(schema)}});
    }
    let mut content = json!({"application/json": {"schema": schema_ref(schema)}});
    if route.takes_files() {
        content["multipart/form-data"] = json!({"schema": {
            "type": "object",
            "description": "One part with the record as JSON, and for each file a part of the name of its field",
        }});
    }
    content
}

fn reply_content(route: &Route, schema: &str) -> Json {
    match schema {
        _ if is_soap(route) => json!({"text/xml": {"schema": schema_ref(schema)}}),
        _ if schema == "Csv" || route.is_async() => bulk_content(schema),
        "Bytes" => json!({"application/octet-stream": {"schema": schema_ref(schema)}}),
        // The caller's Accept chooses; without one it is JSON.
        "ReportResult" => json!({
            "application/json": {"schema": schema_ref(schema)},
            (XLSX): {"schema": schema_ref("Bytes")},
            (PDF): {"schema": schema_ref("Bytes")},
            "text/csv": {"schema": schema_ref("Csv")},
        }),
        _ => json!({"application/json": {"schema": schema_ref(schema)}}),
    }
}

/// Bodies of bulk jobs: CSV, or the older interface's XML and JSON, between which the content type chooses. The schema says
/// the JSON; in XML its fields are elements.
fn bulk_content(schema: &str) -> Json {
    let as_text = json!({"schema": {"type": "string"}});
    match schema {
        "Csv" => json!({"text/csv": {"schema": schema_ref(schema)}}),
        "AsyncRows" | "AsyncRequest" | "AsyncOutcomes" => json!({
            "text/csv": {"schema": schema_ref("Csv")},
            "application/json": {"schema": schema_ref(schema)},
            "application/xml": as_text,
        }),
        _ => json!({"application/json": {"schema": schema_ref(schema)}, "application/xml": as_text}),
    }
}

fn schema_ref(name: &str) -> Json {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

/// Whether a route takes what it is given from a body.
pub(super) fn has_body(route: &Route) -> bool {
    route.body.is_some() && route.verb != Verb::Get
}
