//! The model itself against examples worked by hand from the rules: a model that is wrong would make every comparison
//! worthless.

use crate::model::{Cause, Model, ObjectVerb};
use crate::stage::{FULL, Stage};
use crate::verbs::{Answer, Verb};
use crate::world::*;

#[test]
fn a_default_is_for_everybody_and_an_owner_holds_all() {
    let mut stage = Stage::new();
    let (owner, other) = (stage.user(None), stage.user(None));
    let account = stage.account(owner);
    for (default, level) in [
        (OrgDefault::Private, Level::None),
        (OrgDefault::PublicRead, Level::Read),
        (OrgDefault::PublicReadWrite, Level::Edit),
    ] {
        stage.default(Object::Account, default);
        assert_eq!(stage.level(other, account), level);
        assert_eq!(stage.level(owner, account), Level::All);
    }
}

#[test]
fn the_hierarchy_lifts_what_an_owner_holds_but_never_a_default_and_never_sideways() {
    let mut stage = Stage::new();
    let top = stage.role(None);
    let middle = stage.role(Some(top));
    let low = stage.role(Some(middle));
    let (chief, manager, rep, peer) =
        (stage.user(Some(top)), stage.user(Some(middle)), stage.user(Some(low)), stage.user(Some(low)));
    let account = stage.account(rep);
    assert_eq!(
        [chief, manager, rep, peer].map(|user| stage.level(user, account)),
        [Level::All, Level::All, Level::All, Level::None]
    );
    let of_the_chief = stage.account(chief);
    assert_eq!([manager, rep].map(|user| stage.level(user, of_the_chief)), [Level::None, Level::None]);
}

#[test]
fn a_custom_object_can_do_without_the_hierarchy() {
    let mut stage = Stage::new();
    let top = stage.role(None);
    let low = stage.role(Some(top));
    let (chief, rep) = (stage.user(Some(top)), stage.user(Some(low)));
    let project = stage.record(Object::Project, rep, [None, None]);
    assert_eq!(stage.level(chief, project), Level::All);
    let setting = Setting { default: OrgDefault::Private, hierarchy: false };
    stage.world.settings.insert(Object::Project, setting);
    assert_eq!(stage.level(chief, project), Level::None);
}

#[test]
fn an_empty_role_still_has_those_above_it() {
    let mut stage = Stage::new();
    let top = stage.role(None);
    let empty = stage.role(Some(top));
    let below = stage.role(Some(empty));
    let (chief, rep, owner) = (stage.user(Some(top)), stage.user(Some(below)), stage.user(None));
    let account = stage.account(owner);
    stage.share(account, Grantee::Role(empty), Level::Read);
    assert_eq!([chief, rep].map(|user| stage.level(user, account)), [Level::Read, Level::None]);
    stage.at(account).manual[0].grantee = Grantee::RoleAndSubordinates(empty);
    assert_eq!([chief, rep].map(|user| stage.level(user, account)), [Level::Read, Level::Read]);
}

#[test]
fn every_group_on_a_nested_path_needs_the_flag_for_the_bosses() {
    for (outer_flag, inner_flag) in [(true, true), (true, false), (false, true), (false, false)] {
        let mut stage = Stage::new();
        let top = stage.role(None);
        let low = stage.role(Some(top));
        let (chief, rep, owner) = (stage.user(Some(top)), stage.user(Some(low)), stage.user(None));
        let inner = stage.group(inner_flag, &[Grantee::User(rep)]);
        let outer = stage.group(outer_flag, &[Grantee::Group(inner)]);
        let account = stage.account(owner);
        stage.share(account, Grantee::Group(outer), Level::Edit);
        assert_eq!(stage.level(rep, account), Level::Edit);
        let expected = if outer_flag && inner_flag { Level::Edit } else { Level::None };
        assert_eq!(stage.level(chief, account), expected, "{outer_flag} {inner_flag}");
    }
}

#[test]
fn everybody_in_the_organization_has_no_bosses() {
    let mut stage = Stage::new();
    let top = stage.role(None);
    let low = stage.role(Some(top));
    let (chief, _) = (stage.user(Some(top)), stage.user(Some(low)));
    let model = Model::new(&stage.world);
    assert!(model.is_member(chief, Grantee::Organization));
    assert!(!model.is_above(chief, Grantee::Organization));
}

#[test]
fn the_members_of_a_queue_hold_all_and_so_do_those_above_them() {
    let mut stage = Stage::new();
    let top = stage.role(None);
    let low = stage.role(Some(top));
    let (chief, rep, other) = (stage.user(Some(top)), stage.user(Some(low)), stage.user(None));
    let queue = stage.queue(&[Object::Case], &[Grantee::User(rep)]);
    let case = stage.record(Object::Case, None, [None, None]);
    stage.at(case).owner = Some(Owner::Queue(queue));
    assert_eq!([chief, rep, other].map(|user| stage.level(user, case)), [Level::All, Level::All, Level::None]);
}

