//! What somebody decides of a webhook, checked.

use crate::changes::ChangeType;
use crate::ctx::Ctx;
use model::{Error, ErrorCode, Result};
use std::net::IpAddr;
use store::WebhookTerms;
use url::{Host, Url};

const NAME_CHARS: usize = 80;
const URL_BYTES: usize = 1_000;
const MOST_OBJECTS: usize = 100;

/// A webhook to be made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewWebhook {
    pub name: String,
    pub url: String,
    /// Names of objects; none for all that one may follow.
    pub objects: Vec<String>,
    /// CREATE, UPDATE, DELETE, UNDELETE; none for all.
    pub kinds: Vec<String>,
}

/// What is to be different of a webhook.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WebhookChange {
    pub name: Option<String>,
    pub url: Option<String>,
    pub objects: Option<Vec<String>>,
    pub kinds: Option<Vec<String>>,
}

fn refuse(field: &str, rule: impl std::fmt::Display) -> Error {
    Error::new(ErrorCode::FieldIntegrityException, format!("{field}: {rule}")).with_field(field)
}

pub(super) fn split(text: &str) -> Vec<String> {
    text.split(',').filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// Checks what somebody wants, as whom it will be told.
///
/// # Errors
/// `REQUIRED_FIELD_MISSING`, `STRING_TOO_LONG`, `FIELD_INTEGRITY_EXCEPTION` naming the field; `NOT_FOUND` and
/// `INVALID_TYPE` for an object that cannot be followed.
pub(super) fn checked(ctx: &Ctx, new: NewWebhook) -> Result<WebhookTerms> {
    let run_as = ctx.user_id().ok_or_else(|| Error::internal("a webhook needs a user to act as"))?;
    let name = new.name.trim().to_owned();
    for (field, value) in [("name", name.as_str()), ("url", new.url.trim())] {
        if value.is_empty() {
            let message = format!("Required fields are missing: [{field}]");
            return Err(Error::new(ErrorCode::RequiredFieldMissing, message).with_field(field));
        }
    }
    if name.chars().count() > NAME_CHARS {
        let message = format!("name: at most {NAME_CHARS} characters.");
        return Err(Error::new(ErrorCode::StringTooLong, message).with_field("name"));
    }
    if name.chars().any(char::is_control) {
        return Err(refuse("name", "a name has no line breaks and no control characters."));
    }
    let url = address(new.url.trim())?;
    if new.objects.len() > MOST_OBJECTS {
        return Err(refuse("objects", format!("at most {MOST_OBJECTS} objects; none for all that you may follow.")));
    }
    ctx.changes_followable(&new.objects)?;
    let mut objects = Vec::new();
    for name in &new.objects {
        let name = ctx.object(name)?.name().to_owned();
        if !objects.contains(&name) {
            objects.push(name);
        }
    }
    let mut kinds = Vec::new();
    for kind in &new.kinds {
        let known = ChangeType::ALL.iter().map(|kind| kind.as_str()).find(|known| known.eq_ignore_ascii_case(kind));
        let Some(known) = known else {
            let shown: String = kind.chars().take(40).collect();
            return Err(refuse("changeTypes", format!("{shown} is none of CREATE, UPDATE, DELETE, UNDELETE.")));
        };
        if !kinds.contains(&known) {
            kinds.push(known);
        }
    }
    Ok(WebhookTerms { name, url, objects: objects.join(","), kinds: kinds.join(","), run_as })
}

/// Of an address what may be known to all who read logs: whatever stands behind the host can be a key to it.
pub(super) fn origin(address: &str) -> String {
    Url::parse(address).map(|url| url.origin().ascii_serialization()).unwrap_or_default()
}

/// An address as it is kept. Whether it may be reached is judged by what its name stands for, each time it is.
fn address(text: &str) -> Result<String> {
    if text.len() > URL_BYTES {
        return Err(Error::new(ErrorCode::StringTooLong, format!("url: at most {URL_BYTES} bytes.")).with_field("url"));
    }
    let url = Url::parse(text).map_err(|_| refuse("url", "it looks like https://hooks.example.com/changes."))?;
    let is_local = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
        None => return Err(refuse("url", "it names no host.")),
    };
    match url.scheme() {
        "https" => {}
        "http" if is_local => {}
        _ => {
            let rule =
                "use an https address. Only one on the server's own machine may be http, where its operator allows it.";
            return Err(refuse("url", rule));
        }
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(refuse("url", "no user name and no password: whoever receives a message checks its signature."));
    }
    if url.fragment().is_some() {
        return Err(refuse("url", "the part behind # is never sent; leave it out."));
    }
    Ok(url.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_an_address_with_keys_in_it_the_host_alone_is_told() {
        assert_eq!(origin("https://hooks.example.com/services/T0/B1?token=x"), "https://hooks.example.com");
        assert_eq!(origin("https://hooks.example.com:8443/a"), "https://hooks.example.com:8443");
        assert_eq!(origin("http://[::1]:9/a"), "http://[::1]:9");
    }

    #[test]
    fn an_address_is_https_with_a_host_and_nothing_secret_in_it() {
        for (text, kept) in [
            ("https://hooks.example.com", "https://hooks.example.com/"),
            ("HTTPS://Hooks.Example.com:8443/a?b=c", "https://hooks.example.com:8443/a?b=c"),
            ("http://127.0.0.1:9000/x", "http://127.0.0.1:9000/x"),
            ("http://localhost/x", "http://localhost/x"),
            ("http://[::1]/x", "http://[::1]/x"),
        ] {
            assert_eq!(address(text).expect(text), kept);
        }
        for text in [
            "hooks.example.com",
            "http://hooks.example.com/",
            "http://127.0.0.1.example.com/",
            "http://10.0.0.1/",
            "ftp://hooks.example.com/",
            "file:///etc/passwd",
            "gopher://127.0.0.1/",
            "https://user:word@hooks.example.com/",
            "https://user@hooks.example.com/",
            "https://hooks.example.com/#part",
            "https://",
        ] {
            assert_eq!(address(text).expect_err(text).code(), ErrorCode::FieldIntegrityException, "{text}");
        }
        let long = format!("https://hooks.example.com/{}", "a".repeat(URL_BYTES));
        assert_eq!(address(&long).expect_err("long").code(), ErrorCode::StringTooLong);
    }
}
