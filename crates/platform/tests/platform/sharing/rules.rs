//! Sharing rules.

use super::{account, add, group, max, role_group, rule};
use crate::world::{World, on_both_stores};
use model::schema::{GrantLevel, RuleSource, SharingRule};
use model::{ErrorCode, RecordId, Value};
use platform::MaxAccessLevel;

#[test]
fn a_rule_by_owner_opens_what_members_of_its_source_own() {
    on_both_stores(|world| {
        let id = account(world, world.rep, "Rep's");
        let chiefs = account(world, world.chief, "Chief's");
        let source = role_group(world, world.rep, "Role");
        let target = group(world, "Helpers", "Regular", false, &[]);
        let outsider = crate::world::user(
            &world.service(),
            "outsider",
            platform::provision::by_name(&world.service(), "Profile", "Standard User").expect("a profile"),
            None,
        );
        add(world, target, outsider);
        assert_eq!(max(world, outsider, id), MaxAccessLevel::None);
        rule(world, "Account", SharingRule::new("Reps", RuleSource::Owner(source), target, GrantLevel::Edit));
        assert_eq!(max(world, outsider, id), MaxAccessLevel::Edit);
        assert_eq!(max(world, outsider, chiefs), MaxAccessLevel::None);
        world.update(world.admin, "Account", id, &[("OwnerId", world.chief.into())]).expect("a transfer");
        assert_eq!(max(world, outsider, id), MaxAccessLevel::None);
        let everybody = world.column(world.admin, "SELECT Id FROM Group WHERE Type = 'Organization'");
        let everybody = RecordId::parse(&everybody[0]).expect("an id");
        rule(world, "Account", SharingRule::new("All", RuleSource::Owner(everybody), target, GrantLevel::Read));
        assert_eq!(max(world, outsider, id), MaxAccessLevel::Read);
        let ctx = world.ctx(world.admin);
        ctx.sharing_rule_delete("Account", "All").expect("gone");
        assert_eq!(max(world, outsider, id), MaxAccessLevel::None);
    });
}

#[test]
fn a_rule_by_criteria_opens_records_as_long_as_they_meet_it() {
    on_both_stores(|world| {
        let id = account(world, world.chief, "Bank");
        let criteria = "Industry = 'banking' AND (NumberOfEmployees > 10 OR Site = null)";
        let target = role_group(world, world.rep, "Role");
        rule(
            world,
            "Account",
            SharingRule::new("Banks", RuleSource::Criteria(criteria.to_owned()), target, GrantLevel::Read),
        );
        assert_eq!(max(world, world.rep, id), MaxAccessLevel::None);
        world.update(world.chief, "Account", id, &[("Industry", "Banking".into())]).expect("a change");
        assert_eq!(max(world, world.rep, id), MaxAccessLevel::Read);
        world.update(world.chief, "Account", id, &[("Site", "Berlin".into())]).expect("a change");
        assert_eq!(max(world, world.rep, id), MaxAccessLevel::None);
        world.update(world.chief, "Account", id, &[("NumberOfEmployees", Value::Int(11))]).expect("a change");
        assert_eq!(max(world, world.rep, id), MaxAccessLevel::Read);
        assert_eq!(max(world, world.peer, id), MaxAccessLevel::Read);
    });
}

#[test]
fn criteria_look_at_stored_fields_of_the_record_and_at_nothing_that_moves() {
    let world = World::embedded();
    let target = role_group(&world, world.rep, "Role");
    let put = |criteria: &str| {
        let source = RuleSource::Criteria(criteria.to_owned());
        let rule = SharingRule::new("Some", source, target, GrantLevel::Read);
        world.ctx(world.admin).sharing_rule_put("Account", rule).map_err(|error| (error.code(), error.to_string()))
    };
    for (criteria, why) in [
        ("Owner.Name = 'x'", "own fields"),
        ("CreatedDate = TODAY", "fixed values"),
        ("CALENDAR_YEAR(CreatedDate) = 2026", "own fields"),
        ("Id IN (SELECT AccountId FROM Contact)", "no other record"),
        ("Nope__c = 1", "Nope__c"),
        ("Name = 'x' LIMIT 1", "one condition"),
        ("Description LIKE 'x%'", "Description"),
    ] {
        let (code, message) = put(criteria).expect_err(criteria);
        assert_eq!(code, ErrorCode::FieldIntegrityException, "{criteria}: {message}");
        assert!(message.contains("Some") && message.contains(why), "{criteria}: {message}");
    }
    put("Name LIKE 'x%' AND NOT (AnnualRevenue >= 5 OR Type IN ('Prospect', null))").expect("sound criteria");
    let error = world.ctx(world.rep).sharing_rule_delete("Account", "Some").expect_err("no administrator");
    assert_eq!(error.code(), ErrorCode::InsufficientAccessOrReadonly);
}

