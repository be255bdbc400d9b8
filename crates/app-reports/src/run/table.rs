//! The answer as tables: all of it for a file, its groups alone for a mail or a card.

use super::{Group, ReportRun, RunAggregate};
use model::Value;
use render::{Column, ColumnKind, Row, RowRole, Table};

impl ReportRun {
    /// Everything: records with the names of their groups beside them, a subtotal after each group, the total at the
    /// end. Without records, the same as [`ReportRun::to_summary`].
    pub fn to_table(&self) -> Table {
        if self.columns.is_empty() {
            return self.to_summary();
        }
        let layout = Layout::of(self);
        let mut table = self.empty_table(layout.columns(self));
        for row in &self.rows {
            table.rows.push(layout.detail(self, &[], &row.cells));
        }
        let mut names = Vec::new();
        for group in &self.groups {
            layout.push_group(self, &mut table.rows, group, &mut names);
        }
        table.totals = layout.totals(self);
        table
    }

    /// The groups with their figures, a subtotal after each outer group, the total at the end; of a matrix with a column for
    /// each group across. A report without groups gives its records.
    pub fn to_summary(&self) -> Table {
        if self.groupings.is_empty() && !self.columns.is_empty() {
            return self.to_table();
        }
        let groups = self.groupings.iter().map(|grouping| Column::text(&grouping.label));
        let mut table = self.empty_table(groups.chain(self.figure_columns()).collect());
        let mut names = Vec::new();
        for group in &self.groups {
            self.push_summary(&mut table.rows, group, &mut names);
        }
        if !self.aggregates.is_empty() {
            table.totals = Some(self.leading("Total", self.groupings.len()).chain(self.figure_cells(None)).collect());
        }
        table
    }

    fn empty_table(&self, columns: Vec<Column>) -> Table {
        Table { title: self.name.clone(), columns, rows: Vec::new(), totals: None, notes: self.notices.clone() }
    }

    /// The group columns, so many, of a row that is named in the first of them.
    fn leading(&self, name: &str, width: usize) -> impl Iterator<Item = Value> {
        let name = Value::Text(name.to_owned());
        let rest = width.saturating_sub(1);
        (width > 0).then_some(name).into_iter().chain(std::iter::repeat_n(Value::Null, rest))
    }

    fn push_summary(&self, rows: &mut Vec<Row>, group: &Group, names: &mut Vec<String>) {
        names.push(group.label.clone());
        if group.groups.is_empty() {
            let cells = names.iter().cloned().map(Value::Text).chain(self.figure_cells(Some(group))).collect();
            rows.push(Row { role: RowRole::Detail, cells });
        } else {
            for inner in &group.groups {
                self.push_summary(rows, inner, names);
            }
            let cells = subtotal_names(names, self.groupings.len()).chain(self.figure_cells(Some(group))).collect();
            rows.push(Row { role: RowRole::Subtotal { level: depth(names) }, cells });
        }
        names.pop();
    }
}

/// The level of the innermost of the open groups.
fn depth(names: &[String]) -> u8 {
    u8::try_from(names.len().saturating_sub(1)).unwrap_or(u8::MAX)
}

fn subtotal_names(names: &[String], width: usize) -> impl Iterator<Item = Value> {
    let last = names.len().saturating_sub(1);
    let named = names.iter().enumerate().map(move |(at, name)| {
        if at == last { Value::Text(format!("{name} total")) } else { Value::Text(name.clone()) }
    });
    named.chain(std::iter::repeat_n(Value::Null, width.saturating_sub(names.len())))
}

fn figure_column(aggregate: &RunAggregate) -> Column {
    Column::new(&aggregate.label, aggregate.kind.clone())
}

/// Where the figures of groups stand in a table of records: under the column they sum up, or in columns of their own.
struct Layout {
    /// The columns of groups, those across behind those down.
    groups: usize,
    /// Per aggregate: the detail column it stands under.
    under: Vec<Option<usize>>,
}

impl Layout {
    fn of(run: &ReportRun) -> Self {
        let mut taken = Vec::new();
        let under = run
            .aggregates
            .iter()
            .map(|aggregate| {
                let at = run.columns.iter().position(|column| Some(&column.path) == aggregate.path.as_ref())?;
                let fits = run.columns[at].kind == aggregate.kind && !taken.contains(&at);
                taken.push(at);
                fits.then_some(at)
            })
            .collect();
        Self { groups: run.groupings.len() + run.groupings_across.len(), under }
    }

    fn own<'a>(&'a self, run: &'a ReportRun) -> impl Iterator<Item = (usize, &'a RunAggregate)> {
        run.aggregates.iter().enumerate().filter(|(at, _)| self.under[*at].is_none())
    }

    fn columns(&self, run: &ReportRun) -> Vec<Column> {
        let groups = run.groupings.iter().chain(&run.groupings_across).map(|grouping| Column::text(&grouping.label));
        let details = run.columns.iter().map(|column| Column::new(&column.label, column.kind.clone()));
        groups.chain(details).chain(self.own(run).map(|(_, aggregate)| figure_column(aggregate))).collect()
    }

    fn detail(&self, run: &ReportRun, names: &[String], cells: &[Value]) -> Row {
        let groups = names.iter().cloned().map(Value::Text);
        let details = cells.iter().zip(&run.bound_columns).map(|(value, column)| column.label_of(value));
        let own = self.own(run).map(|_| Value::Null);
        Row { role: RowRole::Detail, cells: groups.chain(details).chain(own).collect() }
    }

    fn figures(&self, run: &ReportRun, figures: &[Value]) -> Vec<Value> {
        let mut details = vec![Value::Null; run.columns.len()];
        for (at, under) in self.under.iter().enumerate() {
            if let Some(column) = under {
                details[*column] = figures[at].clone();
            }
        }
        details.extend(self.own(run).map(|(at, _)| figures[at].clone()));
        details
    }

    fn push_group(&self, run: &ReportRun, rows: &mut Vec<Row>, group: &Group, names: &mut Vec<String>) {
        names.push(group.label.clone());
        for inner in &group.groups {
            self.push_group(run, rows, inner, names);
        }
        for (across, leaf) in run.leaves_across() {
            let all: Vec<String> = names.iter().cloned().chain(across).collect();
            rows.extend(run.rows_at(group, leaf).iter().map(|row| self.detail(run, &all, &row.cells)));
        }
        if !run.aggregates.is_empty() {
            let cells = subtotal_names(names, self.groups).chain(self.figures(run, &group.aggregates)).collect();
            rows.push(Row { role: RowRole::Subtotal { level: depth(names) }, cells });
        }
        names.pop();
    }

    fn totals(&self, run: &ReportRun) -> Option<Vec<Value>> {
        if run.aggregates.is_empty() {
            return None;
        }
        let mut cells: Vec<Value> = run.leading("Total", self.groups).chain(self.figures(run, &run.totals)).collect();
        let first_is_text =
            run.groupings.is_empty() && run.columns.first().is_some_and(|column| column.kind == ColumnKind::Text);
        if let Some(first) = cells.first_mut().filter(|first| first_is_text && first.is_null()) {
            *first = Value::Text("Total".to_owned());
        }
        Some(cells)
    }
}
