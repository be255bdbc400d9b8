//! The records of a demo world, in the order in which they can be inserted, and the small builder that fills them.

use model::{Date, Decimal, Instant, Value};

/// A record's name inside one world, for references between records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DemoKey(pub u32);

/// A value, or the record it refers to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum DemoValue {
    Value(Value),
    Ref(DemoKey),
}

/// One record to insert.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DemoRecord {
    pub key: DemoKey,
    pub object: &'static str,
    pub values: Vec<(&'static str, DemoValue)>,
    /// When it was first entered.
    pub created: Option<Instant>,
}

/// All records, each after those it refers to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DemoWorld {
    pub records: Vec<DemoRecord>,
}

impl DemoRecord {
    /// The value of a field, if the record has one that is no reference.
    pub fn value(&self, field: &str) -> Option<&Value> {
        self.values.iter().find_map(|(name, value)| match value {
            DemoValue::Value(value) if *name == field => Some(value),
            _ => None,
        })
    }

    /// The record a field refers to.
    pub fn reference(&self, field: &str) -> Option<DemoKey> {
        self.values.iter().find_map(|(name, value)| match value {
            DemoValue::Ref(key) if *name == field => Some(*key),
            _ => None,
        })
    }
}

impl DemoWorld {
    /// The records of one object, in order.
    pub fn of<'a>(&'a self, object: &'a str) -> impl Iterator<Item = &'a DemoRecord> {
        self.records.iter().filter(move |record| record.object == object)
    }
}

/// Collects records and hands out keys.
#[derive(Default)]
pub(super) struct Ledger {
    records: Vec<DemoRecord>,
}

impl Ledger {
    pub(super) fn add(&mut self, object: &'static str, created: Instant, row: Row) -> DemoKey {
        let key = DemoKey(u32::try_from(self.records.len()).expect("a world has a few thousand records"));
        self.records.push(DemoRecord { key, object, values: row.0, created: Some(created) });
        key
    }

    pub(super) fn into_world(self) -> DemoWorld {
        DemoWorld { records: self.records }
    }
}

/// The values of one record. Empty text and absent values leave no trace.
#[derive(Default)]
pub(super) struct Row(Vec<(&'static str, DemoValue)>);

impl Row {
    pub(super) fn new() -> Self {
        Self::default()
    }

    fn value(mut self, field: &'static str, value: Value) -> Self {
        self.0.push((field, DemoValue::Value(value)));
        self
    }

    pub(super) fn text(self, field: &'static str, text: impl Into<String>) -> Self {
        let text = text.into();
        if text.is_empty() { self } else { self.value(field, Value::Text(text)) }
    }

    pub(super) fn flag(self, field: &'static str, flag: bool) -> Self {
        self.value(field, Value::Bool(flag))
    }

    pub(super) fn int(self, field: &'static str, number: i64) -> Self {
        self.value(field, Value::Int(number))
    }

    /// A number without decimals in a currency, percent or number field.
    pub(super) fn number(self, field: &'static str, number: i64) -> Self {
        self.value(field, Value::Number(Decimal::from(number)))
    }

    pub(super) fn cents(self, field: &'static str, cents: i64) -> Self {
        self.value(field, Value::Number(Decimal::new(cents, 2)))
    }

    pub(super) fn date(self, field: &'static str, date: Date) -> Self {
        self.value(field, Value::Date(date))
    }

    pub(super) fn instant(self, field: &'static str, instant: Instant) -> Self {
        self.value(field, Value::DateTime(instant))
    }

    pub(super) fn refer(mut self, field: &'static str, key: impl Into<Option<DemoKey>>) -> Self {
        if let Some(key) = key.into() {
            self.0.push((field, DemoValue::Ref(key)));
        }
        self
    }
}
