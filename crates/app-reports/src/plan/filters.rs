//! Which rows: the filters of a definition as conditions, and in words for whoever reads the answer.

use super::BoundReport;
use crate::column::{BoundColumn, Surroundings, shown};
use crate::definition::{CrossFilter, Operator, ReportMetadata, StandardDateFilter, StandardFilter, refused};
use crate::filter;
use crate::filter::days::Days;
use model::{Date, ObjectSchema, Result};
use platform::Ctx;
use soql::ast::{CompareOp, Cond, Expr, Item, Literal, LiteralValue, Predicate, Query};

impl BoundReport {
    pub(super) fn filters(
        &mut self,
        ctx: &Ctx,
        object: &ObjectSchema,
        definition: &ReportMetadata,
        around: &Surroundings,
    ) -> Result<()> {
        if self.mine {
            self.filter_words.push(format!("My {}", self.object_label.to_lowercase()));
        }
        if let Some(standard) = &definition.standard_date_filter {
            self.standard_date_filter(ctx, object, standard, around)?;
        }
        for (at, standard) in definition.standard_filters.iter().enumerate() {
            self.filter.extend(standard_filter(object, standard, &format!("standardFilters[{at}]"))?);
        }
        let mut conds = Vec::with_capacity(definition.report_filters.len());
        for (at, one) in definition.report_filters.iter().enumerate() {
            let property = format!("reportFilters[{at}]");
            let column = BoundColumn::bind_readable(ctx, object, &format!("{property}.column"), &one.column)?;
            conds.push(filter::condition(&column, one, &property, around)?);
            let value = if one.value.is_empty() { "blank" } else { &one.value };
            self.filter_words.push(format!("{} {} {value}", column.label, operator_words(one.operator)));
        }
        let count = conds.len();
        self.filter.extend(filter::combine(definition.report_boolean_filter.as_deref(), conds)?);
        if let Some(logic) =
            definition.report_boolean_filter.as_deref().filter(|logic| count > 1 && !logic.trim().is_empty())
        {
            self.filter_words.push(format!("Filter logic: {logic}"));
        }
        for (at, cross) in definition.cross_filters.iter().enumerate() {
            let cond = cross_filter(ctx, object, cross, &format!("crossFilters[{at}]"), around)?;
            self.filter.push(cond);
            let verb = if cross.includes_object { "with" } else { "without" };
            self.filter_words.push(format!("{} {verb} {}", self.object_label, cross.related_entity));
        }
        Ok(())
    }

    fn standard_date_filter(
        &mut self,
        ctx: &Ctx,
        object: &ObjectSchema,
        standard: &StandardDateFilter,
        around: &Surroundings,
    ) -> Result<()> {
        const PROPERTY: &str = "standardDateFilter";
        let duration = standard.duration_value.as_deref().map(str::trim).filter(|text| !text.is_empty());
        let (first, after) = match duration {
            Some(literal) if !literal.eq_ignore_ascii_case("CUSTOM") => {
                let days = Days::parse_duration(literal, around).ok_or_else(|| {
                    refused(
                        &format!("{PROPERTY}.durationValue"),
                        format!("\"{}\" is no range of days.", shown(literal)),
                    )
                })?;
                (Some(days.first), Some(days.after))
            }
            _ => {
                let read = |name: &str, text: &Option<String>| {
                    text.as_deref()
                        .map(|text| {
                            Date::parse(text).ok_or_else(|| {
                                refused(
                                    &format!("{PROPERTY}.{name}"),
                                    format!("\"{}\" is not a date such as 2026-11-21.", shown(text)),
                                )
                            })
                        })
                        .transpose()
                };
                let first = read("startDate", &standard.start_date)?;
                (first, read("endDate", &standard.end_date)?.map(|day| day.plus_days(1)))
            }
        };
        if first.is_none() && after.is_none() {
            return Ok(());
        }
        let column = BoundColumn::bind_readable(ctx, object, &format!("{PROPERTY}.column"), &standard.column)?;
        if !column.is_date() {
            return Err(refused(&format!("{PROPERTY}.column"), format!("{} holds no dates.", column.label)));
        }
        self.filter.push(filter::within(&column, first, after, around));
        let last = after.map(|day| day.plus_days(-1));
        self.period = Some((first, last));
        let show = |day: Date| around.formats.date(day);
        self.filter_words.insert(
            0,
            match (first, last) {
                (Some(first), Some(last)) if first == last => format!("{} {}", column.label, show(first)),
                (Some(first), Some(last)) => format!("{} from {} to {}", column.label, show(first), show(last)),
                (Some(first), None) => format!("{} from {}", column.label, show(first)),
                (None, last) => format!("{} up to {}", column.label, last.map(show).unwrap_or_default()),
            },
        );
        Ok(())
    }
}

