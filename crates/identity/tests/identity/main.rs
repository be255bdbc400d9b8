//! Sign-in on real encrypted stores, with a clock that the tests move.

mod clients;
mod passwords;
mod refusals;
mod sessions;
mod world;
