//! The rows, in memory and in the org.

use super::values::V;
use crate::world::World;
use model::schema::{FieldDef, FieldType, PicklistValue};
use model::{Date, Decimal, RecordId, Value};
use std::collections::BTreeMap;
use test_support::Dice;

pub(super) const TODAY: i64 = 20_778;
pub(super) const NAMES: [&str; 12] = ["ab", "Abc", "B", "c1", "C2", "zz", "Z", "aB", "a_b", "x%y", "b", "2c"];
pub(super) const INDUSTRIES: [&str; 5] = ["Banking", "banking", "Retail", "Zeta", ""];
pub(super) const SITES: [&str; 5] = ["north", "North", "south", "a_b", ""];
pub(super) const STAGES: [&str; 3] = ["Prospecting", "Qualification", "Odd"];
pub(super) const SOURCES: [&str; 5] = ["Web", "web", "Partner", "Fair", ""];
pub(super) const COLORS: [&str; 3] = ["Red", "Green", "Blue"];
/// Thousandths; an amount has two places, a revenue and a head count none.
pub(super) const AMOUNTS: [i64; 7] = [0, 10_000, 10_010, -5_500, 99_990, 1_000_000, 10_000];
pub(super) const REVENUES: [i64; 6] = [0, 10_000, 11_000, -5_000, 100_000, 10_000];
pub(super) const COUNTS: [i64; 5] = [0, 1_000, 5_000, 7_000, 5_000];

pub(super) struct Row {
    pub(super) id: RecordId,
    pub(super) fields: BTreeMap<&'static str, V>,
    /// The account: of an account its parent, of an opportunity the one it belongs to.
    pub(super) up: Option<usize>,
}

pub(super) struct Data {
    pub(super) accounts: Vec<Row>,
    pub(super) deals: Vec<Row>,
    /// Values of picklists in the order of their lists, by field.
    pub(super) lists: BTreeMap<&'static str, Vec<String>>,
}

impl Data {
    pub(super) fn create(world: &World, dice: &mut Dice) -> Self {
        let colors = COLORS.iter().map(|color| PicklistValue::plain(color)).collect();
        let multi =
            FieldDef::new("Colors__c", "Colours", FieldType::MultiPicklist { values: colors, restricted: false });
        world.ctx(world.admin).fields_create("Account", vec![multi]).expect("a field");
        let mut accounts: Vec<Row> = Vec::new();
        for _ in 0..24 {
            let mut fields = BTreeMap::new();
            fields.insert("Name", V::text(dice.pick(&NAMES)));
            fields.insert("Industry", V::text(dice.pick(&INDUSTRIES)));
            fields.insert("Site", V::text(dice.pick(&SITES)));
            fields.insert("AnnualRevenue", number(dice, &REVENUES));
            fields.insert("NumberOfEmployees", number(dice, &COUNTS));
            let chosen: Vec<_> = COLORS.iter().filter(|_| dice.one_in(2)).copied().collect();
            fields.insert("Colors__c", V::text(&chosen.join(";")));
            let up = (!accounts.is_empty() && dice.one_in(2)).then(|| dice.roll(accounts.len()));
            let parent = up.map(|at| accounts[at].id);
            let id = create(world, "Account", &fields, &[("ParentId", parent)]);
            accounts.push(Row { id, fields, up });
        }
        let mut deals = Vec::new();
        for _ in 0..40 {
            let mut fields = BTreeMap::new();
            fields.insert("Name", V::text(dice.pick(&NAMES)));
            fields.insert("StageName", V::text(dice.pick(&STAGES)));
            fields.insert("LeadSource", V::text(dice.pick(&SOURCES)));
            fields.insert("Amount", number(dice, &AMOUNTS));
            fields.insert("CloseDate", V::Day(TODAY - 40 + dice.roll(80) as i64));
            let up = (!dice.one_in(4)).then(|| dice.roll(accounts.len()));
            let id = create(world, "Opportunity", &fields, &[("AccountId", up.map(|at| accounts[at].id))]);
            deals.push(Row { id, fields, up });
        }
        let ctx = world.ctx(world.admin);
        let list = |object: &str, field: &str| -> Vec<String> {
            let field = ctx.object(object).expect("an object").find_field(field).expect("a field");
            field.data_type().picklist_values().iter().map(|value| value.value.clone()).collect()
        };
        let lists = BTreeMap::from([
            ("Industry", list("Account", "Industry")),
            ("StageName", list("Opportunity", "StageName")),
            ("LeadSource", list("Opportunity", "LeadSource")),
        ]);
        Self { accounts, deals, lists }
    }

    /// The value at the end of a path; null where a step leads nowhere.
    pub(super) fn value(&self, row: &Row, path: &str) -> V {
        match path.split_once('.') {
            Some((_, rest)) => row.up.map_or(V::Null, |up| self.value(&self.accounts[up], rest)),
            None => row.fields[path].clone(),
        }
    }
}

fn number(dice: &mut Dice, pool: &[i64]) -> V {
    if dice.one_in(4) { V::Null } else { V::Number(dice.pick(pool)) }
}

fn create(
    world: &World,
    object: &str,
    fields: &BTreeMap<&'static str, V>,
    up: &[(&str, Option<RecordId>)],
) -> RecordId {
    let plain = |value: &V| match value {
        V::Null => Value::Null,
        V::Text(text) => text.as_str().into(),
        V::Number(thousandths) if thousandths % 1000 == 0 => Value::Int(thousandths / 1000),
        V::Number(thousandths) => Value::Number(Decimal::new(*thousandths, 3).normalize()),
        V::Day(days) => Value::Date(Date::from_days(i32::try_from(*days).expect("a day of this age"))),
    };
    let typed = |name: &str, value: &V| match (name, plain(value)) {
        ("AnnualRevenue" | "Amount", Value::Int(number)) => Value::Number(Decimal::from(number)),
        (_, value) => value,
    };
    let mut values: Vec<_> = fields.iter().map(|(name, value)| (*name, typed(name, value))).collect();
    values.extend(up.iter().map(|(name, id)| (*name, (*id).into())));
    world.create(world.admin, object, &values)
}
