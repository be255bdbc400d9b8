//! Bulk 1.0 as connectors speak it: JSON and XML, many batches, queries that are split.

use crate::world::{Answer, World};
use axum::body::Body;
use axum::http::Request;
use serde_json::{Value as Json, json};

const JOBS: &str = "/services/async/60.0/job";

/// A call with the token in the header of this interface.
fn ask(world: &World, token: &str, method: &str, path: &str, kind: &str, body: &str) -> Answer {
    ask_with(world, token, method, path, kind, &[], body)
}

fn ask_with(
    world: &World,
    token: &str,
    method: &str,
    path: &str,
    kind: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Answer {
    let mut request = Request::builder().method(method).uri(path).header("X-SFDC-Session", token);
    if !kind.is_empty() {
        request = request.header("content-type", kind);
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    world.send(request.body(Body::from(body.to_owned())).expect("a request"))
}

const JSON: &str = "application/json";
const XML: &str = "application/xml";

fn open(world: &World, token: &str, terms: &Json) -> String {
    let made = ask(world, token, "POST", JOBS, JSON, &terms.to_string()).expect(201);
    assert_eq!((&made["state"], &made["numberBatchesTotal"]), (&json!("Open"), &json!(0)));
    made["id"].as_str().expect("an id").to_owned()
}

fn add(world: &World, token: &str, job: &str, body: &str) -> String {
    let made = ask(world, token, "POST", &format!("{JOBS}/{job}/batch"), JSON, body);
    let id = match made.text.strip_prefix('{') {
        Some(_) => made.expect(201)["id"].as_str().map(str::to_owned),
        None => element(&made.text, "id"),
    };
    id.expect("an id")
}

fn element(text: &str, name: &str) -> Option<String> {
    let (_, rest) = text.split_once(&format!("<{name}>"))?;
    rest.split_once(&format!("</{name}>")).map(|(inner, _)| inner.to_owned())
}

fn refused(answer: &Answer, code: &str) {
    assert_eq!(answer.status, 400, "{}", answer.text);
    let told = match answer.text.strip_prefix('{') {
        Some(_) => {
            assert_eq!(answer.header("content-type"), JSON);
            answer.json()["exceptionCode"].as_str().map(str::to_owned)
        }
        None => element(&answer.text, "exceptionCode"),
    };
    assert_eq!(told.as_deref(), Some(code), "{}", answer.text);
}

#[test]
fn json_rows_are_saved_and_told_of_in_json() {
    let world = World::new();
    let token = world.token(world.admin);
    let parent = world.create("UpsertTable__c", &json!({"Name": "Parent", "Key__c": "p"}));
    // As simple-salesforce asks: the mode as a number.
    let terms = json!({"operation": "insert", "object": "UpsertTable__c", "concurrencyMode": 0, "contentType": "JSON"});
    let job = open(&world, &token, &terms);
    let rows = json!([
        {"Name": "One", "Number__c": 12.5, "Parent__r": {"Key__c": "p"}},
        {"Name": "Two", "Nonsense": 1},
        {"Name": "Three", "Number__c": null, "Parent__r": {"Key__c": "none"}},
        7,
    ]);
    let batch = add(&world, &token, &job, &rows.to_string());
    assert!(batch.starts_with("751"));
    let path = format!("{JOBS}/{job}/batch/{batch}");
    let closed = ask(&world, &token, "POST", &format!("{JOBS}/{job}"), JSON, &json!({"state": "Closed"}).to_string());
    assert_eq!(closed.expect(200)["state"], "Closed");
    refused(&ask(&world, &token, "POST", &format!("{JOBS}/{job}/batch"), JSON, "[]"), "InvalidJobState");
    world.work();
    let done = ask(&world, &token, "GET", &path, JSON, "").expect(200);
    assert_eq!((&done["state"], &done["jobId"]), (&json!("Completed"), &json!(job)));
    assert_eq!((&done["numberRecordsProcessed"], &done["numberRecordsFailed"]), (&json!(4), &json!(3)));
    let listed = ask(&world, &token, "GET", &format!("{JOBS}/{job}/batch"), JSON, "").expect(200);
    assert_eq!(listed["batchInfo"][0]["id"], batch.as_str());
    let results = ask(&world, &token, "GET", &format!("{path}/result"), JSON, "");
    assert_eq!(results.header("content-type"), JSON);
    let results = results.expect(200);
    let id = results[0]["id"].as_str().expect("an id");
    assert_eq!(results[0], json!({"success": true, "created": true, "id": id, "errors": []}));
    assert_eq!(
        results[1],
        json!({"success": false, "created": false, "id": null, "errors": [{
            "statusCode": "INVALID_FIELD",
            "message": "No such column 'Nonsense' on sobject of type UpsertTable__c",
            "fields": ["Nonsense"],
            "extendedErrorDetails": null,
        }]})
    );
    assert_eq!(results[2]["errors"][0]["statusCode"], "INVALID_FIELD");
    assert_eq!(results[3]["errors"][0]["statusCode"], "JSON_PARSER_ERROR");
    let saved =
        world.query(&token, &format!("SELECT Parent__c, Number__c FROM UpsertTable__c WHERE Id = '{id}'")).expect(200);
    assert_eq!((&saved["records"][0]["Parent__c"], &saved["records"][0]["Number__c"]), (&json!(parent), &json!(12.5)));
    let request = ask(&world, &token, "GET", &format!("{path}/request"), JSON, "");
    assert_eq!(request.json(), rows, "the body as it came");
    let whole = ask(&world, &token, "GET", &format!("{JOBS}/{job}"), JSON, "").expect(200);
    for (name, count) in [("numberBatchesCompleted", 1), ("numberRecordsProcessed", 4), ("numberRecordsFailed", 3)] {
        assert_eq!(whole[name], count, "{name}");
    }
}

#[test]
fn rows_of_a_query_come_in_json_with_instants_as_numbers() {
    let world = World::new();
    let token = world.token(world.rep);
    world.call(&token, "POST", "/services/data/v60.0/sobjects/Account", Some(&json!({"Name": "Acme"}))).expect(201);
    let job = open(&world, &token, &json!({"operation": "query", "object": "Account", "contentType": "JSON"}));
    let batch = add(&world, &token, &job, "SELECT Name, CreatedDate, Owner.LastName FROM Account");
    let path = format!("{JOBS}/{job}/batch/{batch}/result");
    refused(&ask(&world, &token, "GET", &path, JSON, ""), "InvalidJobState");
    world.work();
    let list = ask(&world, &token, "GET", &path, JSON, "").expect(200);
    let result = list[0].as_str().expect("an id");
    assert!(list.as_array().map(Vec::len) == Some(1) && result.starts_with("752"));
    let rows = ask(&world, &token, "GET", &format!("{path}/{result}"), JSON, "").expect(200);
    assert_eq!((&rows[0]["Name"], &rows[0]["attributes"]["type"]), (&json!("Acme"), &json!("Account")));
    assert!(rows[0]["CreatedDate"].as_i64().is_some_and(|ms| ms > 1_700_000_000_000), "{rows}");
    assert_eq!(rows[0]["Owner"]["LastName"], "rep");
    refused(&ask(&world, &token, "GET", &format!("{path}/752000000000999AAA"), JSON, ""), "InvalidBatch");
    let nothing = add(&world, &token, &job, "SELECT Name FROM Account WHERE Name = 'none'");
    world.work();
    let path = format!("{JOBS}/{job}/batch/{nothing}/result");
    let list = ask(&world, &token, "GET", &path, JSON, "").expect(200);
    let empty =
        ask(&world, &token, "GET", &format!("{path}/{}", list[0].as_str().expect("an id")), JSON, "").expect(200);
    assert_eq!(empty, json!([]));
}

#[test]
fn a_csv_job_made_in_json_is_told_of_in_xml_afterwards() {
    let world = World::new();
    let token = world.token(world.rep);
    let job = open(&world, &token, &json!({"operation": "insert", "object": "Account", "contentType": "CSV"}));
    let made = ask(&world, &token, "POST", &format!("{JOBS}/{job}/batch"), "text/csv", "Name\r\n\"A & B\"\r\n\"\"\r\n");
    assert_eq!((made.status, made.header("content-type")), (201, "application/xml"));
    assert!(
        made.text.contains("<batchInfo xmlns=\"http://www.force.com/2009/06/asyncapi/dataload\">"),
        "{}",
        made.text
    );
    let batch = element(&made.text, "id").expect("an id");
    world.work();
    let info = ask(&world, &token, "GET", &format!("{JOBS}/{job}/batch/{batch}"), JSON, "");
    assert_eq!(element(&info.text, "state").as_deref(), Some("Completed"));
    let results = ask(&world, &token, "GET", &format!("{JOBS}/{job}/batch/{batch}/result"), JSON, "");
    assert_eq!(results.header("content-type"), "text/csv;charset=UTF-8");
    let id = results.text.lines().nth(1).and_then(|row| row.get(1..19)).expect("a row").to_owned();
    assert_eq!(
        results.text,
        format!(
            "\"Id\",\"Success\",\"Created\",\"Error\"\n\"{id}\",\"true\",\"true\",\"\"\n\
             \"\",\"false\",\"false\",\"REQUIRED_FIELD_MISSING:Required fields are missing: [Name]:Name --\"\n"
        )
    );
}

#[test]
fn a_query_that_is_split_ends_not_processed_and_others_have_its_rows() {
    let world = World::new();
    let token = world.token(world.rep);
    let rows: Vec<Json> =
        (0..50).map(|at| json!({"attributes": {"type": "Account"}, "Name": format!("Row {at:02}")})).collect();
    world.call(&token, "POST", "/services/data/v60.0/composite/sobjects", Some(&json!({"records": rows}))).expect(200);
    let terms = json!({"operation": "queryAll", "object": "Account", "contentType": "CSV"});
    let header = [("Sforce-Enable-PKChunking", "chunkSize=20; startRow=001000000000000")];
    let job = ask_with(&world, &token, "POST", JOBS, JSON, &header, &terms.to_string()).expect(201);
    let job = job["id"].as_str().expect("an id");
    add(&world, &token, job, "SELECT Name FROM Account");
    world.work();
    let list = ask(&world, &token, "GET", &format!("{JOBS}/{job}/batch"), JSON, "").text;
    let states: Vec<&str> = list.split("<state>").skip(1).filter_map(|rest| rest.split("</state>").next()).collect();
    assert_eq!(states, ["NotProcessed", "Completed", "Completed", "Completed"]);
    let mut names = Vec::new();
    for batch in list.split("<id>").skip(2).filter_map(|rest| rest.split("</id>").next()) {
        let path = format!("{JOBS}/{job}/batch/{batch}/result");
        let result = element(&ask(&world, &token, "GET", &path, "", "").text, "result").expect("a result");
        let rows = ask(&world, &token, "GET", &format!("{path}/{result}"), "", "").text;
        names.extend(rows.lines().skip(1).map(str::to_owned));
    }
    names.sort();
    assert_eq!(names, (0..50).map(|at| format!("\"Row {at:02}\"")).collect::<Vec<_>>());
    let bad = [("Sforce-Enable-PKChunking", "chunkSize=0")];
    refused(&ask_with(&world, &token, "POST", JOBS, JSON, &bad, &terms.to_string()), "InvalidJob");
}

#[test]
fn what_is_wrong_is_told_in_the_words_of_this_interface() {
    let world = World::new();
    let token = world.token(world.rep);
    let job = open(&world, &token, &json!({"operation": "insert", "object": "Account", "contentType": "JSON"}));
    let batches = format!("{JOBS}/{job}/batch");
    refused(&ask(&world, &token, "POST", &batches, JSON, ""), "ClientInputError");
    refused(&ask(&world, &token, "POST", &batches, JSON, "{\"Name\": 1}"), "InvalidBatch");
    refused(&ask(&world, &token, "POST", &batches, JSON, "[{\"Name\": \"x\"}"), "InvalidBatch");
    let many = format!("[{}{{}}]", "{},".repeat(10_000));
    refused(&ask(&world, &token, "POST", &batches, JSON, &many), "InvalidBatch");
    let large = format!("[{{\"Name\": \"{}\"}}]", "x".repeat(10_000_000));
    refused(&ask(&world, &token, "POST", &batches, JSON, &large), "ExceededQuota");
    refused(&ask(&world, &token, "GET", &format!("{JOBS}/750000000009999AAA"), JSON, ""), "InvalidJob");
    refused(&ask(&world, &token, "GET", &format!("{JOBS}/750000000009999AAA"), "", ""), "InvalidJob");
    refused(&ask(&world, &token, "GET", &format!("{batches}/751000000009999AAA"), JSON, ""), "InvalidBatch");
    refused(&ask(&world, &world.token(world.nobody), "GET", &format!("{JOBS}/{job}"), JSON, ""), "InvalidJob");
    refused(&ask(&world, "nobody", "GET", &format!("{JOBS}/{job}"), JSON, ""), "InvalidSessionId");
    for (terms, code) in [
        (json!({"operation": "insert", "object": "Nonsense", "contentType": "JSON"}), "InvalidEntity"),
        (json!({"operation": "insert", "object": "Account", "contentType": "ZIP_CSV"}), "InvalidJob"),
        (json!({"operation": "upsert", "object": "Account", "contentType": "JSON"}), "InvalidJob"),
        (json!({"operation": "merge", "object": "Account"}), "InvalidJob"),
        (json!({"object": "Account"}), "InvalidJob"),
        (json!([]), "InvalidJob"),
    ] {
        refused(&ask(&world, &token, "POST", JOBS, JSON, &terms.to_string()), code);
    }
    let query = open(&world, &token, &json!({"operation": "query", "object": "Account", "contentType": "CSV"}));
    refused(
        &ask(&world, &token, "POST", &format!("{JOBS}/{query}/batch"), "", "SELECT Nonsense FROM Account"),
        "InvalidBatch",
    );
}

#[test]
fn xml_rows_are_saved_and_told_of_in_xml_and_a_query_gives_them_back() {
    let world = World::new();
    let token = world.token(world.admin);
    world.create("UpsertTable__c", &json!({"Name": "Parent", "Key__c": "p"}));
    // Without a content type a job takes XML.
    let terms = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><jobInfo xmlns=\"http://www.force.com/2009/06/asyncapi/dataload\">\
        <operation>insert</operation><object>UpsertTable__c</object></jobInfo>";
    let made = ask(&world, &token, "POST", JOBS, XML, terms);
    assert_eq!((made.status, element(&made.text, "contentType").as_deref()), (201, Some("XML")));
    let job = element(&made.text, "id").expect("an id");
    let rows = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<sObjects xmlns=\"http://www.force.com/2009/06/asyncapi/dataload\" \
        xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\n\
        <sObject><Name>A &amp; B</Name><Number__c>12.5</Number__c><Parent__r><sObject><Key__c>p</Key__c></sObject></Parent__r></sObject>\n\
        <sObject><Name>Two</Name><Nonsense>1</Nonsense></sObject>\n\
        <sObject><Name>Three</Name><Number__c xsi:nil=\"true\"/><Key__c/></sObject>\n</sObjects>";
    let batch = add(&world, &token, &job, rows);
    let path = format!("{JOBS}/{job}/batch/{batch}");
    world.work();
    let told = ask(&world, &token, "GET", &path, XML, "").text;
    assert_eq!(element(&told, "state").as_deref(), Some("Completed"));
    assert_eq!(element(&told, "numberRecordsFailed").as_deref(), Some("1"));
    assert_eq!(ask(&world, &token, "GET", &format!("{path}/request"), XML, "").text, rows, "the body as it came");
    let results = ask(&world, &token, "GET", &format!("{path}/result"), XML, "");
    assert_eq!(results.header("content-type"), "application/xml");
    let each: Vec<&str> = results.text.split("<result>").skip(1).collect();
    let id = element(each[0], "id").expect("an id");
    let good = format!("<id>{id}</id><success>true</success><created>true</created></result>");
    assert_eq!(each[0], good);
    assert_eq!(
        each[1],
        "<errors><fields>Nonsense</fields><message>No such column &apos;Nonsense&apos; on sobject of type \
         UpsertTable__c</message><statusCode>INVALID_FIELD</statusCode></errors><success>false</success>\
         <created>false</created></result>"
    );
    assert!(each[2].ends_with("<success>true</success><created>true</created></result></results>"), "{}", each[2]);

    let terms = json!({"operation": "query", "object": "UpsertTable__c", "contentType": "XML"});
    let query = open(&world, &token, &terms);
    let soql = format!(
        "SELECT Id, Name, Number__c, Key__c, Parent__r.Name, CreatedDate FROM UpsertTable__c WHERE Id = '{id}'"
    );
    let batch = add(&world, &token, &query, &soql);
    world.work();
    let path = format!("{JOBS}/{query}/batch/{batch}/result");
    let result = element(&ask(&world, &token, "GET", &path, XML, "").text, "result").expect("a result");
    let answer = ask(&world, &token, "GET", &format!("{path}/{result}"), XML, "");
    assert_eq!(answer.header("content-type"), "application/xml");
    let created = element(&answer.text, "CreatedDate").expect("an instant");
    assert!(created.ends_with("Z"), "{created}");
    assert_eq!(
        answer.text,
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><queryResult xmlns=\"http://www.force.com/2009/06/asyncapi/dataload\" \
             xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><records xsi:type=\"sObject\"><type>UpsertTable__c</type>\
             <Id>{id}</Id><Name>A &amp; B</Name><Number__c>12.5</Number__c><Key__c xsi:nil=\"true\"/>\
             <Parent__r xsi:type=\"sObject\"><type>UpsertTable__c</type><Name>Parent</Name></Parent__r>\
             <CreatedDate>{created}</CreatedDate></records></queryResult>"
        )
    );
    refused(&ask(&world, &token, "POST", &format!("{JOBS}/{job}/batch"), XML, "<sObjects><sObject>"), "InvalidBatch");
    let many = format!("<sObjects>{}</sObjects>", "<sObject/>".repeat(10_001));
    refused(&ask(&world, &token, "POST", &format!("{JOBS}/{job}/batch"), XML, &many), "InvalidBatch");
}
