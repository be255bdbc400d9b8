//! Random queries and their answers, by the interpreter and by the org.

use super::cond::{Object, filter, nested};
use super::data::{Data, Row};
use super::values::{V, civil, order};
use crate::world::World;
use model::Value;
use platform::QueryOptions;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use test_support::Dice;

struct Sort {
    path: String,
    descending: bool,
    nulls_last: Option<bool>,
}

impl Sort {
    fn any(object: Object, dice: &mut Dice) -> Self {
        let paths: &[&str] = match object {
            Object::Account => &["Name", "Industry", "AnnualRevenue", "Site", "Parent.Name", "Parent.Industry"],
            Object::Deal => {
                &["Name", "StageName", "Amount", "CloseDate", "LeadSource", "Account.Name", "Account.Industry"]
            }
        };
        let nulls_last = [None, Some(false), Some(true)][dice.roll(3)];
        Self { path: dice.pick(paths).to_owned(), descending: dice.one_in(2), nulls_last }
    }

    fn soql(&self) -> String {
        let nulls = match self.nulls_last {
            None => "",
            Some(false) => " NULLS FIRST",
            Some(true) => " NULLS LAST",
        };
        format!("{}{}{nulls}", self.path, if self.descending { " DESC" } else { "" })
    }

    fn compare(&self, data: &Data, a: &Row, b: &Row) -> Ordering {
        let (a, b) = (data.value(a, &self.path), data.value(b, &self.path));
        let last = self.nulls_last.unwrap_or(false);
        match (a.is_null(), b.is_null()) {
            (true, true) => return Ordering::Equal,
            (true, false) => return if last { Ordering::Greater } else { Ordering::Less },
            (false, true) => return if last { Ordering::Less } else { Ordering::Greater },
            (false, false) => {}
        }
        let field = self.path.rsplit('.').next().unwrap_or_default();
        let place = |value: &V| {
            let list = data.lists.get(field)?;
            let text = value.shown();
            Some(list.iter().position(|listed| listed.eq_ignore_ascii_case(&text)).unwrap_or(list.len()))
        };
        let ordered = place(&a).cmp(&place(&b)).then_with(|| order(&a, &b));
        if self.descending { ordered.reverse() } else { ordered }
    }
}

fn rows(data: &Data, object: Object) -> &[Row] {
    if object == Object::Account { &data.accounts } else { &data.deals }
}

fn name(object: Object) -> &'static str {
    if object == Object::Account { "Account" } else { "Opportunity" }
}

/// Filter, order, window, and paths up in the select list.
pub(super) fn records(world: &World, data: &Data, dice: &mut Dice) {
    let object = dice.pick(&[Object::Account, Object::Deal]);
    let cond = filter(object, dice);
    let sorts: Vec<_> = (0..dice.roll(3)).map(|_| Sort::any(object, dice)).collect();
    let (limit, offset) = (dice.one_in(3).then(|| 1 + dice.roll(9)), if dice.one_in(3) { dice.roll(5) } else { 0 });
    let shown = if object == Object::Account { "Parent.Name" } else { "Account.Industry" };

    let mut expected: Vec<usize> = (0..rows(data, object).len()).filter(|at| cond.holds(data, object, *at)).collect();
    expected.sort_by(|a, b| {
        let (a, b) = (&rows(data, object)[*a], &rows(data, object)[*b]);
        sorts.iter().map(|sort| sort.compare(data, a, b)).find(|order| order.is_ne()).unwrap_or(a.id.cmp(&b.id))
    });
    let expected: Vec<_> = expected
        .into_iter()
        .skip(offset)
        .take(limit.unwrap_or(usize::MAX))
        .map(|at| (rows(data, object)[at].id.to_string(), data.value(&rows(data, object)[at], shown).shown()))
        .collect();

    let mut soql = format!("SELECT Id, {shown} FROM {} WHERE {}", name(object), cond.soql(object));
    if !sorts.is_empty() {
        soql += &format!(" ORDER BY {}", sorts.iter().map(Sort::soql).collect::<Vec<_>>().join(", "));
    }
    if let Some(limit) = limit {
        soql += &format!(" LIMIT {limit}");
    }
    if offset > 0 {
        soql += &format!(" OFFSET {offset}");
    }
    let ctx = world.ctx(world.admin);
    let (_, found) = ctx
        .query_all_rows(&soql, QueryOptions::default())
        .unwrap_or_else(|error| panic!("{soql}: {error} {:?}", error.internal_cause()));
    let found: Vec<_> = found.iter().map(|row| (row.id.to_string(), row.cells[1].value().to_plain())).collect();
    assert_eq!(found, expected, "{soql}");
    if limit.is_none() && offset == 0 {
        let count = format!("SELECT COUNT() FROM {} WHERE {}", name(object), cond.soql(object));
        let counted = ctx.query(&count, QueryOptions::default()).expect("a count");
        assert_eq!(counted.total, expected.len() as u64, "{count}");
    }
}

