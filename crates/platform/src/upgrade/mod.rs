//! Standard metadata grows with the program: an org made by an older version gets the new objects, fields and choices
//! when it is opened. What the org made or changed itself stays as it is.

mod merge;

use crate::ctx::Ctx;
use crate::literal::quoted;
use crate::org::Org;
use crate::provision::{ADMINISTRATOR, grant, grants_of_profiles, profile_set};
use crate::query::QueryOptions;
use crate::record::{RecordDraft, SaveOptions};
use model::schema::ObjectDef;
use model::{Error, ErrorCode, OrgSchema, RecordId, Result};
use policy::{Service, ServiceGrant};
use sha2::{Digest, Sha256};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use store::{AuditEntry, MetadataTx};

/// Makes what an upgrade brings usable.
pub(crate) static UPGRADE: Service = Service {
    name: "upgrade",
    purpose: "Adds the objects, fields and choices that a new version brings, gives the standard profiles the \
              permissions on them that they have in a new org, writes down what the org's lead statuses mean, and makes \
              the lists that objects begin with. It runs when an org is opened by a newer version, and \
              writes what it did to the org's audit log.",
    grants: &[
        ServiceGrant::read("Profile"),
        ServiceGrant::read("PermissionSet"),
        ServiceGrant { object: "ObjectPermissions", create: true, edit: false, delete: false },
        ServiceGrant { object: "FieldPermissions", create: true, edit: false, delete: false },
        ServiceGrant { object: "RecordTypeVisibility", create: true, edit: false, delete: false },
        ServiceGrant::read("RecordType"),
        ServiceGrant::read("Lead"),
        ServiceGrant::read("User"),
        ServiceGrant { object: "ListView", create: true, edit: false, delete: false },
        ServiceGrant { object: "LeadStatus", create: true, edit: false, delete: false },
    ],
};

/// What this program brings, with a digest of all of it.
pub(crate) struct Shipped {
    objects: Vec<ObjectDef>,
    digest: String,
}

impl Shipped {
    pub(crate) fn new(objects: Vec<ObjectDef>) -> Result<Self> {
        // With the fields that every object has: when those grow, orgs need their columns too.
        let resolved = OrgSchema::build(0, objects.clone())?;
        let mut hasher = Sha256::new();
        for object in resolved.objects() {
            hasher.update(serde_json::to_vec(&object.def).map_err(Error::internal)?);
            hasher.update([0]);
        }
        let digest = hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Self { objects, digest })
    }

    pub(crate) fn objects(&self) -> &[ObjectDef] {
        &self.objects
    }
}

/// The setting with the digest of what the org has been brought up to.
const DIGEST: &str = "shipped_digest";
/// The setting with the new objects on which no profile has permissions yet; it outlives a crash between two steps.
const UNGRANTED: &str = "shipped_ungranted";

/// Brings an org up to what the program ships.
///
/// # Errors
/// When the org's metadata and the program's do not go together, naming object and field; what the database reports.
pub(crate) fn run(org: &Arc<Org>, shipped: &Shipped) -> Result<()> {
    let (digest, ungranted) = org.store.read(|tx| Ok((tx.setting(DIGEST)?, tx.setting(UNGRANTED)?)))?;
    if digest.as_ref() != Some(&shipped.digest) {
        let identity = crate::access::identity_of_service(org, &org.schema(), &UPGRADE);
        org.store.write_metadata(|tx| {
            let grown = grow(tx, shipped)?;
            tx.setting_put(DIGEST, &shipped.digest)?;
            if grown.is_nothing() {
                return Ok(());
            }
            // A new object of a version whose upgrade was cut off still waits for its permissions.
            let mut waiting = names(ungranted.as_deref())?;
            waiting.extend(grown.objects.iter().filter(|name| !waiting.contains(name)).cloned().collect::<Vec<_>>());
            tx.setting_put(UNGRANTED, &serde_json::to_string(&waiting).map_err(Error::internal)?)?;
            let detail = serde_json::json!({ "objects": grown.objects, "changed": grown.changed }).to_string();
            tracing::info!(org = %org.id(), detail, "metadata upgraded");
            tx.audit(&identity, &AuditEntry { action: "metadata_upgrade", object: "", record: None, detail })
        })?;
    }
    let ungranted = names(org.store.read(|tx| tx.setting(UNGRANTED))?.as_deref())?;
    if ungranted.is_empty() {
        return Ok(());
    }
    grant_profiles(org, &ungranted)?;
    if ungranted.iter().any(|name| name == "RecordTypeVisibility") {
        open_record_types(org)?;
    }
    if ungranted.iter().any(|name| name == "LeadStatus") {
        name_lead_statuses(org)?;
    }
    begin_lists(org, &ungranted)?;
    org.store.write(|tx| tx.setting_put(UNGRANTED, "[]"))?;
    org.forget_permissions();
    Ok(())
}

fn names(setting: Option<&str>) -> Result<Vec<String>> {
    setting.map_or(Ok(Vec::new()), serde_json::from_str).map_err(Error::internal)
}

/// What an upgrade added.
struct Grown {
    objects: Vec<String>,
    changed: Vec<String>,
}

impl Grown {
    fn is_nothing(&self) -> bool {
        self.objects.is_empty() && self.changed.is_empty()
    }
}

