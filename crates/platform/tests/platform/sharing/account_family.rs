//! What accounts and their children give each other, and contacts controlled by their account.

use super::{account, deal, max, role_group, rule, share};
use crate::world::on_both_stores;
use model::RecordId;
use model::schema::{AccessDefault, GrantLevel, RuleSource, SharingRule};
use model::{ErrorCode, Value};
use platform::MaxAccessLevel;

#[test]
fn who_may_read_a_child_may_read_its_account() {
    on_both_stores(|world| {
        let id = account(world, world.chief, "Chief's");
        assert_eq!(max(world, world.rep, id), MaxAccessLevel::None);
        let child = deal(world, world.rep, Some(id), "Rep's");
        assert_eq!(max(world, world.rep, id), MaxAccessLevel::Read);
        assert_eq!(max(world, world.manager, id), MaxAccessLevel::Read);
        assert_eq!(max(world, world.peer, id), MaxAccessLevel::None);
        world.ctx(world.rep).record_delete("Opportunity", child).expect("a delete");
        assert_eq!(max(world, world.rep, id), MaxAccessLevel::None, "a deleted child gives nothing");
        world.ctx(world.rep).record_undelete("Opportunity", child).expect("an undelete");
        assert_eq!(max(world, world.rep, id), MaxAccessLevel::Read);
        world.ctx(world.admin).access_default_set("Opportunity", AccessDefault::PublicReadWrite).expect("a default");
        assert_eq!(max(world, world.peer, id), MaxAccessLevel::None, "a default gives nothing on the account");
    });
}

#[test]
fn an_account_owner_holds_on_its_children_what_the_role_says() {
    on_both_stores(|world| {
        let id = account(world, world.rep, "Rep's");
        let child = deal(world, world.chief, Some(id), "Chief's");
        assert_eq!(max(world, world.rep, child), MaxAccessLevel::None);
        let role = world.ctx(world.rep).user().role.expect("a role");
        let set = |level: &str| {
            let values = [("OpportunityAccessForAccountOwner", level.into())];
            world.update(world.admin, "UserRole", role, &values).expect("a change");
        };
        set("Edit");
        assert_eq!(max(world, world.rep, child), MaxAccessLevel::Edit);
        assert_eq!(max(world, world.manager, child), MaxAccessLevel::Edit, "and those above the account's owner");
        assert_eq!(max(world, world.peer, child), MaxAccessLevel::None);
        set("Read");
        assert_eq!(max(world, world.rep, child), MaxAccessLevel::Read);
        world.update(world.admin, "User", world.rep, &[("UserRoleId", Value::Null)]).expect("a change");
        assert_eq!(max(world, world.rep, child), MaxAccessLevel::None, "an owner without a role gets none");
        assert_eq!(max(world, world.manager, child), MaxAccessLevel::None);
    });
}

#[test]
fn shares_teams_and_rules_of_an_account_carry_levels_for_its_children() {
    on_both_stores(|world| {
        let id = account(world, world.chief, "Chief's");
        let child = deal(world, world.chief, Some(id), "Chief's");
        let values = [
            ("AccountId", id.into()),
            ("UserId", world.rep.into()),
            ("AccountAccessLevel", "Read".into()),
            ("OpportunityAccessLevel", "Edit".into()),
        ];
        let member = world.create(world.chief, "AccountTeamMember", &values);
        assert_eq!(max(world, world.rep, child), MaxAccessLevel::Edit);
        world.ctx(world.chief).record_delete("AccountTeamMember", member).expect("out of the team");
        assert_eq!(max(world, world.rep, child), MaxAccessLevel::None);
        let share = [
            ("AccountId", id.into()),
            ("UserOrGroupId", world.rep.into()),
            ("AccountAccessLevel", "Read".into()),
            ("OpportunityAccessLevel", "Read".into()),
        ];
        let error =
            world.try_create(world.chief, "AccountShare", &share).expect_err("more than the owner's role gives");
        assert_eq!(error.code(), ErrorCode::InvalidAccessLevel);
        let share = world.create(world.admin, "AccountShare", &share);
        assert_eq!(max(world, world.rep, child), MaxAccessLevel::Read);
        world.ctx(world.admin).record_delete("AccountShare", share).expect("taken back");
        let target = role_group(world, world.rep, "Role");
        let criteria = RuleSource::Criteria("Name LIKE 'Chief%'".to_owned());
        let with_children = SharingRule {
            opportunities: GrantLevel::Edit,
            ..SharingRule::new("Theirs", criteria, target, GrantLevel::Read)
        };
        rule(world, "Account", with_children);
        assert_eq!(max(world, world.peer, child), MaxAccessLevel::Edit);
        world.update(world.chief, "Account", id, &[("Name", "Renamed".into())]).expect("a change");
        assert_eq!(max(world, world.peer, child), MaxAccessLevel::None);
    });
}

