//! Bulk 2.0, rows out: pages, forms of values, what cannot be asked.

use crate::world::World;
use serde_json::{Value as Json, json};

const JOBS: &str = "/services/data/v60.0/jobs/query";

fn begin(world: &World, token: &str, soql: &str) -> String {
    let body = json!({"operation": "query", "query": soql});
    let made = world.call(token, "POST", JOBS, Some(&body)).expect(200);
    assert_eq!((&made["state"], &made["operation"]), (&json!("UploadComplete"), &json!("query")));
    made["id"].as_str().expect("an id").to_owned()
}

fn accounts(world: &World, token: &str, names: &[&str]) {
    for part in names.chunks(200) {
        let rows: Vec<Json> = part
            .iter()
            .map(|name| json!({"attributes": {"type": "Account"}, "Name": name, "AnnualRevenue": 10}))
            .collect();
        world
            .call(token, "POST", "/services/data/v60.0/composite/sobjects", Some(&json!({"records": rows})))
            .expect(200);
    }
}

#[test]
fn rows_come_in_pages_with_a_header_each_until_the_locator_says_null() {
    let world = World::new();
    let token = world.token(world.rep);
    let names: Vec<String> = (0..1203).map(|at| format!("Row {at:04}, \"x\"\nline")).collect();
    accounts(&world, &token, &names.iter().map(String::as_str).collect::<Vec<_>>());
    let id = begin(&world, &token, "SELECT name, Owner.lastname FROM account ORDER BY Name");
    let early = world.get(&token, &format!("{JOBS}/{id}/results"));
    assert_eq!(early.error(400).0, "INVALIDJOBSTATE");
    world.work();
    let done = world.get(&token, &format!("{JOBS}/{id}")).expect(200);
    assert_eq!((&done["state"], &done["jobType"]), (&json!("JobComplete"), &json!("V2Query")));
    assert_eq!((&done["numberRecordsProcessed"], &done["object"]), (&json!(1203), &json!("Account")));

    let header = "\"Name\",\"Owner.LastName\"\n";
    let whole = world.get(&token, &format!("{JOBS}/{id}/results"));
    assert_eq!((whole.header("sforce-locator"), whole.header("sforce-numberofrecords")), ("null", "1203"));
    let expected: String = names.iter().map(|name| format!("\"{}\",\"rep\"\n", name.replace('"', "\"\""))).collect();
    assert_eq!(whole.text, format!("{header}{expected}"));

    // Pages that do not fall together with the parts in which the rows are kept.
    let (mut rows, mut locator, mut pages) = (String::new(), String::new(), 0);
    while locator != "null" {
        let page = world.get(&token, &format!("{JOBS}/{id}/results?maxRecords=401&locator={locator}"));
        let page =
            if locator.is_empty() { world.get(&token, &format!("{JOBS}/{id}/results?maxRecords=401")) } else { page };
        rows.push_str(page.text.strip_prefix(header).expect("a header on each page"));
        assert_eq!(page.header("sforce-numberofrecords"), if pages == 3 { "0" } else { "401" });
        locator = page.header("sforce-locator").to_owned();
        pages += 1;
        if pages > 3 {
            break;
        }
    }
    assert_eq!((rows == expected, pages), (true, 3));
    let bad = world.get(&token, &format!("{JOBS}/{id}/results?locator=nonsense"));
    assert_eq!(bad.error(400).0, "INVALID_QUERY_LOCATOR");
    let bad = world.get(&token, &format!("{JOBS}/{id}/results?maxRecords=0"));
    assert_eq!(bad.error(400).0, "NUMBER_OUTSIDE_VALID_RANGE");
}

#[test]
fn values_have_the_form_of_files() {
    let world = World::new();
    let token = world.token(world.rep);
    let row = json!({"LastName": "Ada", "Birthdate": "1999-12-31", "DoNotCall": true});
    let contact = world.call(&token, "POST", "/services/data/v60.0/sobjects/Contact", Some(&row)).expect(201);
    accounts(&world, &token, &["Acme"]);
    let ask = |soql: &str| {
        let id = begin(&world, &token, soql);
        world.work();
        world.get(&token, &format!("{JOBS}/{id}/results")).text
    };
    let id = contact["id"].as_str().expect("an id");
    assert_eq!(
        ask("SELECT Id, Birthdate, DoNotCall, Account.Name, Name FROM Contact"),
        format!(
            "\"Id\",\"Birthdate\",\"DoNotCall\",\"Account.Name\",\"Name\"\n\"{id}\",\"1999-12-31\",\"true\",\"\",\"Ada\"\n"
        )
    );
    let stamps = ask("SELECT CreatedDate, AnnualRevenue, NumberOfEmployees FROM Account");
    let row = stamps.lines().nth(1).expect("a row");
    assert!(
        row.ends_with("Z\",\"10.0\",\"\"") && row.len() == "\"2026-11-21T08:21:19.000Z\",\"10.0\",\"\"".len(),
        "{row}"
    );
    assert_eq!(ask("SELECT Name FROM Account WHERE Name = 'none'"), "\"Name\"\n");
}

