//! The configuration of a server: a TOML file, each key of which an environment variable can give or replace.

use crate::cli::Failure;
use crate::installation::Sender;
use crate::mail::MailServer;
use crate::root_key::{RootKeyProvider, redacted};
use crate::server::TrustedProxies;
use crate::webhook::AllowedAddresses;
use identity::AddressLimit;
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// What `holdfast serve` runs with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Where plain HTTP is answered, which is this machine alone.
    pub listen: SocketAddr,
    /// Where TLS is spoken, if it is.
    pub tls: Option<TlsConfig>,
    pub data_dir: PathBuf,
    /// Where the root key comes from; nothing when nobody says, which is a file beside the data directory.
    pub root_key: Option<RootKeyProvider>,
    /// How people reach this server, without a slash at the end; nothing when it is the address listened on.
    pub public_url: Option<String>,
    /// Where new orgs are made, when not in files.
    pub database: Option<String>,
    /// Where the server keeps backups of its orgs, and how often it makes one of each; nothing for no backups.
    pub backups: Option<BackupConfig>,
    /// Who may say where a request comes from.
    pub trusted_proxies: TrustedProxies,
    /// How many sign-ins may fail from one address.
    pub sign_in_limit: AddressLimit,
    pub mail_server: Option<MailServer>,
    /// Who mail comes from.
    pub sender: Sender,
    /// Mail that comes back, when it is read.
    pub bounces: Option<BounceConfig>,
    pub webhooks: WebhookConfig,
    /// The owner's name for the place where the data is.
    pub location: String,
    pub log: LogConfig,
}

/// A port that speaks TLS, with the files that prove who the server is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsConfig {
    pub listen: SocketAddr,
    pub certificate: PathBuf,
    pub key: PathBuf,
}

/// Where mail that cannot be delivered comes back to, and the Maildir in which it arrives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BounceConfig {
    pub address: String,
    pub maildir: PathBuf,
}

/// Where webhooks may lead beside the public internet, and whom their addresses may be certified by beside the public
/// authorities.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WebhookConfig {
    pub allowed: AllowedAddresses,
    pub ca_file: Option<PathBuf>,
}

/// The backups that a server makes by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupConfig {
    pub dir: PathBuf,
    pub every_hours: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogConfig {
    /// `info`, or finer: `info,api=debug`.
    pub filter: String,
    pub format: LogFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    #[default]
    Text,
    Json,
}

impl Default for LogConfig {
    fn default() -> Self {
        Self { filter: "info".to_owned(), format: LogFormat::Text }
    }
}

/// The file as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ConfigFile {
    listen: Option<String>,
    tls_listen: Option<String>,
    tls_cert: Option<PathBuf>,
    tls_key: Option<PathBuf>,
    data_dir: Option<PathBuf>,
    root_key_file: Option<PathBuf>,
    root_key_command: Option<Vec<String>>,
    root_key_env: Option<String>,
    public_url: Option<String>,
    database: Option<String>,
    backup_dir: Option<PathBuf>,
    backup_hours: Option<u32>,
    trusted_proxies: Option<Vec<String>>,
    sign_in_failures: Option<u32>,
    sign_in_minutes: Option<u32>,
    smtp: Option<String>,
    smtp_ca_file: Option<PathBuf>,
    mail_from: Option<String>,
    bounce_address: Option<String>,
    bounce_maildir: Option<PathBuf>,
    webhook_allow: Option<Vec<String>>,
    webhook_ca_file: Option<PathBuf>,
    location: Option<String>,
    log: Option<String>,
    log_format: Option<LogFormat>,
}

