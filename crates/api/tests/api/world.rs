//! Two small orgs behind one router: everything a request can be made from.

use crate::contract;
use api::{ApiLimits, ApiState};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use identity::{GrantKind, Identities, IdentityConfig, NewClient, PasswordCost, SessionKind};
use model::schema::{FieldDef, ObjectDef};
use model::{RecordId, Value};
use platform::provision::{self, MadeOrg, NewOrg};
use platform::{Ctx, Org, OrgSettings, Platform, PlatformConfig, QueryOptions, StoreConfig};
use serde_json::{Value as Json, json};
use std::sync::{Arc, OnceLock};
use test_support::{TestClock, TestEntropy};
use tower::ServiceExt;

pub(crate) const PUBLIC_URL: &str = "https://crm.test.example";
pub(crate) const PASSWORD: &str = "correct-horse-battery";
pub(crate) const CLIENT_ID: &str = "holdfast.tests";
pub(crate) const CLIENT_SECRET: &str = "a secret: with /+& signs";

/// The renderer without its process.
struct InProcess;

impl platform::Renderer for InProcess {
    fn render(&self, request: Vec<u8>) -> model::Result<Vec<u8>> {
        Ok(render::worker::answer(&request))
    }
}

pub(crate) struct World {
    pub(crate) identities: Identities,
    pub(crate) org: Arc<Org>,
    pub(crate) admin: RecordId,
    /// Standard User.
    pub(crate) rep: RecordId,
    /// May use the API and nothing in it.
    pub(crate) nobody: RecordId,
    /// Reads in the browser, may not use the API.
    pub(crate) reader: RecordId,
    pub(crate) other_org: Arc<Org>,
    pub(crate) other_admin: RecordId,
    pub(crate) platform: Arc<Platform>,
    router: Router,
    runtime: tokio::runtime::Runtime,
    document: OnceLock<Json>,
    _dir: tempfile::TempDir,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    /// Of a body that is text.
    pub(crate) text: String,
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Json {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error} in {}", self.text))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    #[track_caller]
    pub(crate) fn expect(&self, status: u16) -> Json {
        assert_eq!(self.status, status, "{}", self.text);
        if self.text.is_empty() { Json::Null } else { self.json() }
    }

    /// The code and message of the one error in the reply.
    #[track_caller]
    pub(crate) fn error(&self, status: u16) -> (String, String) {
        let body = self.expect(status);
        let part = |name: &str| body[0][name].as_str().unwrap_or_default().to_owned();
        assert_eq!(body.as_array().map(Vec::len), Some(1), "{}", self.text);
        (part("errorCode"), part("message"))
    }
}

impl World {
    pub(crate) fn new() -> Self {
        Self::at(PUBLIC_URL)
    }

    pub(crate) fn at(public_url: &str) -> Self {
        Self::limited(public_url, ApiLimits::default())
    }

    pub(crate) fn limited(public_url: &str, limits: ApiLimits) -> Self {
        let dir = tempfile::tempdir().expect("a temporary directory");
        // Every look moves it, so that stamps differ.
        let clock = TestClock::default();
        clock.tick(1);
        let platform = Platform::open(PlatformConfig {
            store: StoreConfig {
                data_dir: dir.path().join("data"),
                root_key: dir.path().join("root.key").into(),
                postgres_url: None,
                location: "test".to_owned(),
            },
            apps: vec![Arc::new(app_reports::ReportsApp)],
            clock: Arc::new(clock),
            entropy: Arc::new(TestEntropy::from_seed(7)),
            renderer: Arc::new(InProcess),
            runtime: None,
        });
        let platform = Arc::new(platform.expect("a platform"));
        let config = IdentityConfig { password_cost: PasswordCost::CHEAPEST, ..IdentityConfig::default() };
        let identities = Identities::with_config(platform.clone(), config).expect("a cost that argon2id knows");
        let made = make_org(&platform, "one");
        let other = make_org(&platform, "two");
        let admin_ctx = Ctx::for_user(&made.org, made.admin).expect("the administrator");
        admin_ctx.objects_create(objects()).expect("custom objects");
        let ctx = Ctx::for_service(&made.org, &provision::PROVISION).expect("the provisioning service");
        let standard = provision::by_name(&ctx, "Profile", "Standard User").expect("a profile");
        let read_only = provision::by_name(&ctx, "Profile", "Read Only").expect("a profile");
        let nothing = empty_profile(&ctx);
        let state = ApiState {
            platform: platform.clone(),
            identities: identities.clone(),
            public_url: public_url.to_owned(),
            limits,
        };
        Self {
            admin: made.admin,
            rep: user(&ctx, "rep", standard),
            nobody: user(&ctx, "nobody", nothing),
            reader: user(&ctx, "reader", read_only),
            org: made.org,
            other_org: other.org,
            other_admin: other.admin,
            platform,
            router: api::router(state),
            identities,
            runtime: tokio::runtime::Builder::new_multi_thread()
                .worker_threads(2)
                .enable_all()
                .build()
                .expect("a runtime"),
            document: OnceLock::new(),
            _dir: dir,
        }
    }

