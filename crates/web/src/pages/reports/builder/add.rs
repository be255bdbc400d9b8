//! What is added to a definition: found by its name, and begun as people mostly want it.

use super::state::{State, UNGIVEN, settle};
use crate::server::Params;
use app_reports::definition::{
    Bucket, BucketType, BucketValue, CrossFilter, DateGranularity, Grouping, Operator, ReportFilter, RowFormula,
    RowFormulaType, SummaryFormula, SummaryFormulaType,
};
use app_reports::{ColumnChoice, ReportChoices, logic_with_one_more};
use model::Result;
use platform::Ctx;

/// What a search for something to add is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    Column,
    Down,
    Across,
    Figure,
    Filter,
    Bucket,
    Related,
    Criterion(usize),
}

impl Use {
    pub(super) fn name(self) -> String {
        match self {
            Self::Column => "column".to_owned(),
            Self::Down => "down".to_owned(),
            Self::Across => "across".to_owned(),
            Self::Figure => "figure".to_owned(),
            Self::Filter => "filter".to_owned(),
            Self::Bucket => "bucket".to_owned(),
            Self::Related => "related".to_owned(),
            Self::Criterion(at) => format!("criterion-{at}"),
        }
    }

    pub(super) fn parse(name: &str) -> Option<Self> {
        if let Some(at) = name.strip_prefix("criterion-") {
            return at.parse().ok().map(Self::Criterion);
        }
        [Self::Column, Self::Down, Self::Across, Self::Figure, Self::Filter, Self::Bucket, Self::Related]
            .into_iter()
            .find(|known| known.name() == name)
    }

    /// The property that says what is wrong with it.
    pub(super) fn property(self) -> String {
        format!("add.{}", self.name())
    }
}

/// Something that can be added: what a definition calls it, its label, and where it comes from.
pub(super) struct Offer {
    pub(super) name: String,
    pub(super) label: String,
    pub(super) group: String,
}

/// Everything of a type that can be added for a use.
pub(super) fn offers(choices: &ReportChoices, wanted: Use) -> Vec<Offer> {
    let mut offers = Vec::new();
    let own = choices.computed().map(|column| ("This report", column));
    let of_type = choices
        .categories
        .iter()
        .flat_map(|category| category.columns.iter().map(|column| (category.label.as_str(), column)));
    let mut offer = |name: &str, label: &str, group: &str| {
        offers.push(Offer { name: name.to_owned(), label: label.to_owned(), group: group.to_owned() });
    };
    if wanted == Use::Figure {
        offer("RowCount", "Record count", "This report");
    }
    if wanted == Use::Related {
        for related in &choices.related {
            offer(&format!("{}.{}", related.object, related.join_field), &related.label, "");
        }
        return offers;
    }
    for (group, column) in own.chain(of_type) {
        match wanted {
            Use::Column => offer(&column.name, &column.label, group),
            Use::Down | Use::Across if column.is_groupable => offer(&column.name, &column.label, group),
            Use::Filter | Use::Criterion(_) if !column.operators.is_empty() => {
                offer(&column.name, &column.label, group);
            }
            Use::Bucket if column.is_bucketable && !column.is_computed => offer(&column.name, &column.label, group),
            Use::Figure => column.aggregates.iter().for_each(|(name, label)| offer(name, label, group)),
            _ => {}
        }
    }
    offers
}

/// Offers whose label or origin has every word, those that begin with the text first.
pub(super) fn matching(offers: Vec<Offer>, words: &str) -> Vec<Offer> {
    let text = model::text::fold(words.trim());
    let has_all = |offer: &Offer| {
        let (label, group) = (model::text::fold(&offer.label), model::text::fold(&offer.group));
        text.split_whitespace().all(|word| label.contains(word) || group.contains(word))
    };
    offers.into_iter().filter(has_all).collect()
}

