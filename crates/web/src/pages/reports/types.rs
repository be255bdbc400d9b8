//! The choice of what a new report is about.

use crate::frame::icon_of;
use crate::kit::{Crumbs, Empty, Header, Icon, SearchBox};
use crate::server::params::address;
use crate::server::{Call, PageResult};
use maud::{Markup, Render, html};

/// Every type the reader can use; with words those whose label has all of them. The plain ones come first.
pub(super) fn page(call: &Call<'_>) -> PageResult {
    let words = call.visit.query.given("q").unwrap_or_default();
    let folded = model::text::fold(words);
    let mut types: Vec<_> = app_reports::report_types(call.ctx)
        .into_iter()
        .filter(|choice| {
            let label = model::text::fold(&choice.label);
            folded.split_whitespace().all(|word| label.contains(word))
        })
        .collect();
    types.sort_by_key(|choice| (choice.type_name.contains('$'), model::text::fold(&choice.label)));
    let search = SearchBox::new("type-filter", "/reports/new", "Search what a report can be about")
        .value(words)
        .page_filter()
        .partial("types");
    let header = Header::new("New report")
        .icon(Icon::Chart)
        .crumbs(Crumbs::new().link("Reports", "/reports"))
        .subtitle(html! { "What is a row of the report?" });
    let body = html! {
        div.toolbar { div.toolbar-line { (search) } }
        div #types { (list(&types)) }
    };
    Ok(call.page_as("New report", header, body, |page| page.form()))
}

fn list(types: &[app_reports::TypeChoice]) -> Markup {
    if types.is_empty() {
        return Empty::new(Icon::Chart, "Nothing that you can report on is called so.").render();
    }
    html! {
        ul.plain-list {
            @for choice in types {
                @let object = choice.type_name.split('$').next().unwrap_or_default();
                li {
                    (icon_of(object))
                    span.plain-main { a href=(address("/reports/new", [("type", choice.type_name.as_str())])) { (choice.label) } }
                }
            }
        }
    }
}
