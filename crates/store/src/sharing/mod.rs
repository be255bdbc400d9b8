//! Who is reached by what is shared: closure tables that are kept on every write of roles, groups and users
//! (`closure`), and one user's place in them (`reach`), looked up in the transaction that needs it.

pub(crate) mod closure;
mod decide;
mod reach;

pub(crate) use closure::Stale;
pub use decide::Verdict;
pub(crate) use reach::Reach;
pub use reach::Via;

use crate::org::WriteTx;
use crate::read::ReadTx;
use model::{OrgSchema, RecordId, Result};
use policy::{Actor, Identity, RuleBook};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// What a statement needs to say who may see what: the asker's place, and the rules of the org.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sharing {
    pub(crate) reach: Arc<Reach>,
    pub(crate) rules: Arc<RuleBook>,
}

/// What was looked up of an org, kept as long as it is provably what a look would find.
#[derive(Default)]
pub(crate) struct SharingCache {
    /// By user, with the epoch it was read at.
    reach: Mutex<HashMap<RecordId, (i64, Arc<Reach>)>>,
    rules: Mutex<Vec<(Arc<OrgSchema>, Arc<RuleBook>)>>,
}

/// Snapshots of metadata whose rules are kept compiled: the newest, and those that requests under way still hold.
const KEPT_RULES: usize = 4;

impl SharingCache {
    fn rules(&self, schema: &Arc<OrgSchema>) -> Result<Arc<RuleBook>> {
        let mut kept = self.rules.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, rules)) = kept.iter().find(|(known, _)| Arc::ptr_eq(known, schema)) {
            return Ok(rules.clone());
        }
        let rules = Arc::new(RuleBook::compile(schema)?);
        if kept.len() == KEPT_RULES {
            kept.remove(0);
        }
        kept.push((schema.clone(), rules.clone()));
        Ok(rules)
    }

    fn find(&self, user: RecordId, epoch: i64) -> Option<Arc<Reach>> {
        let kept = self.reach.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(&user).filter(|(known, _)| *known == epoch).map(|(_, reach)| reach.clone())
    }

    fn keep(&self, user: RecordId, epoch: i64, reach: &Arc<Reach>) {
        let mut kept = self.reach.lock().unwrap_or_else(PoisonError::into_inner);
        kept.insert(user, (epoch, reach.clone()));
    }
}

/// What one transaction knows of places.
pub(crate) struct Places {
    cache: Arc<SharingCache>,
    /// It writes: what it finds may never be committed, or may already be of another snapshot than the epoch it read.
    writes: bool,
    found: HashMap<RecordId, Arc<Reach>>,
    /// What has been written and is not in the closure tables yet.
    pub(crate) stale: Stale,
    /// It has changed places itself, so that no epoch speaks for what it sees.
    pub(crate) changed: bool,
}

impl Places {
    pub(crate) fn new(cache: &Arc<SharingCache>, writes: bool) -> Self {
        Self { cache: cache.clone(), writes, found: HashMap::new(), stale: Stale::default(), changed: false }
    }
}

impl WriteTx<'_> {
    /// Keeps other transactions from changing roles, groups and their members until this one ends, so that a check over
    /// all of them holds when it is committed.
    ///
    /// # Errors
    /// What the database reports.
    pub fn lock_places(&mut self) -> Result<()> {
        self.places.changed = true;
        closure::raise_epoch(self.connection())
    }
}

impl ReadTx<'_> {
    /// What the statements of `identity` need. Nothing is looked up when no predicate depends on the asker.
    pub(crate) fn sharing(&mut self, identity: &Identity, schema: &Arc<OrgSchema>, personal: bool) -> Result<Sharing> {
        match identity.actor() {
            Actor::User { id, .. } if personal => self.sharing_of(*id, schema),
            _ => Ok(Sharing::default()),
        }
    }

    pub(crate) fn rules_of(&self, schema: &Arc<OrgSchema>) -> Result<Arc<RuleBook>> {
        self.places.cache.rules(schema)
    }

    /// How each grantee reaches a user, if it does.
    ///
    /// # Errors
    /// What the database reports.
    pub fn ways(
        &mut self,
        user: RecordId,
        schema: &Arc<OrgSchema>,
        hierarchy: bool,
        grantees: &[RecordId],
    ) -> Result<Vec<Option<Via>>> {
        let sharing = self.sharing_of(user, schema)?;
        Ok(grantees.iter().map(|grantee| sharing.reach.via(grantee.as_i64(), hierarchy)).collect())
    }

    /// The place of a user, and the rules of the org.
    pub(crate) fn sharing_of(&mut self, user: RecordId, schema: &Arc<OrgSchema>) -> Result<Sharing> {
        self.settle_places()?;
        let rules = self.places.cache.rules(schema)?;
        if let Some(reach) = self.places.found.get(&user) {
            // A transaction that only reads sees one snapshot; one that has raised the epoch keeps others from it.
            if !self.places.writes || self.places.changed {
                return Ok(Sharing { reach: reach.clone(), rules });
            }
        }
        let epoch = closure::epoch(self.connection)?;
        let known = if self.places.changed { None } else { self.places.cache.find(user, epoch) };
        let reach = match known {
            Some(reach) => reach,
            None => {
                let reach = Arc::new(Reach::load(self.connection, schema, user)?);
                if !self.places.writes {
                    self.places.cache.keep(user, epoch, &reach);
                }
                reach
            }
        };
        self.places.found.insert(user, reach.clone());
        Ok(Sharing { reach, rules })
    }

    /// Brings the closure tables up to what this transaction has written.
    pub(crate) fn settle_places(&mut self) -> Result<()> {
        if self.places.stale.is_empty() {
            return Ok(());
        }
        let stale = self.places.stale.take();
        if closure::bring_up(self.connection, &stale)? {
            self.places.changed = true;
            self.places.found.clear();
        }
        Ok(())
    }
}
