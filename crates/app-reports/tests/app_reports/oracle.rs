//! Aggregates of a sales pipeline against Python, over generated rows, or over a file that `HOLDFAST_PIPELINE_CSV` names.

use crate::world::{World, on_both_stores};
use app_reports::definition::{DateGranularity, Grouping, ReportFormat};
use app_reports::{Group, ReportMetadata, RunOptions, run};
use model::{Date, Decimal, Value};
use platform::{RecordDraft, SaveOptions};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

/// Rows where no file is named.
const ROWS: u64 = 300;

/// A pipeline like those that people export: agents, stages, days, values with gaps, all of it by arithmetic.
fn generated() -> String {
    let mut csv = "opportunity_id,sales_agent,deal_stage,close_date,close_value\n".to_owned();
    let stages = ["Won", "Lost", "Engaging", "Prospecting"];
    let agents = ["Moses Frase", "Darcel Schlecht", "Zane Levy", "Anna Snelling", "anna snelling", "Élan Ö'Brien"];
    for at in 0..ROWS {
        // A multiplicative walk: each row looks like nothing before it.
        let walk = (at + 7) * 2_654_435_761 % 1_000_003;
        let stage = stages[usize::try_from(walk % 4).expect("small")];
        let agent = agents[usize::try_from(walk / 4 % 6).expect("small")];
        let date =
            if walk % 11 == 0 { String::new() } else { format!("{}/{}/2017", walk % 12 + 1, walk / 12 % 28 + 1) };
        let value = if walk % 7 == 0 { String::new() } else { format!("{}.{:02}", walk % 9_000, walk / 9_000 % 100) };
        writeln!(csv, "OPP{at:05},{agent},{stage},{date},{value}").expect("a text takes it");
    }
    csv
}

fn fill(world: &World, csv: &str) {
    let mut lines = csv.lines();
    let heading: Vec<&str> = lines.next().expect("a heading").split(',').collect();
    let place = |name: &str| heading.iter().position(|known| *known == name).expect("a column");
    let (id, agent, stage) = (place("opportunity_id"), place("sales_agent"), place("deal_stage"));
    let (closed, value) = (place("close_date"), place("close_value"));
    let ctx = world.ctx(world.rep);
    let object = ctx.object("Opportunity").expect("it");
    let drafts: Vec<RecordDraft> = lines
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            let stage = match cells[stage] {
                "Won" => "Closed Won",
                "Lost" => "Closed Lost",
                "Engaging" => "Negotiation/Review",
                other => other,
            };
            let day: Vec<i16> = match cells[closed] {
                "" => vec![12, 31, 2017],
                text => text.split('/').map(|part| part.parse().expect("a number")).collect(),
            };
            let day = format!("{:04}-{:02}-{:02}", day[2], day[0], day[1]);
            let amount: Option<Decimal> = (!cells[value].is_empty()).then(|| cells[value].parse().expect("a number"));
            let values: [(&str, Value); 5] = [
                ("Name", cells[id].into()),
                ("NextStep", cells[agent].into()),
                ("StageName", stage.into()),
                ("CloseDate", Date::parse(&day).expect("a date").into()),
                ("Amount", amount.into()),
            ];
            values
                .into_iter()
                .fold(RecordDraft::new(), |draft, (field, value)| draft.set(object, field, value).expect("a field"))
        })
        .collect();
    for batch in drafts.chunks(200) {
        let saved = ctx.records_create("Opportunity", batch.to_vec(), SaveOptions::ALL).expect("a save");
        assert!(saved.iter().all(|row| row.is_success()), "{saved:?}");
    }
}

#[test]
fn aggregates_of_a_pipeline_are_those_that_python_computes() {
    let csv = match std::env::var("HOLDFAST_PIPELINE_CSV") {
        Ok(path) => std::fs::read_to_string(path).expect("a file"),
        Err(_) => generated(),
    };
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("pipeline.csv");
    std::fs::write(&path, &csv).expect("a file");
    let env = [("PIPELINE", path.to_str().expect("a path"))];
    let script = "crates/app-reports/tests/oracle/aggregates.py";
    let printed = test_support::python_script(script, &env, Duration::from_secs(120)).expect("Python");
    let expected: BTreeMap<String, String> = printed
        .lines()
        .map(|line| {
            let mut parts = line.splitn(3, '|');
            let mut next = || parts.next().expect("three parts").to_owned();
            (format!("{} × {}", next(), next()), next())
        })
        .collect();
    on_both_stores(|world| {
        fill(world, &csv);
        let definition = ReportMetadata {
            report_format: ReportFormat::Matrix,
            groupings_down: vec![Grouping::by("StageName")],
            groupings_across: vec![Grouping {
                date_granularity: DateGranularity::Quarter,
                ..Grouping::by("CloseDate")
            }],
            aggregates: ["RowCount", "s!Amount", "a!Amount", "m!Amount", "x!Amount", "d!Amount", "u!NextStep"]
                .map(str::to_owned)
                .to_vec(),
            has_detail_rows: false,
            ..ReportMetadata::new("Opportunity")
        };
        // The store groups what needs neither medians nor unique counts.
        let mut grouped = definition.clone();
        grouped.aggregates.truncate(5);
        let ctx = world.ctx(world.rep);
        for definition in [definition, grouped] {
            let run = run(&ctx, &definition, &RunOptions::default()).expect("a run");
            let places = |groups: &'_ [Group]| -> Vec<Option<Group>> {
                groups.iter().cloned().map(Some).chain([None]).collect()
            };
            let mut seen = 0;
            for down in places(&run.groups) {
                for across in places(&run.groups_across) {
                    let name =
                        |group: &Option<Group>| group.as_ref().map_or("all", |group| group.label.as_str()).to_owned();
                    let place = format!("{} × {}", name(&down), name(&across));
                    let figures = run.figures(down.as_ref(), across.as_ref());
                    let shown: Vec<String> = figures.iter().map(Value::to_plain).collect();
                    match expected.get(&place) {
                        Some(figures) => {
                            let wanted: Vec<&str> = figures.split('|').take(shown.len()).collect();
                            assert_eq!(shown, wanted, "{place}");
                            seen += 1;
                        }
                        None => assert_eq!(shown[0], "0", "{place} has no rows"),
                    }
                }
            }
            assert_eq!(seen, expected.len(), "every cell that Python has is in the matrix");
        }
    });
}
