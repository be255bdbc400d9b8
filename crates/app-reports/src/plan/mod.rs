//! A definition tied to the schema and to one reader: what is asked of the store, and how the answer is to be put
//! together.

mod filters;
mod query;

use crate::aggregate::BoundAggregate;
use crate::column::{BoundColumn, Surroundings, shown};
use crate::definition::{DateGranularity, Direction, Grouping, ReportFormat, ReportMetadata, refused};
use model::schema::Sealing;
use model::{Date, ObjectSchema, Result};
use platform::Ctx;
use soql::ast::{Cond, Expr, NullsOrder, Sort};

const MAX_COLUMNS: usize = 99;
const MAX_FILTERS: usize = 20;
const MAX_GROUPINGS: usize = 3;
const MAX_TOP_ROWS: u64 = 10_000;

/// A level of groups, tied to its column.
#[derive(Clone, Debug)]
pub(crate) struct BoundGrouping {
    pub(crate) name: String,
    pub(crate) column: BoundColumn,
    pub(crate) granularity: DateGranularity,
    pub(crate) direction: Direction,
    /// Groups stand in the order of this aggregate.
    pub(crate) sort_aggregate: Option<usize>,
}

/// A definition ready to be run.
#[derive(Debug)]
pub(crate) struct BoundReport {
    pub(crate) object: String,
    pub(crate) object_label: String,
    /// Empty when the report shows no records.
    pub(crate) details: Vec<BoundColumn>,
    pub(crate) groupings: Vec<BoundGrouping>,
    pub(crate) aggregates: Vec<BoundAggregate>,
    filter: Vec<Cond>,
    mine: bool,
    sort: Option<Sort>,
    limit: Option<u64>,
    /// The filters in words.
    pub(crate) filter_words: Vec<String>,
    /// The resolved days of the standard date filter, both ends in.
    pub(crate) period: Option<(Option<Date>, Option<Date>)>,
    /// Columns that were removed because the reader may not see them.
    pub(crate) removed: Vec<String>,
}

impl BoundReport {
    /// Ties a definition to a reader.
    ///
    /// # Errors
    /// Names the property that is wrong, or that the reader may not use.
    pub(crate) fn bind(ctx: &Ctx, definition: &ReportMetadata, around: &Surroundings, details: bool) -> Result<Self> {
        let type_name = &definition.report_type.name;
        let object = ctx.object(type_name).map_err(|_| {
            refused("reportType.type", format!("\"{}\" is no object you can report on.", shown(type_name)))
        })?;
        check_shape(definition)?;
        let mut removed = Vec::new();
        let columns = columns(ctx, object, definition, &mut removed)?;
        let aggregates = aggregates(ctx, object, definition, around, &mut removed)?;
        let groupings = groupings(ctx, object, definition, &aggregates)?;
        if columns.is_empty() && aggregates.is_empty() {
            return Err(refused(
                "detailColumns",
                "the report shows nothing that you may read; choose a column or an aggregate.",
            ));
        }
        let mut bound = Self {
            object: object.name().to_owned(),
            object_label: object.def.label_plural.clone(),
            details: if details { columns } else { Vec::new() },
            groupings,
            aggregates,
            filter: Vec::new(),
            mine: is_mine(definition)?,
            sort: sort(ctx, object, definition)?,
            limit: definition.top_rows.as_ref().map(|top| top.row_limit),
            filter_words: Vec::new(),
            period: None,
            removed,
        };
        bound.filters(ctx, object, definition, around)?;
        Ok(bound)
    }
}

fn check_shape(definition: &ReportMetadata) -> Result<()> {
    let downs = definition.groupings_down.len();
    match definition.report_format {
        ReportFormat::Matrix => {
            return Err(refused("reportFormat", "matrix reports are not supported; choose SUMMARY."));
        }
        ReportFormat::Tabular if downs > 0 => {
            return Err(refused("groupingsDown", "a tabular report has no groups; choose the format SUMMARY."));
        }
        ReportFormat::Summary if downs == 0 || downs > MAX_GROUPINGS => {
            return Err(refused(
                "groupingsDown",
                format!("a summary report has one to {MAX_GROUPINGS} groupings, not {downs}."),
            ));
        }
        ReportFormat::Tabular | ReportFormat::Summary => {}
    }
    if !definition.groupings_across.is_empty() {
        return Err(refused("groupingsAcross", "groups across belong to matrix reports, which are not supported."));
    }
    if definition.detail_columns.len() > MAX_COLUMNS {
        let count = definition.detail_columns.len();
        return Err(refused("detailColumns", format!("a report has at most {MAX_COLUMNS} columns, not {count}.")));
    }
    if definition.report_filters.len() > MAX_FILTERS {
        let count = definition.report_filters.len();
        return Err(refused("reportFilters", format!("a report has at most {MAX_FILTERS} filters, not {count}.")));
    }
    if let Some(top) = &definition.top_rows {
        if definition.report_format != ReportFormat::Tabular || definition.sort_by.is_empty() {
            return Err(refused("topRows", "the first rows can be shown of a sorted tabular report only."));
        }
        if top.row_limit == 0 || top.row_limit > MAX_TOP_ROWS {
            return Err(refused("topRows.rowLimit", format!("choose 1 to {MAX_TOP_ROWS} rows.")));
        }
    }
    Ok(())
}

