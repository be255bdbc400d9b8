//! Log lines go to standard error; standard output is for results.

use super::Failure;
use crate::config::{LogConfig, LogFormat};
use tracing::{Level, Metadata};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// Starts logging. A second start in one process changes nothing.
pub(super) fn start(config: &LogConfig) -> Result<(), Failure> {
    let filter = EnvFilter::try_new(&config.filter).map_err(|error| {
        Failure::new(format!("log: {:?} is no log filter: {error}. Write info, or info,api=debug.", config.filter))
    })?;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    let discreet = filter_fn(is_discreet);
    // An error means that somebody logs already, which is all we want.
    let _ = match config.format {
        LogFormat::Text => log.with_ansi(crate::terminal::is_watched()).finish().with(discreet).try_init(),
        LogFormat::Json => log.json().finish().with(discreet).try_init(),
    };
    Ok(())
}

/// Whether a line may be written, however talkative the log is asked to be: the driver of PostgreSQL tells the values of
/// every statement below `info`, and those are people's records.
fn is_discreet(line: &Metadata<'_>) -> bool {
    !line.target().starts_with("tokio_postgres") || *line.level() <= Level::INFO
}
