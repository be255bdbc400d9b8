//! Ending a statement before it is done: because it takes too long, or because nobody waits for the answer any more.
//!
//! Only reading is ended for want of a reader. A unit of work that writes is finished once it has begun.

use crate::driver::{Connection, Dialect};
use model::{Clock, Error, ErrorCode, Result};
use std::cell::{Cell, RefCell};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;
use tokio::sync::Notify;

/// How long one statement may take, unless an org is told otherwise.
pub(crate) const STATEMENT_LIMIT: Duration = Duration::from_secs(120);

/// Says from another thread that nobody waits for a piece of work any more.
#[derive(Clone, Default)]
pub struct Cancel(Arc<Flag>);

#[derive(Default)]
struct Flag {
    raised: AtomicBool,
    told: Notify,
}

thread_local! {
    static CURRENT: RefCell<Option<Cancel>> = const { RefCell::new(None) };
    static WRITING: Cell<bool> = const { Cell::new(false) };
}

impl Cancel {
    pub fn cancel(&self) {
        self.0.raised.store(true, Ordering::SeqCst);
        self.0.told.notify_one();
    }

    /// Runs blocking work that ends early once [`Cancel::cancel`] was called.
    pub fn run<T>(&self, work: impl FnOnce() -> T) -> T {
        let before = CURRENT.replace(Some(self.clone()));
        let _restore = Restore(before);
        work()
    }

    pub(crate) fn is_raised(&self) -> bool {
        self.0.raised.load(Ordering::SeqCst)
    }

    /// Ends when the work is to end. One statement at a time waits for it.
    pub(crate) async fn raised(&self) {
        while !self.is_raised() {
            self.0.told.notified().await;
        }
    }
}

struct Restore(Option<Cancel>);

impl Drop for Restore {
    fn drop(&mut self) {
        CURRENT.set(self.0.take());
    }
}

/// What may end the reading on this thread; nothing may while it writes.
pub(crate) fn current() -> Option<Cancel> {
    if WRITING.get() { None } else { CURRENT.with_borrow(Clone::clone) }
}

pub(crate) fn is_cancelled() -> bool {
    !WRITING.get() && CURRENT.with_borrow(|current| current.as_ref().is_some_and(Cancel::is_raised))
}

/// Marks the thread as one that writes, until dropped.
pub(crate) struct Writing(bool);

impl Writing {
    pub(crate) fn begin() -> Self {
        Self(WRITING.replace(true))
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        WRITING.set(self.0);
    }
}

/// Refuses to begin what nobody waits for.
pub(crate) fn check() -> Result<()> {
    if is_cancelled() { Err(nobody_waits()) } else { Ok(()) }
}

fn nobody_waits() -> Error {
    Error::unavailable("The request was ended, because nobody waited for its answer any more.", "cancelled")
}

/// The limit of an org's statements, shared by its connections.
pub(crate) struct StatementLimit {
    clock: Arc<dyn Clock>,
    most_ms: AtomicI64,
}

impl StatementLimit {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, most_ms: AtomicI64::new(millis(STATEMENT_LIMIT)) }
    }

    pub(crate) fn set(&self, limit: Duration) {
        self.most_ms.store(millis(limit), Ordering::SeqCst);
    }

    pub(crate) fn most_ms(&self) -> i64 {
        self.most_ms.load(Ordering::SeqCst)
    }

    /// Has PostgreSQL keep the limit for one transaction; a file keeps it by itself.
    pub(crate) fn tell(&self, connection: &mut dyn Connection) -> Result<()> {
        // The limit that connections begin with need not be said again.
        if connection.dialect() == Dialect::Sqlite || self.most_ms() == millis(STATEMENT_LIMIT) {
            return Ok(());
        }
        connection.batch(&format!("SET LOCAL statement_timeout = {}", self.most_ms()))
    }

    pub(crate) fn now_ms(&self) -> i64 {
        self.clock.now().ms()
    }

    /// Names the limit in the error of a statement that was ended.
    pub(crate) fn explain(&self, error: Error) -> Error {
        if error.code() != ErrorCode::QueryTimeout {
            return error;
        }
        if is_cancelled() {
            return nobody_waits();
        }
        let limit = Duration::from_millis(self.most_ms().unsigned_abs());
        let message = format!(
            "Your query request was running for too long. One statement may take {limit:?}: narrow the filter, or ask \
             for fewer rows."
        );
        Error::new(ErrorCode::QueryTimeout, message).with_internal(error.internal_cause().unwrap_or_default())
    }
}

fn millis(limit: Duration) -> i64 {
    i64::try_from(limit.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::driver::first;
    use crate::read::int_column;
    use crate::testing::Installed;
    use crate::{OrgStore, ReadTx};

    /// A statement that ends by itself only after a long time, or never.
    fn endless(tx: &mut ReadTx<'_>) -> Result<()> {
        let sql = match tx.connection.dialect() {
            Dialect::Sqlite => {
                "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT COUNT(*) FROM n"
            }
            Dialect::Postgres => "SELECT COUNT(*) FROM (SELECT pg_sleep(600)) AS long",
        };
        first(tx.connection, sql, &[], |row| int_column(row, 0)).map(|_| ())
    }

    fn still_works(org: &OrgStore) {
        assert_eq!(org.read(|tx| tx.setting("nothing")).expect("an answer"), None);
    }

    #[test]
    fn a_statement_that_takes_too_long_is_ended_and_the_limit_is_named() {
        Installed::on_both_stores(|installed| {
            let org = installed.create_org();
            org.limit_statements(Duration::from_millis(40));
            installed.clock().tick(15);
            let error = org.read(endless).expect_err("too long");
            assert_eq!(error.code(), ErrorCode::QueryTimeout);
            assert!(error.message().contains("One statement may take 40ms"), "{error}");
            still_works(&org);
        });
    }

    #[test]
    fn reading_that_nobody_waits_for_is_ended_in_the_middle() {
        Installed::on_both_stores(|installed| {
            let org = installed.create_org();
            let cancel = Cancel::default();
            let (begun, begins) = std::sync::mpsc::channel();
            let error = std::thread::scope(|scope| {
                let worker = scope.spawn(|| {
                    cancel.run(|| {
                        org.read(|tx| {
                            begun.send(()).map_err(Error::internal)?;
                            endless(tx)
                        })
                    })
                });
                begins.recv().expect("it begins");
                cancel.cancel();
                worker.join().expect("no panic").expect_err("ended")
            });
            assert!(error.message().contains("nobody waited"), "{error}");
            let outcome = cancel.run(|| org.read(|tx| tx.setting("nothing")));
            assert!(outcome.is_err(), "what nobody waits for is not begun");
            still_works(&org);
        });
    }

    #[test]
    fn a_write_that_has_begun_is_finished() {
        Installed::on_both_stores(|installed| {
            let org = installed.create_org();
            let cancel = Cancel::default();
            let outcome = cancel.run(|| {
                org.write(|tx| {
                    cancel.cancel();
                    tx.setting_put("kept", "yes")
                })
            });
            outcome.expect("it is finished");
            assert_eq!(org.read(|tx| tx.setting("kept")).expect("a setting").as_deref(), Some("yes"));
        });
    }
}
