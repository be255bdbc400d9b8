//! Moving an org to the other store: copied in one snapshot, compared row by row, switched in the control database in
//! one step, and only then removed from where it was.
//!
//! The control database knows of a move before its first byte. Cut off before the switch, the next start removes the
//! copy; cut off behind it, the next start removes what is left of the original.

use crate::control::OrgBackend;
use crate::copy::{Loader, digest_tables, each_row, tables};
use crate::driver::{Connection, Dialect};
use crate::installation::{Store, remove, unknown_org};
use crate::keys::Keyring;
use crate::migrate::MIGRATIONS;
use crate::org::{Backend, Open, OrgStore};
use crate::postgres_home;
use crate::schemas::Schemas;
use model::{Error, ErrorCode, OrgId, OrgSchema, Result};
use std::fs;
use std::path::Path;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

/// How far a move has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MoveStep {
    /// The control database knows of it, and writing has stopped.
    Begun,
    /// One table is in its new place.
    Copied { table: String, rows: u64 },
    /// All tables are the same in both places, row by row.
    Compared { tables: usize, rows: u64 },
    /// The org lives in its new place.
    Switched,
    /// The old place is empty.
    Removed,
}

const MOVING: &str = "This org is being moved to another store. Reading works; save again in a few minutes.";
const MOVED: &str = "This org has been moved to another store. Try again.";

impl Store {
    /// Moves an org to the other store. People go on reading until it has switched; writes are refused meanwhile.
    ///
    /// # Errors
    /// `NOT_FOUND`; in words when it lives there already, or when something fails. Then it is where it was before, or,
    /// when only removing the original failed, in its new place.
    pub fn org_move(&self, org: OrgId, to: OrgBackend, watch: &mut dyn FnMut(MoveStep) -> Result<()>) -> Result<()> {
        let row = self.control.find(org)?.ok_or_else(|| unknown_org(org))?;
        if row.backend == to {
            let place = to.place();
            return Err(Error::new(ErrorCode::FieldIntegrityException, format!("Org {org} lives in {place} already.")));
        }
        // Said before anything begins: is there a server at all?
        self.postgres()?;
        let source = self.org(org)?;
        source.gate.stop_writing(MOVING)?;
        let moved = self.move_steps(&source, row.backend, to, watch);
        if moved.is_err() {
            for (_, to, switched) in self.control.moves()?.into_iter().filter(|(of, ..)| *of == org) {
                self.settle_move(org, to, switched);
            }
            if self.control.find(org)?.is_some_and(|row| row.backend != to) {
                source.gate.resume();
            }
        }
        moved
    }

    /// The move itself. On an error it leaves everything as it lies, which is what a kill at that point does too.
    pub(crate) fn move_steps(
        &self,
        source: &Arc<OrgStore>,
        from: OrgBackend,
        to: OrgBackend,
        watch: &mut dyn FnMut(MoveStep) -> Result<()>,
    ) -> Result<()> {
        let org = source.org;
        self.control.move_begin(org, to)?;
        watch(MoveStep::Begun)?;
        self.remove_copy(org, to)?;
        let target = self.new_place(org, to, &source.keyring)?;
        copy_all(source, &target, watch)?;
        target.rest()?;
        drop(target);
        self.control.move_switch(org, to)?;
        source.gate.close(MOVED);
        self.forget(org);
        watch(MoveStep::Switched)?;
        self.remove_copy(org, from)?;
        self.control.move_end(org)?;
        watch(MoveStep::Removed)
    }

    /// An empty database of the org in the given store, with the platform's own tables.
    pub(crate) fn new_place(&self, org: OrgId, kind: OrgBackend, keyring: &Arc<Keyring>) -> Result<OrgStore> {
        let backend = match kind {
            OrgBackend::Embedded => self.open_file(&self.org_dir(org).join("org.db"), keyring, true)?,
            OrgBackend::Postgres => self.open_postgres(org, keyring, true)?,
        };
        let place = self.org_store(org, keyring.clone(), backend, Arc::new(OrgSchema::build(0, Vec::new())?));
        // It is nobody's yet, and what fills it takes its time.
        place.limit_statements(Duration::MAX);
        place.migrate_to(MIGRATIONS)?;
        Ok(place)
    }