    pub(crate) fn router(&self) -> Router {
        self.router.clone()
    }

    pub(crate) fn runtime(&self) -> &tokio::runtime::Runtime {
        &self.runtime
    }

    /// A live token of a program that acts as the user.
    pub(crate) fn token(&self, user: RecordId) -> String {
        self.token_in(&self.org, user)
    }

    pub(crate) fn token_in(&self, org: &Arc<Org>, user: RecordId) -> String {
        self.identities.open_session(org, user, SessionKind::Api, "tests").expect("a session").token
    }

    /// A password with its security token behind it.
    pub(crate) fn password(&self, user: RecordId) -> String {
        self.identities.set_password(&self.org, user, PASSWORD).expect("a good password");
        format!("{PASSWORD}{}", self.identities.reset_security_token(&self.org, user).expect("a token"))
    }

    pub(crate) fn register_client(&self, run_as: Option<RecordId>) {
        let client = NewClient {
            client_id: CLIENT_ID.to_owned(),
            name: "Tests".to_owned(),
            secret: Some(CLIENT_SECRET.to_owned()),
            redirect_uris: Vec::new(),
            run_as,
            grants: if run_as.is_some() {
                vec![GrantKind::Password, GrantKind::ClientCredentials]
            } else {
                vec![GrantKind::Password]
            },
        };
        self.identities.client_register(&self.org, client).expect("a client");
    }

    /// Sends a request; its answer is held against the OpenAPI document.
    pub(crate) fn send(&self, request: Request<Body>) -> Answer {
        let (method, path) = (request.method().to_string(), request.uri().to_string());
        let answer = self.send_unchecked(request);
        let document = self.document.get_or_init(|| {
            let request = Request::builder().uri("/services/openapi.json").body(Body::empty()).expect("a request");
            self.send_unchecked(request).expect(200)
        });
        contract::check(document, &method, &path, answer.status, answer.header("content-type"), &answer.text);
        answer
    }

    fn send_unchecked(&self, request: Request<Body>) -> Answer {
        self.runtime.block_on(async {
            let response = self.router.clone().oneshot(request).await.expect("the router never fails");
            let (parts, body) = response.into_parts();
            let bytes = to_bytes(body, usize::MAX).await.expect("a body");
            // Files begin as those of their kind do; all else is text.
            let is_file = bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"%PDF");
            let text = if is_file { String::new() } else { String::from_utf8(bytes.to_vec()).expect("UTF-8") };
            Answer { status: parts.status.as_u16(), headers: parts.headers, text, bytes: bytes.to_vec() }
        })
    }

    /// A request with a token and, for the methods that take one, a JSON body.
    pub(crate) fn call(&self, token: &str, method: &str, path: &str, body: Option<&Json>) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if !token.is_empty() {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let body = match body {
            Some(body) => {
                request = request.header("content-type", "application/json");
                Body::from(body.to_string())
            }
            None => Body::empty(),
        };
        self.send(request.body(body).expect("a request"))
    }

    /// A request without a body, or with `{}` where the method takes one, and with further headers.
    pub(crate) fn ask(&self, token: &str, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
        let request = Request::builder().method(method).uri(path).header("authorization", format!("Bearer {token}"));
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let body = if matches!(method, "POST" | "PATCH") { Body::from("{}") } else { Body::empty() };
        self.send(request.body(body).expect("a request"))
    }

    /// Leaves Standard Users these fields of an object and no other.
    pub(crate) fn show_only(&self, object: &str, fields: &[&str]) {
        let ctx = Ctx::for_service(&self.org, &provision::PROVISION).expect("the provisioning service");
        let set = provision::profile_set(&ctx, "Standard User").expect("a set");
        let text = format!("SELECT Id FROM FieldPermissions WHERE ParentId = '{set}' AND SobjectType = '{object}'");
        let (_, rows) = ctx.query_all_rows(&text, QueryOptions::default()).expect("rows");
        let admin = Ctx::for_user(&self.org, self.admin).expect("the administrator");
        for row in rows {
            admin.record_delete("FieldPermissions", row.id).expect("a delete");
        }
        for field in fields {
            let row = json!({"ParentId": set.to_string(), "SobjectType": object, "Field": format!("{object}.{field}"),
                             "PermissionsRead": true, "PermissionsEdit": true});
            self.create("FieldPermissions", &row);
        }
    }

    pub(crate) fn get(&self, token: &str, path: &str) -> Answer {
        self.call(token, "GET", path, None)
    }

    /// Uploads rows.
    pub(crate) fn put_csv(&self, token: &str, path: &str, rows: impl Into<Body>) -> Answer {
        let request = Request::builder()
            .method("PUT")
            .uri(path)
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "text/csv");
        self.send(request.body(rows.into()).expect("a request"))
    }

    /// Works on bulk jobs until none waits.
    pub(crate) fn work(&self) {
        while self.org.bulk_turn().expect("a turn") {}
    }

    pub(crate) fn query(&self, token: &str, soql: &str) -> Answer {
        self.get(token, &format!("/services/data/v60.0/query?q={}", encode(soql)))
    }

    pub(crate) fn form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
        let request =
            Request::builder().method("POST").uri(path).header("content-type", "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(body.join("&"))).expect("a request"))
    }

    /// Creates a record as the administrator and returns its id.
    pub(crate) fn create(&self, object: &str, body: &Json) -> String {
        let answer =
            self.call(&self.token(self.admin), "POST", &format!("/services/data/v60.0/sobjects/{object}"), Some(body));
        answer.expect(u16::from(StatusCode::CREATED))["id"].as_str().expect("an id").to_owned()
    }
}

