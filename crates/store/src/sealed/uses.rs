//! What stands under a version of a key: values of fields, deleted ones too as long as they can be taken back, and of the
//! field history.

use super::version_of;
use crate::driver::first;
use crate::emit::SqlText;
use crate::org::WriteTx;
use crate::read::{int_column, text_column};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use model::schema::{FieldDef, Form, ObjectDef};
use model::{Error, Result};

impl WriteTx<'_> {
    /// How many values stand under a version of the key of sealed fields, or under a version of the key of their tokens.
    ///
    /// # Errors
    /// What the database reports.
    pub fn key_uses(&mut self, tokens: bool, version: u32) -> Result<u64> {
        let schema = self.schema();
        let mut uses = 0;
        for object in schema.objects().iter().map(|object| &object.def).chain(schema.retired_objects()) {
            for field in fields_with_columns(object) {
                for form in field.forms() {
                    uses += match &form {
                        Form::Sealed { token: Some(token), .. } if tokens && token.version == version => {
                            self.count_with(object, &token.column, None)?
                        }
                        Form::Sealed { column, .. } if !tokens => self.count_with(object, column, Some(version))?,
                        _ => 0,
                    };
                }
            }
        }
        if !tokens {
            let sealed = "SELECT old_value, new_value FROM hf_history WHERE sealed = 1";
            self.connection().query(sealed, &[], &mut |row| {
                for at in 0..2 {
                    let under = version_of(&BASE64.decode(text_column(row, at)?).map_err(Error::internal)?);
                    uses += u64::from(under == Some(version));
                }
                Ok(())
            })?;
        }
        Ok(uses)
    }

    fn count_with(&mut self, object: &ObjectDef, column: &str, version: Option<u32>) -> Result<u64> {
        let mut out = SqlText::new(self.dialect());
        out.push(&format!("SELECT COUNT(*) FROM \"{}\" r WHERE ", object.table_name()));
        match version {
            Some(version) => {
                out.push("substr(");
                out.column("r", column);
                out.push(", 2, 4) = ");
                out.bind(version.to_be_bytes().to_vec().into());
            }
            None => {
                out.column("r", column);
                out.push(" IS NOT NULL");
            }
        }
        let statement = out.finish();
        let count = first(self.connection(), &statement.sql, &statement.params, |row| int_column(row, 0))?;
        u64::try_from(count.unwrap_or_default()).map_err(Error::internal)
    }
}

fn fields_with_columns(object: &ObjectDef) -> impl Iterator<Item = &FieldDef> {
    object.fields.iter().chain(object.retired_fields.iter().map(|retired| &retired.field))
}
