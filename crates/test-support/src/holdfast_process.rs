//! The built binary itself, serving its demonstration org to a test.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::time::Duration;

use anyhow::{Context as _, Result};
use tempfile::TempDir;

use crate::authority::ServerFiles;
use crate::process::Service;

/// A debug build fills the demonstration org in this time with room to spare, on two slow cores.
const READY_WITHIN: Duration = Duration::from_secs(300);

/// How to reach the demonstration org, as the binary wrote it for other programs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoAccess {
    pub url: String,
    /// Where plain HTTP is answered, which is `url` unless the server speaks TLS.
    pub http_url: String,
    pub username: String,
    pub password: String,
    pub security_token: String,
    pub token: String,
    pub client_id: String,
    pub client_secret: String,
    pub org_id: String,
}

impl DemoAccess {
    /// Reads the lines `NAME=value` of the file; `None` as long as one of the names is missing.
    fn parse(text: &str) -> Option<Self> {
        let values: BTreeMap<&str, &str> = text
            .lines()
            .filter_map(|line| line.trim().strip_prefix("export ").unwrap_or(line.trim()).split_once('='))
            .map(|(name, value)| (name, unquoted(value)))
            .collect();
        let value = |name| values.get(name).map(|value| (*value).to_owned());
        Some(Self {
            url: value("SF_URL")?,
            http_url: value("SF_HTTP_URL")?,
            username: value("SF_USERNAME")?,
            password: value("SF_PASSWORD")?,
            security_token: value("SF_SECURITY_TOKEN")?,
            token: value("SF_TOKEN")?,
            client_id: value("SF_CLIENT_ID")?,
            client_secret: value("SF_CLIENT_SECRET")?,
            org_id: value("SF_ORG_ID")?,
        })
    }

    /// The same as environment variables, for `node_script` and `python_script`.
    pub fn env(&self) -> [(&'static str, &str); 9] {
        [
            ("SF_URL", &self.url),
            ("SF_USERNAME", &self.username),
            ("SF_PASSWORD", &self.password),
            ("SF_TOKEN", &self.token),
            ("SF_CLIENT_ID", &self.client_id),
            ("SF_CLIENT_SECRET", &self.client_secret),
            ("SF_ORG_ID", &self.org_id),
            ("SF_HTTP_URL", &self.http_url),
            ("SF_SECURITY_TOKEN", &self.security_token),
        ]
    }
}

fn unquoted(value: &str) -> &str {
    let quoted = |quote| value.strip_prefix(quote).and_then(|rest: &str| rest.strip_suffix(quote));
    quoted('"').or_else(|| quoted('\'')).unwrap_or(value)
}

/// A running `holdfast demo` on a port of its own with a data folder of its own; both go with the value.
pub struct HoldfastProcess {
    service: Service,
    access: DemoAccess,
    data: TempDir,
}

impl HoldfastProcess {
    /// Starts the binary, which a test names as `env!("CARGO_BIN_EXE_holdfast")`, and waits until it answers.
    ///
    /// The binary writes its env file completely and then prints a line; that line is what is waited for.
    pub fn demo(binary: impl AsRef<Path>) -> Result<Self> {
        Self::demo_with(binary, &[], &[])
    }

    /// The same with more arguments and environment variables.
    pub fn demo_with(binary: impl AsRef<Path>, arguments: &[&str], env: &[(&str, &str)]) -> Result<Self> {
        let data = crate::temp_dir()?;
        let env_file = data.path().join("access.env");
        let mut command = Command::new(binary.as_ref());
        command.args(["demo", "--listen", "127.0.0.1:0", "--data"]).arg(data.path().join("org"));
        command.arg("--env-file").arg(&env_file);
        command.args(arguments).envs(env.iter().copied());
        let mut service = Service::start("holdfast demo", &mut command)?;
        let access = service.wait_until(READY_WITHIN, |_| match std::fs::read_to_string(&env_file) {
            Ok(text) => Ok(DemoAccess::parse(&text)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).context("the env file could not be read"),
        })?;
        Ok(Self { service, access, data })
    }

    /// The same, speaking TLS too: `access().url` is then https.
    pub fn demo_with_tls(binary: impl AsRef<Path>, files: &ServerFiles, arguments: &[&str]) -> Result<Self> {
        let text = |path: &Path| path.to_str().map(str::to_owned).context("a path that is text");
        let (certificate, key) = (text(&files.certificate)?, text(&files.key)?);
        let tls = ["--tls-cert", certificate.as_str(), "--tls-key", key.as_str()];
        Self::demo_with(binary, &[&tls, arguments].concat(), &[])
    }

