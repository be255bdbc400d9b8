//! What can be typed.

use super::key_args::KeysCommand;
use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};
use clap_complete::Shell;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Subcommands by what they are for, in place of one long list.
const TEMPLATE: &str = "\
{about-section}
{usage-heading} {usage}

Try it
  demo         Fill an org with a year of invented sales work and serve it

Run it
  serve        Serve the orgs of an installation
  org          Make, list, move and delete orgs
  keys         List, rotate, copy and destroy keys; encrypt fields
  migrate      Bring all orgs up to this version of the program
  import       Bring CSV files into an org
  backup       Make, list, check and remove backups of orgs
  restore      Bring an org back from a backup
  verify       Check an org's store, and its audit log from its first row to its last

And
  completions  Print completions for a shell
  help         Explain a command

Options:
{options}{after-help}";

const EXAMPLES: &str = "
Examples:
  holdfast demo                                   look around, with nothing to set up
  holdfast org create --name Acme --admin-email ada@acme.example --config holdfast.toml
  holdfast serve --config holdfast.toml";

#[derive(Debug, Parser)]
#[command(name = "holdfast", version, about = "Sales operations that run themselves: records, reports, deliveries, in one program.", help_template = TEMPLATE, after_help = EXAMPLES, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    Demo(DemoArgs),
    Serve(ServeArgs),
    #[command(subcommand)]
    Org(OrgCommand),
    #[command(subcommand)]
    Keys(KeysCommand),
    Migrate(MigrateArgs),
    Import(ImportArgs),
    #[command(subcommand)]
    Backup(BackupCommand),
    Restore(RestoreArgs),
    Verify(VerifyArgs),
    /// Print completions for a shell.
    #[command(after_help = "Example:\n  holdfast completions bash > /etc/bash_completion.d/holdfast")]
    Completions {
        shell: Shell,
    },
}

/// Fill an org with a year of invented sales work and serve it.
///
/// The data is kept: a second start shows the same org at once. Stop it with Ctrl-C.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  holdfast demo
  holdfast demo --listen 127.0.0.1:9000 --fresh
  holdfast demo --smtp smtp://127.0.0.1:1025        send the mail to a server of yours
  holdfast demo --env-file demo.env                 for programs that try the API
  holdfast demo --tls-cert tls.pem --tls-key tls.key    for programs that insist on https")]
pub struct DemoArgs {
    /// Address and port to listen on, of this machine alone; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    #[command(flatten)]
    pub tls: TlsArgs,
    /// Certificate whose key signs for programs that sign in by JWT as the demo's people
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub jwt_cert: Option<PathBuf>,
    /// Directory of the demo's data [default: holdfast/demo below the user's data directory]
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub data: Option<PathBuf>,
    /// Mail server for the demo's mail, such as smtp://127.0.0.1:1025; without it mail stays in the outbox page
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url)]
    pub smtp: Option<String>,
    /// Another year of work: every number is a different one
    #[arg(long, value_name = "NUMBER", default_value_t = crate::demo_org::DEFAULT_SEED)]
    pub seed: u64,
    /// Write address, sign-in and a live session to this file, as NAME=value lines that only you can read
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub env_file: Option<PathBuf>,
    /// Throw the demo's data away and begin anew
    #[arg(long)]
    pub fresh: bool,
}

/// A port that speaks TLS.
#[derive(Debug, Args)]
pub struct TlsArgs {
    /// Certificate to speak TLS with, in PEM form, with those that lead to its root behind it
    #[arg(long, value_name = "FILE", requires = "tls_key", value_hint = ValueHint::FilePath)]
    pub tls_cert: Option<PathBuf>,
    /// The certificate's private key, in PEM form
    #[arg(long, value_name = "FILE", requires = "tls_cert", value_hint = ValueHint::FilePath)]
    pub tls_key: Option<PathBuf>,
    /// Address and port of TLS [default: port 8443 of this machine]
    #[arg(long, value_name = "ADDRESS", requires = "tls_cert")]
    pub tls_listen: Option<SocketAddr>,
}

/// Serve the orgs of an installation: pages, API, schedules, mail.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  holdfast serve --config /etc/holdfast/holdfast.toml

examples/holdfast.toml explains every setting; each can be given by an environment variable too.")]
pub struct ServeArgs {
    /// The configuration file
    #[arg(long, value_name = "FILE", env = "HOLDFAST_CONFIG", value_hint = ValueHint::FilePath)]
    pub config: PathBuf,
    /// Listen here instead of where the configuration says
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<SocketAddr>,
    #[command(flatten)]
    pub tls: TlsArgs,
    #[command(flatten)]
    pub root_key: RootKeyArgs,
}

/// Which installation a command works on.
#[derive(Debug, Args)]
#[command(next_help_heading = "Which installation")]
pub struct PlaceArgs {
    /// The configuration file of its server
    #[arg(long, value_name = "FILE", env = "HOLDFAST_CONFIG", value_hint = ValueHint::FilePath)]
    pub config: Option<PathBuf>,
    /// Its data directory, when there is no configuration file
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub data: Option<PathBuf>,
    #[command(flatten)]
    pub root_key: RootKeyArgs,
}

