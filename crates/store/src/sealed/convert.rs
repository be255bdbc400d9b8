//! Sealing and unsealing a field that has records. The next form is filled beside the one in use, by every write and by
//! a job in the background; when it is whole, it takes the place of the other, which is dropped. Until then everything
//! works as before.

use super::task::{ResealGoal, ResealStage, ResealTask};
use crate::ddl::add_form;
use crate::org::MetadataTx;
use model::schema::{NextForm, ObjectDef, Sealing};
use model::{Error, ErrorCode, FieldSchema, ObjectSchema, OrgSchema, Result};
use std::sync::Arc;

impl MetadataTx<'_> {
    /// Starts to bring a field's values into another form.
    ///
    /// # Errors
    /// `INVALID_TYPE` and `INVALID_FIELD` for what is not there; `FIELD_INTEGRITY_EXCEPTION` naming the field and why it
    /// cannot be sealed so, or that it is being rewritten already.
    pub fn field_seal(&mut self, object: &str, field: &str, sealed: Sealing) -> Result<()> {
        let before = self.schema();
        let (object, field) = find(&before, object, field)?;
        let tasks = self.reseal_tasks()?;
        let is_busy = |task: &ResealTask| {
            task.goal == ResealGoal::Form && task.object == object.name() && task.field == field.name()
        };
        if tasks.iter().any(is_busy) {
            return Err(refused(object, field, "its values are being rewritten; wait until that is done"));
        }
        if field.sealing() == sealed {
            return Ok(());
        }
        if field.is_sealed() && sealed.is_sealed() && !matches!(sealed, Sealing::Token { .. }) {
            // The ciphertexts stay; their tokens go.
            return self.drop_tokens(object, field);
        }
        if let (Sealing::Token { .. }, Sealing::Token { .. }) = (field.sealing(), sealed) {
            return Err(refused(
                object,
                field,
                "unseal it first: the case of its tokens is settled when they are made",
            ));
        }
        if let Sealing::Token { case_sensitive } = sealed
            && (field.def.unique || field.def.external_id)
            && case_sensitive != field.def.case_sensitive
        {
            return Err(refused(
                object,
                field,
                "a unique field or external id keeps the case that it compares by; seal it with a token of the same",
            ));
        }
        let token_version = if sealed.has_token() { self.field_keys()?.current_token()? } else { 0 };
        self.fill_form(object.name(), field.name(), NextForm { sealed, token_version })
    }

    /// Adds the columns of a next form, and the order to fill them.
    pub(super) fn fill_form(&mut self, object: &str, field: &str, next: NextForm) -> Result<()> {
        let schema = self.redeclare(object, field, |def| def.sealing_next = Some(next))?;
        let (object, field) = find(&schema, object, field)?;
        if let Some(form) = &field.next_form {
            // Its index comes when it is whole: until then the form in use keeps unique values apart.
            add_form(self.connection(), object, field, form, field.form.as_ref())?;
        }
        self.task_put(object, field, ResealGoal::Form, next.token_version).map(|_| ())
    }

    /// The next form is whole: it is the one in use from now on.
    pub(super) fn take_next_form(&mut self, task: &ResealTask) -> Result<()> {
        let before = self.schema();
        let (object, field) = find(&before, &task.object, &task.field)?;
        let Some(next) = field.def.sealing_next else { return self.task_end(task) };
        let was_plain = !field.is_sealed();
        self.redeclare(object.name(), field.name(), |def| {
            def.sealed = next.sealed;
            def.token_version = next.token_version;
            def.sealing_next = None;
            if let Sealing::Token { case_sensitive } = next.sealed {
                def.case_sensitive = case_sensitive;
            }
        })?;
        let stage = if was_plain { ResealStage::History } else { ResealStage::Space };
        self.task_move(task, stage, 0, 0)
    }

    fn drop_tokens(&mut self, object: &ObjectSchema, field: &FieldSchema) -> Result<()> {
        self.redeclare(object.name(), field.name(), |def| {
            def.sealed = Sealing::Probabilistic;
            def.token_version = 0;
        })?;
        let task = self.task_put(object, field, ResealGoal::Form, 0)?;
        self.task_move(&task, ResealStage::Space, 0, 0)
    }

    fn redeclare(
        &mut self,
        object: &str,
        field: &str,
        change: impl Fn(&mut model::schema::FieldDef),
    ) -> Result<Arc<OrgSchema>> {
        self.object_redeclare(object, |def: &mut ObjectDef| {
            def.fields.iter_mut().filter(|known| known.name == field).for_each(&change);
        })
    }
}

/// An object and a field of it, by name.
pub(super) fn find<'s>(
    schema: &'s OrgSchema,
    object: &str,
    field: &str,
) -> Result<(&'s ObjectSchema, &'s FieldSchema)> {
    let found = schema
        .find_object(object)
        .ok_or_else(|| Error::new(ErrorCode::InvalidType, format!("sObject type '{object}' is not supported.")))?;
    let field = found.find_field(field).ok_or_else(|| {
        Error::new(ErrorCode::InvalidField, format!("No such column '{field}' on sobject of type {object}"))
            .with_field(field)
    })?;
    Ok((found, field))
}

fn refused(object: &ObjectSchema, field: &FieldSchema, why: &str) -> Error {
    Error::new(
        ErrorCode::FieldIntegrityException,
        format!("{}: {} cannot be sealed so: {why}", object.name(), field.name()),
    )
    .with_field(field.name())
}
