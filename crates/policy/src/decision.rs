//! What a user may do with given records, asked without doing it: the verbs of a record, each with its predicate.

use crate::write::transferable;
use crate::{Access, Identity, Level, allows_shares, record_access};
use model::{Error, ObjectIx, ObjectSchema, OrgSchema, Result};
use std::sync::Arc;

/// The predicate of each verb over the records of one object. A store answers it for given ids with booleans and
/// nothing else.
#[derive(Debug, Clone)]
pub struct AuthorizedDecision {
    schema: Arc<OrgSchema>,
    object: ObjectIx,
    identity: Identity,
    pub read: Access,
    pub edit: Access,
    pub delete: Access,
    pub transfer: Access,
    pub share: Access,
}

impl AuthorizedDecision {
    pub fn schema(&self) -> &Arc<OrgSchema> {
        &self.schema
    }

    pub fn object(&self) -> &ObjectSchema {
        self.schema.object(self.object)
    }

    /// Whose rights are judged.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Read, edit, delete, transfer, share.
    pub fn verbs(&self) -> [&Access; 5] {
        [&self.read, &self.edit, &self.delete, &self.transfer, &self.share]
    }
}

/// Judges one object for an identity: the object's own permissions and the level of its records.
///
/// # Errors
/// An internal error when schema and permissions are of different versions.
pub fn authorize_decision(
    identity: &Identity,
    schema: &Arc<OrgSchema>,
    object: ObjectIx,
) -> Result<AuthorizedDecision> {
    if identity.permissions().schema_version() != schema.version() {
        return Err(Error::internal("the decision and the permissions belong to different versions of the metadata"));
    }
    let permission = identity.permissions().object(object);
    let def = schema.object(object);
    let given = |allowed: bool, access: &dyn Fn() -> Access| {
        if permission.read && allowed { access() } else { Access::Nothing }
    };
    let level = |level: Level| record_access(identity, schema, object, level);
    let changeable = !def.def.read_only;
    Ok(AuthorizedDecision {
        read: given(true, &|| level(Level::Read)),
        edit: given(permission.edit && changeable, &|| level(Level::Edit)),
        delete: given(permission.delete && changeable, &|| level(Level::All)),
        transfer: given(permission.edit && changeable && def.owner_field.is_some(), &|| {
            transferable(identity, schema, def)
        }),
        share: given(allows_shares(schema, def), &|| level(Level::All)),
        schema: schema.clone(),
        object,
        identity: identity.clone(),
    })
}
