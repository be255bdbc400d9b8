//! Every declared route × who may call it. A route without an expectation here fails.

use crate::world::{Answer, World, encode};
use api::{Gate, ROUTES, Route, Verb};
use axum::body::Body;
use axum::http::Request;
use serde_json::{Value as Json, json};

/// Canary that stands in every record of org one.
const CANARY: &str = "canary-of-org-one";

/// What the callers get: no token, a token nobody was given, the administrator of another org with the ids of this
/// one, a user without any permission.
struct Expected {
    none: u16,
    garbage: u16,
    other_org: u16,
    nobody: u16,
}

const fn open(status: u16) -> Option<Expected> {
    Some(Expected { none: status, garbage: status, other_org: status, nobody: status })
}

const fn guarded(other_org: u16, nobody: u16) -> Option<Expected> {
    Some(Expected { none: 401, garbage: 401, other_org, nobody })
}

/// The older bulk interface says everything with a 400.
const fn guarded_async(other_org: u16, nobody: u16) -> Option<Expected> {
    Some(Expected { none: 400, garbage: 400, other_org, nobody })
}

/// Rows of a collection carry their own outcomes, so that the call itself answers 200.
fn expected(name: &str) -> Option<Expected> {
    match name {
        "token_grant" | "token_revoke" | "token_revoke_by_address" => open(400),
        "token_introspect" => open(400),
        // Their sessions are of programs that were let in to the API alone.
        "single_access_get" | "single_access_post" => guarded(403, 403),
        "soap_call" | "soap_call_of_org" => open(500),
        "openapi_get" | "version_list" => open(200),
        "user_info_get" | "user_info_post" | "resource_list" | "limit_list" | "record_count_list" | "recent_list"
        | "sobject_list" => guarded(200, 200),
        "identity_get" => guarded(404, 404),
        "tooling_query" => guarded(200, 403),
        "tooling_record_create" => guarded(400, 403),
        "tooling_sobject_get" => guarded(200, 200),
        "tooling_sobject_part_get" | "tooling_record_update" | "tooling_record_delete" => guarded(404, 403),
        "tooling_resource_list" | "tooling_sobject_list" | "tab_list" | "theme_get" | "quick_action_list" => {
            guarded(200, 200)
        }
        "layout_list" | "layout_get" | "compact_layout_list" | "compact_layout_get" | "approval_layout_list" => {
            guarded(200, 404)
        }
        "named_layout_get" => guarded(200, 404),
        "compact_layout_list_of" => guarded(200, 400),
        "list_view_list" => guarded(200, 404),
        "list_view_get" | "list_view_describe" | "list_view_results" => guarded(404, 404),
        "quick_action_get" | "quick_action_describe" | "quick_action_defaults" => guarded(200, 404),
        "quick_action_execute" | "object_quick_action_execute" => guarded(400, 404),
        "quick_action_defaults_for" | "object_quick_action_defaults_for" => guarded(404, 404),
        "object_quick_action_list" | "object_quick_action_describe" | "object_quick_action_defaults" => {
            guarded(200, 404)
        }
        "password_get" | "password_set" | "password_reset" => guarded(404, 404),
        "asked_search_run" | "asked_search_run_by_body" => guarded(200, 400),
        "query_run" | "query_all_run" => guarded(200, 400),
        "query_more" | "query_all_more" => guarded(400, 400),
        "search_run" => guarded(200, 400),
        // Another org has an Account object of its own, and may describe and fill it.
        "sobject_get" | "sobject_describe" => guarded(200, 404),
        "record_create" => guarded(201, 404),
        "attachment_body_get" | "version_data_get" => guarded(404, 404),
        "record_get" | "record_update" | "record_delete" => guarded(404, 404),
        "external_record_get" | "external_record_upsert" | "external_record_delete" => guarded(404, 404),
        "records_create" | "records_update" | "records_delete" => guarded(200, 200),
        "records_get" | "records_get_by_body" => guarded(200, 404),
        "records_upsert" => guarded(404, 404),
        "record_list_updated" | "record_list_deleted" => guarded(200, 404),
        "change_list" => guarded(200, 200),
        "dkim_key_list" => guarded(200, 403),
        "dkim_key_create" => guarded(201, 403),
        "dkim_key_delete" => guarded(404, 403),
        "webhook_list" => guarded(200, 403),
        "webhook_create" => guarded(201, 403),
        name if name.starts_with("webhook_") => guarded(404, 403),
        "composite_run" | "batch_run" | "graph_run" => guarded(200, 200),
        "report_list" | "dashboard_list" => guarded(200, 404),
        "report_run" | "report_run_changed" | "report_describe" | "report_field_list" => guarded(404, 404),
        "report_update" | "report_delete" => guarded(404, 404),
        "report_instance_list" | "report_instance_create" => guarded(404, 404),
        "report_instance_get" | "report_instance_delete" => guarded(404, 404),
        "dashboard_get" | "dashboard_component_list" | "dashboard_describe" | "dashboard_status_get" => {
            guarded(404, 404)
        }
        "dashboard_refresh" | "dashboard_update" | "dashboard_delete" | "dashboard_clone" => guarded(404, 404),
        // Another org has records of its own to report on.
        "report_create" => guarded(200, 404),
        "report_query" | "report_type_list" | "report_type_get" | "filter_operator_list" => guarded(200, 403),
        "tree_create" => guarded(201, 404),
        // A job is its creator's; who may not see an object makes none for it.
        "ingest_job_create" | "query_job_create" => guarded(200, 400),
        "ingest_job_list" | "query_job_list" => guarded(200, 200),
        "ingest_job_get" | "ingest_job_update" | "ingest_job_delete" | "ingest_job_upload" => guarded(404, 404),
        "ingest_job_successful" | "ingest_job_failed" | "ingest_job_unprocessed" => guarded(404, 404),
        "query_job_get" | "query_job_update" | "query_job_delete" | "query_job_results" => guarded(404, 404),
        "async_job_create" => guarded_async(201, 400),
        "async_job_get" | "async_job_update" | "async_batch_create" | "async_batch_list" => guarded_async(400, 400),
        "async_batch_get" | "async_batch_request" | "async_batch_result" | "async_batch_rows" => {
            guarded_async(400, 400)
        }
        _ => None,
    }
}

