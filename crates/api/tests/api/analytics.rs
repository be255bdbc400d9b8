//! Reports over the API: the fact map, changes for one run, refusals.

use crate::world::World;
use axum::body::Body;
use axum::http::Request;
use calamine::{Data, DataType as _, Reader as _, Xlsx};
use render::worker::XLSX;
use serde_json::{Value as Json, json};
use std::collections::HashSet;
use std::io::Cursor;

const REPORTS: &str = "/services/data/v60.0/analytics/reports";

fn fill(world: &World) {
    let stages = ["Prospecting", "Closed Won", "Negotiation/Review"];
    for at in 0..23u32 {
        let mut deal = json!({"Name": format!("Deal {at:02}"), "StageName": stages[at as usize % 3],
                              "CloseDate": format!("2026-{:02}-11", at % 5 + 1)});
        if at % 4 != 3 {
            deal["Amount"] = json!(f64::from(at * 25) + 0.5);
        }
        world.create("Opportunity", &deal);
    }
}

fn query(world: &World, metadata: &Json) -> Json {
    let token = world.token(world.admin);
    world.call(&token, "POST", &format!("{REPORTS}/query"), Some(&json!({"reportMetadata": metadata}))).expect(200)
}

fn grouping(name: &str, granularity: &str) -> Json {
    json!({"name": name, "sortOrder": "Asc", "dateGranularity": granularity, "sortAggregate": null})
}

/// The keys of the groups of an axis, inner ones too, and of innermost ones.
fn keys(groupings: &Json, all: &mut Vec<String>, leaves: &mut Vec<String>) {
    for group in groupings.as_array().expect("groups") {
        let key = group["key"].as_str().expect("a key").to_owned();
        all.push(key.clone());
        if group["groupings"].as_array().is_some_and(Vec::is_empty) {
            leaves.push(key);
        }
        keys(&group["groupings"], all, leaves);
    }
}

#[test]
fn the_fact_map_has_every_crossing_and_its_leaves_hold_every_record_once() {
    let world = World::new();
    fill(&world);
    let shapes = [
        ("TABULAR", vec![], vec![]),
        ("SUMMARY", vec![grouping("STAGE_NAME", "None")], vec![]),
        (
            "SUMMARY",
            vec![grouping("StageName", "None"), grouping("CloseDate", "Quarter"), grouping("Type", "None")],
            vec![],
        ),
        ("MATRIX", vec![grouping("StageName", "None")], vec![grouping("CLOSE_DATE", "Month")]),
        (
            "MATRIX",
            vec![grouping("StageName", "None"), grouping("Owner.Name", "None")],
            vec![grouping("CloseDate", "Quarter"), grouping("CreatedDate", "Month")],
        ),
    ];
    for (format, down, across) in shapes {
        let metadata = json!({"name": "x", "reportType": {"type": "Opportunity"}, "reportFormat": format,
            "groupingsDown": down, "groupingsAcross": across, "aggregates": ["s!AMOUNT", "RowCount", "a!Amount"],
            "detailColumns": ["OPPORTUNITY_NAME", "AMOUNT"], "hasDetailRows": true});
        let reply = query(&world, &metadata);
        let (mut downs, mut down_leaves, mut acrosses, mut across_leaves) = (vec![], vec![], vec![], vec![]);
        keys(&reply["groupingsDown"]["groupings"], &mut downs, &mut down_leaves);
        keys(&reply["groupingsAcross"]["groupings"], &mut acrosses, &mut across_leaves);
        for (all, leaves) in [(&mut downs, &mut down_leaves), (&mut acrosses, &mut across_leaves)] {
            all.push("T".to_owned());
            if leaves.is_empty() {
                leaves.push("T".to_owned());
            }
        }
        let facts = reply["factMap"].as_object().expect("a map");
        let expected: HashSet<String> =
            downs.iter().flat_map(|down| acrosses.iter().map(move |across| format!("{down}!{across}"))).collect();
        assert_eq!(facts.keys().cloned().collect::<HashSet<_>>(), expected, "{format}");
        let mut names = HashSet::new();
        let (mut sum, mut count) = (0.0, 0);
        for (key, fact) in facts {
            let (down, across) = key.split_once('!').expect("two paths");
            let rows = fact["rows"].as_array().expect("rows");
            let is_leaf =
                down_leaves.iter().any(|leaf| leaf == down) && across_leaves.iter().any(|leaf| leaf == across);
            assert!(is_leaf || rows.is_empty(), "{key}");
            if is_leaf {
                assert_eq!(fact["aggregates"][1]["value"], rows.len(), "{key}");
                let amounts = rows.iter().filter_map(|row| row["dataCells"][1]["value"]["amount"].as_f64());
                assert_eq!(fact["aggregates"][0]["value"].as_f64(), Some(amounts.sum()), "{key}");
                sum += fact["aggregates"][0]["value"].as_f64().expect("a sum");
                count += rows.len();
            }
            names.extend(rows.iter().map(|row| row["dataCells"][0]["label"].as_str().expect("a name").to_owned()));
        }
        assert_eq!((names.len(), count), (23, 23), "{format}: each record stands at one crossing");
        assert_eq!(facts["T!T"]["aggregates"][0]["value"].as_f64(), Some(sum), "{format}");
        assert_eq!(reply["allData"], true);
    }
}

