//! Lists of choices that fields share, changed while people work, and picklists that depend on other fields.

use crate::world::{World, draft, on_both_stores};
use model::schema::{
    FieldDef, FieldType, ObjectDef, PicklistValue, RollUp, RollUpFilter, RollUpFunction, RollUpOperator, Sealing,
    ValueSet,
};
use model::{ErrorCode, RecordId, Value};
use platform::NewRecordType;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use store::{Backed as _, ResealOutcome};

fn colors(values: &[&str]) -> ValueSet {
    ValueSet {
        name: "Colors".to_owned(),
        label: "Colours".to_owned(),
        description: String::new(),
        values: values.iter().map(|value| PicklistValue::plain(value)).collect(),
    }
}

fn several(name: &str) -> FieldDef {
    FieldDef::new(name, name, FieldType::MultiPicklist { values: Vec::new(), restricted: true })
}

/// A colour on accounts, several on parts, both from one list.
fn world_of_colors(world: &World) {
    let admin = world.ctx(world.admin);
    admin.value_set_create(colors(&["Red", "Green", "Blue"])).expect("a list");
    let color = FieldDef::picklist("Color__c", "Colour", &[]).restricted().value_set("colors");
    admin.fields_create("Account", vec![color]).expect("a field");
    let part = ObjectDef::new("Part__c", "Part", "Parts", "a00")
        .field(FieldDef::text("Name", "Name", 80))
        .field(several("Colors__c").value_set("Colors"));
    world.ctx(world.admin).objects_create(vec![part]).expect("an object");
}

fn account(world: &World, color: &str) -> model::Result<RecordId> {
    world.try_create(world.rep, "Account", &[("Name", color.into()), ("Color__c", color.into())])
}

fn offered(world: &World, object: &str, field: &str) -> Vec<(String, bool)> {
    let schema = world.org.schema();
    let field = schema.find_object(object).and_then(|object| object.find_field(field)).expect("the field");
    field.data_type().picklist_values().iter().map(|value| (value.label.clone(), value.active)).collect()
}

fn refusal(outcome: model::Result<impl std::fmt::Debug>) -> (ErrorCode, String) {
    let error = outcome.expect_err("refused");
    (error.code(), error.message().to_owned())
}

#[test]
fn a_change_of_a_list_reaches_every_field_that_offers_it() {
    on_both_stores(|world| {
        world_of_colors(world);
        assert_eq!(refusal(account(world, "Pink")).0, ErrorCode::InvalidOrNullForRestrictedPicklist);
        let red = account(world, "Red").expect("offered");
        let ctx = world.ctx(world.admin);
        let mut to = colors(&["Pink", "Blue", "Green", "Red"]);
        to.values[1].label = "Azure".to_owned();
        to.values[3].active = false;
        ctx.value_set_change("COLORS", to.clone()).expect("added, labelled, put in order, no longer offered");
        let state = [("Pink", true), ("Azure", true), ("Green", true), ("Red", false)];
        let state: Vec<_> = state.map(|(label, active)| (label.to_owned(), active)).into();
        assert_eq!(offered(world, "Account", "Color__c"), state);
        assert_eq!(offered(world, "Part__c", "Colors__c"), state);
        account(world, "Pink").expect("offered now");
        assert_eq!(refusal(account(world, "Red")).0, ErrorCode::InvalidOrNullForRestrictedPicklist);
        // Records keep what is no longer offered, and can be changed beside it.
        world.update(world.rep, "Account", red, &[("Phone", "1".into())]).expect("another field");
        assert_eq!(world.column(world.rep, "SELECT Name FROM Account WHERE Color__c = 'Red'"), ["Red"]);
        // The order of a list is its own.
        let sorted = world.column(world.rep, "SELECT Name FROM Account ORDER BY Color__c");
        assert_eq!(sorted, ["Pink", "Red"]);
        let parts = |colors: &str| world.try_create(world.admin, "Part__c", &[("Colors__c", colors.into())]);
        assert_eq!(refusal(parts("Pink;Red")).0, ErrorCode::InvalidOrNullForRestrictedPicklist);
        parts("pink;BLUE").expect("offered");
        assert_eq!(world.column(world.admin, "SELECT Colors__c FROM Part__c"), ["Pink;Blue"]);
    });
}

