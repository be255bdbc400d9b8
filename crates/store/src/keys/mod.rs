//! Keys: a root key outside the data directory, one small authenticated keyring per org, data keys by purpose and
//! version.
//!
//! ```text
//! root key (RK)            a file of its own, never in the data directory or a backup
//!   └─ org key (OK)        HKDF-SHA-512(RK ‖ org secret, "holdfast/ok/v1" ‖ org ‖ version)
//!        └─ data keys      random 256 bits each, wrapped with AES-256-GCM-SIV under OK
//! ```

mod derive;
mod faults;
mod file;
mod holder;
mod keyring;
mod purpose;
mod root;

pub use faults::Faults;
pub use file::KeyCopy;
pub use holder::{CustomerSecret, PassphraseCost, SecretHolder};
pub use keyring::{DataKey, KeyRow, Keyring};
pub(crate) use keyring::{no_such_key, sealed};
pub use purpose::Purpose;
pub use root::{RootKey, RootKeySource};
