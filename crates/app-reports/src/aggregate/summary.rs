//! Formulas over aggregates: `AMOUNT:SUM / RowCount`, `PARENTGROUPVAL(AMOUNT:SUM, STAGE_NAME)`. Each is computed from the
//! figures of its own group, or of a group above or before it, never from figures of formulas in smaller groups.

use super::{BoundAggregate, Function};
use crate::column::{Base, Surroundings, shown};
use crate::definition::{GroupType, SummaryFormula, SummaryFormulaType, refused};
use formula::{Change, CompileOptions, EvalContext, Expr, ExprKind, FieldResolver, Formula, Literal, ResolvedField};
use model::schema::{Blanks, FieldType};
use model::{Error, Result, Value};
use render::ColumnKind;
use std::cell::RefCell;

const DECIMAL_PLACES: u8 = 2;
const MAX_DECIMAL_PLACES: u8 = 18;
/// The most groups that a formula looks back.
const MAX_BACK: u32 = 12;

/// The levels that a formula may name: the groupings of each axis.
#[derive(Debug)]
pub(crate) struct Levels<'a> {
    pub(crate) down: &'a [String],
    pub(crate) across: &'a [String],
}

/// A formula tied to the aggregates that it reads.
#[derive(Debug)]
pub(crate) struct BoundSummary {
    formula: Formula,
    terms: Vec<Term>,
    /// The depth of groups at which it is shown, from 0 for the total; everywhere when none.
    down: Option<usize>,
    across: Option<usize>,
}

/// One figure that a formula reads.
#[derive(Clone, Debug, PartialEq)]
struct Term {
    aggregate: usize,
    of: Of,
}

/// Whose figure it is.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Of {
    Own,
    /// The group above at these depths; its own level where none.
    Above {
        down: Option<usize>,
        across: Option<usize>,
    },
    /// So many groups before the one at a depth.
    Before {
        is_across: bool,
        depth: usize,
        back: u32,
    },
}

/// The figures of all groups, as a formula asks for them. Nodes are numbers; 0 is the total of an axis.
pub(crate) trait Cells {
    fn depth(&self, is_across: bool, node: usize) -> usize;

    /// The group at a depth on the way to a node; none below it.
    fn above(&self, is_across: bool, node: usize, depth: usize) -> Option<usize>;

    /// The group so many places before one, among those with the same group above.
    fn before(&self, is_across: bool, node: usize, back: u32) -> Option<usize>;

    fn figure(&self, down: usize, across: usize, aggregate: usize) -> Value;
}

impl BoundSummary {
    /// Whether it needs to know the order of groups.
    pub(crate) fn looks_back(&self) -> bool {
        self.terms.iter().any(|term| matches!(term.of, Of::Before { .. }))
    }

    /// The figure at a crossing; none where it is not shown, and an error where it has no value.
    pub(crate) fn figure(
        &self,
        cells: &impl Cells,
        (down, across): (usize, usize),
        around: &Surroundings,
    ) -> std::result::Result<Value, ()> {
        let is_shown = self.down.is_none_or(|depth| depth == cells.depth(false, down))
            && self.across.is_none_or(|depth| depth == cells.depth(true, across));
        if !is_shown {
            return Ok(Value::Null);
        }
        let fields: Vec<Value> = self.terms.iter().map(|term| term.value(cells, down, across)).collect();
        let context = EvalContext { now: around.now, zone: &around.zone, fields: &fields, change: Change::None };
        self.formula.evaluate(&context).map_err(|_| ())
    }

