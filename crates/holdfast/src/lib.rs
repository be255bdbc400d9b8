//! Holdfast in one program: the command line, the server, the demo org, imports.

pub mod apps;
pub mod backups;
pub mod cli;
pub mod config;
pub mod control;
pub mod demo;
pub mod demo_org;
pub mod import;
pub mod installation;
pub mod key_acts;
pub mod mail;
pub mod org_sink;
pub mod root_key;
pub mod sealed;
pub mod server;
pub mod terminal;
pub mod webhook;
pub mod worker;
