//! A definition tied to the schema and to one reader: what is asked of the store, and how the answer is to be put
//! together.

mod filters;
mod grouping;
mod query;
mod shape;

pub(crate) use grouping::BoundGrouping;
pub(crate) use query::RowsQuery;

use crate::aggregate::{BoundAggregate, BoundSummary, Function, Levels};
use crate::column::{Author, Base, BoundColumn, Surroundings, shown};
use crate::definition::{Direction, ReportMetadata, refused};
use crate::filter::{BoundFilter, Logic};
use model::{Date, Error, ErrorCode, Result};
use platform::Ctx;
use soql::ast::Query;

/// A definition ready to be run.
pub(crate) struct BoundReport<'a> {
    pub(crate) base: Base<'a>,
    pub(crate) object_label: String,
    /// The columns that the reader may see, whether or not records are shown.
    pub(crate) columns: Vec<BoundColumn>,
    pub(crate) shows_details: bool,
    pub(crate) down: Vec<BoundGrouping>,
    pub(crate) across: Vec<BoundGrouping>,
    /// Those that are shown, then those that formulas read beside them.
    pub(crate) aggregates: Vec<BoundAggregate>,
    pub(crate) shown_aggregates: usize,
    /// Formulas over aggregates, each with its place among them.
    pub(crate) summaries: Vec<(usize, BoundSummary)>,
    filters: Vec<BoundFilter>,
    /// All of these must hold.
    logic: Vec<Logic>,
    crosses: Vec<BoundCross>,
    mine: bool,
    pub(crate) sort: Option<BoundSort>,
    pub(crate) limit: Option<u64>,
    /// The filters in words.
    pub(crate) filter_words: Vec<String>,
    /// The resolved days of the standard date filter, both ends in.
    pub(crate) period: Option<(Option<Date>, Option<Date>)>,
    /// Columns that were removed because the reader may not see them.
    pub(crate) removed: Vec<String>,
}

/// Records that point to a row, of which one must be there, or none.
struct BoundCross {
    /// The level whose records they point to.
    level: usize,
    inner: Query,
    negated: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct BoundSort {
    pub(crate) column: BoundColumn,
    pub(crate) descending: bool,
}

impl<'a> BoundReport<'a> {
    /// Ties a definition to a reader.
    ///
    /// # Errors
    /// Names the property that is wrong, or that the reader may not use.
    pub(crate) fn bind(
        ctx: &'a Ctx,
        definition: &ReportMetadata,
        around: &Surroundings,
        details: bool,
        author: &'a Author,
    ) -> Result<Self> {
        shape::check(definition)?;
        let mut base = Base::bind(ctx, definition, author)?;
        let mut removed = Vec::new();
        let columns = columns(&mut base, definition, &mut removed)?;
        let (aggregates, shown_aggregates, summaries) = aggregates(&mut base, definition, around, &mut removed)?;
        let [down, across] =
            [("groupingsDown", &definition.groupings_down), ("groupingsAcross", &definition.groupings_across)];
        let seen = grouping::Sorts { aggregates: &aggregates[..shown_aggregates], summaries: &summaries };
        let down = grouping::bind(&mut base, down.0, down.1, &seen)?;
        let across = grouping::bind(&mut base, across.0, across.1, &seen)?;
        if columns.is_empty() && shown_aggregates == 0 {
            return Err(refused(
                "detailColumns",
                "the report shows nothing that you may read; choose a column or an aggregate.",
            ));
        }
        let sort = sort(&mut base, definition)?;
        let mut bound = Self {
            object_label: base.label(),
            base,
            shows_details: details && !columns.is_empty(),
            columns,
            down,
            across,
            aggregates,
            shown_aggregates,
            summaries,
            filters: Vec::new(),
            logic: Vec::new(),
            crosses: Vec::new(),
            mine: is_mine(definition)?,
            sort,
            limit: definition.top_rows.as_ref().map(|top| top.row_limit),
            filter_words: Vec::new(),
            period: None,
            removed,
        };
        bound.filters(definition, around)?;
        Ok(bound)
    }

