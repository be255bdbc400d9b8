//! What can be typed behind `holdfast keys`.

use super::args::PlaceArgs;
use clap::{Args, Subcommand, ValueEnum, ValueHint};
use std::path::PathBuf;

/// List, rotate, copy and destroy keys; encrypt fields. Listing, rotating (but for the root key) and destroying are done
/// by the server of the installation when it runs; for everything else it must not run meanwhile.
#[derive(Debug, Subcommand)]
pub enum KeysCommand {
    /// List every version of every key of an org, what stands under it, and the copies that were handed out.
    List(KeysOrgArgs),
    Rotate(KeysRotateArgs),
    Destroy(KeysDestroyArgs),
    Confirm(KeysConfirmArgs),
    Export(KeysExportArgs),
    Restore(KeysRestoreArgs),
    Seal(KeysSealArgs),
}

/// Which org's keys.
#[derive(Debug, Args)]
pub struct KeysOrgArgs {
    /// The org, as `holdfast org list` shows it [default: the only one]
    #[arg(long)]
    pub org: Option<String>,
    /// File with the secret that the org's customer keeps; - reads a line of standard input, behind a password. A
    /// server that runs needs none
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub org_secret: Option<PathBuf>,
    #[command(flatten)]
    pub place: PlaceArgs,
}

/// What can be rotated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RotatedKey {
    /// The root key of the installation: every keyring is wrapped anew
    Root,
    /// The secret of an org that the installation keeps
    Secret,
    /// The key of an org's file: it is copied into a new one
    Store,
    /// The key of encrypted fields: values are rewritten in the background
    Field,
    /// The key by which equal encrypted values are found: tokens are rewritten in the background
    Token,
    /// The key of mail that waits: it is encrypted anew at once, and queries whose later pages are still to come end
    Files,
    /// The key of the org's settings
    Settings,
    /// The key of sessions and tokens: everybody signs in again, and programs need new tokens and secrets
    SignIn,
    /// The key of backups: the next one is whole, older ones stay readable
    Backup,
    /// The key that the audit log is sealed with: from the next row on
    AuditMac,
}

/// Begin to use a new version of a key. Cut off, it goes on when it is run again.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  holdfast keys rotate field --config holdfast.toml
  holdfast keys rotate root --new-root /etc/holdfast/root-2.key --config holdfast.toml")]
pub struct KeysRotateArgs {
    /// Which key
    pub key: RotatedKey,
    #[command(flatten)]
    pub new_root: NewRootArgs,
    #[command(flatten)]
    pub org: KeysOrgArgs,
}

/// Where a new root key comes from: one of these.
#[derive(Debug, Args)]
#[group(multiple = false)]
pub struct NewRootArgs {
    /// File of the new root key; made when it is not there
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub new_root: Option<PathBuf>,
    /// Descriptor that the new root key is read from
    #[arg(long, value_name = "NUMBER")]
    pub new_root_fd: Option<i32>,
    /// Program that prints the new root key, with its arguments, as in '["vault", "read", "key"]'
    #[arg(long, value_name = "LIST")]
    pub new_root_command: Option<String>,
    /// Environment variable that holds the new root key
    #[arg(long, value_name = "NAME")]
    pub new_root_env: Option<String>,
}

/// Ask for the destruction of an old version of a key. What still stands under it is lost.
///
/// An administrator of the org asks, with their password from standard input; another one confirms it within 24 hours
/// with `holdfast keys confirm`. Both stand in the org's audit log before the key is gone.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  holdfast keys destroy field 1 --as ada@acme.example --config holdfast.toml
  holdfast keys confirm 1 --as eve@acme.example --config holdfast.toml")]
pub struct KeysDestroyArgs {
    /// Which key
    pub key: RotatedKey,
    /// The version, as `holdfast keys list` shows it
    pub version: u32,
    /// Destroy it although values stand under it: texts read ????? from then on, other values are empty
    #[arg(long)]
    pub lose_values: bool,
    /// User name of the administrator who asks for it
    #[arg(long = "as", value_name = "USERNAME")]
    pub run_as: String,
    #[command(flatten)]
    pub org: KeysOrgArgs,
}

/// Confirm what another administrator asked for, with your password from standard input.
#[derive(Debug, Args)]
pub struct KeysConfirmArgs {
    /// The request's number, as `holdfast keys list` shows it
    pub request: u64,
    /// User name of the administrator who confirms it
    #[arg(long = "as", value_name = "USERNAME")]
    pub run_as: String,
    #[command(flatten)]
    pub org: KeysOrgArgs,
}

/// Write a copy of an org's keys, wrapped under a recovery key, for somebody to keep. The keyring notes who holds it.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  holdfast keys export --holder 'Ada, safe of the bank' --recovery-key recovery.key --out acme-keys.json \
    --config holdfast.toml")]
pub struct KeysExportArgs {
    /// Who will keep the copy
    #[arg(long, value_name = "NAME")]
    pub holder: String,
    /// File of the recovery key (64 hexadecimal digits, readable by you alone); made when it is not there
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub recovery_key: PathBuf,
    /// The copy
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub out: PathBuf,
    #[command(flatten)]
    pub org: KeysOrgArgs,
}

/// Make the keyring of an org anew from a copy: after it was lost, or with a root key that was lost.
#[derive(Debug, Args)]
pub struct KeysRestoreArgs {
    /// The org's id
    pub org: String,
    /// The copy
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub copy: PathBuf,
    /// File of the recovery key that the copy was made with
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub recovery_key: PathBuf,
    #[command(flatten)]
    pub place: PlaceArgs,
}

/// How a field is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FieldSealing {
    /// Not at all
    Open,
    /// It can be read and written, and asked whether it is empty
    Closed,
    /// The same, and equal values are found, whatever their case
    Token,
    /// The same, and equal values are found
    CaseSensitiveToken,
}

/// Encrypt a field, or decrypt it. Its values are rewritten in the background; until then everything works as before.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  holdfast keys seal Contact.Passport__c token --as ada@acme.example --config holdfast.toml")]
pub struct KeysSealArgs {
    /// Object and field, as in Contact.Passport__c
    pub field: String,
    /// How
    pub how: FieldSealing,
    /// User name of the administrator who does it
    #[arg(long = "as", value_name = "USERNAME")]
    pub run_as: String,
    #[command(flatten)]
    pub org: KeysOrgArgs,
}
