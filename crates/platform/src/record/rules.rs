//! Validation rules: formulas that refuse a save while they hold.

use crate::ctx::Ctx;
use formula::{Change, CompileOptions, EvalContext, FieldResolver, Formula, ResolvedField};
use model::schema::ValidationRule;
use model::{Error, ErrorCode, FieldIx, ObjectIx, ObjectSchema, Result, Value};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// A rule ready to be tried, with the fields it looks at in the formula's order.
pub(crate) struct CompiledRule {
    rule: ValidationRule,
    formula: Formula,
    fields: Vec<FieldIx>,
}

/// Compiled rules by object, for one version of the metadata.
#[derive(Default)]
pub(crate) struct RuleCache(Mutex<(u64, HashMap<ObjectIx, Arc<Vec<CompiledRule>>>)>);

impl RuleCache {
    pub(super) fn rules(&self, version: u64, object: &ObjectSchema) -> Result<Arc<Vec<CompiledRule>>> {
        let mut cache = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if cache.0 != version {
            *cache = (version, HashMap::new());
        }
        if let Some(known) = cache.1.get(&object.ix) {
            return Ok(known.clone());
        }
        let compiled = Arc::new(compile_rules(object)?);
        cache.1.insert(object.ix, compiled.clone());
        Ok(compiled)
    }
}

/// Compiles the rules of an object; it must succeed before an object is kept.
///
/// # Errors
/// `FIELD_INTEGRITY_EXCEPTION` naming the rule and what is wrong with its formula.
pub(crate) fn compile_rules(object: &ObjectSchema) -> Result<Vec<CompiledRule>> {
    object.def.validation_rules.iter().map(|rule| compile(object, rule)).collect()
}

/// The record's own fields.
struct OwnFields<'a>(&'a ObjectSchema);

impl FieldResolver for OwnFields<'_> {
    fn resolve(&self, path: &[&str]) -> Option<ResolvedField> {
        let [name] = path else { return None };
        let field = self.0.find_field(name)?;
        Some(ResolvedField { path: vec![field.name().to_owned()], data_type: field.data_type().clone(), home: None })
    }
}

fn compile(object: &ObjectSchema, rule: &ValidationRule) -> Result<CompiledRule> {
    let options =
        CompileOptions { returns: Some(model::FieldType::Boolean), during_write: true, ..CompileOptions::default() };
    let formula = formula::compile(&rule.condition, &OwnFields(object), &options).map_err(|error| {
        Error::new(
            ErrorCode::FieldIntegrityException,
            format!("{}: validation rule {}: {error}", object.name(), rule.name),
        )
    })?;
    let fields = formula
        .fields()
        .iter()
        .filter_map(|used| object.find_field(used.path.last().map(String::as_str).unwrap_or_default()))
        .map(|field| field.ix)
        .collect();
    Ok(CompiledRule { rule: rule.clone(), formula, fields })
}

/// Tries every rule of the object on a record's image after the change.
///
/// # Errors
/// `FIELD_CUSTOM_VALIDATION_EXCEPTION` with the rule's own message, beside its field.
pub(super) fn try_rules(ctx: &Ctx, rules: &[CompiledRule], before: Option<&[Value]>, after: &[Value]) -> Result<()> {
    for compiled in rules {
        let pick =
            |values: &[Value]| -> Vec<Value> { compiled.fields.iter().map(|ix| values[ix.index()].clone()).collect() };
        let fields = pick(after);
        let prior = before.map(pick);
        let context = EvalContext {
            now: ctx.now(),
            zone: &ctx.user().zone,
            fields: &fields,
            change: match &prior {
                Some(prior) => Change::Updated { prior },
                None => Change::Created,
            },
        };
        let holds = compiled.formula.holds(&context).map_err(|error| {
            Error::new(
                ErrorCode::FieldCustomValidationException,
                format!("The validation rule {} cannot be evaluated: {error}", compiled.rule.name),
            )
        })?;
        if holds {
            let error = Error::new(ErrorCode::FieldCustomValidationException, compiled.rule.message.clone());
            return Err(match &compiled.rule.field {
                Some(field) => error.with_field(field.clone()),
                None => error,
            });
        }
    }
    Ok(())
}
