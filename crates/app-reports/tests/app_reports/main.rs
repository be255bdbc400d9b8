//! Reports against real databases: every test runs on the encrypted file and on PostgreSQL.

mod definitions;
mod folders;
mod groups;
mod rights;
mod world;
