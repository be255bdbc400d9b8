//! The singer tap of Salesforce, unmodified: it signs in, discovers every object and reads them by both interfaces.

use crate::connected::Connected;
use crate::program::text;
use crate::sf::{json, terminal};
use serde_json::{Value, json as object};
use std::collections::BTreeMap;
use std::time::Duration;
use test_support::singer_tap;

/// What is read, and how many rows each has in the demo.
const READ: [(&str, usize); 2] = [("Account", 180), ("BigTable__c", 2_500)];

/// The refresh token that a browser's consent gave to a program without a secret.
fn refresh_token(connected: &Connected) -> String {
    let sf = terminal(connected, "allow");
    json(&sf, &["org", "login", "web", "--instance-url", connected.process.url(), "--alias", "demo"]);
    let carried = json(&sf, &["org", "auth", "show-sfdx-auth-url", "--target-org", "demo", "--no-prompt"]);
    let carried = carried["sfdxAuthUrl"].as_str().expect("an address").to_owned();
    let token = carried.strip_prefix("force://PlatformCLI::").and_then(|rest| rest.split_once('@'));
    token.unwrap_or_else(|| panic!("{carried}")).0.to_owned()
}

#[test]
fn a_singer_tap_signs_in_discovers_and_reads_by_both_interfaces() {
    let connected = Connected::new();
    let folder = test_support::temp_dir().expect("a folder");
    let (root, proxy) = (connected.authority.root(), connected.proxy.url());
    // It has one host built in, and finds the way from there: a refused sign-in elsewhere would be told by the proxy.
    let env =
        [("REQUESTS_CA_BUNDLE", text(&root)), ("HTTPS_PROXY", proxy.as_str()), ("NO_PROXY", "127.0.0.1,localhost")];
    let token = refresh_token(&connected);
    let tap = |arguments: &[&str]| {
        singer_tap(arguments, &env, Duration::from_secs(120))
            .unwrap_or_else(|error| panic!("{error:#}\n{}", connected.process.log()))
    };
    let at = |name: &str| folder.path().join(name);
    for kind in ["REST", "BULK"] {
        let config = object!({
            "client_id": "PlatformCLI", "client_secret": "", "refresh_token": token,
            "start_date": "2020-01-01T00:00:00Z", "api_type": kind, "select_fields_by_default": true,
        });
        std::fs::write(at("config.json"), config.to_string()).expect("written");
        let config = at("config.json");
        let found = tap(&["--config", text(&config), "--discover"]);
        let mut catalog: Value = serde_json::from_str(&found).unwrap_or_else(|error| panic!("{error}: {found}"));
        let streams = catalog["streams"].as_array_mut().expect("streams");
        assert!(streams.len() > 50, "{} objects", streams.len());
        for stream in streams {
            let wanted = READ.iter().any(|(object, _)| stream["tap_stream_id"] == *object);
            let own = stream["metadata"].as_array_mut().expect("metadata");
            let whole = own.iter_mut().find(|entry| entry["breadcrumb"] == object!([])).expect("of the stream itself");
            whole["metadata"]["selected"] = wanted.into();
        }
        std::fs::write(at("catalog.json"), catalog.to_string()).expect("written");
        let catalog = at("catalog.json");
        let written = tap(&["--config", text(&config), "--properties", text(&catalog)]);
        let mut rows: BTreeMap<String, usize> = BTreeMap::new();
        for line in written.lines() {
            let message: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
            if message["type"] == "RECORD" {
                assert!(message["record"]["Id"].is_string(), "{line}");
                *rows.entry(message["stream"].as_str().expect("a name").to_owned()).or_default() += 1;
            }
        }
        let expected: BTreeMap<String, usize> = READ.map(|(object, count)| (object.to_owned(), count)).into();
        assert_eq!(rows, expected, "{kind}");
    }
    assert_eq!(connected.proxy.refused(), Vec::<String>::new(), "it speaks to nobody else");
}
