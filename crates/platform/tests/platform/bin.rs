//! The recycle bin and merging.

use crate::world::{World, draft, on_both_stores};
use model::{Date, ErrorCode, RecordId, Value};
use platform::{BIN_DAYS, QueryOptions, RecordDraft, SaveOptions};

const DAY_MS: i64 = 24 * 3_600_000;

fn deal(world: &World, account: RecordId) -> RecordId {
    let close = Value::Date(Date::parse("2026-12-15").expect("a date"));
    let values = [
        ("Name", "Deal".into()),
        ("StageName", "Prospecting".into()),
        ("CloseDate", close),
        ("AccountId", account.into()),
    ];
    world.create(world.rep, "Opportunity", &values)
}

fn account(world: &World, name: &str, values: &[(&str, Value)]) -> RecordId {
    let mut all = vec![("Name", name.into())];
    all.extend_from_slice(values);
    world.create(world.rep, "Account", &all)
}

/// Rows of an object, the recycle bin included.
fn all_rows(world: &World, object: &str) -> u64 {
    let options = QueryOptions { with_deleted: true, ..QueryOptions::default() };
    world.ctx(world.admin).query(&format!("SELECT COUNT() FROM {object}"), options).expect("a count").total
}

#[test]
fn the_bin_gives_back_for_fifteen_days_and_then_no_more() {
    on_both_stores(|world| {
        let (early, late) = (account(world, "Early", &[]), account(world, "Late", &[]));
        let lost = deal(world, early);
        world.update(world.rep, "Opportunity", lost, &[("StageName", "Qualification".into())]).expect("an update");
        world.ctx(world.rep).record_delete("Account", early).expect("a delete");
        world.clock.advance((BIN_DAYS - 1) * DAY_MS);
        world.ctx(world.rep).record_delete("Account", late).expect("a delete");
        assert_eq!(world.org.bin_purge().expect("a purge"), 0);
        world.clock.advance(DAY_MS);
        // The account, its deal and the two steps of its stage history.
        assert_eq!(world.org.bin_purge().expect("a purge"), 4);
        assert_eq!((all_rows(world, "Account"), all_rows(world, "Opportunity")), (1, 0));
        let gone = world.ctx(world.rep).record_undelete("Account", early).expect_err("too late");
        assert_eq!(gone.code(), ErrorCode::NotFound);
        assert!(world.org.store().read(|tx| tx.history_of(lost, 10)).expect("rows").is_empty());
        world.ctx(world.rep).record_undelete("Account", late).expect("in time");
        let told = world.org.store().read(|tx| tx.audit_rows(Some(lost), 1)).expect("rows");
        assert_eq!((told[0].action.as_str(), told[0].actor.as_str()), ("record_purge", "service:recycle-bin"));
    });
}

#[test]
fn who_may_delete_may_empty_the_bin_and_nobody_else() {
    on_both_stores(|world| {
        let mine = account(world, "Mine", &[]);
        deal(world, mine);
        let code = |user: RecordId, id: RecordId| {
            let results = world.ctx(user).records_purge("Account", &[id], SaveOptions::default()).expect("results");
            results[0].errors.first().map(|error| error.code)
        };
        assert_eq!(code(world.rep, mine), Some(ErrorCode::InvalidField), "a live record is no waste");
        world.ctx(world.rep).record_delete("Account", mine).expect("a delete");
        assert_eq!(code(world.peer, mine), Some(ErrorCode::NotFound));
        assert_eq!(code(world.rep, mine), None);
        assert_eq!((all_rows(world, "Account"), all_rows(world, "Opportunity")), (0, 0));
        assert_eq!(code(world.rep, mine), Some(ErrorCode::NotFound));
    });
}

#[test]
fn a_record_does_not_come_back_when_its_unique_value_was_taken() {
    on_both_stores(|world| {
        let profile = |name: &str| world.create(world.admin, "Profile", &[("Name", name.into())]);
        let first = profile("Night shift");
        world.ctx(world.admin).record_delete("Profile", first).expect("a delete");
        let second = profile("NIGHT SHIFT");
        let error = world.ctx(world.admin).record_undelete("Profile", first).expect_err("taken");
        assert_eq!(error.code(), ErrorCode::DuplicateValue);
        assert!(error.message().contains(&second.to_string()), "{error}");
    });
}

