//! Filters of a report: one column, one operator, a list of values, read once into a [`Check`] that the store answers as a
//! condition of a query and that answers here for columns which are computed here.

mod check;
pub(crate) mod days;
pub(crate) mod items;
mod logic;
pub(crate) mod rewrite;

pub(crate) use check::{Check, DaySpan};
pub(crate) use logic::Logic;

use crate::column::{Base, BoundColumn, ColumnAt, Surroundings, shown};
use crate::definition::{FilterType, Operator, ReportFilter, refused};
use days::Days;
use items::items;
use model::schema::FieldType;
use model::{RecordId, Result, Value, Zone, parse_decimal};
use soql::ast::{CompareOp, Cond};

/// A filter tied to its column.
#[derive(Clone, Debug)]
pub(crate) struct BoundFilter {
    pub(crate) column: BoundColumn,
    pub(crate) check: Check,
    zone: Zone,
}

impl BoundFilter {
    /// Ties a filter. `property` is its place in the definition.
    ///
    /// # Errors
    /// Names the property for an operator that the column's type does not have, or a value that is none of its type.
    pub(crate) fn bind(
        base: &mut Base<'_>,
        filter: &ReportFilter,
        property: &str,
        around: &Surroundings,
    ) -> Result<Self> {
        let column = base.readable(&format!("{property}.column"), &filter.column)?;
        let reading = Reading { column: &column, filter, property, around };
        let check = match filter.filter_type {
            FilterType::FieldToField => reading.other_column(base)?,
            FilterType::FieldValue => reading.check()?,
        };
        Ok(Self::new(column, check, around))
    }

    pub(crate) fn new(column: BoundColumn, check: Check, around: &Surroundings) -> Self {
        Self { column, check, zone: around.zone.clone() }
    }

    /// The condition of a query on the column's path; none for what the store cannot answer.
    pub(crate) fn cond(&self, path: &str) -> Option<Cond> {
        self.check.cond(path, &self.column.data_type, &self.zone)
    }

    /// The columns that it looks at.
    pub(crate) fn columns(&self) -> Vec<&BoundColumn> {
        match &self.check {
            Check::Column { other, .. } => vec![&self.column, other],
            _ => vec![&self.column],
        }
    }

    /// Whether a blank passes.
    pub(crate) fn holds_blank(&self) -> bool {
        self.check.holds(&Value::Null, &self.zone)
    }

    /// Whether the store can answer it.
    pub(crate) fn is_for_the_store(&self) -> bool {
        matches!(self.column.at, ColumnAt::Input(_)) && !matches!(self.check, Check::Column { .. })
    }

    /// Whether a row of inputs passes.
    pub(crate) fn holds(&self, base: &Base<'_>, around: &Surroundings, row: &[Value]) -> bool {
        let value = base.value(around, row, self.column.at);
        match &self.check {
            Check::Column { op, other } => check::compares(*op, &value, &base.value(around, row, other.at)),
            check => check.holds(&value, &self.zone),
        }
    }
}

const ORDERED: &[Operator] = &[
    Operator::Equals,
    Operator::NotEqual,
    Operator::LessThan,
    Operator::GreaterThan,
    Operator::LessOrEqual,
    Operator::GreaterOrEqual,
];
const TEXTS: &[Operator] = &[
    Operator::Equals,
    Operator::NotEqual,
    Operator::LessThan,
    Operator::GreaterThan,
    Operator::LessOrEqual,
    Operator::GreaterOrEqual,
    Operator::Contains,
    Operator::NotContain,
    Operator::StartsWith,
];
const CHOICES: &[Operator] = &[Operator::Equals, Operator::NotEqual, Operator::Includes, Operator::Excludes];
const EQUALITY: &[Operator] = &[Operator::Equals, Operator::NotEqual];

