//! Queries that are refused, with their codes, places and words.

mod groups;
mod limits;
mod names;
mod syntax;
mod values;

use crate::world::refusal;

/// `CODE 1:8 message`, without the lines that show the place, and without the advice that follows a known sentence.
fn short(full: &str) -> String {
    let (code, message) = full.split_once(": ").expect("a code and a message");
    let advice = " If you are attempting to use a custom";
    match message.split_once("ERROR at Row:") {
        Some((_, rest)) => {
            let (place, message) = rest.split_once('\n').expect("a place and a message");
            let place = place.replace("Column:", "");
            format!("{code} {place} {}", message.split(advice).next().unwrap_or_default())
        }
        None => format!("{code} {}", message.split(advice).next().unwrap_or_default()),
    }
}

fn check(table: &[(&str, &str)]) {
    let wrong: Vec<_> = table
        .iter()
        .filter(|(text, expected)| short(&refusal(text)) != *expected)
        .map(|(text, expected)| format!("{text}\n  expected {expected}\n  got      {}", short(&refusal(text))))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn messages_are_those_of_the_api() {
    assert_eq!(refusal("SELEKT Id FROM Account"), "MALFORMED_QUERY: unexpected token: 'SELEKT'");
    assert_eq!(
        refusal("SELECT Foo FROM Account"),
        "INVALID_FIELD: \nSELECT Foo FROM Account\n       ^\nERROR at Row:1:Column:8\nNo such column 'Foo' on entity \
         'Account'. If you are attempting to use a custom field, be sure to append the '__c' after the custom field \
         name. Please reference your WSDL or the describe call for the appropriate names."
    );
    assert_eq!(
        refusal("SELECT Id FROM Foo"),
        "INVALID_TYPE: sObject type 'Foo' is not supported. If you are attempting to use a custom object, be sure to \
         append the '__c' after the entity name. Please reference your WSDL or the describe call for the appropriate \
         names."
    );
    assert_eq!(
        refusal("SELECT Id, Name\nFROM Account\nWHERE Owner.Nope.Name = 'x'"),
        "INVALID_FIELD: \nWHERE Owner.Nope.Name = 'x'\n      ^\nERROR at Row:3:Column:7\nDidn't understand relationship \
         'Nope' on entity 'User'. If you are attempting to use a custom relationship, be sure to append the '__r' after \
         the custom relationship name. Please reference your WSDL or the describe call for the appropriate names."
    );
}
