//! A message taken apart: headers, the text, the HTML with its pictures, the attachments.

use base64::Engine as _;
use mailparse::{DispositionType, MailHeaderMap, ParsedMail};
use model::{Error, Result};

pub(super) struct Attachment {
    pub(super) name: String,
    pub(super) content: Vec<u8>,
}

#[derive(Default)]
pub(super) struct Message {
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) text: Option<String>,
    pub(super) html: Option<String>,
    pub(super) attachments: Vec<Attachment>,
    /// Pictures that the HTML names by content id.
    pictures: Vec<(String, String, Vec<u8>)>,
}

const SHOWN_HEADERS: [&str; 8] = ["From", "To", "Cc", "Reply-To", "Date", "Subject", "Message-ID", "List-Unsubscribe"];
/// Kinds of picture that a browser shows without running anything.
const PICTURES: [&str; 4] = ["image/png", "image/jpeg", "image/gif", "image/webp"];

impl Message {
    /// # Errors
    /// An internal error for bytes that are no message: we made them.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self> {
        let mail = mailparse::parse_mail(bytes).map_err(Error::internal)?;
        let mut message = Self::default();
        for name in SHOWN_HEADERS {
            if let Some(value) = mail.headers.get_first_value(name) {
                message.headers.push((name, value));
            }
        }
        message.take(&mail)?;
        Ok(message)
    }

    fn take(&mut self, part: &ParsedMail<'_>) -> Result<()> {
        if !part.subparts.is_empty() {
            return part.subparts.iter().try_for_each(|inner| self.take(inner));
        }
        let kind = part.ctype.mimetype.to_ascii_lowercase();
        let disposition = part.get_content_disposition();
        let name = disposition.params.get("filename").or_else(|| part.ctype.params.get("name")).cloned();
        let is_attachment = disposition.disposition == DispositionType::Attachment;
        if !is_attachment && kind == "text/plain" && self.text.is_none() {
            self.text = Some(part.get_body().map_err(Error::internal)?);
        } else if !is_attachment && kind == "text/html" && self.html.is_none() {
            self.html = Some(part.get_body().map_err(Error::internal)?);
        } else {
            let content = part.get_body_raw().map_err(Error::internal)?;
            let content_id =
                part.headers.get_first_value("Content-ID").map(|id| id.trim().trim_matches(['<', '>']).to_owned());
            match content_id {
                Some(id) if !is_attachment && PICTURES.contains(&kind.as_str()) => {
                    self.pictures.push((id, kind, content))
                }
                _ => {
                    let name = name.unwrap_or_else(|| format!("part-{}", self.attachments.len() + 1));
                    self.attachments.push(Attachment { name, content });
                }
            }
        }
        Ok(())
    }

    /// The HTML with its own pictures inside it.
    pub(super) fn html_alone(&self) -> Option<String> {
        let mut html = self.html.clone()?;
        for (id, kind, content) in &self.pictures {
            let address = format!("data:{kind};base64,{}", base64::prelude::BASE64_STANDARD.encode(content));
            html = html.replace(&format!("cid:{id}"), &address);
        }
        Some(html)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAIL: &str = "From: a@x.example\r\nTo: b@x.example\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\nMIME-Version: 1.0\r\n\
        Content-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\nContent-Type: multipart/alternative; boundary=a\r\n\r\n\
        --a\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nHello\r\n--a\r\nContent-Type: multipart/related; boundary=r\r\n\r\n\
        --r\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<img src=\"cid:chart@x\">\r\n--r\r\nContent-Type: image/png\r\n\
        Content-ID: <chart@x>\r\nContent-Disposition: inline\r\nContent-Transfer-Encoding: base64\r\n\r\nAQID\r\n--r--\r\n--a--\r\n\
        --m\r\nContent-Type: text/csv\r\nContent-Disposition: attachment; filename=\"r.csv\"\r\n\r\na,b\r\n--m--\r\n";

    #[test]
    fn a_message_comes_apart_and_its_pictures_stand_in_its_html() {
        let message = Message::parse(MAIL.as_bytes()).expect("a message");
        assert!(message.headers.contains(&("Subject", "Grüße".to_owned())));
        assert_eq!(message.text.as_deref().map(str::trim), Some("Hello"));
        assert!(message.html_alone().expect("html").contains("<img src=\"data:image/png;base64,AQID\">"));
        assert_eq!(message.attachments.len(), 1);
        assert_eq!(message.attachments[0].name, "r.csv");
    }
}
