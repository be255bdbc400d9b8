//! Filters of a dashboard: what can be narrowed by, and the choices that begin with the values a column has.

use crate::server::Params;
use app_reports::definition::{Component, DashboardFilter, DashboardMetadata, FilterOption};
use app_reports::{ColumnChoice, SavedReport, report_choices};
use model::Result;
use platform::Ctx;

/// Options that a new filter begins with.
const BEGUN: usize = 20;

/// A column that reports of the dashboard have: what a filter calls it, its label and its object.
pub(super) struct Narrowable {
    pub(super) name: String,
    pub(super) label: String,
    pub(super) object: String,
    pub(super) column: ColumnChoice,
}

/// The columns of the objects that the dashboard's reports are about.
pub(super) fn narrowable(ctx: &Ctx, components: &[Component]) -> Result<Vec<Narrowable>> {
    let mut found: Vec<Narrowable> = Vec::new();
    let mut objects: Vec<String> = Vec::new();
    for component in components {
        // One that the editor may not see offers nothing.
        let Ok(report) = SavedReport::fetch(ctx, component.report_id) else { continue };
        let object = report.definition.report_type.name.split('$').next().unwrap_or_default().to_owned();
        if !objects.contains(&object) {
            objects.push(object);
        }
    }
    for object in objects {
        let Ok(choices) = report_choices(ctx, &object) else { continue };
        let Some(own) = choices.categories.first() else { continue };
        for column in own.columns.iter().filter(|column| !column.operators.is_empty() && column.data_type != "id") {
            found.push(Narrowable {
                name: format!("{object}.{}", column.name),
                label: column.label.clone(),
                object: own.label.clone(),
                column: column.clone(),
            });
        }
    }
    Ok(found)
}

/// A new filter with the options that fit its column.
pub(super) fn begun(narrowable: &Narrowable) -> DashboardFilter {
    let column = &narrowable.column;
    let equals = |value: &str, label: &str| FilterOption {
        alias: Some(label.to_owned()),
        operation: "equals".to_owned(),
        value: Some(value.to_owned()),
        ..FilterOption::default()
    };
    let options = if column.data_type == "boolean" {
        vec![equals("true", "Yes"), equals("false", "No")]
    } else if column.is_date {
        [
            ("THIS_MONTH", "This month"),
            ("LAST_MONTH", "Last month"),
            ("THIS_QUARTER", "This quarter"),
            ("LAST_QUARTER", "Last quarter"),
            ("THIS_YEAR", "This year"),
            ("LAST_YEAR", "Last year"),
        ]
        .map(|(value, label)| equals(value, label))
        .to_vec()
    } else if column.values.is_empty() {
        Vec::new()
    } else {
        column
            .values
            .iter()
            .take(BEGUN)
            .map(|(value, label)| equals(&app_reports::filter_value(std::slice::from_ref(value)), label))
            .collect()
    };
    DashboardFilter { name: narrowable.label.clone(), column: narrowable.name.clone(), options }
}

/// Reads the controls of the filters.
pub(super) fn read(definition: &mut DashboardMetadata, form: &Params) {
    for (at, filter) in definition.filters.iter_mut().enumerate() {
        if let Some(name) = form.first(&format!("narrow.{at}.name")) {
            name.trim().clone_into(&mut filter.name);
        }
        for (inner, option) in filter.options.iter_mut().enumerate() {
            let name = |part: &str| format!("narrow.{at}.{inner}.{part}");
            let given = |part: &str| {
                form.first(&name(part)).map(|value| Some(value.trim().to_owned()).filter(|value| !value.is_empty()))
            };
            if let Some(alias) = given("alias") {
                option.alias = alias;
            }
            if let Some(operation) = form.given(&name("op")) {
                operation.clone_into(&mut option.operation);
            }
            if let Some(value) = given("value") {
                option.value = value;
            }
            if let Some(start) = given("start") {
                option.start_value = start;
            }
            if let Some(end) = given("end") {
                option.end_value = end;
            }
        }
    }
}
