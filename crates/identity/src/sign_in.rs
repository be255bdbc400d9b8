//! Signing in with a password. Every refusal reads the same and takes the same work; the audit log of the org knows
//! the reason.

use crate::config::Lockout;
use crate::directory::Account;
use crate::identities::Identities;
use crate::session::{self, Opened, Session};
use crate::{audit, password, throttle, token};
use model::{Error, ErrorCode, Instant, OrgId, Result};
use platform::{Ctx, Org, SIGN_IN, SteppedUp, SystemPermission};
use std::sync::Arc;
use store::{Backed as _, Credential, SessionKind};
use subtle::ConstantTimeEq as _;

/// A wish to sign in with a password.
#[derive(Clone)]
pub struct SignIn {
    pub username: String,
    /// With [`SecurityToken::Appended`], the password and the security token in one text.
    pub password: String,
    pub kind: SessionKind,
    /// Through what it comes, for the list of sessions and the audit log: empty for the sign-in page, else the name of
    /// a program or the id of an OAuth client.
    pub client: String,
    pub security_token: SecurityToken,
}

impl std::fmt::Debug for SignIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignIn").field("username", &self.username).field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// Whether a security token must stand behind the password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecurityToken {
    /// The sign-in page, or an address that the operator trusts.
    NotNeeded,
    Appended,
}

/// Why a sign-in is refused: for the audit log, never for the one who asks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reason {
    ApiSignInOff,
    Locked,
    NoPassword,
    WrongPassword,
    WrongSecurityToken,
    Inactive,
}

impl Reason {
    const fn as_str(self) -> &'static str {
        match self {
            Reason::ApiSignInOff => "password sign-in over the API is off in this org",
            Reason::Locked => "locked after wrong passwords",
            Reason::NoPassword => "no password set",
            Reason::WrongPassword => "wrong password",
            Reason::WrongSecurityToken => "wrong security token",
            Reason::Inactive => "user inactive",
        }
    }

    /// Whether it is a guess that brings the lock nearer.
    const fn is_guess(self) -> bool {
        matches!(self, Reason::WrongPassword | Reason::WrongSecurityToken)
    }
}

/// What the look at one account found.
enum Verdict {
    Proven {
        ctx: Ctx,
        /// The hash that the password was right for.
        proven_hash: String,
        /// The password hashed anew, when what is kept is out of date.
        rehashed: Option<String>,
    },
    Refused(Reason),
}

impl Identities {
    /// Signs a person in by username and password, in whichever org the username is.
    ///
    /// # Errors
    /// `INVALID_LOGIN`, in the same words for every reason; `API_DISABLED_FOR_ORG` for a proven user who may not use
    /// the API; `REQUEST_RATE_EXCEEDED` when too many sign-ins are under way, or
    /// failed from the same address.
    pub fn sign_in(&self, asked: &SignIn) -> Result<Opened> {
        self.sign_in_within(None, asked)
    }

    /// As [`Identities::sign_in`], among the given orgs alone.
    ///
    /// # Errors
    /// As [`Identities::sign_in`].
    pub fn sign_in_within(&self, orgs: Option<&[OrgId]>, asked: &SignIn) -> Result<Opened> {
        self.attempt(throttle::is_wrong, || self.sign_in_uncounted(orgs, asked))
    }

    /// The same for a caller that counts the attempt itself.
    pub(crate) fn sign_in_uncounted(&self, orgs: Option<&[OrgId]>, asked: &SignIn) -> Result<Opened> {
        let inner = self.inner();
        session::check_client(&asked.client)?;
        let username = within(&asked.username, MAX_USERNAME);
        let _turn = inner.turns.take(&model::text::fold(username), inner.config.hashing_width())?;
        let (password, security_token) = split(asked);
        let found = inner.directory.find_user(&inner.platform, username, orgs)?;
        if found.accounts.is_empty() {
            inner.hasher.verify(password, None)?;
            if let Some(org) = found.stand_in {
                count_unknown(&org)?;
            }
            tracing::info!(kind = ?asked.kind, "sign-in refused: unknown username");
            return Err(refusal(asked.kind));
        }
        let mut refused = Vec::new();
        for account in found.accounts {
            match self.judge(&account, asked, password, security_token)? {
                Verdict::Proven { ctx, proven_hash, rehashed } => {
                    return self.admit(&ctx, asked, &proven_hash, rehashed);
                }
                Verdict::Refused(reason) => refused.push((account, reason)),
            }
        }
        // Only when no org took the password was it a wrong one.
        for (account, reason) in refused {
            self.refuse(&account, asked, reason)?;
        }
        Err(refusal(asked.kind))
    }
}

