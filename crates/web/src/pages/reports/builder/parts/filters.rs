//! Which rows: whose, which days, and the numbered filters with how they are put together.

use super::value::{FilterControls, range_choices, range_of};
use super::{Item, Part, adder, count};
use crate::kit::{Choice, Field, Input, Select};
use crate::pages::reports::builder::add::Use;
use crate::pages::reports::builder::state::State;
use maud::{Markup, html};
use platform::Ctx;

pub(super) fn part(ctx: &Ctx, state: &State) -> Markup {
    let (definition, problems) = (&state.definition, &state.problems);
    let filters = &definition.report_filters;
    let body = html! {
        (scope(state))
        (date(state))
        ol.builder-items.numbered {
            @for (at, filter) in filters.iter().enumerate() {
                @let controls = FilterControls {
                    ctx,
                    choices: &state.choices,
                    problems,
                    name: format!("filter.{at}"),
                    property: format!("reportFilters[{at}]"),
                    filter,
                    may_compare: true,
                };
                @let property = format!("reportFilters[{at}].value");
                @let problem = if problems.at(&property).is_some() { None } else { problems.of_item("reportFilters", at) };
                @let label = format!("{}. {}", at + 1, state.label(&filter.column));
                (Item { list: "filter", at, of: filters.len(), key: &format!("{at}"), label: &label, problem }.with(&controls.markup()))
            }
        }
        (adder(state, Use::Filter, "Add a filter", "Filter by"))
        @if filters.len() > 1 || definition.report_boolean_filter.is_some() {
            @let logic = Input::text("logic").value(definition.report_boolean_filter.clone().unwrap_or_default()).placeholder("1 AND (2 OR 3)");
            (Field::new("Filter logic", logic).id("logic").help("Empty: all of them hold.").error_if(problems.words_at("reportBooleanFilter")))
        }
    };
    let known = ["reportFilters", "standardFilters", "scope"]
        .map(|list| (list, if list == "reportFilters" { filters.len() } else { 0 }));
    let more = usize::from(definition.standard_date_filter.is_some());
    let problem = problems.of_part(&known);
    Part { id: "filters", title: "Filters", note: count(filters.len() + more), open: true, problem }.with(&body)
}

/// The filters of a saved report, for who reads it: their values change, the report does not.
pub(in super::super) fn of_reader(ctx: &Ctx, state: &State) -> Markup {
    html! {
        (scope(state))
        (date(state))
        @for (at, filter) in state.definition.report_filters.iter().enumerate() {
            @let controls = FilterControls {
                ctx,
                choices: &state.choices,
                problems: &state.problems,
                name: format!("filter.{at}"),
                property: format!("reportFilters[{at}]"),
                filter,
                may_compare: false,
            };
            @let property = format!("reportFilters[{at}]");
            fieldset.reader-filter {
                legend.field-label { (at + 1) ". " (state.label(&filter.column)) }
                (controls.markup())
                @if let Some(words) = state.problems.of_item("reportFilters", at).filter(|_| state.problems.at(&format!("{property}.value")).is_none()) {
                    p.field-error { (crate::kit::Icon::Error) span { (words) } }
                }
            }
        }
        @if let Some(logic) = &state.definition.report_boolean_filter { p.field-help { "Put together as " (logic) "." } }
    }
}

fn scope(state: &State) -> Markup {
    let scopes = vec![Choice::new("organization", "All records"), Choice::new("mine", "My records")];
    let scope = if matches!(state.definition.scope.as_str(), "mine" | "user") { "mine" } else { "organization" };
    let open = state.definition.standard_filters.iter().find(|filter| filter.name == "open");
    let states = state.choices.open_values.iter().map(|value| {
        let words = match *value {
            "open" => "Open",
            "closed" => "Closed",
            "closedwon" => "Closed won",
            _ => "Open and closed",
        };
        Choice::new(*value, words)
    });
    html! {
        div.builder-row {
            (Field::new("Whose records", Select::new("scope", scopes).selected(scope)).id("scope").label_hidden())
            @if !state.choices.open_values.is_empty() {
                (Field::new("State", Select::new("open", states.collect()).selected(open.map_or("all", |filter| &filter.value))).id("open").label_hidden())
            }
        }
    }
}

fn date(state: &State) -> Markup {
    let filter = state.definition.standard_date_filter.as_ref();
    let mut columns = Vec::new();
    for category in &state.choices.categories {
        let dates = category.columns.iter().filter(|column| column.is_date && !column.operators.is_empty());
        columns.extend(dates.map(|column| Choice::new(&column.name, &column.label).group(&category.label)));
    }
    let chosen = filter.map(|filter| filter.column.clone()).unwrap_or_default();
    if !chosen.is_empty() && !columns.iter().any(|known| known.is(&chosen)) {
        columns.insert(0, Choice::new(&chosen, state.label(&chosen)));
    }
    let duration = filter.and_then(|filter| filter.duration_value.clone()).unwrap_or_else(|| "CUSTOM".to_owned());
    let (range, number) = range_of(&duration);
    let mut ranges = range_choices();
    ranges.insert(0, Choice::new("CUSTOM", "from … to …"));
    let is_custom = range.eq_ignore_ascii_case("CUSTOM");
    let problem = state.problems.of_part(&[("standardDateFilter", 0)]).map(str::to_owned);
    let end = |label: &str, name: &str, value: Option<&String>| {
        Field::new(label, Input::date(name).value(value.cloned().unwrap_or_default())).id(super::slug(name))
    };
    html! {
        div.builder-row {
            (Field::new("Date", Select::new("date.column", columns).blank("Any date").selected(chosen)).id("date_column").label_hidden().error_if(problem))
            @if let Some(filter) = filter {
                (Field::new("Range", Select::new("date.range", ranges).selected(range)).id("date_range").label_hidden())
                @if let Some(number) = number { (Field::new("Number", Input::number("date.count").value(number).min("1")).id("date_count").label_hidden()) }
                @if is_custom {
                    (end("From", "date.start", filter.start_date.as_ref()))
                    (end("To", "date.end", filter.end_date.as_ref()))
                }
            }
        }
    }
}
