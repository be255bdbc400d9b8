//! Telling one message: a webhook is claimed, its message put together, sent, and what came of it kept. A teller that is
//! cut off anywhere loses nothing: another one tells the same message once more, under the same id.

use super::message::{self, Message, Next};
use super::retry::{GIVE_UP_DAYS, is_hopeless, pause_ms};
use super::transport::{WebhookReply, WebhookRequest};
use super::workers::WebhookTeller;
use super::{id_of, may_follow, notice, sign, user_of};
use crate::ctx::Ctx;
use crate::dkim;
use crate::mail::outbox_item;
use crate::org::Org;
use crate::{Service, access};
use model::{Error, ErrorCode, Instant, Result};
use std::sync::Arc;
use store::{AuditEntry, NewWebhookAttempt, WebhookEnd, WebhookOutcome, WebhookRow, WebhookState};

/// A teller that says nothing for so long is taken for dead. A message is bounded far below that by its transport.
const LEASE_MS: i64 = 2 * 60_000;
/// Attempts that are remembered of one webhook.
const KEPT_ATTEMPTS: u32 = 200;
/// How long they are remembered.
const KEPT_MS: i64 = 30 * 24 * 3_600_000;
/// Characters of what the other side said.
const KEPT_WORDS: usize = 500;

const NO_SECRET: &str = "Its secret cannot be read; make a new one.";

/// The name under which the platform stops webhooks.
pub(crate) static WEBHOOKS: Service = Service {
    name: "webhooks",
    purpose: "Stops a webhook whose address wants no more or whose user lost the right to it. It reads no record: changes \
              are told as the webhook's user.",
    grants: &[],
};

/// What came of an attempt, for the webhook.
enum After {
    Arrived,
    Again { words: String, retry_after: Option<String> },
    Stop(String),
}

/// A message that was sent.
struct Posted {
    attempt: NewWebhookAttempt,
    /// How the answer began.
    excerpt: String,
    after: After,
}

impl Posted {
    /// Of an answer to changes nothing is kept: it may repeat values that not everybody sees who sees the attempts.
    fn of_changes(self) -> (NewWebhookAttempt, After) {
        let words = self.after.words();
        (NewWebhookAttempt { words, ..self.attempt }, self.after)
    }

    /// An answer to a message without values helps whoever sets the address up.
    fn of_trial(self) -> NewWebhookAttempt {
        let words = if self.excerpt.trim().is_empty() { self.after.words() } else { self.excerpt };
        NewWebhookAttempt { is_test: true, words, ..self.attempt }
    }
}

impl After {
    /// Why a message did not arrive.
    fn words(&self) -> String {
        match self {
            After::Arrived => String::new(),
            After::Again { words, .. } | After::Stop(words) => words.clone(),
        }
    }
}

impl Org {
    /// When a webhook is next to be told something; those who tell are called when that is now.
    ///
    /// # Errors
    /// What the database reports.
    pub(crate) fn webhook_look(&self) -> Result<Option<Instant>> {
        let Some(due) = self.store.read(|tx| tx.webhook_next())? else { return Ok(None) };
        if due > self.now() {
            return Ok(Some(due));
        }
        self.webhook_ring();
        Ok(None)
    }

    /// Calls those who tell webhooks.
    pub fn webhook_ring(&self) {
        self.webhook_bell.ring(self.id());
    }

    /// Tells one message of one webhook. Returns whether there was one to tell.
    ///
    /// # Errors
    /// What the database reports; a message that does not arrive is recorded and is no error here.
    pub fn webhook_turn(self: &Arc<Self>, teller: &WebhookTeller) -> Result<bool> {
        // Mostly there is nothing to do, and looking holds nobody up.
        if self.store.read(|tx| tx.webhook_next())?.is_none_or(|due| due > self.now()) {
            return Ok(false);
        }
        self.store.pass_point("before a webhook is claimed")?;
        let Some(mut held) = self.store.write(|tx| tx.webhook_claim(LEASE_MS))? else { return Ok(false) };
        self.webhook_ring();
        self.store.pass_point("a webhook was claimed")?;
        if held.old_secret.is_some() && held.old_until <= self.now() {
            self.store.write(|tx| tx.webhook_old_secret_drop(&held))?;
            held.old_secret = None;
        }
        if held.test_asked {
            self.webhook_try_out(teller, &held)?;
            return Ok(true);
        }
        let next = user_of(self, held.terms.run_as).and_then(|ctx| {
            may_follow(&ctx, &held.terms.objects)?;
            Ok((message::next(&ctx, &held)?, ctx))
        });
        match next {
            Ok((Next::Nothing { up_to }, _)) => {
                // What failed before was of changes that are no longer there to be told.
                let end = WebhookEnd { cursor: up_to, aim: 0, failures: 0, failing: None, ..WebhookEnd::of(&held) };
                self.store.write(|tx| tx.webhook_settle(&held, &end))?;
            }
            Ok((Next::Message(message), ctx)) => self.webhook_tell(teller, &held, &ctx, &message)?,
            Err(error) if is_lost_right(&error) => {
                let after = After::Stop(error.message().to_owned());
                self.webhook_settled(teller, &held, None, after, held.cursor)?;
            }
            Err(error) => {
                tracing::warn!(org = %self.id(), code = %error.code(), cause = error.internal_cause(), "a message of a webhook could not be put together");
                let words = format!("The message could not be put together: {}", error.message());
                let after = After::Again { words, retry_after: None };
                self.webhook_settled(teller, &held, None, after, held.cursor)?;
            }
        }
        Ok(true)
    }

