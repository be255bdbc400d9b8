//! Reports and dashboards as pages: run with the rights of who looks, each time they look.

mod export;
mod page;
pub(crate) mod table;

pub(crate) use export::{csv, pdf, xlsx};
pub(crate) use page::{actions, report};

use crate::kit::{Banner, ChartFrame, Tone};
use crate::server::failure::sentence;
use crate::show::{CHART_MARGIN, Show};
use maud::{Markup, Render, html};
use model::{Error, Result};
use render::chart::{Chart, SvgOptions};

/// What is wrong with the report itself, in the place of its answer.
fn problem(error: Error) -> Result<Markup> {
    if error.code().http_status() >= 500 {
        return Err(error);
    }
    Ok(Banner::new(Tone::Warn, html! { "This report cannot be run. " (sentence(error.message())) }).render())
}

/// How wide a chart is drawn: alone on a page, and beside another.
pub(crate) const WIDE: f64 = 1100.0;
pub(crate) const HALF: f64 = 640.0;

pub(crate) fn frame(show: &Show, id: &str, width: f64, chart: &Chart, numbers: &render::Table) -> ChartFrame {
    let options = SvgOptions {
        width,
        id: id.to_owned(),
        formats: show.formats,
        heading: false,
        margin: Some(CHART_MARGIN),
        ..SvgOptions::default()
    };
    let frame = ChartFrame::new(chart.title.clone(), chart.to_svg(&options), table::table(show, numbers));
    match &chart.subtitle {
        Some(subtitle) => frame.subtitle(subtitle.clone()),
        None => frame,
    }
}
