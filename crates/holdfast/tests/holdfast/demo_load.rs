//! The demo's world in an org: every value of every record, as it was generated.

use crate::world::{NOW, World};
use holdfast::demo::{self, DemoValue};
use holdfast::demo_org::{Watch, load};
use model::Value;
use platform::QueryOptions;
use std::collections::{BTreeMap, HashMap};

#[derive(Default)]
struct Counted {
    announced: u64,
    advanced: u64,
}

impl Watch for Counted {
    fn begins(&mut self, _what: &str, count: u64) {
        self.announced += count;
    }

    fn advanced(&mut self, by: u64) {
        self.advanced += by;
    }
}

#[test]
fn every_value_of_the_demo_stands_in_the_org_as_it_was_generated() {
    let world = World::new();
    let today = NOW.date_in(&model::Zone::UTC);
    let year = demo::generate(7, today);
    let mut watch = Counted::default();
    let loaded = load(&world.service(), &year, world.admin, &mut watch).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!((watch.announced, watch.advanced), (year.records.len() as u64, year.records.len() as u64));

    // One query per object, with every field that any of its records has.
    let mut fields: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for record in &year.records {
        let known = fields.entry(record.object).or_default();
        for (field, _) in &record.values {
            if !known.contains(field) {
                known.push(field);
            }
        }
    }
    let admin = world.admin();
    let mut differences = Vec::new();
    for (object, fields) in &fields {
        let soql = format!("SELECT Id, CreatedDate, {} FROM {object}", fields.join(", "));
        let (_, rows) =
            admin.query_all_rows(&soql, QueryOptions::default()).unwrap_or_else(|error| panic!("{soql}: {error}"));
        let rows: HashMap<_, _> = rows.into_iter().map(|row| (row.id, row)).collect();
        for record in year.of(object) {
            let id = loaded.id(record.key).expect("every record went somewhere");
            let row = rows.get(&id).unwrap_or_else(|| panic!("{object} {id} is not there"));
            let is_own =
                !(*object == "Profile" || id == world.admin || record.value("IsStandard") == Some(&Value::Bool(true)));
            if is_own && record.created.is_some_and(|created| row.cells[1].value() != &Value::DateTime(created)) {
                differences.push(format!(
                    "{object}.CreatedDate: {:?} became {:?}",
                    record.created,
                    row.cells[1].value()
                ));
            }
            for (field, value) in &record.values {
                let expected = match value {
                    DemoValue::Value(value) => value.clone(),
                    DemoValue::Ref(key) => Value::Id(loaded.id(*key).expect("every record went somewhere")),
                };
                let at = fields.iter().position(|known| known == field).expect("collected above") + 2;
                let found = row.cells[at].value();
                let same = *found == expected
                    || found.as_decimal().is_some_and(|number| Some(number) == expected.as_decimal());
                if !same {
                    differences.push(format!("{object}.{field}: {expected:?} became {found:?}"));
                }
            }
        }
    }
    let shown: Vec<_> = differences.iter().take(20).collect();
    assert!(differences.is_empty(), "{} values differ, such as {shown:#?}", differences.len());
}
