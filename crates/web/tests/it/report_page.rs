//! The page of a report: from groups and figures to the records behind them, filters changed for once, files.

use crate::visitor::Visitor;
use crate::world::World;
use http::StatusCode;
use model::RecordId;

/// Deals by stage and quarter, with the deals themselves.
pub(crate) fn matrix(world: &World) -> RecordId {
    let definition = r#"{"reportType":{"type":"Opportunity"},"reportFormat":"MATRIX",
        "groupingsDown":[{"name":"StageName"}],"groupingsAcross":[{"name":"CloseDate","dateGranularity":"Quarter"}],
        "aggregates":["s!Amount","RowCount"],"detailColumns":["Name","Account.Name","Amount"],
        "reportFilters":[{"column":"Amount","operator":"greaterThan","value":"15000"}],
        "standardDateFilter":{"column":"CloseDate","durationValue":"CUSTOM","startDate":"2026-01-01","endDate":"2026-12-31"},
        "chart":{"chartType":"Vertical Column Stacked"}}"#;
    world.create(
        world.rep,
        "Report",
        &[("Name", "Deals by stage and quarter".into()), ("Definition", definition.into())],
    )
}

/// The first address of the page that holds all these words, as a browser follows it.
fn link(page: &str, words: &[&str]) -> String {
    let links = page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let found = links.map(|href| href.replace("&amp;", "&")).find(|href| words.iter().all(|word| href.contains(word)));
    found.unwrap_or_else(|| panic!("no link with {words:?} in {page}"))
}

#[test]
fn groups_and_crossings_lead_to_exactly_their_records_by_an_address_that_can_be_shared() {
    let world = World::new();
    let maya = Visitor::signed_in(&world, world.rep);
    let report = matrix(&world);
    let page = maya.get(&format!("/r/{report}")).text;
    assert!(page.contains("<svg") && page.contains("Amount is greater than 15000"), "{page}");
    // A group down: all its deals, of whatever quarter.
    let won = maya.get(&link(&page, &["at=StageName%7EClosed+Won"])).text;
    assert!(
        won.contains("3 records") && won.contains("Branch network, phase 1") && won.contains("Annual training package"),
        "{won}"
    );
    assert!(!won.contains("Warehouse tablets"));
    // Where it crosses a quarter.
    let crossing = link(&page, &["at=StageName%7EClosed+Won", "at=CloseDate%7E2026-10-01"]);
    let shown = maya.get(&crossing).text;
    assert!(
        shown.contains("2 records")
            && shown.contains("Branch network, phase 2")
            && !shown.contains("Branch network, phase 1"),
        "{shown}"
    );
    assert!(
        shown.contains(&format!("/r/{}", world.account)) || shown.contains("/r/001"),
        "names lead to their records"
    );
    assert!(shown.contains("Whole report") && shown.contains("Stage"), "it says where one is");
    // A quarter alone, from the total below it.
    let quarter = maya.get(&link(&page, &["?at=CloseDate%7E2026-07-01"])).text;
    assert!(quarter.contains("1 record") && quarter.contains("Branch network, phase 1"), "{quarter}");
    // Somebody else sees by that address what they may see.
    let tomas = Visitor::signed_in(&world, world.reader).get(&crossing);
    assert!(!tomas.text.contains("Branch network"), "{}", tomas.text);
    // A file of the same records.
    let file = maya.get(&crossing.replacen('?', "/report.csv?", 1)).text;
    assert_eq!(file.lines().count(), 3, "a heading and two records: {file}");
}

#[test]
fn a_reader_changes_filters_for_once_and_the_report_stays() {
    let world = World::new();
    let maya = Visitor::signed_in(&world, world.rep);
    let report = matrix(&world);
    let own = format!("/r/{report}");
    let changed = format!("{own}?filter.0.op=greaterThan&filter.0.value=200000&date.column=");
    let page = maya.get(&changed).text;
    assert!(page.contains("Amount is greater than 200000") && page.contains("Measuring instruments"), "{page}");
    assert!(!page.contains("Quote automation") && page.contains("As saved"));
    let narrowed = link(&page, &["filter.0.value=200000", "at=StageName%7EClosed+Won"]);
    assert!(maya.get(&narrowed).text.contains("1 record"));
    assert!(maya.get(&own).text.contains("Quote automation"), "the report itself is as it was");
    let wrong = maya.get(&format!("{own}?filter.0.op=greaterThan&filter.0.value=a+lot"));
    assert_eq!(wrong.status, StatusCode::OK);
    assert!(wrong.text.contains("field-error") && wrong.text.contains("a lot"), "{}", wrong.text);
    // The file is asked as the page is.
    let file = maya.get(&changed.replacen('?', "/report.csv?", 1)).text;
    assert!(file.contains("Measuring instruments") && !file.contains("Quote automation"), "{file}");
    let book = maya.get(&format!("{own}/report.xlsx"));
    assert_eq!(book.header("content-type"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
    assert!(book.text.starts_with("PK") && book.header("content-disposition").contains("Deals"), "a workbook");
}

#[test]
fn a_report_that_something_shows_is_not_deleted() {
    let world = World::new();
    let maya = Visitor::signed_in(&world, world.rep);
    let shown = world.reports.iter().map(|report| maya.post(&format!("/r/{report}/delete"), &[]));
    let refused: Vec<_> = shown.filter(|answer| answer.status == StatusCode::BAD_REQUEST).collect();
    assert!(!refused.is_empty());
    assert!(refused.iter().all(|answer| answer.text.contains("is shown on the dashboard")), "{}", refused[0].text);
}
