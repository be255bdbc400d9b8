//! The demo world against the standard schema, and against what a sales year looks like.

use super::calendar::Calendar;
use super::{DemoKey, DemoRecord, DemoValue, DemoWorld, HISTORY_FIELDS, generate};
use model::schema::OrgSchema;
use model::{Date, Decimal, FieldType, Instant, Value};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

fn today() -> Date {
    Date::parse("2026-11-21").expect("a date")
}

fn world() -> DemoWorld {
    generate(7, today())
}

fn schema() -> OrgSchema {
    OrgSchema::build(1, platform::standard::objects()).expect("the standard objects are sound")
}

fn hash(world: &DemoWorld) -> u64 {
    let mut hasher = DefaultHasher::new();
    world.hash(&mut hasher);
    hasher.finish()
}

fn text<'a>(record: &'a DemoRecord, field: &str) -> &'a str {
    record.value(field).and_then(Value::as_text).unwrap_or_default()
}

fn amount(record: &DemoRecord, field: &str) -> Decimal {
    record.value(field).and_then(Value::as_decimal).expect("a number")
}

fn date(record: &DemoRecord, field: &str) -> Date {
    record.value(field).and_then(Value::as_date).expect("a date")
}

fn start_of(day: Date) -> Instant {
    day.start_in(&model::Zone::UTC)
}

#[test]
fn one_seed_makes_one_world_and_another_seed_another() {
    assert_eq!(hash(&world()), hash(&world()));
    assert_ne!(hash(&world()), hash(&generate(8, today())));
    assert_ne!(hash(&world()), hash(&generate(7, today().plus_days(1))));
}

#[test]
fn references_point_to_earlier_records_of_an_object_the_field_allows() {
    let schema = schema();
    let world = world();
    for (at, record) in world.records.iter().enumerate() {
        assert_eq!(record.key, DemoKey(u32::try_from(at).expect("small")));
        let object = schema.find_object(record.object).expect("a standard object");
        for (name, value) in &record.values {
            let DemoValue::Ref(DemoKey(to)) = value else { continue };
            let target = &world.records[*to as usize];
            assert!((*to as usize) < at, "{}.{name} points forward", record.object);
            let field = object.find_field(name).expect("a field");
            let allowed = field.targets.iter().any(|ix| schema.object(*ix).name() == target.object);
            assert!(allowed, "{}.{name} points to a {}", record.object, target.object);
        }
    }
}

#[test]
fn every_record_fits_the_standard_objects() {
    let schema = schema();
    for record in &world().records {
        let object = schema.find_object(record.object).expect("a standard object");
        let mut given = HashSet::new();
        for (name, value) in &record.values {
            let field = object.find_field(name).unwrap_or_else(|| panic!("{} has no {name}", record.object));
            assert_eq!(field.name(), *name);
            assert!(given.insert(*name), "{}.{name} is given twice", record.object);
            let is_history = HISTORY_FIELDS.contains(&(record.object, *name));
            assert_ne!(field.is_writable(), is_history, "{}.{name}", record.object);
            fits(record.object, field.name(), field.data_type(), value);
        }
        for field in &object.fields {
            let needed = field.def.required && field.def.default.is_null() && !field.def.system;
            assert!(!needed || given.contains(field.name()), "{} lacks {}", record.object, field.name());
        }
        assert!(object.owner_field.is_none() || given.contains("OwnerId"), "{} has no owner", record.object);
    }
}

fn fits(object: &str, name: &str, data_type: &FieldType, value: &DemoValue) {
    let ok = match (value, data_type) {
        (DemoValue::Ref(_), FieldType::Reference(_)) => true,
        (DemoValue::Value(Value::Text(text)), FieldType::Picklist { .. }) => {
            // Families and zones are the org's own; every other picklist value is one the field offers.
            let offered = data_type.picklist_values();
            name == "Family"
                || offered.iter().any(|value| value.value == *text)
                || ["Subject", "TimeZoneSidKey"].contains(&name)
        }
        (DemoValue::Value(Value::Text(text)), other) => {
            other.is_text()
                && text.chars().count() <= other.length() as usize
                && text.trim() == text
                && (other != &FieldType::Email || (text.is_ascii() && text.contains('@')))
        }
        (DemoValue::Value(Value::Bool(_)), FieldType::Boolean)
        | (DemoValue::Value(Value::Int(_)), FieldType::Int)
        | (DemoValue::Value(Value::Date(_)), FieldType::Date)
        | (DemoValue::Value(Value::DateTime(_)), FieldType::DateTime) => true,
        (DemoValue::Value(Value::Number(number)), other) => {
            other.is_number() && *number == model::round_to_scale(*number, other.scale())
        }
        _ => false,
    };
    assert!(ok, "{object}.{name} is {value:?}");
}

