//! Reads the controls of the form into the definition. A control that is not in the form changes nothing, so that a part
//! which is not shown is never lost.

use super::filter_controls;
use super::state::State;
use crate::server::Params;
use app_reports::ReportMetadata;
use app_reports::definition::{
    ChartSpec, DateGranularity, Direction, GroupType, Grouping, RowFormulaType, SortBy, StandardDateFilter,
    StandardFilter, SummaryFormulaType, TopRows,
};
use model::Result;
use platform::Ctx;
use serde_json::json;

pub(super) fn read(ctx: &Ctx, state: &mut State, form: &Params) -> Result<()> {
    filters(ctx, state, form)?;
    groupings(&mut state.definition.groupings_down, "down", form);
    groupings(&mut state.definition.groupings_across, "across", form);
    order(state, form);
    buckets(state, form);
    formulas(state, form);
    chart(&mut state.definition, form);
    if let Some(details) = form.all("details").last() {
        state.definition.has_detail_rows = details == "yes";
    }
    Ok(())
}

/// A word of the definition's own vocabulary.
pub(super) fn word<T: serde::de::DeserializeOwned>(text: Option<&str>) -> Option<T> {
    serde_json::from_value(json!(text?)).ok()
}

fn trimmed(form: &Params, name: &str) -> Option<String> {
    form.first(name).map(|value| value.trim().to_owned())
}

/// Line breaks as they were, and not as forms send them.
fn lines(text: &str) -> String {
    text.replace("\r\n", "\n")
}

/// Whose rows, which days, and the value of each filter.
pub(super) fn filters(ctx: &Ctx, state: &mut State, form: &Params) -> Result<()> {
    let definition = &mut state.definition;
    if let Some(scope) = form.given("scope") {
        scope.clone_into(&mut definition.scope);
    }
    if let Some(open) = form.given("open") {
        definition.standard_filters.retain(|filter| filter.name != "open");
        if open != "all" {
            definition.standard_filters.push(StandardFilter { name: "open".to_owned(), value: open.to_owned() });
        }
    }
    if let Some(column) = form.first("date.column") {
        definition.standard_date_filter = date_filter(definition, column, form);
    }
    if let Some(logic) = trimmed(form, "logic") {
        definition.report_boolean_filter = Some(logic).filter(|logic| !logic.is_empty());
    }
    for at in 0..definition.report_filters.len() {
        let column = state.choices.column(&definition.report_filters[at].column);
        let filter = &mut definition.report_filters[at];
        let property = format!("reportFilters[{at}]");
        filter_controls::read(ctx, form, &format!("filter.{at}"), filter, column, &property, &mut state.problems)?;
    }
    for at in 0..definition.cross_filters.len() {
        let cross = &mut definition.cross_filters[at];
        if let Some(includes) = form.given(&format!("cross.{at}.includes")) {
            cross.includes_object = includes == "with";
        }
        if cross.criteria.is_empty() {
            continue;
        }
        let choices = app_reports::report_choices(ctx, &cross.related_entity)?;
        for (inner, filter) in cross.criteria.iter_mut().enumerate() {
            let column = choices.column(&filter.column);
            let property = format!("crossFilters[{at}].criteria[{inner}]");
            let name = format!("criterion.{at}.{inner}");
            filter_controls::read(ctx, form, &name, filter, column, &property, &mut state.problems)?;
        }
    }
    Ok(())
}

fn date_filter(definition: &ReportMetadata, column: &str, form: &Params) -> Option<StandardDateFilter> {
    if column.is_empty() {
        return None;
    }
    let before = definition.standard_date_filter.as_ref();
    let duration = form.given("date.range").map(str::to_owned);
    let duration = duration.or_else(|| before.and_then(|filter| filter.duration_value.clone()));
    let duration = duration.unwrap_or_else(|| "THIS_YEAR".to_owned());
    let duration = filter_controls::counted(
        &duration,
        form.given("date.count"),
        before.and_then(|before| before.duration_value.as_deref()),
    );
    let is_custom = duration == "CUSTOM";
    let end = |name: &str, before: Option<&String>| match form.first(name) {
        Some(day) => Some(day.trim().to_owned()).filter(|day| !day.is_empty()),
        None => before.cloned(),
    };
    Some(StandardDateFilter {
        column: column.to_owned(),
        duration_value: Some(duration),
        start_date: is_custom
            .then(|| end("date.start", before.and_then(|filter| filter.start_date.as_ref())))
            .flatten(),
        end_date: is_custom.then(|| end("date.end", before.and_then(|filter| filter.end_date.as_ref()))).flatten(),
    })
}

fn groupings(groupings: &mut [Grouping], axis: &str, form: &Params) {
    for (at, grouping) in groupings.iter_mut().enumerate() {
        if let Some(granularity) = word::<DateGranularity>(form.first(&format!("{axis}.{at}.period"))) {
            grouping.date_granularity = granularity;
        }
        if let Some(order) = word::<Direction>(form.first(&format!("{axis}.{at}.order"))) {
            grouping.sort_order = order;
        }
        if let Some(figure) = form.first(&format!("{axis}.{at}.by")) {
            grouping.sort_aggregate = Some(figure.to_owned()).filter(|figure| !figure.is_empty());
        }
    }
}

