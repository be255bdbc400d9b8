//! What passes the gate and what does not, node by node.

use crate::world::{everything, identity, object, plan, schema};
use model::schema::{FieldDef, ObjectDef};
use model::{ErrorCode, FieldIx, OrgSchema};
use policy::{
    FieldPermission, ObjectPermission, PermissionFacts, PermissionGroup, Permissions, SystemPermission,
    SystemPermissions, WriteRequest, WriteVerb, authorize, authorize_write,
};
use std::sync::Arc;

/// Everything but one object, or one field of it.
fn without(schema: &OrgSchema, name: &str, field: Option<&str>) -> PermissionFacts {
    let mut facts = everything(schema);
    match field {
        None => facts.objects.retain(|(object, _)| object != name),
        Some(hidden) => {
            facts.fields.retain(|(object, _, _)| object != name);
            let others = schema.find_object(name).expect("an object").fields.iter();
            facts.fields.extend(
                others
                    .filter(|field| field.name() != hidden)
                    .map(|field| (name.to_owned(), field.name().to_owned(), FieldPermission::EDIT)),
            );
        }
    }
    facts
}

#[test]
fn every_place_that_names_an_unreadable_field_is_refused_like_a_missing_one() {
    let schema = schema();
    let blind = identity(&schema, &[without(&schema, "Account", Some("Revenue"))], None);
    let sighted = identity(&schema, &[everything(&schema)], None);
    for text in [
        "SELECT Revenue FROM Account",
        "SELECT Id FROM Account WHERE Revenue > 1",
        "SELECT Id FROM Account WHERE NOT (Name = 'x' OR Revenue IN (1, 2))",
        "SELECT Id FROM Account ORDER BY Revenue",
        "SELECT SUM(Revenue) FROM Account",
        "SELECT Name FROM Account GROUP BY Name HAVING MAX(Revenue) > 1",
        "SELECT Account.Revenue FROM Deal",
        "SELECT Id FROM Deal WHERE Account.Revenue = null",
        "SELECT Id FROM Deal WHERE AccountId IN (SELECT Id FROM Account WHERE Revenue > 1)",
        "SELECT Id FROM Deal WHERE AccountId NOT IN (SELECT Id FROM Account WHERE Revenue > 1)",
    ] {
        assert!(authorize(&sighted, plan(&schema, text)).is_ok(), "{text}");
        let error = authorize(&blind, plan(&schema, text)).expect_err(text);
        assert_eq!(error.code(), ErrorCode::InvalidField, "{text}");
        assert!(error.message().contains("No such column 'Revenue' on entity 'Account'"), "{text}: {error}");
    }
}

#[test]
fn an_unreadable_object_is_refused_wherever_it_takes_part() {
    let schema = schema();
    let blind = identity(&schema, &[without(&schema, "Deal", None)], None);
    for (text, code) in [
        ("SELECT Id FROM Deal", ErrorCode::InvalidType),
        ("SELECT Id, (SELECT Id FROM Deals) FROM Account", ErrorCode::InvalidType),
        ("SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Deal)", ErrorCode::InvalidType),
        // Read on a detail needs read on its master.
        ("SELECT Id FROM Line", ErrorCode::InvalidType),
    ] {
        let error = authorize(&blind, plan(&schema, text)).expect_err(text);
        assert!(error.code() == code || error.code() == ErrorCode::InvalidField, "{text}: {error}");
    }
}

#[test]
fn an_arm_of_typeof_needs_its_object_and_each_of_its_fields() {
    let schema = schema();
    let text = "SELECT TYPEOF What WHEN Account THEN Name, Revenue WHEN Deal THEN Name END FROM Task";
    for hidden in [without(&schema, "Account", Some("Revenue")), without(&schema, "Deal", None)] {
        let blind = identity(&schema, &[hidden], None);
        let error = authorize(&blind, plan(&schema, text)).expect_err("an arm that may not be read");
        assert_eq!(error.code(), ErrorCode::InvalidField, "{error}");
    }
    assert!(authorize(&identity(&schema, &[everything(&schema)], None), plan(&schema, text)).is_ok());
}

