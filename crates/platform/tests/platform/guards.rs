//! Ways to lose, leak or bend something, and that they are closed.

use crate::world::{World, draft, on_both_stores};
use model::{Date, Decimal, ErrorCode, Instant, RecordId, Value};
use platform::{QueryOptions, RecordDraft, SaveOptions, provision};
use store::{AuditVerdict, Backed as _};

fn close_date() -> Value {
    Value::Date(Date::parse("2026-12-15").expect("a date"))
}

fn deal(world: &World, name: &str) -> RecordId {
    let values = [("Name", name.into()), ("StageName", "Prospecting".into()), ("CloseDate", close_date())];
    world.create(world.rep, "Opportunity", &values)
}

#[test]
fn writers_side_by_side_lose_nothing_and_keep_the_chain_whole() {
    on_both_stores(|world| {
        std::thread::scope(|scope| {
            for thread in 0..4 {
                scope.spawn(move || {
                    for n in 0..15 {
                        world.create(world.rep, "Account", &[("Name", format!("{thread}/{n}").into())]);
                    }
                });
            }
        });
        let count =
            world.ctx(world.rep).query("SELECT COUNT() FROM Account", QueryOptions::default()).expect("a count");
        assert_eq!(count.total, 60);
        let store = world.org.store();
        let verdict = store.read(|tx| tx.audit_verify()).expect("a verdict");
        assert!(matches!(verdict, AuditVerdict::Whole { .. }), "{verdict:?}");
    });
}

#[test]
fn a_field_one_may_not_read_shows_not_even_its_type() {
    let world = World::embedded();
    let service = world.service();
    let read_only = provision::by_name(&service, "Profile", "Read Only").expect("a profile");
    let set = provision::profile_set(&service, "Read Only").expect("a set");
    let fields = format!("SELECT Id FROM FieldPermissions WHERE ParentId = '{set}' AND SobjectType = 'Account'");
    let (_, rows) = service.query_all_rows(&fields, QueryOptions::default()).expect("rows");
    world.ctx(world.admin).record_delete("FieldPermissions", rows[0].id).expect("a delete");
    world.update(world.admin, "User", world.peer, &[("ProfileId", read_only.into())]).expect("an update");
    let ctx = world.ctx(world.peer);
    let object = ctx.object("Account").expect("the object");
    let refused = |name: &str| {
        let mut body = serde_json::Map::new();
        body.insert(name.to_owned(), "no number".into());
        RecordDraft::from_json(&ctx, object, &body).expect_err("refused").to_string()
    };
    assert_eq!(refused("AnnualRevenue").replace("AnnualRevenue", "Missing__c"), refused("Missing__c"));
}

#[test]
fn the_same_record_twice_in_a_batch_is_refused_and_no_change_is_lost() {
    on_both_stores(|world| {
        let id = deal(world, "Deal");
        let ctx = world.ctx(world.rep);
        let row = |stage: &str| draft(&ctx, "Opportunity", Some(id), &[("StageName", stage.into())]);
        let rows = vec![row("Closed Won"), row("Prospecting")];
        let results = ctx.records_update("Opportunity", rows, SaveOptions::default()).expect("results");
        assert!(results[0].is_success());
        assert_eq!(results[1].errors[0].code, ErrorCode::DuplicateValue);
        assert_eq!(world.column(world.rep, "SELECT StageName FROM Opportunity"), ["Closed Won"]);
    });
}

#[test]
fn a_detail_does_not_come_back_without_its_master() {
    on_both_stores(|world| {
        let id = deal(world, "Deal");
        let contact = world.create(world.rep, "Contact", &[("LastName", "Ode".into())]);
        let role = [("OpportunityId", id.into()), ("ContactId", contact.into()), ("Role", "Decision Maker".into())];
        let role = world.create(world.rep, "OpportunityContactRole", &role);
        let ctx = world.ctx(world.rep);
        ctx.record_delete("Opportunity", id).expect("a delete");
        let error = ctx.record_undelete("OpportunityContactRole", role).expect_err("its master is deleted");
        assert_eq!(error.code(), ErrorCode::InvalidCrossReferenceKey);
        ctx.record_undelete("Opportunity", id).expect("an undelete");
        assert_eq!(world.column(world.rep, "SELECT Id FROM OpportunityContactRole"), [role.to_string()]);
    });
}

#[test]
fn a_total_that_was_given_stays_to_the_cent() {
    let world = World::embedded();
    let id = deal(&world, "Deal");
    let product = world.create(world.admin, "Product2", &[("Name", "P".into()), ("IsActive", true.into())]);
    let book = provision::by_name(&world.service(), "Pricebook2", "Standard Price Book").expect("a book");
    let price = Value::Number(Decimal::from(40));
    let entry = [
        ("Pricebook2Id", book.into()),
        ("Product2Id", product.into()),
        ("UnitPrice", price),
        ("IsActive", true.into()),
    ];
    let entry = world.create(world.admin, "PricebookEntry", &entry);
    let line = [
        ("OpportunityId", id.into()),
        ("PricebookEntryId", entry.into()),
        ("Quantity", Value::Number(Decimal::from(3))),
        ("TotalPrice", Value::Number(Decimal::from(100))),
    ];
    let line = world.create(world.rep, "OpportunityLineItem", &line);
    world.update(world.rep, "OpportunityLineItem", line, &[("Description", "x".into())]).expect("an update");
    assert_eq!(world.column(world.rep, "SELECT TotalPrice FROM OpportunityLineItem"), ["100"]);
    assert_eq!(world.column(world.rep, "SELECT Amount FROM Opportunity"), ["100"]);
}

