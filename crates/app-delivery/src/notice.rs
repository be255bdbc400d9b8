//! What people read when a schedule stopped or a run failed: a mail in the outbox, written with the note that it was.

use crate::DeliveryConfig;
use model::{Instant, RecordId, Result, Zone};
use platform::{NewMail, OutboxSummary};
use render::format::{Formats, Locale};
use render::mail::{Link, MailBody, MailMessage, Mailbox};

/// Somebody who is told.
pub(crate) struct Reader {
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) locale: String,
    pub(crate) zone: String,
}

/// What there is to tell of a schedule.
pub(crate) struct News<'a> {
    pub(crate) schedule: RecordId,
    pub(crate) schedule_name: &'a str,
    pub(crate) headline: String,
    pub(crate) reason: String,
    /// What happens now, and what to do.
    pub(crate) what_next: &'a str,
}

/// The mail to one reader.
///
/// # Errors
/// An address that is none.
pub(crate) fn mail(config: &DeliveryConfig, org: &str, news: &News<'_>, to: &Reader, at: Instant) -> Result<NewMail> {
    let locale = Locale::find(&to.locale.replace('_', "-")).unwrap_or_default();
    let formats = Formats::new(locale);
    let zone = Zone::get(&to.zone).unwrap_or(Zone::UTC);
    let link = format!("{}/schedules/{}", config.public_url.trim_end_matches('/'), news.schedule);
    let body = MailBody {
        language: "en".to_owned(),
        headline: news.headline.clone(),
        preview: news.reason.clone(),
        facts: vec![format!("{} ({})", formats.date_time(at, &zone), to.zone)],
        message: Some(format!("{}\n\n{}", news.reason, news.what_next)),
        action: Some(Link::new("Open the schedule", link)?),
        footer: vec![format!(
            "{} gets this as the owner of the schedule {}, or because they manage all schedules.",
            to.name, news.schedule_name
        )],
        ..MailBody::default()
    };
    let domain = config.from_address.rsplit_once('@').map_or("localhost", |(_, domain)| domain);
    let local = to.email.replace(|c: char| !c.is_ascii_alphanumeric(), "-");
    let mail = MailMessage {
        from: Mailbox::new(&config.from_name, &config.from_address),
        to: Mailbox::new(&to.name, &to.email),
        reply_to: None,
        subject: news.headline.clone(),
        text: body.to_text(&formats)?,
        html: body.to_html(&formats)?,
        images: Vec::new(),
        attachments: Vec::new(),
        message_id: format!("{}.{}.{local}.{org}@{domain}", news.schedule, at.ms()),
        date: at,
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
            return_path: String::new(),
        },
        message: bytes,
        reference: None,
    })
}
