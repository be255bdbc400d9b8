//! The helpers against the real programs: what other crates rely on is tried here first.

mod browser;
mod postgres;
mod scripts;
mod smtp;
