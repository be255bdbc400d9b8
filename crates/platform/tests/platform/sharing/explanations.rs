//! Why somebody sees a record: explanations, computed share rows and UserRecordAccess.

use super::{account, add, deal, group, max, role_group, rule, share};
use crate::world::{World, on_both_stores};
use model::schema::{AccessDefault, GrantLevel, RuleSource, SharingRule};
use model::{ErrorCode, RecordId};
use platform::{Barred, Cause, CauseKind, Level, MaxAccessLevel, QueryOptions, Via};

fn causes(world: &World, user: RecordId, record: RecordId) -> Vec<Cause> {
    world.ctx(world.admin).record_explain(user, record).expect("an explanation").causes
}

fn role_of(world: &World, user: RecordId) -> RecordId {
    world.ctx(user).user().role.expect("a role")
}

#[test]
fn an_explanation_names_every_cause_with_its_level_and_the_way_it_takes() {
    on_both_stores(|world| {
        let id = account(world, world.rep, "Rep's");
        let inner = group(world, "Inner", "Regular", true, &[world.rep]);
        let outer = group(world, "Outer", "Regular", true, &[inner]);
        share(world, world.rep, id, outer, "Read").expect("a share");
        let mut by_name = SharingRule::new(
            "Everything",
            RuleSource::Criteria("Name != null".to_owned()),
            role_group(world, world.rep, "RoleAndSubordinates"),
            GrantLevel::Edit,
        );
        by_name.opportunities = GrantLevel::Read;
        rule(world, "Account", by_name);
        let values = [("AccountId", id.into()), ("UserId", world.peer.into()), ("AccountAccessLevel", "Read".into())];
        let team = world.create(world.rep, "AccountTeamMember", &values);

        let said = world.ctx(world.admin).record_explain(world.manager, id).expect("an explanation");
        assert_eq!((said.level, said.barred), (Some(Level::All), None));
        let [manager_role, rep_role] = [world.manager, world.rep].map(|user| role_of(world, user));
        let kinds: Vec<_> = said.causes.iter().map(|cause| (cause.kind, cause.level)).collect();
        let expected = [
            (CauseKind::Owner, Level::All),
            (CauseKind::Rule, Level::Edit),
            (CauseKind::Manual, Level::Read),
            (CauseKind::Team, Level::Read),
        ];
        assert_eq!(kinds, expected);
        let sources: Vec<_> = said.causes.iter().filter_map(|cause| cause.source.as_ref()).collect();
        assert!(sources.iter().all(|source| source.via == Via::Hierarchy));
        assert_eq!(sources[0].path, [rep_role, manager_role], "from the owner's role up to the manager's");
        assert_eq!(sources[1].rule.as_deref(), Some("Everything"));
        assert_eq!(sources[2].path, [inner, world.rep, rep_role, manager_role], "through both groups and the rep");
        assert_eq!((sources[3].grantee, sources[3].row), (world.peer, Some(team)));

        let peer = causes(world, world.peer, id);
        let kinds: Vec<_> =
            peer.iter().map(|cause| (cause.kind, cause.source.as_ref().map(|source| source.via))).collect();
        let by = |kind, via| (kind, Some(via));
        assert_eq!(kinds, [by(CauseKind::Rule, Via::Member), by(CauseKind::Team, Via::Own)]);
    });
}

#[test]
fn accounts_and_their_children_explain_each_other() {
    on_both_stores(|world| {
        let id = account(world, world.admin, "Admin's");
        let open = deal(world, world.rep, Some(id), "Rep's deal");
        let other = deal(world, world.admin, Some(id), "Admin's deal");
        let parent = causes(world, world.rep, id);
        assert_eq!(parent.len(), 1);
        assert_eq!((parent[0].kind, parent[0].level), (CauseKind::ImplicitParent, Level::Read));
        assert_eq!(parent[0].through, Some(open));
        assert_eq!(parent[0].source.as_ref().map(|source| source.kind), Some(CauseKind::Owner));

        let values = [
            ("AccountId", id.into()),
            ("UserId", world.rep.into()),
            ("AccountAccessLevel", "Read".into()),
            ("OpportunityAccessLevel", "Edit".into()),
        ];
        world.create(world.admin, "AccountTeamMember", &values);
        let child = causes(world, world.rep, other);
        assert_eq!(child.len(), 1);
        assert_eq!(
            (child[0].kind, child[0].level, child[0].through),
            (CauseKind::ImplicitChild, Level::Edit, Some(id))
        );
        assert_eq!(child[0].source.as_ref().map(|source| source.kind), Some(CauseKind::Team));
    });
}

