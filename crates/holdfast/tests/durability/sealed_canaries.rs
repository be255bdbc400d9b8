//! Values of encrypted fields, searched for in everything that is left of them anywhere: data and write-ahead logs of both
//! stores, temporary files, the logs of both servers at their most talkative, refusals, backups, copies of keys. After
//! everything that people do with such fields, and after every act in the life of a key.

use crate::api::Api;
use crate::canaries::{encodings, files_below};
use crate::place::Site;
use aho_corasick::AhoCorasick;
use model::schema::{FieldDef, FieldType, Sealing, ValidationRule};
use platform::{KeyDestruction, SteppedUp};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::path::PathBuf;
use std::time::SystemTime;
use store::{Backed as _, Purpose, ResealOutcome};
use test_support::OwnPostgres;

/// All that PostgreSQL can be told to say, and values that it spills.
const TALKATIVE: &str = "log_statement = 'all'\nlog_min_duration_statement = 0\nlog_min_messages = debug1\n\
    log_min_error_statement = debug5\nlog_error_verbosity = verbose\nlog_parameter_max_length = -1\n\
    log_parameter_max_length_on_error = -1\nlog_lock_waits = on\nlog_temp_files = 0\nwork_mem = '64kB'\n";

/// Rounds of planting. Each plants its own values, so that what an act leaves behind is told from what was there.
const ROUNDS: u64 = 16;

/// Every value begins with this, and nothing else does. In small letters: a token is made of the folded text.
const CANARY: &str = "geheimerkanarienvogel";

fn canary(number: u64, field: &str) -> String {
    format!("{CANARY}{field}{number:02}")
}

const SALARY: i64 = 7_391_046_258;

/// The salary in digits, and as a store would keep it: scaled, in eight bytes, either end first.
fn salaries() -> [Vec<u8>; 3] {
    let scaled = SALARY * 100;
    [SALARY.to_string().into_bytes(), scaled.to_be_bytes().to_vec(), scaled.to_le_bytes().to_vec()]
}

struct Search {
    searcher: AhoCorasick,
    patterns: Vec<Vec<u8>>,
    /// What was looked at before and is as it was.
    known: HashMap<PathBuf, (SystemTime, u64)>,
    looked_at: usize,
}

impl Search {
    fn new() -> Self {
        let patterns: Vec<Vec<u8>> = encodings(CANARY).into_iter().chain(salaries()).collect();
        let searcher = AhoCorasick::new(&patterns).expect("sound patterns");
        Self { searcher, patterns, known: HashMap::new(), looked_at: 0 }
    }

    fn within(&mut self, place: &str, bytes: &[u8]) {
        self.looked_at += bytes.len();
        if let Some(found) = self.searcher.find(bytes) {
            let pattern = String::from_utf8_lossy(&self.patterns[found.pattern().as_usize()]);
            let around = &bytes[found.start().saturating_sub(200)..bytes.len().min(found.end() + 100)];
            panic!("{place} holds {pattern} at {}: {}", found.start(), String::from_utf8_lossy(around));
        }
    }

    fn everywhere(&mut self, act: &str, site: &Site, server: Option<&OwnPostgres>) {
        for folder in [Some(site.folder()), server.map(OwnPostgres::home)].into_iter().flatten() {
            for file in files_below(folder) {
                // A running PostgreSQL removes files of its own while they are listed.
                let Ok(found) = std::fs::metadata(&file) else { continue };
                let state = (found.modified().expect("a time"), found.len());
                if self.known.insert(file.clone(), state) == Some(state) {
                    continue;
                }
                if let Ok(bytes) = std::fs::read(&file) {
                    self.within(&format!("after {act}: {}", file.display()), &bytes);
                }
            }
        }
    }
}

/// An object's fields: one of each kind of sealing, tracked where they can be, read by a formula and by a rule.
fn prepare(site: &Site) {
    site.with(|_, admin| {
        let token = Sealing::Token { case_sensitive: false };
        let fields = vec![
            FieldDef::text("Ssn__c", "Number", 60).external_id().unique().tracked().sealed(token),
            FieldDef::text("Secret__c", "Secret", 60).tracked().sealed(Sealing::Probabilistic),
            FieldDef::email("Mail__c", "Mail").sealed(token),
            FieldDef::currency("Salary__c", "Salary").tracked().sealed(Sealing::Probabilistic),
        ];
        admin.fields_create("Account", fields).expect("fields");
        let shown = FieldDef::formula("Shown__c", "Shown", "Ssn__c & '/' & Secret__c", FieldType::Text { length: 255 });
        let admin = platform::Ctx::for_user(admin.org(), admin.user().id).expect("an active user");
        admin.fields_create("Account", vec![shown]).expect("a formula");
        let rule = ValidationRule {
            name: "No_refused".to_owned(),
            condition: "CONTAINS(Secret__c, 'vogelrefused')".to_owned(),
            message: "Such a secret is not kept.".to_owned(),
            field: Some("Secret__c".to_owned()),
            ..ValidationRule::default()
        };
        admin.validation_rule_put("Account", rule).expect("a rule");
    });
}