#[test]
fn a_value_that_records_hold_is_not_taken_out_of_its_list() {
    on_both_stores(|world| {
        world_of_colors(world);
        let red = account(world, "Red").expect("offered");
        let ctx = world.ctx(world.admin);
        let (_, message) = refusal(ctx.value_set_change("Colors", colors(&["Green", "Blue"])));
        assert!(
            message.contains("1 records of Account hold it in Color__c") && message.contains(&red.to_string()),
            "{message}"
        );
        assert_eq!(offered(world, "Part__c", "Colors__c").len(), 3, "nothing changed");
        ctx.value_set_change("Colors", colors(&["Red", "Green"])).expect("nobody holds it");
        assert_eq!(offered(world, "Part__c", "Colors__c").len(), 2);
        let (_, message) = refusal(ctx.value_set_delete("Colors"));
        assert!(message.contains("Account.Color__c offers it"), "{message}");
    });
}

#[test]
fn a_list_is_sound_and_changed_by_those_who_customize() {
    on_both_stores(|world| {
        let ctx = world.ctx(world.admin);
        for (values, why) in [
            (&["Red", "red"][..], "stands in the list twice"),
            (&["a;b"][..], "no semicolon"),
            (&[][..], "1 to 1000 values"),
        ] {
            let (_, message) = refusal(ctx.value_set_create(colors(values)));
            assert!(message.contains(why), "{message}");
        }
        ctx.value_set_create(colors(&["Red"])).expect("a list");
        assert_eq!(refusal(ctx.value_set_create(colors(&["Red"]))).0, ErrorCode::DuplicateValue);
        let field = FieldDef::picklist("X__c", "X", &[]).value_set("Shapes");
        assert!(refusal(ctx.fields_create("Account", vec![field])).1.contains("there is no value set Shapes"));
        let field = FieldDef::int("X__c", "X").value_set("Colors");
        assert!(refusal(ctx.fields_create("Account", vec![field])).1.contains("only a picklist"));
        let rep = world.ctx(world.rep);
        assert_eq!(refusal(rep.value_set_create(colors(&["Red"]))).0, ErrorCode::InsufficientAccessOrReadonly);
        assert_eq!(refusal(rep.value_sets()).0, ErrorCode::InsufficientAccessOrReadonly);
        ctx.value_set_delete("Colors").expect("no field offers it");
        assert!(ctx.value_sets().expect("a list").is_empty());
    });
}