#[test]
fn what_a_record_cannot_be_without_is_read_and_set_by_whoever_works_with_the_object() {
    let schema = schema();
    let objects = PermissionFacts { fields: Vec::new(), ..everything(&schema) };
    let who = identity(&schema, &[objects], None);
    let right = |object: &str, name: &str| {
        let object = schema.find_object(object).expect("an object");
        who.permissions().field(object.ix, object.find_field(name).expect("a field").ix)
    };
    assert_eq!(right("Account", "Name"), FieldPermission::EDIT, "required");
    assert_eq!(right("Line", "DealId"), FieldPermission::EDIT, "a master");
    assert_eq!(right("Account", "CreatedDate"), FieldPermission::READ, "kept by the platform");
    assert_eq!(right("Account", "Revenue"), FieldPermission::default());
}

#[test]
fn rights_of_several_sets_add_up_field_by_field() {
    let schema = schema();
    let account = schema.find_object("Account").expect("an object");
    let revenue = account.find_field("Revenue").expect("a field").ix;
    let with = |right| {
        let mut facts = without(&schema, "Account", Some("Revenue"));
        facts.fields.push(("Account".to_owned(), "Revenue".to_owned(), right));
        facts
    };
    for sets in [[FieldPermission::READ, FieldPermission::EDIT], [FieldPermission::EDIT, FieldPermission::READ]] {
        let who = identity(&schema, &sets.map(with), None);
        assert_eq!(who.permissions().field(account.ix, revenue), FieldPermission::EDIT);
    }
}

#[test]
fn a_plan_of_another_schema_version_does_not_pass() {
    let old = schema();
    let new = Arc::new(OrgSchema::build(2, old.defs()).expect("a sound schema"));
    let who = identity(&old, &[everything(&old)], None);
    assert!(authorize(&who, plan(&new, "SELECT Id FROM Account")).is_err());
}

fn request(schema: &Arc<OrgSchema>, name: &str, verb: WriteVerb, fields: &[&str]) -> WriteRequest {
    let ix = object(schema, name);
    let fields: Vec<FieldIx> =
        fields.iter().map(|field| schema.object(ix).find_field(field).expect("a field").ix).collect();
    WriteRequest { schema: schema.clone(), object: ix, verb, fields, derived: Vec::new() }
}

#[test]
fn each_verb_needs_its_own_permission() {
    let schema = schema();
    let verbs = [
        (WriteVerb::Create, ObjectPermission { read: true, create: true, ..ObjectPermission::default() }),
        (WriteVerb::Edit, ObjectPermission { read: true, edit: true, ..ObjectPermission::default() }),
    ];
    for (allowed, permission) in verbs {
        let mut facts = everything(&schema);
        facts.objects = vec![("Account".to_owned(), permission)];
        let who = identity(&schema, &[facts], None);
        for (verb, _) in verbs {
            let outcome = authorize_write(&who, request(&schema, "Account", verb, &[]));
            assert_eq!(outcome.is_ok(), verb == allowed, "{verb:?} with {permission:?}");
            if let Err(error) = outcome {
                assert_eq!(error.code(), ErrorCode::InsufficientAccessOrReadonly);
            }
        }
    }
}

fn may(permission: ObjectPermission, verb: WriteVerb) -> bool {
    let schema = schema();
    let mut facts = everything(&schema);
    facts.objects = vec![("Account".to_owned(), permission)];
    authorize_write(&identity(&schema, &[facts], None), request(&schema, "Account", verb, &[])).is_ok()
}

