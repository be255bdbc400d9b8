//! Acts on keys: new versions, destroying old ones, another org secret, another root key, sealing and unsealing an org.
//! Each can be cut off anywhere and done again.

mod customer;
mod root_key;
mod store_key;

pub use root_key::RootRotation;
pub(crate) use store_key::remove_copy;

use crate::keys::{KeyRow, Purpose};
use crate::org::OrgStore;
use model::{Error, ErrorCode, Result};

/// A version of a data key with what stands under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyUse {
    pub key: KeyRow,
    /// Values under this version, of the key of files the contents; `None` where they are not counted.
    pub uses: Option<u64>,
}

impl OrgStore {
    /// Starts to use a new version of a data key, and returns its number. What stands under older versions stays
    /// readable; fields are rewritten by [`OrgStore::reseal`], the org's file at once.
    ///
    /// # Errors
    /// `FUNCTIONALITY_NOT_ENABLED` for the key of the audit log; what the file system or the database reports.
    pub fn key_rotate(&self, purpose: Purpose) -> Result<u32> {
        match purpose {
            Purpose::Store => self.rotate_store_key(),
            Purpose::AuditMac => Err(Error::new(
                ErrorCode::FunctionalityNotEnabled,
                "The key of the audit log is not rotated: every row so far is sealed with it.",
            )),
            Purpose::Backup => Err(Error::new(
                ErrorCode::FunctionalityNotEnabled,
                "The key of backups is not rotated: every backup so far is read with it.",
            )),
            _ => self.keyring().add_version(purpose, self.clock.now(), self.entropy()),
        }
    }

    /// Every version of every data key.
    ///
    /// # Errors
    /// What the database reports.
    pub fn key_list(&self) -> Result<Vec<KeyUse>> {
        let (_, rows) = self.keyring().rows()?;
        rows.into_iter().map(|key| Ok(KeyUse { uses: self.key_uses(&key)?, key })).collect()
    }

    fn key_uses(&self, key: &KeyRow) -> Result<Option<u64>> {
        match key.purpose {
            Purpose::Field => self.write(|tx| tx.key_uses(false, key.version)).map(Some),
            Purpose::Token => self.write(|tx| tx.key_uses(true, key.version)).map(Some),
            Purpose::Files => self.write(|tx| tx.contents_under(key.version)).map(Some),
            _ => Ok(None),
        }
    }

    /// Destroys a version of a data key that newer values no longer use. With `lose_values` also one under which values
    /// still stand: sealed texts read `?????` from then on, other sealed values are empty.
    ///
    /// # Errors
    /// `NOT_FOUND` for a version that is not there or was destroyed before; `DELETE_FAILED` for the newest, for the key of
    /// the audit log, and for one in use.
    pub fn key_destroy(&self, purpose: Purpose, version: u32, lose_values: bool) -> Result<()> {
        let refuse = |why: String| Err(Error::new(ErrorCode::DeleteFailed, why));
        let (_, rows) = self.keyring().rows()?;
        let key = rows.into_iter().find(|key| key.purpose == purpose && key.version == version);
        if key.as_ref().is_some_and(|key| key.current) {
            return refuse(format!("{} key {version} is in use: rotate it first.", purpose.name()));
        }
        if purpose == Purpose::AuditMac {
            return refuse("The key of the audit log is never destroyed apart from its org.".to_owned());
        }
        if !lose_values
            && let Some(key) = &key
            && let Some(uses) = self.key_uses(key)?.filter(|uses| *uses > 0)
        {
            return refuse(format!(
                "{uses} values still stand under {} key {version}. Wait until they are rewritten, or say that they are \
                 to be lost.",
                purpose.name()
            ));
        }
        self.keyring().destroy_version(purpose, version, self.clock.now())
    }

    /// A copy of the org's keys under a recovery key, for `holder` to keep. That it was made is noted in the keyring.
    ///
    /// # Errors
    /// What the file system reports.
    pub fn key_export(&self, recovery: &[u8; 32], holder: &str) -> Result<String> {
        self.keyring().export(recovery, holder, self.clock.now(), self.entropy())
    }
}