/// Everything that people do with encrypted fields. What is refused must not repeat the value.
fn plant(api: &Api, number: u64, search: &mut Search) {
    let call = |method: &str, path: &str, body: Value| api.call(method, path, Some(&body)).expect("an answer");
    let (ssn, secret, mail) = (canary(number, "ssn"), canary(number, "secret"), canary(number, "mail"));
    let whole = json!({
        "Name": format!("account {number}"),
        "Ssn__c": ssn, "Secret__c": secret, "Mail__c": format!("{mail}@example.com"), "Salary__c": SALARY,
    });
    let made = call("POST", "sobjects/Account", whole.clone());
    assert_eq!(made.status, 201, "{}", made.body);
    let account = format!("sobjects/Account/{}", made.body["id"].as_str().expect("an id"));
    // What stood there before goes into the field history, and comes back.
    for text in ["open words", &secret] {
        let body = json!({ "Secret__c": text, "Salary__c": SALARY });
        assert_eq!(call("PATCH", &account, body).status, 204);
    }
    let upserted = call("PATCH", &format!("sobjects/Account/Ssn__c/{ssn}"), json!({ "Name": "again" }));
    assert!(upserted.status < 300, "{}", upserted.body);

    let refused = canary(number, "refused");
    let mut refuse = |code: &str, method: &str, path: &str, body: Value| {
        let reply = call(method, path, body);
        assert_eq!(reply.body[0]["errorCode"], code, "{}", reply.body);
        search.within(code, reply.body.to_string().as_bytes());
    };
    refuse("DUPLICATE_VALUE", "POST", "sobjects/Account", whole);
    refuse("FIELD_CUSTOM_VALIDATION_EXCEPTION", "PATCH", &account, json!({ "Secret__c": refused }));
    refuse("STRING_TOO_LONG", "PATCH", &account, json!({ "Secret__c": refused.repeat(3) }));
    refuse("INVALID_EMAIL_ADDRESS", "PATCH", &account, json!({ "Mail__c": refused }));
    refuse("JSON_PARSER_ERROR", "PATCH", &account, json!({ "Salary__c": refused }));
    let quoted =
        |soql: String| percent_encoding::utf8_percent_encode(&soql, percent_encoding::NON_ALPHANUMERIC).to_string();
    for condition in
        [format!("Ssn__c LIKE '{ssn}%'"), format!("Secret__c = '{secret}'"), format!("Salary__c > {}", SALARY)]
    {
        let path = format!("query?q={}", quoted(format!("SELECT Id FROM Account WHERE {condition}")));
        let reply = api.call("GET", &path, None).expect("an answer");
        assert_eq!(reply.body[0]["errorCode"], "INVALID_FIELD", "{}", reply.body);
    }
    let found = api.query(&format!("SELECT Shown__c, Ssn__c, Mail__c, Salary__c FROM Account WHERE Ssn__c = '{ssn}'"));
    assert_eq!(found.len(), 1, "it is there");
    assert_eq!(found[0]["Shown__c"], format!("{ssn}/{secret}"));
    for soql in [
        format!("SELECT Id FROM Account WHERE Mail__c IN ('{mail}@example.com') OR Ssn__c != '{ssn}' ORDER BY Name"),
        "SELECT Ssn__c, COUNT(Id) FROM Account GROUP BY Ssn__c".to_owned(),
        "SELECT OldValue, NewValue FROM AccountHistory".to_owned(),
    ] {
        assert!(!api.query(&soql).is_empty(), "{soql}");
    }
    // By its beginning: a full-text search shows PostgreSQL what is searched for.
    let words = quoted(format!("FIND {{{}*}}", &CANARY[..8]));
    let searched = api.call("GET", &format!("search?q={words}"), None).expect("an answer");
    assert_eq!(searched.body["searchRecords"], json!([]), "search does not find it: {}", searched.body);
    if number % 3 == 2 {
        assert_eq!(api.call("DELETE", &account, None).expect("an answer").status, 204);
    }
}

