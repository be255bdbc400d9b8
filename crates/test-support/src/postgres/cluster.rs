//! The throw-away server that all test processes of a run share.
//!
//! The first process that needs it starts it under a lock; every process that uses it holds a shared lock until it
//! ends; a supervising shell, outside the test's own process group, stops the server when no such lock is left. The
//! kernel releases locks of processes that crash or are killed, so no run leaves a server behind.

use std::fs::{self, File, TryLockError};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use crate::{FIX, free_port};

/// Where Debian keeps the server programs, one folder for each major version.
pub(super) const DEBIAN_PROGRAMS: &str = "/usr/lib/postgresql";

/// The oldest major version that the product supports.
const OLDEST: u32 = 15;

const SUPERVISOR: &str = include_str!("supervise.sh");
const START_WITHIN: Duration = Duration::from_secs(120);
/// Another process may take a free port before the server does.
const PORTS_TO_TRY: usize = 5;

/// A share in the server: it runs at least as long as this value lives.
pub(super) struct Cluster {
    url: String,
    _user: File,
}

impl Cluster {
    /// Uses the server whose state is kept in `state`, or starts it.
    pub(super) fn join(programs: &Path, state: &Path) -> Result<Self> {
        fs::create_dir_all(state).with_context(|| format!("{} could not be made", state.display()))?;
        // Waits while a supervisor is just stopping its server; once held, no supervisor stops one.
        let user = lock_file(state, "users.lock")?;
        user.lock_shared().context("the users lock of the test server could not be taken")?;
        let starting = lock_file(state, "start.lock")?;
        starting.lock().context("the start lock of the test server could not be taken")?;
        let url = match running(state)? {
            Some(url) => url,
            None => start(programs, state)?,
        };
        Ok(Self { url, _user: user })
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }
}

/// The server programs of the newest supported version in `parent`.
pub(super) fn newest_programs(parent: &Path) -> Result<PathBuf> {
    let versions = fs::read_dir(parent).into_iter().flatten().flatten();
    let newest = versions
        .filter_map(|folder| Some((folder.file_name().to_str()?.parse::<u32>().ok()?, folder.path().join("bin"))))
        .filter(|(version, programs)| *version >= OLDEST && programs.join("initdb").is_file())
        .max();
    let (_, programs) = newest.with_context(|| {
        format!("no PostgreSQL server of version {OLDEST} or newer under {}; {FIX}", parent.display())
    })?;
    Ok(programs)
}

/// The address of the running server, when one is supervised.
fn running(state: &Path) -> Result<Option<String>> {
    match lock_file(state, "supervisor.lock")?.try_lock() {
        Err(TryLockError::WouldBlock) => {
            let url = fs::read_to_string(state.join("url"))
                .with_context(|| format!("the test server supervised in {} has no address", state.display()))?;
            Ok(Some(url.trim_end().to_owned()))
        }
        Err(TryLockError::Error(error)) => Err(error).context("the supervisor lock could not be tried"),
        // Nobody holds it, so nobody supervises; the lock goes back with the file.
        Ok(()) => Ok(None),
    }
}

fn start(programs: &Path, state: &Path) -> Result<String> {
    let log_path = state.join("supervisor.log");
    let log = File::create(&log_path).with_context(|| format!("{} could not be written", log_path.display()))?;
    let ports = (0..PORTS_TO_TRY).map(|_| free_port()).collect::<Result<Vec<_>>>()?;
    // A session of its own: interrupting the test run must not kill the supervisor before it has stopped the server.
    let mut command = Command::new("setsid");
    command.args(["sh", "-c", SUPERVISOR, "supervise"]).arg(programs).arg(state);
    command.args(ports.iter().map(u16::to_string));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log);
    let mut supervisor = command.spawn().context("setsid could not be started (Debian's util-linux has it)")?;
    let stdout = supervisor.stdout.take().expect("standard output was asked to be piped");
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut line = String::new();
        let outcome = BufReader::new(stdout).read_line(&mut line).map(|_| line);
        // The receiver is gone when the time bound has passed.
        let _ = sender.send(outcome);
    });
    match receiver.recv_timeout(START_WITHIN) {
        Ok(Ok(line)) if line == "ready\n" => running(state)?.context("the test server ended as soon as it was ready"),
        Ok(_) => {
            let reason = fs::read_to_string(&log_path).unwrap_or_default();
            bail!("the PostgreSQL test server did not start:\n{reason}")
        }
        Err(_) => {
            let _ = supervisor.kill();
            bail!("the PostgreSQL test server was not ready within {START_WITHIN:?}; see {}", log_path.display())
        }
    }
}

fn lock_file(state: &Path, name: &str) -> Result<File> {
    let path = state.join(name);
    File::options()
        .create(true)
        .append(true)
        .open(&path)
        .with_context(|| format!("{} could not be opened", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn installed(versions: &[&str]) -> tempfile::TempDir {
        let parent = crate::temp_dir().expect("a folder");
        for version in versions {
            let programs = parent.path().join(version).join("bin");
            fs::create_dir_all(&programs).expect("a folder");
            fs::write(programs.join("initdb"), "").expect("a file");
        }
        parent
    }

    #[test]
    fn the_newest_version_is_taken_by_number_not_by_spelling() {
        let parent = installed(&["9", "15", "17", "common"]);
        let programs = newest_programs(parent.path()).expect("two supported versions");
        assert_eq!(programs, parent.path().join("17/bin"));
    }

    #[test]
    fn an_unsupported_version_is_named_with_the_fix() {
        let parent = installed(&["13"]);
        let message = newest_programs(parent.path()).expect_err("13 is too old").to_string();
        assert!(message.contains("version 15 or newer"), "{message}");
        assert!(message.contains("cargo xtask test"), "{message}");
    }
}