const KEYS: [(&str, &str); 6] = [
    ("StageName", "StageName"),
    ("LeadSource", "LeadSource"),
    ("Account.Industry", "Account.Industry"),
    ("CALENDAR_MONTH(CloseDate)", "month"),
    ("DAY_IN_WEEK(CloseDate)", "weekday"),
    ("AccountId", "account"),
];

/// The value of a grouping key, and the form in which equal ones are equal.
fn key(data: &Data, row: &Row, key: &str) -> (V, String) {
    let V::Day(day) = row.fields["CloseDate"] else { panic!("every deal has a date") };
    let value = match key {
        "month" => V::Number(civil(day).1 * 1000),
        // The first of January 1970 was a Thursday, and 1 is Sunday.
        "weekday" => V::Number(((day + 4).rem_euclid(7) + 1) * 1000),
        "account" => row.up.map_or(V::Null, |up| V::Text(data.accounts[up].id.to_string())),
        path => data.value(row, path),
    };
    let folded = if key == "account" { value.shown() } else { value.shown().to_ascii_lowercase() };
    (value, folded)
}

/// Groups with aggregates, HAVING and subtotals.
pub(super) fn groups(world: &World, data: &Data, dice: &mut Dice) {
    let cond = nested(Object::Deal, dice, 2);
    let mut keys: Vec<_> = (0..1 + dice.roll(3)).map(|_| dice.pick(&KEYS)).collect();
    keys.sort_unstable();
    keys.dedup();
    let (word, sets): (&str, Vec<u32>) = match dice.roll(3) {
        0 => ("", vec![0]),
        1 => ("ROLLUP", (0..=keys.len()).map(|out| ((1 << out) - 1) << (keys.len() - out)).collect()),
        _ => ("CUBE", (0..1 << keys.len()).collect()),
    };
    let least = dice.roll(4) as i64;
    let having_sum = dice.one_in(2);

    let mut expected = Vec::new();
    for mask in sets {
        let mut members: BTreeMap<Vec<Option<String>>, Vec<usize>> = BTreeMap::new();
        for at in (0..data.deals.len()).filter(|at| cond.holds(data, Object::Deal, *at)) {
            let of = keys
                .iter()
                .enumerate()
                .map(|(bit, (_, name))| (mask >> bit & 1 == 0).then(|| key(data, &data.deals[at], name).1));
            members.entry(of.collect()).or_default().push(at);
        }
        for (folded, members) in members {
            let amounts: Vec<i64> = members
                .iter()
                .filter_map(|at| match data.deals[*at].fields["Amount"] {
                    V::Number(amount) => Some(amount),
                    _ => None,
                })
                .collect();
            let sum: i64 = amounts.iter().sum();
            let kept =
                if having_sum { !amounts.is_empty() && sum > least * 10_000 } else { members.len() as i64 > least };
            if !kept {
                continue;
            }
            let mut row: Vec<String> = keys
                .iter()
                .zip(&folded)
                .map(|((_, name), folded)| {
                    // Of several spellings the first in byte order stands for the group.
                    let spellings = members.iter().map(|at| key(data, &data.deals[*at], name).0.shown());
                    if folded.is_some() { spellings.min().unwrap_or_default() } else { String::new() }
                })
                .collect();
            row.push((mask & 1).to_string());
            let optional = |value: Option<i64>| value.map_or(String::new(), |value| V::Number(value).shown());
            row.push(members.len().to_string());
            row.push(amounts.len().to_string());
            row.push(optional((!amounts.is_empty()).then_some(sum)));
            row.push(optional(amounts.iter().min().copied()));
            row.push(optional(amounts.iter().max().copied()));
            let sources: BTreeSet<_> = members
                .iter()
                .map(|at| data.deals[*at].fields["LeadSource"].shown().to_ascii_lowercase())
                .filter(|source| !source.is_empty())
                .collect();
            row.push(sources.len().to_string());
            expected.push(row);
        }
    }
    let list = keys.iter().map(|(soql, _)| *soql).collect::<Vec<_>>().join(", ");
    let group = if word.is_empty() { list.clone() } else { format!("{word}({list})") };
    let grouping = if word.is_empty() { "COUNT_DISTINCT(Id)".to_owned() } else { format!("GROUPING({})", keys[0].0) };
    let having = if having_sum { format!("SUM(Amount) > {}", least * 10) } else { format!("COUNT(Id) > {least}") };
    let soql = format!(
        "SELECT {list}, {grouping} g, COUNT(Id) n, COUNT(Amount) a, SUM(Amount) s, MIN(Amount) lo, MAX(Amount) hi, \
         COUNT_DISTINCT(LeadSource) d FROM Opportunity WHERE {} GROUP BY {group} HAVING {having}",
        cond.soql(Object::Deal)
    );
    if word.is_empty() {
        // Without subtotals the place of GROUPING holds the number of different ids, which is that of the rows.
        expected.iter_mut().for_each(|row| row[keys.len()] = row[keys.len() + 1].clone());
    }
    let answer = world
        .ctx(world.admin)
        .query(&soql, QueryOptions::default())
        .unwrap_or_else(|error| panic!("{soql}: {error} {:?}", error.internal_cause()));
    let mut found: Vec<Vec<String>> =
        answer.groups().iter().map(|group| group.iter().map(Value::to_plain).collect()).collect();
    found.sort();
    expected.sort();
    assert_eq!(found, expected, "{soql}");
}