    /// Removes what an org has in a store where it does not live.
    pub(crate) fn remove_copy(&self, org: OrgId, kind: OrgBackend) -> Result<()> {
        match kind {
            OrgBackend::Embedded => remove_database(&self.org_dir(org).join("org.db")),
            OrgBackend::Postgres => {
                let server = self.postgres()?;
                postgres_home::drop_home(server, &postgres_home::login(server, &self.installation, org, None)?)
            }
        }
    }

    /// Ends moves that were cut off: those before their switch backwards, the others forwards. One that cannot be
    /// ended now, because the database server is away, is tried again at the next start.
    pub(crate) fn settle_moves(&self) {
        let moves = match self.control.moves() {
            Ok(moves) => moves,
            Err(error) => {
                tracing::error!(cause = error.internal_cause(), "the list of moves cannot be read");
                return;
            }
        };
        for (org, to, switched) in moves {
            self.settle_move(org, to, switched);
        }
    }

    fn settle_move(&self, org: OrgId, to: OrgBackend, switched: bool) {
        let left = if switched { to.other() } else { to };
        match self.remove_copy(org, left).and_then(|()| self.control.move_end(org)) {
            Ok(()) => tracing::warn!(%org, switched, "a move that was cut off is settled"),
            Err(error) => {
                let cause = error.internal_cause();
                tracing::error!(%org, cause, "a move that was cut off stays open: {}", error.message());
            }
        }
    }
}

/// Removes a database file with its companions.
pub(crate) fn remove_database(path: &Path) -> Result<()> {
    for suffix in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        remove(fs::remove_file(name))?;
    }
    Ok(())
}

/// Copies every table in one snapshot of the source and one transaction of the target, then compares.
fn copy_all(source: &OrgStore, target: &OrgStore, watch: &mut dyn FnMut(MoveStep) -> Result<()>) -> Result<()> {
    let copied = source.in_snapshot(|from| {
        let wanted = tables(from)?;
        let defs = Schemas::default().load(from)?.defs().collect();
        let digests = target.with_writer(|into| {
            let mut open = Open::begin(into, "BEGIN")?;
            without_limits(open.connection)?;
            let mut loader = Loader::new(open.connection, wanted.clone());
            loader.create_objects(defs)?;
            let mut digests = Vec::with_capacity(wanted.len());
            for table in &wanted {
                loader.begin(table)?;
                each_row(from, table, &mut |cells| loader.row(cells))?;
                let digest = loader.end()?;
                watch(MoveStep::Copied { table: table.name.clone(), rows: digest.rows })?;
                digests.push(digest);
            }
            loader.finish()?;
            open.commit()?;
            Ok(digests)
        })?;
        Ok(wanted.into_iter().zip(digests).collect::<Vec<_>>())
    })?;
    let (wanted, digests): (Vec<_>, Vec<_>) = copied.into_iter().unzip();
    // Read again where it was written: what counts is what the target will answer.
    let arrived = target.in_snapshot(|connection| digest_tables(connection, &wanted))?;
    for ((table, sent), came) in wanted.iter().zip(&digests).zip(&arrived) {
        if sent != came {
            return Err(Error::unavailable(
                format!(
                    "The copy differs from the original: {} has {} rows there and {} here, or their contents differ. \
                     The org stays where it was.",
                    table.name, came.rows, sent.rows
                ),
                "digests differ",
            ));
        }
    }
    watch(MoveStep::Compared { tables: wanted.len(), rows: digests.iter().map(|digest| digest.rows).sum() })
}

/// An operator's long work is not what the limits on statements are for.
pub(crate) fn without_limits(connection: &mut dyn Connection) -> Result<()> {
    match connection.dialect() {
        Dialect::Sqlite => Ok(()),
        Dialect::Postgres => {
            connection.batch("SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0")
        }
    }
}

