//! `kill -9` in the middle of a bulk job: the server that is started next goes on where the last step was kept, and in the
//! end every row is there once.

use crate::api::Api;
use crate::place::Site;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use test_support::ServerProcess;

const ROWS: usize = 6_000;
const KILLS: usize = 3;

fn job(api: &Api, path: &str) -> Value {
    let reply = api.call("GET", path, None).expect("an answer");
    assert_eq!(reply.status, 200, "{}", reply.body);
    assert!(!["Failed", "Aborted"].contains(&reply.body["state"].as_str().expect("a state")), "{}", reply.body);
    reply.body
}

/// Looks at the job again and again until it is as wanted.
fn wait(api: &Api, path: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    loop {
        let now = job(api, path);
        if wanted(&now) {
            return now;
        }
    }
}

fn rows_done(job: &Value) -> usize {
    job["numberRecordsProcessed"].as_u64().expect("a number") as usize
}

fn begin(api: &Api) -> String {
    let made = api.call("POST", "jobs/ingest", Some(&json!({"object": "Account", "operation": "insert"})));
    let made = made.expect("an answer");
    assert_eq!(made.status, 200, "{}", made.body);
    let path = format!("jobs/ingest/{}", made.body["id"].as_str().expect("an id"));
    // Nothing but the job itself keeps a row from being saved twice: names may repeat. Every hundredth row is refused.
    let rows: String =
        (0..ROWS).map(|at| if at % 100 == 99 { ",x\n".to_owned() } else { format!("Row {at},x\n") }).collect();
    let upload = api.send("PUT", &format!("{path}/batches"), format!("Name,Site\n{rows}")).expect("an answer");
    assert_eq!(upload.status, 201, "{}", upload.body);
    let closed = api.call("PATCH", &path, Some(&json!({"state": "UploadComplete"}))).expect("an answer");
    assert_eq!(closed.status, 200, "{}", closed.body);
    path
}

#[test]
fn a_job_whose_server_is_killed_again_and_again_saves_every_row_once() {
    let site = Site::embedded();
    let serve = || -> (ServerProcess, Api) {
        let server = site.serve_with("warn");
        let api = site.api(&server);
        (server, api)
    };
    let (mut server, mut api) = serve();
    let path = begin(&api);
    let mut done = 0;
    for kill in 1..=KILLS {
        let now = wait(&api, &path, |job| rows_done(job) > done);
        done = rows_done(&now);
        assert!(done < ROWS, "kill {kill} came too late to be in the middle of the job");
        server.kill();
        (server, api) = serve();
        assert!(rows_done(&job(&api, &path)) >= done, "what was told of is kept");
    }
    let end = wait(&api, &path, |job| job["state"] == "JobComplete");
    assert_eq!((rows_done(&end), &end["numberRecordsFailed"]), (ROWS, &json!(ROWS / 100)), "{end}");
    let mut seen = BTreeMap::<String, usize>::new();
    for row in api.query("SELECT Name FROM Account WHERE Site = 'x'") {
        *seen.entry(row["Name"].as_str().expect("a name").to_owned()).or_default() += 1;
    }
    let expected = (0..ROWS).filter(|at| at % 100 != 99).map(|at| (format!("Row {at}"), 1));
    assert_eq!(seen, expected.collect::<BTreeMap<_, _>>());
    server.kill();
    site.verify();
}