#[test]
fn a_report_is_made_run_with_changes_saved_and_deleted() {
    let world = World::new();
    fill(&world);
    let token = world.token(world.admin);
    let metadata = json!({"name": "Deals", "description": "All of them", "reportType": {"type": "Opportunity"},
        "detailColumns": ["OPPORTUNITY_NAME"], "aggregates": ["RowCount"],
        "standardDateFilter": {"column": "CLOSE_DATE", "durationValue": "CUSTOM", "startDate": "2026-01-01", "endDate": "2026-03-31"}});
    let made = world.call(&token, "POST", REPORTS, Some(&json!({"reportMetadata": metadata}))).expect(200);
    let id = made["reportMetadata"]["id"].as_str().expect("an id").to_owned();
    assert_eq!(made["reportMetadata"]["description"], "All of them");
    assert_eq!(made["reportTypeMetadata"]["scopeInfo"]["defaultValue"], "organization");
    let path = format!("{REPORTS}/{id}");
    let ran = world.get(&token, &path).expect(200);
    assert_eq!(ran["factMap"]["T!T"]["aggregates"][0]["value"], 15);
    assert_eq!(ran["attributes"]["describeUrl"], format!("{path}/describe"));
    let later =
        json!({"reportMetadata": {"standardDateFilter": {"column": "CloseDate", "durationValue": "THIS_YEAR"}}});
    let changed = world.call(&token, "POST", &path, Some(&later)).expect(200);
    assert_eq!(changed["factMap"]["T!T"]["aggregates"][0]["value"], 23);
    let resolved = &changed["reportMetadata"]["standardDateFilter"];
    assert_eq!((&resolved["startDate"], &resolved["endDate"]), (&json!("2026-01-01"), &json!("2026-12-31")));
    assert_eq!(
        world.get(&token, &path).expect(200)["factMap"]["T!T"]["aggregates"][0]["value"],
        15,
        "the report stayed"
    );
    world.call(&token, "PATCH", &path, Some(&later)).expect(200);
    assert_eq!(world.get(&token, &path).expect(200)["factMap"]["T!T"]["aggregates"][0]["value"], 23);
    let reader = world.token(world.rep);
    assert_eq!(world.get(&reader, &path).error(404).0, "NOT_FOUND", "it is its owner's");
    assert_eq!(world.call(&token, "DELETE", &path, None).status, 204);
    assert_eq!(world.get(&token, &path).error(404).0, "NOT_FOUND");
}

