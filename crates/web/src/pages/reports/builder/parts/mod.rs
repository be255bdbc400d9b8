//! The parts of a builder, each a section that folds: what the report shows, how it groups, which rows it keeps.

mod about;
mod buckets;
mod cross;
pub(super) mod filters;
mod formulas;
mod groups;
mod lists;
mod show;

pub(crate) use show::{KINDS, kind_of};

pub(super) mod value;

use super::add::Use;
use super::state::State;
use crate::kit::{Field, Icon, Input, Lookup};
use crate::server::params::address;
use maud::{Markup, Render, html};
use platform::Ctx;

/// Everything that is chosen.
pub(super) fn all(ctx: &Ctx, state: &State) -> Markup {
    html! {
        (about::part(ctx, state))
        (lists::columns(state))
        (groups::part(state))
        (lists::figures(state))
        (filters::part(ctx, state))
        (cross::part(ctx, state))
        (show::order(state))
        (show::chart(state))
        (buckets::part(state))
        (formulas::rows(state))
        (formulas::summaries(state))
    }
}

/// The properties whose errors stand in a part.
pub(super) const KNOWN: [&str; 19] = [
    "name",
    "description",
    "folder",
    "detailColumns",
    "aggregates",
    "groupings",
    "reportFilters",
    "reportBooleanFilter",
    "standardDateFilter",
    "standardFilters",
    "scope",
    "crossFilters",
    "sortBy",
    "topRows",
    "chart",
    "buckets",
    "customDetailFormula",
    "customSummaryFormula",
    "add.",
];

/// One part: a heading that folds, with how much is in it.
pub(crate) struct Part<'a> {
    pub(crate) id: &'static str,
    pub(crate) title: &'a str,
    /// What is said beside the title: how many there are.
    pub(crate) note: String,
    pub(crate) open: bool,
    /// What is wrong with the part as a whole.
    pub(crate) problem: Option<&'a str>,
}

impl Part<'_> {
    pub(crate) fn with(&self, body: &Markup) -> Markup {
        html! {
            details.builder-part id={ "part-" (self.id) } open[self.open] {
                summary {
                    (Icon::ChevronRight)
                    h2 { (self.title) }
                    @if !self.note.is_empty() { span.muted { (self.note) } }
                }
                div.builder-part-body {
                    @if let Some(problem) = self.problem { p.field-error { (Icon::Error) span { (problem) } } }
                    (body)
                }
            }
        }
    }
}

/// How many there are, or nothing.
pub(crate) fn count(number: usize) -> String {
    if number == 0 { String::new() } else { number.to_string() }
}

/// An item of a list that can be moved and removed.
pub(crate) struct Item<'a> {
    /// `column`, `filter`.
    pub(crate) list: &'a str,
    pub(crate) at: usize,
    pub(crate) of: usize,
    /// Stays with the item wherever it stands, so that the focus can follow it.
    pub(crate) key: &'a str,
    pub(crate) label: &'a str,
    pub(crate) problem: Option<&'a str>,
}

impl Item<'_> {
    pub(crate) fn with(&self, body: &Markup) -> Markup {
        let act = |verb: &str| format!("{verb}:{}.{}", self.list, self.at);
        let id = |verb: &str| format!("{}-{}-{verb}", slug(self.list), slug(self.key));
        let button = |verb: &str, words: String, icon: Icon, spent: bool| {
            html! {
                button.button.quiet.small.icon-only.spent[spent] type="submit" name="act" value=(act(verb)) id=(id(verb))
                    aria-label=(words) title=(words) disabled[spent] { (icon) }
            }
        };
        html! {
            li.builder-item.invalid[self.problem.is_some()] data-item=(self.list) data-at=(self.at) {
                div.builder-item-top {
                    span.builder-grip data-grip data-needs-script aria-hidden="true" { (Icon::Menu) }
                    span.builder-item-label title=(self.label) { (self.label) }
                    span.builder-item-acts {
                        (button("up", format!("Move {} up", self.label), Icon::ArrowUp, self.at == 0))
                        (button("down", format!("Move {} down", self.label), Icon::ArrowDown, self.at + 1 >= self.of))
                        (button("remove", format!("Remove {}", self.label), Icon::Close, false))
                    }
                }
                (body)
                @if let Some(problem) = self.problem { p.field-error { (Icon::Error) span { (problem) } } }
            }
        }
    }
}

/// A name as part of an id.
pub(crate) fn slug(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
}

/// A box that searches what can be added. Without script its button adds what was typed.
pub(super) fn adder(state: &State, wanted: Use, label: &str, placeholder: &str) -> Markup {
    let name = wanted.property();
    let id = format!("add-{}", wanted.name());
    let own: Vec<(String, String)> = state
        .choices
        .computed()
        .map(|column| ("own".to_owned(), format!("{}~{}", column.name, column.label)))
        .collect();
    let used = wanted.name();
    let type_name = match wanted {
        Use::Criterion(at) => {
            state.definition.cross_filters.get(at).map(|cross| cross.related_entity.clone()).unwrap_or_default()
        }
        _ => state.choices.type_name.clone(),
    };
    let mut pairs = vec![("type", type_name.as_str()), ("use", used.as_str())];
    if !matches!(wanted, Use::Criterion(_)) {
        pairs.extend(own.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    }
    let source = address("/reports/columns", pairs);
    let mut lookup = Lookup::new(name.clone(), source).placeholder(placeholder);
    if let Some(typed) = state.problems.typed_at(&name) {
        lookup = lookup.text(typed);
    }
    let field = Field::new(label, lookup).id(id).label_hidden().error_if(state.problems.words_at(&name));
    html! {
        div.builder-add data-add {
            (field)
            noscript { button.button.small type="submit" name="act" value="preview" { "Add" } }
        }
    }
}

/// A small text control with its label.
pub(super) fn text(label: &str, name: String, value: &str, error: Option<String>) -> Markup {
    Field::new(label, Input::text(name.clone()).value(value)).id(slug(&name)).error_if(error).render()
}
