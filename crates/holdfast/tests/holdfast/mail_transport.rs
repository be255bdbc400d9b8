//! Conversations with a real mail server, and with servers that misbehave.

use holdfast::mail::{MailServer, SmtpTransport};
use platform::{MailReply, MailTransport};
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;
use test_support::{SmtpOptions, SmtpServer};

const FROM: &str = "reports@corvane.example";
const TO: &str = "ada@corvane.example";
const MESSAGE: &[u8] = b"Subject: Pipeline\r\n\r\nFirst\r\n.hidden dot\r\nLast\r\n";
const SOON: Duration = Duration::from_secs(20);

fn transport(url: &str) -> SmtpTransport {
    let server = MailServer::parse(url, None).expect("an address");
    SmtpTransport::new(server).expect("a transport").command_timeout(Duration::from_secs(10))
}

fn yes() -> bool {
    true
}

fn to_port(port: u16) -> SmtpTransport {
    transport(&format!("smtp://127.0.0.1:{port}"))
}

#[test]
fn a_message_arrives_byte_for_byte() {
    let mut server = SmtpServer::start().expect("a mail server");
    let reply = to_port(server.port()).send(FROM, TO, MESSAGE, &mut yes);
    assert!(matches!(&reply, MailReply::Accepted(words) if words.starts_with("250")), "{reply:?}");
    let mail = server.next_message(SOON).expect("the message");
    assert_eq!((mail.from.as_str(), mail.to.as_slice()), (FROM, &[TO.to_owned()][..]));
    let text = String::from_utf8(mail.raw).expect("text");
    assert_eq!(text.trim_end(), String::from_utf8_lossy(MESSAGE).trim_end());
}

#[test]
fn what_the_server_says_for_good_is_refused_and_what_it_says_for_now_is_deferred() {
    let options = SmtpOptions::default()
        .refuse_recipient("gone@corvane.example", "550 5.1.1 No such person")
        .refuse_recipient("busy@corvane.example", "451 4.3.0 Try again later");
    let server = SmtpServer::start_with(options).expect("a mail server");
    let transport = to_port(server.port());
    let refused = transport.send(FROM, "gone@corvane.example", MESSAGE, &mut yes);
    assert!(matches!(&refused, MailReply::Refused(words) if words.contains("550")), "{refused:?}");
    let deferred = transport.send(FROM, "busy@corvane.example", MESSAGE, &mut yes);
    assert!(matches!(&deferred, MailReply::Deferred(words) if words.contains("451")), "{deferred:?}");
}

#[test]
fn an_answer_to_the_last_byte_settles_the_message() {
    let server = SmtpServer::start_with(SmtpOptions::default().refuse_messages("554 5.7.1 Looks like spam"))
        .expect("a mail server");
    let reply = to_port(server.port()).send(FROM, TO, MESSAGE, &mut yes);
    assert!(matches!(&reply, MailReply::Refused(words) if words.contains("554")), "{reply:?}");
}

#[test]
fn a_server_that_is_not_there_defers_the_message() {
    let port = test_support::free_port().expect("a port");
    let reply = to_port(port).send(FROM, TO, MESSAGE, &mut yes);
    assert!(matches!(&reply, MailReply::Deferred(words) if words.contains("cannot be reached")), "{reply:?}");
}

#[test]
fn sign_in_happens_over_tls_with_a_certificate_of_ones_own() {
    let options = SmtpOptions::default().sign_in("ada", "p w").starttls();
    let mut server = SmtpServer::start_with(options).expect("a mail server");
    let folder = test_support::temp_dir().expect("a folder");
    let ca_file = folder.path().join("ca.pem");
    std::fs::write(&ca_file, server.certificate_pem().expect("a certificate")).expect("the file is written");
    let url = format!("smtp://ada:p%20w@{}:{}?tls=required", server.host(), server.port());
    let trusting = MailServer::parse(&url, Some(&ca_file)).expect("an address");
    let reply = SmtpTransport::new(trusting).expect("a transport").send(FROM, TO, MESSAGE, &mut yes);
    assert!(matches!(reply, MailReply::Accepted(_)), "{reply:?}");
    server.next_message(SOON).expect("the message");

    let wrong = MailServer::parse(&url.replace("p%20w", "guess"), Some(&ca_file)).expect("an address");
    let reply = SmtpTransport::new(wrong).expect("a transport").send(FROM, TO, MESSAGE, &mut yes);
    assert!(matches!(&reply, MailReply::Deferred(words) if words.contains("sign-in of ada")), "{reply:?}");

    let reply = transport(&url).send(FROM, TO, MESSAGE, &mut yes);
    assert!(matches!(&reply, MailReply::Deferred(_)), "a certificate that nobody vouches for: {reply:?}");
}

