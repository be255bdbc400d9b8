//! Activities below the records that they are about: what is done, and what is open.

use crate::world::{World, on_both_stores, user};
use model::{Date, Instant, RecordId, Value};
use platform::{QueryOptions, provision};

/// The start of these tests' clock, moved by so many hours.
fn hours(world: &World, by: i64) -> Instant {
    world.org.now().plus_ms(by * 3_600_000)
}

fn task(world: &World, owner: RecordId, subject: &str, status: &str, about: &[(&str, Value)]) -> RecordId {
    let mut values = vec![("Subject", subject.into()), ("Status", status.into())];
    values.extend_from_slice(about);
    world.create(owner, "Task", &values)
}

fn event(world: &World, owner: RecordId, subject: &str, start: Instant, about: &[(&str, Value)]) -> RecordId {
    let mut values = vec![
        ("Subject", subject.into()),
        ("StartDateTime", start.into()),
        ("DurationInMinutes", 30.into()),
        ("Location", "Bergen".into()),
    ];
    values.extend_from_slice(about);
    world.create(owner, "Event", &values)
}

/// A deal of the rep's.
fn deal(world: &World, account: RecordId) -> RecordId {
    let close = Value::Date(Date::parse("2027-01-31").expect("a date"));
    let values = [
        ("Name", "Deal".into()),
        ("StageName", "Prospecting".into()),
        ("AccountId", account.into()),
        ("CloseDate", close),
    ];
    world.create(world.rep, "Opportunity", &values)
}

/// The lists of a query below its first record, each row as its cells.
fn lists(world: &World, asker: RecordId, soql: &str) -> Vec<Vec<String>> {
    let options = QueryOptions::default();
    let (_, rows) = world.ctx(asker).query_all_rows(soql, options).unwrap_or_else(|error| panic!("{soql}: {error}"));
    let lists = rows[0].cells.iter().filter_map(|cell| match cell {
        store::Cell::Children(children) => Some(children),
        _ => None,
    });
    let shown =
        |row: &store::RecordRow| row.cells.iter().map(|cell| cell.value().to_plain()).collect::<Vec<_>>().join("|");
    lists.map(|list| list.iter().map(shown).collect()).collect()
}

#[test]
fn what_is_done_and_what_is_open_stand_below_the_account_its_contacts_and_its_deals() {
    on_both_stores(|world| {
        let rep = world.rep;
        let account = world.create(rep, "Account", &[("Name", "Acme".into())]);
        let contact = world.create(rep, "Contact", &[("LastName", "Ode".into()), ("AccountId", account.into())]);
        let deal = deal(world, account);
        task(
            world,
            rep,
            "Wrote",
            "Completed",
            &[("WhatId", account.into()), ("ActivityDate", Value::Date(Date::parse("2026-11-02").expect("a date")))],
        );
        task(world, rep, "Will write", "Not Started", &[("WhatId", deal.into())]);
        event(world, rep, "Met", hours(world, -48), &[("WhoId", contact.into())]);
        event(world, rep, "Will meet", hours(world, 48), &[("WhatId", deal.into())]);

        let history = "(SELECT Subject, IsTask, IsClosed, Status, Location, ActivitySubtype FROM ActivityHistories \
                       ORDER BY Subject)";
        let open = "(SELECT Subject, IsTask, IsClosed, Status FROM OpenActivities ORDER BY Subject)";
        let of = |object: &str, id: RecordId| {
            lists(world, rep, &format!("SELECT Name, {history}, {open} FROM {object} WHERE Id = '{id}'"))
        };
        let met = "Met|false|true||Bergen|Event";
        let (meet, write) = ("Will meet|false|false|", "Will write|true|false|Not Started");
        assert_eq!(of("Account", account), [vec![met, "Wrote|true|true|Completed||Task"], vec![meet, write]]);
        assert_eq!(of("Contact", contact), [vec![met], vec![]]);
        assert_eq!(of("Opportunity", deal), [vec![], vec![meet, write]]);

        // Time passes: what was planned has been.
        world.clock.advance(4 * 86_400_000);
        assert_eq!(of("Opportunity", deal)[0], ["Will meet|false|true||Bergen|Event"]);
        let narrowed = "SELECT (SELECT Subject FROM ActivityHistories WHERE IsTask = false ORDER BY ActivityDate DESC, \
                        LastModifiedDate DESC LIMIT 1) FROM Account";
        assert_eq!(lists(world, rep, narrowed), [["Will meet"]]);
        let upwards = "SELECT (SELECT Owner.Name, What.Name FROM OpenActivities) FROM Opportunity";
        assert_eq!(lists(world, rep, upwards), [["rep|Deal"]]);
    });
}

#[test]
fn an_activity_belongs_to_the_account_of_what_or_whom_it_is_about_and_follows_it() {
    on_both_stores(|world| {
        let rep = world.rep;
        let make = |name: &str| world.create(rep, "Account", &[("Name", name.into())]);
        let (first, second) = (make("First"), make("Second"));
        let contact = world.create(rep, "Contact", &[("LastName", "Ode".into()), ("AccountId", first.into())]);
        let campaign = world.create(world.manager, "Campaign", &[("Name", "Fair".into())]);
        let deal = deal(world, first);
        let of = |id| world.column(rep, &format!("SELECT Account.Name FROM Task WHERE Id = '{id}'")).join("");
        let by_deal = task(world, rep, "Deal", "Not Started", &[("WhatId", deal.into()), ("WhoId", contact.into())]);
        let by_contact = task(world, rep, "Contact", "Not Started", &[("WhoId", contact.into())]);
        let about = [("WhatId", campaign.into()), ("WhoId", contact.into())];
        let by_campaign = task(world, rep, "Campaign", "Not Started", &about);
        let alone = task(world, rep, "Alone", "Not Started", &[]);
        assert_eq!([by_deal, by_contact, by_campaign, alone].map(of), ["First", "First", "First", ""]);

        world.update(rep, "Opportunity", deal, &[("AccountId", second.into())]).expect("another account");
        assert_eq!([by_deal, by_contact].map(of), ["Second", "First"]);
        world.update(rep, "Contact", contact, &[("AccountId", second.into())]).expect("another account");
        world.update(rep, "Opportunity", deal, &[("AccountId", first.into())]).expect("back");
        assert_eq!([by_deal, by_contact, by_campaign].map(of), ["First", "Second", "Second"]);
        world.update(rep, "Task", alone, &[("WhatId", second.into())]).expect("an update");
        world.update(rep, "Task", by_contact, &[("WhoId", Value::Null)]).expect("an update");
        assert_eq!([alone, by_contact].map(of), ["Second", ""]);
    });
}

