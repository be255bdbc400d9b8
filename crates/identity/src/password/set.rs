//! Setting and changing passwords, and handing out security tokens.

use super::rules;
use crate::identities::{Identities, Inner};
use crate::session::Session;
use crate::{audit, token};
use model::{Error, ErrorCode, Instant, RecordId, Result};
use platform::{Ctx, Org, QueryOptions, SIGN_IN, SystemPermission};
use std::sync::Arc;
use store::{Backed as _, Credential, WriteTx};

impl Identities {
    /// Sets the password of a user, ends every session of that user and lifts a lock. The caller answers for the right
    /// to do so: the operator's command line, or a page that asked for ManageUsers.
    ///
    /// # Errors
    /// `FIELD_INTEGRITY_EXCEPTION` saying which rule the password breaks; `NOT_FOUND` for a user who is not there.
    pub fn set_password(&self, org: &Arc<Org>, user: RecordId, password: &str) -> Result<()> {
        let service = Ctx::for_service(org, &SIGN_IN)?;
        let hash = self.inner().checked_hash(&service, user, password)?;
        org.store().write(|tx| keep(tx, &service, user, hash, &[], "set for the user"))
    }

    /// Changes the password of the user at work, who proves to know the current one, and ends the user's other
    /// sessions.
    ///
    /// # Errors
    /// `INVALID_LOGIN` for a wrong current password, which counts as a guess towards the lock; else as
    /// [`Identities::set_password`].
    pub fn change_password(&self, session: &Session, current: &str, new: &str) -> Result<()> {
        let ctx = &session.ctx;
        let user = ctx.user().id;
        self.prove_again(session, current)?;
        if current == new {
            return Err(Error::new(
                ErrorCode::FieldIntegrityException,
                "The new password is the current one; choose another.",
            )
            .with_field("Password"));
        }
        let hash = self.inner().checked_hash(&Ctx::for_service(ctx.org(), &SIGN_IN)?, user, new)?;
        ctx.org().store().write(|tx| keep(tx, ctx, user, hash, &session.token_hash, "changed by the user"))
    }

    /// Sets the password of a user on behalf of somebody who manages users, ends every session of that user and lifts a
    /// lock.
    ///
    /// # Errors
    /// `INSUFFICIENT_ACCESS_OR_READONLY` without the permission ManageUsers; else as [`Identities::set_password`].
    pub fn password_set_by(&self, ctx: &Ctx, user: RecordId, password: &str) -> Result<()> {
        ctx.require(SystemPermission::ManageUsers)?;
        let hash = self.inner().checked_hash(&Ctx::for_service(ctx.org(), &SIGN_IN)?, user, password)?;
        ctx.org().store().write(|tx| keep(tx, ctx, user, hash, &[], "set by who manages users"))
    }

    /// Gives a user a new random password on behalf of somebody who manages users. It is shown here once.
    ///
    /// # Errors
    /// As [`Identities::password_set_by`].
    pub fn password_reset_by(&self, ctx: &Ctx, user: RecordId) -> Result<String> {
        let text = token::security_token(ctx.org().entropy());
        self.password_set_by(ctx, user, &text)?;
        Ok(text)
    }

    /// Gives a user a new security token, in place of any other. It is shown here once.
    ///
    /// # Errors
    /// `NOT_FOUND` for a user who is not there.
    pub fn reset_security_token(&self, org: &Arc<Org>, user: RecordId) -> Result<String> {
        let service = Ctx::for_service(org, &SIGN_IN)?;
        own_words(&service, user)?;
        let text = token::security_token(org.entropy());
        let hash = token::hash(org.store().keyring(), token::TokenUse::SecurityToken, &text)?;
        org.store().write(|tx| {
            let kept = tx.credential(user)?.unwrap_or_else(|| empty(user));
            tx.credential_put(&Credential { security_token_hash: hash, ..kept })?;
            audit::write(tx, &service, "security_token_reset", user, &serde_json::json!({}))
        })?;
        Ok(text)
    }

    /// Until when a user's account is locked after wrong passwords; none when it is not.
    ///
    /// # Errors
    /// `INSUFFICIENT_ACCESS_OR_READONLY` without the permission ManageUsers.
    pub fn account_locked_until(&self, ctx: &Ctx, user: RecordId) -> Result<Option<Instant>> {
        ctx.require(SystemPermission::ManageUsers)?;
        let kept = ctx.org().store().read(|tx| tx.credential(user))?;
        Ok(kept.map(|kept| kept.locked_until).filter(|until| *until > ctx.now()))
    }

    /// Lifts the lock of a user's account and forgets the wrong passwords.
    ///
    /// # Errors
    /// `INSUFFICIENT_ACCESS_OR_READONLY` without the permission ManageUsers.
    pub fn account_unlock(&self, ctx: &Ctx, user: RecordId) -> Result<()> {
        ctx.require(SystemPermission::ManageUsers)?;
        ctx.org().store().write(|tx| {
            let Some(kept) = tx.credential(user)? else { return Ok(()) };
            tx.credential_put(&Credential { failures: 0, locked_until: Instant::from_ms(0), ..kept })?;
            audit::write(tx, ctx, "account_unlock", user, &serde_json::json!({}))
        })
    }

    /// Whether a user has a password at all.
    ///
    /// # Errors
    /// What the database reports.
    pub fn has_password(&self, org: &Arc<Org>, user: RecordId) -> Result<bool> {
        Ok(org.store().read(|tx| tx.credential(user))?.is_some_and(|kept| !kept.password_hash.is_empty()))
    }
}

impl Inner {
    /// The hash of a password that keeps the rules.
    fn checked_hash(&self, service: &Ctx, user: RecordId, password: &str) -> Result<String> {
        let words = own_words(service, user)?;
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        rules::check(password, &words)?;
        self.hasher.hash(password, service.org().entropy())
    }
}

fn keep(tx: &mut WriteTx<'_>, actor: &Ctx, user: RecordId, hash: String, except: &[u8], how: &str) -> Result<()> {
    let kept = tx.credential(user)?.unwrap_or_else(|| empty(user));
    let changed = tx.now();
    tx.credential_put(&Credential {
        password_hash: hash,
        failures: 0,
        locked_until: Instant::from_ms(0),
        changed,
        ..kept
    })?;
    let sessions = tx.sessions_close_others(user, except)?;
    // Who stole the old password may have consented to a program of their own.
    let grants = tx.client_grants_close_of(user)?;
    let detail = serde_json::json!({ "how": how, "sessions_ended": sessions, "grants_ended": grants });
    audit::write(tx, actor, "password_set", user, &detail)
}

fn empty(user: RecordId) -> Credential {
    Credential {
        user,
        password_hash: String::new(),
        security_token_hash: Vec::new(),
        failures: 0,
        locked_until: Instant::from_ms(0),
        changed: Instant::from_ms(0),
    }
}

/// What a guesser knows of a user. Inactive users too: a password may be set before the first day.
fn own_words(service: &Ctx, user: RecordId) -> Result<Vec<String>> {
    let text = format!("SELECT Username, Email, FirstName, LastName, Alias, CompanyName FROM User WHERE Id = '{user}'");
    let (_, rows) = service.query_all_rows(&text, QueryOptions::default())?;
    let row = rows.first().ok_or_else(Error::not_found)?;
    let mut words: Vec<String> = row
        .cells
        .iter()
        .filter_map(|cell| cell.value().as_text())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    words.push(service.settings().name.clone());
    words.push("holdfast".to_owned());
    Ok(words)
}
