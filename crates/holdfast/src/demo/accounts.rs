//! The companies sold to: who they are, where they are, who looks after them.

use super::calendar::{Calendar, working_day_after};
use super::companies::{self, CompanyName, SPECIALS};
use super::contacts::Contact;
use super::deals::{Deal, Outcome};
use super::marketing::Conversion;
use super::places::{COUNTRIES, Country};
use super::random::{EvenDraw, Rng};
use super::team::Team;
use super::world::{DemoKey, Ledger, Row};
use model::{Date, Zone};
use std::collections::HashSet;

const ACCOUNTS: usize = 180;

/// How large a customer is; it sets the size of deals and how long they take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Segment {
    Small,
    Middle,
    Enterprise,
}

pub(super) struct Account {
    pub(super) key: Option<DemoKey>,
    pub(super) name: CompanyName,
    pub(super) country: &'static Country,
    pub(super) city: usize,
    pub(super) segment: Segment,
    pub(super) owner: usize,
    pub(super) parent: Option<usize>,
    /// A customer before the books open.
    pub(super) is_old_customer: bool,
    /// Buys to resell or install.
    pub(super) is_channel: bool,
    pub(super) created: Date,
    account_type: &'static str,
    /// Places in the list of contacts.
    pub(super) contacts: Vec<usize>,
}

/// Chooses the companies; keys, types and first days come later, when their deals are known.
pub(super) fn plan(calendar: &Calendar, team: &Team, rng: &mut Rng) -> Vec<Account> {
    let mut accounts: Vec<Account> = Vec::with_capacity(ACCOUNTS);
    let mut taken = HashSet::new();
    let mut specials = SPECIALS.iter();
    let mut shares: [EvenDraw; 3] = std::array::from_fn(|_| EvenDraw::new(rng));
    while accounts.len() < ACCOUNTS {
        // The noteworthy ones are spread over the list, so that every page of it shows one.
        let special = if accounts.len() % 19 == 4 { specials.next() } else { None };
        let country = match special {
            Some(special) => COUNTRIES.iter().find(|country| country.name == special.country),
            None => None,
        };
        let country =
            country.unwrap_or_else(|| &COUNTRIES[rng.weighted(COUNTRIES.iter().map(|country| country.weight))]);
        let city = rng.below(country.cities.len());
        let parent = if special.is_none() && rng.chance(130) { pick_parent(&accounts, country, rng) } else { None };
        let name = match (special, parent) {
            (Some(special), _) => CompanyName {
                full: special.full.to_owned(),
                short: special.short.to_owned(),
                domain: special.domain.to_owned(),
                industry: special.industry,
            },
            (None, Some(parent)) => {
                let above: &Account = &accounts[parent];
                let short = format!("{} {}", above.name.short, country.cities[city].name);
                CompanyName {
                    full: format!("{} – {} plant", above.name.short, country.cities[city].name),
                    short,
                    domain: above.name.domain.clone(),
                    industry: above.name.industry,
                }
            }
            (None, None) => companies::draw(country.culture, country.name, rng),
        };
        // A company of the same name elsewhere would be taken for the same one.
        if !taken.insert(name.short.clone()) {
            continue;
        }
        let executives = team.executives(country.region);
        let owner = match rng.chance(60) {
            true => team.manager(country.region),
            false => {
                executives
                    [shares[country.region as usize].weighted(executives.iter().map(|at| team.members[*at].share))]
            }
        };
        let segment = match rng.below(100) {
            0..46 => Segment::Small,
            46..83 => Segment::Middle,
            _ => Segment::Enterprise,
        };
        accounts.push(Account {
            key: None,
            name,
            country,
            city,
            segment: if special.is_some() { Segment::Enterprise } else { segment },
            owner: parent.map_or(owner, |parent| accounts[parent].owner),
            parent,
            is_old_customer: rng.chance(470),
            is_channel: rng.chance(110),
            created: calendar.opening,
            account_type: "Prospect",
            contacts: Vec::new(),
        });
    }
    accounts
}

/// A company in the same country that has no parent itself.
fn pick_parent(accounts: &[Account], country: &Country, rng: &mut Rng) -> Option<usize> {
    let possible: Vec<usize> = (0..accounts.len())
        .filter(|at| accounts[*at].country.name == country.name && accounts[*at].parent.is_none())
        .filter(|at| accounts[*at].segment != Segment::Small)
        .collect();
    (!possible.is_empty()).then(|| rng.pick(&possible))
}

