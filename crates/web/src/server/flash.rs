//! What just happened, told on the next page. It travels in a cookie that script cannot read and that the next page
//! clears; it names a kind and a record, never words.

use super::Call;
use super::cookies::Cookie;
use super::reply::with_cookie;
use crate::kit::{Flash, Tone, Undo};
use axum::response::Response;
use model::{RecordId, Result};

/// Seconds until an untold flash is forgotten.
const LIFETIME: i64 = 60;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Happened {
    Created(RecordId),
    Saved(RecordId),
    Deleted(RecordId),
    Restored(RecordId),
}

impl Happened {
    fn parse(text: &str) -> Option<Self> {
        let (kind, id) = text.split_once('.')?;
        let id = RecordId::parse(id).ok()?;
        Some(match kind {
            "created" => Self::Created(id),
            "saved" => Self::Saved(id),
            "deleted" => Self::Deleted(id),
            "restored" => Self::Restored(id),
            _ => return None,
        })
    }

    fn text(self) -> String {
        match self {
            Self::Created(id) => format!("created.{id}"),
            Self::Saved(id) => format!("saved.{id}"),
            Self::Deleted(id) => format!("deleted.{id}"),
            Self::Restored(id) => format!("restored.{id}"),
        }
    }

    /// Tells it on the next page.
    ///
    /// # Errors
    /// None in practice: an id is plain text.
    pub(crate) fn tell(self, response: Response, secure: bool) -> Result<Response> {
        with_cookie(response, &Cookie::Flash.set(&self.text(), Some(LIFETIME), secure))
    }
}

/// The flash that the last request left.
pub(crate) fn waiting(call: &Call<'_>) -> Option<Flash> {
    let text = Cookie::Flash.read(&call.visit.headers, call.visit.state.secure_cookies)?;
    let happened = Happened::parse(&text)?;
    let (Happened::Created(id) | Happened::Saved(id) | Happened::Deleted(id) | Happened::Restored(id)) = happened;
    let label = call.ctx.schema().find_by_prefix(id.prefix())?.label().to_owned();
    let flash = |words: &str| Flash::new(Tone::Good, format!("{label} {words}"));
    Some(match happened {
        Happened::Created(_) => flash("created"),
        Happened::Saved(_) => flash("saved"),
        Happened::Restored(_) => flash("restored").link("Open", format!("/r/{id}")),
        Happened::Deleted(_) => flash("deleted").undo(Undo::new(format!("/r/{id}/undelete"), call.csrf)),
    })
}
