//! The answer of a report: what it shows in words, the chart, the table, and from each group and figure the way to the
//! records behind it. How it is asked stands in the address.

use super::table::{Ways, with_ways};
use super::{WIDE, frame, problem};
use crate::kit::{Banner, Button, Chip, Empty, Icon, Menu, MenuItem, Tone};
use crate::pages::reports::Reading;
use crate::server::Call;
use crate::show::Show;
use app_reports::{GroupStep, ReportRun, SavedReport};
use maud::{Markup, Render, html};
use model::{RecordId, Result};

/// The answer of a report. A report that cannot be run says why; the page around it stays.
///
/// # Errors
/// A failure of ours.
pub(crate) fn report(call: &Call<'_>, show: &Show, id: RecordId) -> Result<Markup> {
    let ctx = call.ctx;
    let opened = SavedReport::fetch(ctx, id).and_then(|saved| Reading::of(ctx, saved, &call.visit.query));
    let mut reading = match opened {
        Ok(reading) => reading,
        Err(error) => return problem(error),
    };
    let path = format!("/r/{id}");
    let run = match reading.run(ctx) {
        Ok(run) => Some(run),
        Err(error) if error.code().http_status() >= 500 && error.code() != model::ErrorCode::NotImplemented => {
            return Err(error);
        }
        Err(error) if !reading.is_changed() => return problem(error),
        Err(error) => {
            reading.refused(&error);
            None
        }
    };
    Ok(html! {
        div.stack.report-page {
            @if let Some(run) = &run { (line(show, run, &reading)) }
            @if !reading.steps.is_empty() { (narrowed(run.as_ref(), &reading, &path)) }
            (filters(call, &reading, &path))
            @for words in reading.trouble() { (Banner::new(Tone::Warn, html! { (words) })) }
            @if let Some(run) = &run {
                @for notice in &run.notices { (Banner::new(Tone::Warn, html! { (notice) })) }
                (answer(show, run, &reading, &path))
            }
        }
    })
}

fn line(show: &Show, run: &ReportRun, reading: &Reading) -> Markup {
    let count = match reading.steps.as_slice() {
        [] => run.row_count,
        steps => run.records_within(steps).len() as u64,
    };
    let rows = if count == 1 { "1 record".to_owned() } else { format!("{} records", show.whole(count)) };
    html! {
        p.report-line {
            (rows) " · as of " (show.instant(run.as_of))
            // What narrows to a group stands beside its name, not among the filters.
            @if reading.steps.is_empty() { @for filter in &run.filters { " · " (filter) } }
        }
    }
}

/// The group whose records are shown, step by step, each of which can be taken away.
fn narrowed(run: Option<&ReportRun>, reading: &Reading, path: &str) -> Markup {
    html! {
        div.chips {
            @for (at, step) in reading.steps.iter().enumerate() {
                @let words = run.and_then(|run| run.step_words(step)).unwrap_or_else(|| (step.column.clone(), step.value.clone()));
                @let others: Vec<GroupStep> = reading.steps.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, step)| step.clone()).collect();
                (Chip::new(words.0, words.1).remove(reading.address(path, &others)))
            }
            (Button::link("Whole report", reading.address(path, &[])).quiet().small())
        }
    }
}

fn filters(call: &Call<'_>, reading: &Reading, path: &str) -> Markup {
    let open = reading.is_changed() || reading.is_wrong();
    html! {
        details.reader-filters open[open] {
            summary.button.quiet.small { (Icon::Filter) span { "Change filters" } }
            form.reader-form method="get" action=(path) {
                @for step in &reading.steps { input type="hidden" name="at" value={ (step.column) "~" (step.value) }; }
                (reading.controls(call.ctx))
                p.field-help { "For this page alone: the report stays as it is saved. The address of the page keeps your filters." }
                div.button-row {
                    (Button::submit("Show").primary().small())
                    @if open { (Button::link("As saved", path).small()) }
                }
            }
        }
    }
}

fn answer(show: &Show, run: &ReportRun, reading: &Reading, path: &str) -> Markup {
    let to = |steps: &[GroupStep]| reading.address(path, steps);
    if !reading.steps.is_empty() {
        let listing = run.listing(&reading.steps);
        if listing.row_count == 0 {
            return Empty::new(Icon::Chart, "No record that you can see is in this group.").render();
        }
        let ways = Ways { rows: listing.table_sources(), groups: 0, figures: Vec::new(), to: &to };
        return with_ways(show, &listing.to_table(), Some(&ways)).render();
    }
    if run.row_count == 0 {
        return Empty::new(Icon::Chart, "No record that you can see passes the filters of this report.").render();
    }
    let (whole, summary) = (run.to_table(), run.to_summary());
    let across = run.groupings_across.len();
    let of_groups = Ways {
        rows: run.summary_sources(),
        groups: run.groupings.len(),
        figures: if across > 0 { run.figure_sources() } else { Vec::new() },
        to: &to,
    };
    let of_records =
        Ways { rows: run.table_sources(), groups: run.groupings.len() + across, figures: Vec::new(), to: &to };
    html! {
        @if let Some(chart) = run.to_chart() { (frame(show, "report-chart", WIDE, &chart, &summary)) }
        // Records of a matrix stand below its grid.
        @if run.is_matrix() && whole != summary { (with_ways(show, &summary, Some(&of_groups))) }
        @if whole == summary && !run.groupings.is_empty() { (with_ways(show, &whole, Some(&of_groups))) }
        @else { (with_ways(show, &whole, Some(&of_records))) }
    }
}

/// What can be done with the answer as it is asked.
pub(crate) fn actions(id: RecordId, raw_query: &str) -> Markup {
    let query = if raw_query.is_empty() { String::new() } else { format!("?{raw_query}") };
    let items = vec![
        MenuItem::link("Excel (XLSX)", format!("/r/{id}/report.xlsx{query}")).icon(Icon::Download),
        MenuItem::link("PDF", format!("/r/{id}/report.pdf{query}")).icon(Icon::Download),
        MenuItem::link("CSV", format!("/r/{id}/report.csv{query}")).icon(Icon::Download),
        MenuItem::Separator,
        MenuItem::command("Print", "print").icon(Icon::File),
    ];
    Menu::new("Export", items).icon(Icon::Download).render()
}
