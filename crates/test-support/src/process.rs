//! Child processes with time bounds: one that runs to its end, and one that serves and speaks in lines.
#![expect(clippy::disallowed_methods, reason = "a time bound on another process is measured by the machine's clock")]

use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

/// How long a killed process may take to let go of its output.
const AFTER_KILL: Duration = Duration::from_secs(5);

/// What a process that ran to its end wrote.
pub(crate) struct Finished {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Finished {
    /// The standard output, or an error with everything the process wrote.
    pub(crate) fn success(self, name: &str) -> Result<String> {
        if !self.status.success() {
            bail!("{name} failed: {}\n--- output\n{}\n--- errors\n{}", self.status, self.stdout, self.stderr);
        }
        Ok(self.stdout)
    }
}

/// Runs a command to its end, with `input` on its standard input, and kills it when it takes longer than `within`.
///
/// The standard input stays open while the process runs when `input` is empty, so that a child can notice by its end
/// that the test is gone.
pub(crate) fn run(name: &str, command: &mut Command, input: &[u8], within: Duration) -> Result<Finished> {
    let deadline = Instant::now() + within;
    let mut child = spawn(name, command)?;
    let stdout = collect(child.stdout.take().expect("standard output was asked to be piped"));
    let stderr = collect(child.stderr.take().expect("standard error was asked to be piped"));
    let lifeline = feed(child.stdin.take().expect("standard input was asked to be piped"), input);
    let written = wait_for(&stdout, deadline).zip(wait_for(&stderr, deadline));
    drop(lifeline);
    let Some((stdout, stderr)) = written else {
        // The result of kill is of no use: it fails only when the process has just ended by itself.
        let _ = child.kill();
        let _ = child.wait();
        let rest = Instant::now() + AFTER_KILL;
        let stdout = wait_for(&stdout, rest).unwrap_or_default();
        let stderr = wait_for(&stderr, rest).unwrap_or_default();
        bail!("{name} did not end within {within:?}\n--- output\n{stdout}\n--- errors\n{stderr}");
    };
    let status = child.wait().with_context(|| format!("{name} could not be waited for"))?;
    Ok(Finished { status, stdout, stderr })
}

/// A process that serves until it is dropped, and reports what happens in lines on its standard output.
pub(crate) struct Service {
    name: String,
    child: Child,
    /// Open as long as the service is wanted: a child that reads its end knows that the test is gone.
    lifeline: Option<ChildStdin>,
    lines: Receiver<String>,
    errors: Arc<Mutex<String>>,
    /// Disconnected when standard error has ended: the child is about to end, or has.
    ended: Receiver<()>,
}

impl Service {
    pub(crate) fn start(name: &str, command: &mut Command) -> Result<Self> {
        let mut child = spawn(name, command)?;
        let stdout = child.stdout.take().expect("standard output was asked to be piped");
        let stderr = child.stderr.take().expect("standard error was asked to be piped");
        let lifeline = child.stdin.take();
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                // A service that is dropped has no listener any more, but must not be blocked by a full pipe.
                let _ = sender.send(line);
            }
        });
        let errors = Arc::new(Mutex::new(String::new()));
        let log = Arc::clone(&errors);
        let (open, ended) = mpsc::channel::<()>();
        thread::spawn(move || {
            let _open = open;
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
                log.push_str(&line);
                log.push('\n');
            }
        });
        Ok(Self { name: name.to_owned(), child, lifeline, lines, errors, ended })
    }

    /// The next line that the service writes, waited for at most `within`.
    pub(crate) fn next_line(&mut self, within: Duration) -> Result<String> {
        match self.lines.recv_timeout(within) {
            Ok(line) => Ok(line),
            Err(RecvTimeoutError::Timeout) => {
                bail!("{} wrote nothing within {within:?}\n--- errors\n{}", self.name, self.errors())
            }
            Err(RecvTimeoutError::Disconnected) => {
                // It closed its standard output; how it ends is its own word, if it ends soon.
                if self.ended.recv_timeout(Duration::from_secs(10)) == Err(RecvTimeoutError::Timeout) {
                    let _ = self.child.kill();
                }
                let status = self.child.wait().with_context(|| format!("{} could not be waited for", self.name))?;
                bail!("{} ended: {status}\n--- errors\n{}", self.name, self.errors())
            }
        }
    }

    /// Reads lines until `wanted` makes something of one, at most `within` in all.
    pub(crate) fn wait_until<T>(
        &mut self,
        within: Duration,
        mut wanted: impl FnMut(&str) -> Result<Option<T>>,
    ) -> Result<T> {
        let deadline = Instant::now() + within;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let line = self.next_line(left)?;
            if let Some(found) = wanted(&line)? {
                return Ok(found);
            }
        }
    }

    /// A line that is already there, without waiting.
    pub(crate) fn ready_line(&mut self) -> Option<String> {
        self.lines.try_recv().ok()
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// What the service has written to its standard error so far.
    pub(crate) fn errors(&self) -> String {
        self.errors.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How the process ended, when it has.
    pub(crate) fn ended(&mut self) -> Result<Option<ExitStatus>> {
        self.child.try_wait().with_context(|| format!("{} could not be waited for", self.name))
    }

    /// Waits until the process has ended by itself, and kills it when it takes longer than `within`.
    pub(crate) fn wait(&mut self, within: Duration) -> Result<ExitStatus> {
        // Its standard error ends with it.
        if self.ended.recv_timeout(within) == Err(RecvTimeoutError::Timeout) {
            self.kill();
            bail!("{} did not end within {within:?}\n--- errors\n{}", self.name, self.errors());
        }
        self.child.wait().with_context(|| format!("{} could not be waited for", self.name))
    }

    /// Ends the service at once, as a crash or a power cut would.
    pub(crate) fn kill(&mut self) {
        drop(self.lifeline.take());
        // Both fail only when the process has ended already, which is what is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.kill();
    }
}

fn spawn(name: &str, command: &mut Command) -> Result<Child> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().with_context(|| format!("{name} could not be started ({:?})", command.get_program()))
}

