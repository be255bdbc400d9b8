//! Webhooks as administrators see them: made, changed, paused, resumed, tried out, removed; each act stands in the audit
//! log.

use super::terms::{NewWebhook, WebhookChange, checked, origin, split};
use super::{NEEDED, id_of, may_follow, number_of, sign, user_of};
use crate::changes::Replay;
use crate::ctx::Ctx;
use model::{Error, ErrorCode, Instant, RecordId, Result};
use serde_json::{Value as Json, json};
use store::{AuditEntry, NewWebhookRow, WebhookOutcome, WebhookRow, WebhookState, WebhookTerms, WriteTx};

/// Webhooks of one org.
pub const WEBHOOKS_OF_AN_ORG: usize = 20;
/// How long the secret before signs too.
pub const SECRET_OVERLAP_HOURS: i64 = 24;
/// Attempts of one list.
const LISTED: u32 = 200;

/// A webhook as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    pub id: RecordId,
    pub name: String,
    pub url: String,
    /// None for all that may be followed.
    pub objects: Vec<String>,
    /// None for all.
    pub kinds: Vec<String>,
    /// As whom changes are told.
    pub run_as: RecordId,
    pub created: Instant,
    pub changed: Instant,
    pub state: WebhookState,
    /// Why it is stopped.
    pub reason: String,
    /// The last change that was told, or passed over.
    pub replay: u64,
    /// The newest entry of the log.
    pub newest: u64,
    /// Attempts in a row that failed.
    pub failures: u32,
    pub failing: Option<Instant>,
    /// When the next attempt is made, after one that failed.
    pub next_attempt: Option<Instant>,
    /// Until when the secret before signs too.
    pub old_secret_until: Option<Instant>,
    /// A trial was asked for and is not made yet.
    pub is_test_asked: bool,
}

/// A secret, to be shown this once.
pub struct WebhookSecret(pub String);

impl std::fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("WebhookSecret")
    }
}

/// One attempt to tell a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookAttempt {
    pub number: i64,
    pub at: Instant,
    pub is_test: bool,
    pub message: String,
    pub events: usize,
    pub bytes: usize,
    pub status: Option<u16>,
    pub took_ms: i64,
    pub outcome: WebhookOutcome,
    pub words: String,
}

fn shown(row: WebhookRow, newest: u64, now: Instant) -> Webhook {
    let is_failing = row.state == WebhookState::Active && row.failures > 0;
    Webhook {
        id: id_of(row.id),
        objects: split(&row.terms.objects),
        kinds: split(&row.terms.kinds),
        name: row.terms.name,
        url: row.terms.url,
        run_as: row.terms.run_as,
        created: row.created,
        changed: row.changed,
        state: row.state,
        reason: row.reason,
        replay: row.cursor,
        newest,
        failures: row.failures,
        failing: row.failing,
        next_attempt: is_failing.then_some(row.due),
        old_secret_until: row.old_secret.map(|_| row.old_until).filter(|until| *until > now),
        is_test_asked: row.test_asked,
    }
}

/// What the log keeps of terms, for ever: of the address no more than where it leads.
fn detail(terms: &WebhookTerms) -> Json {
    let address = origin(&terms.url);
    json!({"name": terms.name, "address": address, "objects": terms.objects, "changeTypes": terms.kinds, "runAs": terms.run_as.to_string()})
}

fn detail_of_change(was: &WebhookTerms, terms: &WebhookTerms) -> Json {
    let mut detail = detail(terms);
    detail["addressChanged"] = (terms.url != was.url).into();
    detail
}

impl Ctx {
    /// All webhooks of the org.
    ///
    /// # Errors
    /// `INSUFFICIENT_ACCESS_OR_READONLY` for who may not have webhooks, here and below.
    pub fn webhooks(&self) -> Result<Vec<Webhook>> {
        self.require(NEEDED)?;
        let (rows, newest) = self.org.store.read(|tx| Ok((tx.webhooks()?, tx.audit_newest()?)))?;
        Ok(rows.into_iter().map(|row| shown(row, newest, self.now())).collect())
    }

    /// One webhook.
    ///
    /// # Errors
    /// `NOT_FOUND` for one that is not there, here and below.
    pub fn webhook(&self, id: RecordId) -> Result<Webhook> {
        self.require(NEEDED)?;
        let number = number_of(id)?;
        let (row, newest) = self.org.store.read(|tx| Ok((tx.webhook(number)?, tx.audit_newest()?)))?;
        Ok(shown(row.ok_or_else(Error::not_found)?, newest, self.now()))
    }

