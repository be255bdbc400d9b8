//! From a user's id to an identity: the user's row, profile and permission sets, read through the gate by a service
//! that may read those objects and nothing else.

use crate::org::Org;
use crate::query::plan_for_service;
use crate::user::UserProfile;
use model::{Error, ErrorCode, Instant, ObjectIx, OrgSchema, RecordId, Result, Value, Zone};
use policy::{
    FieldPermission, Identity, ObjectPermission, PermissionFacts, PermissionGroup, Permissions, RecordTypeGrant,
    Service, ServiceGrant, SystemPermission, SystemPermissions, UserFacts,
};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use store::{ReadTx, RecordRow, WriteTx};

/// Reads who a user is and what they may do.
pub(crate) static ACCESS: Service = Service {
    name: "access",
    purpose: "Looks up users, their permissions, queues, and the account and owner of a record that is to be shared, to \
              decide what users may do. Its answers go to the access decision alone, never to a person.",
    grants: &[
        ServiceGrant::read("User"),
        ServiceGrant::read("Profile"),
        ServiceGrant::read("UserRole"),
        ServiceGrant::read("PermissionSet"),
        ServiceGrant::read("PermissionSetAssignment"),
        ServiceGrant::read("PermissionSetGroup"),
        ServiceGrant::read("PermissionSetGroupComponent"),
        ServiceGrant::read("ObjectPermissions"),
        ServiceGrant::read("FieldPermissions"),
        ServiceGrant::read("RecordTypeVisibility"),
        ServiceGrant::read("RecordType"),
        ServiceGrant::read("UserLogin"),
        ServiceGrant::read("Group"),
        ServiceGrant::read("QueueSobject"),
        ServiceGrant::read("Account"),
        ServiceGrant::read("Contact"),
        ServiceGrant::read("Opportunity"),
        ServiceGrant::read("Case"),
    ],
};

/// Objects whose change makes every cached permission stale.
pub(crate) const ACCESS_OBJECTS: [&str; 12] = [
    "User",
    "UserLogin",
    "Profile",
    "UserRole",
    "PermissionSet",
    "PermissionSetAssignment",
    "PermissionSetGroup",
    "PermissionSetGroupComponent",
    "ObjectPermissions",
    "FieldPermissions",
    "RecordTypeVisibility",
    "RecordType",
];

#[derive(Clone)]
struct Known {
    looked_up: Instant,
    schema_version: u64,
    frozen: bool,
    profile: Arc<UserProfile>,
    permissions: Arc<Permissions>,
}

/// Assignments can expire and another process can change them, so a look-up is good for so long at most.
const KEPT_MS: i64 = 30_000;

/// The permission sets of a user, in the groups in which they count.
type Given = Vec<Vec<RecordId>>;

#[derive(Clone)]
struct Compiled {
    looked_up: Instant,
    permissions: Arc<Permissions>,
}

/// What was looked up, until metadata or access objects change.
#[derive(Default)]
pub(crate) struct AccessCache {
    users: Mutex<HashMap<RecordId, Known>>,
    /// What the same permission sets come to, for all users who are given them.
    given: Mutex<HashMap<Given, Compiled>>,
    services: Mutex<HashMap<&'static str, Identity>>,
    /// Counts how often the cache was emptied.
    generation: AtomicU64,
}

impl AccessCache {
    /// An empty cache whose count of changes begins here.
    pub(crate) fn starting_at(generation: u64) -> Self {
        Self { generation: AtomicU64::new(generation), ..Self::default() }
    }

    pub(crate) fn clear(&self) {
        // Counted first: whoever reads the count, looks up and finds it as it was has read nothing older.
        self.generation.fetch_add(1, Ordering::Release);
        self.users.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.given.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn user(&self, user: RecordId, schema: &OrgSchema, now: Instant) -> Option<Known> {
        let known = self.users.lock().unwrap_or_else(PoisonError::into_inner).get(&user).cloned();
        known.filter(|known| known.schema_version == schema.version() && is_fresh(known.looked_up, now))
    }

    fn compiled(&self, given: &Given, schema: &OrgSchema, now: Instant) -> Option<Compiled> {
        let known = self.given.lock().unwrap_or_else(PoisonError::into_inner).get(given).cloned();
        known.filter(|known| known.permissions.schema_version() == schema.version() && is_fresh(known.looked_up, now))
    }

    pub(crate) fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }
}

fn is_fresh(looked_up: Instant, now: Instant) -> bool {
    now.ms() - looked_up.ms() < KEPT_MS
}

/// The identity of a service, compiled once for each version of the metadata.
pub(crate) fn identity_of_service(org: &Org, schema: &OrgSchema, service: &'static Service) -> Identity {
    let mut known = org.access.services.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(identity) = known.get(service.name)
        && identity.permissions().schema_version() == schema.version()
    {
        return identity.clone();
    }
    let identity = Identity::service(org.id(), service, schema);
    known.insert(service.name, identity.clone());
    identity
}