#[test]
fn an_event_moves_with_its_length() {
    let world = World::embedded();
    let at = |text: &str| Value::DateTime(Instant::parse(text).expect("an instant"));
    let event = [
        ("Subject", "Visit".into()),
        ("StartDateTime", at("2026-12-01T09:00:00Z")),
        ("EndDateTime", at("2026-12-01T10:30:00Z")),
    ];
    let event = world.create(world.rep, "Event", &event);
    world.update(world.rep, "Event", event, &[("StartDateTime", at("2026-12-03T13:00:00Z"))]).expect("a move");
    assert_eq!(world.column(world.rep, "SELECT EndDateTime FROM Event"), ["2026-12-03T14:30:00.000+0000"]);
    assert_eq!(world.column(world.rep, "SELECT ActivityDate FROM Event"), ["2026-12-03"]);
    let backwards = world.update(world.rep, "Event", event, &[("EndDateTime", at("2026-12-03T12:00:00Z"))]);
    assert_eq!(backwards.expect_err("refused").fields(), ["EndDateTime"]);
}

#[test]
fn an_event_has_a_time_and_the_fields_that_tell_it_agree() {
    on_both_stores(|world| {
        let at = |text: &str| Value::DateTime(Instant::parse(text).expect("an instant"));
        let day = |text: &str| Value::Date(Date::parse(text).expect("a date"));
        let event = |values: &[(&str, Value)]| world.try_create(world.rep, "Event", values);
        let refused = |values: &[(&str, Value)]| {
            let error = event(values).expect_err("no time");
            assert_eq!(error.code(), ErrorCode::RequiredFieldMissing);
            error.message().to_owned()
        };
        let missing = "Required fields are missing: ";
        let subject = ("Subject", Value::from("Visit"));
        assert_eq!(refused(std::slice::from_ref(&subject)), format!("{missing}[DurationInMinutes, ActivityDateTime]"));
        let length = ("DurationInMinutes", Value::Int(30));
        assert_eq!(refused(&[subject.clone(), length.clone()]), format!("{missing}[ActivityDateTime]"));
        let start = ("StartDateTime", at("2026-12-01T09:00:00Z"));
        assert_eq!(refused(&[subject.clone(), start]), format!("{missing}[DurationInMinutes]"));
        let all_day = ("IsAllDayEvent", Value::Bool(true));
        assert_eq!(refused(&[subject.clone(), all_day.clone()]), format!("{missing}[ActivityDate]"));

        let told = |id: RecordId| {
            let fields = "StartDateTime, ActivityDateTime, EndDateTime, DurationInMinutes, ActivityDate";
            world.row(world.rep, &format!("SELECT {fields} FROM Event WHERE Id = '{id}'"))
        };
        let due = ("ActivityDateTime", at("2026-12-01T09:00:00Z"));
        let hours = event(&[subject.clone(), due, length]).expect("an event");
        let nine = "2026-12-01T09:00:00.000+0000";
        assert_eq!(told(hours), [nine, nine, "2026-12-01T09:30:00.000+0000", "30", "2026-12-01"]);
        world.update(world.rep, "Event", hours, &[("ActivityDateTime", at("2026-12-02T10:00:00Z"))]).expect("a move");
        let ten = "2026-12-02T10:00:00.000+0000";
        assert_eq!(told(hours), [ten, ten, "2026-12-02T10:30:00.000+0000", "30", "2026-12-02"]);

        let days = event(&[subject, all_day, ("ActivityDate", day("2026-12-24"))]).expect("a day");
        let eve = "2026-12-24T00:00:00.000+0000";
        assert_eq!(told(days), [eve, eve, eve, "1440", "2026-12-24"]);
        world.update(world.rep, "Event", days, &[("EndDateTime", at("2026-12-26T00:00:00Z"))]).expect("three days");
        assert_eq!(told(days), [eve, eve, "2026-12-26T00:00:00.000+0000", "4320", "2026-12-24"]);
        world.update(world.rep, "Event", days, &[("ActivityDate", day("2026-12-27"))]).expect("a move");
        let moved = "2026-12-27T00:00:00.000+0000";
        assert_eq!(told(days), [moved, moved, "2026-12-29T00:00:00.000+0000", "4320", "2026-12-27"]);
        let backwards = world.update(world.rep, "Event", days, &[("EndDateTime", at("2026-12-26T00:00:00Z"))]);
        assert_eq!(backwards.expect_err("refused").fields(), ["EndDateTime"]);
    });
}

