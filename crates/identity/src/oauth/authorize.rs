//! The authorization request: a program asks, a signed-in user consents, a code goes back to the program's own address.

use super::client::ClientDef;
use super::redirect::with_parameters;
use super::{GrantKind, pkce};
use crate::identities::Identities;
use crate::session::Session;
use crate::sign_in::require_api;
use crate::{audit, token};
use model::{Instant, Result, random_bytes};
use serde::{Deserialize, Serialize};
use store::{Backed as _, ClientGrantKind, ClientGrantRow};

/// What a program asks of a user, as it stands in the address.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuthorizeRequest {
    pub response_type: String,
    pub client_id: String,
    pub redirect_uri: String,
    pub state: Option<String>,
    pub scope: Option<String>,
    pub code_challenge: Option<String>,
    pub code_challenge_method: Option<String>,
    /// How the user is to be asked: `login`, `consent`, `none`, or several of them.
    pub prompt: Option<String>,
    /// Whom the program expects to sign in.
    pub login_hint: Option<String>,
    /// A parameter that is given twice, which makes the whole request void.
    doubled: Option<String>,
}

/// What the user is asked to consent to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    pub client_name: String,
    /// The program stays in until the user or an administrator ends it, not only for one session.
    pub is_lasting: bool,
}

/// Why a request is refused, and to whom that is said.
#[derive(Debug)]
pub enum AuthorizeRefusal {
    /// To the user alone: the program's address cannot be trusted.
    ToUser(String),
    /// To the program, by sending the user to this address.
    ToClient(String),
    /// Something of ours broke.
    Failed(model::Error),
}

impl From<model::Error> for AuthorizeRefusal {
    fn from(error: model::Error) -> Self {
        AuthorizeRefusal::Failed(error)
    }
}

/// What the exchange of a code must bring, and what it gives.
#[derive(Serialize, Deserialize)]
pub(super) struct CodeTerms {
    pub(super) redirect_uri: String,
    pub(super) challenge: Option<String>,
    pub(super) lasting: bool,
}

/// How long a code waits for its exchange.
const CODE_LIFE_MS: i64 = 5 * 60_000;

/// Longest `state` that is carried.
const MAX_STATE: usize = 4_096;

impl AuthorizeRequest {
    /// Reads the decoded pairs of a query.
    pub fn from_query(pairs: &[(String, String)]) -> Self {
        let mut request = Self::default();
        for (at, (name, value)) in pairs.iter().enumerate() {
            let slot = match name.as_str() {
                "response_type" => &mut request.response_type,
                "client_id" => &mut request.client_id,
                "redirect_uri" => &mut request.redirect_uri,
                "state" => request.state.insert(String::new()),
                "scope" => request.scope.insert(String::new()),
                "code_challenge" => request.code_challenge.insert(String::new()),
                "code_challenge_method" => request.code_challenge_method.insert(String::new()),
                "prompt" => request.prompt.insert(String::new()),
                "login_hint" => request.login_hint.insert(String::new()),
                _ => continue,
            };
            slot.clone_from(value);
            if pairs[..at].iter().any(|(before, _)| before == name) {
                request.doubled = Some(name.clone());
            }
        }
        request
    }

    fn refused(&self, error: &str, description: &str) -> AuthorizeRefusal {
        let mut parameters = vec![("error", error), ("error_description", description)];
        parameters.extend(self.state.as_deref().map(|state| ("state", state)));
        AuthorizeRefusal::ToClient(with_parameters(&self.redirect_uri, &parameters))
    }

    /// Whether somebody must sign in anew, whoever is signed in.
    pub fn wants_sign_in(&self) -> bool {
        self.has_prompt("login") || self.has_prompt("select_account")
    }

    /// Whether nothing may be shown: the program asks for an answer at once.
    pub fn wants_no_page(&self) -> bool {
        self.has_prompt("none")
    }

    fn has_prompt(&self, wanted: &str) -> bool {
        self.prompt.as_deref().is_some_and(|prompt| prompt.split_whitespace().any(|word| word == wanted))
    }

    /// Whether the program asks to stay: always, unless it names scopes and none of them says so.
    fn wants_to_stay(&self) -> bool {
        let Some(scope) = self.scope.as_deref().filter(|scope| !scope.trim().is_empty()) else { return true };
        scope.split_whitespace().any(|scope| matches!(scope, "refresh_token" | "offline_access" | "full"))
    }
}

impl Identities {
    /// Checks what a program asks of the user at work, before the user is asked.
    ///
    /// # Errors
    /// See [`AuthorizeRefusal`].
    pub fn authorize_check(
        &self,
        session: &Session,
        request: &AuthorizeRequest,
    ) -> std::result::Result<Consent, AuthorizeRefusal> {
        let client = checked(session, request)?;
        let is_lasting = client.allows(GrantKind::RefreshToken) && request.wants_to_stay();
        Ok(Consent { client_name: client.name, is_lasting })
    }

    /// The user consents: the address that takes the code to the program.
    ///
    /// # Errors
    /// See [`AuthorizeRefusal`].
    pub fn authorize_grant(
        &self,
        session: &Session,
        request: &AuthorizeRequest,
    ) -> std::result::Result<String, AuthorizeRefusal> {
        let Consent { is_lasting, .. } = self.authorize_check(session, request)?;
        let code = issue_code(session, request, is_lasting)?;
        let mut parameters = vec![("code", code.as_str())];
        parameters.extend(request.state.as_deref().map(|state| ("state", state)));
        Ok(with_parameters(&request.redirect_uri, &parameters))
    }

