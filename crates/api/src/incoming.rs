//! A body that arrives bit by bit, for a handler that blocks. What is not taken yet waits with the sender: at most a few
//! frames are held.

use axum::body::{Body, Bytes};
use futures_util::StreamExt as _;
use model::{Error, ErrorCode};
use std::future::Future;
use std::io::{self, Read};
use tokio::sync::mpsc::{Receiver, Sender, channel};

/// Frames of a body that may wait between the two sides.
const FRAMES: usize = 8;

enum Part {
    Bytes(Bytes),
    /// The sender has said that this is all.
    End,
    Broken(String),
}

/// A body as its handler reads it. One whose sender goes away before its end is an error and never a shorter body.
pub(crate) struct Incoming {
    parts: Receiver<Part>,
    bytes: Bytes,
    ended: bool,
}

/// The reading side of a body, and what moves its bytes there: to be awaited beside the handler.
pub(crate) fn bridge(body: Body) -> (Incoming, impl Future<Output = ()>) {
    let (sender, parts) = channel(FRAMES);
    (Incoming { parts, bytes: Bytes::new(), ended: false }, pump(body, sender))
}

async fn pump(body: Body, parts: Sender<Part>) {
    let mut frames = body.into_data_stream();
    while let Some(frame) = frames.next().await {
        let (part, broken) = match frame {
            Ok(bytes) => (Part::Bytes(bytes), false),
            Err(error) => (Part::Broken(error.to_string()), true),
        };
        // A handler that wants no more has said what it has to say.
        if parts.send(part).await.is_err() || broken {
            return;
        }
    }
    let _ = parts.send(Part::End).await;
}

fn broken(cause: &str) -> io::Error {
    let message = "The body ended before it was whole, or is not what its headers say; nothing of it was kept.";
    io::Error::other(Error::new(ErrorCode::InvalidBatch, message).with_internal(cause))
}

impl Read for Incoming {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.bytes.is_empty() {
            if self.ended {
                return Ok(0);
            }
            match self.parts.blocking_recv() {
                Some(Part::Bytes(bytes)) => self.bytes = bytes,
                Some(Part::End) => self.ended = true,
                Some(Part::Broken(cause)) => return Err(broken(&cause)),
                None => return Err(broken("the client went away")),
            }
        }
        let count = out.len().min(self.bytes.len());
        out[..count].copy_from_slice(&self.bytes.split_to(count));
        Ok(count)
    }
}
