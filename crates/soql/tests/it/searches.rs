//! Searches: texts in, plans and messages out.

use crate::compact::compact;
use crate::world::{context, schema};
use model::ErrorCode;
use soql::ast::search::Term;

fn plan(text: &str) -> soql::SearchPlan {
    soql::plan_search(text, schema(), &context()).unwrap_or_else(|refusal| panic!("{text}\n{refusal}"))
}

fn refusal(text: &str) -> String {
    match soql::plan_search(text, schema(), &context()) {
        Ok(_) => panic!("accepted: {text}"),
        Err(refusal) => refusal.to_string(),
    }
}

/// The terms, written out again.
fn terms(inside: &str) -> String {
    soql::parse_search(&format!("FIND {{{inside}}}"))
        .map_or_else(|error| error.to_string(), |search| search.terms.to_string())
}

#[test]
fn returning_names_fields_filters_and_order() {
    let text = "FIND {Acme* OR \"big deal\"} IN NAME FIELDS RETURNING Account(Name, Owner.Name WHERE Industry = 'Banking' \
                ORDER BY Name DESC LIMIT 5 OFFSET 1), contact(id, toLabel(Account.Industry)), Opportunity LIMIT 20";
    let plan = plan(text);
    let parts: Vec<_> = plan.returning.iter().map(compact).collect();
    insta::assert_snapshot!(format!(
        "{}\n{:?} limit {} offset {}\n{}",
        plan.terms,
        plan.scope,
        plan.limit,
        plan.offset,
        parts.concat()
    ));
}

#[test]
fn without_returning_every_searchable_object_yields_ids() {
    let plan = plan("find {ac} with spell_correction = false");
    let parts: Vec<_> = plan.returning.iter().map(compact).collect();
    assert!(parts.iter().all(|part| part.lines().count() == 2 && part.ends_with("  Id\n")), "{parts:?}");
    assert!(parts.iter().any(|part| part.contains("Account")) && !parts.iter().any(|part| part.contains("of User")));
    assert_eq!((plan.limit, plan.offset), (2_000, 0));
}

#[test]
fn terms_bind_as_written() {
    for (inside, expected) in [
        ("acme", "acme"),
        ("acme corp", "acme AND corp"),
        ("a b OR c d", "(a AND b) OR (c AND d)"),
        ("acme AND NOT (old or dead)", "acme AND NOT (old OR dead)"),
        ("acme and corp and not old", "acme AND corp AND NOT old"),
        ("(acme OR corp) \"big deal\"", "(acme OR corp) AND \"big deal\""),
        ("\"a \\\"b\\\" c\"d", "\"a \\\"b\\\" c\" AND d"),
        ("ac?e*", "ac?e*"),
        ("C\\+\\+ o\\'brien joe\\-smith", "C\\+\\+ AND o\\'brien AND joe\\-smith"),
        ("android orchid nothing", "android AND orchid AND nothing"),
        ("and\\}x", "and\\}x"),
        ("Zoë", "Zoë"),
    ] {
        assert_eq!(terms(inside), expected, "{inside}");
    }
}

#[test]
fn malformed_searches_say_what_is_wrong_and_where() {
    for (text, expected) in [
        ("SEARCH {x}", "MALFORMED_SEARCH: unexpected token: 'SEARCH'"),
        ("", "MALFORMED_SEARCH: unexpected token: '<EOF>'"),
        ("FIND 'acme'", "Row:1:Column:6\nFIND takes its terms in braces, as in FIND {Acme}."),
        ("FIND {acme", "Row:1:Column:6\nThe search terms are not closed: add the missing }."),
        ("FIND {acme\\}", "Row:1:Column:6\nThe search terms are not closed: add the missing }."),
        ("FIND {}", "Row:1:Column:7\nA search term is missing here."),
        ("FIND {a}", "Row:1:Column:7\nA search needs at least 2 characters."),
        ("FIND {a*}", "Row:1:Column:7\nA search needs at least 2 characters."),
        ("FIND {*acme}", "Row:1:Column:7\nA wildcard cannot stand at the start of a search term."),
        ("FIND {acme AND}", "Row:1:Column:15\nA search term is missing here."),
        ("FIND {acme NOT x}", "Row:1:Column:12\nNOT stands between two search terms; quote it to search for the word."),
        ("FIND {OR acme}", "Row:1:Column:7\nOR stands between two search terms; quote it to search for the word."),
        ("FIND {acme & co}", "Row:1:Column:12\nunexpected token: '&'. Put a backslash before it to search for it."),
        ("FIND {(acme}", "Row:1:Column:12\nA closing parenthesis is missing here."),
        ("FIND {acme)}", "Row:1:Column:11\nunexpected token: ')'. Put a backslash before it to search for it."),
        ("FIND {\"acme}", "Row:1:Column:7\nThe phrase is not closed: add the missing \"."),
        ("FIND {\"\"}", "Row:1:Column:7\nThe phrase is empty."),
        ("FIND {ac\\me}", "Row:1:Column:9\nA backslash stands before one of ?&|!{}[]()^~*:\\\"'+- only."),
        ("FIND {acme} IN SOME FIELDS", "Row:1:Column:16\nunexpected token: 'SOME'"),
        ("FIND {acme} RETURNING Account(", "Row:1:Column:31\nunexpected token: '<EOF>'"),
        ("FIND {acme} LIMIT 2001", "Row:1:Column:19\nLIMIT of a search is at most 2000."),
        ("FIND {acme} RETURNING Account(COUNT(Id))", "Row:1:Column:23\nRETURNING takes no aggregate functions."),
        (
            "FIND {acme} RETURNING Account((SELECT Id FROM Contacts))",
            "Row:1:Column:23\nRETURNING takes no sub-queries.",
        ),
        ("FIND {acme} RETURNING User(Id)", "INVALID_TYPE: entity type User does not support search"),
    ] {
        let outcome = refusal(text);
        assert!(outcome.ends_with(expected), "{text}\n  expected {expected}\n  got      {outcome}");
    }
    assert!(refusal("FIND {acme} RETURNING Foo").starts_with("INVALID_TYPE: sObject type 'Foo'"));
    assert!(refusal("FIND {acme} RETURNING Account(Foo)").contains("No such column 'Foo' on entity 'Account'"));
}

#[test]
fn clauses_the_product_lacks_say_so() {
    for clause in [
        "WITH DIVISION = 'x'",
        "WITH DATA CATEGORY Geo__c AT usa__c",
        "WITH NETWORK = 'x'",
        "WITH NETWORK IN ('x', 'y')",
        "WITH PRICEBOOKID = 'x'",
        "WITH SNIPPET (target_length = 120)",
        "WITH SNIPPET",
        "WITH METADATA = 'LABELS'",
        "RETURNING Account(Id USING ListView = Recent)",
    ] {
        let outcome = soql::plan_search(&format!("FIND {{acme}} {clause}"), schema(), &context()).map(|_| ());
        assert_eq!(outcome.map_err(|refusal| refusal.code()), Err(ErrorCode::FunctionalityNotEnabled), "{clause}");
    }
}

#[test]
fn deep_terms_are_refused() {
    let nested = |depth: usize| format!("FIND {{{}acme{}}}", "(".repeat(depth), ")".repeat(depth));
    assert!(matches!(plan(&nested(50)).terms, Term::Word(_)));
    assert!(refusal(&nested(51)).starts_with("QUERY_TOO_COMPLICATED"));
    assert!(refusal(&nested(30_000)).starts_with("QUERY_TOO_COMPLICATED"));
}
