//! An import writing into an org: as a user, through the same gate as every other change, with the journal in the
//! transaction of the rows it marks.

mod open_file;
mod sink;
mod write;

pub use sink::OrgSink;
