//! Buckets: values of a column gathered under names of the report's own.

use super::{Item, Part, adder, count, slug, text};
use crate::kit::{Checkbox, Field, Icon, Input};
use crate::pages::reports::builder::add::Use;
use crate::pages::reports::builder::state::State;
use app_reports::definition::{Bucket, BucketType, BucketValue};
use app_reports::filter_value;
use maud::{Markup, html};

pub(super) fn part(state: &State) -> Markup {
    let buckets = &state.definition.buckets;
    let body = html! {
        p.field-help { "A bucket column names ranges or sets of values. Add it as a column, group or filter once it is there." }
        ol.builder-items {
            @for (at, bucket) in buckets.iter().enumerate() {
                @let problem = state.problems.of_item("buckets", at).filter(|_| !has_value_problem(state, at));
                (Item { list: "bucket", at, of: buckets.len(), key: &bucket.developer_name, label: &bucket.label, problem }.with(&controls(state, at, bucket)))
            }
        }
        (adder(state, Use::Bucket, "Put a column in buckets", "Put a column in buckets"))
    };
    let problem = state.problems.of_part(&[("buckets", buckets.len())]);
    Part { id: "buckets", title: "Buckets", note: count(buckets.len()), open: !buckets.is_empty(), problem }.with(&body)
}

fn bound_property(at: usize, inner: usize) -> String {
    format!("buckets[{at}].values[{inner}].rangeUpperBound")
}

fn has_value_problem(state: &State, at: usize) -> bool {
    let values = state.definition.buckets[at].values.len();
    (0..values).any(|inner| state.problems.at(&bound_property(at, inner)).is_some())
}

fn controls(state: &State, at: usize, bucket: &Bucket) -> Markup {
    let is_number = bucket.bucket_type == BucketType::Number;
    let name = |part: &str| format!("bucket.{at}.{part}");
    html! {
        div.builder-row { (text("Name of the column", name("label"), &bucket.label, None)) }
        p.field-help { "Gathers " (state.label(&bucket.source_column_name)) "." }
        ol.bucket-values {
            @for (inner, value) in bucket.values.iter().enumerate() { li { (one(state, at, inner, bucket, value)) } }
        }
        button.button.quiet.small type="submit" name="act" value={ "new:bucket-value." (at) } id={ "new-bucket-value-" (at) } { (Icon::Plus) span { "Add a bucket" } }
        @if is_number {
            input type="hidden" name=(name("zero")) value="no";
            (Field::new("Count blanks as zero", Checkbox::new(name("zero"), bucket.null_treated_as_zero).value("yes")).id(slug(&name("zero"))))
        } @else {
            div.builder-row { (text("Everything else is called", name("other"), bucket.other_bucket_label.as_deref().unwrap_or_default(), None)) }
        }
    }
}

fn one(state: &State, at: usize, inner: usize, bucket: &Bucket, value: &BucketValue) -> Markup {
    let name = |part: &str| format!("bucket.{at}.{inner}.{part}");
    let is_last = inner + 1 == bucket.values.len();
    let label = Field::new("Bucket", Input::text(name("label")).value(value.label.clone()).max_length(80))
        .id(slug(&name("label")))
        .label_hidden();
    let property = bound_property(at, inner);
    let bound = state
        .problems
        .typed_at(&property)
        .or_else(|| value.range_upper_bound.as_ref().map(|bound| bound.to_string().trim_end_matches(".0").to_owned()))
        .unwrap_or_default();
    let known =
        state.choices.column(&bucket.source_column_name).map(|column| column.values.as_slice()).unwrap_or_default();
    html! {
        div.builder-row {
            (label)
            @if bucket.bucket_type == BucketType::Number {
                @if is_last { span.muted.bucket-rest { "everything above" } }
                @else {
                    (Field::new("Up to and with", Input::number(name("bound")).value(bound).prefix("up to")).id(slug(&name("bound"))).label_hidden().error_if(state.problems.words_at(&property)))
                }
            } @else if known.is_empty() {
                (Field::new("Values", Input::text(name("values")).value(filter_value(&value.source_dimension_values)).placeholder("Values, with commas")).id(slug(&name("values"))).label_hidden())
            } @else {
                (choices(&name("value"), &name("listed"), known, &value.source_dimension_values))
            }
            @if bucket.values.len() > 1 {
                @let words = format!("Remove the bucket {}", value.label);
                button.button.quiet.small.icon-only type="submit" name="act" value={ "remove:bucket-value." (at) "." (inner) } aria-label=(words) title=(words) { (Icon::Close) }
            }
        }
    }
}

fn choices(name: &str, marker: &str, known: &[(String, String)], chosen: &[String]) -> Markup {
    let is_chosen = |value: &str| chosen.iter().any(|one| one.eq_ignore_ascii_case(value));
    let words: Vec<&str> =
        known.iter().filter(|(value, _)| is_chosen(value)).map(|(_, label)| label.as_str()).collect();
    let id = slug(marker);
    html! {
        input type="hidden" name=(marker) value="1";
        details.builder-choices id=(id) {
            summary.control { @if words.is_empty() { span.muted { "Choose values" } } @else { span { (words.join(", ")) } } (Icon::ChevronDown) }
            div.builder-checks role="group" aria-label="Values of the bucket" {
                @for (at, (value, label)) in known.iter().enumerate() {
                    @let id = format!("{id}-{at}");
                    div.check {
                        input.checkbox type="checkbox" id=(id) name=(name) value=(value) checked[is_chosen(value)];
                        label for=(id) { (label) }
                    }
                }
            }
        }
    }
}
