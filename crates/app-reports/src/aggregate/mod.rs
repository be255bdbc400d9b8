//! Figures over groups of rows: aggregates of columns, the count of rows, and formulas over those.

mod partial;
mod summary;

pub(crate) use partial::Partial;
pub(crate) use summary::{BoundSummary, Cells, Levels};

use crate::column::{Base, BoundColumn, ColumnAt, Surroundings, shown};
use crate::definition::refused;
use model::Result;
use render::ColumnKind;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Function {
    RowCount,
    Sum,
    Average,
    Minimum,
    Maximum,
    Unique,
    Median,
    /// Computed from other aggregates of the same group.
    Formula,
}

impl Function {
    /// The functions over a column, each with its letter and its word in a formula.
    pub(crate) const OF_COLUMNS: [(Self, &'static str, &'static str); 6] = [
        (Self::Sum, "s", "SUM"),
        (Self::Average, "a", "AVG"),
        (Self::Minimum, "m", "MIN"),
        (Self::Maximum, "x", "MAX"),
        (Self::Unique, "u", "UNIQUE"),
        (Self::Median, "d", "MEDIAN"),
    ];

    fn words(self) -> &'static str {
        match self {
            Self::RowCount => "Record count",
            Self::Sum => "Sum of",
            Self::Average => "Average of",
            Self::Minimum => "Smallest",
            Self::Maximum => "Largest",
            Self::Unique => "Unique",
            Self::Median => "Median of",
            Self::Formula => "",
        }
    }

    /// `Sum of Amount`.
    pub(crate) fn label_of(self, column: &BoundColumn) -> String {
        format!("{} {}", self.words(), column.label)
    }

    /// Whether a column has this figure.
    pub(crate) fn takes(self, column: &BoundColumn) -> bool {
        let is_open = !column.sealing.is_sealed();
        match self {
            Self::Sum | Self::Average | Self::Median => is_open && column.data_type.is_number(),
            Self::Minimum | Self::Maximum => is_open && (column.data_type.is_number() || column.is_date()),
            Self::Unique => column.is_filterable(),
            Self::RowCount | Self::Formula => false,
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
    /// None for the count of rows and for formulas.
    pub(crate) column: Option<BoundColumn>,
    pub(crate) kind: ColumnKind,
}

impl BoundAggregate {
    pub(crate) fn row_count(name: &str) -> Self {
        let label = Function::RowCount.words().to_owned();
        let kind = ColumnKind::Number { scale: 0 };
        Self { name: name.to_owned(), label, function: Function::RowCount, column: None, kind }
    }

    /// Ties `RowCount` or `s!Amount`; none for a column that the reader may not see.
    ///
    /// # Errors
    /// Names the property for an unknown function or column, or a column of a type that the function does not take.
    pub(crate) fn bind(base: &mut Base<'_>, property: &str, name: &str, around: &Surroundings) -> Result<Option<Self>> {
        if name == "RowCount" {
            return Ok(Some(Self::row_count(name)));
        }
        let unknown = || {
            let words =
                "is neither RowCount, nor a column behind s!, a!, m!, x!, u! or d!, nor a formula of the report.";
            refused(property, format!("\"{}\" {words}", shown(name)))
        };
        let (letter, path) = name.split_once('!').ok_or_else(unknown)?;
        let known = Function::OF_COLUMNS.iter().find(|(_, known, _)| *known == letter);
        let (function, ..) = *known.ok_or_else(unknown)?;
        let column = base.column(property, path)?;
        if !column.is_readable {
            return Ok(None);
        }
        Self::of_column(property, name, function, column, around).map(Some)
    }

    /// # Errors
    /// Names the property for a column of a type that the function does not take.
    pub(crate) fn of_column(
        property: &str,
        name: &str,
        function: Function,
        column: BoundColumn,
        around: &Surroundings,
    ) -> Result<Self> {
        if !function.takes(&column) {
            return Err(refused(property, format!("{} is not of a type that this aggregate takes.", column.label)));
        }
        let finer = matches!(function, Function::Average | Function::Median);
        let kind = match (function, column.kind(around)) {
            (Function::Unique, _) => ColumnKind::Number { scale: 0 },
            (_, ColumnKind::Number { scale }) if finer => ColumnKind::Number { scale: scale.max(2) },
            (_, ColumnKind::Percent { scale }) if finer => ColumnKind::Percent { scale: scale.max(2) },
            (_, kind) => kind,
        };
        let label = function.label_of(&column);
        Ok(Self { name: name.to_owned(), label, function, column: Some(column), kind })
    }

    /// Whether the store can compute the figure of a group, and the figures of parts give that of the whole.
    pub(crate) fn is_mergeable(&self) -> bool {
        match (&self.column, self.function) {
            (None, _) => true,
            (Some(_), Function::Unique | Function::Median) => false,
            (Some(column), _) => matches!(column.at, ColumnAt::Input(_)) && column.data_type.is_aggregatable(),
        }
    }

    /// Whether figures of groups may be added up.
    pub(crate) fn is_additive(&self) -> bool {
        matches!(self.function, Function::RowCount | Function::Sum)
    }

    /// The functions of the query language that a group's figure is made from, each with a letter for its name.
    pub(crate) fn partials(&self) -> &'static [(&'static str, char)] {
        match self.function {
            Function::RowCount | Function::Unique | Function::Median | Function::Formula => &[],
            Function::Sum => &[("SUM", 's')],
            Function::Average => &[("SUM", 's'), ("COUNT", 'c')],
            Function::Minimum => &[("MIN", 'm')],
            Function::Maximum => &[("MAX", 'x')],
        }
    }
}
