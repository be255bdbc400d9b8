//! Groups, figures, tables and charts.

use crate::world::{World, on_both_stores};
use app_reports::definition::{
    DateGranularity, Direction, Grouping, Operator, ReportFilter, ReportFormat, SortBy, StandardDateFilter, TopRows,
};
use app_reports::{CardBody, Group, ReportMetadata, RunOptions, home_dashboard, run};
use model::{Decimal, Value};
use render::RowRole;

fn texts(list: &[&str]) -> Vec<String> {
    list.iter().map(|text| (*text).to_owned()).collect()
}

/// Twelve deals of two owners over two years, some without an amount.
fn fill(world: &World) {
    let stages = ["Prospecting", "closed won", "Closed Won", "Negotiation/Review"];
    let days = ["2026-11-02", "2026-11-30", "2026-12-01", "2025-11-21", "2026-10-31", "2026-02-28"];
    for at in 0..12usize {
        let owner = if at % 3 == 0 { world.peer } else { world.rep };
        let cents = (at % 5 != 4).then(|| 10_001 * (i64::try_from(at).expect("small") + 1));
        world.deal(owner, &format!("Deal {at:02}"), stages[at % 4], cents, days[at % 6]);
    }
}

fn summary() -> ReportMetadata {
    ReportMetadata {
        name: "Deals".to_owned(),
        report_format: ReportFormat::Summary,
        groupings_down: vec![
            Grouping::by("StageName"),
            Grouping { date_granularity: DateGranularity::Month, ..Grouping::by("CloseDate") },
        ],
        aggregates: texts(&["RowCount", "s!Amount", "a!Amount", "m!CloseDate", "x!Amount"]),
        detail_columns: texts(&["Name", "Opportunity.Amount", "Owner.Name"]),
        sort_by: vec![SortBy { sort_column: "Name".to_owned(), sort_order: Direction::Desc }],
        ..ReportMetadata::new("Opportunity")
    }
}

fn without_rows(groups: &[Group]) -> Vec<Group> {
    let strip = |group: &Group| Group { rows: Vec::new(), groups: without_rows(&group.groups), ..group.clone() };
    groups.iter().map(strip).collect()
}

#[test]
fn totals_are_the_sums_of_the_records_and_groups_made_by_the_store_say_the_same() {
    on_both_stores(|world| {
        fill(world);
        let ctx = world.ctx(world.manager);
        let with_rows = run(&ctx, &summary(), &RunOptions::default()).expect("a run");
        assert_eq!(with_rows.row_count, 12);
        let stages: Vec<&str> = with_rows.groups.iter().map(|group| group.label.as_str()).collect();
        assert_eq!(stages, ["Prospecting", "Negotiation/Review", "Closed Won"], "the order of the stages");
        let mut sum = Decimal::ZERO;
        let mut count = 0;
        for group in &with_rows.groups {
            let mut of_group = Decimal::ZERO;
            for inner in &group.groups {
                let amounts: Vec<Decimal> = inner.rows.iter().filter_map(|row| row.cells[1].as_decimal()).collect();
                let own: Decimal = amounts.iter().sum();
                assert_eq!(inner.aggregates[0], Value::Int(i64::try_from(inner.rows.len()).expect("small")));
                assert_eq!(inner.aggregates[1].as_decimal(), Some(own));
                assert_eq!(inner.aggregates[4].as_decimal(), amounts.iter().max().copied());
                let names: Vec<_> = inner.rows.iter().map(|row| row.cells[0].to_plain()).collect();
                assert!(names.is_sorted_by(|a, b| a >= b), "{names:?}");
                of_group += own;
                count += amounts.len();
            }
            assert_eq!(group.aggregates[1].as_decimal(), Some(of_group));
            sum += of_group;
        }
        assert_eq!(with_rows.totals[1].as_decimal(), Some(sum));
        let average = model::round_to_scale(sum / Decimal::from(count), 2);
        assert_eq!(with_rows.totals[2].as_decimal(), Some(average), "blanks do not count");
        assert_eq!(with_rows.totals[3].to_plain(), "2025-11-21");

        let grouped =
            run(&ctx, &summary(), &RunOptions { details: Some(false), ..RunOptions::default() }).expect("a run");
        assert_eq!(without_rows(&grouped.groups), without_rows(&with_rows.groups));
        assert_eq!((&grouped.totals, grouped.row_count), (&with_rows.totals, 12));
    });
}