#[test]
fn a_report_runs_in_the_background_and_its_answer_is_told_to_who_asked() {
    let world = World::new();
    fill(&world);
    let token = world.token(world.admin);
    let metadata = json!({"name": "Deals", "reportType": {"type": "Opportunity"}, "reportFormat": "SUMMARY",
        "groupingsDown": [{"name": "STAGE_NAME"}], "detailColumns": ["Name"], "aggregates": ["RowCount"]});
    let made = world.call(&token, "POST", REPORTS, Some(&json!({"reportMetadata": metadata}))).expect(200);
    let id = made["reportMetadata"]["id"].as_str().expect("an id");
    let instances = format!("{REPORTS}/{id}/instances");
    let filter =
        json!({"reportMetadata": {"reportFilters": [{"column": "Name", "operator": "contains", "value": "1"}]}});
    let six = |_| world.call(&token, "POST", &instances, None).status;
    assert_eq!((0..6).map(six).collect::<Vec<_>>(), [200, 200, 200, 200, 200, 403], "five run at a time");
    while world.org.run_one_job().expect("a job") {}
    let started = world.call(&token, "POST", &format!("{instances}?includeDetails=true"), Some(&filter)).expect(200);
    let instance = started["id"].as_str().expect("an id").to_owned();
    assert_eq!((&started["status"], instance.len()), (&json!("New"), 18));
    let path = format!("{instances}/{instance}");
    assert!(world.get(&token, &path).expect(200)["factMap"].is_null(), "nothing is answered yet");
    assert_eq!(world.call(&token, "DELETE", &path, None).error(403).0, "INSUFFICIENT_ACCESS_OR_READONLY");
    assert!(world.org.run_one_job().expect("a job"));
    let done = world.get(&token, &path).expect(200);
    assert_eq!(done["attributes"]["status"], "Success");
    assert!(done["attributes"]["completionDate"].is_string());
    let now = world.call(&token, "POST", &format!("{REPORTS}/{id}?includeDetails=true"), Some(&filter)).expect(200);
    assert_eq!(done["factMap"], now["factMap"], "the same as at once");
    assert_eq!(done["factMap"]["T!T"]["aggregates"][0]["value"], 12);
    assert_eq!(world.get(&token, &instances).expect(200)[0]["status"], "Success");
    let rep = world.token(world.rep);
    assert_eq!(world.get(&rep, &path).error(404).0, "NOT_FOUND");
    // Of a report that both may see, a run is told to who asked for it alone.
    let shared = world.call(&rep, "POST", REPORTS, Some(&json!({"reportMetadata": metadata}))).expect(200);
    let shared = format!("{REPORTS}/{}", shared["reportMetadata"]["id"].as_str().expect("an id"));
    let asked = world.call(&token, "POST", &format!("{shared}/instances"), None).expect(200);
    while world.org.run_one_job().expect("a job") {}
    let asked = format!("{shared}/instances/{}", asked["id"].as_str().expect("an id"));
    assert_eq!(world.get(&token, &asked).expect(200)["attributes"]["status"], "Success");
    world.get(&rep, &shared).expect(200);
    assert_eq!(world.get(&rep, &asked).error(404).0, "NOT_FOUND", "it is the administrator's");
    assert_eq!(world.get(&rep, &format!("{shared}/instances")).expect(200), json!([]));

    // A report that can no longer be answered says why.
    world.call(&token, "POST", &instances, None).expect(200);
    let hidden = json!({"reportMetadata": {"detailColumns": ["Nowhere"]}});
    assert_eq!(world.call(&token, "POST", &instances, Some(&hidden)).status, 200, "judged when it runs");
    while world.org.run_one_job().expect("a job") {}
    let listed = world.get(&token, &instances).expect(200);
    assert_eq!(listed[0]["status"], "Error");
    let failed = world.get(&token, &format!("{instances}/{}", listed[0]["id"].as_str().expect("an id"))).expect(200);
    assert_eq!(failed["attributes"]["errorMessage"], "detailColumns[0]: \"Nowhere\" is no column of Opportunities.");
    assert_eq!(world.call(&token, "DELETE", &path, None).status, 204);
    assert_eq!(world.get(&token, &path).error(404).0, "NOT_FOUND");
}

#[test]
fn what_cannot_be_reported_is_refused_with_its_property() {
    let world = World::new();
    let token = world.token(world.admin);
    let error = |method: &str, path: &str, body: Json, status: u16| {
        world.call(&token, method, &format!("{REPORTS}{path}"), Some(&json!({"reportMetadata": body}))).error(status)
    };
    let plain = json!({"reportType": {"type": "Opportunity"}, "detailColumns": ["Name"]});
    let with = |name: &str, value: Json| {
        let mut changed = plain.clone();
        changed[name] = value;
        changed
    };
    assert_eq!(
        error("POST", "", plain.clone(), 400),
        ("REQUIRED_FIELD_MISSING".to_owned(), "The report name can't be null.".to_owned())
    );
    let sorts = json!([{"sortColumn": "Name"}, {"sortColumn": "Amount"}]);
    assert_eq!(error("POST", "/query", with("sortBy", sorts), 400).1, "A report can only be sorted by one column.");
    assert_eq!(
        error("POST", "/query", with("detailColumns", json!(["Nme"])), 400).1,
        "detailColumns[0]: \"Nme\" is no column of Opportunities."
    );
    assert_eq!(error("POST", "/query", with("reportFormat", json!("MULTI_BLOCK")), 501).0, "NOT_IMPLEMENTED");
    let (code, message) = error("POST", "/query", with("groupingsDown", json!([{"name": 7}])), 400);
    assert_eq!(
        (code.as_str(), message.as_str()),
        ("FIELD_INTEGRITY_EXCEPTION", "groupingsDown[0].name: invalid type: integer `7`, expected a string")
    );
    let nobody = world.token(world.nobody);
    let answer = world.call(&nobody, "POST", &format!("{REPORTS}/query"), Some(&json!({"reportMetadata": plain})));
    assert_eq!(answer.error(403).0, "INSUFFICIENT_ACCESS_OR_READONLY");
}

