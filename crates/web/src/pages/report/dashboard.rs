//! A dashboard: its figures first, then its charts and tables.

use super::{HALF, frame, panel, table};
use crate::kit::{Banner, Button, Empty, Icon, Stat, Tone};
use crate::server::failure::sentence;
use crate::show::Show;
use app_reports::{CardBody, DashboardCard};
use maud::{Markup, Render, html};
use model::{RecordId, Result};
use platform::Ctx;

/// The cards of a dashboard, each report run with the rights of who looks.
///
/// # Errors
/// `NOT_FOUND`; a failure of ours.
pub(crate) fn dashboard(ctx: &Ctx, show: &Show, id: RecordId) -> Result<Markup> {
    let cards = match app_reports::dashboard_cards(ctx, id) {
        Ok(cards) => cards,
        Err(error) => return super::problem(error),
    };
    if cards.is_empty() {
        return Ok(Empty::new(Icon::Dashboard, "This dashboard has no components yet.").render());
    }
    let (figures, rest): (Vec<_>, Vec<_>) = cards.iter().partition(|card| matches!(card.body, CardBody::Figure { .. }));
    Ok(html! {
        div.stack {
            @if !figures.is_empty() { div.tiles { @for card in figures { (figure(card)) } } }
            div.columns.halves { @for (at, card) in rest.iter().enumerate() { (component(show, card, at)) } }
        }
    })
}

fn figure(card: &DashboardCard) -> Markup {
    let CardBody::Figure { value, label } = &card.body else { return html! {} };
    let stat = Stat::new(card.title.clone(), value.clone()).note(label.clone());
    match card.report {
        Some(report) => stat.href(format!("/r/{report}")).render(),
        None => stat.render(),
    }
}

fn component(show: &Show, card: &DashboardCard, at: usize) -> Markup {
    let open =
        card.report.map(|report| html! { (Button::link("Open report", format!("/r/{report}")).quiet().small()) });
    let panel = |content: Markup| {
        let panel = panel(&card.title, content);
        match &open {
            Some(open) => panel.actions(open.clone()).render(),
            None => panel.render(),
        }
    };
    match &card.body {
        CardBody::Figure { .. } => html! {},
        CardBody::Chart { chart, table } => {
            let mut titled = chart.clone();
            titled.title.clone_from(&card.title);
            let frame = frame(show, &format!("card-{at}"), HALF, &titled, table);
            match &open {
                Some(open) => frame.actions(open.clone()).render(),
                None => frame.render(),
            }
        }
        CardBody::Table(numbers) => panel(table::table(show, numbers).render()),
        CardBody::Empty => panel(Empty::new(Icon::Chart, "No record that you can see passes the filters.").render()),
        CardBody::Problem(words) => panel(Banner::new(Tone::Warn, html! { (sentence(words)) }).render()),
    }
}
