//! Bringing an org back from a backup. The org is built anew beside the one that is there, checked to its last row, and
//! takes its place only then.

use super::catalog::{Sink, Unpacking, unpack};
use super::manifest::Manifest;
use crate::control::{OrgBackend, OrgRow};
use crate::copy::{Loader, Table};
use crate::driver::{Login, Param, PostgresServer};
use crate::installation::{Store, create_private, sync_dir};
use crate::keys::Keyring;
use crate::migrate::{MIGRATIONS, Migration};
use crate::moving::{remove_database, without_limits};
use crate::org::{Backend, Open, OrgStore};
use crate::postgres_home;
use model::{Error, Instant, OrgId, OrgSchema, Result};
use std::fs;
use std::path::Path;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

/// Which backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RestorePoint {
    Newest,
    Number(u64),
    /// The newest that was made at this moment or before it.
    At(Instant),
}

/// What was restored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    pub number: u64,
    pub created: Instant,
    pub rows: u64,
    /// What had to be overridden by force.
    pub overridden: Vec<String>,
}

const RESTORING: &str = "This org is being restored from a backup. Try again in a few minutes.";

impl Store {
    /// Restores an org from a backup in `dir`. An org that this installation does not have yet needs its keyring, which
    /// no backup holds.
    ///
    /// # Errors
    /// In words, and nothing is changed: a damaged or missing part, a gap in the chain, a backup older than what the org
    /// is known to have reached. The latter two yield to `force`.
    pub fn backup_restore(
        &self,
        org: OrgId,
        dir: &Path,
        point: RestorePoint,
        force: bool,
        keyring_file: Option<&Path>,
    ) -> Result<Restored> {
        let _one_at_a_time = self.backing_up();
        let row = self.control.find(org)?;
        if row.is_none() {
            self.bring_keyring(org, keyring_file)?;
        }
        let restored = self.restore_row(org, dir, point, force, row.as_ref());
        if restored.is_err() && row.is_none() {
            // As it was before: an org's folder without an org would be in the way.
            let _ = fs::remove_dir_all(self.org_dir(org));
        }
        restored
    }

    fn restore_row(
        &self,
        org: OrgId,
        dir: &Path,
        point: RestorePoint,
        force: bool,
        row: Option<&OrgRow>,
    ) -> Result<Restored> {
        let keyring = self.keyring_of(org)?;
        let vault = self.vault(org, dir)?;
        if let Some(open) = self.find_open(org) {
            self.witness_keep_of(&open)?;
        }
        let (manifests, faults) = self.chain(org, &vault)?;
        let manifest = pick(&manifests, point).ok_or_else(|| {
            let first = faults.first().map(|fault| format!(" Backup {}: {}.", fault.number, fault.why));
            refused(format!("There is no such backup of org {org} in {}.{}", dir.display(), first.unwrap_or_default()))
        })?;
        let mut objections: Vec<String> = faults
            .iter()
            .filter(|fault| fault.number <= manifest.number)
            .map(|fault| format!("backup {}: {}", fault.number, fault.why))
            .collect();
        if row.is_some()
            && let Some(witness) = self.control.witness(org)?
            && witness.seq > manifest.audit_seq
        {
            objections.push(format!(
                "the backup holds the org up to row {} of its audit log, and the org had reached row {}: what came \
                 between would be lost",
                manifest.audit_seq, witness.seq
            ));
        }
        if !force && !objections.is_empty() {
            return Err(refused(format!(
                "Org {org} was not restored: {}. Nothing was changed. --force restores it all the same, and the audit \
                 log says so.",
                objections.join("; ")
            )));
        }
        let backend = row.map_or(self.default_backend(), |row| row.backend);
        self.build_beside(org, backend, &keyring, manifest, &vault)?;
        self.take_the_place(org, backend, &keyring)?;
        if row.is_none() {
            let location = self.config().location.clone();
            self.control.insert(&OrgRow { org, backend, location, created: self.clock().now() })?;
            self.control.org_number_used(org)?;
        }
        self.control.witness_forget(org)?;
        Ok(Restored {
            number: manifest.number,
            created: manifest.created(),
            rows: manifest.rows(),
            overridden: objections,
        })
    }

    fn bring_keyring(&self, org: OrgId, file: Option<&Path>) -> Result<()> {
        let file = file.ok_or_else(|| {
            refused(format!("This installation has no org {org}. To restore it here, name its keyring with --keyring."))
        })?;
        let folder = self.org_dir(org);
        create_private(&folder)
            .and_then(|()| fs::copy(file, folder.join("keyring.json")))
            .map(|_| ())
            .map_err(|error| refused(format!("The keyring {} cannot be copied: {error}.", file.display())))
    }

