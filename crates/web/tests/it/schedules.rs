//! Schedules as pages: made with a form, looked at before they are saved, approved, run, decided about, left.

use crate::visitor::{Answer, Visitor};
use crate::world::World;
use http::StatusCode;
use model::RecordId;
use platform::{MailReply, MailTransport, QueryOptions};
use std::sync::Mutex;

/// A mail server that answers as it is told, and keeps what it was given.
struct Sink {
    reply: MailReply,
    taken: Mutex<Vec<(String, Vec<u8>)>>,
}

impl MailTransport for Sink {
    fn send(&self, _from: &str, to: &str, message: &[u8], may_end: &mut dyn FnMut() -> bool) -> MailReply {
        assert!(may_end());
        self.taken.lock().expect("no panic while held").push((to.to_owned(), message.to_vec()));
        self.reply.clone()
    }
}

fn work(world: &World, reply: MailReply) -> Vec<(String, Vec<u8>)> {
    let sink = Sink { reply, taken: Mutex::new(Vec::new()) };
    world.org.work(&sink).expect("work");
    sink.taken.into_inner().expect("no panic while held")
}

fn accepted() -> MailReply {
    MailReply::Accepted("250 ok".to_owned())
}

fn rows(world: &World, user: RecordId, soql: &str) -> Vec<Vec<String>> {
    let (_, rows) = world.ctx(user).query_all_rows(soql, QueryOptions::default()).expect("rows");
    rows.iter().map(|row| row.cells.iter().map(|cell| cell.value().to_plain()).collect()).collect()
}