/// The environment variables, by the key that each one replaces.
pub const ENVIRONMENT: [(&str, &str); 25] = [
    ("listen", "HOLDFAST_LISTEN"),
    ("tls_listen", "HOLDFAST_TLS_LISTEN"),
    ("tls_cert", "HOLDFAST_TLS_CERT"),
    ("tls_key", "HOLDFAST_TLS_KEY"),
    ("data_dir", "HOLDFAST_DATA_DIR"),
    ("root_key_file", "HOLDFAST_ROOT_KEY_FILE"),
    ("root_key_command", "HOLDFAST_ROOT_KEY_COMMAND"),
    ("root_key_env", "HOLDFAST_ROOT_KEY_ENV"),
    ("public_url", "HOLDFAST_PUBLIC_URL"),
    ("database", "HOLDFAST_DATABASE"),
    ("backup_dir", "HOLDFAST_BACKUP_DIR"),
    ("backup_hours", "HOLDFAST_BACKUP_HOURS"),
    ("trusted_proxies", "HOLDFAST_TRUSTED_PROXIES"),
    ("sign_in_failures", "HOLDFAST_SIGN_IN_FAILURES"),
    ("sign_in_minutes", "HOLDFAST_SIGN_IN_MINUTES"),
    ("smtp", "HOLDFAST_SMTP"),
    ("smtp_ca_file", "HOLDFAST_SMTP_CA_FILE"),
    ("mail_from", "HOLDFAST_MAIL_FROM"),
    ("bounce_address", "HOLDFAST_BOUNCE_ADDRESS"),
    ("bounce_maildir", "HOLDFAST_BOUNCE_MAILDIR"),
    ("webhook_allow", "HOLDFAST_WEBHOOK_ALLOW"),
    ("webhook_ca_file", "HOLDFAST_WEBHOOK_CA_FILE"),
    ("location", "HOLDFAST_LOCATION"),
    ("log", "HOLDFAST_LOG"),
    ("log_format", "HOLDFAST_LOG_FORMAT"),
];

impl Config {
    /// Reads a file and the environment.
    ///
    /// # Errors
    /// In words that name the file, the line and the key.
    pub fn load(path: &Path, environment: &dyn Fn(&str) -> Option<String>) -> Result<Self, Failure> {
        let text = std::fs::read_to_string(path).map_err(|error| {
            Failure::new(format!("The configuration file {} cannot be read: {error}.", path.display()))
        })?;
        Self::parse(&text, path, environment)
    }

    /// The same from text; relative paths in it are relative to the file.
    ///
    /// # Errors
    /// As [`Config::load`].
    pub fn parse(text: &str, path: &Path, environment: &dyn Fn(&str) -> Option<String>) -> Result<Self, Failure> {
        let mut file: ConfigFile = toml::from_str(text).map_err(|error| {
            let line = error.span().map_or(1, |span| text[..span.start.min(text.len())].matches('\n').count() + 1);
            // The parser repeats what it does not understand, and that may be a key in a wrong place.
            Failure::new(format!("{} line {line}: {}", path.display(), redacted(error.message())))
        })?;
        let folder = path.parent().unwrap_or(Path::new(""));
        let paths = [
            &mut file.data_dir,
            &mut file.root_key_file,
            &mut file.smtp_ca_file,
            &mut file.bounce_maildir,
            &mut file.webhook_ca_file,
            &mut file.backup_dir,
            &mut file.tls_cert,
            &mut file.tls_key,
        ];
        for own in paths.into_iter().flatten() {
            *own = folder.join(&*own);
        }
        // A program with a folder in its name lies where the file says; any other is looked for in PATH.
        if let Some(program) = file.root_key_command.as_mut().and_then(|words| words.first_mut())
            && program.contains('/')
            && let Some(found) = folder.join(&*program).to_str()
        {
            found.clone_into(program);
        }
        file.replace_by(environment)?;
        file.settle(path)
    }
}

