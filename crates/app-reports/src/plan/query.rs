//! What is asked of the store: records, or groups where the store can make them.

use super::{BoundGrouping, BoundReport};
use crate::aggregate::BoundAggregate;
use crate::column::BoundColumn;
use crate::definition::DateGranularity;
use model::schema::FieldType;
use soql::ast::{Cond, Expr, GroupBy, GroupMode, Item, Name, Query, RowCount};

impl BoundReport {
    /// Whether the store can group: every grouping is a column it groups by, every aggregate one it computes exactly.
    pub(crate) fn is_groupable(&self, zone_is_readers: bool) -> bool {
        let groups = self.groupings.iter().all(|grouping| match grouping.column.data_type {
            // The store cuts instants into days in the reader's zone only.
            FieldType::DateTime => grouping.granularity != DateGranularity::Exact && zone_is_readers,
            _ => grouping.column.is_groupable(),
        });
        groups
            && self.limit.is_none()
            && self.details.is_empty()
            && self.aggregates.iter().all(BoundAggregate::is_mergeable)
    }

    fn query(&self, select: Vec<Item>) -> Query {
        let mut query = Query::new(select, &self.object);
        query.filter = match self.filter.len() {
            0 => None,
            1 => self.filter.first().cloned(),
            _ => Some(Cond::And(self.filter.clone())),
        };
        query.scope = self.mine.then(|| Name::new("mine"));
        query
    }

    /// Asks for records: the columns of groupings, of aggregates, then of details.
    pub(crate) fn rows_query(&self) -> Query {
        let mut select = vec![Item::field("Id")];
        let groupings = self.groupings.iter().map(|grouping| &grouping.column);
        let aggregates = self.aggregates.iter().filter_map(|aggregate| aggregate.column.as_ref());
        let mut seen: Vec<&str> = vec!["Id"];
        for column in groupings.chain(aggregates).chain(&self.details) {
            if !seen.contains(&column.path.as_str()) {
                seen.push(&column.path);
                select.push(Item::field(&column.path));
            }
        }
        let mut query = self.query(select);
        query.order_by = self.sort.iter().cloned().collect();
        query.limit = self.limit.map(RowCount::new);
        query
    }

    /// The place of a column among the cells of [`BoundReport::rows_query`].
    pub(crate) fn cell_of(query: &Query, column: &BoundColumn) -> usize {
        let is_it =
            |item: &Item| matches!(item, Item::Expr { expr: Expr::Path(path), .. } if path.dotted == column.path);
        query.select.iter().position(is_it).unwrap_or_default()
    }

    /// Asks for groups: one key per grouping, the number of rows, then four figures per aggregated column.
    pub(crate) fn groups_query(&self) -> Query {
        let keys: Vec<Expr> = self.groupings.iter().map(group_key).collect();
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
        let mut query = self.query(select);
        query.group_by = (!keys.is_empty()).then_some(GroupBy { keys, mode: GroupMode::Plain });
        query
    }
}

/// A date or value as it is; the local day of an instant.
fn group_key(grouping: &BoundGrouping) -> Expr {
    let field = Expr::field(&grouping.column.path);
    match grouping.column.data_type {
        FieldType::DateTime => Expr::call("DAY_ONLY", [Expr::call("convertTimezone", [field])]),
        _ => field,
    }
}
