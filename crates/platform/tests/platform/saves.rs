//! The save order under load: batches, keys looked up in the transaction, changes that cross.

use crate::world::{World, draft, on_both_stores};
use model::schema::{FieldDef, ObjectDef};
use model::{Date, Decimal, ErrorCode, Instant, RecordId, Value};
use platform::{QueryOptions, RecordDraft, SaveOptions, UpsertKey};
use std::sync::mpsc;
use store::{AuditVerdict, Backed as _};

fn verify(world: &World) -> AuditVerdict {
    let store = world.org.store();
    store.read(|tx| tx.audit_verify()).expect("a verdict")
}

fn count(world: &World, object: &str) -> u64 {
    let text = format!("SELECT COUNT() FROM {object}");
    world.ctx(world.admin).query(&text, QueryOptions::default()).expect("a count").total
}

/// An object with a key that many records may share and a code that one record has.
fn parts(world: &World) {
    let part = ObjectDef::new("Part__c", "Part", "Parts", "a00")
        .field(FieldDef::text("Name", "Name", 80))
        .field(FieldDef::text("Key__c", "Key", 50).external_id())
        .field(FieldDef::text("Code__c", "Code", 50).unique())
        .field(FieldDef::number("Weight__c", "Weight", 18, 3));
    world.ctx(world.admin).objects_create(vec![part]).expect("a custom object");
}

fn part(world: &World, values: &[(&str, Value)]) -> RecordDraft {
    draft(&world.ctx(world.admin), "Part__c", None, values)
}

#[test]
fn a_large_batch_is_saved_whole_with_one_audit_entry_for_each_record() {
    on_both_stores(|world| {
        parts(world);
        let ctx = world.ctx(world.admin);
        let AuditVerdict::Whole { rows: before } = verify(world) else { panic!("a broken chain") };
        let drafts = (0..777).map(|n| part(world, &[("Name", format!("P{n}").into()), ("Weight__c", Value::Int(n))]));
        let results = ctx.records_create("Part__c", drafts.collect(), SaveOptions::ALL).expect("results");
        let ids: Vec<RecordId> = results.into_iter().map(|result| result.into_id().expect("saved")).collect();
        assert_eq!(world.column(world.admin, "SELECT Name FROM Part__c WHERE Weight__c = 776"), ["P776"]);
        let changes = ids.iter().map(|id| draft(&ctx, "Part__c", Some(*id), &[("Weight__c", Value::Int(1))]));
        let results = ctx.records_update("Part__c", changes.collect(), SaveOptions::ALL).expect("results");
        assert!(results.iter().all(|result| result.is_success() && !result.created));
        assert_eq!(world.column(world.admin, "SELECT Id FROM Part__c WHERE Weight__c = 1").len(), 777);
        assert_eq!(verify(world), AuditVerdict::Whole { rows: before + 2 * 777 });
        ctx.records_delete("Part__c", &ids, SaveOptions::ALL).expect("results");
        assert_eq!(count(world, "Part__c"), 0);
        assert_eq!(verify(world), AuditVerdict::Whole { rows: before + 3 * 777 });
    });
}

#[test]
fn in_a_partial_batch_each_bad_row_falls_alone_whatever_stops_it() {
    on_both_stores(|world| {
        parts(world);
        world.create(world.admin, "Part__c", &[("Code__c", "taken".into())]);
        let rows = vec![
            part(world, &[("Name", "good".into())]),
            part(world, &[("Code__c", "TAKEN".into())]),
            part(world, &[("Code__c", "twice".into())]),
            part(world, &[("Code__c", "Twice".into())]),
            part(world, &[("Name", "x".repeat(81).into())]),
            part(world, &[("OwnerId", Value::Id(RecordId::parse("005000000000zzz").expect("an id")))]),
            part(world, &[("Name", "also good".into())]),
        ];
        let results = world.ctx(world.admin).records_create("Part__c", rows, SaveOptions::default()).expect("results");
        let codes: Vec<_> = results.iter().map(|row| row.errors.first().map(|error| error.code)).collect();
        let duplicate = Some(ErrorCode::DuplicateValue);
        let (long, nobody) = (Some(ErrorCode::StringTooLong), Some(ErrorCode::InvalidCrossReferenceKey));
        assert_eq!(codes, [None, duplicate, None, duplicate, long, nobody, None]);
        assert_eq!(count(world, "Part__c"), 4);
    });
}

