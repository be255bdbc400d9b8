//! tmp
mod args;
mod failure;
mod log;
pub use args::Cli;
pub use failure::Failure;
