//! Sharing, rule by rule: each test is one sentence of the model, on both stores. Here are the steps they share.

mod account_family;
mod explanations;
mod groups;
mod lists;
mod rare_kinds;
mod rules;
mod shares;

use crate::world::World;
use model::schema::SharingRule;
use model::{Date, RecordId, Value};
use platform::{MaxAccessLevel, QueryOptions};

pub(super) fn account(world: &World, owner: RecordId, name: &str) -> RecordId {
    world.create(owner, "Account", &[("Name", name.into())])
}

pub(super) fn deal(world: &World, owner: RecordId, account: Option<RecordId>, name: &str) -> RecordId {
    let close = Value::Date(Date::parse("2026-12-15").expect("a date"));
    world.create(
        world.admin,
        "Opportunity",
        &[
            ("Name", name.into()),
            ("StageName", "Prospecting".into()),
            ("CloseDate", close),
            ("OwnerId", owner.into()),
            ("AccountId", account.into()),
        ],
    )
}

/// The highest thing a user may do with a record, asked as an administrator; the lists must agree about reading.
pub(super) fn max(world: &World, user: RecordId, id: RecordId) -> MaxAccessLevel {
    let access = world.ctx(world.admin).record_access(user, &[id]).expect("an answer")[0];
    let ctx = world.ctx(user);
    let object = ctx.schema().find_by_prefix(id.prefix()).expect("an object").name().to_owned();
    let list = format!("SELECT COUNT() FROM {object}");
    let one = format!("SELECT COUNT() FROM {object} WHERE Id = '{id}'");
    let ids = world.column(user, &format!("SELECT Id FROM {object}"));
    let count = |text: &str| ctx.query(text, QueryOptions::default()).expect("a count").total as usize;
    assert_eq!(count(&one), usize::from(access.read), "get one and decide disagree");
    assert_eq!(ids.contains(&id.to_string()), access.read, "list and decide disagree");
    assert_eq!(count(&list), ids.len(), "count and list disagree");
    access.max
}

pub(super) fn group(world: &World, name: &str, kind: &str, bosses: bool, members: &[RecordId]) -> RecordId {
    let values = [("Name", name.into()), ("Type", kind.into()), ("DoesIncludeBosses", bosses.into())];
    let group = world.create(world.admin, "Group", &values);
    members.iter().for_each(|member| add(world, group, *member));
    group
}

pub(super) fn add(world: &World, group: RecordId, member: RecordId) {
    world.create(world.admin, "GroupMember", &[("GroupId", group.into()), ("UserOrGroupId", member.into())]);
}

pub(super) fn role_group(world: &World, user: RecordId, kind: &str) -> RecordId {
    let role = world.ctx(user).user().role.expect("a role");
    let text = format!("SELECT Id FROM Group WHERE Type = '{kind}' AND RelatedId = '{role}'");
    RecordId::parse(&world.column(world.admin, &text)[0]).expect("an id")
}

pub(super) fn share(
    world: &World,
    author: RecordId,
    account: RecordId,
    grantee: RecordId,
    level: &str,
) -> model::Result<RecordId> {
    world.try_create(
        author,
        "AccountShare",
        &[("AccountId", account.into()), ("UserOrGroupId", grantee.into()), ("AccountAccessLevel", level.into())],
    )
}

pub(super) fn rule(world: &World, object: &str, rule: SharingRule) {
    world.ctx(world.admin).sharing_rule_put(object, rule).expect("a rule");
}
