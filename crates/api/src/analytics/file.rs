//! Reports as files, for callers whose `Accept` names one: laid out for people, with groups and totals.

use crate::call::Call;
use crate::reply::Reply;
use app_reports::{ReportRun, SavedReport};
use model::Result;
use platform::{Ctx, ReportFileFormat};
use render::worker::{PDF, XLSX};

const CSV: &str = "text/csv";

/// The file that a caller asks for; none where they want JSON, or take anything.
pub(super) fn asked(call: &Call) -> Option<ReportFileFormat> {
    let accept = call.header("accept")?;
    // The first type that is known, as browsers and programs write the one they want first.
    accept.split(',').find_map(|entry| match entry.split(';').next().unwrap_or_default().trim() {
        "application/json" | "*/*" | "application/*" => Some(None),
        name if name.eq_ignore_ascii_case(XLSX) => Some(Some(ReportFileFormat::Xlsx)),
        name if name.eq_ignore_ascii_case(PDF) => Some(Some(ReportFileFormat::Pdf)),
        name if name.eq_ignore_ascii_case(CSV) => Some(Some(ReportFileFormat::Csv)),
        _ => None,
    })?
}

/// What a report answered as a file.
pub(super) fn of(ctx: &Ctx, saved: Option<&SavedReport>, run: &ReportRun, format: ReportFileFormat) -> Result<Reply> {
    let definition = saved.map(|saved| saved.json.clone()).unwrap_or_default();
    let answer = run.to_answer(definition, saved.and_then(|saved| saved.last_modified_by));
    let zone = ctx.user().zone.iana_name().unwrap_or("UTC").to_owned();
    let made = ctx.report_file(&answer, format, &zone)?;
    let media_type = match format {
        ReportFileFormat::Xlsx => XLSX,
        ReportFileFormat::Pdf => PDF,
        ReportFileFormat::Csv => "text/csv;charset=UTF-8",
    };
    Ok(Reply::made(media_type, &format!("{} {}.{}", answer.name, ctx.today(), format.ending()), made.bytes))
}
