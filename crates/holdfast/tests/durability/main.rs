//! What is left of a server's work when the server is killed, or its disk fails, in the middle of it.

mod api;
mod canaries;
mod client;
mod dice;
mod disk_faults;
mod kills;
mod place;
