//! Statements that yield groups: keys, aggregates, HAVING, and the order of groups.

use super::picklist::SortForm;
use super::select::Columns;
use super::subtotals::{Subtotals, grouping_bit};
use super::{Cells, Emitter, Statement, alias};
use crate::codec::Codec;
use model::{Error, Result};
use soql::plan::{Aggregate, Expr, FieldRef, Output, Select, SelectKind, Target};

impl Emitter<'_> {
    /// Groups with their keys and aggregates.
    pub(crate) fn groups(mut self, select: &Select) -> Result<(Statement, Vec<Cells>)> {
        let SelectKind::Groups { keys, mode } = &select.kind else {
            return Err(Error::internal("groups were asked of a plan that makes none"));
        };
        self.subtotals = Subtotals::of(keys, *mode);
        self.out.push("SELECT ");
        let mut columns = Columns { count: 0 };
        let mut outputs = Vec::with_capacity(select.output.len());
        for output in &select.output {
            let (Output::Named { expr, .. } | Output::Field { expr, .. }) = output else {
                return Err(Error::internal("a grouped query selects fields and aggregates only"));
            };
            outputs.push(self.over_groups(true, |emitter| emitter.group_column(select, expr, &mut columns))?);
        }
        if outputs.is_empty() {
            return Err(Error::internal("a grouped query selects nothing"));
        }
        self.check_columns(columns.count)?;
        self.tables_used_and_filter(select)?;
        self.over_groups(true, |emitter| emitter.group_clauses(select, keys))?;
        self.window(select.limit, select.offset);
        Ok((self.finish()?, outputs))
    }

    /// GROUP BY, HAVING and ORDER BY.
    fn group_clauses(&mut self, select: &Select, keys: &[Expr]) -> Result<()> {
        let mut word = " GROUP BY ";
        if self.subtotals.exist() {
            self.out.push(" GROUP BY hf_set.mask");
            word = ", ";
        }
        for key in keys {
            self.out.push(word);
            word = ", ";
            if let Some(field) = self.sealed_field(select, key)? {
                self.token_column(select, field)?;
                continue;
            }
            let text = self.codec(select, key)?.is_text();
            self.folded(select, key, text)?;
        }
        if let Some(having) = &select.having {
            self.out.push(" HAVING ");
            self.cond(select, having, false)?;
        }
        self.group_order(select, keys)
    }

    fn group_column(&mut self, select: &Select, expr: &Expr, columns: &mut Columns) -> Result<Cells> {
        if let Expr::Format(inner) | Expr::ConvertCurrency(inner) = expr {
            return self.group_column(select, inner, columns);
        }
        if let Some(field) = self.sealed_field(select, expr)?
            && let Target::Object(object) = select.source(field.source).target
        {
            let at = columns.next(self);
            self.first_id(select, field);
            return Ok(Cells::SealedKey(at, object, field.field));
        }
        let codec = self.codec(select, expr)?;
        let at = columns.next(self);
        let scale = if let Codec::Scaled(scale) = codec { scale } else { 0 };
        Ok(match expr {
            Expr::Aggregate { function: Aggregate::Avg, argument: Some(argument), .. } => {
                self.sum(select, argument)?;
                let count = columns.next(self);
                self.out.push("COUNT(");
                self.over_groups(false, |emitter| emitter.expr(select, argument))?;
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
            key if codec.is_text() => {
                self.least(select, key)?;
                Cells::Column(at, codec)
            }
            key => {
                self.expr(select, key)?;
                Cells::Column(at, codec)
            }
        })
    }

    /// The spelling that stands for a group, whose texts all fold alike: the first in byte order, the same on both stores.
    /// Written alike wherever it is wanted, so that it is found once.
    pub(super) fn least(&mut self, select: &Select, key: &Expr) -> Result<()> {
        self.out.push("MIN(");
        self.expr(select, key)?;
        self.out.push(if self.is_sqlite() { " COLLATE BINARY)" } else { " COLLATE \"C\")" });
        Ok(())
    }

    fn sum(&mut self, select: &Select, argument: &Expr) -> Result<()> {
        self.out.push("CAST(SUM(");
        self.over_groups(false, |emitter| emitter.expr(select, argument))?;
        self.out.push(") AS TEXT)");
        Ok(())
    }

    /// Sort keys of groups; a text key sorts by the spelling that stands for the group. Without an order of its own a
    /// subtotal follows the groups it sums up.
    fn group_order(&mut self, select: &Select, keys: &[Expr]) -> Result<()> {
        let mut word = " ORDER BY ";
        for sort in &select.order_by {
            self.sort_group(select, &sort.expr, sort.descending, sort.nulls_last, &mut word)?;
        }
        for (at, key) in keys.iter().enumerate() {
            if self.subtotals.exist() {
                self.out.push(word);
                word = ", ";
                self.out.push(&grouping_bit(at));
            }
            self.sort_group(select, key, false, false, &mut word)?;
        }
        Ok(())
    }

    fn sort_group(
        &mut self,
        select: &Select,
        expr: &Expr,
        descending: bool,
        nulls_last: bool,
        word: &mut &str,
    ) -> Result<()> {
        if let Some(field) = self.sealed_field(select, expr)? {
            // Sealed values have no order; the groups stand as their first records do.
            self.out.push(std::mem::replace(word, ", "));
            self.first_id(select, field);
            self.direction(descending, nulls_last);
            return Ok(());
        }
        let spelled = !matches!(expr, Expr::Aggregate { .. }) && self.codec(select, expr)?.is_text();
        for form in self.sort_forms(select, expr)? {
            self.out.push(std::mem::replace(word, ", "));
            match form {
                SortForm::Place if spelled => self.place_of_group(select, expr)?,
                SortForm::Value if spelled => {
                    self.least(select, expr)?;
                    self.out.push(if self.is_sqlite() { " COLLATE HF" } else { " COLLATE hf_order" });
                }
                form => self.sort_form(select, expr, *form)?,
            }
            self.direction(descending, nulls_last);
        }
        Ok(())
    }

    /// The first record of a group: the one that shows the group's sealed value.
    fn first_id(&mut self, select: &Select, field: &FieldRef) {
        self.out.push("MIN(");
        self.out.column(&alias(select.id, field.source), "Id");
        self.out.push(")");
    }
}