/// Everything but letters and digits, percent-encoded.
pub(crate) fn encode(text: &str) -> String {
    text.bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

fn make_org(platform: &Platform, name: &str) -> MadeOrg {
    let address = format!("admin@{name}.example");
    let new = NewOrg {
        settings: OrgSettings {
            name: format!("Org {name}"),
            currency: "EUR".to_owned(),
            zone: "Europe/Berlin".to_owned(),
            locale: "en_GB".to_owned(),
            fiscal_start_month: 1,
            password_api_sign_in: true,
            security_token_required: true,
        },
        admin_username: address.clone(),
        admin_email: address,
        admin_first_name: "Ada".to_owned(),
        admin_last_name: "Admin".to_owned(),
    };
    platform.org_create(&new).expect("an org")
}

fn objects() -> Vec<ObjectDef> {
    let upserts = ObjectDef::new("UpsertTable__c", "Upsert row", "Upsert rows", "a00")
        .field(FieldDef::text("Name", "Name", 80))
        .field(FieldDef::text("ExtId__c", "External id", 50).external_id())
        .field(FieldDef::text("Key__c", "Key", 50).external_id().unique())
        .field(FieldDef::number("Number__c", "Number", 18, 2).external_id())
        .field(FieldDef::lookup("Parent__c", "Parent", "UpsertTable__c").children("Children__r"));
    let big = ObjectDef::new("BigTable__c", "Big row", "Big rows", "a01")
        .field(FieldDef::auto_number("Name", "Number", "{00000000}"))
        .field(FieldDef::int("Count__c", "Count"));
    vec![upserts, big]
}

/// A profile with the right to use the API and to no object.
fn empty_profile(ctx: &Ctx) -> RecordId {
    let profile = provision::insert(ctx, "Profile", &[("Name", "Nothing".into())]).expect("a profile");
    let set: [(&str, Value); 6] = [
        ("Name", "X_Nothing".into()),
        ("Label", "Nothing".into()),
        ("Type", "Profile".into()),
        ("IsOwnedByProfile", true.into()),
        ("ProfileId", profile.into()),
        ("PermissionsApiEnabled", true.into()),
    ];
    provision::insert(ctx, "PermissionSet", &set).expect("a permission set");
    profile
}

fn user(ctx: &Ctx, name: &str, profile: RecordId) -> RecordId {
    let address = format!("{name}@one.example");
    let values: [(&str, Value); 10] = [
        ("Username", address.as_str().into()),
        ("Email", address.as_str().into()),
        ("FirstName", "Uma".into()),
        ("LastName", name.into()),
        ("Alias", name.into()),
        ("TimeZoneSidKey", "Europe/Berlin".into()),
        ("LocaleSidKey", "en_GB".into()),
        ("LanguageLocaleKey", "en_US".into()),
        ("EmailEncodingKey", "UTF-8".into()),
        ("ProfileId", profile.into()),
    ];
    let mut values = values.to_vec();
    values.push(("IsActive", true.into()));
    provision::insert(ctx, "User", &values).expect("a user")
}