/// Where the root key comes from, when the configuration does not say it.
#[derive(Debug, Args)]
pub struct RootKeyArgs {
    /// File of the root key [default: beside the data directory]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub root_key: Option<PathBuf>,
    /// Descriptor that the root key is read from, once and to its end, as in --root-key-fd 3 3<FILE
    #[arg(long, value_name = "NUMBER", conflicts_with = "root_key")]
    pub root_key_fd: Option<i32>,
}

/// Bring all orgs up to this version of the program: tables, standard objects and fields, those of apps.
///
/// A server does this by itself for each org it opens; this command does it for all at once, before the server starts.
/// An org that fails is named and does not keep the others from it. A run that was cut short is simply run again.
#[derive(Debug, Args)]
pub struct MigrateArgs {
    /// How many orgs are worked on at the same time
    #[arg(long, value_name = "NUMBER", default_value_t = 4, value_parser = clap::value_parser!(u8).range(1..=64))]
    pub at_once: u8,
    #[command(flatten)]
    pub place: PlaceArgs,
}

/// Make, list, move and delete orgs. The server of the installation must not run meanwhile.
#[derive(Debug, Subcommand)]
pub enum OrgCommand {
    Create(OrgCreateArgs),
    /// List the orgs of an installation.
    List(PlaceArgs),
    Move(OrgMoveArgs),
    Hold(OrgHoldArgs),
    /// Let the installation keep an org's secret again; the customer's is a line of standard input.
    Release(OrgHoldArgs),
    Unseal(OrgUnsealArgs),
    /// Seal an org of the running server whose secret its customer keeps: its keys leave the memory at once.
    Seal(OrgSealArgs),
    Delete(OrgDeleteArgs),
}

/// Where an org's data can be.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum MoveTarget {
    /// An encrypted file in the data directory
    Embedded,
    /// A schema of the PostgreSQL database in the configuration
    Postgres,
}

/// Move an org between the encrypted file and PostgreSQL.
///
/// Every table is copied from one snapshot and compared row by row before the org is switched over; the original is
/// removed only then. A move that is cut off is settled when the installation is opened next: back before the switch,
/// forward behind it.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  holdfast org move 00D000000000001EAA --to postgres --config holdfast.toml")]
pub struct OrgMoveArgs {
    /// The org, as `holdfast org list` shows it
    pub org: String,
    /// Where it goes
    #[arg(long, value_name = "STORE")]
    pub to: MoveTarget,
    #[command(flatten)]
    pub place: PlaceArgs,
}

/// Make an org with its first administrator, whose password is shown once.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  holdfast org create --config holdfast.toml --name Acme --admin-email ada@acme.example \\
    --admin-name 'Ada Byron' --currency USD --zone America/New_York --locale en_US")]
pub struct OrgCreateArgs {
    /// Name of the company
    #[arg(long)]
    pub name: String,
    /// The first administrator's address; mail goes there
    #[arg(long, value_name = "ADDRESS", value_hint = ValueHint::EmailAddress)]
    pub admin_email: String,
    /// The first administrator's user name [default: the address]
    #[arg(long, value_name = "NAME")]
    pub admin_username: Option<String>,
    /// The first administrator's first and last name
    #[arg(long, value_name = "NAME", default_value = "First Administrator")]
    pub admin_name: String,
    /// Currency of the company (ISO 4217)
    #[arg(long, value_name = "CODE", default_value = "EUR")]
    pub currency: String,
    /// Time zone of the company (IANA)
    #[arg(long, default_value = "UTC")]
    pub zone: String,
    /// Language and country of dates and numbers
    #[arg(long, default_value = "en_GB")]
    pub locale: String,
    /// Month in which the fiscal year begins
    #[arg(long, value_name = "MONTH", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=12))]
    pub fiscal_start_month: u8,
    #[command(flatten)]
    pub place: PlaceArgs,
}

/// Destroy an org: its keys, then its data. Only a backup made before can bring it back.
#[derive(Debug, Args)]
pub struct OrgDeleteArgs {
    /// The org, as `holdfast org list` shows it
    pub org: String,
    /// The org's id once more: deleting cannot be undone
    #[arg(long, value_name = "ORG")]
    pub yes: Option<String>,
    #[command(flatten)]
    pub place: PlaceArgs,
}

/// Let the customer keep an org's secret, or give the org a new one of its customer's: a line of standard input, kept
/// nowhere. For an org that is sealed a line with the present secret comes before it.
///
/// From then on the org is sealed whenever the server starts, until the secret is given to `holdfast org unseal`. Who
/// loses it loses the org. The server must not run meanwhile.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  systemd-ask-password | holdfast org hold 00D000000000001EAA --config holdfast.toml
  key-service print-key | holdfast org hold 00D000000000001EAA --key --config holdfast.toml")]
pub struct OrgHoldArgs {
    /// The org, as `holdfast org list` shows it
    pub org: String,
    /// What is read is a key of 64 hexadecimal digits, and no passphrase
    #[arg(long)]
    pub key: bool,
    #[command(flatten)]
    pub place: PlaceArgs,
}

