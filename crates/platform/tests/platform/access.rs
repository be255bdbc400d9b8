//! Who sees and changes what: owner, hierarchy, masters, object and field permissions, on every path alike.

use crate::world::{World, draft, on_both_stores};
use model::{Date, ErrorCode, RecordId, Value};
use platform::{QueryOptions, provision};

fn deal(world: &World, owner: RecordId, name: &str) -> RecordId {
    let close = Value::Date(Date::parse("2026-12-15").expect("a date"));
    world.create(
        owner,
        "Opportunity",
        &[("Name", name.into()), ("StageName", "Prospecting".into()), ("CloseDate", close)],
    )
}

#[test]
fn records_are_seen_by_their_owner_and_those_above_and_nobody_else() {
    on_both_stores(|world| {
        deal(world, world.rep, "Rep's");
        deal(world, world.manager, "Manager's");
        let names = |user| world.column(user, "SELECT Name FROM Opportunity ORDER BY Name");
        assert_eq!(names(world.rep), ["Rep's"]);
        assert!(names(world.peer).is_empty());
        assert_eq!(names(world.manager), ["Manager's", "Rep's"]);
        assert_eq!(names(world.chief), ["Manager's", "Rep's"]);
        assert_eq!(names(world.admin), ["Manager's", "Rep's"]);
    });
}

#[test]
fn every_path_gives_the_same_answer_for_a_record_one_may_not_see() {
    on_both_stores(|world| {
        let hidden = deal(world, world.rep, "Hidden");
        let peer = world.ctx(world.peer);
        let absent = RecordId::parse("006000000000zzz").expect("an id");
        for id in [hidden, absent] {
            let get = peer.record_get("Opportunity", id, None).expect_err("not found");
            let update =
                peer.record_update("Opportunity", draft(&peer, "Opportunity", Some(id), &[("Name", "x".into())]));
            let delete = peer.record_delete("Opportunity", id);
            let reference = world.try_create(world.peer, "Task", &[("Subject", "x".into()), ("WhatId", id.into())]);
            assert_eq!(get.to_string(), "NOT_FOUND: The requested resource does not exist");
            assert_eq!(update.expect_err("not found").to_string(), get.to_string());
            assert_eq!(delete.expect_err("not found").to_string(), get.to_string());
            assert_eq!(reference.expect_err("no reference").code(), ErrorCode::InvalidCrossReferenceKey);
        }
        let count = peer.query("SELECT COUNT() FROM Opportunity", QueryOptions::default()).expect("a count");
        assert_eq!(count.total, 0);
        let groups =
            peer.query("SELECT StageName, COUNT(Id) FROM Opportunity GROUP BY StageName", QueryOptions::default());
        assert!(groups.expect("groups").groups().is_empty());
        assert!(peer.search_names("Hidden", None, 10).expect("hits").is_empty());
        assert_eq!(world.ctx(world.rep).search_names("Hidden", None, 10).expect("hits").len(), 1);
    });
}

#[test]
fn an_invisible_parent_is_null_in_select_filter_and_sort() {
    on_both_stores(|world| {
        // An account's place below another gives nothing on the one above.
        let parent = world.create(world.manager, "Account", &[("Name", "Secret".into())]);
        let known = [("Name", "Known".into()), ("ParentId", parent.into())];
        let account = world.create(world.manager, "Account", &known);
        world.update(world.manager, "Account", account, &[("OwnerId", world.rep.into())]).expect("a transfer");
        assert_eq!(world.column(world.rep, "SELECT Parent.Name FROM Account"), [""]);
        assert_eq!(world.column(world.rep, "SELECT ParentId FROM Account"), [parent.to_string()]);
        assert!(world.column(world.rep, "SELECT Id FROM Account WHERE Parent.Name = 'Secret'").is_empty());
        assert_eq!(world.column(world.rep, "SELECT Name FROM Account WHERE Parent.Name = null"), ["Known"]);
        let inner = "SELECT Id FROM Account WHERE ParentId IN (SELECT Id FROM Account WHERE Name = 'Secret')";
        assert!(world.column(world.rep, inner).is_empty());
        assert_eq!(world.column(world.manager, "SELECT Parent.Name FROM Account WHERE Name = 'Known'"), ["Secret"]);
    });
}

