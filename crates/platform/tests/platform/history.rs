//! Field history and stage history as objects: seen exactly with the record and, row by row or column by column, with the
//! field.

use crate::world::{World, draft, on_both_stores};
use model::schema::{FieldDef, ObjectDef};
use model::{Date, Decimal, ErrorCode, RecordId, Value};
use platform::{QueryBody, QueryOptions, SaveOptions, provision};
use store::Backed as _;

const CHANGES: &str = "OpportunityFieldHistory";

/// A deal of the rep's that got an amount, was won, and has notes of it in both histories.
pub(crate) fn won_deal(world: &World) -> RecordId {
    let close = Value::Date(Date::parse("2026-12-15").expect("a date"));
    let values = [("Name", "Deal".into()), ("StageName", "Prospecting".into()), ("CloseDate", close)];
    let deal = world.create(world.rep, "Opportunity", &values);
    let change = [("StageName", "Closed Won".into()), ("Amount", Value::Number(Decimal::from(5)))];
    world.update(world.rep, "Opportunity", deal, &change).expect("an update");
    deal
}

/// Takes what standard users may do with the fields of opportunities, but for the required ones.
pub(crate) fn take_fields(world: &World) {
    let service = world.service();
    let set = provision::profile_set(&service, "Standard User").expect("a set");
    let fields = format!("SELECT Id FROM FieldPermissions WHERE ParentId = '{set}' AND SobjectType = 'Opportunity'");
    let (_, rows) = service.query_all_rows(&fields, QueryOptions::default()).expect("rows");
    let rights: Vec<RecordId> = rows.iter().map(|row| row.id).collect();
    world.ctx(world.admin).records_delete("FieldPermissions", &rights, SaveOptions::ALL).expect("a delete");
}

/// The fields whose changes a user sees, after every way of asking has given the same answer.
fn seen(world: &World, user: RecordId, deal: RecordId, all: &[RecordId]) -> Vec<String> {
    let ctx = world.ctx(user);
    let listed = world.column(user, &format!("SELECT Field FROM {CHANGES} ORDER BY Field"));
    let ids = world.column(user, &format!("SELECT Id FROM {CHANGES}"));
    assert_eq!(ids.len(), listed.len());
    let count = |text: &str| ctx.query(text, QueryOptions::default()).expect("a count").total as usize;
    assert_eq!(count(&format!("SELECT COUNT() FROM {CHANGES}")), listed.len(), "count");
    let groups = ctx
        .query(
            &format!("SELECT Field, COUNT(Id) FROM {CHANGES} GROUP BY Field ORDER BY Field"),
            QueryOptions::default(),
        )
        .expect("groups");
    let QueryBody::Groups(groups) = groups.body else { panic!("groups were asked for") };
    let grouped: Vec<String> = groups.iter().map(|group| group[0].to_plain()).collect();
    assert_eq!(grouped, listed, "group by");
    let explained = ctx.query_explain(&format!("SELECT Id FROM {CHANGES}"), QueryOptions::default()).expect("a plan");
    assert_eq!((explained.rows as usize, explained.object_rows as usize), (listed.len(), listed.len()), "explain");
    for id in all {
        let one = count(&format!("SELECT COUNT() FROM {CHANGES} WHERE Id = '{id}'")) == 1;
        assert_eq!(one, ids.contains(&id.to_string()), "get one");
        let access = world.ctx(world.admin).record_access(user, &[*id]).expect("a verdict")[0];
        assert_eq!(access.read, one, "UserRecordAccess");
        assert!(!access.edit && !access.delete && !access.transfer && !access.share, "nobody changes what happened");
    }
    for field in ["Amount", "Probability", "StageName"] {
        let text = format!(
            "SELECT COUNT() FROM Opportunity WHERE Id IN (SELECT OpportunityId FROM {CHANGES} WHERE Field = '{field}')"
        );
        assert_eq!(count(&text), usize::from(listed.iter().any(|known| known == field)), "semi-join by {field}");
    }
    let down = format!("SELECT (SELECT Field FROM Histories ORDER BY Field) FROM Opportunity WHERE Id = '{deal}'");
    let (_, rows) = ctx.query_all_rows(&down, QueryOptions::default()).expect("rows");
    let below: Vec<String> = rows.first().map_or_else(Vec::new, |row| match &row.cells[0] {
        store::Cell::Children(children) => children.iter().map(|row| row.cells[0].value().to_plain()).collect(),
        other => panic!("{other:?} is no list of children"),
    });
    assert_eq!(below, listed, "list of children");
    listed
}

