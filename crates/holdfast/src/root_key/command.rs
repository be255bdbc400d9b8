//! The root key from what a command prints. It runs without a shell, within a time limit; what it says on standard error
//! is passed on without whatever may be a key.

use super::redacted;
use crate::cli::Failure;
use std::io::{BufRead as _, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread::JoinHandle;
use std::time::Duration;
use zeroize::Zeroizing;

/// The most that is read of either stream.
const LONGEST: u64 = 16 * 1024;
/// How many lines of what a failed command said stand in the error.
const LAST_LINES: usize = 5;

/// What became of a command.
struct Ended {
    status: std::io::Result<ExitStatus>,
    output: std::io::Result<Zeroizing<Vec<u8>>>,
    said: Vec<String>,
}

/// Runs `words`, which do not see the environment variables `hidden`, and returns what they printed.
pub(super) fn read(words: &[String], hidden: &[&str], limit: Duration) -> Result<Zeroizing<String>, Failure> {
    let (program, arguments) = words.split_first().ok_or_else(|| failed("it names no program"))?;
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    // Passwords of the database and the mail server may stand there; and another root key, while one replaces the other.
    let ours = |name: &str| name.starts_with("HOLDFAST_") || hidden.contains(&name);
    for (name, _) in std::env::vars_os().filter(|(name, _)| ours(&name.to_string_lossy())) {
        command.env_remove(name);
    }
    let child = command.spawn().map_err(|error| failed(format!("{program} does not start: {error}")))?;
    let process = rustix::process::Pid::from_child(&child);
    let (sender, receiver) = channel();
    thread("root key command", move || {
        // Nobody listens any more when the time was over.
        let _ = sender.send(attend(child));
    })?;
    let ended = match receiver.recv_timeout(limit) {
        Ok(ended) => ended?,
        Err(RecvTimeoutError::Disconnected) => return Err(failed("the thread that attends to it is gone")),
        Err(RecvTimeoutError::Timeout) => {
            // Not reaped yet, so the number is still its own; one that has just ended need not be killed.
            let _ = rustix::process::kill_process(process, rustix::process::Signal::KILL);
            return Err(failed(format!("{program} did not end within {} seconds and was killed", limit.as_secs())));
        }
    };
    judge(program, ended)
}

fn judge(program: &str, ended: Ended) -> Result<Zeroizing<String>, Failure> {
    let status = ended.status.map_err(|error| failed(format!("{program} cannot be waited for: {error}")))?;
    if !status.success() {
        let last = ended.said.len().saturating_sub(LAST_LINES);
        let said = match &ended.said[last..] {
            [] => "It said nothing on standard error".to_owned(),
            lines => format!("It said: {}", lines.join(" / ")),
        };
        return Err(failed(format!("{program} ended with {status}. {said}")));
    }
    let output = ended.output.map_err(|error| failed(format!("what {program} prints cannot be read: {error}")))?;
    if output.len() as u64 > LONGEST {
        return Err(failed(format!("{program} printed more than a key")));
    }
    std::str::from_utf8(&output)
        .map(|text| Zeroizing::new(text.to_owned()))
        .map_err(|_| failed(format!("{program} printed no text")))
}

fn attend(mut child: Child) -> Result<Ended, Failure> {
    let no_pipe = || failed("a pipe that was asked for is not there");
    let output = child.stdout.take().ok_or_else(no_pipe)?;
    let errors = child.stderr.take().ok_or_else(no_pipe)?;
    let errors = thread("root key command's errors", move || listen(errors))?;
    let mut printed = Zeroizing::new(Vec::new());
    // The pipe is closed behind it: who prints more than this ends by that.
    let output = output.take(LONGEST + 1).read_to_end(&mut printed).map(|_| printed);
    let said = errors.join().unwrap_or_default();
    Ok(Ended { status: child.wait(), output, said })
}

/// Passes the lines on to the log as they come, and keeps them.
fn listen(errors: impl Read) -> Vec<String> {
    let mut said = Vec::new();
    let mut reader = BufReader::new(errors.take(LONGEST));
    let mut line = Zeroizing::new(Vec::new());
    while reader.read_until(b'\n', &mut line).is_ok_and(|count| count > 0) {
        let text = redacted(String::from_utf8_lossy(&line).trim_end());
        pass_on(&text);
        said.push(text);
        line.clear();
    }
    let mut rest = reader.into_inner();
    if rest.limit() == 0 {
        pass_on(&format!("what it says beyond {LONGEST} bytes is left out"));
        // Read on, so that a command that says much can end.
        let _ = std::io::copy(rest.get_mut(), &mut std::io::sink());
    }
    said
}

/// To the log of a server, or to the person at the terminal, who may be asked to touch a token.
fn pass_on(line: &str) {
    if tracing::enabled!(tracing::Level::ERROR) {
        tracing::info!("root_key_command: {line}");
    } else {
        crate::terminal::tell(format_args!("root_key_command: {line}"));
    }
}

fn thread<T: Send + 'static>(name: &str, work: impl FnOnce() -> T + Send + 'static) -> Result<JoinHandle<T>, Failure> {
    std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(work)
        .map_err(|error| failed(format!("this machine gives no thread to attend to it: {error}")))
}

fn failed(why: impl std::fmt::Display) -> Failure {
    Failure::new(format!("root_key_command: {why}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    fn shell(script: &str, limit: Duration) -> Result<Zeroizing<String>, Failure> {
        read(&["sh".to_owned(), "-c".to_owned(), script.to_owned()], &[], limit)
    }

    fn words(script: &str) -> String {
        shell(script, LONG).expect_err("refused").to_string()
    }

    #[test]
    fn what_a_command_prints_is_read_to_its_end() {
        assert_eq!(*shell("printf 'ab'; echo noise >&2; printf 'cd\\n'", LONG).expect("text"), "abcd\n");
    }

    #[test]
    fn a_command_that_fails_is_told_by_its_status_and_its_words_without_keys() {
        let key = "ab".repeat(32);
        let words = words(&format!("echo {key}; echo 'refused for {key}' >&2; exit 3"));
        assert!(words.contains("sh ended with exit status: 3. It said: refused for [redacted]"), "{words}");
        assert!(!words.contains(&key), "{words}");
    }

    #[test]
    fn a_command_that_does_not_start_or_prints_too_much_is_told() {
        let none = read(&["/nowhere/at/all".to_owned()], &[], LONG).expect_err("refused").to_string();
        assert!(none.starts_with("root_key_command: /nowhere/at/all does not start"), "{none}");
        let much = words("head -c 20000 /dev/zero");
        assert!(much.contains("more than a key") || much.contains("ended with"), "{much}");
    }

    #[test]
    fn a_command_that_says_very_much_still_ends() {
        assert_eq!(*shell("head -c 1000000 /dev/zero >&2; echo done", LONG).expect("text"), "done\n");
    }

    #[test]
    fn a_command_that_hangs_is_killed_at_its_limit() {
        // It never ends by itself: nothing is written into the pipe that it reads.
        let hung = shell("exec tail -f /dev/null", Duration::from_millis(200)).expect_err("killed").to_string();
        assert!(hung.contains("did not end within 0 seconds and was killed"), "{hung}");
    }
}
