//! Figures over groups of rows. Sums are exact; averages and unique counts come from the rows themselves, never from
//! figures of smaller groups.

use crate::column::{BoundColumn, Surroundings, shown};
use crate::definition::refused;
use crate::run::order::compare;
use model::{Decimal, Error, ErrorCode, ObjectSchema, Result, Value, round_to_scale, text};
use platform::Ctx;
use render::ColumnKind;
use std::cmp::Ordering;
use std::collections::HashSet;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Function {
    RowCount,
    Sum,
    Average,
    Minimum,
    Maximum,
    Unique,
}

impl Function {
    fn words(self) -> &'static str {
        match self {
            Self::RowCount => "Record count",
            Self::Sum => "Sum of",
            Self::Average => "Average of",
            Self::Minimum => "Smallest",
            Self::Maximum => "Largest",
            Self::Unique => "Unique",
        }
    }
}

/// An aggregate tied to its column.
#[derive(Clone, Debug)]
pub(crate) struct BoundAggregate {
    /// As the definition names it.
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) function: Function,
    /// None for the count of rows.
    pub(crate) column: Option<BoundColumn>,
    pub(crate) kind: ColumnKind,
}

impl BoundAggregate {
    /// Ties `RowCount` or `s!Amount`; none for a column that the reader may not see.
    ///
    /// # Errors
    /// Names the property for an unknown function or column, or a column of a type that the function does not take.
    pub(crate) fn bind(
        ctx: &Ctx,
        root: &ObjectSchema,
        property: &str,
        name: &str,
        around: &Surroundings,
    ) -> Result<Option<Self>> {
        if name == "RowCount" {
            let label = Function::RowCount.words().to_owned();
            let kind = ColumnKind::Number { scale: 0 };
            return Ok(Some(Self { name: name.to_owned(), label, function: Function::RowCount, column: None, kind }));
        }
        let unknown = || {
            refused(
                property,
                format!("\"{}\" is neither RowCount nor a column behind s!, a!, m!, x! or u!.", shown(name)),
            )
        };
        let (letter, path) = name.split_once('!').ok_or_else(unknown)?;
        let function = match letter {
            "s" => Function::Sum,
            "a" => Function::Average,
            "m" => Function::Minimum,
            "x" => Function::Maximum,
            "u" => Function::Unique,
            _ => return Err(unknown()),
        };
        let column = BoundColumn::bind(ctx, root, property, path)?;
        if !column.is_readable {
            return Ok(None);
        }
        let fits = match function {
            Function::Sum | Function::Average | Function::Minimum | Function::Maximum if column.sealing.is_sealed() => {
                false
            }
            Function::Sum | Function::Average => column.data_type.is_number(),
            Function::Minimum | Function::Maximum => column.data_type.is_number() || column.is_date(),
            Function::Unique | Function::RowCount => column.is_filterable(),
        };
        if !fits {
            return Err(refused(property, format!("{} is not of a type that this aggregate takes.", column.label)));
        }
        let kind = match (function, column.kind(around)) {
            (Function::Unique, _) => ColumnKind::Number { scale: 0 },
            (Function::Average, ColumnKind::Number { scale }) => ColumnKind::Number { scale: scale.max(2) },
            (Function::Average, ColumnKind::Percent { scale }) => ColumnKind::Percent { scale: scale.max(2) },
            (_, kind) => kind,
        };
        let label = format!("{} {}", function.words(), column.label);
        Ok(Some(Self { name: name.to_owned(), label, function, column: Some(column), kind }))
    }

    /// Whether the figures of parts give the figure of the whole.
    pub(crate) fn is_mergeable(&self) -> bool {
        match (&self.column, self.function) {
            (None, _) => true,
            (Some(_), Function::Unique) => false,
            (Some(column), _) => column.data_type.is_aggregatable(),
        }
    }

    /// Whether figures of groups may be added up.
    pub(crate) fn is_additive(&self) -> bool {
        matches!(self.function, Function::RowCount | Function::Sum)
    }

    /// The functions of the query language that a group's figure is made from, each with a letter for its name.
    pub(crate) fn partials(&self) -> &'static [(&'static str, char)] {
        match self.function {
            Function::RowCount | Function::Unique => &[],
            Function::Sum => &[("SUM", 's')],
            Function::Average => &[("SUM", 's'), ("COUNT", 'c')],
            Function::Minimum => &[("MIN", 'm')],
            Function::Maximum => &[("MAX", 'x')],
        }
    }
}

/// What is known of one aggregate over some rows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Partial {
    /// Values that are not blank.
    count: u64,
    sum: Decimal,
    extreme: Value,
    seen: HashSet<Value>,
}

impl Partial {
    /// One row's value.
    pub(crate) fn of_value(function: Function, value: &Value) -> Self {
        let mut partial = Self::default();
        if value.is_null() || matches!(value, Value::Text(text) if text.is_empty()) {
            return partial;
        }
        partial.count = 1;
        match function {
            Function::RowCount => {}
            Function::Sum | Function::Average => partial.sum = value.as_decimal().unwrap_or_default(),
            Function::Minimum | Function::Maximum => partial.extreme = value.clone(),
            Function::Unique => {
                // Texts that a filter takes for equal are one.
                partial.seen.insert(match value {
                    Value::Text(content) => Value::Text(text::fold(content)),
                    other => other.clone(),
                });
            }
        }
        partial
    }

    /// The figures of one group, in the order of [`BoundAggregate::partials`].
    pub(crate) fn of_group(function: Function, figures: &[Value]) -> Self {
        let first = figures.first().cloned().unwrap_or_default();
        let mut partial = Self::default();
        match function {
            Function::Sum | Function::Average => {
                partial.sum = first.as_decimal().unwrap_or_default();
                partial.count =
                    figures.get(1).and_then(Value::as_decimal).and_then(|count| u64::try_from(count).ok()).unwrap_or(0);
            }
            Function::Minimum | Function::Maximum => partial.extreme = first,
            Function::RowCount | Function::Unique => {}
        }
        partial
    }

    /// Adds what is known of other rows.
    ///
    /// # Errors
    /// For a sum of more than 28 digits.
    pub(crate) fn add(&mut self, function: Function, other: &Self) -> Result<()> {
        self.count += other.count;
        self.sum = self.sum.checked_add(other.sum).ok_or_else(|| {
            Error::new(
                ErrorCode::NumberOutsideValidRange,
                "A total of the report has more than 28 digits. Narrow the report.",
            )
        })?;
        let wanted = match function {
            Function::Minimum => Ordering::Less,
            Function::Maximum => Ordering::Greater,
            _ => Ordering::Equal,
        };
        if !other.extreme.is_null() && (self.extreme.is_null() || compare(&other.extreme, &self.extreme) == wanted) {
            self.extreme = other.extreme.clone();
        }
        self.seen.extend(other.seen.iter().cloned());
        Ok(())
    }

    /// The figure over `rows` rows.
    pub(crate) fn figure(&self, aggregate: &BoundAggregate, rows: u64) -> Value {
        match aggregate.function {
            Function::RowCount => whole(rows),
            Function::Sum => Value::Number(self.sum),
            Function::Average if self.count == 0 => Value::Null,
            Function::Average => {
                let average = self.sum / Decimal::from(self.count);
                Value::Number(round_to_scale(average, aggregate.kind.scale().unwrap_or(2)))
            }
            Function::Minimum | Function::Maximum => self.extreme.clone(),
            Function::Unique => whole(self.seen.len() as u64),
        }
    }
}

fn whole(number: u64) -> Value {
    Value::Int(i64::try_from(number).unwrap_or(i64::MAX))
}
