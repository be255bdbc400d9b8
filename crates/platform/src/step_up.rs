//! The proof that a person gave their password again, just now, before something that a borrowed screen or a stolen
//! session must not do.

use crate::ctx::Ctx;
use model::{Error, ErrorCode, Instant, Result};

/// How long a proof holds: as long as it takes to read what is about to happen.
const HOLDS_MS: i64 = 5 * 60_000;

/// A person who has proven anew who they are. Only the sign-in makes one (`cargo xtask tidy` holds that).
pub struct SteppedUp {
    ctx: Ctx,
    at: Instant,
}

impl std::fmt::Debug for SteppedUp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SteppedUp({} at {})", self.ctx.user().username, self.at)
    }
}

impl SteppedUp {
    /// Called behind a right password, and nowhere else.
    pub fn after_proof(ctx: Ctx) -> Self {
        let at = ctx.org().now();
        Self { ctx, at }
    }

    /// Whoever it is, while the proof holds.
    ///
    /// # Errors
    /// `INVALID_SESSION_ID` when the proof is too old.
    pub fn person(&self) -> Result<&Ctx> {
        let age = self.ctx.org().now().ms() - self.at.ms();
        if (0..=HOLDS_MS).contains(&age) {
            return Ok(&self.ctx);
        }
        Err(Error::new(ErrorCode::InvalidSessionId, "Your password was asked for too long ago: give it once more."))
    }
}
