//! Signatures of mail, verified by dkimpy with a stub in place of DNS.

use base64::Engine as _;
use model::Instant;
use render::mail::{Attachment, DkimAlgorithm, DkimSigner, MailMessage, Mailbox};
use std::time::Duration;

/// The example key of RFC 8463: secret and public.
const SECRET: &str = "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=";
const PUBLIC: &str = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";

fn message() -> Vec<u8> {
    let mail = MailMessage {
        from: Mailbox::new("Sales reports", "reports@sales.test.example"),
        to: Mailbox::new("Zoë Müller", "zoe@test.example"),
        reply_to: None,
        subject: "Größe der Pipeline, with a subject that is long enough to be folded over more than one line".into(),
        text: "Hello\n\n  two  spaces \n.dot\n\n\n".into(),
        html: "<p>Hello</p>".into(),
        images: Vec::new(),
        attachments: vec![Attachment {
            file_name: "a.csv".into(),
            content_type: "text/csv".into(),
            content: b"a,b\r\n".repeat(500),
        }],
        message_id: "delivery-1@sales.test.example".into(),
        date: Instant::from_ms(1_795_000_000_000),
        headers: vec![
            ("List-Unsubscribe".into(), "<https://sales.test.example/u/TOKEN>".into()),
            ("List-Unsubscribe-Post".into(), "List-Unsubscribe=One-Click".into()),
        ],
    };
    mail.to_bytes().expect("a message")
}

#[test]
fn a_signature_covers_the_unsubscribe_headers_and_every_change_is_noticed() {
    let secret = base64::engine::general_purpose::STANDARD.decode(SECRET).expect("base64");
    let signer = DkimSigner::new("test.example", "brisbane", DkimAlgorithm::Ed25519Sha256, &secret).expect("a key");
    let message = message();
    let at = Instant::from_ms(1_795_000_000_000);
    let header = signer.header(&message, at).expect("a signature");
    assert_eq!(header, signer.header(&message, at).expect("a signature"), "the same bytes each time");
    let folder = test_support::temp_dir().expect("a folder");
    let path = folder.path().join("signed.eml");
    std::fs::write(&path, [header.as_bytes(), &message].concat()).expect("written");
    let records = format!(r#"{{"brisbane._domainkey.test.example": "v=DKIM1; k=ed25519; p={PUBLIC}"}}"#);
    let wanted = "from to subject date message-id mime-version content-type list-unsubscribe list-unsubscribe-post";
    let env = [("MESSAGE", path.to_str().expect("text")), ("RECORDS", &records), ("SIGNED", wanted)];
    test_support::python_script("tests/clients/dkim_check.py", &env, Duration::from_secs(60))
        .unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn bytes_that_are_no_key_are_refused_without_being_shown() {
    for algorithm in [DkimAlgorithm::RsaSha256, DkimAlgorithm::Ed25519Sha256] {
        let refused = DkimSigner::new("test.example", "s", algorithm, b"secret canary").err().expect("a refusal");
        assert!(!format!("{refused:?}").contains("canary"));
    }
}
