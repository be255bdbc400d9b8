//! The program from outside: its parts against a real store, and the built binary itself.

mod demo_load;
mod import_into_org;
mod mail_transport;
mod world;
