//! Values of a column gathered under names of the report's own.

use super::BoundColumn;
use super::base::{Base, ColumnAt};
use crate::definition::{Bucket, BucketType, refused};
use model::schema::{FieldType, PicklistValue, Sealing};
use model::{Decimal, Error, Result, Value, parse_decimal, text};

#[derive(Debug)]
pub(crate) struct BoundBucket {
    /// The input that it gathers.
    pub(crate) source: usize,
    /// Whether the store can group by that.
    pub(crate) is_groupable: bool,
    rule: Rule,
    other: Option<String>,
    null_is_zero: bool,
}

#[derive(Debug)]
enum Rule {
    /// Names with the largest number that belongs to each; the last has no end.
    Ranges(Vec<(String, Option<Decimal>)>),
    /// Names with folded values.
    Lists(Vec<(String, Vec<String>)>),
}

impl BoundBucket {
    /// # Errors
    /// Names the property for a source that cannot be gathered so, or ranges that are out of order.
    pub(super) fn bind(base: &mut Base<'_>, bucket: &Bucket, property: &str) -> Result<(BoundColumn, Self)> {
        let source_property = format!("{property}.sourceColumnName");
        let source = base.readable(&source_property, &bucket.source_column_name)?;
        let ColumnAt::Input(Some(input)) = source.at else {
            return Err(refused(&source_property, "a bucket gathers a field, not another computed column."));
        };
        let fits = match bucket.bucket_type {
            BucketType::Number => source.data_type.is_number(),
            BucketType::Picklist | BucketType::Text => {
                source.data_type.is_text() && source.data_type.is_sortable() || source.data_type.is_id()
            }
        };
        if !fits || source.sealing.is_sealed() {
            return Err(refused(&source_property, format!("{} cannot be gathered by this bucket type.", source.label)));
        }
        if bucket.values.is_empty() {
            return Err(refused(&format!("{property}.values"), "a bucket column needs at least one bucket."));
        }
        let rule = match bucket.bucket_type {
            BucketType::Number => Rule::Ranges(ranges(bucket, property)?),
            BucketType::Picklist | BucketType::Text => Rule::Lists(lists(bucket)),
        };
        let label = if bucket.label.is_empty() { &bucket.developer_name } else { &bucket.label };
        // Buckets stand in the order of their list, as the values of a picklist do.
        let mut values: Vec<PicklistValue> =
            bucket.values.iter().map(|value| PicklistValue::plain(&value.label)).collect();
        values.extend(bucket.other_bucket_label.as_deref().map(PicklistValue::plain));
        let column = BoundColumn {
            name: bucket.developer_name.clone(),
            path: bucket.developer_name.clone(),
            label: label.clone(),
            data_type: FieldType::Picklist { values, restricted: false },
            sealing: Sealing::None,
            is_readable: true,
            is_name: false,
            names: None,
            at: ColumnAt::Derived(base.next_derived()),
        };
        let other = bucket.other_bucket_label.clone().filter(|label| !label.is_empty());
        Ok((
            column,
            Self {
                source: input,
                is_groupable: source.is_groupable(),
                rule,
                other,
                null_is_zero: bucket.null_treated_as_zero,
            },
        ))
    }

    /// The bucket of a value.
    pub(crate) fn value(&self, value: &Value) -> Value {
        let is_blank = value.is_null() || value.as_text() == Some("");
        match &self.rule {
            Rule::Ranges(ranges) => {
                let number = if is_blank && self.null_is_zero { Some(Decimal::ZERO) } else { value.as_decimal() };
                let Some(number) = number else { return Value::Null };
                let found = ranges.iter().find(|(_, bound)| bound.is_none_or(|bound| number <= bound));
                found.map_or(Value::Null, |(label, _)| Value::Text(label.clone()))
            }
            Rule::Lists(_) if is_blank => Value::Null,
            Rule::Lists(lists) => {
                let plain = value.to_plain();
                let folded = text::fold(&plain);
                let found = lists.iter().find(|(_, values)| values.contains(&folded)).map(|(label, _)| label);
                Value::Text(found.or(self.other.as_ref()).cloned().unwrap_or(plain))
            }
        }
    }
}

fn ranges(bucket: &Bucket, property: &str) -> Result<Vec<(String, Option<Decimal>)>> {
    let mut ranges = Vec::with_capacity(bucket.values.len());
    let mut before: Option<Decimal> = None;
    let last = bucket.values.len() - 1;
    for (at, value) in bucket.values.iter().enumerate() {
        let refuse = |words: &str| -> Error { refused(&format!("{property}.values[{at}].rangeUpperBound"), words) };
        let bound = match &value.range_upper_bound {
            Some(bound) => Some(parse_decimal(&bound.to_string()).ok_or_else(|| refuse("is not a plain number."))?),
            None => None,
        };
        match bound {
            Some(bound) if before.is_some_and(|before| bound <= before) => {
                return Err(refuse("is not above the one before it."));
            }
            None if at < last => return Err(refuse("is missing; the last bucket alone has no end.")),
            Some(_) if at == last => return Err(refuse("must be left out: the last bucket has no end.")),
            bound => before = bound,
        }
        ranges.push((value.label.clone(), bound));
    }
    Ok(ranges)
}

fn lists(bucket: &Bucket) -> Vec<(String, Vec<String>)> {
    let folded = |values: &[String]| values.iter().map(|value| text::fold(value)).collect();
    bucket.values.iter().map(|value| (value.label.clone(), folded(&value.source_dimension_values))).collect()
}
