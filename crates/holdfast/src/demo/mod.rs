//! A believable year of a sales team's work, made from a seed: the records behind `holdfast demo` and the tests of
//! everything that needs an org with something in it.
//!
//! The company, its people, its customers and their addresses are invented; e-mail addresses end in `.example` and
//! telephone numbers come from ranges kept free for fiction where a country has one. The same seed and day give the
//! same world on every machine: the generator reads no clock and does its arithmetic in whole numbers.

mod accounts;
mod activities;
mod calendar;
mod catalog;
mod companies;
mod contacts;
mod deals;
mod marketing;
mod names;
mod opportunities;
mod places;
mod random;
mod service;
mod team;
#[cfg(test)]
mod tests;
mod world;

use calendar::Calendar;
use model::Date;
use random::Rng;

pub use world::{DemoKey, DemoRecord, DemoValue, DemoWorld};

/// The company whose year this is.
pub const COMPANY: &str = "Corvane Instruments";

/// Fields of this world that the platform maintains by itself and that a loader must carry over as history, the way
/// audit fields are set when records move in from another system.
pub const HISTORY_FIELDS: &[(&str, &str)] = &[
    ("Case", "ClosedDate"),
    ("Lead", "ConvertedAccountId"),
    ("Lead", "ConvertedContactId"),
    ("Lead", "ConvertedDate"),
    ("Lead", "ConvertedOpportunityId"),
    ("Lead", "IsConverted"),
    ("Pricebook2", "IsStandard"),
    ("Task", "CompletedDateTime"),
    ("User", "LastLoginDate"),
];

/// Makes the world as it stands at the start of `today`: deals closed over the twelve months before, and a pipeline
/// that reaches two quarters ahead.
///
/// Profiles are named `System Administrator` and `Standard User`, stages are the standard ones: where an org has them
/// already, a loader maps by name instead of inserting.
pub fn generate(seed: u64, today: Date) -> DemoWorld {
    let calendar = Calendar::new(today);
    let root = Rng::new(seed);
    let mut ledger = world::Ledger::default();

    let team = team::add(&mut ledger, &calendar, &mut root.fork("team"));
    let catalog = catalog::add(&mut ledger, &calendar);
    let mut accounts = accounts::plan(&calendar, &team, &mut root.fork("accounts"));
    let mut contacts = contacts::plan(&mut accounts, &mut root.fork("contacts"));
    let mut deals = deals::plan(&calendar, &team, &accounts, &mut root.fork("deals"));
    let conversions = marketing::choose_conversions(&calendar, &accounts, &deals, &mut root.fork("conversions"));
    accounts::settle(&calendar, &mut accounts, &mut contacts, &deals, &conversions, &mut root.fork("settle"));

    accounts::add(&mut ledger, &team, &mut accounts, &mut root.fork("account rows"));
    contacts::add(&mut ledger, &team, &accounts, &mut contacts, &mut root.fork("contact rows"));
    let campaigns = marketing::add_campaigns(&mut ledger, &calendar, &team);
    marketing::attribute(&calendar, &campaigns, &mut deals, &mut root.fork("attribution"));
    let customers = opportunities::Customers { accounts: &accounts, contacts: &contacts, campaigns: &campaigns };
    opportunities::add(&mut ledger, &calendar, &team, &catalog, &customers, &mut deals, &mut root.fork("deal rows"));
    let people = marketing::Audience { accounts: &accounts, contacts: &contacts, deals: &deals };
    let leads = marketing::add_leads(&mut ledger, &calendar, &team, &people, &conversions, &mut root.fork("leads"));
    marketing::add_members(&mut ledger, &calendar, &campaigns, &people, &leads, &mut root.fork("members"));
    service::add(&mut ledger, &calendar, &team, &accounts, &contacts, &mut root.fork("cases"));
    activities::add(&mut ledger, &calendar, &team, &people, &leads, &mut root.fork("activities"));
    ledger.into_world()
}
