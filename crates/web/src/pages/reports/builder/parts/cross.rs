//! Rows with, or without, records that point to them.

use super::value::FilterControls;
use super::{Item, Part, adder, count};
use crate::kit::{Choice, Field, Select};
use crate::pages::reports::builder::add::Use;
use crate::pages::reports::builder::state::State;
use app_reports::definition::CrossFilter;
use maud::{Markup, html};
use platform::Ctx;

pub(super) fn part(ctx: &Ctx, state: &State) -> Markup {
    let crosses = &state.definition.cross_filters;
    if state.choices.related.is_empty() && crosses.is_empty() {
        return html! {};
    }
    let body = html! {
        ol.builder-items {
            @for (at, cross) in crosses.iter().enumerate() {
                @let label = label(ctx, cross);
                @let problem = state.problems.of_item("crossFilters", at).filter(|_| cross.criteria.is_empty());
                (Item { list: "cross", at, of: crosses.len(), key: &format!("{at}"), label: &label, problem }.with(&controls(ctx, state, at, cross)))
            }
        }
        @if crosses.len() < 2 { (adder(state, Use::Related, "Add related records", "With or without …")) }
    };
    let open = !crosses.is_empty();
    let problem = state.problems.of_part(&[("crossFilters", crosses.len())]);
    Part { id: "cross", title: "Related records", note: count(crosses.len()), open, problem }.with(&body)
}

fn label(ctx: &Ctx, cross: &CrossFilter) -> String {
    ctx.object(&cross.related_entity)
        .map_or_else(|_| cross.related_entity.clone(), |object| object.def.label_plural.clone())
}

fn controls(ctx: &Ctx, state: &State, at: usize, cross: &CrossFilter) -> Markup {
    let choices = vec![Choice::new("with", "with at least one"), Choice::new("without", "without any")];
    let includes = Select::new(format!("cross.{at}.includes"), choices).selected(if cross.includes_object {
        "with"
    } else {
        "without"
    });
    // An object that is gone has no columns to choose; its filter says so itself.
    let related = app_reports::report_choices(ctx, &cross.related_entity).ok();
    html! {
        div.builder-row { (Field::new("With or without", includes).id(format!("cross-{at}-includes")).label_hidden()) }
        @if let Some(related) = &related {
            ol.builder-items.inner {
                @for (inner, filter) in cross.criteria.iter().enumerate() {
                    @let property = format!("crossFilters[{at}].criteria[{inner}]");
                    @let controls = FilterControls {
                        ctx,
                        choices: related,
                        problems: &state.problems,
                        name: format!("criterion.{at}.{inner}"),
                        property: property.clone(),
                        filter,
                        may_compare: false,
                    };
                    @let problem = state.problems.of_item(&format!("crossFilters[{at}].criteria"), inner);
                    @let label = related.column(&filter.column).map_or(filter.column.as_str(), |column| &column.label);
                    (Item { list: &format!("criterion.{at}"), at: inner, of: cross.criteria.len(), key: &format!("{inner}"), label, problem }.with(&controls.markup()))
                }
            }
            (adder(state, Use::Criterion(at), "Narrow the related records", "Where …"))
        }
    }
}
