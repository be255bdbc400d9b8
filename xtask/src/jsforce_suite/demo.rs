//! The demo server that the suite talks to.
#![expect(clippy::disallowed_methods, reason = "the wait for a server of ours is bounded by the clock of the machine")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

/// A debug build fills the demo org in this time with room to spare.
const READY_WITHIN: Duration = Duration::from_secs(180);

/// A running server; it ends with the value.
pub(super) struct Demo {
    process: Child,
    access: BTreeMap<String, String>,
}

impl Demo {
    /// Starts the binary with a fresh org in `folder` and waits until it answers.
    pub(super) fn start(binary: &Path, folder: &Path) -> Result<Self> {
        if folder.exists() {
            fs::remove_dir_all(folder).with_context(|| format!("{} could not be emptied", folder.display()))?;
        }
        fs::create_dir_all(folder).with_context(|| format!("{} could not be made", folder.display()))?;
        let file = folder.join("access.env");
        let log = fs::File::create(folder.join("server.log"))?;
        let process = Command::new(binary)
            .args(["demo", "--listen", "127.0.0.1:0", "--data"])
            .arg(folder.join("org"))
            .arg("--env-file")
            .arg(&file)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .with_context(|| format!("{} could not be started", binary.display()))?;
        let mut demo = Self { process, access: BTreeMap::new() };
        let begun = Instant::now();
        while begun.elapsed() < READY_WITHIN {
            if let Some(status) = demo.process.try_wait()? {
                bail!("the server ended by itself ({status}); its log is in {}", folder.display());
            }
            if let Ok(text) = fs::read_to_string(&file) {
                let lines = text.lines().filter_map(|line| line.split_once('='));
                demo.access = lines.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
                return Ok(demo);
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        bail!("the server was not ready within {} s; its log is in {}", READY_WITHIN.as_secs(), folder.display())
    }

    /// The variables by which the suite finds the org.
    pub(super) fn env(&self) -> Vec<(&'static str, &str)> {
        let names = [
            ("SF_LOGIN_URL", "SF_URL"),
            ("SF_ACCESS_TOKEN", "SF_TOKEN"),
            ("SF_USERNAME", "SF_USERNAME"),
            ("SF_PASSWORD", "SF_PASSWORD"),
        ];
        names.into_iter().filter_map(|(theirs, ours)| Some((theirs, self.access.get(ours)?.as_str()))).collect()
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to end.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
