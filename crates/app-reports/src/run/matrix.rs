//! A matrix as a table: a row for each innermost group down, a column of figures for each innermost group across.

use super::{Group, ReportRun};
use crate::definition::ReportFormat;
use crate::run::DetailRow;
use model::Value;
use render::Column;

/// A group across, or the total of some, with what its columns are headed by.
struct Across {
    heading: String,
    node: usize,
}

impl ReportRun {
    /// How many figures it holds.
    pub(crate) fn count_figures(&self) -> usize {
        self.crossings.count()
    }

    pub fn is_matrix(&self) -> bool {
        self.format == ReportFormat::Matrix
    }

    /// The figures where a group down crosses a group across; none stands for all groups of that axis.
    pub fn figures(&self, down: Option<&Group>, across: Option<&Group>) -> &[Value] {
        self.crossings.figures(down.map_or(0, |group| group.node), across.map_or(0, |group| group.node))
    }

    /// The records where two innermost groups cross.
    pub fn rows_at<'r>(&'r self, down: &'r Group, across: Option<&Group>) -> &'r [DetailRow] {
        match across {
            Some(across) => self.crossings.rows(down.node, across.node),
            None => &down.rows,
        }
    }

    /// Whether a figure is missing because its formula has no value there.
    pub(crate) fn has_failed(&self, down: usize, across: usize, aggregate: usize) -> bool {
        self.crossings.has_failed(down, across, aggregate)
    }

    /// The columns of figures: innermost groups across, the totals of outer ones, and the total; of other reports the
    /// total alone.
    fn across(&self) -> Vec<Across> {
        let mut columns = Vec::new();
        for group in &self.groups_across {
            push(&mut columns, group, "");
        }
        let heading = if columns.is_empty() { String::new() } else { "Total".to_owned() };
        columns.push(Across { heading, node: 0 });
        columns
    }

    /// The headings of all figures.
    pub(super) fn figure_columns(&self) -> Vec<Column> {
        let column = |across: &Across, aggregate: &super::RunAggregate| {
            let label = match (across.heading.as_str(), self.aggregates.len()) {
                ("", _) => aggregate.label.clone(),
                (heading, 1) => heading.to_owned(),
                (heading, _) => format!("{heading} · {}", aggregate.label),
            };
            Column::new(label, aggregate.kind.clone())
        };
        let across = self.across();
        across.iter().flat_map(|across| self.aggregates.iter().map(move |one| column(across, one))).collect()
    }

    /// The figures of a group down, or of all, under [`ReportRun::figure_columns`].
    pub(super) fn figure_cells(&self, down: Option<&Group>) -> Vec<Value> {
        let node = down.map_or(0, |group| group.node);
        self.across().iter().flat_map(|across| self.crossings.figures(node, across.node).to_vec()).collect()
    }

    /// The innermost groups across with the names of those around them; one without a name for other reports.
    pub(super) fn leaves_across(&self) -> Vec<(Vec<String>, Option<&Group>)> {
        fn leaves<'r>(groups: &'r [Group], names: &mut Vec<String>, out: &mut Vec<(Vec<String>, Option<&'r Group>)>) {
            for group in groups {
                names.push(group.label.clone());
                if group.groups.is_empty() {
                    out.push((names.clone(), Some(group)));
                }
                leaves(&group.groups, names, out);
                names.pop();
            }
        }
        let mut out = Vec::new();
        leaves(&self.groups_across, &mut Vec::new(), &mut out);
        if out.is_empty() {
            out.push((Vec::new(), None));
        }
        out
    }
}

fn push(columns: &mut Vec<Across>, group: &Group, before: &str) {
    let heading = if before.is_empty() { group.label.clone() } else { format!("{before} · {}", group.label) };
    for inner in &group.groups {
        push(columns, inner, &heading);
    }
    let heading = if group.groups.is_empty() { heading } else { format!("{heading} total") };
    columns.push(Across { heading, node: group.node });
}
