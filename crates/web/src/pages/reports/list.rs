//! The reports that the reader may see, by folder, with those that were used last in front.

use super::object;
use crate::kit::{Button, Choice, Column, Empty, Header, Icon, Row, SearchBox, Select, Table, Toolbar};
use crate::pages::list::lower;
use crate::server::{Call, PageResult};
use crate::show::Show;
use maud::{Markup, Render, html};
use model::{Result, Value};
use platform::literal::{pattern, quoted};
use platform::{Ctx, QueryOptions, RecordRow};

/// What is asked of the list: an object of this app, and how its pages are called.
pub(crate) struct Filed {
    pub(crate) object: &'static str,
    pub(crate) path: &'static str,
    pub(crate) icon: Icon,
    pub(crate) empty: &'static str,
}

pub(crate) fn list(call: &Call<'_>) -> PageResult {
    object(call.ctx)?;
    page(
        call,
        &Filed {
            object: "Report",
            path: "/reports",
            icon: Icon::Chart,
            empty: "A report is a question about your records that you can ask again and again. Choose what it is about to make the first.",
        },
    )
}

/// Rows of the list; more are found by searching.
const SHOWN: usize = 500;

pub(crate) fn page(call: &Call<'_>, filed: &Filed) -> PageResult {
    page_below(call, filed, &html! {})
}

/// The list below what has to be said first.
pub(crate) fn page_below(call: &Call<'_>, filed: &Filed, first: &Markup) -> PageResult {
    let (ctx, query) = (call.ctx, &call.visit.query);
    let object = ctx.object(filed.object)?;
    let show = Show::of(ctx);
    let words = query.given("q").unwrap_or_default();
    let folder = query.given("folder").unwrap_or_default();
    let rows = rows(ctx, filed, words, folder)?;
    let folders = super::folders::of(ctx, filed.object)?;
    let plural = lower(&object.def.label_plural);
    let mut toolbar = Toolbar::new().search(
        SearchBox::new("list-filter", filed.path, format!("Search {plural}"))
            .value(words)
            .page_filter()
            .partial("list")
            .keep("folder", folder),
    );
    if !folders.is_empty() {
        let mut choices = vec![Choice::new("own", "Yours, in no folder")];
        choices.extend(folders.iter().map(|(id, name)| Choice::new(id, name)));
        let select = Select::new("folder", choices).blank("All folders").selected(folder).submits();
        let field = crate::kit::Field::new("Folder", select).id("folder-filter").label_hidden();
        toolbar = toolbar.actions(html! {
            form.button-row method="get" action=(filed.path) {
                @if !words.is_empty() { input type="hidden" name="q" value=(words); }
                (field)
                noscript { (Button::submit("Show").small()) }
            }
        });
    }
    let may_create = ctx.object_permission(object.ix).create;
    let mut header = Header::new(object.def.label_plural.clone()).icon(filed.icon);
    let new = || Button::link(format!("New {}", lower(object.label())), format!("{}/new", filed.path)).icon(Icon::Plus);
    if may_create {
        header = header.actions(html! { (new().primary().shortcut("c")) });
    }
    let is_filtered = !words.is_empty() || !folder.is_empty();
    let empty = match is_filtered {
        true => Empty::new(Icon::Filter, format!("No {plural} that you can see match."))
            .action(Button::link("Show all", filed.path)),
        false if may_create => Empty::new(filed.icon, filed.empty).action(new()),
        false => Empty::new(filed.icon, format!("Nobody has shared {plural} with you yet.")),
    };
    let columns = vec![
        Column::text("Name"),
        Column::text("What it is for").wide_only(),
        Column::text("Folder"),
        Column::text("Owner").wide_only(),
        Column::text("Changed"),
    ];
    let cut = rows.len() > SHOWN;
    let lines = rows.iter().take(SHOWN).map(|row| line(call, &show, row)).collect();
    let mut table = Table::new(object.def.label_plural.clone(), columns, lines).empty(empty);
    if cut {
        table = table.note(format!("The first {SHOWN} are shown; search to find others."));
    }
    let body = html! { (first) (toolbar) div.list #list { (table.render()) } };
    Ok(call.page_as(&object.def.label_plural, header, body, |page| page.fill()))
}

fn rows(ctx: &Ctx, filed: &Filed, words: &str, folder: &str) -> Result<Vec<RecordRow>> {
    let mut conditions: Vec<String> =
        words.split_whitespace().take(8).map(|word| format!("Name LIKE {}", pattern(word, true))).collect();
    match folder {
        "" => {}
        "own" => conditions.push("FolderId = null".to_owned()),
        id => conditions.push(match model::RecordId::parse(id) {
            Ok(id) => format!("FolderId = {}", quoted(&id.to_string())),
            // No folder is called so: nothing is in it.
            Err(_) => "Id = null".to_owned(),
        }),
    }
    let condition = if conditions.is_empty() { String::new() } else { format!(" WHERE {}", conditions.join(" AND ")) };
    let text = format!(
        "SELECT Name, Description, FolderName, Owner.Name, LastModifiedDate FROM {}{condition} ORDER BY LastModifiedDate DESC, Id DESC LIMIT {}",
        filed.object,
        SHOWN + 1
    );
    Ok(ctx.query_all_rows(&text, QueryOptions::default())?.1)
}

fn line(call: &Call<'_>, show: &Show, row: &RecordRow) -> Row {
    let text = |at: usize| row.cells[at].value().as_text().unwrap_or_default().to_owned();
    let changed = match row.cells[4].value() {
        Value::DateTime(instant) => crate::kit::Cell::of(show.ago(*instant, call.ctx.now())),
        _ => crate::kit::Cell::blank(),
    };
    let folder = Some(text(2)).filter(|name| !name.is_empty());
    Row::new(vec![
        crate::kit::Cell::text(text(0)),
        crate::kit::Cell::or_blank(Some(text(1)).filter(|words| !words.is_empty())),
        crate::kit::Cell::text(folder.unwrap_or_else(|| "Private".to_owned())),
        crate::kit::Cell::or_blank(Some(text(3)).filter(|name| !name.is_empty())),
        changed,
    ])
    .href(format!("/r/{}", row.id))
}