/// Gives each account the type and the first day that its deals ask for, and its contacts days that fit.
pub(super) fn settle(
    calendar: &Calendar,
    accounts: &mut [Account],
    contacts: &mut [Contact],
    deals: &[Deal],
    conversions: &[Conversion],
    rng: &mut Rng,
) {
    for (at, account) in accounts.iter_mut().enumerate() {
        let own = || deals.iter().filter(move |deal| deal.account == at);
        let first_deal = own().map(|deal| deal.created).min().unwrap_or(calendar.yesterday());
        let won = own().any(|deal| deal.outcome == Outcome::Won);
        account.account_type = match (account.is_old_customer || won, account.is_channel) {
            (true, true) => "Customer - Channel",
            (true, false) => "Customer - Direct",
            (false, true) => "Channel Partner / Reseller",
            (false, false) => "Prospect",
        };
        account.created = if conversions.iter().any(|conversion| deals[conversion.deal].account == at) {
            first_deal
        } else if account.is_old_customer {
            working_day_after(calendar.opening.plus_days(rng.between(0, 11))).min(first_deal)
        } else {
            Calendar::working_day(first_deal.plus_days(-40).max(calendar.opening), first_deal, rng)
        };
    }
    // A company cannot be entered before the one it belongs to.
    for at in 0..accounts.len() {
        if let Some(parent) = accounts[at].parent {
            accounts[parent].created = accounts[parent].created.min(accounts[at].created);
        }
    }
    for (at, contact) in contacts.iter_mut().enumerate() {
        let account = &accounts[contact.account];
        let first_deal = deals.iter().filter(|deal| deal.contacts.contains(&at)).map(|deal| deal.created).min();
        let latest = first_deal.unwrap_or(calendar.yesterday()).max(account.created);
        let soon = account.created.plus_days(rng.between(0, 120)).min(latest);
        contact.created = working_day_after(soon).min(latest);
    }
}

pub(super) fn add(ledger: &mut Ledger, team: &Team, accounts: &mut [Account], rng: &mut Rng) {
    for at in 0..accounts.len() {
        let parent = accounts[at].parent.and_then(|parent| accounts[parent].key);
        let account = &accounts[at];
        let (employees, revenue) = size(account.segment, rng);
        let city = &account.country.cities[account.city];
        let number = rng.between(1, 240);
        let street = rng.pick(account.country.streets);
        let street =
            if account.country.number_first { format!("{number} {street}") } else { format!("{street} {number}") };
        let postal_code = rng.fill(city.postal_code);
        let separate_shipping = rng.chance(220);
        let mut row = Row::new()
            .text("Name", account.name.full.clone())
            .text("Type", account.account_type)
            .refer("OwnerId", team.members[account.owner].key)
            .refer("ParentId", parent)
            .text("BillingStreet", street.clone())
            .text("BillingCity", city.name)
            .text("BillingState", city.state)
            .text("BillingPostalCode", postal_code.clone())
            .text("BillingCountry", account.country.name);
        if separate_shipping {
            row = row
                .text("ShippingStreet", format!("{street}, gate {}", rng.between(1, 9)))
                .text("ShippingCity", city.name)
                .text("ShippingState", city.state)
                .text("ShippingPostalCode", postal_code)
                .text("ShippingCountry", account.country.name);
        }
        let ownership = if parent.is_some() {
            "Subsidiary"
        } else if account.segment == Segment::Enterprise && rng.chance(600) {
            "Public"
        } else {
            "Private"
        };
        let row = row
            .text("Phone", rng.fill(account.country.phone))
            .text("Website", format!("https://www.{}.example", account.name.domain))
            .text("AccountNumber", format!("C-{}", 20_417 + at * 7))
            .text("Industry", account.name.industry)
            .number("AnnualRevenue", revenue)
            .int("NumberOfEmployees", employees)
            .text("Ownership", ownership)
            .text(
                "Rating",
                if account.account_type == "Prospect" { rng.pick(&["Hot", "Warm", "Warm", "Cold"]) } else { "" },
            )
            .text("AccountSource", rng.pick(&["Web", "Partner Referral", "Phone Inquiry", "Other", ""]))
            .text(
                "Description",
                if account.is_channel {
                    "Buys to install and resell; invoiced from the distributor price book."
                } else {
                    ""
                },
            );
        let zone = &team.members[account.owner].zone;
        let created = account.created.start_in(zone).plus_ms(i64::from(rng.between(8 * 60, 9 * 60)) * 60_000);
        accounts[at].key = Some(ledger.add("Account", created, row));
    }
}

/// Employees, and a yearly revenue that goes with them.
fn size(segment: Segment, rng: &mut Rng) -> (i64, i64) {
    let employees = match segment {
        Segment::Small => rng.log_normal(45),
        Segment::Middle => rng.log_normal(420),
        Segment::Enterprise => rng.log_normal(4_200),
    };
    let revenue = employees * i64::from(rng.around(140, 310)) * 1_000;
    (employees, revenue / 100_000 * 100_000)
}

impl Account {
    /// The account's key, once added.
    pub(super) fn key(&self) -> DemoKey {
        self.key.expect("accounts are added before what refers to them")
    }

    /// How often it buys, against others of its size.
    pub(super) fn appetite(&self) -> u32 {
        (if self.is_old_customer { 2 } else { 1 }) * (if self.is_channel { 2 } else { 1 })
    }

    pub(super) fn is_customer(&self) -> bool {
        self.account_type.starts_with("Customer")
    }

    pub(super) fn zone(&self) -> Zone {
        super::calendar::zone(self.country.zone)
    }
}
