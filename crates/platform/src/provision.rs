//! What a new org holds: its own record, profiles, stages, the standard price book, the first administrator.

use crate::ctx::Ctx;
use crate::literal::quoted;
use crate::org::{Org, OrgSettings};
use crate::query::QueryOptions;
use crate::record::{RecordDraft, SaveOptions};
use model::{Error, OrgId, RecordId, Result, Value};
use policy::{Service, ServiceGrant};
use std::sync::Arc;
use store::AuditEntry;

/// Fills a new org and loads data in the name of its owner (a demo, an import with system fields).
pub static PROVISION: Service = Service {
    name: "provision",
    purpose: "Fills a new org before anybody works in it, and loads the demo. It runs from the operator's command line \
              while the org is made, writes its acts to the org's audit log, and reads back nothing but ids.",
    grants: &[ServiceGrant { object: "*", create: true, edit: true, delete: false }],
};

/// An org to be made.
#[derive(Debug, Clone)]
pub struct NewOrg {
    pub settings: OrgSettings,
    pub admin_username: String,
    pub admin_email: String,
    pub admin_first_name: String,
    pub admin_last_name: String,
}

/// An org that was made.
#[derive(Debug)]
pub struct MadeOrg {
    pub id: OrgId,
    pub org: Arc<Org>,
    pub admin: RecordId,
}

impl std::fmt::Debug for Org {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Org({})", self.id())
    }
}

/// The profile that may do everything.
pub const ADMINISTRATOR: &str = "System Administrator";

/// Saves records as the provisioning service, fields that the platform maintains included.
pub const LOADING: SaveOptions = SaveOptions { system_fields: true, ..SaveOptions::ALL };

/// Name, default probability, closed, won, forecast category and its label.
const STAGES: [(&str, i64, bool, bool, &str, &str); 10] = [
    ("Prospecting", 10, false, false, "Pipeline", "Pipeline"),
    ("Qualification", 10, false, false, "Pipeline", "Pipeline"),
    ("Needs Analysis", 20, false, false, "Pipeline", "Pipeline"),
    ("Value Proposition", 50, false, false, "Pipeline", "Pipeline"),
    ("Id. Decision Makers", 60, false, false, "Pipeline", "Pipeline"),
    ("Perception Analysis", 70, false, false, "BestCase", "Best Case"),
    ("Proposal/Price Quote", 75, false, false, "BestCase", "Best Case"),
    ("Negotiation/Review", 90, false, false, "Forecast", "Commit"),
    ("Closed Won", 100, true, true, "Closed", "Closed"),
    ("Closed Lost", 0, true, false, "Omitted", "Omitted"),
];

