//! What a dashboard shows: reports, each drawn in its place on a grid of twelve columns.

use super::{ChartSpec, parse, refused};
use model::{Error, RecordId, Result};
use serde::{Deserialize, Serialize};

/// Columns of the grid.
const COLUMNS: u32 = 12;
const MAX_COMPONENTS: usize = 25;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DashboardMetadata {
    #[serde(default)]
    pub components: Vec<Component>,
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
        for (at, component) in read.components.iter().enumerate() {
            if component.colspan == 0 || component.rowspan == 0 || component.column + component.colspan > COLUMNS {
                return Err(refused(
                    &format!("components[{at}]"),
                    format!("does not fit in the {COLUMNS} columns of the grid."),
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
