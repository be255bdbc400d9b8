//! The groups of one axis of a report as a tree of nodes; node 0 is the whole.

use super::order::compare;
use super::period;
use crate::column::Surroundings;
use crate::definition::Direction;
use crate::plan::BoundGrouping;
use model::schema::FieldType;
use model::{Value, text};
use std::cmp::Ordering;
use std::collections::HashMap;

/// What blanks are called.
const BLANK: &str = "-";

#[derive(Debug)]
pub(super) struct Node {
    /// The value, the first day of a period, or null.
    pub(super) value: Value,
    pub(super) depth: usize,
    pub(super) parent: usize,
    pub(super) children: Vec<usize>,
}

#[derive(Debug)]
pub(super) struct Axis<'b> {
    pub(super) nodes: Vec<Node>,
    levels: &'b [BoundGrouping],
    known: HashMap<(usize, Value), usize>,
}

impl<'b> Axis<'b> {
    pub(super) fn new(levels: &'b [BoundGrouping]) -> Self {
        let whole = Node { value: Value::Null, depth: 0, parent: 0, children: Vec::new() };
        Self { nodes: vec![whole], levels, known: HashMap::new() }
    }

    /// The innermost group of one value for each level.
    pub(super) fn leaf(&mut self, keys: &[Value]) -> usize {
        let mut at = 0;
        for key in keys {
            at = self.child(at, key);
        }
        at
    }

    fn child(&mut self, parent: usize, value: &Value) -> usize {
        let next = self.nodes.len();
        let at = *self.known.entry((parent, folded(value))).or_insert(next);
        match self.nodes.get_mut(at) {
            Some(node) => {
                // Texts that differ in case alone are one group; which of them names it must not hang on chance.
                if let (Value::Text(known), Value::Text(other)) = (&mut node.value, value)
                    && other < known
                {
                    known.clone_from(other);
                }
            }
            None => {
                let depth = self.nodes[parent].depth + 1;
                let value = if *value == Value::Text(String::new()) { Value::Null } else { value.clone() };
                self.nodes.push(Node { value, depth, parent, children: Vec::new() });
                self.nodes[parent].children.push(at);
            }
        }
        at
    }

    /// A node, those above it, and the whole.
    pub(super) fn line(&self, node: usize) -> impl Iterator<Item = usize> {
        std::iter::successors(Some(node), |at| (*at > 0).then(|| self.nodes[*at].parent))
    }

    pub(super) fn is_leaf(&self, node: usize) -> bool {
        self.nodes[node].depth == self.levels.len()
    }

    /// Puts the groups of each level in its order; `figure` answers for a node and an aggregate.
    pub(super) fn sort(&mut self, figure: impl Fn(usize, usize) -> Value) {
        for at in 0..self.nodes.len() {
            let Some(level) = self.levels.get(self.nodes[at].depth) else { continue };
            let mut children = std::mem::take(&mut self.nodes[at].children);
            children.sort_by(|a, b| self.by_value(*a, *b, level));
            if let Some(aggregate) = level.sort_aggregate {
                // Stable: groups with the same figure stay in the order of their values.
                let key = |node: usize| figure(node, aggregate);
                children.sort_by(|a, b| directed(compare(&key(*a), &key(*b)), level.direction));
            } else if level.direction == Direction::Desc {
                children.reverse();
            }
            self.nodes[at].children = children;
        }
    }

    /// Values of a picklist stand in the order of their list, as stages do; all others by their own order.
    fn by_value(&self, a: usize, b: usize, level: &BoundGrouping) -> Ordering {
        let (a, b) = (&self.nodes[a].value, &self.nodes[b].value);
        if let FieldType::Picklist { values, .. } = &level.column.data_type {
            let place = |value: &Value| {
                let text = value.as_text()?;
                Some(values.iter().position(|known| text::eq_fold(&known.value, text)).unwrap_or(values.len()))
            };
            return place(a).cmp(&place(b)).then_with(|| compare(a, b));
        }
        compare(a, b)
    }

    /// The nodes in the order of the report, the whole first.
    pub(super) fn in_order(&self) -> Vec<usize> {
        let (mut out, mut open) = (Vec::with_capacity(self.nodes.len()), vec![0]);
        while let Some(node) = open.pop() {
            out.push(node);
            open.extend(self.nodes[node].children.iter().rev());
        }
        out
    }

    /// What a group is called.
    pub(super) fn label(&self, node: usize, around: &Surroundings) -> String {
        let node = &self.nodes[node];
        let level = node.depth.checked_sub(1).and_then(|at| self.levels.get(at));
        let Some(level) = level.filter(|_| !node.value.is_null()) else { return BLANK.to_owned() };
        if level.column.is_date()
            && let Some(name) = period::label(&node.value, level.granularity, around)
        {
            return name;
        }
        let shown = level.column.label_of(&node.value);
        let kind = match node.value {
            // The day of a month is a plain number, whatever the column holds.
            Value::Int(_) if level.column.is_date() => render::ColumnKind::Number { scale: 0 },
            _ => level.column.kind(around),
        };
        around.formats.value(&shown, &kind, Some(&around.zone))
    }
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
