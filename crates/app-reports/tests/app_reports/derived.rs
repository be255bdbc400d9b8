//! Columns and figures that a report computes itself: buckets, formulas of rows, formulas over aggregates, medians.

use crate::world::{World, on_both_stores};
use app_reports::{Group, ReportMetadata, ReportRun, RunOptions, run};
use model::ErrorCode;
use serde_json::{Value as Json, json};

fn fill(world: &World) {
    let deals = [
        ("A", "Prospecting", Some(1_000), "2026-01-10"),
        ("B", "Prospecting", Some(25_050), "2026-02-10"),
        ("C", "Closed Won", Some(10_000), "2026-02-20"),
        ("D", "Closed Won", None, "2026-03-01"),
        ("E", "Closed Lost", Some(900_000), "2026-03-02"),
    ];
    for (name, stage, cents, close) in deals {
        world.deal(world.rep, name, stage, cents, close);
    }
}

fn definition(parts: &Json) -> ReportMetadata {
    let mut whole = json!({"reportType": {"type": "Opportunity"}, "detailColumns": ["Name"]});
    let (Some(into), Some(from)) = (whole.as_object_mut(), parts.as_object()) else { panic!("objects") };
    into.extend(from.clone());
    ReportMetadata::parse(&whole.to_string()).expect("a definition")
}

fn made(world: &World, parts: &Json) -> ReportRun {
    run(&world.ctx(world.rep), &definition(parts), &RunOptions::default()).expect("a run")
}

fn refused(world: &World, parts: &Json) -> String {
    run(&world.ctx(world.rep), &definition(parts), &RunOptions::default()).expect_err("a refusal").message().to_owned()
}

