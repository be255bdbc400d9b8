//! Webhooks: to which address an org's changes are told, as whom, and how far in the audit log. Nothing of a change stands
//! here; the log is read when it is told. A webhook's secrets are contents, so that they are sealed, rewritten under new
//! keys, copied and backed up as files are.
//!
//! Who tells a webhook's changes holds it for a while and by an epoch, so that a teller that was taken for dead moves
//! nothing any more. Whoever changes a webhook raises the epoch too.

mod attempts;
mod claims;
mod generation;
mod rows;

pub use generation::new_generation;
pub(crate) use generation::renew_generations;

use model::{Error, Instant, RecordId, Result};

/// Whether a webhook is told changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebhookState {
    Active,
    /// By somebody who wanted it so.
    Paused,
    /// By the platform, for the reason that stands beside it.
    Stopped,
}

impl WebhookState {
    const ALL: [Self; 3] = [Self::Active, Self::Paused, Self::Stopped];

    pub const fn as_str(self) -> &'static str {
        match self {
            WebhookState::Active => "active",
            WebhookState::Paused => "paused",
            WebhookState::Stopped => "stopped",
        }
    }

    fn parse(text: &str) -> Result<Self> {
        let found = Self::ALL.into_iter().find(|state| state.as_str() == text);
        found.ok_or_else(|| Error::internal(format!("a webhook in state {text}")))
    }
}

/// What somebody decides of a webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookTerms {
    pub name: String,
    pub url: String,
    /// Names of objects, separated by commas; empty for all that may be followed.
    pub objects: String,
    /// Kinds of change, separated by commas; empty for all.
    pub kinds: String,
    /// As whom changes are told.
    pub run_as: RecordId,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewWebhookRow {
    pub terms: WebhookTerms,
    /// The content that holds its secret.
    pub secret: i64,
    /// The last change that is not told.
    pub cursor: u64,
    pub generation: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookRow {
    pub id: i64,
    pub terms: WebhookTerms,
    pub created: Instant,
    pub changed: Instant,
    pub state: WebhookState,
    /// Why it is stopped.
    pub reason: String,
    /// All up to this change was told, or was not to be.
    pub cursor: u64,
    /// The last change of the message that was begun to be sent and has not arrived; 0 when there is none.
    pub aim: u64,
    pub secret: i64,
    /// The secret before, which signs too until the instant beside it.
    pub old_secret: Option<i64>,
    pub old_until: Instant,
    /// Attempts in a row that failed.
    pub failures: u32,
    /// When the first of them was made.
    pub failing: Option<Instant>,
    /// When the next attempt may be made.
    pub due: Instant,
    pub epoch: i64,
    pub test_asked: bool,
    /// Parts what is told now from what was told before the org was brought back to an earlier state, whose numbers come
    /// again.
    pub generation: String,
}

/// What becomes of a webhook that was held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookEnd {
    pub state: WebhookState,
    pub reason: String,
    pub cursor: u64,
    pub aim: u64,
    pub failures: u32,
    pub failing: Option<Instant>,
    pub due: Instant,
    /// The trial that was asked for was made.
    pub tested: bool,
}

impl WebhookEnd {
    /// Everything as it was.
    pub fn of(row: &WebhookRow) -> Self {
        Self {
            state: row.state,
            reason: row.reason.clone(),
            cursor: row.cursor,
            aim: row.aim,
            failures: row.failures,
            failing: row.failing,
            due: row.due,
            tested: false,
        }
    }
}

/// What came of one attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebhookOutcome {
    Delivered,
    Failed,
}

impl WebhookOutcome {
    pub const fn as_str(self) -> &'static str {
        match self {
            WebhookOutcome::Delivered => "delivered",
            WebhookOutcome::Failed => "failed",
        }
    }

    fn parse(text: &str) -> Result<Self> {
        match text {
            "delivered" => Ok(WebhookOutcome::Delivered),
            "failed" => Ok(WebhookOutcome::Failed),
            other => Err(Error::internal(format!("an attempt that {other}"))),
        }
    }
}

/// An attempt to be noted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewWebhookAttempt {
    pub at: Instant,
    /// A message made for a trial.
    pub is_test: bool,
    /// The id of the message; the same for each attempt at it.
    pub message: String,
    pub events: usize,
    pub bytes: usize,
    /// What the other side answered; none when there was no answer.
    pub status: Option<u16>,
    pub took_ms: i64,
    pub outcome: WebhookOutcome,
    /// What was answered, or why there was no answer.
    pub words: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookAttemptRow {
    pub number: i64,
    pub attempt: NewWebhookAttempt,
}