#[test]
fn a_column_that_one_may_not_read_answers_as_one_that_does_not_exist() {
    let world = World::new();
    world.show_only("Opportunity", &["Name", "StageName", "CloseDate"]);
    let token = world.token(world.rep);
    let message = |part: &str, value: Json| {
        let mut metadata = json!({"reportType": {"type": "Opportunity"}, "detailColumns": ["Name"]});
        metadata[part] = value;
        let answer =
            world.call(&token, "POST", &format!("{REPORTS}/query"), Some(&json!({"reportMetadata": metadata})));
        answer.error(400).1
    };
    let places = |name: &str| {
        [
            ("detailColumns", json!([name])),
            ("aggregates", json!([format!("s!{name}")])),
            ("reportFilters", json!([{"column": name, "operator": "contains", "value": "1"}])),
            ("sortBy", json!([{"sortColumn": name}])),
            (
                "buckets",
                json!([{"developerName": "B", "bucketType": "number", "sourceColumnName": name, "values": [{"label": "x"}]}]),
            ),
            ("customDetailFormula", json!([{"label": "x", "formulaType": "number", "formula": format!("{name} * 2")}])),
            (
                "customSummaryFormula",
                json!([{"label": "x", "formulaType": "number", "formula": format!("{name}:SUM")}]),
            ),
        ]
    };
    for ((part, hidden), (_, missing)) in places("Amount").into_iter().zip(places("Nowhere")) {
        assert_eq!(message(part, hidden).replace("Amount", "Nowhere"), message(part, missing), "{part}");
    }
    let types = world.get(&token, "/services/data/v60.0/analytics/reportTypes/Opportunity").expect(200);
    let columns = types["reportTypeMetadata"]["categories"][0]["columns"].as_object().expect("columns");
    assert!(columns.contains_key("StageName") && !columns.contains_key("Amount"));
}

#[test]
fn a_run_comes_as_the_file_that_its_accept_names() {
    let world = World::new();
    fill(&world);
    let metadata = json!({"name": "Größe & pipeline", "reportType": {"type": "Opportunity"}, "reportFormat": "SUMMARY",
        "groupingsDown": [grouping("STAGE_NAME", "None")], "aggregates": ["s!AMOUNT"],
        "detailColumns": ["OPPORTUNITY_NAME", "AMOUNT", "CLOSE_DATE"], "hasDetailRows": true});
    let token = world.token(world.admin);
    let asked = |accept: &str, path: &str, body: Option<&Json>| {
        let method = if body.is_some() { "POST" } else { "GET" };
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/json")
            .header("accept", accept);
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        world.send(request.body(body).expect("a request"))
    };
    let made = asked("application/json", REPORTS, Some(&json!({"reportMetadata": metadata}))).expect(200);
    let report = format!("{REPORTS}/{}", made["reportMetadata"]["id"].as_str().expect("an id"));

    let file = asked(XLSX, &report, None);
    assert_eq!((file.status, file.header("content-type")), (200, XLSX));
    let disposition = file.header("content-disposition");
    assert!(disposition.contains(".xlsx\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe%20%26%20pipeline"), "{disposition}");
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(file.bytes)).expect("a workbook");
    let (_, range) = book.worksheets().into_iter().next().expect("a sheet");
    let rows: Vec<Vec<Data>> = range.rows().map(<[Data]>::to_vec).collect();
    let text = |row: &[Data], at: usize| row[at].to_string();
    assert_eq!(rows[0].iter().map(ToString::to_string).collect::<Vec<_>>()[0], "Stage");
    let deals: Vec<&Vec<Data>> = rows.iter().filter(|row| text(row, 1).starts_with("Deal ")).collect();
    assert_eq!(deals.len(), 23, "records stand in it, because the report shows them");
    let sum: f64 = deals.iter().filter_map(|row| row[2].get_float()).sum();
    let total = rows.iter().find(|row| text(row, 0) == "Total").expect("a total");
    assert_eq!(total[2].get_float(), Some(sum), "amounts are numbers");
    assert_eq!(rows.iter().filter(|row| text(row, 0).ends_with(" total")).count(), 3);

    let summary = asked(XLSX, &format!("{report}?includeDetails=false"), None);
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(summary.bytes)).expect("a workbook");
    assert_eq!(book.worksheets()[0].1.height(), 5, "heading, three groups and the total");

    let pdf =
        asked("application/pdf", &report, Some(&json!({"reportMetadata": {"detailColumns": ["OPPORTUNITY_NAME"]}})));
    assert!(pdf.bytes.starts_with(b"%PDF-1.7"), "{}", pdf.text);
    let csv = asked("text/csv, */*", &format!("{REPORTS}/query"), Some(&json!({"reportMetadata": metadata})));
    assert_eq!(csv.text.lines().count(), 24, "{}", csv.text);
    for accept in ["*/*", "application/json", "application/json, text/csv", "text/html"] {
        assert!(asked(accept, &report, None).expect(200)["factMap"].is_object(), "{accept}");
    }

    let nobody = world.token(world.nobody);
    let refused = world.ask(&nobody, "GET", &report, &[("accept", XLSX)]);
    assert!(refused.status == 403 || refused.status == 404, "{}: {}", refused.status, refused.text);
}
