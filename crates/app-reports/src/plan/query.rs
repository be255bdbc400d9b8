//! What is asked of the store: records, or groups where the store can make them.

use super::BoundReport;
use crate::aggregate::BoundAggregate;
use crate::column::Surroundings;
use crate::filter::{BoundFilter, Logic};
use model::Value;
use model::schema::FieldType;
use soql::ast::{
    CompareOp, Cond, Expr, GroupBy, GroupMode, Item, Literal, LiteralValue, Name, NullsOrder, Predicate, Query,
    RowCount, Sort,
};
use std::collections::HashSet;

/// A query for the records of one level, and where among its cells each input stands.
pub(crate) struct RowsQuery {
    pub(crate) query: Query,
    pub(crate) cells: Vec<Option<usize>>,
}

/// What a condition comes to for the records of one level.
enum Lowered {
    Always,
    Never,
    If(Cond),
}

impl BoundReport<'_> {
    /// Whether rows pass filters that the store cannot answer.
    pub(crate) fn filters_here(&self) -> bool {
        self.logic.iter().any(|part| !self.is_for_the_store(part))
    }

    fn is_for_the_store(&self, part: &Logic) -> bool {
        part.every(&|at| self.filters[at].is_for_the_store())
    }

    /// Whether a row of inputs passes the filters that the store does not answer.
    pub(crate) fn passes(&self, around: &Surroundings, row: &[Value]) -> bool {
        let truth = |at: usize| self.filters[at].holds(&self.base, around, row);
        self.logic.iter().filter(|part| !self.is_for_the_store(part)).all(|part| part.holds(&truth))
    }

    /// Whether rows are put in order here: those of several queries, or by what is computed here.
    pub(crate) fn sorts_here(&self) -> bool {
        let is_computed = |sort: &super::BoundSort| matches!(sort.column.at, crate::column::ColumnAt::Derived(_));
        self.sort.is_some() && (self.base.row_levels().len() > 1 || self.sort.as_ref().is_some_and(is_computed))
    }

    /// Whether the store can group: every grouping is a column it groups by, every aggregate one it computes exactly.
    pub(crate) fn is_groupable(&self, zone_is_readers: bool) -> bool {
        self.groupings().all(|grouping| grouping.groups_of_the_store(&self.base, zone_is_readers).is_some())
            && self.limit.is_none()
            && !self.shows_details
            && self.base.row_levels().len() == 1
            && !self.filters_here()
            && self.aggregates.iter().all(BoundAggregate::is_mergeable)
    }

    /// Asks for the records of each level that has rows; a level of which no record can pass is not asked.
    pub(crate) fn rows_queries(&self) -> Vec<RowsQuery> {
        self.base.row_levels().into_iter().filter_map(|level| self.rows_query(level)).collect()
    }

    fn rows_query(&self, level: usize) -> Option<RowsQuery> {
        let mut select = vec![Item::field("Id")];
        let mut paths = vec!["Id".to_owned()];
        let mut cells = Vec::with_capacity(self.base.inputs());
        let needed = self.needed();
        for input in 0..self.base.inputs() {
            let Some(path) = self.base.path_at(input, level).filter(|_| needed.contains(&input)) else {
                cells.push(None);
                continue;
            };
            let known = paths.iter().position(|known| known.eq_ignore_ascii_case(&path));
            cells.push(Some(known.unwrap_or_else(|| {
                select.push(Item::field(&path));
                paths.push(path);
                paths.len() - 1
            })));
        }
        let mut query = self.query(level, select)?;
        if let Some(sort) = self.sort.as_ref().filter(|_| !self.sorts_here()) {
            let nulls = Some(if sort.descending { NullsOrder::Last } else { NullsOrder::First });
            let expr = Expr::field(&sort.column.path);
            query.order_by.push(Sort { expr, descending: sort.descending, nulls });
            // Rows that are equal stand in the order of their ids, so that the first of them are always the same.
            query.order_by.push(Sort { expr: Expr::field("Id"), descending: false, nulls: None });
        }
        if !self.sorts_here() && !self.filters_here() {
            query.limit = self.limit.map(RowCount::new);
        }
        Some(RowsQuery { query, cells })
    }

    /// The inputs whose values decide something here.
    fn needed(&self) -> HashSet<usize> {
        let sort = self.sort.iter().filter(|_| self.sorts_here()).map(|sort| &sort.column);
        let tested = self.logic.iter().filter(|part| !self.is_for_the_store(part)).flat_map(Logic::filters);
        let tested = tested.flat_map(|at| self.filters[at].columns());
        let groups = self.groupings().map(|grouping| &grouping.column);
        let figures = self.aggregates.iter().filter_map(|aggregate| aggregate.column.as_ref());
        let columns = groups.chain(figures).chain(self.details()).chain(sort).chain(tested);
        columns.flat_map(|column| self.base.behind(column)).collect()
    }

    /// Asks for groups: one key per grouping, the number of rows, then the figures that each aggregate is made from.
    pub(crate) fn groups_query(&self) -> Option<Query> {
        let level = self.base.deepest();
        let key = |grouping: &super::BoundGrouping| {
            let input = grouping.groups_of_the_store(&self.base, true)?;
            let field = Expr::field(self.base.path_at(input, level)?);
            // A date or value as it is; the local day of an instant.
            Some(match grouping.column.data_type {
                FieldType::DateTime => Expr::call("DAY_ONLY", [Expr::call("convertTimezone", [field])]),
                _ => field,
            })
        };
        let keys: Vec<Expr> = self.groupings().map(key).collect::<Option<_>>()?;
        let named = |expr: Expr, alias: String| Item::Expr { expr, alias: Some(Name::new(alias)) };
        let mut select: Vec<Item> =
            keys.iter().enumerate().map(|(at, key)| named(key.clone(), format!("k{at}"))).collect();
        select.push(named(Expr::call("COUNT", [Expr::field("Id")]), "n".to_owned()));
        for (at, aggregate) in self.aggregates.iter().enumerate() {
            for (function, letter) in aggregate.partials() {
                let field = aggregate.column.as_ref().map(|column| Expr::field(&column.path));
                select.push(named(Expr::call(*function, field), format!("{letter}{at}")));
            }
        }
        let mut query = self.query(level, select)?;
        // A bucket and its column may group by the same field.
        let mut distinct: Vec<Expr> = Vec::with_capacity(keys.len());
        for key in keys {
            if !distinct.contains(&key) {
                distinct.push(key);
            }
        }
        query.group_by = (!distinct.is_empty()).then_some(GroupBy { keys: distinct, mode: GroupMode::Plain });
        Some(query)
    }

    /// The query of one level; none when no record of it can pass.
    fn query(&self, level: usize, select: Vec<Item>) -> Option<Query> {
        let base = &self.base;
        let mut conds = Vec::new();
        let is = |path: String, op: CompareOp, value: LiteralValue| {
            Cond::compare(Expr::field(path), op, Literal::new(value))
        };
        // Its parents in the report type are there and the reader may see them.
        for above in 0..level {
            conds.push(is(format!("{}Id", base.way_up(level, above)), CompareOp::Ne, LiteralValue::Null));
        }
        if level < base.deepest() {
            let child = &base.levels[level + 1];
            let inner = Query::new(vec![Item::field(base.up_field(level + 1)?)], child.object.name());
            let predicate = Predicate::InQuery { query: Box::new(inner), negated: true };
            conds.push(Cond::test(Expr::field("Id"), predicate));
        }
        let mut query = Query::new(select, base.levels[level].object.name());
        if self.mine && level == 0 {
            query.scope = Some(Name::new("mine"));
        } else if self.mine {
            let user = base.ctx.user_id().map_or(LiteralValue::Null, |user| LiteralValue::Text(user.to_string()));
            conds.push(is(format!("{}OwnerId", base.way_up(level, 0)), CompareOp::Eq, user));
        }
        for part in self.logic.iter().filter(|part| self.is_for_the_store(part)) {
            match lower(part, &|at| self.filter_at(&self.filters[at], level)) {
                Lowered::Always => {}
                Lowered::Never => return None,
                Lowered::If(Cond::And(parts)) => conds.extend(parts),
                Lowered::If(cond) => conds.push(cond),
            }
        }
        for cross in &self.crosses {
            match level.checked_sub(cross.level) {
                // No record, so none that points to it.
                None if cross.negated => continue,
                None => return None,
                Some(0 | 1) => {}
                Some(_) => return None,
            }
            let left = if level == cross.level { "Id" } else { base.up_field(level)? };
            let predicate = Predicate::InQuery { query: Box::new(cross.inner.clone()), negated: cross.negated };
            conds.push(Cond::test(Expr::field(left), predicate));
        }
        query.filter = match conds.len() {
            0 => None,
            1 => conds.pop(),
            _ => Some(Cond::And(conds)),
        };
        Some(query)
    }

    fn filter_at(&self, filter: &BoundFilter, level: usize) -> Lowered {
        let crate::column::ColumnAt::Input(Some(input)) = filter.column.at else { return Lowered::Never };
        match self.base.path_at(input, level) {
            Some(path) => filter.cond(&path).map_or(Lowered::Never, Lowered::If),
            // A record that is not there has blanks.
            None if filter.holds_blank() => Lowered::Always,
            None => Lowered::Never,
        }
    }
}

fn lower(logic: &Logic, filter: &impl Fn(usize) -> Lowered) -> Lowered {
    match logic {
        Logic::Filter(at) => filter(*at),
        Logic::Not(part) => match lower(part, filter) {
            Lowered::Always => Lowered::Never,
            Lowered::Never => Lowered::Always,
            Lowered::If(cond) => Lowered::If(Cond::Not(Box::new(cond))),
        },
        Logic::All(parts) | Logic::Any(parts) => {
            let is_all = matches!(logic, Logic::All(_));
            let mut conds = Vec::with_capacity(parts.len());
            for part in parts {
                match (lower(part, filter), is_all) {
                    (Lowered::Never, true) => return Lowered::Never,
                    (Lowered::Always, false) => return Lowered::Always,
                    (Lowered::If(cond), _) => conds.push(cond),
                    (Lowered::Always, true) | (Lowered::Never, false) => {}
                }
            }
            match (conds.len(), is_all) {
                (0, true) => Lowered::Always,
                (0, false) => Lowered::Never,
                (1, _) => Lowered::If(conds.remove(0)),
                (_, true) => Lowered::If(Cond::And(conds)),
                (_, false) => Lowered::If(Cond::Or(conds)),
            }
        }
    }
}
