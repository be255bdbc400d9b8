//! Sealing fields that have records, rotating their keys, and destroying keys: while people work, and cut off at every
//! point where it can be cut off.

use crate::cut_off::cut_off;
use crate::sealed::places_with;
use crate::world::{World, on_both_stores};
use model::schema::{FieldDef, Sealing};
use model::{ErrorCode, RecordId, Value};
use platform::QueryOptions;
use store::{Backed as _, Purpose, ResealOutcome, ResealStage};

const TOKEN: Sealing = Sealing::Token { case_sensitive: false };

fn add(world: &World, name: &str, values: &[(&str, Value)]) -> RecordId {
    let all: Vec<(&str, Value)> = [("Name", Value::from(name))].into_iter().chain(values.iter().cloned()).collect();
    world.create(world.admin, "Account", &all)
}

/// Accounts `n0`… with the numbers `CANARY-0`…, and a field for the salary.
fn people(world: &World, count: usize, sealed: Sealing) {
    let unique = FieldDef::text("Ssn__c", "Number", 40).external_id().unique().tracked().sealed(sealed);
    let closed = if sealed.is_sealed() { Sealing::Probabilistic } else { Sealing::None };
    let fields = vec![
        unique,
        FieldDef::text("Group__c", "Group", 40).sealed(sealed),
        FieldDef::currency("Salary__c", "Salary").sealed(closed),
    ];
    world.ctx(world.admin).fields_create("Account", fields).expect("fields");
    for n in 0..count {
        let group = if n % 2 == 0 { "even" } else { "odd" };
        let values = [
            ("Ssn__c", Value::from(format!("CANARY-{n}").as_str())),
            ("Group__c", group.into()),
            ("Salary__c", Value::Number((1000 + n as i64).into())),
        ];
        add(world, &format!("n{n}"), &values);
    }
}

fn finish(world: &World) {
    while world.org.store().reseal(64).expect("a batch") == ResealOutcome::Moved {}
    world.org.forget_permissions();
}

/// Every way to ask for the values of [`people`] gives what was written.
fn check(world: &World, count: usize) {
    let numbers = world.column(world.admin, "SELECT Ssn__c FROM Account ORDER BY Name");
    let mut expected: Vec<String> = (0..count).map(|n| format!("CANARY-{n}")).collect();
    expected.sort_by_key(|number| number.replace("CANARY-", "n"));
    assert_eq!(numbers, expected);
    let last = count - 1;
    assert_eq!(
        world.column(world.admin, &format!("SELECT Salary__c FROM Account WHERE Ssn__c = 'canary-{last}'")),
        [(1000 + last).to_string()]
    );
    let groups = world
        .ctx(world.admin)
        .query("SELECT Group__c, COUNT(Id) FROM Account GROUP BY Group__c", QueryOptions::default())
        .expect("groups");
    let mut groups: Vec<(String, String)> =
        groups.groups().iter().map(|group| (group[0].to_plain(), group[1].to_plain())).collect();
    groups.sort();
    let expected = [("even".to_owned(), count.div_ceil(2).to_string()), ("odd".to_owned(), (count / 2).to_string())];
    assert_eq!(groups, expected);
    let distinct = world.ctx(world.admin).query("SELECT COUNT_DISTINCT(Ssn__c) FROM Account", QueryOptions::default());
    assert_eq!(distinct.expect("a count").groups()[0][0].to_plain(), count.to_string());
    let twice = world.try_create(world.admin, "Account", &[("Name", "x".into()), ("Ssn__c", "canary-0".into())]);
    assert_eq!(twice.expect_err("held").code(), ErrorCode::DuplicateValue);
}

