//! Record access as plain set comprehension, written from the rules alone: no SQL, no index, nothing remembered between
//! two questions. Everything the product answers about access is held against this.

use crate::world::*;

/// Why somebody holds something of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Cause {
    ModifyAllData,
    ModifyAll,
    ViewAllData,
    ViewAll,
    Default,
    Owner,
    /// Above the owner in the hierarchy.
    OwnerAbove,
    Manual(Grantee),
    Rule(RuleKey),
    Team(UserKey),
    ImplicitParent(RecordKey),
    /// By the role of the account's owner.
    ImplicitChildOwner,
    ImplicitChildManual(Grantee),
    ImplicitChildRule(RuleKey),
    ImplicitChildTeam(UserKey),
    Master(RecordKey),
    Mirror(RecordKey),
    Related(RecordKey),
}

/// One grant on a record: `(grantee, level, cause)` with what it carries to an account's children.
struct GrantRow {
    grantee: Grantee,
    level: Level,
    cause: Cause,
    children: ChildLevels,
}

/// A row of a share object.
pub(crate) struct ShareRow {
    pub(crate) grantee: Grantee,
    pub(crate) cause: &'static str,
    pub(crate) level: Level,
    /// On an account.
    pub(crate) children: Option<ChildLevels>,
}

impl ShareRow {
    fn manual(row: &ManualRow) -> Self {
        Self { grantee: row.grantee, cause: "Manual", level: row.level, children: Some(row.children) }
    }
}

/// Object permissions in force for one user.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum ObjectVerb {
    Create,
    Read,
    Edit,
    Delete,
    ModifyAll,
}

pub(crate) struct Model<'w> {
    pub(crate) world: &'w World,
}

impl<'w> Model<'w> {
    pub(crate) fn new(world: &'w World) -> Self {
        Self { world }
    }

    // --- Terms (§1) ---------------------------------------------------------------------------------------------

    /// Whether `upper` is a strict ancestor of `lower`.
    pub(crate) fn is_ancestor(&self, upper: RoleKey, lower: RoleKey) -> bool {
        let parent = self.world.roles[&lower].parent;
        parent.is_some_and(|parent| parent == upper || self.is_ancestor(upper, parent))
    }

    pub(crate) fn role(&self, user: UserKey) -> Option<RoleKey> {
        self.world.users[&user].role
    }

    fn stands_above(&self, user: UserKey, role: RoleKey) -> bool {
        self.role(user).is_some_and(|own| self.is_ancestor(own, role))
    }

    /// `u ∈ members(g)`.
    pub(crate) fn is_member(&self, user: UserKey, grantee: Grantee) -> bool {
        match grantee {
            Grantee::User(named) => named == user,
            Grantee::Role(role) => self.role(user) == Some(role),
            Grantee::RoleAndSubordinates(role) => {
                self.role(user).is_some_and(|own| own == role || self.is_ancestor(role, own))
            }
            Grantee::Organization => true,
            Grantee::Group(group) => self.world.groups[&group].entries.iter().any(|entry| self.is_member(user, *entry)),
        }
    }

    /// `u ∈ above(g)`.
    pub(crate) fn is_above(&self, user: UserKey, grantee: Grantee) -> bool {
        match grantee {
            Grantee::User(named) => self.role(named).is_some_and(|role| self.stands_above(user, role)),
            Grantee::Role(role) | Grantee::RoleAndSubordinates(role) => self.stands_above(user, role),
            Grantee::Organization => false,
            Grantee::Group(group) => {
                let group = &self.world.groups[&group];
                let passes = !matches!(group.kind, GroupKind::Public { bosses: false });
                passes && group.entries.iter().any(|entry| self.is_above(user, *entry))
            }
        }
    }

    fn uses_hierarchy(&self, object: Object) -> bool {
        !object.is_custom() || self.world.settings.get(&object).is_some_and(|setting| setting.hierarchy)
    }

    pub(crate) fn reaches(&self, user: UserKey, grantee: Grantee, object: Object) -> bool {
        self.is_member(user, grantee) || (self.uses_hierarchy(object) && self.is_above(user, grantee))
    }

    // --- Gates (§2) ---------------------------------------------------------------------------------------------

    pub(crate) fn has_session(&self, user: UserKey) -> bool {
        let user = &self.world.users[&user];
        user.active && !user.frozen
    }