pub(crate) fn fill(org: &Arc<Org>, new: &NewOrg) -> Result<MadeOrg> {
    org.put_settings(new.settings.clone())?;
    let ctx = Ctx::for_service(org, &PROVISION)?;
    organization(&ctx, &new.settings)?;
    insert_all(&ctx, "OpportunityStage", (1..).zip(STAGES).map(|(order, stage)| stage_values(order, stage)))?;
    lead_statuses(&ctx)?;
    let standard = [("Name", "Standard Price Book".into()), ("IsActive", true.into()), ("IsStandard", true.into())];
    insert(&ctx, "Pricebook2", &standard)?;
    let everybody = [
        ("Name", "All Internal Users".into()),
        ("DeveloperName", "AllInternalUsers".into()),
        ("Type", "Organization".into()),
    ];
    insert(&ctx, "Group", &everybody)?;
    let admin_profile = profile(&ctx, ADMINISTRATOR, "Everything in this org.", Kind::Administrator)?;
    profile(&ctx, "Standard User", "Works with accounts, deals, cases and reports.", Kind::Standard)?;
    profile(&ctx, "Read Only", "Sees what is shared and changes nothing.", Kind::ReadOnly)?;
    profile(&ctx, "API Client", "A program that reads and writes records.", Kind::Api)?;
    let alias: String = new.admin_username.chars().filter(|c| c.is_ascii_alphanumeric()).take(8).collect();
    let admin = insert(
        &ctx,
        "User",
        &[
            ("Username", new.admin_username.as_str().into()),
            ("Email", new.admin_email.as_str().into()),
            ("FirstName", new.admin_first_name.as_str().into()),
            ("LastName", new.admin_last_name.as_str().into()),
            ("Alias", if alias.is_empty() { "admin".into() } else { alias.into() }),
            ("TimeZoneSidKey", new.settings.zone.as_str().into()),
            ("LocaleSidKey", new.settings.locale.as_str().into()),
            ("LanguageLocaleKey", "en_US".into()),
            ("EmailEncodingKey", "UTF-8".into()),
            ("ProfileId", admin_profile.into()),
            ("IsActive", true.into()),
        ],
    )?;
    let objects: Vec<String> = ctx.schema().objects().iter().map(|object| object.name().to_owned()).collect();
    crate::list_view::begin_lists(&ctx, admin, &objects)?;
    let entry = AuditEntry {
        action: "org_create",
        object: "Organization",
        record: Some(org.id().record_id()),
        detail: "{}".to_owned(),
    };
    org.store.write(|tx| tx.audit(ctx.identity(), &entry))?;
    Ok(MadeOrg { id: org.id(), org: org.clone(), admin })
}

/// Creates one record as the context's service.
///
/// # Errors
/// As any create.
pub fn insert(ctx: &Ctx, object: &str, values: &[(&str, Value)]) -> Result<RecordId> {
    insert_with(ctx, object, None, values)
}

fn insert_with(ctx: &Ctx, object: &str, id: Option<RecordId>, values: &[(&str, Value)]) -> Result<RecordId> {
    let schema = ctx.object(object)?;
    let mut draft = RecordDraft { id, values: Vec::with_capacity(values.len()) };
    for (field, value) in values {
        draft = draft.set(schema, field, value.clone())?;
    }
    let result = ctx.records_create(object, vec![draft], LOADING)?.into_iter().next();
    result.ok_or_else(|| Error::internal("no result"))?.into_id()
}

fn organization(ctx: &Ctx, settings: &OrgSettings) -> Result<RecordId> {
    insert_with(
        ctx,
        "Organization",
        Some(ctx.org().id().record_id()),
        &[
            ("Name", settings.name.as_str().into()),
            ("TimeZoneSidKey", settings.zone.as_str().into()),
            ("DefaultLocaleSidKey", settings.locale.as_str().into()),
            ("LanguageLocaleKey", "en_US".into()),
            ("FiscalYearStartMonth", Value::Int(i64::from(settings.fiscal_start_month))),
            ("OrganizationType", "Holdfast".into()),
            ("InstanceName", "HF1".into()),
        ],
    )
}

fn stage_values(order: i64, stage: (&str, i64, bool, bool, &str, &str)) -> Vec<(&'static str, Value)> {
    let (name, probability, closed, won, category, category_name) = stage;
    vec![
        ("MasterLabel", name.into()),
        ("ApiName", name.into()),
        ("SortOrder", Value::Int(order)),
        ("DefaultProbability", Value::Number(probability.into())),
        ("IsActive", true.into()),
        ("IsClosed", closed.into()),
        ("IsWon", won.into()),
        ("ForecastCategory", category.into()),
        ("ForecastCategoryName", category_name.into()),
    ]
}

