//! The platform against real databases: every test runs on the encrypted file and on PostgreSQL.

mod access;
mod access_model;
mod audit;
mod backup;
mod bin;
mod functions;
mod guards;
mod installation;
mod lookups;
mod moving;
mod queries;
mod records;
mod saves;
mod search;
mod unit;
mod upgrade;
mod witness;
mod world;
