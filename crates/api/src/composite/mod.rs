//! Several calls in one: `composite` (with references between them), `composite/batch`, graphs and trees of records.

mod batch;
mod graph;
mod part;
mod reference;
mod sequence;
mod tree;

pub(crate) use batch::batch;
pub(crate) use graph::graph;
pub(crate) use sequence::composite;
pub(crate) use tree::tree;

/// Parts of one call.
const MOST_PARTS: usize = 25;
