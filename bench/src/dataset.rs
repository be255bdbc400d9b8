//! The generated records: the same for the same size in every run, and none of them of a real person.

use crate::size::Size;
use anyhow::{Context as _, Result};
use model::{Date, Decimal, ObjectSchema, RecordId, Value};
use platform::RecordDraft;

const FIRST_NAMES: [&str; 16] = [
    "Anna", "Bjørn", "Chloé", "David", "Elif", "Farid", "Grace", "Hiro", "Ines", "Jonas", "Kemal", "Lucía", "Mara",
    "Noah", "Olga", "Peter",
];
const LAST_NAMES: [&str; 16] = [
    "Adler",
    "Brown",
    "Castillo",
    "Dubois",
    "Evans",
    "Fischer",
    "García",
    "Haddad",
    "Ito",
    "Jansen",
    "Kowalski",
    "Lindqvist",
    "Müller",
    "Novak",
    "O'Neill",
    "Petrov",
];
const WORDS: [&str; 16] = [
    "Alpine", "Baltic", "Cedar", "Delta", "Elm", "Falcon", "Granite", "Harbor", "Iris", "Juniper", "Kestrel", "Lumen",
    "Meridian", "Nordic", "Orchid", "Pioneer",
];
const KINDS: [&str; 8] = ["Foods", "Logistics", "Energy", "Software", "Textiles", "Medical", "Machines", "Media"];
const CITIES: [&str; 8] = ["Lisbon", "Hamburg", "Malmö", "Lyon", "Kraków", "Dublin", "Graz", "Porto"];
const COUNTRIES: [&str; 4] = ["Germany", "France", "Poland", "Portugal"];
const INDUSTRIES: [&str; 6] = ["Banking", "Energy", "Healthcare", "Retail", "Technology", "Transportation"];
const TYPES: [&str; 3] = ["Prospect", "Customer - Direct", "Customer - Channel"];
const TITLES: [&str; 6] = ["CEO", "Head of Sales", "Buyer", "Engineer", "Controller", "Office Manager"];
const SOURCES: [&str; 4] = ["Web", "Phone Inquiry", "Partner Referral", "Purchased List"];
const DEAL_TYPES: [&str; 3] = ["New Customer", "Existing Customer - Upgrade", "Existing Customer - Replacement"];

/// The stages of generated opportunities.
pub const STAGES: [&str; 10] = [
    "Prospecting",
    "Qualification",
    "Needs Analysis",
    "Value Proposition",
    "Id. Decision Makers",
    "Perception Analysis",
    "Proposal/Price Quote",
    "Negotiation/Review",
    "Closed Won",
    "Closed Lost",
];

/// Days of the year 2026 since 1970: where close dates begin.
pub const FIRST_CLOSE_DAY: i32 = 20_454;
/// Close dates spread over three years.
pub const CLOSE_DAYS: u64 = 3 * 365;

/// Bits that depend on a number alone, spread evenly.
pub fn mixed(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A stream of choices for one record.
struct Choices(u64);

impl Choices {
    fn of(kind: u64, at: usize) -> Self {
        Self(mixed(kind << 40 | at as u64))
    }

    fn below(&mut self, count: u64) -> u64 {
        self.0 = mixed(self.0);
        self.0 % count
    }

    fn one<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len() as u64) as usize]
    }
}

/// The ids that records point to.
#[derive(Debug, Clone, Default)]
pub struct Ids {
    /// From the head of the tree to its leaves, level by level.
    pub roles: Vec<RecordId>,
    /// The n-th user holds the n-th role as far as there are roles; the rest stand in leaf roles.
    pub users: Vec<RecordId>,
    pub accounts: Vec<RecordId>,
    pub contacts: Vec<RecordId>,
    pub opportunities: Vec<RecordId>,
}

/// Fields of one object by place in a list of names, resolved once.
pub struct Shape {
    fields: Vec<model::FieldIx>,
}

impl Shape {
    /// # Errors
    /// When the object lacks a field.
    pub fn of(object: &ObjectSchema, names: &[&str]) -> Result<Self> {
        let fields = names.iter().map(|name| Ok(object.find_field(name).context("a standard field")?.ix));
        Ok(Self { fields: fields.collect::<Result<_>>()? })
    }

    /// A draft with a value for each field.
    pub fn draft(&self, values: Vec<Value>) -> RecordDraft {
        RecordDraft { id: None, values: self.fields.iter().copied().zip(values).collect() }
    }
}

