//! Groups, queues, teams and custom objects.

use super::{account, add, group, max, role_group, share};
use crate::world::{draft, on_both_stores};
use model::schema::{FieldDef, ObjectDef};
use model::{ErrorCode, RecordId};
use platform::{MaxAccessLevel, RecordDraft, SaveOptions};

#[test]
fn groups_in_groups_give_what_they_get_and_pass_it_up_only_where_every_flag_is_set() {
    on_both_stores(|world| {
        let inner = group(world, "Inner", "Regular", true, &[world.rep]);
        let outer = group(world, "Outer", "Regular", true, &[inner]);
        let id = account(world, world.admin, "Shared");
        share(world, world.admin, id, outer, "Read").expect("a share");
        assert_eq!(max(world, world.rep, id), MaxAccessLevel::Read);
        assert_eq!(max(world, world.manager, id), MaxAccessLevel::Read);
        assert_eq!(max(world, world.peer, id), MaxAccessLevel::None);
        world.update(world.admin, "Group", inner, &[("DoesIncludeBosses", false.into())]).expect("a change");
        assert_eq!(max(world, world.rep, id), MaxAccessLevel::Read);
        assert_eq!(max(world, world.manager, id), MaxAccessLevel::None, "one flag on the way is off");
        add(world, outer, world.rep);
        assert_eq!(max(world, world.manager, id), MaxAccessLevel::Read, "another way has every flag");
        let member = format!("SELECT Id FROM GroupMember WHERE GroupId = '{outer}' AND UserOrGroupId = '{inner}'");
        let member = RecordId::parse(&world.column(world.admin, &member)[0]).expect("an id");
        world.ctx(world.admin).record_delete("GroupMember", member).expect("a delete");
        let direct = format!("SELECT Id FROM GroupMember WHERE GroupId = '{outer}'");
        let direct = RecordId::parse(&world.column(world.admin, &direct)[0]).expect("an id");
        world.ctx(world.admin).record_delete("GroupMember", direct).expect("a delete");
        assert_eq!(max(world, world.rep, id), MaxAccessLevel::None);
    });
}

#[test]
fn a_group_cannot_hold_itself_and_nests_five_deep() {
    on_both_stores(|world| {
        let mut chain = vec![group(world, "G0", "Regular", true, &[])];
        for n in 1..=5 {
            let next = group(world, &format!("G{n}"), "Regular", true, &[]);
            add(world, chain[chain.len() - 1], next);
            chain.push(next);
        }
        let try_add = |group: RecordId, member: RecordId| {
            let values = [("GroupId", group.into()), ("UserOrGroupId", member.into())];
            world.try_create(world.admin, "GroupMember", &values).map(|_| ()).map_err(|error| error.to_string())
        };
        let deeper = group(world, "G6", "Regular", true, &[]);
        assert!(try_add(chain[5], deeper).expect_err("too deep").contains("at most 5 deep"));
        assert!(try_add(deeper, chain[0]).expect_err("too deep").contains("at most 5 deep"));
        assert!(try_add(chain[5], chain[0]).expect_err("a ring").contains("cannot hold itself"));
        assert!(try_add(chain[0], chain[0]).expect_err("a ring").contains("cannot hold itself"));
        assert_eq!(try_add(deeper, chain[1]), Ok(()));
    });
}

#[test]
fn groups_of_roles_reach_who_is_in_them_below_them_and_above_them() {
    on_both_stores(|world| {
        let id = account(world, world.admin, "Shared");
        let exactly = role_group(world, world.manager, "Role");
        let row = share(world, world.admin, id, exactly, "Read").expect("a share");
        let seen = |users: [RecordId; 4]| users.map(|user| max(world, user, id) == MaxAccessLevel::Read);
        let everybody = [world.chief, world.manager, world.rep, world.peer];
        assert_eq!(seen(everybody), [true, true, false, false]);
        world.ctx(world.admin).record_delete("AccountShare", row).expect("taken back");
        let and_below = role_group(world, world.manager, "RoleAndSubordinates");
        let row = share(world, world.admin, id, and_below, "Read").expect("a share");
        assert_eq!(seen(everybody), [true, true, true, true]);
        world.ctx(world.admin).record_delete("AccountShare", row).expect("taken back");
        let all = world.column(world.admin, "SELECT Id FROM Group WHERE Type = 'Organization'");
        share(world, world.admin, id, RecordId::parse(&all[0]).expect("an id"), "Read").expect("a share");
        assert_eq!(seen(everybody), [true, true, true, true]);
        assert_eq!(seen([world.admin; 4]), [false; 4], "the administrator holds more than Read");
    });
}

