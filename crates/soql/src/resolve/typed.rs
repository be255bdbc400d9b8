//! Expressions with the type of their value.

use super::path::field_ref;
use crate::ast::Position;
use crate::plan::{Aggregate, DateFunction, Expr, SourceIx};
use model::{FieldSchema, FieldType};

/// What a value can be compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ValueKind {
    Text,
    MultiPicklist,
    Id,
    Bool,
    Int,
    Number,
    Date,
    DateTime,
    Time,
    /// An address or a location: shown, never compared.
    Compound,
}

#[derive(Clone, Debug)]
pub(super) struct Typed<'a> {
    pub(super) expr: Expr,
    pub(super) kind: ValueKind,
    /// What messages call it: the name of the field or function.
    pub(super) name: &'a str,
    /// The field, when the expression is nothing but one.
    pub(super) field: Option<&'a FieldSchema>,
    /// Computed from sealed values: it is shown, and nothing else can be asked of it.
    pub(super) from_sealed: bool,
    pub(super) position: Position,
}

impl<'a> Typed<'a> {
    pub(super) fn field(source: SourceIx, field: &'a FieldSchema, position: Position) -> Self {
        let expr = Expr::Field(field_ref(source, field.ix, position));
        let kind = ValueKind::of(field.data_type());
        Self { expr, kind, name: field.name(), field: Some(field), from_sealed: false, position }
    }

    /// The name of its type in messages.
    pub(super) fn type_name(&self) -> &'static str {
        match self.field.map(|field| field.data_type().api_name()) {
            Some("datetime") => "dateTime",
            Some(name) => name,
            None => self.kind.name(),
        }
    }
}

impl ValueKind {
    pub(super) fn of(data_type: &FieldType) -> Self {
        match data_type.value_type() {
            FieldType::Id | FieldType::Reference(_) => ValueKind::Id,
            FieldType::MultiPicklist { .. } => ValueKind::MultiPicklist,
            FieldType::Boolean => ValueKind::Bool,
            FieldType::Int => ValueKind::Int,
            FieldType::Number { .. } | FieldType::Currency { .. } | FieldType::Percent { .. } => ValueKind::Number,
            FieldType::Date => ValueKind::Date,
            FieldType::DateTime => ValueKind::DateTime,
            FieldType::Time => ValueKind::Time,
            other if other.is_text() => ValueKind::Text,
            _ => ValueKind::Compound,
        }
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            ValueKind::Text => "string",
            ValueKind::MultiPicklist => "multipicklist",
            ValueKind::Id => "id",
            ValueKind::Bool => "boolean",
            ValueKind::Int => "int",
            ValueKind::Number => "double",
            ValueKind::Date => "date",
            ValueKind::DateTime => "dateTime",
            ValueKind::Time => "time",
            ValueKind::Compound => "address",
        }
    }

    /// Whether its literals stand in quotes.
    pub(super) const fn is_quoted(self) -> bool {
        matches!(self, ValueKind::Text | ValueKind::MultiPicklist | ValueKind::Id)
    }
}

/// The type of an aggregate over values of a type.
pub(super) const fn aggregate_kind(function: Aggregate, argument: ValueKind) -> ValueKind {
    match (function, argument) {
        (Aggregate::Count | Aggregate::CountDistinct, _) | (Aggregate::Sum, ValueKind::Int) => ValueKind::Int,
        (Aggregate::Sum | Aggregate::Avg, _) => ValueKind::Number,
        (Aggregate::Min | Aggregate::Max, kind) => kind,
    }
}

pub(super) const fn date_function_kind(function: DateFunction) -> ValueKind {
    match function {
        DateFunction::DayOnly => ValueKind::Date,
        _ => ValueKind::Int,
    }
}
