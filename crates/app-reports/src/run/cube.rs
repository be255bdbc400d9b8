//! Facts become figures: one set for each crossing of a group down, or all of them, with a group across, or all of them.

use super::DetailRow;
use super::axis::Axis;
use super::facts::Fact;
use crate::aggregate::{Cells, Partial};
use crate::column::Surroundings;
use crate::plan::BoundReport;
use model::{Error, ErrorCode, Result, Value};
use std::collections::{HashMap, HashSet};

/// The most crossings of a matrix, totals included.
const MAX_CELLS: usize = 100_000;
/// The most figures of a report: groups or crossings, totals included, times aggregates.
const MAX_FIGURES: usize = 2_000_000;

/// Rows that have the same value at one level.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// The value, the first day of a period, or null.
    pub value: Value,
    pub label: String,
    /// One figure for each aggregate, over all rows of the group.
    pub aggregates: Vec<Value>,
    pub row_count: u64,
    /// The groups of the next level.
    pub groups: Vec<Group>,
    /// The records of an innermost group, where records are shown; those of a matrix stand at its crossings.
    pub rows: Vec<DetailRow>,
    /// Its number on its axis, in the order of the report; 0 is the whole.
    pub node: usize,
}

/// The figures at all crossings of groups down and across, by their numbers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Crossings {
    /// Nodes across, the whole included.
    width: usize,
    figures: Vec<Vec<Value>>,
    /// Figures that have no value because their formula failed: node down, node across, aggregate.
    failed: HashSet<(usize, usize, usize)>,
    rows: HashMap<(usize, usize), Vec<DetailRow>>,
}

impl Crossings {
    pub(crate) fn count(&self) -> usize {
        self.figures.iter().map(Vec::len).sum()
    }

    pub(crate) fn figures(&self, down: usize, across: usize) -> &[Value] {
        self.figures.get(down * self.width + across).map(Vec::as_slice).unwrap_or_default()
    }

    pub(crate) fn has_failed(&self, down: usize, across: usize, aggregate: usize) -> bool {
        self.failed.contains(&(down, across, aggregate))
    }

    pub(crate) fn rows(&self, down: usize, across: usize) -> &[DetailRow] {
        self.rows.get(&(down, across)).map(Vec::as_slice).unwrap_or_default()
    }
}

pub(super) struct Folded {
    pub(super) down: Vec<Group>,
    pub(super) across: Vec<Group>,
    /// Of a report without groups.
    pub(super) rows: Vec<DetailRow>,
    pub(super) row_count: u64,
    pub(super) crossings: Crossings,
}

#[derive(Clone, Default)]
struct Sum {
    rows: u64,
    partials: Vec<Partial>,
}

/// # Errors
/// For a sum of too many digits, or a matrix of too many crossings.
pub(super) fn fold(bound: &BoundReport<'_>, around: &Surroundings, mut facts: Vec<Fact>) -> Result<Folded> {
    let (mut down, mut across) = (Axis::new(&bound.down), Axis::new(&bound.across));
    let downs = bound.down.len();
    let places: Vec<(usize, usize)> =
        facts.iter().map(|fact| (down.leaf(&fact.keys[..downs]), across.leaf(&fact.keys[downs..]))).collect();
    let width = across.nodes.len();
    let cells = down.nodes.len() * width;
    if width > 1 && cells > MAX_CELLS {
        let message = format!(
            "The matrix has {cells} crossings of groups; {MAX_CELLS} is the limit. Narrow the report, or group by something coarser."
        );
        return Err(Error::new(ErrorCode::QueryTooComplicated, message));
    }
    let figures = cells.saturating_mul(bound.aggregates.len());
    if figures > MAX_FIGURES {
        let message = format!(
            "The report has {figures} figures, groups times aggregates; {MAX_FIGURES} is the limit. Narrow the report, group by something coarser, or leave out aggregates."
        );
        return Err(Error::new(ErrorCode::QueryTooComplicated, message));
    }
    let mut sums: Vec<Sum> = vec![Sum::default(); cells];
    for (fact, (leaf_down, leaf_across)) in facts.iter().zip(&places) {
        for at_down in down.line(*leaf_down) {
            for at_across in across.line(*leaf_across) {
                sums[at_down * width + at_across].add(bound, fact)?;
            }
        }
    }
    let figures = sums.iter().map(|sum| sum.figures(bound)).collect();
    let mut crossings = Crossings { width, figures, failed: HashSet::new(), rows: HashMap::new() };
    formulas(bound, around, &mut crossings, &down, &across, false);
    down.sort(|node, aggregate| crossings.figures(node, 0)[aggregate].clone());
    across.sort(|node, aggregate| crossings.figures(0, node)[aggregate].clone());
    formulas(bound, around, &mut crossings, &down, &across, true);
    let (order_down, order_across) = (down.in_order(), across.in_order());
    let (place_down, place_across) = (places_in(&order_down), places_in(&order_across));
    let mut figures = Vec::with_capacity(cells);
    let mut counts = Vec::with_capacity(cells);
    for old_down in &order_down {
        for old_across in &order_across {
            let at = old_down * width + old_across;
            let mut own = std::mem::take(&mut crossings.figures[at]);
            own.truncate(bound.shown_aggregates);
            figures.push(own);
            counts.push(sums[at].rows);
        }
    }
    crossings.figures = figures;
    let moved = |(down, across, aggregate): (usize, usize, usize)| (place_down[down], place_across[across], aggregate);
    crossings.failed = crossings.failed.into_iter().map(moved).collect();
    let mut loose = Vec::new();
    for (fact, (leaf_down, leaf_across)) in facts.iter_mut().zip(&places) {
        let Some(detail) = fact.detail.take() else { continue };
        let place = (place_down[*leaf_down], place_across[*leaf_across]);
        if bound.down.is_empty() { loose.push(detail) } else { crossings.rows.entry(place).or_default().push(detail) }
    }
    let row_count = counts[0];
    let is_matrix = !bound.across.is_empty();
    let mut made = Groups { around, crossings: &mut crossings, counts: &counts, takes_rows: !is_matrix };
    let groups_down = made.below(&down, 0, &place_down, &|node| (node, 0));
    let groups_across = made.below(&across, 0, &place_across, &|node| (0, node));
    Ok(Folded { down: groups_down, across: groups_across, rows: loose, row_count, crossings })
}

