//! Hand-written SQL through tokio-postgres in the org's own schema.

use super::{COPY, EXPORT_COLUMNS, INSERTED, ListFilter, Plain, READ_COLUMNS, Raw, quoted};
use crate::meter::Seen;
use anyhow::{Context as _, Result, bail};
use model::{OrgId, RecordId};
use std::collections::HashMap;
use std::hint::black_box;
use tokio::runtime::Runtime;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, NoTls, Row, Statement};

pub struct PostgresRaw<'a> {
    runtime: &'a Runtime,
    client: Client,
    statements: HashMap<String, Statement>,
}

fn connect(runtime: &Runtime, url: &str, options: &str) -> Result<Client> {
    let mut config: tokio_postgres::Config = url.parse()?;
    config.options(options);
    runtime.block_on(async {
        let (client, connection) = config.connect(NoTls).await?;
        // It ends with the client.
        tokio::spawn(connection);
        Ok(client)
    })
}

/// The server's first process: the parent of every backend.
///
/// # Errors
/// When the server is not on this machine.
pub fn postmaster(runtime: &Runtime, url: &str) -> Result<u32> {
    let client = connect(runtime, url, "")?;
    let backend: i32 = runtime.block_on(client.query_one("SELECT pg_backend_pid()", &[]))?.get(0);
    let stat = std::fs::read_to_string(format!("/proc/{backend}/stat"))
        .context("the CPU of a PostgreSQL server can only be read on its own machine")?;
    let parent = stat.rsplit_once(')').and_then(|(_, rest)| rest.split_whitespace().nth(1)).context("a parent")?;
    Ok(parent.parse()?)
}

impl<'a> PostgresRaw<'a> {
    /// # Errors
    /// What the server reports.
    pub fn open(runtime: &'a Runtime, url: &str, org: OrgId) -> Result<Self> {
        let schema = format!("holdfast_org_{}", org.record_id().sequence());
        let client = connect(runtime, url, &format!("-c search_path={schema}"))?;
        let copy = format!(
            "CREATE TABLE {COPY} (LIKE \"Opportunity\" INCLUDING ALL); \
             INSERT INTO {COPY} SELECT * FROM \"Opportunity\"; ANALYZE"
        );
        runtime.block_on(client.batch_execute(&copy))?;
        Ok(Self { runtime, client, statements: HashMap::new() })
    }

    fn prepare(&mut self, sql: &str) -> Result<Statement> {
        if let Some(known) = self.statements.get(sql) {
            return Ok(known.clone());
        }
        let statement = self.runtime.block_on(self.client.prepare(sql))?;
        self.statements.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    fn query(&mut self, sql: &str, params: &[&(dyn ToSql + Sync)]) -> Result<Vec<Row>> {
        let statement = self.prepare(sql)?;
        Ok(self.runtime.block_on(self.client.query(&statement, params))?)
    }
}

fn touch(row: &Row) -> Result<()> {
    for (at, column) in row.columns().iter().enumerate() {
        match column.type_().name() {
            "int8" => {
                black_box(row.try_get::<_, Option<i64>>(at)?);
            }
            "text" => {
                black_box(row.try_get::<_, Option<&str>>(at)?);
            }
            other => bail!("a column of type {other}"),
        }
    }
    Ok(())
}

impl Raw for PostgresRaw<'_> {
    fn read_by_id(&mut self, id: RecordId) -> Result<Seen> {
        let sql =
            format!("SELECT {} FROM \"Account\" WHERE \"Id\" = $1 AND \"IsDeleted\" = 0", quoted(&READ_COLUMNS, ""));
        let mut seen = Seen::default();
        for row in self.query(&sql, &[&id.as_i64()])? {
            touch(&row)?;
            seen.add(row.get(0));
        }
        Ok(seen)
    }

    fn list(&mut self, filter: &ListFilter) -> Result<Seen> {
        let sql = "SELECT o.\"Id\", o.\"Name\", o.\"StageName\", o.\"Amount\", o.\"CloseDate\", a.\"Id\", a.\"Name\", \
             u.\"Id\", u.\"Name\" FROM \"Opportunity\" o LEFT JOIN \"Account\" a ON a.\"Id\" = o.\"AccountId\" \
             LEFT JOIN \"User\" u ON u.\"Id\" = o.\"OwnerId\" WHERE o.\"IsDeleted\" = 0 AND \
             hf_fold(o.\"StageName\") = $1 AND o.\"Amount\" > $2 ORDER BY o.\"CloseDate\" DESC, o.\"Id\" LIMIT 100";
        let mut seen = Seen::default();
        for row in self.query(sql, &[&filter.stage.to_lowercase(), &filter.amount_over])? {
            touch(&row)?;
            seen.add(row.get(0));
        }
        Ok(seen)
    }

    fn group(&mut self) -> Result<Seen> {
        let sql = "SELECT MIN(\"StageName\"), COUNT(*), SUM(\"Amount\")::bigint FROM \"Opportunity\" \
             WHERE \"IsDeleted\" = 0 GROUP BY hf_fold(\"StageName\") ORDER BY 1";
        let mut seen = Seen::default();
        for row in self.query(sql, &[])? {
            touch(&row)?;
            seen.add(row.get(1));
        }
        Ok(seen)
    }

    fn export(&mut self, limit: usize, out: &mut Vec<u8>) -> Result<Seen> {
        let sql = format!(
            "SELECT {} FROM \"Opportunity\" WHERE \"IsDeleted\" = 0 ORDER BY \"Id\" LIMIT {limit}",
            quoted(&EXPORT_COLUMNS, "")
        );
        let mut writer = csv::Writer::from_writer(out);
        writer.write_record(EXPORT_COLUMNS)?;
        let mut seen = Seen::default();
        for row in self.query(&sql, &[])? {
            for (at, column) in row.columns().iter().enumerate() {
                if column.type_().name() == "int8" {
                    let number: Option<i64> = row.try_get(at)?;
                    writer.write_field(number.map(|number| number.to_string()).unwrap_or_default())?;
                } else {
                    writer.write_field(row.try_get::<_, Option<&str>>(at)?.unwrap_or_default())?;
                }
            }
            writer.write_record(None::<&[u8]>)?;
            seen.add(row.get(0));
        }
        writer.flush()?;
        Ok(seen)
    }

    fn insert(&mut self, rows: &[Vec<Plain>]) -> Result<Seen> {
        let marks: Vec<_> = (1..=INSERTED.len()).map(|at| format!("${at}")).collect();
        let sql = format!("INSERT INTO {COPY} ({}) VALUES ({})", quoted(&INSERTED, ""), marks.join(", "));
        let statement = self.prepare(&sql)?;
        let client = &mut self.client;
        let inserted = self.runtime.block_on(async {
            let transaction = client.transaction().await?;
            let mut inserted = 0;
            for row in rows {
                let params: Vec<&(dyn ToSql + Sync)> = row
                    .iter()
                    .map(|cell| -> &(dyn ToSql + Sync) {
                        match cell {
                            Plain::Null => &None::<i64>,
                            Plain::Int(number) => number,
                            Plain::Text(text) => text,
                        }
                    })
                    .collect();
                inserted += transaction.execute(&statement, &params).await?;
            }
            transaction.commit().await?;
            Ok::<u64, tokio_postgres::Error>(inserted)
        })?;
        Ok(Seen { rows: inserted, digest: 0 })
    }
}
