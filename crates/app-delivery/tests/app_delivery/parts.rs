//! One part for each: whoever stands in the rows gets those rows and no other, and the parts are the whole.

use crate::mail::{report, schedule, to_users, try_schedule};
use crate::world::{World, on_both_stores};
use model::{RecordId, Value};
use std::collections::BTreeMap;

const REPORT: &str = r#"{"reportType":{"type":"Opportunity"},"reportFormat":"SUMMARY","groupingsDown":[{"name":"StageName"}],
    "aggregates":["s!Amount","RowCount"],"detailColumns":["Name","Owner.Name","Amount"],"sortBy":[{"sortColumn":"Name"}]}"#;

fn bursting(world: &World, owner: RecordId, json: &str, more: &[(&str, Value)]) -> RecordId {
    let report = report(world, owner, REPORT);
    let mut values: Vec<(&str, Value)> = vec![("Bursting", json.into()), ("Formats", "CSV".into())];
    values.extend(more.iter().cloned());
    schedule(world, owner, report, &to_users(&[owner]), &values)
}

/// What each recipient reads: the attached list.
fn files(world: &World) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for (to, message) in world.work() {
        let parsed = mailparse::parse_mail(&message).expect("a message");
        let mut waiting = vec![&parsed];
        while let Some(part) = waiting.pop() {
            waiting.extend(&part.subparts);
            if matches!(part.ctype.mimetype.as_str(), "text/csv" | "text/plain") {
                let text = part.get_body().expect("text");
                *all.entry(to.clone()).or_insert_with(String::new) += &text;
            }
        }
    }
    all
}

#[test]
fn each_owner_gets_their_own_deals_and_the_parts_are_the_whole() {
    on_both_stores(|world| {
        world.deal(world.rep, "Mine one", "Prospecting", Some(10_000), "2026-11-30");
        world.deal(world.rep, "Mine two", "Closed Won", Some(20_000), "2026-11-30");
        world.deal(world.peer, "Peers", "Prospecting", Some(70_000), "2026-11-30");
        let json = r#"{"keyColumn":"Owner.Name","address":{"person":"Owner.Name"}}"#;
        bursting(world, world.manager, json, &[]);
        world.clock.set("2026-11-21T08:30:05Z");
        let files = files(world);
        assert_eq!(files.keys().collect::<Vec<_>>(), ["peer@test.example", "rep@test.example"]);
        let (peer, rep) = (&files["peer@test.example"], &files["rep@test.example"]);
        assert!(rep.contains("Mine one") && rep.contains("Mine two") && !rep.contains("Peers"), "{rep}");
        assert!(peer.contains("Peers") && !peer.contains("Mine"), "{peer}");
        assert!(rep.contains("EUR 300.00") && peer.contains("EUR 700.00"), "totals are those of the part: {rep}");
        let ledger =
            world.rows(world.manager, "SELECT BurstKey, RowsSent, State, Sha256 FROM Delivery ORDER BY BurstKey");
        assert_eq!(ledger[0][..3], ["peer", "1", "accepted"]);
        assert_eq!(ledger[1][..3], ["rep", "2", "accepted"]);
        assert_ne!(ledger[0][3], ledger[1][3]);
        let run = world.rows(world.manager, "SELECT Parts, RowsUnassigned, RowsRead, State FROM DeliveryRun");
        assert_eq!(run, [["2", "0", "3", "done"]]);
    });
}