    /// Ties a formula. Aggregates that it reads and that are not there yet are added to `aggregates`.
    ///
    /// # Errors
    /// Names the property for what cannot be read or found.
    pub(crate) fn bind(
        base: &mut Base<'_>,
        given: &SummaryFormula,
        property: &str,
        aggregates: &mut Vec<BoundAggregate>,
        levels: &Levels<'_>,
        around: &Surroundings,
    ) -> Result<Self> {
        let formula_property = format!("{property}.formula");
        let parsed = formula::parse(&given.formula).map_err(|error| refused(&formula_property, error))?;
        let mut names = Names { base, aggregates, levels, around, property: &formula_property, terms: Vec::new() };
        // What reaches other groups is replaced by a name of its own; the rest is plain formula language.
        let mut text = String::with_capacity(given.formula.len());
        let mut at = 0;
        for call in reaching(&parsed) {
            let term = names.reach(call)?;
            text.push_str(given.formula.get(at..call.span.start).unwrap_or_default());
            text.push_str(&format!("reached.r{}", names.term(term)));
            at = call.span.end;
        }
        text.push_str(given.formula.get(at..).unwrap_or_default());
        let scale = given.decimal_places.unwrap_or(DECIMAL_PLACES);
        if scale > MAX_DECIMAL_PLACES {
            let words = format!("has at most {MAX_DECIMAL_PLACES} decimal places.");
            return Err(refused(&format!("{property}.decimalPlaces"), words));
        }
        let returns = match given.formula_type {
            SummaryFormulaType::Number => FieldType::Number { precision: 28, scale },
            SummaryFormulaType::Currency => FieldType::Currency { precision: 28, scale },
            SummaryFormulaType::Percent => FieldType::Percent { precision: 28, scale },
        };
        let options = CompileOptions { blanks: Blanks::AsZero, returns: Some(returns), ..Default::default() };
        let resolver = Resolver { names: RefCell::new(names), refusal: RefCell::default() };
        let compiled = formula::compile(&text, &resolver, &options);
        let (names, refusal) = (resolver.names.into_inner(), resolver.refusal.into_inner());
        let formula = match (compiled, refusal) {
            (_, Some(error)) => return Err(error),
            (Err(error), None) => return Err(refused(&formula_property, error)),
            (Ok(formula), None) => formula,
        };
        let place = |field: &formula::FieldUse| {
            field.path.last().and_then(|name| name.get(1..)).and_then(|number| number.parse::<usize>().ok())
        };
        let terms: Option<Vec<Term>> =
            formula.fields().iter().map(|field| names.terms.get(place(field)?).cloned()).collect();
        let terms = terms.ok_or_else(|| Error::internal("a formula reads a figure that it did not name"))?;
        let down = shown_at(given.down_group_type, given.down_group.as_deref(), levels.down, property, "downGroup")?;
        let across =
            shown_at(given.across_group_type, given.across_group.as_deref(), levels.across, property, "acrossGroup")?;
        Ok(Self { formula, terms, down, across })
    }

    /// How its figures are shown.
    pub(crate) fn kind(given: &SummaryFormula, around: &Surroundings) -> ColumnKind {
        let scale = given.decimal_places.unwrap_or(DECIMAL_PLACES);
        match given.formula_type {
            SummaryFormulaType::Number => ColumnKind::Number { scale },
            SummaryFormulaType::Currency => ColumnKind::Currency { code: around.currency.clone() },
            SummaryFormulaType::Percent => ColumnKind::Percent { scale },
        }
    }
}

impl Term {
    fn value(&self, cells: &impl Cells, down: usize, across: usize) -> Value {
        let place = match self.of {
            Of::Own => Some((down, across)),
            Of::Above { down: to_down, across: to_across } => {
                let to = |is_across, node, depth: Option<usize>| match depth {
                    None => Some(node),
                    Some(depth) => cells.above(is_across, node, depth),
                };
                to(false, down, to_down).zip(to(true, across, to_across))
            }
            Of::Before { is_across, depth, back } => {
                let node = if is_across { across } else { down };
                let before = cells.above(is_across, node, depth).and_then(|node| cells.before(is_across, node, back));
                before.map(|before| if is_across { (down, before) } else { (before, across) })
            }
        };
        place.map_or(Value::Null, |(down, across)| cells.figure(down, across, self.aggregate))
    }
}

