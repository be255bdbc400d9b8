//! The groupings, down and across, each with its periods and its order.

use super::{Item, Part, adder, count, slug};
use crate::kit::{Choice, Field, Select};
use crate::pages::reports::builder::add::Use;
use crate::pages::reports::builder::state::State;
use app_reports::definition::{DateGranularity, Direction, Grouping};
use maud::{Markup, html};

const PERIODS: [(DateGranularity, &str, &str); 10] = [
    (DateGranularity::Exact, "None", "Each day"),
    (DateGranularity::Day, "Day", "Days"),
    (DateGranularity::Week, "Week", "Weeks"),
    (DateGranularity::Month, "Month", "Months"),
    (DateGranularity::Quarter, "Quarter", "Quarters"),
    (DateGranularity::Year, "Year", "Years"),
    (DateGranularity::FiscalQuarter, "FiscalQuarter", "Fiscal quarters"),
    (DateGranularity::FiscalYear, "FiscalYear", "Fiscal years"),
    (DateGranularity::MonthInYear, "MonthInYear", "Month of any year"),
    (DateGranularity::DayInMonth, "DayInMonth", "Day of any month"),
];

pub(super) fn part(state: &State) -> Markup {
    let (down, across) = (&state.definition.groupings_down, &state.definition.groupings_across);
    let body = html! {
        h3.builder-heading { "Rows" }
        (axis(state, "down", "groupingsDown", down))
        (adder(state, Use::Down, "Group rows by", "Group rows by"))
        @if !down.is_empty() || !across.is_empty() {
            h3.builder-heading { "Columns" }
            (axis(state, "across", "groupingsAcross", across))
            (adder(state, Use::Across, "Group columns by", "Group columns by, for a matrix"))
        }
    };
    let problem = state.problems.of_part(&[("groupingsDown", down.len()), ("groupingsAcross", across.len())]);
    Part { id: "groups", title: "Groups", note: count(down.len() + across.len()), open: true, problem }.with(&body)
}

fn axis(state: &State, list: &str, property: &str, groupings: &[Grouping]) -> Markup {
    html! {
        ol.builder-items {
            @for (at, grouping) in groupings.iter().enumerate() {
                (Item {
                    list,
                    at,
                    of: groupings.len(),
                    key: &grouping.name,
                    label: &state.label(&grouping.name),
                    problem: state.problems.of_item(property, at),
                }.with(&controls(state, list, at, grouping)))
            }
        }
    }
}

fn controls(state: &State, list: &str, at: usize, grouping: &Grouping) -> Markup {
    let name = |part: &str| format!("{list}.{at}.{part}");
    let field = |label: &str, select: Select, part: &str| {
        let id = format!("{list}-{}-{part}", slug(&grouping.name));
        Field::new(format!("{label} of {}", state.label(&grouping.name)), select).id(id).label_hidden()
    };
    let is_date = state.choices.column(&grouping.name).is_some_and(|column| column.is_date);
    let periods = PERIODS.iter().map(|(_, value, label)| Choice::new(*value, *label)).collect();
    let period =
        PERIODS.iter().find(|(known, ..)| *known == grouping.date_granularity).map_or("None", |(_, value, _)| value);
    let by = state
        .definition
        .aggregates
        .iter()
        .map(|figure| Choice::new(figure, format!("by {}", state.figure_label(figure))));
    let order = match grouping.sort_order {
        Direction::Asc => "Asc",
        Direction::Desc => "Desc",
    };
    html! {
        div.builder-row {
            @if is_date { (field("Periods", Select::new(name("period"), periods).selected(period), "period")) }
            (field("Order", Select::new(name("by"), by.collect()).blank("by name").selected(grouping.sort_aggregate.clone().unwrap_or_default()), "by"))
            (field("Direction", Select::new(name("order"), vec![Choice::new("Asc", "ascending"), Choice::new("Desc", "descending")]).selected(order), "order"))
            @if state.definition.groupings_down.len() + state.definition.groupings_across.len() > 1 {
                button.button.quiet.small type="submit" name="act" value={ "turn:" (list) "." (at) } id={ "turn-" (slug(&grouping.name)) } {
                    @if list == "down" { "To columns" } @else { "To rows" }
                }
            }
        }
    }
}
