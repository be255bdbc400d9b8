//! Letting clients in, and putting them out.

use super::GrantKind;
use super::assertion::Certificate;
use super::client::{AssertionTrust, ClientDef, ClientSummary, NewClient, OFF, PLATFORM_CLI, PLATFORM_CLI_SETTING};
use super::redirect::is_safe;
use crate::identities::Identities;
use crate::token;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use model::{Error, ErrorCode, RecordId, Result};
use platform::{Ctx, Org, SIGN_IN};
use std::sync::Arc;
use store::{AuditEntry, Backed as _, WriteTx};

const MIN_SECRET: usize = 16;
const MAX_NAME: usize = 80;
const MAX_ID: usize = 128;
/// What sessions that begin at the sign-in page are opened through; ending a client ends its sessions.
const SIGN_IN_PAGE: &str = "Browser";

impl Identities {
    /// Registers a client. The caller answers for the right to do so.
    ///
    /// # Errors
    /// `FIELD_INTEGRITY_EXCEPTION` naming the field and the rule; `INVALID_SESSION_ID` for a user to run as who is not
    /// there or inactive.
    pub fn client_register(&self, org: &Arc<Org>, new: NewClient) -> Result<()> {
        check(&new)?;
        if let Some(user) = new.run_as {
            Ctx::for_user(org, user)?;
        }
        let keyring = org.store().keyring();
        let secret_hash = match &new.secret {
            Some(secret) => Some(hex::encode(token::hash(keyring, token::TokenUse::ClientSecret, secret)?)),
            None => None,
        };
        let def = ClientDef {
            name: new.name,
            secret_hash,
            redirect_uris: new.redirect_uris,
            run_as: new.run_as,
            grants: new.grants,
            created: org.now(),
            rotates: false,
            opens_pages: false,
            assertions: None,
        };
        let text = serde_json::to_string(&def).map_err(Error::internal)?;
        let service = Ctx::for_service(org, &SIGN_IN)?;
        org.store().write(|tx| {
            tx.client_put(&new.client_id, &text)?;
            let detail = serde_json::json!({
                "client": new.client_id,
                "name": def.name,
                "grants": def.grants,
                "run_as": def.run_as,
                "redirect_uris": def.redirect_uris,
            });
            let entry =
                AuditEntry { action: "client_register", object: "", record: def.run_as, detail: detail.to_string() };
            tx.audit(service.identity(), &entry)
        })?;
        self.inner().directory.forget(org.id());
        Ok(())
    }

    /// The clients of an org, by id.
    ///
    /// # Errors
    /// What the database reports.
    pub fn clients_of(&self, org: &Arc<Org>) -> Result<Vec<ClientSummary>> {
        let kept = org.store().read(|tx| tx.clients())?;
        kept.into_iter()
            .map(|(client_id, text)| {
                let def: ClientDef = serde_json::from_str(&text).map_err(Error::internal)?;
                Ok(ClientSummary {
                    client_id,
                    is_public: def.is_public(),
                    name: def.name,
                    redirect_uris: def.redirect_uris,
                    run_as: def.run_as,
                    grants: def.grants,
                    rotates: def.rotates,
                    opens_pages: def.opens_pages,
                    created: def.created,
                })
            })
            .collect()
    }

    /// Whether each use of a refresh token of this client replaces the token. A replaced one that comes back ends all
    /// that came from the same consent.
    ///
    /// # Errors
    /// `NOT_FOUND` for a client that is not registered.
    pub fn client_rotate_refresh_tokens(&self, org: &Arc<Org>, client_id: &str, rotates: bool) -> Result<()> {
        let detail = serde_json::json!({ "client": client_id, "rotates": rotates });
        self.client_change(org, client_id, &detail, |def| ClientDef { rotates, ..def })
    }

    /// Whether this client may let its users' browsers in, as they themselves.
    ///
    /// # Errors
    /// `NOT_FOUND` for a client that is not registered.
    pub fn client_open_pages(&self, org: &Arc<Org>, client_id: &str, opens_pages: bool) -> Result<()> {
        let detail = serde_json::json!({ "client": client_id, "opens_pages": opens_pages });
        self.client_change(org, client_id, &detail, |def| ClientDef { opens_pages, ..def })
    }

    /// Lets a client act for these users on assertions that the key of a certificate signed (JWT bearer).
    ///
    /// # Errors
    /// `NOT_FOUND` for a client that is not registered; `FIELD_INTEGRITY_EXCEPTION` for text that is no certificate.
    pub fn client_trust_assertions(
        &self,
        org: &Arc<Org>,
        client_id: &str,
        certificate_pem: &str,
        users: &[RecordId],
    ) -> Result<()> {
        let certificate = Certificate::from_pem(certificate_pem)?;
        let trust = AssertionTrust { certificate: BASE64.encode(certificate.der()), users: users.to_vec() };
        let detail = serde_json::json!({ "client": client_id, "assertions_for": trust.users });
        self.client_change(org, client_id, &detail, |def| ClientDef { assertions: Some(trust), ..def })
    }