impl OrgStore {
    /// Runs work on one consistent view of everything, beside the writers, for as long as it takes.
    pub(crate) fn in_snapshot<T>(&self, work: impl FnOnce(&mut dyn Connection) -> Result<T>) -> Result<T> {
        match &self.backend {
            // A connection of its own: those of readers keep the limit on statements.
            Backend::Sqlite { path, .. } => snapshot(&mut self.open_file(path)?, "BEGIN", work),
            Backend::Postgres { server, login } => {
                snapshot(&mut server.connection(login)?, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", work)
            }
        }
    }

    /// What the database finds wrong with itself; nothing when it cannot look (PostgreSQL has `pg_amcheck` for that).
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn storage_check(&self) -> Result<Option<Vec<String>>> {
        match &self.backend {
            Backend::Sqlite { path, .. } => self.open_file(path)?.integrity().map(Some),
            Backend::Postgres { .. } => Ok(None),
        }
    }

    /// Brings everything of a file into the file itself, and to the disk.
    pub(crate) fn rest(&self) -> Result<()> {
        match &self.backend {
            Backend::Sqlite { path, writer, readers } => {
                readers.close_idle();
                self.usable(path, &mut writer.lock().unwrap_or_else(PoisonError::into_inner))?.checkpoint()?;
                crate::installation::sync_dir(path.parent().unwrap_or(Path::new(".")))
            }
            Backend::Postgres { .. } => Ok(()),
        }
    }
}

fn snapshot<T>(
    connection: &mut dyn Connection,
    begin: &str,
    work: impl FnOnce(&mut dyn Connection) -> Result<T>,
) -> Result<T> {
    let mut open = Open::begin(connection, begin)?;
    without_limits(open.connection)?;
    let value = work(open.connection)?;
    open.commit()?;
    Ok(value)
}

impl OrgBackend {
    /// The other one.
    pub fn other(self) -> Self {
        match self {
            OrgBackend::Embedded => OrgBackend::Postgres,
            OrgBackend::Postgres => OrgBackend::Embedded,
        }
    }

    fn place(self) -> &'static str {
        match self {
            OrgBackend::Embedded => "a file",
            OrgBackend::Postgres => "PostgreSQL",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Installed;

    fn lives(installed: &Installed, org: OrgId) -> OrgBackend {
        installed.store().control.find(org).expect("a list").expect("the org").backend
    }

    #[test]
    fn a_killed_move_is_settled_by_the_next_start() {
        let mut installed = Installed::postgres();
        let id = installed.create_org().org();
        // Once before anything is copied, once in the middle, once behind the switch; then the same the other way.
        for kill_after in [1, 5, usize::MAX, 1, 5, usize::MAX] {
            let org = installed.store().org(id).expect("the org");
            org.write(|tx| tx.setting_put("kept", &kill_after.to_string())).expect("a row");
            let from = lives(&installed, id);
            org.gate.stop_writing("on purpose").expect("nobody else");
            let mut steps = 0;
            let killed = installed.store().move_steps(&org, from, from.other(), &mut |step| {
                steps += 1;
                let last = steps > kill_after || step == MoveStep::Switched;
                if last { Err(Error::internal("killed")) } else { Ok(()) }
            });
            killed.expect_err("killed");
            drop(org);
            assert_eq!(installed.store().control.moves().expect("a list").len(), 1, "it knows of the move");
            installed.reopen();
            assert!(installed.store().control.moves().expect("a list").is_empty(), "and of its end");
            let expected = if kill_after == usize::MAX { from.other() } else { from };
            assert_eq!(lives(&installed, id), expected);
            let org = installed.store().org(id).expect("the org");
            let kept = org.read(|tx| tx.setting("kept")).expect("a setting");
            assert_eq!(kept, Some(kill_after.to_string()));
            let in_file = installed.store().org_dir(id).join("org.db").exists();
            assert_eq!(in_file, expected == OrgBackend::Embedded);
            let schemas = installed.psql("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'holdfast_org%'");
            assert_eq!(schemas == "1", expected == OrgBackend::Postgres);
        }
    }
}
