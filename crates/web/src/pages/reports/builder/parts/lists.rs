//! The columns of records, and the figures of groups.

use super::{Item, Part, adder, count};
use crate::kit::{Checkbox, Field};
use crate::pages::reports::builder::add::Use;
use crate::pages::reports::builder::state::State;
use maud::{Markup, html};

pub(super) fn columns(state: &State) -> Markup {
    let (definition, problems) = (&state.definition, &state.problems);
    let names = &definition.detail_columns;
    let body = html! {
        ol.builder-items {
            @for (at, name) in names.iter().enumerate() {
                (Item {
                    list: "column",
                    at,
                    of: names.len(),
                    key: name,
                    label: &state.label(name),
                    problem: problems.of_item("detailColumns", at),
                }.with(&html! {}))
            }
        }
        (adder(state, Use::Column, "Add a column", "Add a column"))
        @if !definition.groupings_down.is_empty() {
            input type="hidden" name="details" value="no";
            (Field::new("Show the records of each group", Checkbox::new("details", definition.has_detail_rows).value("yes")).id("details"))
        }
    };
    let problem = problems.of_part(&[("detailColumns", names.len())]);
    Part { id: "columns", title: "Columns", note: count(names.len()), open: true, problem }.with(&body)
}

pub(super) fn figures(state: &State) -> Markup {
    let (names, problems) = (&state.definition.aggregates, &state.problems);
    let body = html! {
        ol.builder-items {
            @for (at, name) in names.iter().enumerate() {
                (Item {
                    list: "figure",
                    at,
                    of: names.len(),
                    key: name,
                    label: &state.figure_label(name),
                    problem: problems.of_item("aggregates", at),
                }.with(&html! {}))
            }
        }
        (adder(state, Use::Figure, "Add a figure", "Add a sum, average, unique count …"))
    };
    let problem = problems.of_part(&[("aggregates", names.len())]);
    Part { id: "figures", title: "Figures", note: count(names.len()), open: true, problem }.with(&body)
}