/// Lists of children with a filter, an order and a window of their own.
pub(super) fn children(world: &World, data: &Data, dice: &mut Dice) {
    let (outer, inner) = (nested(Object::Account, dice, 1), nested(Object::Deal, dice, 2));
    let sort = Sort::any(Object::Deal, dice);
    let limit = dice.one_in(2).then(|| 1 + dice.roll(2));
    let expected: Vec<_> = (0..data.accounts.len())
        .filter(|at| outer.holds(data, Object::Account, *at))
        .map(|account| {
            let mut deals: Vec<_> = (0..data.deals.len())
                .filter(|at| data.deals[*at].up == Some(account) && inner.holds(data, Object::Deal, *at))
                .map(|at| &data.deals[at])
                .collect();
            deals.sort_by(|a, b| sort.compare(data, a, b).then(a.id.cmp(&b.id)));
            deals.truncate(limit.unwrap_or(usize::MAX));
            (data.accounts[account].id, deals.iter().map(|deal| deal.id).collect::<Vec<_>>())
        })
        .collect();
    let window = limit.map(|limit| format!(" LIMIT {limit}")).unwrap_or_default();
    let soql = format!(
        "SELECT Id, (SELECT Id FROM Opportunities WHERE {} ORDER BY {}{window}) FROM Account WHERE {}",
        inner.soql(Object::Deal),
        sort.soql(),
        outer.soql(Object::Account)
    );
    let (_, found) = world
        .ctx(world.admin)
        .query_all_rows(&soql, QueryOptions::default())
        .unwrap_or_else(|error| panic!("{soql}: {error} {:?}", error.internal_cause()));
    let found: Vec<_> = found
        .iter()
        .map(|row| match &row.cells[1] {
            platform::Cell::Children(deals) => (row.id, deals.iter().map(|deal| deal.id).collect::<Vec<_>>()),
            other => panic!("{other:?} is no list"),
        })
        .collect();
    assert_eq!(found, expected, "{soql}");
}