/// The identity of an active user.
///
/// # Errors
/// `INVALID_SESSION_ID` for a user that is not there, inactive or frozen.
pub(crate) fn identity_of(org: &Org, schema: &Arc<OrgSchema>, user: RecordId) -> Result<(Identity, Arc<UserProfile>)> {
    let known = match org.access.user(user, schema, org.now()) {
        Some(known) => known,
        None => {
            let seen = Seen::Committed { since: org.access.generation() };
            org.store.read(|tx| load(org, tx, schema, user, seen))?
        }
    };
    Ok((Identity::establish(facts(org, user, &known))?, known.profile))
}

/// What is known of a user, from inside a transaction. A fresh look-up of an earlier request serves as well, unless the
/// transaction has changed permissions itself.
fn known_in(
    org: &Org,
    tx: &mut ReadTx<'_>,
    schema: &Arc<OrgSchema>,
    user: RecordId,
    seen: Seen,
) -> Result<Option<Known>> {
    let known = org.access.user(user, schema, org.now()).filter(|_| !matches!(seen, Seen::Changed));
    if known.is_some() {
        return Ok(known);
    }
    match load(org, tx, schema, user, seen) {
        Ok(known) => Ok(Some(known)),
        Err(error) if error.code() == ErrorCode::InvalidSessionId => Ok(None),
        Err(error) => Err(error),
    }
}

/// What a look-up reads.
#[derive(Clone, Copy)]
pub(crate) enum Seen {
    /// What is committed, and no older than this count of the cache: it serves others too, unless permissions changed
    /// since.
    Committed { since: u64 },
    /// A snapshot that may be older than the cache.
    Snapshot,
    /// What the database holds now, whatever is cached: the transaction has changed permissions itself, and may yet undo
    /// it, or must not go by a look-up of before.
    Changed,
}

impl Seen {
    /// What a transaction reads that also writes.
    pub(crate) fn in_write(org: &Org, tx: &WriteTx<'_>, schema: &OrgSchema) -> Self {
        let changed = |name: &&str| schema.find_object(name).is_some_and(|object| tx.has_changed(object.ix));
        match ACCESS_OBJECTS.iter().any(changed) {
            true => Seen::Changed,
            false => Seen::Committed { since: org.access.generation() },
        }
    }
}

/// Whether a user is active and may read an object.
pub(crate) fn may_read(
    org: &Org,
    tx: &mut ReadTx<'_>,
    schema: &Arc<OrgSchema>,
    user: RecordId,
    object: ObjectIx,
    seen: Seen,
) -> Result<bool> {
    let known = known_in(org, tx, schema, user, seen)?;
    Ok(known.is_some_and(|known| known.profile.active && known.permissions.object(object).read))
}

/// The identity of a user from inside a transaction, to judge what they see; none for a user that may not act.
pub(crate) fn identity_in(
    org: &Org,
    tx: &mut ReadTx<'_>,
    schema: &Arc<OrgSchema>,
    user: RecordId,
    seen: Seen,
) -> Result<Option<Identity>> {
    let Some(known) = known_in(org, tx, schema, user, seen)? else { return Ok(None) };
    Ok(Identity::establish(facts(org, user, &known)).ok())
}

/// A user as the transaction sees them, with nothing taken from memory; none for a user that may not act.
pub(crate) fn user_in(
    org: &Org,
    tx: &mut ReadTx<'_>,
    schema: &Arc<OrgSchema>,
    user: RecordId,
) -> Result<Option<(Identity, Arc<UserProfile>)>> {
    let known = match load(org, tx, schema, user, Seen::Changed) {
        Ok(known) => known,
        Err(error) if error.code() == ErrorCode::InvalidSessionId => return Ok(None),
        Err(error) => return Err(error),
    };
    Ok(Identity::establish(facts(org, user, &known)).ok().map(|identity| (identity, known.profile)))
}

fn facts(org: &Org, user: RecordId, known: &Known) -> UserFacts {
    UserFacts {
        org: org.id(),
        user,
        role: known.profile.role,
        active: known.profile.active,
        frozen: known.frozen,
        permissions: known.permissions.clone(),
    }
}

