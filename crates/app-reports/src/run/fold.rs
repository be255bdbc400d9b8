//! Facts become groups within groups, each with its figures.

use super::order::compare;
use super::{DetailRow, period};
use crate::aggregate::Partial;
use crate::column::Surroundings;
use crate::definition::Direction;
use crate::plan::{BoundGrouping, BoundReport};
use model::schema::FieldType;
use model::{Result, Value, text};
use std::cmp::Ordering;
use std::collections::HashMap;

/// What blanks are called.
const BLANK: &str = "-";

/// Rows that have the same value at one level.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// The value, the first day of a period, or null.
    pub value: Value,
    pub label: String,
    /// One figure for each aggregate.
    pub aggregates: Vec<Value>,
    pub row_count: u64,
    /// The groups of the next level.
    pub groups: Vec<Group>,
    /// The records of an innermost group, where records are shown.
    pub rows: Vec<DetailRow>,
}

/// One record, or one group that the store made.
pub(super) struct Fact {
    pub(super) keys: Vec<Value>,
    pub(super) rows: u64,
    pub(super) partials: Vec<Partial>,
    pub(super) detail: Option<DetailRow>,
}

pub(super) struct Folded {
    pub(super) groups: Vec<Group>,
    pub(super) rows: Vec<DetailRow>,
    pub(super) totals: Vec<Value>,
    pub(super) row_count: u64,
}

/// # Errors
/// For a sum of too many digits.
pub(super) fn fold(bound: &BoundReport, around: &Surroundings, facts: Vec<Fact>) -> Result<Folded> {
    let (totals, row_count) = figures(bound, &facts)?;
    if bound.groupings.is_empty() {
        let rows = facts.into_iter().filter_map(|fact| fact.detail).collect();
        return Ok(Folded { groups: Vec::new(), rows, totals, row_count });
    }
    let groups = level(bound, around, 0, facts)?;
    Ok(Folded { groups, rows: Vec::new(), totals, row_count })
}

fn figures(bound: &BoundReport, facts: &[Fact]) -> Result<(Vec<Value>, u64)> {
    let mut whole = vec![Partial::default(); bound.aggregates.len()];
    let mut rows = 0;
    for fact in facts {
        rows += fact.rows;
        for ((sum, part), aggregate) in whole.iter_mut().zip(&fact.partials).zip(&bound.aggregates) {
            sum.add(aggregate.function, part)?;
        }
    }
    Ok((whole.iter().zip(&bound.aggregates).map(|(sum, aggregate)| sum.figure(aggregate, rows)).collect(), rows))
}

fn level(bound: &BoundReport, around: &Surroundings, depth: usize, facts: Vec<Fact>) -> Result<Vec<Group>> {
    let Some(grouping) = bound.groupings.get(depth) else { return Ok(Vec::new()) };
    let mut order: HashMap<Value, usize> = HashMap::new();
    let mut buckets: Vec<(Value, Vec<Fact>)> = Vec::new();
    for mut fact in facts {
        let value = std::mem::take(&mut fact.keys[depth]);
        let at = *order.entry(folded(&value)).or_insert(buckets.len());
        match buckets.get_mut(at) {
            Some((known, facts)) => {
                // Texts that differ in case alone are one group; which of them names it must not hang on chance.
                if let (Value::Text(known), Value::Text(other)) = (&mut *known, &value)
                    && other < known
                {
                    known.clone_from(other);
                }
                facts.push(fact);
            }
            None => buckets.push((value, vec![fact])),
        }
    }
    let mut groups = Vec::with_capacity(buckets.len());
    for (value, mut facts) in buckets {
        let (aggregates, row_count) = figures(bound, &facts)?;
        let is_leaf = depth + 1 == bound.groupings.len();
        let rows = if is_leaf { facts.iter_mut().filter_map(|fact| fact.detail.take()).collect() } else { Vec::new() };
        let inner = if is_leaf { Vec::new() } else { level(bound, around, depth + 1, facts)? };
        let label = label(&value, grouping, around);
        let value = if value == Value::Text(String::new()) { Value::Null } else { value };
        groups.push(Group { value, label, aggregates, row_count, groups: inner, rows });
    }
    groups.sort_by(|a, b| by_value(a, b, grouping));
    if let Some(at) = grouping.sort_aggregate {
        // Stable: groups with the same figure stay in the order of their values.
        groups.sort_by(|a, b| directed(compare(&a.aggregates[at], &b.aggregates[at]), grouping.direction));
    } else if grouping.direction == Direction::Desc {
        groups.reverse();
    }
    Ok(groups)
}

fn folded(value: &Value) -> Value {
    match value {
        Value::Text(content) if content.is_empty() => Value::Null,
        Value::Text(content) => Value::Text(text::fold(content)),
        other => other.clone(),
    }
}

fn directed(ordering: Ordering, direction: Direction) -> Ordering {
    match direction {
        Direction::Asc => ordering,
        Direction::Desc => ordering.reverse(),
    }
}

/// Values of a picklist stand in the order of their list, as stages do; all others by their own order.
fn by_value(a: &Group, b: &Group, grouping: &BoundGrouping) -> Ordering {
    if let FieldType::Picklist { values, .. } = &grouping.column.data_type {
        let place = |group: &Group| {
            let text = group.value.as_text()?;
            Some(values.iter().position(|known| text::eq_fold(&known.value, text)).unwrap_or(values.len()))
        };
        return place(a).cmp(&place(b)).then_with(|| compare(&a.value, &b.value));
    }
    compare(&a.value, &b.value)
}

fn label(value: &Value, grouping: &BoundGrouping, around: &Surroundings) -> String {
    if value.is_null() || matches!(value, Value::Text(text) if text.is_empty()) {
        return BLANK.to_owned();
    }
    if grouping.column.is_date()
        && let Some(name) = period::label(value, grouping.granularity, around)
    {
        return name;
    }
    let shown = grouping.column.label_of(value);
    let kind = match value {
        // The day of a month is a plain number, whatever the column holds.
        Value::Int(_) if grouping.column.is_date() => render::ColumnKind::Number { scale: 0 },
        _ => grouping.column.kind(around),
    };
    around.formats.value(&shown, &kind, Some(&around.zone))
}
