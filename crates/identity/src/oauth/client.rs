//! OAuth clients: programs that an administrator let in, with what each may ask for.

use super::{GrantKind, OAuthError};
use crate::identities::Identities;
use crate::token;
use model::{Error, Instant, RecordId, Result};
use platform::Org;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;
use store::Backed as _;
use subtle::ConstantTimeEq as _;

/// A client to be registered, in place of any of the same id.
#[derive(Clone, PartialEq, Eq)]
pub struct NewClient {
    /// Letters, digits and `. _ ~ -`.
    pub client_id: String,
    pub name: String,
    /// None for a public client, which cannot keep one.
    pub secret: Option<String>,
    /// Compared character by character.
    pub redirect_uris: Vec<String>,
    /// The user that the client acts as by itself (client credentials).
    pub run_as: Option<RecordId>,
    pub grants: Vec<GrantKind>,
}

impl fmt::Debug for NewClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewClient")
            .field("client_id", &self.client_id)
            .field("grants", &self.grants)
            .finish_non_exhaustive()
    }
}

/// A registered client as a page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientSummary {
    pub client_id: String,
    pub name: String,
    pub is_public: bool,
    pub redirect_uris: Vec<String>,
    pub run_as: Option<RecordId>,
    pub grants: Vec<GrantKind>,
    /// Each use of a refresh token replaces it by a new one.
    pub rotates: bool,
    /// It may let its user's browser in.
    pub opens_pages: bool,
    pub created: Instant,
}

/// A client as the org keeps it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct ClientDef {
    pub(super) name: String,
    /// Keyed hash, in hexadecimal.
    pub(super) secret_hash: Option<String>,
    pub(super) redirect_uris: Vec<String>,
    pub(super) run_as: Option<RecordId>,
    pub(super) grants: Vec<GrantKind>,
    pub(super) created: Instant,
    /// Each use of a refresh token replaces it by a new one.
    #[serde(default)]
    pub(super) rotates: bool,
    /// It may let its user's browser in.
    #[serde(default)]
    pub(super) opens_pages: bool,
    /// Whose assertions it may bring (JWT bearer).
    #[serde(default)]
    pub(super) assertions: Option<AssertionTrust>,
}

/// Whose signature counts, and for which users.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct AssertionTrust {
    /// X.509, DER in base64.
    pub(super) certificate: String,
    pub(super) users: Vec<RecordId>,
}

/// The client id of the Salesforce command line, which every org lets in unless told otherwise.
pub(super) const PLATFORM_CLI: &str = "PlatformCLI";

/// The setting that turns the command line's built-in client off.
pub(super) const PLATFORM_CLI_SETTING: &str = "oauth_platform_cli";

/// The value of [`PLATFORM_CLI_SETTING`] that does.
pub(super) const OFF: &str = "off";

impl ClientDef {
    /// The command line's built-in client: public, and only to this machine's own port.
    fn platform_cli() -> Self {
        Self {
            name: "Salesforce CLI".to_owned(),
            secret_hash: None,
            redirect_uris: vec!["http://localhost:1717/OauthRedirect".to_owned()],
            run_as: None,
            grants: vec![GrantKind::AuthorizationCode, GrantKind::RefreshToken],
            created: Instant::from_ms(0),
            rotates: false,
            opens_pages: true,
            assertions: None,
        }
    }

    /// A client of an org, registered or built in.
    pub(super) fn find(org: &Org, client_id: &str) -> Result<Option<Self>> {
        let (kept, cli) = org.store().read(|tx| Ok((tx.client(client_id)?, tx.setting(PLATFORM_CLI_SETTING)?)))?;
        match kept {
            Some(text) => serde_json::from_str(&text).map(Some).map_err(Error::internal),
            None if client_id == PLATFORM_CLI && cli.as_deref() != Some(OFF) => Ok(Some(Self::platform_cli())),
            None => Ok(None),
        }
    }

    pub(super) fn allows(&self, kind: GrantKind) -> bool {
        self.grants.contains(&kind)
    }

    pub(super) fn is_public(&self) -> bool {
        self.secret_hash.is_none()
    }

    /// Whether the presented secret is this client's; a public client presents none.
    fn is_proven_by(&self, org: &Org, secret: Option<&str>) -> Result<bool> {
        let Some(kept) = &self.secret_hash else { return Ok(secret.is_none_or(str::is_empty)) };
        let given = token::hash(org.store().keyring(), token::TokenUse::ClientSecret, secret.unwrap_or_default())?;
        Ok(kept.as_bytes().ct_eq(hex::encode(given).as_bytes()).into())
    }
}

/// Whether sessions of this client may let their user's browser in.
///
/// # Errors
/// What the database reports.
pub(crate) fn may_open_pages(org: &Org, client_id: &str) -> Result<bool> {
    Ok(ClientDef::find(org, client_id)?.is_some_and(|client| client.opens_pages))
}

impl Identities {
    /// The orgs in which a client of this id has this secret, with its declaration there.
    pub(super) fn prove_client(
        &self,
        client_id: &str,
        secret: Option<&str>,
    ) -> std::result::Result<Vec<(Arc<Org>, ClientDef)>, OAuthError> {
        let inner = self.inner();
        let mut proven = Vec::new();
        for org in inner.directory.orgs_of_client(&inner.platform, client_id)? {
            let Some(def) = ClientDef::find(&org, client_id)? else { continue };
            if def.is_proven_by(&org, secret)? {
                proven.push((org, def));
            }
        }
        if proven.is_empty() { Err(OAuthError::invalid_client()) } else { Ok(proven) }
    }

    /// The client of this id in one org, when the secret is its own.
    pub(super) fn prove_client_in(
        &self,
        org: &Org,
        client_id: &str,
        secret: Option<&str>,
    ) -> std::result::Result<ClientDef, OAuthError> {
        match ClientDef::find(org, client_id)? {
            Some(def) if def.is_proven_by(org, secret)? => Ok(def),
            _ => Err(OAuthError::invalid_client()),
        }
    }
}
