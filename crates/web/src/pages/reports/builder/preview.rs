//! The report as it would answer now, bounded so that each step of a builder answers at once.

use super::state::State;
use crate::kit::{Banner, Empty, Icon, Tone};
use crate::pages::report::{WIDE, frame, table};
use crate::show::Show;
use app_reports::definition::{ReportFormat, SortBy, TopRows};
use app_reports::{ReportMetadata, ReportRun, RunOptions};
use maud::{Markup, html};
use model::Result;
use platform::Ctx;

/// Records that a preview shows of a list, and of groups.
const LISTED: u64 = 100;
const GROUPED: u64 = 1000;

pub(super) struct Preview {
    run: ReportRun,
    /// What the preview leaves out.
    note: Option<String>,
}

/// Runs the report as it stands. None when it cannot be run; the state then says why.
///
/// # Errors
/// A failure of ours.
pub(super) fn run(ctx: &Ctx, state: &mut State) -> Result<Option<Preview>> {
    let Some((definition, kept)) = state.runnable() else { return Ok(None) };
    match bounded(ctx, state, &definition) {
        Ok(preview) => Ok(Some(preview)),
        Err(error) if error.code().http_status() >= 500 && error.code() != model::ErrorCode::NotImplemented => {
            Err(error)
        }
        Err(error) => {
            state.problems.add_error(&error, &kept);
            Ok(None)
        }
    }
}

fn bounded(ctx: &Ctx, state: &State, definition: &ReportMetadata) -> Result<Preview> {
    let ask = |definition: &ReportMetadata, details: bool| {
        let options = RunOptions { details: Some(details), ..RunOptions::default() };
        state.change(definition)?.run(ctx, &options)
    };
    // A list has no figures of its own; the number of its rows says how much there is.
    let mut counted = definition.clone();
    if counted.aggregates.is_empty() {
        counted.aggregates.push("RowCount".to_owned());
    }
    if counted.top_rows.is_some() {
        return Ok(Preview { run: ask(definition, definition.has_detail_rows)?, note: None });
    }
    let figures = ask(&counted, false)?;
    let is_list = definition.report_format == ReportFormat::Tabular;
    if !is_list && !definition.has_detail_rows || definition.detail_columns.is_empty() {
        return Ok(Preview { run: figures, note: None });
    }
    if is_list && figures.row_count > LISTED {
        let mut first = definition.clone();
        if first.sort_by.is_empty() {
            first.sort_by.push(SortBy { sort_column: first.detail_columns[0].clone(), sort_order: Default::default() });
        }
        first.top_rows = Some(TopRows { row_limit: LISTED, direction: None });
        // A first column that rows cannot be sorted by is no reason to show none of them.
        let run = ask(&first, true).or_else(|_| ask(definition, true))?;
        let note = format!("The preview shows {LISTED} of {} records; the report has all of them.", figures.row_count);
        return Ok(Preview { run, note: Some(note) });
    }
    if !is_list && figures.row_count > GROUPED {
        let note = format!("The preview leaves out the {} records; the report has them.", figures.row_count);
        return Ok(Preview { run: figures, note: Some(note) });
    }
    Ok(Preview { run: ask(definition, true)?, note: None })
}

impl Preview {
    pub(super) fn markup(&self, show: &Show) -> Markup {
        let run = &self.run;
        let rows =
            if run.row_count == 1 { "1 record".to_owned() } else { format!("{} records", show.whole(run.row_count)) };
        html! {
            p.report-line { @if self.note.is_none() { (rows) } @else if let Some(note) = &self.note { (note) } @for filter in &run.filters { " · " (filter) } }
            @for notice in &run.notices { (Banner::new(Tone::Warn, html! { (notice) })) }
            @if run.row_count == 0 { (Empty::new(Icon::Chart, "No record that you can see passes these filters.")) }
            @else {
                @if let Some(chart) = run.to_chart() { (frame(show, "preview-chart", WIDE, &chart, &run.to_summary())) }
                @let (whole, summary) = (run.to_table(), run.to_summary());
                @if run.is_matrix() && whole != summary { (table::table(show, &summary)) }
                (table::table(show, &whole))
            }
        }
    }
}