    fn webhook_tell(
        self: &Arc<Self>,
        teller: &WebhookTeller,
        held: &WebhookRow,
        ctx: &Ctx,
        message: &Message,
    ) -> Result<()> {
        self.store.pass_point("before the end of a message is noted")?;
        if !self.store.write(|tx| tx.webhook_aim(held, message.up_to, LEASE_MS))? {
            return Ok(());
        }
        self.store.pass_point("before a message is sent")?;
        let held = &WebhookRow { aim: message.up_to, ..held.clone() };
        let Some(posted) = self.webhook_post(teller, held, ctx, message)? else {
            let after = After::Stop(NO_SECRET.to_owned());
            return self.webhook_settled(teller, held, None, after, held.cursor);
        };
        let (attempt, after) = posted.of_changes();
        self.store.pass_point("a message was sent")?;
        self.webhook_settled(teller, held, Some(attempt), after, message.up_to)?;
        self.store.pass_point("what came of a message was kept")
    }

    /// Sends a message without changes, whatever the webhook's state. Only the log tells what came of it.
    fn webhook_try_out(self: &Arc<Self>, teller: &WebhookTeller, held: &WebhookRow) -> Result<()> {
        let posted = user_of(self, held.terms.run_as).and_then(|ctx| {
            let message = message::trial(&ctx, held)?;
            self.webhook_post(teller, held, &ctx, &message)
        });
        let attempt = match posted {
            Ok(Some(posted)) => posted.of_trial(),
            Ok(None) => self.webhook_unsent(NO_SECRET),
            // Asked for once, it is over once: one that cannot be made would keep all changes waiting behind it.
            Err(error) => {
                tracing::warn!(org = %self.id(), code = %error.code(), cause = error.internal_cause(), "a webhook could not be tried out");
                self.webhook_unsent(error.message())
            }
        };
        let end = WebhookEnd { tested: true, ..WebhookEnd::of(held) };
        self.store.write(|tx| {
            tx.webhook_settle(held, &end)?;
            tx.webhook_attempt_put(held.id, &attempt, KEPT_ATTEMPTS)
        })
    }

    /// A trial that came to no message.
    fn webhook_unsent(&self, why: &str) -> NewWebhookAttempt {
        NewWebhookAttempt {
            at: self.now(),
            is_test: true,
            message: String::new(),
            events: 0,
            bytes: 0,
            status: None,
            took_ms: 0,
            outcome: WebhookOutcome::Failed,
            words: why.to_owned(),
        }
    }

    /// Signs a message and sends it; nothing without a secret to sign it with.
    fn webhook_post(
        &self,
        teller: &WebhookTeller,
        held: &WebhookRow,
        ctx: &Ctx,
        message: &Message,
    ) -> Result<Option<Posted>> {
        let (secret, old) = self.store.read(|tx| {
            let old = held.old_secret.map(|content| tx.webhook_secret(content)).transpose()?.flatten();
            Ok((tx.webhook_secret(held.secret)?, old))
        })?;
        let Some(secret) = secret else {
            tracing::error!(org = %self.id(), webhook = %id_of(held.id), "the secret of a webhook cannot be read");
            return Ok(None);
        };
        let secrets: Vec<_> = std::iter::once(secret).chain(old).collect();
        let began = ctx.now();
        let mut headers = vec![("content-type", "application/json".to_owned())];
        headers.extend(sign::headers(&message.id, began, &message.body, &secrets)?);
        let request = WebhookRequest { url: held.terms.url.clone(), headers, body: message.body.clone() };
        let reply = teller.transport.post(&request);
        let (status, excerpt, after) = judged(reply);
        let attempt = NewWebhookAttempt {
            at: began,
            is_test: false,
            message: message.id.clone(),
            events: message.events,
            bytes: message.body.len(),
            status,
            took_ms: (self.now().ms() - began.ms()).max(0),
            outcome: if matches!(after, After::Arrived) { WebhookOutcome::Delivered } else { WebhookOutcome::Failed },
            words: String::new(),
        };
        Ok(Some(Posted { attempt, excerpt, after }))
    }