#[test]
fn a_role_move_counts_from_the_next_statement() {
    on_both_stores(|world| {
        deal(world, world.rep, "Rep's");
        assert_eq!(world.column(world.manager, "SELECT Name FROM Opportunity").len(), 1);
        let role = world.ctx(world.rep).user().role.expect("a role");
        world.update(world.admin, "UserRole", role, &[("ParentRoleId", Value::Null)]).expect("a role move");
        assert!(world.column(world.manager, "SELECT Name FROM Opportunity").is_empty());
    });
}

#[test]
fn a_field_one_may_not_read_does_not_exist() {
    on_both_stores(|world| {
        let service = world.service();
        let read_only = provision::by_name(&service, "Profile", "Read Only").expect("a profile");
        let set = provision::profile_set(&service, "Read Only").expect("a set");
        let fields = format!("SELECT Id FROM FieldPermissions WHERE ParentId = '{set}' AND SobjectType = 'Account'");
        let (_, rows) = service.query_all_rows(&fields, QueryOptions::default()).expect("rows");
        world.ctx(world.admin).record_delete("FieldPermissions", rows[0].id).expect("a delete");
        world.update(world.admin, "User", world.peer, &[("ProfileId", read_only.into())]).expect("an update");
        let unreadable = world.error(world.peer, "SELECT AnnualRevenue FROM Account");
        let missing = world.error(world.peer, "SELECT AnnualRevenxx FROM Account");
        assert_eq!(unreadable.replace("AnnualRevenue", "AnnualRevenxx"), missing);
        for soql in [
            "SELECT Id FROM Account WHERE AnnualRevenue > 1",
            "SELECT Id FROM Account ORDER BY AnnualRevenue",
            "SELECT MAX(AnnualRevenue) FROM Account",
            "SELECT Industry FROM Account GROUP BY Industry",
            "SELECT Account.AnnualRevenue FROM Contact",
            "SELECT Id FROM Contact WHERE AccountId IN (SELECT Id FROM Account WHERE AnnualRevenue > 1)",
        ] {
            let error = world.error(world.peer, soql);
            assert!(error.contains("No such column"), "{soql}: {error}");
        }
        let list = world.error(world.peer, "SELECT Id, (SELECT AnnualRevenue FROM ChildAccounts) FROM Account");
        assert!(list.contains("ChildAccounts"), "the list hangs on a reference that may not be read: {list}");
        assert!(world.column(world.peer, "SELECT Name FROM Account").is_empty());
    });
}

#[test]
fn a_verb_without_permission_is_refused_by_name() {
    on_both_stores(|world| {
        let service = world.service();
        let read_only = provision::by_name(&service, "Profile", "Read Only").expect("a profile");
        let account = world.create(world.rep, "Account", &[("Name", "Acme".into())]);
        world.update(world.admin, "User", world.rep, &[("ProfileId", read_only.into())]).expect("an update");
        let error = world.update(world.rep, "Account", account, &[("Name", "X".into())]).expect_err("refused");
        assert_eq!(error.code(), ErrorCode::InsufficientAccessOrReadonly);
        assert!(error.message().contains("Account") && error.message().contains("edit"), "{error}");
        assert_eq!(world.column(world.rep, "SELECT Name FROM Account"), ["Acme"]);
    });
}

#[test]
fn an_inactive_user_gets_no_context() {
    on_both_stores(|world| {
        world.update(world.admin, "User", world.rep, &[("IsActive", false.into())]).expect("an update");
        let error = platform::Ctx::for_user(&world.org, world.rep).expect_err("no context");
        assert_eq!(error.code(), ErrorCode::InvalidSessionId);
    });
}

#[test]
fn a_person_cannot_take_the_place_of_a_service() {
    static NOT_DECLARED: platform::Service =
        platform::Service { name: "intruder", purpose: "none", grants: &[platform::ServiceGrant::write("*")] };
    let world = World::embedded();
    assert!(platform::Ctx::for_service(&world.org, &NOT_DECLARED).is_err());
}
