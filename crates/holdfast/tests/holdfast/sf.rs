//! The `sf` command line, unmodified, over TLS.

use crate::connected::Connected;
use crate::program::text;
use crate::tls::{connect, exchange};
use rustls::version::TLS13;
use serde_json::Value;
use std::os::unix::fs::PermissionsExt as _;
use test_support::{Sf, project_root, target_dir};

/// A terminal whose browser signs in as the demo's administrator and answers the question for consent.
pub(crate) fn terminal(connected: &Connected, decision: &str) -> Sf {
    let access = connected.process.access();
    let sf = Sf::new(&connected.authority.root()).expect("a terminal");
    // Like a real browser it lets go of whoever started it at once: only then does the command line listen.
    let browser = sf.folder().join("browser");
    let script = project_root().join("crates/holdfast/tests/clients/browser.py");
    let python = target_dir().join("tools/python/bin/python");
    let words = format!("#!/bin/sh\n{} {} \"$@\" >>browser.log 2>&1 &\n", text(&python), text(&script));
    std::fs::write(&browser, words).expect("written");
    std::fs::set_permissions(&browser, std::fs::Permissions::from_mode(0o755)).expect("it can be run");
    let root = connected.authority.root();
    let browser = text(&browser).to_owned();
    sf.with("BROWSER", &browser)
        .with("BROWSER_DECISION", decision)
        .with("REQUESTS_CA_BUNDLE", text(&root))
        .with("SF_USERNAME", &access.username)
        .with("SF_PASSWORD", &access.password)
        .with("SF_ACCESS_TOKEN", &access.token)
}

#[track_caller]
pub(crate) fn json(sf: &Sf, arguments: &[&str]) -> Value {
    sf.json(arguments).unwrap_or_else(|error| {
        let log = std::fs::read_to_string(sf.folder().join("browser.log")).unwrap_or_default();
        panic!("{error:#}\n--- browser\n{log}")
    })
}

/// A terminal that works with the demo by a session that is there already.
fn signed_in(connected: &Connected) -> Sf {
    let sf = terminal(connected, "allow");
    let url = connected.process.url();
    json(&sf, &["org", "login", "access-token", "--instance-url", url, "--no-prompt", "--set-default"]);
    sf
}

/// One demo for all: filling it takes longer than any of these.
#[test]
fn sf_signs_in_reads_writes_describes_and_opens_the_pages() {
    let connected = Connected::new();
    signs_in_by_browser_and_stays_and_opens_the_pages(&connected);
    signs_in_by_assertion_and_by_token(&connected);
    queries_in_every_form(&connected);
    creates_reads_changes_and_deletes_records_and_moves_trees(&connected);
    describes_and_asks_for_limits_and_resources(&connected);
}

