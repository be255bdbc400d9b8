//! What the operator does with orgs as a whole: moving them between stores, bringing them up to a new version. None of
//! it shows a record; each act stands in the org's audit log.

use crate::engine::Platform;
use crate::org::Org;
use model::{OrgId, Result};
use policy::Service;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use store::{AuditEntry, Backed as _, BackupRow, MoveStep, OrgBackend, OrgRow, RestorePoint, Restored};

/// In whose name the operator's acts stand in the audit log.
pub(crate) static OPERATOR: Service = Service {
    name: "operator",
    purpose: "What the operator does with an org as a whole, from the command line: moves, backups, restores. It may \
              read and change no record; its acts are written to the org's audit log.",
    grants: &[],
};

/// What became of one org in [`Platform::orgs_upgrade`].
#[derive(Debug)]
pub struct Upgraded {
    pub org: OrgId,
    pub outcome: Result<()>,
    /// How many of how many are done.
    pub done: usize,
    pub total: usize,
}

impl Platform {
    /// Moves an org to the other store.
    ///
    /// # Errors
    /// As the store's own: when it fails, the org is where it was before, or whole in its new place.
    pub fn org_move(&self, id: OrgId, to: OrgBackend, watch: &mut dyn FnMut(MoveStep) -> Result<()>) -> Result<()> {
        let from = self.org(id)?.store.dialect();
        let moved = self.store().org_move(id, to, watch);
        self.forget_org(id);
        moved?;
        let detail = serde_json::json!({ "from": format!("{from:?}").to_lowercase(), "to": to.as_str() }).to_string();
        note(&self.org(id)?, "org_move", detail)
    }

    /// Makes the next backup of an org in `dir`, beside the people who work in it.
    ///
    /// # Errors
    /// What the org's database or the directory reports.
    pub fn backup_make(&self, id: OrgId, dir: &Path) -> Result<BackupRow> {
        // Before it, so that the backup itself tells of it and is as far as the org then is.
        note(&self.org(id)?, "backup_make", "{}".to_owned())?;
        self.store().backup_make(id, dir)
    }

    /// Restores an org from a backup. It is opened, brought up to this version, and its audit log says what was done.
    ///
    /// # Errors
    /// In words, and nothing is changed; see [`store::Store::backup_restore`].
    pub fn backup_restore(
        &self,
        id: OrgId,
        dir: &Path,
        point: RestorePoint,
        force: bool,
        keyring: Option<&Path>,
    ) -> Result<Restored> {
        let restored = self.store().backup_restore(id, dir, point, force, keyring);
        self.forget_org(id);
        let restored = restored?;
        let detail = serde_json::json!({
            "backup": restored.number,
            "made": restored.created.to_string(),
            "overridden": restored.overridden,
        });
        note(&self.org(id)?, "org_restore", detail.to_string())?;
        Ok(restored)
    }

    /// Brings every org up to this version: migrations and metadata, so many at a time. One that fails is told of and
    /// does not keep the others from it; a run that was cut short is simply run again.
    ///
    /// # Errors
    /// When the list of orgs cannot be read.
    pub fn orgs_upgrade(&self, at_once: usize, tell: &(dyn Fn(Upgraded) + Sync)) -> Result<()> {
        let orgs: Vec<OrgRow> = self.org_list()?;
        let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for _ in 0..at_once.clamp(1, orgs.len().max(1)) {
                scope.spawn(|| {
                    while let Some(row) = orgs.get(next.fetch_add(1, Ordering::Relaxed)) {
                        let was_open = self.find_open(row.org).is_some();
                        let outcome = self.org(row.org).map(|_| ());
                        if !was_open {
                            self.org_close(row.org);
                        }
                        let done = done.fetch_add(1, Ordering::Relaxed) + 1;
                        tell(Upgraded { org: row.org, outcome, done, total: orgs.len() });
                    }
                });
            }
        });
        Ok(())
    }
}

/// Writes an act of the operator to the org's audit log.
pub(crate) fn note(org: &Arc<Org>, action: &str, detail: String) -> Result<()> {
    let identity = crate::access::identity_of_service(org, &org.schema(), &OPERATOR);
    let entry = AuditEntry { action, object: "Organization", record: Some(org.id().record_id()), detail };
    org.store.write(|tx| tx.audit(&identity, &entry))
}

impl std::fmt::Display for Upgraded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.outcome {
            Ok(()) => write!(f, "{} of {}: {} is up to date", self.done, self.total, self.org),
            Err(error) => write!(f, "{} of {}: {} failed: {}", self.done, self.total, self.org, error.message()),
        }
    }
}