#[test]
fn a_field_with_records_is_sealed_and_unsealed_while_people_work() {
    on_both_stores(|world| {
        people(world, 60, Sealing::None);
        let changed = world.column(world.admin, "SELECT Id FROM Account WHERE Name = 'n7'")[0].clone();
        let changed = RecordId::parse(&changed).expect("an id");
        for value in ["CANARY-x", "CANARY-7"] {
            world.update(world.admin, "Account", changed, &[("Ssn__c", value.into())]).expect("a change");
        }
        let ctx = world.ctx(world.admin);
        for field in ["Ssn__c", "Group__c"] {
            ctx.field_seal("Account", field, TOKEN).expect("an order");
        }
        world.ctx(world.admin).field_seal("Account", "Salary__c", Sealing::Probabilistic).expect("an order");
        let again = world.ctx(world.admin).field_seal("Account", "Ssn__c", Sealing::Probabilistic).expect_err("busy");
        assert!(again.message().contains("its values are being rewritten"), "{again}");
        // Between the batches everything works, and what is written meanwhile is not lost.
        let mut batches = 0;
        while world.org.store().reseal(30).expect("a batch") == ResealOutcome::Moved {
            check(world, 60 + batches);
            let number = format!("CANARY-{}", 60 + batches);
            let group = if batches % 2 == 0 { "even" } else { "odd" };
            let values = [
                ("Ssn__c", number.as_str().into()),
                ("Group__c", group.into()),
                ("Salary__c", Value::Number((1060 + batches as i64).into())),
            ];
            add(world, &format!("n{}", 60 + batches), &values);
            batches += 1;
        }
        assert!(batches > 8, "{batches} batches");
        let count = 60 + batches;
        check(world, count);
        assert!(world.org.sealing_progress().expect("progress").is_empty());
        let schema = world.org.schema();
        let account = schema.find_object("Account").expect("an object");
        for (name, sealed) in [("Ssn__c", TOKEN), ("Group__c", TOKEN), ("Salary__c", Sealing::Probabilistic)] {
            assert_eq!(account.find_field(name).expect("a field").sealing(), sealed);
        }
        assert!(world.error(world.admin, "SELECT Id FROM Account WHERE Ssn__c LIKE 'C%'").contains("is encrypted"));
        let history = world.ctx(world.admin).record_history(changed, 10).expect("history");
        assert_eq!(history[0].old_value, "CANARY-x");
        // What the audit log said before is all that is left in plain: its chain does not let it be rewritten.
        let left: Vec<String> = places_with(world, "CANARY").into_iter().filter(|place| place != "hf_audit").collect();
        assert_eq!(left, Vec::<String>::new());
        for field in ["Ssn__c", "Group__c", "Salary__c"] {
            world.ctx(world.admin).field_seal("Account", field, Sealing::None).expect("an order");
            finish(world);
            check(world, count);
        }
        assert_eq!(world.column(world.admin, "SELECT Id FROM Account WHERE Ssn__c LIKE 'CANARY%'").len(), count);
    });
}

#[test]
fn tokens_can_be_added_and_dropped_alone() {
    on_both_stores(|world| {
        let field = FieldDef::text("Code__c", "Code", 40).sealed(Sealing::Probabilistic);
        world.ctx(world.admin).fields_create("Account", vec![field]).expect("a field");
        for code in ["a", "A", "b"] {
            add(world, code, &[("Code__c", code.into())]);
        }
        let find = "SELECT Name FROM Account WHERE Code__c = 'a' ORDER BY Id";
        assert!(world.error(world.admin, find).contains("does not support the operator ="));
        world.ctx(world.admin).field_seal("Account", "Code__c", TOKEN).expect("an order");
        finish(world);
        assert_eq!(world.column(world.admin, find), ["a", "A"]);
        world.ctx(world.admin).field_seal("Account", "Code__c", Sealing::Probabilistic).expect("at once");
        finish(world);
        assert!(world.error(world.admin, find).contains("does not support the operator ="));
        world
            .ctx(world.admin)
            .field_seal("Account", "Code__c", Sealing::Token { case_sensitive: true })
            .expect("an order");
        finish(world);
        assert_eq!(world.column(world.admin, find), ["a"]);
        assert_eq!(world.column(world.admin, "SELECT Code__c FROM Account ORDER BY Name"), ["a", "A", "b"]);
    });
}

fn rewrite(world: &World) -> model::Result<()> {
    while world.org.store().reseal(6)? == ResealOutcome::Moved {}
    world.org.forget_permissions();
    Ok(())
}

