//! Bringing one org's database up to the list of migrations.

use super::{MIGRATIONS, Migration};
use crate::cancel::STATEMENT_LIMIT;
use crate::driver::{Connection, Dialect, collect, placeholders};
use crate::moving::without_limits;
use crate::org::{Open, OrgStore};
use crate::read::{int_column, text_column};
use model::{Error, Instant, OrgId, Result};
use std::collections::BTreeMap;
use std::time::Duration;

impl OrgStore {
    /// Applies what this program knows and the org's database lacks, each migration in a transaction of its own: cut
    /// off between two, the next opening goes on with the second. Returns the names of those applied.
    ///
    /// # Errors
    /// When a newer program has changed the database; what the database reports, naming the migration.
    pub(crate) fn migrate(&self) -> Result<Vec<&'static str>> {
        // Nobody works in it yet, and a migration takes its time.
        self.limit_statements(Duration::MAX);
        let applied = self.migrate_to(MIGRATIONS);
        self.limit_statements(STATEMENT_LIMIT);
        applied
    }

    pub(crate) fn migrate_to(&self, list: &[Migration]) -> Result<Vec<&'static str>> {
        let is_whole = self.with_reader(|connection| {
            let applied = applied(connection)?.unwrap_or_default();
            check_known(self.org, &applied, list)?;
            Ok(list.iter().all(|migration| applied.contains_key(&migration.number)))
        })?;
        if is_whole {
            return Ok(Vec::new());
        }
        self.with_writer(|connection| {
            let applied = applied(connection)?.unwrap_or_default();
            check_known(self.org, &applied, list)?;
            let mut done = Vec::new();
            for migration in list.iter().filter(|migration| !applied.contains_key(&migration.number)) {
                let fresh = apply(connection, migration, self.clock.now()).map_err(|error| {
                    let cause = error.internal_cause().unwrap_or_default().to_owned();
                    Error::unavailable(
                        format!(
                            "The database of org {} could not be brought up to this version of Holdfast: migration {} \
                             ({}) failed. The org is as it was before that step.",
                            self.org, migration.number, migration.name
                        ),
                        format!("{}: {cause}", error.message()),
                    )
                })?;
                if fresh {
                    done.push(migration.name);
                }
            }
            Ok(done)
        })
    }
}

/// Refuses a database that a newer program has changed: this one would misread it.
///
/// # Errors
/// In words for the operator.
fn check_known(org: OrgId, applied: &BTreeMap<u32, String>, list: &[Migration]) -> Result<()> {
    let unknown = applied.iter().find(|(number, _)| !list.iter().any(|known| known.number == **number));
    let Some((number, name)) = unknown else { return Ok(()) };
    Err(Error::unavailable(
        format!(
            "Org {org} was opened by a newer version of Holdfast, which changed its database (migration {number}: \
             {name}). Run that version, or restore a backup made before the upgrade."
        ),
        "unknown migration",
    ))
}

/// Runs one migration and notes it, unless another process was quicker. Returns whether it ran here.
fn apply(connection: &mut dyn Connection, migration: &Migration, now: Instant) -> Result<bool> {
    let dialect = connection.dialect();
    let begin = match dialect {
        Dialect::Sqlite => "BEGIN IMMEDIATE",
        Dialect::Postgres => "BEGIN",
    };
    let mut open = Open::begin(connection, begin)?;
    let connection = &mut *open.connection;
    if dialect == Dialect::Postgres {
        without_limits(connection)?;
        connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(current_schema(), 11))", &[])?;
    }
    match applied(connection)? {
        Some(applied) if applied.contains_key(&migration.number) => return Ok(false),
        Some(_) => {}
        None => super::batch(connection, APPLIED)?,
    }
    // The first tables are there already in an org that was made before this list was kept.
    if migration.number != 1 || !has_table(connection, "hf_setting")? {
        (migration.run)(connection)?;
    }
    let sql = placeholders(dialect, "INSERT INTO hf_migration (number, name, applied_ms) VALUES (?, ?, ?)");
    connection.execute(&sql, &[i64::from(migration.number).into(), migration.name.into(), now.ms().into()])?;
    open.commit()?;
    Ok(true)
}

const APPLIED: &str =
    "CREATE TABLE hf_migration (number {int} PRIMARY KEY, name TEXT NOT NULL, applied_ms {int} NOT NULL)";

/// The migrations that this database has gone through; none when it keeps no list of them.
fn applied(connection: &mut dyn Connection) -> Result<Option<BTreeMap<u32, String>>> {
    if !has_table(connection, "hf_migration")? {
        return Ok(None);
    }
    let rows = collect(connection, "SELECT number, name FROM hf_migration", &[], |row| {
        Ok((u32::try_from(int_column(row, 0)?).map_err(Error::internal)?, text_column(row, 1)?))
    })?;
    Ok(Some(rows.into_iter().collect()))
}

/// Whether the org's database has a table of this name.
pub(crate) fn has_table(connection: &mut dyn Connection, name: &str) -> Result<bool> {
    let sql = match connection.dialect() {
        Dialect::Sqlite => "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = ?1",
        Dialect::Postgres => {
            "SELECT COUNT(*) FROM pg_catalog.pg_tables WHERE schemaname = current_schema() AND tablename = $1"
        }
    };
    Ok(collect(connection, sql, &[name.into()], |row| int_column(row, 0))?.first().is_some_and(|count| *count > 0))
}
