//! Mail that comes back (RFC 3464): the address it comes back to says which delivery it was, the report in it what became
//! of it. The address holds half of the hash of the delivery's token, which nobody else can guess.

use crate::domains::folded;
use crate::ledger::{self, cut, run_settle, update};
use crate::objects::{DELIVERY, SUPPRESSION};
use crate::services::LEDGER;
use mailparse::MailHeaderMap as _;
use model::{Error, OrgId, Result};
use platform::literal::quoted;
use platform::{Ctx, Org};
use std::sync::Arc;

/// Hard bounces in a row after which nothing is sent to an address any more.
const IN_A_ROW: usize = 2;
/// Digits of the token's hash in an address.
pub(crate) const TAG_DIGITS: usize = 32;

/// Bytes of a returned message that are looked at: the report stands at its head, before what it carries of the message.
pub const LOOKED_AT: usize = 256_000;

/// What a returned message says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Returned {
    pub org: OrgId,
    tag: String,
    fate: Fate,
    words: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// It will not arrive. `hard` when the address itself is at fault for good.
    Failed { hard: bool },
    /// It arrived, or went where no more is known of it.
    Arrived,
    /// Nothing is settled yet.
    Delayed,
}

/// Reads a returned message; none for mail that is no delivery report, or comes back from nothing of ours. Anybody can
/// write to the address: parts are read one level deep and no deeper, whatever a message holds.
pub fn returned(message: &[u8]) -> Option<Returned> {
    let message = &message[..message.len().min(LOOKED_AT)];
    let (headers, _) = mailparse::parse_headers(message).ok()?;
    let (org, tag) = ["X-Original-To", "Delivered-To", "Envelope-To", "To"]
        .into_iter()
        .flat_map(|name| headers.get_all_values(name))
        .find_map(|value| tag_in(&value))?;
    let body = status_of(message)?;
    // The first group is about the message; the others are about one recipient each, and each of ours has one.
    let fields = |name: &str| {
        body.lines().find_map(|line| {
            let (known, value) = line.split_once(':')?;
            known.trim().eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
        })
    };
    let status = fields("Status").unwrap_or_default();
    let fate = match fields("Action")?.to_ascii_lowercase().as_str() {
        "failed" => Fate::Failed { hard: status.starts_with("5.") },
        "delivered" | "relayed" | "expanded" => Fate::Arrived,
        _ => Fate::Delayed,
    };
    let words = [status, fields("Diagnostic-Code").unwrap_or_default()].join(" ").trim().to_owned();
    Some(Returned { org, tag, fate, words })
}

/// The text of the delivery report: the message itself, or a part of it.
fn status_of(message: &[u8]) -> Option<String> {
    let kind = kind_of(message)?;
    if let Some(text) = status(message) {
        return Some(text);
    }
    let boundary = kind.params.get("boundary").filter(|_| kind.mimetype.starts_with("multipart/"))?;
    let (begin, end) = (format!("--{boundary}"), format!("--{boundary}--"));
    let (mut at, mut part) = (0, None);
    for line in message.split_inclusive(|byte| *byte == b'\n') {
        let text = line.trim_ascii_end();
        if text == begin.as_bytes() || text == end.as_bytes() {
            if let Some(found) = part.and_then(|from| status(&message[from..at])) {
                return Some(found);
            }
            part = (text == begin.as_bytes()).then_some(at + line.len());
        }
        at += line.len();
    }
    part.and_then(|from| status(&message[from..]))
}

fn kind_of(part: &[u8]) -> Option<mailparse::ParsedContentType> {
    let (headers, _) = mailparse::parse_headers(part).ok()?;
    headers.get_first_value("Content-Type").map(|value| mailparse::parse_content_type(&value))
}

fn status(part: &[u8]) -> Option<String> {
    // The parser goes into parts of parts; one of this kind has none.
    kind_of(part).filter(|kind| kind.mimetype == "message/delivery-status")?;
    mailparse::parse_mail(part).ok()?.get_body().ok()
}

/// `bounces+00D….0123@example.com`
fn tag_in(header: &str) -> Option<(OrgId, String)> {
    let (_, behind) = header.split_once('+')?;
    let (local, _) = behind.split_once('@')?;
    let (org, tag) = local.split_once('.')?;
    let is_tag = tag.len() == TAG_DIGITS && tag.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    Some((OrgId::parse(org).ok()?, tag.to_owned())).filter(|_| is_tag)
}

