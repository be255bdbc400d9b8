//! Mail that came back, read from a Maildir into which the operator's mail server delivers it. What was read is moved from
//! `new` to `cur`, where the operator keeps or removes it.

use platform::Platform;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

const LOOK_EVERY: Duration = Duration::from_secs(60);
/// Messages that are taken in one look; the others wait for the next.
const MOST: usize = 1_000;
/// A report is short; what it carries of the message beside it need not be read.
const MOST_BYTES: u64 = 20_000_000;

/// A thread that reads what came back; it ends when the value is dropped.
pub struct Bounces {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Bounces {
    /// Starts reading.
    ///
    /// # Errors
    /// When the machine gives no thread.
    pub fn start(platform: Arc<Platform>, maildir: PathBuf) -> io::Result<Self> {
        let (stop, stopped) = channel();
        let thread = std::thread::Builder::new().name("bounces".to_owned()).spawn(move || {
            loop {
                if let Err(error) = take_in(&platform, &maildir) {
                    tracing::warn!(maildir = %maildir.display(), "mail that came back cannot be read: {error}");
                }
                match stopped.recv_timeout(LOOK_EVERY) {
                    Err(RecvTimeoutError::Timeout) => {}
                    _ => return,
                }
            }
        })?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Bounces {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the reader of returned mail had stopped by a panic");
        }
    }
}

/// Takes in what waits in a Maildir. Returns how many deliveries were settled by it.
///
/// # Errors
/// When the folder cannot be read.
pub fn take_in(platform: &Platform, maildir: &Path) -> io::Result<usize> {
    let mut settled = 0;
    for entry in fs::read_dir(maildir.join("new"))?.take(MOST) {
        let entry = entry?;
        if !entry.file_type()?.is_file() {
            continue;
        }
        let message = if entry.metadata()?.len() > MOST_BYTES { Vec::new() } else { fs::read(entry.path())? };
        if let Some(returned) = app_delivery::returned(&message) {
            let done = platform.org(returned.org).and_then(|org| app_delivery::bounce(&org, &returned));
            match done {
                Ok(true) => settled += 1,
                Ok(false) => {}
                // Whoever wrote an org's number that is none gets no further look; what failed here is read again.
                Err(error) if error.internal_cause().is_none() => {}
                Err(error) => {
                    tracing::warn!(code = %error.code(), cause = error.internal_cause(), "a returned message waits");
                    continue;
                }
            }
        }
        fs::create_dir_all(maildir.join("cur"))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        fs::rename(entry.path(), maildir.join("cur").join(format!("{name}:2,S")))?;
    }
    Ok(settled)
}