fn is_mine(definition: &ReportMetadata) -> Result<bool> {
    match definition.scope.as_str() {
        "organization" | "" => Ok(false),
        "mine" | "user" => Ok(true),
        other => Err(refused("scope", format!("\"{}\" is no scope; choose organization or mine.", shown(other)))),
    }
}

fn columns(
    ctx: &Ctx,
    object: &ObjectSchema,
    definition: &ReportMetadata,
    removed: &mut Vec<String>,
) -> Result<Vec<BoundColumn>> {
    let mut columns = Vec::with_capacity(definition.detail_columns.len());
    for (at, name) in definition.detail_columns.iter().enumerate() {
        let column = BoundColumn::bind(ctx, object, &format!("detailColumns[{at}]"), name)?;
        if column.is_readable { columns.push(column) } else { removed.push(name.clone()) }
    }
    Ok(columns)
}

fn aggregates(
    ctx: &Ctx,
    object: &ObjectSchema,
    definition: &ReportMetadata,
    around: &Surroundings,
    removed: &mut Vec<String>,
) -> Result<Vec<BoundAggregate>> {
    let mut aggregates = Vec::with_capacity(definition.aggregates.len());
    for (at, name) in definition.aggregates.iter().enumerate() {
        match BoundAggregate::bind(ctx, object, &format!("aggregates[{at}]"), name, around)? {
            Some(aggregate) => aggregates.push(aggregate),
            None => removed.push(name.clone()),
        }
    }
    Ok(aggregates)
}

fn groupings(
    ctx: &Ctx,
    object: &ObjectSchema,
    definition: &ReportMetadata,
    aggregates: &[BoundAggregate],
) -> Result<Vec<BoundGrouping>> {
    let bind = |(at, grouping): (usize, &Grouping)| {
        let property = format!("groupingsDown[{at}]");
        let column = BoundColumn::bind_readable(ctx, object, &format!("{property}.name"), &grouping.name)?;
        if grouping.date_granularity != DateGranularity::Exact && !column.is_date() {
            return Err(refused(&format!("{property}.dateGranularity"), format!("{} holds no dates.", column.label)));
        }
        if !column.data_type.is_sortable() || column.sealing == Sealing::Probabilistic {
            return Err(refused(&format!("{property}.name"), format!("rows cannot be grouped by {}.", column.label)));
        }
        let sort_aggregate = grouping
            .sort_aggregate
            .as_ref()
            .map(|name| {
                aggregates.iter().position(|aggregate| aggregate.name == *name).ok_or_else(|| {
                    refused(
                        &format!("{property}.sortAggregate"),
                        format!("\"{}\" is no readable aggregate of the report.", shown(name)),
                    )
                })
            })
            .transpose()?;
        Ok(BoundGrouping {
            name: grouping.name.clone(),
            column,
            granularity: grouping.date_granularity,
            direction: grouping.sort_order,
            sort_aggregate,
        })
    };
    definition.groupings_down.iter().enumerate().map(bind).collect()
}

fn sort(ctx: &Ctx, object: &ObjectSchema, definition: &ReportMetadata) -> Result<Option<Sort>> {
    let Some(sort) = definition.sort_by.first() else { return Ok(None) };
    if definition.sort_by.len() > 1 {
        return Err(refused("sortBy", "A report can only be sorted by one column."));
    }
    let column = BoundColumn::bind_readable(ctx, object, "sortBy[0].sortColumn", &sort.sort_column)?;
    if !column.is_sortable() {
        return Err(refused("sortBy[0].sortColumn", format!("rows cannot be sorted by {}.", column.label)));
    }
    let descending = sort.sort_order == Direction::Desc;
    let nulls = Some(if descending { NullsOrder::Last } else { NullsOrder::First });
    Ok(Some(Sort { expr: Expr::field(column.path), descending, nulls }))
}
