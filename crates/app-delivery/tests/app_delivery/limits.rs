//! Domain rules, suppressed addresses, people who opted out, the switch, and conditions that began to hold.

use crate::mail::{default_report, report, schedule, to_users, try_schedule};
use crate::world::{World, is_notice, on_both_stores};
use app_delivery::{Switch, delivery_switch_put, send_test, subscription, unsubscribe};
use mailparse::MailHeaderMap as _;
use model::{ErrorCode, Value};

fn rule(world: &World, pattern: &str, kind: &str) {
    world.create(world.admin, "DeliveryDomainRule", &[("Pattern", pattern.into()), ("Kind", kind.into())]);
}

fn reports(world: &World) -> Vec<(String, Vec<u8>)> {
    world.work().into_iter().filter(|(_, message)| !is_notice(message)).collect()
}

fn states(world: &World) -> Vec<Vec<String>> {
    world.rows(world.admin, "SELECT Address, State FROM Delivery ORDER BY Run.DueAt, Address")
}

#[test]
fn domains_are_judged_when_a_schedule_is_saved_and_again_when_its_mail_leaves() {
    on_both_stores(|world| {
        rule(world, "*.MÜNCHEN.example.", "block");
        assert_eq!(world.rows(world.admin, "SELECT Pattern FROM DeliveryDomainRule"), [["*.xn--mnchen-3ya.example"]]);
        let report = default_report(world, world.admin);
        let to = |address: &str| format!(r#"[{{"type":"address","address":"{address}"}}]"#);
        let error =
            try_schedule(world, world.admin, report, &to("a@mail.münchen.example"), &[]).expect_err("a refusal");
        assert_eq!(
            (error.code(), error.fields()),
            (ErrorCode::FieldIntegrityException, &["Recipients".to_owned()][..])
        );
        schedule(world, world.admin, report, &to("a@other.example"), &[]);
        rule(world, "corp.example", "allow");
        world.clock.set("2026-11-21T08:30:05Z");
        assert!(reports(world).is_empty());
        assert_eq!(states(world), [["a@other.example", "blocked"]]);
        let wrong = world.try_create(
            world.admin,
            "DeliveryDomainRule",
            &[("Pattern", "nonsense".into()), ("Kind", "allow".into())],
        );
        assert!(wrong.is_err());
        let by_rep = world.try_create(
            world.rep,
            "DeliveryDomainRule",
            &[("Pattern", "x.example".into()), ("Kind", "allow".into())],
        );
        assert!(by_rep.is_err(), "who administers the org writes rules");
    });
}

#[test]
fn a_suppressed_address_gets_nothing() {
    on_both_stores(|world| {
        let values: [(&str, Value); 2] = [("Address", "Rep@Test.example".into()), ("Reason", "bounced twice".into())];
        world.create(world.admin, "DeliverySuppression", &values);
        let report = default_report(world, world.rep);
        schedule(world, world.rep, report, &to_users(&[world.rep, world.manager]), &[]);
        world.clock.set("2026-11-21T08:30:05Z");
        assert_eq!(reports(world).len(), 1);
        assert_eq!(states(world), [["manager@test.example", "accepted"], ["rep@test.example", "suppressed"]]);
    });
}

fn token_of(message: &[u8]) -> String {
    let parsed = mailparse::parse_mail(message).expect("a message");
    assert_eq!(parsed.headers.get_first_value("List-Unsubscribe-Post").as_deref(), Some("List-Unsubscribe=One-Click"));
    let link = parsed.headers.get_first_value("List-Unsubscribe").expect("a link");
    let link = link.trim_matches(['<', '>']).to_owned();
    assert!(link.starts_with("https://sales.test.example/u/"), "{link}");
    assert!(!link.contains(['+', '%', ' ']), "{link}");
    link.rsplit_once('/').expect("a token").1.to_owned()
}

#[test]
fn who_unsubscribes_gets_no_later_run_of_that_schedule_and_the_token_is_kept_nowhere() {
    on_both_stores(|world| {
        let report = default_report(world, world.rep);
        schedule(world, world.rep, report, &to_users(&[world.rep, world.manager]), &[]);
        world.clock.set("2026-11-21T08:30:05Z");
        let mail = reports(world);
        let token = token_of(&mail.iter().find(|(to, _)| to == "manager@test.example").expect("a mail").1);
        let found = subscription(&world.org, &token).expect("a subscription");
        assert_eq!(
            (found.address.as_str(), found.schedule_name.as_str()),
            ("manager@test.example", "Morning pipeline")
        );
        assert!(world.rows(world.admin, "SELECT Id FROM DeliveryOptOut").is_empty(), "looking changes nothing");
        let ledger = world.rows(world.admin, "SELECT TokenHash FROM Delivery");
        assert!(ledger.iter().all(|row| row[0].len() == 64 && !row[0].contains(&token)));
        for _ in 0..3 {
            unsubscribe(&world.org, &token).expect("again is as once");
        }
        assert_eq!(world.rows(world.admin, "SELECT Address FROM DeliveryOptOut"), [["manager@test.example"]]);
        for wrong in ["", "nonsense", &token[1..], &"x".repeat(5_000)] {
            assert_eq!(subscription(&world.org, wrong).expect_err("no token").code(), ErrorCode::NotFound);
        }
        world.clock.set("2026-11-22T08:30:05Z");
        let to: Vec<String> = reports(world).into_iter().map(|(to, _)| to).collect();
        assert_eq!(to, ["rep@test.example"]);
        assert_eq!(states(world)[2], ["manager@test.example", "unsubscribed"]);
    });
}

#[test]
fn each_message_has_a_return_path_of_its_own() {
    on_both_stores(|world| {
        let report = default_report(world, world.rep);
        schedule(world, world.rep, report, &to_users(&[world.rep, world.manager]), &[]);
        world.clock.set("2026-11-21T08:30:05Z");
        reports(world);
        let ctx = world.ctx(world.admin);
        let paths: Vec<String> = ctx.outbox(10).expect("mail").into_iter().map(|(_, mail)| mail.return_path).collect();
        assert!(paths.iter().all(|path| path.starts_with("bounces+") && path.ends_with("@test.example")), "{paths:?}");
        assert_ne!(paths[0], paths[1]);
        assert!(paths.iter().all(|path| path.split('@').next().is_some_and(|local| local.len() <= 80)), "{paths:?}");
    });
}

fn returned(path: &str, action: &str, status: &str) -> app_delivery::Returned {
    let message = format!(
        "To: {path}\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; boundary=b\r\n\r\n--b\r\n\
         Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\nAction: {action}\r\n\
         Status: {status}\r\nDiagnostic-Code: smtp; 550 no such user\r\n--b--\r\n"
    );
    app_delivery::returned(message.as_bytes()).expect("a report of ours")
}

#[test]
fn mail_that_comes_back_twice_in_a_row_suppresses_its_address() {
    on_both_stores(|world| {
        let report = default_report(world, world.rep);
        schedule(world, world.rep, report, &to_users(&[world.rep]), &[]);
        let ctx = world.ctx(world.admin);
        let path = || ctx.outbox(10).expect("mail").into_iter().find(|(_, mail)| !mail.return_path.is_empty());
        for (day, suppressed) in [(21, 0), (22, 1)] {
            world.clock.set(&format!("2026-11-{day}T08:30:05Z"));
            assert_eq!(reports(world).len(), 1);
            let path = path().expect("a message").1.return_path;
            assert!(!app_delivery::bounce(&world.org, &returned(&path, "delayed", "4.4.1")).expect("an answer"));
            assert!(app_delivery::bounce(&world.org, &returned(&path, "failed", "5.1.1")).expect("an answer"));
            assert!(!app_delivery::bounce(&world.org, &returned(&path, "failed", "5.1.1")).expect("once"));
            assert_eq!(world.rows(world.admin, "SELECT Id FROM DeliverySuppression").len(), suppressed);
        }
        let run = world.rows(world.rep, "SELECT State, Reason FROM DeliveryRun ORDER BY DueAt LIMIT 1");
        assert_eq!(run, [["failed", "1 bounced"]]);
        world.clock.set("2026-11-23T08:30:05Z");
        assert!(reports(world).is_empty());
        assert_eq!(states(world)[2], ["rep@test.example", "suppressed"]);
    });
}

#[test]
fn what_an_administrator_switched_off_sends_nothing_and_cancels_what_waits() {
    on_both_stores(|world| {
        let report = default_report(world, world.rep);
        let id = schedule(world, world.rep, report, &to_users(&[world.rep]), &[]);
        let refused = delivery_switch_put(&world.ctx(world.rep), Switch::Off).expect_err("not a rep");
        assert_eq!(refused.code(), ErrorCode::InsufficientAccessOrReadonly);
        delivery_switch_put(&world.ctx(world.admin), Switch::Off).expect("the switch");
        assert!(send_test(&world.ctx(world.rep), id, "t1").is_err());
        world.clock.set("2026-11-21T08:30:05Z");
        assert!(reports(world).is_empty());
        assert!(world.rows(world.rep, "SELECT Id FROM DeliveryRun").is_empty());
        delivery_switch_put(&world.ctx(world.admin), Switch::On).expect("the switch");
        assert_eq!(reports(world).len(), 1, "late and within the twelve hours");
    });
}

#[test]
fn a_test_goes_to_the_owner_alone_and_says_that_it_is_one() {
    on_both_stores(|world| {
        let report = default_report(world, world.rep);
        let id = schedule(world, world.rep, report, &to_users(&[world.manager]), &[("State", "draft".into())]);
        send_test(&world.ctx(world.rep), id, "one").expect("a run");
        send_test(&world.ctx(world.rep), id, "one").expect("the same run");
        let mail = reports(world);
        assert_eq!(mail.len(), 1);
        assert_eq!(mail[0].0, "rep@test.example");
        let parsed = mailparse::parse_mail(&mail[0].1).expect("a message");
        assert!(parsed.headers.get_first_value("Subject").expect("a subject").starts_with("[Test] "));
        assert!(send_test(&world.ctx(world.admin), id, "two").is_err(), "it shows what the owner may read");
    });
}

#[test]
fn a_condition_that_goes_on_holding_sends_once_where_the_schedule_says_so() {
    on_both_stores(|world| {
        let report = report(world, world.rep, r#"{"reportType":{"type":"Opportunity"},"detailColumns":["Name"]}"#);
        let more: [(&str, Value); 2] = [("Condition", r#"{"kind":"notEmpty"}"#.into()), ("OnlyOnChange", true.into())];
        schedule(world, world.rep, report, &to_users(&[world.rep]), &more);
        let mut sent = Vec::new();
        let mut deal = None;
        for day in 21..=26 {
            match day {
                22 | 25 => deal = Some(world.deal(world.rep, "New", "Prospecting", Some(1), "2026-11-30")),
                24 => world.ctx(world.rep).record_delete("Opportunity", deal.expect("a deal")).expect("gone"),
                _ => {}
            }
            world.clock.set(&format!("2026-11-{day}T08:30:05Z"));
            sent.push(reports(world).len());
        }
        assert_eq!(sent, [0, 1, 0, 0, 1, 0]);
        let reasons = world.rows(world.rep, "SELECT Reason FROM DeliveryRun WHERE State = 'skipped' ORDER BY DueAt");
        assert_eq!(reasons[1], ["The condition held the last time as well."]);
    });
}

#[test]
fn a_message_with_a_link_alone_holds_no_data() {
    on_both_stores(|world| {
        world.deal(world.rep, "Canary deal", "Prospecting", Some(123_456), "2026-11-30");
        let report = default_report(world, world.rep);
        schedule(world, world.rep, report, &to_users(&[world.rep]), &[("Mode", "link".into())]);
        world.clock.set("2026-11-21T08:30:05Z");
        let mail = reports(world);
        let parsed = mailparse::parse_mail(&mail[0].1).expect("a message");
        let mut waiting = vec![&parsed];
        while let Some(part) = waiting.pop() {
            waiting.extend(&part.subparts);
            let text = part.get_body().unwrap_or_default();
            assert!(!text.contains("Canary") && !text.contains("1,234.56"), "{text}");
            assert!(part.ctype.mimetype.starts_with("text/") || part.ctype.mimetype.starts_with("multipart/"));
        }
    });
}

#[test]
fn a_restored_org_sends_nothing_until_an_administrator_says_how_it_goes_on() {
    for catch_up in [true, false] {
        on_both_stores(|world| {
            let report = default_report(world, world.rep);
            schedule(world, world.rep, report, &to_users(&[world.rep]), &[]);
            let dir = tempfile::tempdir().expect("a folder");
            let restored = world.restored(dir.path());
            restored.clock.set("2026-11-21T08:30:05Z");
            assert!(restored.work().is_empty());
            assert_eq!(app_delivery::delivery_switch(&restored.ctx(restored.admin)).expect("an answer"), Switch::Held);
            app_delivery::delivery_release(&restored.ctx(restored.rep), catch_up).expect_err("not a rep");
            app_delivery::delivery_release(&restored.ctx(restored.admin), catch_up).expect("a choice");
            assert_eq!(restored.work().len(), usize::from(catch_up));
            restored.clock.set("2026-11-22T08:30:05Z");
            assert_eq!(restored.work().len(), 1, "then it goes on");
        });
    }
}

#[test]
fn one_address_that_no_mail_can_go_to_keeps_nothing_from_the_others() {
    on_both_stores(|world| {
        let odd: [(&str, Value); 2] = [("LastName", "Odd".into()), ("Email", "john.@x.example".into())];
        let contact = world.create(world.admin, "Contact", &odd);
        let report = default_report(world, world.admin);
        let recipients =
            format!(r#"[{{"type":"contact","id":"{contact}"}},{{"type":"user","id":"{}"}}]"#, world.manager);
        schedule(world, world.admin, report, &recipients, &[]);
        world.clock.set("2026-11-21T08:30:05Z");
        let to: Vec<String> = reports(world).into_iter().map(|(to, _)| to).collect();
        assert_eq!(to, ["manager@test.example"]);
        let skipped = world.rows(world.admin, "SELECT Recipient, Reason FROM Delivery WHERE State = 'skipped'");
        assert_eq!(skipped[0][0], "Odd");
        assert!(skipped[0][1].contains("is not an e-mail address"), "{}", skipped[0][1]);
        assert_eq!(world.rows(world.admin, "SELECT State FROM DeliveryRun"), [["done"]]);
    });
}

#[test]
fn an_owner_who_cannot_be_told_keeps_no_schedule_from_its_time() {
    on_both_stores(|world| {
        let stopped = schedule(world, world.rep, default_report(world, world.rep), &to_users(&[world.rep]), &[]);
        let more: [(&str, Value); 1] = [("Name", "Another".into())];
        schedule(world, world.manager, default_report(world, world.manager), &to_users(&[world.manager]), &more);
        world.update(world.admin, "User", world.rep, &[("Email", "a..b@x.example".into())]).expect("a change");
        let recipients: Value = to_users(&[world.peer]).into();
        world.update(world.admin, "DeliverySchedule", stopped, &[("Recipients", recipients)]).expect("a change");
        world.clock.set("2026-11-21T08:30:05Z");
        let to: Vec<String> = reports(world).into_iter().map(|(to, _)| to).collect();
        assert_eq!(to, ["manager@test.example"]);
    });
}
