//! Sharing as an administrator sees it: defaults and rules (`settings`), what somebody may do with a record
//! (`decide`) and why (`explain`).

mod decide;
mod settings;

pub use decide::{MaxAccessLevel, RecordAccess};
