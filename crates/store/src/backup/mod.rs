//! Backups of orgs: encrypted, numbered, each holding the hash of the one before it.
//!
//! ```text
//! DIR/00D…/backup-0000000007.hfb   what backup 7 consists of: tables, their digests, their chunks in order
//! DIR/00D…/chunks/3f/3f9a….hfc     rows of one table, in as many backups as have them alike
//! ```
//!
//! A backup is made from one consistent view beside the writers, of rows and not of pages: one format for both stores,
//! and an org can be restored into the other one. Chunks end at rows whose key says so, so that a change in one place
//! leaves the chunks around it as they are; a chunk is named by the keyed hash of its content, and one that is there is
//! not written again. Everything is sealed with AES-256-GCM-SIV under the org's backup key, bound to org and name or
//! number: nothing can be changed, cut, exchanged or reordered unseen. A file names the version of the key it stands
//! under; what is new takes the newest, and shares no chunk with backups under older ones.

mod catalog;
mod make;
mod manifest;
mod restore;
mod vault;

pub use catalog::{BackupFault, BackupRow};
pub use restore::{RestorePoint, Restored};
