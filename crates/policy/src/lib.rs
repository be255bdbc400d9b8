//! Who may do what. [`authorize`] turns a resolved query into the only thing a store reads, an [`AuthorizedPlan`];
//! [`authorize_write`] turns a request to change records into the only thing a store writes, an [`AuthorizedWrite`].
//!
//! Pure: no I/O, no clock. Record access is a predicate over live tables ([`Access`]), so that "list" and "get one"
//! cannot disagree and a change of sharing counts from the next statement.

mod access;
mod authorize;
mod decision;
mod identity;
mod permissions;
mod record_types;
mod write;

pub use access::{
    Access, AccountChild, CompiledRule, CompiledSource, GrantColumn, Grants, Level, RuleBook, account_children,
    allows_shares, child_default, grants_on, is_mirrored, record_access, shares_give_all,
};
pub use authorize::{AuthorizedPlan, authorize};
pub use decision::{AuthorizedDecision, authorize_decision};
pub use identity::{Actor, Identity, Service, ServiceGrant, UserFacts};
pub use permissions::{
    FieldPermission, ObjectPermission, PermissionFacts, PermissionGroup, Permissions, SystemPermission,
    SystemPermissions,
};
pub use record_types::RecordTypeGrant;
pub use write::{AuthorizedWrite, ReferenceRule, WriteRequest, WriteVerb, authorize_write, is_setup};
