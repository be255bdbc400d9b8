//! Messages, taken apart by a MIME reader.

use crate::number;
use mailparse::{DispositionType, MailHeaderMap, ParsedMail, parse_mail};
use model::{Instant, Value};
use render::format::Formats;
use render::mail::{
    Attachment, ChartImage, Figure, InlineImage, Link, MailBody, MailMessage, Mailbox, TableLimits, html_table,
    text_table,
};
use render::{Column, Row, RowRole, Table};

fn message() -> MailMessage {
    MailMessage {
        from: Mailbox::new("Holdfast für Söhne, GmbH", "reports@mail.example.com"),
        to: Mailbox::new("Ada \"The Countess\" Lovelace", "ada+q3@example.com"),
        reply_to: None,
        subject: "Umsätze – Q3 🚀".into(),
        text: "Hello,\n.\n--=_mixed\nlong ".to_owned() + &"word ".repeat(400),
        html: "<p>Hëllo</p>".into(),
        images: vec![InlineImage {
            content_id: "chart-1@holdfast".into(),
            file_name: "chart.png".into(),
            png: vec![0x89, b'P', 0, 255],
        }],
        attachments: vec![
            Attachment {
                file_name: "Umsätze nach Region und Verkäufer im dritten Quartal des Geschäftsjahres 2026.xlsx".into(),
                content_type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet".into(),
                content: (0..=255).cycle().take(5_000).collect(),
            },
            Attachment {
                file_name: "rows.csv".into(),
                content_type: "text/csv; charset=utf-8".into(),
                content: b"a,b\r\n1,2\r\n".to_vec(),
            },
        ],
        message_id: "delivery-1@mail.example.com".into(),
        date: Instant::parse("2026-11-21T08:21:19Z").expect("an instant"),
        headers: vec![
            ("List-Unsubscribe".into(), "<https://mail.example.com/u/abc%2Bdef>, <mailto:u@mail.example.com>".into()),
            ("List-Unsubscribe-Post".into(), "List-Unsubscribe=One-Click".into()),
        ],
    }
}

fn mime_types(mail: &ParsedMail<'_>) -> String {
    let inside: Vec<String> = mail.subparts.iter().map(mime_types).collect();
    if inside.is_empty() {
        mail.ctype.mimetype.clone()
    } else {
        format!("{}{{{}}}", mail.ctype.mimetype, inside.join(", "))
    }
}

#[test]
fn a_message_has_the_shape_that_every_reader_knows() {
    let bytes = message().to_bytes().expect("a message");
    let mail = parse_mail(&bytes).expect("a message that parses");
    assert_eq!(
        mime_types(&mail),
        "multipart/mixed{multipart/related{multipart/alternative{text/plain, text/html}, image/png}, \
         application/vnd.openxmlformats-officedocument.spreadsheetml.sheet, text/csv}"
    );
    let header = |name: &str| mail.headers.get_first_value(name).unwrap_or_default();
    assert_eq!(header("Subject"), "Umsätze – Q3 🚀");
    assert_eq!(header("Message-ID"), "<delivery-1@mail.example.com>");
    assert_eq!(header("Date"), "Sat, 21 Nov 2026 08:21:19 +0000");
    assert_eq!(header("List-Unsubscribe"), "<https://mail.example.com/u/abc%2Bdef>, <mailto:u@mail.example.com>");
    assert_eq!(header("To"), "\"Ada \\\"The Countess\\\" Lovelace\" <ada+q3@example.com>");
    let related = &mail.subparts[0];
    assert_eq!(related.subparts[1].headers.get_first_value("Content-ID").as_deref(), Some("<chart-1@holdfast>"));
    assert_eq!(related.subparts[1].get_body_raw().expect("a body"), [0x89, b'P', 0, 255]);
    assert_eq!(
        related.subparts[0].subparts[0].get_body().expect("a body").replace("\r\n", "\n").trim_end(),
        message().text.trim_end()
    );
    assert_eq!(related.subparts[0].subparts[1].get_body().expect("a body").trim_end(), "<p>Hëllo</p>");
    for (part, sent) in mail.subparts[1..].iter().zip(&message().attachments) {
        let disposition = part.get_content_disposition();
        assert_eq!(disposition.disposition, DispositionType::Attachment);
        assert_eq!(disposition.params.get("filename"), Some(&sent.file_name));
        assert_eq!(part.get_body_raw().expect("a body"), sent.content);
    }
}

