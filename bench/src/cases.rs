//! What is measured: each case runs the engine and hand-written SQL in turn on the same items and checks that both saw
//! the same rows.

use crate::dataset::{self, OPPORTUNITY_FIELDS, STAGES, Shape, mixed};
use crate::meter::{Run, Seen, Series, in_turn};
use crate::raw::{EXPORT_COLUMNS, INSERTED, ListFilter, Plain, READ_COLUMNS, Raw};
use crate::world::{Persona, World};
use anyhow::{Context as _, Result, ensure};
use model::{RecordId, Value, to_scaled};
use platform::{Cell, Ctx, QueryBody, QueryOptions, SaveOptions};
use render::csv::{CsvOptions, CsvWriter};
use render::{Column, RowRole};

/// The outcome of one case.
#[derive(Debug, Clone)]
pub struct Outcome {
    pub case: &'static str,
    /// Who asked, or what else tells two outcomes of a case apart.
    pub of: &'static str,
    pub ours: Series,
    /// The same by hand, where there is such a thing.
    pub raw: Option<Series>,
}

/// What a reader does in each run, for every run anew, as a request does.
fn ask(world: &World, persona: Persona) -> Result<Ctx> {
    world.ctx(persona.user)
}

/// One case: what it is called in the results, and how it runs for everybody whom it concerns.
pub struct Case {
    pub name: &'static str,
    pub run: fn(&World, &mut dyn Raw) -> Result<Vec<Outcome>>,
}

/// Everything that reads.
pub const READS: [Case; 4] = [
    Case {
        name: READ_BY_ID,
        run: |world, raw| world.personas.iter().map(|who| read_by_id(world, raw, *who)).collect(),
    },
    Case { name: LIST, run: |world, raw| world.personas.iter().map(|who| list(world, raw, *who)).collect() },
    Case { name: GROUP, run: |world, raw| world.personas[..2].iter().map(|who| group(world, raw, *who)).collect() },
    Case { name: EXPORT, run: |world, raw| Ok(vec![export(world, raw)?]) },
];

/// Everything that writes. By hand it is the insert alone: no check, no access, no audit, no history.
pub const WRITES: [Case; 3] = [
    Case {
        name: CREATE,
        run: |world, raw| {
            let ends = [world.personas[0], world.personas[world.personas.len() - 1]];
            ends.into_iter().map(|who| create(world, raw, who, 1, world.size.rounds / 2 + 1, CREATE)).collect()
        },
    },
    Case {
        name: CREATE_MANY,
        run: |world, raw| {
            let rounds = world.size.bulk / 200 + 1;
            Ok(vec![create(world, raw, world.personas[0], 200, rounds, CREATE_MANY)?])
        },
    },
    Case { name: BULK, run: |world, raw| Ok(vec![create(world, raw, world.personas[0], world.size.bulk, 2, BULK)?]) },
];

pub const READ_BY_ID: &str = "read by id";
pub const LIST: &str = "list of 100";
pub const GROUP: &str = "group by stage";
pub const EXPORT: &str = "CSV export, 10 columns";
pub const CREATE: &str = "create one";
pub const CREATE_MANY: &str = "create 200 at once";
pub const BULK: &str = "bulk insert";

/// One account with what a record page shows of it.
fn read_by_id(world: &World, raw: &mut dyn Raw, persona: Persona) -> Result<Outcome> {
    let visible = visible_ids(&ask(world, persona)?, "Account")?;
    let fields: Vec<String> = READ_COLUMNS.iter().map(|&name| name.to_owned()).collect();
    let id_of = |round: usize| visible[mixed(round as u64) as usize % visible.len()];
    let mut sides: Vec<Run<'_>> = vec![
        Box::new(|round| {
            let ctx = ask(world, persona)?;
            seen(ctx.record_get("Account", id_of(round), Some(&fields))?.records())
        }),
        Box::new(|round| raw.read_by_id(id_of(round))),
    ];
    let series = in_turn(&world.scope, world.size.rounds, &mut sides)?;
    drop(sides);
    Ok(outcome(READ_BY_ID, persona.name, series))
}

