//! The org's mail: what went out, what waits, what failed and why, and each message as its recipient gets it.

mod list;
mod message;
mod parts;

pub(crate) use list::list;
pub(crate) use message::{attachment, html, message, source};

use crate::kit::{Badge, Tone};
use platform::OutboxState;

fn state(state: OutboxState) -> Badge {
    let (words, tone) = match state {
        OutboxState::Queued => ("Queued", Tone::Info),
        OutboxState::Sending => ("Sending", Tone::Info),
        OutboxState::Sent => ("Sent", Tone::Good),
        OutboxState::Held => ("Kept here", Tone::Neutral),
        OutboxState::Failed => ("Failed", Tone::Bad),
        OutboxState::Cancelled => ("Cancelled", Tone::Neutral),
        OutboxState::Uncertain => ("Uncertain", Tone::Warn),
    };
    Badge::new(words, tone)
}

/// A size as people say it.
fn size(bytes: usize) -> String {
    match bytes {
        0..1024 => format!("{bytes} B"),
        1024..1_048_576 => format!("{} kB", bytes.div_ceil(1024)),
        _ => format!("{}.{} MB", bytes / 1_048_576, bytes % 1_048_576 * 10 / 1_048_576),
    }
}