    pub fn access(&self) -> &DemoAccess {
        &self.access
    }

    /// Where the pages and the API are, such as `http://127.0.0.1:41234`.
    pub fn url(&self) -> &str {
        &self.access.url
    }

    /// The folder of the org's data.
    pub fn data_dir(&self) -> PathBuf {
        self.data.path().join("org")
    }

    pub fn process_id(&self) -> u32 {
        self.service.id()
    }

    /// What the process has logged so far.
    pub fn log(&self) -> String {
        self.service.errors()
    }

    /// Ends the process without warning, as a power cut would, and keeps the data for a look or a new start.
    pub fn kill(mut self) -> TempDir {
        self.service.kill();
        self.data
    }
}

/// A server of the built binary that says by a line where it listens; it ends with the value.
pub struct ServerProcess {
    service: Service,
    address: String,
}

impl ServerProcess {
    /// Starts a command such as `holdfast serve --listen 127.0.0.1:0` and waits for its word that it is ready.
    pub fn start(command: &mut Command) -> Result<Self> {
        let mut service = Service::start("holdfast", command)?;
        let address = service
            .wait_until(READY_WITHIN, |line| Ok(line.strip_prefix("Ready: http://").map(|rest| rest.to_owned())))?;
        Ok(Self { service, address })
    }

    /// Where it listens: `127.0.0.1:41234`.
    pub fn address(&self) -> &str {
        &self.address
    }

    pub fn process_id(&self) -> u32 {
        self.service.id()
    }

    /// What the process has logged so far.
    pub fn log(&self) -> String {
        self.service.errors()
    }

    /// Ends the process without warning, as a power cut would.
    pub fn kill(mut self) {
        self.service.kill();
    }

    /// Asks it to end, as a service manager would, and waits until it has.
    pub fn stop(mut self) -> Result<ExitStatus> {
        let id = i32::try_from(self.service.id()).ok().and_then(rustix::process::Pid::from_raw);
        rustix::process::kill_process(id.context("a process id")?, rustix::process::Signal::TERM)?;
        self.service.wait(READY_WITHIN)
    }

    /// How it ended, when it has.
    pub fn ended(&mut self) -> Result<Option<ExitStatus>> {
        self.service.ended()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMPLETE: &str = "SF_URL=http://127.0.0.1:1\nSF_HTTP_URL=http://127.0.0.1:1\nSF_SECURITY_TOKEN=s\nexport SF_USERNAME=\"a@b.example\"\nSF_PASSWORD='p=w'\n\
        SF_TOKEN=t\nSF_CLIENT_ID=c\nSF_CLIENT_SECRET=s\nSF_ORG_ID=00D000000000001AAA\n";

    /// A stand-in for the binary: a shell script that is given the same arguments.
    fn stand_in(folder: &Path, script: &str) -> PathBuf {
        use std::os::unix::fs::PermissionsExt as _;
        let path = folder.join("stand-in");
        std::fs::write(&path, format!("#!/bin/sh\n{script}")).expect("the script is written");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("it can be run");
        path
    }

    #[test]
    fn an_env_file_is_read_with_and_without_quotes() {
        let access = DemoAccess::parse(COMPLETE).expect("all names are there");
        assert_eq!(access.username, "a@b.example");
        assert_eq!(access.password, "p=w");
        assert_eq!(access.env()[6], ("SF_ORG_ID", "00D000000000001AAA"));
    }

    #[test]
    fn an_incomplete_env_file_is_not_ready() {
        assert_eq!(DemoAccess::parse("SF_URL=http://127.0.0.1:1\n"), None);
    }

    #[test]
    fn the_process_is_ready_when_it_says_so_after_its_env_file() {
        let folder = crate::temp_dir().expect("a folder");
        let script = format!(
            "echo filling\n[ \"$1 $2 $3 $4\" = 'demo --listen 127.0.0.1:0 --data' ] || exit 9\n\
             cat >\"$7\" <<'END'\n{COMPLETE}END\necho ready\nexec sleep 600\n"
        );
        let process = HoldfastProcess::demo(stand_in(folder.path(), &script)).expect("it becomes ready");
        assert_eq!(process.url(), "http://127.0.0.1:1");
    }

    #[test]
    fn a_process_that_fails_to_start_shows_its_errors() {
        let folder = crate::temp_dir().expect("a folder");
        let binary = stand_in(folder.path(), "exec 1>&2\necho the port is taken\nexit 1\n");
        let message = HoldfastProcess::demo(binary).err().expect("it ends at once").to_string();
        assert!(message.contains("holdfast demo ended: exit status: 1"), "{message}");
    }
}
