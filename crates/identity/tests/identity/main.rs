//! Sign-in on real encrypted stores, with a clock that the tests move.

mod assertions;
mod clients;
mod consents;
mod directory;
mod passwords;
mod postgres;
mod refusals;
mod sessions;
mod throttle;
mod world;
