//! Full-text search: what is found, by whom, in which order, and when the index follows a change; on both stores.

use crate::world::{World, draft, on_both_stores};
use model::schema::FieldDef;
use model::{RecordId, Value};
use platform::{QueryOptions, SaveOptions, provision};
use store::Backed as _;

fn found(world: &World, user: RecordId, sosl: &str) -> Vec<String> {
    let parts = world.ctx(user).search(sosl, QueryOptions::default()).unwrap_or_else(|error| panic!("{sosl}: {error}"));
    parts.iter().flat_map(|part| part.rows.iter().map(|row| row.cells[0].value().to_plain())).collect()
}

fn refused(world: &World, sosl: &str) -> String {
    match world.ctx(world.rep).search(sosl, QueryOptions::default()) {
        Ok(_) => panic!("{sosl} was answered"),
        Err(error) => error.to_string(),
    }
}

fn account(world: &World, name: &str, more: &[(&str, Value)]) -> RecordId {
    let mut values = vec![("Name", name.into())];
    values.extend_from_slice(more);
    world.create(world.rep, "Account", &values)
}

#[test]
fn words_phrases_and_operators_find_what_they_say() {
    on_both_stores(|world| {
        account(world, "ACME Corp.", &[("BillingCity", "Berlin".into())]);
        account(world, "Acmecorp", &[("BillingCity", "Paris".into())]);
        account(world, "United Oil & Gas", &[("Site", "acme".into())]);
        account(world, "Oil United", &[]);
        account(world, "東京タワー株式会社", &[]);
        account(world, "Straße É", &[("Description", format!("{} needle", "hay ".repeat(200)).into())]);
        let names = |terms: &str| {
            let mut names = found(world, world.rep, &format!("FIND {{{terms}}} RETURNING Account(Name)"));
            names.sort();
            names
        };
        assert_eq!(names("acme"), ["ACME Corp.", "United Oil & Gas"]);
        assert_eq!(names("acme*"), ["ACME Corp.", "Acmecorp", "United Oil & Gas"]);
        assert_eq!(names("acme berlin"), ["ACME Corp."]);
        assert_eq!(names("acme paris"), Vec::<String>::new());
        assert_eq!(names("paris OR berlin"), ["ACME Corp.", "Acmecorp"]);
        assert_eq!(names("acme AND NOT berlin"), ["United Oil & Gas"]);
        assert_eq!(names("(acme OR oil) AND NOT (berlin OR gas)"), ["Oil United"]);
        assert_eq!(names("\"united oil\""), ["United Oil & Gas"]);
        assert_eq!(names("oil AND NOT \"united oil\""), ["Oil United"]);
        assert_eq!(names("a?me"), ["ACME Corp.", "United Oil & Gas"]);
        assert_eq!(names("a?me*"), ["ACME Corp.", "Acmecorp", "United Oil & Gas"]);
        assert_eq!(names("a*p"), ["Acmecorp"]);
        assert_eq!(names("acme AND NOT a*e AND NOT b?rlin"), Vec::<String>::new());
        assert_eq!(names("acme AND NOT b?rlin"), ["United Oil & Gas"]);
        assert_eq!(names("oil OR p?ris"), ["Acmecorp", "Oil United", "United Oil & Gas"]);
        assert_eq!(names("東京"), ["東京タワー株式会社"]);
        assert_eq!(names("京東"), Vec::<String>::new());
        assert_eq!(names("STRASSE"), Vec::<String>::new(), "simple folding keeps the length of a word");
        assert_eq!(names("straße NEEDLE"), ["Straße É"]);
        assert_eq!(names("\"%%\""), Vec::<String>::new());
        let deep = (0..20).fold("acme".to_owned(), |inner, _| format!("(berlin OR (acme AND {inner}))"));
        assert_eq!(names(&deep), ["ACME Corp.", "United Oil & Gas"]);
        assert!(refused(world, &format!("FIND {{{}}}", "ab ".repeat(500))).contains("at most 200 words"));
    });
}

