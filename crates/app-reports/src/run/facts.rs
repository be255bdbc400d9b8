//! What the store answers, record by record or already in groups.

use super::order::compare;
use super::{DetailRow, period};
use crate::aggregate::{BoundAggregate, Partial};
use crate::column::Surroundings;
use crate::plan::{BoundReport, BoundSort, RowsQuery};
use model::{RecordId, Result, Value};
use platform::{Ctx, QueryOptions, RecordRow};
use std::cmp::Ordering;

/// One record, or one group that the store made.
pub(super) struct Fact {
    /// The groups that it is in: those down, then those across.
    pub(super) keys: Vec<Value>,
    pub(super) rows: u64,
    pub(super) partials: Vec<Partial>,
    pub(super) detail: Option<DetailRow>,
}

/// # Errors
/// What the platform refuses or the database reports.
pub(super) fn facts(ctx: &Ctx, bound: &BoundReport<'_>, around: &Surroundings) -> Result<Vec<Fact>> {
    if bound.is_groupable(around.zone_name == ctx.user().zone_name) {
        return grouped(ctx, bound, around);
    }
    let asked = bound.rows_queries();
    let queries: Vec<_> = asked.iter().map(|asked| &asked.query).collect();
    let answers = ctx.rows_of_trees(&queries, QueryOptions::default())?;
    let filters_here = bound.filters_here();
    let mut rows: Vec<(RecordId, Vec<Value>)> = Vec::with_capacity(answers.iter().map(Vec::len).sum());
    for (asked, answer) in asked.iter().zip(answers) {
        let read = answer.into_iter().map(|row| (row.id, inputs(asked, &row)));
        rows.extend(read.filter(|(_, row)| !filters_here || bound.passes(around, row)));
    }
    if let Some(sort) = bound.sort.as_ref().filter(|_| bound.sorts_here()) {
        put_in_order(bound, around, sort, &mut rows);
    }
    if let Some(limit) = bound.limit {
        rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    }
    Ok(rows.into_iter().map(|(id, row)| fact(bound, around, id, &row)).collect())
}

fn inputs(asked: &RowsQuery, row: &RecordRow) -> Vec<Value> {
    asked.cells.iter().map(|cell| cell.map(|at| row.cells[at].value().clone()).unwrap_or_default()).collect()
}

fn put_in_order(
    bound: &BoundReport<'_>,
    around: &Surroundings,
    sort: &BoundSort,
    rows: &mut Vec<(RecordId, Vec<Value>)>,
) {
    let keyed =
        std::mem::take(rows).into_iter().map(|(id, row)| (bound.base.value(around, &row, sort.column.at), id, row));
    let mut keyed: Vec<_> = keyed.collect();
    keyed.sort_by(|(a, a_id, _), (b, b_id, _)| {
        let order = compare(a, b);
        let order = if sort.descending { order.reverse() } else { order };
        order.then_with(|| a_id.cmp(b_id)).then(Ordering::Equal)
    });
    *rows = keyed.into_iter().map(|(_, id, row)| (id, row)).collect();
}

fn fact(bound: &BoundReport<'_>, around: &Surroundings, id: RecordId, row: &[Value]) -> Fact {
    let value = |column: &crate::column::BoundColumn| bound.base.value(around, row, column.at);
    let partial = |aggregate: &BoundAggregate| match &aggregate.column {
        Some(column) => Partial::of_value(aggregate.function, &value(column)),
        None => Partial::default(),
    };
    Fact {
        keys: bound
            .groupings()
            .map(|grouping| period::bucket(&value(&grouping.column), grouping.granularity, around))
            .collect(),
        rows: 1,
        partials: bound.aggregates.iter().map(partial).collect(),
        detail: bound.shows_details.then(|| DetailRow {
            id,
            cells: bound.columns.iter().map(value).collect(),
            names: bound
                .columns
                .iter()
                .map(|column| column.names.and_then(|at| row.get(at)).and_then(Value::as_id))
                .collect(),
        }),
    }
}

fn grouped(ctx: &Ctx, bound: &BoundReport<'_>, around: &Surroundings) -> Result<Vec<Fact>> {
    // Without a query no record can pass the filters.
    let Some(query) = bound.groups_query() else { return Ok(Vec::new()) };
    let groups = ctx.groups_of_tree(&query, QueryOptions::default())?;
    let depth = bound.groupings().count();
    let fact = |group: Vec<Value>| {
        let keys = group.iter().zip(bound.groupings()).map(|(value, grouping)| {
            period::bucket(&grouping.gathered(&bound.base, value), grouping.granularity, around)
        });
        let rows =
            group.get(depth).and_then(Value::as_decimal).and_then(|count| u64::try_from(count).ok()).unwrap_or(0);
        let mut figures = group.get(depth + 1..).unwrap_or_default();
        let partials = bound.aggregates.iter().map(|aggregate| {
            let (own, rest) = figures.split_at(aggregate.partials().len().min(figures.len()));
            figures = rest;
            Partial::of_group(aggregate.function, own)
        });
        Fact { keys: keys.collect(), rows, partials: partials.collect(), detail: None }
    };
    Ok(groups.into_iter().map(fact).collect())
}
