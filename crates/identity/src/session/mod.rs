//! Sessions: opened after a proof, looked up by the hash of their token, ended by time, by their owner, by an
//! administrator, by a new password or by deactivation.

mod authenticate;
mod end;
mod front_door;
mod open;

pub use authenticate::Session;
pub use end::OpenSession;
pub(crate) use end::require_power_over;
pub use open::Opened;
pub(crate) use open::{Opening, check_client};

use crate::config::SessionLengths;
use model::Instant;
use store::SessionKind;

pub(crate) const fn kind_name(kind: SessionKind) -> &'static str {
    match kind {
        SessionKind::Browser => "browser",
        SessionKind::Api => "api",
    }
}

/// Until when a session lives that was opened at `created` and is used `now`.
fn expiry(lengths: &SessionLengths, kind: SessionKind, created: Instant, now: Instant) -> Instant {
    let (idle, total) = match kind {
        SessionKind::Browser => (lengths.browser_idle_ms, Some(lengths.browser_total_ms)),
        SessionKind::Api => (lengths.api_idle_ms, lengths.api_total_ms),
    };
    let idle_end = now.plus_ms(idle);
    total.map_or(idle_end, |total| idle_end.min(created.plus_ms(total)))
}
