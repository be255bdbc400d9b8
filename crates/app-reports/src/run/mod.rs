//! Running a report: as few queries as the question needs, in one snapshot, then groups and figures, then a table and a
//! chart of them.

mod answer;
mod axis;
mod chart;
mod cube;
mod facts;
mod matrix;
pub(crate) mod order;
mod parts;
pub(crate) mod period;
mod table;
mod within;

pub(crate) use chart::chart_kind;
pub use cube::Group;
pub(crate) use parts::run_parts;
pub use within::{GroupStep, RowSource};

use crate::column::{Author, Base, BoundColumn, Surroundings, shown};
use crate::definition::{ChartSpec, ReportFormat, ReportMetadata, refused};
use crate::plan::BoundReport;
use cube::Crossings;
use model::{Date, Error, Instant, RecordId, Result, Value, Zone};
use platform::{Ctx, SystemPermission};
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
    /// As the definition names it.
    pub name: String,
    /// From the object whose records are the rows: `Account.Name`.
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
    /// For each column, the record that the cell is the name of.
    pub names: Vec<Option<RecordId>>,
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
    /// Of a matrix.
    pub groupings_across: Vec<RunGrouping>,
    pub aggregates: Vec<RunAggregate>,
    /// The records of a report without groups; those of groups stand in their innermost one.
    pub rows: Vec<DetailRow>,
    pub groups: Vec<Group>,
    /// The groups across a matrix, each with its figures over all groups down.
    pub groups_across: Vec<Group>,
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
    pub(crate) crossings: Crossings,
    /// What its columns are, as the analytics API says it.
    pub(crate) extended: serde_json::Value,
}

/// Runs a definition with the rights of the context's user.
///
/// # Errors
/// `INSUFFICIENT_ACCESS_OR_READONLY` without the permission to run reports, or when the report filters, groups or sorts
/// by what the user may not read; a named property for a definition that does not fit the schema.
pub fn run(ctx: &Ctx, definition: &ReportMetadata, options: &RunOptions) -> Result<ReportRun> {
    run_as_written(ctx, definition, options, &Author::Saved)
}

/// As [`run`], for a definition that was written, or changed, by who asks: a column that they may not read answers as one
/// that does not exist.
pub(crate) fn run_as_written(
    ctx: &Ctx,
    definition: &ReportMetadata,
    options: &RunOptions,
    author: &Author,
) -> Result<ReportRun> {
    ctx.require(SystemPermission::RunReports)?;
    let run_as = ctx.user_id().ok_or_else(|| Error::internal("a report runs as a user"))?;
    let around = surroundings(ctx, options)?;
    let details = options.details.unwrap_or(definition.has_detail_rows);
    let bound = BoundReport::bind(ctx, definition, &around, details, author)?;
    let facts = facts::facts(ctx, &bound, &around)?;
    let folded = cube::fold(&bound, &around, facts)?;
    Ok(told(ctx, definition, &bound, around, folded, run_as))
}

/// What the figures of a definition are to one reader.
fn told(
    ctx: &Ctx,
    definition: &ReportMetadata,
    bound: &BoundReport<'_>,
    around: Surroundings,
    folded: cube::Folded,
    run_as: RecordId,
) -> ReportRun {
    let column = |column: &BoundColumn| RunColumn {
        name: column.name.clone(),
        path: column.path.clone(),
        label: column.label.clone(),
        kind: column.kind(&around),
    };
    let grouping = |grouping: &crate::plan::BoundGrouping| RunGrouping {
        name: grouping.name.clone(),
        label: grouping.column.label.clone(),
        granularity: grouping.granularity,
    };
    let removed =
        bound.removed.iter().map(|name| format!("The column {name} was removed: {} may not read it.", ctx.user().name));
    ReportRun {
        report: None,
        name: definition.name.clone(),
        format: definition.report_format,
        object_label: bound.object_label.clone(),
        columns: bound.details().iter().map(column).collect(),
        groupings: bound.down.iter().map(grouping).collect(),
        groupings_across: bound.across.iter().map(grouping).collect(),
        aggregates: bound.aggregates[..bound.shown_aggregates]
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
        groups: folded.down,
        groups_across: folded.across,
        totals: folded.crossings.figures(0, 0).to_vec(),
        row_count: folded.row_count,
        notices: removed.chain(bound.base.faults()).collect(),
        filters: bound.filter_words.clone(),
        period: bound.period,
        as_of: around.now,
        run_as,
        run_as_name: ctx.user().name.clone(),
        chart: definition.chart.clone(),
        extended: crate::wire::extended(bound),
        bound_columns: bound.details().to_vec(),
        crossings: folded.crossings,
        around,
    }
}

/// What the columns of a definition are, without running it.
pub(crate) fn describe(ctx: &Ctx, definition: &ReportMetadata) -> Result<serde_json::Value> {
    let around = surroundings(ctx, &RunOptions::default())?;
    let bound = BoundReport::bind(ctx, definition, &around, true, &Author::Saved)?;
    Ok(crate::wire::extended(&bound))
}

/// What the rows of a definition are called.
pub(crate) fn type_label(ctx: &Ctx, definition: &ReportMetadata) -> Result<String> {
    let author = Author::Saved;
    Ok(Base::bind(ctx, &ReportMetadata::new(&definition.report_type.name), &author)?.label())
}

/// The first query that a definition asks for records by.
pub(crate) fn query_text(ctx: &Ctx, definition: &ReportMetadata) -> Result<String> {
    let around = surroundings(ctx, &RunOptions::default())?;
    let bound = BoundReport::bind(ctx, definition, &around, true, &Author::Saved)?;
    let asked = bound.rows_queries().into_iter().next();
    asked.map(|asked| asked.query.to_string()).ok_or_else(Error::not_found)
}

/// Checks that a definition fits the schema and the rights of who saves it.
pub(crate) fn check(ctx: &Ctx, definition: &ReportMetadata) -> Result<()> {
    check_as_written(ctx, definition, &Author::Caller(Default::default()))
}

/// As [`check`], where some names were there before.
pub(crate) fn check_as_written(ctx: &Ctx, definition: &ReportMetadata, author: &Author) -> Result<()> {
    let around = surroundings(ctx, &RunOptions::default())?;
    BoundReport::bind(ctx, definition, &around, true, author)?;
    match &definition.chart {
        Some(chart) => chart_kind(&chart.chart_type).map(|_| ()),
        None => Ok(()),
    }
}

pub(crate) fn surroundings(ctx: &Ctx, options: &RunOptions) -> Result<Surroundings> {
    let user = ctx.user();
    let (zone, zone_name) = match &options.zone {
        Some(name) => {
            let zone = Zone::get(name).map_err(|cause| {
                refused("zone", format!("\"{}\" is no time zone.", shown(name))).with_internal(cause)
            })?;
            (zone, name.clone())
        }
        None => (user.zone.clone(), user.zone_name.clone()),
    };
    let now = ctx.now();
    let today = options.today.unwrap_or_else(|| now.date_in(&zone));
    let settings = ctx.settings();
    let locale = Locale::find(&user.locale.replace('_', "-")).unwrap_or_default();
    Ok(Surroundings {
        currency: settings.currency.clone(),
        zone,
        zone_name,
        today,
        now,
        calendar: Calendar { first_weekday: user.first_weekday(), fiscal_start_month: settings.fiscal_start_month },
        formats: Formats::new(locale),
    })
}
