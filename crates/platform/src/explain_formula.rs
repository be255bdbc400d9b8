//! Why a formula field has its value: each step of the way with what it came to.

use crate::ctx::Ctx;
use formula::{Change, EvalContext, field_formula};
use model::{Error, ErrorCode, FieldType, RecordId, Result, Value};

/// The way to a formula field's value in one record.
#[derive(Debug, Clone, PartialEq)]
pub struct FormulaExplanation {
    pub source: String,
    /// The whole first, then what it is made of. Only the whole where the formula reads what the asker may not see.
    pub steps: Vec<FormulaStep>,
    /// Parts are left out because they would show values that the asker may not see.
    pub is_partial: bool,
}

/// One part of the formula and its value, or the error that stands in place of one.
#[derive(Debug, Clone, PartialEq)]
pub struct FormulaStep {
    pub depth: usize,
    pub text: String,
    pub value: std::result::Result<Value, String>,
}

impl Ctx {
    /// Explains the value of a formula field in one record.
    ///
    /// # Errors
    /// `NOT_FOUND` for a record that is not there or out of sight; `INVALID_FIELD` for a field that is no readable
    /// formula.
    pub fn explain_formula(&self, object: &str, id: RecordId, field: &str) -> Result<FormulaExplanation> {
        let object = self.object(object)?;
        let field = object
            .find_field(field)
            .filter(|field| self.can_read_field(object.ix, field.ix))
            .ok_or_else(|| crate::record::no_such_field(object, field))?;
        if !matches!(field.data_type(), FieldType::Formula { .. }) {
            let message = format!("{} is not a formula field: it has no steps to explain", field.name());
            return Err(Error::new(ErrorCode::InvalidField, message).with_field(field.name()));
        }
        if self.readable_among(object, &[id])?.is_empty() {
            return Err(Error::not_found());
        }
        let formula = field_formula(&self.schema, object.ix, field.ix).map_err(Error::internal)?;
        let (inputs, seen) = self.org.store.read(|tx| {
            let inputs = self.inputs_of_record(tx, object, formula.fields(), id)?;
            // What the asker may not know of is an error or a null, and so differs from what is there.
            let seen = self.inputs_as(tx, &self.identity, object, formula.fields(), id).ok().flatten();
            Ok((inputs, seen))
        })?;
        let inputs = inputs.ok_or_else(Error::not_found)?;
        let is_partial = seen.as_ref() != Some(&inputs);
        let context = EvalContext { now: self.now(), zone: &self.user().zone, fields: &inputs, change: Change::None };
        let trace = formula.explain(&context);
        let steps = trace
            .lines()
            .into_iter()
            .filter(|line| line.depth == 0 || !is_partial)
            .map(|line| FormulaStep {
                depth: line.depth,
                text: line.text.to_owned(),
                value: line.value.clone().map_err(|error| match is_partial {
                    // The reason may quote a value.
                    true => error.marker().to_owned(),
                    false => format!("{} {error}", error.marker()),
                }),
            })
            .collect();
        Ok(FormulaExplanation { source: formula.source().to_owned(), steps, is_partial })
    }
}