    /// The user declines: the address that tells the program so.
    ///
    /// # Errors
    /// See [`AuthorizeRefusal`].
    pub fn authorize_decline(
        &self,
        session: &Session,
        request: &AuthorizeRequest,
    ) -> std::result::Result<String, AuthorizeRefusal> {
        checked(session, request)?;
        match request.refused("access_denied", "the user declined") {
            AuthorizeRefusal::ToClient(address) => Ok(address),
            other => Err(other),
        }
    }
}

impl Identities {
    /// The answer to a program that wants none of the pages shown while nobody is signed in: the address that tells it
    /// to have the user sign in.
    ///
    /// # Errors
    /// `ToUser` for a client or an address that no org knows.
    pub fn authorize_without_sign_in(
        &self,
        request: &AuthorizeRequest,
    ) -> std::result::Result<String, AuthorizeRefusal> {
        let inner = self.inner();
        for org in inner.directory.orgs_of_client(&inner.platform, &request.client_id)? {
            let Some(client) = ClientDef::find(&org, &request.client_id)? else { continue };
            if trusted(&client, request).is_ok()
                && let AuthorizeRefusal::ToClient(address) = request.refused("login_required", "nobody is signed in")
            {
                return Ok(address);
            }
        }
        Err(AuthorizeRefusal::ToUser(
            "This program, or the address that it wants the answer at, is not known here.".to_owned(),
        ))
    }

    /// The answer to a signed-in user's program that wants no page shown: consent is never given unseen.
    ///
    /// # Errors
    /// See [`AuthorizeRefusal`].
    pub fn authorize_without_page(
        &self,
        session: &Session,
        request: &AuthorizeRequest,
    ) -> std::result::Result<String, AuthorizeRefusal> {
        checked(session, request)?;
        match request.refused("consent_required", "the user must be asked for consent") {
            AuthorizeRefusal::ToClient(address) => Ok(address),
            other => Err(other),
        }
    }
}

/// Whether an answer may go to the address of a request at all.
fn trusted(client: &ClientDef, request: &AuthorizeRequest) -> std::result::Result<(), AuthorizeRefusal> {
    let to_user = |text: &str| Err(AuthorizeRefusal::ToUser(text.to_owned()));
    if let Some(name) = &request.doubled {
        return to_user(&format!("The program's request names {name} twice. Tell whoever makes the program."));
    }
    // Character by character: anything cleverer has been used to send codes astray.
    if !client.redirect_uris.contains(&request.redirect_uri) {
        return to_user(
            "The program wants the answer at an address that is not registered for it. Ask your administrator.",
        );
    }
    if request.state.as_ref().is_some_and(|state| state.len() > MAX_STATE) {
        return to_user("The program's request is too long. Tell whoever makes the program.");
    }
    Ok(())
}

fn checked(session: &Session, request: &AuthorizeRequest) -> std::result::Result<ClientDef, AuthorizeRefusal> {
    let Some(client) = ClientDef::find(session.ctx.org(), &request.client_id)? else {
        let words = "This program is not known here. Ask your administrator to register it.";
        return Err(AuthorizeRefusal::ToUser(words.to_owned()));
    };
    trusted(&client, request)?;
    if !client.allows(GrantKind::AuthorizationCode) {
        return Err(request.refused("unauthorized_client", "the client is not registered for this grant type"));
    }
    if request.response_type != "code" {
        return Err(request.refused("unsupported_response_type", "response_type must be code"));
    }
    // Clients of Salesforce leave the method out and mean S256.
    if request.code_challenge_method.as_deref().is_some_and(|method| method != "S256") {
        return Err(request.refused("invalid_request", "code_challenge_method must be S256"));
    }
    match request.code_challenge.as_deref() {
        Some(challenge) if !pkce::is_challenge(challenge) => {
            return Err(request.refused("invalid_request", "code_challenge is not an S256 challenge"));
        }
        None if client.is_public() => return Err(request.refused("invalid_request", "code_challenge is missing")),
        _ => {}
    }
    if require_api(&session.ctx).is_err() {
        return Err(request.refused("access_denied", "the API is not enabled for this user"));
    }
    Ok(client)
}

fn issue_code(session: &Session, request: &AuthorizeRequest, lasting: bool) -> Result<String> {
    let ctx = &session.ctx;
    let org = ctx.org();
    let code = token::bearer(org.id(), org.entropy());
    let terms =
        CodeTerms { redirect_uri: request.redirect_uri.clone(), challenge: request.code_challenge.clone(), lasting };
    let now = org.now();
    let row = ClientGrantRow {
        token_hash: token::hash(org.store().keyring(), token::TokenUse::Grant, &code)?,
        kind: ClientGrantKind::Code,
        user: ctx.user().id,
        client: request.client_id.clone(),
        family: hex::encode(random_bytes::<16>(org.entropy())),
        created: now,
        expires: now.plus_ms(CODE_LIFE_MS),
        used: Instant::from_ms(0),
        spent: false,
        terms: serde_json::to_string(&terms).map_err(model::Error::internal)?,
    };
    org.store().write(|tx| {
        tx.client_grants_close_expired_of(row.user)?;
        tx.client_grant_put(&row)?;
        let detail = serde_json::json!({ "client": row.client, "lasting": lasting });
        audit::write(tx, ctx, "consent_give", row.user, &detail)
    })?;
    Ok(code)
}
