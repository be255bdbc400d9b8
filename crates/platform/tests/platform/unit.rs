//! Several changes in one transaction.

use crate::world::{World, draft, on_both_stores};
use model::{Error, Value};
use platform::{QueryOptions, RecordDraft, SaveOptions, UpsertKey};
use store::Backed as _;

fn account(world: &World, name: &str) -> RecordDraft {
    draft(&world.ctx(world.admin), "Account", None, &[("Name", name.into())])
}

#[test]
fn a_unit_reads_its_own_writes_and_is_kept_whole() {
    on_both_stores(|world| {
        let ctx = world.ctx(world.admin);
        let seen = ctx.in_one_transaction(|unit| {
            let made = unit.create("Account", &[account(world, "First")], SaveOptions::ALL)?.remove(0).into_id()?;
            let change = draft(&ctx, "Account", Some(made), &[("Name", "Renamed".into())]);
            unit.update("Account", &[change], SaveOptions::ALL)?.remove(0).into_id()?;
            unit.import_mark("file", 7, "created")?;
            assert_eq!(unit.import_done("file")?, [7]);
            Ok(unit.rows("SELECT Name FROM Account")?.len())
        });
        assert_eq!(seen.expect("kept"), 1);
        assert_eq!(world.column(world.admin, "SELECT Name FROM Account"), ["Renamed"]);
        assert_eq!(world.org.store().read(|tx| tx.import_done("file")).expect("the journal"), [7]);
    });
}

#[test]
fn a_unit_that_fails_leaves_neither_rows_nor_marks() {
    on_both_stores(|world| {
        let outcome: model::Result<()> = world.ctx(world.admin).in_one_transaction(|unit| {
            unit.create("Account", &[account(world, "First")], SaveOptions::ALL)?;
            unit.import_mark("file", 1, "created")?;
            Err(Error::internal("changed its mind"))
        });
        assert!(outcome.is_err());
        assert!(world.column(world.admin, "SELECT Name FROM Account").is_empty());
        assert!(world.org.store().read(|tx| tx.import_done("file")).expect("the journal").is_empty());
    });
}

#[test]
fn a_bad_row_of_a_unit_falls_alone_or_with_its_batch_as_asked() {
    on_both_stores(|world| {
        let batch = [account(world, "Good"), draft(&world.ctx(world.admin), "Account", None, &[("Name", Value::Null)])];
        let (by_row, whole) = world
            .ctx(world.admin)
            .in_one_transaction(|unit| {
                let by_row = unit.create("Account", &batch, SaveOptions::default())?;
                let whole = unit.create("Account", &batch, SaveOptions::ALL)?;
                Ok((by_row, whole))
            })
            .expect("the unit itself is sound");
        assert!(by_row[0].is_success() && !by_row[1].is_success(), "{by_row:?}");
        assert!(whole.iter().all(|result| !result.is_success()), "{whole:?}");
        assert_eq!(world.column(world.admin, "SELECT Name FROM Account"), ["Good"]);
    });
}

#[test]
fn a_unit_may_do_what_its_user_may_and_no_more() {
    on_both_stores(|world| {
        let account = world.create(world.peer, "Account", &[("Name", "Of the peer".into())]);
        let ctx = world.ctx(world.rep);
        let change = draft(&ctx, "Account", Some(account), &[("Name", "Taken".into())]);
        let (rows, results) = ctx
            .in_one_transaction(|unit| {
                Ok((
                    unit.rows("SELECT Id FROM Account")?.len(),
                    unit.update("Account", &[change], SaveOptions::default())?,
                ))
            })
            .expect("the unit itself is sound");
        assert!(!results[0].is_success(), "{results:?}");
        assert_eq!(rows, world.column(world.rep, "SELECT Id FROM Account").len());
        assert_eq!(world.column(world.peer, "SELECT Name FROM Account"), ["Of the peer"]);
    });
}

#[test]
fn a_unit_finds_upserts_and_deletes_what_it_made_itself() {
    on_both_stores(|world| {
        let ctx = world.ctx(world.admin);
        let counts = ctx.in_one_transaction(|unit| {
            let made = unit.create("Account", &[account(world, "First")], SaveOptions::ALL)?.remove(0).into_id()?;
            let read = unit.record_get("Account", made, Some(&["Name".to_owned()]))?;
            assert_eq!(read.records()[0].cells[0].value(), &Value::from("First"));
            let key = UpsertKey { field: "Id".to_owned(), values: vec![Value::Id(made)] };
            let change = draft(&ctx, "Account", None, &[("Name", "Renamed".into())]);
            let upserted = unit.upsert("Account", &key, vec![change], SaveOptions::ALL)?;
            assert_eq!((upserted[0].id, upserted[0].created), (Some(made), false));
            let count = |unit: &mut platform::Unit<'_, '_>, soql: &str| {
                unit.query(soql, QueryOptions::default()).map(|answer| answer.total)
            };
            let before = count(unit, "SELECT COUNT() FROM Account WHERE Name = 'Renamed'")?;
            unit.delete("Account", &[made], SaveOptions::ALL)?.remove(0).into_id()?;
            Ok((before, count(unit, "SELECT Id FROM Account")?))
        });
        assert_eq!(counts.expect("kept"), (1, 0));
        assert!(world.column(world.admin, "SELECT Name FROM Account").is_empty());
    });
}

#[test]
fn a_part_of_a_unit_that_fails_is_undone_alone_and_the_audit_log_stays_whole() {
    on_both_stores(|world| {
        let ctx = world.ctx(world.admin);
        let kept: model::Result<()> = ctx.in_one_transaction(|unit| {
            unit.create("Account", &[account(world, "Kept")], SaveOptions::ALL)?;
            let undone: model::Result<()> = unit.attempt(|unit| {
                unit.create("Account", &[account(world, "Undone")], SaveOptions::ALL)?;
                unit.attempt(|unit| unit.create("Account", &[account(world, "Deeper")], SaveOptions::ALL).map(|_| ()))?;
                Err(Error::internal("changed its mind"))
            });
            assert!(undone.is_err());
            unit.create("Account", &[account(world, "After")], SaveOptions::ALL).map(|_| ())
        });
        kept.expect("kept");
        assert_eq!(world.column(world.admin, "SELECT Name FROM Account ORDER BY Name"), ["After", "Kept"]);
        let verdict = world.org.store().read(|tx| tx.audit_verify()).expect("a verdict");
        assert!(matches!(verdict, store::AuditVerdict::Whole { .. }), "{verdict:?}");
    });
}
