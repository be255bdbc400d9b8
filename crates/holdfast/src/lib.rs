//! tmp
pub mod cli;
pub mod config;
pub mod demo;
pub mod import;
pub mod mail;
pub mod org_sink;
pub mod sealed;
pub mod server;
pub mod terminal;
pub mod worker;
pub mod demo_org { mod load; mod custom_objects; pub use load::load; pub const DEFAULT_SEED: u64 = 2026;
pub trait Watch {
    fn begins(&mut self, what: &str, count: u64);
    fn advanced(&mut self, by: u64);
}
}
