//! A world made real: the same users, records and grants in an org, made through the platform in batches.

mod objects;
mod people;
mod records;

pub(crate) use people::{field_permissions, object_permission};

use crate::site::{BETWEEN_CHANGES, Site};
use crate::world::*;
use model::schema::AccessDefault;
use model::{RecordId, Value};
use platform::provision;
use platform::{Ctx, Org, QueryOptions, RecordDraft, SaveOptions};
use std::collections::BTreeMap;
use std::sync::Arc;

/// An org with the objects that worlds need and no world in it.
pub(crate) struct Base {
    org: Arc<Org>,
    admin: RecordId,
    /// Worlds it has held; what is left of them lies in the recycle bin, or is people nobody asks about.
    pub(crate) worlds: u32,
}

impl Base {
    pub(crate) fn new(site: &Site) -> Self {
        let (org, admin) = site.org();
        objects::create(&org, admin);
        Self { org, admin, worlds: 0 }
    }
}

/// The ids that a world's keys have in one org.
pub(crate) struct Loaded {
    pub(crate) org: Arc<Org>,
    pub(crate) admin: RecordId,
    /// Worlds that the org held before; makes names that must be unique.
    number: u32,
    pub(crate) users: BTreeMap<UserKey, RecordId>,
    pub(crate) roles: BTreeMap<RoleKey, RecordId>,
    pub(crate) groups: BTreeMap<GroupKey, RecordId>,
    pub(crate) sets: BTreeMap<SetKey, RecordId>,
    /// Of sets that profiles own.
    pub(crate) profiles: BTreeMap<SetKey, RecordId>,
    pub(crate) set_groups: BTreeMap<SetGroupKey, RecordId>,
    pub(crate) records: BTreeMap<RecordKey, RecordId>,
    pub(crate) keys: BTreeMap<RecordId, RecordKey>,
    /// The groups that stand for a role, with and without those below it.
    role_groups: BTreeMap<(RoleKey, bool), RecordId>,
    everybody: RecordId,
    /// Case team roles that give Read and Edit.
    team_roles: BTreeMap<Level, RecordId>,
}

pub(crate) type Fields<'a> = Vec<(&'a str, Value)>;

/// Objects with the field `Secret__c`, whose fields are granted one by one.
pub(crate) const SECRETIVE: [Object; 2] = [Object::Lead, Object::Project];

pub(crate) fn create_all(ctx: &Ctx, object: &str, rows: Vec<Fields<'_>>, options: SaveOptions) -> Vec<RecordId> {
    if rows.is_empty() {
        return Vec::new();
    }
    let drafts = rows.into_iter().map(|fields| draft(ctx, object, None, fields)).collect();
    let results = ctx.records_create(object, drafts, options).unwrap_or_else(|error| panic!("{object}: {error}"));
    results.into_iter().map(|row| row.into_id().unwrap_or_else(|error| panic!("{object}: {error}"))).collect()
}

pub(crate) fn draft(ctx: &Ctx, object: &str, id: Option<RecordId>, fields: Fields<'_>) -> RecordDraft {
    let schema = ctx.schema().find_object(object).unwrap_or_else(|| panic!("the object {object}"));
    let start = id.map_or_else(RecordDraft::new, RecordDraft::of);
    fields.into_iter().fold(start, |draft, (field, value)| {
        draft.set(schema, field, value).unwrap_or_else(|error| panic!("{object}.{field}: {error}"))
    })
}

pub(crate) fn level_word(level: Level) -> Value {
    match level {
        Level::None => "None".into(),
        Level::Read => "Read".into(),
        Level::Edit => "Edit".into(),
        Level::All => "All".into(),
    }
}

pub(crate) fn default_of(default: OrgDefault) -> AccessDefault {
    match default {
        OrgDefault::Private => AccessDefault::Private,
        OrgDefault::PublicRead => AccessDefault::PublicRead,
        OrgDefault::PublicReadWrite => AccessDefault::PublicReadWrite,
        OrgDefault::PublicReadWriteTransfer => AccessDefault::PublicReadWriteTransfer,
        OrgDefault::ControlledByParent => AccessDefault::ControlledByParent,
    }
}

/// The object of share rows, and its fields for the record and for the level.
pub(crate) fn share_object(object: Object) -> (String, String, String) {
    let name = object.api_name();
    match name.strip_suffix("__c") {
        Some(stem) => (format!("{stem}__Share"), "ParentId".to_owned(), "AccessLevel".to_owned()),
        None => (format!("{name}Share"), format!("{name}Id"), format!("{name}AccessLevel")),
    }
}

/// The name a record bears, for searches.
pub(crate) fn record_name(key: RecordKey) -> String {
    format!("Thing n{}n", key.0)
}

impl Loaded {
    pub(crate) fn new(site: &Site, base: Base, world: &World) -> Self {
        let Base { org, admin, worlds } = base;
        let service = Ctx::for_service(&org, &provision::PROVISION).expect("the provisioning service");
        let mut loaded = Self {
            org,
            admin,
            number: worlds,
            users: BTreeMap::new(),
            roles: BTreeMap::new(),
            groups: BTreeMap::new(),
            sets: BTreeMap::new(),
            profiles: BTreeMap::new(),
            set_groups: BTreeMap::new(),
            records: BTreeMap::new(),
            keys: BTreeMap::new(),
            role_groups: BTreeMap::new(),
            everybody: RecordId::from_i64(0),
            team_roles: BTreeMap::new(),
        };
        loaded.load_roles(&service, world);
        loaded.load_sets(&service, world);
        loaded.load_users(&service, world);
        loaded.load_groups(&service, world);
        loaded.load_records(&service, world);
        loaded.load_grants(world);
        loaded.settle_users(site, world);
        loaded
    }

