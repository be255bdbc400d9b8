//! Which rows: the filters of a definition as conditions, and in words for whoever reads the answer.

use super::{BoundCross, BoundReport};
use crate::column::{ColumnAt, Surroundings, shown};
use crate::definition::{
    CrossFilter, FilterType, Operator, ReportMetadata, StandardDateFilter, StandardFilter, refused,
};
use crate::filter::days::Days;
use crate::filter::{BoundFilter, Check, DaySpan, Logic};
use model::{Date, Result, Value};
use soql::ast::{Cond, Item, Query};

/// Related records that a query can be narrowed by.
const MAX_CROSS_FILTERS: usize = 2;

impl BoundReport<'_> {
    pub(super) fn filters(&mut self, definition: &ReportMetadata, around: &Surroundings) -> Result<()> {
        if self.mine {
            self.filter_words.push(format!("My {}", self.object_label.to_lowercase()));
        }
        if let Some(standard) = &definition.standard_date_filter {
            self.standard_date_filter(standard, around)?;
        }
        for (at, standard) in definition.standard_filters.iter().enumerate() {
            self.standard_filter(standard, &format!("standardFilters[{at}]"), around)?;
        }
        self.logic = (0..self.filters.len()).map(Logic::Filter).collect();
        let before = self.filters.len();
        for (at, one) in definition.report_filters.iter().enumerate() {
            let property = format!("reportFilters[{at}]");
            let bound = BoundFilter::bind(&mut self.base, one, &property, around)?;
            let value = match (&bound.check, one.filter_type) {
                (Check::Column { other, .. }, FilterType::FieldToField) => other.label.clone(),
                _ if one.value.is_empty() => "blank".to_owned(),
                _ if bound.column.is_date() => days_in_words(&one.value, around),
                _ => one.value.clone(),
            };
            let verb = operator_words(one.operator, bound.column.is_date());
            self.filter_words.push(format!("{} {verb} {value}", bound.column.label));
            self.filters.push(bound);
        }
        let count = self.filters.len() - before;
        let logic = Logic::read(definition.report_boolean_filter.as_deref(), count)?;
        self.logic.extend(logic.shifted(before).conjuncts());
        if let Some(logic) =
            definition.report_boolean_filter.as_deref().filter(|logic| count > 1 && !logic.trim().is_empty())
        {
            self.filter_words.push(format!("Filter logic: {logic}"));
        }
        // A level that may be missing takes one of the places itself.
        let optional = usize::from(self.base.row_levels().len() > 1);
        if definition.cross_filters.len() + optional > MAX_CROSS_FILTERS {
            let most = MAX_CROSS_FILTERS - optional;
            return Err(refused("crossFilters", format!("this report type takes at most {most} cross filters.")));
        }
        for (at, cross) in definition.cross_filters.iter().enumerate() {
            let bound = self.cross_filter(cross, &format!("crossFilters[{at}]"), around)?;
            let plural = &self.base.levels[bound.level].object.def.label_plural;
            let verb = if cross.includes_object { "with" } else { "without" };
            self.filter_words.push(format!("{plural} {verb} {}", cross.related_entity));
            self.crosses.push(bound);
        }
        Ok(())
    }

    fn standard_date_filter(&mut self, standard: &StandardDateFilter, around: &Surroundings) -> Result<()> {
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
                    let given = text.as_deref().filter(|text| !text.is_empty());
                    let date = |text: &str| {
                        let words = || format!("\"{}\" is not a date such as 2026-11-21.", shown(text));
                        Date::parse(text).ok_or_else(|| refused(&format!("{PROPERTY}.{name}"), words()))
                    };
                    given.map(date).transpose()
                };
                let first = read("startDate", &standard.start_date)?;
                (first, read("endDate", &standard.end_date)?.map(|day| day.plus_days(1)))
            }
        };
        if first.is_none() && after.is_none() {
            return Ok(());
        }
        let column = self.base.readable(&format!("{PROPERTY}.column"), &standard.column)?;
        if !column.is_date() {
            return Err(refused(&format!("{PROPERTY}.column"), format!("{} holds no dates.", column.label)));
        }
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
        let check = Check::Days { spans: vec![DaySpan { first, after }], blank: false, negated: false };
        self.filters.push(BoundFilter::new(column, check, around));
        Ok(())
    }

    /// `open` with `open`, `closed`, `closedwon` or `all`.
    fn standard_filter(&mut self, standard: &StandardFilter, property: &str, around: &Surroundings) -> Result<()> {
        let (field, flag) = match (standard.name.as_str(), standard.value.as_str()) {
            (_, "all") => return Ok(()),
            ("open", "open") => ("IsClosed", false),
            ("open", "closed") => ("IsClosed", true),
            ("open", "closedwon") => ("IsWon", true),
            (name, value) => {
                let words = format!("\"{} = {}\" is no standard filter.", shown(name), shown(value));
                return Err(refused(property, words));
            }
        };
        let Some(level) =
            (0..self.base.levels.len()).find(|at| self.base.levels[*at].object.find_field(field).is_some())
        else {
            return Err(refused(property, format!("{} are neither open nor closed.", self.object_label)));
        };
        let name = match self.base.deepest() {
            deepest if deepest == level => field.to_owned(),
            _ => format!("{}.{field}", self.base.levels[level].object.name()),
        };
        let column = self.base.readable(property, &name)?;
        let check = Check::OneOf { values: vec![Value::Bool(flag)], negated: false };
        self.filters.push(BoundFilter::new(column, check, around));
        Ok(())
    }

    /// Rows to which at least one related record points that the reader may see and that passes the criteria, or none.
    fn cross_filter(&mut self, cross: &CrossFilter, property: &str, around: &Surroundings) -> Result<BoundCross> {
        let ctx = self.base.ctx;
        let no_object = || {
            let words = format!("\"{}\" is no object you can report on.", shown(&cross.related_entity));
            refused(&format!("{property}.relatedEntity"), words)
        };
        let related = ctx.object(&cross.related_entity).map_err(|_| no_object())?;
        let mut inner = self.base.beside(related);
        let join_property = format!("{property}.relatedEntityJoinField");
        let join = inner.readable(&join_property, &cross.related_entity_join_field)?;
        let targets = related.find_field(&join.path).map(|field| field.targets.as_slice()).unwrap_or_default();
        let level = self.crossed_level(cross, property)?;
        let level =
            level.or_else(|| (0..self.base.levels.len()).find(|at| targets.contains(&self.base.levels[*at].object.ix)));
        let points_to = |at: &usize| targets.contains(&self.base.levels[*at].object.ix);
        let level = level.filter(points_to).ok_or_else(|| {
            refused(&join_property, format!("{} does not point to {}.", join.label, self.object_label))
        })?;
        if self.base.deepest() - level > 1 {
            let words = "related records can narrow the two deepest levels of a report type only.";
            return Err(refused(property, words));
        }
        let mut conds = Vec::with_capacity(cross.criteria.len());
        for (at, one) in cross.criteria.iter().enumerate() {
            let property = format!("{property}.criteria[{at}]");
            let bound = BoundFilter::bind(&mut inner, one, &property, around)?;
            let cond = bound.cond(&bound.column.path).ok_or_else(|| {
                refused(&property, "comparing two columns is not supported in a cross filter; compare with a value.")
            })?;
            conds.push(cond);
        }
        let mut query = Query::new(vec![Item::field(&join.path)], related.name());
        query.filter = match conds.len() {
            0 => None,
            1 => conds.pop(),
            _ => Some(Cond::And(conds)),
        };
        Ok(BoundCross { level, inner: query, negated: !cross.includes_object })
    }

    /// The level that a cross filter names by the id of its records: `Id`, `Account.Id`; none where it names none.
    fn crossed_level(&mut self, cross: &CrossFilter, property: &str) -> Result<Option<usize>> {
        let Some(name) = cross.primary_entity_field.as_deref().filter(|name| !name.is_empty()) else { return Ok(None) };
        let property = format!("{property}.primaryEntityField");
        let column = self.base.readable(&property, name)?;
        let ColumnAt::Input(Some(input)) = column.at else {
            return Err(refused(&property, format!("{} is no id.", column.label)));
        };
        let level = self.base.level_of_id(input);
        level.map(Some).ok_or_else(|| refused(&property, format!("{} is not the id of a row's record.", column.label)))
    }
}

/// A day as the reader writes it, a range in words: `last 30 days` for `LAST_N_DAYS:30`.
fn days_in_words(value: &str, around: &Surroundings) -> String {
    let words = |item: &String| match (Date::parse(item), item.split_once(':')) {
        (Some(day), _) => around.formats.date(day),
        (None, Some((name, count))) => plain(name).replacen(" n ", &format!(" {count} "), 1).replacen(
            "n ",
            &format!("{count} "),
            usize::from(name.starts_with("N_")),
        ),
        (None, None) => plain(item),
    };
    crate::filter::items::items(value).iter().map(words).collect::<Vec<_>>().join(", ")
}

fn plain(name: &str) -> String {
    name.to_lowercase().replace('_', " ")
}

fn operator_words(operator: Operator, is_date: bool) -> &'static str {
    match operator {
        Operator::Equals if is_date => "is in",
        Operator::NotEqual if is_date => "is not in",
        Operator::LessThan if is_date => "is before",
        Operator::GreaterThan if is_date => "is after",
        Operator::LessOrEqual if is_date => "is in or before",
        Operator::GreaterOrEqual if is_date => "is in or after",
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
