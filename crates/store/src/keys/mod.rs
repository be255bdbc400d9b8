//! Keys: a root key outside the data directory, one small authenticated keyring per org, one data key per purpose.
//!
//! ```text
//! root key (RK)            a file of its own, never in the data directory or a backup
//!   └─ org key (OK)        HKDF-SHA-512(RK ‖ org secret, "holdfast/ok/v1" ‖ org ‖ version)
//!        └─ data keys      random 256 bits each, wrapped with AES-256-GCM-SIV under OK
//! ```

mod keyring;
mod root;

pub use keyring::{DataKey, Keyring, Purpose};
pub use root::RootKey;
