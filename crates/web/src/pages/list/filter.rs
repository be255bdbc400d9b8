//! One condition of a list: as it stands in the address, in words, and in the query language.

use crate::show::Show;
use model::schema::FieldType;
use model::{Date, FieldSchema, ObjectSchema, RecordId, parse_decimal};
use platform::literal::{pattern, quoted};
use platform::{Ctx, QueryOptions};
use std::fmt;

/// How a field is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Op {
    Is,
    IsNot,
    Contains,
    Starts,
    AtLeast,
    AtMost,
    /// In a period that moves with the calendar.
    During,
    Blank,
    Filled,
}

const OPS: [(Op, &str); 9] = [
    (Op::Is, "is"),
    (Op::IsNot, "not"),
    (Op::Contains, "has"),
    (Op::Starts, "starts"),
    (Op::AtLeast, "ge"),
    (Op::AtMost, "le"),
    (Op::During, "in"),
    (Op::Blank, "blank"),
    (Op::Filled, "filled"),
];

/// Periods that move with the calendar, and their words.
pub(crate) const PERIODS: [(&str, &str); 16] = [
    ("TODAY", "today"),
    ("YESTERDAY", "yesterday"),
    ("TOMORROW", "tomorrow"),
    ("THIS_WEEK", "this week"),
    ("LAST_WEEK", "last week"),
    ("NEXT_WEEK", "next week"),
    ("THIS_MONTH", "this month"),
    ("LAST_MONTH", "last month"),
    ("NEXT_MONTH", "next month"),
    ("THIS_QUARTER", "this quarter"),
    ("LAST_QUARTER", "last quarter"),
    ("NEXT_QUARTER", "next quarter"),
    ("THIS_YEAR", "this year"),
    ("LAST_YEAR", "last year"),
    ("LAST_N_DAYS:30", "the last 30 days"),
    ("NEXT_N_DAYS:30", "the next 30 days"),
];

/// The value that stands for the reader.
pub(crate) const ME: &str = "me";

impl Op {
    pub(crate) fn name(self) -> &'static str {
        OPS.iter().find(|(op, _)| *op == self).map_or("is", |(_, name)| name)
    }

    pub(crate) fn parse(name: &str) -> Option<Self> {
        OPS.iter().find(|(_, known)| *known == name).map(|(op, _)| *op)
    }

    pub(crate) fn needs_value(self) -> bool {
        !matches!(self, Self::Blank | Self::Filled)
    }

    /// The words between a field and a value.
    pub(crate) fn words(self, field: &FieldSchema) -> &'static str {
        let is_date = matches!(field.data_type().value_type(), FieldType::Date | FieldType::DateTime);
        match self {
            Self::Is if is_date => "is on",
            Self::AtLeast if is_date => "is on or after",
            Self::AtMost if is_date => "is on or before",
            Self::Is => "is",
            Self::IsNot => "is not",
            Self::Contains => "contains",
            Self::Starts => "starts with",
            Self::AtLeast => "is at least",
            Self::AtMost => "is at most",
            Self::During => "is in",
            Self::Blank => "is blank",
            Self::Filled => "is filled in",
        }
    }

    /// The comparisons that make sense for a field.
    pub(crate) fn of(field: &FieldSchema) -> &'static [Op] {
        match field.data_type().value_type() {
            FieldType::Boolean => &[Op::Is],
            FieldType::Picklist { .. } => &[Op::Is, Op::IsNot, Op::Blank, Op::Filled],
            FieldType::MultiPicklist { .. } => &[Op::Is, Op::IsNot, Op::Blank, Op::Filled],
            FieldType::Reference(_) => &[Op::Is, Op::IsNot, Op::Blank, Op::Filled],
            FieldType::Date => &[Op::During, Op::Is, Op::AtLeast, Op::AtMost, Op::Blank, Op::Filled],
            FieldType::DateTime => &[Op::During, Op::AtLeast, Op::AtMost, Op::Blank, Op::Filled],
            data_type if data_type.is_number() => &[Op::AtLeast, Op::AtMost, Op::Is, Op::IsNot, Op::Blank, Op::Filled],
            data_type if data_type.is_text() => &[Op::Contains, Op::Starts, Op::Is, Op::IsNot, Op::Blank, Op::Filled],
            _ => &[],
        }
    }
}

/// A condition as the address has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Filter {
    pub(crate) field: String,
    pub(crate) op: Op,
    pub(crate) value: String,
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.field, self.op.name(), self.value)
    }
}

impl Filter {
    pub(crate) fn new(field: &str, op: Op, value: &str) -> Self {
        Self { field: field.to_owned(), op, value: value.to_owned() }
    }

