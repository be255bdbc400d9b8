//! A value as the mapping made it → a value of the field's type, or the rule that it breaks.

use super::mapping::DateReading;
use model::schema::{FieldSchema, FieldType, OrgSchema};
use model::{Date, Decimal, Instant, RecordId, TimeOfDay, Value, Zone, format_decimal, parse_decimal, round_to_scale};

/// A value on its way from text to type.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Draft {
    Text(String),
    Number(Decimal),
    Date(DateReading),
    Bool(bool),
    Id(RecordId),
}

/// How the mapping wants doubtful cases read.
#[derive(Clone, Copy)]
pub(super) struct Reading<'a> {
    pub(super) round: bool,
    pub(super) zone: &'a Zone,
}

/// A typed value, and what had to be changed on the way.
#[derive(Debug, PartialEq)]
pub(super) struct Typed {
    pub(super) value: Value,
    pub(super) repair: Option<String>,
}

impl From<Value> for Typed {
    fn from(value: Value) -> Self {
        Self { value, repair: None }
    }
}

/// Types a value for a field.
///
/// # Errors
/// The rule that the value breaks, in plain words.
pub(super) fn convert(
    schema: &OrgSchema,
    field: &FieldSchema,
    draft: Draft,
    how: Reading<'_>,
) -> Result<Typed, String> {
    match field.data_type() {
        FieldType::Text { .. }
        | FieldType::TextArea { .. }
        | FieldType::EncryptedText { .. }
        | FieldType::Email
        | FieldType::Phone
        | FieldType::Url
        | FieldType::Picklist { .. }
        | FieldType::MultiPicklist { .. } => text(field, plain(draft)),
        FieldType::Boolean => boolean(draft).map(Typed::from),
        FieldType::Int | FieldType::Number { .. } | FieldType::Currency { .. } | FieldType::Percent { .. } => {
            number(field, draft, how.round)
        }
        FieldType::Date => date(draft).map(|date| Value::Date(date).into()),
        FieldType::DateTime => instant(draft, how.zone).map(|instant| Value::DateTime(instant).into()),
        FieldType::Time => {
            let text = plain(draft);
            TimeOfDay::parse(&text)
                .map(|time| Value::Time(time).into())
                .ok_or_else(|| format!("{text:?} is not a time of day such as 08:30:00"))
        }
        FieldType::Reference(_) => reference(schema, field, draft).map(|id| Value::Id(id).into()),
        FieldType::Base64 => Err("files are loaded through the API".to_owned()),
        FieldType::Id
        | FieldType::AutoNumber { .. }
        | FieldType::Formula { .. }
        | FieldType::RollUp(_)
        | FieldType::Compound(_) => Err("the platform sets this field; a mapping cannot".to_owned()),
    }
}

/// The draft as text, for text fields and lookups by text.
pub(super) fn plain(draft: Draft) -> String {
    match draft {
        Draft::Text(text) => text,
        Draft::Number(number) => format_decimal(number, None),
        Draft::Date(DateReading::Day(date)) => date.to_string(),
        Draft::Date(DateReading::Time(time)) => time.to_string(),
        Draft::Bool(flag) => flag.to_string(),
        Draft::Id(id) => id.to_string(),
    }
}

fn text(field: &FieldSchema, text: String) -> Result<Typed, String> {
    let kind = field.data_type();
    let length = text.chars().count();
    if length > kind.length() as usize {
        return Err(format!("{} has {length} characters, {} at most", shown(&text), kind.length()));
    }
    match kind {
        FieldType::Email if !looks_like_email(&text) => Err(format!("{} is not an e-mail address", shown(&text))),
        FieldType::Picklist { restricted, .. } => pick(field, &text, *restricted).map(|text| Value::Text(text).into()),
        FieldType::MultiPicklist { restricted, .. } => {
            let picked: Result<Vec<_>, _> = text
                .split(';')
                .map(str::trim)
                .filter(|part| !part.is_empty())
                .map(|part| pick(field, part, *restricted))
                .collect();
            picked.map(|parts| Value::Text(parts.join(";")).into())
        }
        _ => Ok(Value::Text(text).into()),
    }
}

