//! What is left of a server's work when the server is killed, or its disk fails, in the middle of it,
//! and when it is asked what nobody should ask.

mod api;
mod bulk;
mod canaries;
mod client;
mod disk_faults;
mod hostile;
mod kills;
mod place;
mod sealed_canaries;
