//! What a report type offers: its columns with their operators, the ranges of days, the scopes.

use crate::choices::{ColumnChoice, ReportChoices};
use crate::column::Surroundings;
use crate::definition::Operator;
use crate::filter::days::Days;
use crate::filter::operators_of;
use crate::run::{RunOptions, surroundings};
use model::Result;
use model::schema::FieldType;
use platform::Ctx;
use serde_json::{Map, Value as Json, json};

/// The ranges of days that people choose, by group: value and label.
const DURATIONS: [(&str, &[(&str, &str)]); 5] = [
    ("Calendar Year", &[("THIS_YEAR", "Current CY"), ("LAST_YEAR", "Previous CY"), ("NEXT_YEAR", "Next CY")]),
    (
        "Calendar Quarter",
        &[("THIS_QUARTER", "Current CQ"), ("LAST_QUARTER", "Previous CQ"), ("NEXT_QUARTER", "Next CQ")],
    ),
    (
        "Fiscal",
        &[
            ("THIS_FISCAL_YEAR", "Current FY"),
            ("LAST_FISCAL_YEAR", "Previous FY"),
            ("THIS_FISCAL_QUARTER", "Current FQ"),
            ("LAST_FISCAL_QUARTER", "Previous FQ"),
        ],
    ),
    (
        "Calendar Month and Week",
        &[
            ("THIS_MONTH", "This Month"),
            ("LAST_MONTH", "Last Month"),
            ("NEXT_MONTH", "Next Month"),
            ("THIS_WEEK", "This Week"),
            ("LAST_WEEK", "Last Week"),
            ("NEXT_WEEK", "Next Week"),
        ],
    ),
    (
        "Day",
        &[
            ("TODAY", "Today"),
            ("YESTERDAY", "Yesterday"),
            ("TOMORROW", "Tomorrow"),
            ("LAST_N_DAYS:7", "Last 7 Days"),
            ("LAST_N_DAYS:30", "Last 30 Days"),
            ("LAST_N_DAYS:60", "Last 60 Days"),
            ("LAST_N_DAYS:90", "Last 90 Days"),
            ("LAST_N_DAYS:120", "Last 120 Days"),
            ("NEXT_N_DAYS:7", "Next 7 Days"),
            ("NEXT_N_DAYS:30", "Next 30 Days"),
            ("NEXT_N_DAYS:60", "Next 60 Days"),
            ("NEXT_N_DAYS:90", "Next 90 Days"),
            ("NEXT_N_DAYS:120", "Next 120 Days"),
        ],
    ),
];

const GRANULARITIES: [(&str, &str); 10] = [
    ("None", "None"),
    ("Day", "Day"),
    ("Week", "Calendar Week"),
    ("Month", "Calendar Month"),
    ("Quarter", "Calendar Quarter"),
    ("Year", "Calendar Year"),
    ("FiscalQuarter", "Fiscal Quarter"),
    ("FiscalYear", "Fiscal Year"),
    ("MonthInYear", "Calendar Month in Year"),
    ("DayInMonth", "Calendar Day in Month"),
];

/// `reportTypeMetadata`.
///
/// # Errors
/// What the platform reports of the reader's settings.
pub fn type_json(ctx: &Ctx, choices: &ReportChoices) -> Result<Json> {
    let around = surroundings(ctx, &RunOptions::default())?;
    let categories: Json = choices
        .categories
        .iter()
        .map(|category| {
            let columns: Map<String, Json> =
                category.columns.iter().map(|column| (column.name.clone(), column_json(column))).collect();
            json!({"label": category.label, "columns": columns})
        })
        .collect();
    let granularities: Json = GRANULARITIES.iter().map(|(name, label)| json!({"name": name, "label": label})).collect();
    let standard: Json = match choices.open_values {
        [] => Json::Null,
        values => {
            let values: Json = values.iter().map(|value| json!({"name": value, "label": value})).collect();
            json!({"open": {"label": "Show", "type": "PICKLIST", "filterValues": values}})
        }
    };
    let scope = |value: &str, label: &str| json!({"value": value, "label": label, "allowsDivision": false});
    Ok(json!({
        "type": choices.type_name,
        "label": choices.label,
        "categories": categories,
        "dataTypeFilterOperatorMap": operators_json(false),
        "dateGranularityInfos": granularities,
        "divisionInfo": null,
        "scopeInfo": {
            "defaultValue": "organization",
            "values": [scope("organization", "All records"), scope("mine", "My records")],
        },
        "standardDateFilterDurationGroups": durations(&around),
        "standardFilterInfos": standard,
        "supportsJoinedFormat": false,
    }))
}

