//! That no function is forgotten, and that no constant means more than its text.

use super::generate::{KINDS, texts};
use super::record::{by_database, by_evaluator, formula};
use crate::testing::Installed;
use formula::{FUNCTIONS, Function};
use model::FieldType;

/// What formula fields do not have: functions about a write, and patterns.
const NOT_IN_FIELDS: [(Function, &str); 4] = [
    (Function::IsNew, "ISNEW()"),
    (Function::IsChanged, "ISCHANGED(Title)"),
    (Function::PriorValue, "PRIORVALUE(Amount) > 1"),
    (Function::Regex, "REGEX(Title, 'a')"),
];

#[test]
fn every_function_is_among_the_random_formulas_or_not_in_formula_fields() {
    for def in FUNCTIONS {
        let call = format!("{}(", def.name);
        let tried = KINDS.iter().any(|kind| texts(*kind).any(|text| text.contains(&call)));
        match NOT_IN_FIELDS.iter().find(|(function, _)| *function == def.function) {
            Some((_, source)) => {
                let refusal = formula(source, &FieldType::Boolean).err().unwrap_or_default();
                assert!(refusal.contains("may not be used in this type of formula"), "{source}: {refusal}");
            }
            None => assert!(tried, "{} is in no random formula", def.name),
        }
    }
}

#[test]
fn constants_are_no_way_into_a_statement() {
    for installed in [Installed::embedded(), Installed::postgres()] {
        let org = installed.create_org();
        for text in
            ["'; DROP TABLE \\\"Account\\\"; --", "\\\\'", "$now$ $f0$ $$", "\u{1f600}\u{7f}\u{85}", "%s {} ?1 $1"]
        {
            let source =
                format!("Title & \"{}\" & REVERSE(CASESAFEID(\"001000000000001\"))", text.replace('\'', "\\'"));
            let compiled = formula(&source, &FieldType::Text { length: 200 }).expect("a sound formula");
            let values = vec![model::Value::from("x")];
            let found = org.with_writer(|connection| by_database(connection, &compiled, std::slice::from_ref(&values)));
            assert_eq!(found.expect("a value"), [by_evaluator(&compiled, &values)], "{source}");
        }
    }
}
