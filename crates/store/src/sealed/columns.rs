//! What a value writes into which columns: the form that is read, and the one being filled beside it.

use super::Place;
use crate::bulk::{Column, Kind, column};
use crate::codec::{Codec, codec_of};
use crate::driver::Param;
use crate::org::WriteTx;
use model::schema::{FieldDef, Form, TokenColumn};
use model::{Error, FieldSchema, ObjectIx, ObjectSchema, OrgSchema, RecordId, Result, Value};
use policy::AuthorizedWrite;
use std::ops::Deref;
use std::sync::Arc;

/// An object as it stands in the store now.
pub(crate) struct StoredObject {
    schema: Arc<OrgSchema>,
    object: ObjectIx,
}

impl Deref for StoredObject {
    type Target = ObjectSchema;

    fn deref(&self) -> &ObjectSchema {
        self.schema.object(self.object)
    }
}

/// A field as it stands in the store now: the metadata may have changed since a write was authorized. One that was
/// deleted meanwhile has its columns still.
pub(crate) fn now_field<'o>(now: &'o ObjectSchema, field: &'o FieldSchema) -> &'o FieldSchema {
    let same = |found: &&FieldSchema| found.def.column_name() == field.def.column_name();
    let at_its_place = now.fields.get(field.ix.index()).filter(same);
    at_its_place.or_else(|| now.fields.iter().find(same)).unwrap_or(field)
}

/// A field that is written, with what is needed for each of its values.
pub(crate) struct StoredField<'a> {
    field: &'a FieldSchema,
    codec: Codec,
    /// One plain column and nothing beside it: nearly every field.
    plain: bool,
    /// Only the columns that the next form adds.
    next_only: bool,
}

impl<'a> StoredField<'a> {
    pub(crate) fn new(field: &'a FieldSchema) -> Result<Self> {
        let plain = field.next_form.is_none() && !field.is_sealed();
        Ok(Self { field, codec: codec_of(field)?, plain, next_only: false })
    }

    /// The columns of the next form alone: what a job fills.
    pub(crate) fn next(field: &'a FieldSchema) -> Result<Self> {
        Ok(Self { field, codec: codec_of(field)?, plain: false, next_only: true })
    }

    /// The forms that have a column of values of their own. A change of tokens alone keeps the ciphertext.
    fn forms(&self) -> impl Iterator<Item = &'a Form> + use<'a> {
        let field = self.field;
        let in_use = field.form.iter().filter(|_| !self.next_only).collect::<Vec<_>>();
        in_use.into_iter().chain(field.next_form.iter().filter(move |next| next.column() != field.column))
    }

    /// The token columns of both forms.
    fn tokens(&self) -> impl Iterator<Item = &'a TokenColumn> + use<'a> {
        let field = self.field;
        let in_use = field.form.as_ref().and_then(Form::token);
        let next = field.next_form.as_ref().and_then(Form::token);
        let next = next.filter(move |next| in_use.is_none_or(|token| token.column != next.column));
        in_use.filter(|_| !self.next_only).into_iter().chain(next)
    }

    /// The columns that a value goes to. [`WriteTx::value_params`] gives the parameters in the same order.
    pub(crate) fn columns(&self) -> impl Iterator<Item = Column<'a>> {
        let codec = self.codec;
        let kind = move |form: &Form| match form {
            Form::Plain { .. } => codec.into(),
            Form::Sealed { .. } => Kind::Blob,
        };
        let values = self.forms().map(move |form| column(form.column(), kind(form)));
        values.chain(self.tokens().map(|token| column(&token.column, Kind::Blob)))
    }
}

impl WriteTx<'_> {
    /// The object of a write as it stands now.
    pub(crate) fn stored_object(&self, write: &AuthorizedWrite) -> Result<StoredObject> {
        let schema = self.schema();
        let object = schema
            .find_by_prefix(write.object().key_prefix())
            .ok_or_else(|| Error::internal(format!("{} is no object any more", write.object().name())))?
            .ix;
        Ok(StoredObject { schema, object })
    }

    /// Gives the tokens of new fields the newest key.
    pub(crate) fn settle_sealing(&self, fields: &mut [FieldDef]) -> Result<()> {
        for field in fields {
            if field.sealed.has_token() && field.token_version == 0 {
                field.token_version = self.field_keys()?.current_token()?;
            }
        }
        Ok(())
    }

    /// Adds the parameters of one value for all columns of its field.
    pub(crate) fn value_params(
        &self,
        object: &ObjectSchema,
        stored: &StoredField<'_>,
        record: RecordId,
        value: &Value,
        params: &mut Vec<Param>,
    ) -> Result<()> {
        let StoredField { field, codec, plain, .. } = stored;
        let in_column = || codec.write(value).map_err(|error| error.with_field(field.name()));
        if *plain {
            params.push(in_column()?);
            return Ok(());
        }
        for form in stored.forms() {
            params.push(match form {
                Form::Plain { .. } => in_column()?,
                Form::Sealed { .. } => {
                    let place = Place { object: object.key_prefix(), field: field.def.column_name(), record };
                    self.field_keys()?.seal(place, *codec, value, self.entropy())?.into()
                }
            });
        }
        for token in stored.tokens() {
            params.push(self.token_param(object, field, token, value)?);
        }
        Ok(())
    }

    pub(super) fn token_param(
        &self,
        object: &ObjectSchema,
        field: &FieldSchema,
        token: &TokenColumn,
        value: &Value,
    ) -> Result<Param> {
        match value {
            Value::Null => Ok(Param::Null),
            Value::Text(text) => {
                let keys = self.field_keys()?;
                Ok(keys
                    .token(object.key_prefix(), field.def.column_name(), token.version, token.case_sensitive, text)?
                    .into())
            }
            other => Err(Error::internal(format!("a token of {other:?}"))),
        }
    }
}
