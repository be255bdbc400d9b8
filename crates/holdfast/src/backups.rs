//! The thread that makes backups of a server's orgs while people work in them.

use crate::config::BackupConfig;
use model::OrgId;
use platform::Platform;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;
use store::Backed as _;

/// How often it is looked whose backup is due.
const LOOK: Duration = Duration::from_secs(60);

/// Running backups; they end, after the one under way, when the value is dropped.
pub struct Backups {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Backups {
    /// Starts looking.
    ///
    /// # Errors
    /// When the machine gives no thread.
    pub fn start(platform: Arc<Platform>, config: BackupConfig) -> std::io::Result<Self> {
        let (stop, stopped) = channel();
        let thread =
            std::thread::Builder::new().name("backups".to_owned()).spawn(move || run(&platform, &config, &stopped))?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Backups {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the backups had stopped by a panic");
        }
    }
}

fn run(platform: &Platform, config: &BackupConfig, stopped: &Receiver<()>) {
    loop {
        for org in due(platform, config) {
            if stopped.try_recv() == Err(std::sync::mpsc::TryRecvError::Disconnected) {
                return;
            }
            match platform.backup_make(org, &config.dir) {
                Ok(made) => tracing::info!(%org, number = made.number, new_bytes = made.new_bytes, "backed up"),
                Err(error) => {
                    tracing::error!(%org, cause = error.internal_cause(), "no backup was made: {}", error.message());
                }
            }
        }
        match stopped.recv_timeout(LOOK) {
            Err(RecvTimeoutError::Timeout) => {}
            Ok(()) | Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

/// The orgs whose last backup is as old as it may be.
fn due(platform: &Platform, config: &BackupConfig) -> Vec<OrgId> {
    let orgs = platform.org_list().unwrap_or_else(|error| {
        tracing::error!(cause = error.internal_cause(), "the list of orgs cannot be read: {}", error.message());
        Vec::new()
    });
    let every_ms = i64::from(config.every_hours) * 3_600_000;
    let now = platform.now().ms();
    orgs.into_iter()
        .map(|row| row.org)
        .filter(|org| match platform.store().backup_last(*org) {
            Ok(last) => last.is_none_or(|last| now - last.ms() >= every_ms),
            Err(error) => {
                tracing::error!(%org, cause = error.internal_cause(), "its last backup is not known");
                true
            }
        })
        .collect()
}
