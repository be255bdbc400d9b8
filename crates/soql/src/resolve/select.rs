//! The outer query, and the clauses that every level shares.

use super::Resolver;
use super::function::Clause;
use super::path::Level;
use crate::ast::{self, ForClause, NullsOrder, Position, Query, Source, With};
use crate::error;
use crate::plan::{Cond, Output, Select, SelectKind, Sort, SourceIx};
use model::{ErrorCode, ObjectSchema, Result};

const MAX_OFFSET: u64 = 2_000;
const MAX_SORTS: usize = 32;

/// Scopes of the language that need territories, teams or scoping rules.
const OTHER_SCOPES: [&str; 6] =
    ["delegated", "mine_and_my_groups", "my_territory", "my_team_territory", "scopingRule", "team"];

impl<'a> Resolver<'a> {
    pub(super) fn outer(&mut self, query: &Query) -> Result<Select> {
        let source = self.first_source(query)?;
        let object =
            self.find_object(&source.path.dotted).ok_or_else(|| error::unsupported_object(&source.path.dotted))?;
        self.check_with(query.with.as_ref())?;
        let mut level = self.level(query, source, object)?;
        let mine = self.scope(query, object)?;
        let mut select = self.level_select(query, &mut level, 1)?;
        select.mine = mine;
        select.for_view = query.for_clauses.contains(&ForClause::View);
        select.for_reference = query.for_clauses.contains(&ForClause::Reference);
        Ok(select)
    }

