//! One record to compute with, its values in the corners of their types, and the three ways to compute.

use super::super::{compiled, postgres, registry};
use crate::codec::Codec;
use crate::driver::{Connection, Dialect, Param, RowView};
use formula::{Change, EvalContext, Formula};
use model::schema::{AccessDefault, FieldDef, ObjectDef};
use model::{Date, FieldType, Instant, OrgSchema, RecordId, Result, TimeOfDay, Value, Zone, parse_decimal};
use std::sync::Arc;

pub(super) const ZONE: &str = "America/New_York";

pub(super) fn now() -> Instant {
    Instant::parse("2026-11-21T18:30:00.123Z").expect("an instant")
}

/// The fields of the record, and values that each may hold.
pub(super) fn fields() -> Vec<(FieldDef, Vec<Value>)> {
    let numbers = |texts: &[&str]| -> Vec<Value> {
        texts.iter().map(|text| parse_decimal(text).map(Value::Number).expect("a number")).collect()
    };
    let texts = |texts: &[&str]| -> Vec<Value> { texts.iter().map(|text| Value::from(*text)).collect() };
    let dates = |texts: &[&str]| -> Vec<Value> {
        texts.iter().map(|text| Date::parse(text).map(Value::Date).expect("a date")).collect()
    };
    let instants = |texts: &[&str]| -> Vec<Value> {
        texts.iter().map(|text| Instant::parse(text).map(Value::DateTime).expect("an instant")).collect()
    };
    let times = |texts: &[&str]| -> Vec<Value> {
        texts.iter().map(|text| TimeOfDay::parse(text).map(Value::Time).expect("a time")).collect()
    };
    let ids = |texts: &[&str]| -> Vec<Value> {
        texts.iter().map(|text| Value::Id(RecordId::parse(text).expect("an id"))).collect()
    };
    vec![
        (
            FieldDef::currency("Amount", "Amount"),
            numbers(&["0", "1", "-1", "12.34", "0.01", "9999999999999999.99", "-9999999999999999.99", "2500.50"]),
        ),
        (
            FieldDef::number("Factor", "Factor", 18, 9),
            numbers(&["0", "0.5", "-0.000000001", "999999999.999999999", "3", "0.333333333"]),
        ),
        (FieldDef::percent("Discount", "Discount", 5, 2), numbers(&["0", "12.5", "100", "-7.25", "999.99"])),
        (
            FieldDef::int("Count", "Count"),
            vec![
                Value::Int(0),
                Value::Int(1),
                Value::Int(-3),
                Value::Int(7),
                Value::Int(2_147_483_647),
                Value::Int(-2_147_483_648),
            ],
        ),
        (
            FieldDef::text("Title", "Title", 255),
            texts(&[
                "Acme",
                "acme renewal",
                "Straße",
                "ΣΊΣΥΦΟΣ",
                "İstanbul ısı",
                "e\u{301}a",
                "😀 ok",
                "O'Reilly \\ $now$",
                "a;b;c",
                "  x\u{a0}",
                "ǆ ﬁ",
            ]),
        ),
        (
            FieldDef::text("Code", "Code", 40),
            texts(&[
                "12.50",
                "-3",
                "1e5",
                "1e30",
                "x1",
                "2024-02-29",
                "2023-02-29",
                "2026-11-21 08:21:19Z",
                "23:59:59.5",
                "001000000000001",
                "001000000000001EAA",
                "0",
                "٣",
            ]),
        ),
        (FieldDef::picklist("Stage", "Stage", &["Open", "Closed Won"]), texts(&["Open", "Closed Won", "Other"])),
        (
            FieldDef::new("Tags", "Tags", FieldType::MultiPicklist { values: Vec::new(), restricted: false }),
            texts(&["Golf", "Golf;Chess", "Chess"]),
        ),
        (FieldDef::boolean("IsWon", "Won", false), vec![Value::Bool(true), Value::Bool(false)]),
        (
            FieldDef::date("Close", "Close"),
            dates(&[
                "2024-02-29",
                "2026-11-21",
                "1900-02-28",
                "2000-02-29",
                "2026-12-31",
                "1969-12-31",
                "4000-01-01",
                "1700-01-01",
                "2027-01-03",
            ]),
        ),
        (
            FieldDef::date_time("Seen", "Seen"),
            instants(&[
                "2026-11-01T05:30:00Z",
                "2026-03-08T07:00:00Z",
                "1970-01-01T00:00:00Z",
                "1969-12-31T23:59:59.999Z",
                "2024-02-29T23:59:59.001Z",
                "2000-01-01T04:59:59.999Z",
            ]),
        ),
        (FieldDef::new("Start", "Start", FieldType::Time), times(&["00:00:00", "23:59:59.999", "08:15:30.250"])),
        (
            FieldDef::lookup("Other", "Other", "Thing").relationship(Some("Parent")),
            ids(&["001000000000001", "00100000000Zz9a"]),
        ),
    ]
}

