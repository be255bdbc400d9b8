//! Two small orgs with people and records, and the interface over them.

use identity::{Identities, IdentityConfig, PasswordCost, SessionKind};
use model::{Clock as _, Date, Decimal, RecordId, Value};
use platform::provision::{self, NewOrg};
use platform::{Ctx, Org, OrgSettings, OutboxSummary, Platform, PlatformConfig, RecordDraft};
use std::sync::Arc;
use store::{Backed as _, StoreConfig};
use test_support::{TestClock, TestEntropy};
use web::WebState;

pub(crate) const PASSWORD: &str = "seven-lighthouses";

/// Renders here what a sealed child of the binary renders otherwise.
struct Renderer;

impl platform::Renderer for Renderer {
    fn render(&self, request: Vec<u8>) -> model::Result<Vec<u8>> {
        Ok(render::worker::answer(&request))
    }
}

pub(crate) struct World {
    pub(crate) state: WebState,
    pub(crate) org: Arc<Org>,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) admin: RecordId,
    /// Owns most records.
    pub(crate) rep: RecordId,
    /// Sees what is shared and changes nothing.
    pub(crate) reader: RecordId,
    /// Signs in and may read no object at all.
    pub(crate) stranger: RecordId,
    pub(crate) account: RecordId,
    pub(crate) deal: RecordId,
    /// The sample reports.
    pub(crate) reports: Vec<RecordId>,
    /// An account of the other org.
    pub(crate) foreign_account: RecordId,
    /// The other org's administrator.
    pub(crate) foreign_admin: RecordId,
    pub(crate) other: Arc<Org>,
    _dir: tempfile::TempDir,
}

impl World {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let clock = Arc::new(TestClock::default());
        let config = PlatformConfig {
            store: StoreConfig {
                data_dir: dir.path().join("data"),
                root_key: dir.path().join("root.key").into(),
                postgres_url: None,
                location: "test".to_owned(),
            },
            apps: vec![Arc::new(app_reports::ReportsApp), Arc::new(app_delivery::DeliveryApp::new(delivery()))],
            clock: clock.clone(),
            entropy: Arc::new(TestEntropy::from_seed(11)),
            renderer: Arc::new(Renderer),
            runtime: None,
        };
        let platform = Arc::new(Platform::open(config).expect("a platform"));
        let cost = IdentityConfig { password_cost: PasswordCost::CHEAPEST, ..IdentityConfig::default() };
        let identities = Identities::with_config(platform.clone(), cost).expect("sign-in");
        let made = platform.org_create(&new_org("Northwind Trading", "ada@northwind.example")).expect("an org");
        let ctx = Ctx::for_service(&made.org, &provision::PROVISION).expect("the provisioning service");
        let standard = provision::by_name(&ctx, "Profile", "Standard User").expect("a profile");
        let read_only = provision::by_name(&ctx, "Profile", "Read Only").expect("a profile");
        let empty = provision::insert(&ctx, "Profile", &[("Name", "Nothing".into())]).expect("a profile");
        let rep = user(&ctx, "Maya", "Lindqvist", standard);
        let reader = user(&ctx, "Tomás", "Herrera", read_only);
        let stranger = user(&ctx, "Sam", "Stranger", empty);
        for person in [made.admin, rep, reader, stranger] {
            identities.set_password(&made.org, person, PASSWORD).expect("a password");
        }
        let (account, deal) = fill(&Ctx::for_user(&made.org, rep).expect("the rep"));

        let reports = app_reports::ensure_samples(&Ctx::for_user(&made.org, rep).expect("the rep")).expect("reports");

        let other = platform.org_create(&new_org("Elsewhere", "eve@elsewhere.example")).expect("an org");
        let eve = Ctx::for_user(&other.org, other.admin).expect("the administrator");
        // The counters of orgs run alike: this one is taken further, so that its ids are in no other org.
        let made_by_eve: Vec<RecordId> =
            (0..60).map(|_| create(&eve, "Account", &[("Name", "CANARY of elsewhere".into())])).collect();
        let foreign_account = made_by_eve[59];
        identities.set_password(&other.org, other.admin, PASSWORD).expect("a password");