#[test]
fn a_task_says_when_it_was_done_and_whether_it_is_urgent() {
    on_both_stores(|world| {
        let task = [("Subject", "Call".into()), ("Priority", "High".into())];
        let task = world.create(world.rep, "Task", &task);
        let told = || world.row(world.rep, "SELECT IsClosed, IsHighPriority, CompletedDateTime FROM Task");
        assert_eq!(told(), ["false", "true", ""]);
        let done = world.org.now().to_string();
        world.update(world.rep, "Task", task, &[("Status", "Completed".into())]).expect("done");
        assert_eq!(told(), ["true", "true", &done]);
        world.clock.advance(60_000);
        world.update(world.rep, "Task", task, &[("Priority", "Low".into())]).expect("still done");
        assert_eq!(told(), ["true", "false", &done]);
        world.update(world.rep, "Task", task, &[("Status", "In Progress".into())]).expect("open again");
        assert_eq!(told(), ["false", "false", ""]);
    });
}

#[test]
fn the_first_product_gives_an_opportunity_its_price_book_which_then_stays() {
    on_both_stores(|world| {
        let id = deal(world, "Deal");
        let product = world.create(world.admin, "Product2", &[("Name", "P".into()), ("IsActive", true.into())]);
        let book =
            |name: &str| world.create(world.admin, "Pricebook2", &[("Name", name.into()), ("IsActive", true.into())]);
        let (retail, trade) = (book("Retail"), book("Trade"));
        let entry = |book: RecordId| {
            let price = Value::Number(Decimal::from(40));
            let values = [("Pricebook2Id", book.into()), ("Product2Id", product.into()), ("UnitPrice", price)];
            world.create(world.admin, "PricebookEntry", &values)
        };
        let line = |book: RecordId| {
            let values = [
                ("OpportunityId", id.into()),
                ("PricebookEntryId", entry(book).into()),
                ("Quantity", Value::Number(Decimal::ONE)),
            ];
            world.try_create(world.rep, "OpportunityLineItem", &values)
        };
        let assigned = || world.column(world.rep, "SELECT Pricebook2Id FROM Opportunity");
        assert_eq!(assigned(), [""]);
        line(retail).expect("the first line");
        assert_eq!(assigned(), [retail.to_string()]);
        let other = line(trade).expect_err("another book");
        assert_eq!(
            (other.code(), other.fields()),
            (ErrorCode::FieldIntegrityException, &["PricebookEntryId".to_owned()][..])
        );
        let moved = world.update(world.rep, "Opportunity", id, &[("Pricebook2Id", trade.into())]);
        assert_eq!(moved.expect_err("it has products").fields(), ["Pricebook2Id"]);
    });
}

#[test]
fn a_role_cannot_stand_below_itself() {
    on_both_stores(|world| {
        let role = |user: RecordId| world.ctx(user).user().role.expect("a role");
        let (chief, rep) = (role(world.chief), role(world.rep));
        let ring = world.update(world.admin, "UserRole", chief, &[("ParentRoleId", rep.into())]);
        assert_eq!(ring.expect_err("a ring").fields(), ["ParentRoleId"]);
        let own = world.update(world.admin, "UserRole", chief, &[("ParentRoleId", chief.into())]);
        assert_eq!(own.expect_err("a ring").fields(), ["ParentRoleId"]);
    });
}

#[test]
fn a_search_text_stays_inside_its_quotes() {
    let world = World::embedded();
    world.create(world.rep, "Account", &[("Name", "O'Neil \\ Sons 100%".into())]);
    let hits = |text: &str| world.ctx(world.rep).search_names(text, None, 5).expect("hits").len();
    assert_eq!(hits("O'Neil"), 1);
    assert_eq!(hits("\\ 100%"), 1);
    assert_eq!(hits("\u{1}' OR Name != '"), 0);
    assert_eq!(hits("_'Neil sons"), 1, "punctuation is no part of a word");
    assert_eq!(hits("neils"), 0);
    assert_eq!(hits("n"), 1, "one letter is a beginning");
    assert_eq!(hits("_%*?\\"), 0);
}

#[test]
fn object_permissions_alone_do_not_make_an_administrator() {
    on_both_stores(|world| {
        let service = world.service();
        let set = provision::profile_set(&service, "Standard User").expect("a set");
        for object in ["PermissionSetAssignment", "OpportunityStage"] {
            let grant = |create| provision::ObjectGrant { create, edit: create, delete: create, ..Default::default() };
            provision::grant(&service, set, &[(object.to_owned(), grant(true))]).expect("a grant");
        }
        let all = world.column(world.admin, "SELECT Id FROM PermissionSet WHERE PermissionsModifyAllData = true");
        let all = RecordId::parse(&all[0]).expect("an id");
        let values = [("PermissionSetId", all.into()), ("AssigneeId", Value::Id(world.rep))];
        let error = world.try_create(world.rep, "PermissionSetAssignment", &values).expect_err("refused");
        assert!(error.message().contains("ManageUsers"), "{error}");
        let error =
            world.try_create(world.rep, "OpportunityStage", &[("MasterLabel", "X".into())]).expect_err("refused");
        assert!(error.message().contains("CustomizeApplication"), "{error}");
    });
}