#[test]
fn each_activity_is_listed_for_whoever_may_see_it_and_field_by_field() {
    on_both_stores(|world| {
        let account = world.create(world.rep, "Account", &[("Name", "Acme".into())]);
        let deal = deal(world, account);
        task(world, world.rep, "Of the account", "Completed", &[("WhatId", account.into())]);
        task(world, world.rep, "Of the deal", "Completed", &[("WhatId", deal.into())]);
        event(world, world.rep, "Meeting", hours(world, -48), &[("WhatId", account.into())]);
        let share = [
            ("AccountId", account.into()),
            ("UserOrGroupId", world.peer.into()),
            ("AccountAccessLevel", "Read".into()),
            ("OpportunityAccessLevel", "None".into()),
        ];
        world.create(world.rep, "AccountShare", &share);
        let below = "SELECT (SELECT Subject FROM ActivityHistories ORDER BY Subject) FROM Account";
        assert_eq!(lists(world, world.chief, below), [["Meeting", "Of the account", "Of the deal"]]);
        assert_eq!(lists(world, world.peer, below), [["Meeting", "Of the account"]], "the deal is not theirs");

        let partly = |objects: &[&str], fields: &[(&str, &str)]| narrow(world, objects, fields);
        let both = partly(&["Task", "Event"], &[("Task", "AccountId"), ("Event", "AccountId"), ("Event", "Location")]);
        let text = "SELECT (SELECT Subject, Status, Location FROM ActivityHistories ORDER BY IsTask) FROM Account";
        let shown =
            lists(world, both, "SELECT (SELECT Subject, Location FROM ActivityHistories ORDER BY IsTask) FROM Account");
        assert_eq!(shown[0][0], "Meeting|Bergen");
        // Status is required of a task, and whoever reads tasks reads it.
        assert_eq!(lists(world, both, text)[0].len(), 3);
        let tasks_only = partly(&["Task"], &[("Task", "AccountId")]);
        assert_eq!(lists(world, tasks_only, below), [["Of the account", "Of the deal"]]);
        let error = world.error(tasks_only, "SELECT (SELECT Location FROM ActivityHistories) FROM Account");
        assert!(error.contains("No such column 'Location'"), "{error}");
        let without_link = partly(&["Event"], &[]);
        let error = world.error(without_link, below);
        assert!(error.contains("ActivityHistories"), "{error}");
        let neither = partly(&[], &[]);
        assert!(world.error(neither, below).contains("ActivityHistories"));
    });
}

/// A user who sees all accounts, and of the given objects everything with the given fields.
fn narrow(world: &World, objects: &[&str], fields: &[(&str, &str)]) -> RecordId {
    let service = world.service();
    let name = format!("n{}", world.column(world.admin, "SELECT Id FROM User").len());
    let profile = provision::insert(&service, "Profile", &[("Name", name.as_str().into())]).expect("a profile");
    let set = [
        ("Name", name.as_str().into()),
        ("Label", name.as_str().into()),
        ("Type", "Profile".into()),
        ("IsOwnedByProfile", true.into()),
        ("ProfileId", profile.into()),
    ];
    let set = provision::insert(&service, "PermissionSet", &set).expect("a permission set");
    for object in objects.iter().chain(&["Account"]) {
        let grant = [
            ("ParentId", set.into()),
            ("SobjectType", (*object).into()),
            ("PermissionsRead", true.into()),
            ("PermissionsViewAllRecords", true.into()),
        ];
        provision::insert(&service, "ObjectPermissions", &grant).expect("a grant");
    }
    for (object, field) in fields {
        let grant = [
            ("ParentId", set.into()),
            ("SobjectType", (*object).into()),
            ("Field", format!("{object}.{field}").into()),
            ("PermissionsRead", true.into()),
        ];
        provision::insert(&service, "FieldPermissions", &grant).expect("a grant");
    }
    user(&service, &name, profile, None)
}

#[test]
fn they_are_lists_below_other_records_and_nothing_else() {
    on_both_stores(|world| {
        for text in [
            "SELECT Id FROM ActivityHistory",
            "SELECT COUNT() FROM OpenActivity",
            "SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM ActivityHistory)",
        ] {
            let error = world.ctx(world.admin).query(text, QueryOptions::default()).expect_err(text);
            assert_eq!(error.code(), model::ErrorCode::InvalidType, "{text}: {error}");
        }
        let refused = world.try_create(world.admin, "ActivityHistory", &[("Subject", "x".into())]);
        assert!(refused.is_err(), "nothing is written to them");
        let options = QueryOptions::default();
        let found = world.ctx(world.admin).search("FIND {met} RETURNING ActivityHistory(Id)", options);
        assert!(found.is_err(), "nor are they searched");
    });
}
