//! Encrypted text: sealed in the store, masked on every way to whoever may not view encrypted data.

use crate::moving::enrich;
use crate::world::{World, draft, on_both_stores, on_each_store};
use model::schema::{FieldDef, FieldType, Mask, MaskCharacter, MaskKind, Sealing, ValidationRule};
use model::{ErrorCode, RecordId, Value};
use platform::{Ctx, QueryOptions, RecordDraft, SaveOptions, provision};
use store::{Backed as _, Purpose};

const SECRET: &str = "123-45-6789";
const MASKED: &str = "XXX-XX-6789";
/// The part that no mask of the field leaves clear.
const CANARY: &str = "123-45";

fn mask(kind: MaskKind) -> Mask {
    Mask::new(kind, MaskCharacter::X)
}

fn ssn(name: &str) -> FieldDef {
    FieldDef::encrypted_text(name, "Social security number", 20, mask(MaskKind::Ssn))
}

/// The permission is nobody's until it is given, an administrator's neither.
fn may_view(world: &World, user: RecordId) {
    let service = world.service();
    let set = [("Name", "Viewers".into()), ("Label", "Viewers".into()), ("PermissionsViewEncryptedData", true.into())];
    let set = provision::insert(&service, "PermissionSet", &set).expect("a set");
    let given = [("PermissionSetId", set.into()), ("AssigneeId", user.into())];
    provision::insert(&service, "PermissionSetAssignment", &given).expect("an assignment");
}

/// An account of the rep, whose secret only the chief may view.
fn seeded(world: &World) -> RecordId {
    world.ctx(world.admin).fields_create("Account", vec![ssn("Ssn__c").tracked()]).expect("a field");
    may_view(world, world.chief);
    world.create(world.rep, "Account", &[("Name", "Acme".into()), ("Ssn__c", SECRET.into())])
}

fn json(ctx: &Ctx, soql: &str) -> String {
    let answer = ctx.query(soql, QueryOptions::default()).unwrap_or_else(|error| panic!("{soql}: {error}"));
    platform::view::query_answer(&answer, platform::view::ApiBase { version: 60 }, None)
}

#[test]
fn a_value_is_shown_to_whoever_may_view_encrypted_data_and_masked_to_all_others() {
    on_both_stores(|world| {
        seeded(world);
        let soql = "SELECT Ssn__c FROM Account";
        assert_eq!(world.column(world.chief, soql), [SECRET]);
        for user in [world.rep, world.manager, world.admin] {
            assert_eq!(world.column(user, soql), [MASKED]);
        }
        let store = world.org.store();
        let column =
            store.schema().find_object("Account").expect("it").find_field("Ssn__c").expect("it").column.clone();
        assert_eq!(column, "s$Ssn__c", "it never stands in a plain column");
    });
}

#[test]
fn no_way_of_reading_shows_the_clear_text() {
    on_both_stores(|world| {
        let account = seeded(world);
        world.create(world.rep, "Contact", &[("LastName", "Child".into()), ("AccountId", account.into())]);
        world.create(world.rep, "Task", &[("Subject", "t".into()), ("WhatId", account.into())]);
        world.update(world.rep, "Account", account, &[("Ssn__c", "987-65-4321".into())]).expect("a change");
        world.update(world.rep, "Account", account, &[("Ssn__c", SECRET.into())]).expect("a change");
        let reads = [
            "SELECT Ssn__c FROM Account",
            "SELECT FIELDS(ALL) FROM Account LIMIT 5",
            "SELECT format(Ssn__c) x FROM Account",
            "SELECT Account.Ssn__c FROM Contact",
            "SELECT (SELECT Account.Ssn__c FROM Contacts) FROM Account",
            "SELECT TYPEOF What WHEN Account THEN Ssn__c END FROM Task",
            "SELECT Field, OldValue, NewValue FROM AccountHistory",
        ];
        let search = "FIND {Acme} RETURNING Account(Name, Ssn__c)";
        for (user, views) in [(world.chief, true), (world.rep, false), (world.admin, false)] {
            let ctx = world.ctx(user);
            let mut shown: Vec<(String, String)> =
                reads.iter().map(|soql| ((*soql).to_owned(), json(&ctx, soql))).collect();
            let found = ctx.search(search, QueryOptions::default()).expect("hits");
            let found: Vec<_> = found.iter().map(|found| &found.rows).collect();
            shown.push((search.to_owned(), format!("{found:?}")));
            for (read, text) in shown {
                let keeps_values = !read.contains("AccountHistory");
                assert_eq!(text.contains(CANARY), views && keeps_values, "{read}: {text}");
                assert!(!text.contains("987"), "{read}: {text}");
            }
            let history = ctx.record_history(account, 10).expect("a history");
            assert_eq!(history.len(), 2, "that it changed is told");
            assert!(history.iter().all(|change| change.old_value.is_empty() && change.new_value.is_empty()));
        }
        for hidden in ["FIND {6789} RETURNING Account(Id)", "FIND {45} RETURNING Account(Id)"] {
            let found = world.ctx(world.chief).search(hidden, QueryOptions::default()).expect("hits");
            assert!(found.iter().all(|found| found.rows.is_empty()), "{hidden}");
        }
    });
}