struct Target {
    account: String,
    locator: String,
    /// Jobs that are done, with rows in them.
    ingest_job: String,
    query_job: String,
    async_job: [String; 3],
    org: String,
    user: String,
    /// A user whose id no user of the other org has.
    person: String,
    list: String,
    webhook: String,
    component: String,
    report: String,
    dashboard: String,
}

#[test]
fn every_route_refuses_who_may_not() {
    let world = World::new();
    let target = target(&world);
    let other = world.token_in(&world.other_org, world.other_admin);
    let nobody = world.token(world.nobody);
    for route in ROUTES {
        let expected = expected(route.name).unwrap_or_else(|| panic!("{route:?} has no expectation of access"));
        let garbage = format!("{}!garbage", world.org.id().record_id().to_short());
        for (who, token, status) in [
            ("nobody signed in", "", expected.none),
            ("a garbage token", garbage.as_str(), expected.garbage),
            ("another org", other.as_str(), expected.other_org),
            ("a user without permissions", nobody.as_str(), expected.nobody),
        ] {
            let answer = ask(&world, route, &target, token);
            assert_eq!(answer.status, status, "{who}: {route:?}: {}", answer.text);
            assert!(!answer.text.contains(CANARY), "{who} saw a record: {route:?}: {}", answer.text);
            if matches!(route.name, "records_create" | "records_update" | "records_delete") && status == 200 {
                let saved = answer.json()[0]["success"] == true;
                assert_eq!(
                    saved,
                    who == "another org" && route.name == "records_create",
                    "{who}: {route:?}: {}",
                    answer.text
                );
            }
        }
        let refused = if route.name.starts_with("async_") { 400 } else { 401 };
        assert_eq!(route.gate() == Gate::Open, expected.none != refused, "{route:?}");
    }
    let untouched =
        world.get(&world.token(world.admin), &format!("/services/data/v60.0/sobjects/Account/{}", target.account));
    assert_eq!(untouched.expect(200)["Name"], CANARY);
}

