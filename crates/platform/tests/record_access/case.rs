//! A case: a world and what happens in it. A case that fails is made smaller for as long as it still fails, and told as
//! a story.

use crate::change::Change;
use crate::perform::Actor;
use crate::world::*;
use std::fmt::Write as _;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Case {
    pub(crate) world: World,
    pub(crate) steps: Vec<Step>,
    /// Chooses what is asked before the first change; none is everything.
    pub(crate) sample: Option<u64>,
}

/// A change, who tries it, and who then looks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) actor: Actor,
    pub(crate) change: Change,
    pub(crate) watchers: Vec<UserKey>,
    /// Chooses what they look at; none is everything.
    pub(crate) sample: Option<u64>,
}

/// Most tries at a smaller case; each makes an org.
const MOST_TRIES: usize = 600;

/// The smallest case found that still fails, with how it fails. `fails` gives the failure, or none.
pub(crate) fn shrink(case: Case, failure: String, fails: impl Fn(&Case) -> Option<String>) -> (Case, String) {
    let (mut case, mut failure, mut tries) = (case, failure, 0);
    // Large pieces first: half of the changes, then one by one.
    let mut chunk = case.steps.len().max(case.world.records.len()) / 2;
    loop {
        let mut progress = false;
        for smaller in candidates(&case, chunk) {
            if tries == MOST_TRIES {
                return (case, failure);
            }
            tries += 1;
            if let Some(found) = fails(&smaller) {
                (case, failure) = (smaller, found);
                progress = true;
                break;
            }
        }
        if !progress && chunk <= 1 {
            return (case, failure);
        }
        if !progress {
            chunk /= 2;
        }
    }
}

/// Smaller cases, the boldest first; each is sound in itself.
fn candidates(case: &Case, chunk: usize) -> Vec<Case> {
    let mut smaller = Vec::new();
    let mut with = |edit: &dyn Fn(&mut Case)| {
        let mut next = case.clone();
        edit(&mut next);
        next.world.forget_missing();
        if next != *case && !next.world.users.is_empty() {
            smaller.push(next);
        }
    };
    let world = &case.world;
    if !case.steps.is_empty() {
        for at in (0..case.steps.len()).rev().step_by(chunk.max(1)) {
            let from = (at + 1).saturating_sub(chunk.max(1));
            with(&|next| {
                let _ = next.steps.drain(from..=at);
            });
        }
    }
    let records: Vec<RecordKey> = world.records.keys().copied().collect();
    for part in records.chunks(chunk.max(1)) {
        with(&|next| next.world.records.retain(|key, _| !part.contains(key)));
    }
    let rules: Vec<RuleKey> = world.rules.keys().copied().collect();
    for part in rules.chunks(chunk.max(1)) {
        with(&|next| next.world.rules.retain(|key, _| !part.contains(key)));
    }
    if chunk > 1 {
        return smaller;
    }
    for key in world.groups.keys() {
        with(&|next| {
            let _ = next.world.groups.remove(key);
        });
        for entry in &world.groups[key].entries {
            with(&|next| {
                let _ = next.world.groups.get_mut(key).map(|group| group.entries.remove(entry));
            });
        }
    }
    for key in world.users.keys() {
        with(&|next| {
            let _ = next.world.users.remove(key);
        });
        let plain = |user: &mut User| {
            (user.active, user.frozen) = (true, false);
            user.sets.clear();
            user.set_groups.clear();
        };
        with(&|next| {
            let _ = next.world.users.get_mut(key).map(plain);
        });
    }
    for key in world.roles.keys() {
        with(&|next| {
            let _ = next.world.roles.remove(key);
        });
        with(&|next| {
            let _ = next.world.roles.get_mut(key).map(|role| role.children = ChildLevels::NONE);
        });
    }
    for key in world.set_groups.keys() {
        with(&|next| {
            let _ = next.world.set_groups.remove(key);
        });
    }
    for (object, setting) in &world.settings {
        let plain = Setting { default: OrgDefault::Private, hierarchy: true };
        if *setting != plain {
            with(&|next| {
                let _ = next.world.settings.insert(*object, plain);
            });
        }
    }
    for key in world.records.keys() {
        with(&|next| {
            let _ = next.world.records.get_mut(key).map(|record| record.manual.clear());
        });
        with(&|next| {
            let _ = next.world.records.get_mut(key).map(|record| record.team.clear());
        });
        if !world.records[key].object.is_detail() {
            with(&|next| {
                let _ = next.world.records.get_mut(key).map(|record| record.parents = [None, None]);
            });
        }
    }
    smaller
}

