//! An order that two walks along an index yield, where no single one does.
//!
//! An index has its empty values at one end (SQLite's at the low one, PostgreSQL's at the high one), and SOQL wants them
//! first whichever way it sorts. So the rows without a value in the first key and those with one are asked for apart.

use super::{Emitter, alias};
use crate::ddl::{index_keeps_order, wants_index};
use model::Result;
use soql::plan::{Expr, Select, Sort, SourceIx};

/// Which part of an order a statement yields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// The rows without a value in the first sort key.
    Empty,
    /// The rows with one.
    Filled,
}

impl Emitter<'_> {
    /// The parts of the plan's order, one after the other, when each of them can be read off an index and the whole
    /// cannot.
    pub(crate) fn parts_of_order(&self, select: &Select) -> Result<Option<[Part; 2]>> {
        let Some(Sort { expr: Expr::Field(field), descending, nulls_last }) = select.order_by.first() else {
            return Ok(None);
        };
        if field.source != SourceIx::ROOT || select.offset > 0 || self.driving(select)?.is_some() {
            return Ok(None);
        }
        let object = self.object(select.object());
        let field = self.field(select, field)?;
        let indexed = wants_index(object, field) && index_keeps_order(self.out.dialect, object, field);
        let empty_first_in_index = self.is_sqlite() != *descending;
        if !indexed || empty_first_in_index != *nulls_last {
            return Ok(None);
        }
        Ok(Some(if *nulls_last { [Part::Filled, Part::Empty] } else { [Part::Empty, Part::Filled] }))
    }

    /// Narrows to one part of the order.
    pub(super) fn in_part(&mut self, select: &Select, part: Part) -> Result<()> {
        let Some(sort) = select.order_by.first() else { return Ok(()) };
        self.out.push(" AND ");
        self.expr(select, &sort.expr)?;
        self.out.push(if part == Part::Empty { " IS NULL" } else { " IS NOT NULL" });
        Ok(())
    }

    /// The order of a part: among rows without a value in the first key the further keys decide; among rows with one it
    /// does not matter where empty values would stand.
    pub(super) fn order_of_part(&mut self, select: &Select, part: Part) -> Result<()> {
        self.out.push(" ORDER BY ");
        for (at, sort) in select.order_by.iter().enumerate() {
            if at == 0 {
                if part == Part::Filled {
                    self.expr(select, &sort.expr)?;
                    self.out.push(if sort.descending { " DESC, " } else { " ASC, " });
                }
                continue;
            }
            for form in self.sort_forms(select, &sort.expr)? {
                self.sort_form(select, &sort.expr, *form)?;
                self.direction(sort.descending, sort.nulls_last);
                self.out.push(", ");
            }
        }
        self.out.column(&alias(select.id, SourceIx::ROOT), "Id");
        Ok(())
    }
}