#[test]
fn scopes_ask_for_their_fields_alone() {
    on_both_stores(|world| {
        let contact = |last: &str, more: &[(&str, Value)]| {
            let mut values = vec![("LastName", last.into())];
            values.extend_from_slice(more);
            world.create(world.rep, "Contact", &values);
        };
        contact("Ada", &[("Email", "x@needle.example".into())]);
        contact("Bob", &[("Phone", "+49 (30) 1234-567".into())]);
        contact("Needle", &[("FirstName", "Eve".into())]);
        contact("Dan", &[("Title", "needle".into())]);
        let names = |search: &str| found(world, world.rep, &format!("FIND {search} RETURNING Contact(LastName)"));
        assert_eq!(names("{needle} IN ALL FIELDS"), ["Needle", "Ada", "Dan"]);
        assert_eq!(names("{needle} IN SIDEBAR FIELDS"), ["Needle", "Ada", "Dan"]);
        assert_eq!(names("{needle} IN NAME FIELDS"), ["Needle"]);
        assert_eq!(names("{eve needle} IN NAME FIELDS"), ["Needle"]);
        assert_eq!(names("{needle} IN EMAIL FIELDS"), ["Ada"]);
        assert_eq!(names("{x@needle.example} IN EMAIL FIELDS"), ["Ada"]);
        assert_eq!(names("{needle} IN PHONE FIELDS"), Vec::<String>::new());
        assert_eq!(names("{4930*} IN PHONE FIELDS"), ["Bob"]);
        assert_eq!(names("{49301234567} IN PHONE FIELDS"), ["Bob"]);
        assert_eq!(names("{4930?234567} IN PHONE FIELDS"), ["Bob"]);
        assert_eq!(names("{\"1234 567\"} IN PHONE FIELDS"), ["Bob"]);
    });
}

#[test]
fn the_most_relevant_come_first_and_an_order_of_ones_own_goes_before() {
    on_both_stores(|world| {
        account(world, "zeta", &[("Site", "needle".into())]);
        account(world, "beta needle", &[]);
        account(world, "Alpha Needle", &[]);
        account(world, "needle works", &[]);
        account(world, "Ädel", &[("Site", "needle".into())]);
        let names = |more: &str| found(world, world.rep, &format!("FIND {{needle}} RETURNING Account(Name{more})"));
        assert_eq!(names(""), ["needle works", "Alpha Needle", "beta needle", "Ädel", "zeta"]);
        assert_eq!(names(" LIMIT 2 OFFSET 1"), ["Alpha Needle", "beta needle"]);
        assert_eq!(names(" ORDER BY Name DESC LIMIT 2"), ["zeta", "needle works"]);
        assert_eq!(names(" WHERE Site = 'needle'"), ["Ädel", "zeta"]);
        let overall = |more: &str| {
            found(
                world,
                world.rep,
                &format!("FIND {{needle}} RETURNING Account(Name WHERE Site = null), Account(Name) {more}"),
            )
        };
        assert_eq!(overall("LIMIT 4"), ["needle works", "Alpha Needle", "beta needle", "needle works"]);
        assert_eq!(overall("LIMIT 2 OFFSET 2"), ["beta needle", "needle works"]);
    });
}

#[test]
fn neither_an_unreadable_record_nor_an_unreadable_field_is_found() {
    on_both_stores(|world| {
        // The manager sees the records of the rep, and of accounts the name alone.
        let service = world.service();
        let read_only = provision::by_name(&service, "Profile", "Read Only").expect("a profile");
        let set = provision::profile_set(&service, "Read Only").expect("a set");
        let fields = format!("SELECT Id FROM FieldPermissions WHERE ParentId = '{set}' AND SobjectType = 'Account'");
        let (_, rows) = service.query_all_rows(&fields, QueryOptions::default()).expect("rows");
        world.ctx(world.admin).record_delete("FieldPermissions", rows[0].id).expect("a delete");
        let name_alone = [
            ("ParentId", set.into()),
            ("SobjectType", "Account".into()),
            ("Field", "Account.Name".into()),
            ("PermissionsRead", true.into()),
        ];
        world.create(world.admin, "FieldPermissions", &name_alone);
        world.update(world.admin, "User", world.manager, &[("ProfileId", read_only.into())]).expect("an update");

        account(world, "Open", &[("Site", "needle".into())]);
        account(world, "needle", &[]);
        let names = |user, terms: &str| found(world, user, &format!("FIND {{{terms}}} RETURNING Account(Name)"));
        assert_eq!(names(world.rep, "needle"), ["needle", "Open"]);
        assert_eq!(names(world.manager, "needle"), ["needle"], "not by a field that may not be read");
        assert_eq!(names(world.manager, "n?edle OR needl?"), ["needle"]);
        assert_eq!(names(world.manager, "open AND NOT needle"), ["Open"], "a hidden word excludes nothing");
        assert_eq!(names(world.peer, "needle"), Vec::<String>::new());
        let asked = world
            .ctx(world.manager)
            .search("FIND {open} RETURNING Account(Name WHERE Site = 'x')", QueryOptions::default());
        assert!(asked.map(|_| ()).expect_err("unreadable").to_string().contains("No such column"));
        assert!(world.ctx(world.peer).search_names("need", None, 5).expect("hits").is_empty());
        assert_eq!(world.ctx(world.manager).search_names("need", None, 5).expect("hits").len(), 1);
    });
}

