//! Which record types a user may give to records, and which one a new record gets when nobody says.

use crate::Identity;
use model::{ObjectIx, ObjectSchema, OrgSchema, RecordId};

/// One active record type that a profile or permission set makes available.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordTypeGrant {
    /// The object whose records can be of it.
    pub object: String,
    pub record_type: RecordId,
    /// New records get it; profiles alone say so.
    pub is_default: bool,
}

/// The union, by object of one schema version.
#[derive(Clone, Debug, Default)]
pub(crate) struct RecordTypes(Vec<OfObject>);

#[derive(Clone, Debug, Default)]
struct OfObject {
    usable: Vec<RecordId>,
    default: Option<RecordId>,
}

impl RecordTypes {
    pub(crate) fn none(schema: &OrgSchema) -> Self {
        Self(vec![OfObject::default(); schema.objects().len()])
    }

    pub(crate) fn add(&mut self, object: &ObjectSchema, grant: &RecordTypeGrant) {
        let Some(known) = self.0.get_mut(object.ix.index()) else { return };
        if !known.usable.contains(&grant.record_type) {
            known.usable.push(grant.record_type);
        }
        if grant.is_default {
            known.default = Some(grant.record_type);
        }
    }

    pub(crate) fn add_all(&mut self, other: &Self) {
        for (known, more) in self.0.iter_mut().zip(&other.0) {
            let new: Vec<RecordId> = more.usable.iter().filter(|id| !known.usable.contains(id)).copied().collect();
            known.usable.extend(new);
            known.default = known.default.or(more.default);
        }
    }
}

impl Identity {
    /// Whether records of the object may be given this type. What a service loads was given its type elsewhere.
    pub fn may_use_record_type(&self, object: ObjectIx, record_type: RecordId) -> bool {
        let known = self.permissions().record_types().0.get(object.index());
        self.user_id().is_none() || known.is_some_and(|known| known.usable.contains(&record_type))
    }

    /// The type of a new record for which none was chosen; none stands for the master type.
    pub fn default_record_type(&self, object: ObjectIx) -> Option<RecordId> {
        self.permissions().record_types().0.get(object.index())?.default
    }
}
