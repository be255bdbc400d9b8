//! Running a report: one query, one snapshot, then groups and figures, then a table and a chart of them.

mod chart;
mod fold;
pub(crate) mod order;
pub(crate) mod period;
mod table;

pub(crate) use chart::chart_kind;
pub use fold::Group;

use crate::aggregate::Partial;
use crate::column::{BoundColumn, Surroundings};
use crate::definition::{ChartSpec, ReportFormat, ReportMetadata};
use crate::plan::BoundReport;
use fold::Fact;
use model::{Date, Error, Instant, RecordId, Result, Value, Zone};
use platform::{Ctx, QueryOptions, SystemPermission};
use render::ColumnKind;
use render::format::{Formats, Locale};
use soql::dates::Calendar;

/// How one run differs from what the definition says.
#[derive(Clone, Debug, Default)]
pub struct RunOptions {
    /// Whether records are shown; what the definition says when none.
    pub details: Option<bool>,
    /// The day that relative dates count from; the reader's own when none. A schedule gives the day it was due.
    pub today: Option<Date>,
    /// The IANA zone that cuts instants into days; the reader's own when none.
    pub zone: Option<String>,
}

/// A column of records.
#[derive(Clone, Debug, PartialEq)]
pub struct RunColumn {
    /// From the report's object: `Account.Name`.
    pub path: String,
    pub label: String,
    pub kind: ColumnKind,
}

/// A level of groups.
#[derive(Clone, Debug, PartialEq)]
pub struct RunGrouping {
    pub name: String,
    pub label: String,
    pub granularity: crate::definition::DateGranularity,
}

/// A figure of every group and of the whole.
#[derive(Clone, Debug, PartialEq)]
pub struct RunAggregate {
    /// As the definition names it: `s!Amount`.
    pub name: String,
    pub label: String,
    pub kind: ColumnKind,
    /// The path it sums up; none for the count of rows.
    pub path: Option<String>,
    pub(crate) is_additive: bool,
}

/// One record of the answer.
#[derive(Clone, Debug, PartialEq)]
pub struct DetailRow {
    pub id: RecordId,
    /// A value for each column.
    pub cells: Vec<Value>,
}

/// The answer of a report, as one reader gets it.
#[derive(Clone, Debug)]
pub struct ReportRun {
    /// The saved report, when it is one.
    pub report: Option<RecordId>,
    pub name: String,
    pub format: ReportFormat,
    /// The plural label of the object whose records are the rows.
    pub object_label: String,
    pub columns: Vec<RunColumn>,
    pub groupings: Vec<RunGrouping>,
    pub aggregates: Vec<RunAggregate>,
    /// The records of a report without groups; those of groups stand in their innermost one.
    pub rows: Vec<DetailRow>,
    pub groups: Vec<Group>,
    /// The figures of the whole, one for each aggregate.
    pub totals: Vec<Value>,
    /// Records that passed the filters and the reader's access.
    pub row_count: u64,
    /// What the reader must know: columns that were removed.
    pub notices: Vec<String>,
    /// Filters and scope in words.
    pub filters: Vec<String>,
    /// The resolved days of the standard date filter.
    pub period: Option<(Option<Date>, Option<Date>)>,
    /// The instant of the snapshot.
    pub as_of: Instant,
    /// The user whose access decided.
    pub run_as: RecordId,
    pub run_as_name: String,
    pub(crate) chart: Option<ChartSpec>,
    pub(crate) around: Surroundings,
    pub(crate) bound_columns: Vec<BoundColumn>,
}

/// Runs a definition with the rights of the context's user.
///
/// # Errors
/// `INSUFFICIENT_ACCESS_OR_READONLY` without the permission to run reports, or when the report filters, groups or sorts
/// by what the user may not read; a named property for a definition that does not fit the schema.
pub fn run(ctx: &Ctx, definition: &ReportMetadata, options: &RunOptions) -> Result<ReportRun> {
    ctx.require(SystemPermission::RunReports)?;
    let run_as = ctx.user_id().ok_or_else(|| Error::internal("a report runs as a user"))?;
    let around = surroundings(ctx, options)?;
    let details = options.details.unwrap_or(definition.has_detail_rows);
    let bound = BoundReport::bind(ctx, definition, &around, details)?;
    let as_of = ctx.now();
    let facts = facts(ctx, &bound, &around)?;
    let folded = fold::fold(&bound, &around, facts)?;
    let column = |column: &BoundColumn| RunColumn {
        path: column.path.clone(),
        label: column.label.clone(),
        kind: column.kind(&around),
    };
    let notices =
        bound.removed.iter().map(|name| format!("The column {name} was removed: {} may not read it.", ctx.user().name));
    Ok(ReportRun {
        report: None,
        name: definition.name.clone(),
        format: definition.report_format,
        object_label: bound.object_label.clone(),
        columns: bound.details.iter().map(column).collect(),
        groupings: bound
            .groupings
            .iter()
            .map(|grouping| RunGrouping {
                name: grouping.name.clone(),
                label: grouping.column.label.clone(),
                granularity: grouping.granularity,
            })
            .collect(),
        aggregates: bound
            .aggregates
            .iter()
            .map(|aggregate| RunAggregate {
                name: aggregate.name.clone(),
                label: aggregate.label.clone(),
                kind: aggregate.kind.clone(),
                path: aggregate.column.as_ref().map(|column| column.path.clone()),
                is_additive: aggregate.is_additive(),
            })
            .collect(),
        rows: folded.rows,
        groups: folded.groups,
        totals: folded.totals,
        row_count: folded.row_count,
        notices: notices.collect(),
        filters: bound.filter_words.clone(),
        period: bound.period,
        as_of,
        run_as,
        run_as_name: ctx.user().name.clone(),
        chart: definition.chart.clone(),
        around,
        bound_columns: bound.details,
    })
}

