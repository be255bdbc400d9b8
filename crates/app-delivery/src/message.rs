//! The mail to one recipient.

use crate::DeliveryConfig;
use crate::editions::{Edition, Parcel};
use crate::schedule::{RunKind, RunPayload, Schedule};
use crate::template::{Names, RecipientNames, ReportNames, RunNames, ScheduleNames, TotalNames, fill};
use crate::unsubscribe;
use model::{RecordId, Result, Zone};
use platform::{Ctx, NewMail, OutboxSummary, ReportAnswer};
use render::format::{Formats, Locale};
use render::mail::{ChartImage, Figure, InlineImage, Link, MailBody, MailMessage, Mailbox, TableLimits};

const DEFAULT_SUBJECT: &str = "{{ report.name }} – {{ run.scheduledFor }}";
/// Figures at the head of a mail: one row of them.
const FIGURES: usize = 3;
const CHART_ID: &str = "chart";

/// A message that no delivery has yet.
pub(crate) struct Made {
    summary: OutboxSummary,
    pub(crate) bytes: Vec<u8>,
    /// Of the token in its links.
    pub(crate) token_hash: String,
}

impl Made {
    pub(crate) fn message_id(&self) -> &str {
        &self.summary.message_id
    }

    pub(crate) fn into_mail(self, delivery: RecordId) -> NewMail {
        NewMail { summary: self.summary, message: self.bytes, reference: Some(delivery) }
    }
}

/// The text of a template that names what a run knows.
pub(crate) struct Written {
    pub(crate) subject: String,
    pub(crate) message: String,
}

/// Writes the message of a delivery.
///
/// # Errors
/// For a template that names what is not there, or an address that is none.
pub(crate) fn compose(
    config: &DeliveryConfig,
    ctx: &Ctx,
    schedule: &Schedule,
    edition: &Edition,
    run: &RunPayload,
    parcel: &Parcel,
) -> Result<Made> {
    let (answer, files, recipient) = (&edition.answer, &edition.files, &parcel.recipient);
    let user = ctx.user();
    let is_test = run.kind == RunKind::Test;
    let (token, token_hash) = unsubscribe::new_token(ctx.org().entropy());
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
        burst: crate::template::BurstNames { key: edition.key.clone().unwrap_or_default() },
        link: link.clone(),
    };
    let Written { mut subject, message } = write(&schedule.subject, &schedule.body, &names, formats)?;
    if is_test {
        subject.insert_str(0, "[Test] ");
    }
    let count = format!("{} rows that {} may read", answer.row_count, edition.run_as_name);
    let links_only = schedule.links_only();
    let mut facts = match (links_only, &edition.key) {
        (true, _) => vec![format!("Made {as_of}. Sign in to read it.")],
        (false, Some(key)) => vec![format!("{key}: as of {as_of}, {count}")],
        (false, None) => vec![format!("As of {as_of}, {count}")],
    };
    if !answer.filters.is_empty() && !links_only {
        facts.push(answer.filters.join(" · "));
    }
    let mut notices = if links_only { Vec::new() } else { answer.notices.clone() };
    notices.extend(files.chart.iter().flat_map(|(chart, _)| chart.notes.clone()));
    let chart = files.chart.as_ref().map(|(made, alt)| {
        let (width, height) = made.size.unwrap_or((1264, 632));
        // The picture has two pixels for each one shown.
        ChartImage { content_id: CHART_ID.to_owned(), alt: alt.clone(), width: width / 2, height: height / 2 }
    });
    // The notices stand once, below; the table would repeat them.
    let table = render::Table { notes: Vec::new(), ..answer.summary.clone() };
    let leave = (!is_test).then(|| unsubscribe::link(config, ctx.org().id(), &token));
    let body = MailBody {
        language: locale.tag.to_owned(),
        headline: answer.name.clone(),
        preview: match figures.first() {
            _ if links_only => String::new(),
            Some(figure) => format!("{}: {}", figure.label, figure.value),
            None => count,
        },
        facts,
        message: (!message.trim().is_empty()).then_some(message),
        figures: if links_only { Vec::new() } else { figures.into_iter().take(FIGURES).collect() },
        chart,
        table: schedule.shows_rows().then_some((&table, TableLimits::default())),
        action: Some(Link::new("Open the report", link)?),
        notices,
        footer: vec![
            format!(
                "{} scheduled this for {}. It was made with {}'s rights.",
                user.name, recipient.address, edition.run_as_name
            ),
            format!("{}: {}", schedule.name, schedule.rule.describe()),
        ],
        unsubscribe: leave.as_ref().map(|url| Link::new("Unsubscribe", url.clone())).transpose()?,
    };
    let domain = config.from_address.rsplit_once('@').map_or("localhost", |(_, domain)| domain);
    let tag = parcel.delivery_key(run, edition).replace('/', ".");
    let mut headers = vec![("Auto-Submitted".to_owned(), "auto-generated".to_owned())];
    if let Some(url) = &leave {
        headers.push(("List-Unsubscribe".to_owned(), format!("<{url}>")));
        headers.push(("List-Unsubscribe-Post".to_owned(), "List-Unsubscribe=One-Click".to_owned()));
    }
    let return_path = config.return_path(&token_hash, ctx.org().id());
    let mail = MailMessage {
        from: Mailbox::new(&config.from_name, &config.from_address),
        to: Mailbox::new(&recipient.name, &recipient.address),
        reply_to: (!user.email.is_empty()).then(|| Mailbox::new(&user.name, &user.email)),
        subject,
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
        // Derived from what the ledger knows the delivery by: a message that is made again carries the same id.
        message_id: format!("{}.{}@{domain}", tag, ctx.org().id()),
        date: ctx.now(),
        headers,
    };
    let bytes = mail.to_bytes()?;
    Ok(Made {
        summary: OutboxSummary {
            from: mail.from.address,
            to: mail.to.address,
            subject: mail.subject,
            message_id: mail.message_id,
            bytes: bytes.len(),
            return_path,
        },
        bytes,
        token_hash,
    })
}

/// Fills subject and message in. A subject is one line.
///
/// # Errors
/// For a template that names what is not there.
pub(crate) fn write(subject: &str, message: &str, names: &Names, formats: Formats) -> Result<Written> {
    let template = if subject.trim().is_empty() { DEFAULT_SUBJECT } else { subject };
    let subject = fill(template, names, formats, "SubjectTemplate")?;
    Ok(Written {
        subject: subject.split_whitespace().collect::<Vec<_>>().join(" "),
        message: fill(message, names, formats, "BodyTemplate")?,
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