#[test]
fn a_right_to_the_api_that_was_taken_away_ends_its_use_at_once() {
    let world = World::new();
    let token = world.token(world.nobody);
    assert_eq!(world.get(&token, "/services/data/v60.0/limits").status, 200);
    let admin = world.token(world.admin);
    let set = world.query(&admin, "SELECT Id FROM PermissionSet WHERE Profile.Name = 'Nothing'").expect(200);
    let path =
        format!("/services/data/v60.0/sobjects/PermissionSet/{}", set["records"][0]["Id"].as_str().expect("an id"));
    assert_eq!(world.call(&admin, "PATCH", &path, Some(&json!({"PermissionsApiEnabled": false}))).status, 204);
    let target = target(&world);
    for route in ROUTES.iter().filter(|route| route.gate() == Gate::Data) {
        let answer = ask(&world, route, &target, &token);
        if route.name.starts_with("async_") {
            assert_eq!((answer.status, answer.text.contains("FeatureNotEnabled")), (400, true), "{route:?}");
            continue;
        }
        assert_eq!(answer.error(403).0, "API_DISABLED_FOR_ORG", "{route:?}");
    }
}

fn target(world: &World) -> Target {
    for _ in 0..2 {
        let records: Vec<Json> = (0..150).map(|_| json!({"attributes": {"type": "Account"}, "Name": CANARY})).collect();
        let token = world.token(world.admin);
        world
            .call(&token, "POST", "/services/data/v60.0/composite/sobjects", Some(&json!({"records": records})))
            .expect(200);
    }
    let token = world.token(world.admin);
    // Numbers start anew in each org: the last one is none that the other org has as well.
    let account = world.create("Account", &json!({"Name": CANARY}));
    let request = Request::builder()
        .uri(format!("/services/data/v60.0/query?q={}", encode("SELECT Id, Name FROM Account")))
        .header("authorization", format!("Bearer {}", world.token(world.admin)))
        .header("sforce-query-options", "batchSize=200");
    let first = world.send(request.body(Body::empty()).expect("a request")).expect(200);
    let next = first["nextRecordsUrl"].as_str().expect("a next page");
    let locator = next.rsplit('/').next().unwrap_or_default().to_owned();
    let list = world.create(
        "ListView",
        &json!({"Name": CANARY, "DeveloperName": "Canary", "SobjectType": "Account", "Columns": "Name", "Visibility": "All"}),
    );
    let field = json!({"FullName": "Account.Canary__c", "Metadata": {"type": "Text", "label": CANARY, "length": 5}});
    let made = world.call(&token, "POST", "/services/data/v60.0/tooling/sobjects/CustomField", Some(&field));
    let component = made.expect(201)["id"].as_str().expect("an id").to_owned();
    let definition = json!({"reportType": {"type": "Account"}, "detailColumns": ["Name"]}).to_string();
    let make = || world.create("Report", &json!({"Name": CANARY, "Definition": definition}));
    // The other org makes some of its own, with numbers from the beginning.
    (0..8).for_each(|_| drop(make()));
    let report = make();
    let definition = json!({"components": [{"title": CANARY, "reportId": report, "visualizationType": "Table",
                                            "row": 0, "column": 0}]});
    let dashboard = world.create("Dashboard", &json!({"Name": CANARY, "Definition": definition.to_string()}));
    let (ingest_job, query_job) = (ingest_job(world, &token), query_job(world, &token));
    let async_job = async_job(world, &token);
    Target {
        account,
        locator,
        ingest_job,
        query_job,
        async_job,
        org: world.org.id().to_string(),
        user: world.admin.to_string(),
        person: world.reader.to_string(),
        list,
        webhook: webhook(world, &token),
        component,
        report,
        dashboard,
    }
}

fn webhook(world: &World, token: &str) -> String {
    let new = json!({"name": CANARY, "url": "https://hooks.example.com/"});
    let make = || world.call(token, "POST", "/services/data/v60.0/webhooks", Some(&new)).expect(201);
    // A key of mail that the other org may neither see nor remove.
    let key = json!({"domain": "example.com", "selector": "canary", "algorithm": "ed25519-sha256"});
    world.call(token, "POST", "/services/data/v60.0/dkimKeys", Some(&key)).expect(201);
    // Numbers start anew in each org: of these the other org has not as many.
    (0..3).for_each(|_| drop(make()));
    make()["id"].as_str().expect("an id").to_owned()
}

