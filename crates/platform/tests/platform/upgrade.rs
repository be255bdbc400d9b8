//! An org made by an older version of the program, opened by a newer one.

use crate::world::{World, on_each_store};
use model::schema::{FieldDef, ObjectDef, PicklistValue};
use model::{FieldType, Value};
use platform::{App, QueryOptions};
use std::sync::Arc;
use store::Backed as _;

/// An app whose package is what the test says.
struct Package(Vec<ObjectDef>);

impl App for Package {
    fn name(&self) -> &'static str {
        "tours"
    }

    fn label(&self) -> &'static str {
        "Tours"
    }

    fn objects(&self) -> Vec<ObjectDef> {
        self.0.clone()
    }
}

fn package(objects: &[ObjectDef]) -> Vec<Arc<dyn App>> {
    vec![Arc::new(Package(objects.to_vec()))]
}

fn tour(states: &[&str]) -> ObjectDef {
    let values = states.iter().map(|state| PicklistValue::plain(state)).collect();
    ObjectDef::new("Tour", "Tour", "Tours", "0T0")
        .package("tours")
        .field(FieldDef::text("Name", "Name", 80).required())
        .field(FieldDef::new("State", "State", FieldType::Picklist { values, restricted: true }))
}

fn stop() -> ObjectDef {
    ObjectDef::new("TourStop", "Stop", "Stops", "0T1")
        .package("tours")
        .field(FieldDef::text("Name", "Name", 80).required())
        .field(FieldDef::lookup("TourId", "Tour", "Tour").children("Stops"))
}

fn metadata_upgrades(world: &World) -> Vec<String> {
    let rows = world.org.store().read(|tx| tx.audit_rows(None, 500)).expect("the log");
    rows.into_iter().filter(|row| row.action == "metadata_upgrade").map(|row| row.detail).collect()
}

#[test]
fn objects_fields_and_choices_of_a_newer_version_arrive_and_nothing_of_the_org_is_lost() {
    on_each_store(|world| {
        let world = world.reopened(package(&[tour(&["Planned", "Done"])]));
        let admin = world.ctx(world.admin);
        let own = FieldDef::text("Guide__c", "Guide", 40);
        admin.fields_create("Tour", vec![own]).expect("a field of the org's own");
        let kept = world.create(
            world.rep,
            "Tour",
            &[("Name", "Alps".into()), ("State", "Planned".into()), ("Guide__c", "Ada".into())],
        );

        let grown = tour(&["Planned", "Under way", "Done"])
            .field(FieldDef::currency("Price", "Price"))
            .field(FieldDef::boolean("IsOpen", "Open", true))
            .field(FieldDef::text("Code", "Code", 20).external_id());
        let world = world.reopened(package(&[grown.clone(), stop()]));

        let row = world.column(world.rep, "SELECT Guide__c FROM Tour WHERE Price = null AND IsOpen = true");
        assert_eq!(row, ["Ada"], "records that are there got the default of the new box");
        world
            .update(
                world.rep,
                "Tour",
                kept,
                &[("State", "Under way".into()), ("Price", Value::Int(90)), ("Code", "A1".into())],
            )
            .expect("the new choice and the new fields");
        world.create(world.rep, "TourStop", &[("Name", "Hut".into()), ("TourId", kept.into())]);
        let rows = world.column(world.rep, "SELECT Name FROM TourStop WHERE Tour.Price = 90 AND Tour.Code = 'a1'");
        assert_eq!(rows, ["Hut"], "a standard user works with the new object at once");
        let peer = world.column(world.peer, "SELECT Name FROM TourStop");
        assert!(peer.is_empty(), "and its records are as private as it says");
        assert_eq!(metadata_upgrades(&world).len(), 2);
        assert!(metadata_upgrades(&world)[0].contains("TourStop"));

        let version = world.org.schema().version();
        let world = world.reopened(package(&[grown, stop()]));
        assert_eq!(world.org.schema().version(), version, "nothing to do, nothing done");
        assert_eq!(metadata_upgrades(&world).len(), 2);
    });
}

