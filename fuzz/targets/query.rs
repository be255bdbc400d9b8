//! No text makes the reader of queries panic; what it accepts, written and read again, is the same.
#![no_main]

#[path = "org.rs"]
mod org;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(query) = soql::parse(text) {
        let written = query.to_string();
        assert_eq!(soql::parse(&written).expect("what was written can be read"), query, "{text}\n{written}");
    }
    let _ = soql::plan(text, &org::SCHEMA, &org::CONTEXT);
});
