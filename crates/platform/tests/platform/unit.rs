//! Several changes in one transaction.

use crate::world::{World, draft, on_both_stores};
use model::{Error, Value};
use platform::{RecordDraft, SaveOptions};
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
