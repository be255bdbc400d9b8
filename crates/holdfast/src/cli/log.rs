//! Log lines go to standard error; standard output is for results.

use super::Failure;
use crate::config::{LogConfig, LogFormat};
use tracing_subscriber::EnvFilter;

/// Starts logging. A second start in one process changes nothing.
pub(super) fn start(config: &LogConfig) -> Result<(), Failure> {
    let filter = EnvFilter::try_new(&config.filter).map_err(|error| {
        Failure::new(format!("log: {:?} is no log filter: {error}. Write info, or info,api=debug.", config.filter))
    })?;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    // An error means that somebody logs already, which is all we want.
    let _ = match config.format {
        LogFormat::Text => log.with_ansi(crate::terminal::is_watched()).try_init(),
        LogFormat::Json => log.json().try_init(),
    };
    Ok(())
}
