//! Sharing as an administrator sees it: defaults and rules (`settings`), what somebody may do with a record
//! (`decide`, as a query in `user_record_access`) and why (`explain`).

mod decide;
mod explain;
mod settings;
mod user_record_access;

pub use decide::{MaxAccessLevel, RecordAccess};
pub use explain::{Barred, Cause, CauseKind, Explanation, GrantSource};
