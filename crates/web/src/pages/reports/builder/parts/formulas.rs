//! Columns and figures that are computed by formulas.

use super::{Item, Part, count, slug, text};
use crate::kit::{Choice, Field, Icon, Input, Select, TextArea};
use crate::pages::reports::builder::state::State;
use app_reports::definition::{GroupType, Grouping, RowFormulaType, SummaryFormula, SummaryFormulaType};
use maud::{Markup, html};

pub(super) fn rows(state: &State) -> Markup {
    let formulas = &state.definition.custom_detail_formula;
    let types = || {
        ["number", "text", "date", "datetime"]
            .map(|name| Choice::new(name, if name == "datetime" { "date and time" } else { name }))
            .to_vec()
    };
    let body = html! {
        p.field-help { "Computes a column from others of the row, in the language of formula fields: " code { "Amount * 0.1" } "." }
        ol.builder-items {
            @for (at, formula) in formulas.iter().enumerate() {
                @let name = |part: &str| format!("row-formula.{at}.{part}");
                @let kind = match formula.formula_type {
                    RowFormulaType::Date => "date",
                    RowFormulaType::DateTime => "datetime",
                    RowFormulaType::Number => "number",
                    RowFormulaType::Text => "text",
                };
                @let property = format!("customDetailFormula[{at}]");
                @let controls = html! {
                    div.builder-row {
                        (text("Name", name("label"), &formula.label, state.problems.words_at(&format!("{property}.label"))))
                        (Field::new("Gives", Select::new(name("type"), types()).selected(kind)).id(slug(&name("type"))))
                        @if kind == "number" { (places(state, &name("places"), &property, formula.decimal_places)) }
                    }
                    (Field::new("Formula", TextArea::new(name("formula")).code().rows(2).value(formula.formula.clone())).id(slug(&name("formula"))).error_if(state.problems.words_at(&format!("{property}.formula"))))
                    @if formula.formula.trim().is_empty() { p.field-help { "Not shown until it has its formula." } }
                };
                @let problem = state.problems.of_item("customDetailFormula", at).filter(|_| !has_own(state, &property));
                (Item { list: "row-formula", at, of: formulas.len(), key: &formula.developer_name, label: &formula.label, problem }.with(&controls))
            }
        }
        button.button.quiet.small type="submit" name="act" value="new:row-formula" id="new-row-formula" { (Icon::Plus) span { "Add a row formula" } }
    };
    let problem = state.problems.of_part(&[("customDetailFormula", formulas.len())]);
    Part { id: "row-formulas", title: "Row formulas", note: count(formulas.len()), open: !formulas.is_empty(), problem }
        .with(&body)
}

fn has_own(state: &State, property: &str) -> bool {
    ["formula", "decimalPlaces", "label"].iter().any(|part| state.problems.at(&format!("{property}.{part}")).is_some())
}

fn places(state: &State, name: &str, property: &str, places: Option<u8>) -> Field {
    let property = format!("{property}.decimalPlaces");
    let typed =
        state.problems.typed_at(&property).or_else(|| places.map(|places| places.to_string())).unwrap_or_default();
    Field::new("Decimals", Input::number(name.to_owned()).value(typed).min("0").placeholder("2"))
        .id(slug(name))
        .error_if(state.problems.words_at(&property))
}

pub(super) fn summaries(state: &State) -> Markup {
    let formulas = &state.definition.custom_summary_formula;
    let body = html! {
        p.field-help { "Computes a figure of each group from its other figures: " code { "Amount:SUM / RowCount" } "." }
        ol.builder-items {
            @for (at, formula) in formulas.iter().enumerate() {
                @let property = format!("customSummaryFormula[{at}]");
                @let problem = state.problems.of_item("customSummaryFormula", at).filter(|_| !has_own(state, &property));
                (Item { list: "summary-formula", at, of: formulas.len(), key: &formula.developer_name, label: &formula.label, problem }.with(&summary(state, at, formula, &property)))
            }
        }
        button.button.quiet.small type="submit" name="act" value="new:summary-formula" id="new-summary-formula" { (Icon::Plus) span { "Add a formula over figures" } }
    };
    let problem = state.problems.of_part(&[("customSummaryFormula", formulas.len())]);
    Part {
        id: "summary-formulas",
        title: "Formulas over figures",
        note: count(formulas.len()),
        open: !formulas.is_empty(),
        problem,
    }
    .with(&body)
}

fn summary(state: &State, at: usize, formula: &SummaryFormula, property: &str) -> Markup {
    let name = |part: &str| format!("summary-formula.{at}.{part}");
    let types = ["number", "currency", "percent"].map(Choice::plain).to_vec();
    let kind = match formula.formula_type {
        SummaryFormulaType::Number => "number",
        SummaryFormulaType::Currency => "currency",
        SummaryFormulaType::Percent => "percent",
    };
    let (down, across) = (&state.definition.groupings_down, &state.definition.groupings_across);
    html! {
        div.builder-row {
            (text("Name", name("label"), &formula.label, state.problems.words_at(&format!("{property}.label"))))
            (Field::new("Gives", Select::new(name("type"), types).selected(kind)).id(slug(&name("type"))))
            (places(state, &name("places"), property, formula.decimal_places))
        }
        (Field::new("Formula", TextArea::new(name("formula")).code().rows(2).value(formula.formula.clone())).id(slug(&name("formula"))).error_if(state.problems.words_at(&format!("{property}.formula"))))
        @if formula.formula.trim().is_empty() { p.field-help { "Not shown until it has its formula." } }
        @if !down.is_empty() {
            div.builder-row {
                (level(state, &name("down"), "Shown for rows", down, formula.down_group_type, formula.down_group.as_deref()))
                @if !across.is_empty() { (level(state, &name("across"), "Shown for columns", across, formula.across_group_type, formula.across_group.as_deref())) }
            }
        }
    }
}

fn level(
    state: &State,
    name: &str,
    label: &str,
    groupings: &[Grouping],
    kind: GroupType,
    group: Option<&str>,
) -> Field {
    let mut choices = vec![Choice::new("all", "at every level"), Choice::new("total", "in the total only")];
    choices.extend(
        groupings
            .iter()
            .map(|grouping| Choice::new(&grouping.name, format!("for each {}", state.label(&grouping.name)))),
    );
    let selected = match (kind, group) {
        (GroupType::GrandTotal, _) => "total",
        (GroupType::Custom, Some(group)) => group,
        _ => "all",
    };
    Field::new(label, Select::new(name.to_owned(), choices).selected(selected)).id(slug(name))
}
