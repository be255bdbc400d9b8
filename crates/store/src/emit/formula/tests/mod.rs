//! The evaluator, SQLite and PostgreSQL come to the same values: for the examples of every function, and for random
//! formulas over random records.

mod agreement;
mod examples;
mod generate;
mod record;
