//! A PostgreSQL server of one test alone, for what a shared one cannot show: restarts, TLS, archives of its log.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result};
use tempfile::TempDir;

use super::cluster::{DEBIAN_PROGRAMS, newest_programs};
use super::database::Psql;
use crate::{free_port, process};

const WITHIN: Duration = Duration::from_secs(120);

/// A throw-away server that the test starts and stops itself. It is gone with the value.
pub struct OwnPostgres {
    programs: PathBuf,
    home: TempDir,
    port: u16,
    password: String,
}

impl OwnPostgres {
    /// Starts a server with these lines added to its settings, in which `{home}` stands for [`OwnPostgres::home`], and
    /// with these files in its home.
    pub fn start(settings: &str, files: &[(&str, &str)]) -> Result<Self> {
        let programs = newest_programs(DEBIAN_PROGRAMS.as_ref())?;
        let home = crate::temp_dir()?;
        let password = fs::read_to_string("/proc/sys/kernel/random/uuid").context("the kernel gave no password")?;
        let server = Self { programs, home, port: free_port()?, password: password.trim_end().replace('-', "") };
        fs::write(server.path("password"), &server.password)?;
        for (name, text) in files {
            fs::write(server.path(name), text)?;
            // A server refuses a private key that others can read.
            fs::set_permissions(server.path(name), fs::Permissions::from_mode(0o600))?;
        }
        server.give_to_account()?;
        let data = server.path("data");
        let mut initdb = server.as_account("initdb");
        initdb.arg("--pgdata").arg(&data).args(["--username", "holdfast", "--auth", "scram-sha-256", "--no-sync"]);
        initdb.arg("--pwfile").arg(server.path("password")).args(["--encoding", "UTF8", "--locale", "C.UTF-8"]);
        process::run("initdb", &mut initdb, b"", WITHIN)?.success("initdb")?;
        let settings = settings.replace("{home}", &server.home().to_string_lossy());
        let common =
            "listen_addresses = '127.0.0.1'\nunix_socket_directories = ''\nfsync = off\nshared_buffers = 16MB\n";
        let path = data.join("postgresql.conf");
        let own = fs::read_to_string(&path)?;
        fs::write(&path, format!("{own}\n{common}{settings}\n"))?;
        server.run_server(&data)?;
        Ok(server)
    }

    /// The folder of everything of this server; its data is in `data`.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// `postgres://role:password@127.0.0.1:port/postgres`.
    pub fn url(&self) -> String {
        format!("postgres://holdfast:{}@127.0.0.1:{}/postgres", self.password, self.port)
    }

    /// Runs SQL with psql and gives the rows as lines, columns separated by `|`.
    pub fn psql(&self, sql: &str) -> Result<String> {
        Psql::new(&self.programs).run(&self.url(), sql)
    }

    /// Runs the server from this data directory.
    pub fn run_server(&self, data: &Path) -> Result<()> {
        let mut start = self.as_account("pg_ctl");
        start.arg("--pgdata").arg(data).arg("--log").arg(self.path("server.log"));
        start.args(["--options", &format!("-p {}", self.port), "--wait", "--timeout", "60", "start"]);
        let log = || fs::read_to_string(self.path("server.log")).unwrap_or_default();
        process::run("pg_ctl", &mut start, b"", WITHIN)?.success("pg_ctl").with_context(log)?;
        Ok(())
    }

    /// Stops the server of this data directory at once, as a crash would.
    pub fn stop_server(&self, data: &Path) -> Result<()> {
        let mut stop = self.as_account("pg_ctl");
        stop.arg("--pgdata").arg(data).args(["--mode", "immediate", "--wait", "stop"]);
        process::run("pg_ctl", &mut stop, b"", WITHIN)?.success("pg_ctl")?;
        Ok(())
    }

    /// One of the server's programs, to be run as the account of the server, knowing the password.
    pub fn as_account(&self, program: &str) -> Command {
        let program = self.programs.join(program);
        let mut command = match account() {
            Some(account) => {
                let mut command = Command::new("runuser");
                command.args(["--user", account, "--"]).arg(program);
                command
            }
            None => Command::new(program),
        };
        command.current_dir("/").env("PGPASSWORD", &self.password);
        command
    }

    /// Runs such a program to its end.
    pub fn run(&self, command: &mut Command) -> Result<String> {
        process::run("a program of PostgreSQL", command, b"", WITHIN)?.success("a program of PostgreSQL")
    }

    /// Ends the part of the log that is being written, and returns when it is archived.
    pub fn archive_log(&self) -> Result<()> {
        let part = self.psql("SELECT pg_walfile_name(pg_switch_wal())")?;
        // The server itself waits, in short turns; psql's own time bound ends a wait in vain.
        self.psql(&format!(
            "DO $$ BEGIN WHILE COALESCE((SELECT last_archived_wal FROM pg_stat_archiver), '') < '{part}' LOOP \
             PERFORM pg_sleep(0.05); PERFORM pg_stat_clear_snapshot(); END LOOP; END $$"
        ))?;
        Ok(())
    }

    /// Returns when a server that recovers has ended its recovery.
    pub fn wait_for_writing(&self) -> Result<()> {
        self.psql("DO $$ BEGIN WHILE pg_is_in_recovery() LOOP PERFORM pg_sleep(0.05); END LOOP; END $$")?;
        Ok(())
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// Hands everything in the home to the account of the server.
    pub fn give_to_account(&self) -> Result<()> {
        let Some(account) = account() else { return Ok(()) };
        let mut chown = Command::new("chown");
        chown.args(["-R", account]).arg(self.home());
        process::run("chown", &mut chown, b"", WITHIN)?.success("chown")?;
        Ok(())
    }
}

impl Drop for OwnPostgres {
    fn drop(&mut self) {
        // Which of its data directories it runs from is its own business by now; one that does not run is no failure.
        for entry in fs::read_dir(self.home()).into_iter().flatten().flatten() {
            if entry.path().join("postmaster.pid").exists() {
                let _ = self.stop_server(&entry.path());
            }
        }
    }
}

/// PostgreSQL refuses to run as root.
fn account() -> Option<&'static str> {
    let is_root = fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0);
    let known = |name: &str| {
        fs::read_to_string("/etc/passwd").is_ok_and(|all| all.lines().any(|line| line.starts_with(&format!("{name}:"))))
    };
    is_root.then(|| if known("postgres") { "postgres" } else { "nobody" })
}
