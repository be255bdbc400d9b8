//! Searching by words, what was seen last, how a query would be answered, upserts that must be whole.

use crate::world::{on_both_stores, user};
use model::Value;
use platform::provision::{self, ObjectGrant};
use platform::{QueryOptions, RecordDraft, SaveOptions, UpsertKey};

#[test]
fn a_search_finds_whole_words_and_only_readable_records() {
    on_both_stores(|world| {
        let acme = world.create(world.rep, "Account", &[("Name", "ACME Söhne".into())]);
        world.create(world.rep, "Account", &[("Name", "Acmesöhne".into())]);
        let contact =
            world.create(world.rep, "Contact", &[("LastName", "Lang".into()), ("Email", "x@acme.example".into())]);
        let found = |user, sosl: &str| -> Vec<_> {
            let found =
                world.ctx(user).search(sosl, QueryOptions::default()).unwrap_or_else(|error| panic!("{sosl}: {error}"));
            found.iter().flat_map(|part| part.rows.iter().map(|row| row.id)).collect()
        };
        assert_eq!(found(world.rep, "FIND {acme} RETURNING Contact, Account"), [contact, acme]);
        assert_eq!(found(world.rep, "FIND {\"acme söhne\"} RETURNING Account(Name)"), [acme]);
        assert_eq!(found(world.rep, "FIND {acm*} IN NAME FIELDS RETURNING Account(Id ORDER BY Name LIMIT 1)"), [acme]);
        assert_eq!(found(world.rep, "FIND {acme AND NOT söhne} RETURNING Account, Contact"), [contact]);
        assert_eq!(found(world.peer, "FIND {acme} RETURNING Account, Contact"), []);
    });
}

#[test]
fn people_are_found_where_accounts_may_not_be_read() {
    on_both_stores(|world| {
        let service = world.service();
        let profile = provision::insert(&service, "Profile", &[("Name", "Contacts only".into())]).expect("a profile");
        let set = [
            ("Name", "X_ContactsOnly".into()),
            ("Label", "Contacts only".into()),
            ("Type", "Profile".into()),
            ("IsOwnedByProfile", true.into()),
            ("ProfileId", profile.into()),
        ];
        let set = provision::insert(&service, "PermissionSet", &set).expect("a set");
        let rights = ObjectGrant { create: true, ..ObjectGrant::default() };
        provision::grant(&service, set, &[("Contact".to_owned(), rights)]).expect("permissions");
        let clerk = user(&service, "clerk", profile, None);
        let account = world.create(world.rep, "Account", &[("Name", "Acme".into())]);
        let ada = world.create(clerk, "Contact", &[("LastName", "Lovelace".into())]);
        world
            .update(world.admin, "Contact", ada, &[("AccountId", account.into())])
            .expect("an administrator knows both");
        let hits = world.ctx(clerk).search_names("Lovelace", None, 5).expect("hits");
        assert_eq!(hits.iter().map(|hit| hit.id).collect::<Vec<_>>(), [ada]);
        assert_eq!(hits[0].detail, "", "the account's name is not told");
    });
}

#[test]
fn what_was_seen_is_forgotten_with_the_right_to_see_it() {
    on_both_stores(|world| {
        let kept = world.create(world.rep, "Account", &[("Name", "kept".into())]);
        let gone = world.create(world.rep, "Account", &[("Name", "gone".into())]);
        for id in [kept, gone] {
            world.clock.advance(1000);
            world.ctx(world.rep).record_viewed(id).expect("noted");
        }
        let names = || -> Vec<String> {
            let seen = world.ctx(world.rep).records_recent(None, 10).expect("a list");
            seen.into_iter().map(|record| record.name).collect()
        };
        assert_eq!(names(), ["gone", "kept"]);
        world.ctx(world.rep).record_delete("Account", gone).expect("deleted");
        assert_eq!(names(), ["kept"]);
    });
}

#[test]
fn a_query_is_explained_by_index_and_by_count() {
    on_both_stores(|world| {
        let id = world.create(world.rep, "Account", &[("Name", "one".into())]);
        world.create(world.rep, "Account", &[("Name", "two".into())]);
        let explained =
            |soql: &str| world.ctx(world.rep).query_explain(soql, QueryOptions::default()).expect("a query");
        let by_id = explained(&format!("SELECT Name FROM Account WHERE Id = '{id}' ORDER BY Name LIMIT 1"));
        assert_eq!((by_id.indexed.len(), by_id.rows, by_id.object_rows), (1, 1, 2));
        let scan = explained("SELECT Name, COUNT(Id) FROM Account WHERE Name = 'one' OR OwnerId = null GROUP BY Name");
        assert_eq!((scan.indexed.len(), scan.rows, scan.object_rows), (0, 1, 2));
    });
}

#[test]
fn an_upsert_that_must_be_whole_leaves_nothing_behind() {
    on_both_stores(|world| {
        let old = world.create(world.rep, "Account", &[("Name", "old".into())]);
        let ctx = world.ctx(world.rep);
        let object = ctx.object("Account").expect("an object");
        let named = |name: &str| RecordDraft::new().set(object, "Name", name).expect("a field");
        let upsert = |rows: Vec<(Value, RecordDraft)>| {
            let (values, drafts) = rows.into_iter().unzip();
            let key = UpsertKey { field: "Id".to_owned(), values };
            ctx.records_upsert("Account", &key, drafts, SaveOptions::ALL).expect("results")
        };
        let bad =
            upsert(vec![(Value::Id(old), named("changed")), (Value::Null, named("new")), (Value::Null, named(""))]);
        assert!(bad.iter().all(|row| !row.is_success()), "{bad:?}");
        assert_eq!(world.column(world.rep, "SELECT Name FROM Account"), ["old"]);
        let good = upsert(vec![(Value::Id(old), named("changed")), (Value::Null, named("new"))]);
        assert_eq!(
            good.iter().map(|row| (row.is_success(), row.created)).collect::<Vec<_>>(),
            [(true, false), (true, true)]
        );
        assert_eq!(world.column(world.rep, "SELECT Name FROM Account ORDER BY Name"), ["changed", "new"]);
    });
}
