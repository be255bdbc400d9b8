//! Campaigns, the leads they bring in, and which leads became customers.

use super::accounts::Account;
use super::calendar::{Calendar, working_day_after};
use super::companies;
use super::contacts::Contact;
use super::deals::Deal;
use super::names::ascii;
use super::places::COUNTRIES;
use super::random::Rng;
use super::team::Team;
use super::world::{DemoKey, Ledger, Row};
use model::{Date, Instant, Zone};
use std::collections::HashSet;

const LEADS: usize = 150;
const CONVERTED: usize = 34;

/// A deal that began as a lead.
pub(super) struct Conversion {
    pub(super) deal: usize,
}

pub(super) struct Campaign {
    pub(super) key: DemoKey,
    start: Date,
    end: Date,
    /// How many people it reached.
    members: usize,
    /// Answers per thousand.
    answers: i32,
}

pub(super) struct Lead {
    pub(super) key: DemoKey,
    pub(super) owner: usize,
    pub(super) created: Date,
    pub(super) company: String,
    pub(super) is_open: bool,
}

/// The people a campaign or an activity may meet.
pub(super) struct Audience<'a> {
    pub(super) accounts: &'a [Account],
    pub(super) contacts: &'a [Contact],
    pub(super) deals: &'a [Deal],
}

/// First deals with companies nobody knew before; they have one contact at least.
pub(super) fn choose_conversions(
    calendar: &Calendar,
    accounts: &[Account],
    deals: &[Deal],
    rng: &mut Rng,
) -> Vec<Conversion> {
    let mut first_seen = HashSet::new();
    let mut possible: Vec<usize> = (0..deals.len())
        .filter(|at| {
            let deal = &deals[*at];
            let account = &accounts[deal.account];
            let in_family = account.parent.is_some() || accounts.iter().any(|other| other.parent == Some(deal.account));
            first_seen.insert(deal.account)
                && !account.is_old_customer
                && deal.kind == "New Customer"
                && !in_family
                && !deal.contacts.is_empty()
                && deal.created > calendar.opening.plus_days(45)
        })
        .collect();
    let mut chosen = Vec::new();
    while chosen.len() < CONVERTED && !possible.is_empty() {
        chosen.push(Conversion { deal: possible.swap_remove(rng.below(possible.len())) });
    }
    chosen.sort_by_key(|conversion| conversion.deal);
    chosen
}

pub(super) fn add_campaigns(ledger: &mut Ledger, calendar: &Calendar, team: &Team) -> Vec<Campaign> {
    let owner = &team.members[team.marketer()];
    let year = |date: Date| date.to_civil().year();
    let mut add =
        |name: String, kind: &str, starts_in: i32, length: i32, costs: (i64, i64), reach: (usize, i32), about: &str| {
            let start = working_day_after(calendar.today.plus_days(starts_in));
            let end = start.plus_days(length);
            let is_over = end < calendar.today;
            let row = Row::new()
                .text("Name", format!("{name} {}", year(start)))
                .refer("OwnerId", owner.key)
                .text("Type", kind)
                .text("Status", if is_over { "Completed" } else { "In Progress" })
                .date("StartDate", start)
                .date("EndDate", end)
                .flag("IsActive", !is_over)
                .number("BudgetedCost", costs.0)
                .number("ActualCost", costs.1)
                .number("ExpectedRevenue", costs.0 * 12)
                .number("NumberSent", i64::try_from(reach.0).unwrap_or_default() * 8)
                .text("Description", about);
            let created = start.plus_days(-50).max(calendar.opening).start_in(&owner.zone).plus_ms(10 * 3_600_000);
            let key = ledger.add("Campaign", created, row);
            Campaign { key, start, end, members: reach.0, answers: reach.1 }
        };
    vec![
        add(
            "Process Measurement Fair".to_owned(),
            "Trade Show",
            -225,
            3,
            (42_000, 46_350),
            (64, 620),
            "Stand with a running test loop; badges scanned at the stand.",
        ),
        add(
            "Webinar: hear a pump fail before it does".to_owned(),
            "Webinar",
            -96,
            0,
            (3_500, 2_980),
            (78, 410),
            "Forty minutes with the vibration node and two customers.",
        ),
        add(
            "Stack emission limits mailing".to_owned(),
            "Email",
            -24,
            55,
            (6_000, 3_120),
            (92, 140),
            "Three letters to environment officers before the new limits apply.",
        ),
    ]
}

