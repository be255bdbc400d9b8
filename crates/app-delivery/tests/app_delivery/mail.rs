//! What arrives: the rows that the owner may read, as a file, a table and a chart.

use crate::world::{World, on_both_stores};
use calamine::{Data, DataType as _, Reader as _, Xlsx};
use mailparse::{MailHeaderMap as _, ParsedMail};
use model::{RecordId, Value};
use platform::{DkimAlgorithm, MailReply};
use std::io::Cursor;

const REPORT: &str = r#"{"reportType":{"type":"Opportunity"},"reportFormat":"SUMMARY","groupingsDown":[{"name":"StageName"}],
    "aggregates":["s!Amount","RowCount"],"detailColumns":["Name","Owner.Name","Amount","CloseDate"],
    "reportFilters":[{"column":"Amount","operator":"greaterThan","value":"1"}],
    "standardDateFilter":{"column":"CloseDate","durationValue":"THIS_MONTH"},
    "sortBy":[{"sortColumn":"Name"}],"chart":{"chartType":"Horizontal Bar"}}"#;

const EVERY_DAY: &str = r#"{"freq":"daily","times":["09:30"],"zone":"Europe/Berlin","start":"2026-01-01"}"#;

pub(crate) fn report(world: &World, owner: RecordId, definition: &str) -> RecordId {
    world.create(owner, "Report", &[("Name", "Pipeline".into()), ("Definition", definition.into())])
}

pub(crate) fn schedule(
    world: &World,
    owner: RecordId,
    report: RecordId,
    recipients: &str,
    more: &[(&str, Value)],
) -> RecordId {
    try_schedule(world, owner, report, recipients, more).unwrap_or_else(|error| panic!("{error}"))
}

pub(crate) fn try_schedule(
    world: &World,
    owner: RecordId,
    report: RecordId,
    recipients: &str,
    more: &[(&str, Value)],
) -> model::Result<RecordId> {
    let mut values: Vec<(&str, Value)> = vec![
        ("Name", "Morning pipeline".into()),
        ("ReportId", report.into()),
        ("State", "active".into()),
        ("Rule", EVERY_DAY.into()),
        ("Recipients", recipients.into()),
    ];
    values.retain(|(name, _)| more.iter().all(|(other, _)| other != name));
    values.extend(more.iter().cloned());
    world.try_create(owner, "DeliverySchedule", &values)
}

pub(crate) fn to_users(ids: &[RecordId]) -> String {
    let list: Vec<String> = ids.iter().map(|id| format!(r#"{{"type":"user","id":"{id}"}}"#)).collect();
    format!("[{}]", list.join(","))
}

pub(crate) fn default_report(world: &World, owner: RecordId) -> RecordId {
    report(world, owner, REPORT)
}

fn fill(world: &World) {
    world.deal(world.rep, "=Alpha", "Prospecting", Some(150_050), "2026-11-30");
    world.deal(world.rep, "Beta", "Closed Won", Some(99), "2026-11-02");
    world.deal(world.rep, "Gamma", "Closed Won", Some(20_000), "2026-11-03");
    world.deal(world.rep, "Later", "Prospecting", Some(77_700), "2026-12-01");
    world.deal(world.peer, "Canary", "Prospecting", Some(123_456), "2026-11-20");
}

fn parts<'a>(mail: &'a ParsedMail<'a>, out: &mut Vec<&'a ParsedMail<'a>>) {
    if mail.subparts.is_empty() {
        out.push(mail);
    }
    mail.subparts.iter().for_each(|part| parts(part, out));
}

struct Arrived {
    to: String,
    subject: String,
    message_id: String,
    text: String,
    html: String,
    png: Vec<u8>,
    /// Rows of the first sheet, heading first.
    sheet: Vec<Vec<Data>>,
}

fn read(message: &(String, Vec<u8>)) -> Arrived {
    let parsed = mailparse::parse_mail(&message.1).expect("a message");
    let mut flat = Vec::new();
    parts(&parsed, &mut flat);
    let of_type =
        |media: &str| flat.iter().find(|part| part.ctype.mimetype == media).unwrap_or_else(|| panic!("no {media}"));
    let body = of_type(render::worker::XLSX).get_body_raw().expect("a body");
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(body)).expect("a workbook");
    let (_, range) = book.worksheets().into_iter().next().expect("a sheet");
    Arrived {
        to: message.0.clone(),
        subject: parsed.headers.get_first_value("Subject").expect("a subject"),
        message_id: parsed.headers.get_first_value("Message-ID").expect("an id"),
        text: of_type("text/plain").get_body().expect("a text"),
        html: of_type("text/html").get_body().expect("a page"),
        png: of_type("image/png").get_body_raw().expect("a picture"),
        sheet: range.rows().map(<[Data]>::to_vec).collect(),
    }
}

