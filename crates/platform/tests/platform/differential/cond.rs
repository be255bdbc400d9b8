//! Random conditions: as text of a query, and as what they say of a row.

use super::data::{AMOUNTS, COLORS, COUNTS, Data, INDUSTRIES, NAMES, REVENUES, Row, SITES, SOURCES, STAGES, TODAY};
use super::values::{V, equal, like, order};
use std::cmp::Ordering;
use test_support::Dice;

#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Object {
    Account,
    Deal,
}

pub(super) enum Cond {
    All(Vec<Cond>),
    Any(Vec<Cond>),
    Not(Box<Cond>),
    Compare(String, &'static str, V),
    /// A date literal: its text, first day and the day after its last.
    Range(String, &'static str, String, i64, i64),
    In(String, Vec<V>, bool),
    Like(String, String),
    Includes(Vec<Vec<&'static str>>, bool),
    /// An id of this row is (not) among the accounts that rows of the other object lead to.
    Semi {
        negated: bool,
        inner: Box<Cond>,
    },
}

const COMPARISONS: [&str; 6] = ["=", "!=", "<", "<=", ">", ">="];

/// A field with the values it is compared with.
fn field(object: Object, dice: &mut Dice) -> (String, Vec<V>) {
    let texts = |pool: &[&str]| pool.iter().map(|text| V::text(text)).collect::<Vec<_>>();
    let numbers = |pool: &[i64]| pool.iter().map(|number| V::Number(*number)).chain([V::Null]).collect::<Vec<_>>();
    match object {
        Object::Account => {
            let path = ["", "", "Parent.", "Parent.Parent."][dice.roll(4)];
            let (name, values) = match dice.roll(5) {
                0 => ("Name", texts(&NAMES)),
                1 => ("Industry", texts(&INDUSTRIES)),
                2 => ("Site", texts(&SITES)),
                3 => ("AnnualRevenue", numbers(&[REVENUES.as_slice(), &[10_500, -5_001]].concat())),
                _ => ("NumberOfEmployees", numbers(&COUNTS)),
            };
            (format!("{path}{name}"), values)
        }
        Object::Deal if dice.one_in(3) => {
            let (name, values) = field(Object::Account, dice);
            (format!("Account.{name}"), values)
        }
        Object::Deal => match dice.roll(4) {
            0 => ("Name".to_owned(), texts(&NAMES)),
            1 => ("StageName".to_owned(), texts(&STAGES)),
            2 => ("LeadSource".to_owned(), texts(&SOURCES)),
            _ => ("Amount".to_owned(), numbers(&[AMOUNTS.as_slice(), &[10_005, -5_501]].concat())),
        },
    }
}

fn test(object: Object, dice: &mut Dice) -> Cond {
    match dice.roll(8) {
        0 if object == Object::Account => {
            let groups = (0..=dice.roll(2))
                .map(|_| COLORS.iter().filter(|_| dice.one_in(2)).copied().collect::<Vec<_>>())
                .map(|group| if group.is_empty() { vec!["Red"] } else { group })
                .collect();
            Cond::Includes(groups, dice.one_in(2))
        }
        0 | 1 if object == Object::Deal => {
            let op = dice.pick(&COMPARISONS);
            if dice.one_in(3) {
                return Cond::Compare("CloseDate".to_owned(), op, V::Day(TODAY - 40 + dice.roll(80) as i64));
            }
            let n = dice.roll(30) as i64;
            let (literal, from, to) = match dice.roll(6) {
                0 => ("TODAY".to_owned(), 0, 1),
                1 => ("YESTERDAY".to_owned(), -1, 0),
                2 => ("TOMORROW".to_owned(), 1, 2),
                3 => (format!("LAST_N_DAYS:{n}"), -n, 1),
                4 => (format!("NEXT_N_DAYS:{n}"), 1, n + 1),
                _ => (format!("N_DAYS_AGO:{n}"), -n, -n + 1),
            };
            Cond::Range("CloseDate".to_owned(), op, literal, TODAY + from, TODAY + to)
        }
        2 => {
            let name = if object == Object::Deal && dice.one_in(2) { "Account.Name" } else { "Name" };
            let pattern = dice.pick(&["a%", "%b%", "_b", "a\\_b", "%\\%%", "%", "A__", "c_", "%c"]);
            Cond::Like(name.to_owned(), pattern.to_owned())
        }
        3 | 4 => {
            let (name, pool) = field(object, dice);
            // Sometimes long enough that chains and lists are put together.
            let count = if dice.one_in(4) { 12 } else { 1 + dice.roll(3) };
            Cond::In(name, (0..count).map(|_| pool[dice.roll(pool.len())].clone()).collect(), dice.one_in(2))
        }
        _ => {
            let (name, pool) = field(object, dice);
            let value = pool[dice.roll(pool.len())].clone();
            let op = if value.is_null() { dice.pick(&["=", "!="]) } else { dice.pick(&COMPARISONS) };
            Cond::Compare(name, op, value)
        }
    }
}

pub(super) fn nested(object: Object, dice: &mut Dice, depth: usize) -> Cond {
    if depth == 0 || dice.one_in(3) {
        return test(object, dice);
    }
    match dice.roll(5) {
        0 => Cond::Not(Box::new(nested(object, dice, depth - 1))),
        1 | 2 => Cond::All((0..2 + dice.roll(2)).map(|_| nested(object, dice, depth - 1)).collect()),
        3 => {
            // A chain of equalities of one field.
            let (name, pool) = field(object, dice);
            let op = dice.pick(&["=", "!="]);
            let parts = (0..10).map(|_| Cond::Compare(name.clone(), op, pool[dice.roll(pool.len())].clone())).collect();
            if dice.one_in(2) { Cond::Any(parts) } else { Cond::All(parts) }
        }
        _ => Cond::Any((0..2 + dice.roll(2)).map(|_| nested(object, dice, depth - 1)).collect()),
    }
}

/// The whole of a WHERE, where alone semi-joins may stand.
pub(super) fn filter(object: Object, dice: &mut Dice) -> Cond {
    let plain = nested(object, dice, 3);
    if !dice.one_in(3) {
        return plain;
    }
    let other = if object == Object::Account { Object::Deal } else { Object::Account };
    let inner = Box::new(nested(other, dice, 2));
    Cond::All(vec![plain, Cond::Semi { negated: dice.one_in(2), inner }])
}

impl Cond {
    pub(super) fn soql(&self, object: Object) -> String {
        let joined =
            |parts: &[Cond], word: &str| parts.iter().map(|part| part.soql(object)).collect::<Vec<_>>().join(word);
        let list = |values: &[V]| values.iter().map(V::literal).collect::<Vec<_>>().join(", ");
        match self {
            // A semi-join may stand on the outermost level alone, which parentheses do not change.
            Cond::All(parts) => format!("({})", joined(parts, " AND ")),
            Cond::Any(parts) => format!("({})", joined(parts, " OR ")),
            Cond::Not(inner) => format!("(NOT ({}))", inner.soql(object)),
            Cond::Compare(name, op, value) => format!("{name} {op} {}", value.literal()),
            Cond::Range(name, op, literal, ..) => format!("{name} {op} {literal}"),
            Cond::In(name, values, negated) => {
                format!("{name} {}IN ({})", if *negated { "NOT " } else { "" }, list(values))
            }
            Cond::Like(name, pattern) => format!("{name} LIKE '{pattern}'"),
            Cond::Includes(groups, negated) => {
                let groups: Vec<_> = groups.iter().map(|group| format!("'{}'", group.join(";"))).collect();
                format!("Colors__c {} ({})", if *negated { "EXCLUDES" } else { "INCLUDES" }, groups.join(", "))
            }
            Cond::Semi { negated, inner } => {
                let not = if *negated { "NOT " } else { "" };
                match object {
                    Object::Account => {
                        format!("Id {not}IN (SELECT AccountId FROM Opportunity WHERE {})", inner.soql(Object::Deal))
                    }
                    Object::Deal => {
                        format!("AccountId {not}IN (SELECT Id FROM Account WHERE {})", inner.soql(Object::Account))
                    }
                }
            }
        }
    }

    pub(super) fn holds(&self, data: &Data, object: Object, at: usize) -> bool {
        let rows = if object == Object::Account { &data.accounts } else { &data.deals };
        let row: &Row = &rows[at];
        match self {
            Cond::All(parts) => parts.iter().all(|part| part.holds(data, object, at)),
            Cond::Any(parts) => parts.iter().any(|part| part.holds(data, object, at)),
            Cond::Not(inner) => !inner.holds(data, object, at),
            Cond::Compare(name, op, value) => compare(&data.value(row, name), op, value),
            Cond::Range(name, op, _, from, to) => {
                let V::Day(day) = data.value(row, name) else { return *op == "!=" };
                match *op {
                    "=" => *from <= day && day < *to,
                    "!=" => day < *from || *to <= day,
                    "<" => day < *from,
                    "<=" => day < *to,
                    ">" => day >= *to,
                    _ => day >= *from,
                }
            }
            Cond::In(name, values, negated) => {
                let have = data.value(row, name);
                values.iter().any(|value| equal(&have, value)) != *negated
            }
            Cond::Like(name, pattern) => match data.value(row, name) {
                V::Text(text) => like(text.to_ascii_lowercase().as_bytes(), pattern.to_ascii_lowercase().as_bytes()),
                _ => false,
            },
            Cond::Includes(groups, negated) => {
                let chosen = row.fields["Colors__c"].shown();
                let chosen: Vec<_> = chosen.split(';').collect();
                groups.iter().any(|group| group.iter().all(|color| chosen.contains(color))) != *negated
            }
            Cond::Semi { negated, inner } => {
                let found = match object {
                    Object::Account => (0..data.deals.len())
                        .any(|deal| data.deals[deal].up == Some(at) && inner.holds(data, Object::Deal, deal)),
                    Object::Deal => row.up.is_some_and(|up| inner.holds(data, Object::Account, up)),
                };
                found != *negated
            }
        }
    }
}

fn compare(have: &V, op: &str, value: &V) -> bool {
    match op {
        "=" => equal(have, value),
        "!=" => !equal(have, value),
        _ if have.is_null() || value.is_null() => false,
        _ => {
            let order = order(have, value);
            match op {
                "<" => order == Ordering::Less,
                "<=" => order != Ordering::Greater,
                ">" => order == Ordering::Greater,
                _ => order != Ordering::Less,
            }
        }
    }
}