#[test]
fn delete_needs_edit_and_everything_needs_read() {
    let delete = ObjectPermission { read: true, delete: true, ..ObjectPermission::default() };
    assert!(!may(delete, WriteVerb::Delete));
    assert!(may(ObjectPermission { edit: true, ..delete }, WriteVerb::Delete));
    assert!(!may(ObjectPermission { read: false, edit: true, ..delete }, WriteVerb::Edit));
    let modify_all = ObjectPermission { modify_all: true, ..ObjectPermission::default() };
    for (verb, allowed) in [(WriteVerb::Edit, true), (WriteVerb::Delete, true), (WriteVerb::Create, false)] {
        assert_eq!(may(modify_all, verb), allowed, "{verb:?} with Modify All");
    }
}

#[test]
fn a_muting_set_takes_away_inside_its_group_and_nowhere_else() {
    let schema = schema();
    let account = object(&schema, "Account");
    let revenue = schema.object(account).find_field("Revenue").expect("a field").ix;
    let all = everything(&schema);
    let muting = PermissionFacts {
        objects: vec![("Account".to_owned(), ObjectPermission { edit: true, ..ObjectPermission::default() })],
        fields: vec![("Account".to_owned(), "Revenue".to_owned(), FieldPermission { read: true, edit: false })],
        system: SystemPermissions::default().with(SystemPermission::ApiEnabled),
        ..PermissionFacts::default()
    };
    let given = PermissionFacts { system: SystemPermissions::default().with(SystemPermission::ApiEnabled), ..all };
    let group = PermissionGroup { sets: vec![given.clone()], muting: vec![muting] };
    let muted = Permissions::compile_groups(&schema, std::slice::from_ref(&group));
    let object = muted.object(account);
    assert!(object.read && object.create && !object.edit, "{object:?}");
    assert!(!object.delete, "delete needs edit");
    assert_eq!(muted.field(account, revenue), FieldPermission::default());
    assert!(!muted.system(SystemPermission::ApiEnabled));
    let both = Permissions::compile_groups(&schema, &[group, given.into()]);
    assert!(both.object(account).edit && both.object(account).delete, "another grant is not touched");
    assert_eq!(both.field(account, revenue), FieldPermission::EDIT);
    assert!(both.system(SystemPermission::ApiEnabled));
}

#[test]
fn muting_a_part_of_modify_all_takes_modify_all() {
    let schema = schema();
    let account = object(&schema, "Account");
    let all =
        PermissionFacts { objects: vec![("Account".to_owned(), ObjectPermission::ALL)], ..PermissionFacts::default() };
    let delete = ObjectPermission { delete: true, ..ObjectPermission::default() };
    let muting = PermissionFacts { objects: vec![("Account".to_owned(), delete)], ..PermissionFacts::default() };
    let left = Permissions::compile_groups(&schema, &[PermissionGroup { sets: vec![all], muting: vec![muting] }]);
    let left = left.object(account);
    assert!(left.read && left.edit && left.view_all && !left.delete && !left.modify_all, "{left:?}");
}

#[test]
fn fields_are_told_apart_missing_readonly_and_maintained_by_the_platform() {
    let schema = schema();
    let mut facts = without(&schema, "Account", Some("Revenue"));
    let code = |facts: &PermissionFacts, field: &str| {
        let who = identity(&schema, std::slice::from_ref(facts), None);
        authorize_write(&who, request(&schema, "Account", WriteVerb::Create, &[field]))
            .map(|_| ())
            .map_err(|error| error.code())
    };
    assert_eq!(code(&facts, "Name"), Ok(()));
    assert_eq!(code(&facts, "Revenue"), Err(ErrorCode::InvalidField));
    assert_eq!(code(&facts, "CreatedDate"), Err(ErrorCode::InvalidFieldForInsertUpdate));
    facts.fields.push(("Account".to_owned(), "Revenue".to_owned(), FieldPermission::READ));
    assert_eq!(code(&facts, "Revenue"), Err(ErrorCode::InvalidFieldForInsertUpdate));
}

