//! Definitions are refused beside their field when they cannot run.

use crate::world::on_both_stores;
use model::{ErrorCode, Value};

#[test]
fn a_definition_that_cannot_run_is_refused_with_its_property() {
    on_both_stores(|world| {
        let save = |json: &str| {
            let values: [(&str, Value); 2] = [("Name", "Deals".into()), ("Definition", json.into())];
            world.try_create(world.rep, "Report", &values)
        };
        let cases = [
            ("{", "The definition: EOF while parsing an object"),
            (
                r#"{"reportType":{"type":"Nowhere"},"detailColumns":["Name"]}"#,
                "reportType.type: \"Nowhere\" is no object you can report on.",
            ),
            (
                r#"{"reportType":{"type":"Opportunity"},"detailColumns":["Nme"]}"#,
                "detailColumns[0]: \"Nme\" is no column of Opportunities.",
            ),
            (
                r#"{"reportType":{"type":"Opportunity"},"detailColumns":["Name"],"groupingsDown":[{"name":"Type"}]}"#,
                "groupingsDown: a tabular report has no groups; choose the format SUMMARY.",
            ),
            (
                r#"{"reportType":{"type":"Opportunity"},"aggregates":["s!Name"]}"#,
                "aggregates[0]: Opportunity name is not of a type that this aggregate takes.",
            ),
            (
                r#"{"reportType":{"type":"Opportunity"},"detailColumns":["Name"],"reportFilters":[{"column":"Amount","operator":"contains","value":"1"}]}"#,
                "reportFilters[0]: Amount: the operator contains does not fit this column.",
            ),
            (
                r#"{"reportType":{"type":"Opportunity"},"detailColumns":["Name"],"standardDateFilter":{"column":"CloseDate","durationValue":"SOON"}}"#,
                "standardDateFilter.durationValue: \"SOON\" is no range of days.",
            ),
            (
                r#"{"reportType":{"type":"Opportunity"},"detailColumns":["Name"],"chart":{"chartType":"Cloud"}}"#,
                "chart.chartType: \"Cloud\" is no kind of chart.",
            ),
        ];
        for (json, expected) in cases {
            let error = save(json).expect_err("a refusal");
            assert_eq!((error.code(), error.message()), (ErrorCode::FieldIntegrityException, expected));
            assert_eq!(error.fields(), ["Definition"]);
        }
        let id = save(r#"{"reportType":{"type":"Opportunity"},"reportFormat":"SUMMARY","detailColumns":["Name"],"groupingsDown":[{"name":"StageName"}]}"#)
            .expect("a report");
        let (_, rows) = world
            .ctx(world.rep)
            .query_all_rows(&format!("SELECT Format FROM Report WHERE Id = '{id}'"), platform::QueryOptions::default())
            .expect("the report");
        assert_eq!(rows[0].cells[0].value(), &Value::from("SUMMARY"));
    });
}

#[test]
fn related_records_decide_through_a_cross_filter() {
    on_both_stores(|world| {
        let account = world.create(world.rep, "Account", &[("Name", "Acme".into())]);
        world.create(world.rep, "Account", &[("Name", "Empty".into())]);
        let contact = [("LastName", "Doe".into()), ("AccountId", account.into())];
        world.create(world.rep, "Contact", &contact);
        let names = |includes: bool| {
            let json = format!(
                r#"{{"reportType":{{"type":"Account"}},"detailColumns":["Name"],"crossFilters":[{{"primaryEntityField":"Id","relatedEntity":"Contact","relatedEntityJoinField":"AccountId","includesObject":{includes},"criteria":[{{"column":"LastName","operator":"equals","value":"doe"}}]}}]}}"#
            );
            let definition = app_reports::ReportMetadata::parse(&json).expect("a definition");
            let run = app_reports::run(&world.ctx(world.rep), &definition, &app_reports::RunOptions::default())
                .expect("a run");
            run.rows.iter().map(|row| row.cells[0].to_plain()).collect::<Vec<_>>()
        };
        assert_eq!(names(true), ["Acme"]);
        assert_eq!(names(false), ["Empty"]);
    });
}
