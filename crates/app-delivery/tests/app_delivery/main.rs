//! Delivery against real databases: every test runs on the encrypted file and on PostgreSQL.

mod consent;
mod limits;
mod live;
mod mail;
mod oracle;
mod parts;
mod runs;
mod world;