fn load(org: &Org, tx: &mut ReadTx<'_>, schema: &Arc<OrgSchema>, user: RecordId, seen: Seen) -> Result<Known> {
    let mut rows = |soql: &str| -> Result<Vec<RecordRow>> {
        let plan = plan_for_service(org, schema, &ACCESS, soql)?;
        tx.records(&plan, &org.read_options("UTC"), None)
    };
    let found = rows(&format!(
        "SELECT Username, Name, FirstName, Email, Title, ProfileId, Profile.Name, UserRoleId, TimeZoneSidKey, \
         LocaleSidKey, LanguageLocaleKey, IsActive FROM User WHERE Id = '{user}'"
    ))?;
    let row = found.into_iter().next().ok_or_else(|| {
        Error::new(ErrorCode::InvalidSessionId, "Session expired or invalid").with_internal(format!("no user {user}"))
    })?;
    let profile = profile_from(user, &row);

    let logins = rows(&format!("SELECT Id FROM UserLogin WHERE UserId = '{user}' AND IsFrozen = true"))?;
    let now = org.now();
    let groups = given_sets(&mut rows, user, profile.profile_id, now)?;
    let given: Given = groups.iter().map(|sets| sets.iter().map(|set| set.id).collect()).collect();
    let known = org.access.compiled(&given, schema, now).filter(|_| matches!(seen, Seen::Committed { .. }));
    let compiled = match known {
        Some(compiled) => compiled,
        None => Compiled { looked_up: now, permissions: Arc::new(compile(schema, &mut rows, &groups)?) },
    };
    let known = Known {
        looked_up: compiled.looked_up,
        schema_version: schema.version(),
        frozen: !logins.is_empty(),
        profile: Arc::new(profile),
        permissions: compiled.permissions.clone(),
    };
    if let Seen::Committed { since } = seen {
        let mut users = org.access.users.lock().unwrap_or_else(PoisonError::into_inner);
        let mut all_given = org.access.given.lock().unwrap_or_else(PoisonError::into_inner);
        // What was read while permissions changed is good for this request and not for the next.
        if since == org.access.generation() {
            users.insert(user, known.clone());
            all_given.insert(given, compiled);
        }
    }
    Ok(known)
}

fn compile(
    schema: &Arc<OrgSchema>,
    rows: &mut impl FnMut(&str) -> Result<Vec<RecordRow>>,
    groups: &[Vec<RecordRow>],
) -> Result<Permissions> {
    let mut facts: HashMap<RecordId, PermissionFacts> = HashMap::new();
    for set in groups.iter().flatten() {
        if let Entry::Vacant(slot) = facts.entry(set.id) {
            slot.insert(set_facts(rows, set)?);
        }
    }
    let groups: Vec<PermissionGroup> = groups
        .iter()
        .map(|sets| {
            let of = |muting: bool| {
                let chosen = sets.iter().filter(|set| is_muting(set) == muting);
                chosen.filter_map(|set| facts.get(&set.id).cloned()).collect()
            };
            PermissionGroup { sets: of(false), muting: of(true) }
        })
        .collect();
    Ok(Permissions::compile_groups(schema, &groups))
}

/// The permission sets of a user in the groups in which they count: first the profile's own and those assigned one by
/// one, then each permission-set group with its muting sets.
fn given_sets(
    rows: &mut impl FnMut(&str) -> Result<Vec<RecordRow>>,
    user: RecordId,
    profile: Option<RecordId>,
    now: Instant,
) -> Result<Vec<Vec<RecordRow>>> {
    let live = format!("AssigneeId = '{user}' AND (ExpirationDate = null OR ExpirationDate > {})", now.to_timestamp());
    let mut single = match profile {
        Some(id) => rows(&format!("{SET_QUERY} WHERE ProfileId = '{id}'"))?,
        None => Vec::new(),
    };
    single.extend(rows(&format!(
        "{SET_QUERY} WHERE Type != 'Muting' AND Id IN (SELECT PermissionSetId FROM PermissionSetAssignment WHERE {live})"
    ))?);
    let mut given = vec![single];
    let components = rows(&format!(
        "SELECT PermissionSetGroupId, PermissionSetId FROM PermissionSetGroupComponent WHERE PermissionSetGroupId IN \
         (SELECT PermissionSetGroupId FROM PermissionSetAssignment WHERE {live}) ORDER BY PermissionSetGroupId"
    ))?;
    let mut groups: Vec<(RecordId, Vec<RecordId>)> = Vec::new();
    for row in &components {
        let (Some(group), Some(set)) = (row.cells[0].value().as_id(), row.cells[1].value().as_id()) else { continue };
        match groups.last_mut() {
            Some((known, sets)) if *known == group => sets.push(set),
            _ => groups.push((group, vec![set])),
        }
    }
    for (_, sets) in groups {
        let list: Vec<_> = sets.iter().map(|id| format!("'{id}'")).collect();
        given.push(rows(&format!("{SET_QUERY} WHERE Id IN ({})", list.join(",")))?);
    }
    Ok(given)
}

