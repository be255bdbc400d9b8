//! No text makes the language panic: random bytes, random words of it, and sound queries with something broken.

use crate::generate;
use crate::sound;
use crate::world::{context, schema};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

const WORDS: [&str; 60] = [
    "SELECT",
    "FROM",
    "WHERE",
    "GROUP BY",
    "HAVING",
    "ORDER BY",
    "LIMIT",
    "OFFSET",
    "USING SCOPE",
    "WITH",
    "FOR",
    "UPDATE",
    "TYPEOF",
    "WHEN",
    "THEN",
    "ELSE",
    "END",
    "AND",
    "OR",
    "NOT",
    "IN",
    "LIKE",
    "INCLUDES",
    "EXCLUDES",
    "ROLLUP(",
    "CUBE(",
    "(",
    ")",
    ",",
    ".",
    "=",
    "!=",
    "<",
    ">=",
    "'x'",
    "'",
    "\\",
    "5",
    "-1.5E3",
    "2026-01-01",
    "TODAY",
    "LAST_N_DAYS:3",
    "null",
    "true",
    "Id",
    "Name",
    "Account",
    "Contacts",
    "Account.Name",
    "What.Type",
    "COUNT(",
    "COUNT()",
    "FIELDS(ALL)",
    "CALENDAR_YEAR(CreatedDate)",
    "DISTANCE(",
    "EUR5.5",
    "FIND {",
    "}",
    "RETURNING",
    "é",
];

fn try_everything(text: &str) {
    if let Ok(plan) = soql::plan(text, schema(), &context()) {
        sound::check(&plan);
    }
    if let Ok(search) = soql::plan_search(text, schema(), &context()) {
        search.returning.iter().for_each(sound::check);
    }
    if let Ok(query) = soql::parse(text) {
        let written = query.to_string();
        assert_eq!(soql::parse(&written).expect("what was written can be read"), query, "{text}\n{written}");
    }
    if let Ok(search) = soql::parse_search(text) {
        let written = search.to_string();
        assert_eq!(soql::parse_search(&written).expect("what was written can be read"), search, "{text}\n{written}");
    }
}

/// Pieces of sound queries over accounts and tasks, with some that fit only one of them, or not this place.
const FIELDS: [&str; 24] = [
    "Id",
    "Name",
    "Industry",
    "AnnualRevenue",
    "NumberOfEmployees",
    "BillingAddress",
    "Description",
    "CreatedDate",
    "IsClosed",
    "Parent.Name",
    "Parent.Owner.Email",
    "Owner.IsActive",
    "Who.Name",
    "What.Type",
    "WhatId",
    "Subject",
    "COUNT(Id)",
    "MAX(CreatedDate)",
    "SUM(AnnualRevenue)",
    "CALENDAR_YEAR(CreatedDate)",
    "HOUR_IN_DAY(convertTimezone(CreatedDate))",
    "toLabel(Industry)",
    "DISTANCE(BillingAddress, GEOLOCATION(1, 2), 'km')",
    "FORMAT(AnnualRevenue)",
];
const ITEMS: [&str; 6] = [
    "(SELECT Id, Account.Name FROM Contacts WHERE Email != null)",
    "(SELECT FIELDS(STANDARD) FROM Projects__r LIMIT 3)",
    "TYPEOF What WHEN Account THEN Name ELSE Name END",
    "FIELDS(STANDARD)",
    "COUNT()",
    "GROUPING(Industry)",
];
const TESTS: [&str; 12] = [
    "= null",
    "!= 'x'",
    "> 5",
    "< 2026-01-01",
    ">= LAST_N_DAYS:5",
    "= TODAY",
    "LIKE 'a%'",
    "IN ('a', null)",
    "NOT IN (1, 2)",
    "= true",
    "IN (SELECT AccountId FROM Contact)",
    "= '001000000000001AAA'",
];

fn sometimes(clause: &'static str, list: Vec<&'static str>) -> impl Strategy<Value = String> {
    prop::option::of(vec(select(list), 1..3)).prop_map(move |parts| match parts {
        Some(parts) => format!(" {clause} {}", parts.join(", ")),
        None => String::new(),
    })
}

fn likely_query() -> impl Strategy<Value = String> {
    let items = vec(prop_oneof![6 => select(FIELDS.to_vec()), 1 => select(ITEMS.to_vec())], 1..4);
    let tests = vec((select(FIELDS.to_vec()), select(TESTS.to_vec())), 0..3);
    let word = select(vec![" AND ", " OR ", " AND NOT "]);
    let group = sometimes("GROUP BY", FIELDS.to_vec());
    let order = sometimes("ORDER BY", FIELDS.to_vec());
    let limit = select(vec!["", " LIMIT 1", " LIMIT 5 OFFSET 2"]);
    (items, select(vec!["Account", "Task"]), tests, word, group, order, limit).prop_map(
        |(items, object, tests, word, group, order, limit)| {
            let tests: Vec<_> = tests.iter().map(|(field, test)| format!("{field} {test}")).collect();
            let filter = if tests.is_empty() { String::new() } else { format!(" WHERE {}", tests.join(word)) };
            format!("SELECT {} FROM {object}{filter}{group}{order}{limit}", items.join(", "))
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_comes_back(text in any::<String>()) {
        try_everything(&text);
    }

    #[test]
    fn any_words_of_the_language_come_back(words in vec(select(WORDS.to_vec()), 0..24)) {
        try_everything(&words.join(" "));
        try_everything(&format!("SELECT Id FROM Account WHERE {}", words.join(" ")));
        try_everything(&format!("SELECT {} FROM Account", words.join(" ")));
        try_everything(&format!("FIND {{{}}}", words.join(" ")));
    }

    #[test]
    fn likely_queries_come_back(text in likely_query()) {
        try_everything(&text);
    }

    #[test]
    fn broken_queries_come_back(
        query in generate::query(),
        cut in any::<prop::sample::Index>(),
        put in select(WORDS.to_vec()),
    ) {
        let text = query.to_string();
        let chars: Vec<char> = text.chars().collect();
        let at = cut.index(chars.len());
        let before: String = chars[..at].iter().collect();
        let after: String = chars[at + 1..].iter().collect();
        try_everything(&before);
        try_everything(&after);
        try_everything(&format!("{before}{after}"));
        try_everything(&format!("{before}{put}{after}"));
    }
}
