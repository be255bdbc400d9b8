//! Many rows in few statements. Runs are cut into powers of two, so that each table has a handful of statement texts
//! that the connection keeps prepared.

use crate::codec::Codec;
use crate::driver::{Connection, Dialect, Param};
use model::{Error, Result};
use std::fmt::Write as _;

/// A column that is written to, and the word for its type where the server would have to guess.
pub(crate) struct Column<'a> {
    pub(crate) name: &'a str,
    pub(crate) kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Int,
    Text,
    Blob,
}

impl From<Codec> for Kind {
    fn from(codec: Codec) -> Self {
        if codec.is_text() { Kind::Text } else { Kind::Int }
    }
}

/// Columns of one of the platform's own tables.
pub(crate) const fn column(name: &str, kind: Kind) -> Column<'_> {
    Column { name, kind }
}

/// The most rows of one statement. Over a wire a statement is a round trip. In a file it is not, and a statement of one
/// row needs no journal of its own: with several, each ends by walking all that the savepoint around it has kept so far.
fn most_rows(dialect: Dialect, columns: usize) -> usize {
    let rows = match dialect {
        Dialect::Sqlite => 1,
        Dialect::Postgres => 256,
    };
    // SQLite binds 32,766 parameters, PostgreSQL 65,535.
    let fitting = (30_000 / columns.max(1)).max(1);
    let fitting = 1_usize << fitting.ilog2();
    rows.min(fitting)
}

/// Cuts `count` rows into runs of powers of two.
fn runs(count: usize, most: usize) -> impl Iterator<Item = usize> {
    let mut left = count;
    std::iter::from_fn(move || {
        let run = (left > 0).then(|| if left >= most { most } else { 1 << left.ilog2() })?;
        left -= run;
        Some(run)
    })
}

fn mark(sql: &mut String, dialect: Dialect, number: usize, kind: Kind) {
    // Writing to a String cannot fail.
    let _ = match dialect {
        Dialect::Sqlite => write!(sql, "?{number}"),
        Dialect::Postgres => {
            let word = match kind {
                Kind::Int => "bigint",
                Kind::Text => "text",
                Kind::Blob => "bytea",
            };
            write!(sql, "${number}::{word}")
        }
    };
}

fn values(sql: &mut String, dialect: Dialect, columns: &[Column<'_>], rows: usize) {
    let mut number = 0;
    for row in 0..rows {
        sql.push_str(if row > 0 { ", (" } else { "(" });
        for (at, column) in columns.iter().enumerate() {
            sql.push_str(if at > 0 { ", " } else { "" });
            number += 1;
            mark(sql, dialect, number, column.kind);
        }
        sql.push(')');
    }
}

/// Inserts rows: one parameter per column, row after row.
pub(crate) fn insert(
    connection: &mut dyn Connection,
    table: &str,
    columns: &[Column<'_>],
    params: Vec<Param>,
) -> Result<()> {
    let dialect = connection.dialect();
    let names: Vec<String> = columns.iter().map(|column| format!("\"{}\"", column.name)).collect();
    let mut known: Option<(usize, String)> = None;
    let mut params = params.into_iter();
    let count = params.len() / columns.len();
    for run in runs(count, most_rows(dialect, columns.len())) {
        let sql = match known.take() {
            Some((rows, sql)) if rows == run => sql,
            _ => {
                let mut sql = format!("INSERT INTO \"{table}\" ({}) VALUES ", names.join(", "));
                values(&mut sql, dialect, columns, run);
                sql
            }
        };
        let part: Vec<Param> = params.by_ref().take(run * columns.len()).collect();
        connection.execute(&sql, &part)?;
        known = Some((run, sql));
    }
    Ok(())
}

/// Sets the same columns of many records: `Id` and then one parameter per column, row after row.
///
/// # Errors
/// An internal error when a record is not there.
pub(crate) fn update(
    connection: &mut dyn Connection,
    table: &str,
    columns: &[Column<'_>],
    params: Vec<Param>,
) -> Result<()> {
    let dialect = connection.dialect();
    let width = columns.len() + 1;
    let most = if dialect == Dialect::Sqlite { 1 } else { most_rows(dialect, width) };
    let mut params = params.into_iter();
    let count = params.len() / width;
    for run in runs(count, most) {
        let part: Vec<Param> = params.by_ref().take(run * width).collect();
        let changed = connection.execute(&update_sql(dialect, table, columns, run), &part)?;
        if changed != run as u64 {
            return Err(Error::internal(format!("an update of {run} rows of {table} changed {changed}")));
        }
    }
    Ok(())
}

fn update_sql(dialect: Dialect, table: &str, columns: &[Column<'_>], run: usize) -> String {
    let mut sql = format!("UPDATE \"{table}\" SET ");
    for (at, column) in columns.iter().enumerate() {
        let comma = if at > 0 { ", " } else { "" };
        let _ = write!(sql, "{comma}\"{}\" = ", column.name);
        if run == 1 {
            mark(&mut sql, dialect, at + 2, column.kind);
        } else {
            let _ = write!(sql, "v.column{}", at + 2);
        }
    }
    if run == 1 {
        sql.push_str(" WHERE \"Id\" = ");
        mark(&mut sql, dialect, 1, Kind::Int);
        return sql;
    }
    let columns: Vec<Column<'_>> = std::iter::once(column("Id", Kind::Int))
        .chain(columns.iter().map(|known| column(known.name, known.kind)))
        .collect();
    sql.push_str(" FROM (VALUES ");
    values(&mut sql, dialect, &columns, run);
    let _ = write!(sql, ") AS v WHERE \"{table}\".\"Id\" = v.column1");
    sql
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_cut_into_few_runs_of_powers_of_two() {
        assert_eq!(runs(700, 256).collect::<Vec<_>>(), [256, 256, 128, 32, 16, 8, 4]);
        assert_eq!(runs(1, 256).collect::<Vec<_>>(), [1]);
        assert_eq!(runs(0, 256).count(), 0);
        assert_eq!(most_rows(Dialect::Postgres, 1000), 16);
        assert_eq!(most_rows(Dialect::Postgres, 29_999), 1);
    }

    #[test]
    fn one_statement_changes_one_record_or_many() {
        let columns = [column("Name", Kind::Text), column("AnnualRevenue", Kind::Int)];
        insta::assert_snapshot!(
            [
                update_sql(Dialect::Sqlite, "Account", &columns, 1),
                update_sql(Dialect::Postgres, "Account", &columns, 2),
            ]
            .join("\n"),
            @r#"
        UPDATE "Account" SET "Name" = ?2, "AnnualRevenue" = ?3 WHERE "Id" = ?1
        UPDATE "Account" SET "Name" = v.column2, "AnnualRevenue" = v.column3 FROM (VALUES ($1::bigint, $2::text, $3::bigint), ($4::bigint, $5::text, $6::bigint)) AS v WHERE "Account"."Id" = v.column1
        "#
        );
    }
}
