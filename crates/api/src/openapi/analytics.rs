//! The bodies of reports and dashboards, by name.

use super::schemas::{anything, count, flag, list, object, of, text, text_or_null};
use serde_json::{Value as Json, json};

pub(super) fn analytics() -> Json {
    let attributes = object(1, &[("type", text()), ("reportId", text_or_null()), ("reportName", text_or_null())]);
    let axis = object(1, &[("groupings", list(of("ReportGroup")))]);
    let entry = |more: &[(&str, Json)]| {
        let mut properties = vec![("id", text()), ("name", text()), ("url", text())];
        properties.extend(more.iter().cloned());
        list(object(properties.len(), &properties))
    };
    let fact = object(
        1,
        &[
            ("aggregates", list(object(2, &[("label", text()), ("value", json!({}))]))),
            ("rows", list(object(1, &[("dataCells", list(object(2, &[("label", text()), ("value", json!({}))])))]))),
        ],
    );
    let status = object(
        3,
        &[
            ("dataStatus", text()),
            ("refreshStatus", text()),
            ("refreshDate", text()),
            ("errorCode", text_or_null()),
            ("errorMessage", text_or_null()),
            ("errorSeverity", text_or_null()),
        ],
    );
    let extended = object(
        3,
        &[("aggregateColumnInfo", anything()), ("detailColumnInfo", anything()), ("groupingColumnInfo", anything())],
    );
    json!({
        "ReportBody": object(0, &[("reportMetadata", anything())]),
        "ReportList": entry(&[("describeUrl", text()), ("instancesUrl", text())]),
        "ReportGroup": object(4, &[("key", text()), ("label", text()), ("value", text_or_null()), ("groupings", list(of("ReportGroup")))]),
        "ReportExtended": extended,
        "ReportFact": fact,
        "ReportResult": object(9, &[
            ("attributes", attributes.clone()),
            ("allData", flag()),
            ("hasDetailRows", flag()),
            ("hasExceededTabularRowLimit", flag()),
            ("groupingsDown", axis.clone()),
            ("groupingsAcross", axis),
            ("factMap", json!({"type": "object", "additionalProperties": of("ReportFact")})),
            ("reportMetadata", anything()),
            ("reportExtendedMetadata", of("ReportExtended")),
            ("notices", list(text())),
        ]),
        "ReportDescription": object(4, &[
            ("attributes", attributes),
            ("reportMetadata", anything()),
            ("reportTypeMetadata", anything()),
            ("reportExtendedMetadata", of("ReportExtended")),
        ]),
        "ReportInstance": object(8, &[
            ("id", text()),
            ("status", text()),
            ("url", text()),
            ("ownerId", text()),
            ("hasDetailRows", flag()),
            ("queryable", flag()),
            ("requestDate", text()),
            ("completionDate", text_or_null()),
        ]),
        "ReportInstances": list(of("ReportInstance")),
        "ReportInstanceResult": object(1, &[("attributes", object(4, &[
            ("type", text()),
            ("id", text()),
            ("status", text()),
            ("requestDate", text()),
            ("completionDate", text_or_null()),
        ]))]),
        "ReportTypes": list(object(2, &[
            ("label", text()),
            ("reportTypes", list(object(3, &[("type", text()), ("label", text()), ("describeUrl", text())]))),
        ])),
        "ReportType": object(1, &[("reportTypeMetadata", anything())]),
        "FilterOperators": anything(),
        "DashboardBody": object(0, &[("name", text()), ("folderId", text())]),
        "ComponentIds": object(0, &[("componentIds", list(text()))]),
        "DashboardList": entry(&[("statusUrl", text())]),
        "DashboardRefresh": object(1, &[("statusUrl", text())]),
        "DashboardStatus": object(1, &[("componentStatus", list(object(3, &[
            ("componentId", text()),
            ("refreshDate", text_or_null()),
            ("refreshStatus", text()),
        ])))]),
        "DashboardDescription": object(5, &[
            ("attributes", anything()),
            ("id", text()),
            ("name", text()),
            ("layout", object(2, &[("numColumns", count()), ("rowHeight", count())])),
            ("components", list(anything())),
        ]),
        "DashboardResult": object(2, &[
            ("componentData", list(object(2, &[("componentId", text()), ("status", status)]))),
            ("dashboardMetadata", of("DashboardDescription")),
        ]),
    })
}