/// Checks that a definition fits the schema and the rights of who saves it.
pub(crate) fn check(ctx: &Ctx, definition: &ReportMetadata) -> Result<()> {
    let around = surroundings(ctx, &RunOptions::default())?;
    let bound = BoundReport::bind(ctx, definition, &around, true)?;
    if let Some(name) = bound.removed.first() {
        // Who saves must not learn that a field exists which they may not read.
        let words = format!("\"{}\" is no column of {}.", crate::column::shown(name), bound.object_label);
        return Err(crate::definition::refused("detailColumns", words));
    }
    match &definition.chart {
        Some(chart) => chart_kind(&chart.chart_type).map(|_| ()),
        None => Ok(()),
    }
}

fn surroundings(ctx: &Ctx, options: &RunOptions) -> Result<Surroundings> {
    let user = ctx.user();
    let (zone, zone_name) = match &options.zone {
        Some(name) => {
            let zone = Zone::get(name).map_err(|cause| {
                crate::definition::refused("zone", format!("\"{name}\" is no time zone.")).with_internal(cause)
            })?;
            (zone, name.clone())
        }
        None => (user.zone.clone(), user.zone_name.clone()),
    };
    let today = options.today.unwrap_or_else(|| ctx.now().date_in(&zone));
    let settings = ctx.settings();
    let locale = Locale::find(&user.locale.replace('_', "-")).unwrap_or_default();
    Ok(Surroundings {
        currency: settings.currency.clone(),
        zone,
        zone_name,
        today,
        calendar: Calendar { first_weekday: user.first_weekday(), fiscal_start_month: settings.fiscal_start_month },
        formats: Formats::new(locale),
    })
}

/// What the store answers, record by record or already in groups.
fn facts(ctx: &Ctx, bound: &BoundReport, around: &Surroundings) -> Result<Vec<Fact>> {
    if bound.is_groupable(around.zone_name == ctx.user().zone_name) {
        return grouped_facts(ctx, bound, around);
    }
    let query = bound.rows_query();
    let cell = |column: &BoundColumn| BoundReport::cell_of(&query, column);
    let keys: Vec<usize> = bound.groupings.iter().map(|grouping| cell(&grouping.column)).collect();
    let arguments: Vec<Option<usize>> =
        bound.aggregates.iter().map(|aggregate| aggregate.column.as_ref().map(cell)).collect();
    let details: Vec<usize> = bound.details.iter().map(cell).collect();
    let rows = ctx.rows_of_tree(&query, QueryOptions::default())?;
    Ok(rows
        .into_iter()
        .map(|row| Fact {
            keys: keys
                .iter()
                .zip(&bound.groupings)
                .map(|(at, grouping)| period::bucket(row.cells[*at].value(), grouping.granularity, around))
                .collect(),
            rows: 1,
            partials: arguments
                .iter()
                .zip(&bound.aggregates)
                .map(|(at, aggregate)| match at {
                    Some(at) => Partial::of_value(aggregate.function, row.cells[*at].value()),
                    None => Partial::default(),
                })
                .collect(),
            detail: (!details.is_empty()).then(|| DetailRow {
                id: row.id,
                cells: details.iter().map(|at| row.cells[*at].value().clone()).collect(),
            }),
        })
        .collect())
}

fn grouped_facts(ctx: &Ctx, bound: &BoundReport, around: &Surroundings) -> Result<Vec<Fact>> {
    let groups = ctx.groups_of_tree(&bound.groups_query(), QueryOptions::default())?;
    let depth = bound.groupings.len();
    Ok(groups
        .into_iter()
        .map(|group| {
            let keys = group
                .iter()
                .zip(&bound.groupings)
                .map(|(value, grouping)| period::bucket(value, grouping.granularity, around))
                .collect();
            let rows =
                group.get(depth).and_then(Value::as_decimal).and_then(|count| u64::try_from(count).ok()).unwrap_or(0);
            let mut figures = group.get(depth + 1..).unwrap_or_default();
            let partials = bound
                .aggregates
                .iter()
                .map(|aggregate| {
                    let (own, rest) = figures.split_at(aggregate.partials().len().min(figures.len()));
                    figures = rest;
                    Partial::of_group(aggregate.function, own)
                })
                .collect();
            Fact { keys, rows, partials, detail: None }
        })
        .collect())
}