#[test]
fn the_index_follows_every_change_in_its_own_transaction() {
    on_both_stores(|world| {
        let ctx = world.ctx(world.rep);
        let names = |word: &str| found(world, world.rep, &format!("FIND {{{word}}} RETURNING Account(Name)"));
        let id = account(world, "first", &[("Site", "here".into())]);
        world.update(world.rep, "Account", id, &[("Site", "there".into())]).expect("an update");
        assert_eq!((names("here").len(), names("there").len()), (0, 1));
        world.update(world.rep, "Account", id, &[("Site", Value::Null), ("Name", "second".into())]).expect("an update");
        assert_eq!((names("there").len(), names("first").len(), names("second").len()), (0, 0, 1));
        ctx.record_delete("Account", id).expect("deleted");
        assert_eq!(names("second").len(), 0);
        ctx.record_undelete("Account", id).expect("undeleted");
        assert_eq!(names("second").len(), 1);

        // A batch of which one row is refused, kept and undone.
        let batch = |all_or_none: bool| {
            let drafts = [Some("third"), None, Some("fourth")]
                .map(|name| draft(&ctx, "Account", None, &[("Name", name.into())]))
                .into_iter()
                .collect();
            let options = if all_or_none { SaveOptions::ALL } else { SaveOptions::default() };
            ctx.records_create("Account", drafts, options).expect("results")
        };
        assert!(batch(true).iter().all(|row| !row.is_success()));
        assert_eq!((names("third").len(), names("fourth").len()), (0, 0));
        assert_eq!(batch(false).iter().filter(|row| row.is_success()).count(), 2);
        assert_eq!((names("third").len(), names("fourth").len()), (1, 1));
    });
}

#[test]
fn new_fields_and_newly_searched_objects_are_found() {
    on_both_stores(|world| {
        let admin = world.ctx(world.admin);
        let id = world.create(world.admin, "Account", &[("Name", "old".into())]);
        admin.fields_create("Account", vec![FieldDef::text_area("Notes__c", "Notes", 4000)]).expect("a field");
        world.update(world.admin, "Account", id, &[("Notes__c", "needle".into())]).expect("an update");
        let names =
            |object: &str, word: &str| found(world, world.admin, &format!("FIND {{{word}}} RETURNING {object}(Name)"));
        assert_eq!(names("Account", "needle"), ["old"]);

        world
            .org
            .store()
            .write_metadata(|tx| tx.object_redeclare("Account", |def| def.searchable = false))
            .expect("redeclared");
        world.create(world.admin, "Account", &[("Name", "unseen".into())]);
        assert!(refused(world, "FIND {unseen} RETURNING Account(Name)").contains("does not support search"));
        world
            .org
            .store()
            .write_metadata(|tx| tx.object_redeclare("Account", |def| def.searchable = true))
            .expect("redeclared");
        assert!(world.org.store().read(|tx| tx.search_waits()).expect("an answer"), "records wait for the index");
        assert_eq!(names("Account", "unseen"), ["unseen"]);
        assert!(!world.org.store().read(|tx| tx.search_waits()).expect("an answer"));
    });
}