fn names(arrived: &Arrived) -> Vec<String> {
    let heading = arrived.sheet[0].iter().position(|cell| *cell == "Opportunity name").expect("a column of names");
    let cells = arrived.sheet[1..].iter().map(|row| row[heading].to_string());
    cells.filter(|text| !text.is_empty()).collect()
}

#[test]
fn the_mailed_rows_are_those_that_the_owner_may_read_and_their_sums_are_right() {
    on_both_stores(|world| {
        fill(world);
        let report = default_report(world, world.rep);
        schedule(world, world.rep, report, &to_users(&[world.rep, world.manager]), &[]);
        assert!(world.work().is_empty(), "nothing is due yet");
        world.clock.set("2026-11-21T08:30:05Z");
        let mail = world.work();
        let arrived: Vec<Arrived> = mail.iter().map(read).collect();
        let to: Vec<&str> = arrived.iter().map(|mail| mail.to.as_str()).collect();
        assert_eq!(to, ["manager@test.example", "rep@test.example"]);
        assert_ne!(arrived[0].message_id, arrived[1].message_id);
        assert_eq!(arrived[0].sheet, arrived[1].sheet, "everybody gets the same file");
        let rep = &arrived[1];
        assert_eq!(rep.subject, "Pipeline – 21/11/2026");
        let expected = world.rows(
            world.rep,
            "SELECT Name, Amount FROM Opportunity WHERE Amount > 1 AND CloseDate = THIS_MONTH ORDER BY Name",
        );
        let mut mailed = names(rep);
        mailed.sort();
        assert_eq!(mailed, expected.iter().map(|row| row[0].clone()).collect::<Vec<_>>());
        for text in [&rep.text, &rep.html] {
            assert!(!text.contains("Canary") && !text.contains("1,234.56"), "no row of a peer: {text}");
            assert!(text.contains("EUR 1,700.50"), "the sum of 1,500.50 and 200.00: {text}");
            assert!(text.contains("https://sales.test.example/r/"));
        }
        let amount = rep.sheet[0].iter().position(|cell| *cell == "Amount").expect("a column of amounts");
        let total = rep.sheet.last().expect("a total");
        assert_eq!((total[0].to_string(), total[amount].as_f64()), ("Total".to_owned(), Some(1700.5)));
        assert!(rep.png.starts_with(b"\x89PNG") && rep.png.len() > 2_000);

        let ledger = world.rows(
            world.rep,
            "SELECT State, Recipient, Address, Attempts, Reply, MessageId FROM Delivery ORDER BY Address",
        );
        assert_eq!(ledger[1][..5], ["accepted", "rep", "rep@test.example", "1", "250 OK"]);
        assert_eq!(format!("<{}>", ledger[1][5]), rep.message_id);
        let runs = world.rows(world.rep, "SELECT State, Slot, RowsRead, Reason, FileName, Sha256 FROM DeliveryRun");
        assert_eq!(runs[0][..5], ["done", "2026-11-21 09:30", "2", "2 accepted", "Pipeline 2026-11-21.xlsx"]);
        assert_eq!(runs[0][5].len(), 64);
        assert_eq!(world.rows(world.rep, "SELECT LastOutcome FROM DeliverySchedule"), [["done: 2 accepted"]]);
    });
}

