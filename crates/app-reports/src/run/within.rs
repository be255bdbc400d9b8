//! The records behind a group or a crossing: the same report narrowed to it, and where each row of its tables comes from.

use super::{DetailRow, Group, ReportRun, period};
use crate::definition::{DateGranularity, Grouping, Operator, ReportFilter, ReportMetadata};
use crate::filter::items::value_of;
use crate::filter::rewrite::logic_with_one_more;
use model::{Date, Value};

/// A group by its column and its value; the empty value is that of the blank group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupStep {
    pub column: String,
    pub value: String,
}

impl GroupStep {
    pub fn of(column: &str, group: &Group) -> Self {
        Self { column: column.to_owned(), value: group.value.to_plain() }
    }
}

/// The most filters that a definition takes; a group that does not fit as a filter is found in the answer alone.
const MAX_FILTERS: usize = 20;

impl ReportMetadata {
    /// The question narrowed, as far as filters can say it, to the records of a group: [`ReportRun::records_within`] then
    /// tells exactly which they are.
    #[must_use]
    pub fn narrowed(&self, steps: &[GroupStep]) -> Self {
        let mut narrowed = self.clone();
        let groupings: Vec<Grouping> = self.groupings_down.iter().chain(&self.groupings_across).cloned().collect();
        for step in steps {
            let Some(grouping) = groupings.iter().find(|one| one.name.eq_ignore_ascii_case(&step.column)) else {
                continue;
            };
            let filters = filters(grouping, &step.value);
            if narrowed.report_filters.len() + filters.len() > MAX_FILTERS {
                continue;
            }
            for filter in filters {
                let before = narrowed.report_filters.len();
                narrowed.report_boolean_filter =
                    narrowed.report_boolean_filter.map(|logic| logic_with_one_more(&logic, before));
                narrowed.report_filters.push(filter);
            }
        }
        narrowed
    }
}

fn filters(grouping: &Grouping, value: &str) -> Vec<ReportFilter> {
    let filter = |operator, value: &str| ReportFilter::new(&grouping.name, operator, value);
    match grouping.date_granularity {
        _ if value.is_empty() => vec![filter(Operator::Equals, "")],
        DateGranularity::Exact => vec![filter(Operator::Equals, &value_of(&[value.to_owned()]))],
        // Days of many periods: no range has them.
        DateGranularity::MonthInYear | DateGranularity::DayInMonth => Vec::new(),
        granularity => {
            let Some(first) = Date::parse(value) else { return Vec::new() };
            let next = period::next(&Value::Date(first), granularity);
            let Some(Value::Date(next)) = next else { return Vec::new() };
            vec![filter(Operator::GreaterOrEqual, &first.to_string()), filter(Operator::LessThan, &next.to_string())]
        }
    }
}

/// Where a row of a table comes from.
#[derive(Clone, Debug)]
pub enum RowSource<'r> {
    Record(&'r DetailRow),
    /// The groups that it is about, from the outermost.
    Groups(Vec<GroupStep>),
}

impl ReportRun {
    /// The records of the groups that are named, down and across.
    pub fn records_within(&self, steps: &[GroupStep]) -> Vec<&DetailRow> {
        let mut found = Vec::new();
        let is_in = |column: Option<&str>, group: &Group| {
            let wanted = column.and_then(|name| steps.iter().find(|step| step.column.eq_ignore_ascii_case(name)));
            wanted.is_none_or(|step| step.value == group.value.to_plain())
        };
        let across = leaves(&self.groups_across, &|level, group: &Group| {
            is_in(self.groupings_across.get(level).map(|one| one.name.as_str()), group)
        });
        let down = leaves(&self.groups, &|level, group: &Group| {
            is_in(self.groupings.get(level).map(|one| one.name.as_str()), group)
        });
        found.extend(&self.rows);
        for group in down {
            if self.groups_across.is_empty() {
                found.extend(&group.rows);
            }
            for crossing in &across {
                found.extend(self.rows_at(group, Some(crossing)));
            }
        }
        found
    }