    fn client_change(
        &self,
        org: &Arc<Org>,
        client_id: &str,
        detail: &serde_json::Value,
        change: impl FnOnce(ClientDef) -> ClientDef,
    ) -> Result<()> {
        let service = Ctx::for_service(org, &SIGN_IN)?;
        org.store().write(|tx| {
            let text = tx.client(client_id)?.ok_or_else(Error::not_found)?;
            let def: ClientDef = serde_json::from_str(&text).map_err(Error::internal)?;
            tx.client_put(client_id, &serde_json::to_string(&change(def)).map_err(Error::internal)?)?;
            note(tx, &service, "client_change", detail)
        })
    }

    /// Puts a client out: its sessions and all that users granted it end with it.
    ///
    /// # Errors
    /// `NOT_FOUND` for a client that is not registered.
    pub fn client_remove(&self, org: &Arc<Org>, client_id: &str) -> Result<()> {
        let service = Ctx::for_service(org, &SIGN_IN)?;
        org.store().write(|tx| {
            if !tx.client_remove(client_id)? {
                return Err(Error::not_found());
            }
            note(tx, &service, "client_remove", &serde_json::json!({ "client": client_id }))
        })?;
        self.inner().directory.forget(org.id());
        Ok(())
    }

    /// Whether the Salesforce command line's built-in client is let in.
    ///
    /// # Errors
    /// What the database reports.
    pub fn platform_cli_is_allowed(&self, org: &Arc<Org>) -> Result<bool> {
        Ok(org.store().read(|tx| tx.setting(PLATFORM_CLI_SETTING))?.as_deref() != Some(OFF))
    }

    /// Lets the Salesforce command line's built-in client in, or puts it out with all that users granted it.
    ///
    /// # Errors
    /// What the database reports.
    pub fn platform_cli_allow(&self, org: &Arc<Org>, allowed: bool) -> Result<()> {
        let service = Ctx::for_service(org, &SIGN_IN)?;
        org.store().write(|tx| {
            tx.setting_put(PLATFORM_CLI_SETTING, if allowed { "on" } else { OFF })?;
            if !allowed && tx.client(PLATFORM_CLI)?.is_none() {
                tx.client_remove(PLATFORM_CLI)?;
            }
            note(tx, &service, "client_change", &serde_json::json!({ "client": PLATFORM_CLI, "allowed": allowed }))
        })
    }
}

/// Appends to the log what happened to a client.
fn note(tx: &mut WriteTx<'_>, actor: &Ctx, action: &str, detail: &serde_json::Value) -> Result<()> {
    let entry = AuditEntry { action, object: "", record: None, detail: detail.to_string() };
    tx.audit(actor.identity(), &entry)
}

fn check(new: &NewClient) -> Result<()> {
    let refuse = |field: &str, rule: String| {
        Err(Error::new(ErrorCode::FieldIntegrityException, format!("{field}: {rule}")).with_field(field))
    };
    let id_sound = (1..=MAX_ID).contains(&new.client_id.len())
        && new.client_id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._~-".contains(&byte));
    if !id_sound {
        return refuse("client_id", format!("use 1 to {MAX_ID} letters, digits, dots, dashes, underscores or tildes."));
    }
    if new.client_id == SIGN_IN_PAGE {
        return refuse("client_id", format!("{SIGN_IN_PAGE} stands for the sign-in page."));
    }
    if new.name.trim().is_empty() || new.name.chars().count() > MAX_NAME {
        return refuse("name", format!("use 1 to {MAX_NAME} characters."));
    }
    if new.secret.as_ref().is_some_and(|secret| secret.len() < MIN_SECRET) {
        return refuse("secret", format!("use at least {MIN_SECRET} random characters, or none for a public client."));
    }
    if new.grants.is_empty() {
        return refuse("grants", "name at least one kind of grant.".to_owned());
    }
    if new.grants.contains(&GrantKind::ClientCredentials) && (new.secret.is_none() || new.run_as.is_none()) {
        return refuse("grants", "client_credentials needs a secret and a user to run as.".to_owned());
    }
    if new.grants.contains(&GrantKind::AuthorizationCode) && new.redirect_uris.is_empty() {
        return refuse("redirect_uris", "authorization_code needs at least one.".to_owned());
    }
    match new.redirect_uris.iter().find(|uri| !is_safe(uri)) {
        Some(uri) => refuse(
            "redirect_uris",
            format!("{uri} is no https address, nor http on this machine, nor of a program's own scheme."),
        ),
        None => Ok(()),
    }
}