#[test]
fn field_and_token_keys_rotate_and_can_be_cut_off_anywhere() {
    for world in [World::embedded(), World::postgres()] {
        people(&world, 11, TOKEN);
        let id = world.org.id();
        let (points, _) = cut_off(
            world,
            |world| {
                for purpose in [Purpose::Field, Purpose::Token] {
                    world.platform.key_rotate(id, purpose)?;
                }
                rewrite(world)
            },
            |world| check(world, 11),
        );
        assert!(points >= 20, "{points} points");
    }
}

#[test]
fn sealing_a_field_can_be_cut_off_anywhere() {
    for world in [World::embedded(), World::postgres()] {
        people(&world, 11, Sealing::None);
        let (points, _) = cut_off(
            world,
            |world| {
                let sealed = |field: &str| {
                    let schema = world.org.schema();
                    let account = schema.find_object("Account").and_then(|account| account.find_field(field));
                    account.is_some_and(model::FieldSchema::is_sealed)
                };
                rewrite(world)?;
                let goal = if sealed("Ssn__c") { Sealing::None } else { TOKEN };
                for field in ["Ssn__c", "Group__c"] {
                    world.ctx(world.admin).field_seal("Account", field, goal)?;
                    rewrite(world)?;
                }
                Ok(())
            },
            |world| check(world, 11),
        );
        assert!(points >= 20, "{points} points");
    }
}

#[test]
fn old_key_versions_are_destroyed_when_nothing_stands_under_them() {
    on_both_stores(|world| {
        people(world, 20, TOKEN);
        let id = world.org.id();
        let uses = |purpose: Purpose| -> Vec<(u32, Option<u64>)> {
            let overview = world.platform.key_list(id).expect("a list");
            let of_purpose = overview.keys.iter().filter(|key| key.key.purpose == purpose);
            of_purpose.map(|key| (key.key.version, key.uses)).collect()
        };
        assert_eq!(uses(Purpose::Field), [(1, Some(60))]);
        assert_eq!(uses(Purpose::Token), [(1, Some(40))]);
        let newest = world.key_destroy(Purpose::Field, 1, true).expect_err("in use");
        assert!(newest.message().contains("is in use: rotate it first"), "{newest}");
        for purpose in [Purpose::Field, Purpose::Token] {
            assert_eq!(world.platform.key_rotate(id, purpose).expect("a version"), 2);
        }
        let early = world.key_destroy(Purpose::Field, 1, false).expect_err("in use");
        assert!(early.message().starts_with("60 values still stand under field key 1."), "{early}");
        let progress = |world: &World| world.org.sealing_progress().expect("progress");
        assert_eq!(world.org.store().reseal(10).expect("a batch"), ResealOutcome::Moved);
        let first = &progress(world)[0];
        assert_eq!((first.done, first.total, first.stage), (10, 20, ResealStage::Records));
        finish(world);
        assert_eq!(uses(Purpose::Field), [(1, Some(0)), (2, Some(60))]);
        assert_eq!(uses(Purpose::Token), [(1, Some(0)), (2, Some(40))]);
        for purpose in [Purpose::Field, Purpose::Token] {
            world.key_destroy(purpose, 1, false).expect("destroyed");
        }
        check(world, 20);
        let rows = world.org.store().read(|tx| tx.audit_rows(None, 10)).expect("rows");
        assert_eq!(rows[0].action, "key_destroy");
        assert_eq!(
            rows[0].detail,
            "{\"request\":2,\"key\":\"token\",\"version\":1,\"lose_values\":false,\
             \"requested_by\":\"admin@test.example\",\"confirmed_by\":\"second@test.example\"}"
        );
    });
}

