//! How subject and message would read, with what the report says now.

use crate::message::{Written, write};
use crate::template::{self, BurstNames, Names, RecipientNames, ReportNames, RunNames, ScheduleNames, TotalNames};
use model::{RecordId, Result, Zone};
use platform::{Ctx, ReportRequest};
use render::format::{Formats, Locale};

/// A template to be tried.
#[derive(Debug, Clone)]
pub struct PreviewRequest<'a> {
    pub report: RecordId,
    pub schedule_name: &'a str,
    pub subject: &'a str,
    pub message: &'a str,
    /// The recurrence's zone.
    pub zone: &'a str,
}

/// How it reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    pub subject: String,
    pub message: String,
    pub row_count: u64,
}

/// Fills a template in for the user themselves.
///
/// # Errors
/// Beside the field whose template is wrong, with the line; as running the report.
pub fn preview(ctx: &Ctx, request: &PreviewRequest<'_>) -> Result<Preview> {
    template::check(request.subject, "SubjectTemplate")?;
    template::check(request.message, "BodyTemplate")?;
    let asked = ReportRequest { report: request.report, today: None, zone: Some(request.zone.to_owned()) };
    let answer = ctx.report_run(&asked)?;
    let user = ctx.user();
    let formats = Formats::new(Locale::find(&user.locale.replace('_', "-")).unwrap_or_default());
    let zone = Zone::get(request.zone).unwrap_or(Zone::UTC);
    let totals = answer.figures.iter().map(|figure| TotalNames {
        label: figure.label.clone(),
        value: formats.value(&figure.value, &figure.kind, Some(&zone)),
    });
    let names = Names {
        schedule: ScheduleNames { name: request.schedule_name.to_owned(), owner: user.name.clone() },
        report: ReportNames { name: answer.name.clone() },
        run: RunNames {
            row_count: answer.row_count,
            as_of: format!("{} ({})", formats.date_time(answer.as_of, &zone), request.zone),
            scheduled_for: formats.date(ctx.now().date_in(&zone)),
            totals: totals.collect(),
        },
        recipient: RecipientNames { name: user.name.clone(), email: user.email.clone() },
        burst: BurstNames { key: String::new() },
        link: String::new(),
    };
    let Written { subject, message } = write(request.subject, request.message, &names, formats)?;
    Ok(Preview { subject, message, row_count: answer.row_count })
}