#[test]
fn a_history_is_seen_exactly_with_its_record_and_its_field_on_every_surface() {
    on_both_stores(|world| {
        let deal = won_deal(world);
        let ids = world.column(world.admin, &format!("SELECT Id FROM {CHANGES}"));
        let all: Vec<RecordId> = ids.iter().map(|id| RecordId::parse(id).expect("an id")).collect();
        let three = ["Amount", "Probability", "StageName"];
        for user in [world.rep, world.manager, world.chief, world.admin] {
            assert_eq!(seen(world, user, deal, &all), three);
        }
        assert!(seen(world, world.peer, deal, &all).is_empty());
        let search = format!("FIND {{Prospecting}} RETURNING {CHANGES}");
        assert!(world.ctx(world.rep).search(&search, QueryOptions::default()).is_err(), "histories are not searched");

        // Whoever is shared the record is shared its history.
        let share = [
            ("OpportunityId", deal.into()),
            ("UserOrGroupId", world.peer.into()),
            ("OpportunityAccessLevel", "Read".into()),
        ];
        world.create(world.rep, "OpportunityShare", &share);
        assert_eq!(seen(world, world.peer, deal, &all), three);

        // A field that one may not read has no history, and stands in no step: for who may see all data neither.
        take_fields(world);
        let set = [("Name", "See_all".into()), ("Label", "See all".into()), ("PermissionsViewAllData", true.into())];
        let set = world.create(world.admin, "PermissionSet", &set);
        let given = [("AssigneeId", world.chief.into()), ("PermissionSetId", set.into())];
        world.create(world.admin, "PermissionSetAssignment", &given);
        for user in [world.rep, world.peer, world.chief] {
            assert_eq!(seen(world, user, deal, &all), ["StageName"], "required fields are always readable");
            assert_eq!(world.column(user, "SELECT StageName FROM OpportunityHistory ORDER BY Id").len(), 2);
            let hidden = world.error(user, "SELECT Amount FROM OpportunityHistory");
            assert!(hidden.contains("No such column 'Amount' on entity 'OpportunityHistory'"), "{hidden}");
        }
        assert_eq!(seen(world, world.admin, deal, &all), three);
        let amounts = world.column(world.admin, "SELECT Amount FROM OpportunityHistory ORDER BY Id");
        assert_eq!(amounts, ["", "5"]);
    });
}

#[test]
fn long_histories_come_in_pages() {
    on_both_stores(|world| {
        let ctx = world.ctx(world.rep);
        let close = Value::Date(Date::parse("2026-12-15").expect("a date"));
        let values = [("Name", "Deal".into()), ("StageName", "Prospecting".into()), ("CloseDate", close)];
        let drafts = (0..230).map(|_| draft(&ctx, "Opportunity", None, &values)).collect();
        let made = ctx.records_create("Opportunity", drafts, SaveOptions::ALL).expect("deals");
        let changes = made
            .into_iter()
            .enumerate()
            .map(|(at, deal)| {
                let amount = Value::Number(Decimal::from(at));
                draft(&ctx, "Opportunity", Some(deal.into_id().expect("a deal")), &[("Amount", amount)])
            })
            .collect();
        ctx.records_update("Opportunity", changes, SaveOptions::ALL).expect("amounts");
        let text = format!("SELECT NewValue FROM {CHANGES} WHERE Field = 'Amount' ORDER BY Id DESC");
        let all = world.column(world.rep, &text);
        assert_eq!((all.len(), all[0].as_str()), (230, "229"));
        let page = QueryOptions { batch_size: 200, ..QueryOptions::default() };
        let first = ctx.query(&text, page).expect("a page");
        let second = ctx.query_more(first.next.expect("more"), page).expect("a page");
        let paged: Vec<String> =
            first.records().iter().chain(second.records()).map(|row| row.cells[0].value().to_plain()).collect();
        assert_eq!((paged, second.next), (all, None));
    });
}

