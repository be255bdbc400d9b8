//! The MIME message: mixed{ related{ alternative{ text, html }, images… }, attachments… }.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use lettre::Message;
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Body, MultiPart, MultiPartBuilder, SinglePart};
use model::{Error, ErrorCode, Instant, Result};
use std::time::{Duration, SystemTime};

/// A person's or a service's address, with the name that is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mailbox {
    pub name: Option<String>,
    pub address: String,
}

impl Mailbox {
    pub fn new(name: impl Into<String>, address: impl Into<String>) -> Self {
        Self { name: Some(name.into()), address: address.into() }
    }

    pub fn bare(address: impl Into<String>) -> Self {
        Self { name: None, address: address.into() }
    }

    fn to_lettre(&self, field: &str) -> Result<lettre::message::Mailbox> {
        let address = self.address.parse().map_err(|cause| {
            Error::new(
                ErrorCode::InvalidEmailAddress,
                format!("{field}: \"{}\" is not an e-mail address.", clean(&self.address)),
            )
            .with_field(field)
            .with_internal(cause)
        })?;
        let name = self.name.as_deref().map(clean).filter(|name| !name.is_empty());
        if name.as_ref().is_some_and(|name| name.len() > MAX_NAME) {
            return Err(Error::new(
                ErrorCode::StringTooLong,
                format!("{field}: the name is longer than {MAX_NAME} bytes. Shorten it."),
            )
            .with_field(field));
        }
        Ok(lettre::message::Mailbox::new(name, address))
    }
}

/// Longer than any name, and short enough to stand on one line whatever its letters.
const MAX_NAME: usize = 320;

/// A PNG that the HTML shows by `src="cid:…"`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InlineImage {
    pub content_id: String,
    pub file_name: String,
    pub png: Vec<u8>,
}

/// A file that travels with the message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    pub file_name: String,
    pub content_type: String,
    pub content: Vec<u8>,
}

/// A message to one recipient. Everything that could differ from run to run is given: the id, the date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailMessage {
    pub from: Mailbox,
    pub to: Mailbox,
    pub reply_to: Option<Mailbox>,
    pub subject: String,
    pub text: String,
    pub html: String,
    pub images: Vec<InlineImage>,
    pub attachments: Vec<Attachment>,
    /// Without angle brackets: `delivery-1@mail.example.com`.
    pub message_id: String,
    pub date: Instant,
    /// `List-Unsubscribe` and others. A header that the message builds itself is refused.
    pub headers: Vec<(String, String)>,
}

/// Headers that are set from the fields of the message.
const OWN_HEADERS: &[&str] = &[
    "from",
    "to",
    "cc",
    "bcc",
    "sender",
    "reply-to",
    "subject",
    "date",
    "message-id",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
    "content-disposition",
    "content-id",
];

impl MailMessage {
    /// The bytes that go over the wire, CRLF at every line end. The same message gives the same bytes.
    ///
    /// # Errors
    /// An address, header name, message id, content id or media type that is none.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        check_id("Message-ID", &self.message_id)?;
        let mut builder = Message::builder()
            .from(self.from.to_lettre("From")?)
            .to(self.to.to_lettre("To")?)
            .raw_header(unstructured(HeaderName::new_from_ascii_str("Subject"), clean(&self.subject)))
            .message_id(Some(format!("<{}>", self.message_id)))
            .date(system_time(self.date));
        if let Some(reply_to) = &self.reply_to {
            builder = builder.reply_to(reply_to.to_lettre("Reply-To")?);
        }
        for (name, value) in &self.headers {
            builder = builder.raw_header(extra_header(name, value)?);
        }
        let body = self.body()?;
        Ok(builder.multipart(body).map_err(Error::internal)?.formatted())
    }

    fn body(&self) -> Result<MultiPart> {
        let alternative = self
            .container(MultiPart::alternative(), "alternative")
            .singlepart(text_part(ContentType::TEXT_PLAIN, &self.text)?)
            .singlepart(text_part(ContentType::TEXT_HTML, &self.html)?);
        let mut related = self.container(MultiPart::related(), "related").multipart(alternative);
        for image in &self.images {
            check_id("Content-ID", &image.content_id)?;
            let png = content_type("image/png")?;
            let part = lettre::message::Attachment::new_inline_with_name(
                image.content_id.clone(),
                clean_file_name(&image.file_name),
            );
            related = related.singlepart(part.body(binary(&image.png)?, png));
        }
        let mut mixed = self.container(MultiPart::mixed(), "mixed").multipart(related);
        for attachment in &self.attachments {
            let part = lettre::message::Attachment::new(clean_file_name(&attachment.file_name));
            mixed = mixed.singlepart(part.body(binary(&attachment.content)?, content_type(&attachment.content_type)?));
        }
        Ok(mixed)
    }

    /// Neither quoted-printable nor base64 can contain `=_`, so no part can contain the boundary, whatever it says.
    /// The message id in it tells nested messages apart when one is forwarded inside another.
    fn container(&self, builder: MultiPartBuilder, name: &str) -> MultiPartBuilder {
        builder.boundary(format!("=_{name}_{:016x}", fnv1a(self.message_id.as_bytes())))
    }
}