    /// The administrator with today's metadata and rights.
    pub(crate) fn admin(&self) -> Ctx {
        Ctx::for_user(&self.org, self.admin).expect("the administrator")
    }

    pub(crate) fn grantee(&self, grantee: Grantee) -> RecordId {
        match grantee {
            Grantee::User(user) => self.users[&user],
            Grantee::Group(group) => self.groups[&group],
            Grantee::Role(role) => self.role_groups[&(role, false)],
            Grantee::RoleAndSubordinates(role) => self.role_groups[&(role, true)],
            Grantee::Organization => self.everybody,
        }
    }

    pub(crate) fn owner(&self, owner: Owner) -> RecordId {
        match owner {
            Owner::User(user) => self.users[&user],
            Owner::Queue(queue) => self.groups[&queue],
        }
    }

    pub(crate) fn user_of(&self, id: RecordId) -> Option<UserKey> {
        self.users.iter().find(|(_, user)| **user == id).map(|(key, _)| *key)
    }

    pub(crate) fn role_of(&self, id: RecordId) -> Option<RoleKey> {
        self.roles.iter().find(|(_, role)| **role == id).map(|(key, _)| *key)
    }

    /// Whom an id stands for, as grants name them.
    pub(crate) fn grantee_of(&self, id: RecordId) -> Option<Grantee> {
        let group = || self.groups.iter().find(|(_, group)| **group == id).map(|(key, _)| Grantee::Group(*key));
        let role = || {
            self.role_groups.iter().find(|(_, group)| **group == id).map(|((role, below), _)| {
                if *below { Grantee::RoleAndSubordinates(*role) } else { Grantee::Role(*role) }
            })
        };
        let user = self.user_of(id).map(Grantee::User);
        user.or_else(group).or_else(role).or_else(|| (self.everybody == id).then_some(Grantee::Organization))
    }

    pub(crate) fn note_record(&mut self, key: RecordKey, id: RecordId) {
        self.records.insert(key, id);
        self.keys.insert(id, key);
    }

    /// Gives everybody their own profile and state, and deletes what is to be deleted.
    fn settle_users(&self, site: &Site, world: &World) {
        let admin = self.admin();
        let roots = world.records.iter().filter(|(key, record)| record.deleted_with == Some(**key));
        for (key, record) in roots {
            site.clock.advance(BETWEEN_CHANGES);
            admin.record_delete(record.object.api_name(), self.records[key]).expect("a deletable record");
        }
        let drafts = world.users.iter().map(|(key, user)| {
            let fields = vec![("ProfileId", self.profiles[&user.profile].into()), ("IsActive", user.active.into())];
            draft(&admin, "User", Some(self.users[key]), fields)
        });
        all_well(admin.records_update("User", drafts.collect(), SaveOptions::ALL));
        for (key, _) in world.users.iter().filter(|(_, user)| user.frozen) {
            self.freeze(*key, true);
        }
    }

    /// Empties the org for another world: its records go to the recycle bin, its rules and settings go.
    pub(crate) fn clear(self, site: &Site, world: &World) -> Base {
        site.clock.advance(BETWEEN_CHANGES);
        let admin = self.admin();
        // What keeps other records from being deleted comes first.
        for object in [
            Object::Case,
            Object::Task,
            Object::Event,
            Object::Opportunity,
            Object::Contact,
            Object::Lead,
            Object::Project,
            Object::Account,
        ] {
            let ids: Vec<RecordId> =
                rows(&admin, &format!("SELECT Id FROM {}", object.api_name())).iter().map(|row| row.id).collect();
            all_well(admin.records_delete(object.api_name(), &ids, SaveOptions::ALL));
        }
        for (key, rule) in &world.rules {
            self.admin().sharing_rule_delete(rule.object.api_name(), &format!("{key:?}")).expect("a rule");
        }
        for (object, setting) in &world.settings {
            if setting.default != OrgDefault::Private {
                self.admin().access_default_set(object.api_name(), AccessDefault::Private).expect("a default");
            }
            if !setting.hierarchy {
                self.admin().hierarchy_set(object.api_name(), true).expect("a setting");
            }
        }
        Base { org: self.org, admin: self.admin, worlds: self.number + 1 }
    }

    pub(crate) fn freeze(&self, user: UserKey, on: bool) {
        let admin = self.admin();
        let login = rows(&admin, &format!("SELECT Id FROM UserLogin WHERE UserId = '{}'", self.users[&user]));
        let change = draft(&admin, "UserLogin", Some(login[0].id), vec![("IsFrozen", on.into())]);
        all_well(admin.records_update("UserLogin", vec![change], SaveOptions::ALL));
    }
}

pub(crate) fn all_well(results: model::Result<Vec<platform::RowResult>>) {
    for result in results.expect("results") {
        result.into_id().expect("a saved row");
    }
}

pub(crate) fn rows(ctx: &Ctx, soql: &str) -> Vec<platform::RecordRow> {
    ctx.query_all_rows(soql, QueryOptions::default()).unwrap_or_else(|error| panic!("{soql}: {error}")).1
}

pub(crate) fn team_object(object: Object) -> &'static str {
    match object {
        Object::Account => "AccountTeamMember",
        Object::Opportunity => "OpportunityTeamMember",
        _ => "CaseTeamMember",
    }
}

pub(crate) fn mark_fields(mark: Option<&'static str>, size: Option<i64>) -> Fields<'static> {
    vec![("Mark__c", mark.into()), ("Size__c", size.map_or(Value::Null, |size| Value::Number(size.into())))]
}
