//! Making a backup of an org while people work in it.

use super::catalog::BackupRow;
use super::manifest::{FORMAT, Manifest, TableEntry, sha256_hex};
use super::vault::Vault;
use crate::copy::{Digesting, Table, each_row, encode_row, tables};
use crate::driver::{Connection, Param, collect, first};
use crate::installation::Store;
use crate::read::{blob_column, int_column};
use crate::schemas::Schemas;
use model::{Error, OrgId, Result, random_bytes};
use sha2::{Digest, Sha256};
use std::path::Path;

/// A chunk ends at a row whose key says so once it has so many bytes, and at any row when it has so many more.
const LEAST: usize = 32 * 1024;
const MOST: usize = 1024 * 1024;
/// One key in so many says that a chunk ends.
const ONE_IN: u8 = 64;

impl Store {
    /// Makes the next backup of an org in `dir`. Writers go on meanwhile; it holds one moment, that at which it began.
    ///
    /// # Errors
    /// What the org's database or the directory reports. Backups that were there are untouched then.
    pub fn backup_make(&self, org: OrgId, dir: &Path) -> Result<BackupRow> {
        let _one_at_a_time = self.backing_up();
        let open = self.org(org)?;
        let vault = Vault::new(dir, org, open.keyring())?;
        vault.create()?;
        let known = self.control.backups(org)?;
        let number = vault.numbers().last().copied().unwrap_or(0).max(known.last().map_or(0, |last| last.0)) + 1;
        let previous = match number {
            1 => None,
            _ => match vault.manifest(number - 1) {
                Ok((bytes, _)) => Some(sha256_hex(&bytes)),
                // It lies elsewhere, or is damaged: what it was is known here.
                Err(_) => known.last().map(|(_, hash)| hash.clone()),
            },
        };
        let created = self.clock().now();
        let (mut new_chunks, mut new_bytes) = (0, 0);
        let manifest = open.in_snapshot(|connection| {
            let (audit_seq, audit_hash) = audit_head(connection)?;
            let migrations = collect(connection, "SELECT number FROM hf_migration ORDER BY number", &[], |row| {
                u32::try_from(int_column(row, 0)?).map_err(Error::internal)
            })?;
            let objects = Schemas::default().load(connection)?.defs().collect();
            let tables = tables(connection)?
                .into_iter()
                .map(|table| {
                    pack(connection, table, &mut |chunk| {
                        let (name, is_new) = vault.put_chunk(chunk)?;
                        if is_new {
                            new_chunks += 1;
                            new_bytes += chunk.len() as u64;
                        }
                        Ok(name)
                    })
                })
                .collect::<Result<Vec<_>>>()?;
            Ok(Manifest {
                format: FORMAT,
                org,
                number,
                previous,
                created_ms: created.ms(),
                audit_seq,
                audit_hash,
                migrations,
                objects,
                tables,
            })
        })?;
        let sealed = vault.put_manifest(number, &random_bytes(open.entropy()), &manifest.to_bytes()?)?;
        self.control.backup_put(org, number, &sha256_hex(&sealed), created, vault.version()?)?;
        let chunks = manifest.tables.iter().map(|entry| entry.chunks.len()).sum();
        Ok(BackupRow { number, created, rows: manifest.rows(), chunks, new_chunks, new_bytes })
    }
}

/// The newest row of the audit log: its number and its hash.
pub(super) fn audit_head(connection: &mut dyn Connection) -> Result<(u64, String)> {
    let sql = "SELECT seq, hash FROM hf_audit ORDER BY seq DESC LIMIT 1";
    let head = first(connection, sql, &[], |row| Ok((int_column(row, 0)?, hex::encode(blob_column(row, 1)?))))?;
    let (seq, hash) = head.unwrap_or_default();
    Ok((u64::try_from(seq).map_err(Error::internal)?, hash))
}

/// Packs the rows of a table into chunks.
fn pack(
    connection: &mut dyn Connection,
    table: Table,
    keep: &mut dyn FnMut(&[u8]) -> Result<String>,
) -> Result<TableEntry> {
    let key: Vec<usize> =
        table.key.iter().filter_map(|name| table.columns.iter().position(|(column, _)| column == name)).collect();
    let (mut digest, mut chunk, mut chunks) = (Digesting::default(), Vec::new(), Vec::new());
    each_row(connection, &table, &mut |cells| {
        digest.add(cells)?;
        encode_row(cells, &mut chunk)?;
        if chunk.len() >= MOST || (chunk.len() >= LEAST && ends_chunk(cells, &key)?) {
            chunks.push(keep(&chunk)?);
            chunk.clear();
        }
        Ok(())
    })?;
    if !chunk.is_empty() {
        chunks.push(keep(&chunk)?);
    }
    let digest = digest.finish();
    Ok(TableEntry { table, rows: digest.rows, sha256: hex::encode(digest.sha256), chunks })
}

fn ends_chunk(cells: &[Param], key: &[usize]) -> Result<bool> {
    let mut bytes = Vec::new();
    for at in key {
        encode_row(&cells[*at..=*at], &mut bytes)?;
    }
    Ok(Sha256::digest(&bytes)[0] < u8::MAX / ONE_IN + 1)
}
