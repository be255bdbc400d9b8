//! Delivery against real databases: every test runs on the encrypted file and on PostgreSQL.

mod consent;
mod live;
mod mail;
mod oracle;
mod runs;
mod world;
