//! What somebody may do with given records.

use crate::ctx::Ctx;
use model::{ErrorCode, ObjectIx, RecordId, Result};
use policy::{SystemPermission, authorize_decision};
use std::collections::{BTreeMap, HashMap};
use store::Verdict;

/// The verbs that a user may use on a record. All are false for a record that is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordAccess {
    pub id: RecordId,
    pub read: bool,
    pub edit: bool,
    pub delete: bool,
    pub transfer: bool,
    /// Give others access: what `HasAllAccess` says.
    pub share: bool,
    /// Take it out of the recycle bin, where it is.
    pub undelete: bool,
    pub max: MaxAccessLevel,
}

/// The most that a user may do with a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MaxAccessLevel {
    None,
    Read,
    Edit,
    Delete,
    Transfer,
    All,
}

impl MaxAccessLevel {
    pub const fn as_str(self) -> &'static str {
        match self {
            MaxAccessLevel::None => "None",
            MaxAccessLevel::Read => "Read",
            MaxAccessLevel::Edit => "Edit",
            MaxAccessLevel::Delete => "Delete",
            MaxAccessLevel::Transfer => "Transfer",
            MaxAccessLevel::All => "All",
        }
    }
}

impl RecordAccess {
    fn of(id: RecordId, verdict: Option<&Verdict>) -> Self {
        let nothing =
            Verdict { read: false, edit: false, delete: false, transfer: false, share: false, deleted: false };
        let verdict = verdict.copied().unwrap_or(nothing);
        let live = verdict.read && !verdict.deleted;
        let mut access = Self {
            id,
            read: verdict.read,
            edit: live && verdict.edit,
            delete: live && verdict.delete,
            transfer: live && verdict.transfer,
            share: live && verdict.share,
            undelete: verdict.deleted && verdict.read && verdict.delete,
            max: MaxAccessLevel::None,
        };
        let reached = [
            (access.read, MaxAccessLevel::Read),
            (access.edit, MaxAccessLevel::Edit),
            (access.delete, MaxAccessLevel::Delete),
            (access.transfer, MaxAccessLevel::Transfer),
            (access.share, MaxAccessLevel::All),
        ];
        access.max =
            reached.iter().filter(|(has, _)| *has).map(|(_, level)| *level).max().unwrap_or(MaxAccessLevel::None);
        access
    }
}

impl Ctx {
    /// What a user may do with each of the given records, in their order: the object's permissions and the record's
    /// level, as every other way of asking has them. An inactive or frozen user may do nothing. Asked about somebody
    /// else, records that the asker may not see answer as those that do not exist.
    ///
    /// # Errors
    /// `INSUFFICIENT_ACCESS_OR_READONLY` for a question about somebody else without the permission to manage users or
    /// sharing.
    pub fn record_access(&self, user: RecordId, ids: &[RecordId]) -> Result<Vec<RecordAccess>> {
        self.require_sharing_of(user)?;
        let subject = match Ctx::for_user(&self.org, user) {
            Ok(subject) => Some(subject),
            Err(error) if error.code() == ErrorCode::InvalidSessionId => None,
            Err(error) => return Err(error),
        };
        let mut verdicts: HashMap<RecordId, Verdict> = HashMap::new();
        if let Some(subject) = subject {
            for (object, ids) in self.by_object(ids) {
                let decision = authorize_decision(&subject.identity, &subject.schema, object)?;
                verdicts.extend(self.org.store.read(|tx| tx.decide(&decision, &ids))?);
            }
            if self.user_id() != Some(user) {
                let seen = self.seen(ids)?;
                verdicts.retain(|id, _| seen.get(id).is_some_and(|verdict| verdict.read));
            }
        }
        Ok(ids.iter().map(|id| RecordAccess::of(*id, verdicts.get(id))).collect())
    }

    /// The asker's own verdicts.
    pub(super) fn seen(&self, ids: &[RecordId]) -> Result<HashMap<RecordId, Verdict>> {
        let mut verdicts = HashMap::new();
        for (object, ids) in self.by_object(ids) {
            let decision = authorize_decision(&self.identity, &self.schema, object)?;
            verdicts.extend(self.org.store.read(|tx| tx.decide(&decision, &ids))?);
        }
        Ok(verdicts)
    }

    /// Refuses questions about somebody else's access to whoever manages neither users nor sharing.
    pub(super) fn require_sharing_of(&self, user: RecordId) -> Result<()> {
        if self.user_id() == Some(user) || self.has(SystemPermission::CustomizeApplication) {
            return Ok(());
        }
        self.require(SystemPermission::ManageUsers)
    }

    fn by_object(&self, ids: &[RecordId]) -> BTreeMap<ObjectIx, Vec<RecordId>> {
        let mut by_object: BTreeMap<ObjectIx, Vec<RecordId>> = BTreeMap::new();
        for id in ids {
            if let Some(object) = self.schema.find_by_prefix(id.prefix()) {
                by_object.entry(object.ix).or_default().push(*id);
            }
        }
        by_object
    }
}
