//! The server-rendered web interface.

pub mod kit;
