//! What changed, for programs that follow an org: page by page, or as a stream of server-sent events (WHATWG HTML, 9.2)
//! that goes on as long as the session lasts. Who follows is asked anew for every look.

use crate::call::{Call, comma_list};
use crate::dispatch::session_seen;
use crate::reply::Reply;
use crate::state::Shared;
use crate::usage::StreamTurn;
use axum::body::Bytes;
use model::{Error, ErrorCode, Instant, Result};
use platform::{Ctx, Replay};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

/// How often a stream looks for what is new.
const LOOK: Duration = Duration::from_millis(500);
/// Looks without anything new before a line is sent that says nothing: whoever stands between takes a silent connection
/// for a dead one.
const BEAT_LOOKS: u32 = 30;

/// How long one stream goes on. Clients of server-sent events come back by themselves; a session is used by whoever comes
/// back, not by a connection that was forgotten.
const LIFE_MS: i64 = 15 * 60_000;

pub(crate) fn list(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let objects = comma_list(call.query("objects").unwrap_or_default());
    let wants_stream = call.header("accept").is_some_and(|accept| accept.contains("text/event-stream"));
    let given = call.header("last-event-id").filter(|_| wants_stream).or_else(|| call.query("replayId"));
    let after = ctx.changes_begin(replay(given)?)?;
    if wants_stream {
        // What is asked for is judged before the stream begins, whose errors a program would hardly notice.
        ctx.changes_followable(&objects)?;
        let token = call.bearer().unwrap_or_default().to_owned();
        let user = ctx.user_id().ok_or_else(Error::not_found)?;
        let turn = call.shared.usage.take_stream(ctx.org().id(), user)?;
        let (shared, version, until) = (call.shared.clone(), call.version, ctx.now().plus_ms(LIFE_MS));
        return Ok(Reply::events(ChangeStream {
            shared,
            token,
            version,
            objects,
            after,
            quiet: 0,
            until,
            _turn: turn,
        }));
    }
    let changes = ctx.changes_after(after, &objects)?;
    let events = changes.events(call.version)?;
    Ok(Reply::json(&json!({"events": events, "replayId": changes.up_to, "done": !changes.has_more})))
}

/// `-1` for what comes, `-2` for all that is kept, or the last change that one has.
pub(crate) fn replay(text: Option<&str>) -> Result<Replay> {
    match text.map(str::trim) {
        None | Some("" | "-1") => Ok(Replay::New),
        Some("-2") => Ok(Replay::Kept),
        Some(text) => text.parse().map(Replay::After).map_err(|_| {
            let shown: String = text.chars().take(40).collect();
            let message = format!("replayId: {shown} is no number of a change; -1 is what comes, -2 all that is kept.");
            Error::new(ErrorCode::InvalidReplicationDate, message)
        }),
    }
}

/// A stream under way.
pub(crate) struct ChangeStream {
    shared: Arc<Shared>,
    token: String,
    version: u16,
    objects: Vec<String>,
    after: u64,
    /// Looks in a row without anything new.
    quiet: u32,
    /// When it ends at the latest; whoever follows comes back then.
    until: Instant,
    /// Its place among the streams of its user.
    _turn: StreamTurn,
}

impl ChangeStream {
    /// What is next to be sent; nothing more once the session has ended.
    ///
    /// # Errors
    /// What the database reports: the connection then breaks off, and a client comes back with its last replay id.
    pub(crate) async fn next(mut self) -> Result<Option<(Bytes, Self)>> {
        loop {
            let (stream, text) = platform::blocking(move || {
                let text = self.look()?;
                Ok((self, text))
            })
            .await?;
            self = stream;
            match text {
                None => return Ok(None),
                Some(text) if !text.is_empty() => return Ok(Some((Bytes::from(text), self))),
                Some(_) if self.quiet >= BEAT_LOOKS => {
                    self.quiet = 0;
                    return Ok(Some((Bytes::from_static(b":\n\n"), self)));
                }
                Some(_) => tokio::time::sleep(LOOK).await,
            }
        }
    }

    fn look(&mut self) -> Result<Option<String>> {
        let ctx = match session_seen(&self.shared, &self.token) {
            Ok(ctx) => ctx,
            Err(error) if error.code() == ErrorCode::InvalidSessionId => return Ok(None),
            Err(error) => return Err(error),
        };
        if ctx.now() >= self.until {
            return Ok(None);
        }
        let changes = ctx.changes_after(self.after, &self.objects)?;
        let mut text = String::new();
        for (change, event) in changes.told.iter().zip(changes.events(self.version)?) {
            text.push_str(&format!("id: {}\nevent: change\ndata: {event}\n\n", change.replay));
        }
        self.after = changes.up_to;
        self.quiet = if text.is_empty() { self.quiet + 1 } else { 0 };
        Ok(Some(text))
    }
}

impl std::fmt::Debug for ChangeStream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ChangeStream(after {})", self.after)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replay_id_is_a_number_or_one_of_two_words() {
        assert_eq!(replay(None).expect("none"), Replay::New);
        assert_eq!(replay(Some("-1")).expect("new"), Replay::New);
        assert_eq!(replay(Some("-2")).expect("kept"), Replay::Kept);
        assert_eq!(replay(Some("17")).expect("a number"), Replay::After(17));
        for text in ["-3", "x", "1.5", "99999999999999999999999"] {
            assert_eq!(replay(Some(text)).expect_err(text).code(), ErrorCode::InvalidReplicationDate);
        }
    }
}