fn figures(groups: &[Group], at: usize) -> Vec<(String, String)> {
    groups.iter().map(|group| (group.label.clone(), group.aggregates[at].to_plain())).collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn sizes(null_is_zero: bool) -> Json {
    json!([{"developerName": "BucketField_1", "label": "Size", "bucketType": "number", "sourceColumnName": "Amount",
            "nullTreatedAsZero": null_is_zero, "values": [
                {"label": "small", "rangeUpperBound": 100}, {"label": "middle", "rangeUpperBound": 5000.5},
                {"label": "large", "rangeUpperBound": null}]}])
}

#[test]
fn a_number_bucket_takes_its_upper_bound_in_and_blanks_stay_blank() {
    on_both_stores(|world| {
        fill(world);
        for details in [true, false] {
            let parts = json!({"reportFormat": "SUMMARY", "buckets": sizes(false), "hasDetailRows": details,
                "groupingsDown": [{"name": "BucketField_1"}], "aggregates": ["RowCount", "s!AMOUNT"]});
            let run = made(world, &parts);
            let expected = pairs(&[("-", "1"), ("small", "2"), ("middle", "1"), ("large", "1")]);
            assert_eq!(figures(&run.groups, 0), expected, "in the order of the buckets");
            let sums = pairs(&[("-", "0"), ("small", "110"), ("middle", "250.5"), ("large", "9000")]);
            assert_eq!(figures(&run.groups, 1), sums);
        }
        let zero = json!({"reportFormat": "SUMMARY", "buckets": sizes(true), "groupingsDown": [{"name": "BucketField_1"}],
            "aggregates": ["RowCount"]});
        assert_eq!(figures(&made(world, &zero).groups, 0), pairs(&[("small", "3"), ("middle", "1"), ("large", "1")]));
    });
}

#[test]
fn a_picklist_bucket_gathers_values_and_leaves_the_rest_under_its_other_name() {
    on_both_stores(|world| {
        fill(world);
        let bucket = |other: Json| {
            json!({"reportFormat": "SUMMARY", "groupingsDown": [{"name": "Outcome"}], "aggregates": ["RowCount"],
                "reportFilters": [{"column": "Outcome", "operator": "notEqual", "value": "nothing"}],
                "buckets": [{"devloperName": "Outcome", "label": "Outcome", "bucketType": "picklist",
                    "sourceColumnName": "STAGE_NAME", "otherBucketLabel": other,
                    "values": [{"label": "over", "sourceDimensionValues": ["closed won", "Closed Lost"]}]}]})
        };
        assert_eq!(figures(&made(world, &bucket(json!("open"))).groups, 0), pairs(&[("over", "3"), ("open", "2")]));
        let own = made(world, &bucket(Json::Null));
        assert_eq!(figures(&own.groups, 0), pairs(&[("over", "3"), ("Prospecting", "2")]));
    });
}

#[test]
fn a_row_formula_is_shown_filtered_sorted_and_summed() {
    on_both_stores(|world| {
        fill(world);
        let run = made(
            world,
            &json!({"detailColumns": ["Name", "CDF1"], "aggregates": ["s!CDF1"],
                "customDetailFormula": [{"label": "Fee", "formulaType": "number", "decimalPlaces": 2,
                    "formula": "ROUND(Opportunity.Amount * 0.1, 2)"}],
                "reportFilters": [{"column": "CDF1", "operator": "greaterThan", "value": "5"}],
                "sortBy": [{"sortColumn": "CDF1", "sortOrder": "Desc"}], "topRows": {"rowLimit": 3}}),
        );
        let rows: Vec<(String, String)> =
            run.rows.iter().map(|row| (row.cells[0].to_plain(), row.cells[1].to_plain())).collect();
        assert_eq!(rows, pairs(&[("E", "900"), ("B", "25.05"), ("C", "10")]));
        assert_eq!(run.totals[0].to_plain(), "935.05", "totals cover the rows that were kept");
    });
}

#[test]
fn a_row_formula_without_a_value_is_blank_and_says_so() {
    on_both_stores(|world| {
        fill(world);
        let run = made(
            world,
            &json!({"detailColumns": ["Name", "CDF1"], "sortBy": [{"sortColumn": "Name"}],
                "customDetailFormula": {"CDF1": {"label": "Share", "formulaType": "number", "formula": "100 / Amount"}}}),
        );
        assert_eq!(run.rows[3].cells[1].to_plain(), "");
        assert_eq!(run.notices, ["Share has no value in one row: Division by zero."]);
    });
}

#[test]
fn formulas_over_aggregates_use_the_figures_of_their_own_group() {
    on_both_stores(|world| {
        fill(world);
        let run = made(
            world,
            &json!({"reportFormat": "SUMMARY", "groupingsDown": [{"name": "STAGE_NAME"}],
                "aggregates": ["FORMULA1", "FORMULA2", "FORMULA3", "RowCount"],
                "customSummaryFormula": [
                    {"label": "Each", "formulaType": "currency", "decimalPlaces": 2, "formula": "AMOUNT:SUM / RowCount"},
                    {"label": "Share", "formulaType": "percent", "decimalPlaces": 1,
                     "formula": "AMOUNT:SUM / PARENTGROUPVAL(AMOUNT:SUM, GRAND_SUMMARY)"},
                    {"label": "Growth", "formulaType": "number", "decimalPlaces": 0, "downGroupType": "custom",
                     "downGroup": "STAGE_NAME", "formula": "RowCount - PREVGROUPVAL(RowCount, STAGE_NAME)"}]}),
        );
        assert_eq!(run.aggregates.len(), 4, "what formulas read beside them is not shown");
        let stages: Vec<&str> = run.groups.iter().map(|group| group.label.as_str()).collect();
        assert_eq!(stages, ["Prospecting", "Closed Won", "Closed Lost"]);
        let of = |at: usize| figures(&run.groups, at).into_iter().map(|(_, value)| value).collect::<Vec<_>>();
        assert_eq!(of(0), ["130.25", "50", "9000"]);
        assert_eq!(of(1), ["2.8", "1.1", "96.1"]);
        assert_eq!(of(2), ["2", "0", "-1"]);
        assert_eq!(run.totals[0].to_plain(), "1872.1", "from the totals, not from the groups' figures");
        assert_eq!(run.totals[2].to_plain(), "", "it is shown at the level of stages alone");
    });
}

#[test]
fn a_formula_that_divides_by_nothing_has_no_value_there() {
    on_both_stores(|world| {
        fill(world);
        let run = made(
            world,
            &json!({"reportFormat": "MATRIX", "groupingsDown": [{"name": "STAGE_NAME"}],
                "groupingsAcross": [{"name": "CLOSE_DATE", "dateGranularity": "Month"}], "aggregates": ["FORMULA1"],
                "customSummaryFormula": [{"label": "Each", "formulaType": "number", "formula": "AMOUNT:SUM / RowCount"}]}),
        );
        let (lost, january) = (&run.groups[2], &run.groups_across[0]);
        assert!(run.figures(Some(lost), Some(january))[0].is_null());
        assert_eq!(run.figures(Some(lost), None)[0].to_plain(), "9000");
    });
}

#[test]
fn the_median_is_the_value_in_the_middle() {
    on_both_stores(|world| {
        fill(world);
        let run = made(world, &json!({"aggregates": ["d!Amount", "a!Amount"]}));
        assert_eq!(run.totals[0].to_plain(), "175.25", "half way between 100 and 250.50");
        assert_eq!(run.totals[1].to_plain(), "2340.13");
    });
}

#[test]
fn what_a_report_computes_is_refused_beside_its_property() {
    on_both_stores(|world| {
        let summary = |formula: &str| {
            json!({"reportFormat": "SUMMARY", "groupingsDown": [{"name": "StageName"}], "aggregates": ["FORMULA1"],
                "customSummaryFormula": [{"label": "x", "formulaType": "number", "formula": formula}]})
        };
        let row = |formula: &str| json!({"customDetailFormula": [{"label": "x", "formulaType": "number", "formula": formula}]});
        let cases = [
            (
                summary("Amount"),
                "customSummaryFormula[0].formula: \"Amount\" is no summary; write RowCount, or a column with :SUM, :AVG, :MIN, :MAX, :UNIQUE or :MEDIAN.",
            ),
            (
                summary("PREVGROUPVAL(RowCount, StageName, 13)"),
                "customSummaryFormula[0].formula: PREVGROUPVAL looks back 1 to 12 groups.",
            ),
            (
                summary("PARENTGROUPVAL(RowCount, Type)"),
                "customSummaryFormula[0].formula: \"Type\" is no grouping of the report.",
            ),
            (
                summary("Name:SUM"),
                "customSummaryFormula[0].formula: Opportunity name is not of a type that this aggregate takes.",
            ),
            (
                row("Nowhere + 1"),
                "customDetailFormula[0].formula: \"Nowhere\" is no column of Opportunities. It may have been renamed or deleted; edit the report.",
            ),
            (
                row("\"a\""),
                "customDetailFormula[0].formula: Formula result is data type (Text), incompatible with expected data type (Number).",
            ),
            (
                json!({"buckets": [{"developerName": "B", "bucketType": "number", "sourceColumnName": "Name", "values": [{"label": "x"}]}]}),
                "buckets[0].sourceColumnName: Opportunity name cannot be gathered by this bucket type.",
            ),
            (
                json!({"buckets": [{"developerName": "B", "bucketType": "number", "sourceColumnName": "Amount",
                "values": [{"label": "x", "rangeUpperBound": 5}, {"label": "y", "rangeUpperBound": 5}, {"label": "z"}]}]}),
                "buckets[0].values[1].rangeUpperBound: is not above the one before it.",
            ),
        ];
        for (parts, expected) in cases {
            assert_eq!(refused(world, &parts), expected);
        }
        let joined = definition(&json!({"reportFormat": "MULTI_BLOCK"}));
        let error = run(&world.ctx(world.rep), &joined, &RunOptions::default()).expect_err("a refusal");
        assert_eq!(error.code(), ErrorCode::NotImplemented);
    });
}
