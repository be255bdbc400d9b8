//! The records behind groups and crossings: the narrowed question finds exactly those that the whole report put there.

use crate::world::{World, on_both_stores};
use app_reports::definition::{
    Bucket, BucketType, BucketValue, DateGranularity, Grouping, Operator, ReportFilter, ReportFormat, RowFormula,
    RowFormulaType,
};
use app_reports::{Group, GroupStep, ReportMetadata, ReportRun, RunOptions, run};
use model::RecordId;

fn fill(world: &World) {
    let stages = ["Prospecting", "Closed Won", "Negotiation/Review"];
    let days = ["2026-01-15", "2026-02-28", "2026-04-01", "2025-11-21", "2025-01-02"];
    for at in 0..23usize {
        let owner = if at % 5 == 0 { world.peer } else { world.rep };
        let cents = (at % 7 != 4).then(|| 1_003 * (i64::try_from(at).expect("small") + 1));
        world.deal(owner, &format!("Deal {at:02}"), stages[at % 3], cents, days[at % 5]);
    }
}

fn by(name: &str, date_granularity: DateGranularity) -> Grouping {
    Grouping { date_granularity, ..Grouping::by(name) }
}

fn definition(down: Vec<Grouping>, across: Vec<Grouping>) -> ReportMetadata {
    let value = |label: &str, bound: Option<u32>| BucketValue {
        label: label.to_owned(),
        source_dimension_values: Vec::new(),
        range_upper_bound: bound.map(Into::into),
    };
    ReportMetadata {
        report_format: if across.is_empty() { ReportFormat::Summary } else { ReportFormat::Matrix },
        groupings_down: down,
        groupings_across: across,
        aggregates: vec!["RowCount".to_owned()],
        detail_columns: vec!["Name".to_owned()],
        report_filters: vec![
            ReportFilter::new("Name", Operator::StartsWith, "Deal 0,Deal 1"),
            ReportFilter::new("Name", Operator::Equals, "Deal 22"),
        ],
        report_boolean_filter: Some("1 OR 2".to_owned()),
        buckets: vec![Bucket {
            developer_name: "Size".to_owned(),
            label: "Size".to_owned(),
            bucket_type: BucketType::Number,
            source_column_name: "Amount".to_owned(),
            null_treated_as_zero: false,
            other_bucket_label: None,
            values: vec![value("Small, or so", Some(100)), value("Large", None)],
        }],
        custom_detail_formula: vec![RowFormula {
            developer_name: "Letter".to_owned(),
            label: "Letter".to_owned(),
            description: None,
            formula_type: RowFormulaType::Text,
            decimal_places: None,
            formula: "RIGHT(Name, 1)".to_owned(),
        }],
        ..ReportMetadata::new("Opportunity")
    }
}

/// The steps to every group of an axis, inner ones too.
fn paths(groups: &[Group], names: &[Grouping], before: &[GroupStep]) -> Vec<Vec<GroupStep>> {
    let mut found = Vec::new();
    for group in groups {
        let path = [before, &[GroupStep::of(&names[before.len()].name, group)]].concat();
        found.extend(paths(&group.groups, names, &path));
        found.push(path);
    }
    found
}

fn ids(run: &ReportRun, steps: &[GroupStep]) -> Vec<RecordId> {
    let mut ids: Vec<RecordId> = run.records_within(steps).iter().map(|row| row.id).collect();
    ids.sort();
    ids
}

#[test]
fn a_report_narrowed_to_a_group_has_exactly_its_records() {
    use DateGranularity::{DayInMonth, Exact, FiscalYear, MonthInYear, Quarter, Week};
    on_both_stores(|world| {
        fill(world);
        let ctx = world.ctx(world.manager);
        for (down, across) in [
            (vec![by("StageName", Exact), by("Owner.Name", Exact)], vec![by("CloseDate", Quarter), by("Type", Exact)]),
            (vec![by("CloseDate", MonthInYear)], vec![by("StageName", Exact)]),
            (vec![by("Size", Exact), by("Letter", Exact), by("CreatedDate", Week)], Vec::new()),
            (vec![by("CloseDate", FiscalYear), by("Amount", Exact)], Vec::new()),
            (vec![by("CloseDate", DayInMonth)], vec![by("Type", Exact)]),
        ] {
            let definition = definition(down, across);
            let whole = run(&ctx, &definition, &RunOptions::default()).expect("a run");
            let downs = paths(&whole.groups, &definition.groupings_down, &[]);
            let mut acrosses = paths(&whole.groups_across, &definition.groupings_across, &[]);
            acrosses.push(Vec::new());
            let mut seen = 0;
            for down in &downs {
                for across in &acrosses {
                    let steps = [down.as_slice(), across].concat();
                    let narrowed = run(&ctx, &definition.narrowed(&steps), &RunOptions::default()).expect("a run");
                    let expected = ids(&whole, &steps);
                    assert_eq!(ids(&narrowed, &steps), expected, "{steps:?}");
                    assert_eq!(narrowed.listing(&steps).rows.len(), expected.len());
                    seen += expected.len();
                }
            }
            assert!(seen >= 21, "every record is in a group: {seen}");
            // The tables know what each of their rows is.
            assert_eq!(whole.table_sources().len(), whole.to_table().rows.len());
            assert_eq!(whole.summary_sources().len(), whole.to_summary().rows.len());
            let figures = whole.to_summary().columns.len() - definition.groupings_down.len();
            assert_eq!(whole.figure_sources().len(), figures);
        }
    });
}