#[test]
fn a_queue_owns_records_of_the_objects_it_lists_and_its_members_hold_all() {
    on_both_stores(|world| {
        let queue = group(world, "Support", "Queue", false, &[world.rep]);
        let case = world.create(world.chief, "Case", &[("Subject", "Broken".into())]);
        let hand_over = || world.update(world.chief, "Case", case, &[("OwnerId", queue.into())]);
        assert_eq!(hand_over().expect_err("not listed").code(), ErrorCode::FieldIntegrityException);
        let wrong = [("QueueId", queue.into()), ("SobjectType", "Account".into())];
        assert!(world.try_create(world.admin, "QueueSobject", &wrong).is_err(), "accounts have no queues");
        world.create(world.admin, "QueueSobject", &[("QueueId", queue.into()), ("SobjectType", "Case".into())]);
        hand_over().expect("a transfer");
        assert_eq!(max(world, world.rep, case), MaxAccessLevel::All);
        assert_eq!(max(world, world.manager, case), MaxAccessLevel::All, "queues always pass up");
        assert_eq!(max(world, world.peer, case), MaxAccessLevel::None);
        assert_eq!(world.column(world.rep, "SELECT Owner.Name FROM Case"), ["Support"]);
        assert_eq!(world.column(world.rep, "SELECT Owner.Type FROM Case"), ["Group"]);
        world.update(world.rep, "Case", case, &[("OwnerId", world.rep.into())]).expect("taken from the queue");
        assert_eq!(max(world, world.rep, case), MaxAccessLevel::All);
        let id = account(world, world.chief, "Chief's");
        assert!(world.update(world.chief, "Account", id, &[("OwnerId", queue.into())]).is_err());
    });
}

#[test]
fn a_case_team_member_holds_what_the_role_in_the_team_says_now() {
    on_both_stores(|world| {
        let case = world.create(world.chief, "Case", &[("Subject", "Broken".into())]);
        let role =
            world.create(world.admin, "CaseTeamRole", &[("Name", "Expert".into()), ("AccessLevel", "Read".into())]);
        let values = [("ParentId", case.into()), ("MemberId", world.rep.into()), ("TeamRoleId", role.into())];
        world.create(world.chief, "CaseTeamMember", &values);
        assert_eq!(max(world, world.rep, case), MaxAccessLevel::Read);
        assert_eq!(max(world, world.manager, case), MaxAccessLevel::Read);
        world.update(world.admin, "CaseTeamRole", role, &[("AccessLevel", "Edit".into())]).expect("a change");
        assert_eq!(max(world, world.rep, case), MaxAccessLevel::Edit);
        world.update(world.admin, "CaseTeamRole", role, &[("AccessLevel", "None".into())]).expect("a change");
        assert_eq!(max(world, world.rep, case), MaxAccessLevel::None);
    });
}

#[test]
fn a_custom_object_has_shares_queues_and_its_own_choice_about_the_hierarchy() {
    on_both_stores(|world| {
        let admin = world.ctx(world.admin);
        let def =
            ObjectDef::new("Site__c", "Site", "Sites", "a00").field(FieldDef::text("Name", "Name", 80).required());
        admin.objects_create(vec![def]).expect("an object");
        let service = world.service();
        {
            let set = platform::provision::profile_set(&service, "Standard User").expect("a set");
            let grant =
                platform::provision::ObjectGrant { create: true, edit: true, delete: true, ..Default::default() };
            platform::provision::grant(&service, set, &[("Site__c".to_owned(), grant)]).expect("a grant");
        }
        let site = world.create(world.rep, "Site__c", &[("Name", "North".into())]);
        assert_eq!(max(world, world.manager, site), MaxAccessLevel::All);
        world.ctx(world.admin).hierarchy_set("Site__c", false).expect("a setting");
        assert_eq!(max(world, world.manager, site), MaxAccessLevel::None);
        let row = [("ParentId", site.into()), ("UserOrGroupId", world.peer.into()), ("AccessLevel", "Edit".into())];
        world.create(world.rep, "Site__Share", &row);
        assert_eq!(max(world, world.peer, site), MaxAccessLevel::Edit);
        assert_eq!(max(world, world.manager, site), MaxAccessLevel::None, "shares do not pass up either");
        let queue = group(world, "Sites", "Queue", true, &[world.chief]);
        world.create(world.admin, "QueueSobject", &[("QueueId", queue.into()), ("SobjectType", "Site__c".into())]);
        world.update(world.rep, "Site__c", site, &[("OwnerId", queue.into())]).expect("a transfer");
        assert_eq!(max(world, world.chief, site), MaxAccessLevel::All);
        assert_eq!(max(world, world.rep, site), MaxAccessLevel::None);
        assert_eq!(max(world, world.peer, site), MaxAccessLevel::None, "the share went with the owner");
        let error = world.ctx(world.admin).hierarchy_set("Account", false).expect_err("always on");
        assert_eq!(error.code(), ErrorCode::FieldIntegrityException);
    });
}

