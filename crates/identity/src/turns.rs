//! Turns: sign-ins for one username happen one after the other, so that guesses in parallel are counted like guesses
//! in a row; and only a few passwords are hashed at once, since each takes memory.

use model::{Error, ErrorCode, Result};
use std::collections::HashMap;
use std::sync::{Condvar, Mutex, PoisonError};

/// Sign-ins that may wait for one name, itself included.
const QUEUE_PER_NAME: usize = 32;

/// Sign-ins that may wait for anything.
const QUEUE: usize = 256;

#[derive(Default)]
pub(crate) struct Turns {
    waiting: Mutex<Waiting>,
    changed: Condvar,
}

#[derive(Default)]
struct Waiting {
    /// Names with somebody at work or waiting, and how many.
    names: HashMap<String, usize>,
    /// Names with somebody at work.
    at_work: Vec<String>,
    all: usize,
}

/// The right to work on a name, given back when dropped.
pub(crate) struct Turn<'a> {
    turns: &'a Turns,
    name: String,
}

impl Turns {
    /// Waits until nobody else works on `name` and fewer than `width` sign-ins are at work at all.
    ///
    /// # Errors
    /// `REQUEST_RATE_EXCEEDED` when too many wait already.
    pub(crate) fn take(&self, name: &str, width: usize) -> Result<Turn<'_>> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.all >= QUEUE || waiting.names.get(name).is_some_and(|count| *count >= QUEUE_PER_NAME) {
            return Err(Error::new(
                ErrorCode::TooManyRequests,
                "Too many sign-ins are under way. Wait a moment and try again.",
            ));
        }
        waiting.all += 1;
        *waiting.names.entry(name.to_owned()).or_default() += 1;
        while waiting.at_work.len() >= width || waiting.at_work.iter().any(|busy| busy == name) {
            waiting = self.changed.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
        waiting.at_work.push(name.to_owned());
        Ok(Turn { turns: self, name: name.to_owned() })
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut waiting = self.turns.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.all -= 1;
        waiting.at_work.retain(|busy| *busy != self.name);
        if let Some(count) = waiting.names.get_mut(&self.name) {
            *count -= 1;
            if *count == 0 {
                waiting.names.remove(&self.name);
            }
        }
        drop(waiting);
        self.turns.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_worked_on_by_one_at_a_time_and_others_go_ahead() {
        let turns = Turns::default();
        let first = turns.take("ada", 4).expect("a turn");
        let other = turns.take("ben", 4).expect("another name's turn");
        std::thread::scope(|scope| {
            let waits = scope.spawn(|| turns.take("ada", 4).map(|turn| turn.name.clone()));
            drop(other);
            assert!(turns.take("ben", 4).is_ok());
            drop(first);
            assert_eq!(waits.join().expect("no panic").expect("a turn"), "ada");
        });
    }

    #[test]
    fn a_long_queue_for_one_name_is_refused() {
        let turns = Turns::default();
        let first = turns.take("ada", 4).expect("a turn");
        turns.waiting.lock().expect("unpoisoned").names.insert("ada".to_owned(), QUEUE_PER_NAME);
        let refused = turns.take("ada", 4).err().expect("a refusal");
        assert_eq!(refused.code(), ErrorCode::TooManyRequests);
        drop(first);
    }
}
