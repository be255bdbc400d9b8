//! How commands speak with the server of the same data directory: a socket in it that only its owner can open. One line
//! of JSON asks, one answers.

use crate::cli::{Failure, only_org};
use crate::key_acts::{self, Answer, KeyAct};
use identity::Identities;
use model::OrgId;
use serde::{Deserialize, Serialize};
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;
use store::CustomerSecret;
use zeroize::Zeroizing;

const SOCKET: &str = "control.sock";
/// The longest line that is read.
const LONGEST: u64 = 16 * 1024;
/// How long either side waits for the other. A passphrase takes a second or two to check.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a command asks of a running server.
#[derive(Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case", deny_unknown_fields)]
pub enum Request {
    /// Unseal an org with a passphrase, or with a key of 64 hexadecimal digits.
    Unseal { org: OrgId, secret: Zeroizing<String>, is_key: bool },
    /// Seal an org whose secret its customer keeps.
    Seal { org: OrgId },
    /// Something with the keys of an org, or of the only one.
    Keys { org: Option<OrgId>, order: KeyAct },
}

#[derive(Serialize, Deserialize)]
struct Reply {
    error: Option<String>,
    #[serde(default)]
    answer: Answer,
}

/// A listening socket; it ends when dropped.
pub struct ControlSocket {
    path: PathBuf,
    stopping: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl ControlSocket {
    /// Listens in a data directory, which this process holds.
    ///
    /// # Errors
    /// When the socket cannot be made, as in a directory with too long a name.
    pub fn listen(identities: Identities, data_dir: &Path) -> std::io::Result<Self> {
        let path = data_dir.join(SOCKET);
        // Left by a process that was killed: the directory is ours alone.
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let listener = UnixListener::bind(&path)?;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))?;
        let stopping = Arc::new(AtomicBool::new(false));
        let stop = stopping.clone();
        let thread = std::thread::Builder::new().name("control".to_owned()).spawn(move || {
            for stream in listener.incoming() {
                if stop.load(Ordering::SeqCst) {
                    return;
                }
                let identities = identities.clone();
                // One by one each: what takes long keeps nobody from unsealing another org.
                let answered = stream.and_then(|stream| {
                    let one = std::thread::Builder::new().name("command".to_owned());
                    one.spawn(move || tell_if_unanswered(answer(&identities, &stream))).map(drop)
                });
                tell_if_unanswered(answered);
            }
        })?;
        Ok(Self { path, stopping, thread: Some(thread) })
    }
}

impl Drop for ControlSocket {
    fn drop(&mut self) {
        self.stopping.store(true, Ordering::SeqCst);
        // Wakes the thread; when nobody can connect it has ended already.
        let woken = UnixStream::connect(&self.path);
        if let (Ok(_), Some(thread)) = (woken, self.thread.take())
            && thread.join().is_err()
        {
            tracing::error!("the control socket had stopped by a panic");
        }
        // What is left is removed by the next server.
        let _ = std::fs::remove_file(&self.path);
    }
}

fn tell_if_unanswered(outcome: std::io::Result<()>) {
    if let Err(error) = outcome {
        tracing::warn!("a command was not answered: {error}");
    }
}

fn answer(identities: &Identities, stream: &UnixStream) -> std::io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut line = Zeroizing::new(String::new());
    BufReader::new(stream.take(LONGEST)).read_line(&mut line)?;
    let outcome = match serde_json::from_str::<Request>(&line) {
        Ok(request) => act(identities, &request).map_err(|failure| failure.to_string()),
        Err(error) => Err(format!("This server does not understand the command: {error}.")),
    };
    let reply = match outcome {
        Ok(answer) => Reply { error: None, answer },
        Err(error) => Reply { error: Some(error), answer: Answer::default() },
    };
    let mut reply = serde_json::to_vec(&reply)?;
    reply.push(b'\n');
    (&mut &*stream).write_all(&reply)
}

fn act(identities: &Identities, request: &Request) -> Result<Answer, Failure> {
    let platform = identities.platform();
    match request {
        Request::Unseal { org, secret, is_key } => platform.org_unseal(*org, &given(secret, *is_key)?)?,
        Request::Seal { org } => platform.org_seal(*org)?,
        Request::Keys { org, order } => {
            let org = org.map_or_else(|| only_org(platform), Ok)?;
            return Ok(key_acts::perform(platform, identities, org, order)?);
        }
    }
    Ok(Answer::default())
}

/// A customer's secret as it was typed.
///
/// # Errors
/// `MISSING_ARGUMENT` for a key that is none.
pub fn given(secret: &str, is_key: bool) -> model::Result<CustomerSecret> {
    let secret = secret.trim_end_matches(['\r', '\n']);
    if is_key { CustomerSecret::from_hex(secret) } else { Ok(CustomerSecret::passphrase(secret)) }
}

/// A server that works on a data directory.
pub struct RunningServer(UnixStream);

impl RunningServer {
    /// The one that works on this directory, if there is one.
    pub fn find(data_dir: &Path) -> Option<Self> {
        UnixStream::connect(data_dir.join(SOCKET)).ok().map(Self)
    }

    /// Asks it for one thing.
    ///
    /// # Errors
    /// In words: the server does not answer, or what it says is wrong.
    pub fn ask(self, request: &Request) -> Result<Answer, Failure> {
        let broken = |error: std::io::Error| Failure::new(format!("The server does not answer: {error}."));
        let mut stream = self.0;
        // What is done with keys may copy a whole org.
        let patience = if matches!(request, Request::Keys { .. }) { None } else { Some(PATIENCE) };
        stream.set_read_timeout(patience).map_err(broken)?;
        let mut line = Zeroizing::new(serde_json::to_string(request).map_err(|error| broken(error.into()))?);
        line.push('\n');
        stream.write_all(line.as_bytes()).map_err(broken)?;
        let mut reply = String::new();
        BufReader::new(stream).read_line(&mut reply).map_err(broken)?;
        let reply: Reply = serde_json::from_str(&reply).map_err(|error| broken(error.into()))?;
        reply.error.map_or(Ok(reply.answer), |error| Err(Failure::new(error)))
    }
}

/// Asks the server that works on a data directory.
///
/// # Errors
/// In words: no server runs there, or as [`RunningServer::ask`].
pub fn ask(data_dir: &Path, request: &Request) -> Result<Answer, Failure> {
    let absent = || Failure::new(format!("No server works on {}. Start it first: holdfast serve.", data_dir.display()));
    RunningServer::find(data_dir).ok_or_else(absent)?.ask(request)
}
