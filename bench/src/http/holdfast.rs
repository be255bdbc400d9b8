//! The built binary on an installation that the bench has filled, asked as its programs ask it.

use super::client::{Client, escaped};
use super::{Asked, LONG_EXPORT, Narrowed, Served, ask_all, ask_once, record};
use crate::dataset::{self, ACCOUNT_FIELDS, Ids, OPPORTUNITY_FIELDS};
use crate::raw::{EXPORT_COLUMNS, READ_COLUMNS};
use crate::size::Size;
use crate::world::World;
use anyhow::{Context as _, Result, ensure};
use identity::{Identities, IdentityConfig, SessionKind};
use model::Value;
use serde_json::{Value as Json, json};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use test_support::ServerProcess;

const BASE: &str = "/services/data/v60.0";
/// How often a job is looked at while it works.
const LOOK: Duration = Duration::from_millis(50);
/// Rows of one job: what a client sends at once.
const JOB: usize = 100_000;

/// An installation as it is left behind for a server, and how to come in.
pub struct Installed {
    /// The folder with the data directory and the root key.
    dir: PathBuf,
    token: String,
    ids: Ids,
}

impl Installed {
    /// Copies the installation of a world, in which nobody works meanwhile, with a session of its administrator.
    ///
    /// # Errors
    /// What the database or the disk reports.
    pub fn copy_of(world: &World, dir: &Path) -> Result<Self> {
        let config = IdentityConfig::for_server("http://127.0.0.1");
        let identities = Identities::with_config(world.platform.clone(), config)?;
        let admin = world.personas[0].user;
        let token = identities.open_session(&world.org, admin, SessionKind::Api, "bench")?.token;
        let from = world.data_dir.parent().context("the folder of the installation")?;
        copy_files(from, dir)?;
        Ok(Self { dir: dir.to_owned(), token, ids: world.ids.clone() })
    }
}

fn copy_files(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let (kind, to) = (entry.file_type()?, to.join(entry.file_name()));
        if kind.is_dir() {
            copy_files(&entry.path(), &to)?;
        } else if kind.is_file() {
            std::fs::copy(entry.path(), to)?;
        }
    }
    Ok(())
}

pub struct Holdfast {
    server: ServerProcess,
    client: Client,
    ids: Ids,
}

/// Serves the installation by the binary and asks it everything.
///
/// # Errors
/// When the server does not start or refuses a request.
pub fn run(program: &Path, installed: &Installed, size: &Size, progress: &mut dyn FnMut(&str)) -> Result<Vec<Asked>> {
    let mut served = Holdfast::start(program, installed)?;
    let mut asked = ask_all(&mut served, size, progress)?;
    progress("    more accounts");
    let mut accounts = size.accounts + super::MANY + size.ingest;
    while accounts < size.long_export {
        let many = JOB.min(size.long_export - accounts);
        served.accounts_ingest(accounts..accounts + many)?;
        accounts += many;
    }
    asked.push(ask_once(&mut served, LONG_EXPORT, accounts, |served| {
        let found = served.export("Account", &READ_COLUMNS[..10])?;
        ensure!(found == accounts, "{found} accounts of {accounts}");
        Ok(())
    })?);
    Ok(asked)
}

impl Holdfast {
    fn start(program: &Path, installed: &Installed) -> Result<Self> {
        let config = installed.dir.join("holdfast.toml");
        std::fs::write(&config, "data_dir = \"data\"\nroot_key_file = \"root.key\"\n")?;
        let mut command = Command::new(program);
        command.args(["serve", "--listen", "127.0.0.1:0", "--config"]).arg(&config);
        let server = ServerProcess::start(command.env("HOLDFAST_LOG", "warn"))?;
        let client = Client::new(format!("http://{}", server.address()), format!("Bearer {}", installed.token));
        Ok(Self { server, client, ids: installed.ids.clone() })
    }

    fn query(&self, soql: &str) -> Result<Json> {
        self.client.get(&format!("{BASE}/query?q={}", escaped(soql)))
    }

    /// Waits until a job has ended, and gives its last word.
    fn job_end(&self, path: &str) -> Result<Json> {
        loop {
            let job = self.client.get(path)?;
            match job["state"].as_str() {
                Some("JobComplete") => return Ok(job),
                Some("Failed" | "Aborted") => anyhow::bail!("{job}"),
                _ => pause(),
            }
        }
    }

