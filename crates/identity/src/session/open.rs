//! Opening a session.

use super::{expiry, kind_name};
use crate::identities::Identities;
use crate::sign_in::require_api;
use crate::{audit, token};
use model::{Error, ErrorCode, Instant, RecordId, Result, Value};
use platform::{Ctx, Org, SIGN_IN};
use policy::{WriteRequest, WriteVerb, authorize_write};
use std::net::IpAddr;
use std::sync::Arc;
use store::{Backed as _, SessionKind, SessionRow, WriteTx};

/// A session just opened. Its token is shown here once and kept nowhere.
pub struct Opened {
    pub token: String,
    /// Expected back with every form of a browser session.
    pub csrf: String,
    pub org: Arc<Org>,
    pub user: RecordId,
    pub expires: Instant,
}

impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opened").field("user", &self.user).field("expires", &self.expires).finish_non_exhaustive()
    }
}

/// Longest name of a client that a session keeps.
const MAX_CLIENT: usize = 200;

/// # Errors
/// `STRING_TOO_LONG` for a client's name that no session keeps.
pub(crate) fn check_client(client: &str) -> Result<()> {
    if client.len() <= MAX_CLIENT {
        return Ok(());
    }
    Err(Error::new(
        ErrorCode::StringTooLong,
        format!("The name of the client is longer than {MAX_CLIENT} bytes; use a shorter one."),
    ))
}

impl Identities {
    /// Opens a session for a user whom the caller vouches for: the operator's command line, a demo.
    ///
    /// # Errors
    /// `INVALID_SESSION_ID` for a user who is not there or inactive; `API_DISABLED_FOR_ORG` for an API session of one
    /// who may not use the API.
    pub fn open_session(&self, org: &Arc<Org>, user: RecordId, kind: SessionKind, client: &str) -> Result<Opened> {
        let ctx = Ctx::for_user(org, user)?;
        self.open_proven(&ctx, kind, client, "vouched for")
    }
}

impl Identities {
    pub(crate) fn open_proven(&self, ctx: &Ctx, kind: SessionKind, client: &str, proof: &str) -> Result<Opened> {
        let opening = Opening::new(self, ctx, kind, client)?;
        ctx.org().store().write(|tx| opening.open(tx, proof))?;
        Ok(opening.into_opened())
    }
}

/// A session about to be opened for a user who was proven.
pub(crate) struct Opening<'a> {
    ctx: &'a Ctx,
    token: String,
    row: SessionRow,
    address: Option<IpAddr>,
}

impl<'a> Opening<'a> {
    /// # Errors
    /// `API_DISABLED_FOR_ORG` for an API session of a user who may not use the API.
    pub(crate) fn new(identities: &Identities, ctx: &'a Ctx, kind: SessionKind, client: &str) -> Result<Self> {
        if kind == SessionKind::Api {
            require_api(ctx)?;
        }
        check_client(client)?;
        let org = ctx.org();
        let token = token::bearer(org.id(), org.entropy());
        let now = org.now();
        let row = SessionRow {
            token_hash: token::hash(org.store().keyring(), token::TokenUse::Session, &token)?,
            user: ctx.user().id,
            kind,
            client: client.to_owned(),
            created: now,
            expires: expiry(&identities.config().sessions, kind, now, now),
            used: now,
            csrf: token::random_text(org.entropy()),
        };
        Ok(Self { ctx, token, row, address: identities.address() })
    }

    /// Writes the session, its audit row and the user's last sign-in; sweeps out the user's expired sessions.
    ///
    /// # Errors
    /// What the database reports.
    pub(crate) fn open(&self, tx: &mut WriteTx<'_>, proof: &str) -> Result<()> {
        tx.sessions_close_expired_of(self.row.user)?;
        tx.session_open(&self.row)?;
        note_sign_in(tx, self.ctx)?;
        let detail = serde_json::json!({
            "proof": proof,
            "kind": kind_name(self.row.kind),
            "client": self.row.client,
        });
        audit::write(tx, self.ctx, "session_open", self.row.user, &audit::with_address(detail, self.address))
    }

    pub(crate) fn into_opened(self) -> Opened {
        tracing::debug!(org = %self.ctx.org().id(), user = %self.row.user, kind = kind_name(self.row.kind), "session opened");
        Opened {
            token: self.token,
            csrf: self.row.csrf,
            org: self.ctx.org().clone(),
            user: self.row.user,
            expires: self.row.expires,
        }
    }
}

/// Stamps the user's last sign-in. It is no change that anybody made to the user, so no other stamp moves.
fn note_sign_in(tx: &mut WriteTx<'_>, ctx: &Ctx) -> Result<()> {
    let service = Ctx::for_service(ctx.org(), &SIGN_IN)?;
    let schema = service.schema().clone();
    let Some(object) = schema.find_object("User") else { return Ok(()) };
    let Some(field) = object.find_field("LastLoginDate") else { return Ok(()) };
    let request = WriteRequest {
        schema: schema.clone(),
        object: object.ix,
        verb: WriteVerb::Edit,
        fields: Vec::new(),
        derived: vec![field.ix],
    };
    let write = authorize_write(service.identity(), request)?;
    let now = Value::DateTime(tx.now());
    tx.update(&write, &[field.ix], &[(ctx.user().id, vec![&now])])
}