    /// What the rows of [`ReportRun::to_table`] are.
    pub fn table_sources(&self) -> Vec<RowSource<'_>> {
        if self.columns.is_empty() {
            return self.summary_sources();
        }
        let mut sources: Vec<RowSource<'_>> = self.rows.iter().map(RowSource::Record).collect();
        let mut path = Vec::new();
        for group in &self.groups {
            self.push_sources(&mut sources, group, &mut path);
        }
        sources
    }

    fn push_sources<'r>(&'r self, sources: &mut Vec<RowSource<'r>>, group: &'r Group, path: &mut Vec<GroupStep>) {
        path.push(self.step(path.len(), group));
        for inner in &group.groups {
            self.push_sources(sources, inner, path);
        }
        for (_, leaf) in self.leaves_across() {
            sources.extend(self.rows_at(group, leaf).iter().map(RowSource::Record));
        }
        if !self.aggregates.is_empty() {
            sources.push(RowSource::Groups(path.clone()));
        }
        path.pop();
    }

    /// What the rows of [`ReportRun::to_summary`] are.
    pub fn summary_sources(&self) -> Vec<RowSource<'_>> {
        if self.groupings.is_empty() && !self.columns.is_empty() {
            return self.table_sources();
        }
        fn push(run: &ReportRun, sources: &mut Vec<RowSource<'_>>, group: &Group, path: &mut Vec<GroupStep>) {
            path.push(run.step(path.len(), group));
            for inner in &group.groups {
                push(run, sources, inner, path);
            }
            sources.push(RowSource::Groups(path.clone()));
            path.pop();
        }
        let (mut sources, mut path) = (Vec::new(), Vec::new());
        for group in &self.groups {
            push(self, &mut sources, group, &mut path);
        }
        sources
    }

    /// The groups across that each column of figures of [`ReportRun::to_summary`] is about; none for a total.
    pub fn figure_sources(&self) -> Vec<Vec<GroupStep>> {
        fn push(run: &ReportRun, found: &mut Vec<Vec<GroupStep>>, group: &Group, path: &mut Vec<GroupStep>) {
            let name = run.groupings_across.get(path.len()).map(|one| one.name.as_str()).unwrap_or_default();
            path.push(GroupStep::of(name, group));
            for inner in &group.groups {
                push(run, found, inner, path);
            }
            found.push(path.clone());
            path.pop();
        }
        let (mut across, mut path) = (Vec::new(), Vec::new());
        for group in &self.groups_across {
            push(self, &mut across, group, &mut path);
        }
        across.push(Vec::new());
        across.into_iter().flat_map(|path| std::iter::repeat_n(path, self.aggregates.len())).collect()
    }

    fn step(&self, level: usize, group: &Group) -> GroupStep {
        GroupStep::of(self.groupings.get(level).map(|one| one.name.as_str()).unwrap_or_default(), group)
    }

    /// The answer as a list of the records of some of its groups, without groups and figures.
    #[must_use]
    pub fn listing(&self, steps: &[GroupStep]) -> Self {
        let rows: Vec<DetailRow> = self.records_within(steps).into_iter().cloned().collect();
        Self {
            format: crate::definition::ReportFormat::Tabular,
            groupings: Vec::new(),
            groupings_across: Vec::new(),
            groups: Vec::new(),
            groups_across: Vec::new(),
            aggregates: Vec::new(),
            totals: Vec::new(),
            row_count: rows.len() as u64,
            rows,
            chart: None,
            crossings: super::cube::Crossings::default(),
            ..self.clone()
        }
    }

    /// What a group is called, where the report has it.
    pub fn step_words(&self, step: &GroupStep) -> Option<(String, String)> {
        let level = |groupings: &[super::RunGrouping]| {
            groupings.iter().position(|one| one.name.eq_ignore_ascii_case(&step.column))
        };
        let found = |groups: &[Group], level: usize| {
            all_at(groups, level)
                .into_iter()
                .find(|group| group.value.to_plain() == step.value)
                .map(|group| group.label.clone())
        };
        if let Some(at) = level(&self.groupings) {
            return Some((self.groupings[at].label.clone(), found(&self.groups, at)?));
        }
        let at = level(&self.groupings_across)?;
        Some((self.groupings_across[at].label.clone(), found(&self.groups_across, at)?))
    }
}

/// The innermost groups on paths whose every group passes.
fn leaves<'r>(groups: &'r [Group], passes: &impl Fn(usize, &Group) -> bool) -> Vec<&'r Group> {
    fn push<'r>(
        groups: &'r [Group],
        level: usize,
        passes: &impl Fn(usize, &Group) -> bool,
        found: &mut Vec<&'r Group>,
    ) {
        for group in groups.iter().filter(|group| passes(level, group)) {
            match group.groups.is_empty() {
                true => found.push(group),
                false => push(&group.groups, level + 1, passes, found),
            }
        }
    }
    let mut found = Vec::new();
    push(groups, 0, passes, &mut found);
    found
}

fn all_at(groups: &[Group], level: usize) -> Vec<&Group> {
    match level {
        0 => groups.iter().collect(),
        level => groups.iter().flat_map(|group| all_at(&group.groups, level - 1)).collect(),
    }
}
