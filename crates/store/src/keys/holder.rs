//! Who holds an org's secret: the installation, wrapped under its root key, or the customer, who gives it when the org is
//! to be unsealed.

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use model::{Entropy, Error, ErrorCode, Result, random_bytes};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// Where an org's secret comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "snake_case")]
pub enum SecretHolder {
    /// Random, kept in the keyring under the root key.
    Managed,
    /// Made from the customer's passphrase by argon2id, and kept nowhere.
    Passphrase { salt: String, memory_kib: u32, passes: u32, lanes: u32 },
    /// 256 bits that the customer's own key service gives, kept nowhere.
    KeyService,
}

/// What a customer gives to unseal an org.
#[derive(Clone)]
pub enum CustomerSecret {
    Passphrase(Zeroizing<String>),
    /// What the customer's key service printed: 64 hexadecimal digits.
    Key(Zeroizing<[u8; 32]>),
}

/// What making a secret from a passphrase costs whoever guesses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PassphraseCost {
    pub memory_kib: u32,
    pub passes: u32,
    pub lanes: u32,
}

impl Default for PassphraseCost {
    /// RFC 9106, second recommended: 64 MiB, three passes, four lanes.
    fn default() -> Self {
        Self { memory_kib: 64 * 1024, passes: 3, lanes: 4 }
    }
}

impl PassphraseCost {
    /// As cheap as argon2id allows: for tests alone.
    pub const CHEAPEST: Self = Self { memory_kib: 8, passes: 1, lanes: 1 };
}

/// A shorter passphrase is refused: nothing slows down a guesser who has the disk.
const FEWEST_CHARACTERS: usize = 16;

impl CustomerSecret {
    pub fn passphrase(text: impl Into<String>) -> Self {
        Self::Passphrase(Zeroizing::new(text.into()))
    }

    /// Reads what a key service printed.
    ///
    /// # Errors
    /// `MISSING_ARGUMENT` when it is not 64 hexadecimal digits.
    pub fn from_hex(text: &str) -> Result<Self> {
        let mut key = Zeroizing::new([0u8; 32]);
        hex::decode_to_slice(text.trim(), &mut *key).map_err(|_| {
            Error::new(ErrorCode::MissingArgument, "The org's key service must give 64 hexadecimal digits.")
        })?;
        Ok(Self::Key(key))
    }

    /// How a secret of this kind will be asked for again.
    pub(super) fn new_holder(&self, cost: PassphraseCost, entropy: &dyn Entropy) -> Result<SecretHolder> {
        match self {
            CustomerSecret::Key(_) => Ok(SecretHolder::KeyService),
            CustomerSecret::Passphrase(text) if text.chars().count() < FEWEST_CHARACTERS => Err(Error::new(
                ErrorCode::MissingArgument,
                format!("The passphrase is too short: it needs {FEWEST_CHARACTERS} characters or more."),
            )),
            CustomerSecret::Passphrase(_) => Ok(SecretHolder::Passphrase {
                salt: BASE64.encode(random_bytes::<16>(entropy)),
                memory_kib: cost.memory_kib,
                passes: cost.passes,
                lanes: cost.lanes,
            }),
        }
    }

    /// The org secret.
    pub(super) fn derive(&self, holder: &SecretHolder) -> Result<Zeroizing<[u8; 32]>> {
        match (self, holder) {
            (CustomerSecret::Key(key), SecretHolder::KeyService) => Ok(key.clone()),
            (CustomerSecret::Passphrase(text), SecretHolder::Passphrase { salt, memory_kib, passes, lanes }) => {
                let salt = BASE64.decode(salt).map_err(Error::internal)?;
                let params = Params::new(*memory_kib, *passes, *lanes, Some(32)).map_err(Error::internal)?;
                let mut secret = Zeroizing::new([0u8; 32]);
                Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
                    .hash_password_into(text.as_bytes(), &salt, &mut *secret)
                    .map_err(Error::internal)?;
                Ok(secret)
            }
            (_, SecretHolder::Managed) => Err(Error::new(
                ErrorCode::MissingArgument,
                "This org's secret is kept by the installation: it needs no unsealing.",
            )),
            (_, SecretHolder::Passphrase { .. }) => {
                Err(Error::new(ErrorCode::MissingArgument, "This org is unsealed by its passphrase."))
            }
            (_, SecretHolder::KeyService) => {
                Err(Error::new(ErrorCode::MissingArgument, "This org is unsealed by a key of its own key service."))
            }
        }
    }
}