#[test]
fn an_owner_rule_asks_who_owns_and_a_criteria_rule_asks_the_record() {
    let mut stage = Stage::new();
    let (sales, support) = (stage.role(None), stage.role(None));
    let (seller, agent) = (stage.user(Some(sales)), stage.user(Some(support)));
    let lead = stage.record(Object::Lead, seller, [None, None]);
    let rule = stage.rule(Object::Lead, RuleSource::OwnedBy(Grantee::Role(sales)), Grantee::Role(support), Level::Read);
    assert_eq!(stage.level(agent, lead), Level::Read);
    for (criterion, mark, level) in [
        (Criterion::MarkIs(Some("red")), Some("Red"), Level::Read),
        (Criterion::MarkIs(Some("red")), None, Level::None),
        (Criterion::MarkIsNot(Some("red")), None, Level::Read),
        (Criterion::MarkIs(None), None, Level::Read),
        (Criterion::MarkIsNot(None), None, Level::None),
        (Criterion::SizeAtMost(3), None, Level::None),
    ] {
        stage.world.rules.get_mut(&rule).expect("the rule").source = RuleSource::Where(criterion);
        stage.at(lead).mark = mark;
        assert_eq!(stage.level(agent, lead), level, "{criterion:?} on {mark:?}");
    }
}

#[test]
fn who_shares_a_deal_reads_its_account_and_no_more() {
    let mut stage = Stage::new();
    let (owner, rep) = (stage.user(None), stage.user(None));
    let account = stage.account(owner);
    let deal = stage.record(Object::Opportunity, owner, [Some(account), None]);
    assert_eq!(stage.level(rep, account), Level::None);
    stage.share(deal, Grantee::User(rep), Level::Edit);
    assert_eq!(stage.level(rep, account), Level::Read);
    let sibling = stage.record(Object::Contact, owner, [Some(account), None]);
    assert_eq!(stage.level(rep, sibling), Level::None, "implicit access gives no further implicit access");
    stage.at(deal).deleted_with = Some(deal);
    assert_eq!(stage.level(rep, account), Level::None, "a deal in the recycle bin opens nothing");
}

#[test]
fn a_default_on_a_child_opens_no_account() {
    let mut stage = Stage::new();
    let (owner, rep) = (stage.user(None), stage.user(None));
    let account = stage.account(owner);
    stage.record(Object::Case, owner, [Some(account), None]);
    stage.default(Object::Case, OrgDefault::PublicReadWrite);
    assert_eq!(stage.level(rep, account), Level::None);
}

#[test]
fn an_account_owner_holds_of_the_children_what_the_role_says() {
    let mut stage = Stage::new();
    let top = stage.role(None);
    let low = stage.role(Some(top));
    let (chief, owner, other) = (stage.user(Some(top)), stage.user(Some(low)), stage.user(None));
    let account = stage.account(owner);
    let deal = stage.record(Object::Opportunity, other, [Some(account), None]);
    assert_eq!(stage.level(owner, deal), Level::None);
    stage.world.roles.get_mut(&low).expect("a role").children.opportunity = Level::Edit;
    assert_eq!([owner, chief].map(|user| stage.level(user, deal)), [Level::Edit, Level::Edit]);
    let contact = stage.record(Object::Contact, other, [Some(account), None]);
    assert_eq!(stage.level(owner, contact), Level::None);
    stage.person(owner).role = None;
    assert_eq!([owner, chief].map(|user| stage.level(user, deal)), [Level::None, Level::None]);
}

#[test]
fn rows_rules_and_teams_of_an_account_carry_levels_for_its_children() {
    let mut stage = Stage::new();
    let (owner, by_row, by_team, by_rule) = (stage.user(None), stage.user(None), stage.user(None), stage.user(None));
    let target = stage.group(true, &[Grantee::User(by_rule)]);
    let account = stage.account(owner);
    let case = stage.record(Object::Case, owner, [Some(account), None]);
    let children = ChildLevels { case: Level::Edit, ..ChildLevels::NONE };
    stage.at(account).manual.push(ManualRow { grantee: Grantee::User(by_row), level: Level::Read, children });
    stage.at(account).team.push(TeamRow { member: by_team, level: Level::Read, children });
    let source = RuleSource::Where(Criterion::MarkIs(None));
    let rule = stage.rule(Object::Account, source, Grantee::Group(target), Level::Read);
    stage.world.rules.get_mut(&rule).expect("the rule").children = children;
    for user in [by_row, by_team, by_rule] {
        assert_eq!(stage.level(user, case), Level::Edit);
        assert_eq!(stage.level(user, account), Level::Read);
    }
}

