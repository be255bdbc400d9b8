//! The language as its users meet it: texts in, plans and messages out.

mod accepts;
mod compact;
mod world;
