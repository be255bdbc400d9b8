//! Sign-in on real encrypted stores, with a clock that the tests move.

mod clients;
mod consents;
mod passwords;
mod refusals;
mod sessions;
mod world;
