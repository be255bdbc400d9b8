//! Canaries: texts planted in records, searched for in everything that a server leaves on the disk and says in its log.

use crate::api::Api;
use crate::place::Site;
use aho_corasick::AhoCorasick;
use base64::Engine as _;
use serde_json::json;
use std::path::{Path, PathBuf};

const CANARIES: u64 = 64;
const KILLS: u64 = 20;

/// A text that stands nowhere by chance.
fn canary(number: u64) -> String {
    format!("kanarienvogel-{number:02}-{:016x}", (number + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15))
}

/// The same text as a program might have written it.
pub(crate) fn encodings(text: &str) -> Vec<Vec<u8>> {
    let wide = |bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
    let hex = |upper: bool| {
        let digits: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
        if upper { digits.to_uppercase().into_bytes() } else { digits.into_bytes() }
    };
    // Base64 depends on where in its stream the text begins: of each of the three places, what does not touch its ends.
    let base64 = (0..3).map(|shift| {
        let shifted = [&b"xxx"[..shift], text.as_bytes()].concat();
        let encoded = base64::engine::general_purpose::STANDARD_NO_PAD.encode(shifted);
        encoded.as_bytes()[4..encoded.len() - 4].to_vec()
    });
    let escaped: String = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
    [
        text.as_bytes().to_vec(),
        wide(u16::to_le_bytes),
        wide(u16::to_be_bytes),
        hex(false),
        hex(true),
        escaped.into_bytes(),
    ]
    .into_iter()
    .chain(base64)
    .collect()
}

fn plant(api: &Api, number: u64) {
    let text = canary(number);
    let made = |object: &str, body: serde_json::Value| {
        let reply = api.call("POST", &format!("sobjects/{object}"), Some(&body)).expect("an answer");
        assert_eq!(reply.status, 201, "{object}: {}", reply.body);
        reply.body["id"].as_str().expect("an id").to_owned()
    };
    match number % 4 {
        0 => {
            let id = made("Account", json!({"Name": text, "Description": text}));
            // A change leaves the old value in the field history, a deletion the row in the recycle bin.
            let path = format!("sobjects/Account/{id}");
            let changed = api.call("PATCH", &path, Some(&json!({"Phone": text}))).expect("an answer");
            assert_eq!(changed.status, 204, "{}", changed.body);
            api.call("DELETE", &path, None).expect("an answer");
        }
        1 => {
            made("Contact", json!({"LastName": text, "Email": format!("{text}@example.com")}));
        }
        2 => {
            made("Opportunity", json!({"Name": text, "StageName": "Prospecting", "CloseDate": "2030-01-31"}));
        }
        _ => {
            made("Task", json!({"Subject": text, "Description": text}));
        }
    }
    // What fails is logged, what is searched for is compiled: neither may keep the text.
    for soql in [format!("SELECT Id FROM Account WHERE Name = '{text}'"), format!("SELECT Nothing FROM {text}")] {
        let encoded = percent_encoding::utf8_percent_encode(&soql, percent_encoding::NON_ALPHANUMERIC);
        api.call("GET", &format!("query?q={encoded}"), None).expect("an answer");
    }
}

pub(crate) fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.expect("an entry").path();
            // A server that runs removes files of its own meanwhile; a socket has no content.
            let Ok(found) = std::fs::symlink_metadata(&path) else { continue };
            match found.file_type() {
                kind if kind.is_dir() => folders.push(path),
                kind if kind.is_file() => files.push(path),
                _ => {}
            }
        }
    }
    files
}

#[test]
fn no_canary_is_found_on_the_disk_or_in_the_log_after_twenty_kills() {
    let site = Site::embedded();
    let patterns: Vec<Vec<u8>> = (0..CANARIES).flat_map(|number| encodings(&canary(number))).collect();
    let searcher = AhoCorasick::new(&patterns).expect("sound patterns");
    let mut planted = 0..CANARIES;
    let mut looked_at = 0;
    for _ in 0..KILLS {
        let server = site.serve();
        let api = site.api(&server);
        planted.by_ref().take(4).for_each(|number| plant(&api, number));
        let log = server.log();
        assert!(searcher.find(&log).is_none(), "a canary stands in the log:\n{log}");
        looked_at += log.len();
        server.kill();
        for file in files_below(site.folder()) {
            let bytes = std::fs::read(&file).expect("a file");
            looked_at += bytes.len();
            if let Some(found) = searcher.find(&bytes) {
                let pattern = String::from_utf8_lossy(&patterns[found.pattern().as_usize()]);
                panic!("{} holds {pattern} at {}", file.display(), found.start());
            }
        }
    }
    assert!(planted.next().is_none() && looked_at > 10_000_000, "only {looked_at} bytes were looked at");
}

#[test]
fn a_canary_is_found_in_each_of_its_encodings() {
    let text = canary(7);
    let searcher = AhoCorasick::new(encodings(&text)).expect("sound patterns");
    let base64 = base64::engine::general_purpose::STANDARD.encode(format!("a{text}b"));
    for hidden in [text.clone(), base64, text.bytes().map(|byte| format!("{byte:02x}")).collect()] {
        assert!(searcher.find(&format!("before {hidden} after")).is_some(), "{hidden}");
    }
}