/// The picklist's own spelling of a value; a restricted one takes no other.
fn pick(field: &FieldSchema, text: &str, restricted: bool) -> Result<String, String> {
    let values = field.data_type().picklist_values();
    match values.iter().find(|known| known.active && model::text::eq_fold(&known.value, text)) {
        Some(known) => Ok(known.value.clone()),
        None if restricted => {
            let active = values.iter().filter(|known| known.active).map(|known| known.value.as_str());
            let active: Vec<&str> = active.collect();
            Err(format!("{} is none of the values: {}", shown(text), active.join(", ")))
        }
        None => Ok(text.to_owned()),
    }
}

/// One @ with something before it and a dotted name after it; the org's own check may be stricter.
fn looks_like_email(text: &str) -> bool {
    let Some((local, host)) = text.rsplit_once('@') else { return false };
    let host_is_sound = host.contains('.') && host.split('.').all(|label| !label.is_empty());
    !local.is_empty() && !local.contains('@') && host_is_sound && !text.contains(char::is_whitespace)
}

fn boolean(draft: Draft) -> Result<Value, String> {
    match draft {
        Draft::Bool(flag) => Ok(Value::Bool(flag)),
        other => {
            let text = plain(other);
            match text.to_ascii_lowercase().as_str() {
                "true" | "1" => Ok(Value::Bool(true)),
                "false" | "0" => Ok(Value::Bool(false)),
                _ => Err(format!("{} is neither true nor false; declare the words with boolean", shown(&text))),
            }
        }
    }
}

fn number(field: &FieldSchema, draft: Draft, round: bool) -> Result<Typed, String> {
    let number = match draft {
        Draft::Number(number) => number,
        other => {
            let text = plain(other);
            parse_decimal(&text).ok_or_else(|| format!("{} is not a number", shown(&text)))?
        }
    };
    let (precision, scale) = (field.data_type().precision(), field.data_type().scale());
    let rounded = round_to_scale(number, scale);
    let exact = rounded == number;
    if !exact && !round {
        let places = if scale == 0 { "no decimals".to_owned() } else { format!("{scale} decimals at most") };
        return Err(format!(
            "{number} has more decimals than the field, which has {places}; declare round to allow it"
        ));
    }
    let whole_digits = rounded.trunc().abs().to_string().trim_start_matches('0').len();
    let room = usize::from(precision.saturating_sub(scale));
    if whole_digits > room {
        return Err(format!("{rounded} has {whole_digits} digits before the point, {room} at most"));
    }
    let repair = (!exact).then(|| format!("{number} rounded to {rounded}"));
    let value = if matches!(field.data_type(), FieldType::Int) {
        Value::Int(i64::try_from(rounded.trunc().mantissa()).map_err(|_| format!("{rounded} is too large"))?)
    } else {
        Value::Number(rounded)
    };
    Ok(Typed { value, repair })
}

fn date(draft: Draft) -> Result<Date, String> {
    match draft {
        Draft::Date(reading) => Ok(reading.day()),
        other => {
            let text = plain(other);
            Date::parse(&text).ok_or_else(|| {
                format!("{} is not a date of the form YYYY-MM-DD; declare the form with date", shown(&text))
            })
        }
    }
}

fn instant(draft: Draft, zone: &Zone) -> Result<Instant, String> {
    match draft {
        Draft::Date(reading) => reading
            .instant(zone)
            .ok_or_else(|| format!("{} does not exist in its zone: the clocks were set forward", plain(draft.clone()))),
        other => {
            let text = plain(other);
            Instant::parse(&text).ok_or_else(|| {
                format!("{} is not a time of the form YYYY-MM-DDTHH:MM:SSZ; declare the form with date", shown(&text))
            })
        }
    }
}

fn reference(schema: &OrgSchema, field: &FieldSchema, draft: Draft) -> Result<RecordId, String> {
    let id = match draft {
        Draft::Id(id) => id,
        other => {
            let text = plain(other);
            RecordId::parse(&text)
                .map_err(|_| format!("{} is not a record id; declare a lookup to find it by a field", shown(&text)))?
        }
    };
    let known = field.targets.iter().any(|target| schema.object(*target).key_prefix() == id.prefix());
    if known {
        return Ok(id);
    }
    let targets: Vec<&str> = field.targets.iter().map(|target| schema.object(*target).name()).collect();
    Err(format!("{id} is not the id of a record of {}", targets.join(" or ")))
}

