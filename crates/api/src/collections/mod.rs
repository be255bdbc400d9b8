//! `composite/sobjects`: up to 200 records in one call, each with its own outcome.

mod batch;
mod delete;
mod retrieve;
mod save;
mod upsert;

pub(crate) use delete::delete;
pub(crate) use retrieve::{retrieve_get, retrieve_post};
pub(crate) use save::{create, update};
pub(crate) use upsert::upsert;

/// Rows of one call that writes.
const MOST_ROWS: usize = 200;
/// Rows of one call that reads.
const MOST_RETRIEVED: usize = 2000;
