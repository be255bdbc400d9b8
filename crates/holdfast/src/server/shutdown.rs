//! The end of the process, announced once to everybody who waits for it.

use tokio::sync::watch;

#[derive(Clone)]
pub struct Shutdown {
    announced: watch::Receiver<bool>,
}

/// Announces the end, when it is asked to or goes away.
pub struct Announcer(watch::Sender<bool>);

impl Announcer {
    pub fn announce(&self) {
        // Nobody waits any more when everything has ended by itself.
        let _ = self.0.send(true);
    }
}

impl Shutdown {
    /// Ends when somebody in this process says so.
    pub fn by_hand() -> (Announcer, Self) {
        let (announce, announced) = watch::channel(false);
        (Announcer(announce), Self { announced })
    }

    /// Ends at SIGINT and SIGTERM.
    ///
    /// # Errors
    /// When the machine refuses to deliver signals.
    pub fn on_signals() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let (announcer, shutdown) = Self::by_hand();
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::spawn(async move {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            announcer.announce();
        });
        Ok(shutdown)
    }

    /// Returns when the end is announced.
    pub async fn wait(mut self) {
        // The sender goes away without a word only when the runtime ends.
        let _ = self.announced.wait_for(|announced| *announced).await;
    }
}