    /// `Field:op:value`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, ':');
        let (field, op) = (parts.next()?, Op::parse(parts.next()?)?);
        Some(Self::new(field, op, parts.next().unwrap_or_default()))
    }

    /// The field, if the reader may filter by it.
    pub(crate) fn field<'o>(&self, ctx: &Ctx, object: &'o ObjectSchema) -> Option<&'o FieldSchema> {
        object
            .find_field(&self.field)
            .filter(|field| can_filter(ctx, object, field) && Op::of(field).contains(&self.op))
    }

    /// The condition in the query language; `None` for a value that the field cannot have.
    pub(crate) fn condition(&self, ctx: &Ctx, field: &FieldSchema) -> Option<String> {
        let name = field.name();
        let value = self.value.trim();
        let literal = || literal(ctx, field, value);
        Some(match self.op {
            Op::Blank => format!("{name} = null"),
            Op::Filled => format!("{name} != null"),
            Op::During => {
                PERIODS.iter().find(|(known, _)| *known == value).map(|(period, _)| format!("{name} = {period}"))?
            }
            Op::Contains => format!("{name} LIKE {}", pattern(value, true)),
            Op::Starts => format!("{name} LIKE {}", pattern(value, false)),
            Op::Is if is_multiple(field) => format!("{name} INCLUDES ({})", quoted(value)),
            Op::IsNot if is_multiple(field) => format!("{name} EXCLUDES ({})", quoted(value)),
            Op::Is => format!("{name} = {}", literal()?),
            Op::IsNot => format!("{name} != {}", literal()?),
            Op::AtLeast => format!("{name} >= {}", literal()?),
            // The whole of the last day belongs to it.
            Op::AtMost if *field.data_type().value_type() == FieldType::DateTime => {
                let next = Date::parse(value)?.plus_days(1).start_in(&ctx.user().zone);
                format!("{name} < {}", next.to_timestamp())
            }
            Op::AtMost => format!("{name} <= {}", literal()?),
        })
    }

    /// What stands behind the field's name on its chip.
    pub(crate) fn words(&self, ctx: &Ctx, show: &Show, field: &FieldSchema) -> String {
        let verb = self.op.words(field);
        if !self.op.needs_value() {
            return verb.to_owned();
        }
        let value = self.value.trim();
        let shown = match field.data_type().value_type() {
            _ if self.op == Op::During => {
                PERIODS.iter().find(|(known, _)| *known == value).map_or(value, |(_, words)| words).to_owned()
            }
            FieldType::Boolean => {
                if value == "true" {
                    "yes".to_owned()
                } else {
                    "no".to_owned()
                }
            }
            FieldType::Reference(_) if value == ME => "you".to_owned(),
            FieldType::Reference(_) => RecordId::parse(value)
                .ok()
                .and_then(|id| name_of(ctx, id))
                .unwrap_or_else(|| "a record you cannot see".to_owned()),
            FieldType::Date | FieldType::DateTime => {
                Date::parse(value).map_or_else(|| value.to_owned(), |date| show.formats.date(date))
            }
            _ => value.to_owned(),
        };
        format!("{verb} {shown}")
    }
}

fn is_multiple(field: &FieldSchema) -> bool {
    matches!(field.data_type().value_type(), FieldType::MultiPicklist { .. })
}

/// Whether the reader may filter a list by a field.
pub(crate) fn can_filter(ctx: &Ctx, object: &ObjectSchema, field: &FieldSchema) -> bool {
    ctx.can_read_field(object.ix, field.ix)
        && field.is_filterable()
        && field.data_type().is_stored()
        && !Op::of(field).is_empty()
}

fn literal(ctx: &Ctx, field: &FieldSchema, value: &str) -> Option<String> {
    Some(match field.data_type().value_type() {
        FieldType::Boolean => {
            if value == "true" {
                "true".to_owned()
            } else {
                "false".to_owned()
            }
        }
        FieldType::Reference(_) if value == ME => format!("'{}'", ctx.user_id()?),
        FieldType::Reference(_) => format!("'{}'", RecordId::parse(value).ok()?),
        FieldType::Date => Date::parse(value)?.to_string(),
        FieldType::DateTime => Date::parse(value)?.start_in(&ctx.user().zone).to_timestamp().to_string(),
        data_type if data_type.is_number() => parse_decimal(value)?.to_string(),
        data_type if data_type.is_text() => quoted(value),
        _ => return None,
    })
}

/// The name of a record, if the reader may see it.
pub(crate) fn name_of(ctx: &Ctx, id: RecordId) -> Option<String> {
    let object = ctx.schema().find_by_prefix(id.prefix())?;
    let name = object.name_field();
    let text = format!("SELECT {} FROM {} WHERE Id = '{id}'", name.name(), object.name());
    let (_, rows) = ctx.query_all_rows(&text, QueryOptions::default()).ok()?;
    Some(rows.first()?.cells.first()?.value().to_plain())
}