impl Identities {
    /// Asks a signed-in user for the password once more, before something that a borrowed screen must not do.
    ///
    /// # Errors
    /// `INVALID_LOGIN` for a wrong password or a locked account; it counts as a guess towards the lock.
    pub fn prove_again(&self, session: &Session, password: &str) -> Result<()> {
        self.attempt(throttle::is_wrong, || self.prove_again_uncounted(session, password))
    }

    fn prove_again_uncounted(&self, session: &Session, password: &str) -> Result<()> {
        let inner = self.inner();
        let ctx = &session.ctx;
        let asked = SignIn {
            username: ctx.user().username.clone(),
            password: password.to_owned(),
            kind: SessionKind::Browser,
            client: session.client.clone(),
            security_token: SecurityToken::NotNeeded,
        };
        let _turn = inner.turns.take(&model::text::fold(&asked.username), inner.config.hashing_width())?;
        let account = Account { org: ctx.org().clone(), user: ctx.user().id };
        match self.judge(&account, &asked, within(password, MAX_PASSWORD), "")? {
            Verdict::Proven { .. } => self.forgive(&account),
            Verdict::Refused(reason) => {
                self.refuse(&account, &asked, reason)?;
                Err(refusal(SessionKind::Browser))
            }
        }
    }
}

impl Identities {
    /// Proves anew who a person of an org is, by their password: for what needs more than a session.
    ///
    /// # Errors
    /// `INVALID_LOGIN`, in the same words for every reason; a wrong password counts as a guess towards the lock.
    pub fn step_up(&self, org: &Arc<Org>, username: &str, password: &str) -> Result<SteppedUp> {
        let inner = self.inner();
        let asked = SignIn {
            username: username.to_owned(),
            password: password.to_owned(),
            kind: SessionKind::Browser,
            client: String::new(),
            security_token: SecurityToken::NotNeeded,
        };
        let username = within(username, MAX_USERNAME);
        let password = within(password, MAX_PASSWORD);
        let _turn = inner.turns.take(&model::text::fold(username), inner.config.hashing_width())?;
        let found = inner.directory.find_user(&inner.platform, username, Some(&[org.id()]))?;
        let Some(account) = found.accounts.into_iter().next() else {
            inner.hasher.verify(password, None)?;
            return Err(refusal(SessionKind::Browser));
        };
        match self.judge(&account, &asked, password, "")? {
            Verdict::Proven { ctx, .. } => {
                self.forgive(&account)?;
                Ok(SteppedUp::after_proof(ctx))
            }
            Verdict::Refused(reason) => {
                self.refuse(&account, &asked, reason)?;
                Err(refusal(SessionKind::Browser))
            }
        }
    }
}

impl Identities {
    /// Forgets the wrong guesses before a right password.
    fn forgive(&self, account: &Account) -> Result<()> {
        account.org.store().write(|tx| {
            let Some(kept) = tx.credential(account.user)?.filter(|kept| kept.failures != 0) else { return Ok(()) };
            tx.credential_put(&Credential { failures: 0, locked_until: Instant::from_ms(0), ..kept })
        })
    }

