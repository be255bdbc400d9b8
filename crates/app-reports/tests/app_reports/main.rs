//! Reports against real databases: every test runs on the encrypted file and on PostgreSQL.

mod definitions;
mod derived;
mod folders;
mod groups;
mod joins;
mod matrix;
mod oracle;
mod rights;
mod within;
mod world;
