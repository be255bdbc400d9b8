//! Record types: who may use them, what new records get, and what they leave of the picklists.

use crate::world::{World, on_both_stores, on_each_store};
use model::schema::{FieldDef, MASTER_RECORD_TYPE, ObjectDef};
use model::{ErrorCode, RecordId, Value};
use platform::{NewRecordType, provision};
use store::Backed as _;

fn new_type(name: &str) -> NewRecordType {
    NewRecordType {
        developer_name: name.to_owned(),
        label: format!("{name} records"),
        description: String::new(),
        active: true,
    }
}

fn part_object() -> ObjectDef {
    ObjectDef::new("Part__c", "Part", "Parts", "a00")
        .field(FieldDef::text("Name", "Name", 80))
        .field(FieldDef::picklist("Kind__c", "Kind", &["Nut", "Bolt", "Screw"]).restricted().default_value("Screw"))
        .field(FieldDef::picklist("Free__c", "Free", &["x", "y"]))
}

/// Parts with a type that offers nuts and bolts, and starts with a nut.
fn parts(world: &World) -> RecordId {
    let admin = world.ctx(world.admin);
    admin.objects_create(vec![part_object()]).expect("a custom object");
    let id = world.ctx(world.admin).record_type_create("Part__c", new_type("Metric")).expect("a record type");
    let ctx = world.ctx(world.admin);
    ctx.record_type_choices_put(id, "Kind__c", &["nut", "Bolt"], Some("Nut")).expect("choices");
    ctx.record_type_choices_put(id, "Free__c", &["x"], None).expect("choices");
    id
}

fn profile_set(world: &World, profile: &str) -> RecordId {
    provision::profile_set(&world.service(), profile).expect("a profile's own set")
}

fn show(world: &World, set: RecordId, record_type: RecordId, by_default: bool) -> RecordId {
    let values = [("ParentId", set.into()), ("TypeId", record_type.into()), ("IsDefault", by_default.into())];
    world.create(world.admin, "RecordTypeVisibility", &values)
}

fn refusal(outcome: model::Result<impl std::fmt::Debug>) -> (ErrorCode, String) {
    let error = outcome.expect_err("refused");
    (error.code(), error.message().to_owned())
}

#[test]
fn a_type_is_given_by_those_whose_profile_or_permission_set_has_it_and_by_nobody_else() {
    on_both_stores(|world| {
        let ctx = world.ctx(world.admin);
        let id = ctx.record_type_create("Account", new_type("Partner")).expect("a record type");
        let typed = |user| world.try_create(user, "Account", &[("Name", "A".into()), ("RecordTypeId", id.into())]);
        typed(world.admin).expect("administrators may at once");
        let (code, message) = refusal(typed(world.rep));
        assert_eq!(code, ErrorCode::InvalidCrossReferenceKey);
        assert_eq!(message, format!("Record Type ID: this ID value isn't valid for the user: {id}"));

        let set = [("Name", "Partners".into()), ("Label", "Partners".into())];
        let set = world.create(world.admin, "PermissionSet", &set);
        show(world, set, id, false);
        typed(world.rep).expect_err("the set is not theirs");
        let assigned = [("PermissionSetId", set.into()), ("AssigneeId", world.rep.into())];
        world.create(world.admin, "PermissionSetAssignment", &assigned);
        let account = typed(world.rep).expect("from the next statement on");
        typed(world.peer).expect_err("the set is not theirs");

        // Who may not give a type may still change what else a record of it says, and take it away.
        world.update(world.admin, "RecordType", id, &[("IsActive", false.into())]).expect("an update");
        assert_eq!(refusal(typed(world.rep)).0, ErrorCode::InvalidCrossReferenceKey);
        world.update(world.rep, "Account", account, &[("Phone", "1".into())]).expect("another field");
        world.update(world.rep, "Account", account, &[("RecordTypeId", Value::Null)]).expect("the master type");
        let again = world.update(world.rep, "Account", account, &[("RecordTypeId", id.into())]);
        assert_eq!(refusal(again).0, ErrorCode::InvalidCrossReferenceKey);
    });
}

#[test]
fn a_type_of_another_object_is_none_for_users_and_services() {
    on_both_stores(|world| {
        let ctx = world.ctx(world.admin);
        let id = ctx.record_type_create("Account", new_type("Partner")).expect("a record type");
        let values = [("LastName", "C".into()), ("RecordTypeId", id.into())];
        assert_eq!(refusal(world.try_create(world.admin, "Contact", &values)).0, ErrorCode::InvalidCrossReferenceKey);
        let loaded = [("LastName", "C".into()), ("OwnerId", world.rep.into()), ("RecordTypeId", id.into())];
        let by_service = provision::insert(&world.service(), "Contact", &loaded);
        assert_eq!(refusal(by_service).0, ErrorCode::InvalidCrossReferenceKey);
        let account = [("Name", "A".into()), ("OwnerId", world.rep.into()), ("RecordTypeId", id.into())];
        provision::insert(&world.service(), "Account", &account).expect("services load any type of the object");
    });
}

