//! Addresses to which a code may be sent, and how it is put into one.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// An absolute address to which a code may travel: https, http on the person's own machine, or a program's own scheme
/// in the form of a reversed domain name, which no browser runs as a script.
pub(super) fn is_safe(uri: &str) -> bool {
    if uri.contains('#') || uri.contains('\\') || uri.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return false;
    }
    let Some((scheme, rest)) = uri.split_once(':') else { return false };
    match scheme {
        "https" => rest.strip_prefix("//").is_some_and(|rest| host(rest).is_some_and(|host| !host.is_empty())),
        "http" => rest
            .strip_prefix("//")
            .and_then(host)
            .is_some_and(|host| matches!(host, "localhost" | "127.0.0.1" | "[::1]")),
        own => own.contains('.') && own.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".+-".contains(&byte)),
    }
}

/// The host of `host:port/path?query`; none when a user name stands before it.
fn host(rest: &str) -> Option<&str> {
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    if authority.contains('@') {
        return None;
    }
    match authority.rfind(':') {
        Some(colon) if !authority.ends_with(']') => Some(&authority[..colon]),
        _ => Some(authority),
    }
}

/// What stays as it is in a query: the unreserved characters of RFC 3986.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// `uri` with parameters in its query.
pub(super) fn with_parameters(uri: &str, parameters: &[(&str, &str)]) -> String {
    let mut out = uri.to_owned();
    for (name, value) in parameters {
        out.push(if out.contains('?') { '&' } else { '?' });
        out.push_str(name);
        out.push('=');
        out.extend(utf8_percent_encode(value, KEPT));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{is_safe, with_parameters};

    #[test]
    fn parameters_join_the_query_that_is_there_and_carry_any_text() {
        assert_eq!(
            with_parameters("https://a/b", &[("code", "x!y"), ("state", "a&b=c d")]),
            "https://a/b?code=x%21y&state=a%26b%3Dc%20d"
        );
        assert_eq!(with_parameters("https://a/b?q=1", &[("code", "x")]), "https://a/b?q=1&code=x");
    }

    #[test]
    fn codes_travel_only_over_safe_addresses() {
        for good in [
            "https://app.example/callback",
            "https://app.example:8443/cb?x=1",
            "http://localhost:1717/OauthRedirect",
            "http://127.0.0.1/cb",
            "http://[::1]:80/cb",
            "com.example.app:/callback",
        ] {
            assert!(is_safe(good), "{good} was refused");
        }
        for bad in [
            "",
            "https://",
            "https:app.example",
            "http://app.example/cb",
            "http://localhost.evil.example/cb",
            "http://localhost@evil.example/cb",
            "https://app.example/cb#frag",
            "https://app.example\\@evil.example",
            "javascript:alert(1)",
            "data:text/html,x",
            "/relative",
            "https://app.example/a b",
        ] {
            assert!(!is_safe(bad), "{bad} was accepted");
        }
    }
}
