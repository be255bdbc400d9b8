//! What people did and plan to do: calls, e-mails, meetings and visits around deals and leads.

use super::calendar::{Calendar, working_day_after, working_day_before};
use super::contacts::Contact;
use super::deals::{Deal, Outcome};
use super::marketing::{Audience, Lead};
use super::random::Rng;
use super::team::{Member, Team};
use super::world::{DemoKey, Ledger, Row};
use model::Date;

/// Subject, subtype, how often against the others.
const TOUCHES: &[(&str, &str, u32)] = &[
    ("Call: measuring points and budget", "Call", 12),
    ("Call: questions about the quote", "Call", 12),
    ("Call: no answer, left a message", "Call", 7),
    ("Call: delivery date", "Call", 6),
    ("Email: data sheets and references", "Email", 13),
    ("Email: revised quote", "Email", 11),
    ("Email: summary of our talk", "Email", 10),
    ("Email: invitation to the site of a customer", "Email", 5),
    ("Prepare savings calculation", "Task", 6),
    ("Check approvals with product management", "Task", 4),
];

const PLANS: &[(&str, &str)] = &[
    ("Call: follow up on the quote", "Call"),
    ("Email: send revised quote", "Email"),
    ("Call: confirm the site visit", "Call"),
    ("Prepare meeting with procurement", "Task"),
    ("Ask for the purchase order", "Task"),
];

const MEETINGS: &[(&str, i64, &str)] = &[
    ("Site visit", 180, "At the plant"),
    ("Product demonstration", 60, "Video call"),
    ("Quote review", 45, "Video call"),
    ("Trial kick-off", 90, "At the plant"),
    ("Contract talk", 60, "Customer's office"),
];

const LEAD_TOUCHES: &[(&str, &str)] = &[
    ("Call: first contact", "Call"),
    ("Email: introduction and data sheet", "Email"),
    ("Call: reached, interested", "Call"),
];

const RESULTS: &[&str] = &["Reached", "Reached", "Left a message", "No answer", "Call back later"];

pub(super) fn add(
    ledger: &mut Ledger,
    calendar: &Calendar,
    team: &Team,
    people: &Audience<'_>,
    leads: &[Lead],
    rng: &mut Rng,
) {
    for deal in people.deals {
        add_for_deal(ledger, calendar, &team.members[deal.owner], people, deal, rng);
    }
    for lead in leads {
        let owner = &team.members[lead.owner];
        for _ in 0..rng.between(0, 2) {
            let latest = lead.created.plus_days(20).min(calendar.yesterday());
            let day = Calendar::working_day(lead.created, latest, rng).min(calendar.yesterday());
            let (subject, subtype) = rng.pick(LEAD_TOUCHES);
            let link = Link { who: Some(lead.key), what: None };
            add_done(ledger, calendar, owner, &link, (subject, subtype), day, rng);
        }
        if lead.is_open && rng.chance(450) {
            let link = Link { who: Some(lead.key), what: None };
            let subject = format!("Call: qualify {}", lead.company);
            add_planned(ledger, calendar, owner, &link, (&subject, "Call"), rng);
        }
    }
}

/// With whom, about what.
struct Link {
    who: Option<DemoKey>,
    what: Option<DemoKey>,
}

fn add_for_deal(
    ledger: &mut Ledger,
    calendar: &Calendar,
    owner: &Member,
    people: &Audience<'_>,
    deal: &Deal,
    rng: &mut Rng,
) {
    let account = &people.accounts[deal.account];
    let last = deal.close.min(calendar.yesterday()).max(deal.created);
    let touches = match deal.outcome {
        Outcome::Won => rng.between(2, 4),
        Outcome::Lost => rng.between(0, 2),
        Outcome::Open => rng.between(0, 2),
    };
    for _ in 0..touches {
        let day = Calendar::working_day(deal.created.plus_days(1).min(last), last, rng).min(calendar.yesterday());
        let link = Link { who: pick_contact(people.contacts, deal, rng), what: Some(deal.key()) };
        if rng.chance(230) {
            let (kind, minutes, place) = rng.pick(MEETINGS);
            let subject = format!("{kind}: {}", account.name.short);
            add_meeting(ledger, calendar, owner, &link, (&subject, minutes, place), day, rng);
        } else {
            let (subject, subtype, _) = TOUCHES[rng.weighted(TOUCHES.iter().map(|touch| touch.2))];
            add_done(ledger, calendar, owner, &link, (subject, subtype), day, rng);
        }
    }
    if deal.outcome == Outcome::Open {
        let link = Link { who: pick_contact(people.contacts, deal, rng), what: Some(deal.key()) };
        if rng.chance(620) {
            let (subject, subtype) = rng.pick(PLANS);
            add_planned(ledger, calendar, owner, &link, (subject, subtype), rng);
        }
        if rng.chance(200) {
            let (kind, minutes, place) = rng.pick(MEETINGS);
            let subject = format!("{kind}: {}", account.name.short);
            let day = working_day_after(calendar.today.plus_days(rng.between(1, 21)));
            add_meeting(ledger, calendar, owner, &link, (&subject, minutes, place), day, rng);
        }
    }
}

