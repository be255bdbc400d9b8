//! Integration tests of the web interface, in one binary.

mod access;
mod authorize;
mod convert;
mod journeys;
mod kit;
mod pages;
mod programs;
mod visitor;
mod webhooks;
mod world;
