//! Groups down crossed with groups across.

use crate::world::{World, on_both_stores};
use app_reports::definition::{DateGranularity, Direction, Grouping, ReportFormat};
use app_reports::{Group, ReportMetadata, ReportRun, RunOptions, run};
use model::{Decimal, Value};

fn fill(world: &World) {
    let stages = ["Prospecting", "Closed Won", "Negotiation/Review"];
    let days = ["2026-01-15", "2026-02-28", "2026-04-01", "2025-11-21"];
    for at in 0..17usize {
        let owner = if at % 5 == 0 { world.peer } else { world.rep };
        let cents = (at % 7 != 4).then(|| 1_003 * (i64::try_from(at).expect("small") + 1));
        world.deal(owner, &format!("Deal {at:02}"), stages[at % 3], cents, days[at % 4]);
    }
}

fn matrix() -> ReportMetadata {
    ReportMetadata {
        name: "Deals".to_owned(),
        report_format: ReportFormat::Matrix,
        groupings_down: vec![Grouping::by("StageName"), Grouping::by("Owner.Name")],
        groupings_across: vec![
            Grouping { date_granularity: DateGranularity::Year, ..Grouping::by("CloseDate") },
            Grouping::by("Type"),
        ],
        aggregates: ["s!Amount", "RowCount", "a!Amount", "u!StageName", "d!Amount"].map(str::to_owned).to_vec(),
        detail_columns: ["Name", "Amount"].map(str::to_owned).to_vec(),
        ..ReportMetadata::new("Opportunity")
    }
}

/// All groups of an axis, those around others too.
fn all(groups: &[Group]) -> Vec<&Group> {
    groups.iter().flat_map(|group| std::iter::once(group).chain(all(&group.groups))).collect()
}

fn leaves(groups: &[Group]) -> Vec<&Group> {
    all(groups).into_iter().filter(|group| group.groups.is_empty()).collect()
}

fn sum(run: &ReportRun, down: Option<&Group>, across: Option<&Group>) -> Decimal {
    run.figures(down, across)[0].as_decimal().expect("a sum")
}

#[test]
fn every_crossing_sums_its_own_records_and_totals_sum_crossings() {
    on_both_stores(|world| {
        fill(world);
        let run = run(&world.ctx(world.manager), &matrix(), &RunOptions::default()).expect("a run");
        let (down, across) = (leaves(&run.groups), leaves(&run.groups_across));
        let mut names = Vec::new();
        for group in &down {
            for other in &across {
                let rows = run.rows_at(group, Some(other));
                let own: Decimal = rows.iter().filter_map(|row| row.cells[1].as_decimal()).sum();
                assert_eq!(sum(&run, Some(group), Some(other)), own);
                assert_eq!(
                    run.figures(Some(group), Some(other))[1],
                    Value::Int(i64::try_from(rows.len()).expect("few"))
                );
                names.extend(rows.iter().map(|row| row.cells[0].to_plain()));
            }
            let of_row: Decimal = across.iter().map(|other| sum(&run, Some(group), Some(other))).sum();
            assert_eq!(sum(&run, Some(group), None), of_row);
        }
        names.sort();
        let expected: Vec<String> = (0..17).map(|at| format!("Deal {at:02}")).collect();
        assert_eq!(names, expected, "each record stands at exactly one crossing");
        for other in all(&run.groups_across) {
            let of_column: Decimal = run.groups.iter().map(|group| sum(&run, Some(group), Some(other))).sum();
            assert_eq!(sum(&run, None, Some(other)), of_column);
        }
        assert_eq!(run.totals[3], Value::Int(3), "a stage is counted once, however many groups it is in");
        assert_eq!(run.groups.iter().map(|group| group.row_count).sum::<u64>(), 17);
        let years: Vec<&str> = run.groups_across.iter().map(|group| group.label.as_str()).collect();
        assert_eq!(years, ["2025", "2026"]);
    });
}

#[test]
fn the_store_and_the_engine_make_the_same_matrix() {
    on_both_stores(|world| {
        fill(world);
        let mut definition = matrix();
        // What the store can compute.
        definition.aggregates.truncate(3);
        definition.groupings_down[0].sort_aggregate = Some("s!Amount".to_owned());
        definition.groupings_down[0].sort_order = Direction::Desc;
        let ctx = world.ctx(world.manager);
        let rows = run(&ctx, &definition, &RunOptions::default()).expect("a run");
        let grouped =
            run(&ctx, &definition, &RunOptions { details: Some(false), ..RunOptions::default() }).expect("a run");
        assert_eq!(rows.to_summary().rows, { grouped.to_summary().rows });
        let labels = |groups: &[Group]| all(groups).into_iter().map(|group| group.label.clone()).collect::<Vec<_>>();
        assert_eq!(labels(&rows.groups), labels(&grouped.groups));
        assert_eq!(labels(&rows.groups_across), labels(&grouped.groups_across));
        let sums: Vec<_> = rows.groups.iter().map(|group| group.aggregates[0].as_decimal()).collect();
        assert!(sums.is_sorted_by(|a, b| a >= b), "{sums:?}");
    });
}

#[test]
fn the_table_of_a_matrix_has_a_column_for_each_group_across_and_its_totals() {
    on_both_stores(|world| {
        fill(world);
        let definition = ReportMetadata {
            groupings_down: vec![Grouping::by("StageName")],
            groupings_across: vec![Grouping {
                date_granularity: DateGranularity::Quarter,
                sort_order: Direction::Desc,
                ..Grouping::by("CloseDate")
            }],
            aggregates: vec!["RowCount".to_owned()],
            ..matrix()
        };
        let run = run(&world.ctx(world.manager), &definition, &RunOptions::default()).expect("a run");
        let table = run.to_summary();
        table.check().expect("every row has its cells");
        let headings: Vec<&str> = table.columns.iter().map(|column| column.label.as_str()).collect();
        assert_eq!(headings, ["Stage", "Q2 2026", "Q1 2026", "Q4 2025", "Total"]);
        let rows: Vec<Vec<String>> =
            table.rows.iter().map(|row| row.cells.iter().map(Value::to_plain).collect()).collect();
        assert_eq!(rows[0], ["Prospecting", "1", "3", "2", "6"]);
        let totals: Vec<String> = table.totals.iter().flatten().map(Value::to_plain).collect();
        assert_eq!(totals, ["Total", "4", "9", "4", "17"]);
        let full = run.to_table();
        full.check().expect("every row has its cells");
        assert_eq!(full.detail_count(), 17, "a file has every record");
    });
}
