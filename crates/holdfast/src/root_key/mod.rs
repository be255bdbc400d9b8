//! Where the root key comes from: a file, an inherited descriptor, a command, an environment variable. Exactly one of them.

mod command;
mod descriptor;
mod redact;

pub(crate) use redact::redacted;

use crate::cli::Failure;
use redact::looks_like_a_key;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use store::{RootKey, RootKeySource};
use zeroize::Zeroizing;

/// How long a command may take to print the key: a person may have to touch a token.
const COMMAND_LIMIT: Duration = Duration::from_secs(60);

/// How the operator provides the root key. It holds names, never the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RootKeyProvider {
    /// A file that only its owner can read; made where there is no installation yet.
    File(PathBuf),
    /// A descriptor that whoever started the process opened.
    Descriptor(i32),
    /// A program and its arguments; it prints the key.
    Command(Vec<String>),
    /// The name of an environment variable.
    Environment(String),
}

/// The provider in words for the operator. A command's arguments stay out: they may be secrets themselves.
impl fmt::Display for RootKeyProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RootKeyProvider::File(path) => write!(f, "{}", path.display()),
            RootKeyProvider::Descriptor(number) => write!(f, "descriptor {number}"),
            RootKeyProvider::Command(words) => {
                write!(f, "the command {}", words.first().map_or("", String::as_str))
            }
            RootKeyProvider::Environment(name) => write!(f, "the environment variable {name}"),
        }
    }
}

impl RootKeyProvider {
    /// A command as it is written on one line, where there are no lists: `["program", "argument"]`.
    ///
    /// # Errors
    /// In words that name `setting`.
    pub fn parse_command(setting: &str, text: &str) -> Result<Vec<String>, Failure> {
        #[derive(serde::Deserialize)]
        struct Line {
            command: Vec<String>,
        }
        toml::from_str(&format!("command = {text}"))
            .map(|line: Line| line.command)
            .map_err(|_| Failure::new(format!("{setting} is a list of texts, such as [\"program\", \"argument\"].")))
    }

    /// Refuses what cannot be meant, before anything is run or read.
    ///
    /// # Errors
    /// In words that follow the name of the setting; never what was written there, which may be the key itself, put in
    /// the wrong place.
    pub fn check(&self) -> Result<(), &'static str> {
        let refuse = Err;
        let written = match self {
            RootKeyProvider::File(path) => path.file_name().map(|name| name.to_string_lossy().into_owned()),
            RootKeyProvider::Environment(name) => Some(name.clone()),
            RootKeyProvider::Command(words) => words.first().cloned(),
            RootKeyProvider::Descriptor(_) => None,
        };
        if written.as_deref().is_some_and(looks_like_a_key) {
            return refuse(
                "holds what looks like a key itself. It names where the key is; the key stands in no configuration and \
                 on no command line.",
            );
        }
        match self {
            RootKeyProvider::Command(words) if words.first().is_none_or(String::is_empty) => {
                refuse("names no program. Write [\"program\", \"argument\"].")
            }
            RootKeyProvider::Environment(name)
                if name.is_empty()
                    || name.starts_with(|first: char| first.is_ascii_digit())
                    || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') =>
            {
                refuse("is no name of an environment variable: letters, digits and _.")
            }
            RootKeyProvider::Descriptor(0..=2) => {
                refuse("0 to 2 are standard input, output and error. Open another one: --root-key-fd 3 3<FILE.")
            }
            RootKeyProvider::Descriptor(i32::MIN..0) => refuse("is a number from 3 on."),
            _ => Ok(()),
        }
    }

    /// The key of the configuration that names such a provider, or the option that does.
    pub fn setting(&self) -> &'static str {
        match self {
            RootKeyProvider::File(_) => "root_key_file",
            RootKeyProvider::Descriptor(_) => "--root-key-fd",
            RootKeyProvider::Command(_) => "root_key_command",
            RootKeyProvider::Environment(_) => "root_key_env",
        }
    }

    /// What the operator should know about this provider whenever a server starts with it.
    pub fn caution(&self) -> Option<String> {
        match self {
            RootKeyProvider::Environment(name) => Some(format!(
                "the root key stands in the environment variable {name}, where root and every process of the same user \
                 can read it in /proc for as long as this one runs; a file, a descriptor or a command is safer"
            )),
            _ => None,
        }
    }

    /// Reads the key, but for a file, which is read (or made) with the installation. A descriptor is read to its end and
    /// closed, so this happens once, and before the process opens anything of its own. A command is not shown what `others`
    /// name in the environment.
    ///
    /// # Errors
    /// In words that name the provider.
    pub fn source(&self, others: &[&RootKeyProvider]) -> Result<RootKeySource, Failure> {
        let text = match self {
            RootKeyProvider::File(path) => return Ok(RootKeySource::File(path.clone())),
            RootKeyProvider::Descriptor(number) => descriptor::read(*number)?,
            RootKeyProvider::Command(words) => command::read(words, &variables(others), COMMAND_LIMIT)?,
            RootKeyProvider::Environment(name) => from_environment(name)?,
        };
        let key = RootKey::parse(&text)
            .ok_or_else(|| Failure::new(format!("{self} gives no root key: it must be 64 hexadecimal digits.")))?;
        Ok(RootKeySource::Given(Arc::new(key)))
    }
}