#[test]
fn what_is_changed_inside_a_transaction_counts_inside_it() {
    on_both_stores(|world| {
        let id = account(world, world.chief, "Chief's");
        let team = group(world, "Team", "Regular", false, &[]);
        share(world, world.chief, id, team, "Read").expect("a share");
        let ctx = world.ctx(world.admin);
        let member = draft(&ctx, "GroupMember", None, &[("GroupId", team.into()), ("UserOrGroupId", world.rep.into())]);
        let other = draft(&ctx, "Account", None, &[("Name", "x".into()), ("OwnerId", world.rep.into())]);
        let failed: model::Result<()> = ctx.in_one_transaction(|unit| {
            let members = std::slice::from_ref(&member);
            unit.create("GroupMember", members, SaveOptions::ALL)?[0].clone().into_id()?;
            unit.create("Account", &[other.clone(), RecordDraft::new()], SaveOptions::ALL)?;
            Err(model::Error::not_found())
        });
        assert!(failed.is_err());
        assert_eq!(max(world, world.rep, id), MaxAccessLevel::None, "it was rolled back");
        ctx.records_create("GroupMember", vec![member], SaveOptions::ALL).expect("a member");
        assert_eq!(max(world, world.rep, id), MaxAccessLevel::Read);
    });
}

#[test]
fn what_was_changed_before_an_undone_part_still_counts_after_it() {
    on_both_stores(|world| {
        // Somebody who may put people into groups, and sees only what is shared with them.
        let values = [("Name", "Desk".into()), ("Label", "Desk".into()), ("PermissionsManageUsers", true.into())];
        let set = world.create(world.admin, "PermissionSet", &values);
        let rights = platform::provision::ObjectGrant { create: true, edit: true, delete: true, ..Default::default() };
        platform::provision::grant(&world.service(), set, &[("GroupMember".to_owned(), rights)]).expect("a grant");
        let given = [("PermissionSetId", set.into()), ("AssigneeId", world.peer.into())];
        world.create(world.admin, "PermissionSetAssignment", &given);
        let id = account(world, world.chief, "Chief's");
        let team = group(world, "Team", "Regular", false, &[]);
        share(world, world.chief, id, team, "Edit").expect("a share");

        let ctx = world.ctx(world.peer);
        let values = [("GroupId", team.into()), ("UserOrGroupId", world.peer.into())];
        let member = draft(&ctx, "GroupMember", None, &values);
        let change = |text: &str| draft(&ctx, "Account", Some(id), &[("Description", text.into())]);
        let saved = ctx.in_one_transaction(|unit| {
            unit.create("GroupMember", std::slice::from_ref(&member), SaveOptions::ALL)?[0].clone().into_id()?;
            // Who reaches what is worked out inside the part, and goes with it.
            let undone: model::Result<()> = unit.attempt(|part| {
                part.update("Account", &[change("inside")], SaveOptions::ALL)?[0].clone().into_id()?;
                Err(model::Error::not_found())
            });
            assert_eq!(undone.expect_err("it fails").code(), ErrorCode::NotFound, "the member could write inside");
            unit.update("Account", &[change("after")], SaveOptions::ALL)?[0].clone().into_id()
        });
        saved.expect("the member can still write");
        assert_eq!(max(world, world.peer, id), MaxAccessLevel::Edit);
        assert_eq!(world.column(world.peer, "SELECT Description FROM Account"), ["after"]);
    });
}