#[test]
fn rows_without_a_key_or_an_address_go_to_nobody() {
    on_both_stores(|world| {
        let allow: [(&str, Value); 2] = [("Pattern", "customer.example".into()), ("Kind", "allow".into())];
        world.create(world.admin, "DeliveryDomainRule", &allow);
        for (name, email) in [("Doe", "doe@customer.example"), ("Roe", ""), ("Evil", "evil@elsewhere.example")] {
            let email: Option<&str> = Some(email).filter(|email| !email.is_empty());
            world.create(world.admin, "Contact", &[("LastName", name.into()), ("Email", email.into())]);
        }
        let definition = r#"{"reportType":{"type":"Contact"},"detailColumns":["LastName"]}"#;
        let report = report(world, world.admin, definition);
        let json = r#"{"keyColumn":"LastName","address":{"column":"Email"}}"#;
        let more: [(&str, Value); 2] = [("Bursting", json.into()), ("Formats", "CSV".into())];
        let id = schedule(world, world.admin, report, &to_users(&[world.admin]), &more);
        world.clock.set("2026-11-21T08:30:05Z");
        let files = files(world);
        assert_eq!(files.keys().collect::<Vec<_>>(), ["doe@customer.example"]);
        assert!(!files["doe@customer.example"].contains("Roe"));
        let run = world.rows(world.admin, "SELECT Parts, RowsUnassigned, RowsRead FROM DeliveryRun");
        assert_eq!(run, [["2", "1", "3"]]);
        let states = world.rows(world.admin, "SELECT Address, State FROM Delivery ORDER BY Address");
        assert_eq!(states, [["doe@customer.example", "accepted"], ["evil@elsewhere.example", "blocked"]]);
        // Whoever wants all or nothing gets nothing.
        let json = r#"{"keyColumn":"LastName","address":{"column":"Email"},"onUnassigned":"fail"}"#;
        world.update(world.admin, "DeliverySchedule", id, &[("Bursting", json.into())]).expect("a change");
        world.clock.set("2026-11-22T08:30:05Z");
        world.work();
        let failed = world.rows(world.admin, "SELECT State, Reason FROM DeliveryRun ORDER BY DueAt DESC LIMIT 1");
        assert_eq!(failed[0][0], "failed");
        assert!(failed[0][1].contains("1 of 3 rows belong to nobody"), "{}", failed[0][1]);
        assert_eq!(world.rows(world.admin, "SELECT Id FROM Delivery").len(), 2);
    });
}