#[test]
fn an_explanation_says_what_bars_a_user_before_any_record() {
    on_both_stores(|world| {
        let id = account(world, world.rep, "Rep's");
        let said = |user| world.ctx(world.admin).record_explain(user, id).expect("an explanation");
        world.update(world.admin, "User", world.rep, &[("IsActive", false.into())]).expect("an update");
        let rep = said(world.rep);
        assert_eq!((rep.barred, rep.level, rep.causes.len()), (Some(Barred::UserCannotAct), None, 0));
        assert_eq!(said(world.manager).level, Some(Level::All), "who stands above keeps what they have");
        assert_eq!(said(world.peer).causes, [], "nothing bars the peer, and nothing opens");
        let admin = said(world.admin);
        assert_eq!(admin.causes.iter().map(|cause| cause.kind).collect::<Vec<_>>(), [CauseKind::ModifyAllData]);
    });
}

#[test]
fn one_asks_for_oneself_for_what_one_may_share_or_as_an_administrator() {
    on_both_stores(|world| {
        let id = account(world, world.rep, "Rep's");
        let ask = |asker: RecordId, user| world.ctx(asker).record_explain(user, id).map_err(|error| error.code());
        assert_eq!(ask(world.rep, world.rep).expect("oneself").level, Some(Level::All));
        assert_eq!(ask(world.rep, world.peer).expect("the owner may share").level, None);
        assert_eq!(ask(world.peer, world.peer).expect_err("not seen"), ErrorCode::NotFound);
        share(world, world.rep, id, world.peer, "Read").expect("a share");
        assert_eq!(ask(world.peer, world.peer).expect("seen now").level, Some(Level::Read));
        assert_eq!(ask(world.peer, world.rep).expect_err("somebody else's"), ErrorCode::InsufficientAccessOrReadonly);
    });
}

/// Grantee and cause of each share row of an account, as the administrator sees them.
fn rows(world: &World, id: RecordId) -> Vec<(String, String)> {
    let soql =
        format!("SELECT UserOrGroupId, RowCause FROM AccountShare WHERE AccountId = '{id}' ORDER BY RowCause, Id");
    let (_, rows) = world.ctx(world.admin).query_all_rows(&soql, QueryOptions::default()).expect("rows");
    rows.iter().map(|row| (row.cells[0].value().to_plain(), row.cells[1].value().to_plain())).collect()
}

#[test]
fn share_objects_show_the_rows_that_follow_from_owners_rules_teams_and_children() {
    on_both_stores(|world| {
        let id = account(world, world.rep, "Rep's");
        let group = group(world, "Readers", "Regular", false, &[world.chief]);
        share(world, world.rep, id, world.chief, "Read").expect("a share");
        let source = role_group(world, world.rep, "Role");
        rule(world, "Account", SharingRule::new("Reps", RuleSource::Owner(source), group, GrantLevel::Read));
        let values = [("AccountId", id.into()), ("UserId", world.manager.into())];
        world.create(world.rep, "AccountTeamMember", &values);
        // Two deals of one owner make one row.
        deal(world, world.peer, Some(id), "One");
        deal(world, world.peer, Some(id), "Two");
        let row = |grantee: RecordId, cause: &str| (grantee.to_string(), cause.to_owned());
        let expected = [
            row(world.peer, "ImplicitParent"),
            row(world.chief, "Manual"),
            row(world.rep, "Owner"),
            row(group, "Rule"),
            row(world.manager, "Team"),
        ];
        let found = rows(world, id);
        assert_eq!(found.len(), expected.len(), "{found:?}");
        assert!(expected.iter().all(|row| found.contains(row)), "{found:?}");
        // Counted, grouped and limited like any other rows.
        let soql =
            format!("SELECT COUNT() FROM AccountShare WHERE AccountId = '{id}' AND RowCause IN ('Rule', 'Team')");
        assert_eq!(world.ctx(world.admin).query(&soql, QueryOptions::default()).expect("a count").total, 2);
        // The same row has the same id each time, and only rows made by hand can be changed.
        let ids = |cause: &str| {
            let soql = format!("SELECT Id FROM AccountShare WHERE AccountId = '{id}' AND RowCause = '{cause}'");
            world.column(world.admin, &soql)
        };
        for cause in ["Owner", "Rule", "Team", "ImplicitParent"] {
            assert_eq!(ids(cause), ids(cause));
            let row = RecordId::parse(&ids(cause)[0]).expect("an id");
            let by_id = world.column(world.admin, &format!("SELECT RowCause FROM AccountShare WHERE Id = '{row}'"));
            assert_eq!(by_id, [cause]);
            let deleted = world.ctx(world.admin).record_delete("AccountShare", row);
            assert!(deleted.is_err(), "a computed row cannot be taken away");
        }
        assert_eq!(max(world, world.peer, id), MaxAccessLevel::Read);
    });
}

#[test]
fn share_rows_are_seen_by_whoever_sees_the_record() {
    on_both_stores(|world| {
        let own = account(world, world.rep, "Rep's");
        account(world, world.chief, "Chief's");
        let seen = world.column(world.rep, "SELECT AccountId FROM AccountShare");
        assert_eq!(seen, [own.to_string()]);
        assert_eq!(world.column(world.peer, "SELECT AccountId FROM AccountShare"), Vec::<String>::new());
        assert_eq!(world.column(world.chief, "SELECT Id FROM AccountShare").len(), 2);
    });
}