#[test]
fn deleted_rows_show_in_query_all_alone() {
    let world = World::new();
    let token = world.token(world.rep);
    accounts(&world, &token, &["Kept", "Gone"]);
    let gone = world.query(&token, "SELECT Id FROM Account WHERE Name = 'Gone'").expect(200);
    let gone = gone["records"][0]["Id"].as_str().expect("an id").to_owned();
    assert_eq!(
        world.call(&token, "DELETE", &format!("/services/data/v60.0/sobjects/Account/{gone}"), None).status,
        204
    );
    for (operation, expected) in
        [("query", "\"Kept\",\"false\"\n"), ("queryAll", "\"Gone\",\"true\"\n\"Kept\",\"false\"\n")]
    {
        let body = json!({"operation": operation, "query": "SELECT Name, IsDeleted FROM Account ORDER BY Name"});
        let made = world.call(&token, "POST", JOBS, Some(&body)).expect(200);
        world.work();
        let rows = world.get(&token, &format!("{JOBS}/{}/results", made["id"].as_str().expect("an id"))).text;
        assert_eq!(rows, format!("\"Name\",\"IsDeleted\"\n{expected}"), "{operation}");
    }
}

#[test]
fn a_query_that_no_file_can_hold_is_refused_when_it_is_asked() {
    let world = World::new();
    let token = world.token(world.rep);
    for (soql, code) in [
        ("SELECT COUNT() FROM Account", "FUNCTIONALITY_NOT_ENABLED"),
        ("SELECT Name, COUNT(Id) FROM Account GROUP BY Name", "FUNCTIONALITY_NOT_ENABLED"),
        ("SELECT MAX(AnnualRevenue) FROM Account", "FUNCTIONALITY_NOT_ENABLED"),
        ("SELECT Name, (SELECT LastName FROM Contacts) FROM Account", "FUNCTIONALITY_NOT_ENABLED"),
        ("SELECT TYPEOF Owner WHEN User THEN LastName END FROM Case", "FUNCTIONALITY_NOT_ENABLED"),
        ("SELECT Name FROM Account LIMIT 10 OFFSET 5", "FUNCTIONALITY_NOT_ENABLED"),
        ("SELECT BillingAddress FROM Account", "FUNCTIONALITY_NOT_ENABLED"),
        ("SELECT Body FROM Attachment", "FUNCTIONALITY_NOT_ENABLED"),
        ("SELEKT Name FROM Account", "MALFORMED_QUERY"),
        ("SELECT Nonsense FROM Account", "INVALID_FIELD"),
        ("SELECT Id FROM Nonsense", "INVALID_TYPE"),
        (" ", "MALFORMED_QUERY"),
    ] {
        let body = json!({"operation": "query", "query": soql});
        assert_eq!(world.call(&token, "POST", JOBS, Some(&body)).error(400).0, code, "{soql}");
    }
    let body = json!({"operation": "insert", "query": "SELECT Id FROM Account"});
    assert_eq!(world.call(&token, "POST", JOBS, Some(&body)).error(400).0, "INVALIDJOB");
}

#[test]
fn a_query_is_aborted_and_forgotten_and_other_peoples_rows_are_in_none() {
    let world = World::new();
    let (rep, admin) = (world.token(world.rep), world.token(world.admin));
    accounts(&world, &admin, &["The administrator's"]);
    let id = begin(&world, &rep, "SELECT Name FROM Account");
    let path = format!("{JOBS}/{id}");
    assert_eq!(world.call(&rep, "PATCH", &path, Some(&json!({"state": "Aborted"}))).expect(200)["state"], "Aborted");
    world.work();
    assert_eq!(world.get(&rep, &format!("{path}/results")).error(400).0, "INVALIDJOBSTATE");
    assert_eq!(world.call(&rep, "DELETE", &path, None).status, 204);
    let id = begin(&world, &admin, "SELECT Name FROM Account");
    world.work();
    assert_eq!(world.get(&rep, &format!("{JOBS}/{id}/results")).error(404).0, "NOT_FOUND");
    assert_eq!(world.get(&rep, &format!("{JOBS}/{id}")).error(404).0, "NOT_FOUND");
}
