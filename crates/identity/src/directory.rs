//! Which org a username or a client id belongs to: an index in memory over the orgs of the installation, brought up to
//! date whatever is asked, so that the time of an answer does not tell whether a name is known.

use model::{Instant, OrgId, RecordId, Result, Value};
use platform::{Ctx, Org, Platform, QueryOptions, SIGN_IN};
use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, PoisonError};
use store::Backed as _;

/// How long the index of an org is trusted without a look whether another process changed it.
const TRUSTED_MS: i64 = 2_000;

#[derive(Default)]
pub(crate) struct Directory {
    known: Mutex<HashMap<OrgId, Known>>,
}

/// One org's part of the index.
struct Known {
    users: HashMap<String, RecordId>,
    clients: HashSet<String>,
    /// The org's count of changes made in this process.
    generation: u64,
    /// How many users there are and when one last changed: what another process cannot change unseen.
    marks: Marks,
    checked: Instant,
}

#[derive(PartialEq)]
struct Marks {
    users: Vec<Value>,
    clients: HashSet<String>,
}

/// A user in an org, found by name.
pub(crate) struct Account {
    pub(crate) org: Arc<Org>,
    pub(crate) user: RecordId,
}

/// What is known of a username.
pub(crate) struct Found {
    /// Usernames are unique within an org; the same person may be in several.
    pub(crate) accounts: Vec<Account>,
    /// Where to do, for a name that nobody has, the work that a known one would take.
    pub(crate) stand_in: Option<Arc<Org>>,
}

impl Directory {
    /// The users of this name in any org, or in those of `within`.
    ///
    /// # Errors
    /// What the databases report.
    pub(crate) fn find_user(&self, platform: &Platform, username: &str, within: Option<&[OrgId]>) -> Result<Found> {
        let name = model::text::fold(username);
        let ids = self.refresh(platform, within)?;
        let mut spread = DefaultHasher::new();
        name.hash(&mut spread);
        let (holders, stand_in) = {
            let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            let holders: Vec<(OrgId, RecordId)> =
                ids.iter().filter_map(|id| Some((*id, *known.get(id)?.users.get(&name)?))).collect();
            let stand_in = (holders.is_empty() && !ids.is_empty())
                .then(|| ids[usize::try_from(spread.finish() % ids.len() as u64).unwrap_or(0)]);
            (holders, stand_in)
        };
        let accounts = holders
            .into_iter()
            .map(|(id, user)| Ok(Account { org: platform.org(id)?, user }))
            .collect::<Result<Vec<_>>>()?;
        let stand_in = stand_in.map(|id| platform.org(id)).transpose()?;
        Ok(Found { accounts, stand_in })
    }

    /// The orgs in which a client of this id is registered.
    ///
    /// # Errors
    /// What the databases report.
    pub(crate) fn orgs_of_client(&self, platform: &Platform, client_id: &str) -> Result<Vec<Arc<Org>>> {
        let ids = self.refresh(platform, None)?;
        let holders: Vec<OrgId> = {
            let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            ids.into_iter().filter(|id| known.get(id).is_some_and(|known| known.clients.contains(client_id))).collect()
        };
        holders.into_iter().map(|id| platform.org(id)).collect()
    }

    /// Looks again at an org before the next answer.
    pub(crate) fn forget(&self, org: OrgId) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).remove(&org);
    }

    /// Brings the index up to date and returns the orgs that can be worked in, by id. One that is closed is as it was
    /// when it was open: only this process opens it, so it is not opened to look.
    fn refresh(&self, platform: &Platform, within: Option<&[OrgId]>) -> Result<Vec<OrgId>> {
        let mut ids: Vec<OrgId> = platform.org_list()?.into_iter().map(|row| row.org).collect();
        ids.sort_unstable();
        self.known.lock().unwrap_or_else(PoisonError::into_inner).retain(|id, _| ids.contains(id));
        ids.retain(|id| within.is_none_or(|within| within.contains(id)));
        ids.retain(|id| {
            let org = match platform.find_open(*id) {
                Some(open) => Ok(open),
                None if self.holds_for_closed(platform, *id) => return true,
                None => platform.org(*id),
            };
            match org.and_then(|org| self.refresh_org(&org)) {
                Ok(()) => true,
                // One org that is sealed or damaged must not keep people out of the others.
                Err(error) => {
                    tracing::warn!(org = %id, code = %error.code(), cause = error.internal_cause(), "org left out of sign-in");
                    false
                }
            }
        });
        Ok(ids)
    }

    /// Whether what is known of a closed org was derived after its last change.
    fn holds_for_closed(&self, platform: &Platform, id: OrgId) -> bool {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&id).is_some_and(|known| platform.closed_at(id) == Some(known.generation))
    }

    fn refresh_org(&self, org: &Arc<Org>) -> Result<()> {
        // Read before the rows, so that a change in between makes what is read stale, never silently current.
        let generation = org.access_generation();
        let now = org.now();
        let may_be_current = {
            let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            let same = known.get(&org.id()).filter(|known| known.generation == generation);
            match same {
                Some(known) if (0..TRUSTED_MS).contains(&(now.ms() - known.checked.ms())) => return Ok(()),
                Some(_) => true,
                None => false,
            }
        };
        let found = read_marks(org)?;
        if may_be_current {
            let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(known) = known.get_mut(&org.id()).filter(|known| known.marks == found) {
                known.checked = now;
                return Ok(());
            }
        }
        let users = read_users(org)?;
        let fresh = Known { users, clients: found.clients.clone(), generation, marks: found, checked: now };
        self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(org.id(), fresh);
        Ok(())
    }
}

fn read_marks(org: &Arc<Org>) -> Result<Marks> {
    let ctx = Ctx::for_service(org, &SIGN_IN)?;
    let answer = ctx.query("SELECT COUNT(Id), MAX(SystemModstamp) FROM User", QueryOptions::default())?;
    let users = answer.groups().first().cloned().unwrap_or_default();
    let clients = org.store().read(|tx| tx.clients())?.into_iter().map(|(id, _)| id).collect();
    Ok(Marks { users, clients })
}

fn read_users(org: &Arc<Org>) -> Result<HashMap<String, RecordId>> {
    let ctx = Ctx::for_service(org, &SIGN_IN)?;
    let (_, rows) = ctx.query_all_rows("SELECT Username FROM User", QueryOptions::default())?;
    Ok(rows.iter().filter_map(|row| Some((model::text::fold(row.cells.first()?.value().as_text()?), row.id))).collect())
}