/// Begins a batch while another transaction has taken the code `taken` and not yet committed, and lets that one commit
/// when the batch stands before the value. A file has one writer: there the batch waits before it looks.
fn beaten_to_it(world: &World, rows: Vec<RecordDraft>) -> Vec<platform::RowResult> {
    let (began, beginning) = mpsc::channel();
    let (go, going) = mpsc::channel::<()>();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            let first = world.ctx(world.admin).in_one_transaction(|unit| {
                unit.create("Part__c", &[part(world, &[("Code__c", "taken".into())])], SaveOptions::ALL)?;
                began.send(()).expect("somebody waits");
                going.recv().expect("a word to go on");
                Ok(())
            });
            first.expect("the first to come");
        });
        beginning.recv().expect("a transaction under way");
        let batch = scope.spawn(|| world.ctx(world.admin).records_create("Part__c", rows, SaveOptions::default()));
        let mut looks = 0;
        while world.lock_waits() == Some(0) && looks < 2_000 {
            looks += 1;
        }
        go.send(()).expect("the first still waits");
        batch.join().expect("a thread").expect("results")
    })
}

#[test]
fn who_loses_a_race_for_a_unique_value_falls_alone_and_the_others_are_saved() {
    on_both_stores(|world| {
        parts(world);
        let codes = |results: &[platform::RowResult]| -> Vec<_> {
            results.iter().map(|row| row.errors.first().map(|error| error.code)).collect()
        };
        let rows = vec![
            part(world, &[("Name", "good".into())]),
            part(world, &[("Code__c", "Taken".into())]),
            part(world, &[("Name", "also good".into())]),
        ];
        let results = beaten_to_it(world, rows);
        assert_eq!(codes(&results), [None, Some(ErrorCode::DuplicateValue), None]);
        assert_eq!(world.column(world.admin, "SELECT Name FROM Part__c WHERE Name != null").len(), 2);

        // The same for a row that is alone, from the beginning or because the others fell before.
        for rows in [
            vec![part(world, &[("Code__c", "Taken".into())])],
            vec![part(world, &[("Name", "x".repeat(81).into())]), part(world, &[("Code__c", "Taken".into())])],
        ] {
            let taken = world.column(world.admin, "SELECT Id FROM Part__c WHERE Code__c = 'taken'");
            let taken = RecordId::parse(&taken[0]).expect("an id");
            world.ctx(world.admin).record_delete("Part__c", taken).expect("a delete");
            let results = beaten_to_it(world, rows);
            assert_eq!(codes(&results).last(), Some(&Some(ErrorCode::DuplicateValue)), "{results:?}");
        }
        assert_eq!(count(world, "Part__c"), 3);
        assert!(matches!(verify(world), AuditVerdict::Whole { .. }));
    });
}

#[test]
fn two_upserts_of_one_new_key_at_the_same_instant_make_one_record() {
    on_both_stores(|world| {
        parts(world);
        let made: usize = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4)
                .map(|thread| {
                    scope.spawn(move || {
                        let ctx = world.ctx(world.admin);
                        let mut made = 0;
                        for round in 0..12 {
                            // Large and small batches hold their keys in different ways.
                            let size = if (thread + round) % 3 == 0 { 80 } else { 3 };
                            let key = |n: i32| Value::from(format!("{round}/{n}"));
                            let values = (0..size).map(key).collect();
                            let rows = (0..size).map(|n| part(world, &[("Name", format!("{n}").into())])).collect();
                            let key = UpsertKey { field: "Key__c".into(), values };
                            let results = ctx.records_upsert("Part__c", &key, rows, SaveOptions::ALL).expect("results");
                            assert!(results.iter().all(platform::RowResult::is_success), "{results:?}");
                            made += results.iter().filter(|result| result.created).count();
                        }
                        made
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().expect("a thread")).sum()
        });
        let keys = world.column(world.admin, "SELECT Key__c FROM Part__c");
        let distinct: std::collections::BTreeSet<_> = keys.iter().collect();
        assert_eq!(keys.len(), distinct.len(), "a key was made twice");
        assert_eq!(made, keys.len());
    });
}

