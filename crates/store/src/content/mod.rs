//! Contents of files: sealed chunks in tables of the org's own database, named by the rows of base64 fields.
//!
//! They stand in tables and not in files beside the database, on both stores. So one transaction makes a record and its
//! content or neither, whatever a crash leaves; a backup holds both as of one moment, a move carries and compares both,
//! a restore takes neither back alone; an org that is destroyed takes its contents along; and on PostgreSQL the server's
//! replica has them. What it costs, a second encryption in an SQLCipher file, is small beside the rest.

mod read;
mod rekey;
mod sweep;
mod write;

pub use write::ContentWriter;

use model::RecordId;

/// Bytes of a chunk: large enough to be few, small enough to be held in memory many times over.
pub const CHUNK: usize = 256 * 1024;

/// A content that is whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    pub id: i64,
    /// In bytes.
    pub size: u64,
    /// MD5 in hexadecimal digits, as Salesforce shows it. It finds equal files and proves nothing: against alteration
    /// every chunk is authenticated.
    pub checksum: String,
    pub chunks: i64,
    /// Who staged it, as long as no record has taken it.
    pub staged_by: Option<RecordId>,
}

/// What a chunk is bound to, beside the org: its content, its place and whether it is the last. A chunk moved elsewhere
/// does not open, and a content that lost its end does not read as a shorter one.
fn label(content: i64, number: i64, last: bool) -> String {
    format!("content/{content}/{number}/{}", if last { "last" } else { "more" })
}
