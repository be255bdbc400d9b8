//! Sealed fields on both stores: what is written comes back, what can be asked is answered, and a value that was moved
//! or altered in the store opens nowhere.

use crate::world::{World, on_both_stores};
use model::schema::{FieldDef, FieldType, Sealing};
use model::{Decimal, ErrorCode, Value};
use platform::{QueryOptions, RecordDraft, SaveOptions, UpsertKey};
use store::Backed as _;

const TOKEN: Sealing = Sealing::Token { case_sensitive: false };
const CLOSED: Sealing = Sealing::Probabilistic;

/// Accounts with sealed fields of every kind.
fn with_sealed_fields(world: &World) {
    let flag = FieldDef::boolean("Vip__c", "VIP", false).sealed(CLOSED);
    let fields = vec![
        FieldDef::text("Ssn__c", "Number", 40).external_id().unique().sealed(TOKEN),
        FieldDef::text("Code__c", "Code", 40).sealed(Sealing::Token { case_sensitive: true }),
        FieldDef::email("Private__c", "Private e-mail").sealed(TOKEN),
        FieldDef::text("Secret__c", "Secret", 100).sealed(CLOSED),
        FieldDef::text_area("Diary__c", "Diary", 5000).sealed(CLOSED),
        FieldDef::currency("Salary__c", "Salary").sealed(CLOSED),
        FieldDef::date("Born__c", "Born").sealed(CLOSED),
        FieldDef::date_time("Seen__c", "Seen").sealed(CLOSED),
        FieldDef::int("Cats__c", "Cats").sealed(CLOSED),
        FieldDef::picklist("Mood__c", "Mood", &["Good", "Bad"]).sealed(CLOSED),
        flag,
    ];
    world.ctx(world.admin).fields_create("Account", fields).expect("fields");
}

fn account(world: &World, name: &str, values: &[(&str, Value)]) -> model::RecordId {
    let named = [("Name", Value::from(name))];
    let all: Vec<(&str, Value)> = named.into_iter().chain(values.iter().cloned()).collect();
    world.create(world.admin, "Account", &all)
}

#[test]
fn every_kind_of_value_comes_back_as_it_was_written() {
    on_both_stores(|world| {
        with_sealed_fields(world);
        let written: Vec<(&str, Value)> = vec![
            ("Ssn__c", "078-05-1120".into()),
            ("Secret__c", "Grüße, 世界".into()),
            ("Diary__c", "line\nline".into()),
            ("Salary__c", Value::Number(Decimal::new(123_456_789, 2))),
            ("Born__c", Value::Date(model::Date::parse("1815-12-10").expect("a date"))),
            ("Seen__c", Value::DateTime(model::Instant::from_ms(1_700_000_000_123))),
            ("Cats__c", Value::Int(-3)),
            ("Mood__c", "Bad".into()),
            ("Vip__c", Value::Bool(true)),
        ];
        let id = account(world, "Ada", &written);
        let empty = account(world, "Empty", &[]);
        let names: Vec<&str> = written.iter().map(|(name, _)| *name).collect();
        let read = |id| -> Vec<Value> {
            let soql = format!("SELECT {} FROM Account WHERE Id = '{id}'", names.join(", "));
            let (_, rows) = world.ctx(world.admin).query_all_rows(&soql, QueryOptions::default()).expect("rows");
            rows[0].cells.iter().map(|cell| cell.value().clone()).collect()
        };
        assert_eq!(read(id), written.iter().map(|(_, value)| value.clone()).collect::<Vec<_>>());
        let nothing: Vec<Value> =
            names.iter().map(|name| if *name == "Vip__c" { Value::Bool(false) } else { Value::Null }).collect();
        assert_eq!(read(empty), nothing);
        // A change of one leaves the others, a parent and a list of children show them too.
        world.update(world.admin, "Account", id, &[("Secret__c", "new".into())]).expect("a change");
        let contact = world.create(world.admin, "Contact", &[("LastName", "L".into()), ("AccountId", id.into())]);
        let of_contact = format!("SELECT Account.Secret__c FROM Contact WHERE Id = '{contact}'");
        assert_eq!(world.column(world.admin, &of_contact), ["new"]);
        assert_eq!(
            world.column(world.admin, &format!("SELECT Diary__c FROM Account WHERE Id = '{id}'")),
            ["line\nline"]
        );
        world.update(world.admin, "Account", id, &[("Secret__c", Value::Null)]).expect("a change");
        assert_eq!(
            world.column(world.admin, "SELECT Name FROM Account WHERE Secret__c = null ORDER BY Name"),
            ["Ada", "Empty"]
        );
        assert_eq!(world.column(world.admin, "SELECT Name FROM Account WHERE Salary__c != null"), ["Ada"]);
    });
}

