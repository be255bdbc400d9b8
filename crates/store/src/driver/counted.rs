//! A connection that counts the statements sent through it, for tests of how many a query takes.

use super::{Connection, Dialect, Param, RowView};
use model::Result;

pub(crate) struct Counted<'a> {
    pub(crate) inner: &'a mut dyn Connection,
    pub(crate) statements: Vec<String>,
}

impl Connection for Counted<'_> {
    fn dialect(&self) -> Dialect {
        self.inner.dialect()
    }

    fn query(&mut self, sql: &str, params: &[Param], each: &mut dyn FnMut(&dyn RowView) -> Result<()>) -> Result<()> {
        self.statements.push(sql.to_owned());
        self.inner.query(sql, params, each)
    }

    fn execute(&mut self, sql: &str, params: &[Param]) -> Result<u64> {
        self.statements.push(sql.to_owned());
        self.inner.execute(sql, params)
    }

    fn batch(&mut self, sql: &str) -> Result<()> {
        self.statements.push(sql.to_owned());
        self.inner.batch(sql)
    }

    fn begin(&mut self, sql: &str) -> Result<Option<String>> {
        self.statements.push(sql.to_owned());
        self.inner.begin(sql)
    }

    fn commit(&mut self) -> Result<()> {
        self.inner.commit()
    }
}