fn signs_in_by_browser_and_stays_and_opens_the_pages(connected: &Connected) {
    let (url, access) = (connected.process.url(), connected.process.access());
    let sf = terminal(connected, "allow");
    let who = json(&sf, &["org", "login", "web", "--instance-url", url, "--alias", "demo"]);
    assert_eq!((&who["username"], &who["orgId"]), (&access.username.as_str().into(), &access.org_id.as_str().into()));
    let shown = json(&sf, &["org", "display", "--target-org", "demo"]);
    assert_eq!((shown["instanceUrl"].as_str(), shown["connectedStatus"].as_str()), (Some(url), Some("Connected")));
    assert_eq!(shown["apiVersion"], "67.0");

    // The access token ends; the refresh token brings another, unseen.
    let token = json(&sf, &["org", "auth", "show-access-token", "--target-org", "demo", "--no-prompt"]);
    let token = token["accessToken"].as_str().unwrap_or_else(|| panic!("{token}")).to_owned();
    let address = url.trim_start_matches("https://").parse().expect("an address");
    let ask = |request: &str| {
        let mut stream = connect(address, &connected.authority.root(), &[&TLS13]).expect("a connection");
        exchange(&mut stream, request)
    };
    let form = format!("token={}", token.replace('!', "%21"));
    let revoked = ask(&format!(
        "POST /services/oauth2/revoke HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
        form.len()
    ));
    assert!(revoked.starts_with("HTTP/1.1 200"), "{revoked}");
    let still = json(&sf, &["data", "query", "--target-org", "demo", "--query", "SELECT COUNT() FROM Account"]);
    assert_eq!(still["totalSize"], 180);

    let opened = json(&sf, &["org", "open", "--target-org", "demo", "--url-only", "--path", "/o/Account"]);
    let door = opened["url"].as_str().expect("an address");
    let path = door.strip_prefix(url).unwrap_or_else(|| panic!("{door}"));
    let entered = ask(&format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n")).to_lowercase();
    assert!(entered.starts_with("http/1.1 303") && entered.contains("location: /o/account"), "{entered}");
    assert!(entered.contains("set-cookie: __host-holdfast="), "{entered}");

    // What the browser gave is carried to another machine in one address.
    let carried = json(&sf, &["org", "auth", "show-sfdx-auth-url", "--target-org", "demo", "--no-prompt"]);
    let carried = carried["sfdxAuthUrl"].as_str().unwrap_or_else(|| panic!("{carried}")).to_owned();
    assert!(carried.starts_with("force://PlatformCLI::"), "{carried}");
    let elsewhere = terminal(connected, "deny");
    std::fs::write(elsewhere.folder().join("org.txt"), carried).expect("written");
    let who = json(&elsewhere, &["org", "login", "sfdx-url", "--sfdx-url-file", "org.txt"]);
    assert_eq!(who["username"], access.username.as_str());

    let no = terminal(connected, "deny");
    let refused = no.output(&["org", "login", "web", "--instance-url", url, "--json"]).expect("it ends");
    assert!(!refused.success && refused.stdout.contains("the user declined"), "{}{}", refused.stdout, refused.stderr);
}

fn signs_in_by_assertion_and_by_token(connected: &Connected) {
    let (url, access) = (connected.process.url(), connected.process.access());
    let sf = terminal(connected, "allow");
    let key = Connected::signing_key();
    let jwt = ["org", "login", "jwt", "--username", &access.username, "--jwt-key-file", text(&key)];
    let jwt = [&jwt[..], &["--client-id", &access.client_id, "--instance-url", url]].concat();
    assert_eq!(json(&sf, &jwt)["orgId"], access.org_id.as_str());
    let jobs =
        json(&sf, &["data", "query", "--target-org", &access.username, "--query", "SELECT Id FROM Account LIMIT 1"]);
    assert_eq!(jobs["records"].as_array().map(Vec::len), Some(1));
    let stranger = key.with_file_name("stranger.key.pem");
    let wrong: Vec<&str> = jwt.iter().map(|word| if *word == text(&key) { text(&stranger) } else { word }).collect();
    let refused = terminal(connected, "allow").output(&[&wrong[..], &["--json"]].concat()).expect("it ends");
    assert!(!refused.success && refused.stdout.contains("invalid assertion"), "{}", refused.stdout);

    let by_token = signed_in(connected);
    let list = json(&by_token, &["org", "list", "--all"]);
    let orgs: Vec<&Value> =
        ["nonScratchOrgs", "other"].iter().filter_map(|kind| list[kind].as_array()).flatten().collect();
    assert!(orgs.iter().any(|org| org["orgId"] == access.org_id.as_str()), "{list}");
    assert_eq!(list["devHubs"].as_array().map(Vec::len), Some(0), "an org like this makes no scratch orgs: {list}");
    assert_eq!(list["scratchOrgs"].as_array().map(Vec::len), Some(0), "{list}");
}

fn queries_in_every_form(connected: &Connected) {
    let sf = signed_in(connected);
    let query = |soql: &str, form: &str| {
        sf.print(&["data", "query", "--query", soql, "--result-format", form])
            .unwrap_or_else(|error| panic!("{error:#}"))
    };
    let soql =
        "SELECT Name, Owner.Name, (SELECT LastName FROM Contacts ORDER BY LastName) FROM Account ORDER BY Name LIMIT 3";
    let rows: Value = serde_json::from_str(&query(soql, "json")).expect("JSON");
    let rows = rows["result"]["records"].as_array().or(rows["records"].as_array()).expect("rows").clone();
    assert_eq!(rows.len(), 3);
    let first = rows[0]["Name"].as_str().expect("a name").to_owned();
    let csv = query("SELECT Name, Owner.Name FROM Account ORDER BY Name LIMIT 3", "csv");
    let lines: Vec<&str> = csv.lines().filter(|line| !line.is_empty()).collect();
    let header = lines.iter().position(|line| *line == "Name,Owner.Name").unwrap_or_else(|| panic!("{csv}"));
    assert_eq!(lines.len() - header, 4, "{csv}");
    assert!(lines[header + 1].contains(&first), "{csv}");
    let table = query(soql, "human");
    assert!(table.contains("OWNER.NAME") || table.contains("Owner.Name"), "{table}");
    assert!(table.contains(&first) && table.contains("Total number of records retrieved: 3"), "{table}");
    let groups = query("SELECT StageName, COUNT(Id), SUM(Amount) FROM Opportunity GROUP BY StageName", "csv");
    let won = groups.lines().find(|line| line.starts_with("Closed Won,")).unwrap_or_else(|| panic!("{groups}"));
    let numbers: Vec<f64> = won.split(',').skip(1).filter_map(|number| number.parse().ok()).collect();
    assert!(groups.contains("StageName,count,sum\n") && numbers.len() == 2 && numbers[0] > 100.0, "{groups}");
    let named = query("SELECT StageName, COUNT(Id) deals FROM Opportunity GROUP BY StageName", "human");
    assert!(named.contains("DEALS") && named.contains("Closed Won"), "{named}");
    let big = json(&sf, &["data", "query", "--query", "SELECT Position__c FROM BigTable__c"]);
    assert_eq!((&big["totalSize"], big["records"].as_array().map(Vec::len)), (&2500.into(), Some(2500)));
    let found = json(&sf, &["data", "search", "--query", "FIND {demo} RETURNING User(Name)"]);
    assert!(found["searchRecords"].is_array(), "{found}");
    let refused = sf.output(&["data", "query", "--query", "SELECT Nothing FROM Account", "--json"]).expect("it ends");
    assert!(!refused.success && refused.stdout.contains("INVALID_FIELD"), "{}", refused.stdout);
}

fn creates_reads_changes_and_deletes_records_and_moves_trees(connected: &Connected) {
    let sf = signed_in(connected);
    let made =
        json(&sf, &["data", "create", "record", "--sobject", "Account", "--values", "Name='Sf Works' Site=Hull"]);
    let id = made["id"].as_str().expect("an id").to_owned();
    let record =
        |action: &str, more: &[&str]| json(&sf, &[&["data", action, "record", "--sobject", "Account"], more].concat());
    assert_eq!(record("get", &["--record-id", &id])["Site"], "Hull");
    assert_eq!(record("get", &["--where", "Name='Sf Works'"])["Id"], id.as_str());
    record("update", &["--record-id", &id, "--values", "Site='Kiel am Meer'"]);
    record("update", &["--where", "Site='Kiel am Meer'", "--values", "Phone=+49"]);
    assert_eq!(record("get", &["--record-id", &id])["Phone"], "+49");
    json(
        &sf,
        &["data", "create", "record", "--sobject", "Contact", "--values", &format!("LastName=Tree AccountId={id}")],
    );

    let query = "SELECT Name, Site, (SELECT LastName FROM Contacts) FROM Account WHERE Name = 'Sf Works'";
    json(&sf, &["data", "export", "tree", "--query", query, "--output-dir", "out"]);
    let file = std::fs::read_dir(sf.folder().join("out")).expect("a folder").flatten().next().expect("a file").path();
    let again = json(&sf, &["data", "import", "tree", "--files", text(&file)]);
    assert_eq!(again.as_array().map(Vec::len), Some(2), "{again}");
    let query = "SELECT Id FROM Contact WHERE LastName = 'Tree' AND Account.Name = 'Sf Works' AND Account.Site = 'Kiel am Meer'";
    assert_eq!(json(&sf, &["data", "query", "--query", query])["totalSize"], 2);

    record("delete", &["--record-id", &id]);
    let gone = sf.output(&["data", "get", "record", "--sobject", "Account", "--record-id", &id, "--json"]);
    let gone = gone.expect("it ends");
    assert!(!gone.success && gone.stdout.contains("\"status\": 1"), "{}", gone.stdout);
}

fn describes_and_asks_for_limits_and_resources(connected: &Connected) {
    let sf = signed_in(connected);
    let objects = json(&sf, &["sobject", "list", "--sobject", "custom"]);
    assert_eq!(objects, serde_json::json!(["BigTable__c", "UpsertTable__c"]));
    let all = json(&sf, &["sobject", "list", "--sobject", "all"]);
    assert!(all.as_array().is_some_and(|all| all.iter().any(|name| name == "Opportunity")), "{all}");
    let described = json(&sf, &["sobject", "describe", "--sobject", "Account"]);
    assert_eq!((described["name"].as_str(), described["keyPrefix"].as_str()), (Some("Account"), Some("001")));
    let limits = json(&sf, &["limits", "api", "display"]);
    assert!(limits.as_array().is_some_and(|all| all.iter().any(|one| one["name"] == "DailyApiRequests")), "{limits}");
    let versions = sf.print(&["api", "request", "rest", "/services/data"]).expect("the versions");
    assert!(versions.contains("\"version\": \"67.0\""), "{versions}");
    std::fs::write(sf.folder().join("body.json"), "{\"Name\": \"By request\"}").expect("written");
    let address = "/services/data/v67.0/sobjects/Account";
    let made = sf.print(&["api", "request", "rest", address, "--method", "POST", "--body", "@body.json"]);
    assert!(made.as_ref().is_ok_and(|made| made.contains("\"success\": true")), "{made:?}");
}
