//! The thread that does what is due: schedules, jobs, mail. One per process, for all its orgs.

use model::{Instant, OrgId};
use platform::{MailTransport, Org, Platform};
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;
use store::Backed as _;

/// How often the queues are looked at for work that a page or a program put there.
const LOOK_MS: i64 = 1000;
/// How often apps are asked for what is due, when they did not say.
const TICK_MS: i64 = 60_000;
/// An org that nobody asked for in so long is closed, and its memory given back.
const IDLE_MS: i64 = 5 * 60_000;
/// Orgs open at the same time; beyond these the longest unused is closed.
const MOST_OPEN: usize = 200;
/// How often a closed org is opened to ask its apps, whatever they said.
const LATEST_MS: i64 = 60 * 60_000;

enum Signal {
    Wake,
    Stop,
}

/// A running worker; it ends, after the piece of work under way, when the value is dropped.
pub struct Worker {
    signals: Sender<Signal>,
    thread: Option<JoinHandle<()>>,
}

impl Worker {
    /// Starts working.
    ///
    /// # Errors
    /// When the machine gives no thread.
    pub fn start(platform: Arc<Platform>, transport: Arc<dyn MailTransport>) -> std::io::Result<Self> {
        let (signals, inbox) = channel();
        let work = Work { platform, transport, due: HashMap::new(), wanted: HashMap::new() };
        let thread = std::thread::Builder::new().name("worker".to_owned()).spawn(move || work.run(&inbox))?;
        Ok(Self { signals, thread: Some(thread) })
    }

    /// Says that there may be something to do now.
    pub fn wake(&self) {
        // A worker that has ended has nothing to be woken for.
        let _ = self.signals.send(Signal::Wake);
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.signals.send(Signal::Stop);
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the worker had stopped by a panic");
        }
    }
}

struct Work {
    platform: Arc<Platform>,
    transport: Arc<dyn MailTransport>,
    /// When each org wants its next turn at the latest.
    due: HashMap<OrgId, Instant>,
    /// When each open org was last asked, and when it then wanted its next turn.
    wanted: HashMap<OrgId, (Instant, Option<Instant>)>,
}

impl Work {
    fn run(mut self, inbox: &Receiver<Signal>) {
        loop {
            self.round();
            self.close_idle();
            if let Err(error) = self.platform.store().witness_keep() {
                tracing::error!(cause = error.internal_cause(), "the witness could not be kept: {}", error.message());
            }
            let now = self.platform.now();
            let next = self.due.values().map(|due| due.ms() - now.ms()).min().unwrap_or(LOOK_MS);
            let pause = u64::try_from(next.clamp(10, LOOK_MS)).unwrap_or(0);
            match inbox.recv_timeout(Duration::from_millis(pause)) {
                Ok(Signal::Wake) | Err(RecvTimeoutError::Timeout) => {}
                Ok(Signal::Stop) | Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn round(&mut self) {
        let orgs = match self.platform.org_list() {
            Ok(orgs) => orgs,
            Err(error) => {
                tracing::warn!(code = %error.code(), cause = error.internal_cause(), "the list of orgs cannot be read");
                return;
            }
        };
        self.due.retain(|org, _| orgs.iter().any(|row| row.org == *org));
        for row in orgs {
            // One org that fails must not stop the others, nor must a panic in one job.
            let turn = catch_unwind(AssertUnwindSafe(|| self.turn(row.org)));
            match turn {
                Ok(Ok(())) => continue,
                Ok(Err(error)) => {
                    tracing::warn!(org = %row.org, code = %error.code(), cause = error.internal_cause(), "an org's turn failed");
                }
                Err(_) => {
                    tracing::error!(org = %row.org, "a job panicked; its lease will run out and another attempt follows")
                }
            }
            self.due.insert(row.org, self.platform.now().plus_ms(TICK_MS));
        }
    }

    fn turn(&mut self, id: OrgId) -> model::Result<()> {
        let now = self.platform.now();
        let asked_for = self.due.get(&id).is_none_or(|due| *due <= now);
        // A closed org got no work since it was asked: whoever gives it some opens it.
        let org = match (self.platform.find_open(id), asked_for) {
            (Some(open), _) => open,
            // A sealed org's schedules wait; nothing of it is lost.
            (None, true) if self.platform.is_sealed(id) => {
                self.due.insert(id, now.plus_ms(TICK_MS));
                return Ok(());
            }
            (None, true) => self.platform.org(id)?,
            (None, false) => return Ok(()),
        };
        if !asked_for && !has_work(&org, now)? {
            return Ok(());
        }
        let next = org.work(&*self.transport)?;
        let latest = self.platform.now().plus_ms(TICK_MS);
        self.due.insert(id, next.map_or(latest, |next| next.min(latest)));
        self.wanted.insert(id, (now, next));
        Ok(())
    }

    /// Closes orgs in which nobody works. The next turn of each comes when it wanted it, and at the latest after an
    /// hour; one that was used since it said so keeps the turn it has.
    fn close_idle(&mut self) {
        let latest = self.platform.now().plus_ms(LATEST_MS);
        for (id, used) in self.platform.close_idle(IDLE_MS, MOST_OPEN) {
            tracing::debug!(org = %id, "closed: nobody works in it");
            if let Some((asked, next)) = self.wanted.remove(&id)
                && used <= asked
            {
                self.due.insert(id, next.map_or(latest, |next| next.min(latest)));
            }
        }
    }
}

/// Whether a queue of the org holds something that is due. Those who tell webhooks are called on the way.
fn has_work(org: &Arc<Org>, now: Instant) -> model::Result<bool> {
    let (due, webhook) = org.store().read(|tx| Ok((tx.next_due()?, tx.webhook_next()?)))?;
    if webhook.is_some_and(|due| due <= now) {
        org.webhook_ring();
    }
    Ok(due.is_some_and(|due| due <= now))
}