/// Names the campaign behind some of the deals that began soon after one.
pub(super) fn attribute(calendar: &Calendar, campaigns: &[Campaign], deals: &mut [Deal], rng: &mut Rng) {
    for deal in deals {
        deal.campaign = campaigns.iter().position(|campaign| {
            let last = campaign.start.plus_days(60).min(calendar.yesterday());
            (campaign.start..=last).contains(&deal.created)
        });
        if !rng.chance(230) {
            deal.campaign = None;
        }
    }
}

pub(super) fn add_leads(
    ledger: &mut Ledger,
    calendar: &Calendar,
    team: &Team,
    people: &Audience<'_>,
    conversions: &[Conversion],
    rng: &mut Rng,
) -> Vec<Lead> {
    let mut planned: Vec<(Date, Option<usize>)> = conversions
        .iter()
        .map(|conversion| {
            let deal = &people.deals[conversion.deal];
            (deal.created.plus_days(-rng.between(4, 32)).max(calendar.opening), Some(conversion.deal))
        })
        .collect();
    let first = calendar.year_start;
    for _ in planned.len()..LEADS {
        // More and more come in: every third one in the last ten weeks.
        let first = if rng.chance(330) { calendar.yesterday().plus_days(-70) } else { first };
        planned.push((Calendar::working_day(first, calendar.yesterday(), rng).min(calendar.yesterday()), None));
    }
    planned.sort_by_key(|(created, deal)| (*created, *deal));

    let mut taken: HashSet<String> = people.accounts.iter().map(|account| account.name.short.clone()).collect();
    let mut leads = Vec::new();
    for (created, deal) in planned {
        let lead = match deal {
            Some(deal) => converted_lead(ledger, calendar, team, people, &people.deals[deal], created, rng),
            None => plain_lead(ledger, calendar, team, &mut taken, created, rng),
        };
        leads.push(lead);
    }
    leads
}

fn converted_lead(
    ledger: &mut Ledger,
    calendar: &Calendar,
    team: &Team,
    people: &Audience<'_>,
    deal: &Deal,
    created: Date,
    rng: &mut Rng,
) -> Lead {
    let account = &people.accounts[deal.account];
    let contact = &people.contacts[deal.contacts[0]];
    let city = &account.country.cities[account.city];
    let owner = team.developer(account.country.region);
    let row = Row::new()
        .refer("OwnerId", team.members[owner].key)
        .text("Salutation", if contact.is_woman { "Ms." } else { "Mr." })
        .text("FirstName", contact.first)
        .text("LastName", contact.last)
        .text("Title", contact.post.title)
        .text("Company", account.name.full.clone())
        .text("Email", contact.email.clone())
        .text("Phone", rng.fill(account.country.phone))
        .text("City", city.name)
        .text("State", city.state)
        .text("Country", account.country.name)
        .text("LeadSource", deal.source)
        .text("Status", "Closed - Converted")
        .text("Industry", account.name.industry)
        .text("Rating", rng.pick(&["Hot", "Hot", "Warm"]))
        .flag("IsUnreadByOwner", false)
        .flag("IsConverted", true)
        .date("ConvertedDate", deal.created)
        .refer("ConvertedAccountId", account.key())
        .refer("ConvertedContactId", contact.key())
        .refer("ConvertedOpportunityId", deal.key());
    let moment = calendar.moment(created, &team.members[owner].zone, rng);
    let key = ledger.add("Lead", moment, row);
    Lead { key, owner, created, company: account.name.short.clone(), is_open: false }
}