#[test]
fn a_column_of_addresses_needs_an_allow_list_and_a_key_must_be_readable() {
    on_both_stores(|world| {
        let report = report(world, world.rep, REPORT);
        let attempt = |json: &str| {
            let more: [(&str, Value); 1] = [("Bursting", json.into())];
            try_schedule(world, world.rep, report, &to_users(&[world.rep]), &more).expect_err("a refusal")
        };
        let error = attempt(r#"{"keyColumn":"Name","address":{"column":"NextStep"}}"#);
        assert_eq!(error.fields(), ["Bursting"]);
        assert!(error.message().contains("allowed domains"), "{}", error.message());
        assert!(attempt("{}").message().starts_with("One part for each: "));
        bursting(world, world.rep, r#"{"keyColumn":"Nowhere","address":{"person":"Owner.Name"}}"#, &[]);
        world.deal(world.rep, "Mine", "Prospecting", Some(1), "2026-11-30");
        world.clock.set("2026-11-21T08:30:05Z");
        assert!(files(world).is_empty());
        assert_eq!(world.rows(world.rep, "SELECT State FROM DeliveryRun"), [["failed"]]);
    });
}

#[test]
fn each_recipient_gets_the_rows_that_they_may_read_themselves() {
    on_both_stores(|world| {
        world.deal(world.rep, "Mine", "Prospecting", Some(10_000), "2026-11-30");
        world.deal(world.peer, "Peers", "Prospecting", Some(70_000), "2026-11-30");
        let report = report(world, world.manager, REPORT);
        world.update(world.admin, "Report", report, &[("Name", "Deals".into())]).expect("a change");
        let more: [(&str, Value); 2] = [("RunAsMode", "each_recipient".into()), ("Formats", "CSV".into())];
        let all = to_users(&[world.manager, world.rep]);
        schedule(world, world.manager, report, &all, &more);
        world.clock.set("2026-11-21T08:30:05Z");
        let files = files(world);
        assert!(files["manager@test.example"].contains("Mine") && files["manager@test.example"].contains("Peers"));
        // The report is the manager's own; the rep may not see it, so nothing is made for them.
        assert_eq!(files.len(), 1);
        let skipped = world.rows(world.manager, "SELECT Recipient, Reason FROM Delivery WHERE State = 'skipped'");
        assert_eq!(skipped[0][0], "rep");
        assert!(skipped[0][1].contains("may not see it any more"), "{}", skipped[0][1]);
    });
}

#[test]
fn groups_and_rows_of_the_report_name_recipients_once() {
    on_both_stores(|world| {
        world.deal(world.rep, "Mine", "Prospecting", Some(10_000), "2026-11-30");
        world.deal(world.peer, "Peers", "Prospecting", Some(70_000), "2026-11-30");
        let group = |name: &str| {
            let values: [(&str, Value); 3] =
                [("Name", name.into()), ("DeveloperName", name.into()), ("Type", "Regular".into())];
            world.create(world.admin, "Group", &values)
        };
        let (outer, inner) = (group("Outer"), group("Inner"));
        for (group, member) in [(outer, inner), (inner, world.rep), (inner, world.manager), (inner, outer)] {
            let values: [(&str, Value); 2] = [("GroupId", group.into()), ("UserOrGroupId", member.into())];
            // A ring of groups may be refused, which is as well.
            let _ = world.try_create(world.admin, "GroupMember", &values);
        }
        let report = report(world, world.manager, REPORT);
        let recipients = format!(
            r#"[{{"type":"group","id":"{outer}"}},{{"type":"rows","person":"Owner.Name"}},{{"type":"user","id":"{}"}}]"#,
            world.rep
        );
        schedule(world, world.manager, report, &recipients, &[]);
        world.clock.set("2026-11-21T08:30:05Z");
        let to: Vec<String> = world.work().into_iter().map(|(to, _)| to).collect();
        assert_eq!(to, ["manager@test.example", "peer@test.example", "rep@test.example"]);
    });
}

#[test]
fn parts_of_one_name_to_one_recipient_are_each_sent() {
    on_both_stores(|world| {
        let allow: [(&str, Value); 2] = [("Pattern", "customer.example".into()), ("Kind", "allow".into())];
        world.create(world.admin, "DeliveryDomainRule", &allow);
        for phone in ["111", "222"] {
            let account = world.create(world.admin, "Account", &[("Name", "Acme".into()), ("Phone", phone.into())]);
            let values: [(&str, Value); 4] = [
                ("LastName", phone.into()),
                ("AccountId", account.into()),
                ("Email", "doe@customer.example".into()),
                ("Phone", phone.into()),
            ];
            world.create(world.admin, "Contact", &values);
        }
        let definition = r#"{"reportType":{"type":"Contact"},"detailColumns":["LastName"]}"#;
        let report = report(world, world.admin, definition);
        let json = r#"{"keyColumn":"Account.Name","address":{"column":"Email"}}"#;
        let more: [(&str, Value); 2] = [("Bursting", json.into()), ("Formats", "CSV".into())];
        schedule(world, world.admin, report, &to_users(&[world.admin]), &more);
        world.clock.set("2026-11-21T08:30:05Z");
        let mail = &files(world)["doe@customer.example"];
        assert!(mail.contains("111") && mail.contains("222"), "{mail}");
        let states = world.rows(world.admin, "SELECT BurstKey, State FROM Delivery");
        assert_eq!(states, [["Acme", "accepted"], ["Acme", "accepted"]]);
        assert_eq!(world.rows(world.admin, "SELECT State FROM DeliveryRun"), [["done"]]);
    });
}

#[test]
fn a_column_of_recipients_needs_an_allow_list_when_it_is_saved_and_when_it_is_sent() {
    on_both_stores(|world| {
        world.create(world.admin, "Contact", &[("LastName", "Doe".into()), ("Email", "doe@customer.example".into())]);
        let report = report(world, world.admin, r#"{"reportType":{"type":"Contact"},"detailColumns":["LastName"]}"#);
        let recipients = r#"[{"type":"rows","column":"Email"}]"#;
        let error = try_schedule(world, world.admin, report, recipients, &[]).expect_err("a refusal");
        assert_eq!(error.fields(), ["Recipients"]);
        assert!(error.message().contains("allowed domains"), "{}", error.message());
        let allow: [(&str, Value); 2] = [("Pattern", "customer.example".into()), ("Kind", "allow".into())];
        let rule = world.create(world.admin, "DeliveryDomainRule", &allow);
        schedule(world, world.admin, report, recipients, &[]);
        world.clock.set("2026-11-21T08:30:05Z");
        assert_eq!(world.work().len(), 1);
        let other: [(&str, Value); 2] = [("Pattern", "elsewhere.example".into()), ("Kind", "block".into())];
        world.update(world.admin, "DeliveryDomainRule", rule, &other).expect("a change");
        world.clock.set("2026-11-22T08:30:05Z");
        assert!(world.work().is_empty());
        let found = world.rows(world.admin, "SELECT State, Reason FROM Delivery ORDER BY Run.DueAt DESC LIMIT 1");
        assert_eq!(found[0][0], "blocked");
        assert!(found[0][1].contains("allowed domains"), "{}", found[0][1]);
    });
}
