//! One fresh database of one test, and `psql` to look into it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result};

use crate::process;

const STATEMENT_WITHIN: Duration = Duration::from_secs(60);

/// The `psql` of the server's own version, so that these helpers need no database driver.
#[derive(Clone)]
pub(super) struct Psql {
    programs: PathBuf,
}

impl Psql {
    pub(super) fn new(programs: &Path) -> Self {
        Self { programs: programs.to_owned() }
    }

    pub(super) fn programs(&self) -> &Path {
        &self.programs
    }

    /// Runs SQL and gives the rows as lines, columns separated by `|`.
    pub(super) fn run(&self, url: &str, sql: &str) -> Result<String> {
        let mut command = Command::new(self.programs.join("psql"));
        // A person's own psql settings must not change what a test sees.
        command.args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1"]);
        command.args(["--dbname", url]);
        let output = process::run("psql", &mut command, sql.as_bytes(), STATEMENT_WITHIN)?.success("psql")?;
        Ok(output.trim_end().to_owned())
    }
}

/// A database that only one test uses. It is dropped with the value, whoever is still connected.
pub struct TestDatabase {
    psql: Psql,
    admin_url: String,
    name: String,
    url: String,
}

impl TestDatabase {
    pub(super) fn create(psql: &Psql, admin_url: &str, template: &str) -> Result<Self> {
        let name = unique_name()?;
        psql.run(admin_url, &format!("CREATE DATABASE {name} TEMPLATE {template}"))
            .with_context(|| format!("the test database {name} could not be created"))?;
        let url = with_database(admin_url, &name)?;
        Ok(Self { psql: psql.clone(), admin_url: admin_url.to_owned(), name, url })
    }

    /// `postgres://role:password@host:port/database`.
    pub fn url(&self) -> &str {
        &self.url
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// Runs SQL with psql and gives the rows as lines, columns separated by `|`.
    pub fn psql(&self, sql: &str) -> Result<String> {
        self.psql.run(&self.url, sql)
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        // What stays behind after a failure goes with the server.
        let _ = self.psql.run(&self.admin_url, &format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
    }
}

/// Test processes share the server without knowing of each other, so a counter would not do.
fn unique_name() -> Result<String> {
    let uuid = std::fs::read_to_string("/proc/sys/kernel/random/uuid").context("the kernel gave no unique name")?;
    Ok(format!("test_{}", uuid.trim_end().replace('-', "")))
}

/// The same server and settings with another database.
fn with_database(url: &str, name: &str) -> Result<String> {
    let (server, settings) = match url.split_once('?') {
        Some((server, settings)) => (server, format!("?{settings}")),
        None => (url, String::new()),
    };
    let scheme = server.find("://").context("a server address starts with postgres://")? + "://".len();
    let authority = server[scheme..].find('/').map_or(server.len(), |slash| scheme + slash);
    Ok(format!("{}/{name}{settings}", &server[..authority]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_database_of_an_address_is_replaced() {
        for (url, expected) in [
            ("postgres://me:pw@127.0.0.1:5432/postgres", "postgres://me:pw@127.0.0.1:5432/mine"),
            ("postgres://host", "postgres://host/mine"),
            ("postgresql://host/db?sslmode=require", "postgresql://host/mine?sslmode=require"),
        ] {
            assert_eq!(with_database(url, "mine").expect("a valid address"), expected);
        }
        with_database("localhost", "mine").expect_err("it names no scheme");
    }
}