    fn export(&self, object: &str, columns: &[&str]) -> Result<usize> {
        let query = format!("SELECT {} FROM {object}", columns.join(", "));
        let path = format!("{BASE}/jobs/query");
        let job = self.client.json("POST", &path, &json!({"operation": "query", "query": query}))?;
        let path = format!("{path}/{}", job["id"].as_str().context("a job")?);
        self.job_end(&path)?;
        // The first line names the columns.
        Ok(self.client.count_lines(&format!("{path}/results"))? - 1)
    }

    fn opportunity(&self, at: usize) -> Json {
        let mut body = record(&OPPORTUNITY_FIELDS, dataset::opportunity(at, &self.ids).iter().map(json_of));
        body.insert("attributes".to_owned(), json!({"type": "Opportunity"}));
        Json::Object(body)
    }
}

impl Served for Holdfast {
    fn process(&self) -> u32 {
        self.server.process_id()
    }

    fn account_get(&mut self, at: usize) -> Result<()> {
        let fields = READ_COLUMNS.join(",");
        self.client.get(&format!("{BASE}/sobjects/Account/{}?fields={fields}", self.ids.accounts[at])).map(drop)
    }

    fn opportunity_list(&mut self, narrowed: &Narrowed) -> Result<()> {
        let soql = format!(
            "SELECT Id, Name, StageName, Amount, CloseDate, Account.Name, Owner.Name FROM Opportunity WHERE StageName = \
             '{}' AND Amount > {} ORDER BY CloseDate DESC LIMIT 100",
            narrowed.stage, narrowed.amount_over
        );
        self.query(&soql).map(drop)
    }

    fn group(&mut self) -> Result<()> {
        self.query("SELECT StageName, COUNT(Id) n, SUM(Amount) total FROM Opportunity GROUP BY StageName").map(drop)
    }

    fn opportunity_create(&mut self, at: usize) -> Result<()> {
        self.client.json("POST", &format!("{BASE}/sobjects/Opportunity"), &self.opportunity(at)).map(drop)
    }

    fn opportunities_create(&mut self, at: Range<usize>) -> Result<()> {
        let count = at.len();
        let records: Vec<Json> = at.map(|at| self.opportunity(at)).collect();
        let body = json!({"allOrNone": true, "records": records});
        let made = self.client.json("POST", &format!("{BASE}/composite/sobjects"), &body)?;
        let good = made.as_array().map_or(0, |rows| rows.iter().filter(|row| row["success"] == true).count());
        ensure!(good == count, "{good} of {count} were made: {made}");
        Ok(())
    }

    fn accounts_ingest(&mut self, at: Range<usize>) -> Result<()> {
        let count = at.len();
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(ACCOUNT_FIELDS)?;
        for at in at {
            writer.write_record(dataset::account(at, &self.ids).iter().map(text_of))?;
        }
        let path = format!("{BASE}/jobs/ingest");
        let job = self.client.json("POST", &path, &json!({"object": "Account", "operation": "insert"}))?;
        let path = format!("{path}/{}", job["id"].as_str().context("a job")?);
        self.client.text("PUT", &format!("{path}/batches"), "text/csv", writer.into_inner()?)?;
        self.client.json("PATCH", &path, &json!({"state": "UploadComplete"}))?;
        let job = self.job_end(&path)?;
        let (done, failed) = (&job["numberRecordsProcessed"], &job["numberRecordsFailed"]);
        ensure!(*done == count && *failed == 0, "{job}");
        Ok(())
    }

    fn opportunities_export(&mut self) -> Result<usize> {
        self.export("Opportunity", &EXPORT_COLUMNS)
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a program that waits for a job looks now and then, and so does this one"
)]
fn pause() {
    std::thread::sleep(LOOK);
}

/// A generated value as a program sends it.
fn json_of(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Int(number) => json!(number),
        Value::Number(number) => serde_json::from_str(&number.to_string()).unwrap_or(Json::Null),
        other => json!(text_of(other)),
    }
}

fn text_of(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Id(id) => id.to_string(),
        Value::Date(date) => date.to_string(),
        Value::Int(number) => number.to_string(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    }
}