fn standard_filter(object: &ObjectSchema, standard: &StandardFilter, property: &str) -> Result<Option<Cond>> {
    let test = |field: &str, flag: bool| match object.find_field(field) {
        Some(_) => Ok(Some(Cond::compare(Expr::field(field), CompareOp::Eq, Literal::new(LiteralValue::Bool(flag))))),
        None => Err(refused(property, format!("{} are neither open nor closed.", object.def.label_plural))),
    };
    match (standard.name.as_str(), standard.value.as_str()) {
        (_, "all") => Ok(None),
        ("open", "open") => test("IsClosed", false),
        ("open", "closed") => test("IsClosed", true),
        ("open", "closedwon") => test("IsWon", true),
        (name, value) => {
            Err(refused(property, format!("\"{} = {}\" is no standard filter.", shown(name), shown(value))))
        }
    }
}

/// Rows to which at least one related record points that the reader may see and that passes the criteria, or none.
fn cross_filter(
    ctx: &Ctx,
    object: &ObjectSchema,
    cross: &CrossFilter,
    property: &str,
    around: &Surroundings,
) -> Result<Cond> {
    let related = ctx.object(&cross.related_entity).map_err(|_| {
        refused(
            &format!("{property}.relatedEntity"),
            format!("\"{}\" is no object you can report on.", shown(&cross.related_entity)),
        )
    })?;
    let join_property = format!("{property}.relatedEntityJoinField");
    let join = BoundColumn::bind_readable(ctx, related, &join_property, &cross.related_entity_join_field)?;
    let points_here = related.find_field(&join.path).is_some_and(|field| field.targets.contains(&object.ix));
    if !points_here {
        return Err(refused(&join_property, format!("{} does not point to {}.", join.label, object.def.label_plural)));
    }
    let mut conds = Vec::with_capacity(cross.criteria.len());
    for (at, one) in cross.criteria.iter().enumerate() {
        let property = format!("{property}.criteria[{at}]");
        let column = BoundColumn::bind_readable(ctx, related, &format!("{property}.column"), &one.column)?;
        conds.push(filter::condition(&column, one, &property, around)?);
    }
    let mut inner = Query::new(vec![Item::field(&join.path)], related.name());
    inner.filter = match conds.len() {
        0 => None,
        1 => conds.pop(),
        _ => Some(Cond::And(conds)),
    };
    let predicate = Predicate::InQuery { query: Box::new(inner), negated: !cross.includes_object };
    Ok(Cond::test(Expr::field("Id"), predicate))
}

fn operator_words(operator: Operator) -> &'static str {
    match operator {
        Operator::Equals => "equals",
        Operator::NotEqual => "is not",
        Operator::LessThan => "is less than",
        Operator::GreaterThan => "is greater than",
        Operator::LessOrEqual => "is at most",
        Operator::GreaterOrEqual => "is at least",
        Operator::Contains => "contains",
        Operator::NotContain => "does not contain",
        Operator::StartsWith => "starts with",
        Operator::Includes => "includes",
        Operator::Excludes => "excludes",
    }
}
