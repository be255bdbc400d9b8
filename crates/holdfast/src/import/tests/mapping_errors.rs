//! Mistakes in a mapping file: each with its line and what is allowed.

use super::fixture::account_mapping;
use crate::import::Mapping;

fn said(text: &str) -> String {
    Mapping::parse(text).expect_err("a mistake").to_string()
}

#[test]
fn an_unknown_key_is_named_with_its_line_and_the_known_ones() {
    let outcome = said(&account_mapping("", "Site = { column = \"site\", lenght = 3 }"));
    assert!(outcome.starts_with("mapping line 11, column 27: unknown field `lenght`, expected one of"), "{outcome}");
    let outcome = said(&account_mapping("ordre = \"file\"", ""));
    assert!(outcome.starts_with("mapping line 8, column 1: unknown field `ordre`"), "{outcome}");
    let outcome = said("format = 1\nsteps = []\n");
    assert!(outcome.contains("line 2") && outcome.contains("unknown field `steps`"), "{outcome}");
}

#[test]
fn parts_that_do_not_fit_together_are_all_told() {
    let outcome = said(&account_mapping(
        "key = \"Site\"\norder = \"parents_first\"",
        "Phone = { column = \"a\", constant = \"b\" }\nFax = {}\nWebsite = { column = \"w\", on_error = \"repair\" }",
    ));
    for part in [
        "key Site is not among its fields",
        "order is for steps that look up Account",
        "field Phone: has more than one of column, template and constant",
        "field Fax: needs column, template or constant",
        "field Website: on_error = \"repair\" needs or",
    ] {
        assert!(outcome.contains(part), "{part} in {outcome}");
    }
    assert_eq!(outcome.lines().count(), 5);
}

#[test]
fn a_file_outside_of_the_folder_is_not_read() {
    for file in ["../a.csv", "/etc/passwd", "x/../../a.csv", ""] {
        let mapping = account_mapping("", "").replace("\"a.csv\"", &format!("{file:?}"));
        assert!(said(&mapping).contains("must be a path inside the import's folder"), "{file}");
    }
}

#[test]
fn broken_text_formats_and_operations_point_at_themselves() {
    for (field, part) in [
        ("Site = { column = \"x\", text = [\"shout\"] }", "unknown text operation"),
        ("Site = { column = \"x\", date = \"M/YYYY\" }", "needs a year, a month and a day"),
        ("Site = { template = \"{x\" }", "is not closed"),
        ("Site = { column = \"x\", multiply = \"ten\" }", "is not a number"),
        ("Site = { column = \"x\", date = \"D.M.YYYY\", zone = \"Mars/Base\" }", "is no IANA zone"),
        ("Site = { column = \"x\" ", "line 11"),
    ] {
        let outcome = said(&account_mapping("", field));
        assert!(outcome.starts_with("mapping line 11") && outcome.contains(part), "{field}: {outcome}");
    }
}

#[test]
fn custom_fields_are_checked_by_type() {
    let field =
        "[[custom_field]]\nobject = \"Account\"\nname = \"Grade\"\nlabel = \"Grade\"\ntype = \"lookup\"\nlength = 3\n";
    let outcome = said(&format!("{}{field}", account_mapping("", "")));
    for part in ["length does not go with this type", "a lookup needs target", "ends in __c"] {
        assert!(outcome.contains(part), "{part} in {outcome}");
    }
}

#[test]
fn names_must_be_unique_and_sources_known() {
    let twice = account_mapping("", "");
    let second = &twice[twice.find("[[step]]").expect("a step")..];
    let outcome = said(&format!("{twice}{}", second.replace("source = \"a\"", "source = \"b\"")));
    assert!(
        outcome.contains("the name stands twice") && outcome.contains("there is no source \"b\"; there are: a"),
        "{outcome}"
    );
    assert!(said("format = 2\n").contains("this version reads format = 1"));
    assert!(said("format = 1\n").contains("the mapping has no [[step]]"));
}