/// The place of each node in an order of nodes.
fn places_in(order: &[usize]) -> Vec<usize> {
    let mut places = vec![0; order.len()];
    for (place, node) in order.iter().enumerate() {
        places[*node] = place;
    }
    places
}

impl Sum {
    fn add(&mut self, bound: &BoundReport<'_>, fact: &Fact) -> Result<()> {
        self.rows += fact.rows;
        if self.partials.is_empty() {
            self.partials.resize(bound.aggregates.len(), Partial::default());
        }
        for ((sum, part), aggregate) in self.partials.iter_mut().zip(&fact.partials).zip(&bound.aggregates) {
            sum.add(aggregate.function, part)?;
        }
        Ok(())
    }

    fn figures(&self, bound: &BoundReport<'_>) -> Vec<Value> {
        let none = Partial::default();
        let figure = |(at, aggregate)| self.partials.get(at).unwrap_or(&none).figure(aggregate, self.rows);
        bound.aggregates.iter().enumerate().map(figure).collect()
    }
}

/// Computes the formulas over aggregates: first those that no order of groups matters to, then the others.
fn formulas(
    bound: &BoundReport<'_>,
    around: &Surroundings,
    crossings: &mut Crossings,
    down: &Axis<'_>,
    across: &Axis<'_>,
    look_back: bool,
) {
    for (at, summary) in bound.summaries.iter().filter(|(_, summary)| summary.looks_back() == look_back) {
        for node_down in 0..down.nodes.len() {
            for node_across in 0..across.nodes.len() {
                let seen = Seen { crossings, down, across };
                let figure = summary.figure(&seen, (node_down, node_across), around).unwrap_or_else(|()| {
                    crossings.failed.insert((node_down, node_across, *at));
                    Value::Null
                });
                crossings.figures[node_down * crossings.width + node_across][*at] = figure;
            }
        }
    }
}

/// The figures so far, as formulas ask for them.
struct Seen<'s, 'b> {
    crossings: &'s Crossings,
    down: &'s Axis<'b>,
    across: &'s Axis<'b>,
}

impl<'b> Seen<'_, 'b> {
    fn axis(&self, is_across: bool) -> &Axis<'b> {
        if is_across { self.across } else { self.down }
    }
}

impl Cells for Seen<'_, '_> {
    fn depth(&self, is_across: bool, node: usize) -> usize {
        self.axis(is_across).nodes[node].depth
    }

    fn above(&self, is_across: bool, node: usize, depth: usize) -> Option<usize> {
        let axis = self.axis(is_across);
        axis.line(node).find(|at| axis.nodes[*at].depth == depth)
    }

    fn before(&self, is_across: bool, node: usize, back: u32) -> Option<usize> {
        let axis = self.axis(is_across);
        let beside = &axis.nodes[axis.nodes[node].parent].children;
        let place = beside.iter().position(|at| *at == node)?;
        beside.get(place.checked_sub(usize::try_from(back).ok()?)?).copied()
    }

    fn figure(&self, down: usize, across: usize, aggregate: usize) -> Value {
        match &self.crossings.figures(down, across)[aggregate] {
            Value::Int(number) => Value::Number((*number).into()),
            other => other.clone(),
        }
    }
}

/// Makes the groups of an axis, in their order.
struct Groups<'s> {
    around: &'s Surroundings,
    crossings: &'s mut Crossings,
    counts: &'s [u64],
    /// Whether innermost groups hold their records themselves.
    takes_rows: bool,
}

impl Groups<'_> {
    fn below(
        &mut self,
        axis: &Axis<'_>,
        node: usize,
        numbers: &[usize],
        crossing: &impl Fn(usize) -> (usize, usize),
    ) -> Vec<Group> {
        let mut groups = Vec::with_capacity(axis.nodes[node].children.len());
        for &child in &axis.nodes[node].children {
            let (down, across) = crossing(numbers[child]);
            let rows = match axis.is_leaf(child) && self.takes_rows {
                true => self.crossings.rows.remove(&(down, across)).unwrap_or_default(),
                false => Vec::new(),
            };
            groups.push(Group {
                value: axis.nodes[child].value.clone(),
                label: axis.label(child, self.around),
                aggregates: self.crossings.figures(down, across).to_vec(),
                row_count: self.counts[down * self.crossings.width + across],
                groups: self.below(axis, child, numbers, crossing),
                rows,
                node: numbers[child],
            });
        }
        groups
    }
}
