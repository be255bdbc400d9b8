//! The answer of a report as a file, asked as the page that it is exported from asks it.

use crate::pages::record::Seen;
use crate::pages::reports::Reading;
use crate::server::{Call, PageResult, reply};
use app_reports::SavedReport;
use model::Error;
use platform::ReportFileFormat;

/// The rows for a spreadsheet program that reads text.
pub(crate) fn csv(call: &Call<'_>) -> PageResult {
    export(call, ReportFileFormat::Csv)
}

/// The rows as a workbook.
pub(crate) fn xlsx(call: &Call<'_>) -> PageResult {
    export(call, ReportFileFormat::Xlsx)
}

/// The report as a document.
pub(crate) fn pdf(call: &Call<'_>) -> PageResult {
    export(call, ReportFileFormat::Pdf)
}

fn export(call: &Call<'_>, format: ReportFileFormat) -> PageResult {
    let ctx = call.ctx;
    let seen = Seen::fetch(ctx, call.visit.record_id()?)?;
    if seen.object.name() != "Report" {
        return Err(Error::not_found());
    }
    let saved = SavedReport::fetch(ctx, seen.id)?;
    let (definition, changed_by) = (saved.json.clone(), saved.last_modified_by);
    let reading = Reading::of(ctx, saved, &call.visit.query)?;
    let run = reading.run(ctx)?;
    let run = if reading.steps.is_empty() { run } else { run.listing(&reading.steps) };
    let answer = run.to_answer(definition, changed_by);
    let made = ctx.report_file(&answer, format, &ctx.user().zone_name)?;
    let name = format!("{} {}.{}", answer.name, ctx.today(), format.ending());
    reply::file(&name, &made.media_type, made.bytes)
}