#[test]
fn an_object_one_may_not_read_is_not_found_for_writing() {
    let schema = schema();
    let who = identity(&schema, &[without(&schema, "Account", None)], None);
    let error = authorize_write(&who, request(&schema, "Account", WriteVerb::Create, &[])).expect_err("not found");
    assert_eq!(error.code(), ErrorCode::NotFound);
}

#[test]
fn every_right_is_added_by_itself_over_groups_that_mute() {
    let schema = schema();
    let account = schema.find_object("Account").expect("the object");
    let field = account.find_field("Revenue").expect("a field").ix;
    // Each set gives one right; what stands beside it mutes nothing that is given, so that the group counts as one.
    let nothing_muted = PermissionFacts {
        objects: vec![("Account".to_owned(), ObjectPermission::default())],
        ..PermissionFacts::default()
    };
    let group = |object: ObjectPermission, field: FieldPermission| PermissionGroup {
        sets: vec![PermissionFacts {
            objects: vec![("Account".to_owned(), ObjectPermission { read: true, ..object })],
            fields: vec![("Account".to_owned(), "Revenue".to_owned(), field)],
            ..PermissionFacts::default()
        }],
        muting: vec![nothing_muted.clone()],
    };
    let none = ObjectPermission::default();
    let rights = [
        ObjectPermission { create: true, ..none },
        ObjectPermission { edit: true, ..none },
        ObjectPermission { edit: true, delete: true, ..none },
        ObjectPermission { view_all: true, ..none },
    ];
    for (at, one) in rights.iter().enumerate() {
        for (beside, other) in rights.iter().enumerate() {
            let reads = FieldPermission { read: true, edit: false };
            let edits = FieldPermission { read: true, edit: at % 2 == 0 };
            let groups = [group(*one, edits), group(*other, reads)];
            let all = Permissions::compile_groups(&schema, &groups);
            let expected = ObjectPermission {
                read: true,
                create: one.create || other.create,
                edit: one.edit || other.edit,
                delete: one.delete || other.delete,
                view_all: one.view_all || other.view_all,
                modify_all: false,
            };
            assert_eq!(all.object(account.ix), expected, "{at} and {beside}");
            assert_eq!(
                all.field(account.ix, field),
                edits,
                "what one group gives, another does not take: {at}, {beside}"
            );
        }
    }
}

#[test]
fn what_is_worked_out_for_each_question_may_be_asked_by_everybody_field_by_field() {
    let answers = ObjectDef::new("Answers", "Answer", "Answers", "a09")
        .computed()
        .field(FieldDef::text("Name", "Name", 80))
        .field(FieldDef::boolean("IsSo", "Is so", false));
    let defs = schema().defs().chain([answers]).collect::<Vec<_>>();
    let schema = OrgSchema::build(2, defs).expect("a sound schema");
    let answers = schema.find_object("Answers").expect("the object");
    let account = schema.find_object("Account").expect("an object");
    let nothing = Permissions::compile(&schema, []);
    assert_eq!(nothing.object(answers.ix), ObjectPermission { read: true, ..ObjectPermission::default() });
    for field in &answers.fields {
        assert!(nothing.field(answers.ix, field.ix).read, "{}", field.name());
    }
    assert_eq!(nothing.object(account.ix), ObjectPermission::default());
}

#[test]
fn a_refused_field_says_whether_it_was_to_be_created_or_updated() {
    let schema = schema();
    let mut facts = without(&schema, "Account", Some("Revenue"));
    facts.fields.push(("Account".to_owned(), "Revenue".to_owned(), FieldPermission::READ));
    let who = identity(&schema, &[facts], None);
    for (verb, word) in [(WriteVerb::Create, "Unable to create fields"), (WriteVerb::Edit, "Unable to update fields")] {
        let asked = request(&schema, "Account", verb, &["Revenue"]);
        let refused = authorize_write(&who, asked).expect_err("it may only be read");
        assert!(refused.message().contains(word), "{refused}");
    }
}