#[test]
fn an_amount_is_the_exact_sum_of_its_lines() {
    let world = world();
    let mut sums: HashMap<DemoKey, Decimal> = HashMap::new();
    for line in world.of("OpportunityLineItem") {
        let parent = line.reference("OpportunityId").expect("a parent");
        *sums.entry(parent).or_default() += amount(line, "Quantity") * amount(line, "UnitPrice");
    }
    for opportunity in world.of("Opportunity") {
        match sums.get(&opportunity.key) {
            Some(sum) => assert_eq!(*sum, amount(opportunity, "Amount"), "{}", text(opportunity, "Name")),
            None => assert_ne!(text(opportunity, "StageName"), "Closed Won"),
        }
        assert_eq!(opportunity.reference("Pricebook2Id").is_some(), sums.contains_key(&opportunity.key));
    }
}

#[test]
fn a_line_is_priced_in_the_book_of_its_opportunity() {
    let world = world();
    let book_of: HashMap<DemoKey, Option<DemoKey>> =
        world.of("PricebookEntry").map(|entry| (entry.key, entry.reference("Pricebook2Id"))).collect();
    let chosen: HashMap<DemoKey, Option<DemoKey>> =
        world.of("Opportunity").map(|opportunity| (opportunity.key, opportunity.reference("Pricebook2Id"))).collect();
    for line in world.of("OpportunityLineItem") {
        let entry = line.reference("PricebookEntryId").expect("an entry");
        let parent = line.reference("OpportunityId").expect("a parent");
        assert_eq!(book_of[&entry], chosen[&parent]);
    }
}

#[test]
fn nothing_is_older_than_the_books_or_entered_after_today() {
    for day in ["2026-11-21", "2024-02-29", "2025-01-01", "2026-07-06", "2027-03-28"] {
        let today = Date::parse(day).expect("a date");
        let calendar = Calendar::new(today);
        // A day starts earlier in the east than in Greenwich.
        let first = start_of(calendar.opening).plus_ms(-14 * 3_600_000);
        for record in &generate(3, today).records {
            let created = record.created.expect("every record has its day");
            assert!(created >= first && created < start_of(today), "{} was created {created}", record.object);
            for (name, value) in &record.values {
                match value {
                    DemoValue::Value(Value::Date(date)) => {
                        assert!(*date >= calendar.opening, "{}.{name} is {date}", record.object);
                    }
                    DemoValue::Value(Value::DateTime(instant)) => {
                        assert!(*instant >= first, "{}.{name} is {instant}", record.object);
                    }
                    _ => {}
                }
            }
        }
    }
}

#[test]
fn days_follow_each_other_as_they_would_in_life() {
    let world = world();
    let created: HashMap<DemoKey, Instant> =
        world.records.iter().filter_map(|record| Some((record.key, record.created?))).collect();
    for opportunity in world.of("Opportunity") {
        let stage = text(opportunity, "StageName");
        let close = date(opportunity, "CloseDate");
        assert!(start_of(close.plus_days(1)) >= created[&opportunity.key], "{}", text(opportunity, "Name"));
        assert!(!stage.starts_with("Closed") || close < today(), "{stage} on {close}");
        let account = opportunity.reference("AccountId").expect("an account");
        assert!(created[&account] <= created[&opportunity.key].plus_ms(86_400_000), "{}", text(opportunity, "Name"));
    }
    for case in world.of("Case") {
        let closed = case.value("ClosedDate").and_then(Value::as_instant);
        assert_eq!(closed.is_some(), text(case, "Status") == "Closed");
        assert!(closed.is_none_or(|closed| closed > created[&case.key]));
    }
    for lead in world.of("Lead") {
        let converted = lead.value("IsConverted") == Some(&Value::Bool(true));
        assert_eq!(converted, lead.reference("ConvertedOpportunityId").is_some());
        assert_eq!(converted, text(lead, "Status") == "Closed - Converted");
    }
    for event in world.of("Event") {
        let at = |field| event.value(field).and_then(Value::as_instant).expect("an instant");
        let minutes = event.value("DurationInMinutes").and_then(Value::as_decimal).expect("minutes");
        assert_eq!(Decimal::from(at("EndDateTime").ms() - at("StartDateTime").ms()), minutes * Decimal::from(60_000));
    }
}