fn order(state: &mut State, form: &Params) {
    let definition = &mut state.definition;
    if let Some(column) = form.first("sort.column") {
        let direction = word::<Direction>(form.first("sort.order"));
        let before = definition.sort_by.first().map(|sort| sort.sort_order).unwrap_or_default();
        definition.sort_by = match column {
            "" => Vec::new(),
            column => {
                vec![SortBy { sort_column: column.to_owned(), sort_order: direction.unwrap_or(before) }]
            }
        };
    }
    if let Some(rows) = trimmed(form, "top") {
        if rows.is_empty() {
            definition.top_rows = None;
        } else if let Ok(limit) = rows.parse() {
            definition.top_rows = Some(TopRows { row_limit: limit, direction: None });
        } else {
            state.problems.add_typed("topRows.rowLimit", &rows, "Give a whole number, or leave it empty for all rows.");
        }
    }
}

fn buckets(state: &mut State, form: &Params) {
    for (at, bucket) in state.definition.buckets.iter_mut().enumerate() {
        let name = |part: &str| format!("bucket.{at}.{part}");
        if let Some(label) = trimmed(form, &name("label")) {
            bucket.label = label;
        }
        if let Some(other) = trimmed(form, &name("other")) {
            bucket.other_bucket_label = Some(other).filter(|other| !other.is_empty());
        }
        if let Some(zero) = form.all(&name("zero")).last() {
            bucket.null_treated_as_zero = zero == "yes";
        }
        for (inner, value) in bucket.values.iter_mut().enumerate() {
            let name = |part: &str| format!("bucket.{at}.{inner}.{part}");
            if let Some(label) = trimmed(form, &name("label")) {
                value.label = label;
            }
            if let Some(bound) = trimmed(form, &name("bound")) {
                let plain: String = bound.chars().filter(|c| !matches!(c, ',' | ' ' | '\u{a0}')).collect();
                match plain.as_str() {
                    "" => value.range_upper_bound = None,
                    plain => match plain.parse() {
                        Ok(number) => value.range_upper_bound = Some(number),
                        Err(_) => state.problems.add_typed(
                            format!("buckets[{at}].values[{inner}].rangeUpperBound"),
                            &bound,
                            "Give a number, such as 10000 or 2.5.",
                        ),
                    },
                }
            }
            if form.has(&name("listed")) {
                value.source_dimension_values = form.all(&name("value")).map(str::to_owned).collect();
            } else if let Some(values) = form.first(&name("values")) {
                value.source_dimension_values =
                    app_reports::filter_items(values).into_iter().filter(|item| !item.is_empty()).collect();
            }
        }
    }
}

fn formulas(state: &mut State, form: &Params) {
    let problems = &mut state.problems;
    let mut places = |text: Option<String>, property: String| -> Option<Option<u8>> {
        match text?.as_str() {
            "" => Some(None),
            text => match text.parse() {
                Ok(places) => Some(Some(places)),
                Err(_) => {
                    problems.add_typed(property, text, "Give a whole number of decimal places.");
                    None
                }
            },
        }
    };
    for (at, formula) in state.definition.custom_detail_formula.iter_mut().enumerate() {
        let name = |part: &str| format!("row-formula.{at}.{part}");
        if let Some(label) = trimmed(form, &name("label")) {
            formula.label = label;
        }
        if let Some(text) = form.first(&name("formula")) {
            formula.formula = lines(text);
        }
        if let Some(kind) = word::<RowFormulaType>(form.first(&name("type"))) {
            formula.formula_type = kind;
        }
        let property = format!("customDetailFormula[{at}].decimalPlaces");
        if let Some(places) = places(trimmed(form, &name("places")), property) {
            formula.decimal_places = places;
        }
    }
    for (at, formula) in state.definition.custom_summary_formula.iter_mut().enumerate() {
        let name = |part: &str| format!("summary-formula.{at}.{part}");
        if let Some(label) = trimmed(form, &name("label")) {
            formula.label = label;
        }
        if let Some(text) = form.first(&name("formula")) {
            formula.formula = lines(text);
        }
        if let Some(kind) = word::<SummaryFormulaType>(form.first(&name("type"))) {
            formula.formula_type = kind;
        }
        let property = format!("customSummaryFormula[{at}].decimalPlaces");
        if let Some(places) = places(trimmed(form, &name("places")), property) {
            formula.decimal_places = places;
        }
        for (part, group, kind) in [
            ("down", &mut formula.down_group, &mut formula.down_group_type),
            ("across", &mut formula.across_group, &mut formula.across_group_type),
        ] {
            match form.first(&name(part)) {
                None => {}
                Some("all") => (*group, *kind) = (None, GroupType::All),
                Some("total") => (*group, *kind) = (None, GroupType::GrandTotal),
                Some(column) => (*group, *kind) = (Some(column.to_owned()), GroupType::Custom),
            }
        }
    }
}

fn chart(definition: &mut ReportMetadata, form: &Params) {
    let Some(kind) = form.first("chart.kind") else { return };
    if kind.is_empty() {
        definition.chart = None;
        return;
    }
    let before = definition.chart.take();
    let groupings = match form.first("chart.levels") {
        Some("two") => [&definition.groupings_down, &definition.groupings_across]
            .into_iter()
            .flatten()
            .take(2)
            .map(|grouping| grouping.name.clone())
            .collect(),
        Some(_) => definition.groupings_down.first().map(|grouping| grouping.name.clone()).into_iter().collect(),
        None => before.as_ref().map(|chart| chart.groupings.clone()).unwrap_or_default(),
    };
    let summaries = match form.has("chart.figures") {
        true => form.all("chart.figure").map(str::to_owned).collect(),
        false => before.as_ref().map(|chart| chart.summaries.clone()).unwrap_or_default(),
    };
    let title = match form.first("chart.title") {
        Some(title) => Some(title.trim().to_owned()).filter(|title| !title.is_empty()),
        None => before.and_then(|chart| chart.title),
    };
    definition.chart = Some(ChartSpec { chart_type: kind.to_owned(), title, groupings, summaries });
}
