//! The formula language seen from outside: text in, values and refusals out.

mod documented;
mod examples;
mod explain;
mod meaning;
mod paths;
mod properties;
mod refusals;
mod support;
