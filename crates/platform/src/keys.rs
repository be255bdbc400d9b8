//! Acts on an org's keys, each with its row in the org's audit log.

use crate::engine::Platform;
use crate::operate::note;
use model::{Error, OrgId, Result};
use store::{Backed as _, CustomerSecret, KeyCopy, KeyUse, OrgRow, PassphraseCost, Purpose, SecretHolder};

/// Everything that is known of an org's keys.
#[derive(Debug, Clone)]
pub struct KeyOverview {
    pub holder: SecretHolder,
    /// Version of the org's secret.
    pub secret_version: u32,
    pub keys: Vec<KeyUse>,
    pub copies: Vec<KeyCopy>,
}

/// What was destroyed with an org, and what may still lie elsewhere.
#[derive(Debug, Clone)]
pub struct DestroyedOrg {
    pub org: OrgRow,
    pub keys: Vec<KeyUse>,
    pub copies: Vec<KeyCopy>,
}

impl Platform {
    /// The org's keys, without the keys.
    ///
    /// # Errors
    /// As [`Platform::org`].
    pub fn key_list(&self, org: OrgId) -> Result<KeyOverview> {
        let org = self.org(org)?;
        let keyring = org.store.keyring();
        let (secret_version, _) = keyring.rows()?;
        let mut keys = org.store.key_list()?;
        let backups = self.store().backup_key_uses(org.id())?;
        for row in keys.iter_mut().filter(|row| row.key.purpose == Purpose::Backup) {
            row.uses = Some(backups.get(&row.key.version).copied().unwrap_or(0));
        }
        Ok(KeyOverview { holder: keyring.holder()?, secret_version, keys, copies: keyring.copies()? })
    }

    /// Where acts on keys can be cut off, for tests of what happens then.
    pub fn faults(&self) -> &store::Faults {
        self.store().faults()
    }

    /// Starts to use a new version of a data key. Values are rewritten in the background.
    ///
    /// # Errors
    /// As [`store::OrgStore::key_rotate`].
    pub fn key_rotate(&self, org: OrgId, purpose: Purpose) -> Result<u32> {
        self.note(org, "key_rotate", &serde_json::json!({ "key": purpose.name() }))?;
        self.org(org)?.store.key_rotate(purpose)
    }

    /// A copy of the org's keys under a recovery key, for `holder` to keep.
    ///
    /// # Errors
    /// As [`Platform::org`].
    pub fn key_export(&self, org: OrgId, recovery: &[u8; 32], holder: &str) -> Result<String> {
        self.note(org, "key_export", &serde_json::json!({ "holder": holder }))?;
        self.org(org)?.store.key_export(recovery, holder)
    }

    /// Gives the org a new secret, kept by the installation or by the customer who gives it.
    ///
    /// # Errors
    /// As [`store::Store::org_secret_rotate`].
    pub fn org_secret_rotate(&self, org: OrgId, given: Option<(&CustomerSecret, PassphraseCost)>) -> Result<()> {
        let holder = if given.is_some() { "customer" } else { "installation" };
        self.note(org, "org_secret_rotate", &serde_json::json!({ "holder": holder }))?;
        self.store().org_secret_rotate(org, given)
    }

    /// Whether an org waits for its customer's secret.
    pub fn is_sealed(&self, org: OrgId) -> bool {
        self.store().is_sealed(org)
    }

    /// Unseals an org with the secret that its customer keeps.
    ///
    /// # Errors
    /// `INVALID_LOGIN` for a wrong secret; as [`Platform::org`].
    pub fn org_unseal(&self, org: OrgId, secret: &CustomerSecret) -> Result<()> {
        drop(self.store().org_unseal(org, secret)?);
        self.note(org, "org_unseal", &serde_json::json!({}))
    }

    /// Seals an org: its keys and everything cached of it leave the memory at once.
    ///
    /// # Errors
    /// As [`Platform::org`]; `FUNCTIONALITY_NOT_ENABLED` for an org whose secret the installation keeps.
    pub fn org_seal(&self, org: OrgId) -> Result<()> {
        if self.is_sealed(org) {
            return Ok(());
        }
        if self.org(org)?.store.keyring().holder()? == SecretHolder::Managed {
            return Err(Error::new(
                model::ErrorCode::FunctionalityNotEnabled,
                "This org's secret is kept by the installation, which would unseal it with the next request. Give it a \
                 secret of its own first: holdfast org hold.",
            ));
        }
        self.note(org, "org_seal", &serde_json::json!({}))?;
        self.forget_org(org);
        self.store().org_seal(org)
    }

    /// Destroys an org, and says what was destroyed.
    ///
    /// # Errors
    /// As [`Platform::org_delete`].
    pub fn org_destroy(&self, org: OrgId) -> Result<DestroyedOrg> {
        let row = self.org_list()?.into_iter().find(|row| row.org == org);
        let row = row.ok_or_else(Error::not_found)?;
        // An org that does not open is destroyed all the same.
        let overview = self.key_list(org).ok();
        self.org_delete(org)?;
        let (keys, copies) = overview.map(|overview| (overview.keys, overview.copies)).unwrap_or_default();
        Ok(DestroyedOrg { org: row, keys, copies })
    }

    /// Writes a row into the org's audit log; what cannot be noted is not done.
    fn note(&self, org: OrgId, action: &str, detail: &serde_json::Value) -> Result<()> {
        note(&self.org(org)?, action, detail.to_string())
    }
}
