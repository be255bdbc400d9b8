//! Bulk 2.0, rows in: each call of the interface, good files and broken ones.

use crate::world::{Answer, World};
use axum::body::{Body, Bytes};
use axum::http::Request;
use serde_json::{Value as Json, json};

const JOBS: &str = "/services/data/v60.0/jobs/ingest";

/// `Name`, `Packed`, each on a line, through gzip.
const PACKED: &[u8] =
    b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xf3\x4b\xcc\x4d\xe5\x0a\x48\x4c\xce\x4e\x4d\xe1\x02\x00\x3b\xba\x60\xed\x0c\x00\x00\x00";

/// Makes a job of these terms.
fn open(world: &World, token: &str, terms: &Json) -> String {
    let made = world.call(token, "POST", JOBS, Some(terms)).expect(200);
    made["id"].as_str().expect("an id").to_owned()
}

fn close(world: &World, token: &str, id: &str) -> Json {
    world.call(token, "PATCH", &format!("{JOBS}/{id}"), Some(&json!({"state": "UploadComplete"}))).expect(200)
}

/// A job that is done.
fn run(world: &World, token: &str, terms: &Json, rows: impl Into<Body>) -> String {
    let id = open(world, token, terms);
    assert_eq!(world.put_csv(token, &format!("{JOBS}/{id}/batches"), rows).status, 201);
    assert_eq!(close(world, token, &id)["state"], "UploadComplete");
    world.work();
    id
}

fn job(world: &World, token: &str, id: &str) -> Json {
    world.get(token, &format!("{JOBS}/{id}")).expect(200)
}

fn results(world: &World, token: &str, id: &str, which: &str) -> String {
    let answer = world.get(token, &format!("{JOBS}/{id}/{which}"));
    assert_eq!((answer.status, answer.header("content-type")), (200, "text/csv;charset=UTF-8"), "{}", answer.text);
    answer.text
}

fn insert() -> Json {
    json!({"object": "account", "operation": "insert"})
}

/// The ids of created rows, from a list of successful results.
fn ids(results: &str) -> Vec<String> {
    let ids = results.lines().skip(1).filter_map(|line| line.strip_prefix('"')?.split_once("\",\"true\""));
    ids.map(|(id, _)| id.to_owned()).collect()
}

#[test]
fn rows_are_saved_one_by_one_and_told_of_one_by_one() {
    let world = World::new();
    let token = world.token(world.rep);
    let made = world.call(&token, "POST", JOBS, Some(&insert())).expect(200);
    let id = made["id"].as_str().expect("an id");
    assert!(id.starts_with("750") && id.len() == 18);
    for (name, value) in [
        ("object", json!("Account")),
        ("operation", json!("insert")),
        ("state", json!("Open")),
        ("contentType", json!("CSV")),
        ("apiVersion", json!(60.0)),
        ("lineEnding", json!("LF")),
        ("columnDelimiter", json!("COMMA")),
        ("concurrencyMode", json!("Parallel")),
        ("contentUrl", json!(format!("services/data/v60.0/jobs/ingest/{id}/batches"))),
        ("createdById", json!(world.rep.to_string())),
    ] {
        assert_eq!(made[name], value, "{name}");
    }
    let begun = job(&world, &token, id);
    assert_eq!((&begun["numberRecordsProcessed"], &begun["numberRecordsFailed"]), (&json!(0), &json!(0)));

    let rows =
        "\u{feff}name,ANNUALREVENUE,Description\n\"Acme, \"\"Inc\"\"\",1.39E+08,\"two\nlines\"\n\n,5,\nPlain,#N/A,\n";
    let uploaded = world.put_csv(&token, &format!("{JOBS}/{id}/batches/"), rows);
    assert_eq!((uploaded.status, uploaded.text.as_str()), (201, ""));
    close(&world, &token, id);
    world.work();
    let done = job(&world, &token, id);
    assert_eq!((&done["state"], &done["jobType"]), (&json!("JobComplete"), &json!("V2Ingest")));
    assert_eq!((&done["numberRecordsProcessed"], &done["numberRecordsFailed"]), (&json!(3), &json!(1)));

    let good = results(&world, &token, id, "successfulResults");
    let made = ids(&good);
    assert_eq!(
        good,
        format!(
            "\"sf__Id\",\"sf__Created\",\"name\",\"ANNUALREVENUE\",\"Description\"\n\
             \"{}\",\"true\",\"Acme, \"\"Inc\"\"\",\"1.39E+08\",\"two\nlines\"\n\"{}\",\"true\",\"Plain\",\"#N/A\",\"\"\n",
            made[0], made[1],
        )
    );
    assert_eq!(
        results(&world, &token, id, "failedResults"),
        "\"sf__Id\",\"sf__Error\",\"name\",\"ANNUALREVENUE\",\"Description\"\n\
         \"\",\"REQUIRED_FIELD_MISSING:Required fields are missing: [Name]:Name --\",\"\",\"5\",\"\"\n"
    );
    assert_eq!(results(&world, &token, id, "unprocessedRecords"), "\"name\",\"ANNUALREVENUE\",\"Description\"\n");
    let saved = world.get(&token, &format!("/services/data/v60.0/sobjects/Account/{}", made[0])).expect(200);
    assert_eq!((&saved["Name"], &saved["AnnualRevenue"]), (&json!("Acme, \"Inc\""), &json!(139_000_000.0)));
    assert_eq!(saved["OwnerId"], world.rep.to_string());
}