#[test]
fn what_the_org_changed_of_an_object_is_the_orgs() {
    on_each_store(|world| {
        let world = world.reopened(package(&[tour(&["Planned"])]));
        world
            .org
            .store()
            .write_metadata(|tx| tx.object_redeclare("Tour", |def| "Journey".clone_into(&mut def.label)))
            .expect("another label");
        let mut newer = tour(&["Planned", "Done"]);
        newer.label = "Trip".to_owned();
        newer.label_plural = "Trips".to_owned();
        let world = world.reopened(package(&[newer]));
        let schema = world.org.schema();
        let object = schema.find_object("Tour").expect("the object");
        assert_eq!((object.label(), object.def.label_plural.as_str()), ("Journey", "Trips"));
        assert_eq!(object.find_field("State").expect("the field").data_type().picklist_values().len(), 2);
    });
}

#[test]
fn a_version_under_which_a_column_would_mean_something_else_is_refused_and_changes_nothing() {
    on_each_store(|world| {
        let with_price = |field: FieldDef| package(&[tour(&["Planned"]).field(field)]);
        let currency = || with_price(FieldDef::currency("Price", "Price"));
        let world = world.reopened(currency());
        world.create(world.rep, "Tour", &[("Name", "Alps".into()), ("Price", Value::Int(90))]);
        let (errors, world) = world.opened_by(vec![with_price(FieldDef::date("Price", "Price"))], currency());
        assert!(errors[0].message().contains("Tour.Price: currency cannot become date"), "{}", errors[0]);
        assert_eq!(world.column(world.rep, "SELECT Price FROM Tour"), ["90"]);
    });
}

#[test]
fn an_upgrade_cut_off_before_its_permissions_goes_on_where_it_was() {
    on_each_store(|world| {
        let world = world.reopened(package(&[tour(&["Planned"]), stop()]));
        let service = world.service();
        let (_, rows) = service
            .query_all_rows("SELECT Id FROM FieldPermissions WHERE SobjectType = 'TourStop'", QueryOptions::default())
            .expect("rows");
        assert_eq!(rows.len(), 4);
        let drafts = rows.iter().map(|row| row.id).collect::<Vec<_>>();
        for id in drafts {
            world.ctx(world.admin).record_delete("FieldPermissions", id).expect("a delete");
        }
        let pending = "[\"TourStop\"]";
        world.org.store().write(|tx| tx.setting_put("shipped_ungranted", pending)).expect("as after a crash");
        let world = world.reopened(package(&[tour(&["Planned"]), stop()]));
        world.create(world.rep, "TourStop", &[("Name", "Hut".into())]);
    });
}

#[test]
fn an_org_of_an_older_version_gets_what_lead_statuses_mean_and_the_lists_of_its_objects() {
    on_each_store(|world| {
        let site = ObjectDef::new("Site__c", "Site", "Sites", "a00").field(FieldDef::text("Name", "Name", 80));
        world.ctx(world.admin).objects_create(vec![site]).expect("an object of its own");
        // As before there were any.
        for object in ["LeadStatus", "ListView"] {
            for id in world.column(world.admin, &format!("SELECT Id FROM {object}")) {
                let id = model::RecordId::parse(&id).expect("an id");
                world.ctx(world.admin).record_delete(object, id).expect("a delete");
            }
        }
        let pending = "[\"LeadStatus\", \"ListView\"]";
        world.org.store().write(|tx| tx.setting_put("shipped_ungranted", pending)).expect("new to this org");
        let world = world.reopened(package(&[tour(&["Planned"])]));
        let converted = "SELECT MasterLabel FROM LeadStatus WHERE IsConverted = true";
        assert_eq!(world.column(world.rep, converted), ["Closed - Converted"]);
        for object in ["Account", "Site__c", "Tour"] {
            assert_eq!(world.ctx(world.admin).list_views(object).expect("lists").len(), 3, "{object}");
        }
        let again = world.reopened(package(&[tour(&["Planned", "Done"])]));
        assert_eq!(again.ctx(again.admin).list_views("Tour").expect("lists").len(), 3, "once is enough");
    });
}