/// A hundred opportunities with account and owner, filtered on two fields and sorted.
fn list(world: &World, raw: &mut dyn Raw, persona: Persona) -> Result<Outcome> {
    let filter_of = |round: usize| ListFilter {
        stage: STAGES[mixed(round as u64) as usize % STAGES.len()],
        amount_over: 5_000_000 + (round as i64 % 100) * 10_000,
    };
    let by_engine = |round: usize| -> Result<Seen> {
        let filter = filter_of(round);
        let ctx = ask(world, persona)?;
        let soql = format!(
            "SELECT Id, Name, StageName, Amount, CloseDate, Account.Name, Owner.Name FROM Opportunity \
             WHERE StageName = '{}' AND Amount > {} ORDER BY CloseDate DESC LIMIT 100",
            filter.stage,
            filter.amount_over / 100
        );
        seen(ctx.query(&soql, QueryOptions::default())?.records())
    };
    let series = if sees_everything(persona) {
        let mut sides: Vec<Run<'_>> = vec![Box::new(by_engine), Box::new(|round| raw.list(&filter_of(round)))];
        in_turn(&world.scope, rounds_of_lists(world), &mut sides)?
    } else {
        in_turn(&world.scope, rounds_of_lists(world), &mut [Box::new(by_engine)])?
    };
    Ok(outcome(LIST, persona.name, series))
}

/// Hand-written SQL stands for who sees every record; it knows no sharing.
fn sees_everything(persona: Persona) -> bool {
    persona.name == "administrator"
}

fn rounds_of_lists(world: &World) -> usize {
    (world.size.rounds / 5).max(1)
}

/// Count and sum of all opportunities by stage.
fn group(world: &World, raw: &mut dyn Raw, persona: Persona) -> Result<Outcome> {
    let by_engine = |_| -> Result<Seen> {
        let soql = "SELECT StageName, COUNT(Id) n, SUM(Amount) total FROM Opportunity GROUP BY StageName";
        let answer = ask(world, persona)?.query(soql, QueryOptions::default())?;
        let QueryBody::Groups(groups) = answer.body else { return Ok(Seen::default()) };
        let mut seen = Seen::default();
        for group in groups {
            let Value::Int(count) = group[1] else { anyhow::bail!("a count is a whole number") };
            seen.add(count);
        }
        Ok(seen)
    };
    let mut sides: Vec<Run<'_>> = vec![Box::new(by_engine), Box::new(|_| raw.group())];
    let series = in_turn(&world.scope, world.size.long_rounds, &mut sides)?;
    drop(sides);
    Ok(outcome(GROUP, persona.name, series))
}

/// Ten columns of a third of the opportunities as CSV.
fn export(world: &World, raw: &mut dyn Raw) -> Result<Outcome> {
    let limit = (world.size.opportunities / 3).max(1);
    let admin = world.personas[0];
    let by_engine = |_| -> Result<Seen> {
        let ctx = ask(world, admin)?;
        let soql = format!("SELECT {} FROM Opportunity ORDER BY Id LIMIT {limit}", EXPORT_COLUMNS.join(", "));
        let (_, rows) = ctx.query_all_rows(&soql, QueryOptions::default())?;
        let columns: Vec<_> = EXPORT_COLUMNS
            .iter()
            .map(|name| if *name == "Amount" { Column::number(*name, 2) } else { Column::text(*name) })
            .collect();
        let mut writer = CsvWriter::begin(Vec::new(), &columns, CsvOptions::default())?;
        let mut seen = Seen::default();
        let mut cells = Vec::with_capacity(columns.len());
        for row in rows {
            seen.add(row.id.as_i64());
            cells.clear();
            cells.extend(row.cells.into_iter().map(|cell| match cell {
                Cell::Value(value) => value,
                Cell::Address(_) | Cell::Location(_) | Cell::Content { .. } | Cell::Children(_) | Cell::TypeOf(_) => {
                    Value::Null
                }
            }));
            writer.row(RowRole::Detail, &cells)?;
        }
        std::hint::black_box(writer.finish()?);
        Ok(seen)
    };
    let mut sides: Vec<Run<'_>> = vec![
        Box::new(by_engine),
        Box::new(|_| {
            let mut out = Vec::new();
            let seen = raw.export(limit, &mut out)?;
            std::hint::black_box(out);
            Ok(seen)
        }),
    ];
    let series = in_turn(&world.scope, world.size.long_rounds, &mut sides)?;
    drop(sides);
    Ok(outcome(EXPORT, admin.name, series))
}