#[test]
fn equality_and_groups_work_by_token() {
    on_both_stores(|world| {
        with_sealed_fields(world);
        for (name, code, mail) in
            [("a", "X", "Ada@X.example"), ("b", "x", "ada@x.example"), ("c", "X", "bob@x.example"), ("d", "", "")]
        {
            let text = |text: &str| if text.is_empty() { Value::Null } else { text.into() };
            account(world, name, &[("Code__c", text(code)), ("Private__c", text(mail))]);
        }
        let names = |filter: &str| {
            world.column(world.admin, &format!("SELECT Name FROM Account WHERE {filter} ORDER BY Name")).join("")
        };
        assert_eq!(names("Code__c = 'X'"), "ac");
        assert_eq!(names("Code__c = 'x'"), "b");
        assert_eq!(names("Code__c != 'X'"), "bd");
        assert_eq!(names("NOT Code__c != 'X'"), "ac");
        assert_eq!(names("Code__c IN ('X', 'x')"), "abc");
        assert_eq!(names("Code__c IN ('X', null)"), "acd");
        assert_eq!(names("Code__c NOT IN ('X')"), "bd");
        assert_eq!(names("Code__c NOT IN ('X', null)"), "b");
        assert_eq!(names("NOT Code__c IN ('X', null)"), "b");
        assert_eq!(names("Code__c = null"), "d");
        assert_eq!(names("Code__c != null"), "abc");
        assert_eq!(names("Private__c = 'ADA@x.EXAMPLE'"), "ab");
        assert_eq!(names("Private__c = 'nobody@x.example' OR Code__c = 'x'"), "b");
        let groups = |soql: &str| -> Vec<Vec<String>> {
            let answer = world.ctx(world.admin).query(soql, QueryOptions::default()).expect("groups");
            answer.groups().iter().map(|group| group.iter().map(Value::to_plain).collect()).collect()
        };
        let mut by_mail = groups("SELECT Private__c, COUNT(Id) FROM Account GROUP BY Private__c");
        by_mail.sort();
        assert_eq!(by_mail, [["", "1"], ["Ada@X.example", "2"], ["bob@x.example", "1"]]);
        let mut by_both = groups(
            "SELECT Private__c, Code__c c, COUNT(Id) n FROM Account WHERE Code__c != null GROUP BY Private__c, Code__c",
        );
        by_both.sort();
        // Each group is shown by its first record.
        assert_eq!(by_both, [["Ada@X.example", "X", "1"], ["ada@x.example", "x", "1"], ["bob@x.example", "X", "1"]]);
        assert_eq!(
            groups("SELECT COUNT_DISTINCT(Private__c), COUNT(Private__c), COUNT_DISTINCT(Code__c) FROM Account"),
            [["2", "3", "2"]]
        );
        // Through a parent.
        let ada = model::RecordId::parse(&world.column(world.admin, "SELECT Id FROM Account WHERE Name = 'a'")[0])
            .expect("an id");
        for name in ["K", "L"] {
            world.create(world.admin, "Contact", &[("LastName", name.into()), ("AccountId", ada.into())]);
        }
        world.create(world.admin, "Contact", &[("LastName", "M".into())]);
        assert_eq!(
            world.column(world.admin, "SELECT LastName FROM Contact WHERE Account.Code__c = 'X' ORDER BY LastName"),
            ["K", "L"]
        );
        assert_eq!(world.column(world.admin, "SELECT LastName FROM Contact WHERE Account.Code__c != 'X'"), ["M"]);
        let mut by_parent = groups("SELECT Account.Private__c, COUNT(Id) FROM Contact GROUP BY Account.Private__c");
        by_parent.sort();
        assert_eq!(by_parent, [["", "1"], ["Ada@X.example", "2"]]);
        assert_eq!(names("Id IN (SELECT AccountId FROM Contact WHERE Account.Code__c = 'X')"), "a");
    });
}

