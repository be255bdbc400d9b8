//! The people at each account.

use super::accounts::{Account, Segment};
use super::calendar::zone;
use super::names::ascii;
use super::random::Rng;
use super::team::Team;
use super::world::{DemoKey, Ledger, Row};
use model::Date;
use std::collections::HashSet;

pub(super) struct Contact {
    pub(super) key: Option<DemoKey>,
    pub(super) account: usize,
    pub(super) first: &'static str,
    pub(super) last: &'static str,
    pub(super) is_woman: bool,
    pub(super) post: &'static Post,
    pub(super) email: String,
    pub(super) created: Date,
}

/// A title, its department, and the part its holder plays in a purchase.
pub(super) struct Post {
    pub(super) title: &'static str,
    department: &'static str,
    pub(super) role: &'static str,
}

const POSTS: &[Post] = &[
    Post { title: "Maintenance Manager", department: "Maintenance", role: "Business User" },
    Post { title: "Head of Procurement", department: "Purchasing", role: "Economic Buyer" },
    Post { title: "Plant Manager", department: "Production", role: "Decision Maker" },
    Post { title: "Process Engineer", department: "Engineering", role: "Technical Buyer" },
    Post { title: "Automation Lead", department: "Engineering", role: "Evaluator" },
    Post { title: "Chief Operating Officer", department: "Executive", role: "Executive Sponsor" },
    Post { title: "Environment and Safety Officer", department: "EHS", role: "Influencer" },
    Post { title: "Buyer", department: "Purchasing", role: "Economic Decision Maker" },
];

pub(super) fn plan(accounts: &mut [Account], rng: &mut Rng) -> Vec<Contact> {
    let mut contacts = Vec::new();
    let mut addresses = HashSet::new();
    for (at, account) in accounts.iter_mut().enumerate() {
        let count = match account.segment {
            Segment::Small => rng.between(1, 2),
            Segment::Middle => rng.between(2, 4),
            Segment::Enterprise => rng.between(3, 5),
        };
        let names = account.country.culture.names();
        let first_post = rng.below(POSTS.len());
        for place in 0..usize::try_from(count).unwrap_or(1) {
            let is_woman = rng.chance(420);
            let first = rng.pick(if is_woman { names.women } else { names.men });
            let last = rng.pick(names.families);
            let email = format!("{}.{}@{}.example", ascii(first), ascii(last), account.name.domain);
            if !addresses.insert(email.clone()) {
                continue;
            }
            account.contacts.push(contacts.len());
            let post = &POSTS[(first_post + place) % POSTS.len()];
            contacts.push(Contact {
                key: None,
                account: at,
                first,
                last,
                is_woman,
                post,
                email,
                created: account.created,
            });
        }
        if account.contacts.is_empty() {
            // Every name drawn was taken at a sister company; the switchboard always answers.
            account.contacts.push(contacts.len());
            let (first, last) = (names.women[0], names.families[0]);
            let email = format!("office{at}@{}.example", account.name.domain);
            contacts.push(Contact {
                key: None,
                account: at,
                first,
                last,
                is_woman: true,
                post: &POSTS[0],
                email,
                created: account.created,
            });
        }
    }
    contacts
}

pub(super) fn add(ledger: &mut Ledger, team: &Team, accounts: &[Account], contacts: &mut [Contact], rng: &mut Rng) {
    for at in 0..contacts.len() {
        let contact = &contacts[at];
        let account = &accounts[contact.account];
        let city = &account.country.cities[account.city];
        let reports_to = account.contacts[0];
        let owner = &team.members[account.owner];
        let row = Row::new()
            .refer("AccountId", account.key())
            .refer("OwnerId", owner.key)
            .text("Salutation", if contact.is_woman { "Ms." } else { "Mr." })
            .text("FirstName", contact.first)
            .text("LastName", contact.last)
            .text("Title", contact.post.title)
            .text("Department", contact.post.department)
            .refer("ReportsToId", if reports_to < at && rng.chance(350) { contacts[reports_to].key } else { None })
            .text("Email", contact.email.clone())
            .text("Phone", rng.fill(account.country.phone))
            .text("MobilePhone", if rng.chance(450) { rng.fill(account.country.phone) } else { String::new() })
            .text("LeadSource", rng.pick(&["Web", "Partner Referral", "Phone Inquiry", "Purchased List", "Other"]))
            .text("MailingCity", city.name)
            .text("MailingState", city.state)
            .text("MailingCountry", account.country.name)
            .flag("HasOptedOutOfEmail", rng.chance(40));
        let minutes = i64::from(rng.between(9 * 60 + 5, 10 * 60));
        let created = contact.created.start_in(&zone_of(account, team)).plus_ms(minutes * 60_000);
        contacts[at].key = Some(ledger.add("Contact", created, row));
    }
}

/// Records are entered in the owner's working hours.
fn zone_of(account: &Account, team: &Team) -> model::Zone {
    team.members.get(account.owner).map_or_else(|| zone(account.country.zone), |owner| owner.zone.clone())
}

impl Contact {
    /// The contact's key, once added.
    pub(super) fn key(&self) -> DemoKey {
        self.key.expect("contacts are added before what refers to them")
    }
}
