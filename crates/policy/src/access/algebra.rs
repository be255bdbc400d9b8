//! The language of record access: which records of an object qualify, said once and compiled to SQL by the store.
//!
//! What depends on live tables (who is below whom, which groups reach the user) is named and not computed here: the
//! store looks it up in the transaction that runs the statement.

use super::AccountChild;
use model::{FieldIx, ObjectIx};

/// What a user must hold on a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    Read,
    Edit,
    /// Read, edit, delete, transfer, share.
    All,
}

/// Which records of an object qualify. A store compiles it to SQL over the object's own table.
///
/// A grantee *reaches* the user as a member, and with `hierarchy` also because the user's role stands above.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access {
    Everything,
    Nothing,
    AnyOf(Vec<Access>),
    AllOf(Vec<Access>),
    /// The record's owner, a user or a queue, reaches the user.
    Owner {
        field: FieldIx,
        hierarchy: bool,
    },
    /// A stored row of a share or team table gives the level to a grantee that reaches the user.
    Granted(Grants),
    /// A sharing rule of the object gives the level to a target that reaches the user.
    Ruled {
        /// The rule's level on this child of an account instead of that on the record.
        child: Option<AccountChild>,
        at_least: Level,
        hierarchy: bool,
    },
    /// The owner is the user or stands below, and the owner's role gives account owners this level on a child.
    OwnerRole {
        owner: FieldIx,
        child: AccountChild,
        at_least: Level,
    },
    /// The record that a reference points to qualifies, by the predicate of the object it is of.
    Parent {
        field: FieldIx,
        targets: Vec<(ObjectIx, Access)>,
    },
    /// Some live record of `child` points here by `field` and qualifies.
    Child {
        child: ObjectIx,
        field: FieldIx,
        access: Box<Access>,
    },
    /// The text field holds one of these.
    OneOf {
        field: FieldIx,
        values: Vec<String>,
    },
    /// The checkbox is not ticked.
    Unticked {
        field: FieldIx,
    },
    /// The reference is empty.
    Unset {
        field: FieldIx,
    },
}

/// The rows of a share or team table that give at least a level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grants {
    pub table: ObjectIx,
    /// The record that a row gives access to.
    pub record: FieldIx,
    /// The user or group that gets it.
    pub grantee: FieldIx,
    pub level: GrantColumn,
    pub at_least: Level,
    pub hierarchy: bool,
}

/// Where the level of a row stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GrantColumn {
    Own(FieldIx),
    /// On the team role that the row names.
    OfRole {
        reference: FieldIx,
        object: ObjectIx,
        level: FieldIx,
    },
}

impl Access {
    /// The union, simplified.
    pub fn any(parts: impl IntoIterator<Item = Access>) -> Self {
        let mut kept = Vec::new();
        for part in parts {
            match part {
                Access::Everything => return Access::Everything,
                Access::Nothing => {}
                Access::AnyOf(inner) => kept.extend(inner),
                other => kept.push(other),
            }
        }
        match kept.len() {
            0 => Access::Nothing,
            1 => kept.remove(0),
            _ => Access::AnyOf(kept),
        }
    }

    /// The intersection, simplified.
    pub fn all(parts: impl IntoIterator<Item = Access>) -> Self {
        let mut kept = Vec::new();
        for part in parts {
            match part {
                Access::Nothing => return Access::Nothing,
                Access::Everything => {}
                Access::AllOf(inner) => kept.extend(inner),
                other => kept.push(other),
            }
        }
        match kept.len() {
            0 => Access::Everything,
            1 => kept.remove(0),
            _ => Access::AllOf(kept),
        }
    }

    /// Whether what it says depends on who asks: such a predicate needs the user's place in roles and groups.
    pub fn is_personal(&self) -> bool {
        !matches!(self, Access::Everything | Access::Nothing)
    }
}
