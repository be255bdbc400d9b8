//! Home: how the quarter stands, what needs attention, what is next. All of it over the records that the person sees.

mod charts;
mod figures;
mod lists;

use crate::kit::{Empty, Header, Icon};
use crate::server::{Call, PageResult};
use crate::show::Show;
use figures::Figures;
use maud::{Render, html};

pub(crate) fn page(call: &Call<'_>) -> PageResult {
    let ctx = call.ctx;
    let show = Show::of(ctx);
    let figures = Figures::of(ctx, &show)?;
    let attention = lists::attention(ctx, &show)?;
    let tasks = lists::tasks(ctx, &show)?;
    let recent = lists::recent(ctx)?;
    let nothing = figures.is_none() && tasks.is_none() && recent.is_none();
    let body = html! {
        div.stack {
            @if let Some(figures) = &figures {
                (figures.tiles(ctx, &show))
                div.columns.halves { (charts::pipeline(&show, figures)) (charts::won(&show, figures)) }
            }
            div.columns.main-side {
                div.stack {
                    @if let Some(attention) = &attention { (attention) }
                    @if let Some(figures) = &figures { (charts::leaders(&show, figures)) }
                }
                div.stack {
                    @if let Some(tasks) = &tasks { (tasks) }
                    @if let Some(recent) = &recent { (recent) }
                }
            }
            @if nothing { (Empty::new(Icon::Home, "You see no records yet. An administrator can give you access with a permission set.").render()) }
        }
    };
    let now = ctx.now();
    let header = Header::new("Home")
        .icon(Icon::Home)
        .subtitle(html! { "As of " (show.instant(now)) " · what you can see, amounts in " (show.currency) });
    Ok(call.page("Home", header, body))
}
