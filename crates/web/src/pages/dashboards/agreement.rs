//! Lending one's rights to a dashboard: asked by who made it, given and taken back by the user alone.

use super::edit::ask;
use crate::kit::{Banner, Button, Tone};
use crate::server::{Call, PageResult, reply};
use app_reports::{Board, RunsAs, SavedDashboard, print_of};
use maud::{Markup, Render, html};
use model::{Error, Result};
use platform::Ctx;

/// `ask`, `give`, `refuse` or `end`. Giving answers exactly what is shown: its print travels in the form.
pub(crate) fn answer(call: &Call<'_>) -> PageResult {
    let ctx = call.ctx;
    let object = ctx.object("Dashboard")?;
    let id = call.visit.record_id()?;
    SavedDashboard::fetch(ctx, id)?;
    let form = &call.visit.form;
    let print = form.given("print").unwrap_or_default();
    match form.given("act") {
        Some("ask") if ctx.object_permission(object.ix).edit => ask(ctx, id)?,
        Some("give") => ctx.dashboard_agreement_answer(id, print, true)?,
        Some("refuse") => ctx.dashboard_agreement_answer(id, print, false)?,
        Some("end") => ctx.dashboard_agreement_end(id)?,
        _ => return Err(Error::not_found()),
    }
    reply::see_other(&format!("/r/{id}"))
}

fn form(call: &Call<'_>, board: &Board, print: &str, buttons: &Markup) -> Markup {
    html! {
        form.button-row method="post" action={ "/dashboards/" (board.saved.id) "/agreement" } {
            input type="hidden" name="csrf_token" value=(call.csrf);
            input type="hidden" name="print" value=(print);
            (buttons)
        }
    }
}

/// With whose rights a dashboard is shown, and what its reader can do about that.
pub(super) fn notice(call: &Call<'_>, board: &Board) -> Result<Markup> {
    let ctx = call.ctx;
    let own = own(ctx, board)?;
    let may_edit = ctx.object("Dashboard").is_ok_and(|object| ctx.object_permission(object.ix).edit);
    Ok(html! {
        @if let Some((print, is_given)) = own { (of_user(call, board, &print, is_given)) }
        @else {
            @match &board.runs_as {
                RunsAs::Reader => {},
                RunsAs::User { name, .. } => p.report-line { "Shown with the rights of " (name) ", who agreed to that." },
                RunsAs::Nobody { name, was_asked, has_refused, .. } => {
                    @let words = html! {
                        "This dashboard is to be shown with the rights of " (name) ", and shows nothing until they agree. "
                        @if *has_refused { "They refused." } @else if *was_asked { "They have been asked." }
                        @else { "They have not been asked for what it shows now." }
                    };
                    @let button = html! { (Button::submit("Ask them").small().named("act", "ask")) };
                    @if may_edit && !was_asked { (Banner::new(Tone::Warn, words).actions(form(call, board, "", &button))) }
                    @else { (Banner::new(Tone::Warn, words)) }
                },
            }
        }
    })
}

/// What the reader was asked for this dashboard, where it is to be shown with their rights: its print, and whether they agreed
/// to just that.
fn own(ctx: &Ctx, board: &Board) -> Result<Option<(String, bool)>> {
    let Some(me) = ctx.user_id().filter(|me| board.saved.definition.running_user == Some(*me)) else { return Ok(None) };
    let print = print_of(ctx, &board.saved)?;
    let agreement = ctx.dashboard_agreement(board.saved.id, me)?.filter(|agreement| agreement.print == print);
    Ok(agreement.map(|agreement| (print, agreement.agreed)))
}

fn of_user(call: &Call<'_>, board: &Board, print: &str, is_given: bool) -> Markup {
    if is_given {
        let button = html! { (Button::submit("Take back").small().named("act", "end")) };
        let words = html! { "Everybody who can open this dashboard sees it with your rights." };
        return Banner::new(Tone::Info, words).actions(form(call, board, print, &button)).render();
    }
    let buttons = html! {
        (Button::submit("Agree").small().primary().named("act", "give"))
        (Button::submit("Refuse").small().named("act", "refuse"))
    };
    let words = html! { "You are asked whether everybody who can open this dashboard may see what it shows with your rights. You can take it back at any time." };
    Banner::new(Tone::Info, words).actions(form(call, board, print, &buttons)).render()
}

/// What the reader was asked and has not answered, for the list of dashboards.
pub(super) fn asked(call: &Call<'_>) -> Result<Markup> {
    let ctx = call.ctx;
    let mut open = Vec::new();
    for agreement in ctx.dashboard_agreements()?.into_iter().filter(|agreement| agreement.answered.is_none()) {
        // One that is gone, or is not shared with them any more, asks nothing.
        if let Ok(saved) = SavedDashboard::fetch(ctx, agreement.dashboard) {
            open.push(saved);
        }
    }
    Ok(html! {
        @for saved in &open { (banner(&saved.name, &format!("/r/{}", saved.id))) }
    })
}

/// A request that waits for an answer.
fn banner(name: &str, href: &str) -> Banner {
    let words = html! { "You are asked to lend your rights to the dashboard " (name) "." };
    Banner::new(Tone::Info, words).actions(html! { (Button::link("Look at it", href).small()) })
}