fn pick_contact(contacts: &[Contact], deal: &Deal, rng: &mut Rng) -> Option<DemoKey> {
    if deal.contacts.is_empty() { None } else { Some(contacts[rng.pick(&deal.contacts)].key()) }
}

fn add_done(
    ledger: &mut Ledger,
    calendar: &Calendar,
    owner: &Member,
    link: &Link,
    (subject, subtype): (&str, &str),
    day: Date,
    rng: &mut Rng,
) {
    let completed = calendar.moment(day, &owner.zone, rng);
    let mut row = Row::new()
        .text("Subject", subject)
        .refer("OwnerId", owner.key)
        .refer("WhoId", link.who)
        .refer("WhatId", link.what)
        .date("ActivityDate", day)
        .text("Status", "Completed")
        .text("Priority", "Normal")
        .text("TaskSubtype", subtype)
        .instant("CompletedDateTime", completed);
    if subtype == "Call" {
        row = row
            .text("CallType", if rng.chance(780) { "Outbound" } else { "Inbound" })
            .int("CallDurationInSeconds", i64::from(rng.around(20, 1_500)))
            .text("CallDisposition", rng.pick(RESULTS));
    }
    ledger.add("Task", completed, row);
}

/// An open task: mostly ahead, some overdue.
fn add_planned(
    ledger: &mut Ledger,
    calendar: &Calendar,
    owner: &Member,
    link: &Link,
    (subject, subtype): (&str, &str),
    rng: &mut Rng,
) {
    let due = if rng.chance(180) {
        working_day_before(calendar.today.plus_days(-rng.between(1, 16)))
    } else {
        working_day_after(calendar.today.plus_days(rng.between(0, 24)))
    };
    let noted = working_day_before(due.min(calendar.yesterday()).plus_days(-rng.between(0, 24)));
    let created = calendar.moment(noted, &owner.zone, rng);
    let row = Row::new()
        .text("Subject", subject)
        .refer("OwnerId", owner.key)
        .refer("WhoId", link.who)
        .refer("WhatId", link.what)
        .date("ActivityDate", due)
        .text(
            "Status",
            rng.pick(&["Not Started", "Not Started", "Not Started", "In Progress", "Waiting on someone else"]),
        )
        .text("Priority", rng.pick(&["Normal", "Normal", "Normal", "High", "Low"]))
        .text("TaskSubtype", subtype);
    ledger.add("Task", created, row);
}

fn add_meeting(
    ledger: &mut Ledger,
    calendar: &Calendar,
    owner: &Member,
    link: &Link,
    (subject, minutes, place): (&str, i64, &str),
    day: Date,
    rng: &mut Rng,
) {
    // On the quarter hour, between nine and three.
    let start = day.start_in(&owner.zone).plus_ms((9 * 60 + 15 * i64::from(rng.between(0, 24))) * 60_000);
    let booked = working_day_before(day.min(calendar.yesterday()).plus_days(-rng.between(1, 10))).max(calendar.opening);
    let created = calendar.moment(booked, &owner.zone, rng).min(start);
    let row = Row::new()
        .text("Subject", subject)
        .refer("OwnerId", owner.key)
        .refer("WhoId", link.who)
        .refer("WhatId", link.what)
        .text("Location", place)
        .flag("IsAllDayEvent", false)
        .date("ActivityDate", day)
        .instant("StartDateTime", start)
        .instant("EndDateTime", start.plus_ms(minutes * 60_000))
        .int("DurationInMinutes", minutes);
    ledger.add("Event", created, row);
}
