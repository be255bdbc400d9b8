//! Texts of queries, made from words and not from our trees: each clause as the reference of the language writes it.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

type Text = BoxedStrategy<String>;

fn one_of(words: &[&'static str]) -> Text {
    select(words.to_vec()).prop_map(str::to_owned).boxed()
}

fn list(item: Text, most: usize) -> Text {
    (vec(item, 1..=most), one_of(&[", ", ",", " , "])).prop_map(|(items, comma)| items.join(&comma)).boxed()
}

fn path() -> Text {
    one_of(&["Id", "Name", "account.Name", "Foo__c", "Bar__r.Zed__c", "Owner.Profile.Name", "x1"])
}

fn value() -> Text {
    prop_oneof![
        one_of(&["5", "0", "-3", "12.50", "-0.125", "null", "NULL", "true", "False", "EUR100", "usd12.50"]),
        one_of(&["'a'", "''", "'it\\'s'", "'a\\nb'", "'%é_'", "'\\u00e9'", "'a\\\\b'"]),
        one_of(&["2026-02-28", "2026-12-31T23:59:59Z", "2026-06-30T10:00:00.123+02:00", "1999-10-10T00:00:00-05:30"]),
        one_of(&["TODAY", "this_week", "LAST_FISCAL_QUARTER", "NEXT_90_DAYS", "LAST_N_DAYS:30", "n_weeks_ago:2"]),
    ]
    .boxed()
}

fn call() -> Text {
    let inner = (one_of(&["MAX", "count", "CALENDAR_YEAR", "toLabel", "Format"]), path())
        .prop_map(|(name, path)| format!("{name}({path})"));
    let around =
        (one_of(&["DAY_ONLY", "SUM"]), path()).prop_map(|(name, path)| format!("{name}(convertTimezone({path}))"));
    let distance = one_of(&[
        "DISTANCE(Place__c, GEOLOCATION(10.5, -20), 'mi')",
        "distance(Bar__r.Place__c, geolocation(0,0), 'km')",
    ]);
    prop_oneof![4 => inner, 1 => around, 1 => distance].boxed()
}

fn test(query: Text) -> Text {
    let left = prop_oneof![4 => path(), 1 => call()].boxed();
    let compare = (left.clone(), one_of(&["=", "!=", "<>", "<", "<=", ">", ">="]), value())
        .prop_map(|(left, op, value)| format!("{left} {op} {value}"));
    let like = (path(), one_of(&["'a%'", "'_b'", "'\\%'"])).prop_map(|(path, value)| format!("{path} LIKE {value}"));
    let one_of_list = (path(), one_of(&["IN", "not in", "NOT IN"]), list(value(), 3))
        .prop_map(|(path, word, values)| format!("{path} {word} ({values})"));
    let includes = (path(), one_of(&["INCLUDES", "excludes"]), list(one_of(&["'a'", "'a;b'"]), 2))
        .prop_map(|(path, word, values)| format!("{path} {word} ({values})"));
    let inner =
        (path(), one_of(&["IN", "NOT IN"]), query).prop_map(|(path, word, query)| format!("{path} {word} ({query})"));
    prop_oneof![4 => compare, 1 => like, 1 => one_of_list, 1 => includes, 1 => inner].boxed()
}

fn condition(query: Text) -> Text {
    let leaf = test(query);
    leaf.prop_recursive(3, 10, 3, |inner| {
        let nested = inner.prop_map(|inner| format!("({inner})")).boxed();
        let chain = (vec(nested.clone(), 2..4), one_of(&[" AND ", " or "])).prop_map(|(parts, word)| parts.join(&word));
        prop_oneof![3 => chain, 1 => nested.prop_map(|inner| format!("NOT {inner}"))]
    })
    .boxed()
}

fn selected(query: Text) -> Text {
    let with_name = (prop_oneof![path(), call()], option::of(one_of(&["n", "Total"])))
        .prop_map(|(item, alias)| alias.map_or(item.clone(), |alias| format!("{item} {alias}")));
    let type_of = one_of(&[
        "TYPEOF What WHEN Account THEN Phone, Name ELSE Id END",
        "typeof Owner when User then Id, Profile.Name when Group then Name end",
    ]);
    let fields = one_of(&["FIELDS(ALL)", "fields(standard)", "FIELDS(CUSTOM)"]);
    prop_oneof![8 => with_name, 1 => query.prop_map(|query| format!("({query})")), 1 => type_of, 1 => fields].boxed()
}

fn level(inner: Text) -> Text {
    let select = prop_oneof![8 => list(selected(inner.clone()), 3), 1 => one_of(&["count()", "COUNT()"])];
    let from = one_of(&["Account", "Contact c", "Account AS a", "Account a, a.Contacts b", "Foo__c"]);
    let scope = option::weighted(0.2, one_of(&["USING SCOPE mine", "using scope Everything"]));
    let filter = option::weighted(0.6, condition(inner).prop_map(|test| format!("WHERE {test}")));
    let with = option::weighted(
        0.1,
        one_of(&[
            "WITH SECURITY_ENFORCED",
            "with user_mode",
            "WITH DATA CATEGORY Geo__c ABOVE usa__c",
            "WITH DATA CATEGORY Geo__c AT (usa__c, uk__c) AND Product__c below phones__c",
        ]),
    );
    let keys = list(
        prop_oneof![path(), (one_of(&["CALENDAR_MONTH", "DAY_ONLY"]), path()).prop_map(|(f, p)| format!("{f}({p})"))]
            .boxed(),
        3,
    );
    let group =
        (keys, one_of(&["", "ROLLUP", "cube"]), option::weighted(0.3, one_of(&["COUNT(Id) > 1", "MAX(Amount) <= 5"])))
            .prop_map(|(keys, word, having)| {
                let keys = if word.is_empty() { keys } else { format!("{word}({keys})") };
                format!("GROUP BY {keys}{}", having.map_or(String::new(), |having| format!(" HAVING {having}")))
            });
    let sort =
        (prop_oneof![path(), call()], one_of(&["", " ASC", " desc"]), one_of(&["", " NULLS LAST", " nulls first"]))
            .prop_map(|(path, way, nulls)| format!("{path}{way}{nulls}"))
            .boxed();
    let order = option::weighted(0.4, list(sort, 2).prop_map(|sorts| format!("ORDER BY {sorts}")));
    let rows = (option::of(0_u32..5000), option::of(0_u32..2000));
    let end = (
        option::weighted(0.1, one_of(&["FOR VIEW", "for reference", "FOR VIEW, REFERENCE"])),
        option::weighted(0.1, one_of(&["UPDATE TRACKING", "UPDATE VIEWSTAT", "update tracking, viewstat"])),
    );
    ((select, from, scope, filter, with), (option::weighted(0.2, group), order, rows, end))
        .prop_map(|((select, from, scope, filter, with), (group, order, (limit, offset), (wanted, update)))| {
            let limit = limit.map(|rows| format!("LIMIT {rows}"));
            let offset = offset.map(|rows| format!("OFFSET {rows}"));
            let mut text = format!("SELECT {select} FROM {from}");
            for clause in [scope, filter, with, group, order, limit, offset, wanted, update].into_iter().flatten() {
                text.push(' ');
                text.push_str(&clause);
            }
            text
        })
        .boxed()
}

/// Queries that every grammar of the language accepts.
pub(crate) fn query() -> Text {
    let leaf = one_of(&["SELECT Id FROM Account", "select Id, Name from Contacts limit 5"]);
    leaf.prop_recursive(2, 4, 2, |inner| level(inner.boxed())).boxed()
}

/// Queries with one or two words taken out, said twice, swapped with their neighbour, or replaced.
pub(crate) fn broken() -> Text {
    let words = [
        "SELECT",
        "FROM",
        "WHERE",
        "AND",
        "OR",
        "NOT",
        "IN",
        "LIKE",
        "(",
        ")",
        ",",
        "=",
        ".",
        "'",
        "5",
        "'x'",
        "null",
        "GROUP BY",
        "HAVING",
        "ORDER BY",
        "LIMIT",
        "END",
        "Id",
        "count()",
        "TODAY",
        "2026-01-01",
        ";",
        "\\",
        ":x",
    ];
    let change = (any::<prop::sample::Index>(), 0..4_u8, one_of(&words));
    (query(), vec(change, 1..3))
        .prop_map(|(text, changes)| {
            let mut words = pieces(&text);
            for (at, kind, word) in changes {
                let at = at.index(words.len());
                match kind {
                    0 if words.len() > 1 => drop(words.remove(at)),
                    1 => words.insert(at, words[at].clone()),
                    2 => {
                        let next = (at + 1).min(words.len() - 1);
                        words.swap(at, next);
                    }
                    _ => words[at] = word,
                }
            }
            words.join(" ")
        })
        .boxed()
}

/// Words, texts in quotes, and single marks.
fn pieces(text: &str) -> Vec<String> {
    let in_word = |letter: &char| letter.is_alphanumeric() || "_.-:+".contains(*letter);
    let mut pieces = Vec::new();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let mut piece = String::from(letter);
        if letter == '\'' {
            let mut escaped = false;
            for next in letters.by_ref() {
                piece.push(next);
                if next == '\'' && !escaped {
                    break;
                }
                escaped = next == '\\' && !escaped;
            }
        } else if in_word(&letter) {
            while let Some(next) = letters.next_if(in_word) {
                piece.push(next);
            }
        }
        if !letter.is_whitespace() {
            pieces.push(piece);
        }
    }
    pieces
}