fn set_facts(rows: &mut impl FnMut(&str) -> Result<Vec<RecordRow>>, set: &RecordRow) -> Result<PermissionFacts> {
    let objects = rows(&format!(
        "SELECT SobjectType, PermissionsRead, PermissionsCreate, PermissionsEdit, PermissionsDelete, \
         PermissionsViewAllRecords, PermissionsModifyAllRecords FROM ObjectPermissions WHERE ParentId = '{}'",
        set.id
    ))?;
    let fields = rows(&format!(
        "SELECT Field, PermissionsRead, PermissionsEdit FROM FieldPermissions WHERE ParentId = '{}'",
        set.id
    ))?;
    let record_types = rows(&format!(
        "SELECT Type.SobjectType, TypeId, IsDefault FROM RecordTypeVisibility WHERE ParentId = '{}' AND IsVisible = true \
         AND Type.IsActive = true",
        set.id
    ))?;
    let record_types = record_types
        .iter()
        .filter_map(|row| {
            Some(RecordTypeGrant {
                object: row.cells[0].value().as_text()?.to_owned(),
                record_type: row.cells[1].value().as_id()?,
                is_default: row.cells[2].value() == &Value::Bool(true),
            })
        })
        .collect();
    Ok(PermissionFacts { record_types, ..facts_of(set, &objects, &fields) })
}

/// The type stands behind the system permissions in [`SET_QUERY`].
fn is_muting(set: &RecordRow) -> bool {
    set.cells.get(SYSTEM.len()).is_some_and(|cell| cell.value().as_text() == Some("Muting"))
}

/// System permissions with a column on PermissionSet, in the order of the query.
const SYSTEM: [SystemPermission; 13] = [
    SystemPermission::ViewAllData,
    SystemPermission::ModifyAllData,
    SystemPermission::ManageUsers,
    SystemPermission::CustomizeApplication,
    SystemPermission::ApiEnabled,
    SystemPermission::TransferAnyEntity,
    SystemPermission::RunReports,
    SystemPermission::ScheduleReports,
    SystemPermission::SendExternal,
    SystemPermission::ManageAllSchedules,
    SystemPermission::ApproveDelivery,
    SystemPermission::ViewSetup,
    SystemPermission::ViewEncryptedData,
];

const SET_QUERY: &str = "SELECT PermissionsViewAllData, PermissionsModifyAllData, PermissionsManageUsers, \
     PermissionsCustomizeApplication, PermissionsApiEnabled, PermissionsTransferAnyEntity, PermissionsRunReports, \
     PermissionsScheduleReports, PermissionsSendExternal, PermissionsManageAllSchedules, PermissionsApproveDelivery, \
     PermissionsViewSetup, \
     PermissionsViewEncryptedData, Type FROM PermissionSet";

fn facts_of(set: &RecordRow, objects: &[RecordRow], fields: &[RecordRow]) -> PermissionFacts {
    let flag = |row: &RecordRow, at: usize| row.cells.get(at).is_some_and(|cell| cell.value() == &Value::Bool(true));
    let text = |row: &RecordRow, at: usize| {
        row.cells.get(at).and_then(|cell| cell.value().as_text().map(str::to_owned)).unwrap_or_default()
    };
    let system = SYSTEM
        .into_iter()
        .enumerate()
        .filter(|(at, _)| flag(set, *at))
        .fold(SystemPermissions::default(), |all, (_, permission)| all.with(permission));
    let objects = objects
        .iter()
        .map(|row| {
            let permission = ObjectPermission {
                read: flag(row, 1),
                create: flag(row, 2),
                edit: flag(row, 3),
                delete: flag(row, 4),
                view_all: flag(row, 5),
                modify_all: flag(row, 6),
            };
            (text(row, 0), permission)
        })
        .collect();
    let fields = fields
        .iter()
        .filter_map(|row| {
            let name = text(row, 0);
            let (object, field) = name.split_once('.')?;
            Some((object.to_owned(), field.to_owned(), FieldPermission { read: flag(row, 1), edit: flag(row, 2) }))
        })
        .collect();
    PermissionFacts { system, objects, fields, record_types: Vec::new() }
}

fn profile_from(id: RecordId, row: &RecordRow) -> UserProfile {
    let text = |at: usize| row.cells[at].value().as_text().unwrap_or_default().to_owned();
    let reference = |at: usize| row.cells[at].value().as_id();
    let zone_name = text(8);
    let zone = Zone::get(&zone_name).unwrap_or(Zone::UTC);
    UserProfile {
        id,
        username: text(0),
        name: text(1),
        first_name: text(2),
        email: text(3),
        title: text(4),
        profile_id: reference(5),
        profile_name: text(6),
        role: reference(7),
        zone_name: if zone == Zone::UTC { "UTC".to_owned() } else { zone_name },
        zone,
        locale: text(9),
        language: text(10),
        active: row.cells[11].value() == &Value::Bool(true),
    }
}