    /// One look at the password, whatever else is wrong: the time must not tell.
    fn judge(&self, account: &Account, asked: &SignIn, password: &str, security_token: &str) -> Result<Verdict> {
        let Account { org, user } = account;
        let kept = org.store().read(|tx| tx.credential(*user))?;
        let kept_hash = kept.as_ref().map(|kept| kept.password_hash.as_str()).filter(|hash| !hash.is_empty());
        let whole = within(&asked.password, MAX_PASSWORD);
        let token_optional =
            matches!(asked.security_token, SecurityToken::Appended) && !org.settings().security_token_required;
        let without_token = token_optional && self.inner().hasher.verify(whole, kept_hash)?;
        let password = if without_token { whole } else { password };
        let right = without_token || self.inner().hasher.verify(password, kept_hash)?;
        let token_right = match asked.security_token {
            SecurityToken::NotNeeded => true,
            SecurityToken::Appended if without_token => true,
            SecurityToken::Appended => {
                let given = token::hash(org.store().keyring(), token::TokenUse::SecurityToken, security_token)?;
                kept.as_ref().is_some_and(|kept| bool::from(kept.security_token_hash.ct_eq(&given)))
            }
        };
        let refused = |reason| Ok(Verdict::Refused(reason));
        if asked.kind == SessionKind::Api && !org.settings().password_api_sign_in {
            return refused(Reason::ApiSignInOff);
        }
        if kept.as_ref().is_some_and(|kept| kept.locked_until > org.now()) {
            return refused(Reason::Locked);
        }
        let Some(kept_hash) = kept_hash else { return refused(Reason::NoPassword) };
        if !right {
            return refused(Reason::WrongPassword);
        }
        if !token_right {
            return refused(Reason::WrongSecurityToken);
        }
        let ctx = match Ctx::for_user(org, *user) {
            Ok(ctx) => ctx,
            Err(error) if error.code() == ErrorCode::InvalidSessionId => return refused(Reason::Inactive),
            Err(error) => return Err(error),
        };
        let outdated = self.inner().hasher.is_outdated(kept_hash);
        let rehashed = if outdated { Some(self.inner().hasher.hash(password, org.entropy())?) } else { None };
        Ok(Verdict::Proven { ctx, proven_hash: kept_hash.to_owned(), rehashed })
    }

    fn admit(&self, ctx: &Ctx, asked: &SignIn, proven_hash: &str, rehashed: Option<String>) -> Result<Opened> {
        let opening = session::Opening::new(self, ctx, asked.kind, &asked.client)?;
        ctx.org().store().write(|tx| {
            // While the password was checked, another process may have set a new one or counted up to a lock.
            let kept = tx.credential(ctx.user().id)?;
            let kept = kept.filter(|kept| kept.password_hash == proven_hash && kept.locked_until <= tx.now());
            let kept = kept.ok_or_else(|| refusal(asked.kind))?;
            let password_hash = rehashed.unwrap_or_else(|| kept.password_hash.clone());
            let cleared = Credential { password_hash, failures: 0, locked_until: Instant::from_ms(0), ..kept.clone() };
            if cleared != kept {
                tx.credential_put(&cleared)?;
            }
            opening.open(tx, "password")
        })?;
        Ok(opening.into_opened())
    }

    /// Counts a wrong guess, and writes the refusal to the org's log.
    fn refuse(&self, account: &Account, asked: &SignIn, reason: Reason) -> Result<()> {
        let Account { org, user } = account;
        let service = Ctx::for_service(org, &SIGN_IN)?;
        tracing::info!(org = %org.id(), user = %user, kind = ?asked.kind, reason = reason.as_str(), "sign-in refused");
        org.store().write(|tx| {
            let detail = serde_json::json!({
                "why": reason.as_str(),
                "kind": session::kind_name(asked.kind),
                "client": asked.client,
            });
            let detail = audit::with_address(detail, self.address());
            audit::write(tx, &service, "session_refuse", *user, &detail)?;
            let Some(kept) = tx.credential(*user)?.filter(|_| reason.is_guess()) else { return Ok(()) };
            let counted = count_guess(kept, self.config().lockout, tx.now());
            if counted.locked_until > tx.now() {
                let detail =
                    serde_json::json!({ "failures": counted.failures, "until": counted.locked_until.to_string() });
                audit::write(tx, &service, "account_lock", *user, &detail)?;
            }
            tx.credential_put(&counted)
        })
    }
}

