//! The rows of a list as a file for a spreadsheet, as the person sees them.

use super::address::ListAddress;
use super::rows::Listing;
use crate::server::{Call, PageResult, reply};
use crate::show::{Show, kind};
use model::{Error, ErrorCode, Value};
use render::csv::{CsvOptions, csv_bytes};
use render::{Column, ColumnKind, Row, RowRole, Table};

/// More rows than this are for the API, which streams.
const MOST_ROWS: usize = 50_000;

pub(crate) fn export(call: &Call<'_>) -> PageResult {
    let ctx = call.ctx;
    let object = ctx.listed_object(call.visit.captured("object")?)?;
    let address = ListAddress::read(object.name(), &call.visit.query);
    let listing = Listing::of(ctx, object, &address);
    let show = Show::of(ctx);
    let rows = listing.first(ctx, MOST_ROWS + 1)?;
    if rows.len() > MOST_ROWS {
        let words = format!(
            "This list has more than {MOST_ROWS} rows, the most that one file takes. Filter it, or read it through the API."
        );
        return Err(Error::new(ErrorCode::ExceededIdLimit, words));
    }
    let columns = listing
        .picks
        .iter()
        .map(|pick| Column::new(pick.field.label(), kind(pick.field.data_type(), &show.currency, &show.zone_name)))
        .chain([Column::new("Record ID", ColumnKind::Id)]);
    let cells = |row: &platform::RecordRow| {
        let of_pick = listing.picks.iter().map(|pick| match pick.reference(row) {
            Some(_) if pick.name_path.is_some() => pick.name(row).map_or(Value::Null, Value::from),
            _ => pick.value(row).clone(),
        });
        of_pick.chain([Value::Id(row.id)]).collect()
    };
    let table = Table {
        title: object.def.label_plural.clone(),
        columns: columns.collect(),
        rows: rows.iter().map(|row| Row { role: RowRole::Detail, cells: cells(row) }).collect(),
        totals: None,
        notes: Vec::new(),
    };
    let content = csv_bytes(&table, CsvOptions { byte_order_mark: true, ..CsvOptions::default() })?;
    let name = format!("{} {}.csv", object.def.label_plural, ctx.today());
    reply::file(&name, "text/csv; charset=utf-8", content)
}
