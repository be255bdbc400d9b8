//! Reports as other apps use them: one app answers, any app may ask, and neither knows the other.

use crate::ctx::Ctx;
use model::{Date, Error, ErrorCode, Instant, RecordId, Result, Value};
use render::chart::Chart;
use render::{ColumnKind, Table};

/// A saved report to be run with the rights of the context's user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportRequest {
    pub report: RecordId,
    /// The day that relative dates count from; the user's own when none.
    pub today: Option<Date>,
    /// The IANA zone that cuts instants into days; the user's own when none.
    pub zone: Option<String>,
}

/// A figure over all rows.
#[derive(Debug, Clone, PartialEq)]
pub struct ReportFigure {
    /// As the report's definition names it: `s!Amount`.
    pub name: String,
    pub label: String,
    pub kind: ColumnKind,
    pub value: Value,
}

/// An outermost group with its figures, in the order of [`ReportAnswer::figures`].
#[derive(Debug, Clone, PartialEq)]
pub struct ReportGroup {
    pub label: String,
    pub row_count: u64,
    pub values: Vec<Value>,
}

/// What a report says to one user.
#[derive(Debug, Clone)]
pub struct ReportAnswer {
    pub name: String,
    /// The definition that was run, as it is saved.
    pub definition: String,
    /// Who changed the report last; none for a service.
    pub changed_by: Option<RecordId>,
    /// Every row, with subtotals.
    pub table: Table,
    /// The groups alone, or the rows of a report without groups.
    pub summary: Table,
    /// Whether `summary` has groups across as well: a grid that no list of rows shows.
    pub is_matrix: bool,
    pub chart: Option<Chart>,
    /// Records that passed the filters and the user's access.
    pub row_count: u64,
    pub figures: Vec<ReportFigure>,
    pub groups: Vec<ReportGroup>,
    /// What the reader must know: columns that were removed.
    pub notices: Vec<String>,
    /// Filters in words.
    pub filters: Vec<String>,
    /// The instant of the snapshot.
    pub as_of: Instant,
}

/// How a report is parted: by what one column says, for whom another does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportParting {
    /// As the report would name it: `Owner.Name`.
    pub key: String,
    pub whom: String,
}

/// The rows with one key that are for one reader, as a report of their own.
#[derive(Debug, Clone)]
pub struct ReportPart {
    pub label: String,
    /// What the column of readers shows.
    pub whom: String,
    /// The record that it is the name of, when it is one.
    pub person: Option<RecordId>,
    pub answer: ReportAnswer,
}

/// A report in parts, read in one snapshot. The rows of the parts and those that belong to none are the whole.
#[derive(Debug, Clone)]
pub struct ReportParts {
    pub parts: Vec<ReportPart>,
    /// Rows whose key, or whose reader, is blank.
    pub unassigned: u64,
    pub row_count: u64,
    pub as_of: Instant,
}

impl Ctx {
    /// Runs a saved report with this user's rights, in parts.
    ///
    /// # Errors
    /// As [`Ctx::report_run`]; for a column that the report's type does not have or the user may not read, and for a
    /// report of its top rows, which has no parts.
    pub fn report_parts(&self, request: &ReportRequest, parting: &ReportParting) -> Result<ReportParts> {
        self.org.apps().iter().find_map(|app| app.report_parts(self, request, parting)).unwrap_or_else(|| {
            Err(Error::new(ErrorCode::FunctionalityNotEnabled, "Reports are not installed in this org."))
        })
    }

    /// Runs a saved report with this user's rights.
    ///
    /// # Errors
    /// `NOT_FOUND` for a report that is not there or that the user may not see; what the report's app refuses.
    pub fn report_run(&self, request: &ReportRequest) -> Result<ReportAnswer> {
        self.org.apps().iter().find_map(|app| app.report_run(self, request)).unwrap_or_else(|| {
            Err(Error::new(ErrorCode::FunctionalityNotEnabled, "Reports are not installed in this org."))
        })
    }
}
