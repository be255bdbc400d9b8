//! Shares by hand, owners, verbs and who may ask.

use super::{account, max, share};
use crate::world::{World, draft, on_both_stores};
use model::schema::AccessDefault;
use model::{ErrorCode, RecordId};
use platform::{MaxAccessLevel, QueryOptions, SaveOptions};

#[test]
fn a_share_by_hand_opens_one_record_to_one_user_and_to_those_above() {
    on_both_stores(|world| {
        let shared = account(world, world.manager, "Shared");
        let other = account(world, world.manager, "Other");
        assert_eq!(max(world, world.peer, shared), MaxAccessLevel::None);
        share(world, world.manager, shared, world.peer, "Read").expect("a share");
        assert_eq!(max(world, world.peer, shared), MaxAccessLevel::Read);
        assert_eq!(max(world, world.peer, other), MaxAccessLevel::None);
        assert_eq!(max(world, world.rep, shared), MaxAccessLevel::None, "the same role gives nothing");
        let error = world.update(world.peer, "Account", shared, &[("Site", "x".into())]).expect_err("only read");
        assert_eq!(error.code(), ErrorCode::InsufficientAccessOrReadonly);
    });
}

#[test]
fn what_is_shared_with_somebody_reaches_those_above_them() {
    on_both_stores(|world| {
        let shared = account(world, world.admin, "Shared");
        share(world, world.admin, shared, world.rep, "Edit").expect("a share");
        assert_eq!(max(world, world.rep, shared), MaxAccessLevel::Edit);
        assert_eq!(max(world, world.manager, shared), MaxAccessLevel::Edit);
        assert_eq!(max(world, world.chief, shared), MaxAccessLevel::Edit);
        assert_eq!(max(world, world.peer, shared), MaxAccessLevel::None);
        world.update(world.rep, "Account", shared, &[("Site", "x".into())]).expect("an edit");
        let delete = world.ctx(world.rep).record_delete("Account", shared).expect_err("no delete");
        assert_eq!(delete.code(), ErrorCode::InsufficientAccessOrReadonly);
    });
}

#[test]
fn a_share_is_made_by_whoever_holds_all_and_gives_more_than_the_default() {
    on_both_stores(|world| {
        let id = account(world, world.rep, "Rep's");
        let hidden = share(world, world.peer, id, world.peer, "Read").expect_err("cannot see it");
        assert_eq!(hidden.code(), ErrorCode::InvalidCrossReferenceKey);
        share(world, world.rep, id, world.peer, "Edit").expect("the owner may");
        let reader = share(world, world.peer, id, world.chief, "Read").expect_err("edit is not enough");
        assert_eq!(reader.code(), ErrorCode::InsufficientAccessOrReadonly);
        let twice = share(world, world.manager, id, world.peer, "Read").expect_err("there is one");
        assert_eq!(twice.code(), ErrorCode::DuplicateValue);
        for level in ["None", "All"] {
            let error = share(world, world.rep, id, world.chief, level).expect_err("no such share");
            assert_eq!(error.code(), ErrorCode::InvalidAccessLevel, "{level}");
        }
        world.ctx(world.admin).access_default_set("Account", AccessDefault::PublicRead).expect("a default");
        let nothing = share(world, world.rep, id, world.chief, "Read").expect_err("everybody reads already");
        assert_eq!(nothing.code(), ErrorCode::InvalidAccessLevel);
        let row = world.column(world.rep, "SELECT Id FROM AccountShare WHERE RowCause = 'Manual'");
        let row = RecordId::parse(&row[0]).expect("an id");
        let moved = world.update(world.rep, "AccountShare", row, &[("UserOrGroupId", world.chief.into())]);
        assert_eq!(moved.expect_err("refused").code(), ErrorCode::InvalidFieldForInsertUpdate);
        world.ctx(world.rep).record_delete("AccountShare", row).expect("taken back");
        assert_eq!(max(world, world.peer, id), MaxAccessLevel::Read, "the default is left");
    });
}

