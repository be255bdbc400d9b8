//! Levels of groups, tied to their columns.

use crate::aggregate::{BoundAggregate, BoundSummary};
use crate::column::{Base, BoundColumn, ColumnAt, Derived, shown};
use crate::definition::{DateGranularity, Direction, Grouping, refused};
use model::Result;
use model::schema::FieldType;

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

/// What groups may be sorted by.
pub(super) struct Sorts<'a> {
    pub(super) aggregates: &'a [BoundAggregate],
    pub(super) summaries: &'a [(usize, BoundSummary)],
}

pub(super) fn bind(
    base: &mut Base<'_>,
    axis: &str,
    groupings: &[Grouping],
    sorts: &Sorts<'_>,
) -> Result<Vec<BoundGrouping>> {
    groupings.iter().enumerate().map(|(at, grouping)| one(base, &format!("{axis}[{at}]"), grouping, sorts)).collect()
}

fn one(base: &mut Base<'_>, property: &str, grouping: &Grouping, sorts: &Sorts<'_>) -> Result<BoundGrouping> {
    let column = base.readable(&format!("{property}.name"), &grouping.name)?;
    if grouping.date_granularity != DateGranularity::Exact && !column.is_date() {
        return Err(refused(&format!("{property}.dateGranularity"), format!("{} holds no dates.", column.label)));
    }
    if !column.can_group() {
        return Err(refused(&format!("{property}.name"), format!("rows cannot be grouped by {}.", column.label)));
    }
    let sort_property = format!("{property}.sortAggregate");
    let sort_aggregate = grouping
        .sort_aggregate
        .as_ref()
        .filter(|name| !name.is_empty())
        .map(|name| {
            sorts.aggregates.iter().position(|aggregate| aggregate.name == *name).ok_or_else(|| {
                refused(&sort_property, format!("\"{}\" is no readable aggregate of the report.", shown(name)))
            })
        })
        .transpose()?;
    if sorts.summaries.iter().any(|(at, summary)| Some(*at) == sort_aggregate && summary.looks_back()) {
        return Err(refused(&sort_property, "a formula with PREVGROUPVAL depends on the order and cannot make it."));
    }
    Ok(BoundGrouping {
        name: grouping.name.clone(),
        column,
        granularity: grouping.date_granularity,
        direction: grouping.sort_order,
        sort_aggregate,
    })
}

impl BoundGrouping {
    /// The input that the store groups by, where it can: the column itself, or what a bucket gathers.
    pub(super) fn groups_of_the_store(&self, base: &Base<'_>, zone_is_readers: bool) -> Option<usize> {
        match self.column.at {
            ColumnAt::Input(input) => {
                let can = match self.column.data_type {
                    // The store cuts instants into days in the reader's zone only.
                    FieldType::DateTime => self.granularity != DateGranularity::Exact && zone_is_readers,
                    _ => self.column.is_groupable(),
                };
                input.filter(|_| can)
            }
            ColumnAt::Derived(at) => match base.derived(at) {
                Derived::Bucket(bucket) => Some(bucket.source).filter(|_| bucket.is_groupable),
                Derived::Formula(_) => None,
            },
        }
    }

    /// The group of what the store grouped by.
    pub(crate) fn gathered(&self, base: &Base<'_>, value: &model::Value) -> model::Value {
        match self.column.at {
            ColumnAt::Input(_) => value.clone(),
            ColumnAt::Derived(at) => match base.derived(at) {
                Derived::Bucket(bucket) => bucket.value(value),
                Derived::Formula(_) => model::Value::Null,
            },
        }
    }
}
