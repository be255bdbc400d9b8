//! What formulas, roll-ups and validation rules ask of the metadata: that each can be computed, and that no change
//! takes away what one of them uses.

use crate::record::compile_rules;
use crate::roll_up;
use formula::field_formula;
use model::schema::{FieldDef, Sealing};
use model::{Error, ErrorCode, FieldType, ObjectSchema, OrgSchema, Result, Value};

/// A computed field is the platform's to set, and nothing that only a stored one can be; encrypted text is sealed.
pub(super) fn mark(field: &mut FieldDef) {
    if field.data_type.is_calculated() {
        field.system = true;
        field.required = false;
        field.default = Value::Null;
    }
    if field.data_type.mask().is_some() {
        field.sealed = Sealing::Probabilistic;
    }
}

/// Checks everything that is computed, after a change of metadata.
///
/// # Errors
/// `FIELD_INTEGRITY_EXCEPTION`: what is wrong with a new or changed one; for one that was sound before, that it uses
/// what is to be taken away.
pub(crate) fn check(before: &OrgSchema, after: &OrgSchema) -> Result<()> {
    for object in after.objects() {
        for field in &object.fields {
            let Err(why) = check_field(after, object, field.ix) else { continue };
            let name = format!("{}.{}", object.name(), field.name());
            let unchanged = before
                .find_object(object.name())
                .and_then(|known| Some((known, known.find_field(field.name())?)))
                .filter(|(known, known_field)| {
                    known_field.data_type() == field.data_type() && check_field(before, known, known_field.ix).is_ok()
                });
            return Err(match unchanged {
                Some(_) => in_use(&format!("the field {name}"), &why),
                None => refused(&format!("{name}: {why}")).with_field(field.name()),
            });
        }
        if let Err(error) = compile_rules(after, object) {
            let was_sound = before
                .find_object(object.name())
                .is_some_and(|known| known.def.validation_rules == object.def.validation_rules);
            return Err(match was_sound {
                true => in_use(&format!("a validation rule of {}", object.name()), error.message()),
                false => error,
            });
        }
    }
    Ok(())
}

fn check_field(schema: &OrgSchema, object: &ObjectSchema, field: model::FieldIx) -> std::result::Result<(), String> {
    match object.field(field).data_type() {
        FieldType::Formula { .. } => field_formula(schema, object.ix, field).map(|_| ()).map_err(|error| error.message),
        FieldType::RollUp(roll_up) => roll_up::check(schema, object, roll_up),
        _ => Ok(()),
    }
}

fn in_use(by: &str, why: &str) -> Error {
    refused(&format!("This is used by {by}, which could no longer be computed ({why}). Change or delete that first."))
}

fn refused(why: &str) -> Error {
    Error::new(ErrorCode::FieldIntegrityException, why)
}