#[test]
fn a_new_owner_starts_without_the_shares_and_team_of_the_old_one() {
    on_both_stores(|world| {
        let team = |id: RecordId| {
            let values =
                [("AccountId", id.into()), ("UserId", world.chief.into()), ("AccountAccessLevel", "Edit".into())];
            world.create(world.rep, "AccountTeamMember", &values);
        };
        for keep in [false, true] {
            let id = account(world, world.rep, "Rep's");
            share(world, world.rep, id, world.admin, "Read").expect("a share");
            team(id);
            let ctx = world.ctx(world.manager);
            let change = draft(&ctx, "Account", Some(id), &[("OwnerId", world.peer.into())]);
            let options = SaveOptions { keep_teams: keep, ..SaveOptions::ALL };
            ctx.records_update("Account", vec![change], options).expect("results")[0].clone().into_id().expect("moved");
            let count = |table: &str| {
                world.column(world.peer, &format!("SELECT Id FROM {table} WHERE AccountId = '{id}'")).len()
            };
            let manual = format!("SELECT Id FROM AccountShare WHERE AccountId = '{id}' AND RowCause = 'Manual'");
            assert!(world.column(world.peer, &manual).is_empty());
            assert_eq!(count("AccountTeamMember"), usize::from(keep));
        }
    });
}

#[test]
fn everybody_may_hand_over_leads_and_cases_where_the_default_says_so() {
    on_both_stores(|world| {
        let case = world.create(world.chief, "Case", &[("Subject", "Broken".into())]);
        let admin = world.ctx(world.admin);
        admin.access_default_set("Case", AccessDefault::PublicReadWrite).expect("a default");
        assert_eq!(max(world, world.rep, case), MaxAccessLevel::Edit);
        let error = world.update(world.rep, "Case", case, &[("OwnerId", world.rep.into())]).expect_err("not theirs");
        assert_eq!(error.code(), ErrorCode::InsufficientAccessOrReadonly);
        world.ctx(world.admin).access_default_set("Case", AccessDefault::PublicReadWriteTransfer).expect("a default");
        assert_eq!(max(world, world.rep, case), MaxAccessLevel::Transfer);
        let access = world.ctx(world.rep).record_access(world.rep, &[case]).expect("an answer")[0];
        assert!(access.transfer && !access.delete && !access.share, "{access:?}");
        world.update(world.rep, "Case", case, &[("OwnerId", world.rep.into())]).expect("taken over");
    });
}

#[test]
fn who_may_transfer_any_record_hands_over_what_they_may_change() {
    on_both_stores(|world| {
        world.ctx(world.admin).access_default_set("Account", AccessDefault::PublicReadWrite).expect("a default");
        let id = account(world, world.chief, "Chief's");
        let take = || world.update(world.rep, "Account", id, &[("OwnerId", world.rep.into())]);
        assert_eq!(max(world, world.rep, id), MaxAccessLevel::Edit);
        assert_eq!(take().expect_err("not theirs").code(), ErrorCode::InsufficientAccessOrReadonly);
        let set = [("Name", "Mover".into()), ("Label", "Mover".into()), ("PermissionsTransferAnyEntity", true.into())];
        let set = world.create(world.admin, "PermissionSet", &set);
        let given = [("AssigneeId", world.rep.into()), ("PermissionSetId", set.into())];
        world.create(world.admin, "PermissionSetAssignment", &given);
        assert_eq!(max(world, world.rep, id), MaxAccessLevel::Transfer);
        // What one may only read stays where it is.
        world.ctx(world.admin).access_default_set("Account", AccessDefault::PublicRead).expect("a default");
        assert_eq!(take().expect_err("only read").code(), ErrorCode::InsufficientAccessOrReadonly);
        world.ctx(world.admin).access_default_set("Account", AccessDefault::PublicReadWrite).expect("a default");
        take().expect("taken over");
    });
}

#[test]
fn a_new_owner_must_be_active_and_able_to_read_the_object() {
    on_both_stores(|world| {
        let id = account(world, world.rep, "Rep's");
        let service = world.service();
        let profile = platform::provision::insert(&service, "Profile", &[("Name", "Blind".into())]).expect("a profile");
        let blind = crate::world::user(&service, "blind", profile, None);
        let to = |owner: RecordId| world.update(world.rep, "Account", id, &[("OwnerId", owner.into())]);
        assert_eq!(to(blind).expect_err("cannot read").code(), ErrorCode::TransferRequiresRead);
        world.update(world.admin, "User", world.peer, &[("IsActive", false.into())]).expect("deactivated");
        assert_eq!(to(world.peer).expect_err("inactive").code(), ErrorCode::TransferRequiresRead);
        let named = world.try_create(world.rep, "Account", &[("Name", "x".into()), ("OwnerId", blind.into())]);
        assert_eq!(named.expect_err("cannot read").code(), ErrorCode::TransferRequiresRead);
        to(world.chief).expect("a transfer");
    });
}

