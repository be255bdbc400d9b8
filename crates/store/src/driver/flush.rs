//! Commits of an org's file: when the write-ahead log goes into the file, and what a flush means that failed.
//!
//! After a failed `fsync` the system may have thrown the pages away and says nothing when asked again: whether a commit
//! is on the disk can no longer be known, and the log on the disk may hold a commit that the running process believes
//! undone. The process ends at once; the next start reads what the disk really holds.

use rusqlite::{Connection, ffi};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};

/// Pages in the log from which on a commit moves them into the file.
const CHECKPOINT_PAGES: i32 = 1000;

/// How long the log was after the latest commit of a connection, in pages.
#[derive(Clone, Default)]
pub(super) struct LogLength(Arc<AtomicI32>);

impl LogLength {
    /// Takes the place of SQLite's own checkpoints, which swallow the failures of the disk.
    pub(super) fn watch(connection: &mut Connection) -> rusqlite::Result<Self> {
        let length = Self::default();
        let noted = length.clone();
        connection.wal_hook(Some(move |_: &mut rusqlite::hooks::Wal, pages: i32| {
            noted.0.store(pages, Ordering::Relaxed);
            Ok(())
        }))?;
        Ok(length)
    }

    /// Commits, and moves a long log into the file. A checkpoint that readers hold up, or that finds no room, is made up
    /// for by a later one: the commit stands in the log already.
    pub(super) fn commit(&self, connection: &Connection, path: &Path) -> rusqlite::Result<()> {
        connection.prepare_cached("COMMIT")?.execute([]).inspect_err(|error| end_if_unflushed(path, error))?;
        if self.0.swap(0, Ordering::Relaxed) >= CHECKPOINT_PAGES
            && let Err(error) = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))
        {
            end_if_unflushed(path, &error);
            tracing::warn!(file = %path.display(), %error, "the write-ahead log could not be moved into the org's file");
        }
        Ok(())
    }
}

/// Ends the process when the failure is one of flushing.
pub(super) fn end_if_unflushed(path: &Path, error: &rusqlite::Error) {
    let rusqlite::Error::SqliteFailure(failure, _) = error else { return };
    if matches!(failure.extended_code, ffi::SQLITE_IOERR_FSYNC | ffi::SQLITE_IOERR_DIR_FSYNC) {
        tracing::error!(
            file = %path.display(),
            "The disk failed to confirm a write. What it holds can be known only by reading it again, so this process \
             ends now; check the disk, then start it again."
        );
        std::process::abort();
    }
}