fn ingest_job(world: &World, token: &str) -> String {
    let jobs = "/services/data/v60.0/jobs/ingest";
    let make =
        || world.call(token, "POST", jobs, Some(&json!({"object": "Account", "operation": "insert"}))).expect(200);
    // Numbers of jobs start anew in each org too.
    (0..20).for_each(|_| drop(make()));
    let made = make();
    let id = made["id"].as_str().expect("an id").to_owned();
    let rows = format!("Name\n{CANARY}\n");
    assert_eq!(world.put_csv(token, &format!("{jobs}/{id}/batches"), rows).status, 201);
    world.call(token, "PATCH", &format!("{jobs}/{id}"), Some(&json!({"state": "UploadComplete"}))).expect(200);
    world.work();
    id
}

fn query_job(world: &World, token: &str) -> String {
    let body = json!({"operation": "query", "query": "SELECT Id, Name FROM Account"});
    let made = world.call(token, "POST", "/services/data/v60.0/jobs/query", Some(&body)).expect(200);
    world.work();
    made["id"].as_str().expect("an id").to_owned()
}

/// A job of the older interface with its batch and the result of that.
fn async_job(world: &World, token: &str) -> [String; 3] {
    let jobs = "/services/async/60.0/job";
    let terms = json!({"operation": "query", "object": "Account", "contentType": "JSON"});
    let made = world.call(token, "POST", jobs, Some(&terms)).expect(201);
    let path = format!("{jobs}/{}/batch", made["id"].as_str().expect("an id"));
    let request = Request::builder()
        .method("POST")
        .uri(&path)
        .header("x-sfdc-session", token)
        .header("content-type", "application/json");
    let batch = world.send(request.body(Body::from("SELECT Id, Name FROM Account")).expect("a request")).expect(201);
    world.work();
    let results = world.get(token, &format!("{path}/{}/result", batch["id"].as_str().expect("an id"))).expect(200);
    [&made["id"], &batch["id"], &results[0]].map(|id| id.as_str().expect("an id").to_owned())
}