#[test]
fn a_sealed_unique_value_is_held_once_and_rows_are_found_by_it() {
    on_both_stores(|world| {
        with_sealed_fields(world);
        let first = account(world, "first", &[("Ssn__c", "AB-1".into())]);
        let again = world
            .try_create(world.admin, "Account", &[("Name", "second".into()), ("Ssn__c", "ab-1".into())])
            .expect_err("held");
        assert_eq!(
            again.to_string(),
            format!("DUPLICATE_VALUE: duplicate value found: Ssn__c duplicates value on record with id: {first}")
        );
        let ctx = world.ctx(world.admin);
        let object = ctx.object("Account").expect("an object");
        let draft = |name: &str| RecordDraft::new().set(object, "Name", name).expect("a field");
        let key = UpsertKey { field: "Ssn__c".to_owned(), values: vec!["ab-1".into(), "CD-2".into()] };
        let results = ctx
            .records_upsert("Account", &key, vec![draft("renamed"), draft("made")], SaveOptions::default())
            .expect("results");
        assert_eq!(results.iter().map(|result| result.created).collect::<Vec<_>>(), [false, true], "{results:?}");
        assert_eq!(world.column(world.admin, "SELECT Ssn__c FROM Account ORDER BY Name"), ["CD-2", "AB-1"]);
        // Given up, the value is free.
        world.update(world.admin, "Account", first, &[("Ssn__c", Value::Null)]).expect("a change");
        account(world, "third", &[("Ssn__c", "AB-1".into())]);
    });
}

#[test]
fn nothing_of_a_sealed_value_stands_beside_it() {
    on_both_stores(|world| {
        let field = FieldDef::text("Secret__c", "Secret", 100).tracked().sealed(CLOSED);
        world.ctx(world.admin).fields_create("Account", vec![field]).expect("fields");
        let id = account(world, "Ada", &[("Secret__c", "CANARY-one".into())]);
        world.update(world.admin, "Account", id, &[("Secret__c", "CANARY-two".into())]).expect("a change");
        let rows = world.org.store().read(|tx| tx.audit_rows(Some(id), 10)).expect("rows");
        assert!(rows.iter().all(|row| !row.detail.contains("CANARY")), "{rows:?}");
        assert!(rows[0].detail.contains("\"Secret__c\":[\"(encrypted)\",\"(encrypted)\"]"), "{rows:?}");
        let history = world.ctx(world.admin).record_history(id, 10).expect("history");
        assert_eq!((history[0].old_value.as_str(), history[0].new_value.as_str()), ("CANARY-one", "CANARY-two"));
        // A search finds no sealed text.
        let found = world.ctx(world.admin).search("FIND {CANARY*} RETURNING Account", QueryOptions::default());
        assert!(found.expect("an answer").iter().all(|part| part.rows.is_empty()));
        // The cursor of a long answer remembers the query, which may name a value.
        let ctx = world.ctx(world.admin);
        let object = ctx.object("Account").expect("an object");
        let draft = |n: usize| RecordDraft::new().set(object, "Name", format!("n{n}").as_str()).expect("a field");
        ctx.records_create("Account", (0..201).map(draft).collect(), SaveOptions::ALL).expect("accounts");
        let options = QueryOptions { batch_size: 200, ..QueryOptions::default() };
        let answer = world
            .ctx(world.admin)
            .query("SELECT Name FROM Account WHERE Name != 'CANARY-three'", options)
            .expect("a page");
        let next = world.ctx(world.admin).query_more(answer.next.expect("a second page"), options).expect("it");
        assert_eq!(next.records().len(), 2);
        for canary in ["CANARY-one", "CANARY-two", "CANARY-three"] {
            assert_eq!(places_with(world, canary), Vec::<String>::new());
        }
        if world.database.is_some() {
            assert_eq!(places_with(world, "Ada"), ["Account", "SetupAuditTrail", "User", "hf_audit", "hf_trail"]);
        }
    });
}

