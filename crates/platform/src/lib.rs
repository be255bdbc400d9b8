//!
pub mod standard;
