//! The people of the company, where they stand in the role hierarchy and what they sign in with.

use super::COMPANY;
use super::calendar::{Calendar, month_start, working_day_after, zone};
use super::names::ascii;
use super::places::Region;
use super::random::Rng;
use super::world::{DemoKey, Ledger, Row};
use model::{Date, Zone};

/// What a person does in this world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Job {
    Executive,
    SalesLead,
    RegionalManager,
    AccountExecutive,
    SalesDevelopment,
    Support,
    Operations,
    Marketing,
}

/// One user, with what the rest of the world asks of them.
pub(super) struct Member {
    pub(super) key: DemoKey,
    pub(super) job: Job,
    pub(super) region: Region,
    pub(super) zone: Zone,
    /// The first day on which they own anything.
    pub(super) joined: Date,
    /// Won deals per thousand, above or below the average.
    pub(super) skill: i32,
    /// How much of the region's accounts they hold, against the others.
    pub(super) share: u32,
}

/// All users; deals and accounts name them by place in this list.
pub(super) struct Team {
    pub(super) members: Vec<Member>,
}

impl Team {
    /// The regional manager.
    pub(super) fn manager(&self, region: Region) -> usize {
        self.find(|member| member.job == Job::RegionalManager && member.region == region)
    }

    pub(super) fn developer(&self, region: Region) -> usize {
        self.find(|member| member.job == Job::SalesDevelopment && member.region == region)
    }

    pub(super) fn marketer(&self) -> usize {
        self.find(|member| member.job == Job::Marketing)
    }

    /// Support agents, the lead first.
    pub(super) fn agents(&self) -> Vec<usize> {
        self.all(|member| member.job == Job::Support)
    }

    pub(super) fn executives(&self, region: Region) -> Vec<usize> {
        self.all(|member| member.job == Job::AccountExecutive && member.region == region)
    }

    /// Who looked after an account on a day: its owner, or before they joined the manager of the region.
    pub(super) fn in_charge(&self, owner: usize, day: Date) -> usize {
        if self.members[owner].joined <= day { owner } else { self.manager(self.members[owner].region) }
    }

    fn all(&self, wanted: impl Fn(&Member) -> bool) -> Vec<usize> {
        (0..self.members.len()).filter(|at| wanted(&self.members[*at])).collect()
    }

    fn find(&self, wanted: impl Fn(&Member) -> bool) -> usize {
        self.members.iter().position(wanted).expect("the list below fills every post")
    }
}

/// Name, developer name, parent (by place), and what an account's owner may do with others' deals, cases and contacts.
const ROLES: &[(&str, &str, Option<usize>, &str)] = &[
    ("Chief Executive Officer", "CEO", None, "Edit"),
    ("VP Sales", "VPSales", Some(0), "Edit"),
    ("EMEA Sales Manager", "EMEASalesManager", Some(1), "Edit"),
    ("EMEA Account Executive", "EMEAAccountExecutive", Some(2), "Read"),
    ("EMEA Sales Development", "EMEASalesDevelopment", Some(2), "None"),
    ("Americas Sales Manager", "AmericasSalesManager", Some(1), "Edit"),
    ("Americas Account Executive", "AmericasAccountExecutive", Some(5), "Read"),
    ("Americas Sales Development", "AmericasSalesDevelopment", Some(5), "None"),
    ("APAC Sales Manager", "APACSalesManager", Some(1), "Edit"),
    ("APAC Account Executive", "APACAccountExecutive", Some(8), "Read"),
    ("APAC Sales Development", "APACSalesDevelopment", Some(8), "None"),
    ("Support Lead", "SupportLead", Some(0), "Read"),
    ("Support Agent", "SupportAgent", Some(11), "None"),
    ("Sales Operations", "SalesOperations", Some(1), "None"),
    ("Marketing", "Marketing", Some(0), "None"),
];

struct Person {
    first: &'static str,
    last: &'static str,
    title: &'static str,
    department: &'static str,
    job: Job,
    region: Region,
    role: Option<usize>,
    manager: Option<usize>,
    zone: &'static str,
    locale: &'static str,
    skill: i32,
    share: u32,
}

const fn person(
    name: (&'static str, &'static str),
    post: (&'static str, &'static str, Job),
    region: Region,
    role: Option<usize>,
    manager: Option<usize>,
    place: (&'static str, &'static str),
    selling: (i32, u32),
) -> Person {
    Person {
        first: name.0,
        last: name.1,
        title: post.0,
        department: post.1,
        job: post.2,
        region,
        role,
        manager,
        zone: place.0,
        locale: place.1,
        skill: selling.0,
        share: selling.1,
    }
}