#[test]
fn a_replaced_value_is_gone_from_records_types_and_dependencies() {
    on_both_stores(|world| {
        world_of_colors(world);
        let red = account(world, "Red").expect("offered");
        account(world, "Green").expect("offered");
        world.create(world.admin, "Part__c", &[("Colors__c", "Red;Green".into())]);
        let binned = account(world, "Red").expect("offered");
        world.ctx(world.rep).record_delete("Account", binned).expect("a delete");
        let ctx = world.ctx(world.admin);
        let tone =
            FieldDef::picklist("Tone__c", "Tone", &["Dark"]).restricted().depends_on("Color__c", &[("Dark", &["Red"])]);
        ctx.fields_create("Account", vec![tone]).expect("a field");
        let new = NewRecordType {
            developer_name: "Warm".to_owned(),
            label: "Warm".to_owned(),
            description: String::new(),
            active: true,
        };
        let warm = world.ctx(world.admin).record_type_create("Account", new).expect("a record type");
        world.ctx(world.admin).record_type_choices_put(warm, "Color__c", &["Red"], Some("Red")).expect("choices");
        let stamp = |id| world.column(world.admin, &format!("SELECT SystemModstamp FROM Account WHERE Id = '{id}'"));
        let before = stamp(red);
        world.clock.advance(1000);
        assert_eq!(world.ctx(world.admin).value_set_replace("Colors", "red", "Blue").expect("a replacement"), 3);
        assert_ne!(stamp(red), before, "replication sees it");
        assert_eq!(world.column(world.rep, "SELECT Color__c FROM Account ORDER BY Name"), ["Green", "Blue"]);
        assert_eq!(world.column(world.admin, "SELECT Colors__c FROM Part__c"), ["Blue;Green"]);
        world.ctx(world.rep).record_undelete("Account", binned).expect("back");
        assert_eq!(world.column(world.rep, "SELECT Id FROM Account WHERE Color__c = 'Blue'").len(), 2);
        assert_eq!(refusal(account(world, "Red")).0, ErrorCode::InvalidOrNullForRestrictedPicklist);
        let typed = world.create(world.admin, "Account", &[("Name", "typed".into()), ("RecordTypeId", warm.into())]);
        assert_eq!(world.column(world.admin, &format!("SELECT Color__c FROM Account WHERE Id = '{typed}'")), ["Blue"]);
        world.update(world.admin, "Account", typed, &[("Tone__c", "Dark".into())]).expect("it goes with blue now");
    });
}

#[test]
fn a_replacement_stands_in_the_log_of_every_record_and_in_the_history_of_tracked_fields() {
    on_both_stores(|world| {
        let admin = world.ctx(world.admin);
        admin.value_set_create(colors(&["Red", "Green", "Blue"])).expect("a list");
        let picklist = |name: &str| FieldDef::picklist(name, name, &[]).value_set("Colors");
        let fields = vec![picklist("Color__c").tracked(), picklist("Quiet__c")];
        admin.fields_create("Account", fields).expect("fields");
        let make = |color: &str, quiet: &str| {
            let values = [("Name", "A".into()), ("Color__c", color.into()), ("Quiet__c", quiet.into())];
            world.create(world.rep, "Account", &values)
        };
        let (both, one, none) = (make("Red", "Red"), make("Green", "Red"), make("Green", "Blue"));
        let log = |id: RecordId| -> Vec<(String, String, String)> {
            let rows = world.org.store().read(|tx| tx.audit_rows(Some(id), 10)).expect("rows");
            let updates = rows.into_iter().filter(|row| row.action == "record_update");
            updates.map(|row| (row.actor, row.object, row.detail)).collect()
        };
        assert_eq!(world.ctx(world.admin).value_set_replace("Colors", "Red", "Blue").expect("a replacement"), 2);
        let told = |field: &str| {
            (world.admin.to_string(), "Account".to_owned(), format!("{{\"{field}\":[\"Red\",\"Blue\"]}}"))
        };
        let mut of_both = log(both);
        of_both.sort();
        assert_eq!(of_both, [told("Color__c"), told("Quiet__c")]);
        assert_eq!(log(one), [told("Quiet__c")]);
        assert_eq!(log(none), []);
        let history = |id: RecordId| -> Vec<(String, String, String, String)> {
            let rows = world.org.store().read(|tx| tx.history_of(id, 10)).expect("rows");
            rows.into_iter().map(|row| (row.field, row.old_value, row.new_value, row.actor)).collect()
        };
        let text = |value: &str| value.to_owned();
        assert_eq!(history(both), [(text("Color__c"), text("Red"), text("Blue"), world.admin.to_string())]);
        assert_eq!(history(one), [], "the field is not tracked");
        let seen = "SELECT NewValue FROM AccountHistory WHERE Field = 'Color__c'";
        assert_eq!(world.column(world.rep, seen), ["Blue"], "and it is seen where histories are");
        // What whole lists of records are told by: one row for each field, with how many.
        let rows = world.org.store().read(|tx| tx.audit_rows(None, 20)).expect("rows");
        let summary: Vec<&str> =
            rows.iter().filter(|row| row.action == "field_value_replace").map(|row| row.detail.as_str()).collect();
        let expected = ["Quiet__c\",\"Red\",\"Blue\",\"2", "Color__c\",\"Red\",\"Blue\",\"1"];
        assert_eq!(summary, expected.map(|middle| format!("{{\"fields\":[\"{middle}\"]}}")));
    });
}

