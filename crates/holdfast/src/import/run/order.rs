//! Rows of one file that refer to each other: parents before children, circles found and named.

use crate::import::convert::plain;
use crate::import::evaluate::{BoundField, BoundStep, draft};
use crate::import::lookup::normalise;
use crate::import::mapping::Lookup;
use crate::import::source::{Row, RowRead};
use model::text;
use std::collections::HashMap;

/// Sorts rows so that each comes after the rows it refers to; rows that refer to nothing keep the file's order.
/// Beside each row stands the circle it is part of, if any.
pub(super) fn parents_first(rows: Vec<RowRead>, bound: &BoundStep<'_>) -> Vec<(RowRead, Option<String>)> {
    let (parents, names) = edges(&rows, bound);
    let (sequence, circles) = sort(&parents);
    let mut rows: Vec<Option<RowRead>> = rows.into_iter().map(Some).collect();
    sequence
        .into_iter()
        .filter_map(|at| {
            let circle = circles.get(&at).map(|ring| {
                let chain: Vec<&str> = ring.iter().chain(ring.first()).map(|at| names[*at].as_str()).collect();
                format!("its chain of parents is a circle: {}; break it in the file", chain.join(" → "))
            });
            rows[at].take().map(|row| (row, circle))
        })
        .collect()
}

/// The parents of each row within the file, and what each row is called by the first self reference.
fn edges(rows: &[RowRead], bound: &BoundStep<'_>) -> (Vec<Vec<usize>>, Vec<String>) {
    let mut parents = vec![Vec::new(); rows.len()];
    let mut names = vec![String::new(); rows.len()];
    for (reference, lookup) in own_lookups(bound) {
        let Some(identity) = bound.fields.iter().find(|field| field.field.name().eq_ignore_ascii_case(&lookup.field))
        else {
            continue;
        };
        let mut by_name: HashMap<String, usize> = HashMap::new();
        for (at, row) in rows.iter().enumerate() {
            if let Some(name) = text_of(identity, bound, row) {
                by_name.entry(normalise(&text::fold(&name), &lookup.ignore)).or_insert(at);
                if names[at].is_empty() {
                    names[at] = name;
                }
            }
        }
        for (at, row) in rows.iter().enumerate() {
            if let Some(wanted) = text_of(reference, bound, row) {
                parents[at].extend(by_name.get(&normalise(&text::fold(&wanted), &lookup.ignore)));
            }
        }
    }
    (parents, names)
}

/// The fields of a step that refer to its own object, with their lookups.
pub(super) fn own_lookups<'b, 'a>(
    bound: &'b BoundStep<'a>,
) -> impl Iterator<Item = (&'b BoundField<'a>, &'a Lookup)> + use<'b, 'a> {
    bound.fields.iter().filter(|field| field.own).filter_map(|field| Some((field, field.rule.lookup.as_ref()?)))
}

fn text_of(field: &BoundField<'_>, bound: &BoundStep<'_>, row: &RowRead) -> Option<String> {
    let RowRead::Row(row) = row else { return None };
    let row: &Row = row;
    draft(field.rule, bound.columns, row).ok()?.draft.map(plain)
}

/// A depth-first walk towards the parents, with its own stack because a chain may be as long as the file.
fn sort(parents: &[Vec<usize>]) -> (Vec<usize>, HashMap<usize, Vec<usize>>) {
    #[derive(Clone, Copy, PartialEq)]
    enum Mark {
        New,
        Open,
        Placed,
    }
    let mut marks = vec![Mark::New; parents.len()];
    let mut sequence = Vec::with_capacity(parents.len());
    let mut circles: HashMap<usize, Vec<usize>> = HashMap::new();
    for start in 0..parents.len() {
        if marks[start] != Mark::New {
            continue;
        }
        let mut path = vec![(start, 0)];
        marks[start] = Mark::Open;
        while let Some((at, next)) = path.last_mut() {
            let at = *at;
            match parents[at].get(*next) {
                None => {
                    marks[at] = Mark::Placed;
                    sequence.push(at);
                    path.pop();
                }
                Some(&parent) => {
                    *next += 1;
                    match marks[parent] {
                        Mark::New => {
                            marks[parent] = Mark::Open;
                            path.push((parent, 0));
                        }
                        Mark::Open => {
                            let from = path.iter().position(|(row, _)| *row == parent).unwrap_or(0);
                            let ring: Vec<usize> = path[from..].iter().map(|(row, _)| *row).collect();
                            for row in &ring {
                                circles.entry(*row).or_insert_with(|| ring.clone());
                            }
                        }
                        Mark::Placed => {}
                    }
                }
            }
        }
    }
    (sequence, circles)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parents_come_before_children_and_others_keep_their_place() {
        let (sequence, circles) = sort(&[vec![2], vec![], vec![3], vec![], vec![0]]);
        assert_eq!(sequence, [3, 2, 0, 1, 4]);
        assert!(circles.is_empty());
    }

    #[test]
    fn a_circle_is_named_and_what_hangs_on_it_is_not() {
        let (sequence, circles) = sort(&[vec![1], vec![2], vec![0], vec![0], vec![4]]);
        assert_eq!(sequence.len(), 5);
        assert_eq!(circles.get(&1), Some(&vec![0, 1, 2]));
        assert_eq!(circles.get(&4), Some(&vec![4]));
        assert!(!circles.contains_key(&3));
    }

    #[test]
    fn a_chain_as_long_as_a_large_file_is_sorted() {
        let parents: Vec<Vec<usize>> =
            (0..200_000).map(|at| if at + 1 < 200_000 { vec![at + 1] } else { vec![] }).collect();
        let (sequence, _) = sort(&parents);
        assert_eq!(sequence.first(), Some(&199_999));
    }
}
