//! Notes: seen with the record they are attached to, whatever kind it is of.

use crate::world::{World, on_both_stores};
use model::{ErrorCode, RecordId, Value};
use platform::QueryOptions;

fn note(world: &World, user: RecordId, parent: RecordId, title: &str) -> model::Result<RecordId> {
    let values = [("ParentId", parent.into()), ("Title", title.into()), ("Body", "said on the phone".into())];
    world.try_create(user, "Note", &values)
}

#[test]
fn a_note_is_read_by_who_reads_its_record_and_changed_by_who_may_change_it() {
    on_both_stores(|world| {
        let account = world.create(world.rep, "Account", &[("Name", "Acme".into())]);
        let campaign = world.create(world.manager, "Campaign", &[("Name", "Fair".into())]);
        let of_account = note(world, world.rep, account, "Account").expect("a note");
        let of_campaign = note(world, world.manager, campaign, "Campaign").expect("a note");
        // Campaigns are read by everybody, accounts by their owner and those above.
        let titles = |user| world.column(user, "SELECT Title FROM Note ORDER BY Title");
        assert_eq!(titles(world.rep), ["Account", "Campaign"]);
        assert_eq!(titles(world.chief), ["Account", "Campaign"]);
        assert_eq!(titles(world.peer), ["Campaign"]);
        let found = |user| {
            let answer = world.ctx(user).search("FIND {phone} RETURNING Note(Id)", QueryOptions::default());
            answer.expect("an answer").iter().map(|found| found.rows.len()).sum::<usize>()
        };
        assert_eq!((found(world.rep), found(world.peer)), (2, 1));
        let below = "SELECT (SELECT Title FROM Notes) FROM Account";
        let (_, rows) = world.ctx(world.rep).query_all_rows(below, QueryOptions::default()).expect("rows");
        assert!(matches!(&rows[0].cells[0], store::Cell::Children(children) if children.len() == 1));
        assert_eq!(world.column(world.rep, "SELECT Parent.Name FROM Note ORDER BY Title"), ["Acme", "Fair"]);

        let change = |user, id| world.update(user, "Note", id, &[("Body", "changed".into())]);
        change(world.manager, of_account).expect("whoever may change the account");
        let refused = change(world.rep, of_campaign).expect_err("a campaign that one only reads");
        assert_eq!(refused.code(), ErrorCode::InsufficientAccessOrReadonly);
        assert_eq!(change(world.peer, of_account).expect_err("not seen").code(), ErrorCode::NotFound);
        assert!(note(world, world.peer, account, "x").is_err(), "nobody attaches to what they do not see");
        assert!(note(world, world.peer, campaign, "x").is_err(), "or may only read");
        let nowhere = world.try_create(world.rep, "Note", &[("Title", "x".into()), ("ParentId", Value::Null)]);
        assert_eq!(nowhere.expect_err("no parent").code(), ErrorCode::RequiredFieldMissing);
    });
}

#[test]
fn notes_go_into_the_bin_with_their_record_and_come_back_with_it() {
    on_both_stores(|world| {
        let account = world.create(world.rep, "Account", &[("Name", "Acme".into())]);
        let kept = world.create(world.rep, "Account", &[("Name", "Kept".into())]);
        note(world, world.rep, account, "Gone").expect("a note");
        note(world, world.rep, kept, "Stays").expect("a note");
        let titles = || world.column(world.rep, "SELECT Title FROM Note ORDER BY Title");
        world.ctx(world.rep).record_delete("Account", account).expect("a delete");
        assert_eq!(titles(), ["Stays"]);
        world.ctx(world.rep).record_undelete("Account", account).expect("an undelete");
        assert_eq!(titles(), ["Gone", "Stays"]);
    });
}