    /// Keeps what came of a message, lets go of the webhook, and writes to its owner when it stops.
    fn webhook_settled(
        self: &Arc<Self>,
        teller: &WebhookTeller,
        held: &WebhookRow,
        attempt: Option<NewWebhookAttempt>,
        after: After,
        up_to: u64,
    ) -> Result<()> {
        let now = self.now();
        let mut end = WebhookEnd::of(held);
        match after {
            After::Arrived => {
                end = WebhookEnd { cursor: up_to, aim: 0, failures: 0, failing: None, due: now, ..end };
            }
            After::Again { words, retry_after } => {
                end.failures = held.failures.saturating_add(1);
                let failing = *end.failing.get_or_insert(now);
                let pause = pause_ms(end.failures, retry_after.as_deref(), now, self.entropy());
                end.due = now.plus_ms(pause);
                if is_hopeless(end.failures, failing, now) {
                    end.state = WebhookState::Stopped;
                    end.reason = format!(
                        "Given up after {} failed attempts in {GIVE_UP_DAYS} days or more. The last one: {words}",
                        end.failures
                    );
                }
            }
            After::Stop(reason) => {
                end.state = WebhookState::Stopped;
                end.reason = reason;
                end.failures = held.failures.saturating_add(u32::from(attempt.is_some()));
            }
        }
        let has_stopped = end.state == WebhookState::Stopped;
        let mail = if has_stopped { self.webhook_mail(teller, held, &end.reason, now) } else { None };
        let service = access::identity_of_service(self, &self.schema(), &WEBHOOKS);
        self.store.write(|tx| {
            // An attempt was made even where somebody changed the webhook meanwhile.
            if let Some(attempt) = &attempt {
                tx.webhook_attempt_put(held.id, attempt, KEPT_ATTEMPTS)?;
            }
            if !tx.webhook_settle(held, &end)? || !has_stopped {
                return Ok(());
            }
            let detail = serde_json::json!({"name": held.terms.name, "reason": end.reason}).to_string();
            let record = Some(id_of(held.id));
            tx.audit(&service, &AuditEntry { action: "webhook_stop", object: "Webhook", record, detail })?;
            if let Some(mail) = mail {
                let mail = dkim::signed(tx, mail, now)?;
                tx.outbox_put(&outbox_item(mail, now)?)?;
            }
            Ok(())
        })
    }

    /// The mail to the user as whom a webhook is told, if there is anybody to write to.
    fn webhook_mail(
        self: &Arc<Self>,
        teller: &WebhookTeller,
        held: &WebhookRow,
        reason: &str,
        now: Instant,
    ) -> Option<crate::mail::NewMail> {
        let owner = Ctx::for_user(self, held.terms.run_as).ok()?;
        let mail = notice::stopped(&teller.notice, &owner, id_of(held.id), &held.terms.name, reason, now);
        // Stopping it matters more than saying so; the page says it too.
        mail.inspect_err(|error| {
            tracing::warn!(org = %self.id(), code = %error.code(), cause = error.internal_cause(), "a webhook's owner could not be written to");
        })
        .ok()
    }

    /// Forgets attempts that are old. Returns how many.
    ///
    /// # Errors
    /// What the database reports.
    pub(crate) fn webhook_attempts_forget(&self) -> Result<u64> {
        let before = self.now().plus_ms(-KEPT_MS);
        self.store.write(|tx| tx.webhook_attempts_forget(before))
    }
}

/// Whether the user may no longer be told what the webhook asks for.
fn is_lost_right(error: &Error) -> bool {
    matches!(error.code(), ErrorCode::InsufficientAccessOrReadonly | ErrorCode::NotFound | ErrorCode::InvalidType)
}

/// The status, how the answer began, and what follows.
fn judged(reply: WebhookReply) -> (Option<u16>, String, After) {
    match reply {
        WebhookReply::Failed(words) => {
            let words = plain(&words);
            (None, String::new(), After::Again { words, retry_after: None })
        }
        WebhookReply::Answered { status, retry_after, excerpt } => {
            let excerpt = plain(&excerpt);
            let after = match status {
                200..=299 => After::Arrived,
                410 => After::Stop("The address answered 410 Gone: it wants no more.".to_owned()),
                300..=399 => After::Again {
                    words: format!("The address answered {status}; redirects are not followed."),
                    retry_after,
                },
                _ => After::Again { words: format!("The address answered {status}."), retry_after },
            };
            (Some(status), excerpt, after)
        }
    }
}

/// Foreign words as they can be kept and shown: no control characters, not too many.
fn plain(text: &str) -> String {
    let mut words: String = text.chars().take(KEPT_WORDS).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().nth(KEPT_WORDS).is_some() {
        words.push('…');
    }
    words
}
