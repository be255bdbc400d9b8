//! Acts on the keys of one org, as an operator asks for them: of the server that runs, or of an installation that a
//! command has opened itself. What is answered is what the operator reads.

use identity::Identities;
use model::{Error, ErrorCode, Instant, OrgId, Result};
use platform::{KeyDestruction, KeyRequest, Platform, SteppedUp};
use serde::{Deserialize, Serialize};
use store::{Purpose, SecretHolder};
use zeroize::Zeroizing;

/// What is to be done.
#[derive(Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case", deny_unknown_fields)]
pub enum KeyAct {
    List,
    Rotate { key: Purpose },
    RotateSecret,
    Destroy { destroys: KeyDestruction, username: String, password: Zeroizing<String> },
    Confirm { request: u64, username: String, password: Zeroizing<String> },
}

/// An answer in lines: the result, and what is said beside it.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Answer {
    pub results: Vec<String>,
    pub notes: Vec<String>,
}

impl Answer {
    fn of(result: String) -> Self {
        Self { results: vec![result], notes: Vec::new() }
    }

    fn noting(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }
}

/// Does it.
///
/// # Errors
/// As the platform's own acts; `INVALID_LOGIN` for a wrong password.
pub fn perform(platform: &Platform, identities: &Identities, org: OrgId, act: &KeyAct) -> Result<Answer> {
    match act {
        KeyAct::List => list(platform, org),
        KeyAct::Rotate { key } => rotate(platform, org, *key),
        KeyAct::RotateSecret => rotate_secret(platform, org),
        KeyAct::Destroy { destroys, username, password } => {
            let proof = step_up(platform, identities, org, username, password)?;
            let request = platform.key_destroy_request(&proof, *destroys)?;
            Ok(Answer::of(shown(&request)).noting(format!(
                "Nothing is destroyed yet. Another administrator confirms it: holdfast keys confirm {} --as USERNAME.",
                request.number
            )))
        }
        KeyAct::Confirm { request, username, password } => {
            let proof = step_up(platform, identities, org, username, password)?;
            let KeyDestruction { key, version, .. } = platform.key_destroy_confirm(&proof, *request)?.destroys;
            let done = Answer::of(format!("{} key {version} of {org} is destroyed.", key.name()));
            let copies = platform.key_list(org)?.copies;
            let kept = |copy: store::KeyCopy| format!("It may still stand in the copy that {} keeps.", copy.holder);
            Ok(Answer { notes: copies.into_iter().map(kept).collect(), ..done })
        }
    }
}

fn step_up(
    platform: &Platform,
    identities: &Identities,
    org: OrgId,
    username: &str,
    password: &str,
) -> Result<SteppedUp> {
    identities.step_up(&platform.org(org)?, username, password.trim_end_matches(['\r', '\n']))
}

fn list(platform: &Platform, org: OrgId) -> Result<Answer> {
    let overview = platform.key_list(org)?;
    let holder = match overview.holder {
        SecretHolder::Managed => "the installation",
        SecretHolder::Passphrase { .. } => "the customer, by a passphrase",
        SecretHolder::KeyService => "the customer, by a key",
    };
    let mut answer = Answer::of(format!("secret     {:>3}  kept by {holder}", overview.secret_version));
    for row in overview.keys {
        let (purpose, version) = (row.key.purpose, row.key.version);
        let state = match (row.key.destroyed, row.key.current) {
            (Some(at), _) => format!("destroyed {at}"),
            (None, true) => "in use".to_owned(),
            (None, false) => "old".to_owned(),
        };
        let uses = row.uses.map(|uses| format!(", {uses} {}", purpose.counted())).unwrap_or_default();
        answer.results.push(format!("{:<10} {version:>3}  made {}, {state}{uses}", purpose.name(), row.key.made));
    }
    for copy in overview.copies {
        let made = Instant::from_ms(copy.made_ms);
        answer.results.push(format!("copy            made {made}, kept by {}", copy.holder));
    }
    answer.results.extend(platform.key_destroy_requests(org)?.iter().map(shown));
    for task in platform.org(org)?.sealing_progress()? {
        let (object, field, done, total) = (task.object, task.field, task.done, task.total);
        answer.notes.push(format!("{object}.{field} is being rewritten: {done} of {total}"));
    }
    Ok(answer)
}

fn rotate(platform: &Platform, org: OrgId, key: Purpose) -> Result<Answer> {
    let version = platform.key_rotate(org, key)?;
    let done = Answer::of(format!("{org} uses {} key {version}.", key.name()));
    Ok(match key {
        Purpose::Field | Purpose::Token => done.noting(
            "A running server rewrites what stands under older versions; `holdfast keys list` shows what is left.",
        ),
        Purpose::SignIn => done.noting(
            "Every session, refresh token, security token and secret of an OAuth client is void: people sign in again, \
             and programs need new tokens and secrets.",
        ),
        Purpose::Backup => {
            done.noting("The next backup is a whole one. Keep a copy of the keyring with the copies of keys.")
        }
        Purpose::Store | Purpose::Files | Purpose::AuditMac | Purpose::Settings => done,
    })
}

fn rotate_secret(platform: &Platform, org: OrgId) -> Result<Answer> {
    if platform.key_list(org)?.holder != SecretHolder::Managed {
        return Err(Error::new(
            ErrorCode::FunctionalityNotEnabled,
            format!("The secret of {org} is kept by its customer. `holdfast org hold` gives it a new one."),
        ));
    }
    platform.org_secret_rotate(org, None)?;
    Ok(Answer::of(format!("{org} has a new secret.")))
}

fn shown(request: &KeyRequest) -> String {
    let KeyDestruction { key, version, lose_values } = request.destroys;
    let losing = if lose_values { " with the values under it" } else { "" };
    format!(
        "request    {:>3}  destroy {} key {version}{losing}, asked for by {}, until {}",
        request.number,
        key.name(),
        request.requester,
        request.expires
    )
}