    /// Makes a webhook, which is told what changes from now on as whoever makes it. Its secret is shown this once.
    ///
    /// # Errors
    /// For terms that are not sound, naming the field; `REQUEST_LIMIT_EXCEEDED` when the org has as many as it may.
    pub fn webhook_create(&self, new: NewWebhook) -> Result<(Webhook, WebhookSecret)> {
        self.require(NEEDED)?;
        let terms = checked(self, new)?;
        let secret = sign::new_secret(self.org.entropy());
        let number = self.org.store.write(|tx| {
            tx.webhooks_lock()?;
            if tx.webhooks()?.len() >= WEBHOOKS_OF_AN_ORG {
                let message =
                    format!("An org has at most {WEBHOOKS_OF_AN_ORG} webhooks. Remove one that is no longer needed.");
                return Err(Error::new(ErrorCode::RequestLimitExceeded, message));
            }
            let content = tx.content_of(&*secret)?.id;
            let cursor = tx.audit_newest()?;
            let generation = store::new_generation(self.org.entropy());
            let number =
                tx.webhook_put(&NewWebhookRow { terms: terms.clone(), secret: content, cursor, generation })?;
            self.webhook_note(tx, number, "webhook_create", detail(&terms))?;
            Ok(number)
        })?;
        Ok((self.webhook(id_of(number))?, WebhookSecret(sign::shown(&*secret))))
    }

    /// Changes a webhook. Whoever changes what is told, or where, is the one as whom it is told from then on: nobody can
    /// lead what another may read elsewhere.
    ///
    /// # Errors
    /// As [`Ctx::webhook_create`].
    pub fn webhook_update(&self, id: RecordId, change: WebhookChange) -> Result<Webhook> {
        self.webhook_act(id, |tx, row| {
            let was = row.terms.clone();
            let wanted = NewWebhook {
                name: change.name.unwrap_or_else(|| was.name.clone()),
                url: change.url.unwrap_or_else(|| was.url.clone()),
                objects: change.objects.unwrap_or_else(|| split(&was.objects)),
                kinds: change.kinds.unwrap_or_else(|| split(&was.kinds)),
            };
            let mut terms = checked(self, wanted)?;
            if (&terms.url, &terms.objects, &terms.kinds) == (&was.url, &was.objects, &was.kinds) {
                terms.run_as = was.run_as;
            }
            if terms == was {
                return Ok(());
            }
            tx.webhook_terms_put(row.id, &terms)?;
            self.webhook_note(tx, row.id, "webhook_update", detail_of_change(&was, &terms))
        })
    }

    /// Removes a webhook.
    ///
    /// # Errors
    /// What the database reports.
    pub fn webhook_delete(&self, id: RecordId) -> Result<()> {
        self.require(NEEDED)?;
        let number = number_of(id)?;
        self.org.store.write(|tx| {
            let row = tx.webhook(number)?.ok_or_else(Error::not_found)?;
            tx.webhook_remove(&row)?;
            self.webhook_note(tx, number, "webhook_delete", json!({"name": row.terms.name}))
        })
    }

    /// Tells a webhook nothing more until it is resumed.
    ///
    /// # Errors
    /// What the database reports.
    pub fn webhook_pause(&self, id: RecordId) -> Result<Webhook> {
        self.webhook_act(id, |tx, row| {
            if row.state == WebhookState::Paused {
                return Ok(());
            }
            tx.webhook_turn_to(row.id, WebhookState::Paused, None)?;
            self.webhook_note(tx, row.id, "webhook_pause", json!({"name": row.terms.name}))
        })
    }

    /// Tells a webhook changes again: what came since it was told last, or from another place on. One whose user may no
    /// longer have webhooks, or follow an object that it names, is told as whoever resumes it.
    ///
    /// # Errors
    /// `INVALID_REPLICATION_DATE` for a place that is not kept; `INSUFFICIENT_ACCESS_OR_READONLY` for an object that neither
    /// its user nor the asker may follow.
    pub fn webhook_resume(&self, id: RecordId, from: Option<Replay>) -> Result<Webhook> {
        let cursor = from.map(|from| self.changes_begin(from)).transpose()?;
        let lost = self.webhook_lost_user(id)?;
        self.webhook_act(id, |tx, row| {
            let is_taken_over = lost == Some(row.terms.run_as);
            if is_taken_over {
                self.webhook_take_over(tx, row)?;
            }
            if row.state == WebhookState::Active && cursor.is_none() && row.failures == 0 && !is_taken_over {
                return Ok(());
            }
            tx.webhook_turn_to(row.id, WebhookState::Active, cursor)?;
            self.webhook_note(tx, row.id, "webhook_resume", json!({"name": row.terms.name, "replayId": cursor}))
        })
    }