#[test]
fn a_manager_whose_role_is_taken_away_gets_fewer_rows_the_next_day() {
    on_both_stores(|world| {
        fill(world);
        let report = default_report(world, world.manager);
        schedule(world, world.manager, report, &to_users(&[world.manager]), &[]);
        world.clock.set("2026-11-21T08:30:05Z");
        let before = read(&world.work()[0]);
        assert_eq!(names(&before).len(), 3, "both reps' deals");
        world.update(world.admin, "User", world.manager, &[("UserRoleId", Value::Null)]).expect("a change of role");
        world.clock.set("2026-11-22T08:30:05Z");
        assert_eq!(names(&read(&world.work()[0])).len(), 0, "nobody reports to them any more");
    });
}

#[test]
fn recipients_that_cannot_get_it_are_skipped_with_the_reason() {
    on_both_stores(|world| {
        fill(world);
        let contact =
            world.create(world.rep, "Contact", &[("LastName", "Doe".into()), ("Email", "doe@customer.example".into())]);
        let hidden = world.create(
            world.peer,
            "Contact",
            &[("LastName", "Roe".into()), ("Email", "roe@customer.example".into())],
        );
        let recipients = format!(
            r#"[{{"type":"contact","id":"{contact}"}},{{"type":"contact","id":"{hidden}"}},{{"type":"address","address":"x@other.example"}},{{"type":"user","id":"{}"}}]"#,
            world.peer
        );
        let report = default_report(world, world.rep);
        schedule(world, world.rep, report, &recipients, &[]);
        world.update(world.admin, "User", world.peer, &[("IsActive", false.into())]).expect("a change");
        world.clock.set("2026-11-21T08:30:05Z");
        let to: Vec<String> = world.work().into_iter().map(|(to, _)| to).collect();
        assert_eq!(to, ["doe@customer.example"]);
        let skipped = world.rows(world.rep, "SELECT Reason FROM Delivery WHERE State = 'skipped' ORDER BY Reason");
        assert_eq!(
            skipped,
            [
                ["rep may not send to external addresses; an administrator can grant it with a permission set"],
                ["the contact is not there, or rep may not see it"],
                ["the user is inactive"],
            ]
        );
    });
}

#[test]
fn templates_fill_in_and_refuse_names_they_do_not_know() {
    on_both_stores(|world| {
        fill(world);
        let report = default_report(world, world.rep);
        let recipients = to_users(&[world.rep]);
        let error = try_schedule(world, world.rep, report, &recipients, &[("SubjectTemplate", "{{ secret }}".into())])
            .expect_err("a refusal");
        assert_eq!(error.message(), "Subject: \"secret\" is no name that a template knows.");
        assert_eq!(error.fields(), ["SubjectTemplate"]);
        schedule(
            world,
            world.rep,
            report,
            &recipients,
            &[
                ("SubjectTemplate", "{{ run.rowCount }} deals\nfor {{ recipient.name }}".into()),
                (
                    "BodyTemplate",
                    "<b>{{ schedule.owner }}</b>{% for total in run.totals %} {{ total.value }}{% endfor %}".into(),
                ),
            ],
        );
        world.clock.set("2026-11-21T08:30:05Z");
        let mail = read(&world.work()[0]);
        assert_eq!(mail.subject, "2 deals for rep");
        assert!(mail.html.contains("&lt;b&gt;rep&lt;/b&gt; EUR 1,700.50 2"), "{}", mail.html);
    });
}