#[test]
fn a_value_is_not_replaced_where_an_encrypted_field_may_hold_it() {
    on_both_stores(|world| {
        world_of_colors(world);
        account(world, "Red").expect("offered");
        world.ctx(world.admin).field_seal("Account", "Color__c", Sealing::Probabilistic).expect("an order");
        while world.org.store().reseal(30).expect("a batch") == ResealOutcome::Moved {}
        let (code, message) = refusal(world.ctx(world.admin).value_set_replace("Colors", "Red", "Blue"));
        assert_eq!(code, ErrorCode::FieldIntegrityException);
        assert!(message.starts_with("Account.Color__c: it is encrypted"), "{message}");
        assert_eq!(world.column(world.rep, "SELECT Color__c FROM Account"), ["Red"]);
        assert_eq!(offered(world, "Account", "Color__c").len(), 3, "the list is as it was");
    });
}

#[test]
fn a_replacement_counts_in_roll_ups_and_spares_those_that_ask_for_the_value() {
    on_both_stores(|world| {
        world_of_colors(world);
        let admin = world.ctx(world.admin);
        let line = ObjectDef::new("Line__c", "Line", "Lines", "a00")
            .detail_of("Part__c")
            .field(FieldDef::text("Name", "Name", 80))
            .field(FieldDef::master("Part__c", "Part", "Part__c").children("Lines__r"))
            .field(FieldDef::picklist("Color__c", "Colour", &[]).value_set("Colors"));
        admin.objects_create(vec![line]).expect("an object");
        let count = |name: &str, color: &str| {
            let filter = RollUpFilter {
                field: "Color__c".to_owned(),
                operator: RollUpOperator::Equals,
                value: color.to_owned(),
            };
            let roll_up = RollUp {
                function: RollUpFunction::Count,
                child: "Line__c".to_owned(),
                master: "Part__c".to_owned(),
                field: None,
                filter: vec![filter],
                returns: Box::new(FieldType::Number { precision: 18, scale: 0 }),
            };
            FieldDef::roll_up(name, name, roll_up)
        };
        let fields = vec![count("Blues__c", "Blue"), count("Greens__c", "Green")];
        world.ctx(world.admin).fields_create("Part__c", fields).expect("roll-ups");
        let part = world.create(world.admin, "Part__c", &[("Name", "P".into())]);
        for color in ["Red", "Blue"] {
            world.create(world.admin, "Line__c", &[("Part__c", part.into()), ("Color__c", color.into())]);
        }
        let ctx = world.ctx(world.admin);
        let (_, message) = refusal(ctx.value_set_replace("Colors", "Green", "Blue"));
        assert!(message.contains("Part__c.Greens__c asks for this value"), "{message}");
        ctx.value_set_replace("Colors", "Red", "Blue").expect("a replacement");
        assert_eq!(world.column(world.admin, "SELECT Blues__c FROM Part__c"), ["2"]);
    });
}

