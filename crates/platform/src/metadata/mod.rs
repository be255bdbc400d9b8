//! Objects and fields at run time: made, changed, renamed, deleted and taken back while others work. Who may, what is
//! checked beyond the schema's own rules, and what else follows a name.

pub mod component;
pub(crate) mod computed;
mod convert;
mod create;
mod field;
mod follow;
mod lead_map;
mod mentions;
mod object;
mod purge;
mod record_type;
mod relation;
mod value_set;

pub use record_type::{NewRecordType, RecordTypeState};

use crate::ctx::Ctx;
use model::schema::ObjectDef;
use model::{Error, ErrorCode, Result};
use policy::{Service, ServiceGrant, SystemPermission};
use store::{AuditEntry, MetadataTx, ResealGoal, ResealTask};

/// The package of what an org makes for itself.
const OWN_PACKAGE: &str = "org";

/// Keeps what names objects and fields in step with them.
pub(crate) static METADATA: Service = Service {
    name: "metadata",
    purpose: "When an object or field is renamed or deleted, renames or deletes the permissions, record types, queue \
              settings and saved lists that name it, in the same transaction. It reads and writes nothing else.",
    grants: &[
        ServiceGrant { object: "ObjectPermissions", create: false, edit: true, delete: true },
        ServiceGrant { object: "FieldPermissions", create: false, edit: true, delete: true },
        ServiceGrant { object: "RecordType", create: false, edit: true, delete: true },
        ServiceGrant { object: "QueueSobject", create: false, edit: true, delete: true },
        ServiceGrant { object: "ListView", create: false, edit: true, delete: true },
        ServiceGrant::read("PermissionSet"),
        ServiceGrant::read("Group"),
    ],
};

impl Ctx {
    fn require_customize(&self) -> Result<()> {
        // A service that loads data makes what the data needs; people need the permission.
        if self.user_id().is_none() { Ok(()) } else { self.require(SystemPermission::CustomizeApplication) }
    }
}

fn entry<'a>(action: &'a str, object: &'a str, fields: &[String]) -> AuditEntry<'a> {
    AuditEntry { action, object, record: None, detail: serde_json::json!({ "fields": fields }).to_string() }
}

fn unsound(object: &str, why: impl std::fmt::Display) -> Error {
    Error::new(ErrorCode::FieldIntegrityException, format!("{object}: {why}"))
}

/// Values that are half in one form and half in another stay where the rewriting finds them.
fn refuse_while_rewritten(tx: &mut MetadataTx<'_>, object: &str, field: Option<&str>) -> Result<()> {
    let is_it = |task: &ResealTask| {
        task.goal == ResealGoal::Form && task.object == object && field.is_none_or(|field| task.field == field)
    };
    match tx.reseal_tasks()?.iter().find(|task| is_it(task)) {
        Some(task) => {
            let why = format!("the values of {} are being rewritten; wait until that is done", task.field);
            Err(unsound(object, why).with_field(&task.field))
        }
        None => Ok(()),
    }
}

/// The declaration of an object among all, to be changed.
fn declaration<'a>(defs: &'a mut [ObjectDef], name: &str) -> Result<&'a mut ObjectDef> {
    let live = |def: &&mut ObjectDef| def.retired.is_none() && def.name.eq_ignore_ascii_case(name);
    defs.iter_mut().find(live).ok_or_else(Error::not_found)
}