#[test]
fn nothing_is_asked_of_it() {
    on_both_stores(|world| {
        seeded(world);
        for user in [world.chief, world.rep] {
            for soql in [
                "SELECT Id FROM Account WHERE Ssn__c = '123-45-6789'",
                "SELECT Id FROM Account WHERE Ssn__c = null",
                "SELECT Id FROM Account WHERE Ssn__c IN ('1')",
                "SELECT Id FROM Account WHERE Ssn__c LIKE '1%'",
                "SELECT Id FROM Account WHERE Ssn__c > '1'",
                "SELECT Id FROM Contact WHERE Account.Ssn__c = '1'",
                "SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Contact WHERE Account.Ssn__c = '1')",
                "SELECT Id FROM Account ORDER BY Ssn__c",
                "SELECT Ssn__c, COUNT(Id) FROM Account GROUP BY Ssn__c",
                "SELECT COUNT(Ssn__c) FROM Account",
                "SELECT COUNT_DISTINCT(Ssn__c) FROM Account",
                "SELECT MAX(Ssn__c) FROM Account",
                "SELECT toLabel(Ssn__c) FROM Account",
            ] {
                let error = world.error(user, soql);
                assert!(error.starts_with("INVALID_FIELD") || error.starts_with("MALFORMED_QUERY"), "{soql}: {error}");
            }
        }
    });
}

#[test]
fn formulas_do_not_read_it_and_a_rule_that_does_quotes_nothing() {
    on_both_stores(|world| {
        seeded(world);
        let admin = || world.ctx(world.admin);
        let text = FieldType::Text { length: 100 };
        for source in ["Ssn__c", "'x' & Ssn__c", "TEXT(LEN(Ssn__c))"] {
            let copy = FieldDef::formula("Copy__c", "Copy", source, text.clone());
            let error = admin().fields_create("Account", vec![copy]).expect_err("a formula shows what it reads");
            assert!(error.message().contains("encryptedstring"), "{error}");
        }
        let rule = |condition: &str| ValidationRule {
            name: "Check".to_owned(),
            condition: condition.to_owned(),
            message: "Nine digits, please.".to_owned(),
            field: Some("Ssn__c".to_owned()),
            ..ValidationRule::default()
        };
        admin().validation_rule_put("Account", rule("LEN(Ssn__c) < 9")).expect("a rule may judge it");
        let error = world.try_create(world.rep, "Account", &[("Name", "B".into()), ("Ssn__c", "12".into())]);
        assert_eq!(error.expect_err("a rule").message(), "Nine digits, please.");
        admin().validation_rule_put("Account", rule("VALUE(Ssn__c) < 1")).expect("a rule that fails");
        let failed = |user| {
            let ids = world.column(world.rep, "SELECT Id FROM Account");
            let id = RecordId::parse(&ids[0]).expect("an id");
            let error = world.update(user, "Account", id, &[("Site", format!("{user}").into())]);
            error.expect_err("it cannot be evaluated").message().to_owned()
        };
        assert!(!failed(world.rep).contains(CANARY), "{}", failed(world.rep));
        assert!(failed(world.chief).contains(CANARY), "{}", failed(world.chief));
    });
}

#[test]
fn who_gives_back_the_mask_changes_nothing() {
    on_both_stores(|world| {
        let account = seeded(world);
        let value = || world.column(world.chief, "SELECT Ssn__c FROM Account");
        let back = [("Ssn__c", MASKED.into()), ("Site", "Ulm".into())];
        world.update(world.rep, "Account", account, &back).expect("a form that was sent back");
        assert_eq!(value(), [SECRET]);
        assert_eq!(world.column(world.rep, "SELECT Site FROM Account"), ["Ulm"]);
        // Who may edit the field may change it unseen.
        world.update(world.rep, "Account", account, &[("Ssn__c", "111-22-3333".into())]).expect("a change");
        assert_eq!(value(), ["111-22-3333"]);
        world.update(world.rep, "Account", account, &[("Ssn__c", Value::Null)]).expect("a change");
        assert_eq!(value(), [""]);
        // Who sees values means what they write.
        world.update(world.chief, "Account", account, &[("Ssn__c", MASKED.into())]).expect("a change");
        assert_eq!(value(), [MASKED]);
    });
}

