//! The one table that every output takes: CSV, XLSX, mail, page and PDF all draw the same columns and rows.

use crate::format::currency_scale;
use model::{Error, ErrorCode, Result, Value, Zone};
use serde::{Deserialize, Serialize};

/// What stands in a column, and so how its cells are typed, formatted and aligned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ColumnKind {
    Text,
    /// A record id: text that is never read as a number.
    Id,
    Boolean,
    Number {
        scale: u8,
    },
    /// An amount in one currency. Its decimal places are the minor units of ISO 4217.
    Currency {
        code: String,
    },
    /// Sixty percent is the value 60, as records keep it.
    Percent {
        scale: u8,
    },
    Date,
    /// Instants shown in one IANA zone.
    DateTime {
        zone: String,
    },
    Time,
}

impl ColumnKind {
    /// Decimal places of a numeric column.
    pub fn scale(&self) -> Option<u8> {
        match self {
            Self::Number { scale } | Self::Percent { scale } => Some(*scale),
            Self::Currency { code } => Some(currency_scale(code)),
            _ => None,
        }
    }

    /// Numbers stand on the right, so that their digits line up.
    pub fn is_numeric(&self) -> bool {
        matches!(self, Self::Number { .. } | Self::Currency { .. } | Self::Percent { .. })
    }

    /// The zone of a date-time column.
    ///
    /// # Errors
    /// When the zone data knows no zone of that name.
    pub fn zone(&self) -> Result<Option<Zone>> {
        match self {
            Self::DateTime { zone } => Zone::get(zone).map(Some).map_err(|cause| {
                Error::new(ErrorCode::InvalidFieldForInsertUpdate, format!("\"{zone}\" is not a known time zone."))
                    .with_internal(cause)
            }),
            _ => Ok(None),
        }
    }
}

/// A column: its heading and what stands under it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    pub label: String,
    #[serde(flatten)]
    pub kind: ColumnKind,
}

impl Column {
    pub fn new(label: impl Into<String>, kind: ColumnKind) -> Self {
        Self { label: label.into(), kind }
    }

    pub fn text(label: impl Into<String>) -> Self {
        Self::new(label, ColumnKind::Text)
    }

    pub fn number(label: impl Into<String>, scale: u8) -> Self {
        Self::new(label, ColumnKind::Number { scale })
    }

    pub fn currency(label: impl Into<String>, code: impl Into<String>) -> Self {
        Self::new(label, ColumnKind::Currency { code: code.into() })
    }

    pub fn percent(label: impl Into<String>, scale: u8) -> Self {
        Self::new(label, ColumnKind::Percent { scale })
    }

    pub fn date(label: impl Into<String>) -> Self {
        Self::new(label, ColumnKind::Date)
    }

    pub fn date_time(label: impl Into<String>, zone: impl Into<String>) -> Self {
        Self::new(label, ColumnKind::DateTime { zone: zone.into() })
    }

    /// The heading with the zone of its instants: a time without its zone is a guess.
    pub fn heading(&self) -> String {
        match &self.kind {
            ColumnKind::DateTime { zone } => format!("{} ({zone})", self.label),
            _ => self.label.clone(),
        }
    }
}

/// The part a row plays. Level 0 is the outermost group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowRole {
    #[default]
    Detail,
    /// Opens a group and names it.
    GroupHeading { level: u8 },
    /// Closes a group with its aggregates.
    Subtotal { level: u8 },
    /// The aggregates of the whole table.
    Total,
}

impl RowRole {
    /// Whether the row sums up others, and would be counted twice by a reader of the plain rows.
    pub const fn is_summary(self) -> bool {
        !matches!(self, Self::Detail)
    }
}

/// One row: a cell for each column.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    #[serde(default)]
    pub role: RowRole,
    pub cells: Vec<Value>,
}

impl From<Vec<Value>> for Row {
    fn from(cells: Vec<Value>) -> Self {
        Self { role: RowRole::Detail, cells }
    }
}

/// A table held in memory. Long ones go row by row through the writers instead.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    pub title: String,
    pub columns: Vec<Column>,
    pub rows: Vec<Row>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub totals: Option<Vec<Value>>,
    /// What the reader must know beside the rows: a removed column, a limit that was met.
    #[serde(default)]
    pub notes: Vec<String>,
}

impl Table {
    /// How many rows are records, not headings or sums.
    pub fn detail_count(&self) -> usize {
        self.rows.iter().filter(|row| row.role == RowRole::Detail).count()
    }

    /// All rows in order, the grand total last.
    pub fn rows_with_totals(&self) -> impl Iterator<Item = (RowRole, &[Value])> {
        let total = self.totals.iter().map(|cells| (RowRole::Total, cells.as_slice()));
        self.rows.iter().map(|row| (row.role, row.cells.as_slice())).chain(total)
    }

    /// Checks that every row has one cell for each column.
    ///
    /// # Errors
    /// Names the first row that does not.
    pub fn check(&self) -> Result<()> {
        self.rows_with_totals()
            .enumerate()
            .try_for_each(|(at, (_, cells))| check_width(self.columns.len(), cells.len(), at as u64))
    }
}

/// One cell for each column, or the row is refused: a shifted row would put amounts under the wrong heading.
pub(crate) fn check_width(columns: usize, cells: usize, row: u64) -> Result<()> {
    if columns == cells {
        return Ok(());
    }
    Err(Error::internal(format!("row {row} has {cells} cells for {columns} columns")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_crosses_a_process_boundary_as_json_unchanged() {
        let table = Table {
            title: "Pipeline".into(),
            columns: vec![
                Column::text("Name"),
                Column::currency("Amount", "KWD"),
                Column::date_time("Created", "Europe/Berlin"),
            ],
            rows: vec![
                Row { role: RowRole::GroupHeading { level: 0 }, cells: vec!["West".into(), Value::Null, Value::Null] },
                vec!["Acme".into(), Value::Number("12.345".parse().expect("a number")), Value::Null].into(),
            ],
            totals: Some(vec!["Total".into(), Value::Int(12), Value::Null]),
            notes: vec!["One column was removed.".into()],
        };
        let json = serde_json::to_string(&table).expect("a table is plain JSON");
        assert_eq!(serde_json::from_str::<Table>(&json).expect("what was written can be read"), table);
        assert_eq!(table.detail_count(), 1);
        assert!(table.check().is_ok());
    }

    #[test]
    fn a_row_with_a_missing_cell_is_refused() {
        let table = Table {
            columns: vec![Column::text("Name"), Column::date("Closed")],
            rows: vec![vec!["Acme".into()].into()],
            ..Table::default()
        };
        assert!(table.check().is_err());
    }

    #[test]
    fn an_unknown_zone_is_named_in_the_error() {
        let kind = ColumnKind::DateTime { zone: "Mars/Olympus".into() };
        assert_eq!(
            kind.zone().map_err(|error| error.message().to_owned()),
            Err("\"Mars/Olympus\" is not a known time zone.".to_owned())
        );
    }
}