/// What each status that leads of the org can have means.
pub(crate) fn lead_statuses(ctx: &Ctx) -> Result<()> {
    let status = ctx.object("Lead")?.find_field("Status").ok_or_else(|| Error::internal("leads have no status"))?;
    let values = status.data_type().picklist_values().iter().filter(|value| value.active);
    let rows = (1..).zip(values).map(|(order, value)| {
        vec![
            ("MasterLabel", value.label.as_str().into()),
            ("ApiName", value.value.as_str().into()),
            ("SortOrder", Value::Int(order)),
            ("IsDefault", value.default.into()),
            ("IsConverted", (value.value == crate::standard::CONVERTED_STATUS).into()),
        ]
    });
    insert_all(ctx, "LeadStatus", rows)
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Administrator,
    Standard,
    ReadOnly,
    Api,
}

/// Objects that administrators alone change.
const SETUP_OBJECTS: [&str; 26] = [
    "DeliveryDomainRule",
    "DeliverySuppression",
    "User",
    "UserLogin",
    "UserRole",
    "CaseTeamRole",
    "Group",
    "GroupMember",
    "QueueSobject",
    "RecordType",
    "Organization",
    "Profile",
    "PermissionSet",
    "PermissionSetAssignment",
    "PermissionSetGroup",
    "PermissionSetGroupComponent",
    "ObjectPermissions",
    "FieldPermissions",
    "RecordTypeVisibility",
    "OpportunityStage",
    "LeadStatus",
    "Product2",
    "Pricebook2",
    "PricebookEntry",
    "LoginHistory",
    "SetupAuditTrail",
];

/// Objects whose content is not for everybody to read.
const PERMISSION_OBJECTS: [&str; 7] = [
    "PermissionSet",
    "PermissionSetAssignment",
    "PermissionSetGroup",
    "PermissionSetGroupComponent",
    "ObjectPermissions",
    "FieldPermissions",
    "RecordTypeVisibility",
];

/// A profile, the permission set it owns, and that set's object and field permissions.
fn profile(ctx: &Ctx, name: &str, description: &str, kind: Kind) -> Result<RecordId> {
    let profile = insert(ctx, "Profile", &[("Name", name.into()), ("Description", description.into())])?;
    let api_name: String = name.chars().filter(|c| c.is_ascii_alphanumeric()).collect();
    let admin = kind == Kind::Administrator;
    let mut values: Vec<(&str, Value)> = vec![
        ("Name", format!("X_{api_name}").into()),
        ("Label", name.into()),
        ("Type", "Profile".into()),
        ("IsOwnedByProfile", true.into()),
        ("ProfileId", profile.into()),
        ("PermissionsApiEnabled", (kind != Kind::ReadOnly).into()),
        ("PermissionsRunReports", true.into()),
        ("PermissionsScheduleReports", matches!(kind, Kind::Administrator | Kind::Standard).into()),
    ];
    for right in [
        "PermissionsViewAllData",
        "PermissionsModifyAllData",
        "PermissionsManageUsers",
        "PermissionsCustomizeApplication",
        "PermissionsTransferAnyEntity",
        "PermissionsViewSetup",
        "PermissionsSendExternal",
        "PermissionsManageAllSchedules",
        "PermissionsApproveDelivery",
    ] {
        values.push((right, admin.into()));
    }
    let set = insert(ctx, "PermissionSet", &values)?;
    let objects: Vec<_> = ctx
        .schema()
        .objects()
        .iter()
        .filter_map(|object| Some((object.name().to_owned(), object_grant(object.name(), kind)?)))
        .collect();
    grant(ctx, set, &objects)?;
    Ok(profile)
}

/// What a profile of a kind may do with an object; `None` when it may not even read it.
fn object_grant(object: &str, kind: Kind) -> Option<ObjectGrant> {
    let setup = SETUP_OBJECTS.contains(&object);
    let secret = PERMISSION_OBJECTS.contains(&object);
    let (read, write, all) = match kind {
        Kind::Administrator => (true, true, true),
        Kind::Standard | Kind::Api => (!secret, !setup, false),
        Kind::ReadOnly => (!secret, false, false),
    };
    read.then_some(ObjectGrant { create: write, edit: write, delete: write, view_all: all, modify_all: all })
}

