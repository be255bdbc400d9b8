//! Formula fields in statements. Their values are computed where the rows are, so that a query can filter, sort, group
//! and sum by them: on SQLite, which runs in this process, by a call of the evaluator itself; on PostgreSQL by SQL.
//!
//! A formula that reads sealed fields is only shown: its fields are fetched, and it is evaluated where they are opened.
//!
//! A formula with an error has no value: null, or false for a checkbox. What it reads of other records it reads whoever
//! asks; the permission of the formula field itself is what guards it.

mod joins;
mod opened;
mod postgres;
pub(crate) mod registry;

pub(crate) use joins::{FormulaJoins, Place};
pub(crate) use opened::FormulaCell;
pub(crate) use postgres::ensure_functions;

use super::Emitter;
use crate::codec::{Codec, codec_of};
use crate::driver::{Dialect, Param};
use formula::{FieldUse, Formula};
use model::{Error, FieldSchema, ObjectIx, OrgSchema, Result};
use soql::plan::Select;
use std::sync::Arc;

impl Emitter<'_> {
    /// The value of a formula field of the record that `place` names.
    pub(super) fn formula_field(&mut self, select: &Select, place: Place, field: &FieldSchema) -> Result<()> {
        let formula = compiled(self.schema(), place.object, field)?;
        let leaves = formula.fields().iter().map(|used| self.leaf(select, &place, used)).collect::<Result<Vec<_>>>()?;
        let (looks_at_clock, looks_at_zone) = match self.out.dialect {
            Dialect::Sqlite => (true, true),
            Dialect::Postgres => postgres::uses(&formula)?,
        };
        // A parameter that a statement does not name would have no type.
        let now = if looks_at_clock { self.out.shared(Param::Int(self.options.now.ms())) } else { String::new() };
        let zone = if looks_at_zone { self.out.shared(Param::Text(self.options.zone.clone())) } else { String::new() };
        let text = match self.out.dialect {
            Dialect::Sqlite => {
                let number = self.out.shared(Param::Int(registry::number_of(&formula)));
                let call = format!(
                    "hf_formula({})",
                    [number, now, zone].into_iter().chain(leaves).collect::<Vec<_>>().join(", ")
                );
                // An expression has no collation of its own on SQLite; a column has.
                if codec_of(field)?.is_text() { format!("({call} COLLATE HF)") } else { call }
            }
            Dialect::Postgres => postgres::value(&formula, &leaves, &now, &zone)?,
        };
        self.out.push(&text);
        Ok(())
    }

    /// The column behind a field that a formula reads.
    fn leaf(&mut self, select: &Select, place: &Place, used: &FieldUse) -> Result<String> {
        let (at, field) = self.formula_path(select, place, &used.path)?;
        if field.is_sealed() {
            return Err(Error::internal(format!("{} is sealed: no statement computes with it", field.name())));
        }
        let column = format!("{}.\"{}\"", at.alias, field.column);
        // A parent's boolean is null where there is no parent, and a boolean is never null.
        let optional_flag = at.alias != place.alias && codec_of(field)? == Codec::Bool;
        Ok(if optional_flag { format!("COALESCE({column}, 0)") } else { column })
    }
}

/// The compiled formula of a field; it was checked when the field was made.
pub(crate) fn compiled(schema: &OrgSchema, object: ObjectIx, field: &FieldSchema) -> Result<Arc<Formula>> {
    formula::field_formula(schema, object, field.ix).map_err(|error| {
        Error::internal(format!("{}.{}: {error}", schema.object(object).name(), field.name())).with_field(field.name())
    })
}

#[cfg(test)]
mod tests;