#[test]
fn merging_keeps_it_masked() {
    on_both_stores(|world| {
        let account = seeded(world);
        let other = world.create(world.rep, "Account", &[("Name", "Twin".into()), ("Ssn__c", "999-88-7777".into())]);
        let ctx = world.ctx(world.rep);
        let winner = draft(&ctx, "Account", Some(account), &[("Ssn__c", MASKED.into())]);
        ctx.records_merge("Account", winner, &[other]).expect("a merge");
        assert_eq!(world.column(world.rep, "SELECT Ssn__c FROM Account"), [MASKED]);
        assert_eq!(world.column(world.chief, "SELECT Ssn__c FROM Account"), [SECRET]);
        let all = QueryOptions { with_deleted: true, ..QueryOptions::default() };
        let (_, rows) = ctx.query_all_rows("SELECT Ssn__c FROM Account WHERE IsDeleted = true", all).expect("the bin");
        assert_eq!(rows[0].cells[0].value().to_plain(), "XXX-XX-7777");
    });
}

#[test]
fn the_audit_log_and_refusals_do_not_hold_it() {
    on_both_stores(|world| {
        let account = seeded(world);
        let lines = world.org.store().read(|tx| tx.audit_rows(None, 200)).expect("the log");
        assert!(lines.iter().any(|line| format!("{line:?}").contains("(encrypted)")));
        assert!(!format!("{lines:?}").contains(CANARY));
        let late = SaveOptions { all_or_none: false, ..SaveOptions::ALL };
        let ctx = world.ctx(world.rep);
        let object = ctx.object("Account").expect("it");
        let empty = RecordDraft::of(account).set(object, "Name", Value::Null).expect("a field");
        let results = ctx.records_update("Account", vec![empty], late).expect("results");
        assert!(!format!("{results:?}").contains(CANARY));
    });
}

#[test]
fn its_kind_is_settled_for_good_and_its_name_and_mask_are_not() {
    on_both_stores(|world| {
        seeded(world);
        let admin = || world.ctx(world.admin);
        let refused = |to: FieldDef| {
            let error = admin().field_change("Account", "Ssn__c", to).expect_err("refused");
            assert_eq!(error.code(), ErrorCode::FieldIntegrityException, "{error}");
        };
        refused(FieldDef::text("Ssn__c", "Open", 20));
        refused(FieldDef::encrypted_text("Ssn__c", "Short", 5, mask(MaskKind::All)));
        refused(FieldDef::encrypted_text("Ssn__c", "Long", 176, mask(MaskKind::All)));
        refused(ssn("Ssn__c").unique());
        for sealed in [Sealing::None, Sealing::Token { case_sensitive: true }] {
            let error = admin().field_seal("Account", "Ssn__c", sealed).expect_err("always encrypted");
            assert_eq!(error.code(), ErrorCode::FieldIntegrityException, "{error}");
        }
        let stars = Mask::new(MaskKind::LastFour, MaskCharacter::Asterisk);
        let renamed = FieldDef::encrypted_text("Number__c", "Number", 40, stars).tracked();
        admin().field_change("Account", "Ssn__c", renamed).expect("another name and mask");
        assert_eq!(world.column(world.rep, "SELECT Number__c FROM Account"), ["*******6789"]);
        assert_eq!(world.column(world.chief, "SELECT Number__c FROM Account"), [SECRET]);
        world.platform.key_rotate(world.org.id(), Purpose::Field).expect("a new key");
        while world.org.rewrite_sealed().expect("a batch").is_some() {
            world.clock.advance(10_000);
        }
        assert_eq!(world.column(world.chief, "SELECT Number__c FROM Account"), [SECRET]);
        admin().field_delete("Account", "Number__c").expect("a delete");
        admin().field_undelete("Account", "Number__c").expect("taken back");
        assert_eq!(world.column(world.chief, "SELECT Number__c FROM Account"), [SECRET]);
        // A plain declaration is encrypted all the same.
        let mut plain = ssn("Tax__c");
        plain.sealed = Sealing::None;
        admin().fields_create("Account", vec![plain]).expect("a field");
        let schema = world.org.schema();
        assert!(schema.find_object("Account").and_then(|it| it.find_field("Tax__c")).expect("it").is_sealed());
    });
}

#[test]
fn it_moves_with_the_org() {
    on_each_store(|world| {
        enrich(&world);
        seeded(&world);
        let to = match world.database {
            Some(_) => platform::OrgBackend::Embedded,
            None => return,
        };
        world.platform.org_move(world.org.id(), to, &mut |_| Ok(())).expect("a move");
        let world = world.again();
        let soql = "SELECT Ssn__c FROM Account WHERE Name = 'Acme'";
        assert_eq!(world.column(world.chief, soql), [SECRET]);
        assert_eq!(world.column(world.rep, soql), [MASKED]);
    });
}
