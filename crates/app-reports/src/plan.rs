//! A definition tied to the schema and to one reader: what is asked of the store, and how the answer is to be put
//! together.

use crate::aggregate::BoundAggregate;
use crate::column::{BoundColumn, Surroundings, shown};
use crate::definition::{
    CrossFilter, DateGranularity, Direction, Grouping, ReportFormat, ReportMetadata, StandardDateFilter,
    StandardFilter, refused,
};
use crate::filter;
use crate::filter::days::Days;
use model::schema::FieldType;
use model::{Date, ObjectSchema, Result};
use platform::Ctx;
use soql::ast::{
    CompareOp, Cond, Expr, GroupBy, GroupMode, Item, Literal, LiteralValue, Name, NullsOrder, Predicate, Query,
    RowCount, Sort,
};

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

    fn filters(
        &mut self,
        ctx: &Ctx,
        object: &ObjectSchema,
        definition: &ReportMetadata,
        around: &Surroundings,
    ) -> Result<()> {
        if self.mine {
            self.filter_words.push(format!("My {}", self.object_label.to_lowercase()));
        }
        if let Some(standard) = &definition.standard_date_filter {
            self.standard_date_filter(ctx, object, standard, around)?;
        }
        for (at, standard) in definition.standard_filters.iter().enumerate() {
            self.filter.extend(standard_filter(object, standard, &format!("standardFilters[{at}]"))?);
        }
        let mut conds = Vec::with_capacity(definition.report_filters.len());
        for (at, one) in definition.report_filters.iter().enumerate() {
            let property = format!("reportFilters[{at}]");
            let column = BoundColumn::bind_readable(ctx, object, &format!("{property}.column"), &one.column)?;
            conds.push(filter::condition(&column, one, &property, around)?);
            let value = if one.value.is_empty() { "blank" } else { &one.value };
            self.filter_words.push(format!("{} {} {value}", column.label, operator_words(one.operator)));
        }
        let count = conds.len();
        self.filter.extend(filter::combine(definition.report_boolean_filter.as_deref(), conds)?);
        if let Some(logic) =
            definition.report_boolean_filter.as_deref().filter(|logic| count > 1 && !logic.trim().is_empty())
        {
            self.filter_words.push(format!("Filter logic: {logic}"));
        }
        for (at, cross) in definition.cross_filters.iter().enumerate() {
            let cond = cross_filter(ctx, object, cross, &format!("crossFilters[{at}]"), around)?;
            self.filter.push(cond);
            let verb = if cross.includes_object { "with" } else { "without" };
            self.filter_words.push(format!("{} {verb} {}", self.object_label, cross.related_entity));
        }
        Ok(())
    }

    fn standard_date_filter(
        &mut self,
        ctx: &Ctx,
        object: &ObjectSchema,
        standard: &StandardDateFilter,
        around: &Surroundings,
    ) -> Result<()> {
        const PROPERTY: &str = "standardDateFilter";
        let duration = standard.duration_value.as_deref().map(str::trim).filter(|text| !text.is_empty());
        let (first, after) = match duration {
            Some(literal) if !literal.eq_ignore_ascii_case("CUSTOM") => {
                let days = Days::parse_duration(literal, around).ok_or_else(|| {
                    refused(
                        &format!("{PROPERTY}.durationValue"),
                        format!("\"{}\" is no range of days.", shown(literal)),
                    )
                })?;
                (Some(days.first), Some(days.after))
            }
            _ => {
                let read = |name: &str, text: &Option<String>| {
                    text.as_deref()
                        .map(|text| {
                            Date::parse(text).ok_or_else(|| {
                                refused(
                                    &format!("{PROPERTY}.{name}"),
                                    format!("\"{}\" is not a date such as 2026-11-21.", shown(text)),
                                )
                            })
                        })
                        .transpose()
                };
                let first = read("startDate", &standard.start_date)?;
                (first, read("endDate", &standard.end_date)?.map(|day| day.plus_days(1)))
            }
        };
        if first.is_none() && after.is_none() {
            return Ok(());
        }
        let column = BoundColumn::bind_readable(ctx, object, &format!("{PROPERTY}.column"), &standard.column)?;
        if !column.is_date() {
            return Err(refused(&format!("{PROPERTY}.column"), format!("{} holds no dates.", column.label)));
        }
        self.filter.push(filter::within(&column, first, after, around));
        let last = after.map(|day| day.plus_days(-1));
        self.period = Some((first, last));
        let show = |day: Date| around.formats.date(day);
        self.filter_words.insert(
            0,
            match (first, last) {
                (Some(first), Some(last)) if first == last => format!("{} {}", column.label, show(first)),
                (Some(first), Some(last)) => format!("{} from {} to {}", column.label, show(first), show(last)),
                (Some(first), None) => format!("{} from {}", column.label, show(first)),
                (None, last) => format!("{} up to {}", column.label, last.map(show).unwrap_or_default()),
            },
        );
        Ok(())
    }

    /// Whether the store can group: every grouping is a column it groups by, every aggregate one it computes exactly.
    pub(crate) fn is_groupable(&self, zone_is_readers: bool) -> bool {
        let groups = self.groupings.iter().all(|grouping| match grouping.column.data_type {
            // The store cuts instants into days in the reader's zone only.
            FieldType::DateTime => grouping.granularity != DateGranularity::Exact && zone_is_readers,
            ref other => other.is_groupable(),
        });
        groups
            && self.limit.is_none()
            && self.details.is_empty()
            && self.aggregates.iter().all(BoundAggregate::is_mergeable)
    }

    fn query(&self, select: Vec<Item>) -> Query {
        let mut query = Query::new(select, &self.object);
        query.filter = match self.filter.len() {
            0 => None,
            1 => self.filter.first().cloned(),
            _ => Some(Cond::And(self.filter.clone())),
        };
        query.scope = self.mine.then(|| Name::new("mine"));
        query
    }

    /// Asks for records: the columns of groupings, of aggregates, then of details.
    pub(crate) fn rows_query(&self) -> Query {
        let mut select = vec![Item::field("Id")];
        let groupings = self.groupings.iter().map(|grouping| &grouping.column);
        let aggregates = self.aggregates.iter().filter_map(|aggregate| aggregate.column.as_ref());
        let mut seen: Vec<&str> = vec!["Id"];
        for column in groupings.chain(aggregates).chain(&self.details) {
            if !seen.contains(&column.path.as_str()) {
                seen.push(&column.path);
                select.push(Item::field(&column.path));
            }
        }
        let mut query = self.query(select);
        query.order_by = self.sort.iter().cloned().collect();
        query.limit = self.limit.map(RowCount::new);
        query
    }

    /// The place of a column among the cells of [`BoundReport::rows_query`].
    pub(crate) fn cell_of(query: &Query, column: &BoundColumn) -> usize {
        let is_it =
            |item: &Item| matches!(item, Item::Expr { expr: Expr::Path(path), .. } if path.dotted == column.path);
        query.select.iter().position(is_it).unwrap_or_default()
    }

    /// Asks for groups: one key per grouping, the number of rows, then four figures per aggregated column.
    pub(crate) fn groups_query(&self) -> Query {
        let keys: Vec<Expr> = self.groupings.iter().map(group_key).collect();
        let named = |expr: Expr, alias: String| Item::Expr { expr, alias: Some(Name::new(alias)) };
        let mut select: Vec<Item> =
            keys.iter().enumerate().map(|(at, key)| named(key.clone(), format!("k{at}"))).collect();
        select.push(named(Expr::call("COUNT", [Expr::field("Id")]), "n".to_owned()));
        for (at, aggregate) in self.aggregates.iter().enumerate() {
            for (function, letter) in aggregate.partials() {
                let field = aggregate.column.as_ref().map(|column| Expr::field(&column.path));
                select.push(named(Expr::call(*function, field), format!("{letter}{at}")));
            }
        }
        let mut query = self.query(select);
        query.group_by = (!keys.is_empty()).then_some(GroupBy { keys, mode: GroupMode::Plain });
        query
    }
}