#[test]
fn field_history_is_queried_like_any_object_by_who_may_read_record_and_field() {
    on_both_stores(|world| {
        let deal = won_deal(world);
        let soql = "SELECT Field, OldValue, NewValue, CreatedBy.Name, Opportunity.Name, CreatedDate \
                    FROM OpportunityFieldHistory WHERE Field = 'stagename' AND OldValue LIKE 'pro%'";
        let (_, rows) = world.ctx(world.rep).query_all_rows(soql, QueryOptions::default()).expect("rows");
        let cells: Vec<_> = rows[0].cells.iter().map(|cell| cell.value().to_plain()).collect();
        assert_eq!(cells, ["StageName", "Prospecting", "Closed Won", "rep", "Deal", "2026-11-21T08:21:19.000+0000"]);
        let down = format!(
            "SELECT (SELECT NewValue FROM Histories WHERE Field = 'Amount') FROM Opportunity WHERE Id = '{deal}'"
        );
        let (_, rows) = world.ctx(world.rep).query_all_rows(&down, QueryOptions::default()).expect("rows");
        assert!(matches!(&rows[0].cells[0], store::Cell::Children(children) if children.len() == 1));
        let all = "SELECT Field FROM OpportunityFieldHistory ORDER BY Field";
        assert_eq!(world.column(world.rep, all), ["Amount", "Probability", "StageName"]);
        assert!(world.column(world.peer, all).is_empty(), "who does not see the deal sees no history of it");
        let error = world.ctx(world.admin).record_delete("OpportunityFieldHistory", rows[0].id).expect_err("never");
        assert!(matches!(error.code(), ErrorCode::NotFound | ErrorCode::InsufficientAccessOrReadonly), "{error}");

        world.ctx(world.rep).record_delete("Opportunity", deal).expect("a delete");
        assert!(world.column(world.admin, all).is_empty(), "it goes into the bin with its record");
        world.ctx(world.rep).record_undelete("Opportunity", deal).expect("an undelete");
    });
}

#[test]
fn every_step_of_a_deal_is_in_its_stage_history() {
    on_both_stores(|world| {
        let close = Value::Date(Date::parse("2026-12-15").expect("a date"));
        let values = [("Name", "Deal".into()), ("StageName", "Prospecting".into()), ("CloseDate", close)];
        let deal = world.create(world.rep, "Opportunity", &values);
        world.update(world.manager, "Opportunity", deal, &[("StageName", "Closed Won".into())]).expect("an update");
        world.update(world.rep, "Opportunity", deal, &[("Description", "nothing of note".into())]).expect("an update");
        let soql = "SELECT StageName FROM OpportunityHistory ORDER BY Id";
        assert_eq!(world.column(world.rep, soql), ["Prospecting", "Closed Won"]);
        let by = world.column(world.rep, "SELECT CreatedBy.Name FROM OpportunityHistory ORDER BY Id");
        assert_eq!(by, ["rep", "manager"]);
        assert!(world.column(world.peer, soql).is_empty());

        // The amount that products add up to is a step as one typed in.
        let product = world.create(world.admin, "Product2", &[("Name", "P".into()), ("IsActive", true.into())]);
        let book = provision::by_name(&world.service(), "Pricebook2", "Standard Price Book").expect("a book");
        let entry = [
            ("Pricebook2Id", book.into()),
            ("Product2Id", product.into()),
            ("UnitPrice", Value::Number(Decimal::from(40))),
            ("IsActive", true.into()),
        ];
        let entry = world.create(world.admin, "PricebookEntry", &entry);
        let line = [
            ("OpportunityId", deal.into()),
            ("PricebookEntryId", entry.into()),
            ("Quantity", Value::Number(Decimal::from(3))),
        ];
        world.create(world.rep, "OpportunityLineItem", &line);
        let amounts = world.column(world.rep, "SELECT Amount FROM OpportunityHistory ORDER BY Id");
        assert_eq!(amounts, ["", "", "120"]);
        world.ctx(world.rep).record_delete("Opportunity", deal).expect("a delete");
        assert!(world.column(world.admin, soql).is_empty());
    });
}

#[test]
fn the_history_of_a_custom_field_goes_where_the_field_goes() {
    on_both_stores(|world| {
        let ctx = world.ctx(world.admin);
        let mut field = FieldDef::text("Mood__c", "Mood", 40);
        field.tracked = true;
        ctx.fields_create("Opportunity", vec![field.clone()]).expect("a field");
        let deal = won_deal(world);
        let change = |name: &str, value: &str| {
            world.update(world.admin, "Opportunity", deal, &[(name, value.into())]).expect("an update");
        };
        let of_moods = || {
            let text = format!("SELECT Field, NewValue FROM {CHANGES} WHERE Field LIKE '%Mood%' ORDER BY Id");
            let (_, rows) = world.ctx(world.admin).query_all_rows(&text, QueryOptions::default()).expect("rows");
            let pair = |row: &store::RecordRow| [0, 1].map(|at| row.cells[at].value().to_plain()).join("=");
            rows.iter().map(pair).collect::<Vec<_>>()
        };
        change("Mood__c", "secret");
        let mut renamed = field.clone();
        renamed.name = "OldMood__c".to_owned();
        ctx.field_change("Opportunity", "Mood__c", renamed).expect("a rename");
        assert_eq!(of_moods(), ["OldMood__c=secret"]);

        // Another field under the old name shows nothing of the one that went.
        ctx.field_delete("Opportunity", "OldMood__c").expect("a delete");
        let mut other = field.clone();
        other.name = "OldMood__c".to_owned();
        world.ctx(world.admin).fields_create("Opportunity", vec![other]).expect("a field");
        change("OldMood__c", "open");
        assert_eq!(of_moods(), ["OldMood__c=open"]);
        world.ctx(world.admin).field_delete("Opportunity", "OldMood__c").expect("a delete");
        world.ctx(world.admin).field_undelete("Opportunity", "OldMood__c").expect("it comes back");
        assert_eq!(of_moods(), ["OldMood__c=open"], "the last that went is the first that comes back");

        world.clock.advance(16 * 24 * 3_600_000);
        world.org.metadata_purge().expect("a purge");
        assert_eq!(of_moods(), ["OldMood__c=open"]);
        let kept = world.org.store().read(|tx| tx.history_of(deal, 10)).expect("rows");
        assert!(kept.iter().all(|row| row.new_value != "secret"), "history ends with its field: {kept:?}");
    });
}

