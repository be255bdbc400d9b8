//! Rules against tables and against laws that hold for all of them; another implementation judges them in the crate's tests.

mod changes_of_the_clock;
mod laws;
mod paper;
mod saved;
mod words;

use super::Rule;
use model::Instant;

fn rule(json: &str) -> Rule {
    Rule::parse(json).unwrap_or_else(|error| panic!("{json}: {error}"))
}

fn at(text: &str) -> Instant {
    Instant::parse(text).expect("an instant")
}

/// The first runs of a rule as local times.
fn slots(json: &str, after: &str, count: usize) -> Vec<String> {
    let runs = rule(json).next_n(at(after), count);
    runs.iter().map(|run| run.slot.strftime("%a %Y-%m-%d %H:%M").to_string()).collect()
}
