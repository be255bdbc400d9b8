//! A real PostgreSQL server for tests, and a fresh database in it for each test that asks.
//!
//! All test processes of a run share one throw-away server; `cluster` says how it starts and ends. A server that
//! already runs can be used instead by naming it in `HOLDFAST_TEST_PG` (its role must be allowed to create databases).

mod cluster;
mod database;
mod own;

use std::path::PathBuf;
use std::sync::OnceLock;

use anyhow::{Result, anyhow};

pub use database::TestDatabase;
pub use own::OwnPostgres;

use cluster::Cluster;
use database::Psql;

/// The setting that names a server to use instead of starting one.
const SERVER_SETTING: &str = "HOLDFAST_TEST_PG";

/// The PostgreSQL server that the tests of this run share.
pub struct Postgres {
    psql: Psql,
    url: String,
    /// Keeps the server alive as long as this process lives; absent for a server that is not ours.
    _cluster: Option<Cluster>,
}

impl Postgres {
    /// The shared server, started when this is the first test that needs it.
    pub fn shared() -> Result<&'static Self> {
        static SERVER: OnceLock<Result<Postgres, String>> = OnceLock::new();
        let server = SERVER.get_or_init(|| Self::connect().map_err(|error| format!("{error:#}")));
        server.as_ref().map_err(|error| anyhow!("no PostgreSQL server for this test: {error}"))
    }

    /// A new empty database in the shared server, dropped with the value.
    pub fn create_database() -> Result<TestDatabase> {
        let server = Self::shared()?;
        TestDatabase::create(&server.psql, &server.url, "template0")
    }

    /// A new database with the same contents as `template`, to which nobody may be connected at this moment.
    ///
    /// Cloning a prepared database is much faster than preparing one again for each test.
    pub fn clone_database(template: &TestDatabase) -> Result<TestDatabase> {
        let server = Self::shared()?;
        TestDatabase::create(&server.psql, &server.url, template.name())
    }

    /// The address of the server's maintenance database, with a role that may do everything.
    pub fn admin_url(&self) -> &str {
        &self.url
    }

    /// The folder of the server's own programs (`pg_dump`, `pg_restore`, `psql`).
    pub fn programs(&self) -> PathBuf {
        self.psql.programs().to_owned()
    }

    fn connect() -> Result<Self> {
        let programs = cluster::newest_programs(cluster::DEBIAN_PROGRAMS.as_ref())?;
        let psql = Psql::new(&programs);
        match std::env::var(SERVER_SETTING) {
            Ok(url) => Ok(Self { psql, url, _cluster: None }),
            Err(_) => {
                let cluster = Cluster::join(&programs, &crate::target_dir().join("test-postgres"))?;
                Ok(Self { psql, url: cluster.url().to_owned(), _cluster: Some(cluster) })
            }
        }
    }
}
