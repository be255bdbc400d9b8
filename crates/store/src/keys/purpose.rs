//! What data keys are for.

use serde::{Deserialize, Serialize};

/// What a data key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// The raw key of the org's database file.
    Store,
    /// Values of sealed fields.
    Field,
    /// Tokens by which equal sealed values are found.
    Token,
    /// Messages that wait to be sent, and questions that are remembered.
    Files,
    /// Chaining and sealing audit rows.
    AuditMac,
    /// Secrets that the org keeps for connectors and mail.
    Settings,
    /// Hashes of session and link tokens.
    SignIn,
    /// Backups of the org.
    Backup,
}

impl Purpose {
    pub const ALL: [Purpose; 8] = [
        Purpose::Store,
        Purpose::Field,
        Purpose::Token,
        Purpose::Files,
        Purpose::AuditMac,
        Purpose::Settings,
        Purpose::SignIn,
        Purpose::Backup,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Purpose::Store => "store",
            Purpose::Field => "field",
            Purpose::Token => "token",
            Purpose::Files => "files",
            Purpose::AuditMac => "audit-mac",
            Purpose::Settings => "settings",
            Purpose::SignIn => "sign-in",
            Purpose::Backup => "backup",
        }
    }

    /// What stands under such a key, in the plural.
    pub const fn counted(self) -> &'static str {
        match self {
            Purpose::AuditMac => "rows",
            Purpose::Backup => "backups",
            Purpose::Files => "mails, queries and files",
            Purpose::Store | Purpose::Field | Purpose::Token | Purpose::Settings | Purpose::SignIn => "values",
        }
    }

    /// The purpose of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.name() == name)
    }
}
