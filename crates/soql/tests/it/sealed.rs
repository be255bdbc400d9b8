//! Sealed fields: every operator over every way to seal a field, and what describe says of it.

use crate::world::context;
use model::schema::{AccessDefault, FieldDef, FieldType, ObjectDef, Sealing};
use model::{OrgSchema, Result};
use std::sync::{Arc, LazyLock};

const TOKEN: Sealing = Sealing::Token { case_sensitive: false };

static SCHEMA: LazyLock<Arc<OrgSchema>> = LazyLock::new(|| Arc::new(build().expect("a sound schema")));

fn build() -> Result<OrgSchema> {
    let user = ObjectDef::new("User", "User", "Users", "005")
        .setting(AccessDefault::PublicRead)
        .field(FieldDef::text("Name", "Name", 80));
    let mut person = ObjectDef::new("Person", "Person", "People", "003")
        .field(FieldDef::text("Name", "Name", 80))
        .field(FieldDef::lookup("PartnerId", "Partner", "Person").children("Partners"))
        .field(FieldDef::email("Email", "Email").sealed(TOKEN))
        .field(FieldDef::formula(
            "FromSealedText",
            "From",
            "UPPER(PartnerId) & Partner.TokenText",
            FieldType::Text { length: 255 },
        ))
        .field(FieldDef::formula("FromPlainText", "From", "UPPER(PlainText)", FieldType::Text { length: 255 }));
    for (name, sealed) in [("Plain", Sealing::None), ("Closed", Sealing::Probabilistic), ("Token", TOKEN)] {
        person = person.field(FieldDef::text(&format!("{name}Text"), name, 255).sealed(sealed));
        if sealed != TOKEN {
            person = person
                .field(FieldDef::date(&format!("{name}Date"), name).sealed(sealed))
                .field(FieldDef::number(&format!("{name}Number"), name, 18, 2).sealed(sealed))
                .field(FieldDef::boolean(&format!("{name}Flag"), name, false).sealed(sealed))
                .field(FieldDef::picklist(&format!("{name}Pick"), name, &["a", "b"]).sealed(sealed));
        }
    }
    let note = ObjectDef::new("Note", "Note", "Notes", "00T")
        .field(FieldDef::text("Name", "Name", 80))
        .field(FieldDef::polymorphic("WhoId", "Who", &["Person", "User"]));
    OrgSchema::build(1, [user, person, note])
}

fn refusal(text: &str) -> Option<String> {
    soql::plan(text, &SCHEMA, &context()).err().map(|error| error.to_string())
}

/// The operator as a message names it, and a query that uses it on the field.
fn uses(field: &str) -> Vec<(&'static str, String)> {
    let filter = |test: &str| format!("SELECT Id FROM Person WHERE {field} {test}");
    vec![
        ("select", format!("SELECT {field} FROM Person")),
        ("select of a parent", format!("SELECT Partner.{field} FROM Person")),
        ("select of children", format!("SELECT (SELECT {field} FROM Partners) FROM Person")),
        ("count", format!("SELECT COUNT({field}) FROM Person")),
        ("= null", filter("= null")),
        ("!= null", filter("!= null")),
        ("=", filter("= 'x'")),
        ("= of a parent", format!("SELECT Id FROM Person WHERE Partner.{field} = 'x'")),
        (
            "= inside a semi-join",
            format!("SELECT Id FROM Person WHERE Id IN (SELECT PartnerId FROM Person WHERE {field} = 'x')"),
        ),
        ("!=", filter("!= 'x'")),
        ("IN", filter("IN ('x', null)")),
        ("NOT IN", filter("NOT IN ('x')")),
        ("GROUP BY", format!("SELECT {field}, COUNT(Id) FROM Person GROUP BY {field}")),
        ("COUNT_DISTINCT", format!("SELECT COUNT_DISTINCT({field}) FROM Person")),
        ("<", filter("< 'x'")),
        ("<=", filter("<= 'x'")),
        (">", filter("> 'x'")),
        (">=", filter(">= 'x'")),
        ("LIKE", filter("LIKE 'x%'")),
        ("LIKE", format!("SELECT Id FROM Person WHERE NOT {field} LIKE 'x%'")),
        ("ORDER BY", format!("SELECT Id FROM Person ORDER BY {field}")),
        ("ORDER BY", format!("SELECT Id FROM Person ORDER BY Partner.{field} DESC NULLS LAST")),
        ("ORDER BY", format!("SELECT {field} FROM Person GROUP BY {field} ORDER BY {field}")),
        ("HAVING", format!("SELECT {field} FROM Person GROUP BY {field} HAVING {field} = 'x'")),
        ("GROUP BY ROLLUP", format!("SELECT {field}, COUNT(Id) FROM Person GROUP BY ROLLUP({field})")),
        ("MIN", format!("SELECT MIN({field}) FROM Person")),
        ("MAX", format!("SELECT MAX({field}) FROM Person")),
        ("SUM", format!("SELECT SUM({field}) FROM Person")),
        ("AVG", format!("SELECT AVG({field}) FROM Person")),
    ]
}