    /// The columns of records; none when the report shows no records.
    pub(crate) fn details(&self) -> &[BoundColumn] {
        if self.shows_details { &self.columns } else { &[] }
    }

    pub(crate) fn groupings(&self) -> impl Iterator<Item = &BoundGrouping> {
        self.down.iter().chain(&self.across)
    }
}

fn is_mine(definition: &ReportMetadata) -> Result<bool> {
    match definition.scope.as_str() {
        "organization" | "" => Ok(false),
        "mine" | "user" => Ok(true),
        other => Err(refused("scope", format!("\"{}\" is no scope; choose organization or mine.", shown(other)))),
    }
}

fn columns(base: &mut Base<'_>, definition: &ReportMetadata, removed: &mut Vec<String>) -> Result<Vec<BoundColumn>> {
    let mut columns = Vec::with_capacity(definition.detail_columns.len());
    for (at, name) in definition.detail_columns.iter().enumerate() {
        let mut column = base.column(&format!("detailColumns[{at}]"), name)?;
        if !column.is_readable {
            removed.push(name.clone());
            continue;
        }
        base.with_link(&mut column);
        columns.push(column);
    }
    Ok(columns)
}

type Aggregates = (Vec<BoundAggregate>, usize, Vec<(usize, BoundSummary)>);

/// The aggregates that are shown, their number, and the formulas among them, with what those read at the end.
fn aggregates(
    base: &mut Base<'_>,
    definition: &ReportMetadata,
    around: &Surroundings,
    removed: &mut Vec<String>,
) -> Result<Aggregates> {
    let mut aggregates = Vec::with_capacity(definition.aggregates.len());
    let mut formulas = Vec::new();
    for (at, name) in definition.aggregates.iter().enumerate() {
        let given = definition.custom_summary_formula.iter().position(|formula| formula.developer_name == *name);
        if let Some(given) = given {
            let formula = &definition.custom_summary_formula[given];
            formulas.push((aggregates.len(), given));
            let (kind, label) = (BoundSummary::kind(formula, around), formula.label.clone());
            aggregates.push(BoundAggregate {
                name: name.clone(),
                label,
                function: Function::Formula,
                column: None,
                kind,
            });
            continue;
        }
        match BoundAggregate::bind(base, &format!("aggregates[{at}]"), name, around)? {
            Some(aggregate) => aggregates.push(aggregate),
            None => removed.push(name.clone()),
        }
    }
    let names = |groupings: &[crate::definition::Grouping]| -> Vec<String> {
        groupings.iter().map(|grouping| grouping.name.clone()).collect()
    };
    let (down, across) = (names(&definition.groupings_down), names(&definition.groupings_across));
    let levels = Levels { down: &down, across: &across };
    let shown = aggregates.len();
    let mut summaries = Vec::new();
    for (given, formula) in definition.custom_summary_formula.iter().enumerate() {
        let property = format!("customSummaryFormula[{given}]");
        // One that is not shown is checked all the same.
        let bound = BoundSummary::bind(base, formula, &property, &mut aggregates, &levels, around)?;
        summaries.extend(formulas.iter().find(|(_, known)| *known == given).map(|(at, _)| (*at, bound)));
    }
    Ok((aggregates, shown, summaries))
}

fn sort(base: &mut Base<'_>, definition: &ReportMetadata) -> Result<Option<BoundSort>> {
    let Some(sort) = definition.sort_by.first() else { return Ok(None) };
    if definition.sort_by.len() > 1 {
        // The words of the analytics API.
        let message = "A report can only be sorted by one column.";
        return Err(Error::new(ErrorCode::FieldIntegrityException, message).with_field("Definition"));
    }
    let column = base.readable("sortBy[0].sortColumn", &sort.sort_column)?;
    if !column.is_sortable() {
        return Err(refused("sortBy[0].sortColumn", format!("rows cannot be sorted by {}.", column.label)));
    }
    Ok(Some(BoundSort { column, descending: sort.sort_order == Direction::Desc }))
}
