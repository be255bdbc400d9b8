//! The parts of a report's metadata.

use serde::{Deserialize, Serialize};

/// Whose records are the rows: an object (`Opportunity`), or an object with its children, each behind a `$`
/// (`Account$Contacts`), behind `$~` when parents without children are rows too (`Account$~Contacts`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportType {
    #[serde(rename = "type")]
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum ReportFormat {
    #[default]
    Tabular,
    Summary,
    Matrix,
    /// Several reports joined into one; refused.
    #[serde(rename = "MULTI_BLOCK")]
    MultiBlock,
}

impl ReportFormat {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tabular => "TABULAR",
            Self::Summary => "SUMMARY",
            Self::Matrix => "MATRIX",
            Self::MultiBlock => "MULTI_BLOCK",
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Direction {
    #[default]
    #[serde(alias = "ASC")]
    Asc,
    #[serde(alias = "DESC")]
    Desc,
}

/// The periods that a date or an instant is gathered into.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum DateGranularity {
    /// As it is: a day for a date.
    #[default]
    #[serde(rename = "None")]
    Exact,
    Day,
    Week,
    Month,
    Quarter,
    Year,
    FiscalQuarter,
    FiscalYear,
    /// January of any year.
    MonthInYear,
    /// The first of any month.
    DayInMonth,
}

/// A level of groups.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Grouping {
    pub name: String,
    #[serde(default)]
    pub sort_order: Direction,
    #[serde(default)]
    pub date_granularity: DateGranularity,
    /// One of the report's aggregates: groups then stand in its order and not in that of their values.
    #[serde(default)]
    pub sort_aggregate: Option<String>,
}

impl Grouping {
    pub fn by(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            sort_order: Direction::Asc,
            date_granularity: DateGranularity::Exact,
            sort_aggregate: None,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Operator {
    Equals,
    NotEqual,
    LessThan,
    GreaterThan,
    LessOrEqual,
    GreaterOrEqual,
    Contains,
    NotContain,
    StartsWith,
    Includes,
    Excludes,
}

impl Operator {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Equals => "equals",
            Self::NotEqual => "notEqual",
            Self::LessThan => "lessThan",
            Self::GreaterThan => "greaterThan",
            Self::LessOrEqual => "lessOrEqual",
            Self::GreaterOrEqual => "greaterOrEqual",
            Self::Contains => "contains",
            Self::NotContain => "notContain",
            Self::StartsWith => "startsWith",
            Self::Includes => "includes",
            Self::Excludes => "excludes",
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum FilterType {
    #[default]
    FieldValue,
    FieldToField,
}

/// A test that rows must pass.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReportFilter {
    pub column: String,
    pub operator: Operator,
    /// Items with commas between them; empty text finds blanks.
    #[serde(default, deserialize_with = "super::named::nullable")]
    pub value: String,
    #[serde(default, deserialize_with = "super::named::nullable")]
    pub filter_type: FilterType,
}

impl ReportFilter {
    pub fn new(column: &str, operator: Operator, value: &str) -> Self {
        Self { column: column.to_owned(), operator, value: value.to_owned(), filter_type: FilterType::FieldValue }
    }
}

/// A test of the records that point to a row: some of them match, or none does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CrossFilter {
    /// The field of the row that the related records point to: its id.
    #[serde(default)]
    pub primary_entity_field: Option<String>,
    pub related_entity: String,
    pub related_entity_join_field: String,
    pub includes_object: bool,
    #[serde(default)]
    pub criteria: Vec<ReportFilter>,
}

/// The range of days that a report is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StandardDateFilter {
    pub column: String,
    /// A date literal, or `CUSTOM` for the two dates.
    #[serde(default)]
    pub duration_value: Option<String>,
    #[serde(default)]
    pub start_date: Option<String>,
    #[serde(default)]
    pub end_date: Option<String>,
}

impl StandardDateFilter {
    pub fn during(column: &str, literal: &str) -> Self {
        Self { column: column.to_owned(), duration_value: Some(literal.to_owned()), start_date: None, end_date: None }
    }
}

/// A ready-made filter of a report type: `open` with `open`, `closed`, `closedwon` or `all`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StandardFilter {
    pub name: String,
    pub value: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SortBy {
    pub sort_column: String,
    #[serde(default)]
    pub sort_order: Direction,
}

/// The first rows of a sorted list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TopRows {
    pub row_limit: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub direction: Option<Direction>,
}

/// How a report is drawn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChartSpec {
    /// `Horizontal Bar`, `Vertical Column`, each also `Stacked`; `Line`, `Donut`, `Funnel`, `Metric`.
    pub chart_type: String,
    #[serde(default)]
    pub title: Option<String>,
    /// One or two of the groupings; the first one alone when empty.
    #[serde(default, deserialize_with = "super::named::one_or_many")]
    pub groupings: Vec<String>,
    /// One to four of the aggregates; the first one alone when empty.
    #[serde(default, deserialize_with = "super::named::one_or_many")]
    pub summaries: Vec<String>,
}