fn grow(tx: &mut MetadataTx<'_>, shipped: &Shipped) -> Result<Grown> {
    let before = tx.schema();
    let last: HashMap<String, String> = tx.shipped()?.into_iter().collect();
    let mut grown = Grown { objects: Vec::new(), changed: Vec::new() };
    let mut defs: Vec<ObjectDef> = before.defs().collect();
    for new in &shipped.objects {
        match defs.iter_mut().find(|def| def.name.eq_ignore_ascii_case(&new.name)) {
            None => {
                grown.objects.push(new.name.clone());
                defs.push(new.clone());
            }
            Some(ours) => {
                let merged = merge::merge_object(last.get(&new.name).map(String::as_str), ours, new)?;
                if merged != *ours {
                    grown.changed.push(new.name.clone());
                    *ours = merged;
                }
            }
        }
    }
    // Also without a change here: the fields that every object has may have grown.
    tx.schema_grow(defs)?;
    let texts = shipped
        .objects
        .iter()
        .map(|def| Ok((def.name.clone(), serde_json::to_string(def).map_err(Error::internal)?)))
        .collect::<Result<Vec<_>>>()?;
    tx.shipped_put(&texts)?;
    Ok(grown)
}

/// The permissions that the standard profiles of a new org have on these objects, where they are not there yet.
fn grant_profiles(org: &Arc<Org>, objects: &[String]) -> Result<()> {
    let ctx = Ctx::for_service(org, &UPGRADE)?;
    for (profile, mut grants) in grants_of_profiles(objects) {
        let set = match profile_set(&ctx, profile) {
            Ok(set) => set,
            // Renamed or deleted by the org, whose own permissions are its own business.
            Err(error) if error.code() == ErrorCode::NotFound => continue,
            Err(error) => return Err(error),
        };
        // The field permissions are written last: where they are, nothing is missing.
        let text = format!("SELECT SobjectType FROM FieldPermissions WHERE ParentId = '{set}'");
        let (_, rows) = ctx.query_all_rows(&text, QueryOptions::default())?;
        let known: Vec<&str> = rows.iter().filter_map(|row| row.cells.first()?.value().as_text()).collect();
        grants.retain(|(object, _)| !known.contains(&object.as_str()));
        grant(&ctx, set, &grants)?;
    }
    Ok(())
}

/// The statuses of leads that were made before anybody said what they mean.
fn name_lead_statuses(org: &Arc<Org>) -> Result<()> {
    let ctx = Ctx::for_service(org, &UPGRADE)?;
    let known = ctx.query("SELECT COUNT() FROM LeadStatus", QueryOptions::default())?.total;
    if known == 0 { crate::provision::lead_statuses(&ctx) } else { Ok(()) }
}

/// The lists that new objects begin with; once there are lists at all, those that the org has had before too.
fn begin_lists(org: &Arc<Org>, new: &[String]) -> Result<()> {
    let ctx = Ctx::for_service(org, &UPGRADE)?;
    let administrator = format!(
        "SELECT Id FROM User WHERE IsActive = true AND Profile.Name = {} ORDER BY CreatedDate, Id LIMIT 1",
        quoted(ADMINISTRATOR)
    );
    let (_, rows) = ctx.query_all_rows(&administrator, QueryOptions::default())?;
    // Without an administrator there is nobody whose lists they would be.
    let Some(owner) = rows.first().map(|row| row.id) else { return Ok(()) };
    let (_, known) = ctx.query_all_rows("SELECT SobjectType FROM ListView", QueryOptions::default())?;
    let known: HashSet<&str> = known.iter().filter_map(|row| row.cells[0].value().as_text()).collect();
    let all = new.iter().any(|name| name == "ListView");
    let schema = ctx.schema().clone();
    let lacking = schema
        .objects()
        .iter()
        .map(|object| object.name())
        .filter(|name| (all || new.iter().any(|new| new.eq_ignore_ascii_case(name))) && !known.contains(name));
    let lacking: Vec<String> = lacking.map(str::to_owned).collect();
    crate::list_view::begin_lists(&ctx, owner, &lacking)
}

/// Record types that were there before anybody said who may use them stay everybody's.
fn open_record_types(org: &Arc<Org>) -> Result<()> {
    let ctx = Ctx::for_service(org, &UPGRADE)?;
    let ids = |text: &str| -> Result<Vec<RecordId>> {
        let (_, rows) = ctx.query_all_rows(text, QueryOptions::default())?;
        Ok(rows.iter().map(|row| row.id).collect())
    };
    // Those that this has been done for, before it was cut off, and those made since have rows.
    let types = ids("SELECT Id FROM RecordType WHERE Id NOT IN (SELECT TypeId FROM RecordTypeVisibility)")?;
    let sets = ids("SELECT Id FROM PermissionSet WHERE IsOwnedByProfile = true")?;
    let object = ctx.object("RecordTypeVisibility")?;
    for record_type in types {
        let row = |set: &RecordId| RecordDraft::new().set(object, "ParentId", *set)?.set(object, "TypeId", record_type);
        let drafts = sets.iter().map(row).collect::<Result<Vec<_>>>()?;
        let results = ctx.records_create("RecordTypeVisibility", drafts, SaveOptions::ALL)?;
        results.into_iter().try_for_each(|result| result.into_id().map(|_| ()))?;
    }
    Ok(())
}