/// A date or value as it is; the local day of an instant.
fn group_key(grouping: &BoundGrouping) -> Expr {
    let field = Expr::field(&grouping.column.path);
    match grouping.column.data_type {
        FieldType::DateTime => Expr::call("DAY_ONLY", [Expr::call("convertTimezone", [field])]),
        _ => field,
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
        if !column.data_type.is_sortable() {
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
    if !column.data_type.is_sortable() {
        return Err(refused("sortBy[0].sortColumn", format!("rows cannot be sorted by {}.", column.label)));
    }
    let descending = sort.sort_order == Direction::Desc;
    let nulls = Some(if descending { NullsOrder::Last } else { NullsOrder::First });
    Ok(Some(Sort { expr: Expr::field(column.path), descending, nulls }))
}

fn standard_filter(object: &ObjectSchema, standard: &StandardFilter, property: &str) -> Result<Option<Cond>> {
    let test = |field: &str, flag: bool| match object.find_field(field) {
        Some(_) => Ok(Some(Cond::compare(Expr::field(field), CompareOp::Eq, Literal::new(LiteralValue::Bool(flag))))),
        None => Err(refused(property, format!("{} are neither open nor closed.", object.def.label_plural))),
    };
    match (standard.name.as_str(), standard.value.as_str()) {
        (_, "all") => Ok(None),
        ("open", "open") => test("IsClosed", false),
        ("open", "closed") => test("IsClosed", true),
        ("open", "closedwon") => test("IsWon", true),
        (name, value) => {
            Err(refused(property, format!("\"{} = {}\" is no standard filter.", shown(name), shown(value))))
        }
    }
}

/// Rows to which at least one related record points that the reader may see and that passes the criteria, or none.
fn cross_filter(
    ctx: &Ctx,
    object: &ObjectSchema,
    cross: &CrossFilter,
    property: &str,
    around: &Surroundings,
) -> Result<Cond> {
    let related = ctx.object(&cross.related_entity).map_err(|_| {
        refused(
            &format!("{property}.relatedEntity"),
            format!("\"{}\" is no object you can report on.", shown(&cross.related_entity)),
        )
    })?;
    let join_property = format!("{property}.relatedEntityJoinField");
    let join = BoundColumn::bind_readable(ctx, related, &join_property, &cross.related_entity_join_field)?;
    let points_here = related.find_field(&join.path).is_some_and(|field| field.targets.contains(&object.ix));
    if !points_here {
        return Err(refused(&join_property, format!("{} does not point to {}.", join.label, object.def.label_plural)));
    }
    let mut conds = Vec::with_capacity(cross.criteria.len());
    for (at, one) in cross.criteria.iter().enumerate() {
        let property = format!("{property}.criteria[{at}]");
        let column = BoundColumn::bind_readable(ctx, related, &format!("{property}.column"), &one.column)?;
        conds.push(filter::condition(&column, one, &property, around)?);
    }
    let mut inner = Query::new(vec![Item::field(&join.path)], related.name());
    inner.filter = match conds.len() {
        0 => None,
        1 => conds.pop(),
        _ => Some(Cond::And(conds)),
    };
    let predicate = Predicate::InQuery { query: Box::new(inner), negated: !cross.includes_object };
    Ok(Cond::test(Expr::field("Id"), predicate))
}

fn operator_words(operator: crate::definition::Operator) -> &'static str {
    use crate::definition::Operator;
    match operator {
        Operator::Equals => "equals",
        Operator::NotEqual => "is not",
        Operator::LessThan => "is less than",
        Operator::GreaterThan => "is greater than",
        Operator::LessOrEqual => "is at most",
        Operator::GreaterOrEqual => "is at least",
        Operator::Contains => "contains",
        Operator::NotContain => "does not contain",
        Operator::StartsWith => "starts with",
        Operator::Includes => "includes",
        Operator::Excludes => "excludes",
    }
}
