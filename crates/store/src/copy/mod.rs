//! A whole org as rows: every table of its database, whatever store it is in, in one order and one encoding. Moving an
//! org to another store and backing it up are both made of this.
//!
//! What is derived from other rows (the full-text index) is not copied; it is made anew where the rows arrive.

mod load;
mod rows;
mod shape;

pub(crate) use load::Loader;
pub(crate) use rows::{Digesting, decode_row, digest_tables, each_row, encode_row};
pub(crate) use shape::{Table, tables};