#[test]
fn a_mirrored_contact_copies_its_account_and_alone_belongs_to_its_owner() {
    let mut stage = Stage::new();
    let top = stage.role(None);
    let low = stage.role(Some(top));
    let (chief, rep, other) = (stage.user(Some(top)), stage.user(Some(low)), stage.user(None));
    stage.default(Object::Contact, OrgDefault::ControlledByParent);
    let account = stage.account(other);
    let contact = stage.record(Object::Contact, rep, [Some(account), None]);
    assert_eq!([chief, rep, other].map(|user| stage.level(user, contact)), [Level::None, Level::None, Level::All]);
    stage.default(Object::Account, OrgDefault::PublicReadWrite);
    assert_eq!([chief, rep].map(|user| stage.level(user, contact)), [Level::Edit, Level::Edit]);
    let alone = stage.record(Object::Contact, rep, [None, None]);
    assert_eq!([chief, rep].map(|user| stage.level(user, alone)), [Level::None, Level::All]);
}

#[test]
fn a_detail_is_written_by_whoever_writes_every_master() {
    let mut stage = Stage::new();
    let (owner, rep) = (stage.user(None), stage.user(None));
    let project = stage.record(Object::Project, owner, [None, None]);
    let account = stage.account(owner);
    let part = stage.record(Object::Part, None, [Some(project), None]);
    let piece = stage.record(Object::Piece, None, [Some(part), None]);
    let link = stage.record(Object::Link, None, [Some(project), Some(account)]);
    let levels = |stage: &Stage| [part, piece, link].map(|record| stage.level(rep, record));
    assert_eq!(levels(&stage), [Level::None; 3]);
    stage.share(project, Grantee::User(rep), Level::Read);
    assert_eq!(levels(&stage), [Level::Read, Level::Read, Level::None], "a second master is not seen");
    stage.share(account, Grantee::User(rep), Level::Read);
    assert_eq!(levels(&stage), [Level::Read, Level::Read, Level::Read]);
    stage.at(project).manual[0].level = Level::Edit;
    assert_eq!(levels(&stage), [Level::All; 3], "the account needs only to be read");
}

#[test]
fn an_activity_is_read_by_whoever_reads_what_it_is_about() {
    let mut stage = Stage::new();
    let (owner, rep, other) = (stage.user(None), stage.user(None), stage.user(None));
    let lead = stage.record(Object::Lead, rep, [None, None]);
    let task = stage.record(Object::Task, owner, [None, Some(lead)]);
    assert_eq!([owner, rep, other].map(|user| stage.level(user, task)), [Level::All, Level::Read, Level::None]);
}

#[test]
fn a_muting_set_takes_away_inside_its_own_group_only() {
    let mut stage = Stage::new();
    let user = stage.user(None);
    let bare = stage.give(user, PermissionSet { kind: SetKind::Profile, ..PermissionSet::default() });
    stage.person(user).profile = bare;
    let reading = Grant { read: true, edit: true, ..Grant::default() };
    let gives = PermissionSet { grants: [(Object::Lead, reading)].into(), ..PermissionSet::default() };
    let takes = Grant { edit: true, delete: true, modify_all: true, ..Grant::default() };
    let takes =
        PermissionSet { grants: [(Object::Lead, takes)].into(), kind: SetKind::Muting, ..PermissionSet::default() };
    stage.world.sets.extend([(SetKey(8), gives), (SetKey(9), takes)]);
    stage.world.set_groups.insert(SetGroupKey(0), SetGroup { members: [SetKey(8)].into(), muting: Some(SetKey(9)) });
    stage.person(user).set_groups.insert(SetGroupKey(0));
    let may = |stage: &Stage, verb| Model::new(&stage.world).may(user, Object::Lead, verb);
    assert!(may(&stage, ObjectVerb::Read) && !may(&stage, ObjectVerb::Edit));
    stage.person(user).sets.insert(SetKey(8));
    assert!(may(&stage, ObjectVerb::Edit), "the same set assigned beside the group is not muted");
}

#[test]
fn to_read_a_detail_one_reads_its_masters() {
    let mut stage = Stage::new();
    let user = stage.user(None);
    let no_projects = Object::ALL.into_iter().filter(|object| *object != Object::Project);
    let grants = no_projects.map(|object| (object, FULL)).collect();
    stage.world.sets.insert(SetKey(0), PermissionSet { grants, ..PermissionSet::default() });
    for object in [Object::Project, Object::Part, Object::Piece, Object::Link] {
        assert!(!Model::new(&stage.world).may(user, object, ObjectVerb::Read), "{object:?}");
    }
    stage.give(user, PermissionSet { view_all_data: true, ..PermissionSet::default() });
    for object in Object::ALL {
        assert!(Model::new(&stage.world).may(user, object, ObjectVerb::Read), "{object:?}");
    }
}

