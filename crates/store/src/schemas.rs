//! Metadata in memory: one copy for all orgs that declare the same. Most orgs of an installation differ in nothing, and
//! a copy takes as much memory as everything else of an idle org together.

use crate::driver::{Connection, collect, first};
use model::schema::ObjectDef;
use model::{Error, OrgSchema, Result};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// The metadata that open orgs have, by the hash of its text. What no org has any more is not kept.
#[derive(Default)]
pub(crate) struct Schemas(Mutex<HashMap<[u8; 32], Weak<OrgSchema>>>);

impl Schemas {
    /// Reads the metadata of an org.
    ///
    /// # Errors
    /// In words for the operator when it cannot be read; what the database reports.
    pub(crate) fn load(&self, connection: &mut dyn Connection) -> Result<Arc<OrgSchema>> {
        let texts = collect(connection, "SELECT def FROM hf_object ORDER BY position, name", &[], |row| {
            Ok(row.text(0)?.unwrap_or_default().to_owned())
        })?;
        let version = first(connection, "SELECT value FROM hf_setting WHERE name = 'schema_version'", &[], |row| {
            row.text(0)?.unwrap_or_default().parse::<u64>().map_err(Error::internal)
        })?;
        let version = version.unwrap_or(0);
        let hash = hash_of(version, &texts);
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(schema) = known.get(&hash).and_then(Weak::upgrade) {
            return Ok(schema);
        }
        let defs = texts.iter().map(|text| parse(text)).collect::<Result<Vec<_>>>()?;
        let schema = Arc::new(OrgSchema::build(version, defs)?);
        known.retain(|_, schema| schema.strong_count() > 0);
        known.insert(hash, Arc::downgrade(&schema));
        Ok(schema)
    }
}

fn parse(text: &str) -> Result<ObjectDef> {
    serde_json::from_str(text).map_err(|error| {
        Error::unavailable(
            "The metadata of this org cannot be read: it is damaged, or a newer version of Holdfast wrote it.",
            format!("{error} in {}", text.chars().take(120).collect::<String>()),
        )
    })
}

/// Each text is preceded by its length, so that no two lists read the same.
fn hash_of(version: u64, texts: &[String]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update(version.to_be_bytes());
    for text in texts {
        hasher.update((text.len() as u64).to_be_bytes());
        hasher.update(text.as_bytes());
    }
    hasher.finalize().into()
}
