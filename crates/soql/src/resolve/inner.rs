//! Clauses that only an outer query has.

use super::Resolver;
use super::select::first_position;
use crate::ast::{Expr, Position, Query};
use model::Result;

impl Resolver<'_> {
    /// Refuses them in `place`. With `ordered`, ORDER BY, LIMIT and OFFSET have a place there.
    pub(super) fn check_inner(&self, query: &Query, place: &str, ordered: bool) -> Result<()> {
        match out_of_place(query).or_else(|| if ordered { None } else { order_or_count(query) }) {
            Some((clause, position)) => Err(self.malformed(position, &format!("{clause} is not allowed in {place}."))),
            None => Ok(()),
        }
    }
}

fn out_of_place(query: &Query) -> Option<(&'static str, Position)> {
    let whole = query.position;
    let scope = query.scope.as_ref().map(|scope| ("USING SCOPE", scope.position));
    let with = query.with.as_ref().map(|_| ("WITH", whole));
    let group = query.group_by.as_ref().map(|group| ("GROUP BY", group.keys.first().map_or(whole, Expr::position)));
    let having = query.having.as_ref().map(|having| ("HAVING", first_position(having)));
    let for_clause = query.for_clauses.first().map(|_| ("FOR", whole));
    let update = query.update.first().map(|_| ("UPDATE", whole));
    [scope, with, group, having, for_clause, update].into_iter().flatten().next()
}

fn order_or_count(query: &Query) -> Option<(&'static str, Position)> {
    let order = query.order_by.first().map(|sort| ("ORDER BY", sort.expr.position()));
    let limit = query.limit.as_ref().map(|limit| ("LIMIT", limit.position));
    let offset = query.offset.as_ref().map(|offset| ("OFFSET", offset.position));
    order.or(limit).or(offset)
}
