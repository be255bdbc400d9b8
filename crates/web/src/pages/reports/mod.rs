//! Reports as people make them: the list, the choice of a type, the builder.

mod builder;
pub(crate) mod folders;
pub(crate) mod list;
mod starter;
mod types;

pub(crate) use builder::{KINDS, Problems, Reading, columns, create, edit, kind_of, new, parts, save};
pub(crate) use list::list;

use model::{ObjectSchema, RecordId, Result};
use platform::{Ctx, QueryOptions};

/// Why a report has to stay: what uses it, as far as the reader may see.
///
/// # Errors
/// What the database reports.
pub(crate) fn kept_by(ctx: &Ctx, report: RecordId) -> Result<Option<String>> {
    if let Some(dashboard) = app_reports::dashboard_of(ctx, report)? {
        return Ok(Some(format!("The report is shown on the dashboard “{dashboard}”. Take it off there first.")));
    }
    if ctx.object("DeliverySchedule").is_err() {
        return Ok(None);
    }
    let text = format!("SELECT Name FROM DeliverySchedule WHERE ReportId = '{report}' ORDER BY Name LIMIT 1");
    let (_, rows) = ctx.query_all_rows(&text, QueryOptions::default())?;
    Ok(rows.first().map(|row| {
        format!("The report is sent by the schedule “{}”. Delete the schedule first.", row.cells[0].value().to_plain())
    }))
}

/// The object of reports, for who may see any.
///
/// # Errors
/// `NOT_FOUND` for everybody else.
pub(crate) fn object(ctx: &Ctx) -> Result<&ObjectSchema> {
    ctx.object("Report")
}