#[test]
fn mirrored_contacts_have_no_computed_share_rows() {
    on_both_stores(|world| {
        let id = account(world, world.rep, "Rep's");
        let contact = world.create(world.rep, "Contact", &[("LastName", "Doe".into()), ("AccountId", id.into())]);
        let count = || world.column(world.admin, "SELECT Id FROM ContactShare").len();
        world.ctx(world.admin).access_default_set("Contact", AccessDefault::Private).expect("a default");
        assert_eq!(count(), 1, "the owner");
        world.ctx(world.admin).access_default_set("Contact", AccessDefault::ControlledByParent).expect("a default");
        assert_eq!(count(), 0);
        let said = causes(world, world.manager, contact);
        assert_eq!(said.len(), 1);
        assert_eq!((said[0].kind, said[0].through), (CauseKind::ControlledByParent, Some(id)));
    });
}

#[test]
fn user_record_access_answers_as_a_query_for_oneself_and_for_whom_one_manages() {
    on_both_stores(|world| {
        let own = account(world, world.rep, "Rep's");
        let other = account(world, world.chief, "Chief's");
        share(world, world.chief, other, world.rep, "Edit").expect("a share");
        let unseen = account(world, world.chief, "Hidden");
        let soql = |user: RecordId, more: &str| {
            format!(
                "SELECT MaxAccessLevel FROM UserRecordAccess WHERE UserId = '{user}' AND RecordId IN ('{own}', \
                 '{other}', '{unseen}') {more}"
            )
        };
        let all = world.column(world.rep, &soql(world.rep, "ORDER BY RecordId"));
        assert_eq!(all, ["All", "Edit", "None"]);
        assert_eq!(world.column(world.admin, &soql(world.rep, "ORDER BY RecordId")), all);
        assert_eq!(world.column(world.rep, &soql(world.rep, "AND HasDeleteAccess = true")), ["All"]);
        assert_eq!(world.column(world.rep, &soql(world.rep, "AND HasReadAccess = false LIMIT 1")), ["None"]);
        let count =
            format!("SELECT COUNT() FROM UserRecordAccess WHERE UserId = '{}' AND RecordId = '{own}'", world.rep);
        assert_eq!(world.ctx(world.rep).query(&count, QueryOptions::default()).expect("a count").total, 1);
        assert!(world.error(world.peer, &soql(world.rep, "")).contains("INSUFFICIENT_ACCESS"));
        for incomplete in ["", "WHERE UserId = '{user}'", "WHERE RecordId = '{own}'"] {
            let text = incomplete.replace("{user}", &world.rep.to_string()).replace("{own}", &own.to_string());
            let error = world.error(world.rep, &format!("SELECT RecordId FROM UserRecordAccess {text}"));
            assert!(error.contains("MALFORMED_QUERY"), "{error}");
        }
        let joined = "SELECT Id FROM Account WHERE OwnerId IN (SELECT UserId FROM UserRecordAccess)";
        let error = world.error(world.rep, joined);
        assert!(error.contains("can only be asked by itself"), "{error}");
    });
}

#[test]
fn who_may_share_a_record_or_administers_access_may_ask_why_others_see_it() {
    on_both_stores(|world| {
        let id = account(world, world.rep, "Rep's");
        let asks = |user: RecordId| world.ctx(user).record_explains_others(id);
        assert!(asks(world.rep).expect("seen"), "its owner shares it");
        share(world, world.rep, id, world.peer, "Edit").expect("a share");
        assert!(!asks(world.peer).expect("seen"), "who may edit it does not");
        for right in ["PermissionsCustomizeApplication", "PermissionsManageUsers"] {
            let values = [("Name", right.into()), ("Label", right.into()), (right, true.into())];
            let set = world.create(world.admin, "PermissionSet", &values);
            let given = [("PermissionSetId", set.into()), ("AssigneeId", world.peer.into())];
            let given = world.create(world.admin, "PermissionSetAssignment", &given);
            assert!(asks(world.peer).expect("seen"), "{right}");
            world.ctx(world.admin).record_delete("PermissionSetAssignment", given).expect("taken back");
        }
        let hidden = account(world, world.chief, "Chief's");
        let unseen = world.ctx(world.peer).record_explains_others(hidden).expect_err("not seen");
        assert_eq!(unseen.code(), ErrorCode::NotFound);
    });
}

#[test]
fn a_way_into_a_group_ends_with_the_first_entry_that_leads_there() {
    on_both_stores(|world| {
        let id = account(world, world.admin, "Admin's");
        let by_role = group(world, "Reps", "Regular", false, &[]);
        add(world, by_role, role_group(world, world.manager, "RoleAndSubordinates"));
        share(world, world.admin, id, by_role, "Read").expect("a share");
        let said = causes(world, world.rep, id);
        let source = said[0].source.as_ref().expect("a share");
        let entry = role_group(world, world.manager, "RoleAndSubordinates");
        assert_eq!(source.via, Via::Member);
        assert_eq!(source.path, [entry, role_of(world, world.manager), role_of(world, world.rep)]);
    });
}