#[test]
fn a_merge_moves_what_pointed_to_the_losers_and_keeps_the_chosen_values() {
    on_both_stores(|world| {
        let winner = account(world, "Acme", &[("Phone", "1".into())]);
        let losers = [account(world, "Acme Inc", &[("Phone", "2".into())]), account(world, "ACME", &[])];
        world.update(world.rep, "Account", winner, &[("ParentId", losers[1].into())]).expect("an update");
        let child = account(world, "Child", &[("ParentId", losers[0].into())]);
        let (first, second) = (deal(world, losers[0]), deal(world, losers[1]));
        let contact = [("LastName", "Ode".into()), ("AccountId", losers[0].into())];
        let contact = world.create(world.rep, "Contact", &contact);
        let task = [("Subject", "Call".into()), ("WhatId", losers[1].into())];
        let task = world.create(world.rep, "Task", &task);

        let ctx = world.ctx(world.rep);
        let chosen = draft(&ctx, "Account", Some(winner), &[("Phone", "2".into()), ("Site", "HQ".into())]);
        assert_eq!(ctx.records_merge("Account", chosen, &losers).expect("a merge"), winner);

        let one = |soql: String| world.column(world.rep, &soql).join(",");
        assert_eq!(one(format!("SELECT Phone FROM Account WHERE Id = '{winner}'")), "2");
        assert_eq!(one(format!("SELECT ParentId FROM Account WHERE Id = '{winner}'")), "", "never its own parent");
        assert_eq!(one(format!("SELECT ParentId FROM Account WHERE Id = '{child}'")), winner.to_string());
        for id in [first, second] {
            assert_eq!(one(format!("SELECT AccountId FROM Opportunity WHERE Id = '{id}'")), winner.to_string());
        }
        assert_eq!(one(format!("SELECT AccountId FROM Contact WHERE Id = '{contact}'")), winner.to_string());
        assert_eq!(one(format!("SELECT WhatId FROM Task WHERE Id = '{task}'")), winner.to_string());
        let options = QueryOptions { with_deleted: true, ..QueryOptions::default() };
        let soql = format!("SELECT Id FROM Account WHERE MasterRecordId = '{winner}' AND IsDeleted = true");
        assert_eq!(world.ctx(world.rep).query(&soql, options).expect("rows").total, 2);
    });
}

#[test]
fn a_merge_needs_edit_on_the_one_and_delete_on_the_others_and_is_whole() {
    on_both_stores(|world| {
        let (mine, theirs) =
            (account(world, "Mine", &[]), world.create(world.peer, "Account", &[("Name", "T".into())]));
        let merge = |user: RecordId, draft: RecordDraft, losers: &[RecordId]| {
            let outcome = world.ctx(user).records_merge("Account", draft, losers);
            outcome.map(|_| ()).map_err(|error| error.code())
        };
        assert_eq!(merge(world.rep, RecordDraft::of(mine), &[theirs]), Err(ErrorCode::NotFound));
        assert_eq!(merge(world.rep, RecordDraft::of(theirs), &[mine]), Err(ErrorCode::NotFound));
        assert_eq!(merge(world.rep, RecordDraft::of(mine), &[mine]), Err(ErrorCode::DuplicateValue));
        assert_eq!(merge(world.rep, RecordDraft::of(mine), &[]), Err(ErrorCode::InvalidField));
        assert_eq!(merge(world.rep, RecordDraft::of(mine), &[world.rep]), Err(ErrorCode::InvalidCrossReferenceKey));
        let bad = draft(&world.ctx(world.manager), "Account", Some(mine), &[("Name", "x".repeat(300).into())]);
        assert_eq!(merge(world.manager, bad, &[theirs]), Err(ErrorCode::StringTooLong));
        assert_eq!(world.column(world.manager, "SELECT Name FROM Account ORDER BY Name"), ["Mine", "T"]);
        assert_eq!(merge(world.manager, RecordDraft::of(mine), &[theirs]), Ok(()));
        assert_eq!(world.column(world.manager, "SELECT Name FROM Account"), ["Mine"]);
    });
}
