//! One filter as controls: its operator in words, and the control that fits what it compares with.

use super::slug;
use crate::kit::{Choice, Field, Input, Lookup, LookupChoice, Select};
use crate::pages::list::filter::name_of;
use crate::pages::reports::builder::problem::Problems;
use crate::pages::reports::builder::state::is_given;
use crate::server::params::address;
use app_reports::definition::{FilterType, Operator, ReportFilter};
use app_reports::{ColumnChoice, ReportChoices, filter_items};
use maud::{Markup, Render, html};
use model::{Date, RecordId};
use platform::Ctx;

/// Ranges of days in words, by group. A `_N_` stands before a number of its own.
pub(in super::super) const RANGES: [(&str, &[(&str, &str)]); 5] = [
    (
        "Days",
        &[
            ("TODAY", "today"),
            ("YESTERDAY", "yesterday"),
            ("TOMORROW", "tomorrow"),
            ("LAST_N_DAYS", "the last … days"),
            ("NEXT_N_DAYS", "the next … days"),
        ],
    ),
    (
        "Weeks and months",
        &[
            ("THIS_WEEK", "this week"),
            ("LAST_WEEK", "last week"),
            ("NEXT_WEEK", "next week"),
            ("THIS_MONTH", "this month"),
            ("LAST_MONTH", "last month"),
            ("NEXT_MONTH", "next month"),
            ("LAST_N_WEEKS", "the last … weeks"),
            ("LAST_N_MONTHS", "the last … months"),
            ("NEXT_N_MONTHS", "the next … months"),
        ],
    ),
    (
        "Quarters",
        &[
            ("THIS_QUARTER", "this quarter"),
            ("LAST_QUARTER", "last quarter"),
            ("NEXT_QUARTER", "next quarter"),
            ("LAST_N_QUARTERS", "the last … quarters"),
        ],
    ),
    (
        "Years",
        &[
            ("THIS_YEAR", "this year"),
            ("LAST_YEAR", "last year"),
            ("NEXT_YEAR", "next year"),
            ("LAST_N_YEARS", "the last … years"),
        ],
    ),
    (
        "Fiscal",
        &[
            ("THIS_FISCAL_QUARTER", "this fiscal quarter"),
            ("LAST_FISCAL_QUARTER", "last fiscal quarter"),
            ("NEXT_FISCAL_QUARTER", "next fiscal quarter"),
            ("THIS_FISCAL_YEAR", "this fiscal year"),
            ("LAST_FISCAL_YEAR", "last fiscal year"),
            ("NEXT_FISCAL_YEAR", "next fiscal year"),
        ],
    ),
];

/// A range as it is chosen: its name without a number, and the number.
pub(in super::super) fn range_of(literal: &str) -> (String, Option<String>) {
    match literal.split_once(':') {
        Some((name, count)) => (name.to_ascii_uppercase(), Some(count.to_owned())),
        None => (literal.to_owned(), None),
    }
}

pub(in super::super) fn range_choices() -> Vec<Choice> {
    RANGES
        .iter()
        .flat_map(|(group, ranges)| ranges.iter().map(|(value, words)| Choice::new(*value, *words).group(*group)))
        .collect()
}

pub(in super::super) fn is_number(data_type: &str) -> bool {
    matches!(data_type, "int" | "double" | "currency" | "percent" | "long")
}

/// The words of an operator for a column.
pub(in super::super) fn operator_words(operator: Operator, column: Option<&ColumnChoice>) -> &'static str {
    let is_date = column.is_some_and(|column| column.is_date);
    match operator {
        Operator::Equals if is_date => "is in",
        Operator::NotEqual if is_date => "is not in",
        Operator::LessThan if is_date => "is before",
        Operator::GreaterThan if is_date => "is after",
        Operator::LessOrEqual if is_date => "is in or before",
        Operator::GreaterOrEqual if is_date => "is in or after",
        Operator::Equals => "is",
        Operator::NotEqual => "is not",
        Operator::LessThan => "is less than",
        Operator::GreaterThan => "is greater than",
        Operator::LessOrEqual => "is at most",
        Operator::GreaterOrEqual => "is at least",
        Operator::Contains => "contains",
        Operator::NotContain => "does not contain",
        Operator::StartsWith => "starts with",
        Operator::Includes => "has one of",
        Operator::Excludes => "has none of",
    }
}

