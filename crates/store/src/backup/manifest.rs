//! What a backup consists of.

use crate::copy::Table;
use model::schema::ObjectDef;
use model::{Error, Instant, OrgId, Result};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub(super) const FORMAT: u32 = 1;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Manifest {
    pub(super) format: u32,
    pub(super) org: OrgId,
    pub(super) number: u64,
    /// The hash of the file of the backup before this one; none for the first.
    pub(super) previous: Option<String>,
    pub(super) created_ms: i64,
    /// The newest row of the audit log: its number and its hash.
    pub(super) audit_seq: u64,
    pub(super) audit_hash: String,
    /// The migrations that the database had gone through.
    pub(super) migrations: Vec<u32>,
    pub(super) objects: Vec<ObjectDef>,
    pub(super) tables: Vec<TableEntry>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TableEntry {
    pub(super) table: Table,
    pub(super) rows: u64,
    pub(super) sha256: String,
    /// The names of its chunks, in order.
    pub(super) chunks: Vec<String>,
}

impl Manifest {
    pub(super) fn to_bytes(&self) -> Result<Vec<u8>> {
        serde_json::to_vec(self).map_err(Error::internal)
    }

    pub(super) fn parse(bytes: &[u8]) -> std::result::Result<Self, String> {
        let manifest: Self = serde_json::from_slice(bytes)
            .map_err(|error| format!("it was made by another version of Holdfast ({error})"))?;
        if manifest.format == FORMAT { Ok(manifest) } else { Err("it was made by another version of Holdfast".into()) }
    }

    pub(super) fn created(&self) -> Instant {
        Instant::from_ms(self.created_ms)
    }

    pub(super) fn rows(&self) -> u64 {
        self.tables.iter().map(|entry| entry.rows).sum()
    }
}

pub(super) fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}
