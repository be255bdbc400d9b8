//! Threads that work for orgs in turns. Orgs wait in one line and have a turn each; no org has all threads, so that one
//! that is slow or broken holds up no other.

use crate::engine::Platform;
use crate::org::Org;
use model::{ErrorCode, OrgId, Result};
use std::collections::{HashMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

/// Says which orgs have something to do.
#[derive(Default)]
pub(crate) struct OrgBell {
    line: Mutex<Line>,
    rung: Condvar,
}

#[derive(Default)]
struct Line {
    waiting: VecDeque<OrgId>,
    /// How many threads work for each org.
    working: HashMap<OrgId, usize>,
    stopped: bool,
}

impl Line {
    /// Takes the first org that has fewer than `most` threads.
    fn take(&mut self, most: usize) -> Option<OrgId> {
        let free = |org: &OrgId| self.working.get(org).is_none_or(|working| *working < most);
        let at = self.waiting.iter().position(free)?;
        let org = self.waiting.remove(at)?;
        *self.working.entry(org).or_default() += 1;
        Some(org)
    }
}

impl OrgBell {
    fn line(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts an org at the end of the line, unless it waits there already.
    pub(crate) fn ring(&self, org: OrgId) {
        let mut line = self.line();
        if !line.waiting.contains(&org) {
            line.waiting.push_back(org);
        }
        drop(line);
        self.rung.notify_one();
    }

    /// Waits for an org to work for; none when the workers are to stop.
    fn next(&self, most: usize) -> Option<OrgId> {
        let mut line = self.line();
        loop {
            if line.stopped {
                return None;
            }
            if let Some(org) = line.take(most) {
                return Some(org);
            }
            line = self.rung.wait(line).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn done(&self, org: OrgId) {
        let mut line = self.line();
        if let Some(working) = line.working.get_mut(&org) {
            *working -= 1;
            if *working == 0 {
                line.working.remove(&org);
            }
        }
        drop(line);
        // Somebody may have waited for this org to have a thread less.
        self.rung.notify_all();
    }
}

/// One kind of work: what one turn of it is, and who says that there is some.
pub(crate) struct Turns {
    /// In the names of threads and in the log.
    pub(crate) name: &'static str,
    pub(crate) bell: Arc<OrgBell>,
    /// Works for an org for a while, and says whether there was something to do.
    pub(crate) turn: Box<dyn Fn(&Arc<Org>) -> Result<bool> + Send + Sync>,
}

/// Running threads; they end, after the turn under way, when the value is dropped.
pub(crate) struct OrgWorkers {
    bell: Arc<OrgBell>,
    threads: Vec<JoinHandle<()>>,
}

impl OrgWorkers {
    /// Starts so many threads.
    ///
    /// # Errors
    /// When the machine gives no thread.
    pub(crate) fn start(platform: &Arc<Platform>, turns: Turns, threads: usize) -> std::io::Result<Self> {
        turns.bell.line().stopped = false;
        let turns = Arc::new(turns);
        let mut workers = Self { bell: turns.bell.clone(), threads: Vec::new() };
        // With more than one thread, one is always left to the other orgs.
        let most = threads.saturating_sub(1).max(1);
        for number in 0..threads.max(1) {
            let (platform, turns) = (platform.clone(), turns.clone());
            let named = std::thread::Builder::new().name(format!("{}-{number}", turns.name));
            workers.threads.push(named.spawn(move || turns.work(&platform, most))?);
        }
        Ok(workers)
    }
}

impl Drop for OrgWorkers {
    fn drop(&mut self) {
        self.bell.line().stopped = true;
        self.bell.rung.notify_all();
        for thread in self.threads.drain(..) {
            if thread.join().is_err() {
                tracing::error!("a worker had stopped by a panic");
            }
        }
    }
}

impl Turns {
    fn work(&self, platform: &Platform, most: usize) {
        while let Some(id) = self.bell.next(most) {
            // A panic in one turn must not stop the others; its work is gone on with when its lease has run out.
            let turn = catch_unwind(AssertUnwindSafe(|| self.turn_of(platform, id)));
            self.bell.done(id);
            match turn {
                Ok(Ok(true)) => self.bell.ring(id),
                Ok(Ok(false)) => {}
                Ok(Err(error)) => {
                    tracing::warn!(org = %id, work = self.name, code = %error.code(), cause = error.internal_cause(), "a turn failed");
                }
                Err(_) => {
                    tracing::error!(org = %id, work = self.name, "a turn panicked; its lease will run out and another attempt follows");
                }
            }
        }
    }

    fn turn_of(&self, platform: &Platform, id: OrgId) -> Result<bool> {
        // A sealed org's work waits; nothing of it is lost.
        if platform.is_sealed(id) {
            return Ok(false);
        }
        match platform.org(id) {
            Ok(org) => (self.turn)(&org),
            Err(error) if error.code() == ErrorCode::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orgs_have_turns_one_after_the_other_and_none_has_all_threads() {
        let bell = OrgBell::default();
        let (one, two) = (OrgId::new(1), OrgId::new(2));
        for org in [one, one, two] {
            bell.ring(org);
        }
        assert_eq!(bell.next(1), Some(one));
        bell.ring(one);
        // The first org has its thread: the second is taken past it.
        assert_eq!(bell.next(1), Some(two));
        assert_eq!(bell.line().take(1), None);
        bell.done(one);
        assert_eq!(bell.next(1), Some(one));
        bell.line().stopped = true;
        assert_eq!(bell.next(1), None);
    }
}
