//! What a pressed button does to a definition: `remove:column.2`, `up:down.0`, `move:filter.3.0`.

use super::add;
use super::state::{State, forget, settle};
use app_reports::definition::BucketValue;
use app_reports::{logic_moved, logic_without};

/// A change of one list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Change {
    Remove(usize),
    Move(usize, usize),
}

impl Change {
    fn apply<T>(self, list: &mut Vec<T>) {
        match self {
            Self::Remove(at) if at < list.len() => {
                list.remove(at);
            }
            Self::Move(from, to) if from < list.len() => {
                let item = list.remove(from);
                list.insert(to.min(list.len()), item);
            }
            _ => {}
        }
    }

    /// `up`, `down`, `remove` and `move` with their places.
    fn parse(verb: &str, places: &[usize]) -> Option<Self> {
        Some(match (verb, places) {
            ("remove", [at]) => Self::Remove(*at),
            ("up", [at]) => Self::Move(*at, at.checked_sub(1)?),
            ("down", [at]) => Self::Move(*at, at + 1),
            ("move", [from, to]) => Self::Move(*from, *to),
            _ => return None,
        })
    }
}

/// Does what a button asks; a button that is not known does nothing.
pub(super) fn act(state: &mut State, pressed: &str) {
    let (verb, target) = pressed.split_once(':').unwrap_or((pressed, ""));
    let (list, places) = target.split_once('.').unwrap_or((target, ""));
    let places: Vec<usize> = places.split('.').filter_map(|place| place.parse().ok()).collect();
    match (verb, list, places.as_slice()) {
        ("new", "row-formula", _) => add::row_formula(state),
        ("new", "summary-formula", _) => add::summary_formula(state),
        ("new", "bucket-value", [bucket]) => new_bucket_value(state, *bucket),
        (_, "bucket-value", [bucket, rest @ ..]) => {
            if let (Some(bucket), Some(change)) = (state.definition.buckets.get_mut(*bucket), Change::parse(verb, rest))
            {
                change.apply(&mut bucket.values);
            }
        }
        (_, "criterion", [cross, rest @ ..]) => {
            if let (Some(cross), Some(change)) =
                (state.definition.cross_filters.get_mut(*cross), Change::parse(verb, rest))
            {
                change.apply(&mut cross.criteria);
            }
        }
        // Groups change the axis by being taken from one list to the other.
        ("turn", "down" | "across", [at]) => turn(state, list, *at),
        _ => {
            if let Some(change) = Change::parse(verb, &places) {
                change_list(state, list, change);
            }
        }
    }
    settle(&mut state.definition);
}

fn change_list(state: &mut State, list: &str, change: Change) {
    let definition = &mut state.definition;
    match list {
        "column" => change.apply(&mut definition.detail_columns),
        "figure" => change.apply(&mut definition.aggregates),
        "down" => change.apply(&mut definition.groupings_down),
        "across" => change.apply(&mut definition.groupings_across),
        "cross" => change.apply(&mut definition.cross_filters),
        "filter" => {
            let filters = definition.report_filters.len();
            definition.report_boolean_filter = definition.report_boolean_filter.take().and_then(|logic| match change {
                Change::Remove(at) => logic_without(&logic, filters, at),
                Change::Move(from, to) => Some(logic_moved(&logic, filters, from, to.min(filters.saturating_sub(1)))),
            });
            change.apply(&mut definition.report_filters);
        }
        "bucket" => {
            let gone = match change {
                Change::Remove(at) => definition.buckets.get(at).map(|bucket| bucket.developer_name.clone()),
                Change::Move(..) => None,
            };
            change.apply(&mut definition.buckets);
            forget(definition, gone.as_slice());
        }
        "row-formula" => {
            let gone = match change {
                Change::Remove(at) => definition.custom_detail_formula.get(at).map(|one| one.developer_name.clone()),
                Change::Move(..) => None,
            };
            change.apply(&mut definition.custom_detail_formula);
            forget(definition, gone.as_slice());
        }
        "summary-formula" => {
            let gone = match change {
                Change::Remove(at) => definition.custom_summary_formula.get(at).map(|one| one.developer_name.clone()),
                Change::Move(..) => None,
            };
            change.apply(&mut definition.custom_summary_formula);
            forget(definition, gone.as_slice());
        }
        _ => {}
    }
}

/// The last bucket of numbers has no end, so a new one comes before it.
fn new_bucket_value(state: &mut State, at: usize) {
    let Some(bucket) = state.definition.buckets.get_mut(at) else { return };
    let value = BucketValue {
        label: format!("Bucket {}", bucket.values.len() + 1),
        source_dimension_values: Vec::new(),
        range_upper_bound: None,
    };
    if bucket.bucket_type != app_reports::definition::BucketType::Number || bucket.values.is_empty() {
        bucket.values.push(value);
        return;
    }
    let last = bucket.values.len() - 1;
    let before = last.checked_sub(1).and_then(|at| bucket.values[at].range_upper_bound.clone());
    let doubled = before
        .and_then(|bound| bound.as_f64())
        .map_or(10_000.0, |bound| if bound > 0.0 { bound * 2.0 } else { bound + 1.0 });
    let bound = serde_json::Number::from_f64(doubled);
    bucket.values.insert(last, BucketValue { range_upper_bound: bound, ..value });
}

fn turn(state: &mut State, axis: &str, at: usize) {
    let definition = &mut state.definition;
    let (from, to) = match axis {
        "down" => (&mut definition.groupings_down, &mut definition.groupings_across),
        _ => (&mut definition.groupings_across, &mut definition.groupings_down),
    };
    if at < from.len() {
        to.push(from.remove(at));
    }
}
