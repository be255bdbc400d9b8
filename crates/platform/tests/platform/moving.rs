//! An org goes from one store to the other and back: nothing is lost, nobody writes meanwhile, and whatever cuts the
//! move off, the org is whole in one place.

use crate::world::{World, open};
use model::schema::{FieldDef, ObjectDef};
use model::{Date, Error, ErrorCode, Instant, RecordId, Value};
use platform::{MoveStep, OrgBackend, QueryOptions};
use store::{AuditVerdict, Backed as _, NewOutboxItem};

/// Records of every kind of value, custom metadata, history, deleted rows, mail that waits.
pub(crate) fn enrich(world: &World) -> RecordId {
    let admin = world.ctx(world.admin);
    let tour = ObjectDef::new("Tour__c", "Tour", "Tours", "a00").fields([
        FieldDef::text("Name", "Name", 80).required(),
        FieldDef::number("Height__c", "Height", 18, 4),
        FieldDef::boolean("Open__c", "Open", true),
        FieldDef::date("Day__c", "Day"),
        FieldDef::date_time("At__c", "At"),
        FieldDef::text_area("Notes__c", "Notes", 4000),
        FieldDef::lookup("Account__c", "Account", "Account"),
        FieldDef::auto_number("Number__c", "Number", "T-{0000}"),
        FieldDef::location("Start__c", "Start", 5),
    ]);
    admin.objects_create(vec![tour]).expect("an object");
    let account = world.create(world.rep, "Account", &[("Name", "Zoë & Søn „Ä“".into()), ("Phone", "+49".into())]);
    for at in 0..40_i64 {
        let name = format!("Tour {at} \u{1F3D4} 'quoted' \"twice\"");
        world.create(
            world.admin,
            "Tour__c",
            &[
                ("Name", name.into()),
                ("Height__c", Value::Number(model::Decimal::new(at * 12_345 - 7, 4))),
                ("Open__c", (at % 2 == 0).into()),
                ("Day__c", Value::Date(Date::from_days(i32::try_from(at * 400 - 3000).expect("small")))),
                ("At__c", Value::DateTime(Instant::from_ms(at * 86_400_123))),
                ("Notes__c", if at % 3 == 0 { Value::Null } else { "line\nline\ttab".into() }),
                ("Account__c", account.into()),
                ("Start__Latitude__s", Value::Number(model::Decimal::new(at * 123_456 - 900_000, 5))),
                ("Start__Longitude__s", Value::Number(model::Decimal::new(at * -312_345, 5))),
            ],
        );
    }
    world.update(world.rep, "Account", account, &[("Name", "Renamed".into())]).expect("a change");
    let gone = world.create(world.rep, "Account", &[("Name", "Gone".into())]);
    world.ctx(world.rep).record_delete("Account", gone).expect("a delete");
    let mail = NewOutboxItem {
        kind: "mail".to_owned(),
        due: Instant::from_ms(4_000_000_000_000),
        reference: Some(account),
        summary: "{}".to_owned(),
        payload: vec![0, 1, 2, 255, 254, 0],
    };
    world.org.store().write(|tx| tx.outbox_put(&mail)).expect("mail");
    account
}

/// What people see, by several doors.
pub(crate) fn picture(world: &World) -> Vec<String> {
    let mut seen = Vec::new();
    let (_, rows) = world
        .ctx(world.admin)
        .query_all_rows(
            "SELECT Name, Height__c, Open__c, Day__c, At__c, Notes__c, Account__r.Name, Number__c, Start__c FROM Tour__c \
             ORDER BY Name",
            QueryOptions::default(),
        )
        .expect("rows");
    seen.extend(rows.iter().map(|row| format!("{row:?}")));
    seen.extend(world.column(world.admin, "SELECT Name FROM Account ORDER BY Name"));
    seen.extend(world.column(world.admin, "SELECT Username FROM User ORDER BY Username"));
    seen.push(format!("{:?}", world.org.store().read(|tx| tx.outbox_list(10)).expect("mail")));
    seen
}

pub(crate) fn chain_rows(world: &World) -> u64 {
    match world.org.store().read(|tx| tx.audit_verify()).expect("a walk") {
        AuditVerdict::Whole { rows } => rows,
        broken => panic!("{broken:?}"),
    }
}

fn moved(world: World, to: OrgBackend) -> World {
    let mut steps = Vec::new();
    world
        .platform
        .org_move(world.org.id(), to, &mut |step| {
            steps.push(step);
            Ok(())
        })
        .expect("a move");
    assert_eq!(steps.first(), Some(&MoveStep::Begun));
    assert_eq!(steps.last(), Some(&MoveStep::Removed));
    assert_eq!(world.platform.org_list().expect("a list")[0].backend, to);
    world.again()
}

