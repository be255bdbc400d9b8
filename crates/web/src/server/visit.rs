//! What a page is given: the request, and for signed-in people who they are.

use super::{Params, flash};
use crate::frame;
use crate::kit::{Flash, Header, Page, Shell};
use crate::state::WebState;
use axum::response::Response;
use http::{HeaderMap, header};
use identity::Session;
use maud::{Markup, Render};
use model::{Error, RecordId, Result};
use platform::Ctx;

/// One request, read.
pub(crate) struct Visit {
    pub(crate) state: WebState,
    pub(crate) path: String,
    /// The query as it came, for returning here.
    pub(crate) raw_query: String,
    pub(crate) query: Params,
    pub(crate) form: Params,
    pub(crate) headers: HeaderMap,
    pub(crate) captured: Vec<(String, String)>,
}

impl Visit {
    /// A parameter of the path.
    ///
    /// # Errors
    /// `NOT_FOUND` where the route has none of this name.
    pub(crate) fn captured(&self, name: &str) -> Result<&str> {
        let found = self.captured.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str()).ok_or_else(Error::not_found)
    }

    /// A record id of the path; a malformed one is a page that does not exist.
    ///
    /// # Errors
    /// `NOT_FOUND`.
    pub(crate) fn record_id(&self) -> Result<RecordId> {
        RecordId::parse(self.captured("id")?).map_err(|_| Error::not_found())
    }

    /// Whether the other side reads JSON, not pages.
    pub(crate) fn wants_json(&self) -> bool {
        self.headers
            .get(header::ACCEPT)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|accept| accept.starts_with("application/json"))
    }

    /// The address of this page.
    pub(crate) fn address(&self) -> String {
        if self.raw_query.is_empty() { self.path.clone() } else { format!("{}?{}", self.path, self.raw_query) }
    }
}

/// One request of a signed-in person.
pub(crate) struct Call<'a> {
    pub(crate) visit: &'a Visit,
    pub(crate) ctx: &'a Ctx,
    pub(crate) session: &'a Session,
    /// The anti-forgery token of the session.
    pub(crate) csrf: &'a str,
}

impl Call<'_> {
    pub(crate) fn shell(&self) -> Shell {
        let shell = frame::shell(self);
        match self.flash() {
            Some(flash) => shell.flash(flash),
            None => shell,
        }
    }

    fn flash(&self) -> Option<Flash> {
        flash::waiting(self)
    }

    /// A page in the frame, as wide as the window.
    pub(crate) fn page(&self, title: &str, header: Header, body: Markup) -> Response {
        self.page_as(title, header, body, |page| page)
    }

    /// A page in the frame, shaped by `shape`.
    pub(crate) fn page_as(
        &self,
        title: &str,
        header: Header,
        body: Markup,
        shape: impl for<'p> FnOnce(Page<'p>) -> Page<'p>,
    ) -> Response {
        let shell = self.shell();
        let page = shape(Page::new(&shell, title, body).header(header));
        super::reply::page(page.render())
    }
}