#[test]
fn the_table_has_subtotals_and_the_summary_has_one_row_for_each_group() {
    on_both_stores(|world| {
        fill(world);
        let run = run(&world.ctx(world.manager), &summary(), &RunOptions::default()).expect("a run");
        let table = run.to_table();
        table.check().expect("every row has its cells");
        assert_eq!(table.detail_count(), 12);
        let headings: Vec<&str> = table.columns.iter().map(|column| column.label.as_str()).collect();
        assert_eq!(
            headings,
            [
                "Stage",
                "Close date",
                "Opportunity name",
                "Amount",
                "Owner",
                "Record count",
                "Average of Amount",
                "Smallest Close date",
                "Largest Amount"
            ]
        );
        let details: Decimal = table
            .rows
            .iter()
            .filter(|row| row.role == RowRole::Detail)
            .filter_map(|row| row.cells[3].as_decimal())
            .sum();
        let outer: Decimal = table
            .rows
            .iter()
            .filter(|row| row.role == RowRole::Subtotal { level: 0 })
            .filter_map(|row| row.cells[3].as_decimal())
            .sum();
        assert_eq!(details, outer);
        assert_eq!(table.totals.as_ref().and_then(|cells| cells[3].as_decimal()), Some(details));

        let summary = run.to_summary();
        summary.check().expect("every row has its cells");
        let leaves: usize = run.groups.iter().map(|group| group.groups.len()).sum();
        assert_eq!(summary.detail_count(), leaves);
        let subtotals = summary.rows.iter().filter(|row| row.role.is_summary());
        let names: Vec<String> = subtotals.map(|row| row.cells[0].to_plain()).collect();
        assert_eq!(names, ["Prospecting total", "Negotiation/Review total", "Closed Won total"]);
    });
}

#[test]
fn the_first_rows_of_a_sorted_list_are_summed_up_alone() {
    on_both_stores(|world| {
        fill(world);
        let definition = ReportMetadata {
            detail_columns: texts(&["Name", "Amount"]),
            aggregates: texts(&["s!Amount", "u!StageName"]),
            sort_by: vec![SortBy { sort_column: "Amount".to_owned(), sort_order: Direction::Desc }],
            top_rows: Some(TopRows { row_limit: 2, direction: Some(Direction::Desc) }),
            ..ReportMetadata::new("Opportunity")
        };
        let run = run(&world.ctx(world.manager), &definition, &RunOptions::default()).expect("a run");
        let names: Vec<String> = run.rows.iter().map(|row| row.cells[0].to_plain()).collect();
        assert_eq!(names, ["Deal 11", "Deal 10"]);
        assert_eq!(run.totals, [Value::Number(Decimal::new(10_001 * 23, 2)), Value::Int(2)]);
        let totals = run.to_table().totals.expect("totals");
        assert_eq!(totals[0], Value::Text("Total".to_owned()));
        let against =
            ReportMetadata { top_rows: Some(TopRows { row_limit: 2, direction: Some(Direction::Asc) }), ..definition };
        let refusal = app_reports::run(&world.ctx(world.manager), &against, &RunOptions::default());
        let words = refusal.expect_err("a contradiction").message().to_owned();
        assert!(words.starts_with("topRows.direction: "), "{words}");
    });
}