const ALWAYS: [&str; 6] = ["select", "select of a parent", "select of children", "count", "= null", "!= null"];
const WITH_TOKEN: [&str; 8] =
    ["=", "= of a parent", "= inside a semi-join", "!=", "IN", "NOT IN", "GROUP BY", "COUNT_DISTINCT"];

/// What the message names: the operator itself, without the clause it stood in.
fn named(operator: &str) -> &str {
    operator.split(" of ").next().and_then(|operator| operator.split(" inside ").next()).unwrap_or(operator)
}

#[test]
fn each_operator_is_answered_or_refused_by_name_as_the_field_is_sealed() {
    for (field, has_token) in [("ClosedText", false), ("TokenText", true), ("Email", true), ("FromSealedText", false)] {
        let computed = field == "FromSealedText";
        for (operator, text) in uses(field) {
            let always = if computed { operator.starts_with("select") } else { ALWAYS.contains(&operator) };
            let allowed = always || (has_token && WITH_TOKEN.contains(&operator));
            let refusal = refusal(&text);
            assert_eq!(refusal.is_none(), allowed, "{operator}: {text}\n{refusal:?}");
            if let Some(words) = refusal {
                assert!(words.starts_with("INVALID_FIELD"), "{text}\n{words}");
                // Without groups there is neither order nor condition of groups to speak of.
                let grouped = !has_token && text.contains("GROUP BY");
                let operator = if grouped { "GROUP BY" } else { named(operator) };
                let operator = operator.trim_end_matches(" null");
                let operator = if operator == "count" { "COUNT" } else { operator };
                let why = if computed { "computed from encrypted fields" } else { "encrypted" };
                let rule = format!("field '{field}' is {why} and does not support the operator {operator}");
                assert!(words.ends_with(&rule), "{text}\n{words}");
            }
        }
    }
}

#[test]
fn the_same_operators_work_on_a_field_that_is_not_sealed() {
    // But for what no text field does: SUM and AVG.
    for (operator, text) in uses("PlainText").into_iter().chain(uses("FromPlainText")) {
        let allowed = !["SUM", "AVG"].contains(&operator);
        assert_eq!(refusal(&text).is_none(), allowed, "{operator}: {text}");
    }
}

