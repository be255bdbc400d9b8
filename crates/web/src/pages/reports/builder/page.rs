//! The page of a builder: what is chosen on one side, what it answers on the other.

use super::state::State;
use super::{parts, preview};
use crate::kit::{Button, Crumbs, Empty, Header, Icon};
use crate::server::{Call, PageResult};
use crate::show::Show;
use axum::response::Response;
use http::StatusCode;
use maud::{Markup, html};
use model::Result;

const FORM: &str = "builder-form";

pub(super) fn page(call: &Call<'_>, mut state: State, status: StatusCode) -> PageResult {
    let show = Show::of(call.ctx);
    let preview = preview::run(call.ctx, &mut state)?;
    let shown = html! {
        @match &preview {
            Some(preview) => (preview.markup(&show)),
            None => (Empty::new(Icon::Warning, "The preview comes back once what is marked is put right.")),
        }
    };
    let title = match &state.saved {
        Some(saved) => saved.name.clone(),
        None => "New report".to_owned(),
    };
    let body = body(call, &state, &shown)?;
    let header = header(call, &state, &title);
    let mut response: Response = call.page_as(&format!("{title} · builder"), header, body, |page| page);
    *response.status_mut() = status;
    Ok(response)
}

fn header(call: &Call<'_>, state: &State, title: &str) -> Header {
    let ctx = call.ctx;
    let permission = ctx.object("Report").map(|object| ctx.object_permission(object.ix)).ok();
    let (may_edit, may_create) = permission.map_or((false, false), |permission| (permission.edit, permission.create));
    let back = state.saved.as_ref().map_or_else(|| "/reports".to_owned(), |saved| format!("/r/{}", saved.id));
    let act = |label: &str, act: &str| Button::submit(label).named("act", act).form(FORM);
    let mut crumbs = Crumbs::new().link("Reports", "/reports");
    if let Some(saved) = &state.saved {
        crumbs = crumbs.link(saved.name.clone(), format!("/r/{}", saved.id));
    }
    let actions = html! {
        (Button::link("Cancel", back).quiet())
        @if state.saved.is_some() && may_create { (act("Save as another", "save-as").icon(Icon::Copy)) }
        @if state.saved.is_none() || may_edit { (act("Save", "save").primary()) }
    };
    Header::new(title)
        .icon(Icon::Chart)
        .kind(format!("Report on {}", crate::pages::list::lower(&state.choices.label)))
        .crumbs(crumbs)
        .actions(actions)
}

/// The part of the page that every step replaces.
fn body(call: &Call<'_>, state: &State, preview: &Markup) -> Result<Markup> {
    let action = match &state.saved {
        Some(saved) => format!("/reports/{}/edit", saved.id),
        None => "/reports/new".to_owned(),
    };
    let others: Vec<&str> = state.problems.others(&parts::KNOWN).collect();
    let step = |label: &str, act: &str, icon: Icon, none: bool| {
        html! {
            button.button.quiet.small.icon-only.spent[none] type="submit" name="act" value=(act) id={ "builder-" (act) }
                aria-label=(label) title=(label) disabled[none] { (icon) }
        }
    };
    Ok(html! {
        form.builder #(FORM) method="post" action=(action) data-builder data-dirty[state.is_dirty()] novalidate {
            // What the Enter key presses.
            button.visually-hidden type="submit" name="act" value="preview" tabindex="-1" aria-hidden="true" { "Show" }
            input type="hidden" name="csrf_token" value=(call.csrf);
            input type="hidden" name="definition" value=(state.definition_text()?);
            input type="hidden" name="base" value=(state.base);
            @for past in &state.past { input type="hidden" name="past" value=(past); }
            @for future in &state.future { input type="hidden" name="future" value=(future); }
            section.builder-parts aria-label="What the report shows" {
                div.builder-bar {
                    (step("Undo", "undo", Icon::Undo, state.past.is_empty()))
                    (step("Redo", "redo", Icon::Redo, state.future.is_empty()))
                    a.builder-jump href="#builder-preview" { "See the preview" }
                    span.builder-state role="status" { @if state.is_dirty() { "Not saved yet" } }
                    noscript { button.button.small type="submit" name="act" value="preview" { "Preview" } }
                }
                @if !state.problems.is_empty() {
                    div.form-errors role="alert" {
                        (Icon::Error)
                        div {
                            @if others.is_empty() { p { "Some parts need your attention." } }
                            @for words in &others { p { (words) } }
                        }
                    }
                }
                (parts::all(call.ctx, state))
            }
            section.builder-preview.stack #builder-preview aria-label="Preview" { (preview) }
        }
    })
}
