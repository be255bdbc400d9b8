//! What a report asks, as it is saved: the `reportMetadata` of the analytics API. Properties that are not known are
//! ignored; known ones of a wrong shape are refused by name.

mod dashboard;
mod derived;
mod named;
mod parts;

pub use dashboard::{Component, DashboardFilter, DashboardMetadata, FilterOption};
pub use derived::{
    Bucket, BucketType, BucketValue, GroupType, RowFormula, RowFormulaType, SummaryFormula, SummaryFormulaType,
};
pub use parts::{
    ChartSpec, CrossFilter, DateGranularity, Direction, FilterType, Grouping, Operator, ReportFilter, ReportFormat,
    ReportType, SortBy, StandardDateFilter, StandardFilter, TopRows,
};

use model::{Error, ErrorCode, Result};
use named::{named, nullable};
use serde::{Deserialize, Serialize};

/// A report's question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReportMetadata {
    #[serde(default, deserialize_with = "nullable")]
    pub name: String,
    #[serde(default, deserialize_with = "nullable")]
    pub developer_name: String,
    pub report_type: ReportType,
    #[serde(default)]
    pub report_format: ReportFormat,
    /// `organization` or `mine`.
    #[serde(default = "organization")]
    pub scope: String,
    #[serde(default = "yes")]
    pub has_detail_rows: bool,
    #[serde(default, deserialize_with = "nullable")]
    pub detail_columns: Vec<String>,
    /// `RowCount`, a letter for sum, average, minimum, maximum, unique count or median and a column (`s!Amount`), or the
    /// name of a formula over aggregates.
    #[serde(default, deserialize_with = "nullable")]
    pub aggregates: Vec<String>,
    #[serde(default, deserialize_with = "nullable")]
    pub groupings_down: Vec<Grouping>,
    #[serde(default, deserialize_with = "nullable")]
    pub groupings_across: Vec<Grouping>,
    #[serde(default, deserialize_with = "nullable")]
    pub report_filters: Vec<ReportFilter>,
    #[serde(default)]
    pub report_boolean_filter: Option<String>,
    #[serde(default, deserialize_with = "nullable")]
    pub cross_filters: Vec<CrossFilter>,
    #[serde(default)]
    pub standard_date_filter: Option<StandardDateFilter>,
    #[serde(default, deserialize_with = "nullable")]
    pub standard_filters: Vec<StandardFilter>,
    #[serde(default, deserialize_with = "nullable", skip_serializing_if = "Vec::is_empty")]
    pub buckets: Vec<Bucket>,
    #[serde(default, deserialize_with = "named", skip_serializing_if = "Vec::is_empty")]
    pub custom_detail_formula: Vec<RowFormula>,
    #[serde(default, deserialize_with = "named", skip_serializing_if = "Vec::is_empty")]
    pub custom_summary_formula: Vec<SummaryFormula>,
    #[serde(default, deserialize_with = "nullable")]
    pub sort_by: Vec<SortBy>,
    #[serde(default)]
    pub top_rows: Option<TopRows>,
    #[serde(default)]
    pub chart: Option<ChartSpec>,
}

fn organization() -> String {
    "organization".to_owned()
}

const fn yes() -> bool {
    true
}

impl ReportMetadata {
    /// A list of all records of an object, to be filled in.
    pub fn new(object: &str) -> Self {
        Self {
            name: String::new(),
            developer_name: String::new(),
            report_type: ReportType { name: object.to_owned(), label: None },
            report_format: ReportFormat::Tabular,
            scope: organization(),
            has_detail_rows: true,
            detail_columns: Vec::new(),
            aggregates: Vec::new(),
            groupings_down: Vec::new(),
            groupings_across: Vec::new(),
            report_filters: Vec::new(),
            report_boolean_filter: None,
            cross_filters: Vec::new(),
            standard_date_filter: None,
            standard_filters: Vec::new(),
            buckets: Vec::new(),
            custom_detail_formula: Vec::new(),
            custom_summary_formula: Vec::new(),
            sort_by: Vec::new(),
            top_rows: None,
            chart: None,
        }
    }

    /// Reads a saved definition.
    ///
    /// # Errors
    /// Names the property that cannot be read.
    pub fn parse(text: &str) -> Result<Self> {
        parse(text)
    }

    /// The form that is saved.
    ///
    /// # Errors
    /// None in practice: every definition is plain JSON.
    pub fn to_json(&self) -> Result<String> {
        serde_json::to_string(self).map_err(Error::internal)
    }
}

/// Reads JSON and names the property that does not fit.
pub(crate) fn parse<'de, T: Deserialize<'de>>(text: &'de str) -> Result<T> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let read = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        let property = if path == "." || path == "?" { "The definition" } else { &path };
        // The place in a line of generated JSON says nothing to its reader.
        let cause = error.inner().to_string();
        let cause = cause.split(" at line ").next().unwrap_or_default();
        refused(property, cause)
    })?;
    reader.end().map_err(|_| refused("The definition", "goes on after its end"))?;
    Ok(read)
}

/// An error about one property of a definition.
pub(crate) fn refused(property: &str, words: impl std::fmt::Display) -> Error {
    Error::new(ErrorCode::FieldIntegrityException, format!("{property}: {words}")).with_field("Definition")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_properties_are_ignored_and_misshapen_ones_are_named() {
        let text = r#"{"reportType":{"type":"Opportunity"},"presentationOptions":{"x":1}}"#;
        assert_eq!(ReportMetadata::parse(text).expect("a definition"), ReportMetadata::new("Opportunity"));
        let error = |text: &str| ReportMetadata::parse(text).expect_err("a refusal").message().to_owned();
        assert_eq!(
            error(
                r#"{"reportType":{"type":"Opportunity"},"groupingsDown":[{"name":"CloseDate","dateGranularity":"Decade"}]}"#
            ),
            "groupingsDown[0].dateGranularity: unknown variant `Decade`, expected one of `None`, `Day`, `Week`, `Month`, \
             `Quarter`, `Year`, `FiscalQuarter`, `FiscalYear`, `MonthInYear`, `DayInMonth`"
        );
        assert_eq!(error(r#"{"detailColumns":[]}"#), "The definition: missing field `reportType`");
        assert_eq!(
            error(r#"{"reportType":{"type":"Opportunity"},"topRows":{"rowLimit":"ten"}}"#),
            "topRows.rowLimit: invalid type: string \"ten\", expected u64"
        );
    }
}
