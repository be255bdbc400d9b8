//! The answer of a report as a file, asked as the page that it is exported from asks it.

use crate::pages::record::Seen;
use crate::pages::reports::Reading;
use crate::server::{Call, PageResult, reply};
use app_reports::{ReportRun, SavedReport};
use model::{Error, Result};
use render::csv::{CsvOptions, csv_bytes};
use render::worker::{XlsxFile, read_answer, xlsx_request};

/// The rows for a spreadsheet program that reads text.
pub(crate) fn csv(call: &Call<'_>) -> PageResult {
    let run = asked(call)?;
    let options = CsvOptions { byte_order_mark: true, ..CsvOptions::default() };
    let content = csv_bytes(&run.to_table(), options)?;
    reply::file(&file_name(call, &run, "csv"), "text/csv; charset=utf-8", content)
}

/// The rows as a workbook, made by the sealed renderer.
pub(crate) fn xlsx(call: &Call<'_>) -> PageResult {
    let run = asked(call)?;
    let zone = call.ctx.user().zone_name.clone();
    let file = XlsxFile { as_of: Some((run.as_of, zone)), created: run.as_of };
    let request = xlsx_request(&run.to_table(), &file)?;
    let made = read_answer(&call.ctx.org().renderer().render(request)?)?;
    reply::file(&file_name(call, &run, "xlsx"), &made.media_type, made.bytes)
}

fn file_name(call: &Call<'_>, run: &ReportRun, ending: &str) -> String {
    format!("{} {}.{ending}", run.name, call.ctx.today())
}

fn asked(call: &Call<'_>) -> Result<ReportRun> {
    let ctx = call.ctx;
    let seen = Seen::fetch(ctx, call.visit.record_id()?)?;
    if seen.object.name() != "Report" {
        return Err(Error::not_found());
    }
    let reading = Reading::of(ctx, SavedReport::fetch(ctx, seen.id)?, &call.visit.query)?;
    let run = reading.run(ctx)?;
    Ok(if reading.steps.is_empty() { run } else { run.listing(&reading.steps) })
}
