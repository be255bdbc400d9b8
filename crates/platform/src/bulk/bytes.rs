//! The bytes of a content as something that is read, from any place in it.

use crate::org::Org;
use model::{Error, Result};
use std::io::{self, Read};
use std::sync::Arc;
use store::{CONTENT_CHUNK, Content};
use zeroize::Zeroizing;

/// One chunk is held at a time.
pub(super) struct ContentBytes {
    org: Arc<Org>,
    content: Content,
    next: i64,
    chunk: Zeroizing<Vec<u8>>,
    at: usize,
}

impl ContentBytes {
    /// # Errors
    /// When there is no such content; what the database reports.
    pub(super) fn open(org: &Arc<Org>, content: i64, from: u64) -> Result<Self> {
        let lost = || Error::internal(format!("the content {content} of a bulk job is gone"));
        let found = org.store.read(|tx| tx.content(content))?.ok_or_else(lost)?;
        let size = CONTENT_CHUNK as u64;
        let mut bytes = Self {
            org: org.clone(),
            content: found,
            next: i64::try_from(from / size).map_err(Error::internal)?,
            chunk: Zeroizing::default(),
            at: 0,
        };
        let within = usize::try_from(from % size).map_err(Error::internal)?;
        if within > 0 {
            bytes.fetch()?;
            bytes.at = within.min(bytes.chunk.len());
        }
        Ok(bytes)
    }

    /// Fetches the next chunk; says whether there was one.
    fn fetch(&mut self) -> Result<bool> {
        if self.next >= self.content.chunks {
            return Ok(false);
        }
        self.chunk = self.org.store.read(|tx| tx.content_chunk(&self.content, self.next))?;
        self.next += 1;
        self.at = 0;
        Ok(true)
    }

    /// Whether the next bytes are these.
    pub(super) fn begins_with(&mut self, bytes: &[u8]) -> Result<bool> {
        if self.at >= self.chunk.len() && !self.fetch()? {
            return Ok(false);
        }
        Ok(self.chunk[self.at..].starts_with(bytes))
    }

    /// What is left of the content, a chunk at a time.
    pub(super) fn chunk(&mut self) -> Result<Option<Vec<u8>>> {
        while self.at >= self.chunk.len() {
            if !self.fetch()? {
                return Ok(None);
            }
        }
        let rest = self.chunk[self.at..].to_vec();
        self.at = self.chunk.len();
        Ok(Some(rest))
    }
}

impl Read for ContentBytes {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.at >= self.chunk.len() {
            if !self.fetch().map_err(io::Error::other)? {
                return Ok(0);
            }
        }
        let count = out.len().min(self.chunk.len() - self.at);
        out[..count].copy_from_slice(&self.chunk[self.at..self.at + count]);
        self.at += count;
        Ok(count)
    }
}

/// The whole of a small content as text.
///
/// # Errors
/// What the database reports.
pub(super) fn text_of(org: &Arc<Org>, content: i64) -> Result<String> {
    let mut text = Vec::new();
    let mut bytes = ContentBytes::open(org, content, 0)?;
    while let Some(chunk) = bytes.chunk()? {
        text.extend_from_slice(&chunk);
    }
    String::from_utf8(text).map_err(Error::internal)
}

/// The error of ours behind one of reading.
pub(super) fn cause_of(error: io::Error) -> Error {
    match error.downcast::<Error>() {
        Ok(error) => error,
        Err(error) => Error::internal(error),
    }
}
