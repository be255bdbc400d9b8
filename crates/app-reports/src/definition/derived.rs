//! Columns and figures that a definition makes itself: buckets, formulas of a row, formulas over aggregates.

use super::named::Named;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BucketType {
    Number,
    Text,
    Picklist,
}

/// Values of a column gathered under names of the report's own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Bucket {
    /// The name of the column it makes: `BucketField_1`.
    #[serde(alias = "devloperName")]
    pub developer_name: String,
    #[serde(default)]
    pub label: String,
    pub bucket_type: BucketType,
    pub source_column_name: String,
    #[serde(default)]
    pub null_treated_as_zero: bool,
    /// What all other values are called; they keep their own names without it.
    #[serde(default)]
    pub other_bucket_label: Option<String>,
    #[serde(default)]
    pub values: Vec<BucketValue>,
}

/// One bucket: a range that ends somewhere, or a list of values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BucketValue {
    pub label: String,
    #[serde(default, deserialize_with = "super::named::nullable")]
    pub source_dimension_values: Vec<String>,
    /// The largest number that belongs to it; the last bucket has none.
    #[serde(default)]
    pub range_upper_bound: Option<serde_json::Number>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RowFormulaType {
    Date,
    #[serde(alias = "dateTime")]
    DateTime,
    Number,
    Text,
}

/// A column computed from the other columns of its row: `CDF1`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RowFormula {
    /// Follows from its place when it is left out.
    #[serde(default)]
    pub developer_name: String,
    pub label: String,
    #[serde(default)]
    pub description: Option<String>,
    pub formula_type: RowFormulaType,
    #[serde(default)]
    pub decimal_places: Option<u8>,
    pub formula: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SummaryFormulaType {
    Number,
    Currency,
    Percent,
}

/// The levels at which a formula over aggregates is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GroupType {
    #[default]
    All,
    /// Where the grouping that is named beside it ends.
    Custom,
    GrandTotal,
}

/// A figure computed from the aggregates of its group: `FORMULA1`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SummaryFormula {
    /// Follows from its place when it is left out.
    #[serde(default)]
    pub developer_name: String,
    pub label: String,
    #[serde(default)]
    pub description: Option<String>,
    pub formula_type: SummaryFormulaType,
    #[serde(default)]
    pub decimal_places: Option<u8>,
    #[serde(default)]
    pub down_group: Option<String>,
    #[serde(default, deserialize_with = "super::named::nullable")]
    pub down_group_type: GroupType,
    #[serde(default)]
    pub across_group: Option<String>,
    #[serde(default, deserialize_with = "super::named::nullable")]
    pub across_group_type: GroupType,
    /// `AMOUNT:SUM / RowCount`.
    pub formula: String,
}

impl Named for RowFormula {
    const PREFIX: &'static str = "CDF";

    fn name_mut(&mut self) -> &mut String {
        &mut self.developer_name
    }
}

impl Named for SummaryFormula {
    const PREFIX: &'static str = "FORMULA";

    fn name_mut(&mut self) -> &mut String {
        &mut self.developer_name
    }
}