        let state = WebState { platform, identities, public_url: "http://localhost".to_owned(), secure_cookies: false };
        Self {
            state,
            org: made.org,
            clock,
            admin: made.admin,
            rep,
            reader,
            stranger,
            account,
            deal,
            reports,
            foreign_account,
            foreign_admin: other.admin,
            other: other.org,
            _dir: dir,
        }
    }

    pub(crate) fn ctx(&self, user: RecordId) -> Ctx {
        Ctx::for_user(&self.org, user).expect("an active user")
    }

    /// The token and anti-forgery token of a new session.
    pub(crate) fn session(&self, user: RecordId) -> (String, String) {
        let opened =
            self.state.identities.open_session(&self.org, user, SessionKind::Browser, "test").expect("a session");
        (opened.token, opened.csrf)
    }

    pub(crate) fn create(&self, user: RecordId, object: &str, values: &[(&str, Value)]) -> RecordId {
        create(&self.ctx(user), object, values)
    }

    pub(crate) fn update(&self, user: RecordId, object: &str, id: RecordId, values: &[(&str, Value)]) {
        let ctx = self.ctx(user);
        let schema = ctx.object(object).expect("a readable object");
        let draft = values.iter().fold(RecordDraft::of(id), |draft, (field, value)| {
            draft.set(schema, field, value.clone()).expect("a field")
        });
        ctx.record_update(object, draft).unwrap_or_else(|error| panic!("{object}: {error}"));
    }

    /// The deal is shared with the reader through a group.
    pub(crate) fn share_deal(&self) {
        let values = [("Name", "Deal desk".into()), ("Type", "Regular".into())];
        let group = self.create(self.admin, "Group", &values);
        let member = [("GroupId", group.into()), ("UserOrGroupId", self.reader.into())];
        self.create(self.admin, "GroupMember", &member);
        let share = [
            ("OpportunityId", self.deal.into()),
            ("UserOrGroupId", group.into()),
            ("OpportunityAccessLevel", "Edit".into()),
        ];
        self.create(self.rep, "OpportunityShare", &share);
    }

    /// The dashboard of the sample reports.
    pub(crate) fn dashboard(&self) -> RecordId {
        let text = "SELECT Id FROM Dashboard LIMIT 1";
        let (_, rows) = self.ctx(self.rep).query_all_rows(text, platform::QueryOptions::default()).expect("rows");
        rows.first().expect("a dashboard").id
    }

    /// A message in the outbox; its place in it.
    pub(crate) fn mail(&self, to: &str, message: &str) -> i64 {
        let summary = OutboxSummary {
            from: "reports@northwind.example".to_owned(),
            to: to.to_owned(),
            subject: "Weekly pipeline".to_owned(),
            message_id: "<1@northwind.example>".to_owned(),
            bytes: message.len(),
            return_path: String::new(),
        };
        let item = store::NewOutboxItem {
            kind: "mail".to_owned(),
            due: self.clock.now(),
            reference: None,
            summary: serde_json::to_string(&summary).expect("json"),
            payload: message.as_bytes().to_vec(),
        };
        self.org.store().write(|tx| tx.outbox_put(&item)).expect("a message in the outbox")
    }
}

fn new_org(name: &str, admin: &str) -> NewOrg {
    NewOrg {
        settings: OrgSettings {
            name: name.to_owned(),
            currency: "EUR".to_owned(),
            zone: "Europe/Berlin".to_owned(),
            locale: "en_GB".to_owned(),
            fiscal_start_month: 1,
            password_api_sign_in: false,
            security_token_required: true,
        },
        admin_username: admin.to_owned(),
        admin_email: admin.to_owned(),
        admin_first_name: "Ada".to_owned(),
        admin_last_name: "Admin".to_owned(),
    }
}

fn user(ctx: &Ctx, first: &str, last: &str, profile: RecordId) -> RecordId {
    let name = model::text::fold(first);
    let address = format!("{name}@northwind.example");
    provision::insert(
        ctx,
        "User",
        &[
            ("Username", address.as_str().into()),
            ("Email", address.as_str().into()),
            ("FirstName", first.into()),
            ("LastName", last.into()),
            ("Alias", name.chars().take(8).collect::<String>().into()),
            ("TimeZoneSidKey", "Europe/Berlin".into()),
            ("LocaleSidKey", "en_GB".into()),
            ("LanguageLocaleKey", "en_US".into()),
            ("EmailEncodingKey", "UTF-8".into()),
            ("ProfileId", profile.into()),
            ("IsActive", true.into()),
        ],
    )
    .expect("a user")
}

pub(crate) fn create(ctx: &Ctx, object: &str, values: &[(&str, Value)]) -> RecordId {
    let schema = ctx.object(object).expect("a readable object");
    let draft = values
        .iter()
        .fold(RecordDraft::new(), |draft, (field, value)| draft.set(schema, field, value.clone()).expect("a field"));
    ctx.record_create(object, draft).unwrap_or_else(|error| panic!("{object}: {error}"))
}

/// Account, industry, city, revenue.
const ACCOUNTS: [(&str, &str, &str, i64); 8] = [
    ("Baltic Fresh Logistics", "Shipping", "Tallinn", 48_000_000),
    ("Meridian Health Partners", "Healthcare", "Lyon", 212_500_000),
    ("Nordlys Energi", "Energy", "Bergen", 1_840_000_000),
    ("Harbour Credit Union", "Banking", "Cork", 96_300_000),
    ("Tidewater Utilities", "Utilities", "Porto", 410_000_000),
    ("Sable Motors", "Manufacturing", "Turin", 733_000_000),
    ("The Consolidated Instrument & Apparatus Company of Northern Europe", "Electronics", "Aalborg", 999_999_999_999),
    ("Plover Outfitters", "Retail", "Leeds", 7_400_000),
];

