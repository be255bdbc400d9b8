//! Searches told by parameters.

use crate::world::{World, encode};
use serde_json::{Value as Json, json};

const PATH: &str = "/services/data/v60.0/parameterizedSearch";

fn names(answer: &Json) -> Vec<String> {
    let records = answer["searchRecords"].as_array().expect("records");
    records
        .iter()
        .map(|record| format!("{} {}", record["attributes"]["type"], record["Name"]).replace('"', ""))
        .collect()
}

#[test]
fn a_search_is_told_by_an_address_or_a_body() {
    let world = World::new();
    let token = world.token(world.admin);
    for (name, rating) in [("Seekers North", "Hot"), ("Seekers South", "Cold"), ("Finders", "Hot")] {
        world.create("Account", &json!({"Name": name, "Rating": rating}));
    }
    world.create("Contact", &json!({"LastName": "Seekers"}));
    let get = |query: &str| world.get(&token, &format!("{PATH}?{query}")).expect(200);
    assert_eq!(get("q=seekers")["searchRecords"].as_array().map(Vec::len), Some(3));
    assert_eq!(
        names(&get("q=seek*&sobject=Account&Account.fields=Id,Name&Account.limit=1&in=NAME")).len(),
        1,
        "each object has its own limit"
    );
    let both = names(&get("q=seekers&sobject=Contact&sobject=Account&fields=Name&overallLimit=2"));
    assert_eq!(both[0], "Contact Seekers");
    assert_eq!(both.len(), 2);
    let body =
        json!({"q": "seekers", "sobjects": [{"name": "Account", "fields": ["Name"], "where": "Rating = 'Hot'"}]});
    assert_eq!(names(&world.call(&token, "POST", PATH, Some(&body)).expect(200)), ["Account Seekers North"]);
    let ordered =
        json!({"q": "seekers", "fields": ["Name"], "sobjects": [{"name": "Account", "orderBy": "Name DESC"}]});
    assert_eq!(
        names(&world.call(&token, "POST", PATH, Some(&ordered)).expect(200)),
        ["Account Seekers South", "Account Seekers North"]
    );
}

#[test]
fn a_part_of_a_search_says_no_more_than_its_place_allows() {
    let world = World::new();
    let token = world.token(world.admin);
    let object = |part: &str, text: &str| json!({"q": "acme", "sobjects": [{"name": "Account", "fields": ["Name"], part: text}]});
    for (body, code) in [
        (object("where", "Name = 'x') , User(Name WHERE (Name != 'x'"), "MALFORMED_QUERY"),
        (object("orderBy", "Name), User(Name"), "MALFORMED_QUERY"),
        (object("where", "Nothing = 1"), "INVALID_FIELD"),
        (object("fields", "Name FROM User"), "INVALID_FIELD"),
        (json!({"q": "acme", "sobjects": [{"name": "Nothing"}]}), "INVALID_TYPE"),
        (json!({"q": "acme", "dataCategories": []}), "FUNCTIONALITY_NOT_ENABLED"),
        (json!({"q": " "}), "MALFORMED_SEARCH"),
    ] {
        assert_eq!(world.call(&token, "POST", PATH, Some(&body)).error(400).0, code, "{body}");
    }
    let odd = encode("a-b & c:d [e] {f} O'Neil \"g");
    assert_eq!(world.get(&token, &format!("{PATH}?q={odd}")).status, 400, "a quote that is not closed");
    let odd = encode("aa-b & cc:d [ee] {ff} O'Neil");
    assert_eq!(world.get(&token, &format!("{PATH}?q={odd}")).status, 200);
}
