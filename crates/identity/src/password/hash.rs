//! Passwords as argon2id hashes.

use crate::config::PasswordCost;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{CustomizedPasswordHasher, Error as HashError, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use model::{Entropy, Error, Result, random_bytes};

/// Hashes and checks passwords at one cost.
pub(crate) struct Hasher {
    params: Params,
    /// The hash of a password nobody has: what a try is checked against when there is nothing to check it against.
    decoy: String,
}

impl Hasher {
    /// # Errors
    /// For a cost that argon2id does not know.
    pub(crate) fn new(cost: PasswordCost, entropy: &dyn Entropy) -> Result<Self> {
        let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, None).map_err(Error::internal)?;
        let mut hasher = Self { params, decoy: String::new() };
        hasher.decoy = hasher.hash(&hex::encode(random_bytes::<32>(entropy)), entropy)?;
        Ok(hasher)
    }

    /// A PHC string for a password.
    ///
    /// # Errors
    /// When the machine has not the memory.
    pub(crate) fn hash(&self, password: &str, entropy: &dyn Entropy) -> Result<String> {
        let salt: [u8; 16] = random_bytes(entropy);
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, self.params.clone());
        let hash: PasswordHash = argon2
            .hash_password_with_params(password.as_bytes(), &salt, self.params.clone())
            .map_err(Error::internal)?;
        Ok(hash.to_string())
    }

    /// Whether a password belongs to a kept hash. Without one the same work is done, and the answer is no.
    ///
    /// # Errors
    /// When the kept hash cannot be read.
    pub(crate) fn verify(&self, password: &str, kept: Option<&str>) -> Result<bool> {
        let hash = PasswordHash::new(kept.unwrap_or(&self.decoy)).map_err(Error::internal)?;
        match Argon2::default().verify_password(password.as_bytes(), &hash) {
            Ok(()) => Ok(kept.is_some()),
            Err(HashError::PasswordInvalid) => Ok(false),
            Err(error) => Err(Error::internal(error)),
        }
    }

    /// Whether a kept hash was made at another cost than today's.
    pub(crate) fn is_outdated(&self, kept: &str) -> bool {
        let parsed = PasswordHash::new(kept).ok().and_then(|hash| Params::try_from(&hash).ok());
        parsed.is_none_or(|params| {
            (params.m_cost(), params.t_cost(), params.p_cost())
                != (self.params.m_cost(), self.params.t_cost(), self.params.p_cost())
        })
    }
}