    /// Whether profile, sets or groups give something; a muting set takes it away inside its own group.
    fn is_given(&self, user: UserKey, gives: impl Fn(&PermissionSet) -> bool) -> bool {
        let user = &self.world.users[&user];
        let set = |key: &SetKey| gives(&self.world.sets[key]);
        let group = |key: &SetGroupKey| {
            let group = &self.world.set_groups[key];
            group.members.iter().any(set) && !group.muting.as_ref().is_some_and(set)
        };
        set(&user.profile) || user.sets.iter().any(set) || user.set_groups.iter().any(group)
    }

    pub(crate) fn views_all_data(&self, user: UserKey) -> bool {
        self.is_given(user, |set| set.view_all_data)
    }

    pub(crate) fn modifies_all_data(&self, user: UserKey) -> bool {
        self.is_given(user, |set| set.modify_all_data)
    }

    pub(crate) fn transfers_records(&self, user: UserKey) -> bool {
        self.is_given(user, |set| set.transfer_records)
    }

    fn is_granted(&self, user: UserKey, object: Object, part: impl Fn(&Grant) -> bool) -> bool {
        self.is_given(user, |set| set.grants.get(&object).is_some_and(&part))
    }

    /// Object permissions, with what each needs.
    pub(crate) fn may(&self, user: UserKey, object: Object, verb: ObjectVerb) -> bool {
        let modify_data = self.modifies_all_data(user);
        let modify_all = modify_data || self.is_granted(user, object, |grant| grant.modify_all);
        let view_data = modify_data || self.views_all_data(user);
        let read = || {
            let own = modify_all || view_data || self.is_granted(user, object, |grant| grant.read);
            own && object.masters().iter().all(|(master, _)| self.may(user, *master, ObjectVerb::Read))
        };
        match verb {
            ObjectVerb::Create => modify_data || self.is_granted(user, object, |grant| grant.create),
            ObjectVerb::Read => read(),
            ObjectVerb::Edit => read() && (modify_all || self.is_granted(user, object, |grant| grant.edit)),
            ObjectVerb::Delete => {
                let edit = self.may(user, object, ObjectVerb::Edit);
                edit && (modify_all || self.is_granted(user, object, |grant| grant.delete))
            }
            ObjectVerb::ModifyAll => read() && modify_all,
        }
    }

    /// Read of the field `Secret__c`, which edit includes.
    pub(crate) fn reads_secret(&self, user: UserKey, object: Object) -> bool {
        self.is_granted(user, object, |grant| grant.secret_read)
    }

    pub(crate) fn edits_secret(&self, user: UserKey, object: Object) -> bool {
        self.reads_secret(user, object) && self.is_granted(user, object, |grant| grant.secret_edit)
    }

    // --- The level (§3 to §5) -----------------------------------------------------------------------------------

    pub(crate) fn level(&self, user: UserKey, record: RecordKey) -> Level {
        self.causes(user, record).into_iter().map(|(_, level)| level).max().unwrap_or(Level::None)
    }

    /// Every cause with the level it gives; the level is the highest of them.
    pub(crate) fn causes(&self, user: UserKey, key: RecordKey) -> Vec<(Cause, Level)> {
        let object = self.world.records[&key].object;
        let mut causes = Vec::new();
        if self.modifies_all_data(user) {
            causes.push((Cause::ModifyAllData, Level::All));
        }
        if self.is_granted(user, object, |grant| grant.modify_all) {
            causes.push((Cause::ModifyAll, Level::All));
        }
        if self.views_all_data(user) {
            causes.push((Cause::ViewAllData, Level::Read));
        }
        if self.is_granted(user, object, |grant| grant.view_all) {
            causes.push((Cause::ViewAll, Level::Read));
        }
        if self.world.is_mirrored(object) {
            causes.extend(self.mirror(user, key));
        } else if object.is_detail() {
            causes.extend(self.of_masters(user, key));
        } else if object.is_activity() {
            causes.extend(self.shared(user, key));
            causes.extend(self.related(user, key));
        } else {
            causes.push((Cause::Default, self.default_level(object)));
            causes.extend(self.shared(user, key));
            causes.extend(self.implicit(user, key));
        }
        causes.retain(|(_, level)| *level > Level::None);
        causes
    }

    pub(crate) fn default_level(&self, object: Object) -> Level {
        match self.world.default_of(object) {
            OrgDefault::Private | OrgDefault::ControlledByParent => Level::None,
            OrgDefault::PublicRead => Level::Read,
            OrgDefault::PublicReadWrite | OrgDefault::PublicReadWriteTransfer => Level::Edit,
        }
    }

