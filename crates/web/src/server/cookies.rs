//! Cookies: the session, the anti-forgery token of the sign-in form, and what just happened.

use http::{HeaderMap, header};

/// Which of the interface's cookies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cookie {
    Session,
    /// Ties the sign-in form to the browser that asked for it.
    Visitor,
    Flash,
}

impl Cookie {
    /// The name; under HTTPS with the prefix that browsers protect.
    pub(crate) fn name(self, secure: bool) -> &'static str {
        match (self, secure) {
            (Self::Session, true) => "__Host-holdfast",
            (Self::Session, false) => "holdfast",
            (Self::Visitor, true) => "__Host-holdfast-visitor",
            (Self::Visitor, false) => "holdfast-visitor",
            (Self::Flash, true) => "__Host-holdfast-flash",
            (Self::Flash, false) => "holdfast-flash",
        }
    }

    /// The value that the browser sent.
    pub(crate) fn read(self, headers: &HeaderMap, secure: bool) -> Option<String> {
        let name = self.name(secure);
        headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value.to_owned())
    }

    /// The line that sets it; `value` holds no separators. Without `max_age` it ends with the browser.
    pub(crate) fn set(self, value: &str, max_age: Option<i64>, secure: bool) -> String {
        let mut line = format!("{}={value}; Path=/; HttpOnly; SameSite=Lax", self.name(secure));
        if let Some(seconds) = max_age {
            line.push_str(&format!("; Max-Age={seconds}"));
        }
        if secure {
            line.push_str("; Secure");
        }
        line
    }

    pub(crate) fn clear(self, secure: bool) -> String {
        self.set("", Some(0), secure)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_among_others_by_its_whole_name() {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, "x-holdfast=1; holdfast-flash=2; holdfast=3".parse().expect("a value"));
        assert_eq!(Cookie::Session.read(&headers, false).as_deref(), Some("3"));
        assert_eq!(Cookie::Session.read(&headers, true), None);
    }

    #[test]
    fn a_secure_cookie_has_everything_its_prefix_demands() {
        let line = Cookie::Session.set("t", None, true);
        assert_eq!(line, "__Host-holdfast=t; Path=/; HttpOnly; SameSite=Lax; Secure");
    }
}