impl ConfigFile {
    fn replace_by(&mut self, environment: &dyn Fn(&str) -> Option<String>) -> Result<(), Failure> {
        for (key, variable) in ENVIRONMENT {
            let Some(value) = environment(variable).filter(|value| !value.is_empty()) else { continue };
            match key {
                "listen" => self.listen = Some(value),
                "tls_listen" => self.tls_listen = Some(value),
                "tls_cert" => self.tls_cert = Some(value.into()),
                "tls_key" => self.tls_key = Some(value.into()),
                "data_dir" => self.data_dir = Some(value.into()),
                "root_key_file" => self.root_key_file = Some(value.into()),
                "root_key_command" => {
                    self.root_key_command = Some(RootKeyProvider::parse_command(variable, &value)?);
                }
                "root_key_env" => self.root_key_env = Some(value),
                "public_url" => self.public_url = Some(value),
                "database" => self.database = Some(value),
                "backup_dir" => self.backup_dir = Some(value.into()),
                "backup_hours" => {
                    let hours = value
                        .parse()
                        .map_err(|_| Failure::new(format!("{variable} is a number of hours, not {value:?}.")))?;
                    self.backup_hours = Some(hours);
                }
                "trusted_proxies" => {
                    self.trusted_proxies = Some(value.split(',').map(|text| text.trim().to_owned()).collect());
                }
                "sign_in_failures" => self.sign_in_failures = Some(number_of(variable, &value)?),
                "sign_in_minutes" => self.sign_in_minutes = Some(number_of(variable, &value)?),
                "smtp" => self.smtp = Some(value),
                "smtp_ca_file" => self.smtp_ca_file = Some(value.into()),
                "mail_from" => self.mail_from = Some(value),
                "bounce_address" => self.bounce_address = Some(value),
                "bounce_maildir" => self.bounce_maildir = Some(value.into()),
                "webhook_allow" => self.webhook_allow = Some(value.split(',').map(str::to_owned).collect()),
                "webhook_ca_file" => self.webhook_ca_file = Some(value.into()),
                "location" => self.location = Some(value),
                "log" => self.log = Some(value),
                _ => {
                    self.log_format = Some(match value.as_str() {
                        "text" => LogFormat::Text,
                        "json" => LogFormat::Json,
                        _ => return Err(Failure::new(format!("{variable} is text or json, not {value:?}."))),
                    });
                }
            }
        }
        Ok(())
    }