#[test]
fn every_line_is_short_ascii_and_ends_with_crlf() {
    let mut long = message();
    long.subject = "x".repeat(3_000);
    long.from.name = Some("ü".repeat(160));
    let sent = long.to_bytes().expect("a message");
    let subject = parse_mail(&sent).expect("a message that parses").headers.get_first_value("Subject");
    assert_eq!(subject, Some(long.subject.clone()), "an unbroken word comes back whole");
    for message in [message(), long] {
        let bytes = message.to_bytes().expect("a message");
        assert!(bytes.is_ascii());
        let text = String::from_utf8(bytes).expect("ASCII");
        assert!(!text.replace("\r\n", "").contains(['\r', '\n']));
        for line in text.split("\r\n") {
            assert!(line.len() <= 998, "{} characters: {line}", line.len());
        }
    }
}

#[test]
fn the_same_message_gives_the_same_bytes() {
    assert_eq!(message().to_bytes().expect("a message"), message().to_bytes().expect("a message"));
}

#[test]
fn nothing_from_outside_can_add_a_header() {
    let mut forged = message();
    forged.subject = "Report\r\nBcc: eve@example.com\r\n\r\n<html>".into();
    forged.to.name = Some("Ada\r\nBcc: eve@example.com".into());
    forged.attachments[1].file_name = "a.csv\"\r\nBcc: eve@example.com".into();
    forged.headers.push(("X-Note".into(), "one\ntwo\0three".into()));
    let bytes = forged.to_bytes().expect("a message");
    let mail = parse_mail(&bytes).expect("a message that parses");
    assert!(mail.headers.get_first_value("Bcc").is_none());
    assert_eq!(mail.headers.get_first_value("Subject").as_deref(), Some("Report Bcc: eve@example.com <html>"));
    assert_eq!(mail.headers.get_first_value("X-Note").as_deref(), Some("one two three"));
    assert!(mail.subparts[2].headers.get_first_value("Bcc").is_none());
}

#[test]
fn what_is_no_address_or_header_is_refused() {
    let refuse = |change: fn(&mut MailMessage)| {
        let mut message = message();
        change(&mut message);
        message.to_bytes().map_err(|error| error.message().to_owned()).err()
    };
    assert_eq!(
        refuse(|message| message.to.address = "ada@example.com, eve@example.com".into()).as_deref(),
        Some("To: \"ada@example.com, eve@example.com\" is not an e-mail address.")
    );
    assert!(refuse(|message| message.headers.push(("Subject".into(), "x".into()))).is_some());
    assert!(refuse(|message| message.headers.push(("X Bad:".into(), "x".into()))).is_some());
    assert!(refuse(|message| message.headers.push(("X-Long".into(), "x".repeat(2_000)))).is_some());
    assert_eq!(
        refuse(|message| message.from.name = Some("x".repeat(2_000))).as_deref(),
        Some("From: the name is longer than 320 bytes. Shorten it.")
    );
    assert!(refuse(|message| message.message_id = "a b".into()).is_some());
    assert!(refuse(|message| message.attachments[0].content_type = "nonsense".into()).is_some());
}

fn table(rows: i64, columns: usize) -> Table {
    let mut headings = vec![Column::text("Account <name>"), Column::currency("Amount", "EUR")];
    headings.extend((2..columns).map(|at| Column::text(format!("Field {at}"))));
    let row = |at: i64| {
        let mut cells = vec![Value::from(format!("Acme & Sons {at}")), number("1234.5")];
        cells.extend((2..columns).map(|_| Value::from("x")));
        Row::from(cells)
    };
    let mut totals = vec![Value::from("Total"), number("99999.99")];
    totals.extend((2..columns).map(|_| Value::Null));
    Table {
        title: "Pipeline".into(),
        columns: headings,
        rows: (1..=rows).map(row).collect(),
        totals: Some(totals),
        notes: Vec::new(),
    }
}

