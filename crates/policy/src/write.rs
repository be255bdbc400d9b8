//! The gate for writing: object and field permissions once for a batch, and the predicates that each row's image
//! before and after must satisfy.

use crate::access::{is_mirrored, master_level};
use crate::{Access, Identity, Level, SystemPermission, allows_shares, record_access};
use model::schema::{AccessDefault, GrantRows, SharingKind};
use model::{Error, ErrorCode, FieldIx, FieldSchema, ObjectIx, ObjectSchema, OrgSchema, Result};
use std::sync::Arc;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WriteVerb {
    Create,
    Edit,
    Delete,
    Undelete,
}

/// A wish to change records of one object: which fields the asker names, not yet which values or rows.
#[derive(Debug, Clone)]
pub struct WriteRequest {
    pub schema: Arc<OrgSchema>,
    pub object: ObjectIx,
    pub verb: WriteVerb,
    pub fields: Vec<FieldIx>,
    /// Fields that the platform's own hooks compute from the others, whatever the asker may do with them.
    pub derived: Vec<FieldIx>,
}

/// Permission to change records of one object in one way. A store changes nothing without one; nothing else makes one.
#[derive(Debug, Clone)]
pub struct AuthorizedWrite {
    schema: Arc<OrgSchema>,
    object: ObjectIx,
    verb: WriteVerb,
    fields: Vec<bool>,
    readable: Access,
    permitted: Access,
    transferable: Access,
    references: Vec<(FieldIx, Vec<ReferenceRule>)>,
    identity: Identity,
}

/// What a record of one object must satisfy before a reference may point to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReferenceRule {
    pub target: ObjectIx,
    /// The asker may know of it.
    pub readable: Access,
    /// The asker may point there: for a master that is more than reading it.
    pub allowed: Access,
}

impl AuthorizedWrite {
    pub fn schema(&self) -> &Arc<OrgSchema> {
        &self.schema
    }

    pub fn object(&self) -> &ObjectSchema {
        self.schema.object(self.object)
    }

    pub fn verb(&self) -> WriteVerb {
        self.verb
    }

    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Whether the asker may set this field; fields that the platform maintains are its own to set.
    pub fn may_set(&self, field: &FieldSchema) -> bool {
        field.def.system || self.fields.get(field.ix.index()).copied().unwrap_or(false)
    }

    /// Records whose existence the asker may know of; for others the answer is "not found".
    pub fn readable(&self) -> &Access {
        &self.readable
    }

    /// Records that may be changed this way, as they were before the change.
    pub fn permitted(&self) -> &Access {
        &self.permitted
    }

    /// Records whose owner the asker may change.
    pub fn transferable(&self) -> &Access {
        &self.transferable
    }

    /// For each reference that is set: what the record it will point to must satisfy. A master must be writable, a
    /// record that is shared must be one's own to share, anything else readable.
    pub fn references(&self) -> &[(FieldIx, Vec<ReferenceRule>)] {
        &self.references
    }

    /// Whether any of its predicates depends on the asker's place in roles and groups.
    pub fn is_personal(&self) -> bool {
        let rules = self.references.iter().flat_map(|(_, rules)| rules);
        [&self.readable, &self.permitted, &self.transferable]
            .into_iter()
            .chain(rules.flat_map(|rule| [&rule.readable, &rule.allowed]))
            .any(Access::is_personal)
    }
}

/// Checks a write for an identity.
///
/// # Errors
/// `NOT_FOUND` for an object that the asker may not read, `INSUFFICIENT_ACCESS_OR_READONLY` for a verb not allowed,
/// `INVALID_FIELD` for a field that does not exist for the asker, `INVALID_FIELD_FOR_INSERT_UPDATE` for one that may
/// be read and not written.
pub fn authorize_write(identity: &Identity, request: WriteRequest) -> Result<AuthorizedWrite> {
    let WriteRequest { schema, object: ix, verb, fields, derived } = request;
    if identity.permissions().schema_version() != schema.version() {
        return Err(Error::internal("the write and the permissions belong to different versions of the metadata"));
    }
    let object = schema.object(ix);
    let permission = identity.permissions().object(ix);
    if !permission.read {
        return Err(Error::not_found());
    }
    let allowed = match verb {
        WriteVerb::Create => permission.create,
        WriteVerb::Edit => permission.edit,
        WriteVerb::Delete | WriteVerb::Undelete => permission.delete,
    };
    let is_user = identity.user_id().is_some();
    // What happened is noted with the act itself.
    if !allowed || object.is_view() || (object.def.read_only && is_user) {
        return Err(insufficient(object, verb));
    }
    if let Some(missing) = needed_beside(object).filter(|needed| is_user && !identity.permissions().system(*needed)) {
        return Err(lacks(object, missing));
    }
    let mut settable = vec![false; object.fields.len()];
    for field in fields {
        check_field(identity, object, object.field(field), verb)?;
        settable[field.index()] = true;
    }
    for field in derived {
        settable[field.index()] = true;
    }
    let level = match verb {
        WriteVerb::Create | WriteVerb::Edit => Level::Edit,
        WriteVerb::Delete | WriteVerb::Undelete => Level::All,
    };
    let permitted = match verb {
        WriteVerb::Create => Access::Everything,
        _ => record_access(identity, &schema, ix, level),
    };
    let references = reference_rules(identity, &schema, object);
    Ok(AuthorizedWrite {
        object: ix,
        verb,
        fields: settable,
        readable: record_access(identity, &schema, ix, Level::Read),
        permitted,
        transferable: transferable(identity, &schema, object),
        references,
        identity: identity.clone(),
        schema,
    })
}