/// The operators of filters on columns of a type.
pub(crate) fn operators_of(data_type: &FieldType) -> &'static [Operator] {
    match data_type {
        FieldType::Boolean | FieldType::Id | FieldType::Reference(_) => EQUALITY,
        FieldType::MultiPicklist { .. } => CHOICES,
        FieldType::Date | FieldType::DateTime => ORDERED,
        data_type if data_type.is_number() => ORDERED,
        data_type if data_type.is_text() && data_type.is_filterable() => TEXTS,
        _ => &[],
    }
}

/// The operators of filters on a column: sealed values are equal or not; what is in them the store cannot tell.
pub(crate) fn operators(column: &BoundColumn) -> &'static [Operator] {
    match (column.sealing.is_sealed(), column.is_filterable()) {
        (_, false) => &[],
        (true, true) => EQUALITY,
        (false, true) => operators_of(&column.data_type),
    }
}

struct Reading<'a> {
    column: &'a BoundColumn,
    filter: &'a ReportFilter,
    property: &'a str,
    around: &'a Surroundings,
}

impl Reading<'_> {
    fn refuse(&self, words: impl std::fmt::Display) -> model::Error {
        refused(self.property, format!("{}: {words}", self.column.label))
    }

    fn no_operator(&self) -> model::Error {
        self.refuse(format!("the operator {} does not fit this column.", self.filter.operator.as_str()))
    }

    fn check(&self) -> Result<Check> {
        let operators = operators(self.column);
        if operators.is_empty() {
            return Err(self.refuse("the column cannot be filtered."));
        }
        if !operators.contains(&self.filter.operator) {
            return Err(self.no_operator());
        }
        match &self.column.data_type {
            FieldType::Boolean => self.boolean(),
            FieldType::Date | FieldType::DateTime => self.days(),
            FieldType::Id | FieldType::Reference(_) => self.ids(),
            FieldType::MultiPicklist { .. } => self.choices(),
            data_type if data_type.is_number() => self.numbers(),
            data_type if data_type.is_text() && data_type.is_filterable() => self.texts(),
            _ => Err(self.refuse("the column cannot be filtered.")),
        }
    }

    /// The column beside another of the same type.
    fn other_column(&self, base: &mut Base<'_>) -> Result<Check> {
        let other = base.readable(&format!("{}.value", self.property), &self.filter.value)?;
        for column in [self.column, &other] {
            if column.sealing.is_sealed() || !column.data_type.is_filterable() {
                return Err(self.refuse(format!("{} cannot be compared with another column.", column.label)));
            }
        }
        let kind = |data_type: &FieldType| match data_type {
            data_type if data_type.is_number() => "number",
            data_type if data_type.is_text() => "text",
            data_type if data_type.is_id() => "id",
            other => other.api_name(),
        };
        let (left, right) = (kind(&self.column.data_type), kind(&other.data_type));
        if left != right {
            return Err(self.refuse(format!("is a {left} and {} a {right}; compare columns of one type.", other.label)));
        }
        let is_ordered =
            !matches!(left, "id" | "boolean") && !matches!(self.column.data_type, FieldType::MultiPicklist { .. });
        match self.filter.operator {
            op @ (Operator::Equals | Operator::NotEqual) => Ok(Check::Column { op, other }),
            op if is_ordered && self.order().is_some() => Ok(Check::Column { op, other }),
            _ => Err(self.no_operator()),
        }
    }

    /// One of several values, or none of them.
    fn one_of(&self, values: Vec<Value>) -> Result<Check> {
        let negated = match self.filter.operator {
            Operator::Equals => false,
            Operator::NotEqual => true,
            _ => return Err(self.no_operator()),
        };
        Ok(Check::OneOf { values, negated })
    }

    fn boolean(&self) -> Result<Check> {
        let values = items(&self.filter.value)
            .iter()
            .map(|item| match item.to_ascii_lowercase().as_str() {
                "true" | "1" | "yes" => Ok(Value::Bool(true)),
                "false" | "0" | "no" | "" => Ok(Value::Bool(false)),
                _ => Err(self.refuse(format!("\"{}\" is neither true nor false.", shown(item)))),
            })
            .collect::<Result<_>>()?;
        self.one_of(values)
    }

    fn ids(&self) -> Result<Check> {
        let values = items(&self.filter.value)
            .into_iter()
            .map(|item| match item.as_str() {
                "" => Ok(Value::Null),
                text => RecordId::parse(text)
                    .map(Value::Id)
                    .map_err(|_| self.refuse(format!("\"{}\" is no record id.", shown(text)))),
            })
            .collect::<Result<_>>()?;
        self.one_of(values)
    }

    fn numbers(&self) -> Result<Check> {
        let read = |text: &str| {
            parse_decimal(text)
                .map(Value::Number)
                .ok_or_else(|| self.refuse(format!("\"{}\" is not a number.", shown(text))))
        };
        if let Some(op) = self.order() {
            // One number, which may group its digits: 100,000.
            return Ok(Check::Order { op, values: vec![read(&self.filter.value.replace(',', ""))?] });
        }
        let values = items(&self.filter.value)
            .iter()
            .map(|item| if item.is_empty() { Ok(Value::Null) } else { read(item) })
            .collect::<Result<_>>()?;
        self.one_of(values)
    }

    fn order(&self) -> Option<CompareOp> {
        match self.filter.operator {
            Operator::LessThan => Some(CompareOp::Lt),
            Operator::GreaterThan => Some(CompareOp::Gt),
            Operator::LessOrEqual => Some(CompareOp::Le),
            Operator::GreaterOrEqual => Some(CompareOp::Ge),
            _ => None,
        }
    }

    fn texts(&self) -> Result<Check> {
        let items = items(&self.filter.value);
        if let Some(op) = self.order() {
            if items.iter().any(String::is_empty) {
                return Err(self.refuse(format!("the operator {} needs a text.", self.filter.operator.as_str())));
            }
            return Ok(Check::Order { op, values: items.into_iter().map(Value::Text).collect() });
        }
        let (negated, before, after) = match self.filter.operator {
            Operator::Contains => (false, "%", "%"),
            Operator::NotContain => (true, "%", "%"),
            Operator::StartsWith => (false, "", "%"),
            _ => return self.one_of(items.into_iter().map(text_or_null).collect()),
        };
        let patterns = items.iter().map(|item| format!("{before}{}{after}", escape_like(item))).collect();
        Ok(Check::Like { patterns, negated })
    }

    fn choices(&self) -> Result<Check> {
        let items = items(&self.filter.value);
        let negated = match self.filter.operator {
            Operator::Includes => false,
            Operator::Excludes => true,
            _ => return self.one_of(items.into_iter().map(text_or_null).collect()),
        };
        Ok(Check::Includes { groups: items, negated })
    }

    fn days(&self) -> Result<Check> {
        let mut spans = Vec::new();
        let mut blank = false;
        for item in items(&self.filter.value) {
            if item.is_empty() {
                blank = true;
                continue;
            }
            let days = Days::parse(&item, self.around).ok_or_else(|| {
                self.refuse(format!(
                    "\"{}\" is neither a date such as 2026-11-21 nor a range such as THIS_MONTH.",
                    shown(&item)
                ))
            })?;
            let (first, after) = match self.filter.operator {
                Operator::Equals | Operator::NotEqual => (Some(days.first), Some(days.after)),
                Operator::LessThan => (None, Some(days.first)),
                Operator::LessOrEqual => (None, Some(days.after)),
                Operator::GreaterThan => (Some(days.after), None),
                Operator::GreaterOrEqual => (Some(days.first), None),
                _ => return Err(self.no_operator()),
            };
            spans.push(DaySpan { first, after });
        }
        let negated = match self.filter.operator {
            Operator::Equals => false,
            Operator::NotEqual => true,
            _ if blank => return Err(self.refuse("the operator needs a date.")),
            _ => false,
        };
        Ok(Check::Days { spans, blank, negated })
    }
}

fn text_or_null(item: String) -> Value {
    if item.is_empty() { Value::Null } else { Value::Text(item) }
}

fn escape_like(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
