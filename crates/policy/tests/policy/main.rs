//! The gate on its own: what a plan or a write needs, and which predicate comes with it.

mod access;
mod gate;
mod record_types;
mod rules;
mod world;