#[test]
fn sealed_dates_numbers_flags_and_lists_are_shown_and_no_more() {
    for (name, value) in [
        ("Date", "2026-01-01"),
        ("Date", "TODAY"),
        ("Number", "5"),
        ("Flag", "true"),
        ("Flag", "null"),
        ("Pick", "'a'"),
    ] {
        let filter = |field: &str| format!("SELECT Id FROM Person WHERE {field}{name} = {value}");
        assert_eq!(refusal(&filter("Plain")), None);
        let words = refusal(&filter("Closed")).expect("refused");
        assert!(words.ends_with("does not support the operator ="), "{words}");
    }
    for text in [
        "SELECT CALENDAR_YEAR(ClosedDate) FROM Person GROUP BY CALENDAR_YEAR(ClosedDate)",
        "SELECT Id FROM Person WHERE CALENDAR_YEAR(ClosedDate) = 2026",
        "SELECT SUM(ClosedNumber) FROM Person",
        "SELECT MAX(ClosedDate) FROM Person",
        "SELECT Id FROM Person WHERE toLabel(ClosedPick) = 'a'",
        "SELECT Id FROM Person ORDER BY ClosedNumber",
    ] {
        let words = refusal(text).unwrap_or_else(|| panic!("accepted: {text}"));
        assert!(words.contains("is encrypted and does not support the operator"), "{words}");
        assert_eq!(refusal(&text.replace("Closed", "Plain")), None);
    }
    assert_eq!(refusal("SELECT ClosedDate, ClosedNumber, ClosedFlag, toLabel(ClosedPick) FROM Person"), None);
}

#[test]
fn a_name_field_of_several_objects_is_as_closed_as_the_most_closed_of_them() {
    assert_eq!(refusal("SELECT Who.Email, Who.Name FROM Note"), None);
    for test in ["WHERE Who.Email = 'x'", "WHERE Who.Email LIKE 'x%'", "WHERE Who.Email = null", "ORDER BY Who.Email"] {
        let words = refusal(&format!("SELECT Id FROM Note {test}")).unwrap_or_else(|| panic!("accepted: {test}"));
        assert!(words.contains("field 'Email' is encrypted"), "{words}");
    }
    assert_eq!(refusal("SELECT Id FROM Note WHERE Who.Name = 'x' ORDER BY Who.Name"), None);
}

#[test]
fn what_describe_says_of_a_field_is_what_queries_accept() {
    let person = SCHEMA.find_object("Person").expect("an object");
    for field in person.fields.iter().filter(|field| field.data_type().is_text() && field.name().ends_with("Text")) {
        let accepts = |text: String| refusal(&text).is_none();
        let name = field.name();
        // What is computed from sealed fields is only shown.
        if formula::reads_sealed(&SCHEMA, person.ix, field.ix) {
            assert!(!accepts(format!("SELECT Id FROM Person WHERE {name} = 'x'")));
            continue;
        }
        assert_eq!(field.is_filterable(), accepts(format!("SELECT Id FROM Person WHERE {name} = 'x'")), "{name}");
        assert_eq!(field.is_sortable(), accepts(format!("SELECT Id FROM Person ORDER BY {name}")), "{name}");
        assert_eq!(field.is_groupable(), accepts(format!("SELECT {name} FROM Person GROUP BY {name}")), "{name}");
        assert_eq!(field.is_aggregatable(), accepts(format!("SELECT MAX({name}) FROM Person")), "{name}");
    }
}

