//! The recycle bin: what the reader could see and was deleted, to be taken back.

use crate::frame::icon_of;
use crate::kit::{Button, Cell, Column, Empty, Form, Header, Icon, Row, Table};
use crate::server::{Call, PageResult};
use crate::show::Show;
use maud::html;
use model::{Instant, ObjectSchema, RecordId, Result};
use platform::layout::{PLACES, has_place};
use platform::{BIN_DAYS, Ctx, QueryOptions};

/// Rows that the page shows of each object, the latest first.
const SHOWN: usize = 100;

struct Deleted<'a> {
    object: &'a ObjectSchema,
    id: RecordId,
    name: String,
    at: Option<Instant>,
    by: String,
}

pub(crate) fn page(call: &Call<'_>) -> PageResult {
    let (ctx, show) = (call.ctx, Show::of(call.ctx));
    let mut all: Vec<Deleted<'_>> = Vec::new();
    let mut is_cut = false;
    for object in objects(ctx) {
        let found = deleted(ctx, object)?;
        is_cut |= found.len() > SHOWN;
        all.extend(found.into_iter().take(SHOWN));
    }
    all.sort_by_key(|deleted| std::cmp::Reverse(deleted.at));
    let row = |deleted: &Deleted<'_>| {
        let back = Form::post(format!("/r/{}/undelete", deleted.id), call.csrf)
            .unguarded()
            .plain()
            .action(Button::submit("Restore").small());
        let may = ctx.object_permission(deleted.object.ix).delete;
        Row::new(vec![
            Cell::text(&deleted.name),
            Cell::of(html! { (icon_of(deleted.object.name())) " " (deleted.object.label()) }),
            deleted.at.map_or_else(Cell::blank, |at| Cell::of(show.ago(at, ctx.now()))),
            Cell::text(&deleted.by),
            if may { Cell::of(html! { div.row-actions { (back) } }) } else { Cell::blank() },
        ])
    };
    let columns = vec![
        Column::text("Name"),
        Column::text("Object"),
        Column::text("Deleted"),
        Column::text("By"),
        Column::text("Restore").label_hidden(),
    ];
    let table = Table::new("Recycle bin", columns, all.iter().map(row).collect())
        .empty(Empty::new(Icon::Trash, "Nothing that you can see was deleted lately."));
    let table = match is_cut {
        true => table.note(format!("Of each object the {SHOWN} that were deleted last.")),
        false => table,
    };
    let header = Header::new("Recycle bin").icon(Icon::Trash).subtitle(html! {
        "What was deleted can be restored for " (BIN_DAYS) " days, with what went with it"
    });
    Ok(call.page("Recycle bin", header, html! { div.list { (table) } }))
}

/// What has a place in the rail; the rest goes and comes back with it.
fn objects(ctx: &Ctx) -> Vec<&ObjectSchema> {
    let standard = PLACES.iter().filter_map(|name| ctx.object(name).ok());
    standard.chain(ctx.readable_objects().filter(|object| has_place(object))).collect()
}

fn deleted<'a>(ctx: &Ctx, object: &'a ObjectSchema) -> Result<Vec<Deleted<'a>>> {
    let name = object.name_field();
    let shown = if ctx.can_read_field(object.ix, name.ix) { name.name() } else { "Id" };
    let text = format!(
        "SELECT {shown}, SystemModstamp, LastModifiedBy.Name FROM {} WHERE IsDeleted = true \
         ORDER BY SystemModstamp DESC LIMIT {}",
        object.name(),
        SHOWN + 1
    );
    let (_, rows) = ctx.query_all_rows(&text, QueryOptions { with_deleted: true, ..QueryOptions::default() })?;
    let one = |row: &platform::RecordRow| Deleted {
        object,
        id: row.id,
        name: row.cells[0].value().to_plain(),
        at: row.cells[1].value().as_instant(),
        by: row.cells[2].value().to_plain(),
    };
    Ok(rows.iter().map(one).collect())
}