#[test]
fn a_new_record_gets_the_default_type_of_its_makers_profile() {
    on_both_stores(|world| {
        let ctx = world.ctx(world.admin);
        let partner = ctx.record_type_create("Account", new_type("Partner")).expect("a record type");
        let set = profile_set(world, "Standard User");
        let given = show(world, set, partner, true);
        let id = world.create(world.rep, "Account", &[("Name", "by default".into())]);
        let type_of = |id| {
            let soql = format!("SELECT RecordType.DeveloperName FROM Account WHERE Id = '{id}'");
            world.column(world.admin, &soql)
        };
        assert_eq!(type_of(id), ["Partner"]);
        // Another profile has another default; the master type can be chosen.
        let id = world.create(world.admin, "Account", &[("Name", "master".into())]);
        assert_eq!(type_of(id), [""]);
        let master = RecordId::parse(MASTER_RECORD_TYPE).expect("an id");
        let id = world.create(world.rep, "Account", &[("Name", "chosen".into()), ("RecordTypeId", master.into())]);
        assert_eq!(type_of(id), [""]);

        let values =
            |set: RecordId, id: RecordId| [("ParentId", set.into()), ("TypeId", id.into()), ("IsDefault", true.into())];
        let other = ctx.record_type_create("Account", new_type("Customer")).expect("a record type");
        let (_, message) = refusal(world.try_create(world.admin, "RecordTypeVisibility", &values(set, other)));
        assert!(message.contains("has a default record type for this object already"), "{message}");
        let plain = world.create(world.admin, "PermissionSet", &[("Name", "P".into()), ("Label", "P".into())]);
        let (_, message) = refusal(world.try_create(world.admin, "RecordTypeVisibility", &values(plain, other)));
        assert!(message.contains("profiles alone have default record types"), "{message}");
        let again = world.try_create(
            world.admin,
            "RecordTypeVisibility",
            &[("ParentId", set.into()), ("TypeId", partner.into())],
        );
        assert_eq!(refusal(again).0, ErrorCode::DuplicateValue);
        world.ctx(world.admin).record_delete("RecordTypeVisibility", given).expect("a delete");
        let id = world.create(world.rep, "Account", &[("Name", "no default".into())]);
        assert_eq!(type_of(id), [""]);
    });
}

#[test]
fn who_may_use_types_is_changed_by_those_who_manage_users() {
    on_both_stores(|world| {
        let ctx = world.ctx(world.admin);
        let id = ctx.record_type_create("Account", new_type("Partner")).expect("a record type");
        let set = profile_set(world, "Standard User");
        let own = [("ParentId", set.into()), ("TypeId", id.into())];
        // Rights on the object alone are not enough.
        let all = [("RecordTypeVisibility".to_owned(), provision::ObjectGrant::ALL)];
        provision::grant(&world.service(), set, &all).expect("a grant");
        let (code, message) = refusal(world.try_create(world.rep, "RecordTypeVisibility", &own));
        assert_eq!(code, ErrorCode::InsufficientAccessOrReadonly);
        assert!(message.contains("ManageUsers"), "{message}");
        let (code, _) = refusal(world.ctx(world.rep).record_type_create("Account", new_type("Mine")));
        assert_eq!(code, ErrorCode::InsufficientAccessOrReadonly);
        let choices = world.ctx(world.rep).record_type_choices_put(id, "Industry", &["Banking"], None);
        assert_eq!(refusal(choices).0, ErrorCode::InsufficientAccessOrReadonly);
    });
}

#[test]
fn restricted_picklists_take_what_the_type_offers_and_start_as_it_says() {
    on_both_stores(|world| {
        let metric = parts(world);
        let make = |values: &[(&str, Value)]| world.try_create(world.admin, "Part__c", values);
        let kind = |id: RecordId| world.column(world.admin, &format!("SELECT Kind__c FROM Part__c WHERE Id = '{id}'"));
        let plain = make(&[("Name", "p".into())]).expect("a part");
        assert_eq!(kind(plain), ["Screw"], "the field's own default");
        let typed = make(&[("RecordTypeId", metric.into())]).expect("a part");
        assert_eq!(kind(typed), ["Nut"], "the type's default");
        let (code, message) = refusal(make(&[("RecordTypeId", metric.into()), ("Kind__c", "Screw".into())]));
        assert_eq!(code, ErrorCode::InvalidOrNullForRestrictedPicklist);
        assert_eq!(message, "Kind: bad value for restricted picklist field: Screw");
        // A list that only suggests takes anything, whatever the type.
        make(&[("RecordTypeId", metric.into()), ("Free__c", "z".into())]).expect("a part");
        let change = |id, kind: &str| world.update(world.admin, "Part__c", id, &[("Kind__c", kind.into())]);
        change(typed, "bolt").expect("offered");
        assert_eq!(refusal(change(typed, "Screw")).0, ErrorCode::InvalidOrNullForRestrictedPicklist);
        change(plain, "Screw").expect("the master type has all");
        // A record that changes its type keeps what it has until that is changed.
        world.update(world.admin, "Part__c", plain, &[("RecordTypeId", metric.into())]).expect("another type");
        assert_eq!(kind(plain), ["Screw"]);
        assert_eq!(
            refusal(world.update(
                world.admin,
                "Part__c",
                plain,
                &[("RecordTypeId", Value::Null), ("Kind__c", "Pin".into())]
            ))
            .0,
            ErrorCode::InvalidOrNullForRestrictedPicklist
        );
        // All again, from the next statement on.
        world.ctx(world.admin).record_type_choices_remove(metric, "Kind__c").expect("a change");
        change(typed, "Screw").expect("offered now");
    });
}