    /// The org from the backup in a place of its own, complete and compared.
    fn build_beside(
        &self,
        org: OrgId,
        kind: OrgBackend,
        keyring: &Arc<Keyring>,
        manifest: &Manifest,
        vault: &super::vault::Vault,
    ) -> Result<()> {
        let migrations = migrations_of(org, manifest)?;
        let backend = match kind {
            OrgBackend::Embedded => {
                let path = self.restored_file(org);
                remove_database(&path)?;
                self.open_file(&path, keyring, true)?
            }
            OrgBackend::Postgres => {
                let (server, login) = self.restored_login(org, keyring)?;
                postgres_home::drop_schema(&server, &login)?;
                postgres_home::create(&server, &login)?;
                Backend::Postgres { server, login }
            }
        };
        let place = self.org_store(org, keyring.clone(), backend, Arc::new(OrgSchema::build(0, Vec::new())?));
        place.limit_statements(Duration::MAX);
        place.migrate_to(&migrations)?;
        load(&place, manifest, vault)?;
        place.rest()
    }

    fn restored_file(&self, org: OrgId) -> std::path::PathBuf {
        self.org_dir(org).join("restored.db")
    }

    fn restored_login(&self, org: OrgId, keyring: &Keyring) -> Result<(Arc<PostgresServer>, Arc<Login>)> {
        let server = self.postgres()?.clone();
        let mut login = postgres_home::login(&server, &self.installation, org, Some(keyring))?;
        login.schema = format!("{}_restored", login.schema);
        Ok((server, Arc::new(login)))
    }

    /// The step from the old to the new, with nobody in the org.
    fn take_the_place(&self, org: OrgId, kind: OrgBackend, keyring: &Keyring) -> Result<()> {
        let turn = self.opening_turn(org);
        let _nobody_opens_it = turn.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(open) = self.find_open(org) {
            open.gate.close(RESTORING);
            self.forget(org);
        }
        match kind {
            OrgBackend::Embedded => {
                let path = self.org_dir(org).join("org.db");
                // The log of the old file must not be taken for that of the new one.
                for companion in ["org.db-wal", "org.db-shm"] {
                    crate::installation::remove(fs::remove_file(self.org_dir(org).join(companion)))?;
                }
                fs::rename(self.restored_file(org), path).map_err(Error::internal)?;
                sync_dir(&self.org_dir(org))
            }
            OrgBackend::Postgres => {
                let (server, login) = self.restored_login(org, keyring)?;
                server.forget(org);
                postgres_home::exchange(&server, &login, &postgres_home::schema_name(org))
            }
        }
    }
}

fn refused(words: String) -> Error {
    Error::unavailable(words, "restore")
}

fn pick(manifests: &[Manifest], point: RestorePoint) -> Option<&Manifest> {
    match point {
        RestorePoint::Newest => manifests.last(),
        RestorePoint::Number(number) => manifests.iter().find(|manifest| manifest.number == number),
        RestorePoint::At(at) => manifests.iter().rev().find(|manifest| manifest.created() <= at),
    }
}

/// The migrations that lead to the tables of the backup; the later ones follow when the org is opened.
fn migrations_of(org: OrgId, manifest: &Manifest) -> Result<Vec<Migration>> {
    manifest
        .migrations
        .iter()
        .map(|number| {
            MIGRATIONS.iter().find(|known| known.number == *number).copied().ok_or_else(|| {
                refused(format!(
                    "The backup of org {org} was made by a newer version of Holdfast (migration {number}). Restore it \
                     with that version."
                ))
            })
        })
        .collect()
}

struct Loading<'a>(Loader<'a>);

impl Sink for Loading<'_> {
    fn begin(&mut self, table: &Table) -> Result<()> {
        self.0.begin(table)
    }

    fn row(&mut self, cells: &[Param]) -> Result<()> {
        self.0.row(cells)
    }

    fn end(&mut self) -> Result<()> {
        self.0.end().map(|_| ())
    }
}

fn load(place: &OrgStore, manifest: &Manifest, vault: &super::vault::Vault) -> Result<()> {
    let tables: Vec<Table> = manifest.tables.iter().map(|entry| entry.table.clone()).collect();
    place.with_writer(|connection| {
        let mut open = Open::begin(connection, "BEGIN")?;
        without_limits(open.connection)?;
        let mut loader = Loader::new(open.connection, tables.clone());
        loader.create_objects(manifest.objects.clone())?;
        let mut loading = Loading(loader);
        unpack(vault, manifest, &mut loading).map_err(|error| match error {
            Unpacking::Fault(why) => {
                refused(format!("Backup {} cannot be restored: {why}. Nothing was changed.", manifest.number))
            }
            Unpacking::Failed(error) => error,
        })?;
        loading.0.finish()?;
        open.commit()
    })?;
    let arrived = place.in_snapshot(|connection| crate::copy::digest_tables(connection, &tables))?;
    for (entry, came) in manifest.tables.iter().zip(arrived) {
        if came.rows != entry.rows || hex::encode(came.sha256) != entry.sha256 {
            return Err(refused(format!(
                "{} did not arrive as it was backed up. Nothing was changed.",
                entry.table.name
            )));
        }
    }
    // The numbers of the log come again from here, with other content: receivers must not take it for the old one. And mail
    // that went out since is not known here.
    place.with_writer(|connection| {
        let mut open = Open::begin(connection, "BEGIN")?;
        crate::webhook::renew_generations(open.connection, place.entropy())?;
        crate::system::note_restored(open.connection)?;
        open.commit()
    })
}