pub const ACCOUNT_FIELDS: [&str; 10] = [
    "Name",
    "Type",
    "Industry",
    "AnnualRevenue",
    "NumberOfEmployees",
    "Phone",
    "Website",
    "BillingCity",
    "BillingCountry",
    "OwnerId",
];

pub fn account(at: usize, ids: &Ids) -> Vec<Value> {
    let mut pick = Choices::of(1, at);
    let name = format!("{} {} {at}", pick.one(&WORDS), pick.one(&KINDS));
    let site = format!("https://{at}.example");
    vec![
        name.into(),
        pick.one(&TYPES).into(),
        pick.one(&INDUSTRIES).into(),
        Value::Number(Decimal::from(pick.below(500) * 100_000)),
        Value::Int(pick.below(9_000).cast_signed() + 1),
        format!("+49 40 {:07}", pick.below(10_000_000)).into(),
        site.into(),
        pick.one(&CITIES).into(),
        pick.one(&COUNTRIES).into(),
        pick.one(&ids.users).into(),
    ]
}

pub const CONTACT_FIELDS: [&str; 10] = [
    "FirstName",
    "LastName",
    "AccountId",
    "Title",
    "Department",
    "Email",
    "Phone",
    "LeadSource",
    "MailingCity",
    "OwnerId",
];

pub fn contact(at: usize, ids: &Ids) -> Vec<Value> {
    let mut pick = Choices::of(2, at);
    vec![
        pick.one(&FIRST_NAMES).into(),
        format!("{} {}", pick.one(&LAST_NAMES), at % 97).into(),
        pick.one(&ids.accounts).into(),
        pick.one(&TITLES).into(),
        pick.one(&KINDS).into(),
        format!("contact.{at}@mail.example").into(),
        format!("+33 1 {:08}", pick.below(100_000_000)).into(),
        pick.one(&SOURCES).into(),
        pick.one(&CITIES).into(),
        pick.one(&ids.users).into(),
    ]
}

pub const OPPORTUNITY_FIELDS: [&str; 10] = [
    "Name",
    "AccountId",
    "StageName",
    "Amount",
    "CloseDate",
    "Type",
    "LeadSource",
    "NextStep",
    "TotalOpportunityQuantity",
    "OwnerId",
];

pub fn opportunity(at: usize, ids: &Ids) -> Vec<Value> {
    let mut pick = Choices::of(3, at);
    let account = pick.one(&ids.accounts);
    let close = FIRST_CLOSE_DAY + i32::try_from(pick.below(CLOSE_DAYS)).unwrap_or(0);
    vec![
        format!("{} {} deal {at}", pick.one(&WORDS), pick.one(&KINDS)).into(),
        account.into(),
        pick.one(&STAGES).into(),
        Value::Number(Decimal::new(pick.below(20_000_000).cast_signed(), 2)),
        Value::Date(Date::from_days(close)),
        pick.one(&DEAL_TYPES).into(),
        pick.one(&SOURCES).into(),
        format!("Call {}", pick.one(&FIRST_NAMES)).into(),
        Value::Number(Decimal::from(pick.below(90) + 10)),
        pick.one(&ids.users).into(),
    ]
}

/// The place of a role's parent among the roles, level by level from the head.
pub fn parent_of(role: usize, branches: usize) -> Option<usize> {
    role.checked_sub(1).map(|below_head| below_head / branches.max(1))
}

/// The role of the n-th user.
pub fn role_of(user: usize, size: &Size) -> usize {
    let roles = size.roles();
    if user < roles {
        return user;
    }
    let leaves = size.branches.pow(u32::try_from(crate::size::LEVELS - 1).unwrap_or(0));
    roles - leaves + (user - roles) % leaves
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_role_tree_has_six_levels_and_a_user_in_every_role() {
        for size in [Size::FULL, Size::SMALL, Size::TINY] {
            assert!(size.users >= size.roles(), "{}", size.name);
            let mut deepest = 0;
            for role in 0..size.roles() {
                let mut level = 1;
                let mut at = role;
                while let Some(parent) = parent_of(at, size.branches) {
                    at = parent;
                    level += 1;
                }
                deepest = deepest.max(level);
            }
            assert_eq!(deepest, crate::size::LEVELS, "{}", size.name);
            assert!((0..size.users).all(|user| role_of(user, &size) < size.roles()));
        }
    }

    #[test]
    fn the_same_record_comes_out_every_time() {
        let ids = Ids { users: vec![RecordId::from_i64(7)], accounts: vec![RecordId::from_i64(9)], ..Ids::default() };
        assert_eq!(opportunity(41, &ids), opportunity(41, &ids));
        assert_ne!(opportunity(41, &ids), opportunity(42, &ids));
    }
}
