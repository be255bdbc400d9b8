//! Integration tests of the web interface, in one binary.

mod kit;
