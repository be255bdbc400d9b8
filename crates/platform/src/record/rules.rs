//! Validation rules: formulas that refuse a save while they hold.

use crate::ctx::Ctx;
use formula::{Change, CompileOptions, EvalContext, FieldUse, Formula, RecordFields};
use model::schema::ValidationRule;
use model::{Error, ErrorCode, ObjectIx, ObjectSchema, OrgSchema, Result, Value};
use policy::SystemPermission;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use store::WriteTx;

/// A rule ready to be tried.
pub(crate) struct CompiledRule {
    rule: ValidationRule,
    formula: Formula,
}

/// Compiled rules by object, for one version of the metadata.
#[derive(Default)]
pub(crate) struct RuleCache(Mutex<(u64, HashMap<ObjectIx, Arc<Vec<CompiledRule>>>)>);

impl RuleCache {
    pub(crate) fn rules(&self, schema: &OrgSchema, object: &ObjectSchema) -> Result<Arc<Vec<CompiledRule>>> {
        let mut cache = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if cache.0 != schema.version() {
            *cache = (schema.version(), HashMap::new());
        }
        if let Some(known) = cache.1.get(&object.ix) {
            return Ok(known.clone());
        }
        let mut compiled = compile_rules(schema, object)?;
        compiled.retain(|rule| !rule.rule.inactive);
        let compiled = Arc::new(compiled);
        cache.1.insert(object.ix, compiled.clone());
        Ok(compiled)
    }
}

/// Compiles the rules of an object; it must succeed before an object is kept.
///
/// # Errors
/// `FIELD_INTEGRITY_EXCEPTION` naming the rule and what is wrong with its formula.
pub(crate) fn compile_rules(schema: &OrgSchema, object: &ObjectSchema) -> Result<Vec<CompiledRule>> {
    object.def.validation_rules.iter().map(|rule| compile(schema, object, rule)).collect()
}

fn compile(schema: &OrgSchema, object: &ObjectSchema, rule: &ValidationRule) -> Result<CompiledRule> {
    let options =
        CompileOptions { returns: Some(model::FieldType::Boolean), during_write: true, ..CompileOptions::default() };
    let formula =
        formula::compile(&rule.condition, &RecordFields::of(schema, object.ix), &options).map_err(|error| {
            Error::new(
                ErrorCode::FieldIntegrityException,
                format!("{}: validation rule {}: {error}", object.name(), rule.name),
            )
        })?;
    Ok(CompiledRule { rule: rule.clone(), formula })
}

/// Whether whoever saves may see the value that a rule reads. Of other records that is not asked: they are as good as
/// out of sight.
fn shows(ctx: &Ctx, object: &ObjectSchema, used: &FieldUse) -> bool {
    match used.path.as_slice() {
        [name] => object.find_field(name).is_some_and(|field| {
            ctx.can_read_field(object.ix, field.ix)
                && (field.data_type().mask().is_none() || ctx.has(SystemPermission::ViewEncryptedData))
        }),
        _ => false,
    }
}

/// Tries every rule of the object on a record's image after the change.
///
/// # Errors
/// `FIELD_CUSTOM_VALIDATION_EXCEPTION` with the rule's own message, beside its field.
pub(crate) fn try_rules(
    ctx: &Ctx,
    tx: &mut WriteTx<'_>,
    object: &ObjectSchema,
    rules: &[CompiledRule],
    before: Option<&[Value]>,
    after: &[Value],
) -> Result<()> {
    for compiled in rules {
        let fields = ctx.inputs_of_image(tx, object, compiled.formula.fields(), after)?;
        // What ISCHANGED and PRIORVALUE may ask of: the record itself.
        let prior: Option<Vec<Value>> = before.map(|before| {
            let own = |used: &FieldUse| match used.path.as_slice() {
                [name] => object.find_field(name).map(|field| before[field.ix.index()].clone()).unwrap_or_default(),
                _ => Value::Null,
            };
            compiled.formula.fields().iter().map(own).collect()
        });
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
            // The reason may quote a value.
            let open = compiled.formula.fields().iter().all(|used| shows(ctx, object, used));
            let why = if open { error.to_string() } else { error.marker().to_owned() };
            Error::new(
                ErrorCode::FieldCustomValidationException,
                format!("The validation rule {} cannot be evaluated: {why}", compiled.rule.name),
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
