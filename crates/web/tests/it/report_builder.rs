//! Reports built step by step, as a browser without script does it.

use crate::form::Sent;
use crate::visitor::{Answer, Visitor};
use crate::world::World;
use app_reports::{ReportMetadata, SavedReport};
use http::StatusCode;
use model::RecordId;
use serde_json::{Value, json};

/// A builder that is open.
struct Bench<'a> {
    visitor: &'a Visitor,
    address: String,
    page: String,
}

impl<'a> Bench<'a> {
    fn open(visitor: &'a Visitor, address: &str) -> Self {
        let answer = visitor.get(address);
        assert_eq!(answer.status, StatusCode::OK, "{address}: {}", answer.text);
        let address = address.split('?').next().unwrap_or(address).to_owned();
        Self { visitor, address, page: answer.text }
    }

    fn sent(&self) -> Sent {
        Sent::of(&self.page, "builder-form")
    }

    fn post(&self, sent: &Sent, act: &str) -> Answer {
        let mut pairs = sent.pairs();
        pairs.push(("act", act));
        self.visitor.post_as_is(&self.address, &pairs)
    }

    /// Fills controls, presses a button, and looks at what comes back.
    fn step(&mut self, controls: &[(&str, &str)], act: &str) -> &mut Self {
        let sent = controls.iter().fold(self.sent(), |sent, (name, value)| sent.with(name, value));
        let answer = self.post(&sent, act);
        assert!(matches!(answer.status, StatusCode::OK | StatusCode::UNPROCESSABLE_ENTITY), "{act}: {}", answer.text);
        self.page = answer.text;
        self
    }

    fn add(&mut self, what: &str, name: &str) -> &mut Self {
        self.step(&[(&format!("add.{what}.text"), name)], "preview")
    }

    fn definition(&self) -> Value {
        serde_json::from_str(self.sent().value("definition").expect("a definition")).expect("JSON")
    }

    fn save(&self, name: &str) -> RecordId {
        let answer = self.post(&self.sent().with("name", name), "save");
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{:?}", errors(&answer.text));
        RecordId::parse(answer.location().rsplit('/').next().expect("an id")).expect("an id")
    }
}

fn errors(page: &str) -> Vec<&str> {
    page.split("field-error").skip(1).map(|rest| &rest[..rest.len().min(400)]).collect()
}

