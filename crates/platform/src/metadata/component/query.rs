//! Queries of components. They are few and stand in memory, so that their rows are tested one by one.

use super::{Component, ComponentKind, rows};
use crate::ctx::Ctx;
use model::{Error, ErrorCode, Result};
use serde_json::{Map, Value as Json};
use soql::ast::{CompareOp, Cond, Expr, Item, Literal, LiteralValue, Predicate, Query, RowCount};
use std::cmp::Ordering;

type Row = Map<String, Json>;

/// What a query of components found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComponentAnswer {
    /// All that the condition holds for.
    pub total: usize,
    /// The rows with the fields that were asked for; none of a mere count.
    pub rows: Option<Vec<(Component, Row)>>,
}

impl Ctx {
    /// Answers a query over one kind of component.
    ///
    /// # Errors
    /// `MALFORMED_QUERY` for a text that is no query or asks more than plain fields, conditions, an order and a page;
    /// `INVALID_TYPE` for another object; `INVALID_FIELD`; as [`Ctx::components`].
    pub fn components_query(&self, text: &str) -> Result<ComponentAnswer> {
        let query = soql::parse(text)?;
        let [source] = query.from.as_slice() else { return Err(too_much("one object after FROM")) };
        let kind = ComponentKind::named(&source.path.dotted)?;
        refuse_the_rest(&query)?;
        let known = Fields { names: rows::fields(kind) };
        let shown = known.selected(&query)?;
        if let Some(filter) = &query.filter {
            known.check(filter)?;
        }
        let sorts = query.order_by.iter().map(|sort| Ok((known.name_of(&sort.expr)?, sort.descending)));
        let order: Vec<(&str, bool)> = sorts.collect::<Result<_>>()?;
        let mut found: Vec<(Component, Row)> = Vec::new();
        for component in self.components(kind)? {
            let row = self.component_row(&component)?;
            let fits = match &query.filter {
                Some(filter) => known.holds(filter, &row)?,
                None => true,
            };
            if fits {
                found.push((component, row));
            }
        }
        let Some(shown) = shown else { return Ok(ComponentAnswer { total: found.len(), rows: None }) };
        for (field, descending) in order.iter().rev() {
            found.sort_by(|(_, one), (_, other)| {
                let by = compare(&one[*field], &other[*field]);
                if *descending { by.reverse() } else { by }
            });
        }
        let (skip, most) = (rows_of(query.offset.as_ref(), 0), rows_of(query.limit.as_ref(), usize::MAX));
        let page: Vec<(Component, Row)> = found.into_iter().skip(skip).take(most).collect();
        let wants_metadata = shown.contains(&METADATA);
        if wants_metadata && page.len() > 1 {
            let message = "A query for Metadata answers one row at most. Narrow the condition, or add LIMIT 1.";
            return Err(Error::new(ErrorCode::MalformedQuery, message));
        }
        let mut rows = Vec::with_capacity(page.len());
        for (component, mut row) in page {
            if wants_metadata {
                row.insert(METADATA.to_owned(), self.component_told(&component)?);
            }
            let asked = shown.iter().map(|name| ((*name).to_owned(), row.get(*name).cloned().unwrap_or_default()));
            let asked = asked.collect();
            rows.push((component, asked));
        }
        Ok(ComponentAnswer { total: rows.len(), rows: Some(rows) })
    }
}

fn rows_of(count: Option<&RowCount>, otherwise: usize) -> usize {
    count.map_or(otherwise, |count| usize::try_from(count.rows).unwrap_or(usize::MAX))
}

const METADATA: &str = "Metadata";

fn refuse_the_rest(query: &Query) -> Result<()> {
    let rest = [
        (query.scope.is_some(), "no USING SCOPE"),
        (query.with.is_some(), "no WITH"),
        (query.group_by.is_some() || query.having.is_some(), "no GROUP BY"),
        (!query.for_clauses.is_empty() || !query.update.is_empty(), "no FOR and no UPDATE"),
    ];
    match rest.iter().find(|(is_there, _)| *is_there) {
        Some((_, rule)) => Err(too_much(rule)),
        None => Ok(()),
    }
}

fn too_much(rule: &str) -> Error {
    Error::new(ErrorCode::MalformedQuery, format!("A query of components has {rule}."))
}

/// The fields of one kind of component.
struct Fields {
    names: &'static [&'static str],
}

