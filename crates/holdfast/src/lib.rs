//! The parts of the binary that tests reach too.

pub mod demo;
pub mod import;
