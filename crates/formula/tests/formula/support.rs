//! One record to compute with, and short ways to compile and evaluate.

use formula::{
    Blanks, Change, CompileOptions, EvalContext, EvalError, FieldResolver, Formula, FormulaError, ResolvedField,
    compile,
};
use model::schema::{Compound, OnDelete, PicklistValue, Reference};
use model::{Date, FieldType, Instant, RecordId, TimeOfDay, Value, Zone, parse_decimal};

/// Morning of the next day in Auckland.
pub(crate) const NOW: &str = "2026-11-21T18:30:00Z";

struct Opportunity;

fn number(text: &str) -> Value {
    Value::Number(parse_decimal(text).expect("a number"))
}

fn picklist(values: &[&str]) -> Vec<PicklistValue> {
    values.iter().map(|value| PicklistValue::plain(value)).collect()
}

/// The fields of the record: path, type, value.
fn fields() -> Vec<(&'static str, FieldType, Value)> {
    let text = || FieldType::Text { length: 255 };
    let currency = || FieldType::Currency { precision: 18, scale: 2 };
    let user = || {
        FieldType::Reference(Reference {
            targets: vec!["User".to_owned()],
            relationship: Some("Owner".to_owned()),
            children: None,
            on_delete: OnDelete::Restrict,
            master_detail: false,
            write_needs_read: false,
            reparentable: false,
        })
    };
    let owner = Value::Id(RecordId::parse("005000000000Abc").expect("an id"));
    let stages = picklist(&["Open", "Closed Won"]);
    vec![
        ("Name", text(), "Acme renewal".into()),
        ("Amount", currency(), number("1234.50")),
        ("Quantity__c", FieldType::Int, Value::Int(3)),
        ("Discount__c", FieldType::Percent { precision: 5, scale: 2 }, number("12.5")),
        ("StageName", FieldType::Picklist { values: stages, restricted: true }, "Closed Won".into()),
        (
            "Interests__c",
            FieldType::MultiPicklist { values: picklist(&["Golf", "Chess", "Go"]), restricted: true },
            "Golf;Chess".into(),
        ),
        ("IsWon", FieldType::Boolean, true.into()),
        ("CloseDate", FieldType::Date, Date::parse("2026-12-31").into()),
        ("CreatedDate", FieldType::DateTime, Instant::parse("2026-11-20T23:30:00Z").into()),
        ("Start__c", FieldType::Time, Value::Time(TimeOfDay::parse("08:15:30.250").expect("a time"))),
        ("OwnerId", user(), owner.clone()),
        ("$User.Id", FieldType::Id, owner),
        ("Account.Name", text(), "Acme".into()),
        ("Code__c", text(), "005000000000Abc".into()),
        ("Empty_Text__c", text(), Value::Null),
        ("Empty_Number__c", currency(), Value::Null),
        ("Empty_Date__c", FieldType::Date, Value::Null),
        ("Empty_Flag__c", FieldType::Boolean, Value::Null),
        ("Empty_Pick__c", FieldType::Picklist { values: Vec::new(), restricted: false }, Value::Null),
        (
            "Total__c",
            FieldType::Formula { source: "1".into(), returns: Box::new(currency()), blanks: Blanks::AsZero },
            number("10"),
        ),
        ("BillingAddress", FieldType::Compound(Compound::Address { prefix: "Billing".into() }), Value::Null),
    ]
}

impl FieldResolver for Opportunity {
    fn resolve(&self, path: &[&str]) -> Option<ResolvedField> {
        let wanted = path.join(".");
        let (name, data_type, _) = fields().into_iter().find(|(name, ..)| name.eq_ignore_ascii_case(&wanted))?;
        Some(ResolvedField { path: name.split('.').map(str::to_owned).collect(), data_type, home: None })
    }
}

pub(crate) fn compiled(source: &str, options: &CompileOptions) -> Result<Formula, FormulaError> {
    compile(source, &Opportunity, options)
}

/// The values of the fields that a formula reads, in its order.
pub(crate) fn values(formula: &Formula) -> Vec<Value> {
    let known = fields();
    let value = |path: &[String]| known.iter().find(|(name, ..)| *name == path.join(".")).map(|(_, _, v)| v.clone());
    formula.fields().iter().map(|field| value(&field.path).unwrap_or_default()).collect()
}

/// Evaluates against the record as it is read in Auckland.
pub(crate) fn evaluated(formula: &Formula) -> Result<Value, EvalError> {
    with_context(formula, Change::None, |context| formula.evaluate(context))
}

pub(crate) fn with_context<T>(formula: &Formula, change: Change, body: impl FnOnce(&EvalContext) -> T) -> T {
    let zone = Zone::get("Pacific/Auckland").expect("a zone of the built-in data");
    let fields = values(formula);
    body(&EvalContext { now: Instant::parse(NOW).expect("an instant"), zone: &zone, fields: &fields, change })
}

/// The result as a reader sees it: the plain text of the value, `(blank)`, or the marker and reason of an error.
pub(crate) fn shown(source: &str) -> String {
    shown_with(source, &CompileOptions { blanks: Blanks::AsNull, ..CompileOptions::default() })
}

pub(crate) fn shown_with(source: &str, options: &CompileOptions) -> String {
    let formula = match compiled(source, options) {
        Ok(formula) => formula,
        Err(error) => return format!("refused at {}: {}", error.position, error.message),
    };
    match evaluated(&formula) {
        Ok(Value::Null) => "(blank)".to_owned(),
        Ok(value) => value.to_plain(),
        Err(error) => format!("{} {error}", error.marker()),
    }
}
