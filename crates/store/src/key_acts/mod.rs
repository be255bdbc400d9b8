//! Acts on keys: new versions, destroying old ones, another org secret, another root key, sealing and unsealing an org.
//! Each can be cut off anywhere and done again.

mod customer;
mod files_key;
mod root_key;
mod store_key;

pub use root_key::RootRotation;
pub(crate) use store_key::remove_copy;

use crate::keys::{KeyRow, Purpose, no_such_key};
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
    /// What the file system or the database reports.
    pub fn key_rotate(&self, purpose: Purpose) -> Result<u32> {
        match purpose {
            Purpose::Store => self.rotate_store_key(),
            Purpose::Files => self.rotate_files_key(),
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
            Purpose::AuditMac => self.read(|tx| tx.audit_rows_under(key.version)).map(Some),
            Purpose::Files => {
                let contents = self.write(|tx| tx.contents_under(key.version))?;
                Ok(Some(contents + self.files_uses()?.get(&key.version).copied().unwrap_or(0)))
            }
            // Backups are counted by the installation, which knows them; the others keep no count.
            Purpose::Store | Purpose::Settings | Purpose::SignIn | Purpose::Backup => Ok(None),
        }
    }

    /// Destroys a version of a data key that newer values no longer use. With `lose_values` also one under which values
    /// still stand: sealed texts read `?????` from then on, other sealed values are empty.
    ///
    /// # Errors
    /// `NOT_FOUND` for a version that is not there or was destroyed before; `DELETE_FAILED` for the newest and for one in
    /// use, and always for one that rows of the audit log are sealed with.
    pub fn key_destroy(&self, purpose: Purpose, version: u32, lose_values: bool) -> Result<()> {
        self.key_destroy_check(purpose, version, lose_values)?;
        self.keyring().destroy_version(purpose, version, self.clock.now())
    }

    /// Whether a version of a data key was destroyed.
    ///
    /// # Errors
    /// `SERVER_UNAVAILABLE` while the org is sealed.
    pub fn key_is_destroyed(&self, purpose: Purpose, version: u32) -> Result<bool> {
        let (_, rows) = self.keyring().rows()?;
        Ok(rows.iter().any(|key| key.purpose == purpose && key.version == version && key.destroyed.is_some()))
    }

    /// Whether [`OrgStore::key_destroy`] would do it.
    ///
    /// # Errors
    /// As that.
    pub fn key_destroy_check(&self, purpose: Purpose, version: u32, lose_values: bool) -> Result<()> {
        let refuse = |why: String| Err(Error::new(ErrorCode::DeleteFailed, why));
        let (_, rows) = self.keyring().rows()?;
        let key = rows.into_iter().find(|key| key.purpose == purpose && key.version == version);
        if key.as_ref().is_some_and(|key| key.current) {
            return refuse(format!("{} key {version} is in use: rotate it first.", purpose.name()));
        }
        if purpose == Purpose::AuditMac && lose_values {
            return refuse(
                "What the audit log was sealed with is never given up: it could not be verified.".to_owned(),
            );
        }
        if !lose_values
            && let Some(key) = &key
            && let Some(uses) = self.key_uses(key)?.filter(|uses| *uses > 0)
        {
            return refuse(format!(
                "{uses} {} still stand under {} key {version}. {}",
                purpose.counted(),
                purpose.name(),
                match purpose {
                    Purpose::AuditMac => "The log is never shortened, so this key goes with its org.",
                    _ => "Wait until they are rewritten, or say that they are to be lost.",
                }
            ));
        }
        match key.filter(|key| key.destroyed.is_none()) {
            Some(_) => Ok(()),
            None => Err(no_such_key(purpose, version)),
        }
    }

    /// A copy of the org's keys under a recovery key, for `holder` to keep. That it was made is noted in the keyring.
    ///
    /// # Errors
    /// What the file system reports.
    pub fn key_export(&self, recovery: &[u8; 32], holder: &str) -> Result<String> {
        self.keyring().export(recovery, holder, self.clock.now(), self.entropy())
    }
}