#[test]
fn a_change_of_what_somebody_else_changed_meanwhile_is_refused() {
    on_both_stores(|world| {
        let account = world.create(world.rep, "Account", &[("Name", "First".into())]);
        let seen = model::Clock::now(&*world.clock);
        world.clock.advance(5_000);
        let save = |since: Instant, name: &str| {
            let ctx = world.ctx(world.rep);
            let change = draft(&ctx, "Account", Some(account), &[("Name", name.into())]);
            let options = SaveOptions { unmodified_since: Some(since), ..SaveOptions::ALL };
            let result = ctx.records_update("Account", vec![change], options).expect("results").remove(0);
            result.errors.first().map(|error| error.code)
        };
        assert_eq!(save(seen, "Second"), None);
        assert_eq!(save(seen, "Third"), Some(ErrorCode::PreconditionFailed));
        assert_eq!(world.column(world.rep, "SELECT Name FROM Account"), ["Second"]);
        let options = SaveOptions { unmodified_since: Some(seen), ..SaveOptions::ALL };
        let refused = world.ctx(world.rep).records_delete("Account", &[account], options).expect("results");
        assert_eq!(refused[0].errors[0].code, ErrorCode::PreconditionFailed);
        assert_eq!(save(model::Clock::now(&*world.clock), "Fourth"), None);
    });
}

#[test]
fn what_a_hook_changes_elsewhere_is_in_the_history_too() {
    on_both_stores(|world| {
        let close = Value::Date(Date::parse("2026-12-15").expect("a date"));
        let values = [("Name", "Deal".into()), ("StageName", "Prospecting".into()), ("CloseDate", close)];
        let deal = world.create(world.rep, "Opportunity", &values);
        let product = world.create(world.admin, "Product2", &[("Name", "P".into()), ("IsActive", true.into())]);
        let book = platform::provision::by_name(&world.service(), "Pricebook2", "Standard Price Book").expect("a book");
        let price = Value::Number(Decimal::from(40));
        let entry = world.create(
            world.admin,
            "PricebookEntry",
            &[("Pricebook2Id", book.into()), ("Product2Id", product.into()), ("UnitPrice", price)],
        );
        let quantity = Value::Number(Decimal::from(2));
        let line = [("OpportunityId", deal.into()), ("PricebookEntryId", entry.into()), ("Quantity", quantity)];
        world.create(world.rep, "OpportunityLineItem", &line);
        let history = world.ctx(world.rep).record_history(deal, 10).expect("a history");
        let amount = history.iter().find(|row| row.field == "Amount").expect("the amount's change");
        assert_eq!((amount.old_value.as_str(), amount.new_value.as_str()), ("", "80"));
    });
}

#[test]
fn a_user_who_deletes_clears_what_pointed_there_and_the_log_says_from_what() {
    on_both_stores(|world| {
        let parent = world.create(world.rep, "Account", &[("Name", "Parent".into())]);
        let child = world.create(world.rep, "Account", &[("Name", "Child".into()), ("ParentId", parent.into())]);
        world.ctx(world.rep).record_delete("Account", parent).expect("a delete");
        assert_eq!(world.column(world.rep, "SELECT ParentId FROM Account"), [""]);
        let rows = world.org.store().read(|tx| tx.audit_rows(Some(child), 1)).expect("rows");
        assert_eq!(rows[0].action, "record_derive");
        assert!(rows[0].detail.contains(&parent.to_string()), "{}", rows[0].detail);
    });
}