/// Writes the input from its own thread, because a child that answers while it reads would block both sides.
fn feed(mut stdin: ChildStdin, input: &[u8]) -> Option<ChildStdin> {
    if input.is_empty() {
        return Some(stdin);
    }
    let input = input.to_vec();
    // A child that ends without reading its input breaks the pipe; its exit status tells the story.
    thread::spawn(move || stdin.write_all(&input).is_ok());
    None
}

fn collect(mut from: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let ending = from.read_to_end(&mut bytes);
        let mut text = String::from_utf8_lossy(&bytes).into_owned();
        if let Err(error) = ending {
            text.push_str(&format!("\n(reading the output broke off: {error})"));
        }
        let _ = sender.send(text);
    });
    receiver
}

fn wait_for(text: &Receiver<String>, deadline: Instant) -> Option<String> {
    text.recv_timeout(deadline.saturating_duration_since(Instant::now())).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn a_finished_process_gives_its_output_and_status() {
        let finished = run("shell", &mut shell("cat; echo bad >&2; exit 3"), b"hello", LONG).expect("it runs");
        assert_eq!((finished.stdout.as_str(), finished.stderr.as_str()), ("hello", "bad\n"));
        assert_eq!(finished.status.code(), Some(3));
    }

    #[test]
    fn a_failure_shows_everything_that_was_written() {
        let finished = run("shell", &mut shell("echo out; echo err >&2; exit 3"), b"", LONG).expect("it runs");
        let message = finished.success("the check").expect_err("status 3 is a failure").to_string();
        for part in ["the check failed", "exit status: 3", "out", "err"] {
            assert!(message.contains(part), "{message}");
        }
    }

    #[test]
    fn a_process_over_its_time_is_killed_and_its_output_shown() {
        let outcome = run("the sleeper", &mut shell("echo begun; exec sleep 600"), b"", Duration::from_millis(300));
        let message = outcome.err().expect("it takes too long").to_string();
        assert!(message.contains("the sleeper did not end within 300ms"), "{message}");
        assert!(message.contains("begun"), "{message}");
    }

    #[test]
    fn a_service_is_heard_line_by_line() {
        let mut service =
            Service::start("service", &mut shell("echo one; echo two; exec sleep 600")).expect("it starts");
        assert_eq!(service.next_line(LONG).expect("a line"), "one");
        let second = service.wait_until(LONG, |line| Ok((line == "two").then_some(line.len()))).expect("a second line");
        assert_eq!(second, 3);
    }

    #[test]
    fn a_service_that_ends_says_why() {
        let mut service = Service::start("service", &mut shell("echo no database >&2; exit 7")).expect("it starts");
        let message = service.next_line(LONG).expect_err("it writes no line").to_string();
        assert!(message.contains("service ended"), "{message}");
    }

    #[test]
    fn dropping_a_service_ends_its_process() {
        let service = Service::start("service", &mut shell("exec sleep 600")).expect("it starts");
        let process = format!("/proc/{}", service.id());
        assert!(std::path::Path::new(&process).exists());
        drop(service);
        assert!(!std::path::Path::new(&process).exists());
    }
}
