//! A roll-up as a question to its details, in SOQL.

use super::of_nothing;
use crate::literal::quoted;
use model::schema::{RollUp, RollUpFilter, RollUpFunction, RollUpOperator};
use model::{Error, ErrorCode, FieldSchema, ObjectSchema, RecordId, Result, Value, round_to_scale, to_scaled};
use std::collections::HashMap;
use std::fmt::Write as _;

/// The summaries by master, of those that have details which count: of the given masters, or of all.
pub(super) fn question(
    child: &ObjectSchema,
    roll_up: &RollUp,
    masters: Option<&[RecordId]>,
) -> std::result::Result<String, String> {
    let summary = match (&roll_up.function, &roll_up.field) {
        (RollUpFunction::Count, _) => "COUNT(Id)".to_owned(),
        (function, Some(field)) => format!("{}({field})", function.name()),
        (_, None) => return Err("name the field that is summed up".to_owned()),
    };
    let mut text = format!(
        "SELECT {master}, {summary} summary FROM {} WHERE {master} != null",
        child.name(),
        master = roll_up.master
    );
    if let Some(masters) = masters {
        let list: Vec<String> = masters.iter().map(|id| format!("'{id}'")).collect();
        // Writing to a String cannot fail.
        let _ = write!(text, " AND {} IN ({})", roll_up.master, list.join(", "));
    }
    for filter in &roll_up.filter {
        let _ = write!(text, " AND {}", condition(child, filter)?);
    }
    let _ = write!(text, " GROUP BY {}", roll_up.master);
    Ok(text)
}

fn condition(child: &ObjectSchema, filter: &RollUpFilter) -> std::result::Result<String, String> {
    let field =
        child.find_field(&filter.field).ok_or_else(|| format!("{} has no field {}", child.name(), filter.field))?;
    let is_quoted = field.data_type().is_text() || field.data_type().is_id();
    let literal = match filter.value.as_str() {
        "" => "null".to_owned(),
        text if is_quoted => quoted(text),
        text => {
            // Anything but a plain literal would be a piece of the query.
            let plain = text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+' | ':'));
            if !plain {
                return Err(format!("{}: '{text}' is no value of the field", field.name()));
            }
            text.to_owned()
        }
    };
    let pattern = |before: &str, after: &str| {
        let escaped = filter.value.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        format!("{} LIKE {}", field.name(), quoted(&format!("{before}{escaped}{after}")))
    };
    let symbol = match filter.operator {
        RollUpOperator::Equals => "=",
        RollUpOperator::NotEqual => "!=",
        RollUpOperator::LessThan => "<",
        RollUpOperator::LessOrEqual => "<=",
        RollUpOperator::GreaterThan => ">",
        RollUpOperator::GreaterOrEqual => ">=",
        RollUpOperator::Contains => return Ok(pattern("%", "%")),
        RollUpOperator::StartsWith => return Ok(pattern("", "%")),
    };
    Ok(format!("{} {symbol} {literal}", field.name()))
}

/// Reads the answer: master and summary.
pub(super) fn summaries(
    field: &FieldSchema,
    roll_up: &RollUp,
    groups: Vec<Vec<Value>>,
) -> Result<HashMap<RecordId, Value>> {
    let mut found = HashMap::with_capacity(groups.len());
    for group in groups {
        let [Value::Id(master), summary] = group.as_slice() else {
            return Err(Error::internal("a roll-up's groups are not a master and a value"));
        };
        found.insert(*master, fitted(field, roll_up, summary)?);
    }
    Ok(found)
}

/// The summary as its column holds it.
fn fitted(field: &FieldSchema, roll_up: &RollUp, summary: &Value) -> Result<Value> {
    let Some(number) = summary.as_decimal() else {
        return Ok(if summary.is_null() { of_nothing(roll_up) } else { summary.clone() });
    };
    let (precision, scale) = (field.data_type().precision(), field.data_type().scale());
    let limit = 10_i64.checked_pow(u32::from(precision)).unwrap_or(i64::MAX);
    match to_scaled(number, scale) {
        Some(raw) if raw.abs() < limit => Ok(Value::Number(round_to_scale(number, scale))),
        _ => Err(Error::new(
            ErrorCode::NumberOutsideValidRange,
            format!("{}: the summary {number} has more digits than the field's {precision}", field.label()),
        )
        .with_field(field.name())),
    }
}