fn shown_at(
    kind: GroupType,
    group: Option<&str>,
    levels: &[String],
    property: &str,
    name: &str,
) -> Result<Option<usize>> {
    match kind {
        GroupType::All => Ok(None),
        GroupType::GrandTotal => Ok(Some(0)),
        GroupType::Custom => {
            let group = group.unwrap_or_default();
            let at = levels.iter().position(|level| level.eq_ignore_ascii_case(group));
            let words = || format!("\"{}\" is no grouping of the report.", shown(group));
            at.map(|at| Some(at + 1)).ok_or_else(|| refused(&format!("{property}.{name}"), words()))
        }
    }
}

/// The calls of functions that reach other groups, from left to right.
fn reaching(expr: &Expr) -> Vec<&Expr> {
    match &expr.kind {
        ExprKind::Call(name, _) if name.eq_ignore_ascii_case("PARENTGROUPVAL") => vec![expr],
        ExprKind::Call(name, _) if name.eq_ignore_ascii_case("PREVGROUPVAL") => vec![expr],
        ExprKind::Call(_, arguments) => arguments.iter().flat_map(reaching).collect(),
        ExprKind::Unary(_, inner) => reaching(inner),
        ExprKind::Binary(_, left, right) => reaching(left).into_iter().chain(reaching(right)).collect(),
        ExprKind::Literal(_) | ExprKind::Field(_) => Vec::new(),
    }
}

/// What names in a formula mean, and the figures they came to.
struct Names<'n, 'a> {
    base: &'n mut Base<'a>,
    aggregates: &'n mut Vec<BoundAggregate>,
    levels: &'n Levels<'n>,
    around: &'n Surroundings,
    property: &'n str,
    terms: Vec<Term>,
}

impl Names<'_, '_> {
    fn refuse(&self, words: impl std::fmt::Display) -> Error {
        refused(self.property, words)
    }

    fn term(&mut self, term: Term) -> usize {
        self.terms.iter().position(|known| *known == term).unwrap_or_else(|| {
            self.terms.push(term);
            self.terms.len() - 1
        })
    }

    /// `AMOUNT:SUM` or `RowCount`.
    fn aggregate(&mut self, name: &str) -> Result<usize> {
        let (name, bound) = if name.eq_ignore_ascii_case("RowCount") {
            ("RowCount".to_owned(), BoundAggregate::row_count("RowCount"))
        } else {
            let unknown = || {
                let words =
                    "is no summary; write RowCount, or a column with :SUM, :AVG, :MIN, :MAX, :UNIQUE or :MEDIAN.";
                refused(self.property, format!("\"{}\" {words}", shown(name)))
            };
            let (column, word) = name.rsplit_once(':').ok_or_else(unknown)?;
            let known = Function::OF_COLUMNS.iter().find(|(_, _, known)| known.eq_ignore_ascii_case(word));
            let (function, letter, _) = *known.ok_or_else(unknown)?;
            let column = self.base.readable(self.property, column)?;
            let name = format!("{letter}!{}", column.name);
            let bound = BoundAggregate::of_column(self.property, &name, function, column, self.around)?;
            (name, bound)
        };
        let path = |aggregate: &BoundAggregate| aggregate.column.as_ref().map(|column| column.path.clone());
        let is_it = |known: &BoundAggregate| known.function == bound.function && path(known) == path(&bound);
        Ok(self.aggregates.iter().position(is_it).unwrap_or_else(|| {
            self.aggregates.push(BoundAggregate { name, ..bound });
            self.aggregates.len() - 1
        }))
    }