#[test]
fn a_mail_shows_the_start_of_a_long_table_and_says_so() {
    let html = html_table(&table(1234, 20), &Formats::default(), TableLimits::default()).expect("HTML");
    assert_eq!(html.matches("<tr>").count(), 1 + 50 + 1, "heading, fifty rows, total");
    assert_eq!(html.matches("<th ").count(), 15);
    assert!(html.contains(">50 of 1,234 rows<") && html.contains(">15 of 20 columns<"));
    assert!(html.contains("Acme &amp; Sons 50<") && !html.contains("Sons 51<"));
    assert!(html.contains("Account &lt;name&gt;") && html.contains("EUR 1,234.50"));
    let short = html_table(&table(3, 2), &Formats::default(), TableLimits::default()).expect("HTML");
    assert!(!short.contains(" of "));
    let mut noted = table(3, 2);
    noted.notes.push("The column Margin was removed.".into());
    let html = html_table(&noted, &Formats::default(), TableLimits::default()).expect("HTML");
    assert!(html.contains(">The column Margin was removed.<"));
    let of_more = TableLimits { of_rows: Some(1_000_000), ..TableLimits::default() };
    assert!(text_table(&table(50, 2), &Formats::default(), of_more).expect("text").contains("50 of 1,000,000 rows"));
}

#[test]
fn a_table_of_groups_alone_counts_its_groups() {
    let mut grouped = table(60, 2);
    grouped.rows.iter_mut().for_each(|row| row.role = RowRole::Subtotal { level: 0 });
    let html = html_table(&grouped, &Formats::default(), TableLimits::default()).expect("HTML");
    assert!(html.contains(">50 of 60 rows<"));
}

fn body(table: &Table) -> MailBody<'_> {
    MailBody {
        language: "en-GB".into(),
        headline: "Pipeline <by stage>".into(),
        preview: "EUR 1.2M open".into(),
        facts: vec!["Data as of 21/11/2026 09:00 (Europe/Berlin)".into()],
        message: Some("Two deals moved.\nPlease look at Acme.".into()),
        figures: vec![Figure {
            label: "Open".into(),
            value: "EUR 1.2M".into(),
            change: Some(("+12% on last week".into(), Some(true))),
        }],
        chart: Some(ChartImage {
            content_id: "chart-1@holdfast".into(),
            alt: "Amount by stage".into(),
            width: 640,
            height: 320,
        }),
        table: Some((table, TableLimits::default())),
        action: Some(Link::new("Open report", "https://crm.example.com/r/1?a=1&b=2").expect("a link")),
        notices: vec!["The column Margin was removed.".into()],
        footer: vec!["Sent by Ada Lovelace.".into()],
        unsubscribe: Some(Link::new("Unsubscribe", "https://crm.example.com/u/abc").expect("a link")),
    }
}

#[test]
fn the_text_of_a_mail_says_what_its_html_says() {
    let table = table(2, 2);
    insta::assert_snapshot!(body(&table).to_text(&Formats::default()).expect("text"));
}

#[test]
fn the_html_of_a_mail_is_inline_and_escaped() {
    let table = table(2, 2);
    let html = body(&table).to_html(&Formats::default()).expect("HTML");
    assert!(html.contains("<h1") && html.contains("Pipeline &lt;by stage&gt;"));
    assert!(html.contains("src=\"cid:chart-1@holdfast\""));
    assert!(html.contains("href=\"https://crm.example.com/r/1?a=1&amp;b=2\""));
    assert!(!html.contains("<script") && !html.contains("<style") && !html.contains("class="));
    // A mail must still open in a phone's narrow window.
    assert!(html.contains("max-width:680px"));
}

#[test]
fn a_link_that_is_no_web_address_is_refused() {
    for url in ["javascript:alert(1)", "https://a b", "https://a\r\nX: y", "ftp://x"] {
        assert!(Link::new("Open", url).is_err(), "{url}");
    }
}

#[test]
fn a_wide_table_becomes_one_field_per_line_in_plain_text() {
    let text = text_table(&table(2, 20), &Formats::default(), TableLimits::default()).expect("text");
    assert!(text.contains("Account <name>: Acme & Sons 1\nAmount: EUR 1,234.50\nField 2: x\n"), "{text}");
}
