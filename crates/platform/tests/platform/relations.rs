//! A lookup becomes a master, and back, while records stand on it.

use crate::world::{World, on_both_stores};
use model::schema::{AccessDefault, GrantLevel};
use model::schema::{FieldDef, ObjectDef, RollUp, RollUpFunction, RuleSource, SharingRule};
use model::{ErrorCode, FieldType, RecordId, Value};
use platform::provision::{self, ObjectGrant};
use store::Backed as _;

fn lookup() -> FieldDef {
    FieldDef::lookup("Site__c", "Site", "Site__c").children("Parts")
}

fn master() -> FieldDef {
    FieldDef::master("Site__c", "Site", "Site__c").children("Parts")
}

/// Sites of the rep's, and parts of the peer's at them, one of which the peer shares with the manager.
fn sites(world: &World) -> (RecordId, RecordId) {
    let name = || FieldDef::text("Name", "Name", 80);
    let site = ObjectDef::new("Site__c", "Site", "Sites", "a00").field(name());
    let part = ObjectDef::new("Part__c", "Part", "Parts", "a00").field(name()).field(lookup());
    world.ctx(world.admin).objects_create(vec![site, part]).expect("objects");
    let set = provision::profile_set(&world.service(), "Standard User").expect("a set");
    let grant = ObjectGrant { create: true, edit: true, delete: true, ..ObjectGrant::default() };
    let grants = ["Site__c", "Part__c"].map(|object| (object.to_owned(), grant));
    provision::grant(&world.service(), set, &grants).expect("permissions");
    let site = world.create(world.rep, "Site__c", &[("Name", "North".into())]);
    let share = [("ParentId", site.into()), ("UserOrGroupId", world.peer.into()), ("AccessLevel", "Read".into())];
    world.create(world.rep, "Site__Share", &share);
    let part = world.create(world.peer, "Part__c", &[("Name", "Bolt".into()), ("Site__c", site.into())]);
    (site, part)
}

fn change(world: &World, to: FieldDef) -> model::Result<()> {
    world.ctx(world.admin).field_change("Part__c", "Site__c", to)
}

const PARTS: &str = "SELECT Name FROM Part__c ORDER BY Name";

#[test]
fn a_lookup_becomes_a_master_when_every_record_has_one() {
    on_both_stores(|world| {
        let (site, part) = sites(world);
        let share = [("ParentId", part.into()), ("UserOrGroupId", world.chief.into()), ("AccessLevel", "Edit".into())];
        world.create(world.peer, "Part__Share", &share);
        let rule = SharingRule::new("All", RuleSource::Owner(world.peer), world.rep, GrantLevel::Read);
        world.ctx(world.admin).sharing_rule_put("Part__c", rule).expect("a rule");
        let lost = world.create(world.peer, "Part__c", &[("Name", "Nut".into())]);
        let gone = world.create(world.peer, "Part__c", &[("Name", "Pin".into())]);
        world.ctx(world.peer).record_delete("Part__c", gone).expect("deleted");
        let refused = change(world, master()).expect_err("two have no site");
        assert!(refused.message().contains("2 records have no Site"), "{refused}");
        assert_eq!(world.column(world.peer, PARTS), ["Bolt", "Nut"], "nothing changed");
        world.update(world.peer, "Part__c", lost, &[("Site__c", site.into())]).expect("given one");
        world.ctx(world.peer).record_undelete("Part__c", gone).expect("back");
        world.update(world.peer, "Part__c", gone, &[("Site__c", site.into())]).expect("given one");
        assert_eq!(world.column(world.chief, PARTS), ["Bolt", "Nut", "Pin"], "above the owner");
        change(world, master()).expect("a master");

        let ctx = world.ctx(world.admin);
        assert!(ctx.object("Part__c").expect("known").owner_field.is_none());
        assert!(ctx.object("Part__Share").is_err(), "details have no shares");
        // The peer reads the site and so the parts, and may change neither; the rep owns the site and with it all.
        let edit = |user| world.update(user, "Part__c", part, &[("Name", "Bolt 2".into())]);
        assert_eq!(edit(world.peer).expect_err("read only").code(), ErrorCode::InsufficientAccessOrReadonly);
        edit(world.rep).expect("with the site");
        let none = world.try_create(world.rep, "Part__c", &[("Name", "X".into())]).expect_err("a master is needed");
        assert_eq!(none.code(), ErrorCode::RequiredFieldMissing);
        let count = RollUp {
            function: RollUpFunction::Count,
            child: "Part__c".to_owned(),
            master: "Site__c".to_owned(),
            field: None,
            filter: Vec::new(),
            returns: Box::new(FieldType::Number { precision: 18, scale: 0 }),
        };
        ctx.fields_create("Site__c", vec![FieldDef::roll_up("Parts__c", "Parts", count)]).expect("a roll-up");
        assert_eq!(world.column(world.admin, "SELECT Parts__c FROM Site__c"), ["3"]);
        world.ctx(world.rep).record_delete("Site__c", site).expect("deleted");
        assert_eq!(world.column(world.admin, PARTS), Vec::<String>::new(), "details go with their master");
        world.ctx(world.rep).record_undelete("Site__c", site).expect("back");
        let standing = change(world, lookup()).expect_err("a roll-up stands on it");
        assert!(standing.message().contains("Site__c.Parts__c"), "{standing}");
    });
}

