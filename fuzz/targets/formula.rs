//! No text makes the formula language panic, neither read, nor checked, nor evaluated over blank fields.
#![no_main]

#[path = "org.rs"]
mod org;

use formula::{Change, CompileOptions, EvalContext, RecordFields};
use libfuzzer_sys::fuzz_target;
use model::Value;

fuzz_target!(|text: &str| {
    let Ok(parsed) = formula::parse(text) else { return };
    let written = parsed.to_string();
    assert_eq!(formula::parse(&written).expect("what was written can be read").to_string(), written, "{text}");
    let object = org::SCHEMA.find_object("Account").expect("the org has accounts").ix;
    let fields = RecordFields::of(&org::SCHEMA, object);
    let Ok(compiled) = formula::compile(text, &fields, &CompileOptions::default()) else { return };
    let values: Vec<Value> = Vec::new();
    let context =
        EvalContext { now: org::CONTEXT.now, zone: &org::CONTEXT.zone, fields: &values, change: Change::None };
    let _ = compiled.evaluate(&context);
    let _ = compiled.explain(&context);
});