const AE: (&str, &str, Job) = ("Account Executive", "Sales", Job::AccountExecutive);
const SENIOR_AE: (&str, &str, Job) = ("Senior Account Executive", "Sales", Job::AccountExecutive);
const SDR: (&str, &str, Job) = ("Sales Development Representative", "Sales", Job::SalesDevelopment);
const AGENT: (&str, &str, Job) = ("Support Engineer", "Customer Support", Job::Support);
const MANAGER: Job = Job::RegionalManager;
const SELLS_NOTHING: (i32, u32) = (0, 0);

/// The one who joins during the year.
const NEWCOMER: usize = 12;

use Region::{Americas, Apac, Emea};

const PEOPLE: &[Person] = &[
    person(
        ("Ingrid", "Solheim"),
        ("Chief Executive Officer", "Executive", Job::Executive),
        Emea,
        Some(0),
        None,
        ("Europe/Amsterdam", "en_GB"),
        SELLS_NOTHING,
    ),
    person(
        ("Marcus", "Whitfield"),
        ("VP Sales", "Sales", Job::SalesLead),
        Emea,
        Some(1),
        Some(0),
        ("Europe/London", "en_GB"),
        SELLS_NOTHING,
    ),
    person(
        ("Annika", "Brandt"),
        ("Sales Manager EMEA", "Sales", MANAGER),
        Emea,
        Some(2),
        Some(1),
        ("Europe/Berlin", "de_DE"),
        (60, 2),
    ),
    person(("Lukas", "Hofmann"), SENIOR_AE, Emea, Some(3), Some(2), ("Europe/Berlin", "de_DE"), (90, 10)),
    person(("Camille", "Laurent"), AE, Emea, Some(3), Some(2), ("Europe/Paris", "fr_FR"), (20, 8)),
    person(("Piotr", "Wiśniewski"), AE, Emea, Some(3), Some(2), ("Europe/Warsaw", "pl_PL"), (-70, 7)),
    person(("Giulia", "Ferraro"), AE, Emea, Some(3), Some(2), ("Europe/Rome", "it_IT"), (-20, 7)),
    person(("Tomás", "Herrero"), SDR, Emea, Some(4), Some(2), ("Europe/Madrid", "es_ES"), SELLS_NOTHING),
    person(
        ("Denise", "Okafor"),
        ("Sales Manager Americas", "Sales", MANAGER),
        Americas,
        Some(5),
        Some(1),
        ("America/Chicago", "en_US"),
        (40, 2),
    ),
    person(("Ethan", "Caldwell"), SENIOR_AE, Americas, Some(6), Some(8), ("America/New_York", "en_US"), (70, 11)),
    person(("Mariana", "Duarte"), AE, Americas, Some(6), Some(8), ("America/Sao_Paulo", "pt_BR"), (0, 9)),
    person(("Priscilla", "Nguyen"), SDR, Americas, Some(7), Some(8), ("America/Los_Angeles", "en_US"), SELLS_NOTHING),
    person(("Jordan", "Nakai"), AE, Americas, Some(6), Some(8), ("America/Denver", "en_US"), (-90, 7)),
    person(
        ("Kenji", "Watanabe"),
        ("Sales Manager APAC", "Sales", MANAGER),
        Apac,
        Some(8),
        Some(1),
        ("Asia/Tokyo", "ja_JP"),
        (50, 3),
    ),
    person(("Wei Ling", "Tan"), SENIOR_AE, Apac, Some(9), Some(13), ("Asia/Singapore", "en_SG"), (110, 9)),
    person(("Arjun", "Raghavan"), AE, Apac, Some(9), Some(13), ("Asia/Kolkata", "en_IN"), (-30, 8)),
    person(("Soo-jin", "Park"), SDR, Apac, Some(10), Some(13), ("Asia/Seoul", "ko_KR"), SELLS_NOTHING),
    person(
        ("Fatima", "El Amrani"),
        ("Head of Support", "Customer Support", Job::Support),
        Emea,
        Some(11),
        Some(0),
        ("Europe/Amsterdam", "nl_NL"),
        SELLS_NOTHING,
    ),
    person(("Oliver", "Byrne"), AGENT, Emea, Some(12), Some(17), ("Europe/Dublin", "en_IE"), SELLS_NOTHING),
    person(("Nadia", "Kowalczyk"), AGENT, Americas, Some(12), Some(17), ("America/Toronto", "en_CA"), SELLS_NOTHING),
    person(("Hiroshi", "Sato"), AGENT, Apac, Some(12), Some(17), ("Asia/Tokyo", "ja_JP"), SELLS_NOTHING),
    person(
        ("Leila", "Haddad"),
        ("Sales Operations Analyst", "Sales Operations", Job::Operations),
        Emea,
        Some(13),
        Some(1),
        ("Europe/Paris", "en_GB"),
        SELLS_NOTHING,
    ),
    person(
        ("Beatriz", "Monteiro"),
        ("Marketing Manager", "Marketing", Job::Marketing),
        Emea,
        Some(14),
        Some(0),
        ("Europe/Lisbon", "pt_PT"),
        SELLS_NOTHING,
    ),
    person(
        ("Sven", "Aalto"),
        ("Systems Administrator", "IT", Job::Operations),
        Emea,
        None,
        Some(0),
        ("Europe/Helsinki", "fi_FI"),
        SELLS_NOTHING,
    ),
];