#[test]
fn a_master_becomes_a_lookup_and_its_records_belong_to_the_masters_owner() {
    on_both_stores(|world| {
        let (site, part) = sites(world);
        let share = [("ParentId", part.into()), ("UserOrGroupId", world.chief.into()), ("AccessLevel", "Edit".into())];
        world.create(world.peer, "Part__Share", &share);
        change(world, master()).expect("a master");
        let other = world.create(world.rep, "Part__c", &[("Name", "Nut".into()), ("Site__c", site.into())]);
        change(world, lookup()).expect("a lookup");
        let owners = "SELECT OwnerId FROM Part__c ORDER BY Name";
        assert_eq!(world.column(world.admin, owners), [world.rep.to_string(), world.rep.to_string()]);
        assert_eq!(world.column(world.peer, PARTS), ["Bolt", "Nut"], "open to all who may use the object");
        world.ctx(world.admin).access_default_set("Part__c", AccessDefault::Private).expect("private");
        assert_eq!(world.column(world.peer, PARTS), Vec::<String>::new());
        assert_eq!(
            world.column(world.admin, "SELECT Id FROM Part__Share WHERE RowCause = 'Manual'"),
            Vec::<String>::new(),
            "what was shared by hand before does not come back"
        );
        let share = [("ParentId", part.into()), ("UserOrGroupId", world.peer.into()), ("AccessLevel", "Read".into())];
        world.create(world.rep, "Part__Share", &share);
        assert_eq!(world.column(world.peer, PARTS), ["Bolt"]);
        world.update(world.rep, "Part__c", other, &[("Site__c", Value::Null)]).expect("it needs none");
        world.ctx(world.rep).record_delete("Site__c", site).expect("deleted");
        assert_eq!(world.column(world.rep, PARTS), ["Bolt", "Nut"]);
        // And once more, also after what was deleted has gone for good.
        let site = world.create(world.rep, "Site__c", &[("Name", "South".into())]);
        for id in [part, other] {
            world.update(world.rep, "Part__c", id, &[("Site__c", site.into())]).expect("given one");
        }
        change(world, master()).expect("a master again");
        world.clock.advance(16 * 24 * 3_600_000);
        world.org.metadata_purge().expect("gone for good");
        assert_eq!(world.column(world.rep, PARTS), ["Bolt", "Nut"]);
        change(world, lookup()).expect("a lookup again");
        assert_eq!(world.column(world.admin, owners), [world.rep.to_string(), world.rep.to_string()]);
        assert!(world.ctx(world.admin).object("Part__Share").is_ok());
    });
}

#[test]
fn what_cannot_be_a_master_is_refused_in_words() {
    on_both_stores(|world| {
        sites(world);
        let admin = || world.ctx(world.admin);
        let refusal = |object: &str, to: FieldDef| {
            let name = to.name.clone();
            admin().field_change(object, &name, to).expect_err("refused").message().to_owned()
        };
        change(world, master()).expect("a master");
        admin()
            .fields_create("Site__c", vec![FieldDef::lookup("Part__c", "Part", "Part__c").children("Sites")])
            .expect("a lookup");
        let ring = refusal("Site__c", FieldDef::master("Part__c", "Part", "Part__c").children("Sites"));
        assert!(ring.contains("itself a detail"), "{ring}");
        admin()
            .fields_create("Part__c", vec![FieldDef::lookup("Keeper__c", "Keeper", "User").children("Kept")])
            .expect("a lookup");
        let user = refusal("Part__c", FieldDef::master("Keeper__c", "Keeper", "User").children("Kept"));
        assert!(user.contains("decides about no other records"), "{user}");
        admin()
            .fields_create("Contact", vec![FieldDef::lookup("Site__c", "Site", "Site__c").children("People")])
            .expect("a lookup");
        let standard = refusal("Contact", FieldDef::master("Site__c", "Site", "Site__c").children("People"));
        assert!(standard.contains("only custom objects"), "{standard}");
        let renamed = FieldDef::lookup("Place__c", "Place", "Site__c").children("Parts");
        let both = admin().field_change("Part__c", "Site__c", renamed).expect_err("one after the other");
        assert!(both.message().contains("one after the other"), "{both}");
        // Whoever began before the turn and ends after it is told to try again.
        change(world, lookup()).expect("a lookup");
        let before = world.ctx(world.admin);
        let object = before.object("Part__c").expect("known");
        let draft = platform::RecordDraft::new().set(object, "Name", "Late").expect("a field");
        let site = world.create(world.admin, "Site__c", &[("Name", "West".into())]);
        let draft = draft.set(object, "Site__c", site).expect("a field");
        let rows = "SELECT Id FROM Part__c WHERE Site__c = null";
        for id in world.column(world.admin, rows) {
            world.ctx(world.admin).record_delete("Part__c", RecordId::parse(&id).expect("an id")).expect("deleted");
        }
        change(world, master()).expect("a master");
        assert_eq!(before.record_create("Part__c", draft).expect_err("late").code(), ErrorCode::UnableToLockRow);
        let log = world.org.store().read(|tx| tx.audit_rows(None, 50)).expect("the log");
        assert!(log.iter().any(|row| row.action == "field_change"));
    });
}