#[test]
fn every_operation_does_what_it_says() {
    let world = World::new();
    let token = world.token(world.admin);
    let table = |operation: &str| json!({"object": "UpsertTable__c", "operation": operation});
    let made = run(&world, &token, &table("insert"), "Name,Key__c\nOne,k1\nTwo,k2\n");
    let made = ids(&results(&world, &token, &made, "successfulResults"));

    let update = format!("Id,Name,Key__c\n{},Uno,\n{},,#N/A\na00000000009999,x,\n", made[0], &made[1][..15]);
    let updated = run(&world, &token, &table("update"), update);
    assert_eq!(job(&world, &token, &updated)["numberRecordsFailed"], 1);
    let good = results(&world, &token, &updated, "successfulResults");
    assert!(good.contains(&format!("\"{}\",\"false\",", made[1])), "{good}");
    let failed = results(&world, &token, &updated, "failedResults");
    assert!(failed.contains("\"a00000000009999"), "the row names the record that it asked for: {failed}");
    let now = world.query(&token, "SELECT Name, Key__c FROM UpsertTable__c ORDER BY Name").expect(200);
    assert_eq!(now["records"][0]["Name"], "Two", "a cell without a text leaves the field as it is");
    assert_eq!(now["records"][0]["Key__c"], Json::Null);
    assert_eq!(now["records"][1]["Key__c"], "k1");

    let terms = json!({"object": "UpsertTable__c", "operation": "upsert", "externalIdFieldName": "key__c"});
    // As jsforce writes it: a column Id that says nothing.
    let upserted = run(
        &world,
        &token,
        &terms,
        "Id,Key__c,Name,Parent__r.Key__c\n#N/A,k1,Eins,\n#N/A,k3,Three,k1\n#N/A,k4,x,none\n",
    );
    let good = results(&world, &token, &upserted, "successfulResults");
    assert!(good.contains(&format!("\"{}\",\"false\",", made[0])), "{good}");
    assert!(good.contains("\"true\",\"#N/A\",\"k3\""), "{good}");
    let failed = results(&world, &token, &upserted, "failedResults");
    assert!(failed.contains("Foreign key external ID: none not found for field Key__c"), "{failed}");
    let child = world.query(&token, "SELECT Parent__c FROM UpsertTable__c WHERE Key__c = 'k3'").expect(200);
    assert_eq!(child["records"][0]["Parent__c"], made[0].as_str());

    let deleted = run(&world, &token, &table("delete"), format!("Id\n{}\n{}\n", made[1], made[1]));
    assert_eq!(job(&world, &token, &deleted)["numberRecordsFailed"], 1, "a row is deleted once");
    let gone = run(&world, &token, &table("hardDelete"), format!("Id\n{}\n", made[0]));
    assert_eq!(job(&world, &token, &gone)["numberRecordsFailed"], 0);
    let left =
        world.get(&token, "/services/data/v60.0/queryAll?q=SELECT+Name,IsDeleted+FROM+UpsertTable__c+ORDER+BY+Name");
    let left = left.expect(200);
    assert_eq!((&left["totalSize"], &left["records"][1]["IsDeleted"]), (&json!(2), &json!(true)));
}