fn column_json(column: &ColumnChoice) -> Json {
    let values: Json = column.values.iter().map(|(name, label)| json!({"name": name, "label": label})).collect();
    json!({
        "label": column.label,
        "dataType": column.data_type,
        "entityColumnName": column.name,
        "filterable": !column.operators.is_empty(),
        "filterValues": values,
        "fieldToFieldFilterable": !column.operators.is_empty(),
        "bucketable": column.is_bucketable,
        "allowedInCustomDetailFormula": column.is_in_formulas,
        "isCustom": column.is_custom,
        "isLookup": column.is_lookup,
        "maxLength": column.max_length,
        "uniqueCountable": column.is_unique_countable,
        "sortable": column.is_sortable,
        "groupable": column.is_groupable,
        "aggregates": column.aggregates.iter().map(|(name, _)| name.clone()).collect::<Json>(),
    })
}

fn durations(around: &Surroundings) -> Json {
    let one = |(value, label): &(&str, &str)| {
        let days = Days::parse_duration(value, around)?;
        Some(json!({
            "value": value,
            "label": label,
            "startDate": days.first.to_string(),
            "endDate": days.after.plus_days(-1).to_string(),
        }))
    };
    let custom = json!({"label": "Custom", "standardDateFilterDurations":
        [{"value": "CUSTOM", "label": "Custom", "startDate": null, "endDate": null}]});
    let groups = DURATIONS.iter().map(|(label, durations)| {
        json!({"label": label, "standardDateFilterDurations": durations.iter().filter_map(one).collect::<Json>()})
    });
    std::iter::once(custom).chain(groups).collect()
}

/// The operators of filters by type of column. Filters of dashboards also have `between`.
pub fn operators_json(for_dashboards: bool) -> Json {
    let (length, precision, scale) = (255, 18, 2);
    let types = [
        FieldType::Text { length },
        FieldType::TextArea { length },
        FieldType::Email,
        FieldType::Phone,
        FieldType::Url,
        FieldType::Picklist { values: Vec::new(), restricted: false },
        FieldType::MultiPicklist { values: Vec::new(), restricted: false },
        FieldType::Boolean,
        FieldType::Int,
        FieldType::Number { precision, scale },
        FieldType::Currency { precision, scale },
        FieldType::Percent { precision, scale },
        FieldType::Date,
        FieldType::DateTime,
        FieldType::Id,
    ];
    let mut map = Map::new();
    for data_type in types {
        let operators = operators_of(&data_type);
        let mut shown: Vec<Json> =
            operators.iter().map(|one| json!({"name": one.as_str(), "label": label(*one)})).collect();
        if for_dashboards && operators.contains(&Operator::LessThan) && !data_type.is_text() {
            shown.push(json!({"name": "between", "label": "between"}));
        }
        map.insert(data_type.api_name().to_owned(), shown.into());
    }
    // A lookup answers as the id that it is.
    map.insert("reference".to_owned(), map.get("id").cloned().unwrap_or_default());
    Json::Object(map)
}

fn label(operator: Operator) -> &'static str {
    match operator {
        Operator::Equals => "equals",
        Operator::NotEqual => "not equal to",
        Operator::LessThan => "less than",
        Operator::GreaterThan => "greater than",
        Operator::LessOrEqual => "less or equal",
        Operator::GreaterOrEqual => "greater or equal",
        Operator::Contains => "contains",
        Operator::NotContain => "does not contain",
        Operator::StartsWith => "starts with",
        Operator::Includes => "includes",
        Operator::Excludes => "excludes",
    }
}
