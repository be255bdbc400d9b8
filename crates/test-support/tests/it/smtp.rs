//! The mail server, with mail sent by Python's own client.

use std::time::Duration;

use anyhow::Result;
use test_support::{SmtpOptions, SmtpServer, python_script};

const WITHIN: Duration = Duration::from_secs(60);

/// Sends one message with smtplib as the environment variables say.
fn send(server: &SmtpServer, env: &[(&str, &str)]) -> Result<String> {
    let port = server.port().to_string();
    let mut all = vec![("SMTP_HOST", server.host()), ("SMTP_PORT", port.as_str())];
    all.extend_from_slice(env);
    python_script("crates/test-support/tests/it/send_mail.py", &all, WITHIN)
}

#[test]
fn a_sent_message_arrives_byte_for_byte_with_its_envelope() -> Result<()> {
    let mut server = SmtpServer::start()?;
    send(&server, &[("MAIL_TO", "one@example.com,hidden@example.com")])?;
    let mail = server.next_message(WITHIN)?;
    assert_eq!(mail.from, "sender@example.com");
    assert_eq!(mail.to, ["one@example.com", "hidden@example.com"]);
    assert_eq!(
        mail.raw,
        b"Subject: Weekly report\r\n\r\nTotal 1,250.00 \xe2\x82\xac\r\n.a line that begins with a dot\r\n"
    );
    Ok(())
}

#[test]
fn messages_are_kept_in_the_order_of_their_coming() -> Result<()> {
    let mut server = SmtpServer::start()?;
    for to in ["one@example.com", "two@example.com", "three@example.com"] {
        send(&server, &[("MAIL_TO", to)])?;
    }
    let received = server.wait_for(3, WITHIN)?;
    let order: Vec<&str> = received.iter().map(|mail| mail.to[0].as_str()).collect();
    assert_eq!(order, ["one@example.com", "two@example.com", "three@example.com"]);
    Ok(())
}

#[test]
fn a_server_with_sign_in_takes_no_mail_without_it() -> Result<()> {
    let mut server = SmtpServer::start_with(SmtpOptions::default().sign_in("mailer", "secret"))?;
    let refused = send(&server, &[]).expect_err("nobody signed in").to_string();
    assert!(refused.contains("530"), "{refused}");
    let refused = send(&server, &[("SMTP_USERNAME", "mailer"), ("SMTP_PASSWORD", "guess")]);
    assert!(refused.expect_err("the password is wrong").to_string().contains("535"));
    send(&server, &[("SMTP_USERNAME", "mailer"), ("SMTP_PASSWORD", "secret")])?;
    assert_eq!(server.wait_for(1, WITHIN)?.len(), 1);
    Ok(())
}

#[test]
fn a_server_with_starttls_is_trusted_by_its_certificate() -> Result<()> {
    let options = SmtpOptions::default().starttls().sign_in("mailer", "secret");
    let mut server = SmtpServer::start_with(options)?;
    let certificate = server.certificate_pem()?;
    let refused = send(&server, &[]).expect_err("TLS was not started").to_string();
    assert!(refused.contains("STARTTLS"), "{refused}");
    send(&server, &[("SMTP_TRUST", &certificate), ("SMTP_USERNAME", "mailer"), ("SMTP_PASSWORD", "secret")])?;
    assert_eq!(server.wait_for(1, WITHIN)?.len(), 1);
    Ok(())
}

#[test]
fn a_refused_recipient_gets_the_reply_that_was_asked_for() -> Result<()> {
    let options = SmtpOptions::default().refuse_recipient("gone@example.com", "550 5.1.1 No such person");
    let mut server = SmtpServer::start_with(options)?;
    let refused = send(&server, &[("MAIL_TO", "gone@example.com")]).expect_err("nobody is there").to_string();
    assert!(refused.contains("550") && refused.contains("No such person"), "{refused}");
    assert!(server.messages()?.is_empty());
    Ok(())
}

#[test]
fn a_server_can_put_every_message_off() -> Result<()> {
    let server = SmtpServer::start_with(SmtpOptions::default().refuse_messages("451 4.3.0 Try again later"))?;
    let refused = send(&server, &[]).expect_err("it takes none").to_string();
    assert!(refused.contains("451"), "{refused}");
    Ok(())
}

#[test]
fn too_large_a_message_is_refused() -> Result<()> {
    let server = SmtpServer::start_with(SmtpOptions::default().max_bytes(40))?;
    let refused = send(&server, &[]).expect_err("the message is larger").to_string();
    assert!(refused.contains("552"), "{refused}");
    Ok(())
}

#[test]
fn waiting_for_mail_that_does_not_come_has_an_end() -> Result<()> {
    let mut server = SmtpServer::start()?;
    let message = server.next_message(Duration::from_millis(50)).expect_err("nobody sends").to_string();
    assert!(message.contains("wrote nothing within 50ms"), "{message}");
    Ok(())
}