#[test]
fn values_of_a_destroyed_key_read_as_question_marks_or_nothing_and_nothing_breaks() {
    on_both_stores(|world| {
        people(world, 4, TOKEN);
        let id = world.org.id();
        world.platform.key_rotate(id, Purpose::Field).expect("a version");
        let newer = add(world, "newer", &[("Ssn__c", "NEW".into()), ("Salary__c", Value::Number(5.into()))]);
        world.key_destroy(Purpose::Field, 1, true).expect("destroyed");
        let column = |soql: &str| world.column(world.admin, soql);
        assert_eq!(column("SELECT Ssn__c FROM Account ORDER BY Name"), ["?????", "?????", "?????", "?????", "NEW"]);
        assert_eq!(column("SELECT Salary__c FROM Account ORDER BY Name"), ["", "", "", "", "5"]);
        // A hit that cannot be opened is no hit.
        assert!(column("SELECT Id FROM Account WHERE Ssn__c = 'CANARY-1'").is_empty());
        assert_eq!(column("SELECT Name FROM Account WHERE Ssn__c = 'new'"), ["newer"]);
        // The lost value can be written again, and the record changed besides.
        let lost = RecordId::parse(&column("SELECT Id FROM Account WHERE Name = 'n0'")[0]).expect("an id");
        world.update(world.admin, "Account", lost, &[("Name", "renamed".into())]).expect("a change");
        world.update(world.admin, "Account", lost, &[("Ssn__c", "again".into())]).expect("a change");
        assert_eq!(column("SELECT Name FROM Account WHERE Ssn__c = 'AGAIN'"), ["renamed"]);
        finish(world);
        world.ctx(world.admin).record_delete("Account", newer).expect("deleted");
        // Tokens of a destroyed key find nothing, in words.
        world.platform.key_rotate(id, Purpose::Token).expect("a version");
        world.key_destroy(Purpose::Token, 1, true).expect("destroyed");
        let words = world.error(world.admin, "SELECT Id FROM Account WHERE Ssn__c = 'x'");
        assert_eq!(
            words,
            "INVALID_FIELD: Values of Ssn__c cannot be found any more: the key of their tokens was destroyed."
        );
        finish(world);
        assert_eq!(column("SELECT Name FROM Account WHERE Ssn__c = 'AGAIN'"), ["renamed"]);
    });
}

#[test]
fn a_value_moved_to_another_record_is_an_error_where_it_is_read_and_nowhere_else() {
    let world = World::postgres();
    people(&world, 3, TOKEN);
    let database = world.database.as_ref().expect("a database");
    let schema = database
        .psql("SELECT table_schema FROM information_schema.tables WHERE table_name = 'Account'")
        .expect("a schema");
    let column =
        |name: &str| world.column(world.admin, &format!("SELECT Salary__c FROM Account WHERE Name = '{name}'"));
    // Ciphertext and token of one person are put in the place of another's.
    database
        .psql(&format!(
            "UPDATE \"{schema}\".\"Account\" AS a SET \"s$Ssn__c\" = b.\"s$Ssn__c\", \"t1$Ssn__c\" = NULL \
             FROM \"{schema}\".\"Account\" AS b WHERE a.\"Name\" = 'n0' AND b.\"Name\" = 'n1'"
        ))
        .expect("a theft");
    assert_eq!(column("n0"), ["1000"]);
    let error = world.error(world.admin, "SELECT Ssn__c FROM Account WHERE Name = 'n0'");
    assert!(error.contains("The encrypted value of Ssn__c on record 001"), "{error}");
    assert!(error.contains("does not open: it was altered, or moved here"), "{error}");
    assert_eq!(world.column(world.admin, "SELECT Ssn__c FROM Account WHERE Name = 'n1'"), ["CANARY-1"]);
    // A token alone shows no record that does not have the value.
    database
        .psql(&format!(
            "UPDATE \"{schema}\".\"Account\" AS a SET \"t1$Group__c\" = b.\"t1$Group__c\" \
             FROM \"{schema}\".\"Account\" AS b WHERE a.\"Name\" = 'n1' AND b.\"Name\" = 'n0'"
        ))
        .expect("a forgery");
    assert_eq!(
        world.column(world.admin, "SELECT Name FROM Account WHERE Group__c = 'even' ORDER BY Name"),
        ["n0", "n2"]
    );
    assert_eq!(world.column(world.admin, "SELECT Name FROM Account WHERE Group__c != 'even'"), ["n1"]);
    // A ciphertext of another field.
    database
        .psql(&format!("UPDATE \"{schema}\".\"Account\" SET \"s$Ssn__c\" = \"s$Group__c\" WHERE \"Name\" = 'n2'"))
        .expect("a mix");
    assert!(world.error(world.admin, "SELECT Ssn__c FROM Account WHERE Name = 'n2'").contains("does not open"));
}