pub(super) fn add(ledger: &mut Ledger, calendar: &Calendar, rng: &mut Rng) -> Team {
    let start = calendar.opening.start_in(&Zone::UTC);
    let mut roles: Vec<DemoKey> = Vec::new();
    for (name, developer_name, parent, access) in ROLES {
        let row = Row::new()
            .text("Name", *name)
            .text("DeveloperName", *developer_name)
            .refer("ParentRoleId", parent.map(|at| roles[at]))
            .text("OpportunityAccessForAccountOwner", *access)
            .text("CaseAccessForAccountOwner", *access)
            .text("ContactAccessForAccountOwner", if *access == "None" { "Read" } else { "Edit" });
        roles.push(ledger.add("UserRole", start, row));
    }
    let administrator = ledger.add("Profile", start, Row::new().text("Name", "System Administrator"));
    let standard = ledger.add("Profile", start, Row::new().text("Name", "Standard User"));

    let mut members: Vec<Member> = Vec::new();
    for (at, person) in PEOPLE.iter().enumerate() {
        let zone = zone(person.zone);
        let joined = if at == NEWCOMER { month_start(calendar.today, -5) } else { calendar.opening };
        let login = ascii(person.first) + "." + &ascii(person.last);
        let alias: String = ascii(person.first).chars().take(1).chain(ascii(person.last).chars().take(7)).collect();
        let language = match person.locale {
            "de_DE" => "de",
            "fr_FR" => "fr",
            "ja_JP" => "ja",
            _ => "en_US",
        };
        let last_seen = calendar.moment(calendar.yesterday().plus_days(-rng.between(0, 4)), &zone, rng);
        let row = Row::new()
            .text("Username", format!("{login}@corvane.example"))
            .text("FirstName", person.first)
            .text("LastName", person.last)
            .text("Alias", alias)
            .text("Email", format!("{login}@corvane.example"))
            .text("Title", person.title)
            .text("CompanyName", COMPANY)
            .text("Department", person.department)
            .text("Division", if person.department == "Sales" { person.region.label() } else { "" })
            .text("EmployeeNumber", format!("{}", 1001 + at))
            .flag("IsActive", true)
            .text("TimeZoneSidKey", person.zone)
            .text("LocaleSidKey", person.locale)
            .text("EmailEncodingKey", "UTF-8")
            .text("LanguageLocaleKey", language)
            .refer("ProfileId", if person.title == "Systems Administrator" { administrator } else { standard })
            .refer("UserRoleId", person.role.map(|role| roles[role]))
            .refer("ManagerId", person.manager.map(|manager| members[manager].key))
            .instant("LastLoginDate", last_seen);
        let key = ledger.add("User", working_day_after(joined).start_in(&zone), row);
        members.push(Member {
            key,
            job: person.job,
            region: person.region,
            zone,
            joined: working_day_after(joined),
            skill: person.skill,
            share: person.share,
        });
    }
    Team { members }
}

impl Region {
    pub(super) const fn label(self) -> &'static str {
        match self {
            Emea => "EMEA",
            Americas => "Americas",
            Apac => "APAC",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn managers_stand_before_their_people_and_hold_a_role_above() {
        for (at, person) in PEOPLE.iter().enumerate() {
            assert!(person.manager.is_none_or(|manager| manager < at), "{}", person.last);
            assert!(Zone::get(person.zone).is_ok(), "{}", person.zone);
        }
        assert_eq!(PEOPLE.len(), 24);
        assert_eq!(PEOPLE[NEWCOMER].last, "Nakai");
    }
}