#[test]
fn what_must_be_unique_is() {
    let world = world();
    for (object, field) in
        [("User", "Username"), ("User", "Alias"), ("Account", "Name"), ("Contact", "Email"), ("Opportunity", "Name")]
    {
        let mut seen = HashSet::new();
        for record in world.of(object) {
            assert!(seen.insert(text(record, field).to_lowercase()), "{object}.{field} {}", text(record, field));
        }
    }
}

#[test]
fn nobody_outside_the_reserved_domains_gets_mail() {
    for record in &world().records {
        for (name, value) in &record.values {
            let DemoValue::Value(Value::Text(value)) = value else { continue };
            let is_address = ["Email", "Username", "Website"].contains(name);
            assert!(!is_address || value.ends_with(".example"), "{}.{name} is {value}", record.object);
        }
    }
}

#[test]
fn the_year_has_the_shape_of_a_year() {
    for seed in 1..=6 {
        let world = generate(seed, today());
        let count = |object: &str| world.of(object).count();
        assert_eq!((count("User"), count("Account"), count("Product2"), count("Campaign")), (24, 180, 12, 3));
        assert_eq!((count("Opportunity"), count("Lead"), count("Case")), (900, 150, 260));
        assert!((400..=520).contains(&count("Contact")), "{} contacts", count("Contact"));
        let activities = count("Task") + count("Event");
        assert!((1_500..=2_100).contains(&activities), "{activities} activities");

        let of_stage = |stage: &str| world.of("Opportunity").filter(|deal| text(deal, "StageName") == stage).count();
        let (won, lost) = (of_stage("Closed Won"), of_stage("Closed Lost"));
        let rate = won * 100 / (won + lost);
        assert!((33..=50).contains(&rate), "{rate} % won");
        assert!(900 - won - lost == 210, "{} open", 900 - won - lost);
        assert!(of_stage("Negotiation/Review") < of_stage("Qualification"), "a funnel narrows");

        let deals_won_in = |month: &str| {
            world
                .of("Opportunity")
                .filter(|deal| text(deal, "StageName") == "Closed Won")
                .filter(|deal| date(deal, "CloseDate").to_string().starts_with(month))
                .count()
        };
        assert!(deals_won_in("2026-08") * 3 < deals_won_in("2025-12") * 2, "August rests, December does not");
        let overdue = world
            .of("Opportunity")
            .filter(|deal| !text(deal, "StageName").starts_with("Closed") && date(deal, "CloseDate") < today())
            .count();
        assert_eq!(overdue, 13);
    }
}

#[test]
fn every_seller_has_customers_won_and_lost_deals_and_a_pipeline() {
    let world = world();
    let mut outcomes: BTreeMap<DemoKey, [usize; 3]> = BTreeMap::new();
    for deal in world.of("Opportunity") {
        let place = match text(deal, "StageName") {
            "Closed Won" => 0,
            "Closed Lost" => 1,
            _ => 2,
        };
        outcomes.entry(deal.reference("OwnerId").expect("an owner")).or_default()[place] += 1;
    }
    for user in world.of("User").filter(|user| text(user, "Title").ends_with("Account Executive")) {
        let counts = outcomes.get(&user.key).expect("deals");
        assert!(counts.iter().all(|count| *count > 0), "{}: {counts:?}", text(user, "Username"));
    }
}
