//! No text makes the reader of searches panic; what it accepts, written and read again, is the same.
#![no_main]

#[path = "org.rs"]
mod org;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(search) = soql::parse_search(text) {
        let written = search.to_string();
        assert_eq!(soql::parse_search(&written).expect("what was written can be read"), search, "{text}\n{written}");
    }
    let _ = soql::plan_search(text, &org::SCHEMA, &org::CONTEXT);
});