/// What each standard profile may do with objects that came later; a profile that the org no longer has is left out.
pub(crate) fn grants_of_profiles(
    objects: &[String],
) -> impl Iterator<Item = (&'static str, Vec<(String, ObjectGrant)>)> {
    let kinds = [
        (ADMINISTRATOR, Kind::Administrator),
        ("Standard User", Kind::Standard),
        ("Read Only", Kind::ReadOnly),
        ("API Client", Kind::Api),
    ];
    kinds.into_iter().map(|(profile, kind)| {
        let granted = objects.iter().filter_map(|object| Some((object.clone(), object_grant(object, kind)?)));
        (profile, granted.collect())
    })
}

/// What [`grant`] gives beside reading.
#[derive(Debug, Clone, Copy, Default)]
pub struct ObjectGrant {
    pub create: bool,
    pub edit: bool,
    pub delete: bool,
    pub view_all: bool,
    pub modify_all: bool,
}

impl ObjectGrant {
    pub const ALL: Self = Self { create: true, edit: true, delete: true, view_all: true, modify_all: true };
}

/// Gives a permission set access to objects and to all their fields.
///
/// # Errors
/// As any create.
pub fn grant(ctx: &Ctx, set: RecordId, objects: &[(String, ObjectGrant)]) -> Result<()> {
    let permissions = objects.iter().map(|(object, given)| {
        vec![
            ("ParentId", set.into()),
            ("SobjectType", object.as_str().into()),
            ("PermissionsRead", true.into()),
            ("PermissionsCreate", given.create.into()),
            ("PermissionsEdit", given.edit.into()),
            ("PermissionsDelete", given.delete.into()),
            ("PermissionsViewAllRecords", given.view_all.into()),
            ("PermissionsModifyAllRecords", given.modify_all.into()),
        ]
    });
    insert_all(ctx, "ObjectPermissions", permissions)?;
    let fields = objects.iter().map(|(object, given)| {
        vec![
            ("ParentId", set.into()),
            ("SobjectType", object.as_str().into()),
            // One row for all fields; further rows can only add.
            ("Field", format!("{object}.*").into()),
            ("PermissionsRead", true.into()),
            ("PermissionsEdit", (given.edit || given.create).into()),
        ]
    });
    insert_all(ctx, "FieldPermissions", fields)
}

/// Creates many records as the context's service, all or none.
fn insert_all<'a>(ctx: &Ctx, object: &str, rows: impl Iterator<Item = Vec<(&'a str, Value)>>) -> Result<()> {
    let schema = ctx.object(object)?;
    let drafts = rows
        .map(|values| {
            values.into_iter().try_fold(RecordDraft::new(), |draft, (field, value)| draft.set(schema, field, value))
        })
        .collect::<Result<Vec<_>>>()?;
    ctx.records_create(object, drafts, LOADING)?.into_iter().try_for_each(|result| result.into_id().map(|_| ()))
}

/// The permission set that a profile owns.
///
/// # Errors
/// `NOT_FOUND` when there is none.
pub fn profile_set(ctx: &Ctx, profile: &str) -> Result<RecordId> {
    let text = format!("SELECT Id FROM PermissionSet WHERE Profile.Name = {} LIMIT 1", quoted(profile));
    let (_, rows) = ctx.query_all_rows(&text, QueryOptions::default())?;
    rows.first().map(|row| row.id).ok_or_else(Error::not_found)
}

/// The record of an object with this name.
///
/// # Errors
/// `NOT_FOUND` when there is none.
pub fn by_name(ctx: &Ctx, object: &str, name: &str) -> Result<RecordId> {
    let text = format!("SELECT Id FROM {object} WHERE Name = {} LIMIT 1", quoted(name));
    let (_, rows) = ctx.query_all_rows(&text, QueryOptions::default())?;
    rows.first().map(|row| row.id).ok_or_else(Error::not_found)
}