/// Sites with a tracked state, and a change of it by the rep.
fn site(world: &World) -> RecordId {
    let site = ObjectDef::new("Site__c", "Site", "Sites", "a00")
        .field(FieldDef::text("Name", "Name", 80))
        .field(FieldDef::text("State__c", "State", 20).tracked())
        .field(FieldDef::text("Note__c", "Note", 20));
    world.ctx(world.admin).objects_create(vec![site]).expect("a custom object");
    let id = world.create(world.admin, "Site__c", &[("Name", "North".into()), ("State__c", "Open".into())]);
    world.clock.advance(1_000);
    let values = [("State__c", "Shut".into()), ("Note__c", "x".into())];
    world.update(world.admin, "Site__c", id, &values).expect("changed");
    id
}

const OF_SITES: &str = "SELECT Field FROM Site__History";

#[test]
fn a_custom_object_that_tracks_fields_has_its_history_as_an_object() {
    on_both_stores(|world| {
        let id = site(world);
        let changed = format!(
            "SELECT OldValue FROM Site__History WHERE ParentId = '{id}' AND Parent.Name = 'North' AND Field = 'State__c' \
             AND NewValue = 'Shut' AND CreatedById = '{}'",
            world.admin
        );
        assert_eq!(world.column(world.admin, &changed), ["Open"]);
        assert_eq!(
            world.column(world.admin, "SELECT Id FROM Site__c WHERE Id IN (SELECT ParentId FROM Site__History)").len(),
            1
        );
        let listed = world
            .ctx(world.admin)
            .query("SELECT Id, (SELECT Field FROM Histories) FROM Site__c", QueryOptions::default());
        assert!(
            matches!(&listed.expect("a list").records()[0].cells[1], store::Cell::Children(rows) if rows.len() == 1)
        );
        assert!(
            world.ctx(world.rep).object("Site__History").is_err(),
            "who may not read sites reads no history of them"
        );

        let ctx = || world.ctx(world.admin);
        ctx().object_rename("Site__c", "Place__c", "Place", "Places", "").expect("renamed");
        assert_eq!(world.column(world.admin, "SELECT Field FROM Place__History"), ["State__c"]);
        ctx().object_delete("Place__c").expect("deleted");
        assert!(ctx().object("Place__History").is_err());
        ctx().object_undelete("Place__c").expect("back");
        assert_eq!(world.column(world.admin, "SELECT NewValue FROM Place__History"), ["Shut"]);
        ctx().object_delete("Place__c").expect("deleted");
        world.clock.advance(16 * 24 * 3_600_000);
        world.org.metadata_purge().expect("gone for good");
        assert!(site(world) != id);
        assert_eq!(world.column(world.admin, OF_SITES), ["State__c"], "the name starts anew");
    });
}

#[test]
fn a_history_comes_with_the_first_tracked_field() {
    on_both_stores(|world| {
        let part = ObjectDef::new("Part__c", "Part", "Parts", "a00").field(FieldDef::text("Name", "Name", 80));
        world.ctx(world.admin).objects_create(vec![part]).expect("a custom object");
        assert!(world.ctx(world.admin).object("Part__History").is_err(), "it tracks nothing");
        let size = FieldDef::text("Size__c", "Size", 20);
        world.ctx(world.admin).fields_create("Part__c", vec![size.clone()]).expect("a field");
        world.ctx(world.admin).field_change("Part__c", "Size__c", size.tracked()).expect("tracked");
        let id = world.create(world.admin, "Part__c", &[("Name", "P".into()), ("Size__c", "1".into())]);
        world.update(world.admin, "Part__c", id, &[("Size__c", "2".into())]).expect("changed");
        assert_eq!(world.column(world.admin, "SELECT NewValue FROM Part__History"), ["2"]);
    });
}