/// Whether an operator compares whole values of a list.
fn is_of_list(operator: Operator) -> bool {
    matches!(operator, Operator::Equals | Operator::NotEqual | Operator::Includes | Operator::Excludes)
}

/// One filter, and where its controls and errors are named.
pub(in super::super) struct FilterControls<'a> {
    pub(in super::super) ctx: &'a Ctx,
    pub(in super::super) choices: &'a ReportChoices,
    pub(in super::super) problems: &'a Problems,
    /// What the names of its controls begin with: `filter.0`.
    pub(in super::super) name: String,
    pub(in super::super) property: String,
    pub(in super::super) filter: &'a ReportFilter,
    /// Whether it may be compared with another column.
    pub(in super::super) may_compare: bool,
}

impl FilterControls<'_> {
    pub(in super::super) fn markup(&self) -> Markup {
        let column = self.choices.column(&self.filter.column);
        let is_blank = self.filter.value.is_empty();
        let operators = column.map(|column| column.operators).unwrap_or_default();
        let mut choices: Vec<Choice> = operators
            .iter()
            .map(|operator| Choice::new(operator.as_str(), operator_words(*operator, column)))
            .collect();
        if column.is_none_or(|column| column.data_type != "boolean") {
            choices.push(Choice::new("blank", "is blank"));
            choices.push(Choice::new("filled", "is filled in"));
        }
        let selected = match (is_blank, self.filter.operator) {
            (true, Operator::Equals) => "blank",
            (true, Operator::NotEqual) => "filled",
            (_, operator) => operator.as_str(),
        };
        html! {
            div.builder-row {
                (self.field("Operator", "op", Select::new(self.part("op"), choices).selected(selected)))
                @if !is_blank {
                    (self.against(column))
                    (self.value(column))
                }
            }
            @if let Some(words) = self.problems.words_at(&format!("{}.value", self.property)) {
                p.field-error { (crate::kit::Icon::Error) span { (words) } }
            } @else if !is_given(self.filter) { p.field-help { "Not used until it has a value." } }
        }
    }

    fn part(&self, part: &str) -> String {
        format!("{}.{part}", self.name)
    }

    fn field(&self, label: &str, part: &str, control: impl Into<crate::kit::Control>) -> Field {
        let words =
            self.choices.column(&self.filter.column).map_or(self.filter.column.as_str(), |column| &column.label);
        Field::new(format!("{label} of {words}"), control).id(slug(&self.part(part))).label_hidden()
    }

    fn against(&self, column: Option<&ColumnChoice>) -> Markup {
        let is_column = self.filter.filter_type == FilterType::FieldToField;
        if !is_column && (!self.may_compare || self.others(column).is_empty()) {
            return html! {};
        }
        let choices = vec![Choice::new("value", "a value"), Choice::new("column", "the column")];
        let select = Select::new(self.part("against"), choices).selected(if is_column { "column" } else { "value" });
        self.field("Compared with", "against", select).render()
    }

    /// Columns of the same kind.
    fn others(&self, column: Option<&ColumnChoice>) -> Vec<Choice> {
        let Some(column) = column else { return Vec::new() };
        if column.values.is_empty() && column.operators.len() < 3 {
            return Vec::new();
        }
        let kind = |column: &ColumnChoice| match column.data_type {
            data_type if is_number(data_type) => "number",
            "string" | "email" | "phone" | "url" | "picklist" | "textarea" => "text",
            other => other,
        };
        let mut others = Vec::new();
        for category in &self.choices.categories {
            let alike = category.columns.iter().filter(|other| {
                kind(other) == kind(column) && other.name != column.name && !other.operators.is_empty()
            });
            others.extend(alike.map(|other| Choice::new(&other.name, &other.label).group(&category.label)));
        }
        others
    }

    fn value(&self, column: Option<&ColumnChoice>) -> Markup {
        let given = if is_given(self.filter) { self.filter.value.as_str() } else { "" };
        if self.filter.filter_type == FilterType::FieldToField {
            let select = Select::new(self.part("other"), self.others(column)).blank("Choose a column").selected(given);
            return self.field("Column", "other", select).render();
        }
        match column {
            Some(column) if column.data_type == "boolean" => {
                let choices = vec![Choice::new("true", "yes"), Choice::new("false", "no")];
                self.field("Value", "value", Select::new(self.part("value"), choices).selected(given)).render()
            }
            Some(column) if column.is_date => self.range(given),
            Some(column) if !column.values.is_empty() && is_of_list(self.filter.operator) => self.items(column, given),
            Some(column) if !column.targets.is_empty() && filter_items(given).len() == 1 => {
                self.reference(column, given)
            }
            Some(column) if is_number(column.data_type) => {
                let input = Input::number(self.part("value")).value(given).placeholder("Number");
                self.field("Value", "value", input).render()
            }
            _ => {
                let input = Input::text(self.part("value")).value(given).placeholder("Value, or several with commas");
                self.field("Value", "value", input).render()
            }
        }
    }

    fn range(&self, given: &str) -> Markup {
        let is_day = Date::parse(given).is_some();
        let (name, count) = range_of(given);
        let mut choices = range_choices();
        choices.insert(0, Choice::new("DAY", "a day"));
        let selected = if is_day { "DAY".to_owned() } else { name };
        html! {
            (self.field("Days", "range", Select::new(self.part("range"), choices).selected(selected)))
            @if is_day { (self.field("Day", "day", Input::date(self.part("day")).value(given))) }
            @if let Some(count) = count { (self.field("Number", "count", Input::number(self.part("count")).value(count).min("1"))) }
        }
    }

    fn items(&self, column: &ColumnChoice, given: &str) -> Markup {
        let chosen: Vec<String> = filter_items(given).into_iter().filter(|item| !item.is_empty()).collect();
        let is_chosen = |value: &str| chosen.iter().any(|item| item.eq_ignore_ascii_case(value));
        let retired: Vec<&String> = chosen
            .iter()
            .filter(|item| !column.values.iter().any(|(value, _)| value.eq_ignore_ascii_case(item)))
            .collect();
        let words: Vec<&str> = column
            .values
            .iter()
            .filter(|(value, _)| is_chosen(value))
            .map(|(_, label)| label.as_str())
            .chain(retired.iter().map(|item| item.as_str()))
            .collect();
        let id = slug(&self.part("items"));
        let check = |at: usize, value: &str, label: &str, checked: bool| {
            let id = format!("{id}-{at}");
            html! {
                div.check {
                    input.checkbox type="checkbox" id=(id) name=(self.part("item")) value=(value) checked[checked];
                    label for=(id) { (label) }
                }
            }
        };
        html! {
            input type="hidden" name=(self.part("items")) value="1";
            details.builder-choices id=(id) {
                summary.control { @if words.is_empty() { span.muted { "Choose values" } } @else { span { (words.join(", ")) } } (crate::kit::Icon::ChevronDown) }
                div.builder-checks role="group" aria-label={ "Values of " (column.label) } {
                    @for (at, (value, label)) in column.values.iter().enumerate() { (check(at, value, label, is_chosen(value))) }
                    @for (at, item) in retired.iter().enumerate() { (check(column.values.len() + at, item, item, true)) }
                }
            }
        }
    }

    fn reference(&self, column: &ColumnChoice, given: &str) -> Markup {
        let target = column.targets.first().map(String::as_str).unwrap_or_default();
        let mut lookup =
            Lookup::new(self.part("ref"), address(&format!("/lookup/{target}"), [])).placeholder("Search by name");
        if let Ok(id) = RecordId::parse(given) {
            let name = name_of(self.ctx, id).unwrap_or_else(|| id.to_string());
            lookup = lookup.chosen(LookupChoice::new(given, name));
        }
        if let Some(typed) = self.problems.typed_at(&format!("{}.value", self.property)) {
            lookup = lookup.text(typed);
        }
        self.field("Record", "ref", lookup).render()
    }
}
