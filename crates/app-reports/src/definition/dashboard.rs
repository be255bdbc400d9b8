//! What a dashboard shows: reports, each drawn in its place on a grid of twelve columns.

use super::{ChartSpec, Operator, ReportFilter, parse, refused};
use model::{Error, RecordId, Result};
use serde::{Deserialize, Serialize};

/// Columns of the grid.
const COLUMNS: u32 = 12;
const MAX_COMPONENTS: usize = 25;
const MAX_FILTERS: usize = 5;
const MAX_OPTIONS: usize = 50;
/// Rows of the grid that a component may take.
const MAX_ROWS: u32 = 40;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DashboardMetadata {
    #[serde(default)]
    pub components: Vec<Component>,
    /// What a reader can narrow all components by.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub filters: Vec<DashboardFilter>,
    /// The user with whose rights it is shown, once they agreed; those of who looks when there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub running_user: Option<RecordId>,
}

/// A column that the reports are narrowed by, with the choices that a reader has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DashboardFilter {
    pub name: String,
    /// From its object: `Opportunity.StageName`. A report without this column is not narrowed.
    pub column: String,
    #[serde(default)]
    pub options: Vec<FilterOption>,
}

/// One choice of a filter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FilterOption {
    /// What it is called; made of what it says when there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alias: Option<String>,
    /// An operator of filters, or `between`.
    pub operation: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// The ends of `between`, both in; none is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_value: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_value: Option<String>,
}

impl FilterOption {
    /// What it is called.
    pub fn label(&self) -> String {
        if let Some(alias) = self.alias.as_ref().filter(|alias| !alias.is_empty()) {
            return alias.clone();
        }
        let end = |value: &Option<String>| value.clone().unwrap_or_default();
        match self.operation.as_str() {
            "between" => format!("{} – {}", end(&self.start_value), end(&self.end_value)),
            "equals" if end(&self.value).is_empty() => "Blank".to_owned(),
            "equals" => end(&self.value),
            operation => format!("{operation} {}", end(&self.value)),
        }
    }

    /// The filters that it adds to a report; none for an operation that is not known.
    pub(crate) fn filters(&self, column: &str) -> Option<Vec<ReportFilter>> {
        if self.operation == "between" {
            let ends = [(Operator::GreaterOrEqual, &self.start_value), (Operator::LessOrEqual, &self.end_value)];
            let given = ends
                .into_iter()
                .filter_map(|(operator, end)| Some((operator, end.as_ref().filter(|end| !end.is_empty())?)));
            return Some(given.map(|(operator, end)| ReportFilter::new(column, operator, end)).collect());
        }
        let operator = serde_json::from_value(serde_json::Value::String(self.operation.clone())).ok()?;
        Some(vec![ReportFilter::new(column, operator, self.value.as_deref().unwrap_or_default())])
    }
}

/// One report on a dashboard.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Component {
    pub title: String,
    pub report_id: RecordId,
    /// A chart type, `Metric` or `Table`.
    pub visualization_type: String,
    pub row: u32,
    pub column: u32,
    #[serde(default = "four")]
    pub rowspan: u32,
    #[serde(default = "four")]
    pub colspan: u32,
    /// A line below it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub footer: Option<String>,
}

const fn four() -> u32 {
    4
}

impl DashboardMetadata {
    /// Reads a saved definition.
    ///
    /// # Errors
    /// Names the property that cannot be read or is out of its bounds.
    pub fn parse(text: &str) -> Result<Self> {
        let read: Self = parse(text)?;
        if read.components.len() > MAX_COMPONENTS {
            let count = read.components.len();
            return Err(refused(
                "components",
                format!("a dashboard has at most {MAX_COMPONENTS} components, not {count}."),
            ));
        }
        filters(&read.filters)?;
        for (at, component) in read.components.iter().enumerate() {
            if component.colspan == 0
                || component.rowspan == 0
                || component.column.saturating_add(component.colspan) > COLUMNS
            {
                return Err(refused(
                    &format!("components[{at}]"),
                    format!("does not fit in the {COLUMNS} columns of the grid."),
                ));
            }
            if component.rowspan > MAX_ROWS || component.row > MAX_ROWS * MAX_COMPONENTS as u32 {
                return Err(refused(
                    &format!("components[{at}]"),
                    format!("takes at most {MAX_ROWS} rows of the grid."),
                ));
            }
            component
                .chart_kind()
                .map_err(|error| refused(&format!("components[{at}].visualizationType"), error.message()))?;
        }
        Ok(read)
    }

    /// The form that is saved.
    ///
    /// # Errors
    /// None in practice: every definition is plain JSON.
    pub fn to_json(&self) -> Result<String> {
        serde_json::to_string(self).map_err(Error::internal)
    }
}

fn filters(filters: &[DashboardFilter]) -> Result<()> {
    if filters.len() > MAX_FILTERS {
        let words = format!("a dashboard has at most {MAX_FILTERS} filters, not {}.", filters.len());
        return Err(refused("filters", words));
    }
    for (at, filter) in filters.iter().enumerate() {
        if filter.name.trim().is_empty() || filter.column.trim().is_empty() {
            return Err(refused(&format!("filters[{at}]"), "needs a name and a column."));
        }
        if filter.options.is_empty() || filter.options.len() > MAX_OPTIONS {
            let words = format!("needs 1 to {MAX_OPTIONS} options, not {}.", filter.options.len());
            return Err(refused(&format!("filters[{at}].options"), words));
        }
        for (inner, option) in filter.options.iter().enumerate() {
            if option.filters(&filter.column).is_none_or(|made| made.is_empty()) {
                let property = format!("filters[{at}].options[{inner}]");
                return Err(refused(&property, "needs an operation and what it compares with."));
            }
        }
    }
    Ok(())
}

impl Component {
    /// How it is drawn; none for a table.
    pub(crate) fn chart_kind(&self) -> Result<Option<render::chart::ChartKind>> {
        if self.visualization_type.eq_ignore_ascii_case("Table") {
            return Ok(None);
        }
        crate::run::chart_kind(&self.visualization_type).map(Some)
    }

    /// The drawing that this component asks of its report.
    pub(crate) fn chart_spec(&self) -> ChartSpec {
        ChartSpec {
            chart_type: self.visualization_type.clone(),
            title: Some(self.title.clone()),
            groupings: Vec::new(),
            summaries: Vec::new(),
        }
    }
}