/// Text always goes quoted-printable: short lines, no bare CR or LF, no line that looks like a boundary or a dot.
fn text_part(content_type: ContentType, text: &str) -> Result<SinglePart> {
    // NUL has no place in mail, and a receiver may end the message at it.
    let text = text.replace('\0', "\u{fffd}");
    let body = Body::new_with_encoding(text, ContentTransferEncoding::QuotedPrintable)
        .map_err(|_| Error::internal("text does not go into quoted-printable"))?;
    Ok(SinglePart::builder().header(content_type).body(body))
}

fn binary(content: &[u8]) -> Result<Body> {
    Body::new_with_encoding(content.to_vec(), ContentTransferEncoding::Base64)
        .map_err(|_| Error::internal("bytes do not go into base64"))
}

fn content_type(text: &str) -> Result<ContentType> {
    ContentType::parse(&clean(text)).map_err(|cause| {
        Error::new(ErrorCode::UnsupportedMediaType, format!("\"{}\" is not a media type.", clean(text)))
            .with_internal(cause)
    })
}

fn extra_header(name: &str, value: &str) -> Result<HeaderValue> {
    let refused = |why: &str| Error::internal(format!("header {:?} {why}", clean(name)));
    let token = |byte: u8| byte.is_ascii_graphic() && byte != b':';
    if name.is_empty() || !name.bytes().all(token) {
        return Err(refused("has a name that no header may have"));
    }
    if OWN_HEADERS.iter().any(|own| own.eq_ignore_ascii_case(name)) {
        return Err(refused("is set from the message itself"));
    }
    let name = HeaderName::new_from_ascii(name.to_owned()).map_err(|_| refused("has a name that is too long"))?;
    let value = clean(value);
    // Folding happens at spaces, and a line may have 998 bytes.
    if value.split(' ').any(|word| word.len() > MAX_WORD) {
        return Err(refused("has a word that does not fit on a line"));
    }
    Ok(HeaderValue::new(name, value))
}

/// Bytes of a header's word that can stand unfolded.
const MAX_WORD: usize = 900;

/// A header of free text. A word too long for a line cannot be folded as it is, so it is written as encoded words.
fn unstructured(name: HeaderName, value: String) -> HeaderValue {
    if value.split(' ').all(|word| word.len() <= MAX_WORD) {
        return HeaderValue::new(name, value);
    }
    let mut encoded = String::with_capacity(value.len() * 2);
    let mut rest = value.as_str();
    while !rest.is_empty() {
        // An encoded word has 75 characters at most, and holds whole letters only.
        let end = rest
            .char_indices()
            .map(|(at, c)| at + c.len_utf8())
            .take_while(|end| *end <= 42)
            .last()
            .unwrap_or(rest.len());
        let (chunk, tail) = rest.split_at(end);
        if !encoded.is_empty() {
            encoded.push_str("\r\n ");
        }
        encoded.push_str("=?utf-8?b?");
        encoded.push_str(&BASE64.encode(chunk));
        encoded.push_str("?=");
        rest = tail;
    }
    HeaderValue::dangerous_new_pre_encoded(name, value, encoded)
}

/// Message and content ids stand between angle brackets, unencoded.
fn check_id(field: &str, id: &str) -> Result<()> {
    let fits = id.len() <= 200 && id.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'<' | b'>'));
    if fits && !id.is_empty() { Ok(()) } else { Err(Error::internal(format!("{field} {:?} is no id", clean(id)))) }
}

/// A header value on one line: each run of control characters becomes one space.
fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut in_run = false;
    for c in text.chars() {
        // Line and paragraph separators are line ends to some readers.
        let control = c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
        if !control {
            out.push(c);
        } else if !in_run {
            out.push(' ');
        }
        in_run = control;
    }
    out.trim().to_owned()
}

/// A name that stays a name in the folder where it is saved.
fn clean_file_name(name: &str) -> String {
    let name: String = clean(name)
        .chars()
        .map(|c| if matches!(c, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|') { '-' } else { c })
        // Marks that turn the direction of text can make "exe" read as the start of a name.
        .filter(|c| !matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'))
        .collect();
    let name = name.trim_start_matches('.').trim();
    if name.is_empty() { "attachment".into() } else { name.to_owned() }
}

fn system_time(instant: Instant) -> SystemTime {
    // Mail knows no date before 1970.
    SystemTime::UNIX_EPOCH + Duration::from_millis(u64::try_from(instant.ms()).unwrap_or(0))
}

/// FNV-1a: names the boundary after the message; it guards nothing.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_in_a_header_become_one_space() {
        assert_eq!(clean("Report\r\n\r\nBcc: x@y.example"), "Report Bcc: x@y.example");
        assert_eq!(clean("a\tb\u{2028}c\0d"), "a b c d");
    }

    #[test]
    fn file_names_stay_in_their_folder() {
        assert_eq!(clean_file_name("../../etc/passwd"), "-..-etc-passwd");
        assert_eq!(clean_file_name("Umsätze Q3.xlsx"), "Umsätze Q3.xlsx");
        assert_eq!(clean_file_name("\r\n"), "attachment");
        assert_eq!(clean_file_name("invoice\u{202e}fdp.exe"), "invoicefdp.exe");
    }
}
