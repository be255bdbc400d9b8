//! In which order records stand, how many of them are kept, and the chart.

use super::Part;
use crate::kit::{Checkbox, Choice, Field, Input, Select};
use crate::pages::reports::builder::state::State;
use app_reports::definition::{Direction, ReportFormat};
use maud::{Markup, html};

/// Kinds of charts: what a definition calls them, and what people do.
pub(crate) const KINDS: [(&str, &str); 10] = [
    ("Horizontal Bar", "Bars"),
    ("Horizontal Bar Stacked", "Bars, stacked"),
    ("Horizontal Bar Stacked 100%", "Bars, stacked to 100 %"),
    ("Vertical Column", "Columns"),
    ("Vertical Column Stacked", "Columns, stacked"),
    ("Vertical Column Stacked 100%", "Columns, stacked to 100 %"),
    ("Line", "Line"),
    ("Donut", "Donut"),
    ("Funnel", "Funnel"),
    ("Metric", "One figure"),
];

pub(super) fn order(state: &State) -> Markup {
    let (definition, problems) = (&state.definition, &state.problems);
    if definition.report_format == ReportFormat::Matrix {
        return html! {};
    }
    let sort = definition.sort_by.first();
    let mut columns: Vec<Choice> = definition
        .detail_columns
        .iter()
        .filter(|name| state.choices.column(name).is_some_and(|column| column.is_sortable))
        .map(|name| Choice::new(name, state.label(name)))
        .collect();
    let chosen = sort.map(|sort| sort.sort_column.clone()).unwrap_or_default();
    if !chosen.is_empty() && !columns.iter().any(|choice| choice.is(&chosen)) {
        columns.push(Choice::new(&chosen, state.label(&chosen)));
    }
    let directions = vec![Choice::new("Asc", "ascending"), Choice::new("Desc", "descending")];
    let direction = match sort.map(|sort| sort.sort_order) {
        Some(Direction::Desc) => "Desc",
        _ => "Asc",
    };
    let top = problems
        .typed_at("topRows.rowLimit")
        .or_else(|| definition.top_rows.as_ref().map(|top| top.row_limit.to_string()))
        .unwrap_or_default();
    let sort_problem = problems.of_part(&[("sortBy", 0)]).or_else(|| problems.of_item("sortBy", 0)).map(str::to_owned);
    let top_problem = problems.of_part(&[("topRows", 0)]).map(str::to_owned);
    let body = html! {
        div.builder-row {
            (Field::new("Sort records by", Select::new("sort.column", columns).blank("No order").selected(chosen.clone())).id("sort_column").error_if(sort_problem))
            @if !chosen.is_empty() {
                (Field::new("Direction", Select::new("sort.order", directions).selected(direction)).id("sort_order"))
                @if definition.report_format == ReportFormat::Tabular {
                    (Field::new("First rows only", Input::number("top").value(top).placeholder("All").min("1")).id("top").error_if(top_problem))
                }
            }
        }
    };
    let open = sort.is_some() || problems.touches(&["sortBy", "topRows"]);
    Part { id: "order", title: "Order", note: String::new(), open, problem: None }.with(&body)
}

pub(super) fn chart(state: &State) -> Markup {
    let definition = &state.definition;
    let chart = definition.chart.as_ref();
    let kinds = KINDS.iter().map(|(value, words)| Choice::new(*value, *words)).collect();
    let chosen = chart.map(|chart| kind_of(&chart.chart_type)).unwrap_or_default();
    let has_two = definition.groupings_down.len() + definition.groupings_across.len() > 1;
    let figures = &definition.aggregates;
    let is_shown = |name: &String| {
        chart.is_some_and(|chart| {
            chart.summaries.contains(name) || (chart.summaries.is_empty() && figures.first() == Some(name))
        })
    };
    let levels = vec![Choice::new("one", "the first grouping"), Choice::new("two", "the first two groupings")];
    let two = chart.is_some_and(|chart| chart.groupings.len() != 1);
    let body = html! {
        (Field::new("Kind of chart", Select::new("chart.kind", kinds).blank("No chart").selected(chosen)).id("chart_kind").label_hidden())
        @if let Some(chart) = chart {
            @if definition.groupings_down.is_empty() && !chart.chart_type.contains("Metric") { p.field-help { "Group the rows: a chart draws groups." } }
            @else if figures.is_empty() { p.field-help { "Add a figure: a chart draws figures." } }
            (Field::new("Title", Input::text("chart.title").value(chart.title.clone().unwrap_or_default()).max_length(80).placeholder("Made of what it shows")).id("chart_title"))
            @if has_two { (Field::new("Drawn by", Select::new("chart.levels", levels).selected(if two { "two" } else { "one" })).id("chart_levels")) }
            @if figures.len() > 1 {
                fieldset.field {
                    legend.field-label { "Shows" }
                    input type="hidden" name="chart.figures" value="1";
                    div.radios {
                        @for name in figures {
                            (Field::new(state.figure_label(name), Checkbox::new("chart.figure", is_shown(name)).value(name.clone())).id(format!("chart-figure-{}", super::slug(name))))
                        }
                    }
                }
            }
        }
    };
    let problem = state.problems.of_part(&[("chart", 0)]);
    Part { id: "chart", title: "Chart", note: String::new(), open: true, problem }.with(&body)
}

/// A kind of our list for one that other programs have another name for.
pub(crate) fn kind_of(given: &str) -> String {
    let folded: String = given.to_lowercase();
    let found = KINDS.iter().find(|(value, _)| value.to_lowercase() == folded);
    found.map_or_else(|| given.to_owned(), |(value, _)| (*value).to_owned())
}