/// Name, account, stage, amount, close date, next step.
const DEALS: [(&str, usize, &str, i64, &str, &str); 14] = [
    ("Cold-chain monitoring, 40 sites", 0, "Negotiation/Review", 184_500, "2026-11-28", "Legal reviews the terms"),
    ("Warehouse tablets", 0, "Closed Lost", 21_900, "2026-10-28", ""),
    ("Security add-on", 1, "Negotiation/Review", 88_400, "2026-11-30", "Signature of the data processing terms"),
    ("Data residency upgrade", 1, "Needs Analysis", 56_000, "2027-01-15", ""),
    ("Seat expansion, +120", 2, "Proposal/Price Quote", 47_520, "2026-12-05", "Call with procurement"),
    ("Consolidation of three orgs", 2, "Proposal/Price Quote", 118_900, "2026-11-12", "Architecture review"),
    ("Branch network, phase 2", 3, "Closed Won", 310_250, "2026-11-02", ""),
    ("Branch network, phase 1", 3, "Closed Won", 164_000, "2026-08-20", ""),
    ("Field service rollout", 4, "Qualification", 245_000, "2027-02-26", ""),
    ("Dealer portal", 5, "Perception Analysis", 132_800, "2026-12-04", "Pricing approval"),
    (
        "Measuring instruments for the whole of Northern Europe, 2027–2031",
        6,
        "Value Proposition",
        999_999_999_999,
        "2027-03-31",
        "",
    ),
    ("Annual training package", 7, "Closed Won", 18_600, "2026-10-09", ""),
    ("Quote automation", 7, "Negotiation/Review", 33_400, "2026-11-27", ""),
    ("Migration from spreadsheets", 7, "Prospecting", 14_250, "2027-01-16", "Demo with finance"),
];

fn date(text: &str) -> Value {
    Value::Date(Date::parse(text).expect("a date"))
}

fn fill(ctx: &Ctx) -> (RecordId, RecordId) {
    let accounts: Vec<RecordId> = ACCOUNTS
        .iter()
        .map(|(name, industry, city, revenue)| {
            let values = [
                ("Name", (*name).into()),
                ("Industry", (*industry).into()),
                ("BillingCity", (*city).into()),
                ("BillingStreet", "12 Quay Street".into()),
                ("Phone", "+49 30 1234 567".into()),
                ("Website", "https://example.com".into()),
                ("AnnualRevenue", Value::Number(Decimal::from(*revenue))),
            ];
            create(ctx, "Account", &values)
        })
        .collect();
    let contact = create(
        ctx,
        "Contact",
        &[
            ("FirstName", "Liis".into()),
            ("LastName", "Tamm".into()),
            ("Title", "Head of operations".into()),
            ("Email", "liis@example.com".into()),
            ("AccountId", accounts[0].into()),
        ],
    );
    create(
        ctx,
        "Contact",
        &[
            ("FirstName", "Kristjan".into()),
            ("LastName", "Mägi".into()),
            ("Title", "Buyer".into()),
            ("AccountId", accounts[0].into()),
        ],
    );
    let deals: Vec<RecordId> = DEALS
        .iter()
        .map(|(name, account, stage, amount, close, next)| {
            let mut values = vec![
                ("Name", (*name).into()),
                ("AccountId", accounts[*account].into()),
                ("StageName", (*stage).into()),
                ("Amount", Value::Number(Decimal::from(*amount))),
                ("CloseDate", date(close)),
            ];
            if !next.is_empty() {
                values.push(("NextStep", (*next).into()));
            }
            create(ctx, "Opportunity", &values)
        })
        .collect();
    for (subject, day, status) in [
        ("Send the revised offer", "2026-11-19", "Not Started"),
        ("Call Liis about the pilot", "2026-11-24", "Not Started"),
        ("Call", "2026-11-10", "Completed"),
    ] {
        let values = [
            ("Subject", subject.into()),
            ("ActivityDate", date(day)),
            ("Status", status.into()),
            ("WhatId", deals[0].into()),
            ("WhoId", contact.into()),
            ("Description", "First ten sites before the winter.".into()),
        ];
        create(ctx, "Task", &values);
    }
    for at in 0..6 {
        create(
            ctx,
            "Lead",
            &[
                ("FirstName", "Lee".into()),
                ("LastName", format!("Lead {at}").into()),
                ("Company", "Kestrel Analytics".into()),
            ],
        );
    }
    create(
        ctx,
        "Case",
        &[
            ("Subject", "Sensor 14 reports no temperature".into()),
            ("AccountId", accounts[0].into()),
            ("ContactId", contact.into()),
            ("Priority", "High".into()),
            ("Origin", "Phone".into()),
        ],
    );
    (accounts[0], deals[0])
}

fn delivery() -> app_delivery::DeliveryConfig {
    app_delivery::DeliveryConfig {
        public_url: "https://northwind.example".to_owned(),
        from_name: "Reports".to_owned(),
        from_address: "reports@northwind.example".to_owned(),
        bounce_address: None,
    }
}