    pub(super) fn first_source<'q>(&self, query: &'q Query) -> Result<&'q Source> {
        query.from.first().ok_or_else(|| self.malformed(query.position, "A query needs an object after FROM."))
    }

    /// The root object with all names of FROM.
    pub(super) fn level(&self, query: &Query, first: &Source, object: &'a ObjectSchema) -> Result<Level<'a>> {
        let mut level = Level::new(object, first.path.position);
        if let Some(alias) = &first.alias {
            self.add_alias(&mut level, alias, SourceIx::ROOT)?;
        }
        for source in query.from.iter().skip(1) {
            if !source.path.dotted.contains('.') {
                let message =
                    "After the first object, FROM takes relationships of it only, as in 'Contact c, c.Account a'.";
                return Err(self.malformed(source.path.position, message));
            }
            let reached = self.walk(&mut level, &source.path.dotted, source.path.position)?;
            if let Some(alias) = &source.alias {
                self.add_alias(&mut level, alias, reached)?;
            }
        }
        Ok(level)
    }

    /// Select list, filter, groups, order and row counts of one level.
    pub(super) fn level_select(&mut self, query: &Query, level: &mut Level<'a>, depth: usize) -> Result<Select> {
        let id = self.next_id();
        let kind = self.kind(query, level)?;
        let output = if matches!(kind, SelectKind::Count) { Vec::new() } else { self.outputs(query, level, depth)? };
        let (filter, having, order_by) = self.conditions(query, level)?;
        let (limit, offset) = self.row_counts(query, level, &kind)?;
        Ok(Select {
            id,
            sources: std::mem::take(&mut level.sources),
            kind,
            output,
            search: None,
            filter,
            having,
            order_by,
            limit,
            offset,
            rows: self.ctx.rows,
            mine: false,
            for_view: false,
            for_reference: false,
        })
    }

    fn conditions(&mut self, query: &Query, level: &mut Level<'a>) -> Result<(Option<Cond>, Option<Cond>, Vec<Sort>)> {
        let filter = match &query.filter {
            Some(cond) => Some(self.cond(level, cond, Clause::Where)?),
            None => None,
        };
        let having = match &query.having {
            Some(cond) if level.is_grouped => Some(self.cond(level, cond, Clause::Having)?),
            Some(cond) => {
                return Err(self.malformed(first_position(cond), "HAVING needs GROUP BY or an aggregate function."));
            }
            None => None,
        };
        if let Some(extra) = query.order_by.get(MAX_SORTS) {
            let message = format!("ORDER BY takes at most {MAX_SORTS} expressions.");
            return Err(self.malformed(extra.expr.position(), &message));
        }
        let order_by = query.order_by.iter().map(|sort| self.sort(level, sort)).collect::<Result<_>>()?;
        Ok((filter, having, order_by))
    }

    fn sort(&mut self, level: &mut Level<'a>, sort: &ast::Sort) -> Result<Sort> {
        let typed = self.expr(level, &sort.expr, Clause::OrderBy)?;
        if level.is_grouped && !self.is_grouped_or_aggregated(level, &typed.expr) {
            let message = format!("Ordered field must be grouped or aggregated: {}", typed.name);
            return Err(self.malformed(typed.position, &message));
        }
        let nulls_last = sort.nulls == Some(NullsOrder::Last);
        Ok(Sort { expr: typed.expr, descending: sort.descending, nulls_last })
    }

    fn row_counts(&self, query: &Query, level: &Level<'a>, kind: &SelectKind) -> Result<(Option<u64>, u64)> {
        let overall = level.is_grouped && matches!(kind, SelectKind::Groups { keys, .. } if keys.is_empty());
        if let Some(limit) = query.limit.as_ref().or(query.offset.as_ref()).filter(|_| overall) {
            let message = "Non-grouped query that uses overall aggregate functions cannot also use LIMIT";
            return Err(self.malformed(limit.position, message));
        }
        let offset = match &query.offset {
            Some(offset) if offset.rows > MAX_OFFSET => {
                let message = format!("Maximum SOQL offset allowed is {MAX_OFFSET}");
                return Err(error::at(ErrorCode::NumberOutsideValidRange, self.text, offset.position.0, &message));
            }
            Some(offset) => offset.rows,
            None => 0,
        };
        Ok((query.limit.as_ref().map(|limit| limit.rows), offset))
    }

    fn scope(&self, query: &Query, object: &ObjectSchema) -> Result<bool> {
        let Some(scope) = &query.scope else { return Ok(false) };
        if scope.is("everything") {
            return Ok(false);
        }
        if scope.is("mine") {
            return match object.owner_field {
                Some(_) => Ok(true),
                None => {
                    Err(self.malformed(scope.position, &format!("Scope 'mine' is not supported on {}", object.name())))
                }
            };
        }
        if OTHER_SCOPES.iter().any(|known| scope.is(known)) {
            return Err(error::not_enabled(&format!("USING SCOPE {}", scope.text)));
        }
        Err(self.malformed(scope.position, &format!("Unknown scope '{}': use everything or mine.", scope.text)))
    }

    /// The user's own access is always enforced, so that its two modes say nothing new; there is no other mode.
    pub(super) fn check_with(&self, with: Option<&With>) -> Result<()> {
        match with {
            None | Some(With::SecurityEnforced | With::UserMode) => Ok(()),
            Some(With::SystemMode) => Err(error::not_enabled("WITH SYSTEM_MODE")),
            Some(With::RecordVisibilityContext(_)) => Err(error::not_enabled("WITH RecordVisibilityContext")),
            Some(With::DataCategory(_)) => Err(error::not_enabled("WITH DATA CATEGORY")),
        }
    }
}

/// Where a condition starts.
pub(super) fn first_position(cond: &ast::Cond) -> Position {
    match cond {
        ast::Cond::And(parts) | ast::Cond::Or(parts) => parts.first().map(first_position).unwrap_or_default(),
        ast::Cond::Not(inner) => first_position(inner),
        ast::Cond::Test(test) => test.left.position(),
    }
}

/// The top-level name under which an output stands in a row.
pub(super) fn output_key(output: &Output) -> Option<(&[String], &str)> {
    match output {
        Output::Field { path, .. } => path.split_last().map(|(last, before)| (before, last.as_str())),
        Output::Named { alias, .. } => Some((&[], alias)),
        Output::Children { name, .. } | Output::TypeOf { name, .. } => Some((&[], name)),
    }
}
