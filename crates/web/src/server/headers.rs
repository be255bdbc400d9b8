//! The headers that every reply carries.

use axum::response::Response;
use http::{HeaderName, HeaderValue, header};

/// What pages may load and where they may send: this origin alone, and nothing inline.
pub(crate) const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                                 connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// [`POLICY`] for the page that shows a message in a frame of this origin.
pub(crate) const POLICY_WITH_FRAME: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
                                            img-src 'self' data:; connect-src 'self'; form-action 'self'; \
                                            base-uri 'none'; frame-ancestors 'none'; frame-src 'self'";

/// [`POLICY`] for the page whose form is answered by sending the browser on to a program.
pub(crate) fn policy_leading_to(program: &str) -> String {
    POLICY.replace("form-action 'self'", &format!("form-action 'self' {program}"))
}

/// For the HTML of a message, which others wrote: it runs nothing, loads nothing, and sends nothing.
pub(crate) const POLICY_OF_MAIL: &str = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; sandbox; \
                                         form-action 'none'; base-uri 'none'; frame-ancestors 'self'";

/// Completes a reply. What a page set itself stays.
pub(crate) fn complete(response: &mut Response, secure: bool) {
    let headers = response.headers_mut();
    let mut put = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert_with(|| HeaderValue::from_static(value));
    };
    put(header::CONTENT_SECURITY_POLICY, POLICY);
    put(header::X_FRAME_OPTIONS, "DENY");
    put(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    put(header::REFERRER_POLICY, "same-origin");
    put(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    put(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    put(HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()");
    // Pages show records: nothing of them stays in a shared cache or on a disk.
    put(header::CACHE_CONTROL, "no-store");
    if secure {
        put(header::STRICT_TRANSPORT_SECURITY, "max-age=63072000");
    }
}