/// Adds whatever the form asks for: chosen from a list, or typed by name.
///
/// # Errors
/// What the platform reports of a related object.
pub(super) fn asked(ctx: &Ctx, state: &mut State, form: &Params) -> Result<()> {
    let mut wanted = vec![Use::Column, Use::Down, Use::Across, Use::Figure, Use::Filter, Use::Bucket, Use::Related];
    wanted.extend((0..state.definition.cross_filters.len()).map(Use::Criterion));
    for one in wanted {
        let name = one.property();
        let chosen = form.given(&name).unwrap_or_default();
        let typed = form.given(&format!("{name}.text")).unwrap_or_default();
        if chosen.is_empty() && typed.is_empty() {
            continue;
        }
        let related = match one {
            Use::Criterion(at) => {
                let Some(cross) = state.definition.cross_filters.get(at) else { continue };
                Some(app_reports::report_choices(ctx, &cross.related_entity)?)
            }
            _ => None,
        };
        let choices = related.as_ref().unwrap_or(&state.choices);
        match found(choices, one, chosen, typed) {
            Ok(found) => {
                let column = choices.column(&found).cloned();
                add(state, one, &found, column.as_ref());
            }
            Err(words) => state.problems.add_typed(name, typed, words),
        }
    }
    Ok(())
}

fn found(choices: &ReportChoices, wanted: Use, chosen: &str, typed: &str) -> std::result::Result<String, String> {
    let all = offers(choices, wanted);
    if let Some(offer) = all.iter().find(|offer| offer.name == chosen) {
        return Ok(offer.name.clone());
    }
    let text = model::text::fold(typed);
    if let Some(exact) = all.iter().find(|offer| model::text::fold(&offer.label) == text) {
        return Ok(exact.name.clone());
    }
    let near = matching(all, typed);
    match near.as_slice() {
        [one] => Ok(one.name.clone()),
        [] => Err(format!("Nothing that you can choose here is called “{typed}”.")),
        several => {
            let named: Vec<_> = several.iter().take(5).map(|offer| format!("“{}”", offer.label)).collect();
            let more = if several.len() > 5 { format!(" and {} more", several.len() - 5) } else { String::new() };
            Err(format!("“{typed}” could be {}{more}. Type the whole name.", named.join(", ")))
        }
    }
}

fn add(state: &mut State, wanted: Use, name: &str, column: Option<&ColumnChoice>) {
    let is_there = |list: &[String]| list.iter().any(|known| known.eq_ignore_ascii_case(name));
    let definition = &mut state.definition;
    let groups_by = |groupings: &[Grouping]| groupings.iter().any(|known| known.name.eq_ignore_ascii_case(name));
    let already = match wanted {
        Use::Column => is_there(&definition.detail_columns),
        Use::Figure => is_there(&definition.aggregates),
        Use::Down | Use::Across => groups_by(&definition.groupings_down) || groups_by(&definition.groupings_across),
        _ => false,
    };
    if already {
        let label = column.map_or(name, |column| column.label.as_str());
        state.problems.add(wanted.property(), format!("“{label}” is there already."));
        return;
    }
    match wanted {
        Use::Column => definition.detail_columns.push(name.to_owned()),
        Use::Figure => definition.aggregates.push(name.to_owned()),
        Use::Down => definition.groupings_down.push(grouping(name, column)),
        Use::Across => definition.groupings_across.push(grouping(name, column)),
        Use::Filter => {
            if let Some(logic) = definition.report_boolean_filter.take() {
                let more = logic_with_one_more(&logic, definition.report_filters.len());
                definition.report_boolean_filter = Some(more);
            }
            definition.report_filters.push(filter(name, column));
        }
        Use::Bucket => {
            let bucket = bucket(state, name, column);
            state.definition.buckets.push(bucket);
        }
        Use::Related => {
            let (object, field) = name.split_once('.').unwrap_or((name, ""));
            state.definition.cross_filters.push(CrossFilter {
                primary_entity_field: None,
                related_entity: object.to_owned(),
                related_entity_join_field: field.to_owned(),
                includes_object: true,
                criteria: Vec::new(),
            });
        }
        Use::Criterion(at) => {
            if let Some(cross) = definition.cross_filters.get_mut(at) {
                cross.criteria.push(filter(name, column));
            }
        }
    }
    settle(&mut state.definition);
}

