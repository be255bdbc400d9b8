//! Whether an open org takes work. An operator's act (a move to another store, a restore, an alarm) stops writing, waits
//! for what is under way, and in the end closes the org for good: whoever asks next gets it opened anew.

use model::{Error, Result};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

#[derive(Default)]
pub(crate) struct Gate {
    state: Mutex<State>,
    quiet: Condvar,
}

#[derive(Default)]
struct State {
    mode: Mode,
    writing: usize,
}

#[derive(Default, Clone, PartialEq)]
enum Mode {
    #[default]
    Open,
    /// Reading goes on; the words say why writing does not.
    ReadOnly(String),
    Closed(String),
}

/// A unit of work that writes and was let in.
pub(crate) struct Pass<'a>(&'a Gate);

impl Gate {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// # Errors
    /// When the org is closed.
    pub(crate) fn let_read(&self) -> Result<()> {
        match &self.state().mode {
            Mode::Closed(why) => Err(Error::unavailable(why.clone(), "closed")),
            _ => Ok(()),
        }
    }

    /// # Errors
    /// When the org is closed, or read only.
    pub(crate) fn let_write(&self) -> Result<Pass<'_>> {
        let mut state = self.state();
        match &state.mode {
            Mode::Closed(why) | Mode::ReadOnly(why) => Err(Error::unavailable(why.clone(), "no writing")),
            Mode::Open => {
                state.writing += 1;
                Ok(Pass(self))
            }
        }
    }

    /// Stops writing and returns when the last unit that writes has ended.
    ///
    /// # Errors
    /// When something else has stopped it already.
    pub(crate) fn stop_writing(&self, why: &str) -> Result<()> {
        let mut state = self.state();
        if state.mode != Mode::Open {
            return Err(Error::unavailable("Another operation works on this org. Wait until it has ended.", "gate"));
        }
        state.mode = Mode::ReadOnly(why.to_owned());
        while state.writing > 0 {
            state = self.quiet.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        Ok(())
    }

    /// Lets writing go on.
    pub(crate) fn resume(&self) {
        self.state().mode = Mode::Open;
    }

    /// Lets nothing in any more, and returns when the last unit that writes has ended.
    pub(crate) fn close(&self, why: &str) {
        let mut state = self.state();
        state.mode = Mode::Closed(why.to_owned());
        while state.writing > 0 {
            state = self.quiet.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        self.0.state().writing -= 1;
        self.0.quiet.notify_all();
    }
}
