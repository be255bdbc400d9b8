//! The fact map: figures and records under the keys of the groups that cross. Every group down, and all of them, crosses
//! every group across, and all of them, whether or not any record stands there.

use super::MAX_ROWS;
use crate::run::{DetailRow, Group, ReportRun};
use model::{Decimal, Value};
use render::ColumnKind;
use serde_json::{Map, Value as Json, json};

/// The groups of an axis within each other.
pub(super) fn groupings(groups: &[Group], before: &str) -> Json {
    let shown = groups.iter().enumerate().map(|(at, group)| {
        let key = key(before, at);
        json!({
            "key": key,
            "label": group.label,
            "value": group_value(&group.value),
            "groupings": groupings(&group.groups, &key),
        })
    });
    shown.collect()
}

fn key(before: &str, at: usize) -> String {
    if before.is_empty() { at.to_string() } else { format!("{before}_{at}") }
}

/// A group or all of an axis, with its key.
struct Place<'r> {
    key: String,
    group: Option<&'r Group>,
    is_leaf: bool,
}

fn places(groups: &[Group]) -> Vec<Place<'_>> {
    fn push<'r>(out: &mut Vec<Place<'r>>, groups: &'r [Group], before: &str) {
        for (at, group) in groups.iter().enumerate() {
            let key = key(before, at);
            out.push(Place { key: key.clone(), group: Some(group), is_leaf: group.groups.is_empty() });
            push(out, &group.groups, &key);
        }
    }
    let mut out = Vec::new();
    push(&mut out, groups, "");
    // An axis without groups has its records under the whole.
    out.push(Place { key: "T".to_owned(), group: None, is_leaf: false });
    out
}

/// The map, and whether it holds every record.
pub(super) fn fact_map(run: &ReportRun, details: bool) -> (Map<String, Json>, bool) {
    let mut map = Map::new();
    let mut room = MAX_ROWS;
    let mut is_whole = true;
    let (down, across) = (places(&run.groups), places(&run.groups_across));
    let has_across = !run.groupings_across.is_empty();
    for one in &down {
        for other in &across {
            let node = |place: &Place<'_>| place.group.map_or(0, |group| group.node);
            let figures = run.figures(one.group, other.group);
            let aggregates: Json = figures
                .iter()
                .zip(&run.aggregates)
                .enumerate()
                .map(|(at, (value, aggregate))| {
                    let failed = run.has_failed(node(one), node(other), at);
                    json!({"label": figure_label(run, value, &aggregate.kind, failed), "value": plain(value)})
                })
                .collect();
            let mut fact = Map::new();
            fact.insert("aggregates".to_owned(), aggregates);
            if details {
                let at_crossing = one.is_leaf && (other.is_leaf || !has_across);
                let rows = match one.group {
                    Some(group) if at_crossing => run.rows_at(group, other.group),
                    None if run.groupings.is_empty() => &run.rows,
                    _ => &[],
                };
                is_whole &= rows.len() <= room;
                let rows = &rows[..rows.len().min(room)];
                room -= rows.len();
                fact.insert("rows".to_owned(), rows.iter().map(|row| detail(run, row)).collect());
            }
            map.insert(format!("{}!{}", one.key, other.key), Json::Object(fact));
        }
    }
    (map, is_whole)
}

fn detail(run: &ReportRun, row: &DetailRow) -> Json {
    let cells = row.cells.iter().enumerate().map(|(at, value)| {
        let (column, bound) = (&run.columns[at], &run.bound_columns[at]);
        let shown = bound.label_of(value);
        let label = match shown.is_null() {
            true => "-".to_owned(),
            false => run.around.formats.value(&shown, &column.kind, Some(&run.around.zone)),
        };
        let value = match (row.names.get(at).copied().flatten(), value, &column.kind) {
            (Some(record), _, _) => record.to_string().into(),
            (_, Value::Int(_) | Value::Number(_), ColumnKind::Currency { code }) => {
                json!({"amount": plain(value), "currency": code})
            }
            (_, value, _) => plain(value),
        };
        json!({"label": label, "value": value})
    });
    json!({"dataCells": cells.collect::<Json>()})
}

fn figure_label(run: &ReportRun, value: &Value, kind: &ColumnKind, failed: bool) -> String {
    match value {
        _ if failed => "#Error!".to_owned(),
        Value::Null => "-".to_owned(),
        value => run.around.formats.value(value, kind, Some(&run.around.zone)),
    }
}

fn group_value(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        // Values of groups are texts.
        other => other.to_plain().into(),
    }
}

/// A value as JSON has it.
fn plain(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(flag) => (*flag).into(),
        Value::Int(number) => (*number).into(),
        Value::Number(number) => number_json(*number),
        other => other.to_plain().into(),
    }
}

fn number_json(number: Decimal) -> Json {
    let number = number.normalize();
    if number.scale() == 0
        && let Ok(whole) = i64::try_from(number)
    {
        return whole.into();
    }
    number.to_string().parse::<f64>().map_or(Json::Null, Json::from)
}