#[test]
fn view_all_reads_and_modify_all_does_everything() {
    let mut stage = Stage::new();
    let (owner, viewer, admin) = (stage.user(None), stage.user(None), stage.user(None));
    let account = stage.account(owner);
    let deal = stage.record(Object::Opportunity, owner, [Some(account), None]);
    let view = Grant { view_all: true, ..FULL };
    stage.give(viewer, PermissionSet { grants: [(Object::Account, view)].into(), ..PermissionSet::default() });
    stage.give(admin, PermissionSet { modify_all_data: true, ..PermissionSet::default() });
    assert_eq!([viewer, admin].map(|user| stage.level(user, account)), [Level::Read, Level::All]);
    assert_eq!([viewer, admin].map(|user| stage.level(user, deal)), [Level::None, Level::All]);
}

#[test]
fn nobody_passes_a_gate_who_is_inactive_or_frozen_but_their_managers_do() {
    let mut stage = Stage::new();
    let top = stage.role(None);
    let low = stage.role(Some(top));
    let (chief, rep) = (stage.user(Some(top)), stage.user(Some(low)));
    let account = stage.account(rep);
    for (active, frozen) in [(false, false), (true, true)] {
        let person = stage.person(rep);
        (person.active, person.frozen) = (active, frozen);
        assert_eq!(stage.decide(rep, Verb::Read, account), Answer::NoSession);
        assert_eq!(stage.decide(chief, Verb::Delete, account), Answer::Yes);
    }
}

#[test]
fn each_verb_asks_for_its_right_and_its_level() {
    let mut stage = Stage::new();
    let (owner, rep) = (stage.user(None), stage.user(None));
    let lead = stage.record(Object::Lead, owner, [None, None]);
    let answers = |stage: &Stage| Verb::ALL.map(|verb| stage.decide(rep, verb, lead));
    use Answer::{Hidden, Refused, Yes};
    assert_eq!(answers(&stage), [Hidden; 5]);
    stage.share(lead, Grantee::User(rep), Level::Read);
    assert_eq!(answers(&stage), [Yes, Refused, Refused, Refused, Refused]);
    stage.at(lead).manual[0].level = Level::Edit;
    assert_eq!(answers(&stage), [Yes, Yes, Refused, Refused, Refused]);
    stage.give(rep, PermissionSet { transfer_records: true, ..PermissionSet::default() });
    assert_eq!(answers(&stage), [Yes, Yes, Refused, Yes, Refused]);
    stage.at(lead).owner = Some(Owner::User(rep));
    assert_eq!(answers(&stage), [Yes; 5]);
    stage.default(Object::Lead, OrgDefault::PublicReadWriteTransfer);
    assert_eq!(answers(&stage), [Yes, Yes, Yes, Yes, Refused], "no row could say more than this default");
    stage.at(lead).owner = Some(Owner::User(owner));
    assert_eq!(answers(&stage), [Yes, Yes, Refused, Yes, Refused]);
}

#[test]
fn a_record_is_made_where_its_parents_can_be_written_and_its_owner_can_read() {
    let mut stage = Stage::new();
    let (owner, rep) = (stage.user(None), stage.user(None));
    let project = stage.record(Object::Project, owner, [None, None]);
    let part = stage.record(Object::Part, None, [Some(project), None]);
    let new = stage.world.records[&part].clone();
    let may = |stage: &Stage, new: &Record| Model::new(&stage.world).may_create(rep, new);
    assert!(!may(&stage, &new));
    stage.share(project, Grantee::User(rep), Level::Read);
    assert!(!may(&stage, &new));
    stage.at(project).manual[0].level = Level::Edit;
    assert!(may(&stage, &new));
    let lead = Record { object: Object::Lead, owner: Some(Owner::User(owner)), parents: [None, None], ..new };
    assert!(may(&stage, &lead));
    stage.person(owner).active = false;
    assert!(!may(&stage, &lead));
}

#[test]
fn the_causes_name_each_way_in() {
    let mut stage = Stage::new();
    let top = stage.role(None);
    let low = stage.role(Some(top));
    let (chief, rep) = (stage.user(Some(top)), stage.user(Some(low)));
    let account = stage.account(rep);
    let deal = stage.record(Object::Opportunity, rep, [Some(account), None]);
    stage.share(account, Grantee::User(chief), Level::Edit);
    stage.default(Object::Account, OrgDefault::PublicRead);
    let mut causes = Model::new(&stage.world).causes(chief, account);
    causes.sort();
    assert_eq!(
        causes,
        [
            (Cause::Default, Level::Read),
            (Cause::OwnerAbove, Level::All),
            (Cause::Manual(Grantee::User(chief)), Level::Edit),
            (Cause::ImplicitParent(deal), Level::Read),
        ]
    );
}