#[test]
fn a_value_replaced_under_load_is_in_no_record_afterwards_and_no_row_is_lost() {
    on_both_stores(|world| {
        world_of_colors(world);
        let (done, saved) = (AtomicBool::new(false), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| {
                    // The snapshot of before is kept on purpose: what it judged must not slip in behind the change.
                    let stale = world.ctx(world.rep);
                    let mut rounds = 0;
                    while !done.load(Ordering::SeqCst) || rounds < 5 {
                        rounds += 1;
                        for ctx in [stale.clone(), world.ctx(world.rep)] {
                            let values = [("Name", "load".into()), ("Color__c", "Red".into())];
                            match ctx.record_create("Account", draft(&ctx, "Account", None, &values)) {
                                Ok(_) => drop(saved.fetch_add(1, Ordering::SeqCst)),
                                Err(error) => assert!(
                                    matches!(
                                        error.code(),
                                        ErrorCode::UnableToLockRow | ErrorCode::InvalidOrNullForRestrictedPicklist
                                    ),
                                    "{error}"
                                ),
                            }
                        }
                    }
                });
            }
            while saved.load(Ordering::SeqCst) < 10 {
                std::thread::yield_now();
            }
            let outcome = world.ctx(world.admin).value_set_replace("Colors", "Red", "Green");
            done.store(true, Ordering::SeqCst);
            outcome.expect("a replacement");
        });
        let count = |color: &str| {
            world.column(world.admin, &format!("SELECT Id FROM Account WHERE Color__c = '{color}'")).len()
        };
        assert_eq!((count("Red"), count("Green")), (0, saved.load(Ordering::SeqCst)));
    });
}

#[test]
fn a_dependent_picklist_takes_what_goes_with_its_controlling_field() {
    on_both_stores(|world| {
        let size = FieldDef::picklist("Size__c", "Size", &["S", "M", "L"]).restricted().default_value("S");
        let fields = vec![
            FieldDef::picklist("Kind__c", "Kind", &["Nut", "Bolt"]),
            size.depends_on("Kind__c", &[("S", &["Nut"]), ("M", &["Nut", "Bolt"])]),
            FieldDef::boolean("Spare__c", "Spare", false),
            FieldDef::picklist("Shelf__c", "Shelf", &["A"]).restricted().depends_on("Spare__c", &[("A", &["true"])]),
        ];
        world.ctx(world.admin).fields_create("Account", fields).expect("fields");
        let make = |values: &[(&str, Value)]| {
            let mut all = vec![("Name", "A".into())];
            all.extend_from_slice(values);
            world.try_create(world.rep, "Account", &all)
        };
        let size = |id: RecordId| world.column(world.rep, &format!("SELECT Size__c FROM Account WHERE Id = '{id}'"));
        assert_eq!(size(make(&[]).expect("a record")), [""], "the default goes with no kind");
        let nut = make(&[("Kind__c", "Nut".into())]).expect("a record");
        assert_eq!(size(nut), ["S"]);
        let (code, message) = refusal(make(&[("Kind__c", "Bolt".into()), ("Size__c", "S".into())]));
        assert_eq!(code, ErrorCode::InvalidOrNullForRestrictedPicklist);
        assert_eq!(message, "Size: bad value for restricted picklist field: S (it does not go with Kind Bolt)");
        assert!(refusal(make(&[("Size__c", "M".into())])).1.contains("go with Kind blank"));
        // Neither end leaves the other behind.
        let to_bolt = [("Kind__c", "Bolt".into())];
        assert_eq!(
            refusal(world.update(world.rep, "Account", nut, &to_bolt)).0,
            ErrorCode::InvalidOrNullForRestrictedPicklist
        );
        let both = [("Kind__c", "Bolt".into()), ("Size__c", "M".into())];
        world.update(world.rep, "Account", nut, &both).expect("both together");
        assert_eq!(size(nut), ["M"]);
        assert!(refusal(make(&[("Shelf__c", "A".into())])).1.contains("go with Spare false"));
        make(&[("Shelf__c", "A".into()), ("Spare__c", true.into())]).expect("a spare on its shelf");
        // The controlling field is held; a choice that goes takes its place in the dependency with it.
        let ctx = world.ctx(world.admin);
        assert!(refusal(ctx.field_delete("Account", "Kind__c")).1.contains("Account.Size__c"));
        let renamed = FieldDef::picklist("Sort__c", "Sort", &["Nut", "Bolt"]);
        ctx.field_change("Account", "Kind__c", renamed).expect("a rename");
        assert!(refusal(make(&[("Sort__c", "Bolt".into()), ("Size__c", "S".into())])).1.contains("go with Sort Bolt"));
    });
}