/// Who people are and what they may do: whoever changes these could give away any right, their own included.
const ADMINISTERED: [&str; 13] = [
    "User",
    "UserRole",
    "Group",
    "GroupMember",
    "QueueSobject",
    "Profile",
    "PermissionSet",
    "PermissionSetAssignment",
    "PermissionSetGroup",
    "PermissionSetGroupComponent",
    "ObjectPermissions",
    "FieldPermissions",
    "RecordTypeVisibility",
];

/// What the data mean, in every record of an object.
const CUSTOMIZED: [&str; 3] = ["RecordType", "OpportunityStage", "LeadStatus"];

/// Whether records of the object are part of how the org is set up: what changed in them is told to administrators.
pub fn is_setup(object: &str) -> bool {
    ADMINISTERED.contains(&object) || CUSTOMIZED.contains(&object)
}

/// The permission that a person needs beside the object's own to change its records.
fn needed_beside(object: &ObjectSchema) -> Option<SystemPermission> {
    match object.name() {
        name if ADMINISTERED.contains(&name) => Some(SystemPermission::ManageUsers),
        name if CUSTOMIZED.contains(&name) => Some(SystemPermission::CustomizeApplication),
        _ => None,
    }
}

fn lacks(object: &ObjectSchema, permission: SystemPermission) -> Error {
    Error::new(
        ErrorCode::InsufficientAccessOrReadonly,
        format!(
            "insufficient access rights on object {}: the permission {} is missing; an administrator can grant it with \
             a permission set",
            object.name(),
            permission.name()
        ),
    )
}

fn check_field(identity: &Identity, object: &ObjectSchema, field: &FieldSchema, verb: WriteVerb) -> Result<()> {
    let permission = identity.permissions().field(object.ix, field.ix);
    if !permission.read {
        return Err(Error::new(
            ErrorCode::InvalidField,
            format!("No such column '{}' on sobject of type {}", field.name(), object.name()),
        )
        .with_field(field.name()));
    }
    if permission.edit && field.is_writable() {
        return Ok(());
    }
    let verb = if verb == WriteVerb::Create { "create" } else { "update" };
    Err(Error::new(
        ErrorCode::InvalidFieldForInsertUpdate,
        format!(
            "Unable to {verb} fields: {}. Please check the security settings of this field and verify that it is \
             read/write for your profile or permission set.",
            field.name()
        ),
    )
    .with_field(field.name()))
}

fn insufficient(object: &ObjectSchema, verb: WriteVerb) -> Error {
    let verb = match verb {
        WriteVerb::Create => "create",
        WriteVerb::Edit => "edit",
        WriteVerb::Delete => "delete",
        WriteVerb::Undelete => "undelete",
    };
    Error::new(
        ErrorCode::InsufficientAccessOrReadonly,
        format!(
            "insufficient access rights on object {}: the permission to {verb} is missing; an administrator can grant \
             it on your profile or a permission set",
            object.name()
        ),
    )
}

pub(crate) fn transferable(identity: &Identity, schema: &OrgSchema, object: &ObjectSchema) -> Access {
    let edit_suffices = identity.user_id().is_none()
        || identity.permissions().system(SystemPermission::TransferAnyEntity)
        || object.access_default() == AccessDefault::PublicReadWriteTransfer;
    let level = if edit_suffices { Level::Edit } else { Level::All };
    record_access(identity, schema, object.ix, level)
}

fn reference_rules(
    identity: &Identity,
    schema: &OrgSchema,
    object: &ObjectSchema,
) -> Vec<(FieldIx, Vec<ReferenceRule>)> {
    object
        .fields
        .iter()
        .filter(|field| field.is_writable() && !field.targets.is_empty())
        .map(|field| {
            let rules = field
                .targets
                .iter()
                .filter(|target| identity.permissions().object(**target).read)
                .map(|target| ReferenceRule {
                    target: *target,
                    readable: record_access(identity, schema, *target, Level::Read),
                    allowed: allowed(identity, schema, object, field, *target),
                })
                .collect();
            (field.ix, rules)
        })
        .collect()
}

fn allowed(
    identity: &Identity,
    schema: &OrgSchema,
    object: &ObjectSchema,
    field: &FieldSchema,
    target: ObjectIx,
) -> Access {
    let is_master = object.masters.contains(&field.ix);
    let level = match object.sharing() {
        SharingKind::Grant { rows: GrantRows::Share, .. }
            if is_master && !allows_shares(schema, schema.object(target)) =>
        {
            return Access::Nothing;
        }
        SharingKind::Grant { .. } if is_master => Level::All,
        _ if is_master => master_level(object, field.ix),
        // What is filed is seen by whoever sees the folder, and changed by whoever may change that.
        _ if object.def.filed_in.as_deref() == Some(field.name()) => Level::Edit,
        // Whose account decides over a record may gain it only by whoever may change the account.
        _ if is_mirrored(object) && field.name() == "AccountId" => Level::Edit,
        _ => Level::Read,
    };
    record_access(identity, schema, target, level)
}