#[test]
fn an_owner_is_judged_by_what_the_same_transaction_made_of_them() {
    on_both_stores(|world| {
        // What they may do is known before.
        account(world, world.peer, "Peer's");
        let ctx = world.ctx(world.admin);
        let leaves = draft(&ctx, "User", Some(world.peer), &[("IsActive", false.into())]);
        let given = draft(&ctx, "Account", None, &[("Name", "x".into()), ("OwnerId", world.peer.into())]);
        let refused = ctx.in_one_transaction(|unit| {
            unit.update("User", std::slice::from_ref(&leaves), SaveOptions::ALL)?;
            unit.create("Account", std::slice::from_ref(&given), SaveOptions::ALL)?[0].clone().into_id()
        });
        assert_eq!(refused.expect_err("inactive").code(), ErrorCode::TransferRequiresRead);
        // It was undone, and nothing of it stays known.
        let made = ctx.records_create("Account", vec![given], SaveOptions::ALL).expect("a result");
        assert!(made[0].is_success(), "{made:?}");
    });
}

#[test]
fn a_frozen_user_can_do_nothing_and_their_manager_still_sees_their_records() {
    on_both_stores(|world| {
        let id = account(world, world.rep, "Rep's");
        let login = world.column(world.admin, &format!("SELECT Id FROM UserLogin WHERE UserId = '{}'", world.rep));
        let login = RecordId::parse(&login[0]).expect("an id");
        world.update(world.admin, "UserLogin", login, &[("IsFrozen", true.into())]).expect("frozen");
        let error = platform::Ctx::for_user(&world.org, world.rep).expect_err("no context");
        assert_eq!(error.code(), ErrorCode::InvalidSessionId);
        assert_eq!(max(world, world.manager, id), MaxAccessLevel::All);
        let access = world.ctx(world.admin).record_access(world.rep, &[id]).expect("an answer")[0];
        assert_eq!(access.max, MaxAccessLevel::None);
        world.update(world.admin, "UserLogin", login, &[("IsFrozen", false.into())]).expect("thawed");
        assert_eq!(max(world, world.rep, id), MaxAccessLevel::All);
    });
}

#[test]
fn nobody_asks_about_others_without_managing_users_or_sharing() {
    let world = World::embedded();
    let id = account(&world, world.rep, "Rep's");
    let error = world.ctx(world.rep).record_access(world.peer, &[id]).expect_err("refused");
    assert_eq!(error.code(), ErrorCode::InsufficientAccessOrReadonly);
    let own = world.ctx(world.peer).record_access(world.peer, &[id]).expect("an answer");
    assert_eq!(own[0].max, MaxAccessLevel::None);
}

#[test]
fn who_manages_users_learns_nothing_of_records_that_they_cannot_see() {
    let world = World::embedded();
    let values = [("Name", "Staff".into()), ("Label", "Staff".into()), ("PermissionsManageUsers", true.into())];
    let set = world.create(world.admin, "PermissionSet", &values);
    let given = [("PermissionSetId", set.into()), ("AssigneeId", world.peer.into())];
    world.create(world.admin, "PermissionSetAssignment", &given);
    let hidden = account(&world, world.rep, "Rep's");
    let shared = account(&world, world.rep, "Shared");
    share(&world, world.rep, shared, world.peer, "Read").expect("a share");
    let said = world.ctx(world.peer).record_access(world.rep, &[hidden, shared]).expect("an answer");
    assert_eq!((said[0].max, said[1].max), (MaxAccessLevel::None, MaxAccessLevel::All));
    assert_eq!(
        world.ctx(world.rep).record_access(world.rep, &[hidden]).expect("an answer")[0].max,
        MaxAccessLevel::All
    );
}

#[test]
fn a_deleted_record_keeps_its_readers_in_the_recycle_bin() {
    on_both_stores(|world| {
        let id = account(world, world.rep, "Rep's");
        share(world, world.rep, id, world.peer, "Read").expect("a share");
        world.ctx(world.rep).record_delete("Account", id).expect("a delete");
        let all = QueryOptions { with_deleted: true, ..QueryOptions::default() };
        let count = |user: RecordId| {
            world.ctx(user).query("SELECT COUNT() FROM Account WHERE IsDeleted = true", all).expect("a count").total
        };
        assert_eq!((count(world.rep), count(world.peer), count(world.manager)), (1, 1, 1));
        let access = |user: RecordId| world.ctx(user).record_access(user, &[id]).expect("an answer")[0];
        assert!(access(world.rep).undelete && !access(world.rep).edit);
        assert!(!access(world.peer).undelete);
        let error = world.ctx(world.peer).record_undelete("Account", id).expect_err("not theirs");
        assert_eq!(error.code(), ErrorCode::InsufficientAccessOrReadonly);
        world.ctx(world.rep).record_undelete("Account", id).expect("an undelete");
        assert_eq!(max(world, world.peer, id), MaxAccessLevel::Read);
    });
}