    /// Has a webhook told again what came after a change, whatever it was told before.
    ///
    /// # Errors
    /// `INVALID_REPLICATION_DATE` for a place that is not kept.
    pub fn webhook_replay(&self, id: RecordId, from: Replay) -> Result<Webhook> {
        let cursor = self.changes_begin(from)?;
        self.webhook_act(id, |tx, row| {
            tx.webhook_cursor_put(row.id, cursor)?;
            self.webhook_note(tx, row.id, "webhook_replay", json!({"name": row.terms.name, "replayId": cursor}))
        })
    }

    /// Gives a webhook another secret, shown this once. The one before signs too for [`SECRET_OVERLAP_HOURS`].
    ///
    /// # Errors
    /// What the database reports.
    pub fn webhook_secret_rotate(&self, id: RecordId) -> Result<(Webhook, WebhookSecret)> {
        let secret = sign::new_secret(self.org.entropy());
        let until = self.now().plus_ms(SECRET_OVERLAP_HOURS * 3_600_000);
        let webhook = self.webhook_act(id, |tx, row| {
            let content = tx.content_of(&*secret)?.id;
            tx.webhook_secret_put(row, content, until)?;
            self.webhook_note(tx, row.id, "webhook_secret_rotate", json!({"name": row.terms.name}))
        })?;
        Ok((webhook, WebhookSecret(sign::shown(&*secret))))
    }

    /// Asks for a message that tries a webhook out, in any state. What came of it stands among its attempts.
    ///
    /// # Errors
    /// What the database reports.
    pub fn webhook_test(&self, id: RecordId) -> Result<Webhook> {
        let webhook = self.webhook_act(id, |tx, row| {
            tx.webhook_test_ask(row.id)?;
            self.webhook_note(tx, row.id, "webhook_test", json!({"name": row.terms.name}))
        })?;
        self.org.webhook_ring();
        Ok(webhook)
    }

    /// The latest attempts to tell a webhook, the newest first.
    ///
    /// # Errors
    /// What the database reports.
    pub fn webhook_attempts(&self, id: RecordId) -> Result<Vec<WebhookAttempt>> {
        self.require(NEEDED)?;
        let number = number_of(id)?;
        let rows = self.org.store.read(|tx| {
            tx.webhook(number)?.ok_or_else(Error::not_found)?;
            tx.webhook_attempts(number, LISTED)
        })?;
        let shown = |row: store::WebhookAttemptRow| {
            let store::NewWebhookAttempt { at, is_test, message, events, bytes, status, took_ms, outcome, words } =
                row.attempt;
            WebhookAttempt { number: row.number, at, is_test, message, events, bytes, status, took_ms, outcome, words }
        };
        Ok(rows.into_iter().map(shown).collect())
    }

    /// Acts on a webhook as it stands, and gives it as it then is.
    fn webhook_act(
        &self,
        id: RecordId,
        act: impl FnOnce(&mut WriteTx<'_>, &WebhookRow) -> Result<()>,
    ) -> Result<Webhook> {
        self.require(NEEDED)?;
        let number = number_of(id)?;
        self.org.store.write(|tx| {
            tx.webhooks_lock()?;
            let row = tx.webhook(number)?.ok_or_else(Error::not_found)?;
            act(tx, &row)
        })?;
        self.webhook(id)
    }

    /// Makes the asker the one as whom a webhook is told.
    fn webhook_take_over(&self, tx: &mut WriteTx<'_>, row: &WebhookRow) -> Result<()> {
        let asker = self.user_id().ok_or_else(Error::not_found)?;
        let terms = WebhookTerms { run_as: asker, ..row.terms.clone() };
        may_follow(self, &terms.objects)?;
        tx.webhook_terms_put(row.id, &terms)?;
        self.webhook_note(tx, row.id, "webhook_update", detail_of_change(&row.terms, &terms))
    }

    /// The user as whom a webhook is told, when they may not have webhooks any more, or not follow what it names.
    fn webhook_lost_user(&self, id: RecordId) -> Result<Option<RecordId>> {
        let webhook = self.webhook(id)?;
        let user = webhook.run_as;
        match user_of(&self.org, user).and_then(|ctx| may_follow(&ctx, &webhook.objects.join(","))) {
            Err(error) if error.code() == ErrorCode::InsufficientAccessOrReadonly => Ok(Some(user)),
            Err(error) => Err(error),
            Ok(_) => Ok(None),
        }
    }

    fn webhook_note(&self, tx: &mut WriteTx<'_>, number: i64, action: &str, detail: Json) -> Result<()> {
        let (record, detail) = (Some(id_of(number)), detail.to_string());
        tx.audit(&self.identity, &AuditEntry { action, object: "Webhook", record, detail })
    }
}
