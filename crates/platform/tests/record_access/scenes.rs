//! Small worlds worth keeping: one for each rule that is easily got wrong, and every case that once failed, made small.
//! Each is compared in full on both stores, before and after what happens in it.

use crate::case::{Case, Step};
use crate::change::Change;
use crate::perform::Actor;
use crate::site::Site;
use crate::stage::{FULL, Stage};
use crate::walk::Field;
use crate::world::*;

/// A name that says the rule, a stage, and what happens on it.
type Scene = (&'static str, Stage, Vec<(Actor, Change)>);

fn scenes() -> Vec<Scene> {
    vec![
        nested_groups(),
        queues_and_rules(),
        account_and_children(),
        mirrored_contacts(),
        details_and_defaults(),
        muting(),
        owner_takes_rows_along(),
        accounts_not_readable(),
        roles_moved(),
    ]
}

#[test]
fn every_scene_agrees_with_the_model_on_the_encrypted_file() {
    play(Site::embedded(), false);
}

#[test]
fn every_scene_agrees_with_the_model_on_postgresql() {
    play(Site::postgres(), true);
}

/// Compares everything, or, on the slower store, a part that differs from scene to scene.
fn play(site: Site, sampled: bool) {
    let field = Field::new(site);
    for (at, (name, stage, happens)) in (1..).zip(scenes()) {
        let sample = sampled.then_some(at);
        let users: Vec<UserKey> = stage.world.users.keys().copied().collect();
        let step = |(actor, change)| Step { actor, change, watchers: users.clone(), sample };
        let case = Case { world: stage.world, steps: happens.into_iter().map(step).collect(), sample };
        if let Err(failure) = field.run(&case) {
            panic!("{name}: {failure}");
        }
    }
}

/// A chain of command: chief, manager, rep.
fn chain(stage: &mut Stage) -> [UserKey; 3] {
    let top = stage.role(None);
    let middle = stage.role(Some(top));
    let low = stage.role(Some(middle));
    [top, middle, low].map(|role| stage.user(Some(role)))
}

fn nested_groups() -> Scene {
    let mut stage = Stage::new();
    let [_, _, rep] = chain(&mut stage);
    let owner = stage.user(None);
    let inner = stage.group(false, &[Grantee::User(rep)]);
    let outer = stage.group(true, &[Grantee::Group(inner)]);
    let lead = stage.record(Object::Lead, owner, [None, None]);
    stage.share(lead, Grantee::Group(outer), Level::Edit);
    let happens = vec![
        (Actor::Admin, Change::Bosses { group: inner, on: true }),
        (Actor::Admin, Change::Bosses { group: outer, on: false }),
        (Actor::Admin, Change::EntryRemove { group: outer, entry: Grantee::Group(inner) }),
        (Actor::Admin, Change::EntryAdd { group: outer, entry: Grantee::RoleAndSubordinates(RoleKey(1)) }),
    ];
    ("a nested group passes upwards only where every flag is on", stage, happens)
}

fn queues_and_rules() -> Scene {
    let mut stage = Stage::new();
    let [_, _, rep] = chain(&mut stage);
    let (member, target) = (stage.user(None), stage.user(None));
    let queue = stage.queue(&[Object::Case, Object::Lead], &[Grantee::User(member), Grantee::Role(RoleKey(2))]);
    let group = stage.group(true, &[Grantee::User(target)]);
    let owned = stage.record(Object::Case, None, [None, None]);
    stage.at(owned).owner = Some(Owner::Queue(queue));
    stage.record(Object::Case, member, [None, None]);
    stage.record(Object::Case, rep, [None, None]);
    let source = RuleSource::OwnedBy(Grantee::Group(queue));
    let rule = stage.rule(Object::Case, source, Grantee::Group(group), Level::Read);
    let happens = vec![
        (Actor::User(rep), Change::Owner { record: owned, owner: Owner::User(rep) }),
        (Actor::Admin, Change::RuleRemove { key: rule }),
        (Actor::User(target), Change::Owner { record: owned, owner: Owner::User(target) }),
    ];
    ("a queue holds for its members what it owns, and a rule on it opens that", stage, happens)
}

fn account_and_children() -> Scene {
    let mut stage = Stage::new();
    let [_, manager, rep] = chain(&mut stage);
    let (other, by_team) = (stage.user(None), stage.user(None));
    let account = stage.account(rep);
    let deal = stage.record(Object::Opportunity, other, [Some(account), None]);
    let case = stage.record(Object::Case, other, [Some(account), None]);
    stage.record(Object::Contact, other, [Some(account), None]);
    let children = ChildLevels { contact: Level::Read, opportunity: Level::Edit, case: Level::None };
    stage.world.roles.insert(RoleKey(2), Role { parent: Some(RoleKey(1)), children });
    let children = ChildLevels { contact: Level::Edit, ..ChildLevels::NONE };
    stage.at(account).team.push(TeamRow { member: by_team, level: Level::Read, children });
    let row = ManualRow { grantee: Grantee::User(by_team), level: Level::Read, children: ChildLevels::NONE };
    let happens = vec![
        (Actor::User(other), Change::ManualAdd { record: case, row }),
        (Actor::User(manager), Change::Fields { record: deal, mark: Some("red"), size: None }),
        (Actor::Admin, Change::UserRole { user: rep, role: None }),
        (Actor::Admin, Change::Delete { record: deal }),
        (Actor::Admin, Change::Undelete { record: deal }),
        (Actor::Admin, Change::TeamRemove { record: account, member: by_team }),
    ];
    ("an account opens its children as role, team and rows say, and a child opens its account", stage, happens)
}

fn mirrored_contacts() -> Scene {
    let mut stage = Stage::new();
    let [_, _, rep] = chain(&mut stage);
    let other = stage.user(None);
    stage.default(Object::Contact, OrgDefault::ControlledByParent);
    let account = stage.account(other);
    let contact = stage.record(Object::Contact, rep, [Some(account), None]);
    let alone = stage.record(Object::Contact, rep, [None, None]);
    let happens = vec![
        (Actor::User(rep), Change::Parent { record: alone, slot: 0, parent: Some(account) }),
        (Actor::Admin, Change::Default { object: Object::Account, default: OrgDefault::PublicReadWrite }),
        (Actor::User(rep), Change::Parent { record: alone, slot: 0, parent: Some(account) }),
        (Actor::User(rep), Change::Parent { record: contact, slot: 0, parent: None }),
        (Actor::Admin, Change::Default { object: Object::Contact, default: OrgDefault::Private }),
    ];
    ("a mirrored contact copies its account and alone belongs to its owner, not to those above", stage, happens)
}

fn details_and_defaults() -> Scene {
    let mut stage = Stage::new();
    let [_, _, rep] = chain(&mut stage);
    let owner = stage.user(None);
    let project = stage.record(Object::Project, owner, [None, None]);
    let account = stage.account(owner);
    let part = stage.record(Object::Part, None, [Some(project), None]);
    stage.record(Object::Piece, None, [Some(part), None]);
    let link = stage.record(Object::Link, None, [Some(project), Some(account)]);
    stage.share(project, Grantee::User(rep), Level::Edit);
    let happens = vec![
        (Actor::User(rep), Change::Delete { record: link }),
        (Actor::Admin, Change::Default { object: Object::Account, default: OrgDefault::PublicRead }),
        (Actor::User(rep), Change::Delete { record: link }),
        (Actor::User(rep), Change::Undelete { record: link }),
        (Actor::Admin, Change::Hierarchy { object: Object::Project, on: false }),
    ];
    ("a detail is written by whoever writes each master, or reads the one that asks no more", stage, happens)
}

fn muting() -> Scene {
    let mut stage = Stage::new();
    let (user, owner) = (stage.user(None), stage.user(None));
    stage.record(Object::Lead, owner, [None, None]);
    stage.default(Object::Lead, OrgDefault::PublicReadWriteTransfer);
    let bare = PermissionSet { kind: SetKind::Profile, ..PermissionSet::default() };
    let view = Grant { view_all: true, ..FULL };
    let gives = PermissionSet { grants: [(Object::Lead, view)].into(), ..PermissionSet::default() };
    let takes = Grant { edit: true, delete: true, modify_all: true, ..Grant::default() };
    let takes =
        PermissionSet { grants: [(Object::Lead, takes)].into(), kind: SetKind::Muting, ..PermissionSet::default() };
    stage.world.sets.extend([(SetKey(1), bare), (SetKey(2), gives), (SetKey(5), takes)]);
    stage.world.set_groups.insert(SetGroupKey(0), SetGroup { members: [SetKey(2)].into(), muting: Some(SetKey(5)) });
    let person = stage.person(user);
    person.profile = SetKey(1);
    person.set_groups.insert(SetGroupKey(0));
    let happens = vec![
        (Actor::Admin, Change::Mute { group: SetGroupKey(0), muting: None }),
        (Actor::Admin, Change::Mute { group: SetGroupKey(0), muting: Some(SetKey(5)) }),
        (Actor::Admin, Change::Assign { user, set: SetKey(2) }),
        (Actor::Admin, Change::Frozen { user, on: true }),
        (Actor::Admin, Change::Frozen { user, on: false }),
    ];
    ("a muting set takes away inside its own group only", stage, happens)
}

fn owner_takes_rows_along() -> Scene {
    let mut stage = Stage::new();
    let [_, manager, rep] = chain(&mut stage);
    let (friend, colleague) = (stage.user(None), stage.user(None));
    let account = stage.account(rep);
    stage.share(account, Grantee::User(friend), Level::Edit);
    let children = ChildLevels { case: Level::Read, ..ChildLevels::NONE };
    stage.at(account).team.push(TeamRow { member: colleague, level: Level::Read, children });
    let happens = vec![
        (Actor::User(friend), Change::Owner { record: account, owner: Owner::User(friend) }),
        (Actor::User(manager), Change::Owner { record: account, owner: Owner::User(manager) }),
    ];
    ("with the owner go the rows and the team", stage, happens)
}

fn accounts_not_readable() -> Scene {
    let mut stage = Stage::new();
    let clerk = stage.user(None);
    let set =
        PermissionSet { grants: [(Object::Contact, FULL)].into(), kind: SetKind::Profile, ..PermissionSet::default() };
    stage.world.sets.insert(SetKey(1), set);
    stage.person(clerk).profile = SetKey(1);
    stage.record(Object::Contact, clerk, [None, None]);
    ("people are found where accounts may not be read", stage, vec![])
}

fn roles_moved() -> Scene {
    let mut stage = Stage::new();
    let [chief, _, rep] = chain(&mut stage);
    stage.account(rep);
    stage.record(Object::Task, rep, [None, None]);
    let happens = vec![
        (Actor::Admin, Change::RoleParent { role: RoleKey(1), parent: None }),
        (Actor::Admin, Change::RoleParent { role: RoleKey(0), parent: Some(RoleKey(1)) }),
        (Actor::Admin, Change::UserRole { user: chief, role: Some(RoleKey(2)) }),
        (Actor::Admin, Change::Active { user: rep, on: false }),
    ];
    ("the hierarchy counts as it is now", stage, happens)
}