/// A file that stops: what of it is saved, what the job says, what is left.
fn stops(world: &World, terms: &Json, file: impl Into<Bytes>, message: &str, saved: usize, rest: &str) {
    let token = world.token(world.rep);
    let file = file.into();
    let id = run(world, &token, terms, Body::from(file.clone()));
    let done = job(world, &token, &id);
    let shown = String::from_utf8_lossy(&file).into_owned();
    assert_eq!((&done["state"], &done["errorMessage"]), (&json!("Failed"), &json!(message)), "{shown:?}");
    assert_eq!(results(world, &token, &id, "successfulResults").lines().count(), saved + 1, "{shown:?}");
    assert_eq!(results(world, &token, &id, "unprocessedrecords"), rest, "{shown:?}");
}

#[test]
fn a_file_that_cannot_be_read_on_fails_the_job_and_says_what_is_left() {
    let world = World::new();
    let crlf = json!({"object": "Account", "operation": "insert", "lineEnding": "CRLF"});
    let ending =
        |word: &str| format!("InvalidBatch : LineEnding is invalid on user data. Current LineEnding setting is {word}");
    let closing = "a value goes on behind its closing quote; a quote inside of a value is written twice.";
    let quote = format!("InvalidBatch : Line 3: {closing}");
    for (terms, file, message, saved, rest) in [
        (
            insert(),
            "Name,Nonsense\nx,y\n",
            "InvalidBatch : Field name not found : Nonsense",
            0,
            "\"Name\",\"Nonsense\"\n\"x\",\"y\"\n",
        ),
        (
            insert(),
            "Name;Site\nx;y\n",
            "InvalidBatch : Field name not found : Name;Site",
            0,
            "\"Name;Site\"\n\"x;y\"\n",
        ),
        (
            insert(),
            "Name,name\nx,y\n",
            "InvalidBatch : Field name given twice : name",
            0,
            "\"Name\",\"name\"\n\"x\",\"y\"\n",
        ),
        (insert(), "Name,\nx,y\n", "InvalidBatch : Field name not found : ", 0, "\"Name\",\"\"\n\"x\",\"y\"\n"),
        (
            insert(),
            "Name,Site\na,b\nc\nd,e\n",
            "InvalidBatch : Line 3: the row has 1 values, the header 2.",
            1,
            "\"Name\",\"Site\"\n\"c\"\n\"d\",\"e\"\n",
        ),
        (
            insert(),
            "Name,Site\na,b\nc,d,e\n",
            "InvalidBatch : Line 3: the row has 3 values, the header 2.",
            1,
            "\"Name\",\"Site\"\n\"c\",\"d\",\"e\"\n",
        ),
        (insert(), "Name,Site\na,b\n\"c\"d,e\nf,g\n", &quote, 1, "\"Name\",\"Site\"\n\"cd\",\"e\"\n\"f\",\"g\"\n"),
        (
            insert(),
            "Name\na\n\"b\nc\n",
            "InvalidBatch : Line 3: a quoted value is not closed.",
            1,
            "\"Name\"\n\"b\nc\n\"\n",
        ),
        (insert(), "Name\r\na\r\n", &ending("LF"), 0, "\"Name\r\"\n\"a\r\"\n"),
        (crlf.clone(), "Name\na\n", &ending("CRLF"), 0, "\"Name\"\r\n\"a\"\r\n"),
        (
            json!({"object": "Account", "operation": "update"}),
            "Name\na\n",
            "InvalidBatch : Field name not found : Id. The rows of this job name their records in a column Id.",
            0,
            "\"Name\"\n\"a\"\n",
        ),
        (
            json!({"object": "Account", "operation": "delete"}),
            "Id,Name\n001000000000001,x\n",
            "InvalidBatch : A delete takes the column Id alone, not : Name",
            0,
            "\"Id\",\"Name\"\n\"001000000000001\",\"x\"\n",
        ),
    ] {
        stops(&world, &terms, file, message, saved, rest);
    }
    let mut bytes = b"Name\na\n".to_vec();
    bytes.extend(b"caf\xe9\n");
    let id = run(&world, &world.token(world.rep), &insert(), bytes);
    assert_eq!(
        job(&world, &world.token(world.rep), &id)["errorMessage"],
        "InvalidBatch : Line 3: the text is not UTF-8."
    );
}

