//! A definition with all the properties that clients of the analytics API look for.

use crate::column::BoundColumn;
use crate::definition::{ReportMetadata, StandardDateFilter};
use crate::plan::{BoundGrouping, BoundReport};
use crate::run::ReportRun;
use crate::saved::SavedReport;
use model::schema::FieldType;
use model::{Error, Result};
use platform::Ctx;
use render::ColumnKind;
use serde_json::{Map, Value as Json, json};

/// `reportMetadata`. The report it is saved as, and the run that resolved its dates, where there are any.
///
/// # Errors
/// Names the property when the report type is not there.
pub fn metadata_json(
    ctx: &Ctx,
    definition: &ReportMetadata,
    saved: Option<&SavedReport>,
    run: Option<&ReportRun>,
) -> Result<Map<String, Json>> {
    let Json::Object(mut shown) = serde_json::to_value(definition).map_err(Error::internal)? else {
        return Err(Error::internal("a definition is a JSON object"));
    };
    let label = crate::run::type_label(ctx, definition)?;
    shown.insert("reportType".to_owned(), json!({"type": definition.report_type.name, "label": label}));
    let empty = ["buckets", "customDetailFormula", "customSummaryFormula", "historicalSnapshotDates"];
    let nothing = ["division", "dashboardSetting", "userOrHierarchyFilterId"];
    for (name, default) in empty.iter().map(|name| (*name, json!([]))).chain(nothing.map(|name| (name, Json::Null))) {
        shown.entry(name.to_owned()).or_insert(default);
    }
    let folder = saved.map(|saved| saved.folder.unwrap_or(saved.owner).to_string());
    let more = [
        ("id", saved.map(|saved| saved.id.to_string()).into()),
        ("folderId", folder.into()),
        ("description", saved.and_then(|saved| saved.description.clone()).into()),
        ("currency", ctx.settings().currency.clone().into()),
        ("hasRecordCount", definition.aggregates.iter().any(|name| name == "RowCount").into()),
        ("showGrandTotal", true.into()),
        ("showSubtotals", true.into()),
        ("supportsRoleHierarchy", false.into()),
        ("presentationOptions", json!({"hasStackedSummaries": true, "historicalColumns": {}})),
    ];
    shown.extend(more.map(|(name, value)| (name.to_owned(), value)));
    for filter in shown.get_mut("reportFilters").and_then(Json::as_array_mut).into_iter().flatten() {
        filter["isRunPageEditable"] = true.into();
    }
    let standard = standard_date_filter(definition.standard_date_filter.as_ref(), run);
    shown.insert("standardDateFilter".to_owned(), standard);
    Ok(shown)
}

/// With the days that it came to; without any, the filter of all time.
fn standard_date_filter(given: Option<&StandardDateFilter>, run: Option<&ReportRun>) -> Json {
    let Some(given) = given else {
        return json!({"column": null, "durationValue": "CUSTOM", "startDate": null, "endDate": null});
    };
    let (first, last) = run.and_then(|run| run.period).unwrap_or_default();
    let day = |found: Option<model::Date>, given: &Option<String>| found.map(|day| day.to_string()).or(given.clone());
    json!({
        "column": given.column,
        "durationValue": given.duration_value.as_deref().unwrap_or("CUSTOM"),
        "startDate": day(first, &given.start_date),
        "endDate": day(last, &given.end_date),
    })
}

/// `reportExtendedMetadata`: an entry for each column in use.
pub(crate) fn extended(bound: &BoundReport<'_>) -> Json {
    let mut aggregates = Map::new();
    for aggregate in &bound.aggregates[..bound.shown_aggregates] {
        let shown = json!({
            "label": aggregate.label,
            "dataType": kind_name(&aggregate.kind),
            "downGroupingContext": null,
            "acrossGroupingContext": null,
        });
        aggregates.insert(aggregate.name.clone(), shown);
    }
    let details: Map<String, Json> = bound.columns.iter().map(|column| (column.name.clone(), detail(column))).collect();
    let levels = |groupings: &[BoundGrouping]| -> Vec<(String, Json)> {
        let level = |(at, grouping): (usize, &BoundGrouping)| {
            let column = &grouping.column;
            let shown = json!({"label": column.label, "dataType": column.data_type.api_name(), "groupingLevel": at});
            (grouping.name.clone(), shown)
        };
        groupings.iter().enumerate().map(level).collect()
    };
    let groupings: Map<String, Json> = levels(&bound.down).into_iter().chain(levels(&bound.across)).collect();
    json!({"aggregateColumnInfo": aggregates, "detailColumnInfo": details, "groupingColumnInfo": groupings})
}

fn detail(column: &BoundColumn) -> Json {
    json!({
        "label": column.label,
        "dataType": column.data_type.api_name(),
        "entityColumnName": column.path,
        "filterValues": values(&column.data_type),
        "filterable": column.is_filterable(),
        "isLookup": column.data_type.as_reference().is_some() || column.is_name,
        "uniqueCountable": column.is_filterable(),
    })
}

fn values(data_type: &FieldType) -> Json {
    data_type.picklist_values().iter().map(|value| json!({"name": value.value, "label": value.label})).collect()
}

fn kind_name(kind: &ColumnKind) -> &'static str {
    match kind {
        ColumnKind::Text => "string",
        ColumnKind::Id => "id",
        ColumnKind::Boolean => "boolean",
        ColumnKind::Number { scale: 0 } => "int",
        ColumnKind::Number { .. } => "double",
        ColumnKind::Currency { .. } => "currency",
        ColumnKind::Percent { .. } => "percent",
        ColumnKind::Date => "date",
        ColumnKind::DateTime { .. } => "datetime",
        ColumnKind::Time => "time",
    }
}
