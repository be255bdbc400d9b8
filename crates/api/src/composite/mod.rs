//! Several calls in one: `composite` (with references between them), `composite/batch`, and trees of records.

mod batch;
mod part;
mod reference;
mod sequence;
mod tree;

pub(crate) use batch::batch;
pub(crate) use sequence::composite;
pub(crate) use tree::tree;

/// Parts of one call.
const MOST_PARTS: usize = 25;
