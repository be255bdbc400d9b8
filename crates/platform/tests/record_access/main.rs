//! Record access held against an independent model: random orgs, random changes, every surface.

mod case;
mod change;
mod compare;
mod examples;
mod generate;
mod laws;
mod load;
mod model;
mod perform;
mod product_laws;
mod propose;
mod reasons;
mod scenes;
mod site;
mod stage;
mod verbs;
mod walk;
mod world;
