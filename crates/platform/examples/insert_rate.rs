//! How many records a second one bulk load saves, with checks, hooks, audit and indexes, into an encrypted file:
//! `cargo run --release -p platform --example insert_rate [rows] [batch]`.

use model::schema::{FieldDef, ObjectDef};
use model::{Date, Decimal, Value};
use platform::provision::NewOrg;
use platform::{Ctx, OrgSettings, Platform, PlatformConfig, RecordDraft, SaveOptions, SystemClock, SystemEntropy};
use std::io::Write as _;
use std::sync::Arc;

struct NoRenderer;

impl platform::Renderer for NoRenderer {
    fn render(&self, _request: Vec<u8>) -> model::Result<Vec<u8>> {
        Err(model::Error::internal("nothing is rendered here"))
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut numbers = std::env::args().skip(1).map(|text| text.parse::<usize>());
    let rows = numbers.next().transpose()?.unwrap_or(100_000);
    let batch = numbers.next().transpose()?.unwrap_or(10_000);
    let dir = tempfile::tempdir()?;
    let data_dir = dir.path().join("data");
    let config = dir.path().join("config");
    std::fs::create_dir_all(&config)?;
    let platform = Platform::open(PlatformConfig {
        store: platform::StoreConfig {
            data_dir,
            root_key: config.join("root.key").into(),
            postgres_url: None,
            location: "here".to_owned(),
        },
        apps: Vec::new(),
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
        renderer: Arc::new(NoRenderer),
        runtime: None,
    })?;
    let made = platform.org_create(&NewOrg {
        settings: OrgSettings {
            name: "Load".to_owned(),
            currency: "EUR".to_owned(),
            zone: "UTC".to_owned(),
            locale: "en_GB".to_owned(),
            fiscal_start_month: 1,
            password_api_sign_in: false,
            security_token_required: true,
        },
        admin_username: "admin@load.example".to_owned(),
        admin_email: "admin@load.example".to_owned(),
        admin_first_name: "Ada".to_owned(),
        admin_last_name: "Load".to_owned(),
    })?;
    let meter = ObjectDef::new("Meter__c", "Meter", "Meters", "a00")
        .field(FieldDef::text("Name", "Name", 80))
        .field(FieldDef::text("Serial__c", "Serial", 40).external_id())
        .field(FieldDef::text("Place__c", "Place", 80))
        .field(FieldDef::lookup("Account__c", "Account", "Account"))
        .field(FieldDef::number("Reading__c", "Reading", 18, 3))
        .field(FieldDef::currency("Price__c", "Price"))
        .field(FieldDef::date("Installed__c", "Installed"))
        .field(FieldDef::boolean("Active__c", "Active", true))
        .field(FieldDef::picklist("Kind__c", "Kind", &["Gas", "Water", "Power"]))
        .field(FieldDef::int("Floor__c", "Floor"));
    Ctx::for_user(&made.org, made.admin)?.objects_create(vec![meter])?;
    let ctx = Ctx::for_user(&made.org, made.admin)?;
    let account = ctx.object("Account")?;
    let account = ctx.record_create("Account", RecordDraft::new().set(account, "Name", "Owner")?)?;
    let meter = ctx.object("Meter__c")?;
    let ix = |name: &str| meter.find_field(name).map(|field| field.ix).ok_or("no field");
    let fields = [
        ix("Name")?,
        ix("Serial__c")?,
        ix("Place__c")?,
        ix("Account__c")?,
        ix("Reading__c")?,
        ix("Price__c")?,
        ix("Installed__c")?,
        ix("Active__c")?,
        ix("Kind__c")?,
        ix("Floor__c")?,
    ];
    let draft = |n: usize| {
        let count = i64::try_from(n).unwrap_or(0);
        let values = [
            Value::from(format!("Meter {n}")),
            Value::from(format!("S-{:08}", (n * 7919) % 99_999_989)),
            Value::from(format!("Street {}, house {}", n % 977, n % 89)),
            Value::Id(account),
            Value::Number(Decimal::new(count * 37, 3)),
            Value::Number(Decimal::new(count * 13, 2)),
            Value::Date(Date::from_days(20_000 + i32::try_from(n % 3000).unwrap_or(0))),
            Value::Bool(!n.is_multiple_of(3)),
            Value::from(["Gas", "Water", "Power"][n % 3]),
            Value::Int(count % 40),
        ];
        RecordDraft { id: None, values: fields.iter().copied().zip(values).collect() }
    };
    let mut loaded = 0;
    let start = ctx.now();
    while loaded < rows {
        let size = batch.min(rows - loaded);
        let drafts: Vec<RecordDraft> = (loaded..loaded + size).map(draft).collect();
        let results = ctx.records_create("Meter__c", drafts, SaveOptions::default())?;
        if let Some(bad) = results.iter().find(|result| !result.is_success()) {
            return Err(format!("{bad:?}").into());
        }
        loaded += size;
    }
    let ms = ctx.now().ms() - start.ms();
    let rate = i64::try_from(rows)? * 1000 / ms.max(1);
    writeln!(std::io::stdout(), "{rows} records of 10 fields in {ms} ms: {rate} a second")?;
    Ok(())
}
