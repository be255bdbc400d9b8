//! PocketBase on the same records, asked by its own HTTP API: one binary over SQLite, as people would otherwise run it.
//! It knows neither audit, history nor record access, and its file is not encrypted; its times hold HTTP and JSON, which
//! the times of the engine do not.

mod server;

use crate::dataset::{self, Ids, STAGES, mixed};
use crate::meter::{Scope, Series};
use crate::size::Size;
use anyhow::{Context as _, Result};
use model::{RecordId, Value};
use rusqlite::types::Value as Cell;
use rusqlite::{Connection, params_from_iter};
use serde_json::{Value as Json, json};
use server::Server;
use std::path::{Path, PathBuf};

/// What one kind of request cost.
pub struct Asked {
    pub case: &'static str,
    /// Time on the wall, of the one who asks.
    pub series: Series,
    /// CPU milliseconds of the server for each request, on average: the kernel counts in hundredths of a second.
    pub cpu_ms: f64,
    pub rows_per_cpu_s: f64,
}

/// The program, where it is installed.
pub fn program() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join("pocketbase")).find(|file| file.is_file())
}

/// Loads the records and asks.
///
/// # Errors
/// When the program cannot be started or refuses a request.
pub fn run(program: &Path, dir: &Path, size: &Size) -> Result<Vec<Asked>> {
    let server = Server::start(program, dir)?;
    collections(&server)?;
    drop(server);
    load(dir, size)?;
    let server = Server::start(program, dir)?;
    let deal = |at: usize| {
        let ids = stand_ins(size);
        let names = ["name", "account", "stage", "amount", "closed", "kind", "source", "next", "quantity", "owner"];
        let cells = dataset::opportunity(at, &ids).into_iter().map(|value| match cell(&value) {
            Cell::Integer(number) => json!(number),
            Cell::Real(number) => json!(number),
            Cell::Text(text) => json!(text),
            Cell::Null | Cell::Blob(_) => Json::Null,
        });
        Json::Object(names.into_iter().map(str::to_owned).zip(cells).collect())
    };
    let records = "/api/collections/deals/records";
    let mut asked = vec![
        ask(&server, crate::cases::READ_BY_ID, size.rounds, 1, |round| {
            let at = mixed(round as u64) as usize % size.accounts;
            server.get(&format!("/api/collections/accounts/records/{}", key('a', at))).map(drop)
        })?,
        ask(&server, crate::cases::LIST, (size.rounds / 5).max(1), 100, |round| {
            let stage = STAGES[mixed(round as u64) as usize % STAGES.len()];
            let over = 50_000 + round % 100 * 100;
            let filter = format!("stage='{stage}'&&amount>{over}");
            server
                .get_with(
                    records,
                    &[
                        ("filter", &filter),
                        ("sort", "-closed"),
                        ("perPage", "100"),
                        ("skipTotal", "1"),
                        ("expand", "account,owner"),
                    ],
                )
                .map(drop)
        })?,
        ask(&server, crate::cases::GROUP, size.long_rounds, STAGES.len(), |_| {
            server.get("/api/collections/by_stage/records").map(drop)
        })?,
    ];
    let first = size.opportunities;
    asked.push(ask(&server, crate::cases::CREATE, size.rounds / 2 + 1, 1, |round| {
        server.post(records, &deal(first + round)).map(drop)
    })?);
    let first = first + size.rounds;
    let rounds = (size.bulk / 200).max(1);
    asked.push(ask(&server, crate::cases::CREATE_MANY, rounds, 200, |round| {
        let from = first + round * 200;
        let requests: Vec<_> =
            (from..from + 200).map(|at| json!({"method": "POST", "url": records, "body": deal(at)})).collect();
        server.post("/api/batch", &json!({"requests": requests})).map(drop)
    })?);
    Ok(asked)
}

fn ask(
    server: &Server,
    case: &'static str,
    rounds: usize,
    rows: usize,
    mut request: impl FnMut(usize) -> Result<()>,
) -> Result<Asked> {
    // The first request fills caches and is not counted.
    request(rounds).with_context(|| case.to_owned())?;
    let mut series = Series::default();
    let before = server.cpu_ns();
    for round in 0..rounds {
        let start = Scope::Thread.read();
        request(round).with_context(|| case.to_owned())?;
        series.push(Scope::Thread.since(start), rows as u64);
    }
    let cpu = (server.cpu_ns() - before) as f64;
    let rows_per_cpu_s = series.rows as f64 * 1e9 / cpu.max(1.0);
    Ok(Asked { case, cpu_ms: cpu / 1e6 / rounds as f64, rows_per_cpu_s, series })
}

