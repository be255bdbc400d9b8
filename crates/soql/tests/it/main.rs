//! The language as its users meet it: texts in, plans and messages out.

mod accepts;
mod compact;
mod dates;
mod fuzz;
mod generate;
mod grammar;
mod grammar_texts;
mod refuses;
mod round_trip;
mod searches;
mod sound;
mod trees;
mod visibility;
mod world;
