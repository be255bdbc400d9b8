//! The mail to one recipient.

use crate::DeliveryConfig;
use crate::files::Files;
use crate::recipients::Resolved;
use crate::schedule::{RunPayload, Schedule};
use crate::template::{Names, RecipientNames, ReportNames, RunNames, ScheduleNames, TotalNames, fill};
use model::{RecordId, Result, Zone};
use platform::{Ctx, NewMail, OutboxSummary, ReportAnswer};
use render::format::{Formats, Locale};
use render::mail::{ChartImage, Figure, InlineImage, Link, MailBody, MailMessage, Mailbox, TableLimits};

const DEFAULT_SUBJECT: &str = "{{ report.name }} – {{ run.scheduledFor }}";
/// Figures at the head of a mail: one row of them.
const FIGURES: usize = 3;
const CHART_ID: &str = "chart";

/// Writes the message of a delivery.
///
/// # Errors
/// For a template that names what is not there, or an address that is none.
pub(crate) fn compose(
    config: &DeliveryConfig,
    ctx: &Ctx,
    schedule: &Schedule,
    answer: &ReportAnswer,
    files: &Files,
    run: &RunPayload,
    delivery: RecordId,
    recipient: &Resolved,
) -> Result<NewMail> {
    let user = ctx.user();
    let locale = Locale::find(&user.locale.replace('_', "-")).unwrap_or_default();
    let formats = Formats::new(locale);
    let zone = schedule.rule.zone();
    let as_of = format!("{} ({})", formats.date_time(answer.as_of, zone), schedule.rule.spec().zone);
    let link = format!("{}/r/{}", config.public_url.trim_end_matches('/'), schedule.report);
    let figures = figures(answer, formats, zone);
    let names = Names {
        schedule: ScheduleNames { name: schedule.name.clone(), owner: user.name.clone() },
        report: ReportNames { name: answer.name.clone() },
        run: RunNames {
            row_count: answer.row_count,
            as_of: as_of.clone(),
            scheduled_for: formats.date(model::Date::from_civil(run.slot.date())),
            totals: figures
                .iter()
                .map(|figure| TotalNames { label: figure.label.clone(), value: figure.value.clone() })
                .collect(),
        },
        recipient: RecipientNames { name: recipient.name.clone(), email: recipient.address.clone() },
        link: link.clone(),
    };
    let template = if schedule.subject.trim().is_empty() { DEFAULT_SUBJECT } else { &schedule.subject };
    let subject = fill(template, &names, formats, "SubjectTemplate")?;
    let message = fill(&schedule.body, &names, formats, "BodyTemplate")?;
    let count = format!("{} rows that {} may read", answer.row_count, user.name);
    let mut facts = vec![format!("As of {as_of}, {count}")];
    if !answer.filters.is_empty() {
        facts.push(answer.filters.join(" · "));
    }
    let mut notices = answer.notices.clone();
    notices.extend(files.chart.iter().flat_map(|(chart, _)| chart.notes.clone()));
    let chart = files.chart.as_ref().map(|(made, alt)| {
        let (width, height) = made.size.unwrap_or((1264, 632));
        // The picture has two pixels for each one shown.
        ChartImage { content_id: CHART_ID.to_owned(), alt: alt.clone(), width: width / 2, height: height / 2 }
    });
    // The notices stand once, below; the table would repeat them.
    let table = render::Table { notes: Vec::new(), ..answer.summary.clone() };
    let body = MailBody {
        language: locale.tag.to_owned(),
        headline: answer.name.clone(),
        preview: figures.first().map_or(count, |figure| format!("{}: {}", figure.label, figure.value)),
        facts,
        message: (!message.trim().is_empty()).then_some(message),
        figures: figures.into_iter().take(FIGURES).collect(),
        chart,
        table: schedule.shows_rows().then_some((&table, TableLimits::default())),
        action: Some(Link::new("Open the report", link)?),
        notices,
        footer: vec![
            format!("{} scheduled this for {}. It was made with {}'s rights.", user.name, recipient.address, user.name),
            format!("{}: {}", schedule.name, schedule.rule.describe()),
        ],
        unsubscribe: None,
    };
    let domain = config.from_address.rsplit_once('@').map_or("localhost", |(_, domain)| domain);
    let mail = MailMessage {
        from: Mailbox::new(&config.from_name, &config.from_address),
        to: Mailbox::new(&recipient.name, &recipient.address),
        reply_to: (!user.email.is_empty()).then(|| Mailbox::new(&user.name, &user.email)),
        subject: subject.split_whitespace().collect::<Vec<_>>().join(" "),
        text: body.to_text(&formats)?,
        html: body.to_html(&formats)?,
        images: files
            .chart
            .iter()
            .map(|(made, _)| InlineImage {
                content_id: CHART_ID.to_owned(),
                file_name: "chart.png".to_owned(),
                png: made.bytes.clone(),
            })
            .collect(),
        attachments: files.attachments.clone(),
        // Derived from the delivery: an attempt that is made again carries the same id.
        message_id: format!("{delivery}.{}@{domain}", ctx.org().id()),
        date: ctx.now(),
        headers: vec![("Auto-Submitted".to_owned(), "auto-generated".to_owned())],
    };
    let bytes = mail.to_bytes()?;
    Ok(NewMail {
        summary: OutboxSummary {
            from: mail.from.address,
            to: mail.to.address,
            subject: mail.subject,
            message_id: mail.message_id,
            bytes: bytes.len(),
        },
        message: bytes,
        reference: Some(delivery),
    })
}

fn figures(answer: &ReportAnswer, formats: Formats, zone: &Zone) -> Vec<Figure> {
    let figures = answer.figures.iter();
    figures
        .map(|figure| Figure {
            label: figure.label.clone(),
            value: formats.value(&figure.value, &figure.kind, Some(zone)),
            change: None,
        })
        .collect()
}
