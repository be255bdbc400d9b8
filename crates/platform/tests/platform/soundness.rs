//! What no record of a sales org may say, whoever writes it.

use crate::world::{draft, on_both_stores};
use model::{Date, Decimal, ErrorCode, RecordId, Value};
use platform::SaveOptions;

#[test]
fn no_account_stands_below_itself() {
    on_both_stores(|world| {
        let make = |name: &str, parent: Option<RecordId>| {
            world.create(world.rep, "Account", &[("Name", name.into()), ("ParentId", parent.into())])
        };
        let top = make("Top", None);
        let middle = make("Middle", Some(top));
        let bottom = make("Bottom", Some(middle));
        let below = |id, parent: RecordId| world.update(world.rep, "Account", id, &[("ParentId", parent.into())]);
        for (id, parent) in [(top, top), (top, middle), (top, bottom), (middle, bottom)] {
            let error = below(id, parent).expect_err("a ring");
            assert!(error.fields().contains(&"ParentId".to_owned()), "{error:?}");
        }
        below(bottom, top).expect("another place in the tree");
        assert_eq!(world.column(world.rep, "SELECT Parent.Name FROM Account ORDER BY Name"), ["Top", "Top", ""]);
        // Nor by two changes of one save, or by a merge.
        let ctx = world.ctx(world.rep);
        let one = make("One", None);
        let other = make("Other", None);
        let drafts = [(one, other), (other, one)]
            .map(|(id, parent)| draft(&ctx, "Account", Some(id), &[("ParentId", parent.into())]));
        let apart = || SaveOptions { all_or_none: false, ..SaveOptions::ALL };
        let _ = ctx.records_update("Account", drafts.into(), apart());
        let parents = "SELECT Id FROM Account WHERE Name IN ('One', 'Other') AND ParentId != null";
        assert!(world.column(world.rep, parents).len() <= 1);
        let mixed = [(one, one), (other, top)]
            .map(|(id, parent)| draft(&ctx, "Account", Some(id), &[("ParentId", parent.into())]));
        let saved = ctx.records_update("Account", mixed.into(), apart()).expect("results");
        let saved: Vec<bool> = saved.iter().map(platform::RowResult::is_success).collect();
        assert_eq!(saved, [false, true], "the bad one alone is refused");
        let (stays, between, goes) = (make("Stays", None), make("Between", None), make("Goes", None));
        below(between, goes).expect("a place");
        below(stays, between).expect("a place");
        let merged = ctx.records_merge("Account", draft(&ctx, "Account", Some(stays), &[]), &[goes]);
        assert!(merged.is_err(), "the one that stays would stand below what comes to stand below it");

        // Where one moves what the other moves, at most one of two moves goes through.
        let (left, right) = (make("Left", None), make("Right", None));
        let moved = std::thread::scope(|scope| {
            let one = scope.spawn(|| below(left, right).is_ok());
            let other = scope.spawn(|| below(right, left).is_ok());
            [one.join().expect("no panic"), other.join().expect("no panic")]
        });
        assert_eq!(moved.iter().filter(|done| **done).count(), 1);
    });
}

#[test]
fn nobody_deactivates_themselves_or_is_their_own_manager() {
    on_both_stores(|world| {
        let active = |user: RecordId, id, is: bool| world.update(user, "User", id, &[("IsActive", is.into())]);
        let error = active(world.admin, world.admin, false).expect_err("oneself");
        assert!(error.to_string().contains("you cannot deactivate yourself"), "{error}");
        active(world.admin, world.rep, false).expect("somebody else");
        active(world.admin, world.rep, true).expect("and back");
        let own = world.update(world.admin, "User", world.rep, &[("ManagerId", world.rep.into())]);
        assert!(own.expect_err("their own manager").fields().contains(&"ManagerId".to_owned()));
        world.update(world.admin, "User", world.rep, &[("ManagerId", world.manager.into())]).expect("a manager");
    });
}

#[test]
fn a_probability_is_a_part_of_a_hundred() {
    on_both_stores(|world| {
        let deal = |probability: i64| {
            world.try_create(
                world.rep,
                "Opportunity",
                &[
                    ("Name", "Deal".into()),
                    ("StageName", "Prospecting".into()),
                    ("CloseDate", Value::Date(Date::parse("2026-12-15").expect("a date"))),
                    ("Probability", Value::Number(Decimal::new(probability, 0))),
                ],
            )
        };
        for probability in [-1, 101, 999] {
            let error = deal(probability).expect_err("out of range");
            assert_eq!(error.fields(), ["Probability"], "{error}");
            assert_ne!(error.code(), ErrorCode::UnknownException);
        }
        for probability in [0, 55, 100] {
            deal(probability).expect("a part");
        }
    });
}