/// Opportunities of one person, so many in each run.
fn create(
    world: &World,
    raw: &mut dyn Raw,
    persona: Persona,
    at_once: usize,
    rounds: usize,
    case: &'static str,
) -> Result<Outcome> {
    let ctx = ask(world, persona)?;
    // A person creates what they own, under an account they see.
    let accounts = visible_ids(&ctx, "Account")?;
    let shape = Shape::of(ctx.object("Opportunity")?, &OPPORTUNITY_FIELDS)?;
    let from = world.unused.get();
    let values_of = |at: usize| {
        let mut values = dataset::opportunity(at, &world.ids);
        values[1] = Value::Id(accounts[at % accounts.len()]);
        values[9] = Value::Id(persona.user);
        values
    };
    let batch = |round: usize| from + round * at_once..from + (round + 1) * at_once;
    world.unused.set(batch(rounds).end);
    let by_engine = |round: usize| -> Result<Seen> {
        let ctx = ask(world, persona)?;
        let drafts = batch(round).map(|at| shape.draft(values_of(at))).collect();
        let results = ctx.records_create("Opportunity", drafts, SaveOptions::ALL)?;
        let rows = results.len() as u64;
        for result in results {
            result.into_id()?;
        }
        Ok(Seen { rows, digest: 0 })
    };
    let mut sides: Vec<Run<'_>> = vec![
        Box::new(by_engine),
        Box::new(|round| {
            let rows: Vec<_> = batch(round).map(|at| plain(at, &values_of(at), persona.user)).collect();
            raw.insert(&rows)
        }),
    ];
    let series = in_turn(&world.scope, rounds, &mut sides)?;
    drop(sides);
    Ok(outcome(case, persona.name, series))
}

/// A generated opportunity as the columns of a hand-written insert, in the order of [`INSERTED`].
fn plain(at: usize, values: &[Value], by: RecordId) -> Vec<Plain> {
    const NOW: i64 = 1_795_249_279_000;
    let number = |value: &Value, scale: u8| {
        value.as_decimal().and_then(|number| to_scaled(number, scale)).map_or(Plain::Null, Plain::Int)
    };
    let cell = |value: &Value| match value {
        Value::Text(text) => Plain::Text(text.clone()),
        Value::Id(id) => Plain::Int(id.as_i64()),
        Value::Date(date) => Plain::Int(i64::from(date.days())),
        _ => Plain::Null,
    };
    // Far above what sequences hand out.
    let id = RecordId::new(model::KeyPrefix::known("006"), 1 << 40 | at as u64).as_i64();
    let mut row = vec![Plain::Int(id)];
    row.extend(values.iter().zip(OPPORTUNITY_FIELDS).map(|(value, name)| match name {
        "Amount" | "TotalOpportunityQuantity" => number(value, 2),
        _ => cell(value),
    }));
    row.extend([Plain::Int(50), Plain::Int(4_200_000), Plain::Int(0), Plain::Int(0)]);
    row.extend([Plain::Text("Pipeline".to_owned()), Plain::Text("Pipeline".to_owned())]);
    row.extend([Plain::Int(1), Plain::Int(2026), Plain::Text("2026 1".to_owned()), Plain::Int(0), Plain::Int(0)]);
    let by = by.as_i64();
    row.extend([Plain::Int(NOW), Plain::Int(by), Plain::Int(NOW), Plain::Int(by), Plain::Int(NOW)]);
    debug_assert_eq!(row.len(), INSERTED.len());
    row
}

/// Ids of records that somebody may see: as many as a few pages hold.
fn visible_ids(ctx: &Ctx, object: &str) -> Result<Vec<RecordId>> {
    let soql = format!("SELECT Id FROM {object} LIMIT 5000");
    let (_, rows) = ctx.query_all_rows(&soql, QueryOptions::default()).context("visible records")?;
    ensure!(!rows.is_empty(), "{} sees no {object}", ctx.user().name);
    Ok(rows.iter().map(|row| row.id).collect())
}

fn seen(rows: &[platform::RecordRow]) -> Result<Seen> {
    let mut seen = Seen::default();
    for row in rows {
        seen.add(std::hint::black_box(row).id.as_i64());
    }
    Ok(seen)
}

fn outcome(case: &'static str, of: &'static str, series: Vec<Series>) -> Outcome {
    let mut series = series.into_iter();
    Outcome { case, of, ours: series.next().unwrap_or_default(), raw: series.next() }
}