#[test]
fn filters_dates_and_logic_choose_the_rows() {
    on_both_stores(|world| {
        fill(world);
        let names = |definition: &ReportMetadata| -> Vec<String> {
            let run = run(&world.ctx(world.manager), definition, &RunOptions::default()).expect("a run");
            let mut names: Vec<String> = run.rows.iter().map(|row| row.cells[0].to_plain()).collect();
            names.sort();
            names
        };
        let list = || ReportMetadata { detail_columns: texts(&["Name"]), ..ReportMetadata::new("Opportunity") };
        let filtered = |filters: &[(&str, Operator, &str)], logic: Option<&str>| ReportMetadata {
            report_filters: filters
                .iter()
                .map(|(column, operator, value)| ReportFilter::new(column, *operator, value))
                .collect(),
            report_boolean_filter: logic.map(str::to_owned),
            ..list()
        };
        let during = |literal: &str| ReportMetadata {
            standard_date_filter: Some(StandardDateFilter::during("CloseDate", literal)),
            ..list()
        };
        assert_eq!(names(&during("THIS_MONTH")), ["Deal 00", "Deal 01", "Deal 06", "Deal 07"]);
        assert_eq!(names(&during("NEXT_N_DAYS:10")), ["Deal 01", "Deal 07"], "21 to 30 November");
        assert_eq!(names(&during("NEXT_N_DAYS:9")), [""; 0], "21 to 29 November");
        let of_amount = filtered(&[("Amount", Operator::GreaterOrEqual, "1,000.11")], None);
        assert_eq!(names(&of_amount), ["Deal 10", "Deal 11"]);
        assert_eq!(names(&filtered(&[("Amount", Operator::Equals, "")], None)), ["Deal 04", "Deal 09"]);
        let stage = ("StageName", Operator::Equals, "Prospecting, \"Negotiation/Review\"");
        assert_eq!(names(&filtered(&[stage], None)).len(), 6);
        let logic = filtered(
            &[
                ("Name", Operator::Contains, "0"),
                ("Owner.Name", Operator::StartsWith, "PE"),
                ("Amount", Operator::NotEqual, ""),
            ],
            Some("2 AND (NOT 3 OR 1)"),
        );
        assert_eq!(names(&logic), ["Deal 00", "Deal 03", "Deal 06", "Deal 09"]);
        let owners = filtered(&[("OwnerId", Operator::NotEqual, &world.rep.to_string())], None);
        assert_eq!(names(&owners), ["Deal 00", "Deal 03", "Deal 06", "Deal 09"]);
        let created = filtered(
            &[("CreatedDate", Operator::Equals, "TODAY"), ("CloseDate", Operator::LessThan, "THIS_YEAR")],
            None,
        );
        assert_eq!(names(&created), ["Deal 03", "Deal 09"]);
    });
}

#[test]
fn the_home_page_has_a_card_for_each_question() {
    on_both_stores(|world| {
        fill(world);
        app_reports::ensure_samples(&world.ctx(world.manager)).expect("samples");
        let again = app_reports::ensure_samples(&world.ctx(world.manager)).expect("samples");
        assert_eq!(again.len(), 5);
        let cards = home_dashboard(&world.ctx(world.manager)).expect("cards");
        let problems: Vec<_> = cards.iter().filter(|card| matches!(card.body, CardBody::Problem(_))).collect();
        assert!(problems.is_empty(), "{problems:?}");
        assert!(
            matches!(&cards[0].body, CardBody::Figure { label, .. } if label == "Sum of Amount"),
            "{:?}",
            cards[0].body
        );
        let CardBody::Chart { chart, table } = &cards[1].body else { panic!("{:?}", cards[1].body) };
        assert_eq!(chart.categories, ["Prospecting", "Negotiation/Review"]);
        assert_eq!(table.rows.len(), 2);
        assert!(cards[1].report.is_some());
        let of_rep = home_dashboard(&world.ctx(world.rep)).expect("cards");
        assert!(of_rep[1].report.is_none(), "the manager's report is not the rep's to open");
        assert!(
            matches!(of_rep[1].body, CardBody::Chart { .. }),
            "yet the question is answered over the rep's own rows"
        );
    });
}

#[test]
fn instants_are_cut_into_local_days_alike_by_the_store_and_here() {
    on_both_stores(|world| {
        fill(world);
        for granularity in [DateGranularity::Day, DateGranularity::Week, DateGranularity::FiscalYear] {
            let definition = ReportMetadata {
                groupings_down: vec![
                    Grouping { date_granularity: granularity, ..Grouping::by("CreatedDate") },
                    Grouping {
                        sort_order: Direction::Desc,
                        sort_aggregate: Some("s!Amount".to_owned()),
                        ..Grouping::by("Owner.Name")
                    },
                ],
                ..summary()
            };
            let ctx = world.ctx(world.manager);
            let rows = run(&ctx, &definition, &RunOptions::default()).expect("a run");
            let grouped =
                run(&ctx, &definition, &RunOptions { details: Some(false), ..RunOptions::default() }).expect("a run");
            assert_eq!(without_rows(&rows.groups), without_rows(&grouped.groups));
            let owners: Vec<&str> = rows.groups[0].groups.iter().map(|group| group.label.as_str()).collect();
            assert_eq!(owners, ["rep", "peer"], "the larger sum first");
        }
    });
}