fn ask(world: &World, route: &Route, target: &Target, token: &str) -> Answer {
    let object = match route.name {
        "records_upsert" => "UpsertTable__c",
        "named_layout_get" => "User",
        name if name.contains("external") => "UpsertTable__c",
        _ => "Account",
    };
    let id = match route.name {
        name if name.starts_with("list_view") => &target.list,
        name if name.starts_with("password") => &target.person,
        name if name.starts_with("report") => &target.report,
        name if name.starts_with("dashboard") => &target.dashboard,
        _ => &target.account,
    };
    let job = match route.name.split('_').next() {
        Some("query") => &target.query_job,
        Some("async") => &target.async_job[0],
        _ => &target.ingest_job,
    };
    let path = route
        .pattern
        .replace("{version}", "60.0")
        .replace("{soap_version}", "60.0")
        .replace("{soap_org}", &target.org)
        .replace("{org}", &target.org)
        .replace("{user}", &target.user)
        .replace("{job}", job)
        .replace("{batch}", &target.async_job[1])
        .replace("{result}", &target.async_job[2])
        .replace("{report_type}", "Account")
        .replace("{instance}", "0LG000000000001GAA")
        .replace("{object}", object)
        .replace("{id}", id)
        .replace("{record_type}", "012000000000000AAA")
        .replace("{layout_name}", "UserAlt")
        .replace("{action}", "LogACall")
        .replace("{tool}", "CustomField")
        .replace("{tool_part}", &target.component)
        .replace("{webhook}", &target.webhook)
        .replace("{key}", "canary._domainkey.example.com")
        .replace("{locator}", &target.locator)
        .replace("{field}", "Key__c")
        .replace("{value}", "k1");
    let query = match route.name {
        "query_run" | "query_all_run" => format!("?q={}", encode("SELECT Id, Name FROM Account")),
        "tooling_query" => format!("?q={}", encode("SELECT Id, Metadata FROM CustomField")),
        "search_run" => format!("?q={}", encode("FIND {canary*} RETURNING Account(Name)")),
        "asked_search_run" => "?q=canary&sobject=Account&fields=Name".to_owned(),
        "compact_layout_list_of" => "?q=Account".to_owned(),
        "records_get" => format!("?ids={}&fields=Name", target.account),
        "records_delete" => format!("?ids={}", target.account),
        "dashboard_clone" => format!("?cloneId={}", target.dashboard),
        "record_list_updated" | "record_list_deleted" => {
            "?start=2026-11-21T00:00:00Z&end=2026-11-22T00:00:00Z".to_owned()
        }
        _ => String::new(),
    };
    let row = json!({"attributes": {"type": "Account"}, "id": target.account, "Name": "intruder"});
    let body = match route.name {
        "record_create" | "record_update" | "external_record_upsert" => Some(json!({"Name": "intruder"})),
        "records_create" => Some(json!({"records": [{"attributes": {"type": "Account"}, "Name": "intruder"}]})),
        "records_update" => Some(json!({"records": [row]})),
        "records_upsert" => {
            Some(json!({"records": [{"attributes": {"type": "UpsertTable__c"}, "Key__c": "k", "Name": "intruder"}]}))
        }
        "records_get_by_body" => Some(json!({"ids": [target.account], "fields": ["Name"]})),
        "composite_run" => {
            let url = format!("/services/data/v60.0/sobjects/Account/{}", target.account);
            Some(json!({"compositeRequest": [{"method": "GET", "url": url, "referenceId": "r"}]}))
        }
        "batch_run" => {
            let url = format!("v60.0/sobjects/Account/{}", target.account);
            Some(
                json!({"batchRequests": [{"method": "GET", "url": url}, {"method": "PATCH", "url": url, "richInput": {"Name": "intruder"}}]}),
            )
        }
        "graph_run" => {
            let url = format!("/services/data/v60.0/sobjects/Account/{}", target.account);
            let node = json!({"method": "GET", "url": url, "referenceId": "r"});
            Some(json!({"graphs": [{"graphId": "g", "compositeRequest": [node]}]}))
        }
        "quick_action_execute" | "object_quick_action_execute" => {
            Some(json!({"contextId": target.account, "record": {"Subject": "intruder"}}))
        }
        "tooling_record_create" | "tooling_record_update" => {
            Some(json!({"FullName": "Account.Intruder__c", "Metadata": {"type": "Phone"}}))
        }
        "password_set" => Some(json!({"NewPassword": "seven-green-lanterns-drift"})),
        "asked_search_run_by_body" => {
            Some(json!({"q": "canary", "sobjects": [{"name": "Account", "fields": ["Name"]}]}))
        }
        "tree_create" => {
            Some(json!({"records": [{"attributes": {"type": "Account", "referenceId": "r"}, "Name": "intruder"}]}))
        }
        "async_job_create" => Some(json!({"object": "Account", "operation": "insert", "contentType": "JSON"})),
        "async_job_update" => Some(json!({"state": "Aborted"})),
        "async_batch_create" => Some(json!([{"Name": "intruder"}])),
        "ingest_job_create" => Some(json!({"object": "Account", "operation": "insert"})),
        "report_create" | "report_query" | "report_run_changed" | "report_update" => {
            let metadata = json!({"name": "intruder", "reportType": {"type": "Account"}, "detailColumns": ["Name"]});
            Some(json!({"reportMetadata": metadata}))
        }
        "dashboard_clone" | "dashboard_update" => Some(json!({"name": "intruder"})),
        "query_job_create" => Some(json!({"operation": "query", "query": "SELECT Id FROM Account"})),
        "dkim_key_create" => Some(json!({"domain": "example.com", "algorithm": "ed25519-sha256"})),
        "webhook_create" => Some(json!({"name": "theirs", "url": "https://hooks.example.com/"})),
        "webhook_update" => Some(json!({"url": "https://intruder.example.com/"})),
        "webhook_replay" => Some(json!({"replayId": -2})),
        "ingest_job_update" | "query_job_update" => Some(json!({"state": "Aborted"})),
        _ if route.verb == Verb::Post => Some(json!({})),
        _ => None,
    };
    world.call(token, route.verb.as_str(), &format!("{path}{query}"), body.as_ref())
}