    /// A call of `PARENTGROUPVAL` or `PREVGROUPVAL`.
    fn reach(&mut self, call: &Expr) -> Result<Term> {
        let ExprKind::Call(function, arguments) = &call.kind else {
            return Err(Error::internal("only calls reach other groups"));
        };
        let function = function.to_ascii_uppercase();
        let name = |at: usize| match arguments.get(at).map(|argument| &argument.kind) {
            Some(ExprKind::Field(path)) => Some(path.join(".")),
            _ => None,
        };
        let first =
            name(0).ok_or_else(|| self.refuse(format!("{function} begins with a summary such as AMOUNT:SUM.")))?;
        let aggregate = self.aggregate(&first)?;
        let of = match function.as_str() {
            "PREVGROUPVAL" => {
                let level = name(1).ok_or_else(|| self.refuse("PREVGROUPVAL needs a grouping after the summary."))?;
                let back = match arguments.get(2).map(|argument| &argument.kind) {
                    None => Some(1),
                    Some(ExprKind::Literal(Literal::Number(number))) => u32::try_from(*number).ok(),
                    Some(_) => None,
                };
                let back = back
                    .filter(|back| (1..=MAX_BACK).contains(back) && arguments.len() <= 3)
                    .ok_or_else(|| self.refuse(format!("PREVGROUPVAL looks back 1 to {MAX_BACK} groups.")))?;
                let (is_across, depth) = self.level(&level)?;
                Of::Before { is_across, depth, back }
            }
            _ if (2..=3).contains(&arguments.len()) => {
                let (mut down, mut across) = (None, None);
                for at in 1..arguments.len() {
                    let level = name(at).ok_or_else(|| self.refuse("PARENTGROUPVAL takes the names of groupings."))?;
                    match level.to_ascii_uppercase().as_str() {
                        "GRAND_SUMMARY" => (down, across) = (Some(0), Some(0)),
                        "ROW_GRAND_SUMMARY" => down = Some(0),
                        "COLUMN_GRAND_SUMMARY" => across = Some(0),
                        _ => match self.level(&level)? {
                            (true, depth) => across = Some(depth),
                            (false, depth) => down = Some(depth),
                        },
                    }
                }
                Of::Above { down, across }
            }
            _ => return Err(self.refuse("PARENTGROUPVAL takes a summary and one or two groupings.")),
        };
        Ok(Term { aggregate, of })
    }

    /// The depth of a grouping on its axis.
    fn level(&self, name: &str) -> Result<(bool, usize)> {
        let on = |names: &[String]| names.iter().position(|known| known.eq_ignore_ascii_case(name)).map(|at| at + 1);
        let down = on(self.levels.down).map(|depth| (false, depth));
        down.or_else(|| on(self.levels.across).map(|depth| (true, depth)))
            .ok_or_else(|| self.refuse(format!("\"{}\" is no grouping of the report.", shown(name))))
    }
}

struct Resolver<'n, 'a> {
    names: RefCell<Names<'n, 'a>>,
    refusal: RefCell<Option<Error>>,
}

impl FieldResolver for Resolver<'_, '_> {
    fn resolve(&self, path: &[&str]) -> Option<ResolvedField> {
        let mut names = self.names.borrow_mut();
        let at = match path {
            ["reached", place] => place.get(1..)?.parse::<usize>().ok().filter(|at| *at < names.terms.len())?,
            path => match names.aggregate(&path.join(".")) {
                Ok(aggregate) => names.term(Term { aggregate, of: Of::Own }),
                Err(error) => {
                    self.refusal.borrow_mut().get_or_insert(error);
                    return None;
                }
            },
        };
        let aggregate = &names.aggregates[names.terms[at].aggregate];
        let data_type = match (&aggregate.column, &aggregate.kind) {
            (Some(column), ColumnKind::Date | ColumnKind::DateTime { .. }) => column.data_type.clone(),
            (_, ColumnKind::Percent { scale }) => FieldType::Percent { precision: 28, scale: *scale },
            (_, kind) => FieldType::Number { precision: 28, scale: kind.scale().unwrap_or(0) },
        };
        Some(ResolvedField { path: vec![format!("t{at}")], data_type, home: None })
    }
}