#[test]
fn delimiters_and_line_endings_are_taken_as_announced() {
    let world = World::new();
    let token = world.token(world.rep);
    for (word, byte) in
        [("COMMA", ','), ("TAB", '\t'), ("PIPE", '|'), ("SEMICOLON", ';'), ("CARET", '^'), ("BACKQUOTE", '`')]
    {
        for (ending, line) in [("LF", "\n"), ("CRLF", "\r\n")] {
            let terms =
                json!({"object": "Account", "operation": "insert", "columnDelimiter": word, "lineEnding": ending});
            let file = format!("Name{byte}Site{line}\"a{byte}b\"{byte}s{line}");
            let id = run(&world, &token, &terms, file);
            let good = results(&world, &token, &id, "successfulResults");
            let made = good.lines().nth(1).and_then(|row| row.get(1..19)).expect("a row");
            assert_eq!(
                good,
                format!(
                    "\"sf__Id\"{byte}\"sf__Created\"{byte}\"Name\"{byte}\"Site\"{line}\
                     \"{}\"{byte}\"true\"{byte}\"a{byte}b\"{byte}\"s\"{line}",
                    made
                ),
                "{word} {ending}"
            );
        }
    }
}

#[test]
fn a_job_without_rows_is_complete() {
    let world = World::new();
    let token = world.token(world.rep);
    let nothing = open(&world, &token, &insert());
    assert_eq!(close(&world, &token, &nothing)["state"], "JobComplete");
    assert_eq!(results(&world, &token, &nothing, "successfulResults"), "\"sf__Id\",\"sf__Created\"\n");
    for file in ["", "Name\n", "Name"] {
        let id = run(&world, &token, &insert(), file);
        let done = job(&world, &token, &id);
        assert_eq!((&done["state"], &done["numberRecordsProcessed"]), (&json!("JobComplete"), &json!(0)), "{file:?}");
    }
}

#[test]
fn calls_in_the_wrong_state_are_refused() {
    let world = World::new();
    let token = world.token(world.rep);
    let id = open(&world, &token, &insert());
    let batches = format!("{JOBS}/{id}/batches");
    let wrong = |answer: Answer| assert_eq!(answer.error(400).0, "INVALIDJOBSTATE", "{}", answer.text);
    let patch = |state: &str| world.call(&token, "PATCH", &format!("{JOBS}/{id}"), Some(&json!({"state": state})));
    wrong(world.get(&token, &format!("{JOBS}/{id}/successfulResults")));
    assert_eq!(world.put_csv(&token, &batches, "Name\na\n").status, 201);
    wrong(world.put_csv(&token, &batches, "Name\nb\n"));
    wrong(patch("JobComplete"));
    patch("UploadComplete").expect(200);
    wrong(world.put_csv(&token, &batches, "Name\nb\n"));
    world.work();
    wrong(patch("UploadComplete"));
    wrong(patch("Aborted"));
    assert_eq!(results(&world, &token, &id, "successfulResults").lines().count(), 2);
    assert_eq!(world.call(&token, "DELETE", &format!("{JOBS}/{id}"), None).status, 204);
    assert_eq!(world.get(&token, &format!("{JOBS}/{id}")).error(404).0, "NOT_FOUND");

    let aborted = open(&world, &token, &insert());
    world.put_csv(&token, &format!("{JOBS}/{aborted}/batches"), "Name\na\n");
    let path = format!("{JOBS}/{aborted}");
    assert_eq!(world.call(&token, "PATCH", &path, Some(&json!({"state": "Aborted"}))).expect(200)["state"], "Aborted");
    world.work();
    assert_eq!(results(&world, &token, &aborted, "unprocessedrecords"), "\"Name\"\n\"a\"\n");
    for terms in [
        json!({"object": "Account", "operation": "merge"}),
        json!({"object": "Account", "operation": "query"}),
        json!({"object": "Account"}),
        json!({"operation": "insert"}),
        json!({"object": "Account", "operation": "upsert"}),
        json!({"object": "Account", "operation": "insert", "contentType": "XML"}),
        json!({"object": "Account", "operation": "insert", "columnDelimiter": "SPACE"}),
    ] {
        assert_eq!(world.call(&token, "POST", JOBS, Some(&terms)).error(400).0, "INVALIDJOB", "{terms}");
    }
    let unknown = json!({"object": "Nonsense", "operation": "insert"});
    assert_eq!(world.call(&token, "POST", JOBS, Some(&unknown)).error(400).0, "INVALID_TYPE");
}

