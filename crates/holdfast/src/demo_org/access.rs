//! The ways into the demo org. They are kept in the org's own encrypted database, so that every start can show them.

use super::load::{Loaded, administrator};
use crate::cli::{Failure, Listeners};
use crate::demo::{DemoRecord, DemoWorld};
use crate::installation::Installation;
use identity::{GrantKind, NewClient, SessionKind};
use model::{Entropy, Error, RecordId, Result, random_bytes};
use platform::Org;
use serde::{Deserialize, Serialize};
use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::Arc;
use store::Backed as _;

/// The setting that holds [`DemoAccess`].
const SETTING: &str = "demo";
/// What stands there until the org is filled.
const UNFINISHED: &str = "unfinished";
const CLIENT_ID: &str = "holdfast-demo";
/// Where command lines wait for the answer of a browser.
const REDIRECT_URI: &str = "http://localhost:1717/OauthRedirect";

/// Somebody of the demo team who can sign in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DemoPerson {
    pub id: RecordId,
    pub name: String,
    pub title: String,
    pub username: String,
}

/// Everything a visitor needs to come in by page or by program.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DemoAccess {
    /// The administrator first.
    pub people: Vec<DemoPerson>,
    /// One for all of them.
    pub password: String,
    pub security_token: String,
    pub client_id: String,
    pub client_secret: String,
}

impl DemoAccess {
    /// Notes that the filling of an org has begun.
    pub(super) fn begin(org: &Org) -> Result<()> {
        org.store().write(|tx| tx.setting_put(SETTING, UNFINISHED))
    }

    /// Whether an org is a demo whose filling was cut short.
    pub(super) fn is_unfinished(org: &Org) -> Result<bool> {
        Ok(org.store().read(|tx| tx.setting(SETTING))?.is_some_and(|text| text == UNFINISHED))
    }

    /// The access to an org that is a finished demo.
    pub(super) fn find(org: &Org) -> Result<Option<Self>> {
        let text = org.store().read(|tx| tx.setting(SETTING))?.filter(|text| text != UNFINISHED);
        text.map(|text| serde_json::from_str(&text).map_err(Error::internal)).transpose()
    }

    /// Makes all ways in; the org is finished with this.
    pub(super) fn make(
        installation: &Installation,
        org: &Arc<Org>,
        world: &DemoWorld,
        loaded: &Loaded,
        admin: RecordId,
    ) -> Result<Self> {
        let identities = &installation.identities;
        let password = password(org.entropy());
        let mut people = Vec::new();
        for record in visitors(world)? {
            let id = loaded.id(record.key).unwrap_or(admin);
            identities.set_password(org, id, &password)?;
            let name = format!("{} {}", record.text("FirstName"), record.text("LastName"));
            people.push(DemoPerson { id, name, title: record.text("Title"), username: record.text("Username") });
        }
        let client_secret = hex::encode(random_bytes::<32>(org.entropy()));
        identities.client_register(
            org,
            NewClient {
                client_id: CLIENT_ID.to_owned(),
                name: "Programs that try the demo".to_owned(),
                secret: Some(client_secret.clone()),
                redirect_uris: vec![REDIRECT_URI.to_owned()],
                run_as: Some(admin),
                grants: GrantKind::ALL.to_vec(),
            },
        )?;
        identities.client_open_pages(org, CLIENT_ID, true)?;
        let security_token = identities.reset_security_token(org, admin)?;
        let access = Self { people, password, security_token, client_id: CLIENT_ID.to_owned(), client_secret };
        let text = serde_json::to_string(&access).map_err(Error::internal)?;
        org.store().write(|tx| tx.setting_put(SETTING, &text))?;
        Ok(access)
    }

    /// Lets programs sign in as any of the demo's people by what the key of this certificate signed.
    ///
    /// # Errors
    /// In words for the operator, for text that is no certificate.
    pub fn trust_assertions(
        &self,
        installation: &Installation,
        org: &Arc<Org>,
        certificate_pem: &str,
    ) -> std::result::Result<(), Failure> {
        let people: Vec<RecordId> = self.people.iter().map(|person| person.id).collect();
        let trusted = installation.identities.client_trust_assertions(org, &self.client_id, certificate_pem, &people);
        trusted.map_err(|error| Failure::new(format!("--jwt-cert: {}", error.message())))
    }

    /// Writes what programs need as `NAME=value` lines, readable by its owner alone, with a live session. The file is
    /// there complete or not at all.
    ///
    /// # Errors
    /// In words for the operator.
    pub fn write_env_file(
        &self,
        path: &Path,
        installation: &Installation,
        org: &Arc<Org>,
        listeners: &Listeners,
    ) -> std::result::Result<(), Failure> {
        let Some(person) = self.people.first() else { return Ok(()) };
        let session =
            installation.identities.open_session(org, person.id, SessionKind::Api, "holdfast demo --env-file")?;
        let lines = [
            ("SF_URL", listeners.url()),
            ("SF_HTTP_URL", listeners.plain_url()),
            ("SF_USERNAME", &person.username),
            ("SF_PASSWORD", &self.password),
            ("SF_SECURITY_TOKEN", &self.security_token),
            ("SF_TOKEN", &session.token),
            ("SF_CLIENT_ID", &self.client_id),
            ("SF_CLIENT_SECRET", &self.client_secret),
            ("SF_ORG_ID", &org.id().to_string()),
        ];
        let text: String = lines.iter().map(|(name, value)| format!("{name}={value}\n")).collect();
        let mut unfinished = path.as_os_str().to_owned();
        unfinished.push(".new");
        let write = || -> std::io::Result<()> {
            // What an earlier start left behind may have been made readable.
            match std::fs::remove_file(&unfinished) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&unfinished)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            std::fs::rename(&unfinished, path)
        };
        write().map_err(|error| Failure::new(format!("The file {} cannot be written: {error}.", path.display())))
    }
}

/// The administrator, who leads sales, who manages a region, who sells: each sees another part of the same org.
fn visitors(world: &DemoWorld) -> Result<Vec<&DemoRecord>> {
    let mut visitors = vec![administrator(world)?];
    for title in ["VP", "Manager", "Account Executive"] {
        let found = world.of("User").find(|user| {
            user.text("Department") == "Sales"
                && user.text("Title").contains(title)
                && !visitors.iter().any(|known| known.key == user.key)
        });
        visitors.extend(found);
    }
    Ok(visitors)
}

/// A password that can be read aloud: four groups of two syllables and a digit, 51 bits.
fn password(entropy: &dyn Entropy) -> String {
    const CONSONANTS: &[u8; 16] = b"bdfghjklmnprstvz";
    const VOWELS: &[u8; 4] = b"aiou";
    let bytes: [u8; 9] = random_bytes(entropy);
    let syllable = |byte: u8| [CONSONANTS[usize::from(byte & 15)], VOWELS[usize::from(byte >> 4 & 3)]].map(char::from);
    let mut out = String::with_capacity(24);
    for (at, byte) in bytes[..8].iter().enumerate() {
        if at > 0 && at % 2 == 0 {
            out.push('-');
        }
        out.extend(syllable(*byte));
    }
    out.push('-');
    out.extend([char::from(b'2' + bytes[8] % 8)]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counting;

    impl Entropy for Counting {
        fn fill(&self, out: &mut [u8]) {
            for (at, byte) in (0..).zip(out) {
                *byte = at * 17;
            }
        }
    }

    #[test]
    fn a_password_can_be_read_aloud() {
        assert_eq!(password(&Counting), "badi-fogu-haji-kolu-2");
    }
}