/// Unseal an org of the running server with the secret that its customer keeps, read from standard input.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  systemd-ask-password | holdfast org unseal 00D000000000001EAA --config holdfast.toml")]
pub struct OrgUnsealArgs {
    /// The org, as `holdfast org list` shows it
    pub org: String,
    /// What is read is a key of 64 hexadecimal digits, and no passphrase
    #[arg(long)]
    pub key: bool,
    #[command(flatten)]
    pub place: PlaceArgs,
}

/// Which org is sealed.
#[derive(Debug, Args)]
pub struct OrgSealArgs {
    /// The org, as `holdfast org list` shows it
    pub org: String,
    #[command(flatten)]
    pub place: PlaceArgs,
}

/// Bring CSV files into an org, as one of its users, by a mapping that says what becomes what.
///
/// Every row repaired or refused is told with its line and the reason. A run that was cut short continues where it
/// ended.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  holdfast import --mapping mapping.toml --dir crm/ --as ada@acme.example --data DIR --check
  holdfast import --mapping mapping.toml --dir crm/ --as ada@acme.example --data DIR --report rows.txt

Exit codes: 0 every row is in, 3 some were refused, 4 a file was rolled back, 5 it was stopped.")]
pub struct ImportArgs {
    /// The mapping file
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub mapping: PathBuf,
    /// Folder of the CSV files
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub dir: PathBuf,
    /// The org, as `holdfast org list` shows it [default: the only one]
    #[arg(long)]
    pub org: Option<String>,
    /// User name of whom the import acts as
    #[arg(long = "as", value_name = "USERNAME")]
    pub run_as: String,
    /// A refused row undoes its whole file and ends the run
    #[arg(long)]
    pub atomic: bool,
    /// Write nothing; tell what would be written, repaired and refused
    #[arg(long)]
    pub check: bool,
    /// Write rows again that an earlier run has written
    #[arg(long)]
    pub again: bool,
    /// Tell of repaired and refused rows in this file instead of on standard error
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub report: Option<PathBuf>,
    #[command(flatten)]
    pub place: PlaceArgs,
}

/// Make, list, check and remove backups of orgs. A running server makes its own: `backup_dir` in the configuration.
///
/// Backups are encrypted under a key of the org, numbered, and each holds the hash of the one before it. They hold no
/// keys: keep copies of the root key and of the keyrings (orgs/00D…/keyring.json) elsewhere.
#[derive(Debug, Subcommand)]
pub enum BackupCommand {
    /// Make the next backup of an org, or of all; only what changed since the last one is written.
    Create(BackupArgs),
    /// List the backups of an org, or of all, and what is wrong with their chain.
    List(BackupArgs),
    /// Read every part of every backup of an org, or of all, and say what is wrong.
    Verify(BackupArgs),
    /// Remove all but the newest backups of an org, or of each.
    Prune(BackupPruneArgs),
}

/// Which backups.
#[derive(Debug, Args)]
pub struct BackupArgs {
    /// Directory of the backups
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub dir: PathBuf,
    /// The org, as `holdfast org list` shows it [default: all]
    #[arg(long)]
    pub org: Option<String>,
    #[command(flatten)]
    pub place: PlaceArgs,
}

#[derive(Debug, Args)]
pub struct BackupPruneArgs {
    /// How many to keep
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
    pub keep: u32,
    #[command(flatten)]
    pub backups: BackupArgs,
}

/// Bring an org back from a backup.
///
/// The org is built anew beside the one that is there and compared to its last row before it takes its place. A gap in
/// the chain of backups, or a backup older than what the org is known to have reached, is refused without --force.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  holdfast restore 00D000000000001EAA --dir /backups --config holdfast.toml
  holdfast restore 00D000000000001EAA --dir /backups --at 2026-11-20T18:00:00Z --force --config holdfast.toml
  holdfast restore 00D000000000001EAA --dir /backups --keyring keyring.json --config holdfast.toml   on a new machine")]
pub struct RestoreArgs {
    /// The org's id
    pub org: String,
    /// Directory of the backups
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub dir: PathBuf,
    /// Number of the backup [default: the newest]
    #[arg(long, conflicts_with = "at")]
    pub number: Option<u64>,
    /// The newest backup made at this moment or before it
    #[arg(long, value_name = "TIME")]
    pub at: Option<String>,
    /// The org's keyring, for an org that this installation does not have
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub keyring: Option<PathBuf>,
    /// Restore although it loses what came later, or although backups before it are missing
    #[arg(long)]
    pub force: bool,
    #[command(flatten)]
    pub place: PlaceArgs,
}

/// Check an org: its store against the witness, its database's own seals and indexes, and its audit log from its first
/// row to its last.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// The org, as `holdfast org list` shows it
    pub org: String,
    /// Take the store as it is, although it is older than it was or another one
    #[arg(long)]
    pub accept: bool,
    #[command(flatten)]
    pub place: PlaceArgs,
}