#[test]
fn a_job_is_its_creators_and_its_results_are_nobody_elses() {
    let world = World::new();
    let (rep, admin) = (world.token(world.rep), world.token(world.admin));
    let id = run(&world, &rep, &insert(), "Name\nSecret\n");
    let others = world.token(world.nobody);
    for path in ["", "/successfulResults", "/failedResults", "/unprocessedrecords"] {
        assert_eq!(world.get(&others, &format!("{JOBS}/{id}{path}")).error(404).0, "NOT_FOUND", "{path}");
    }
    // Who may change all data looks after jobs, and still reads nobody's rows.
    assert_eq!(job(&world, &admin, &id)["state"], "JobComplete");
    assert_eq!(world.get(&admin, &format!("{JOBS}/{id}/successfulResults")).error(404).0, "NOT_FOUND");
    let listed = |token: &str| world.get(token, JOBS).expect(200);
    assert_eq!(listed(&others)["records"], json!([]));
    assert_eq!((&listed(&rep)["records"][0]["id"], &listed(&rep)["done"]), (&json!(id), &json!(true)));
    assert_eq!(listed(&admin)["records"][0]["id"], id);
    for unknown in ["750000000009999AAA", "001000000000001AAA", "nonsense"] {
        assert_eq!(world.get(&rep, &format!("{JOBS}/{unknown}")).error(404).0, "NOT_FOUND", "{unknown}");
    }
}

#[test]
fn an_upload_is_taken_in_pieces_and_compressed_and_leaves_nothing_when_it_breaks_off() {
    let world = World::new();
    let token = world.token(world.rep);
    let pieces = |broken: bool| {
        let parts = ["Name\nOn", "e\n\"T", "wo\"\n"].into_iter().map(|part| Ok(Bytes::from(part)));
        let end = broken.then(|| Err(std::io::Error::other("the connection was reset")));
        Body::from_stream(futures_util::stream::iter(parts.chain(end)))
    };
    let id = run(&world, &token, &insert(), pieces(false));
    assert_eq!(job(&world, &token, &id)["numberRecordsProcessed"], 2);

    let send = |id: &str, body: Vec<u8>| {
        let request = Request::builder()
            .method("PUT")
            .uri(format!("{JOBS}/{id}/batches"))
            .header("authorization", format!("Bearer {token}"))
            .header("content-encoding", "gzip");
        world.send(request.body(Body::from(body)).expect("a request"))
    };
    let zipped = open(&world, &token, &insert());
    assert_eq!(send(&zipped, PACKED.to_vec()).status, 201);
    close(&world, &token, &zipped);
    world.work();
    assert_eq!(job(&world, &token, &zipped)["numberRecordsProcessed"], 1);

    let id = open(&world, &token, &insert());
    let refused = world.put_csv(&token, &format!("{JOBS}/{id}/batches"), pieces(true));
    assert_eq!(refused.error(400).0, "INVALIDBATCH");
    assert_eq!(send(&id, b"no gzip".to_vec()).error(400).0, "INVALIDBATCH");
    assert_eq!(world.put_csv(&token, &format!("{JOBS}/{id}/batches"), "Name\nAgain\n").status, 201, "nothing was kept");
}

#[test]
fn more_bytes_than_a_job_takes_are_refused_before_they_are_sent() {
    let world = World::new();
    let token = world.token(world.rep);
    let id = open(&world, &token, &insert());
    let request = Request::builder()
        .method("PUT")
        .uri(format!("{JOBS}/{id}/batches"))
        .header("authorization", format!("Bearer {token}"))
        .header("content-length", 150 * 1024 * 1024 + 1);
    let refused = world.send(request.body(Body::empty()).expect("a request"));
    assert_eq!(refused.error(413).0, "EXCEEDED_MAX_SIZE_REQUEST");
    assert_eq!(close(&world, &token, &id)["state"], "JobComplete", "it has no rows");
}