/// The id of a record: fifteen letters and digits, as PocketBase has them.
fn key(kind: char, at: usize) -> String {
    format!("{kind}{at:014}")
}

/// Ids that stand for places: the dataset hands them back, and they become keys.
fn stand_ins(size: &Size) -> Ids {
    let places =
        |prefix: i64, count: usize| (0..count as i64).map(|at| RecordId::from_i64(prefix << 40 | at)).collect();
    Ids { users: places(1, size.users), accounts: places(2, size.accounts), ..Ids::default() }
}

fn cell(value: &Value) -> Cell {
    match value {
        Value::Text(text) => Cell::Text(text.clone()),
        Value::Int(number) => Cell::Integer(*number),
        Value::Id(id) => {
            let kind = if id.as_i64() >> 40 == 1 { 'u' } else { 'a' };
            Cell::Text(key(kind, (id.as_i64() & 0xff_ffff_ffff) as usize))
        }
        Value::Date(date) => Cell::Text(format!("{date} 00:00:00.000Z")),
        other => match other.as_decimal() {
            Some(number) => number.to_string().parse().map_or(Cell::Null, Cell::Real),
            None => Cell::Null,
        },
    }
}

fn collections(server: &Server) -> Result<()> {
    let make = |name: &str, fields: Vec<Json>, indexes: &[&str]| -> Result<String> {
        let made = server
            .post("/api/collections", &json!({"name": name, "type": "base", "fields": fields, "indexes": indexes}))?;
        Ok(made["id"].as_str().context("the id of a collection")?.to_owned())
    };
    let text = |name: &str| json!({"name": name, "type": "text"});
    let number = |name: &str| json!({"name": name, "type": "number"});
    let relation = |name: &str, to: &str| json!({"name": name, "type": "relation", "collectionId": to, "maxSelect": 1});
    let people = make("people", vec![text("name")], &[])?;
    let accounts = make(
        "accounts",
        vec![
            text("name"),
            text("kind"),
            text("industry"),
            number("revenue"),
            number("employees"),
            text("phone"),
            text("site"),
            text("city"),
            text("country"),
            relation("owner", &people),
        ],
        &["CREATE INDEX accounts_owner ON accounts (owner)"],
    )?;
    let deals = vec![
        text("name"),
        relation("account", &accounts),
        text("stage"),
        number("amount"),
        json!({"name": "closed", "type": "date"}),
        text("kind"),
        text("source"),
        text("next"),
        number("quantity"),
        relation("owner", &people),
    ];
    make(
        "deals",
        deals,
        &[
            "CREATE INDEX deals_stage ON deals (stage, closed)",
            "CREATE INDEX deals_account ON deals (account)",
            "CREATE INDEX deals_owner ON deals (owner)",
        ],
    )?;
    let by_stage = "SELECT stage AS id, COUNT(*) AS number, SUM(amount) AS total FROM deals GROUP BY stage";
    server.post("/api/collections", &json!({"name": "by_stage", "type": "view", "viewQuery": by_stage}))?;
    server.patch("/api/settings", &json!({"batch": {"enabled": true, "maxRequests": 200, "timeout": 60}}))?;
    Ok(())
}

/// Writes the records into the file of a server that does not run.
fn load(dir: &Path, size: &Size) -> Result<()> {
    let mut connection = Connection::open(dir.join("data.db"))?;
    let tx = connection.transaction()?;
    let ids = stand_ins(size);
    for at in 0..size.users {
        tx.execute("INSERT INTO people (id, name) VALUES (?, ?)", [key('u', at), format!("User {at}")])?;
    }
    let insert = |table: &str, columns: &str, kind: char, count: usize, row: &dyn Fn(usize) -> Vec<Value>| {
        let marks = vec!["?"; columns.split(',').count() + 1].join(",");
        let mut statement = tx.prepare(&format!("INSERT INTO {table} (id,{columns}) VALUES ({marks})"))?;
        for at in 0..count {
            let row = row(at);
            let cells = std::iter::once(Cell::Text(key(kind, at))).chain(row.iter().map(cell));
            statement.execute(params_from_iter(cells))?;
        }
        anyhow::Ok(())
    };
    let columns = "name,kind,industry,revenue,employees,phone,site,city,country,owner";
    insert("accounts", columns, 'a', size.accounts, &|at| dataset::account(at, &ids))?;
    let columns = "name,account,stage,amount,closed,kind,source,next,quantity,owner";
    insert("deals", columns, 'd', size.opportunities, &|at| dataset::opportunity(at, &ids))?;
    tx.commit()?;
    Ok(())
}
