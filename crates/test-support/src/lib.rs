//! What integration tests need from the world around the product: a real PostgreSQL, a real SMTP server, a real
//! browser, the public client libraries, the built binary itself, and a clock and random numbers that the test moves.
//!
//! A missing tool is a failing test whose message says how to get it; nothing here skips a test by itself.

mod authority;
mod browser;
mod connect_proxy;
mod dice;
mod holdfast_process;
mod paths;
mod postgres;
mod process;
mod scripts;
mod sf;
mod smtp;
mod time_and_chance;

pub use authority::{ServerFiles, TestAuthority};
pub use browser::{Browser, BrowserRun, ColorScheme};
pub use connect_proxy::ConnectProxy;
pub use dice::Dice;
pub use holdfast_process::{DemoAccess, HoldfastProcess, ServerProcess};
pub use paths::{free_port, project_root, shared_data, target_dir, temp_dir};
pub use postgres::{OwnPostgres, Postgres, TestDatabase};
pub use scripts::{node_script, python_script, python_script_in, singer_tap};
pub use sf::{Sf, SfOutput};
pub use smtp::{ReceivedMail, SmtpOptions, SmtpServer};
pub use time_and_chance::{TestClock, TestEntropy};

/// The end of every message about a missing tool.
const FIX: &str = "run `cargo xtask test` once: it installs what the tests need";
