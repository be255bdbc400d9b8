//! Why somebody may do with a record what they may: every cause with its level, where it comes from and how it reaches
//! them. The kinds of objects are in `walk`, what records grant in `grants`, the way through groups and roles in `path`.

mod files;
mod grants;
mod path;
mod walk;

use crate::access;
use crate::ctx::Ctx;
use model::{Error, RecordId, Result};
use policy::{Level, Service, ServiceGrant, SystemPermission};
use store::Via;

/// Looks up what access follows from.
static EXPLAIN: Service = Service {
    name: "sharing-explain",
    purpose: "Looks up owners, masters, accounts, shares, teams and what stands in groups and roles, to tell who manages \
              sharing, or the user concerned, why somebody sees a record. It yields ids and levels of access, no other \
              field.",
    grants: &[ServiceGrant::read("*")],
};

/// Everything that gives a user access to a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    pub record: RecordId,
    pub user: RecordId,
    /// The highest of the causes; none without any.
    pub level: Option<Level>,
    pub causes: Vec<Cause>,
    /// What stands before the record and lets none of the causes count.
    pub barred: Option<Barred>,
}

/// Why a user may not even ask for a record of the object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Barred {
    /// Inactive or frozen.
    UserCannotAct,
    /// No permission to read the object.
    ObjectNotReadable,
}

/// One reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    pub level: Level,
    pub kind: CauseKind,
    /// What gives it: the owner's place, a share, a rule or a team, of this record or, for implicit access, of the
    /// account or child that it comes through.
    pub source: Option<GrantSource>,
    /// The record whose access counts here: a master, an account, a child of an account, what an activity is about.
    pub through: Option<RecordId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CauseKind {
    ModifyAllData,
    ViewAllData,
    ModifyAllRecords,
    ViewAllRecords,
    Default,
    /// A record that is marked as everybody's.
    Open,
    Owner,
    Manual,
    Rule,
    Team,
    /// An account, by one of its contacts, opportunities or cases.
    ImplicitParent,
    /// A contact, opportunity or case, by its account.
    ImplicitChild,
    /// A detail, by its masters.
    Master,
    /// A contact, by its account.
    ControlledByParent,
    /// An activity, by what it is about; a file, by a record that it is linked to.
    RelatedTo,
    /// What happened in the org, by who it is about and who administers it.
    Log,
}

/// A grant and how it reaches the user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantSource {
    /// Owner, Manual, Rule or Team.
    pub kind: CauseKind,
    /// The user or group that is given access.
    pub grantee: RecordId,
    pub via: Via,
    /// From the grantee to the user, without both: groups in groups, then a user, then roles upwards.
    pub path: Vec<RecordId>,
    /// The name of the sharing rule.
    pub rule: Option<String>,
    /// The row of the share or team table.
    pub row: Option<RecordId>,
}

impl Cause {
    fn plain(level: Level, kind: CauseKind) -> Self {
        Self { level, kind, source: None, through: None }
    }

    fn through(level: Level, kind: CauseKind, record: RecordId) -> Self {
        Self { through: Some(record), ..Self::plain(level, kind) }
    }
}

impl Ctx {
    /// Why a user may do with a record what they may.
    ///
    /// # Errors
    /// `NOT_FOUND` for a record that is not there or that the asker may not see; `INSUFFICIENT_ACCESS_OR_READONLY` for
    /// a question about somebody else from one who may not share the record and manages neither users nor sharing.
    pub fn record_explain(&self, user: RecordId, record: RecordId) -> Result<Explanation> {
        let shares = self.shares_or_not(record)?;
        if !shares {
            self.require_sharing_of(user)?;
        }
        let object = self.schema.find_by_prefix(record.prefix()).ok_or_else(Error::not_found)?;
        self.org.store.read(|tx| {
            let barred = |barred| Explanation { record, user, level: None, causes: Vec::new(), barred: Some(barred) };
            let Some(identity) = access::identity_in(&self.org, tx, &self.schema, user, access::Seen::Snapshot)? else {
                return Ok(barred(Barred::UserCannotAct));
            };
            if !identity.permissions().object(object.ix).read {
                return Ok(barred(Barred::ObjectNotReadable));
            }
            let mut causes = walk::Walk::new(self, tx, &identity, user).causes(object, record, 0)?;
            causes.sort_by(|one, other| other.level.cmp(&one.level).then(one.kind.cmp(&other.kind)));
            let level = highest(&causes);
            Ok(Explanation { record, user, level, causes, barred: None })
        })
    }
}

impl Ctx {
    /// Whether the asker may ask why others see a record, and not only themselves.
    ///
    /// # Errors
    /// `NOT_FOUND` for a record that is not there or that the asker may not see.
    pub fn record_explains_others(&self, record: RecordId) -> Result<bool> {
        let shares = self.shares_or_not(record)?;
        Ok(shares || self.has(SystemPermission::CustomizeApplication) || self.has(SystemPermission::ManageUsers))
    }

    /// Whether the asker may share a record that they see.
    fn shares_or_not(&self, record: RecordId) -> Result<bool> {
        let verdict = self.seen(&[record])?.get(&record).copied().filter(|verdict| verdict.read);
        Ok(verdict.ok_or_else(Error::not_found)?.share)
    }
}

fn highest(causes: &[Cause]) -> Option<Level> {
    causes.iter().map(|cause| cause.level).max()
}