#[test]
fn a_report_of_every_part_is_built_without_a_word_of_json() {
    let world = World::new();
    let maya = Visitor::signed_in(&world, world.rep);
    assert!(maya.get("/reports/new?q=opport").text.contains("/reports/new?type=Opportunity"));
    let mut bench = Bench::open(&maya, "/reports/new?type=Opportunity");
    assert!(bench.page.contains("14 records"), "the preview is there from the start");
    bench.add("down", "stage").add("figure", "Sum of Amount");
    bench.step(&[("down.0.by", "s!Amount"), ("down.0.order", "Desc")], "preview");
    bench.add("across", "Close Date").step(&[("across.0.period", "Quarter")], "preview");
    bench.add("filter", "Amount").step(&[("filter.0.op", "greaterThan"), ("filter.0.value", "20000")], "preview");
    bench.add("filter", "Next step").step(&[("filter.1.op", "blank")], "preview");
    bench.add("filter", "Stage");
    let sent = bench.sent().and("filter.2.item", "Closed Lost").with("filter.2.op", "notEqual");
    bench.page = bench.post(&sent, "preview").text;
    bench.step(&[("logic", "1 AND (2 OR 3)"), ("date.column", "CloseDate")], "preview");
    bench.step(&[("date.range", "LAST_N_DAYS"), ("date.count", "400")], "preview");
    bench.step(&[("date.range", "CUSTOM")], "preview");
    bench.step(
        &[("date.start", "2026-01-01"), ("date.end", "2027-12-31"), ("scope", "mine"), ("open", "open")],
        "preview",
    );
    let products = world.ctx(world.rep).object("OpportunityLineItem").expect("products").def.label_plural.clone();
    bench.add("related", &products).step(&[("cross.0.includes", "without")], "preview");
    bench.step(&[("add.criterion-0.text", "Quantity")], "preview");
    bench.step(&[("criterion.0.0.value", "7")], "preview");
    bench.add("bucket", "Amount");
    bench.step(
        &[("bucket.0.label", "Size"), ("bucket.0.0.label", "Small"), ("bucket.0.0.bound", "100,000")],
        "new:bucket-value.0",
    );
    bench.add("column", "Size");
    bench.step(&[], "new:row-formula");
    bench.step(&[("row-formula.0.label", "Tenth"), ("row-formula.0.formula", "Amount * 0.1")], "preview");
    bench.step(&[], "new:summary-formula");
    bench.step(
        &[("summary-formula.0.label", "Mean"), ("summary-formula.0.formula", "Amount:SUM / RowCount")],
        "preview",
    );
    bench.step(&[("chart.kind", "Vertical Column Stacked")], "preview");
    bench.step(&[("chart.title", "Where the money is"), ("chart.levels", "two")], "preview");
    assert_eq!(errors(&bench.page), Vec::<&str>::new());
    assert!(
        bench.page.contains("Where the money is") && bench.page.contains("<svg"),
        "chart and table are in the preview"
    );

    let id = bench.save("Pipeline by stage and quarter");
    let saved = SavedReport::fetch(&world.ctx(world.rep), id).expect("the report").definition;
    let saved = serde_json::to_value(&saved).expect("JSON");
    assert_eq!(saved["reportFormat"], "MATRIX");
    assert_eq!(saved["groupingsDown"][0]["sortAggregate"], "s!Amount");
    assert_eq!(saved["groupingsAcross"][0]["dateGranularity"], "Quarter");
    assert_eq!(saved["reportFilters"][0]["value"], "20000");
    assert_eq!(
        (&saved["reportFilters"][1]["operator"], &saved["reportFilters"][1]["value"]),
        (&json!("equals"), &json!(""))
    );
    assert_eq!(saved["reportFilters"][2]["value"], "Closed Lost");
    assert_eq!(saved["reportBooleanFilter"], "1 AND (2 OR 3)");
    assert_eq!(saved["standardDateFilter"]["startDate"], "2026-01-01");
    assert_eq!(saved["scope"], "mine");
    assert_eq!(saved["standardFilters"][0]["value"], "open");
    assert_eq!(
        (&saved["crossFilters"][0]["includesObject"], &saved["crossFilters"][0]["criteria"][0]["value"]),
        (&json!(false), &json!("7"))
    );
    assert_eq!(saved["buckets"][0]["values"].as_array().map(Vec::len), Some(3));
    assert_eq!(saved["aggregates"], json!(["RowCount", "s!Amount", "FORMULA1"]));
    assert_eq!(saved["chart"]["groupings"], json!(["StageName", "CloseDate"]));
    // Opened and saved again, it is the same to the letter.
    let again = Bench::open(&maya, &format!("/reports/{id}/edit"));
    assert!(!again.page.contains("data-dirty"), "nothing is lost by leaving");
    assert_eq!(again.save("Pipeline by stage and quarter"), id);
    let kept = SavedReport::fetch(&world.ctx(world.rep), id).expect("the report").definition;
    assert_eq!(serde_json::to_value(&kept).expect("JSON"), saved);
}

#[test]
fn steps_are_taken_back_and_again_and_items_move() {
    let world = World::new();
    let maya = Visitor::signed_in(&world, world.rep);
    let mut bench = Bench::open(&maya, "/reports/new?type=Account");
    let first = bench.definition();
    let columns = first["detailColumns"].as_array().expect("columns").clone();
    bench.step(&[], "up:column.1");
    assert_eq!(bench.definition()["detailColumns"][0], columns[1]);
    bench.step(&[], "move:column.0.2").step(&[], "remove:column.0");
    let third = bench.definition();
    assert_eq!(third["detailColumns"].as_array().map(Vec::len), Some(columns.len() - 1));
    bench.step(&[], "undo").step(&[], "undo").step(&[], "undo");
    assert_eq!(bench.definition(), first);
    assert!(!bench.page.contains("data-dirty"));
    bench.step(&[], "redo").step(&[], "redo").step(&[], "redo");
    assert_eq!(bench.definition(), third);
    assert!(bench.page.contains("data-dirty") && bench.page.contains("Not saved yet"));
    // What was typed and not sent yet is taken back first.
    bench.step(&[("scope", "mine")], "undo");
    assert_eq!(bench.definition(), third);
    bench.step(&[], "redo");
    assert_eq!(bench.definition()["scope"], "mine");
}