    /// `grants(r)`, each with its cause.
    fn grants(&self, key: RecordKey) -> Vec<GrantRow> {
        let record = &self.world.records[&key];
        let mut grants = Vec::new();
        if let Some(owner) = record.owner {
            let grantee = match owner {
                Owner::User(user) => Grantee::User(user),
                Owner::Queue(queue) => Grantee::Group(queue),
            };
            grants.push(GrantRow { grantee, level: Level::All, cause: Cause::Owner, children: ChildLevels::NONE });
        }
        if record.object.is_activity() {
            return grants;
        }
        grants.extend(record.manual.iter().map(|row| GrantRow {
            grantee: row.grantee,
            level: row.level,
            cause: Cause::Manual(row.grantee),
            children: row.children,
        }));
        grants.extend(record.team.iter().map(|row| GrantRow {
            grantee: Grantee::User(row.member),
            level: row.level,
            cause: Cause::Team(row.member),
            children: row.children,
        }));
        let rules = self.world.rules.iter().filter(|(_, rule)| rule.object == record.object);
        grants.extend(rules.filter(|(_, rule)| self.applies(rule.source, record)).map(|(key, rule)| GrantRow {
            grantee: rule.target,
            level: rule.level,
            cause: Cause::Rule(*key),
            children: rule.children,
        }));
        grants
    }

    /// All share rows of a record, stored and computed (§4): the same cause, grantee and level only once where they follow
    /// from other records.
    pub(crate) fn share_rows(&self, key: RecordKey) -> Vec<ShareRow> {
        let record = &self.world.records[&key];
        if self.world.is_mirrored(record.object) {
            return record.manual.iter().map(ShareRow::manual).collect();
        }
        let mut rows: Vec<ShareRow> = Vec::new();
        for grant in self.grants(key).iter().filter(|grant| grant.level > Level::None) {
            let children = match (grant.cause, grant.grantee) {
                (Cause::Owner, Grantee::User(owner)) => {
                    self.role(owner).map_or(ChildLevels::NONE, |role| self.world.roles[&role].children)
                }
                _ => grant.children,
            };
            let cause = match grant.cause {
                Cause::Owner => "Owner",
                Cause::Manual(_) => "Manual",
                Cause::Rule(_) => "Rule",
                _ => "Team",
            };
            rows.push(ShareRow { grantee: grant.grantee, cause, level: grant.level, children: Some(children) });
        }
        let mut implied: Vec<ShareRow> = Vec::new();
        if record.object == Object::Account {
            let children = self.world.records.iter().filter(|(_, child)| {
                child.is_live() && child.account() == Some(key) && !self.world.is_mirrored(child.object)
            });
            for grant in children.flat_map(|(child, _)| self.grants(*child)).filter(|grant| grant.level > Level::None) {
                let children = Some(ChildLevels::NONE);
                implied.push(ShareRow {
                    grantee: grant.grantee,
                    cause: "ImplicitParent",
                    level: Level::Read,
                    children,
                });
            }
        } else if let Some(account) = record.account() {
            for grant in self.grants(account) {
                let level = match (grant.cause, grant.grantee) {
                    (Cause::Owner, Grantee::User(owner)) => {
                        self.role(owner).map_or(Level::None, |role| self.world.roles[&role].children.of(record.object))
                    }
                    _ => grant.children.of(record.object),
                };
                if level > Level::None {
                    implied.push(ShareRow { grantee: grant.grantee, cause: "ImplicitChild", level, children: None });
                }
            }
        }
        implied.sort_by_key(|row| (row.grantee, row.level));
        implied.dedup_by_key(|row| (row.grantee, row.level));
        rows.extend(implied);
        rows
    }

    fn applies(&self, source: RuleSource, record: &Record) -> bool {
        match (source, record.owner) {
            (RuleSource::OwnedBy(source), Some(Owner::User(owner))) => self.is_member(owner, source),
            (RuleSource::OwnedBy(source), Some(Owner::Queue(queue))) => source == Grantee::Group(queue),
            (RuleSource::OwnedBy(_), None) => false,
            (RuleSource::Where(criterion), _) => match criterion {
                Criterion::MarkIs(mark) => is_same_text(record.mark, mark),
                Criterion::MarkIsNot(mark) => !is_same_text(record.mark, mark),
                Criterion::SizeAbove(bound) => record.size.is_some_and(|size| size > bound),
                Criterion::SizeAtMost(bound) => record.size.is_some_and(|size| size <= bound),
            },
        }
    }

