//! Somebody without a browser: requests straight into the router.

use crate::world::World;
use axum::body::{Body, to_bytes};
use axum::response::Response;
use http::{HeaderMap, Request, StatusCode, header};
use model::RecordId;
use tower::ServiceExt as _;

pub(crate) struct Visitor {
    router: axum::Router,
    runtime: tokio::runtime::Runtime,
    cookie: String,
    pub(crate) csrf: String,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn location(&self) -> &str {
        self.header("location")
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

impl Visitor {
    pub(crate) fn anonymous(world: &World) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        Self { router: web::router(world.state.clone()), runtime, cookie: String::new(), csrf: String::new() }
    }

    pub(crate) fn signed_in(world: &World, user: RecordId) -> Self {
        let (token, csrf) = world.session(user);
        Self { cookie: format!("holdfast={token}"), csrf, ..Self::anonymous(world) }
    }

    pub(crate) fn get(&self, address: &str) -> Answer {
        self.send(Request::get(address), Body::empty())
    }

    /// Sends a form with the session's anti-forgery token.
    pub(crate) fn post(&self, address: &str, fields: &[(&str, &str)]) -> Answer {
        let token = [("csrf_token", self.csrf.as_str())];
        self.post_as_is(address, &[&token[..], fields].concat())
    }

    /// Sends a form with nothing added.
    pub(crate) fn post_as_is(&self, address: &str, fields: &[(&str, &str)]) -> Answer {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(fields);
        let request = Request::post(address).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request, Body::from(form.finish()))
    }

    pub(crate) fn with_cookie(&mut self, cookie: &str) {
        cookie.clone_into(&mut self.cookie);
    }

    pub(crate) fn send(&self, request: http::request::Builder, body: Body) -> Answer {
        let request = if self.cookie.is_empty() { request } else { request.header(header::COOKIE, &self.cookie) };
        let request = request.body(body).expect("a request");
        self.runtime.block_on(async {
            let response: Response = self.router.clone().oneshot(request).await.expect("the router never fails");
            let (parts, body) = response.into_parts();
            let bytes = to_bytes(body, usize::MAX).await.expect("a body");
            Answer { status: parts.status, headers: parts.headers, text: String::from_utf8_lossy(&bytes).into_owned() }
        })
    }
}
