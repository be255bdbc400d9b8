//! GROUP BY, and what it allows elsewhere.

use super::Resolver;
use super::function::{Clause, is_aggregate_call};
use super::path::Level;
use crate::ast::{self, Arg, Item, Query};
use crate::plan::{Expr, GroupMode, SelectKind};
use model::Result;

const MAX_SUBTOTAL_KEYS: usize = 3;

impl<'a> Resolver<'a> {
    /// Whether a level yields records, a count or groups; the keys of groups are known to the level afterwards.
    pub(super) fn kind(&mut self, query: &Query, level: &mut Level<'a>) -> Result<SelectKind> {
        if let Some(count) = query.select.iter().find_map(count_rows) {
            return self.count_kind(query, count);
        }
        let Some(group) = &query.group_by else {
            let aggregates =
                query.select.iter().any(|item| matches!(item, Item::Expr { expr, .. } if has_aggregate(expr)));
            level.is_grouped = aggregates;
            let groups = SelectKind::Groups { keys: Vec::new(), mode: GroupMode::Plain };
            return Ok(if aggregates { groups } else { SelectKind::Records });
        };
        level.is_grouped = true;
        let mode = match group.mode {
            ast::GroupMode::Plain => GroupMode::Plain,
            ast::GroupMode::Rollup => GroupMode::Rollup,
            ast::GroupMode::Cube => GroupMode::Cube,
        };
        level.has_subtotals = mode != GroupMode::Plain;
        if let Some(extra) = group.keys.get(MAX_SUBTOTAL_KEYS).filter(|_| level.has_subtotals) {
            let message = format!("ROLLUP and CUBE take at most {MAX_SUBTOTAL_KEYS} fields.");
            return Err(self.malformed(extra.position(), &message));
        }
        for key in &group.keys {
            let typed = self.expr(level, key, Clause::GroupBy)?;
            if level.has_subtotals {
                self.refuse_sealed(&typed, "GROUP BY ROLLUP")?;
            }
            if level.keys.iter().any(|known| known.is_same(&typed.expr)) {
                return Err(self.malformed(typed.position, &format!("duplicate field in GROUP BY: {}", typed.name)));
            }
            level.keys.push(typed.expr);
        }
        Ok(SelectKind::Groups { keys: level.keys.clone(), mode })
    }

    /// `SELECT COUNT()`: alone, and over rows that stand in no groups and no order.
    fn count_kind(&self, query: &Query, count: &ast::Call) -> Result<SelectKind> {
        let problem = if query.select.len() > 1 {
            "COUNT() must be the only element in the select list"
        } else if query.group_by.is_some() || query.having.is_some() {
            "COUNT() cannot be used with GROUP BY or HAVING: count a field instead, as in COUNT(Id)."
        } else if !query.order_by.is_empty() {
            "COUNT() cannot be used with ORDER BY."
        } else {
            return Ok(SelectKind::Count);
        };
        Err(self.malformed(count.name.position, problem))
    }

    /// Whether an expression has one value per group.
    pub(super) fn is_grouped_or_aggregated(&self, level: &Level<'a>, expr: &Expr) -> bool {
        if level.keys.iter().any(|key| key.is_same(expr)) {
            return true;
        }
        match expr {
            Expr::Aggregate { .. } | Expr::Grouping(_) => true,
            Expr::Format(inner) | Expr::ConvertCurrency(inner) => self.is_grouped_or_aggregated(level, inner),
            Expr::ToLabel(field) => level.keys.iter().any(|key| key.is_same(&Expr::Field(field.clone()))),
            Expr::Field(_)
            | Expr::NameField { .. }
            | Expr::TypeName { .. }
            | Expr::Date { .. }
            | Expr::Distance { .. } => false,
        }
    }
}

/// The `COUNT()` of an item.
fn count_rows(item: &Item) -> Option<&ast::Call> {
    match item {
        Item::Expr { expr: ast::Expr::Call(call), .. } if call.args.is_empty() && call.name.is("COUNT") => Some(call),
        _ => None,
    }
}

fn has_aggregate(expr: &ast::Expr) -> bool {
    match expr {
        ast::Expr::Path(_) => false,
        ast::Expr::Call(call) => {
            is_aggregate_call(call)
                || call.args.iter().any(|arg| matches!(arg, Arg::Expr(inner) if has_aggregate(inner)))
        }
    }
}
