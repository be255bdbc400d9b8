//! One connection to one org's database, on either store, as the rest of the crate sees it: text in, small typed
//! cells out. Nothing outside this crate can name it.

#[cfg(test)]
mod counted;
mod flush;
mod formula;
mod functions;
mod postgres;
mod sqlite;

#[cfg(test)]
pub(crate) use counted::Counted;
pub(crate) use functions::NUMBERED as NUMBERED_DATE_FUNCTIONS;
pub(crate) use postgres::{Login, PostgresConnection, PostgresServer, is_refused_role};
pub(crate) use sqlite::{SqliteConnection, StoreKey};

use model::Result;

/// Which SQL is spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    Sqlite,
    Postgres,
}

/// A bound parameter. Lists become an array on PostgreSQL and a JSON array on SQLite.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Param {
    Null,
    Int(i64),
    Text(String),
    Blob(Vec<u8>),
    Ints(Vec<i64>),
    Texts(Vec<String>),
}

impl From<i64> for Param {
    fn from(number: i64) -> Self {
        Param::Int(number)
    }
}

impl From<&str> for Param {
    fn from(text: &str) -> Self {
        Param::Text(text.to_owned())
    }
}

impl From<String> for Param {
    fn from(text: String) -> Self {
        Param::Text(text)
    }
}

impl From<Vec<u8>> for Param {
    fn from(bytes: Vec<u8>) -> Self {
        Param::Blob(bytes)
    }
}

impl<T: Into<Param>> From<Option<T>> for Param {
    fn from(value: Option<T>) -> Self {
        value.map_or(Param::Null, Into::into)
    }
}

/// One row under the cursor. A column asked for as another type than it has is an error, never a guess.
pub(crate) trait RowView {
    fn int(&self, at: usize) -> Result<Option<i64>>;
    fn text(&self, at: usize) -> Result<Option<&str>>;
    fn blob(&self, at: usize) -> Result<Option<&[u8]>>;
}

pub(crate) trait Connection: Send {
    fn dialect(&self) -> Dialect;

    /// Runs a statement and hands each row to `each`; an error of `each` ends the statement.
    fn query(&mut self, sql: &str, params: &[Param], each: &mut dyn FnMut(&dyn RowView) -> Result<()>) -> Result<()>;

    /// Runs a statement and returns the number of rows it changed.
    fn execute(&mut self, sql: &str, params: &[Param]) -> Result<u64>;

    /// Runs several statements without parameters.
    fn batch(&mut self, sql: &str) -> Result<()>;

    /// Opens a transaction by one or several statements; the text of what the last of them asks for, where one does.
    fn begin(&mut self, sql: &str) -> Result<Option<String>> {
        self.batch(sql).map(|()| None)
    }

    /// Ends the open transaction so that it is kept.
    fn commit(&mut self) -> Result<()> {
        self.batch("COMMIT")
    }
}

/// Convenience over [`Connection::query`] for the platform's own small tables.
pub(crate) fn collect<T>(
    connection: &mut dyn Connection,
    sql: &str,
    params: &[Param],
    mut map: impl FnMut(&dyn RowView) -> Result<T>,
) -> Result<Vec<T>> {
    let mut rows = Vec::new();
    connection.query(sql, params, &mut |row| {
        rows.push(map(row)?);
        Ok(())
    })?;
    Ok(rows)
}

/// The first row, if any.
pub(crate) fn first<T>(
    connection: &mut dyn Connection,
    sql: &str,
    params: &[Param],
    map: impl FnMut(&dyn RowView) -> Result<T>,
) -> Result<Option<T>> {
    Ok(collect(connection, sql, params, map)?.into_iter().next())
}

/// Writes `?` placeholders as the dialect wants them: `?1` or `$1`. Question marks never stand in our literals.
pub(crate) fn placeholders(dialect: Dialect, sql: &str) -> String {
    let mark = match dialect {
        Dialect::Sqlite => '?',
        Dialect::Postgres => '$',
    };
    let mut out = String::with_capacity(sql.len() + 16);
    let mut number = 0;
    for c in sql.chars() {
        out.push(if c == '?' { mark } else { c });
        if c == '?' {
            number += 1;
            out.push_str(&number.to_string());
        }
    }
    out
}
