//! The orgs that are open: found at once, opened one at a time each, closed when nobody works in them.

use crate::org::Org;
use model::{Instant, OrgId, Result};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

#[derive(Default)]
pub(crate) struct OpenOrgs {
    open: RwLock<HashMap<OrgId, Arc<Org>>>,
    /// An org that takes long to open keeps nobody from the others.
    opening: Mutex<HashMap<OrgId, Arc<Mutex<()>>>>,
    openings: AtomicU64,
    /// The count of changes at which each closed org was closed.
    closed_at: Mutex<HashMap<OrgId, u64>>,
}

impl OpenOrgs {
    pub(crate) fn find(&self, id: OrgId) -> Option<Arc<Org>> {
        self.open.read().unwrap_or_else(PoisonError::into_inner).get(&id).cloned()
    }

    /// The org, opened by `open` when it is not. That is given the number at which the org's count of changes begins:
    /// no number that an earlier opening of it had is met again.
    pub(crate) fn get_or_open(
        &self,
        id: OrgId,
        now: Instant,
        open: impl FnOnce(u64) -> Result<Arc<Org>>,
    ) -> Result<Arc<Org>> {
        if let Some(org) = self.find(id) {
            org.used(now);
            return Ok(org);
        }
        let turn = self.opening.lock().unwrap_or_else(PoisonError::into_inner).entry(id).or_default().clone();
        let _turn = turn.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(org) = self.find(id) {
            return Ok(org);
        }
        let org = open((self.openings.fetch_add(1, Ordering::Relaxed) + 1) << 32)?;
        org.used(now);
        self.open.write().unwrap_or_else(PoisonError::into_inner).insert(id, org.clone());
        Ok(org)
    }

    pub(crate) fn remove(&self, id: OrgId) {
        self.open.write().unwrap_or_else(PoisonError::into_inner).remove(&id);
        self.closed_at.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
    }

    /// Removes an org that nobody holds. Returns whether it is gone.
    pub(crate) fn remove_unheld(&self, id: OrgId) -> bool {
        let mut open = self.open.write().unwrap_or_else(PoisonError::into_inner);
        // Under this lock nobody takes hold of it: one hold is the map's own.
        if open.get(&id).is_some_and(|org| Arc::strong_count(org) == 1)
            && let Some(org) = open.remove(&id)
        {
            let mut closed_at = self.closed_at.lock().unwrap_or_else(PoisonError::into_inner);
            closed_at.insert(id, org.access_generation());
        }
        !open.contains_key(&id)
    }

    /// The count of changes at which an org was closed; none for one that is open, or was never closed in quiet.
    pub(crate) fn closed_at(&self, id: OrgId) -> Option<u64> {
        let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
        if open.contains_key(&id) {
            return None;
        }
        self.closed_at.lock().unwrap_or_else(PoisonError::into_inner).get(&id).copied()
    }

    /// The open orgs with their last use, longest unused first.
    pub(crate) fn by_use(&self) -> Vec<(OrgId, Instant)> {
        let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
        let mut orgs: Vec<_> = open.iter().map(|(id, org)| (*id, org.last_used())).collect();
        orgs.sort_unstable_by_key(|(id, used)| (*used, *id));
        orgs
    }
}
