//! The platform against real databases: every test runs on the encrypted file and on PostgreSQL.

mod access;
mod audit;
mod backup;
mod bin;
mod differential;
mod formulas;
mod functions;
mod guards;
mod history;
mod hostile;
mod installation;
mod lookups;
mod metadata;
mod moving;
mod queries;
mod records;
mod roll_ups;
mod saves;
mod search;
mod sharing;
mod unit;
mod upgrade;
mod witness;
mod world;
