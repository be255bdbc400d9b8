//! Integration tests of the web interface, in one binary.

mod access;
mod authorize;
mod convert;
mod dashboards;
mod form;
mod journeys;
mod kit;
mod pages;
mod passwords;
mod programs;
mod report_builder;
mod report_page;
mod schedules;
mod setup;
mod visitor;
mod webhooks;
mod world;