    /// `shared(u, r)`, cause by cause.
    fn shared(&self, user: UserKey, key: RecordKey) -> Vec<(Cause, Level)> {
        let object = self.world.records[&key].object;
        let reached = self.grants(key).into_iter().filter(|grant| self.reaches(user, grant.grantee, object));
        reached
            .map(|grant| match grant.cause {
                Cause::Owner if !self.is_member(user, grant.grantee) => (Cause::OwnerAbove, grant.level),
                cause => (cause, grant.level),
            })
            .collect()
    }

    fn is_shared(&self, user: UserKey, key: RecordKey) -> bool {
        self.shared(user, key).iter().any(|(_, level)| *level >= Level::Read)
    }

    fn implicit(&self, user: UserKey, key: RecordKey) -> Vec<(Cause, Level)> {
        let record = &self.world.records[&key];
        if record.object == Object::Account {
            return self.implicit_parent(user, key);
        }
        record.account().map(|account| self.implicit_child(user, record.object, account)).unwrap_or_default()
    }

    fn implicit_parent(&self, user: UserKey, account: RecordKey) -> Vec<(Cause, Level)> {
        let children = self.world.records.iter().filter(|(_, child)| {
            child.is_live() && child.account() == Some(account) && !self.world.is_mirrored(child.object)
        });
        let shared = children.filter(|(child, _)| self.is_shared(user, **child));
        shared.map(|(child, _)| (Cause::ImplicitParent(*child), Level::Read)).collect()
    }

    fn implicit_child(&self, user: UserKey, object: Object, account: RecordKey) -> Vec<(Cause, Level)> {
        let grants = self.grants(account).into_iter();
        let reached = grants.filter(|grant| self.reaches(user, grant.grantee, Object::Account));
        reached
            .filter_map(|grant| match (grant.cause, grant.grantee) {
                (Cause::Owner, Grantee::User(owner)) => {
                    let role = self.role(owner)?;
                    Some((Cause::ImplicitChildOwner, self.world.roles[&role].children.of(object)))
                }
                (Cause::Manual(grantee), _) => Some((Cause::ImplicitChildManual(grantee), grant.children.of(object))),
                (Cause::Rule(rule), _) => Some((Cause::ImplicitChildRule(rule), grant.children.of(object))),
                (Cause::Team(member), _) => Some((Cause::ImplicitChildTeam(member), grant.children.of(object))),
                _ => None,
            })
            .collect()
    }

    /// A mirrored record has its account's level; without one, its owner alone holds it.
    fn mirror(&self, user: UserKey, key: RecordKey) -> Option<(Cause, Level)> {
        let record = &self.world.records[&key];
        match record.account() {
            Some(account) => Some((Cause::Mirror(account), self.level(user, account))),
            None => (record.owner == Some(Owner::User(user))).then_some((Cause::Owner, Level::All)),
        }
    }

    fn of_masters(&self, user: UserKey, key: RecordKey) -> Vec<(Cause, Level)> {
        let record = &self.world.records[&key];
        let masters = record.object.masters().iter().zip(record.parents.iter().flatten());
        let held: Vec<_> = masters.map(|((_, reads), master)| (*reads, *master, self.level(user, *master))).collect();
        if held.iter().any(|(_, _, level)| *level == Level::None) {
            return Vec::new();
        }
        let writable = held.iter().all(|(reads, _, level)| *level >= Level::Edit || *reads);
        let level = if writable { Level::All } else { Level::Read };
        held.into_iter().map(|(_, master, _)| (Cause::Master(master), level)).collect()
    }

    /// An activity is read by whoever reads what or whom it is about.
    fn related(&self, user: UserKey, key: RecordKey) -> Vec<(Cause, Level)> {
        let parents = self.world.records[&key].parents.into_iter().flatten();
        let readable = parents.filter(|parent| self.level(user, *parent) >= Level::Read);
        readable.map(|parent| (Cause::Related(parent), Level::Read)).collect()
    }
}

/// Text as SOQL compares it: without regard to case, nothing equal only to nothing.
fn is_same_text(left: Option<&str>, right: Option<&str>) -> bool {
    left.map(str::to_lowercase) == right.map(str::to_lowercase)
}
