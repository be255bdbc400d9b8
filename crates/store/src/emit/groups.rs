//! Statements that yield groups: keys, aggregates, HAVING, and the order of groups.

use super::select::Columns;
use super::{Cells, Emitter, Statement, not_enabled};
use crate::codec::Codec;
use model::{Error, Result};
use soql::plan::{Aggregate, Expr, GroupMode, Output, Select, SelectKind};

impl Emitter<'_> {
    /// Groups with their keys and aggregates.
    pub(crate) fn groups(mut self, select: &Select) -> Result<(Statement, Vec<Cells>)> {
        let SelectKind::Groups { keys, mode } = &select.kind else {
            return Err(Error::internal("groups were asked of a plan that makes none"));
        };
        if *mode != GroupMode::Plain {
            return Err(not_enabled("GROUP BY ROLLUP and CUBE"));
        }
        self.out.push("SELECT ");
        let mut columns = Columns { count: 0 };
        let mut outputs = Vec::with_capacity(select.output.len());
        for output in &select.output {
            let (Output::Named { expr, .. } | Output::Field { expr, .. }) = output else {
                return Err(Error::internal("a grouped query selects fields and aggregates only"));
            };
            outputs.push(self.group_column(select, expr, &mut columns)?);
        }
        if outputs.is_empty() {
            return Err(Error::internal("a grouped query selects nothing"));
        }
        self.tables_used_and_filter(select)?;
        for (at, key) in keys.iter().enumerate() {
            self.out.push(if at == 0 { " GROUP BY " } else { ", " });
            let text = self.codec(select, key)?.is_text();
            self.folded(select, key, text)?;
        }
        if let Some(having) = &select.having {
            self.out.push(" HAVING ");
            self.cond(select, having, false)?;
        }
        self.group_order(select, keys)?;
        self.window(select.limit, select.offset);
        Ok((self.out.finish(), outputs))
    }

    fn group_column(&mut self, select: &Select, expr: &Expr, columns: &mut Columns) -> Result<Cells> {
        let codec = self.codec(select, expr)?;
        let at = columns.next(self);
        let scale = if let Codec::Scaled(scale) = codec { scale } else { 0 };
        Ok(match expr {
            Expr::Aggregate { function: Aggregate::Avg, argument: Some(argument), .. } => {
                self.sum(select, argument)?;
                let count = columns.next(self);
                self.out.push("COUNT(");
                self.expr(select, argument)?;
                self.out.push(")");
                Cells::Average(at, count, scale)
            }
            Expr::Aggregate { function: Aggregate::Sum, argument: Some(argument), .. } => {
                self.sum(select, argument)?;
                Cells::Sum(at, scale)
            }
            Expr::Aggregate { .. } => {
                self.expr(select, expr)?;
                Cells::Column(at, codec)
            }
            // One spelling stands for all that fold alike: the first in byte order, the same on both stores.
            key if codec.is_text() => {
                self.out.push("MIN(");
                self.expr(select, key)?;
                self.out.push(if self.is_sqlite() { " COLLATE BINARY)" } else { " COLLATE \"C\")" });
                Cells::Column(at, codec)
            }
            key => {
                self.expr(select, key)?;
                Cells::Column(at, codec)
            }
        })
    }

    fn sum(&mut self, select: &Select, argument: &Expr) -> Result<()> {
        self.out.push("CAST(SUM(");
        self.expr(select, argument)?;
        self.out.push(") AS TEXT)");
        Ok(())
    }

    /// Sort keys of groups; a text key sorts by the spelling that stands for the group.
    fn group_order(&mut self, select: &Select, keys: &[Expr]) -> Result<()> {
        let mut word = " ORDER BY ";
        for sort in &select.order_by {
            self.out.push(word);
            word = ", ";
            let plain_text_key =
                !matches!(sort.expr, Expr::Aggregate { .. }) && self.codec(select, &sort.expr)?.is_text();
            if plain_text_key {
                self.representative(select, &sort.expr)?;
            } else {
                self.sortable(select, &sort.expr)?;
            }
            self.direction(sort.descending, sort.nulls_last);
        }
        for key in keys {
            self.out.push(word);
            word = ", ";
            if self.codec(select, key)?.is_text() {
                self.representative(select, key)?;
            } else {
                self.expr(select, key)?;
            }
            self.direction(false, false);
        }
        Ok(())
    }

    fn representative(&mut self, select: &Select, key: &Expr) -> Result<()> {
        self.out.push("MIN(");
        self.sortable(select, key)?;
        self.out.push(")");
        Ok(())
    }
}
