//! Finding records by name, over every object that the person may read.

use crate::frame::icon_of;
use crate::kit::{Badge, Cell, Column, Empty, Header, Icon, Panel, Row, SearchBox, Table, Tone, Toolbar};
use crate::server::{Call, PageResult, reply};
use maud::{Render, html};
use platform::SearchHit;
use serde_json::json;

/// Hits of each object on the page, and in the palette.
const ON_PAGE: usize = 50;
const IN_PALETTE: usize = 4;

pub(crate) fn page(call: &Call<'_>) -> PageResult {
    let words = call.visit.query.given("q").unwrap_or_default();
    let hits = call.ctx.search_names(words, None, ON_PAGE)?;
    let mut groups: Vec<(&str, Vec<&SearchHit>)> = Vec::new();
    for hit in &hits {
        match groups.iter_mut().find(|(object, _)| *object == hit.object) {
            Some((_, group)) => group.push(hit),
            None => groups.push((&hit.object, vec![hit])),
        }
    }
    let table = |object: &str, hits: &[&SearchHit]| {
        let rows = hits.iter().map(|hit| {
            let detail = if hit.detail.is_empty() { Cell::blank() } else { Cell::text(&hit.detail) };
            Row::new(vec![hit.name.clone().into(), detail]).href(format!("/r/{}", hit.id))
        });
        let label = call.ctx.object(object).map_or(object, |object| object.def.label_plural.as_str()).to_owned();
        let panel = Panel::new(
            Table::new(label.clone(), vec![Column::text("Name"), Column::text("Detail")], rows.collect()).render(),
        )
        .title(label)
        .flush();
        if hits.len() >= ON_PAGE {
            panel.count(format!("first {ON_PAGE}"))
        } else {
            panel.count(hits.len().to_string())
        }
    };
    let body = html! {
        (Toolbar::new().search(SearchBox::new("search", "/search", "Search by name").value(words).page_filter().partial("results")))
        div.stack #results {
            @if words.is_empty() { (Empty::new(Icon::Search, "Type words of a name, or how they begin: every one must be found.")) }
            @else if groups.is_empty() { (Empty::new(Icon::Search, format!("No record that you can see is named like “{words}”."))) }
            @for (object, hits) in &groups { (table(object, hits)) }
        }
    };
    let header = Header::new("Search").icon(Icon::Search);
    let header = if words.is_empty() {
        header
    } else {
        header.badge(Badge::new(format!("{} found", hits.len()), Tone::Neutral))
    };
    Ok(call.page_as("Search", header, body, |page| page.record()))
}

/// What the command palette shows while one types.
pub(crate) fn suggest(call: &Call<'_>) -> PageResult {
    let words = call.visit.query.given("q").unwrap_or_default();
    let hits = call.ctx.search_names(words, None, IN_PALETTE)?;
    let found: Vec<_> = hits
        .iter()
        .map(|hit| {
            let detail = if hit.detail.is_empty() { hit.object_label.clone() } else { format!("{} · {}", hit.object_label, hit.detail) };
            json!({ "label": hit.name, "detail": detail, "href": format!("/r/{}", hit.id), "icon": icon_of(&hit.object).name() })
        })
        .collect();
    Ok(reply::json(&json!(found)))
}
