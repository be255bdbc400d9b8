//! Cases: what breaks at customers, how urgent it is, and how long support takes.

use super::accounts::Account;
use super::calendar::{Calendar, working_day_after};
use super::contacts::Contact;
use super::random::Rng;
use super::team::Team;
use super::world::{Ledger, Row};
use model::Date;

const CASES: usize = 260;

#[derive(Clone, Copy)]
struct Complaint {
    subject: &'static str,
    story: &'static str,
    kind: &'static str,
    reason: &'static str,
    /// How often it is urgent, per thousand.
    urgent: i32,
}

const COMPLAINTS: &[Complaint] = &[
    Complaint {
        subject: "LR-240 loses echo when the tank is nearly empty",
        story: "Reading jumps to 0 below 8 % level; foam is possible.",
        kind: "Electronic",
        reason: "Performance",
        urgent: 160,
    },
    Complaint {
        subject: "PX-110 drifts by 0.3 % over a week",
        story: "Compared with the reference gauge every morning.",
        kind: "Electronic",
        reason: "Performance",
        urgent: 90,
    },
    Complaint {
        subject: "GW-8 gateway offline after firmware update",
        story: "LED stays red; forty devices are not visible.",
        kind: "Electronic",
        reason: "Breakdown",
        urgent: 520,
    },
    Complaint {
        subject: "Insight shows no values since midnight",
        story: "The night shift works from paper.",
        kind: "Other",
        reason: "Breakdown",
        urgent: 480,
    },
    Complaint {
        subject: "Calibration certificate missing for serial numbers",
        story: "The auditor comes next week.",
        kind: "Other",
        reason: "Other",
        urgent: 120,
    },
    Complaint {
        subject: "How to mount VB-075 on a curved housing",
        story: "The magnet foot slips off at 60 Hz.",
        kind: "Mechanical",
        reason: "Installation",
        urgent: 30,
    },
    Complaint {
        subject: "MF-720 zero point unstable after cleaning",
        story: "Happens after each CIP cycle, gone after an hour.",
        kind: "Mechanical",
        reason: "Equipment Complexity",
        urgent: 210,
    },
    Complaint {
        subject: "GA-900 reports sample flow alarm",
        story: "Filter was changed, alarm stays.",
        kind: "Mechanical",
        reason: "Breakdown",
        urgent: 430,
    },
    Complaint {
        subject: "UF-500 needs parameters for PVC pipe",
        story: "Wall thickness is not in the table.",
        kind: "Electronic",
        reason: "Installation",
        urgent: 20,
    },
    Complaint {
        subject: "Cable gland leaks on TA-310",
        story: "Water in the head after cleaning with high pressure.",
        kind: "Structural",
        reason: "Equipment Design",
        urgent: 140,
    },
    Complaint {
        subject: "Please add alarm by e-mail for two levels",
        story: "One for the shift, one for the manager.",
        kind: "Other",
        reason: "Feedback",
        urgent: 0,
    },
    Complaint {
        subject: "Wrong spare part delivered",
        story: "Seal kit for DN 80 instead of DN 50.",
        kind: "Other",
        reason: "Other",
        urgent: 180,
    },
    Complaint {
        subject: "Power supply of field gateway too warm",
        story: "72 °C measured at the heat sink.",
        kind: "Electrical",
        reason: "Equipment Design",
        urgent: 240,
    },
    Complaint {
        subject: "Second user cannot sign in to Insight",
        story: "The invitation expired.",
        kind: "Other",
        reason: "Other",
        urgent: 40,
    },
];

pub(super) fn add(
    ledger: &mut Ledger,
    calendar: &Calendar,
    team: &Team,
    accounts: &[Account],
    contacts: &[Contact],
    rng: &mut Rng,
) {
    let first = calendar.year_start;
    let mut days: Vec<Date> = (0..CASES)
        .map(|_| {
            // The installed base grows, and with it what comes in.
            let first = if rng.chance(170) { calendar.yesterday().plus_days(-45) } else { first };
            Calendar::working_day(first, calendar.yesterday(), rng).min(calendar.yesterday())
        })
        .collect();

    days.sort_unstable();
    let agents = team.agents();
    for day in days {
        let customers: Vec<&Account> =
            accounts.iter().filter(|account| account.is_customer() && account.created < day).collect();
        if customers.is_empty() {
            continue;
        }
        let account = rng.pick(&customers);
        let known: Vec<&Contact> =
            account.contacts.iter().map(|at| &contacts[*at]).filter(|contact| contact.created < day).collect();
        let caller = if known.is_empty() { None } else { Some(rng.pick(&known).key()) };
        let complaint = rng.pick(COMPLAINTS);
        let priority = match (rng.chance(complaint.urgent), rng.chance(640)) {
            (true, _) => "High",
            (false, true) => "Medium",
            (false, false) => "Low",
        };
        // The lead takes one in nine, the agents of the same continent most of the others.
        let agent =
            match agents.iter().find(|at| team.members[**at].region == account.country.region && **at != agents[0]) {
                Some(near) if rng.chance(720) => *near,
                _ if rng.chance(330) => agents[0],
                _ => rng.pick(&agents),
            };
        let takes_days = match priority {
            "High" => rng.log_normal(3),
            "Medium" => rng.log_normal(9),
            _ => rng.log_normal(20),
        };
        // Some wait for a part from the factory.
        let takes_days = takes_days + if rng.chance(150) { i64::from(rng.between(8, 50)) } else { 0 };
        let zone = account.zone();
        let opened = calendar.moment(day, &zone, rng);
        let takes_hours = i32::try_from(takes_days).unwrap_or(1) * 24 + rng.between(1, 9);
        let due = working_day_after(day.plus_days(takes_hours / 24));
        let is_closed = due < calendar.yesterday();
        let status = match (is_closed, priority) {
            (true, _) => "Closed",
            (false, "High") if rng.chance(400) => "Escalated",
            (false, _) if calendar.today.days() - day.days() < 3 && rng.chance(600) => "New",
            (false, _) => "Working",
        };
        let mut row = Row::new()
            .refer("AccountId", account.key())
            .refer("ContactId", caller)
            .refer("OwnerId", team.members[agent].key)
            .text("Subject", complaint.subject)
            .text("Description", complaint.story)
            .text("Type", complaint.kind)
            .text("Reason", complaint.reason)
            .text("Origin", rng.pick(&["Phone", "Phone", "Email", "Email", "Email", "Web"]))
            .text("Priority", priority)
            .text("Status", status)
            .flag("IsEscalated", status == "Escalated" || (is_closed && priority == "High" && rng.chance(150)));
        if is_closed {
            let closed = calendar.moment(due, &team.members[agent].zone, rng);
            row = row.instant("ClosedDate", closed.max(opened.plus_ms(i64::from(rng.between(35, 290)) * 60_000)));
        }
        ledger.add("Case", opened, row);
    }
}
