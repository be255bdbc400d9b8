//! A change made over the API of the running program arrives at an address, and the code of docs/webhooks.md finds it
//! genuine: Python's own `hmac` and Node's own `crypto`, which share nothing with ours.

use crate::program::BINARY;
use serde_json::{Value as Json, json};
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::time::Duration;
use test_support::{DemoAccess, HoldfastProcess, node_script, project_root, python_script};

const WITHIN: Duration = Duration::from_secs(60);

struct Message {
    headers: serde_json::Map<String, Json>,
    body: String,
}

/// The next message, answered with a status.
fn received(listener: &TcpListener, status: u16) -> Message {
    let (mut stream, _) = listener.accept().expect("a connection");
    stream.set_read_timeout(Some(WITHIN)).expect("a patience");
    let (mut head, mut byte) = (Vec::new(), [0; 1]);
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).expect("a head");
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).expect("text");
    let headers: serde_json::Map<String, Json> = head
        .lines()
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_lowercase(), value.into()))
        .collect();
    let length: usize = headers["content-length"].as_str().expect("a length").parse().expect("a number");
    let mut body = vec![0; length];
    stream.read_exact(&mut body).expect("a body");
    write!(stream, "HTTP/1.1 {status} Said\r\nContent-Length: 0\r\n\r\n").expect("answered");
    Message { headers, body: String::from_utf8(body).expect("text") }
}

fn call(access: &DemoAccess, path: &str, body: &Json) -> Json {
    let url = format!("{}/services/data/v60.0/{path}", access.url);
    let request = ureq::post(&url).header("authorization", &format!("Bearer {}", access.token));
    request.send_json(body).expect("an answer").body_mut().read_json().expect("JSON")
}

/// The block of a language on the page.
fn code(language: &str) -> String {
    let page = std::fs::read_to_string(project_root().join("docs/webhooks.md")).expect("the page");
    let (_, rest) = page.split_once(&format!("```{language}\n")).expect("a block");
    rest.split_once("```").expect("its end").0.to_owned()
}

fn judged(secret: &str, message: &Message) -> [String; 2] {
    let folder = test_support::temp_dir().expect("a folder");
    let input = folder.path().join("message.json");
    let text = json!({"secret": secret, "headers": message.headers, "body": message.body}).to_string();
    std::fs::write(&input, text).expect("written");
    let env = [("MESSAGE", input.to_str().expect("text"))];
    let python = folder.path().join("judge.py");
    let rest = "\nimport json, os\nm = json.load(open(os.environ['MESSAGE'], encoding='utf-8'))\n\
                print(verify(m['secret'], m['headers'], m['body'].encode()))\n\
                print(verify(m['secret'], m['headers'], m['body'].encode() + b' '))\n\
                print(verify(m['secret'], m['headers'], m['body'].encode(), time.time() + 301))\n\
                print(verify('whsec_' + base64.b64encode(b'another').decode(), m['headers'], m['body'].encode()))\n";
    std::fs::write(&python, code("python") + rest).expect("written");
    let node = folder.path().join("judge.cjs");
    let rest = "\nconst m = JSON.parse(require('node:fs').readFileSync(process.env.MESSAGE, 'utf8'));\n\
                console.log(verify(m.secret, m.headers, m.body));\n\
                console.log(verify(m.secret, m.headers, m.body + ' '));\n\
                console.log(verify(m.secret, m.headers, m.body, Date.now() / 1000 + 301));\n\
                console.log(verify('whsec_YW5vdGhlcg==', m.headers, m.body));\n";
    std::fs::write(&node, code("js") + rest).expect("written");
    [
        python_script(&python, &env, WITHIN).expect("Python ran").to_lowercase(),
        node_script(&node, &env, WITHIN).expect("Node ran"),
    ]
}

#[test]
fn what_arrives_is_found_genuine_by_the_code_of_the_page() {
    // No proxy of the environment is asked: through these nothing would arrive.
    let nowhere = ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];
    let proxies = nowhere.map(|name| (name, "http://127.0.0.1:9"));
    let process = HoldfastProcess::demo_with(BINARY, &[], &proxies).expect("the demo");
    let access = process.access();
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}/changes", listener.local_addr().expect("an address"));
    let new = json!({"name": "Docs", "url": url, "objects": ["Account"], "changeTypes": ["CREATE"]});
    let made = call(access, "webhooks", &new);
    let secret = made["secret"].as_str().expect("a secret");

    let account = call(access, "sobjects/Account", &json!({"Name": "Grüße aus Łódź"}));
    let refused = received(&listener, 500);
    let message = received(&listener, 200);
    assert_eq!(refused.headers["webhook-id"], message.headers["webhook-id"], "the same message comes again");
    let said: Json = serde_json::from_str(&message.body).expect("JSON");
    let event = &said["data"]["events"][0]["payload"];
    assert_eq!(event["ChangeEventHeader"]["recordIds"][0], account["id"]);
    assert_eq!((&event["Name"], &said["type"]), (&json!("Grüße aus Łódź"), &json!("records.changed")));
    let expected = "true\nfalse\nfalse\nfalse\n";
    assert_eq!(judged(secret, &message), [expected, expected]);

    // Through a rotation both secrets are good.
    let id = made["id"].as_str().expect("an id");
    let rotated = call(access, &format!("webhooks/{id}/secret"), &json!({}));
    call(access, "sobjects/Account", &json!({"Name": "Second"}));
    let message = received(&listener, 204);
    for secret in [secret, rotated["secret"].as_str().expect("a secret")] {
        assert_eq!(judged(secret, &message), [expected, expected]);
    }
    // The demo reaches this machine and no network around it.
    let private = json!({"name": "Inside", "url": "https://169.254.169.254/latest/meta-data"});
    let inside = call(access, "webhooks", &private);
    let path = format!("webhooks/{}", inside["id"].as_str().expect("an id"));
    call(access, &format!("{path}/test"), &json!({}));
    let attempts = || -> Json {
        let url = format!("{}/services/data/v60.0/{path}/attempts", access.url);
        let request = ureq::get(&url).header("authorization", &format!("Bearer {}", access.token));
        request.call().expect("an answer").body_mut().read_json().expect("JSON")
    };
    let mut looks = 0..20_000;
    let attempt = looks.find_map(|_| attempts()["attempts"].get(0).cloned()).expect("the test was made");
    assert!(
        attempt["reply"].as_str().is_some_and(|why| why.contains("cannot be found, or stands for no address")),
        "{attempt}"
    );
}
