//! The bodies that calls take and give, by name.

use serde_json::{Map, Value as Json, json};

/// Every schema.
pub(super) fn all() -> Json {
    let mut all = Map::new();
    for part in [
        shared(),
        records(),
        several(),
        reading(),
        metadata(),
        pages(),
        service(),
        webhooks(),
        super::analytics::analytics(),
        super::bulk::bulk(),
    ] {
        if let Json::Object(part) = part {
            all.extend(part);
        }
    }
    Json::Object(all)
}

pub(super) fn of(name: &str) -> Json {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

pub(super) fn list(items: Json) -> Json {
    json!({"type": "array", "items": items})
}

/// An object whose first `required` properties are always there.
pub(super) fn object(required: usize, properties: &[(&str, Json)]) -> Json {
    let names: Vec<&str> = properties.iter().take(required).map(|(name, _)| *name).collect();
    let map: Map<String, Json> = properties.iter().map(|(name, schema)| ((*name).to_owned(), schema.clone())).collect();
    if names.is_empty() {
        return json!({"type": "object", "properties": map});
    }
    json!({"type": "object", "required": names, "properties": map})
}

pub(super) fn text() -> Json {
    json!({"type": "string"})
}

pub(super) fn text_or_null() -> Json {
    json!({"type": ["string", "null"]})
}

pub(super) fn flag() -> Json {
    json!({"type": "boolean"})
}

pub(super) fn count() -> Json {
    json!({"type": "integer"})
}

pub(super) fn anything() -> Json {
    json!({"type": "object"})
}

fn shared() -> Json {
    json!({
        "Error": object(2, &[("message", text()), ("errorCode", text()), ("fields", list(text()))]),
        "Errors": list(of("Error")),
        "RowError": object(3, &[("statusCode", text()), ("message", text()), ("fields", list(text()))]),
    })
}

fn records() -> Json {
    let attributes = object(2, &[("type", text()), ("url", text())]);
    json!({
        "Record": object(1, &[("attributes", attributes)]),
        "RecordFields": {"type": "object", "description": "Fields and their values; a lookup may be an object with an external id of its target"},
        "SaveResult": object(3, &[("id", text()), ("success", flag()), ("errors", list(of("RowError"))), ("created", flag())]),
        "Choices": list(text()),
        "RecordOrList": {"anyOf": [of("Record"), of("RecordPage")]},
        "RecordPage": object(3, &[("totalSize", count()), ("done", flag()), ("records", list(of("Record"))), ("nextRecordsUrl", text())]),
        "Bytes": {"type": "string", "description": "The bytes of a file"},
        "PasswordState": object(1, &[("isExpired", flag())]),
        "NewPassword": object(1, &[("NewPassword", text())]),
        "ToolingObject": object(2, &[("objectDescribe", anything()), ("recentItems", list(anything()))]),
        "Component": object(1, &[("Metadata", json!({"type": "object", "description": "What it says, in the words of the Metadata API"})), ("FullName", text())]),
        "ComponentMade": object(3, &[("id", text()), ("success", flag()), ("errors", list(of("RowError"))), ("warnings", list(anything())), ("infos", list(anything()))]),
        "ComponentTold": object(4, &[("attributes", anything()), ("Id", text()), ("FullName", text()), ("Metadata", anything())]),
        "ComponentPage": object(4, &[("size", count()), ("totalSize", count()), ("done", flag()), ("records", list(anything())), ("queryLocator", json!({"type": "null"}))]),
    })
}

fn several() -> Json {
    let row = object(1, &[("attributes", object(1, &[("type", text())])), ("id", text())]);
    let part = object(
        3,
        &[
            ("method", text()),
            ("url", text()),
            ("referenceId", text()),
            ("body", json!({})),
            ("httpHeaders", anything()),
        ],
    );
    let done = object(
        4,
        &[("body", json!({})), ("httpHeaders", anything()), ("httpStatusCode", count()), ("referenceId", text())],
    );
    let batched = object(2, &[("method", text()), ("url", text()), ("richInput", json!({}))]);
    let branch = object(1, &[("attributes", object(2, &[("type", text()), ("referenceId", text())]))]);
    let grown = object(1, &[("referenceId", text()), ("id", text()), ("errors", list(of("RowError")))]);
    json!({
        "Rows": object(1, &[("records", list(row)), ("allOrNone", flag())]),
        "RowResult": object(2, &[("success", flag()), ("errors", list(of("RowError"))), ("id", text()), ("created", flag())]),
        "RowResults": list(of("RowResult")),
        "IdsAndFields": object(2, &[("ids", list(text())), ("fields", list(text()))]),
        "Retrieved": list(json!({"anyOf": [of("Record"), {"type": "null"}]})),
        "CompositeBody": object(1, &[("compositeRequest", list(part.clone())), ("allOrNone", flag())]),
        "CompositeResult": object(1, &[("compositeResponse", list(done))]),
        "BatchBody": object(1, &[("batchRequests", list(batched)), ("haltOnError", flag())]),
        "BatchResult": object(2, &[("hasErrors", flag()), ("results", list(object(1, &[("statusCode", count()), ("result", json!({}))])))]),
        "GraphBody": object(1, &[("graphs", list(object(2, &[("graphId", text()), ("compositeRequest", list(part))])))]),
        "GraphResult": object(1, &[("graphs", list(object(3, &[("graphId", text()), ("graphResponse", of("CompositeResult")), ("isSuccessful", flag())])))]),
        "TreeBody": object(1, &[("records", list(branch))]),
        "TreeRefusal": {"anyOf": [of("TreeResult"), of("Errors")]},
        "TreeResult": object(2, &[("hasErrors", flag()), ("results", list(grown))]),
    })
}

fn reading() -> Json {
    let row = json!({"type": "object", "description": "A record or a group, with its attributes"});
    let plan = object(
        7,
        &[
            ("cardinality", count()),
            ("fields", list(text())),
            ("leadingOperationType", text()),
            ("notes", list(anything())),
            ("relativeCost", json!({"type": "number"})),
            ("sobjectCardinality", count()),
            ("sobjectType", text()),
        ],
    );
    let asked = object(
        1,
        &[
            ("name", text()),
            ("fields", list(text())),
            ("where", text()),
            ("orderBy", text()),
            ("limit", count()),
            ("offset", count()),
        ],
    );
    json!({
        "QueryPage": object(3, &[("totalSize", count()), ("done", flag()), ("records", list(row)), ("nextRecordsUrl", text())]),
        "QueryColumns": object(4, &[("columnMetadata", list(anything())), ("entityName", text()), ("groupBy", flag()), ("idSelected", flag()), ("keyPrefix", text())]),
        "QueryPlans": object(1, &[("plans", list(plan)), ("sourceQuery", text())]),
        "QueryAnswer": {"anyOf": [of("QueryPage"), of("QueryColumns"), of("QueryPlans")]},
        "SearchResult": object(1, &[("searchRecords", list(of("Record")))]),
        "SearchBody": object(
            1,
            &[
                ("q", text()),
                ("fields", list(text())),
                ("sobjects", list(asked)),
                ("in", text()),
                ("overallLimit", count()),
                ("defaultLimit", count()),
                ("spellCorrection", flag()),
                ("metadata", text()),
            ],
        ),
        "RecentRecords": list(of("Record")),
        "Updated": object(2, &[("ids", list(text())), ("latestDateCovered", text())]),
        "Deleted": object(3, &[
            ("deletedRecords", list(object(2, &[("id", text()), ("deletedDate", text())]))),
            ("earliestDateAvailable", text()),
            ("latestDateCovered", text()),
        ]),
        "Changes": object(3, &[
            ("events", list(object(2, &[("payload", anything()), ("event", object(1, &[("replayId", count())]))]))),
            ("replayId", count()),
            ("done", flag()),
        ]),
    })
}

fn metadata() -> Json {
    json!({
        "ObjectInBrief": object(5, &[("name", text()), ("label", text()), ("labelPlural", text()), ("keyPrefix", text_or_null()), ("custom", flag()), ("urls", anything())]),
        "ObjectList": object(3, &[("encoding", text()), ("maxBatchSize", count()), ("sobjects", list(of("ObjectInBrief")))]),
        "ObjectSummary": object(2, &[("objectDescribe", of("ObjectInBrief")), ("recentItems", list(of("Record")))]),
        "FieldDescription": object(4, &[("name", text()), ("label", text()), ("type", text()), ("soapType", text())]),
        "ObjectDescription": object(5, &[
            ("name", text()),
            ("label", text()),
            ("fields", list(of("FieldDescription"))),
            ("childRelationships", list(anything())),
            ("recordTypeInfos", list(anything())),
        ]),
    })
}

fn pages() -> Json {
    let view = [
        ("id", text()),
        ("label", text()),
        ("developerName", text()),
        ("describeUrl", text()),
        ("resultsUrl", text()),
        ("soqlCompatible", flag()),
        ("url", text()),
    ];
    let column = object(
        5,
        &[
            ("fieldNameOrPath", text()),
            ("label", text()),
            ("selectListItem", text()),
            ("sortable", flag()),
            ("type", text()),
            ("sortIndex", json!({"type": ["integer", "null"]})),
            ("hidden", flag()),
        ],
    );
    json!({
        "Layout": object(5, &[
            ("id", text_or_null()),
            ("buttonLayoutSection", anything()),
            ("detailLayoutSections", list(anything())),
            ("editLayoutSections", list(anything())),
            ("relatedLists", list(anything())),
            ("quickActionList", anything()),
        ]),
        "Layouts": object(3, &[("layouts", list(of("Layout"))), ("recordTypeMappings", list(anything())), ("recordTypeSelectorRequired", list(flag()))]),
        "CompactLayout": object(4, &[("id", text_or_null()), ("objectType", text()), ("fieldItems", list(anything())), ("actions", list(anything()))]),
        "CompactLayouts": object(3, &[("compactLayouts", list(of("CompactLayout"))), ("defaultCompactLayoutId", text_or_null()), ("recordTypeCompactLayoutMappings", list(anything()))]),
        "CompactLayoutMap": {"type": "object", "additionalProperties": of("CompactLayout")},
        "ApprovalLayouts": object(1, &[("approvalLayouts", list(anything()))]),
        "ListView": object(7, &view),
        "ListViews": object(4, &[("done", flag()), ("size", count()), ("listviews", list(of("ListView"))), ("sobjectType", text())]),
        "ListViewColumn": column,
        "ListViewDescription": object(5, &[
            ("columns", list(of("ListViewColumn"))),
            ("id", text()),
            ("orderBy", list(anything())),
            ("query", text()),
            ("sobjectType", text()),
            ("scope", text()),
            ("whereCondition", json!({"type": ["object", "null"]})),
        ]),
        "ListViewRows": object(6, &[
            ("columns", list(of("ListViewColumn"))),
            ("done", flag()),
            ("id", text()),
            ("label", text()),
            ("records", list(object(1, &[("columns", list(object(2, &[("fieldNameOrPath", text()), ("value", text_or_null())])))]))),
            ("size", count()),
        ]),
        "Tabs": list(object(3, &[("label", text()), ("name", text()), ("url", text())])),
        "Theme": object(1, &[("themeItems", list(object(1, &[("name", text())])))]),
        "QuickAction": object(4, &[("name", text()), ("label", text()), ("type", text()), ("urls", anything())]),
        "QuickActions": list(of("QuickAction")),
        "QuickActionDescription": object(5, &[("name", text()), ("label", text()), ("type", text()), ("layout", anything()), ("targetSobjectType", text())]),
        "QuickActionBody": object(0, &[("contextId", text_or_null()), ("record", anything())]),
        "QuickActionResult": object(5, &[("id", text()), ("success", flag()), ("created", flag()), ("errors", list(of("RowError"))), ("feedItemIds", list(text())), ("contextId", text_or_null())]),
        "DefaultValues": object(1, &[("attributes", object(1, &[("type", text())]))]),
    })
}

fn service() -> Json {
    json!({
        "Versions": list(object(3, &[("label", text()), ("url", text()), ("version", text())])),
        "Resources": {"type": "object", "additionalProperties": text()},
        "RecordCounts": object(1, &[("sObjects", list(object(2, &[("count", count()), ("name", text())])))]),
        "Limits": {"type": "object", "additionalProperties": object(2, &[("Max", count()), ("Remaining", count())])},
        "OpenApi": object(3, &[("openapi", text()), ("info", anything()), ("paths", anything())]),
        "TokenRequest": object(1, &[
            ("grant_type", text()),
            ("client_id", text()),
            ("client_secret", text()),
            ("username", text()),
            ("password", text()),
            ("assertion", text()),
            ("code", text()),
            ("redirect_uri", text()),
            ("code_verifier", text()),
            ("refresh_token", text()),
        ]),
        "Token": object(4, &[("access_token", text()), ("instance_url", text()), ("id", text()), ("token_type", text()), ("issued_at", text()), ("scope", text()), ("signature", text()), ("refresh_token", text())]),
        "TokenToEnd": object(1, &[("token", text())]),
        "TokenToAskOf": object(1, &[("token", text()), ("client_id", text()), ("client_secret", text()), ("token_type_hint", text())]),
        "TokenState": object(1, &[
            ("active", flag()),
            ("scope", text()),
            ("client_id", text()),
            ("username", text()),
            ("sub", text()),
            ("token_type", text()),
            ("exp", count()),
            ("iat", count()),
            ("nbf", count()),
        ]),
        "FrontDoorWish": object(0, &[("redirect_uri", text())]),
        "FrontDoor": object(1, &[("frontdoor_uri", text())]),
        "OAuthError": object(2, &[("error", text()), ("error_description", text())]),
        "Identity": object(3, &[("id", text()), ("user_id", text()), ("organization_id", text()), ("username", text()), ("email", text()), ("urls", anything())]),
        "UserInfo": object(3, &[("sub", text()), ("user_id", text()), ("organization_id", text()), ("preferred_username", text()), ("email", text()), ("name", text())]),
        "Soap": {"type": "string", "description": "A SOAP envelope"},
    })
}

fn webhooks() -> Json {
    let webhook = [
        ("id", text()),
        ("name", text()),
        ("url", text()),
        ("objects", list(text())),
        ("changeTypes", list(text())),
        ("runAsId", text()),
        ("status", json!({"type": "string", "enum": ["active", "paused", "stopped"]})),
        ("statusReason", text_or_null()),
        ("replayId", count()),
        ("newestReplayId", count()),
        ("failures", count()),
        ("failingSince", text_or_null()),
        ("nextAttempt", text_or_null()),
        ("oldSecretUntil", text_or_null()),
        ("isTestPending", flag()),
        ("createdDate", text()),
        ("lastModifiedDate", text()),
        ("secret", text()),
    ];
    let dkim = [
        ("domain", text()),
        ("selector", text()),
        ("algorithm", json!({"type": "string", "enum": ["rsa-sha256", "ed25519-sha256"]})),
        ("dnsName", text()),
        ("dnsType", text()),
        ("dnsValue", text()),
        ("createdDate", text()),
    ];
    let terms = [("name", text()), ("url", text()), ("objects", list(text())), ("changeTypes", list(text()))];
    let attempt = object(
        10,
        &[
            ("number", count()),
            ("at", text()),
            ("type", json!({"type": "string", "enum": ["changes", "test"]})),
            ("messageId", text()),
            ("events", count()),
            ("bytes", count()),
            ("outcome", json!({"type": "string", "enum": ["delivered", "failed"]})),
            ("status", json!({"type": ["integer", "null"]})),
            ("durationMs", count()),
            ("reply", text()),
        ],
    );
    json!({
        "DkimKey": object(7, &dkim),
        "DkimKeys": object(1, &[("keys", list(of("DkimKey")))]),
        "NewDkimKey": object(1, &dkim[..3]),
        "Webhook": object(17, &webhook[..17]),
        "WebhookWithSecret": object(18, &webhook),
        "Webhooks": object(1, &[("webhooks", list(of("Webhook")))]),
        "NewWebhook": object(2, &terms),
        "WebhookChange": object(0, &terms),
        "WebhookPlace": object(0, &[("replayId", json!({"type": ["integer", "string", "null"]}))]),
        "WebhookAttempts": object(1, &[("attempts", list(attempt))]),
    })
}