#[test]
fn what_decides_who_sees_a_record_and_where_it_lies_stays_readable_for_the_store() {
    let world = World::embedded();
    let ctx = || world.ctx(world.admin);
    ctx().fields_create("Account", vec![FieldDef::location("Spot__c", "Spot", 6)]).expect("a location");
    for (object, field) in [
        ("Attachment", "IsPrivate"),
        ("ContentDocumentLink", "ShareType"),
        ("Folder", "AccessType"),
        ("ListView", "Visibility"),
        ("ListView", "SobjectType"),
        ("AccountTeamMember", "AccountAccessLevel"),
        ("Account", "Spot__c"),
        ("Account", "Spot__Latitude__s"),
    ] {
        let refused = ctx().field_seal(object, field, CLOSED).expect_err(field);
        assert_eq!(refused.code(), ErrorCode::FieldIntegrityException, "{object}.{field}: {refused}");
        assert!(refused.message().contains("cannot be sealed"), "{object}.{field}: {refused}");
    }
}

#[test]
fn a_field_sealed_late_is_refused_when_its_kind_cannot_be_sealed() {
    let world = World::embedded();
    let outcome = world
        .ctx(world.admin)
        .fields_create("Account", vec![FieldDef::auto_number("No__c", "No", "{0}").sealed(CLOSED)]);
    let error = outcome.expect_err("refused");
    assert_eq!(
        error.to_string(),
        "FIELD_INTEGRITY_EXCEPTION: Account: No__c cannot be sealed: a number that counts up says nothing secret"
    );
    let lookup = FieldDef::lookup("Other__c", "Other", "Account").sealed(CLOSED);
    assert!(world.ctx(world.admin).fields_create("Account", vec![lookup]).is_err());
    let number = FieldDef::new("N__c", "N", FieldType::Int).sealed(TOKEN);
    assert!(world.ctx(world.admin).fields_create("Account", vec![number]).is_err());
}

/// Where a text stands in plain: tables on PostgreSQL, files of the data directory.
pub(crate) fn places_with(world: &World, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    if let Some(database) = &world.database {
        // One statement that asks every table of every schema.
        let tables = format!(
            "SELECT table_name FROM information_schema.tables WHERE table_schema LIKE 'holdfast%' AND \
             (xpath('/row/c/text()', query_to_xml(format('SELECT COUNT(*) AS c FROM %I.%I t WHERE t::text LIKE %L', \
             table_schema, table_name, '%{text}%'), false, true, '')))[1]::text <> '0' ORDER BY table_name COLLATE \"C\""
        );
        found.extend(database.psql(&tables).expect("tables").lines().map(str::to_owned));
    }
    found.extend(files_with(&world.data_dir, text));
    found
}

/// The files under a folder in which a text stands in plain.
pub(crate) fn files_with(folder: &std::path::Path, text: &str) -> Vec<String> {
    let (mut found, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if std::fs::read(&path).expect("a file").windows(text.len()).any(|window| window == text.as_bytes())
            {
                found.push(path.display().to_string());
            }
        }
    }
    found
}
