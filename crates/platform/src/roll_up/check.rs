//! What a roll-up must be to be kept.

use super::question::question;
use formula::{Formula, field_formula, fields_behind};
use model::schema::{RollUp, RollUpFunction};
use model::{FieldSchema, FieldType, Instant, ObjectSchema, OrgSchema};
use soql::ResolveContext;

/// Checks the roll-up of an object.
///
/// # Errors
/// In words for its maker.
pub(crate) fn check(schema: &OrgSchema, object: &ObjectSchema, roll_up: &RollUp) -> Result<(), String> {
    let child = schema.find_object(&roll_up.child).ok_or_else(|| format!("there is no object {}", roll_up.child))?;
    let reference = child
        .find_field(&roll_up.master)
        .filter(|field| child.masters.contains(&field.ix) && field.targets == [object.ix])
        .ok_or_else(|| {
            format!("{}.{} is no master-detail relationship to {}", child.name(), roll_up.master, object.name())
        })?;
    if reference.name() != roll_up.master {
        return Err(format!("write {} as {}", roll_up.master, reference.name()));
    }
    match (&roll_up.field, roll_up.function) {
        (Some(_), RollUpFunction::Count) => return Err("a count names no field".to_owned()),
        (None, RollUpFunction::Count) => {
            if !roll_up.returns.is_number() || roll_up.returns.scale() != 0 {
                return Err("a count is a number without decimal places".to_owned());
            }
        }
        (None, _) => return Err("name the field that is summed up".to_owned()),
        (Some(name), function) => {
            let field = usable(schema, child, name)?;
            summable(field, function, roll_up)?;
        }
    }
    for filter in &roll_up.filter {
        usable(schema, child, &filter.field)?;
    }
    let text = question(child, roll_up, None)?;
    plan(schema, &text).map_err(|error| error.to_string())
}

fn summable(field: &FieldSchema, function: RollUpFunction, roll_up: &RollUp) -> Result<(), String> {
    let data_type = field.data_type();
    let is_moment = matches!(data_type.value_type(), FieldType::Date | FieldType::DateTime);
    if !data_type.is_number() && (function == RollUpFunction::Sum || !is_moment) {
        return Err(format!(
            "{} of {}, a field of type {}, is not possible",
            function.name(),
            field.name(),
            data_type.api_name()
        ));
    }
    let alike =
        roll_up.returns.api_name() == data_type.api_name() || (roll_up.returns.is_number() && data_type.is_number());
    if !alike || roll_up.returns.scale() < data_type.scale() {
        return Err(format!(
            "the result of {} must have the type and the decimal places of {}",
            function.name(),
            field.name()
        ));
    }
    Ok(())
}

/// A field that changes only when its own record does.
fn usable<'a>(schema: &OrgSchema, child: &'a ObjectSchema, name: &str) -> Result<&'a FieldSchema, String> {
    let field = child.find_field(name).ok_or_else(|| format!("{} has no field {name}", child.name()))?;
    if let Some(sealed) = fields_behind(schema, child.ix, field.ix).into_iter().find(|field| field.keeps_secret()) {
        return Err(format!("{name} is computed from {}, which is encrypted; no roll-up can read it", sealed.name()));
    }
    if let FieldType::Formula { .. } = field.data_type() {
        let formula = field_formula(schema, child.ix, field.ix).map_err(|error| error.message)?;
        let far = formula.fields().iter().any(|used| used.path.len() > 1);
        if far || changes_by_itself(&formula) {
            return Err(format!(
                "{name} changes with other records or as time passes; a roll-up sums up what changes with its record alone"
            ));
        }
    }
    if field.data_type().is_long_text() || !field.data_type().is_filterable() {
        return Err(format!("{name} cannot be filtered by"));
    }
    Ok(field)
}

fn changes_by_itself(formula: &Formula) -> bool {
    formula.depends_on_time() || formula.depends_on_zone()
}

/// Resolves the question as it will be asked.
fn plan(schema: &OrgSchema, text: &str) -> model::Result<()> {
    let context = ResolveContext::new(Instant::from_ms(0), model::Zone::UTC);
    // The resolver wants a snapshot that can be shared; this one is still being judged.
    let shared = std::sync::Arc::new(OrgSchema::build(schema.version(), schema.defs())?);
    soql::plan(text, &shared, &context).map(|_| ())
}