    fn settle(self, path: &Path) -> Result<Config, Failure> {
        let wrong = |key: &str, why: &str| Failure::new(format!("{}: {key}: {why}", path.display()));
        let address = |key: &str, given: Option<&str>, usual: &str| {
            let text = given.unwrap_or(usual);
            let refused = |_| wrong(key, &format!("{text:?} is no address and port, such as {usual}."));
            text.parse::<SocketAddr>().map_err(refused)
        };
        let listen = address("listen", self.listen.as_deref(), "127.0.0.1:8080")?;
        let tls_listen = address("tls_listen", self.tls_listen.as_deref(), "127.0.0.1:8443")?;
        let tls = match (self.tls_cert, self.tls_key) {
            (Some(certificate), Some(key)) => Some(TlsConfig { listen: tls_listen, certificate, key }),
            (Some(_), None) => return Err(wrong("tls_key", "is missing: name the private key of tls_cert.")),
            (None, Some(_)) => return Err(wrong("tls_cert", "is missing: name the certificate of tls_key.")),
            (None, None) if self.tls_listen.is_some() => {
                return Err(wrong(
                    "tls_cert",
                    "is missing: tls_listen needs a certificate (tls_cert) and its key (tls_key).",
                ));
            }
            (None, None) => None,
        };
        let data_dir =
            self.data_dir.ok_or_else(|| wrong("data_dir", "is missing: name the directory for the data."))?;
        let root_key = root_key_of(self.root_key_file, self.root_key_command, self.root_key_env, &data_dir)
            .map_err(|(key, why)| wrong(key, &why))?;
        let backups = match (self.backup_dir, self.backup_hours.unwrap_or(24)) {
            (_, 0) => return Err(wrong("backup_hours", "is at least 1.")),
            (Some(dir), _) if dir.starts_with(&data_dir) => {
                return Err(wrong("backup_dir", "lies inside data_dir, and would be lost with it. Put it elsewhere."));
            }
            (dir, every_hours) => dir.map(|dir| BackupConfig { dir, every_hours }),
        };
        let public_url = self.public_url.map(|url| url.trim_end_matches('/').to_owned());
        if public_url.as_ref().is_some_and(|url| !url.starts_with("https://") && !url.starts_with("http://")) {
            return Err(wrong("public_url", "begins with https:// (or http:// inside a trusted network)."));
        }
        let mail_server = self
            .smtp
            .filter(|url| !url.is_empty())
            .map(|url| MailServer::parse(&url, self.smtp_ca_file.as_deref()))
            .transpose()
            .map_err(|why| wrong("smtp", &why))?;
        let sender =
            self.mail_from.as_deref().map(Sender::parse).transpose().map_err(|why| wrong("mail_from", &why))?;
        if mail_server.is_some() && sender.is_none() {
            return Err(wrong("mail_from", "is missing: mail that goes out over smtp needs a sender."));
        }
        let bounces = match (self.bounce_address, self.bounce_maildir) {
            (Some(address), Some(maildir)) => {
                // Each delivery adds 52 characters to the part before the @, which has 64.
                let is_short = address.split_once('@').is_some_and(|(local, domain)| {
                    (1..=12).contains(&local.len()) && !local.contains(['+', ' ']) && domain.contains('.')
                });
                if !is_short {
                    return Err(wrong(
                        "bounce_address",
                        "is an address with at most 12 characters and no + before the @, such as bounces@example.com.",
                    ));
                }
                Some(BounceConfig { address, maildir })
            }
            (None, None) => None,
            (Some(_), None) => return Err(wrong("bounce_maildir", "is missing beside bounce_address.")),
            (None, Some(_)) => return Err(wrong("bounce_address", "is missing beside bounce_maildir.")),
        };
        let allowed = self.webhook_allow.unwrap_or_default();
        let allowed = AllowedAddresses::parse(allowed.iter().map(String::as_str));
        let webhooks = WebhookConfig {
            allowed: allowed.map_err(|why| wrong("webhook_allow", &why))?,
            ca_file: self.webhook_ca_file,
        };
        let proxies = self.trusted_proxies.unwrap_or_default();
        let trusted_proxies =
            TrustedProxies::parse(proxies.iter().map(String::as_str)).map_err(|why| wrong("trusted_proxies", &why))?;
        let mut sign_in_limit = AddressLimit::default();
        if let Some(failures) = self.sign_in_failures {
            sign_in_limit.failures = failures;
        }
        if let Some(minutes) = self.sign_in_minutes {
            sign_in_limit.period_ms = i64::from(minutes) * 60_000;
        }
        for (key, number) in [("sign_in_failures", self.sign_in_failures), ("sign_in_minutes", self.sign_in_minutes)] {
            if number == Some(0) {
                return Err(wrong(key, "is at least 1."));
            }
        }
        let log = LogConfig {
            filter: self.log.unwrap_or_else(|| LogConfig::default().filter),
            format: self.log_format.unwrap_or_default(),
        };
        Ok(Config {
            listen,
            tls,
            data_dir,
            root_key,
            public_url,
            database: self.database.filter(|url| !url.is_empty()),
            backups,
            trusted_proxies,
            sign_in_limit,
            mail_server,
            sender: sender.unwrap_or_default(),
            bounces,
            webhooks,
            location: self.location.unwrap_or_default(),
            log,
        })
    }
}

fn number_of(variable: &str, value: &str) -> Result<u32, Failure> {
    value.parse().map_err(|_| Failure::new(format!("{variable} is a whole number, not {value:?}.")))
}

/// The one provider that is configured, if any.
fn root_key_of(
    file: Option<PathBuf>,
    command: Option<Vec<String>>,
    variable: Option<String>,
    data_dir: &Path,
) -> Result<Option<RootKeyProvider>, (&'static str, String)> {
    let mut given = [
        file.map(|path| ("root_key_file", RootKeyProvider::File(path))),
        command.map(|words| ("root_key_command", RootKeyProvider::Command(words))),
        variable.map(|name| ("root_key_env", RootKeyProvider::Environment(name))),
    ]
    .into_iter()
    .flatten();
    let Some((key, provider)) = given.next() else { return Ok(None) };
    if let Some((other, _)) = given.next() {
        return Err((
            other,
            format!("{key} is set too, and the root key comes from one place. Leave one of them out."),
        ));
    }
    provider.check().map_err(|why| (key, why.to_owned()))?;
    if matches!(&provider, RootKeyProvider::File(path) if path.starts_with(data_dir)) {
        let why = "lies inside data_dir, where every copy of the data would hold its key too. Put it elsewhere.";
        return Err((key, why.to_owned()));
    }
    Ok(Some(provider))
}

