//! Random queries against an interpreter that shares no code with the product: it knows neither the parser nor the
//! plan nor SQL, only rows in memory and what `docs` say a query means. Both stores must answer as it does.
//!
//! `HOLDFAST_DIFFERENTIAL_CASES` asks for more queries than the few hundred of an ordinary run.

mod cond;
mod data;
mod queries;
mod values;

use crate::world::on_both_stores;
use data::Data;
use test_support::Dice;

fn cases() -> u64 {
    std::env::var("HOLDFAST_DIFFERENTIAL_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(120)
}

#[test]
fn both_stores_answer_random_queries_as_the_interpreter_does() {
    on_both_stores(|world| {
        let data = Data::create(world, &mut Dice::new(7));
        for case in 0..cases() {
            let mut dice = Dice::new(1000 + case);
            queries::records(world, &data, &mut dice);
            queries::groups(world, &data, &mut dice);
            queries::children(world, &data, &mut dice);
        }
    });
}