#[test]
fn sharing_what_belongs_to_an_account_takes_the_right_to_show_the_account() {
    on_both_stores(|world| {
        let id = account(world, world.chief, "Chief's");
        let child = deal(world, world.rep, Some(id), "Rep's");
        let try_share = |grantee: RecordId| {
            let values = [
                ("OpportunityId", child.into()),
                ("UserOrGroupId", grantee.into()),
                ("OpportunityAccessLevel", "Read".into()),
            ];
            world.try_create(world.rep, "OpportunityShare", &values)
        };
        let error = try_share(world.peer).expect_err("the peer does not see the account");
        assert_eq!(error.code(), ErrorCode::InsufficientAccessOrReadonly);
        let members = role_group(world, world.chief, "Role");
        assert_eq!(try_share(members).expect_err("a group").code(), ErrorCode::InsufficientAccessOrReadonly);
        share(world, world.chief, id, world.peer, "Read").expect("a share");
        try_share(world.peer).expect("the peer sees the account");
        assert_eq!(max(world, world.peer, child), MaxAccessLevel::Read);
        world.ctx(world.admin).access_default_set("Account", AccessDefault::PublicRead).expect("a default");
        try_share(members).expect("everybody sees accounts");
    });
}

#[test]
fn contacts_controlled_by_their_account_copy_its_level() {
    on_both_stores(|world| {
        world.ctx(world.admin).access_default_set("Contact", AccessDefault::ControlledByParent).expect("a default");
        let id = account(world, world.rep, "Rep's");
        let values = [("LastName", "Ode".into()), ("AccountId", id.into()), ("OwnerId", world.chief.into())];
        let contact = world.create(world.rep, "Contact", &values);
        assert_eq!(max(world, world.rep, contact), MaxAccessLevel::Transfer);
        assert_eq!(max(world, world.peer, contact), MaxAccessLevel::None);
        share(world, world.rep, id, world.peer, "Read").expect("a share");
        assert_eq!(max(world, world.peer, contact), MaxAccessLevel::Read);
        let refused = world.try_create(world.peer, "Contact", &[("LastName", "No".into()), ("AccountId", id.into())]);
        assert_eq!(refused.expect_err("needs Edit").code(), ErrorCode::InsufficientAccessOrReadonly);
        let alone = world.create(world.rep, "Contact", &[("LastName", "Alone".into())]);
        assert_eq!(max(world, world.rep, alone), MaxAccessLevel::Transfer);
        assert_eq!(max(world, world.manager, alone), MaxAccessLevel::None, "nobody above, only its owner");
        let row = [
            ("ContactId", contact.into()),
            ("UserOrGroupId", world.chief.into()),
            ("ContactAccessLevel", "Read".into()),
        ];
        let error = world.try_create(world.rep, "ContactShare", &row).expect_err("no rows on mirrored records");
        assert_eq!(error.code(), ErrorCode::InvalidAccessLevel);
        let error = world.ctx(world.admin).access_default_set("Lead", AccessDefault::ControlledByParent);
        assert_eq!(error.expect_err("contacts only").code(), ErrorCode::FieldIntegrityException);
    });
}
