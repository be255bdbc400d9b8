//! Lists under record access: pages, their order and their parents are those of the whole answer, however the statement
//! is said for whoever asks.

use super::{account, deal, max, share};
use crate::world::{World, on_both_stores};
use model::{ErrorCode, RecordId, Value};
use platform::{MaxAccessLevel, QueryOptions, RecordDraft, SaveOptions};

fn rows(world: &World, user: RecordId, soql: &str) -> Vec<(RecordId, Vec<Value>)> {
    let answer = world.ctx(user).query(soql, QueryOptions::default()).expect("a list");
    let values = |row: &platform::RecordRow| row.cells.iter().map(|cell| cell.value().clone()).collect();
    answer.records().iter().map(|row| (row.id, values(row))).collect()
}

#[test]
fn a_page_is_the_beginning_of_the_whole_list_with_the_same_parents() {
    on_both_stores(|world| {
        let owners = [world.rep, world.peer, world.manager, world.chief];
        let accounts: Vec<RecordId> =
            (0..8).map(|at| account(world, owners[at % 4], &format!("Account {at}"))).collect();
        for at in 0..24 {
            let of = (at % 5 != 0).then(|| accounts[at % 8]);
            deal(world, owners[(at / 2) % 4], of, &format!("Deal {}", at * 7 % 24));
        }
        let orders = ["Name", "Name DESC", "CloseDate DESC, Name", "Account.Name NULLS LAST, Name", "Owner.Name, Name"];
        for user in owners {
            let mut hidden = 0;
            for order in orders {
                let list = format!(
                    "SELECT Name, Account.Name, Account.Owner.Name, Owner.Name FROM Opportunity \
                     WHERE Probability < 100 ORDER BY {order}"
                );
                let whole = rows(world, user, &list);
                assert!(!whole.is_empty());
                for limit in [1, 3, whole.len(), whole.len() + 5] {
                    let page = rows(world, user, &format!("{list} LIMIT {limit}"));
                    assert_eq!(page, whole[..limit.min(whole.len())], "{order}, {limit}");
                }
                let later = rows(world, user, &format!("{list} LIMIT 2 OFFSET 1"));
                assert_eq!(later, whole[1.min(whole.len())..3.min(whole.len())], "{order}, from the second");
                hidden += whole.iter().filter(|(_, values)| values[1].is_null()).count();
            }
            assert!(hidden > 0, "some deals have no account");
        }
    });
}

#[test]
fn the_first_share_of_an_org_is_seen_by_whoever_asked_before() {
    on_both_stores(|world| {
        let [first, second] = ["First", "Second"].map(|name| account(world, world.chief, name));
        let asked = |id: RecordId| max(world, world.rep, id);
        assert_eq!((asked(first), asked(second)), (MaxAccessLevel::None, MaxAccessLevel::None));
        // One row of the batch fails: what it takes back must not take the other's effect along.
        let ctx = world.ctx(world.chief);
        let object = ctx.object("AccountShare").expect("shares");
        let draft = |record: RecordId, level: &str| {
            let values = [
                ("AccountId", Value::Id(record)),
                ("UserOrGroupId", world.rep.into()),
                ("AccountAccessLevel", level.into()),
                ("OpportunityAccessLevel", "None".into()),
            ];
            let field = |name: &str| object.find_field(name).expect("a field").ix;
            RecordDraft { id: None, values: values.into_iter().map(|(name, value)| (field(name), value)).collect() }
        };
        let drafts = vec![draft(first, "Read"), draft(second, "Everything")];
        let results = ctx
            .records_create("AccountShare", drafts, SaveOptions { all_or_none: false, ..SaveOptions::ALL })
            .expect("results");
        let codes: Vec<_> = results.into_iter().map(|result| result.into_id().map_err(|error| error.code())).collect();
        assert!(matches!(codes[..], [Ok(_), Err(code)] if code != ErrorCode::UnknownException), "{codes:?}");
        assert_eq!((asked(first), asked(second)), (MaxAccessLevel::Read, MaxAccessLevel::None));
        share(world, world.chief, second, world.rep, "Edit").expect("a share");
        assert_eq!(asked(second), MaxAccessLevel::Edit);
    });
}