fn file_of(world: &World) -> std::path::PathBuf {
    world.data_dir.join("orgs").join(world.org.id().to_string()).join("org.db")
}

#[test]
fn an_org_goes_to_a_file_and_back_and_nothing_tells_the_difference() {
    let world = World::postgres();
    let account = enrich(&world);
    let (before, chain) = (picture(&world), chain_rows(&world));

    let world = moved(world, OrgBackend::Embedded);
    assert_eq!(picture(&world), before);
    assert_eq!(chain_rows(&world), chain + 1, "the chain goes on with the move itself");
    assert_eq!(world.schemas(), 0, "nothing is left behind in the server");
    world.update(world.rep, "Account", account, &[("Phone", "1".into())]).expect("work goes on");
    world.create(world.admin, "Tour__c", &[("Name", "After".into())]);
    let numbers = world.column(world.admin, "SELECT Number__c FROM Tour__c WHERE Name = 'After'");
    assert_eq!(numbers, ["T-0041"], "numbers go on where they were");

    let before = picture(&world);
    let world = moved(world, OrgBackend::Postgres);
    assert_eq!(picture(&world), before);
    assert!(!file_of(&world).exists());
    world.update(world.rep, "Account", account, &[("Phone", "2".into())]).expect("work goes on");
    let world = world.reopened(Vec::new());
    assert!(chain_rows(&world) > chain + 2);
    let error = world.platform.org_move(world.org.id(), OrgBackend::Postgres, &mut |_| Ok(())).expect_err("refused");
    assert!(error.message().contains("lives in PostgreSQL already"), "{error}");
}

#[test]
fn while_an_org_moves_people_read_and_are_told_to_save_later() {
    let world = World::postgres();
    let account = world.create(world.rep, "Account", &[("Name", "Kept".into())]);
    let (held, mut tried) = (world.org.clone(), 0);
    world
        .platform
        .org_move(world.org.id(), OrgBackend::Embedded, &mut |step| {
            if !matches!(step, MoveStep::Switched | MoveStep::Removed) {
                tried += 1;
                assert_eq!(world.column(world.rep, "SELECT Name FROM Account"), ["Kept"]);
                let error = world.update(world.rep, "Account", account, &[("Name", "Lost".into())]).expect_err("later");
                assert_eq!(error.code(), ErrorCode::ServerUnavailable);
                assert!(error.message().contains("being moved to another store"), "{error}");
            }
            Ok(())
        })
        .expect("a move");
    assert!(tried > 3);
    let error = held.store().read(|tx| tx.setting("org")).expect_err("the old place is closed");
    assert!(error.message().contains("moved to another store. Try again"), "{error}");
    let world = world.again();
    world.update(world.rep, "Account", account, &[("Name", "Saved".into())]).expect("work goes on");
}

/// Cuts the move off after the n-th step; returns whether it got that far.
fn cut_off(world: &World, to: OrgBackend, after: usize) -> bool {
    let mut steps = 0;
    let outcome = world.platform.org_move(world.org.id(), to, &mut |_| {
        steps += 1;
        if steps > after { Err(Error::internal("cut off")) } else { Ok(()) }
    });
    outcome.is_err()
}

#[test]
fn a_move_that_fails_at_any_step_leaves_the_org_whole_in_one_place() {
    let mut world = World::postgres();
    enrich(&world);
    let before = picture(&world);
    let mut after = 0;
    let mut places = std::collections::HashSet::new();
    loop {
        let to = world.platform.org_list().expect("a list")[0].backend.other();
        if !cut_off(&world, to, after) {
            break;
        }
        let lives = world.platform.org_list().expect("a list")[0].backend;
        places.insert(lives == to);
        world = world.again();
        assert_eq!(picture(&world), before, "cut off after step {after}");
        chain_rows(&world);
        world.create(world.rep, "Contact", &[("LastName", format!("After {after}").into())]);
        assert_eq!(file_of(&world).exists(), lives == OrgBackend::Embedded);
        assert_eq!(world.schemas(), usize::from(lives == OrgBackend::Postgres));
        // Most steps are tables, of which every tenth will do.
        after += if (2..40).contains(&after) { 10 } else { 1 };
    }
    assert_eq!(places.len(), 2, "both before and behind the switch");
}

#[test]
fn without_a_server_nothing_begins() {
    let world = World::embedded();
    let error = world.platform.org_move(world.org.id(), OrgBackend::Postgres, &mut |_| Ok(())).expect_err("refused");
    assert!(error.message().contains("no address is configured"), "{error}");
    world.create(world.rep, "Account", &[("Name", "Kept".into())]);
    let (config, clock, _dir) = world.close();
    open(config, clock, None).expect("a platform");
}
