//! The deals as records: opportunities, their products and the people who decide.

use super::accounts::Account;
use super::calendar::Calendar;
use super::catalog::{Catalog, THEMES};
use super::contacts::Contact;
use super::deals::{Deal, Outcome};
use super::marketing::Campaign;
use super::random::Rng;
use super::team::Team;
use super::world::{DemoKey, Ledger, Row};
use model::Instant;

/// What is due next at each open stage.
const NEXT_STEPS: [&[&str]; 8] = [
    &[
        "Find the person in charge of instrumentation",
        "First call after the plant shutdown",
        "Ask the partner for an introduction",
    ],
    &["Confirm budget and timing", "Learn who else is asked to quote", "Check whether the site is ATEX zone 1"],
    &["Site visit with the field engineer", "Get piping drawings", "Count measuring points with maintenance"],
    &["Send savings calculation", "Agree on a two-week trial", "Show Insight with their own readings"],
    &["Meet head of procurement", "Bring plant manager and finance to one table", "Clarify who signs above 50,000"],
    &["Collect feedback from the trial", "Reference call with a similar plant", "Answer the open security questions"],
    &["Follow up on the quote", "Send revised quote with service option", "Walk through the quote line by line"],
    &["Legal is reading the terms", "Agree on delivery weeks", "Waiting for the purchase order"],
];

/// Why deals are lost: in short, and in the words of the owner.
const LOSSES: &[(&str, &str)] = &[
    ("Lost: price", "A competitor was about 15 % below us for comparable instruments. We did not follow."),
    ("Lost: no budget", "The investment was moved to next year. Ask again when budgets open."),
    ("Lost: no decision", "Nobody took the decision; our contact stopped answering after the third reminder."),
    (
        "Lost: competitor in place",
        "They stay with the supplier they have; switching would mean new spare parts in every store.",
    ),
    ("Lost: delivery time", "We could not promise delivery before the shutdown."),
    ("Lost: missing approval", "The instrument lacks the approval that their insurer asks for."),
    ("Lost: project cancelled", "The production line will not be built."),
];

/// What the deals refer to, all of it added before.
pub(super) struct Customers<'a> {
    pub(super) accounts: &'a [Account],
    pub(super) contacts: &'a [Contact],
    pub(super) campaigns: &'a [Campaign],
}

pub(super) fn add(
    ledger: &mut Ledger,
    calendar: &Calendar,
    team: &Team,
    catalog: &Catalog,
    customers: &Customers<'_>,
    deals: &mut [Deal],
    rng: &mut Rng,
) {
    let Customers { accounts, contacts, campaigns } = customers;
    for deal in deals {
        let account = &accounts[deal.account];
        let owner = &team.members[deal.owner];
        let created = calendar.moment(deal.created, &owner.zone, rng);
        let (next_step, ending) = match deal.outcome {
            Outcome::Open => (rng.pick(NEXT_STEPS[deal.reached]), ""),
            Outcome::Won => ("", ""),
            Outcome::Lost => rng.pick(LOSSES),
        };
        let need = THEMES[deal.theme].need;
        let description = if ending.is_empty() { need.to_owned() } else { format!("{need}\n\n{ending}") };
        let book = if account.is_channel { catalog.channel_book } else { catalog.standard_book };
        let row = Row::new()
            .text("Name", deal.name.clone())
            .refer("AccountId", account.key())
            .refer("OwnerId", owner.key)
            .text("StageName", deal.stage_name())
            .date("CloseDate", deal.close)
            .cents("Amount", deal.cents)
            .number("Probability", deal.probability)
            .text("Type", deal.kind)
            .text("LeadSource", deal.source)
            .text("NextStep", next_step)
            .text("Description", description)
            .refer("CampaignId", deal.campaign.map(|campaign| campaigns[campaign].key))
            .refer("Pricebook2Id", (!deal.lines.is_empty()).then_some(book));
        let key = ledger.add("Opportunity", created, row);
        deal.key = Some(key);
        add_lines(ledger, catalog, deal, account.is_channel, created, key);
        for (place, contact) in deal.contacts.iter().enumerate() {
            let contact = &contacts[*contact];
            let row = Row::new()
                .refer("OpportunityId", key)
                .refer("ContactId", contact.key())
                .text("Role", contact.post.role)
                .flag("IsPrimary", place == 0);
            ledger.add("OpportunityContactRole", created, row);
        }
    }
}

fn add_lines(ledger: &mut Ledger, catalog: &Catalog, deal: &Deal, channel: bool, created: Instant, key: DemoKey) {
    for (place, line) in (1..).zip(&deal.lines) {
        let (standard, distributor) = catalog.entries[line.product];
        let row = Row::new()
            .refer("OpportunityId", key)
            .int("SortOrder", place)
            .refer("PricebookEntryId", if channel { distributor } else { standard })
            .number("Quantity", line.quantity)
            .cents("UnitPrice", line.unit_cents);
        ledger.add("OpportunityLineItem", created, row);
    }
}

impl Deal {
    /// The opportunity's key, once added.
    pub(super) fn key(&self) -> DemoKey {
        self.key.expect("opportunities are added before what refers to them")
    }
}
