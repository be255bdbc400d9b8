//! The answer as those take it who know nothing of reports: mails, files, pages.

use super::ReportRun;
use model::RecordId;
use platform::{ReportAnswer, ReportFigure, ReportGroup};

impl ReportRun {
    /// Tables, chart and figures. `definition` is what was run, and `changed_by` who wrote it.
    pub fn to_answer(&self, definition: String, changed_by: Option<RecordId>) -> ReportAnswer {
        let figures = self.aggregates.iter().zip(&self.totals).map(|(aggregate, value)| ReportFigure {
            name: aggregate.name.clone(),
            label: aggregate.label.clone(),
            kind: aggregate.kind.clone(),
            value: value.clone(),
        });
        let groups = self.groups.iter().map(|group| ReportGroup {
            label: group.label.clone(),
            row_count: group.row_count,
            values: group.aggregates.clone(),
        });
        ReportAnswer {
            name: self.name.clone(),
            definition,
            changed_by,
            table: self.to_table(),
            summary: self.to_summary(),
            is_matrix: self.is_matrix(),
            chart: self.to_chart(),
            row_count: self.row_count,
            figures: figures.collect(),
            groups: groups.collect(),
            notices: self.notices.clone(),
            filters: self.filters.clone(),
            as_of: self.as_of,
        }
    }
}
