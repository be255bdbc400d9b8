//! Where the access to an object's records comes from, as declared.

use super::snapshot::{FieldSchema, ObjectSchema};
use crate::Value;
use serde::{Deserialize, Serialize};

/// How the record level of an object is found (`record access`, §3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SharingKind {
    /// An owner, a default, a hierarchy.
    Owned,
    /// The level of the record it details, through the named master fields (one or two).
    Detail { masters: Vec<String> },
    /// The owner's grant, and Read where Who or What is readable.
    Activity,
    /// The default alone: products, price books, users, roles.
    Setting,
    /// Rows that give access to the record that the named field points to: seen with it, changed by whoever holds All
    /// on it.
    Grant { record: String, rows: GrantRows },
    /// What happened to the record that the named field points to: seen with it, field by field, changed by nobody.
    History { record: String, rows: HistoryRows },
    /// What happened in the org, read from its audit log and changed by nobody: seen by the user that the named field
    /// points to and by whoever manages users; without a field, by whoever may view the setup.
    Log { of: Option<String> },
    /// Records of other objects, each for whoever sees it there: read only, and only as lists below other records.
    Union { members: Vec<Member> },
}

/// An object whose records take part in a [`SharingKind::Union`], field by field under the same names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    pub object: String,
    /// Which of its records.
    pub when: MemberWhen,
    /// Fields of the union that are the same for all of them.
    pub fixed: Vec<(String, Value)>,
    /// Fields of the union that have another name here.
    pub renamed: Vec<(String, String)>,
}

/// What a member shows in a field of its union.
#[derive(Clone, Copy, Debug)]
pub enum Shown<'a> {
    Field(&'a FieldSchema),
    Fixed(&'a Value),
    Nothing,
}

impl Member {
    /// What a record of the member's object shows in a field.
    pub fn shows<'a>(&'a self, object: &'a ObjectSchema, field: &'a str) -> Shown<'a> {
        if let Some((_, value)) = self.fixed.iter().find(|(name, _)| name == field) {
            return Shown::Fixed(value);
        }
        let name = self.renamed.iter().find(|(name, _)| name == field).map_or(field, |(_, own)| own);
        object.find_field(name).map_or(Shown::Nothing, Shown::Field)
    }
}

/// Which records of an object take part in a union.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MemberWhen {
    /// Those whose checkbox says so.
    Is { field: String, value: bool },
    /// Those whose instant lies in the past, or those whose instant does not.
    Past { field: String, value: bool },
}

/// What the rows of a [`SharingKind::Grant`] object are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum GrantRows {
    /// Shares: those made by hand are stored, all others are computed when asked for.
    Share,
    /// Members of the team that works on the record.
    Team,
}

/// What the rows of a [`SharingKind::History`] object are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum HistoryRows {
    /// One change of one tracked field, which `Field` names: read from the field history itself, which has no table of
    /// its own for each object.
    Changes,
    /// The record as it stood after a change, in fields named like its own: rows that the platform adds.
    Steps,
}

/// The org-wide default of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AccessDefault {
    Private,
    PublicRead,
    PublicReadWrite,
    /// Edit, and the owner may be changed by everybody: leads and cases alone.
    PublicReadWriteTransfer,
    /// The level on the account, copied: contacts alone.
    ControlledByParent,
}

/// Records are read by everybody who may use their object while a text field holds one of these values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    pub field: String,
    pub values: Vec<String>,
}
