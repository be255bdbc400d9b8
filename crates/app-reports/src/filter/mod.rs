//! Filters of a report as conditions of a query: one column, one operator, a list of values.

pub(crate) mod days;
mod items;
mod logic;

pub(crate) use logic::combine;

use crate::column::{BoundColumn, Surroundings, shown};
use crate::definition::{FilterType, Operator, ReportFilter, refused};
use days::Days;
use items::items;
use model::schema::FieldType;
use model::{Date, RecordId, Result, parse_decimal};
use soql::ast::{CompareOp, Cond, Expr, Literal, LiteralValue, Predicate};

/// The condition of one filter. `property` is its place in the definition.
///
/// # Errors
/// Names the property for an operator that the column's type does not have, or a value that is none of its type.
pub(crate) fn condition(
    column: &BoundColumn,
    filter: &ReportFilter,
    property: &str,
    around: &Surroundings,
) -> Result<Cond> {
    let reading = Reading { column, filter, property, around };
    if filter.filter_type == FilterType::FieldToField {
        return Err(reading.refuse("comparing two columns is not supported; compare the column with a value."));
    }
    // Sealed values are equal or not; what is in them the store cannot tell.
    let by_equality = matches!(filter.operator, Operator::Equals | Operator::NotEqual);
    if column.sealing.is_sealed() && !(column.is_filterable() && by_equality) {
        return Err(reading.no_operator());
    }
    match &column.data_type {
        FieldType::Boolean => reading.boolean(),
        FieldType::Date | FieldType::DateTime => reading.days(),
        FieldType::Id | FieldType::Reference(_) => reading.ids(),
        FieldType::MultiPicklist { .. } => reading.choices(),
        data_type if data_type.is_number() => reading.numbers(),
        data_type if data_type.is_text() && data_type.is_filterable() => reading.texts(),
        _ => Err(reading.refuse("the column cannot be filtered.")),
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

    fn left(&self) -> Expr {
        Expr::field(&self.column.path)
    }

    fn compare(&self, op: CompareOp, value: LiteralValue) -> Cond {
        Cond::compare(self.left(), op, Literal::new(value))
    }

    /// `=` to one of several values, or to none of them.
    fn any_equal(&self, values: Vec<LiteralValue>) -> Result<Cond> {
        let negated = match self.filter.operator {
            Operator::Equals => false,
            Operator::NotEqual => true,
            _ => return Err(self.no_operator()),
        };
        let conds = values.into_iter().map(|value| self.compare(CompareOp::Eq, value)).collect();
        Ok(negate_if(negated, any(conds)))
    }

    fn boolean(&self) -> Result<Cond> {
        let values = items(&self.filter.value)
            .iter()
            .map(|item| match item.to_ascii_lowercase().as_str() {
                "true" | "1" | "yes" => Ok(LiteralValue::Bool(true)),
                "false" | "0" | "no" | "" => Ok(LiteralValue::Bool(false)),
                _ => Err(self.refuse(format!("\"{}\" is neither true nor false.", shown(item)))),
            })
            .collect::<Result<_>>()?;
        self.any_equal(values)
    }

    fn ids(&self) -> Result<Cond> {
        let values = items(&self.filter.value)
            .into_iter()
            .map(|item| match item.as_str() {
                "" => Ok(LiteralValue::Null),
                text => match RecordId::parse(text) {
                    Ok(id) => Ok(LiteralValue::Text(id.to_string())),
                    Err(_) => Err(self.refuse(format!("\"{}\" is no record id.", shown(text)))),
                },
            })
            .collect::<Result<_>>()?;
        self.any_equal(values)
    }

    fn numbers(&self) -> Result<Cond> {
        let read = |text: &str| {
            parse_decimal(text)
                .map(LiteralValue::Number)
                .ok_or_else(|| self.refuse(format!("\"{}\" is not a number.", shown(text))))
        };
        if let Some(op) = self.order() {
            // One number, which may group its digits: 100,000.
            return Ok(self.compare(op, read(&self.filter.value.replace(',', ""))?));
        }
        let values = items(&self.filter.value)
            .iter()
            .map(|item| if item.is_empty() { Ok(LiteralValue::Null) } else { read(item) })
            .collect::<Result<_>>()?;
        self.any_equal(values)
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

    fn texts(&self) -> Result<Cond> {
        let items = items(&self.filter.value);
        if let Some(op) = self.order() {
            let conds = items.into_iter().map(|item| self.compare(op, LiteralValue::Text(item))).collect();
            return Ok(any(conds));
        }
        let (negated, before, after) = match self.filter.operator {
            Operator::Contains => (false, "%", "%"),
            Operator::NotContain => (true, "%", "%"),
            Operator::StartsWith => (false, "", "%"),
            _ => return self.any_equal(items.into_iter().map(text_or_null).collect()),
        };
        let conds = items
            .iter()
            .map(|item| {
                Cond::test(self.left(), Predicate::Like { pattern: format!("{before}{}{after}", escape_like(item)) })
            })
            .collect();
        Ok(negate_if(negated, any(conds)))
    }

    fn choices(&self) -> Result<Cond> {
        let items = items(&self.filter.value);
        let negated = match self.filter.operator {
            Operator::Includes => false,
            Operator::Excludes => true,
            _ => return self.any_equal(items.into_iter().map(text_or_null).collect()),
        };
        let groups = items.into_iter().map(Literal::text).collect();
        Ok(Cond::test(self.left(), Predicate::Includes { groups, negated }))
    }

    fn days(&self) -> Result<Cond> {
        let mut conds = Vec::new();
        for item in items(&self.filter.value) {
            if item.is_empty() {
                conds.push(self.compare(CompareOp::Eq, LiteralValue::Null));
                continue;
            }
            let days = Days::parse(&item, self.around).ok_or_else(|| {
                self.refuse(format!(
                    "\"{}\" is neither a date such as 2026-11-21 nor a range such as THIS_MONTH.",
                    shown(&item)
                ))
            })?;
            conds.push(match self.filter.operator {
                Operator::Equals | Operator::NotEqual => {
                    within(self.column, Some(days.first), Some(days.after), self.around)
                }
                Operator::LessThan => before(self.column, days.first, self.around),
                Operator::LessOrEqual => before(self.column, days.after, self.around),
                Operator::GreaterThan => from(self.column, days.after, self.around),
                Operator::GreaterOrEqual => from(self.column, days.first, self.around),
                _ => return Err(self.no_operator()),
            });
        }
        match self.filter.operator {
            Operator::Equals => Ok(any(conds)),
            Operator::NotEqual => Ok(negate_if(true, any(conds))),
            _ if self.filter.value.trim().is_empty() => Err(self.refuse("the operator needs a date.")),
            _ => Ok(any(conds)),
        }
    }
}

fn text_or_null(item: String) -> LiteralValue {
    if item.is_empty() { LiteralValue::Null } else { LiteralValue::Text(item) }
}

/// At least one of these; the list is never empty, because a value always has an item.
fn any(mut conds: Vec<Cond>) -> Cond {
    if conds.len() == 1 { conds.remove(0) } else { Cond::Or(conds) }
}

fn negate_if(negated: bool, cond: Cond) -> Cond {
    if negated { Cond::Not(Box::new(cond)) } else { cond }
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

/// The start of a day for a date column, its first instant in the reader's zone for an instant.
fn edge(column: &BoundColumn, day: Date, around: &Surroundings) -> Literal {
    Literal::new(match column.data_type {
        FieldType::DateTime => LiteralValue::DateTime(day.start_in(&around.zone)),
        _ => LiteralValue::Date(day),
    })
}

fn before(column: &BoundColumn, day: Date, around: &Surroundings) -> Cond {
    Cond::compare(Expr::field(&column.path), CompareOp::Lt, edge(column, day, around))
}

fn from(column: &BoundColumn, day: Date, around: &Surroundings) -> Cond {
    Cond::compare(Expr::field(&column.path), CompareOp::Ge, edge(column, day, around))
}

/// The days from `first` until before `after`; an end that is open is no condition.
pub(crate) fn within(column: &BoundColumn, first: Option<Date>, after: Option<Date>, around: &Surroundings) -> Cond {
    let mut conds: Vec<Cond> = Vec::with_capacity(2);
    conds.extend(first.map(|day| from(column, day, around)));
    conds.extend(after.map(|day| before(column, day, around)));
    if conds.len() == 1 { conds.remove(0) } else { Cond::And(conds) }
}