#[test]
fn what_cannot_be_sealed_is_refused_with_the_reason() {
    let object = || {
        ObjectDef::new("Person", "Person", "People", "003")
            .field(FieldDef::person_name("Name", "Name"))
            .field(FieldDef::text("LastName", "Last name", 80))
            .field(FieldDef::text("Ssn", "Number", 20))
            .field(FieldDef::int("Age", "Age"))
            .field(FieldDef::text("Key", "Key", 20).unique())
            .field(FieldDef::text_area("Notes", "Notes", 5000))
            .field(FieldDef::lookup("PartnerId", "Partner", "Person"))
            .field(FieldDef::auto_number("Number", "Number", "{0000}"))
            .field(FieldDef::formula("Twice", "Twice", "Age * 2", FieldType::Int))
    };
    let user = || {
        ObjectDef::new("User", "User", "Users", "005")
            .setting(AccessDefault::PublicRead)
            .field(FieldDef::text("Name", "Name", 80))
            .field(FieldDef::email("Email", "Email"))
    };
    let sealed = |of: &str, field: &str, sealed: Sealing| {
        let mut objects = [user(), object()];
        for known in &mut objects {
            if known.name == of {
                for known in known.fields.iter_mut().filter(|known| known.name == field) {
                    *known = known.clone().sealed(sealed);
                }
            }
        }
        OrgSchema::build(1, objects).map(|_| ()).map_err(|error| error.message().to_owned())
    };
    let closed = Sealing::Probabilistic;
    assert_eq!(sealed("Person", "Ssn", TOKEN), Ok(()));
    assert_eq!(sealed("Person", "Ssn", closed), Ok(()));
    assert_eq!(sealed("Person", "Age", closed), Ok(()));
    assert_eq!(sealed("Person", "Notes", closed), Ok(()));
    assert_eq!(sealed("Person", "Key", TOKEN), Ok(()));
    for (object, field, how, reason) in [
        ("Person", "PartnerId", closed, "records are found and joined by ids"),
        ("Person", "Number", closed, "a number that counts up says nothing secret"),
        ("Person", "Twice", closed, "a formula is not stored; seal the fields it reads"),
        ("Person", "Name", closed, "it is put together from other fields; seal those"),
        ("Person", "LastName", closed, "lists, look-ups and search show records by their name"),
        ("Person", "Key", closed, "a unique field or external id is found by its value; seal it with a token"),
        ("Person", "Age", TOKEN, "a token is for text, e-mail, phone and URL fields; seal it without one"),
        ("Person", "Notes", TOKEN, "a token is for text, e-mail, phone and URL fields; seal it without one"),
        ("User", "Email", TOKEN, "the platform finds users, permissions and prices by the fields of this object"),
    ] {
        assert_eq!(sealed(object, field, how), Err(format!("{object}: {field} cannot be sealed: {reason}")));
    }
}

/// The rows of the documented table: what stands in it, and the operators of [`uses`] behind it.
const TABLE: [(&str, &[&str]); 10] = [
    ("SELECT", &["select", "select of a parent", "select of children"]),
    ("`= null`, `!= null`, COUNT", &["= null", "!= null", "count"]),
    ("`=`, `!=`, IN, NOT IN", &["=", "= of a parent", "= inside a semi-join", "!=", "IN", "NOT IN"]),
    ("GROUP BY, COUNT_DISTINCT", &["GROUP BY", "COUNT_DISTINCT"]),
    ("`<`, `<=`, `>`, `>=`", &["<", "<=", ">", ">="]),
    ("LIKE", &["LIKE"]),
    ("ORDER BY", &["ORDER BY"]),
    ("HAVING", &["HAVING"]),
    ("GROUP BY ROLLUP", &["GROUP BY ROLLUP"]),
    ("MIN, MAX", &["MIN", "MAX"]),
];

#[test]
fn the_table_of_operators_in_the_documentation_is_what_queries_accept() {
    let mut table =
        "| operator | open | closed | with a token | formula over either |\n|---|---|---|---|---|\n".to_owned();
    for (row, operators) in TABLE {
        table.push_str(&format!("| {row} |"));
        for field in ["PlainText", "ClosedText", "TokenText", "FromSealedText"] {
            let texts = uses(field).into_iter().filter(|(operator, _)| operators.contains(operator));
            let accepted: Vec<bool> = texts.map(|(_, text)| refusal(&text).is_none()).collect();
            assert!(!accepted.is_empty() && accepted.iter().all(|one| *one == accepted[0]), "{row} over {field}");
            table.push_str(if accepted[0] { " yes |" } else { " no |" });
        }
        table.push('\n');
    }
    assert!(include_str!("../../../../docs/keys.md").contains(&table), "docs/keys.md should hold this table:\n{table}");
    // Every operator stands in the table, but for those that no text has.
    let named = |operator: &str| TABLE.iter().any(|(_, operators)| operators.contains(&operator));
    let missing = uses("PlainText")
        .into_iter()
        .map(|(operator, _)| operator)
        .find(|operator| !named(operator) && !["SUM", "AVG"].contains(operator));
    assert_eq!(missing, None);
}
