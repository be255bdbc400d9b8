//! The formulas of an org's fields, compiled once for each version of its metadata.

use crate::{CompileOptions, Formula, FormulaError, RecordFields, compile};
use model::{FieldIx, FieldSchema, FieldType, ObjectIx, OrgSchema};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

type Compiled = Result<Arc<Formula>, FormulaError>;

#[derive(Default)]
struct FieldFormulas(Mutex<HashMap<(ObjectIx, FieldIx), Compiled>>);

/// The formula of a field, ready to be evaluated or compiled further.
///
/// # Errors
/// What is wrong with the formula, or that the field has none.
pub fn field_formula(schema: &OrgSchema, object: ObjectIx, field: FieldIx) -> Result<Arc<Formula>, FormulaError> {
    let formulas = schema.derived(|_| FieldFormulas::default());
    let known = formulas.0.lock().unwrap_or_else(PoisonError::into_inner).get(&(object, field)).cloned();
    known.unwrap_or_else(|| {
        let compiled = compile_field(schema, object, field).map(Arc::new);
        formulas.0.lock().unwrap_or_else(PoisonError::into_inner).insert((object, field), compiled.clone());
        compiled
    })
}

/// The stored fields that a formula field reads, in its own record and in those it points to; none for another field.
pub fn fields_behind(schema: &OrgSchema, object: ObjectIx, field: FieldIx) -> Vec<&FieldSchema> {
    if !matches!(schema.object(object).field(field).data_type(), FieldType::Formula { .. }) {
        return Vec::new();
    }
    // One that does not compile has no value, and is an error wherever it is asked for.
    let Ok(formula) = field_formula(schema, object, field) else { return Vec::new() };
    let record = RecordFields::of(schema, object);
    formula.fields().iter().filter_map(|used| record.find(&used.path)).collect()
}

/// Whether the field is a formula that reads sealed values: only whoever may open them can compute it, so that it is
/// shown and nothing else can be asked of it.
pub fn reads_sealed(schema: &OrgSchema, object: ObjectIx, field: FieldIx) -> bool {
    fields_behind(schema, object, field).iter().any(|field| field.is_sealed())
}

fn compile_field(schema: &OrgSchema, object: ObjectIx, field: FieldIx) -> Result<Formula, FormulaError> {
    let owner = schema.object(object);
    let field = owner.field(field);
    let name = format!("{}.{}", owner.name(), field.name());
    let FieldType::Formula { source, returns, blanks } = field.data_type() else {
        return Err(FormulaError { position: 0, message: format!("{name} is not a formula field") });
    };
    let options =
        CompileOptions { blanks: *blanks, returns: Some((**returns).clone()), during_write: false, field: Some(name) };
    compile(source, &RecordFields::of(schema, object), &options)
}