#[test]
fn the_index_is_built_in_steps_that_go_on_where_they_stopped() {
    on_both_stores(|world| {
        let ctx = world.ctx(world.rep);
        let made = |n: usize| draft(&ctx, "Account", None, &[("Name", format!("needle {n}").into())]);
        ctx.records_create("Account", (0..25).map(made).collect(), SaveOptions::ALL).expect("results");
        let store = world.org.store();
        store.write(|tx| tx.search_forget()).expect("forgotten");
        assert!(store.search_build_step(10).expect("a step"));
        let mut steps = 1;
        while store.read(|tx| tx.search_waits()).expect("an answer") {
            store.search_build_step(10).expect("a step");
            steps += 1;
        }
        assert!(steps > 3, "{steps} steps");
        assert_eq!(found(world, world.rep, "FIND {needle} RETURNING Account(Name)").len(), 25);
    });
}

#[test]
fn without_returning_every_searched_object_answers_with_ids() {
    on_both_stores(|world| {
        let one = account(world, "needle", &[]);
        let two = world.create(world.rep, "Contact", &[("LastName", "needle".into())]);
        let mut ids = found(world, world.rep, "FIND {needle}");
        ids.sort();
        assert_eq!(ids, [one.to_string(), two.to_string()]);
    });
}

#[test]
fn what_is_renamed_is_found_under_its_new_name_and_what_is_gone_is_not() {
    on_both_stores(|world| {
        let nick = |name: &str| FieldDef::text(name, "Nick", 40);
        world.ctx(world.admin).fields_create("Account", vec![nick("Nick__c")]).expect("a field");
        let id = account(world, "Acme", &[("Nick__c", "kingfisher".into())]);
        let hits = || found(world, world.rep, "FIND {kingfisher} RETURNING Account (Name)").len();
        assert_eq!(hits(), 1);
        world.ctx(world.admin).field_change("Account", "Nick__c", nick("Alias__c")).expect("a rename");
        assert_eq!(hits(), 1);
        world.ctx(world.admin).field_delete("Account", "Alias__c").expect("a delete");
        // A field that comes under the old name must not be found by the values of the one that went.
        world.ctx(world.admin).fields_create("Account", vec![nick("Alias__c")]).expect("a field");
        assert_eq!(hits(), 0);
        world.update(world.rep, "Account", id, &[("Alias__c", "kingfisher".into())]).expect("an update");
        assert_eq!(hits(), 1);
        world.ctx(world.rep).record_delete("Account", id).expect("a delete");
        world.ctx(world.rep).records_purge("Account", &[id], SaveOptions::ALL).expect("a purge");
        let left = account(world, "kingfisher", &[]);
        assert_eq!((hits(), left != id), (1, true));
    });
}

#[test]
fn a_search_is_narrowed_to_a_saved_list() {
    on_both_stores(|world| {
        let energy = [("Industry", "Energy".into())];
        for (name, more) in [("Harbour One", &energy[..]), ("Harbour Two", &[]), ("Quay Three", &energy[..])] {
            account(world, name, more);
        }
        world.create(world.admin, "Account", &[("Name", "Harbour of the administrator".into())]);
        let list = |name: &str, more: &[(&str, Value)]| {
            let usual = [
                ("Name", name.into()),
                ("DeveloperName", name.into()),
                ("SobjectType", "Account".into()),
                ("Columns", "Name".into()),
                ("Visibility", "All".into()),
            ];
            world.create(world.admin, "ListView", &[&usual[..], more].concat())
        };
        list("Energy", &[("Filter", "Industry = 'Energy' OR Name = 'x'".into()), ("OrderBy", "Name DESC".into())]);
        let all = "FIND {Harbour OR Quay} RETURNING Account";
        let of = |rest: &str| found(world, world.admin, &format!("{all}(Id, Name USING ListView = {rest})"));
        assert_eq!(of("Energy").len(), 2);
        assert_eq!(of("energy WHERE Name LIKE 'Q%'").len(), 1);
        assert_eq!(of("MyAccount").len(), 1, "a list of one's own records");
        let rep = found(world, world.rep, &format!("{all}(Name USING ListView = MyAccount ORDER BY Name LIMIT 2)"));
        assert_eq!(rep, ["Harbour One", "Harbour Two"]);
        let ordered = found(world, world.rep, &format!("{all}(Name USING ListView = Energy)"));
        assert_eq!(ordered, ["Quay Three", "Harbour One"], "in the order of the list");
        let unknown = refused(world, &format!("{all}(Id USING ListView = Nothing)"));
        assert!(unknown.contains("has no list Nothing"), "{unknown}");
    });
}