/// Dates are looked at month by month until somebody says otherwise.
fn grouping(name: &str, column: Option<&ColumnChoice>) -> Grouping {
    let is_date = column.is_some_and(|column| column.is_date);
    let granularity = if is_date { DateGranularity::Month } else { DateGranularity::Exact };
    Grouping { date_granularity: granularity, ..Grouping::by(name) }
}

fn filter(name: &str, column: Option<&ColumnChoice>) -> ReportFilter {
    let operators = column.map(|column| column.operators).unwrap_or_default();
    let (operator, value) = match column {
        Some(column) if column.data_type == "boolean" => (Operator::Equals, "true"),
        Some(column) if column.is_date => (Operator::Equals, "THIS_MONTH"),
        Some(column) if !column.values.is_empty() && operators.contains(&Operator::Includes) => {
            (Operator::Includes, UNGIVEN)
        }
        Some(column) if !column.values.is_empty() => (Operator::Equals, UNGIVEN),
        _ if operators.contains(&Operator::Contains) => (Operator::Contains, UNGIVEN),
        _ if operators.contains(&Operator::GreaterOrEqual) => (Operator::GreaterOrEqual, UNGIVEN),
        _ => (Operator::Equals, UNGIVEN),
    };
    ReportFilter::new(name, operator, value)
}

fn bucket(state: &State, name: &str, column: Option<&ColumnChoice>) -> Bucket {
    let taken: Vec<&str> = state.definition.buckets.iter().map(|bucket| bucket.developer_name.as_str()).collect();
    let is_number =
        column.is_some_and(|column| column.values.is_empty() && super::parts::value::is_number(column.data_type));
    let bucket_type = match column {
        Some(_) if is_number => BucketType::Number,
        Some(column) if !column.values.is_empty() => BucketType::Picklist,
        _ => BucketType::Text,
    };
    let value = |label: &str, bound: Option<u32>| BucketValue {
        label: label.to_owned(),
        source_dimension_values: Vec::new(),
        range_upper_bound: bound.map(Into::into),
    };
    let values = match bucket_type {
        BucketType::Number => vec![value("Small", Some(10_000)), value("Large", None)],
        BucketType::Picklist | BucketType::Text => vec![value("First bucket", None)],
    };
    Bucket {
        developer_name: fresh("BucketField_", &taken),
        label: format!("{} in buckets", column.map_or(name, |column| column.label.as_str())),
        bucket_type,
        source_column_name: name.to_owned(),
        null_treated_as_zero: false,
        other_bucket_label: (!is_number).then(|| "Other".to_owned()),
        values,
    }
}

/// A computed column, shown at once; it is left out of the preview until it has its formula.
pub(super) fn row_formula(state: &mut State) {
    let formulas = &state.definition.custom_detail_formula;
    let taken: Vec<&str> = formulas.iter().map(|formula| formula.developer_name.as_str()).collect();
    let name = fresh("CDF", &taken);
    state.definition.detail_columns.push(name.clone());
    state.definition.custom_detail_formula.push(RowFormula {
        label: format!("Formula {}", taken.len() + 1),
        developer_name: name,
        description: None,
        formula_type: RowFormulaType::Number,
        decimal_places: None,
        formula: String::new(),
    });
}

/// A computed figure, shown at once.
pub(super) fn summary_formula(state: &mut State) {
    let formulas = &state.definition.custom_summary_formula;
    let taken: Vec<&str> = formulas.iter().map(|formula| formula.developer_name.as_str()).collect();
    let name = fresh("FORMULA", &taken);
    state.definition.aggregates.push(name.clone());
    state.definition.custom_summary_formula.push(SummaryFormula {
        label: format!("Formula {}", taken.len() + 1),
        developer_name: name,
        description: None,
        formula_type: SummaryFormulaType::Number,
        decimal_places: None,
        down_group: None,
        down_group_type: Default::default(),
        across_group: None,
        across_group_type: Default::default(),
        formula: String::new(),
    });
}

/// The first name of its kind that is free.
fn fresh(prefix: &str, taken: &[&str]) -> String {
    let mut number = 1;
    while taken.contains(&format!("{prefix}{number}").as_str()) {
        number += 1;
    }
    format!("{prefix}{number}")
}