/// The environment variables that hold keys.
fn variables<'a>(providers: &[&'a RootKeyProvider]) -> Vec<&'a str> {
    let name = |provider: &&'a RootKeyProvider| match provider {
        RootKeyProvider::Environment(name) => Some(name.as_str()),
        _ => None,
    };
    providers.iter().filter_map(name).collect()
}

fn from_environment(name: &str) -> Result<Zeroizing<String>, Failure> {
    std::env::var(name).map(Zeroizing::new).map_err(|error| {
        Failure::new(match error {
            std::env::VarError::NotPresent => {
                format!("The environment variable {name}, which is to hold the root key, is not set.")
            }
            std::env::VarError::NotUnicode(_) => format!("The environment variable {name} holds no text."),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(provider: &RootKeyProvider) -> String {
        provider.check().expect_err("refused").to_owned()
    }

    #[test]
    fn a_key_in_the_place_of_its_name_is_refused_and_not_repeated() {
        let key = "ab".repeat(32);
        for provider in [
            RootKeyProvider::File(PathBuf::from(format!("/etc/{key}"))),
            RootKeyProvider::Environment(key.clone()),
            RootKeyProvider::Command(vec![key.clone()]),
        ] {
            let words = refusal(&provider);
            assert!(words.contains("holds what looks like a key") && !words.contains(&key), "{words}");
        }
    }

    #[test]
    fn what_cannot_be_meant_is_refused_before_anything_runs() {
        assert!(refusal(&RootKeyProvider::Command(Vec::new())).contains("names no program"));
        assert!(
            refusal(&RootKeyProvider::Environment("A B".to_owned())).contains("no name of an environment variable")
        );
        assert!(refusal(&RootKeyProvider::Environment("1A".to_owned())).contains("no name of an environment variable"));
        assert!(refusal(&RootKeyProvider::Descriptor(0)).contains("0 to 2 are standard input"));
        assert!(refusal(&RootKeyProvider::Descriptor(-1)).contains("from 3 on"));
    }

    #[test]
    fn a_command_on_one_line_is_a_list() {
        let words =
            RootKeyProvider::parse_command("HOLDFAST_ROOT_KEY_COMMAND", "[\"vault\", \"read\"]").expect("a list");
        assert_eq!(words, ["vault", "read"]);
        let refused = RootKeyProvider::parse_command("HOLDFAST_ROOT_KEY_COMMAND", "vault read").expect_err("no list");
        assert!(refused.to_string().starts_with("HOLDFAST_ROOT_KEY_COMMAND is a list"), "{refused}");
    }
}
