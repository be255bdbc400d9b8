//! The side that asks: one child per request, killed when it takes too long.

use super::child::ROLE;
use model::{Error, ErrorCode, Result};
use platform::Renderer;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

/// Children at work at once: each may take the memory that its own limits leave it.
const AT_ONCE: usize = 2;
/// A report of a million rows takes some ten seconds.
const TIME_LIMIT: Duration = Duration::from_secs(120);

/// Renders in child processes.
#[derive(Debug)]
pub struct SealedRenderer {
    program: PathBuf,
    time_limit: Duration,
    /// How many more children may start now.
    free: Mutex<usize>,
    freed: Condvar,
}

/// The right to have one child at work.
struct Turn<'a>(&'a SealedRenderer);

impl SealedRenderer {
    /// Children are this program again.
    ///
    /// # Errors
    /// When the machine does not say where the program's file is.
    pub fn of_this_program() -> std::io::Result<Self> {
        Ok(Self::of(std::env::current_exe()?))
    }

    /// Children are another copy of this program.
    pub fn of(program: impl Into<PathBuf>) -> Self {
        Self { program: program.into(), time_limit: TIME_LIMIT, free: Mutex::new(AT_ONCE), freed: Condvar::new() }
    }

    /// With another limit of time.
    #[must_use]
    pub fn time_limit(mut self, limit: Duration) -> Self {
        self.time_limit = limit;
        self
    }

    /// Waits until another child may start. Every child ends within the limit of time, so the wait does too.
    fn turn(&self) -> Turn<'_> {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let mut free = self.freed.wait_while(free, |free| *free == 0).unwrap_or_else(PoisonError::into_inner);
        *free -= 1;
        Turn(self)
    }

    fn start(&self) -> Result<Child> {
        Command::new(&self.program)
            .arg(ROLE)
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| {
                Error::internal(format!("the renderer {} does not start: {error}", self.program.display()))
            })
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        *self.0.free.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.0.freed.notify_one();
    }
}

impl Renderer for SealedRenderer {
    fn render(&self, request: Vec<u8>) -> Result<Vec<u8>> {
        let _turn = self.turn();
        let mut child = self.start()?;
        let answer = exchange(&mut child, request)?;
        match answer.recv_timeout(self.time_limit) {
            Ok(answer) => {
                let status = child.wait().map_err(Error::internal)?;
                let answer = answer
                    .map_err(|error| Error::internal(format!("the renderer's answer cannot be read: {error}")))?;
                if status.success() && !answer.is_empty() {
                    return Ok(answer);
                }
                Err(failed(
                    "The file could not be made: it needs more memory or time than a file may have. Ask for fewer rows.",
                    format!("the renderer ended: {status}"),
                ))
            }
            Err(why) => {
                // A child that has just ended by itself cannot be killed, and need not be.
                let _ = child.kill();
                let _ = child.wait();
                let seconds = self.time_limit.as_secs();
                Err(match why {
                    RecvTimeoutError::Timeout => failed(
                        &format!("The file was not finished within {seconds} seconds. Ask for fewer rows."),
                        "the renderer was killed at its limit of time",
                    ),
                    RecvTimeoutError::Disconnected => {
                        Error::internal("the thread that reads from the renderer is gone")
                    }
                })
            }
        }
    }
}

fn failed(message: &str, cause: impl std::fmt::Display) -> Error {
    Error::new(ErrorCode::UnknownException, message).with_internal(cause)
}

/// Gives the child its request and collects its answer, each on a thread of its own: neither may block the other, nor
/// the clock that bounds both.
fn exchange(child: &mut Child, request: Vec<u8>) -> Result<Receiver<std::io::Result<Vec<u8>>>> {
    let no_pipe = || Error::internal("a pipe that was asked for is not there");
    let mut input = child.stdin.take().ok_or_else(no_pipe)?;
    let mut output = child.stdout.take().ok_or_else(no_pipe)?;
    let (sender, receiver) = channel();
    let thread = |name: &str| std::thread::Builder::new().name(name.to_owned());
    thread("render request")
        // A child that stops reading says why by its answer or its status.
        .spawn(move || drop(input.write_all(&request)))
        .map_err(Error::internal)?;
    thread("render answer")
        .spawn(move || {
            let mut answer = Vec::new();
            let read = output.read_to_end(&mut answer).map(|_| answer);
            // Nobody listens any more when the time was over.
            let _ = sender.send(read);
        })
        .map_err(Error::internal)?;
    Ok(receiver)
}
