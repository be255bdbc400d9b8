//! The predicate of each sharing kind and level.

use crate::world::{everything, identity, object, role_id, schema, with_system};
use policy::{Access, Level, PermissionFacts, SystemPermission, record_access};

const LEVELS: [Level; 3] = [Level::Read, Level::Edit, Level::All];

#[test]
fn private_records_go_by_owner_and_hierarchy_at_every_level() {
    let schema = schema();
    let account = schema.object(object(&schema, "Account"));
    let owner = account.owner_field.expect("an owner");
    let who = identity(&schema, &[everything(&schema)], Some(role_id()));
    for level in LEVELS {
        assert_eq!(record_access(&who, &schema, account.ix, level), Access::Owner { field: owner, hierarchy: true });
    }
    let closed = schema.object(object(&schema, "Closed"));
    let owner = closed.owner_field.expect("an owner");
    assert_eq!(
        record_access(&who, &schema, closed.ix, Level::Read),
        Access::Owner { field: owner, hierarchy: false },
        "the hierarchy is a setting of the object"
    );
}

#[test]
fn a_public_default_opens_as_far_as_it_says() {
    let schema = schema();
    let who = identity(&schema, &[everything(&schema)], None);
    let is_open = |name: &str| {
        LEVELS.map(|level| record_access(&who, &schema, object(&schema, name), level) == Access::Everything)
    };
    assert_eq!(is_open("Account"), [false, false, false]);
    assert_eq!(is_open("Open"), [true, false, false]);
    assert_eq!(is_open("Shared"), [true, true, false]);
    assert_eq!(is_open("Product"), [true, false, false]);
    assert_eq!(record_access(&who, &schema, object(&schema, "Product"), Level::Edit), Access::Nothing);
}

#[test]
fn a_detail_is_changed_by_whoever_may_change_its_master() {
    let schema = schema();
    let who = identity(&schema, &[everything(&schema)], None);
    let (line, deal) = (schema.object(object(&schema, "Line")), object(&schema, "Deal"));
    for (level, on_master) in [(Level::Read, Level::Read), (Level::Edit, Level::Edit), (Level::All, Level::Edit)] {
        let master = record_access(&who, &schema, deal, on_master);
        let expected = Access::Parent { field: line.masters[0], targets: vec![(deal, master)] };
        assert_eq!(record_access(&who, &schema, line.ix, level), expected);
    }
}

#[test]
fn what_an_activity_is_about_opens_it_for_reading_only() {
    let schema = schema();
    let who = identity(&schema, &[everything(&schema)], None);
    let task = object(&schema, "Task");
    let through_parent = |access: &Access| matches!(access, Access::AnyOf(parts) if parts.iter().any(|part| matches!(part, Access::Parent { .. })));
    assert!(through_parent(&record_access(&who, &schema, task, Level::Read)));
    assert!(!through_parent(&record_access(&who, &schema, task, Level::Edit)));
}

#[test]
fn view_all_reads_and_modify_all_does_everything() {
    let schema = schema();
    let viewer = identity(&schema, &[everything(&schema), with_system(SystemPermission::ViewAllData)], None);
    let modifier = identity(&schema, &[with_system(SystemPermission::ModifyAllData)], None);
    for object in schema.objects() {
        assert_eq!(record_access(&viewer, &schema, object.ix, Level::Read), Access::Everything, "{}", object.name());
        for level in LEVELS {
            assert_eq!(record_access(&modifier, &schema, object.ix, level), Access::Everything, "{}", object.name());
        }
    }
    let account = object(&schema, "Account");
    assert_ne!(record_access(&viewer, &schema, account, Level::Edit), Access::Everything);
}

#[test]
fn more_permission_sets_never_take_away() {
    let schema = schema();
    let one = identity(&schema, &[everything(&schema)], Some(role_id()));
    let more = identity(&schema, &[everything(&schema), PermissionFacts::default()], Some(role_id()));
    for object in schema.objects() {
        for level in LEVELS {
            assert_eq!(record_access(&one, &schema, object.ix, level), record_access(&more, &schema, object.ix, level));
        }
    }
}

#[test]
fn unions_and_intersections_are_simplified_without_changing_what_they_say() {
    let schema = schema();
    let owner = schema.object(object(&schema, "Account")).owner_field.expect("an owner");
    let own = Access::Owner { field: owner, hierarchy: true };
    assert_eq!(Access::any([Access::Nothing, own.clone()]), own);
    assert_eq!(Access::any([own.clone(), Access::Everything]), Access::Everything);
    assert_eq!(Access::any([]), Access::Nothing);
    assert_eq!(Access::all([Access::Everything, own.clone()]), own);
    assert_eq!(Access::all([own, Access::Nothing]), Access::Nothing);
    assert_eq!(Access::all([]), Access::Everything);
}

#[test]
fn a_service_does_exactly_what_it_declares() {
    static EDITS: policy::Service =
        policy::Service { name: "edits", purpose: "a test", grants: &[policy::ServiceGrant::edit("Account")] };
    let schema = schema();
    let service = policy::Identity::service(model::OrgId::new(1), &EDITS, &schema);
    let account = object(&schema, "Account");
    assert_eq!(record_access(&service, &schema, account, Level::Read), Access::Everything);
    assert_eq!(record_access(&service, &schema, account, Level::Edit), Access::Everything);
    assert_eq!(record_access(&service, &schema, account, Level::All), Access::Nothing);
    let permission = service.permissions().object(account);
    assert!(permission.read && permission.edit && !permission.create && !permission.delete);
    assert!(service.permissions().field(account, model::FieldIx::ID).read, "whoever reads records sees which they are");
    assert!(!service.permissions().object(object(&schema, "Deal")).read);
}