#[test]
fn choices_follow_their_field_and_name_values_that_it_has() {
    on_both_stores(|world| {
        let metric = parts(world);
        let ctx = world.ctx(world.admin);
        let (_, message) = refusal(ctx.record_type_choices_put(metric, "Kind__c", &["Pin"], None));
        assert!(message.contains("Pin is none of its values"), "{message}");
        let (_, message) = refusal(ctx.record_type_choices_put(metric, "Kind__c", &["Nut"], Some("Bolt")));
        assert!(message.contains("none of the values of its record type"), "{message}");
        let renamed = FieldDef::picklist("Sort__c", "Sort", &["Nut", "Screw"]).restricted();
        ctx.field_change("Part__c", "Kind__c", renamed).expect("a rename that drops a value nobody holds");
        let schema = world.org.schema();
        let part = schema.find_object("Part__c").expect("the object");
        assert_eq!(part.def.choices_of(metric, "Sort__c").expect("narrowed").values, ["Nut"]);
        let make = |value: &str| {
            world.try_create(world.admin, "Part__c", &[("RecordTypeId", metric.into()), ("Sort__c", value.into())])
        };
        make("Nut").expect("offered");
        assert_eq!(refusal(make("Screw")).0, ErrorCode::InvalidOrNullForRestrictedPicklist);
        let ctx = world.ctx(world.admin);
        ctx.field_delete("Part__c", "Sort__c").expect("choices do not hold a field");
        ctx.field_undelete("Part__c", "Sort__c").expect("back");
        make("Screw").expect("choices are said anew");
    });
}

#[test]
fn a_record_type_has_a_name_of_its_own_and_stays_with_its_object() {
    on_both_stores(|world| {
        let ctx = world.ctx(world.admin);
        let id = ctx.record_type_create("Account", new_type("Partner")).expect("a record type");
        ctx.record_type_create("Contact", new_type("Partner")).expect("another object's");
        assert_eq!(refusal(ctx.record_type_create("Account", new_type("partner"))).0, ErrorCode::DuplicateValue);
        assert_eq!(refusal(ctx.record_type_create("Account", new_type("1st"))).0, ErrorCode::FieldIntegrityException);
        let (_, message) = refusal(ctx.record_type_create("Product2", new_type("Kit")));
        assert!(message.contains("have no types"), "{message}");
        let moved = world.update(world.admin, "RecordType", id, &[("SobjectType", "Contact".into())]);
        assert!(refusal(moved).1.contains("stays with its object"));
        let types = |user| -> Vec<(String, bool, bool)> {
            let ctx = world.ctx(user);
            let types = ctx.record_types(ctx.object("Account").expect("readable")).expect("types");
            types.into_iter().map(|of| (of.developer_name, of.available, of.is_default)).collect()
        };
        let state = |name: &str, available, by_default| (name.to_owned(), available, by_default);
        assert_eq!(types(world.admin), [state("Partner", true, false), state("Master", true, true)]);
        assert_eq!(types(world.rep), [state("Partner", false, false), state("Master", true, true)]);
    });
}

#[test]
fn types_from_before_anybody_was_given_any_stay_everybodys() {
    on_each_store(|world| {
        let ctx = world.ctx(world.admin);
        let id = ctx.record_type_create("Account", new_type("Partner")).expect("a record type");
        for row in world.column(world.admin, "SELECT Id FROM RecordTypeVisibility") {
            ctx.record_delete("RecordTypeVisibility", RecordId::parse(&row).expect("an id")).expect("a delete");
        }
        // As an org stands whose upgrade brought the object and was cut off behind that.
        let waiting = r#"["RecordTypeVisibility"]"#;
        world.org.store().write(|tx| tx.setting_put("shipped_ungranted", waiting)).expect("a setting");
        drop(ctx);
        let world = world.reopened(Vec::new());
        let values = [("Name", "A".into()), ("RecordTypeId", id.into())];
        world.create(world.rep, "Account", &values);
        world.create(world.admin, "Account", &values);
    });
}