/// Writes down what became of a delivery. Twice in a row for good, and the address gets nothing any more. Returns whether
/// anything was settled.
///
/// # Errors
/// What the database reports.
pub fn bounce(org: &Arc<Org>, returned: &Returned) -> Result<bool> {
    let ctx = Ctx::for_service(org, LEDGER)?;
    ctx.in_one_transaction(|unit| {
        let text = format!(
            "SELECT State, Address, RunId, Run.ScheduleId FROM {DELIVERY} WHERE TokenHash LIKE '{}%' LIMIT 1",
            returned.tag
        );
        let rows = unit.rows(&text)?;
        let Some(row) = rows.first() else { return Ok(false) };
        let (state, address) = (row.cells[0].value().to_plain(), row.cells[1].value().to_plain());
        let id = |at: usize| row.cells[at].value().as_id().ok_or_else(|| Error::internal("a delivery without its run"));
        let (run, schedule) = (id(2)?, id(3)?);
        let next = match (returned.fate, state.as_str()) {
            (Fate::Failed { .. }, "accepted" | "uncertain" | "sending" | "deferred") => "bounced",
            (Fate::Arrived, "uncertain") => "accepted",
            _ => return Ok(false),
        };
        let words = match returned.fate {
            Fate::Failed { hard: true } => format!("came back: {}", returned.words),
            Fate::Failed { hard: false } => format!("given up on the way: {}", returned.words),
            _ => format!("the receiving side reported it: {}", returned.words),
        };
        let values = [("State", next.into()), ("Reason", cut(&words, 255).into()), ("SettledAt", ctx.now().into())];
        update(unit, DELIVERY, row.id, &values)?;
        run_settle(unit, schedule, run, ctx.now())?;
        if returned.fate == (Fate::Failed { hard: true }) {
            suppress(unit, &address)?;
        }
        Ok(true)
    })
}

fn suppress(unit: &mut platform::Unit<'_, '_>, address: &str) -> Result<()> {
    let latest = unit.rows(&format!(
        "SELECT State, Reason FROM {DELIVERY} WHERE Address = {} AND State IN ('accepted', 'bounced') ORDER BY Run.DueAt \
         DESC, Id DESC LIMIT {IN_A_ROW}",
        quoted(address)
    ))?;
    let hard = |row: &platform::RecordRow| {
        row.cells[0].value().to_plain() == "bounced" && row.cells[1].value().to_plain().starts_with("came back")
    };
    if latest.len() < IN_A_ROW || !latest.iter().all(hard) {
        return Ok(());
    }
    let address = folded(address);
    let known = unit.rows(&format!("SELECT Id FROM {SUPPRESSION} WHERE Address = {}", quoted(&address)))?;
    if known.is_empty() {
        let reason = format!("came back {IN_A_ROW} times in a row");
        ledger::create(unit, SUPPRESSION, &[vec![("Address", address.into()), ("Reason", reason.into())]])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(to: &str, action: &str, status: &str) -> String {
        format!(
            "From: MAILER-DAEMON@mx.example\r\nTo: {to}\r\nSubject: Undelivered\r\nMIME-Version: 1.0\r\n\
             Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n\
             Content-Type: text/plain\r\n\r\nSorry.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n\
             Reporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; gone@customer.example\r\n\
             Action: {action}\r\nStatus: {status}\r\nDiagnostic-Code: smtp; 550 no such user\r\n--b--\r\n"
        )
    }

    #[test]
    fn a_report_says_which_delivery_it_is_about_and_what_became_of_it() {
        let to = "<bounces+00D000000000001EAA.0123456789abcdef0123456789abcdef@test.example>";
        let read = |action: &str, status: &str| returned(report(to, action, status).as_bytes()).map(|found| found.fate);
        assert_eq!(read("failed", "5.1.1"), Some(Fate::Failed { hard: true }));
        assert_eq!(read("Failed", "4.4.7"), Some(Fate::Failed { hard: false }));
        assert_eq!(read("delayed", "4.4.1"), Some(Fate::Delayed));
        assert_eq!(read("relayed", "2.0.0"), Some(Fate::Arrived));
        let found = returned(report(to, "failed", "5.1.1").as_bytes()).expect("a report");
        assert_eq!(found.words, "5.1.1 smtp; 550 no such user");
        for other in ["reports@test.example", "bounces+x.y@test.example", "bounces+00D000000000001EAA.012@test.example"]
        {
            assert_eq!(returned(report(other, "failed", "5.1.1").as_bytes()), None, "{other}");
        }
        assert_eq!(
            returned(b"To: bounces+00D000000000001EAA.0123456789abcdef0123456789abcdef@x\r\n\r\nI am away."),
            None
        );
        assert_eq!(returned(b""), None);
    }

    #[test]
    fn a_message_of_parts_within_parts_is_not_followed_down() {
        let head = "To: bounces+00D000000000001EAA.0123456789abcdef0123456789abcdef@x\r\n";
        let nested = "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n".repeat(100_000);
        assert_eq!(returned(format!("{head}{nested}").as_bytes()), None);
        let own: String = (0..4_000)
            .map(|level| format!("Content-Type: multipart/mixed; boundary=b{level}\r\n\r\n--b{level}\r\n"))
            .collect();
        assert_eq!(returned(format!("{head}{own}").as_bytes()), None);
    }
}
