//! Requests that nobody sends by accident: each is answered with an error that names its code, or carried out exactly;
//! none brings the server down, and none leaves anything half-written.

use crate::api::{Api, Reply};
use crate::place::Site;
use serde_json::{Value, json};

fn on_both_stores(test: impl Fn(&Api)) {
    for site in [Site::embedded(), Site::postgres()] {
        let server = site.serve();
        test(&site.api(&server));
        assert!(!server.log().contains("panicked"), "{}", server.log());
        server.kill();
    }
}

/// The code of a refusal that is the caller's to repair.
fn refused(what: &str, reply: &Reply) -> String {
    assert!((400..500).contains(&reply.status), "{what}: {} {}", reply.status, reply.body);
    let code = reply.body[0]["errorCode"].as_str().unwrap_or_else(|| panic!("{what}: {}", reply.body));
    assert!(!reply.body[0]["message"].as_str().unwrap_or_default().is_empty(), "{what}: {}", reply.body);
    code.to_owned()
}

fn encoded(soql: &str) -> String {
    percent_encoding::utf8_percent_encode(soql, percent_encoding::NON_ALPHANUMERIC).to_string()
}

#[test]
fn a_body_that_makes_no_record_is_refused_and_leaves_nothing() {
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    let bodies = [
        ("no JSON", "{".to_owned()),
        ("nothing", String::new()),
        ("another type", "[]".to_owned()),
        ("a depth that no reader should follow", format!(r#"{{"Name": {deep}}}"#)),
        ("a number that is none", r#"{"Name": "x", "AnnualRevenue": NaN}"#.to_owned()),
        ("a number beyond any field", r#"{"Name": "x", "AnnualRevenue": 1e400}"#.to_owned()),
        (
            "a number of more digits than a field has",
            r#"{"Name": "x", "AnnualRevenue": 12345678901234567890123}"#.to_owned(),
        ),
        ("a number as an object", r#"{"Name": "x", "AnnualRevenue": {"a": 1}}"#.to_owned()),
        ("a fraction of a person", r#"{"Name": "x", "NumberOfEmployees": 1.5}"#.to_owned()),
        ("half of a character", r#"{"Name": "a\ud800b"}"#.to_owned()),
        ("a field that is not there", r#"{"Name": "x", "Nope__c": 1}"#.to_owned()),
        ("a text longer than its field", json!({"Name": "x".repeat(1_000_000)}).to_string()),
        ("a long text longer than its field", json!({"Name": "x", "Description": "x".repeat(1_000_000)}).to_string()),
        ("an id that is none", r#"{"Name": "x", "ParentId": "001'; DROP TABLE"}"#.to_owned()),
        ("an id of nothing", r#"{"Name": "x", "ParentId": "001000000000000AAA"}"#.to_owned()),
    ];
    on_both_stores(|api| {
        for (what, body) in &bodies {
            refused(what, &api.send("POST", "sobjects/Account", body.clone()).expect("an answer"));
        }
        for (what, date) in [
            ("no day", "2026-02-30"),
            ("a month too many", "2026-13-01"),
            ("no year", "0000-00-00"),
            ("far beyond", "99999-01-01"),
            ("words", "tomorrow"),
            ("a number", "20260101"),
        ] {
            let body = json!({"Name": "x", "StageName": "Prospecting", "CloseDate": date});
            refused(what, &api.call("POST", "sobjects/Opportunity", Some(&body)).expect("an answer"));
        }
        assert_eq!(api.query("SELECT Id FROM Account").len() + api.query("SELECT Id FROM Opportunity").len(), 0);
    });
}

#[test]
fn a_text_of_any_characters_comes_back_as_it_was_sent() {
    let texts = [
        "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 👩‍👩‍👧 e\u{301} \u{202e}right to left\u{202c}",
        "' OR 1=1 -- \" ; \\ % _",
        "İstanbul ß ẞ ς Σ ﬁ",
        "<script>alert(1)</script> &amp; ]]>",
        "\u{feff}bom \u{200b}zero \u{fffd}",
        "line\nbreak\ttab",
    ];
    on_both_stores(|api| {
        for text in texts {
            let reply = api.call("POST", "sobjects/Account", Some(&json!({"Name": "x", "Description": text})));
            let body = reply.expect("an answer").body;
            let id = body["id"].as_str().unwrap_or_else(|| panic!("{text:?}: {body}"));
            let read = api.call("GET", &format!("sobjects/Account/{id}"), None).expect("an answer");
            assert_eq!(read.body["Description"], text);
        }
        // PostgreSQL keeps no NUL; both stores refuse it.
        let nul = api.send("POST", "sobjects/Account", r#"{"Name": "a\u0000b"}"#.to_owned()).expect("an answer");
        refused("a NUL", &nul);
    });
}

#[test]
fn a_query_that_asks_too_much_is_refused_by_the_name_of_the_limit() {
    let deep = format!("SELECT Id FROM Account WHERE {}Name = 'x'{}", "(".repeat(5_000), ")".repeat(5_000));
    let negated = format!("SELECT Id FROM Account WHERE {} Name = 'x'", "NOT ".repeat(5_000));
    let path = format!("SELECT {}Name FROM Account", "Parent.".repeat(500));
    let long = format!("SELECT Id FROM Account WHERE Name = '{}'", "x".repeat(120_000));
    let many = format!("SELECT Id FROM Account WHERE Name IN ({})", vec!["'x'"; 30_000].join(","));
    let nested =
        (0..50).fold("SELECT Id FROM Contacts".to_owned(), |inner, _| format!("SELECT Id, ({inner}) FROM Contacts"));
    let queries = [deep, negated, path, long, many, nested.replacen("FROM Contacts", "FROM Account", 1)];
    on_both_stores(|api| {
        for soql in &queries {
            // In the body of a batch, for an address has a limit of its own that would answer first.
            let body = json!({"batchRequests": [{"method": "GET", "url": format!("v60.0/query?q={}", encoded(soql))}]});
            let reply = api.call("POST", "composite/batch", Some(&body)).expect("an answer");
            let part = &reply.body["results"][0];
            let status = part["statusCode"].as_u64().unwrap_or_else(|| u64::from(reply.status));
            assert!((400..500).contains(&status), "{}: {}", &soql[..60], reply.body);
        }
    });
}

#[test]
fn records_that_point_in_a_circle_stop_nobody() {
    on_both_stores(|api| {
        let made = |parent: Value| {
            let body = json!({"Name": "Ring", "ParentId": parent});
            let reply = api.call("POST", "sobjects/Account", Some(&body)).expect("an answer");
            reply.body["id"].as_str().unwrap_or_else(|| panic!("{}", reply.body)).to_owned()
        };
        let first = made(Value::Null);
        let second = made(json!(first));
        let closing = api.call("PATCH", &format!("sobjects/Account/{first}"), Some(&json!({"ParentId": second})));
        let closing = closing.expect("an answer");
        assert!(closing.status == 204 || refused("a circle", &closing) != "UNKNOWN_EXCEPTION");
        assert_eq!(api.query("SELECT Id, Parent.Parent.Parent.Parent.Parent.Name FROM Account").len(), 2);
        let gone = api.call("DELETE", &format!("sobjects/Account/{first}"), None).expect("an answer");
        assert!(gone.status < 500, "{}", gone.body);
    });
}