#[test]
fn a_schedule_attaches_each_format_that_it_names_and_refuses_others() {
    on_both_stores(|world| {
        fill(world);
        let report = default_report(world, world.rep);
        let formats = [("Formats", Value::from("PDF, xlsx; CSV"))];
        schedule(world, world.rep, report, &to_users(&[world.manager]), &formats);
        world.clock.set("2026-11-21T08:30:05Z");
        let mail = world.work();
        let parsed = mailparse::parse_mail(&mail[0].1).expect("a message");
        let mut flat = Vec::new();
        parts(&parsed, &mut flat);
        let attached: Vec<String> = flat
            .iter()
            .filter_map(|part| part.get_content_disposition().params.get("filename").cloned())
            .filter(|name| !name.ends_with("png"))
            .collect();
        let endings: Vec<&str> = attached.iter().filter_map(|name| name.rsplit('.').next()).collect();
        assert_eq!(endings, ["pdf", "xlsx", "csv"], "{attached:?}");
        let pdf = flat.iter().find(|part| part.ctype.mimetype == render::worker::PDF).expect("a document");
        assert!(pdf.get_body_raw().expect("bytes").starts_with(b"%PDF"));
        let refused = try_schedule(world, world.rep, report, &to_users(&[world.rep]), &[("Formats", "DOCX".into())]);
        let words = refused.expect_err("no such format").message().to_owned();
        assert!(words.contains("DOCX") && words.contains("XLSX, CSV, PDF"), "{words}");
    });
}

#[test]
fn queued_mail_is_signed_once_by_every_key_of_its_domain() {
    on_both_stores(|world| {
        fill(world);
        let admin = world.ctx(world.admin);
        let keys = [
            admin.dkim_key_create("test.example", "rsa1", DkimAlgorithm::RsaSha256).expect("a key"),
            admin.dkim_key_create("TEST.example", "ed1", DkimAlgorithm::Ed25519Sha256).expect("a key"),
        ];
        admin.dkim_key_create("other.example", "rsa1", DkimAlgorithm::Ed25519Sha256).expect("a key");
        let again = admin.dkim_key_create("test.example", "RSA1", DkimAlgorithm::Ed25519Sha256);
        assert!(again.expect_err("a second of that name").message().contains("selector"));
        assert!(world.ctx(world.rep).dkim_keys().is_err(), "who may not customize the org learns nothing of keys");
        let report = default_report(world, world.rep);
        schedule(world, world.rep, report, &to_users(&[world.manager]), &[]);
        world.clock.set("2026-11-21T08:30:05Z");
        *world.sink.reply.lock().expect("no panic while held") = Some(MailReply::Deferred("later".into()));
        let first = world.work();
        *world.sink.reply.lock().expect("no panic while held") = None;
        world.clock.set("2026-11-21T08:40:05Z");
        let second = world.work();
        assert_eq!(first, second, "every attempt sends the bytes that were signed");
        let folder = test_support::temp_dir().expect("a folder");
        let path = folder.path().join("signed.eml");
        std::fs::write(&path, &second[0].1).expect("written");
        let records: serde_json::Map<String, serde_json::Value> =
            keys.iter().map(|key| (key.dns_name.clone(), key.dns_value.clone().into())).collect();
        let records = serde_json::Value::Object(records).to_string();
        let env = [
            ("MESSAGE", path.to_str().expect("text")),
            ("RECORDS", &records),
            ("SIGNED", "from to subject date message-id mime-version content-type"),
        ];
        test_support::python_script("tests/clients/dkim_check.py", &env, std::time::Duration::from_secs(60))
            .unwrap_or_else(|error| panic!("{error}"));
        for key in admin.dkim_keys().expect("keys") {
            admin.dkim_key_remove(&key.dns_name).expect("it goes");
        }
        world.clock.set("2026-11-22T08:30:05Z");
        let unsigned = world.work();
        assert!(!String::from_utf8_lossy(&unsigned[0].1).contains("DKIM-Signature"));
    });
}
