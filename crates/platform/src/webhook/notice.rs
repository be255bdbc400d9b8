//! What the owner of a webhook reads when it stopped: a mail in the outbox, written in the transaction that stops it.

use crate::ctx::Ctx;
use crate::mail::{NewMail, OutboxSummary};
use model::{Instant, RecordId, Result};
use render::format::{Formats, Locale};
use render::mail::{Link, MailBody, MailMessage, Mailbox};

/// Whom mail about webhooks comes from, and where its links lead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookNotice {
    pub from_name: String,
    pub from_address: String,
    /// `https://sales.example.com`
    pub public_url: String,
}

/// The mail to the owner.
///
/// # Errors
/// An address that is none.
pub(super) fn stopped(
    notice: &WebhookNotice,
    owner: &Ctx,
    webhook: RecordId,
    name: &str,
    reason: &str,
    at: Instant,
) -> Result<NewMail> {
    let user = owner.user();
    let locale = Locale::find(&user.locale.replace('_', "-")).unwrap_or_default();
    let formats = Formats::new(locale);
    let headline = format!("The webhook {name} has stopped");
    let link = format!("{}/webhooks/{webhook}", notice.public_url.trim_end_matches('/'));
    let body = MailBody {
        language: "en".to_owned(),
        headline: headline.clone(),
        preview: reason.to_owned(),
        facts: vec![format!("{} ({})", formats.date_time(at, &user.zone), user.zone_name)],
        message: Some(format!(
            "{reason}\n\nNo changes are told until somebody resumes it. What changes meanwhile is told then, in order; nothing is lost."
        )),
        action: Some(Link::new("Open the webhook", link)?),
        footer: vec![format!("{} gets this because changes are told with their rights.", user.name)],
        ..MailBody::default()
    };
    let domain = notice.from_address.rsplit_once('@').map_or("localhost", |(_, domain)| domain);
    let mail = MailMessage {
        from: Mailbox::new(&notice.from_name, &notice.from_address),
        to: Mailbox::new(&user.name, &user.email),
        reply_to: None,
        subject: headline,
        text: body.to_text(&formats)?,
        html: body.to_html(&formats)?,
        images: Vec::new(),
        attachments: Vec::new(),
        message_id: format!("{webhook}.{}.{}@{domain}", at.ms(), owner.org().id()),
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