/// Where the root key is when nobody says otherwise: beside the data directory, never in it.
pub fn root_key_beside(data_dir: &Path) -> PathBuf {
    let mut name = data_dir.as_os_str().to_owned();
    name.push(".root-key");
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Config, Failure> {
        Config::parse(text, Path::new("/etc/holdfast/holdfast.toml"), &|_| None)
    }

    fn words(text: &str) -> String {
        parse(text).expect_err("a mistake").to_string()
    }

    #[test]
    fn an_unknown_key_is_named_with_its_line() {
        let message = words("data_dir = \"/srv/holdfast\"\n\nlissten = \"127.0.0.1:80\"\n");
        assert!(message.starts_with("/etc/holdfast/holdfast.toml line 3: unknown field `lissten`"), "{message}");
    }

    #[test]
    fn the_environment_replaces_the_file() {
        let environment = |name: &str| (name == "HOLDFAST_LISTEN").then(|| "0.0.0.0:9000".to_owned());
        let text = "data_dir = \"/srv/holdfast\"\nlisten = \"127.0.0.1:80\"";
        let config = Config::parse(text, Path::new("/x.toml"), &environment).expect("sound");
        assert_eq!(config.listen.to_string(), "0.0.0.0:9000");
    }

    #[test]
    fn sign_in_is_bounded_and_no_proxy_is_trusted_unless_somebody_says_so() {
        let config = parse("data_dir = \"d\"").expect("sound");
        let usual = (TrustedProxies::default(), AddressLimit { failures: 30, period_ms: 900_000 });
        assert_eq!((config.trusted_proxies, config.sign_in_limit), usual);
        let environment = |name: &str| match name {
            "HOLDFAST_TRUSTED_PROXIES" => Some("127.0.0.1, 10.0.0.0/8".to_owned()),
            "HOLDFAST_SIGN_IN_FAILURES" => Some("5".to_owned()),
            _ => None,
        };
        let config = Config::parse("data_dir = \"d\"\nsign_in_minutes = 2", Path::new("/x.toml"), &environment);
        let config = config.expect("sound");
        assert_eq!(config.trusted_proxies, TrustedProxies::parse(["127.0.0.1", "10.0.0.0/8"]).expect("addresses"));
        assert_eq!(config.sign_in_limit, AddressLimit { failures: 5, period_ms: 120_000 });
    }

    #[test]
    fn the_root_key_is_never_in_the_data_directory() {
        assert!(
            words("data_dir = \"/srv/h\"\nroot_key_file = \"/srv/h/key\"")
                .contains("root_key_file: lies inside data_dir")
        );
        let config = parse("data_dir = \"/srv/h\"").expect("sound");
        assert_eq!(config.root_key, None);
        assert_eq!(root_key_beside(&config.data_dir), Path::new("/srv/h.root-key"));
    }

    #[test]
    fn the_root_key_comes_from_one_place_which_is_never_the_configuration_itself() {
        let at = "data_dir = \"/srv/h\"\n";
        let two = words(&format!("{at}root_key_file = \"k\"\nroot_key_env = \"KEY\""));
        assert!(two.contains("root_key_env: root_key_file is set too"), "{two}");
        let environment = |name: &str| (name == "HOLDFAST_ROOT_KEY_COMMAND").then(|| "[\"print-key\"]".to_owned());
        let text = format!("{at}root_key_env = \"KEY\"");
        let two = Config::parse(&text, Path::new("/x.toml"), &environment).expect_err("two").to_string();
        assert!(two.contains("root_key_env: root_key_command is set too"), "{two}");
        let one = parse(&format!("{at}root_key_command = [\"bin/print-key\", \"--now\"]")).expect("sound");
        let expected = vec!["/etc/holdfast/bin/print-key".to_owned(), "--now".to_owned()];
        assert_eq!(one.root_key, Some(RootKeyProvider::Command(expected)));

        let key = "ab".repeat(32);
        for wrong in ["root_key_file", "root_key_env", "root_key_command", "backup_hours", "log_format"] {
            let message = words(&format!("{at}{wrong} = \"{key}\""));
            assert!(message.contains(wrong) || message.contains("line 2"), "{message}");
            assert!(!message.contains(&key[..16]), "{message}");
        }
    }

    #[test]
    fn paths_of_the_file_are_relative_to_it() {
        let config = parse("data_dir = \"data\"").expect("sound");
        assert_eq!(config.data_dir, Path::new("/etc/holdfast/data"));
    }

    #[test]
    fn each_wrong_value_names_its_key() {
        assert!(words("").contains("data_dir: is missing"));
        assert!(words("data_dir = \"d\"\nlisten = \"here\"").contains("listen: \"here\" is no address"));
        assert!(words("data_dir = \"d\"\ntls_cert = \"c\"").contains("tls_key: is missing"));
        assert!(words("data_dir = \"d\"\ntls_key = \"k\"").contains("tls_cert: is missing"));
        assert!(words("data_dir = \"d\"\ntls_listen = \"[::]:443\"").contains("tls_cert: is missing"));
        assert!(words("data_dir = \"d\"\ntls_listen = \"443\"").contains("tls_listen: \"443\" is no address"));
        assert!(words("data_dir = \"d\"\npublic_url = \"sales.example\"").contains("public_url: begins with https://"));
        assert!(words("data_dir = \"d\"\nsmtp = \"mail.example\"").contains("smtp: "));
        assert!(
            words("data_dir = \"d\"\nwebhook_allow = [\"localhost\"]").contains("webhook_allow: \"localhost\" is no")
        );
        assert!(words("data_dir = \"d\"\nbackup_dir = \"d/b\"").contains("backup_dir: lies inside data_dir"));
        assert!(words("data_dir = \"d\"\nbackup_hours = 0").contains("backup_hours: is at least 1"));
        assert!(words("data_dir = \"d\"\nsign_in_failures = 0").contains("sign_in_failures: is at least 1"));
        assert!(words("data_dir = \"d\"\nsign_in_minutes = 0").contains("sign_in_minutes: is at least 1"));
        let proxies = words("data_dir = \"d\"\ntrusted_proxies = [\"proxy\"]");
        assert!(proxies.contains("trusted_proxies: \"proxy\" is neither an address"), "{proxies}");
        assert!(words("data_dir = \"d\"\nsmtp = \"smtp://mail.example\"").contains("mail_from: is missing"));
        assert!(words("data_dir = \"d\"\nmail_from = \"me\"").contains("mail_from: \"me\" is no sender"));
        assert!(words("data_dir = \"d\"\nlog_format = \"xml\"").contains("line 2: unknown variant `xml`"));
    }

    #[test]
    fn the_example_names_every_key_and_is_sound() {
        let text = include_str!("../../../examples/holdfast.toml");
        for (key, variable) in ENVIRONMENT {
            assert!(text.contains(&format!("{key} = ")), "{key}");
            assert!(text.contains(variable), "{variable}");
        }
        let spelled_out: String = text
            .lines()
            .map(|line| line.strip_prefix("#").filter(|rest| rest.contains(" = ")).unwrap_or(line).to_owned() + "\n")
            .collect();
        parse(text).expect("as it stands");
        let spelled_out = spelled_out.replace("smtp_ca_file", "#");
        let providers = ["root_key_file", "root_key_command", "root_key_env"];
        for provider in providers {
            let others = providers.iter().filter(|other| **other != provider);
            let alone = others.fold(spelled_out.clone(), |text, other| text.replace(&format!("{other} = "), "#"));
            parse(&alone).expect("with every other key set");
        }
    }
}
