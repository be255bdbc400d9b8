//! One message.

use super::parts::Message;
use super::{size, state};
use crate::kit::{Button, Crumbs, Detail, DetailList, Header, Icon, KeyFacts, Panel, Tab, Tabs};
use crate::server::{Call, PageResult, headers, reply};
use crate::show::{Show, lines};
use http::{HeaderValue, header};
use maud::{PreEscaped, Render, html as markup};
use model::{Error, Result};
use platform::{OutboxItem, OutboxSummary};

fn fetch(call: &Call<'_>) -> Result<(OutboxItem, OutboxSummary)> {
    let seq = call.visit.captured("seq")?.parse().map_err(|_| Error::not_found())?;
    call.ctx.outbox_message(seq)
}

pub(crate) fn message(call: &Call<'_>) -> PageResult {
    let (item, summary) = fetch(call)?;
    let show = Show::of(call.ctx);
    let parsed = Message::parse(&item.payload)?;
    let href = format!("/outbox/{}", item.seq);
    let title = if summary.subject.is_empty() { "Without a subject".to_owned() } else { summary.subject.clone() };
    let facts = KeyFacts::new()
        .fact("To", summary.to.as_str())
        .fact("From", summary.from.as_str())
        .fact("Made", show.instant(item.created))
        .fact("Attempts", item.attempts.to_string());
    let facts =
        if item.reply.is_empty() { facts } else { facts.fact("Last word of the mail server", item.reply.as_str()) };
    let plain = parsed.html.is_none() || call.visit.query.first("view") == Some("text");
    let mut header = Header::new(title.clone())
        .icon(Icon::Mail)
        .crumbs(Crumbs::new().link("Outbox", "/outbox"))
        .badge(state(item.state))
        .facts(facts)
        .actions(markup! { (Button::link("Download message", format!("{href}/source")).icon(Icon::Download)) });
    if parsed.html.is_some() && parsed.text.is_some() {
        header = header.tabs(Tabs::new(
            "Form of the message",
            vec![
                Tab::new("As mail", href.clone()).current(!plain),
                Tab::new("As text", format!("{href}?view=text")).current(plain),
            ],
        ));
    }
    let head = parsed.headers.iter().map(|(name, value)| Detail::new(*name, value.as_str())).collect();
    let body = markup! {
        div.stack {
            @if plain { (Panel::new(markup! { div.mail-text { (lines(parsed.text.as_deref().unwrap_or("This message has no text."))) } })) }
            @else { iframe.mail-frame src={ (href) "/html" } title="The message" sandbox="" {} }
            @if !parsed.attachments.is_empty() {
                (Panel::new(markup! {
                    ul.plain-list {
                        @for (at, attachment) in parsed.attachments.iter().enumerate() {
                            li { (Icon::File) div.plain-main { a href={ (href) "/attachments/" (at) } { (attachment.name) } } span.muted { (size(attachment.content.len())) } }
                        }
                    }
                }).title("Attachments").count(parsed.attachments.len().to_string()))
            }
            (DetailList::new(head).title("Headers").single())
        }
    };
    let mut response = call.page_as(&title, header, body, |page| page.record());
    response
        .headers_mut()
        .insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(headers::POLICY_WITH_FRAME));
    Ok(response)
}

/// The HTML of a message, for the frame alone. It is under the one policy that differs from that of all pages.
pub(crate) fn html(call: &Call<'_>) -> PageResult {
    let (item, _) = fetch(call)?;
    let html = Message::parse(&item.payload)?.html_alone().ok_or_else(Error::not_found)?;
    let mut response = reply::page(PreEscaped(html).render());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(headers::POLICY_OF_MAIL));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN"));
    Ok(response)
}

/// The message as it goes out.
pub(crate) fn source(call: &Call<'_>) -> PageResult {
    let (item, summary) = fetch(call)?;
    let name: String = summary.subject.chars().take(80).collect();
    reply::file(&format!("{name}.eml"), "message/rfc822", item.payload)
}

/// An attachment, to be kept and never to be opened here: its kind is what its sender claims.
pub(crate) fn attachment(call: &Call<'_>) -> PageResult {
    let (item, _) = fetch(call)?;
    let at: usize = call.visit.captured("part")?.parse().map_err(|_| Error::not_found())?;
    let message = Message::parse(&item.payload)?;
    let attachment = message.attachments.into_iter().nth(at).ok_or_else(Error::not_found)?;
    reply::file(&attachment.name, "application/octet-stream", attachment.content)
}