impl World {
    /// Drops what names something that is no longer there.
    fn forget_missing(&mut self) {
        let old = self.clone();
        for role in self.roles.values_mut() {
            role.parent = role.parent.filter(|parent| old.roles.contains_key(parent));
        }
        for user in self.users.values_mut() {
            user.role = user.role.filter(|role| old.roles.contains_key(role));
            user.set_groups.retain(|group| old.set_groups.contains_key(group));
        }
        for group in self.groups.values_mut() {
            group.entries.retain(|entry| old.has_grantee(*entry));
        }
        self.rules.retain(|_, rule| {
            let source = match rule.source {
                RuleSource::OwnedBy(source) => old.has_grantee(source),
                RuleSource::Where(_) => true,
            };
            source && old.has_grantee(rule.target)
        });
        loop {
            let before = self.records.len();
            let keys: Vec<RecordKey> = self.records.keys().copied().collect();
            let is_there = |key: &RecordKey| keys.binary_search(key).is_ok();
            self.records.retain(|_, record| {
                record.owner.is_none_or(|owner| old.has_owner(owner))
                    && record.deleted_with.as_ref().is_none_or(is_there)
                    && (!record.object.is_detail() || record.parents.iter().flatten().all(is_there))
            });
            for record in self.records.values_mut() {
                for parent in &mut record.parents {
                    *parent = parent.filter(is_there);
                }
                record.manual.retain(|row| old.has_grantee(row.grantee));
                record.team.retain(|row| old.users.contains_key(&row.member));
            }
            if self.records.len() == before {
                return;
            }
        }
    }
}

/// The case in sentences, one for each fact.
pub(crate) fn story(case: &Case) -> String {
    let mut out = String::new();
    let world = &case.world;
    let mut say = |line: String| {
        let _ = writeln!(out, "  {line}");
    };
    for (object, setting) in &world.settings {
        if setting.default != OrgDefault::Private || !setting.hierarchy {
            let hierarchy = if setting.hierarchy { "" } else { ", without the hierarchy" };
            say(format!("{} is {:?}{hierarchy}.", object.api_name(), setting.default));
        }
    }
    for (key, role) in &world.roles {
        let place = role.parent.map_or("on top".to_owned(), |parent| format!("below {parent:?}"));
        let children = told_children(role.children);
        say(format!("{key:?} is {place}{children}."));
    }
    for (key, user) in &world.users {
        let role = user.role.map_or("no role".to_owned(), |role| format!("{role:?}"));
        let state = match (user.active, user.frozen) {
            (false, _) => ", inactive",
            (_, true) => ", frozen",
            _ => "",
        };
        say(format!("{key:?} has {role}, {:?}{:?}{:?}{state}.", user.profile, user.sets, user.set_groups));
    }
    for (key, group) in &world.groups {
        say(format!("{key:?} is {:?} of {:?}.", group.kind, group.entries));
    }
    let named = |key: &SetKey| {
        world.users.values().any(|user| user.profile == *key || user.sets.contains(key))
            || world.set_groups.values().any(|group| group.members.contains(key) || group.muting == Some(*key))
    };
    for (key, group) in &world.set_groups {
        say(format!("{key:?} holds {:?}, muted by {:?}.", group.members, group.muting));
    }
    for (key, set) in world.sets.iter().filter(|(key, _)| named(key)) {
        let system = [
            (set.view_all_data, "ViewAllData"),
            (set.modify_all_data, "ModifyAllData"),
            (set.transfer_records, "TransferRecords"),
        ];
        let system: Vec<&str> = system.iter().filter(|(on, _)| *on).map(|(_, name)| *name).collect();
        let used = |object: &Object| world.records.values().any(|record| record.object == *object);
        let grants: Vec<String> = set
            .grants
            .iter()
            .filter(|(object, _)| used(object))
            .map(|(object, grant)| format!("{} {}", object.api_name(), letters(*grant)))
            .collect();
        say(format!("{key:?} ({:?}) gives {system:?} {}.", set.kind, grants.join(", ")));
    }
    for (key, rule) in &world.rules {
        let children = told_children(rule.children);
        say(format!(
            "{key:?} shares {} {:?} with {:?} to {:?}{children}.",
            rule.object.api_name(),
            rule.source,
            rule.target,
            rule.level
        ));
    }
    for (key, record) in &world.records {
        let mut line = format!("{key:?} is a {}", record.object.api_name());
        if let Some(owner) = record.owner {
            let _ = write!(line, " of {owner:?}");
        }
        for (field, parent) in record.object.parent_fields().iter().zip(record.parents) {
            if let Some(parent) = parent {
                let _ = write!(line, ", {field} {parent:?}");
            }
        }
        if Object::OWNED.contains(&record.object) {
            let _ = write!(line, ", mark {:?}, size {:?}", record.mark, record.size);
        }
        for row in &record.manual {
            let _ = write!(line, ", shared with {:?} to {:?}{}", row.grantee, row.level, told_children(row.children));
        }
        for row in &record.team {
            let _ = write!(line, ", team {:?} to {:?}{}", row.member, row.level, told_children(row.children));
        }
        if let Some(root) = record.deleted_with {
            let _ = write!(line, ", deleted with {root:?}");
        }
        say(format!("{line}."));
    }
    for step in &case.steps {
        say(format!("Then {:?}: {:?}; {:?} look.", step.actor, step.change, step.watchers));
    }
    out
}

fn told_children(levels: ChildLevels) -> String {
    if levels == ChildLevels::NONE {
        return String::new();
    }
    format!(" (contacts {:?}, opportunities {:?}, cases {:?})", levels.contact, levels.opportunity, levels.case)
}

fn letters(grant: Grant) -> String {
    let all = [
        (grant.create, 'c'),
        (grant.read, 'r'),
        (grant.edit, 'e'),
        (grant.delete, 'd'),
        (grant.view_all, 'V'),
        (grant.modify_all, 'M'),
        (grant.secret_read, 's'),
        (grant.secret_edit, 'S'),
    ];
    all.iter().filter(|(on, _)| *on).map(|(_, letter)| *letter).collect()
}