fn plain_lead(
    ledger: &mut Ledger,
    calendar: &Calendar,
    team: &Team,
    taken: &mut HashSet<String>,
    created: Date,
    rng: &mut Rng,
) -> Lead {
    let country = &COUNTRIES[rng.weighted(COUNTRIES.iter().map(|country| country.weight))];
    let mut company = companies::draw(country.culture, country.name, rng);
    if !taken.insert(company.short.clone()) {
        // The sister company in the next town.
        let town = rng.pick(country.cities).name;
        company.full = format!("{} ({town})", company.full);
    }
    let names = country.culture.names();
    let is_woman = rng.chance(420);
    let first = rng.pick(if is_woman { names.women } else { names.men });
    let last = rng.pick(names.families);
    let city = rng.pick(country.cities);
    let age = calendar.today.days() - created.days();
    let status = match age {
        ..=18 if rng.chance(780) => "Open - Not Contacted",
        ..=45 if rng.chance(130) => "Open - Not Contacted",
        ..=45 => "Working - Contacted",
        46..=110 if rng.chance(420) => "Working - Contacted",
        _ => "Closed - Not Converted",
    };
    let is_open = status != "Closed - Not Converted";
    let owner = team.developer(country.region);
    let row = Row::new()
        .refer("OwnerId", team.members[owner].key)
        .text("Salutation", if is_woman { "Ms." } else { "Mr." })
        .text("FirstName", first)
        .text("LastName", last)
        .text(
            "Title",
            rng.pick(&["Maintenance Manager", "Process Engineer", "Buyer", "Plant Manager", "Technical Director", ""]),
        )
        .text("Company", company.full.clone())
        .text("Email", format!("{}.{}@{}.example", ascii(first), ascii(last), company.domain))
        .text("Phone", rng.fill(country.phone))
        .text("City", city.name)
        .text("State", city.state)
        .text("Country", country.name)
        .text(
            "LeadSource",
            rng.pick(&["Web", "Web", "Web", "Purchased List", "Partner Referral", "Phone Inquiry", "Other"]),
        )
        .text("Status", status)
        .text("Industry", company.industry)
        .text("Rating", rng.pick(&["Hot", "Warm", "Warm", "Cold", "Cold", ""]))
        .flag("IsUnreadByOwner", status == "Open - Not Contacted");
    let moment = calendar.moment(created, &team.members[owner].zone, rng);
    let key = ledger.add("Lead", moment, row);
    Lead { key, owner, created, company: company.short, is_open }
}

/// Who was reached: leads that came in around it, and contacts that were known.
pub(super) fn add_members(
    ledger: &mut Ledger,
    calendar: &Calendar,
    campaigns: &[Campaign],
    people: &Audience<'_>,
    leads: &[Lead],
    rng: &mut Rng,
) {
    for campaign in campaigns {
        let last = campaign.end.plus_days(12).min(calendar.yesterday());
        let mut reached: Vec<(&'static str, DemoKey, Date)> = leads
            .iter()
            .filter(|lead| (campaign.start.plus_days(-30)..=last).contains(&lead.created))
            .map(|lead| ("LeadId", lead.key, lead.created))
            .collect();
        reached.truncate(campaign.members);
        let mut known: Vec<&Contact> =
            people.contacts.iter().filter(|contact| contact.created < campaign.start).collect();
        while reached.len() < campaign.members && !known.is_empty() {
            let contact = known.swap_remove(rng.below(known.len()));
            reached.push(("ContactId", contact.key(), contact.created));
        }
        for (field, key, since) in reached {
            let day = since.max(campaign.start).min(calendar.yesterday());
            let answered = rng.chance(campaign.answers);
            let mut row = Row::new()
                .refer("CampaignId", campaign.key)
                .refer(field, key)
                .text("Status", if answered { "Responded" } else { "Sent" })
                .flag("HasResponded", answered);
            if answered {
                row = row.date("FirstRespondedDate", day.plus_days(rng.between(0, 6)).min(calendar.yesterday()));
            }
            let entered: Instant = calendar
                .not_after_now(day.start_in(&Zone::UTC).plus_ms(i64::from(rng.between(1_260, 1_439)) * 60_000), rng);
            ledger.add("CampaignMember", entered, row);
        }
    }
}
