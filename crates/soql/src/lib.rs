//! SOQL and SOSL: text → syntax tree → resolved plan. No I/O, no clock, and no panic on any input.

pub mod plan;

pub use plan::ResolvedPlan;
