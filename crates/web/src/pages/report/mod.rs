//! Reports and dashboards as pages: run with the rights of who looks, each time they look.

mod dashboard;
pub(crate) mod table;

pub(crate) use dashboard::dashboard;

use crate::kit::{Banner, ChartFrame, Empty, Icon, Panel, Tone};
use crate::pages::record::Seen;
use crate::server::failure::sentence;
use crate::server::{Call, PageResult, reply};
use crate::show::{CHART_MARGIN, Show};
use maud::{Markup, Render, html};
use model::{Error, RecordId, Result};
use platform::{Ctx, ReportAnswer, ReportRequest};
use render::chart::{Chart, SvgOptions};
use render::csv::{CsvOptions, csv_bytes};

fn run(ctx: &Ctx, id: RecordId) -> Result<ReportAnswer> {
    ctx.report_run(&ReportRequest { report: id, today: None, zone: None })
}

/// The answer of a report. A report that cannot be run says why; the page around it stays.
///
/// # Errors
/// A failure of ours.
pub(crate) fn report(ctx: &Ctx, show: &Show, id: RecordId) -> Result<Markup> {
    let answer = match run(ctx, id) {
        Ok(answer) => answer,
        Err(error) => return problem(error),
    };
    let rows =
        if answer.row_count == 1 { "1 record".to_owned() } else { format!("{} records", show.whole(answer.row_count)) };
    Ok(html! {
        div.stack {
            p.report-line {
                (rows) " · as of " (show.instant(answer.as_of))
                @for filter in &answer.filters { " · " (filter) }
            }
            @for notice in &answer.notices { (Banner::new(Tone::Warn, html! { (notice) })) }
            @if answer.row_count == 0 { (Empty::new(Icon::Chart, "No record that you can see passes the filters of this report.")) }
            @else {
                @if let Some(chart) = &answer.chart { (frame(show, "report-chart", WIDE, chart, &answer.summary)) }
                // Records of a matrix stand below its grid.
                @if answer.is_matrix && answer.table != answer.summary { (table::table(show, &answer.summary)) }
                (table::table(show, &answer.table))
            }
        }
    })
}

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

/// The rows of a report for a spreadsheet.
pub(crate) fn export(call: &Call<'_>) -> PageResult {
    let seen = Seen::fetch(call.ctx, call.visit.record_id()?)?;
    if seen.object.name() != "Report" {
        return Err(Error::not_found());
    }
    let answer = run(call.ctx, seen.id)?;
    let content = csv_bytes(&answer.table, CsvOptions { byte_order_mark: true, ..CsvOptions::default() })?;
    reply::file(&format!("{} {}.csv", answer.name, call.ctx.today()), "text/csv; charset=utf-8", content)
}

/// A panel for what has no picture.
fn panel(title: &str, content: Markup) -> Panel {
    Panel::new(content).title(title.to_owned()).flush()
}
