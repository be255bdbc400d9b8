//! Formulas that read sealed fields. No store can compute them: their fields are fetched as they stand, and the evaluator
//! runs where the values are opened.

use super::{Place, compiled};
use crate::codec::{Codec, codec_of};
use crate::emit::select::Columns;
use crate::emit::{Cells, Emitter};
use formula::{Change, EvalContext, Formula};
use model::{Error, FieldSchema, Instant, Result, Value, Zone};
use soql::plan::Select;
use std::sync::Arc;

/// A formula with the cells of the fields that it reads, in its own order.
#[derive(Debug, Clone)]
pub(crate) struct FormulaCell {
    formula: Arc<Formula>,
    pub(crate) fields: Vec<Cells>,
    codec: Codec,
    now: Instant,
    zone: Zone,
}

impl FormulaCell {
    /// The value that a store would have computed.
    pub(crate) fn value(&self, fields: &[Value]) -> Result<Value> {
        let context = EvalContext { now: self.now, zone: &self.zone, fields: &fields, change: Change::None };
        // An error is no value: null, and false where null cannot be.
        let value = self.formula.evaluate(&context).unwrap_or(Value::Null);
        self.codec.settled(&value)
    }
}

impl Emitter<'_> {
    /// The fields behind a formula field of the record that `place` names, when one of them is sealed.
    pub(in crate::emit) fn opened_formula(
        &mut self,
        select: &Select,
        place: &Place,
        field: &FieldSchema,
        columns: &mut Columns,
    ) -> Result<Option<Cells>> {
        if !formula::reads_sealed(self.schema(), place.object, field.ix) {
            return Ok(None);
        }
        let formula = compiled(self.schema(), place.object, field)?;
        let mut fields = Vec::with_capacity(formula.fields().len());
        for used in formula.fields() {
            let (at, field) = self.formula_path(select, place, &used.path)?;
            if field.is_sealed() {
                let id_at = columns.next(self);
                self.out.column(&at.alias, "Id");
                fields.push(self.sealed_cell(at.object, field, &at.alias, id_at, columns)?);
            } else {
                let column = columns.next(self);
                let text = self.leaf(select, place, used)?;
                self.out.push(&text);
                fields.push(Cells::Column(column, codec_of(field)?));
            }
        }
        let zone = Zone::get(&self.options.zone).map_err(Error::internal)?;
        Ok(Some(Cells::Formula(Box::new(FormulaCell {
            formula,
            fields,
            codec: codec_of(field)?,
            now: self.options.now,
            zone,
        }))))
    }
}