#[test]
fn what_is_wrong_stands_beside_its_part_and_nothing_typed_is_lost() {
    let world = World::new();
    let maya = Visitor::signed_in(&world, world.rep);
    let mut bench = Bench::open(&maya, "/reports/new?type=Opportunity");
    bench.add("column", "nothing of the kind");
    assert!(bench.page.contains("Nothing that you can choose here is called “nothing of the kind”."));
    assert_eq!(bench.sent().value("add.column.text"), Some("nothing of the kind"));
    bench.step(&[("add.column.text", "")], "preview");
    bench.add("filter", "Amount").add("filter", "Stage");
    assert!(bench.page.contains("14 records"), "a filter without a value narrows nothing yet");
    bench.step(&[("name", ""), ("filter.0.value", "a lot"), ("logic", "1 AND")], "save");
    let page = &bench.page;
    for words in ["Give the report a name.", "Give a value, or choose “is blank”."] {
        assert!(page.contains(words), "{words}: {:?}", errors(page));
    }
    assert_eq!(bench.sent().value("filter.0.value"), Some("a lot"));
    assert_eq!(bench.sent().value("logic"), Some("1 AND"));
    bench.step(&[("filter.1.op", "filled"), ("name", "Kept")], "save");
    assert!(errors(&bench.page).iter().any(|words| words.contains("a lot")), "{:?}", errors(&bench.page));
    bench.step(&[("filter.0.value", "1000")], "save");
    assert!(bench.page.contains("id=\"logic-error\""), "{:?}", errors(&bench.page));
    bench.step(&[("logic", "1 OR 2")], "remove:filter.0");
    assert_eq!(bench.definition()["reportBooleanFilter"], Value::Null, "one filter needs no logic");
    assert_eq!(bench.save("Kept").prefix().as_string(), "00O");
}

#[test]
fn a_report_that_somebody_changed_meanwhile_is_not_overwritten_unseen() {
    let world = World::new();
    let maya = Visitor::signed_in(&world, world.rep);
    let id = Bench::open(&maya, "/reports/new?type=Account").save("Accounts");
    let address = format!("/reports/{id}/edit");
    let (mut mine, mut theirs) = (Bench::open(&maya, &address), Bench::open(&maya, &address));
    theirs.step(&[("scope", "mine")], "preview").save("Accounts");
    mine.step(&[], "remove:column.1").step(&[], "save");
    assert!(mine.page.contains("Somebody changed this report since you opened it"));
    let another = mine.post(&mine.sent(), "save-as");
    assert_eq!(another.status, StatusCode::SEE_OTHER, "{}", another.text);
    assert_ne!(another.location(), format!("/r/{id}"));
    assert!(maya.get(another.location()).text.contains("Copy of Accounts"));
    assert_eq!(mine.save("Accounts, mine"), id, "seen once, it is replaced");
    let saved = SavedReport::fetch(&world.ctx(world.rep), id).expect("the report");
    assert_eq!((saved.definition.scope.as_str(), saved.name.as_str()), ("organization", "Accounts, mine"));
}

#[test]
fn lists_of_reports_are_searched_and_lead_to_their_pages() {
    let world = World::new();
    let maya = Visitor::signed_in(&world, world.rep);
    let id = Bench::open(&maya, "/reports/new?type=Account").save("Everything of <b>ours</b>");
    let list = maya.get("/reports");
    assert!(
        list.text.contains("Everything of &lt;b&gt;ours") && list.text.contains(&format!("/r/{id}")),
        "{}",
        list.text
    );
    assert!(!maya.get("/reports?q=everything+ours").text.contains("No reports"));
    assert!(maya.get("/reports?q=nothing+so").text.contains("No reports that you can see match."));
    assert!(!maya.get("/reports?folder=own").text.contains("No reports"));
    let deleted = maya.post(&format!("/r/{id}/delete"), &[]);
    assert_eq!(deleted.location(), "/reports");
}

#[test]
fn a_column_one_may_not_read_is_neither_offered_nor_previewed() {
    let world = World::new();
    let (maya, sam) = (Visitor::signed_in(&world, world.rep), Visitor::signed_in(&world, world.stranger));
    let found: Value =
        serde_json::from_str(&maya.get("/reports/columns?type=Opportunity&use=figure&q=sum+amount").text)
            .expect("JSON");
    assert!(found.as_array().expect("a list").iter().any(|one| one["id"] == "s!Amount"), "{found}");
    assert_eq!(sam.get("/reports/columns?type=Opportunity&use=column").status, StatusCode::NOT_FOUND);
    let mut bench = Bench::open(&maya, "/reports/new?type=Opportunity");
    let mut definition: ReportMetadata = serde_json::from_value(bench.definition()).expect("a definition");
    definition.detail_columns.push("Secret__c".to_owned());
    let forged = definition.to_json().expect("JSON");
    bench.step(&[("definition", &forged)], "preview");
    assert!(bench.page.contains("is no column of Opportunities"), "{:?}", errors(&bench.page));
    assert!(!bench.page.contains("NaN"));
}