/// An object with those fields and the formula; the schema that compiles it.
pub(super) fn schema(source: &str, returns: FieldType) -> Result<OrgSchema> {
    let thing = ObjectDef::new("Thing", "Thing", "Things", "001")
        .field(FieldDef::text("Name", "Name", 80))
        .fields(fields().into_iter().map(|(field, _)| field))
        .field(FieldDef::formula("Result", "Result", source, returns));
    let user = ObjectDef::new("User", "User", "Users", "005")
        .setting(AccessDefault::PublicRead)
        .field(FieldDef::text("Name", "Name", 80));
    OrgSchema::build(1, [user, thing])
}

/// The compiled formula, or what its author is told.
pub(super) fn formula(source: &str, returns: &FieldType) -> std::result::Result<Arc<Formula>, String> {
    let schema = schema(source, returns.clone()).map_err(|error| error.to_string())?;
    let thing = schema.find_object("Thing").expect("declared above");
    let field = thing.find_field("Result").expect("declared above");
    formula::field_formula(&schema, thing.ix, field.ix).map_err(|error| error.message)?;
    compiled(&schema, thing.ix, field).map_err(|error| error.to_string())
}

/// The value that the evaluator comes to, in the form of a column.
pub(super) fn by_evaluator(formula: &Formula, values: &[Value]) -> Param {
    let zone = Zone::get(ZONE).expect("a zone of the built-in data");
    let fields = values.to_vec();
    let context = EvalContext { now: now(), zone: &zone, fields: &fields, change: Change::None };
    let value = formula.evaluate(&context).unwrap_or(Value::Null);
    codec(formula).write(&value).expect("a value of the declared type")
}

pub(super) fn codec(formula: &Formula) -> Codec {
    Codec::of(formula.returns().expect("a formula of a field")).expect("a type with values")
}

/// The values that a database comes to for several records at once.
pub(super) fn by_database(
    connection: &mut dyn Connection,
    formula: &Arc<Formula>,
    records: &[Vec<Value>],
) -> Result<Vec<Param>> {
    let codec = codec(formula);
    let now_ms = now().ms();
    let mut rows = Vec::with_capacity(records.len());
    let dialect = connection.dialect();
    if dialect == Dialect::Postgres {
        postgres::create_for_test(connection, formula)?;
    }
    let number = registry::number_of(formula);
    let selects: Vec<String> = records
        .iter()
        .map(|values| {
            let leaves = formula
                .fields()
                .iter()
                .zip(values)
                .map(|(used, value)| Ok(literal(dialect, Codec::of(&used.data_type)?, value)))
                .collect::<Result<Vec<_>>>()?;
            Ok(match dialect {
                Dialect::Sqlite => {
                    let leaves: String = leaves.iter().map(|leaf| format!(", {leaf}")).collect();
                    format!("SELECT hf_formula({number}, {now_ms}, '{ZONE}'{leaves})")
                }
                Dialect::Postgres => {
                    let value = postgres::value(formula, &leaves, &format!("{now_ms}::bigint"), &format!("'{ZONE}'"))?;
                    format!("SELECT {value}")
                }
            })
        })
        .collect::<Result<_>>()?;
    connection.query(&selects.join("\nUNION ALL "), &[], &mut |row| {
        rows.push(cell(codec, row)?);
        Ok(())
    })?;
    Ok(rows)
}

fn cell(codec: Codec, row: &dyn RowView) -> Result<Param> {
    Ok(match codec {
        Codec::Text => row.text(0)?.map_or(Param::Null, Param::from),
        _ => row.int(0)?.map_or(Param::Null, Param::Int),
    })
}

fn literal(dialect: Dialect, codec: Codec, value: &Value) -> String {
    let param = codec.write(value).expect("a value of the declared type");
    let sqlite = dialect == Dialect::Sqlite;
    match param {
        Param::Int(number) if sqlite => number.to_string(),
        Param::Int(number) => format!("({number})::bigint"),
        Param::Text(text) if sqlite => format!("'{}'", text.replace('\'', "''")),
        Param::Text(text) => format!("'{}'::text", text.replace('\'', "''")),
        _ if sqlite => "NULL".to_owned(),
        _ if codec.is_text() => "NULL::text".to_owned(),
        _ => "NULL::bigint".to_owned(),
    }
}

/// Values of the fields that the formula reads: from each field's list the one that `pick` names, or none.
pub(super) fn values(formula: &Formula, mut pick: impl FnMut(usize) -> usize) -> Vec<Value> {
    let known = fields();
    formula
        .fields()
        .iter()
        .map(|used| {
            let name = used.path.last().expect("a field has a name");
            let values = known.iter().find(|(field, _)| field.name == *name).map(|(_, values)| values.as_slice());
            let values = values.unwrap_or_default();
            values.get(pick(values.len() + 1)).cloned().unwrap_or_default()
        })
        .collect()
}
