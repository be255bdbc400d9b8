//! Conditions of a request: what the caller has seen, told by `ETag` or date, and whether it is still so.
//!
//! The tag of a record names its last change and what was shown of it. A read compares the whole tag; a write compares
//! the change alone, since it does not matter which fields its caller looked at.

use crate::call::Call;
use crate::reply::Reply;
use axum::http::StatusCode;
use axum::http::header::{ETAG, LAST_MODIFIED};
use model::{Error, ErrorCode, Instant, Result};
use std::hash::{DefaultHasher, Hasher};

/// A record as it was shown, or a description of metadata, which tells no date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Version {
    changed: Option<Instant>,
    shown: u64,
}

impl Version {
    pub(crate) fn of(changed: Option<Instant>, body: &str) -> Self {
        let mut hasher = DefaultHasher::new();
        hasher.write(body.as_bytes());
        Self { changed, shown: hasher.finish() }
    }

    fn tag(self) -> String {
        format!("\"{:x}-{:016x}\"", self.changed.map_or(0, Instant::ms), self.shown)
    }
}

/// A reply that says which version it shows, or that the caller has it already.
///
/// # Errors
/// `PRECONDITION_FAILED` where the caller asked for another version; `INVALID_FIELD` for a header that is no date.
pub(crate) fn answer(call: &Call, version: Version, body: String) -> Result<Reply> {
    let tag = version.tag();
    if let Some(wanted) = call.header("if-match").filter(|wanted| !matches(wanted, &tag)) {
        return Err(changed(wanted));
    }
    if let (Some(text), Some(at)) = (call.header("if-unmodified-since"), version.changed)
        && at > second_of("If-Unmodified-Since", text)?
    {
        return Err(changed(text));
    }
    // A tag says more than a date: with one, the date is not looked at.
    let known = match (call.header("if-none-match"), call.header("if-modified-since"), version.changed) {
        (Some(known), ..) => matches(known, &tag),
        (None, Some(text), Some(at)) => at <= second_of("If-Modified-Since", text)?,
        _ => false,
    };
    let reply = if known { Reply::empty().status(StatusCode::NOT_MODIFIED) } else { Reply::json_text(body) };
    let reply = reply.header(ETAG, tag);
    let printer = jiff::fmt::rfc2822::DateTimePrinter::new();
    match version.changed.and_then(|at| printer.timestamp_to_rfc9110_string(&at.to_timestamp()).ok()) {
        Some(date) => Ok(reply.header(LAST_MODIFIED, date)),
        None => Ok(reply),
    }
}

/// The instant after which nobody may have changed the record that a write is for.
///
/// # Errors
/// `INVALID_FIELD` for a header that is no date, `PRECONDITION_FAILED` for a tag that was never given.
pub(crate) fn unmodified_since(call: &Call) -> Result<Option<Instant>> {
    let by_date = match call.header("if-unmodified-since") {
        Some(text) => Some(second_of("If-Unmodified-Since", text)?),
        None => None,
    };
    let by_tag = match call.header("if-match").filter(|wanted| wanted.trim() != "*") {
        // Of several versions that are welcome the newest decides: an older one was replaced by it.
        Some(wanted) => Some(tags(wanted).filter_map(change_of).max().ok_or_else(|| changed(wanted))?),
        None => None,
    };
    Ok([by_date, by_tag].into_iter().flatten().min())
}

/// A date in a header counts whole seconds: what was written within the last of them was there when it was read.
fn second_of(name: &str, text: &str) -> Result<Instant> {
    let date = jiff::fmt::rfc2822::parse(text).map_err(|_| {
        let shown: String = text.chars().take(80).collect();
        let message = format!("{name}: {shown} is no date such as Sat, 21 Nov 2026 08:21:19 GMT.");
        Error::new(ErrorCode::InvalidField, message)
    })?;
    Ok(Instant::from_timestamp(date.timestamp()).plus_ms(999))
}

/// A proxy that compresses may have marked a tag as weak.
fn tags(list: &str) -> impl Iterator<Item = &str> {
    list.split(',').map(|tag| tag.trim().trim_start_matches("W/"))
}

fn matches(list: &str, tag: &str) -> bool {
    list.trim() == "*" || tags(list).any(|known| known == tag)
}

fn change_of(tag: &str) -> Option<Instant> {
    let (changed, _) = tag.trim_matches('"').split_once('-')?;
    i64::from_str_radix(changed, 16).ok().filter(|ms| *ms > 0).map(Instant::from_ms)
}

fn changed(wanted: &str) -> Error {
    let shown: String = wanted.chars().take(80).collect();
    let message = format!("The resource is not as it was in the version {shown}. Read it again and repeat your call.");
    Error::new(ErrorCode::PreconditionFailed, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_names_the_change_and_what_was_shown() {
        let at = Instant::from_ms(1_795_249_279_123);
        let (one, other) = (Version::of(Some(at), "{}").tag(), Version::of(Some(at), "{\"a\":1}").tag());
        assert_ne!(one, other);
        assert_eq!((change_of(&one), change_of(&other)), (Some(at), Some(at)));
        assert!(matches("*", &one) && matches(&format!("{other}, W/{one}"), &one) && !matches(&other, &one));
        for broken in ["\"\"", "x", "\"-1\"", "\"0-0000000000000000\"", "\"zz-1\""] {
            assert_eq!(change_of(broken), None, "{broken}");
        }
    }
}
