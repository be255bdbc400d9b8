//! The rows of a list: the query an address stands for, and its answer.

use super::address::ListAddress;
use super::columns;
use crate::show::{Pick, Show};
use model::{FieldSchema, ObjectSchema, Result};
use platform::literal::pattern;
use platform::{Ctx, QueryOptions, RecordRow};

/// A list, resolved against what the reader may see.
pub(crate) struct Listing<'a> {
    pub(crate) object: &'a ObjectSchema,
    pub(crate) picks: Vec<Pick<'a>>,
    /// The field it is ordered by, and whether from the largest.
    pub(crate) order: (&'a FieldSchema, bool),
    /// What is selected stays the same when columns are hidden: rows keep their places.
    select: String,
    condition: String,
    order_by: String,
}

impl<'a> Listing<'a> {
    pub(crate) fn of(ctx: &Ctx, object: &'a ObjectSchema, address: &ListAddress) -> Self {
        let fields = columns::chosen(ctx, object, address.columns.as_deref());
        let picks = Pick::all(ctx, fields);
        let by_name = |name: &str| object.find_field(name).filter(|field| can_sort(ctx, object, field));
        let asked = address.sort.as_ref().and_then(|(name, descending)| Some((by_name(name)?, *descending)));
        let (usual, descending) = columns::usual_order(object);
        let order =
            asked.or_else(|| Some((by_name(&usual)?, descending))).unwrap_or((object.field(model::FieldIx::ID), false));
        let path = Pick::all(ctx, [order.0])
            .pop()
            .and_then(|pick| pick.name_path)
            .unwrap_or_else(|| order.0.name().to_owned());
        let direction = if order.1 { "DESC" } else { "ASC" };
        let order_by = format!("{path} {direction} NULLS LAST, Id");
        let select = Pick::select(&picks);
        Self { object, picks, order, select, condition: condition(ctx, object, address), order_by }
    }

    pub(crate) fn total(&self, ctx: &Ctx) -> Result<u64> {
        Ok(ctx
            .query(&format!("SELECT COUNT() FROM {}{}", self.object.name(), self.condition), QueryOptions::default())?
            .total)
    }

    pub(crate) fn page(&self, ctx: &Ctx, page: u64, size: u32) -> Result<Vec<RecordRow>> {
        self.rows(ctx, &format!(" LIMIT {size} OFFSET {}", (page - 1) * u64::from(size)))
    }

    /// The first `limit` rows.
    pub(crate) fn first(&self, ctx: &Ctx, limit: usize) -> Result<Vec<RecordRow>> {
        self.rows(ctx, &format!(" LIMIT {limit}"))
    }

    fn rows(&self, ctx: &Ctx, tail: &str) -> Result<Vec<RecordRow>> {
        let text = format!(
            "SELECT {} FROM {}{} ORDER BY {}{tail}",
            self.select,
            self.object.name(),
            self.condition,
            self.order_by
        );
        Ok(ctx.query_all_rows(&text, QueryOptions::default())?.1)
    }

    /// The row for a table.
    pub(crate) fn row(&self, show: &Show, row: &RecordRow, editable: bool) -> crate::kit::Row {
        let href = format!("/r/{}", row.id);
        let cells = self.picks.iter().enumerate().map(|(at, pick)| {
            let value = pick.value(row);
            if at == 0 {
                // The first cell is the link to the record: it carries plain text, and something even when blank.
                let text = match pick.name(row) {
                    Some(name) => name.to_owned(),
                    None => value.to_plain(),
                };
                return crate::kit::Cell::text(if text.is_empty() { "Without a name".to_owned() } else { text });
            }
            show.cell(pick.field, value, pick.name(row))
        });
        let made = crate::kit::Row::new(cells.collect()).href(href.clone());
        if editable { made.edit(format!("{href}/edit")) } else { made }
    }
}

pub(crate) fn can_sort(ctx: &Ctx, object: &ObjectSchema, field: &FieldSchema) -> bool {
    ctx.can_read_field(object.ix, field.ix) && field.is_sortable() && field.data_type().is_stored()
}

/// ` WHERE …`, or nothing.
fn condition(ctx: &Ctx, object: &ObjectSchema, address: &ListAddress) -> String {
    let mut tests: Vec<String> = Vec::new();
    let name = object.name_field();
    if name.data_type().is_text() && ctx.can_read_field(object.ix, name.ix) {
        tests.extend(
            address.words.split_whitespace().map(|word| format!("{} LIKE {}", name.name(), pattern(word, true))),
        );
    }
    for filter in &address.filters {
        if let Some(field) = filter.field(ctx, object) {
            // A value that the field cannot have finds nothing; leaving the condition out would find everything.
            tests.push(filter.condition(ctx, field).unwrap_or_else(|| "Id = null".to_owned()));
        }
    }
    if tests.is_empty() { String::new() } else { format!(" WHERE {}", tests.join(" AND ")) }
}
