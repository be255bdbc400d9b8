//! SOQL and SOSL: text → syntax tree → resolved plan. No I/O, no clock, and no panic on any input.
//!
//! [`parse`] reads a text without knowing any metadata; [`resolve`] ties its names to one schema snapshot and its
//! literals to the types of the fields they are compared with; [`plan`] does both.

pub mod ast;
pub mod dates;
mod error;
mod lex;
mod literal;
mod parse;
pub mod plan;
mod resolve;

pub use error::{no_such_column, no_such_relationship, unsupported_object, unsupported_object_at};
pub use parse::{MAX_DEPTH, MAX_LITERAL_CHARS, MAX_QUERY_CHARS, parse, parse_search};
pub use plan::ResolvedPlan;
pub use resolve::{
    Everything, MAX_SEARCH_ROWS, ResolveContext, SearchPlan, Visibility, plan, plan_search, plan_search_visible,
    plan_visible, resolve, resolve_search, resolve_visible,
};