/// A credential after one more wrong guess. A lock that has ended takes its guesses with it.
fn count_guess(kept: Credential, lockout: Lockout, now: Instant) -> Credential {
    let lock_ended = kept.locked_until.ms() != 0 && kept.locked_until <= now;
    let failures = if lock_ended { 1 } else { kept.failures.saturating_add(1) };
    let locks = failures >= lockout.failures;
    let locked_until = if locks { now.plus_ms(lockout.length_ms) } else { Instant::from_ms(0) };
    Credential { failures, locked_until, ..kept }
}

/// Bytes of the longest username there can be, and of the longest password with a security token behind it.
const MAX_USERNAME: usize = 80 * 4;
const MAX_PASSWORD: usize = password::MAX_CHARACTERS * 4 + token::SECURITY_TOKEN_LENGTH;

/// A text longer than any right one is wrong, and not worth the work of reading it all: the empty text is wrong too.
fn within(text: &str, longest: usize) -> &str {
    if text.len() > longest { "" } else { text }
}

/// Password and security token of a sign-in. The shape decides alone, so that a text too short is simply wrong.
fn split(asked: &SignIn) -> (&str, &str) {
    let text = within(&asked.password, MAX_PASSWORD);
    match asked.security_token {
        SecurityToken::NotNeeded => (text, ""),
        SecurityToken::Appended => {
            let at = text.len().saturating_sub(token::SECURITY_TOKEN_LENGTH);
            text.split_at_checked(at).unwrap_or((text, ""))
        }
    }
}

/// Where an org counts the sign-ins of usernames that nobody has.
const UNKNOWN_COUNT: &str = "sign_in_unknown";

/// The writing that a refusal of a known user would do. The count is for the operator; the name itself is not kept, for
/// people type passwords into the wrong field.
fn count_unknown(org: &Arc<Org>) -> Result<()> {
    org.store().write(|tx| {
        let count = tx.setting(UNKNOWN_COUNT)?.and_then(|text| text.parse::<u64>().ok()).unwrap_or(0);
        tx.setting_put(UNKNOWN_COUNT, &count.saturating_add(1).to_string())
    })
}

fn refusal(kind: SessionKind) -> Error {
    let words = match kind {
        SessionKind::Browser => {
            "The username or password is wrong, or the account is locked. After several wrong passwords an account is \
             locked for a while; wait, or ask your administrator for help."
        }
        SessionKind::Api => "Invalid username, password, security token; or user locked out.",
    };
    Error::new(ErrorCode::InvalidLogin, words)
}

/// Refuses a user without the right to use the API.
///
/// # Errors
/// `API_DISABLED_FOR_ORG`.
pub(crate) fn require_api(ctx: &Ctx) -> Result<()> {
    if ctx.has(SystemPermission::ApiEnabled) {
        return Ok(());
    }
    Err(Error::new(
        ErrorCode::ApiDisabledForOrg,
        "The API is not enabled for this user. An administrator can grant the permission ApiEnabled with a permission set.",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::RecordId;

    fn after(guesses: u32, times: impl Fn(u32) -> i64) -> Credential {
        let start = Credential {
            user: RecordId::from_i64(1),
            password_hash: String::new(),
            security_token_hash: Vec::new(),
            failures: 0,
            locked_until: Instant::from_ms(0),
            changed: Instant::from_ms(0),
        };
        (0..guesses).fold(start, |kept, at| count_guess(kept, Lockout::default(), Instant::from_ms(times(at))))
    }

    #[test]
    fn the_fifth_guess_locks_for_a_quarter_of_an_hour() {
        assert_eq!(after(4, |_| 1_000).locked_until.ms(), 0);
        assert_eq!(after(5, |_| 1_000).locked_until.ms(), 1_000 + 900_000);
    }

    #[test]
    fn the_count_starts_over_when_a_lock_has_ended() {
        let later = after(6, |at| if at < 5 { 1_000 } else { 901_000 });
        assert_eq!((later.failures, later.locked_until.ms()), (1, 0));
    }
}