#[test]
fn an_object_has_at_most_three_hundred_rules_fifty_of_them_by_criteria() {
    let world = World::embedded();
    let target = role_group(&world, world.rep, "Role");
    let put = |n: usize| {
        let source = RuleSource::Criteria(format!("NumberOfEmployees = {n}"));
        let rule = SharingRule::new(&format!("R{n}"), source, target, GrantLevel::Read);
        world.ctx(world.admin).sharing_rule_put("Account", rule)
    };
    (0..50).for_each(|n| put(n).expect("room"));
    let error = put(50).expect_err("full").to_string();
    assert!(error.contains("50 of them by criteria"), "{error}");
}

#[test]
fn a_rule_has_a_name_a_level_and_two_ends_that_are_there() {
    on_both_stores(|world| {
        let target = role_group(world, world.rep, "Role");
        let owner = || RuleSource::Owner(world.rep);
        let sound = || SharingRule::new("Some", owner(), target, GrantLevel::Read);
        let put = |object: &str, rule: SharingRule| world.ctx(world.admin).sharing_rule_put(object, rule);
        let refused = |object: &str, rule: SharingRule| put(object, rule).expect_err("no such rule").code();
        for name in ["", "1st", "has space", "ümlaut", &"x".repeat(81)] {
            let rule = SharingRule { name: name.to_owned(), ..sound() };
            assert_eq!(refused("Account", rule), ErrorCode::FieldIntegrityException, "{name}");
        }
        put("Account", SharingRule { name: "x".repeat(80), ..sound() }).expect("eighty are allowed");
        let nothing = SharingRule { level: GrantLevel::None, ..sound() };
        assert_eq!(refused("Account", nothing), ErrorCode::InvalidAccessLevel);
        // Levels on children are of accounts, each of the three by itself.
        for children in [
            SharingRule { contacts: GrantLevel::Read, ..sound() },
            SharingRule { opportunities: GrantLevel::Edit, ..sound() },
            SharingRule { cases: GrantLevel::Read, ..sound() },
        ] {
            assert_eq!(refused("Lead", children.clone()), ErrorCode::InvalidAccessLevel, "{children:?}");
            put("Account", children).expect("on an account");
        }
        let record = world.create(world.rep, "Account", &[("Name", "A".into())]);
        let nobody = RecordId::new(world.rep.prefix(), 999_999);
        for no_grantee in [record, nobody] {
            let rule = SharingRule { target: no_grantee, ..sound() };
            assert_eq!(refused("Account", rule), ErrorCode::FieldIntegrityException);
            let rule = SharingRule { source: RuleSource::Owner(no_grantee), ..sound() };
            assert_eq!(refused("Account", rule), ErrorCode::FieldIntegrityException);
        }
        let known = |object: &str| {
            let ctx = world.ctx(world.admin);
            ctx.object(object).expect("an object").def.sharing_rules.len()
        };
        assert_eq!((known("Account"), known("Lead")), (2, 0), "one of eighty letters, and Some, whoever put it last");
        let missing = world.ctx(world.admin).sharing_rule_delete("Account", "Other").expect_err("none of the name");
        assert_eq!(missing.code(), ErrorCode::NotFound);
        let by_rep = world.ctx(world.rep).sharing_rule_put("Account", sound()).expect_err("no administrator");
        assert_eq!(by_rep.code(), ErrorCode::InsufficientAccessOrReadonly);
        assert_eq!(refused("Product2", sound()), ErrorCode::FieldIntegrityException, "records without owners");
    });
}