/// A value in a message: quoted, and marked where it is cut.
pub(super) fn shown(text: &str) -> String {
    if text.chars().count() <= 60 {
        return format!("{text:?}");
    }
    let start: String = text.chars().take(60).collect();
    format!("{start:?}…")
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::schema::{FieldDef, ObjectDef};

    fn typed_with(field: FieldDef, text: &str, round: bool) -> Result<Typed, String> {
        let name = field.name.clone();
        let user = ObjectDef::new("User", "User", "Users", "005").field(FieldDef::text("Name", "Name", 80));
        let object = ObjectDef::new("Account", "Account", "Accounts", "001")
            .field(FieldDef::text("Name", "Name", 255))
            .field(field);
        let schema = OrgSchema::build(1, [user, object]).expect("sound");
        let field = schema.find_object("Account").and_then(|object| object.find_field(&name)).expect("declared");
        convert(&schema, field, Draft::Text(text.to_owned()), Reading { round, zone: &Zone::UTC })
    }

    fn typed(field: FieldDef, text: &str) -> Result<Value, String> {
        typed_with(field, text, false).map(|typed| typed.value)
    }

    #[test]
    fn numbers_fit_the_field_or_are_refused() {
        let amount = || FieldDef::number("N__c", "N", 5, 2);
        assert_eq!(typed(amount(), "123.4"), Ok(Value::Number(Decimal::new(1234, 1))));
        assert!(typed(amount(), "1234.5").expect_err("too long").contains("4 digits before the point, 3 at most"));
        assert!(typed(amount(), "1.005").expect_err("too fine").contains("declare round"));
        let rounded = typed_with(amount(), "1.005", true).expect("rounded");
        assert_eq!(rounded.value, Value::Number(Decimal::new(101, 2)));
        assert_eq!(rounded.repair.as_deref(), Some("1.005 rounded to 1.01"));
        assert!(typed_with(amount(), "999.999", true).is_err(), "rounding may add a digit");
        assert_eq!(typed(FieldDef::int("N__c", "N"), "1E3"), Ok(Value::Int(1000)));
        assert!(typed(amount(), "twelve").is_err());
    }

    #[test]
    fn texts_are_never_cut() {
        let outcome = typed(FieldDef::text("T__c", "T", 3), "four").expect_err("too long");
        assert_eq!(outcome, "\"four\" has 4 characters, 3 at most");
        assert_eq!(typed(FieldDef::text("T__c", "T", 4), "äöü€"), Ok("äöü€".into()));
    }

    #[test]
    fn picklists_keep_their_own_spelling() {
        let stage = || FieldDef::picklist("P__c", "P", &["Closed Won"]).restricted();
        assert_eq!(typed(stage(), "closed won"), Ok("Closed Won".into()));
        assert!(typed(stage(), "Won").expect_err("unknown").contains("none of the values: Closed Won"));
        let open = FieldDef::picklist("P__c", "P", &["Closed Won"]);
        assert_eq!(typed(open, "Won"), Ok("Won".into()));
        let many = FieldType::MultiPicklist { values: vec![], restricted: false };
        assert_eq!(typed(FieldDef::new("P__c", "P", many), "a; b;"), Ok("a;b".into()));
    }

    #[test]
    fn dates_times_and_flags_have_one_plain_form() {
        assert_eq!(
            typed(FieldDef::date("D__c", "D"), "2017-03-01").map(|value| value.to_plain()),
            Ok("2017-03-01".into())
        );
        assert!(typed(FieldDef::date("D__c", "D"), "3/1/2017").is_err());
        assert!(typed(FieldDef::date_time("D__c", "D"), "2017-03-01T10:00:00Z").is_ok());
        assert_eq!(typed(FieldDef::boolean("B__c", "B", false), "TRUE"), Ok(Value::Bool(true)));
        assert!(
            typed(FieldDef::boolean("B__c", "B", false), "yes").expect_err("undeclared").contains("declare the words")
        );
    }

    #[test]
    fn addresses_have_a_name_and_a_host() {
        for (text, sound) in
            [("a@b.example", true), ("a@b", false), ("@b.c", false), ("a b@c.d", false), ("a@b@c.d", false)]
        {
            assert_eq!(typed(FieldDef::email("E__c", "E"), text).is_ok(), sound, "{text}");
        }
    }

    #[test]
    fn an_id_must_be_of_the_right_object() {
        let owner = || FieldDef::lookup("Friend__c", "Friend", "User");
        assert!(typed(owner(), "005000000000001").is_ok());
        assert!(typed(owner(), "001000000000001").expect_err("an account").contains("not the id of a record of User"));
        assert!(typed(owner(), "Anna").expect_err("a name").contains("declare a lookup"));
    }
}