#[test]
fn a_server_without_starttls_gets_nothing_when_tls_is_required() {
    let mut server = SmtpServer::start().expect("a mail server");
    let reply =
        transport(&format!("smtp://127.0.0.1:{}?tls=required", server.port())).send(FROM, TO, MESSAGE, &mut yes);
    assert!(matches!(&reply, MailReply::Deferred(words) if words.contains("STARTTLS")), "{reply:?}");
    assert_eq!(server.messages().expect("a mail server").len(), 0);
}

/// A server that answers each line from a script, then hangs up; the word DOT waits for the end of the message.
fn scripted(script: &'static [(&'static str, &'static str)]) -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        let (stream, _) = listener.accept().expect("a client");
        // The client's part of the test says what went wrong.
        let _ = follow(&stream, script);
    });
    port
}

fn follow(mut stream: &TcpStream, script: &[(&str, &str)]) -> std::io::Result<()> {
    stream.write_all(b"220 scripted\r\n")?;
    let mut lines = BufReader::new(stream).lines();
    for (expected, answer) in script {
        for line in lines.by_ref() {
            let line = line?;
            if (*expected == "DOT" && line == ".") || line.starts_with(expected) {
                break;
            }
        }
        stream.write_all(answer.as_bytes())?;
    }
    Ok(())
}

#[test]
fn a_server_that_hangs_up_before_the_last_byte_defers_the_message() {
    let port = scripted(&[("EHLO", "250 scripted\r\n"), ("MAIL", "250 ok\r\n"), ("RCPT", "250 ok\r\n"), ("DATA", "")]);
    let reply = to_port(port).send(FROM, TO, MESSAGE, &mut yes);
    assert!(matches!(reply, MailReply::Deferred(_)), "{reply:?}");
}

#[test]
fn a_server_that_hangs_up_after_the_last_byte_leaves_it_uncertain() {
    let script = &[
        ("EHLO", "250 scripted\r\n"),
        ("MAIL", "250 ok\r\n"),
        ("RCPT", "250 ok\r\n"),
        ("DATA", "354 go on\r\n"),
        ("DOT", ""),
    ];
    let reply = to_port(scripted(script)).send(FROM, TO, MESSAGE, &mut yes);
    assert!(matches!(reply, MailReply::Uncertain(_)), "{reply:?}");
}

#[test]
fn the_last_byte_waits_for_permission_and_never_goes_out_without_it() {
    let mut server = SmtpServer::start().expect("a mail server");
    let mut asked = 0;
    let reply = to_port(server.port()).send(FROM, TO, MESSAGE, &mut || {
        asked += 1;
        false
    });
    assert!(matches!(reply, MailReply::Deferred(_)), "{reply:?}");
    assert_eq!(asked, 1);
    to_port(server.port()).send(FROM, TO, MESSAGE, &mut yes);
    server.next_message(SOON).expect("the second message");
    assert_eq!(server.messages().expect("a mail server").len(), 1);
}

#[test]
fn what_is_not_the_servers_own_word_after_the_last_byte_leaves_it_uncertain_and_before_it_defers() {
    const TALK: [(&str, &str); 4] =
        [("EHLO", "250 scripted\r\n"), ("MAIL", "250 ok\r\n"), ("RCPT", "250 ok\r\n"), ("DATA", "354 go on\r\n")];
    for (at, answer, uncertain, refused) in [
        (0, "garbled\r\n", false, false),
        (0, "554 go away\r\n", false, false),
        (1, "451 later\r\n", false, false),
        (1, "553 not you\r\n", false, true),
        (2, "450 greylisted\r\n", false, false),
        (2, "550 no such\r\n", false, true),
        (3, "451 later\r\n", false, false),
        (3, "554 no\r\n", false, true),
        (4, "garbled\r\n", true, false),
        (4, "250", true, false),
        (4, "452 full\r\n", false, false),
        (4, "554 spam\r\n", false, true),
    ] {
        let mut script: Vec<(&'static str, &'static str)> = TALK[..at].to_vec();
        script.push(if at == 4 { ("DOT", answer) } else { (TALK[at].0, answer) });
        let reply = to_port(scripted(script.leak())).send(FROM, TO, MESSAGE, &mut yes);
        let seen = (matches!(reply, MailReply::Uncertain(_)), matches!(reply, MailReply::Refused(_)));
        assert_eq!(seen, (uncertain, refused), "{at} {answer}: {reply:?}");
    }
}

#[test]
fn an_address_that_holds_a_line_of_its_own_reaches_no_server() {
    for to in ["a@b.example>\r\nRCPT TO:<c@d.example", "a b@c.example", "nobody"] {
        let reply = to_port(1).send(FROM, to, MESSAGE, &mut yes);
        assert!(matches!(reply, MailReply::Refused(_)), "{to}: {reply:?}");
    }
    assert!(matches!(to_port(1).send(FROM, TO, b"a\0b", &mut yes), MailReply::Refused(_)));
}
