//! A transaction that stays open over many calls. It runs on a thread of its own, because a transaction belongs to one
//! thread from begin to end; the calls are handed to it one by one.

use model::{Error, Result};
use platform::{Ctx, Unit};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

type Call = Box<dyn FnOnce(&mut Unit<'_, '_>) + Send>;

enum Step {
    Call(Call),
    Commit,
}

/// Dropped without [`OpenFile::commit`], everything done in it is undone.
pub(super) struct OpenFile {
    steps: Option<Sender<Step>>,
    thread: Option<JoinHandle<Result<()>>>,
}

impl OpenFile {
    pub(super) fn begin(ctx: Ctx) -> Result<Self> {
        let (steps, inbox) = channel();
        let thread = std::thread::Builder::new()
            .name("import".to_owned())
            .spawn(move || ctx.in_one_transaction(|unit| follow(unit, &inbox)))
            .map_err(Error::internal)?;
        Ok(Self { steps: Some(steps), thread: Some(thread) })
    }

    pub(super) fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Unit<'_, '_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (answer, reply) = channel();
        let call: Call = Box::new(move |unit| {
            // The asker waits for exactly this answer.
            let _ = answer.send(work(unit));
        });
        let steps = self.steps.as_ref().ok_or_else(gone)?;
        steps.send(Step::Call(call)).map_err(|_| gone())?;
        reply.recv().map_err(|_| gone())?
    }

    pub(super) fn commit(mut self) -> Result<()> {
        if let Some(steps) = self.steps.take() {
            steps.send(Step::Commit).map_err(|_| gone())?;
        }
        self.join()
    }

    /// Undoes everything.
    pub(super) fn roll_back(mut self) {
        self.steps = None;
        // What it returns is the very error that undid it.
        let _ = self.join();
    }

    fn join(&mut self) -> Result<()> {
        match self.thread.take().map(JoinHandle::join) {
            Some(Ok(ended)) => ended,
            Some(Err(_)) => Err(Error::internal("the import's transaction panicked and was undone")),
            None => Ok(()),
        }
    }
}

impl Drop for OpenFile {
    fn drop(&mut self) {
        self.steps = None;
        let _ = self.join();
    }
}

/// Does what it is told until it is told to commit; a teller that goes away without a word undoes everything.
fn follow(unit: &mut Unit<'_, '_>, inbox: &Receiver<Step>) -> Result<()> {
    for step in inbox {
        match step {
            Step::Call(call) => call(unit),
            Step::Commit => return Ok(()),
        }
    }
    Err(Error::internal("undone as asked"))
}

fn gone() -> Error {
    Error::internal("the import's transaction has ended before its file")
}