/// One round of work, and a server that is killed behind it.
fn work(site: &Site, number: u64, search: &mut Search) {
    let server = site.serve_with("trace");
    plant(&site.api(&server), number, search);
    let log = server.log();
    assert!(log.contains("TRACE"), "the log is at its most talkative");
    search.within("the server's log", log.as_bytes());
    server.kill();
}

/// Brings what stands under old keys under new ones, as the running server does.
fn rewrite(site: &Site) {
    site.with(|_, admin| while admin.org().store().reseal(64).expect("a batch") == ResealOutcome::Moved {});
}

/// Destroys a key that values still stand under, as two administrators do.
fn destroy(site: &Site) {
    site.with(|installation, admin| {
        let service = platform::Ctx::for_service(admin.org(), &platform::provision::PROVISION).expect("a service");
        let profile = platform::provision::by_name(&service, "Profile", "System Administrator").expect("a profile");
        let values: [(&str, model::Value); 9] = [
            ("Username", "eve@durable.example".into()),
            ("Email", "eve@durable.example".into()),
            ("LastName", "Second".into()),
            ("Alias", "eve".into()),
            ("TimeZoneSidKey", "UTC".into()),
            ("LocaleSidKey", "en_GB".into()),
            ("LanguageLocaleKey", "en_US".into()),
            ("EmailEncodingKey", "UTF-8".into()),
            ("ProfileId", profile.into()),
        ];
        let second = platform::provision::insert(&service, "User", &values).expect("a user");
        let second = platform::Ctx::for_user(admin.org(), second).expect("an active user");
        let destroys = KeyDestruction { key: Purpose::Field, version: 1, lose_values: true };
        let proof = |ctx: &platform::Ctx| SteppedUp::after_proof(ctx.clone());
        let asked = installation.platform.key_destroy_request(&proof(admin), destroys).expect("a request");
        installation.platform.key_destroy_confirm(&proof(&second), asked.number).expect("destroyed");
    });
}

/// The life of the keys, with work between its acts.
fn live(mut site: Site, server: Option<&OwnPostgres>) {
    let mut search = Search::new();
    let mut rounds = 0..ROUNDS;
    prepare(&site);
    let backups = site.folder().join("backups").to_str().expect("text").to_owned();
    let copy = site.folder().join("copy.json").to_str().expect("text").to_owned();
    let recovery = site.folder().join("recovery.key").to_str().expect("text").to_owned();
    let org = site.org().to_owned();
    let mut acts: Vec<Vec<&str>> = vec![vec!["keys", "list"]];
    for key in ["field", "token", "store", "secret", "files", "settings", "sign-in", "backup", "audit-mac"] {
        acts.push(vec!["keys", "rotate", key]);
    }
    acts.push(vec!["keys", "export", "--holder", "Ada", "--recovery-key", &recovery, "--out", &copy]);
    acts.push(vec!["backup", "create", "--dir", &backups]);
    acts.push(vec!["restore", &org, "--dir", &backups, "--force"]);
    if server.is_some() {
        // Rows that the store on files wrote are copied as they are: behind the second move they lie open to the search.
        acts.push(vec!["org", "move", &org, "--to", "embedded"]);
        acts.push(vec!["org", "move", &org, "--to", "postgres"]);
    }
    for act in acts {
        let named = act.join(" ");
        if let Some(number) = rounds.next() {
            work(&site, number, &mut search);
        }
        let words = site.run(&act);
        search.within(&named, &words);
        if matches!(act[..], ["keys", "rotate", "field" | "token"]) {
            search.everywhere(&named, &site, server);
            rewrite(&site);
        }
        if act.contains(&"sign-in") {
            site.sign_in_again();
        }
        search.everywhere(&named, &site, server);
    }
    destroy(&site);
    search.everywhere("a key was destroyed", &site, server);
    site.verify();
    assert!(search.looked_at > 20_000_000, "only {} bytes were looked at", search.looked_at);
}

#[test]
fn no_value_of_an_encrypted_field_is_found_anywhere_in_an_installation_on_files() {
    live(Site::embedded(), None);
}

#[test]
fn no_value_of_an_encrypted_field_is_found_anywhere_in_an_installation_on_postgresql() {
    let server = OwnPostgres::start(TALKATIVE, &[]).expect("a PostgreSQL server");
    live(Site::at(Some(server.url())), Some(&server));
    let log = std::fs::read_to_string(server.path("server.log")).expect("its log");
    assert!(log.contains("INSERT INTO") && log.contains("s$Ssn__c"), "the log tells every statement");
}
