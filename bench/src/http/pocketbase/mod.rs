//! PocketBase on the same records, asked by its own HTTP API: one binary over SQLite, as people would otherwise run it.
//! It knows neither audit, history nor record access, and its file is not encrypted.

mod server;

use super::client::escaped;
use super::{Asked, MANY, Narrowed, Served, ask_all, record};
use crate::dataset::{self, Ids};
use crate::size::Size;
use anyhow::{Context as _, Result};
use model::{RecordId, Value};
use rusqlite::types::Value as Cell;
use rusqlite::{Connection, params_from_iter};
use serde_json::{Value as Json, json};
use server::Server;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// The program, where it is installed.
pub fn program() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join("pocketbase")).find(|file| file.is_file())
}

/// Loads the records and asks.
///
/// # Errors
/// When the program cannot be started or refuses a request.
pub fn run(program: &Path, dir: &Path, size: &Size, progress: &mut dyn FnMut(&str)) -> Result<Vec<Asked>> {
    let server = Server::start(program, dir)?;
    collections(&server)?;
    drop(server);
    load(dir, size)?;
    let server = Server::start(program, dir)?;
    ask_all(&mut PocketBase { server, ids: stand_ins(size) }, size, progress)
}

struct PocketBase {
    server: Server,
    ids: Ids,
}

const DEALS: &str = "/api/collections/deals/records";
const ACCOUNTS: &str = "/api/collections/accounts/records";
const DEAL_FIELDS: [&str; 10] =
    ["name", "account", "stage", "amount", "closed", "kind", "source", "next", "quantity", "owner"];
const ACCOUNT_FIELDS: [&str; 10] =
    ["name", "kind", "industry", "revenue", "employees", "phone", "site", "city", "country", "owner"];
/// The most records of one page.
const PAGE: usize = 1_000;

impl PocketBase {
    fn deal(&self, at: usize) -> Json {
        Json::Object(record(&DEAL_FIELDS, dataset::opportunity(at, &self.ids).iter().map(json_of)))
    }

    fn account(&self, at: usize) -> Json {
        Json::Object(record(&ACCOUNT_FIELDS, dataset::account(at, &self.ids).iter().map(json_of)))
    }

    fn batch(&self, path: &str, records: impl Iterator<Item = Json>) -> Result<()> {
        let requests: Vec<_> = records.map(|body| json!({"method": "POST", "url": path, "body": body})).collect();
        self.server.post("/api/batch", &json!({"requests": requests})).map(drop)
    }
}

impl Served for PocketBase {
    fn process(&self) -> u32 {
        self.server.process()
    }

    fn account_get(&mut self, at: usize) -> Result<()> {
        self.server.get(&format!("{ACCOUNTS}/{}", key('a', at))).map(drop)
    }

    fn opportunity_list(&mut self, narrowed: &Narrowed) -> Result<()> {
        let filter = format!("stage='{}'&&amount>{}", narrowed.stage, narrowed.amount_over);
        let rest = "sort=-closed&perPage=100&skipTotal=1&expand=account%2Cowner";
        self.server.get(&format!("{DEALS}?filter={}&{rest}", escaped(&filter))).map(drop)
    }

    fn group(&mut self) -> Result<()> {
        self.server.get("/api/collections/by_stage/records").map(drop)
    }

    fn opportunity_create(&mut self, at: usize) -> Result<()> {
        self.server.post(DEALS, &self.deal(at)).map(drop)
    }

    fn opportunities_create(&mut self, at: Range<usize>) -> Result<()> {
        self.batch(DEALS, at.map(|at| self.deal(at)))
    }

    /// Its quickest way in is a batch of requests.
    fn accounts_ingest(&mut self, at: Range<usize>) -> Result<()> {
        for from in at.clone().step_by(MANY) {
            self.batch(ACCOUNTS, (from..at.end.min(from + MANY)).map(|at| self.account(at)))?;
        }
        Ok(())
    }

    /// Its quickest way out is page by page, each behind the last id of the one before.
    fn opportunities_export(&mut self) -> Result<usize> {
        let (mut found, mut last) = (0, String::new());
        loop {
            let filter = escaped(&format!("id>'{last}'"));
            let page = self.server.get(&format!("{DEALS}?filter={filter}&sort=id&perPage={PAGE}&skipTotal=1"))?;
            let items = page["items"].as_array().context("records")?;
            found += items.len();
            if items.len() < PAGE {
                return Ok(found);
            }
            last = items.last().and_then(|item| item["id"].as_str()).context("an id")?.to_owned();
        }
    }
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

fn json_of(value: &Value) -> Json {
    match cell(value) {
        Cell::Integer(number) => json!(number),
        Cell::Real(number) => json!(number),
        Cell::Text(text) => json!(text),
        Cell::Null | Cell::Blob(_) => Json::Null,
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