fn fields(world: &World) -> Vec<(&'static str, String)> {
    let report = rows(world, world.rep, "SELECT Id FROM Report ORDER BY Name LIMIT 1")[0][0].clone();
    vec![
        ("name", "Monday numbers".to_owned()),
        ("report", report),
        ("freq", "daily".to_owned()),
        ("interval", "1".to_owned()),
        ("times", "02:30, 09:00".to_owned()),
        ("zone", "Europe/Berlin".to_owned()),
        ("start", "2026-03-28".to_owned()),
        ("end", String::new()),
        ("off_days", "run".to_owned()),
        ("mode", "link".to_owned()),
        ("run_as", "fixed".to_owned()),
        ("misfire", "coalesce".to_owned()),
        ("uncertain", "hold".to_owned()),
        ("condition", "always".to_owned()),
        ("format", "CSV".to_owned()),
        ("subject", "Numbers for {{ recipient.name }}".to_owned()),
        ("recipient", format!(r#"{{"type":"user","id":"{}"}}"#, world.rep)),
    ]
}

fn send(visitor: &Visitor, address: &str, fields: &[(&'static str, String)]) -> Answer {
    let given: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    visitor.post(address, &given)
}

fn with(fields: &[(&'static str, String)], name: &'static str, value: &str) -> Vec<(&'static str, String)> {
    let mut all: Vec<_> = fields.iter().filter(|(known, _)| *known != name).cloned().collect();
    all.push((name, value.to_owned()));
    all
}

/// Makes a schedule and gives its address.
fn made(world: &World, visitor: &Visitor) -> String {
    let answer = send(visitor, "/schedules/new", &fields(world));
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    answer.location().to_owned()
}

/// Pages that a journey looks at: a schedule that waits for approval, a run of which nobody knows, the way out of it.
pub(crate) struct Places {
    pub(crate) waiting: String,
    pub(crate) run: String,
    pub(crate) leave: String,
}

pub(crate) fn places(world: &World) -> Places {
    let maya = Visitor::signed_in(world, world.rep);
    let waiting = made(world, &maya);
    maya.post(&waiting, &[("act", "activate")]);
    maya.post(&waiting, &[("act", "now")]);
    let sent = work(world, MailReply::Uncertain("no answer to the last byte".to_owned()));
    let run = rows(world, world.rep, "SELECT Id FROM DeliveryRun")[0][0].clone();
    let ada = Visitor::signed_in(world, world.admin);
    send(&ada, &format!("{waiting}/edit"), &with(&fields(world), "addresses", "leak@other.example"));
    Places { waiting, run: format!("/delivery-runs/{run}"), leave: way_out(&sent[0].1) }
}

fn way_out(message: &[u8]) -> String {
    let text = String::from_utf8_lossy(message).into_owned();
    let at = text.find("List-Unsubscribe: <https://northwind.example").expect("a link");
    let link: String = text[at..].chars().skip_while(|c| *c != '<').skip(1).take_while(|c| *c != '>').collect();
    link.trim_start_matches("https://northwind.example").to_owned()
}

#[test]
fn a_schedule_is_made_with_a_form_and_looked_at_before_it_is_saved() {
    let world = World::new();
    world.clock.set("2026-03-27T12:00:00Z");
    let maya = Visitor::signed_in(&world, world.rep);
    assert_eq!(maya.get("/schedules/new").status, StatusCode::OK);
    let look = send(&maya, "/schedules/new", &with(&fields(&world), "act", "look"));
    assert_eq!(look.status, StatusCode::OK, "{}", look.text);
    assert!(look.text.contains("Every day at 02:30 and 09:00 (Europe/Berlin)"), "{}", look.text);
    assert!(look.text.contains("Sun 2026-03-29 02:30") && look.text.contains("the clocks go forward"));
    assert!(look.text.contains("Numbers for Maya Lindqvist"));
    assert!(rows(&world, world.rep, "SELECT Id FROM DeliverySchedule").is_empty(), "nothing was saved");

    let wrong = send(&maya, "/schedules/new", &with(&fields(&world), "subject", "one\n{{ secret }}"));
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("is no name that a template knows"));
    let wrong = send(&maya, "/schedules/new", &with(&fields(&world), "zone", "Europe/Nowhere"));
    assert!(wrong.text.contains("Europe/Nowhere") && wrong.status == StatusCode::UNPROCESSABLE_ENTITY);
    let wrong = send(&maya, "/schedules/new", &with(&fields(&world), "add_user.text", "Somebody"));
    assert!(wrong.text.contains("choose &quot;Somebody&quot;"), "{}", wrong.text);
    let wrong = send(&maya, "/schedules/new", &with(&fields(&world), "times", "9 o'clock"));
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);

    let address = made(&world, &maya);
    let page = maya.get(&address).text;
    assert!(page.contains("Draft") && page.contains("User: Maya Lindqvist"), "{page}");
    let again = maya.get(&format!("{address}/edit")).text;
    assert!(again.contains("Monday numbers") && again.contains("Europe/Berlin"));
    let changed = send(&maya, &format!("{address}/edit"), &with(&fields(&world), "addresses", "x@other.example"));
    assert_eq!(changed.location(), address);
    assert!(maya.get(&address).text.contains("x@other.example"));
    assert!(maya.get("/schedules").text.contains("Monday numbers"));
    let sam = Visitor::signed_in(&world, world.reader);
    assert_eq!(sam.get(&address).status, StatusCode::NOT_FOUND, "private to its owner");
}

#[test]
fn a_change_by_somebody_else_is_shown_part_by_part_and_approved_on_the_page() {
    let world = World::new();
    world.clock.set("2026-03-27T12:00:00Z");
    let maya = Visitor::signed_in(&world, world.rep);
    let ada = Visitor::signed_in(&world, world.admin);
    let address = made(&world, &maya);
    assert_eq!(maya.post(&address, &[("act", "activate")]).location(), address);
    assert!(maya.get(&address).text.contains("lets it run with their rights"));
    send(&ada, &format!("{address}/edit"), &with(&fields(&world), "addresses", "leak@other.example"));
    let page = maya.get(&address).text;
    assert!(page.contains("A change that waits for approval") && page.contains("leak@other.example"), "{page}");
    assert!(page.contains("Ada") && page.contains("Stopped"));
    assert!(!ada.get(&address).text.contains("Approve and go on"), "whoever made it does not approve it");
    let refused = maya.post(&address, &[("act", "activate")]);
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("approve it first"));
    let at = page.find("name=\"digest\"").expect("a digest");
    let digest: String = page[at..].split("value=\"").nth(1).expect("a value").chars().take(64).collect();
    assert_eq!(maya.post(&address, &[("act", "approve"), ("digest", &digest)]).location(), address);
    assert!(maya.get(&address).text.contains("Active"));
    maya.post(&address, &[("act", "revoke")]);
    let page = maya.get(&address).text;
    assert!(page.contains("revoked the grant") && page.contains("Nobody lets it run yet"), "{page}");
}

#[test]
fn a_run_shows_each_recipient_and_what_nobody_knows_is_decided_there() {
    let world = World::new();
    world.clock.set("2026-03-27T12:00:00Z");
    let maya = Visitor::signed_in(&world, world.rep);
    let address = made(&world, &maya);
    maya.post(&address, &[("act", "activate")]);
    world.clock.set("2026-03-28T08:00:10Z");
    let sent = work(&world, MailReply::Uncertain("no answer to the last byte".to_owned()));
    assert!(sent.iter().any(|(to, _)| to.starts_with("maya")), "{sent:?}");
    // Sessions end while nobody uses them.
    let maya = Visitor::signed_in(&world, world.rep);
    let run = rows(&world, world.rep, "SELECT Id FROM DeliveryRun WHERE State = 'failed'")[0][0].clone();
    let own = format!("/delivery-runs/{run}");
    let page = maya.get(&address).text;
    assert!(page.contains(&own), "{own} {page}");
    let page = maya.get(&own).text;
    assert!(page.contains("Nobody knows") && page.contains("no answer to the last byte"), "{page}");
    assert!(maya.get(&format!("{own}?q=nobody+of+that+name")).text.contains("No recipient here"));
    let delivery = rows(&world, world.rep, "SELECT Id FROM Delivery")[0][0].clone();
    assert_eq!(maya.post(&own, &[("act", "resend"), ("delivery", &delivery)]).location(), own);
    let again = work(&world, accepted());
    assert_eq!(again.iter().filter(|(to, message)| sent.contains(&(to.clone(), message.clone()))).count(), 1);
    assert!(maya.get(&own).text.contains("Taken by the mail server"));
    let late = maya.post(&own, &[("act", "assume"), ("delivery", &delivery)]);
    assert!(late.status.is_client_error(), "{}", late.status);
    let ada = Visitor::signed_in(&world, world.admin);
    assert_eq!(ada.get("/deliveries").status, StatusCode::OK);
    assert_eq!(maya.get("/deliveries").status, StatusCode::FORBIDDEN);
    ada.post("/deliveries", &[("act", "off")]);
    assert!(ada.get("/deliveries").text.contains("Delivery is switched off"));
    world.clock.set("2026-03-29T08:00:10Z");
    assert!(work(&world, accepted()).is_empty());
    let ada = Visitor::signed_in(&world, world.admin);
    ada.post("/deliveries", &[("act", "on")]);
    assert!(!work(&world, accepted()).is_empty());
}

#[test]
fn r1_whoever_got_a_mail_leaves_with_one_click_and_no_scanner_does_it_for_them() {
    let world = World::new();
    world.clock.set("2026-03-27T12:00:00Z");
    let maya = Visitor::signed_in(&world, world.rep);
    let address = made(&world, &maya);
    maya.post(&address, &[("act", "activate")]);
    world.clock.set("2026-03-28T08:00:10Z");
    let sent = work(&world, accepted());
    let path = way_out(&sent[0].1);
    let nobody = Visitor::anonymous(&world);
    for _ in 0..2 {
        let page = nobody.get(&path);
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.text.contains("Monday numbers") && page.text.contains("<form"), "{}", page.text);
    }
    assert!(rows(&world, world.admin, "SELECT Id FROM DeliveryOptOut").is_empty());
    for _ in 0..2 {
        let done = nobody.post_as_is(&path, &[("List-Unsubscribe", "One-Click")]);
        assert_eq!(done.status, StatusCode::OK, "no redirect, no cookie, no sign-in");
        assert!(done.header("set-cookie").is_empty());
    }
    assert_eq!(rows(&world, world.admin, "SELECT Address FROM DeliveryOptOut").len(), 1);
    let org = path.split('/').nth(2).expect("an org").to_owned();
    for wrong in [format!("/u/{org}/nonsense"), "/u/00D00000000zzzzAAA/x".to_owned(), "/u/x/y".to_owned()] {
        assert_eq!(nobody.get(&wrong).status, StatusCode::NOT_FOUND, "{wrong}");
        assert_eq!(nobody.post_as_is(&wrong, &[]).status, StatusCode::NOT_FOUND, "{wrong}");
    }
    world.clock.set("2026-03-29T08:00:10Z");
    assert!(
        work(&world, accepted()).iter().all(|(_, message)| !String::from_utf8_lossy(message).contains("Numbers for"))
    );
}