impl Fields {
    fn find(&self, asked: &str) -> Result<&'static str> {
        let names = self.names.iter().copied().chain([METADATA]);
        let known = names.into_iter().find(|name| name.eq_ignore_ascii_case(asked));
        known.ok_or_else(|| {
            let message = format!("No such column '{asked}'. There are {}, and Metadata.", self.names.join(", "));
            Error::new(ErrorCode::InvalidField, message).with_field(asked)
        })
    }

    fn name_of(&self, expr: &Expr) -> Result<&'static str> {
        match expr {
            // The name of the object is known by either way to say it.
            Expr::Path(path) if path.dotted.eq_ignore_ascii_case("EntityDefinition.QualifiedApiName") => {
                self.find("EntityDefinitionId")
            }
            Expr::Path(path) => match self.find(&path.dotted)? {
                METADATA => Err(too_much("no condition and no order by Metadata")),
                name => Ok(name),
            },
            Expr::Call(_) => Err(too_much("no functions but COUNT()")),
        }
    }

    /// What is selected; none of a mere count.
    fn selected(&self, query: &Query) -> Result<Option<Vec<&'static str>>> {
        let mut shown = Vec::new();
        for item in &query.select {
            match item {
                Item::Expr { expr: Expr::Path(path), alias: None } => shown.push(self.find(&path.dotted)?),
                Item::Expr { expr: Expr::Call(call), .. }
                    if call.name.text.eq_ignore_ascii_case("COUNT")
                        && call.args.is_empty()
                        && query.select.len() == 1 =>
                {
                    return Ok(None);
                }
                _ => return Err(too_much("plain fields, or COUNT() alone, after SELECT")),
            }
        }
        Ok(Some(shown))
    }

    /// Whether a condition asks what can be answered, also where there is no row to try it on.
    fn check(&self, cond: &Cond) -> Result<()> {
        self.holds(cond, &Row::new()).map(|_| ())
    }

    fn holds(&self, cond: &Cond, row: &Row) -> Result<bool> {
        // Every part is asked, so that a mistake in one is seen whatever the others say.
        let each = |parts: &[Cond]| parts.iter().map(|part| self.holds(part, row)).collect::<Result<Vec<bool>>>();
        match cond {
            Cond::And(parts) => Ok(each(parts)?.into_iter().all(|holds| holds)),
            Cond::Or(parts) => Ok(each(parts)?.into_iter().any(|holds| holds)),
            Cond::Not(inner) => Ok(!self.holds(inner, row)?),
            Cond::Test(test) => {
                let value = row.get(self.name_of(&test.left)?).unwrap_or(&Json::Null);
                match &test.predicate {
                    Predicate::Compare { op, value: literal } => {
                        let by = compare(value, &json_of(literal)?);
                        Ok(match op {
                            CompareOp::Eq => by == Ordering::Equal,
                            CompareOp::Ne => by != Ordering::Equal,
                            CompareOp::Lt => by == Ordering::Less,
                            CompareOp::Le => by != Ordering::Greater,
                            CompareOp::Gt => by == Ordering::Greater,
                            CompareOp::Ge => by != Ordering::Less,
                        })
                    }
                    Predicate::Like { pattern } => {
                        Ok(value.as_str().is_some_and(|text| model::text::like(text, pattern)))
                    }
                    Predicate::In { values, negated } => {
                        let values = values.iter().map(json_of).collect::<Result<Vec<_>>>()?;
                        let is_among = values.iter().any(|known| compare(value, known) == Ordering::Equal);
                        Ok(is_among != *negated)
                    }
                    Predicate::InQuery { .. } => Err(too_much("no query within a condition")),
                    Predicate::Includes { .. } => Err(too_much("no INCLUDES and no EXCLUDES")),
                }
            }
        }
    }
}

fn json_of(literal: &Literal) -> Result<Json> {
    match &literal.value {
        LiteralValue::Null => Ok(Json::Null),
        LiteralValue::Bool(flag) => Ok(Json::Bool(*flag)),
        LiteralValue::Text(text) => Ok(Json::String(text.clone())),
        _ => Err(too_much("texts, true, false and null as values")),
    }
}

/// Texts without regard to case, ids by their first fifteen characters, nothing before all else.
fn compare(one: &Json, other: &Json) -> Ordering {
    match (one, other) {
        (Json::String(one), Json::String(other)) => {
            let id = |text: &str| model::RecordId::parse(text).ok().filter(|_| matches!(text.len(), 15 | 18));
            match (id(one), id(other)) {
                (Some(one), Some(other)) => one.cmp(&other),
                _ => model::text::fold(one).cmp(&model::text::fold(other)),
            }
        }
        (Json::Bool(one), Json::Bool(other)) => one.cmp(other),
        (Json::Null, Json::Null) => Ordering::Equal,
        (Json::Null, _) => Ordering::Less,
        (_, Json::Null) => Ordering::Greater,
        (one, other) => one.to_string().cmp(&other.to_string()),
    }
}
