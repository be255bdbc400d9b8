//! The body of a report mail: headline, key figures, chart, table, a way back to the app, and a footer. Built from
//! tables and inline styles, which is what every mail reader draws alike.

use super::html::{escape, escape_lines, look};
use super::table::{TableLimits, html_table};
use crate::format::Formats;
use crate::table::Table;
use model::{Error, ErrorCode, Result};
use std::fmt::Write;

/// A key figure: what it is, its value as shown, and how it moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    pub label: String,
    pub value: String,
    /// The movement in words (`+12% on last week`), and whether that is good news where it is news at all.
    pub change: Option<(String, Option<bool>)>,
}

/// A chart that travels as an inline image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChartImage {
    pub content_id: String,
    /// What the picture shows, in words.
    pub alt: String,
    /// Shown size in pixels; the image may hold more of them.
    pub width: u32,
    pub height: u32,
}

/// A link to a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    label: String,
    url: String,
}

impl Link {
    /// # Errors
    /// An address that is not on the web: a mail must not carry a script behind a button.
    pub fn new(label: impl Into<String>, url: impl Into<String>) -> Result<Self> {
        let url = url.into();
        let web = url.starts_with("https://") || url.starts_with("http://");
        if !web || url.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err(Error::new(ErrorCode::FieldIntegrityException, "The link is not an http or https address."));
        }
        Ok(Self { label: label.into(), url })
    }

    pub fn label(&self) -> &str {
        &self.label
    }

    pub fn url(&self) -> &str {
        &self.url
    }
}

/// What a report mail says. Parts that are empty leave no gap.
#[derive(Clone, Debug, Default)]
pub struct MailBody<'a> {
    /// The language of the words: `en-GB`.
    pub language: String,
    pub headline: String,
    /// The line that inboxes show beside the subject.
    pub preview: String,
    /// What the reader must know first: as of when, whose rows, which filters.
    pub facts: Vec<String>,
    pub message: Option<String>,
    pub figures: Vec<Figure>,
    pub chart: Option<ChartImage>,
    pub table: Option<(&'a Table, TableLimits)>,
    pub action: Option<Link>,
    /// Limits met, columns removed, parts that failed.
    pub notices: Vec<String>,
    /// Who sent this and why.
    pub footer: Vec<String>,
    pub unsubscribe: Option<Link>,
}

const WIDTH: u32 = 680;

impl MailBody<'_> {
    /// The HTML document.
    ///
    /// # Errors
    /// An unknown zone in a column of the table.
    pub fn to_html(&self, formats: &Formats) -> Result<String> {
        let mut content = String::new();
        self.push_head(&mut content);
        self.push_figures(&mut content);
        self.push_chart(&mut content);
        if let Some((table, limits)) = self.table {
            push_section(&mut content, &html_table(table, formats, limits)?);
        }
        self.push_action(&mut content);
        self.push_notices(&mut content);
        let mut out = String::new();
        // Writing to a String cannot fail, here and below.
        let _ = write!(
            out,
            concat!(
                r#"<!DOCTYPE html><html lang="{lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">"#,
                r#"<meta name="color-scheme" content="light"><meta name="supported-color-schemes" content="light"><title>{title}</title></head>"#,
                r#"<body style="margin:0;padding:0;background-color:{ground}">"#,
                r#"<div style="display:none;max-height:0;overflow:hidden;mso-hide:all">{preview}</div>"#,
                r#"<table role="presentation" cellpadding="0" cellspacing="0" border="0" width="100%" style="background-color:{ground}"><tr><td align="center" style="padding:24px 12px">"#,
                r#"<table role="presentation" cellpadding="0" cellspacing="0" border="0" width="{width}" style="width:100%;max-width:{width}px;background-color:{surface};border:1px solid {line};border-radius:8px">"#,
                r#"{content}</table>{footer}</td></tr></table></body></html>"#
            ),
            lang = escape(if self.language.is_empty() { formats.locale.tag } else { &self.language }),
            title = escape(&self.headline),
            preview = escape(&self.preview),
            ground = look::GROUND,
            surface = look::SURFACE,
            line = look::LINE,
            width = WIDTH,
            content = content,
            footer = self.footer_html(),
        );
        Ok(out)
    }

    fn push_head(&self, out: &mut String) {
        let mut head = format!(
            r#"<h1 style="margin:0;font-family:{};font-size:20px;line-height:28px;font-weight:600;color:{}">{}</h1>"#,
            look::FONT,
            look::INK,
            escape(&self.headline)
        );
        for fact in &self.facts {
            head.push_str(&paragraph(fact, 13, look::MUTED, "4px 0 0"));
        }
        if let Some(message) = &self.message {
            head.push_str(&paragraph(message, 14, look::INK, "14px 0 0"));
        }
        push_section(out, &head);
    }

    /// Figures stand in rows of three, so that a phone can still show them.
    fn push_figures(&self, out: &mut String) {
        for figures in self.figures.chunks(3) {
            let mut row = String::from(
                r#"<table role="presentation" cellpadding="0" cellspacing="0" border="0" width="100%"><tr>"#,
            );
            let share = 100 / figures.len();
            for figure in figures {
                let change = figure.change.as_ref().map_or_else(String::new, |(words, good)| {
                    let colour = match good {
                        Some(true) => look::GOOD,
                        Some(false) => look::BAD,
                        None => look::MUTED,
                    };
                    paragraph(words, 12, colour, "2px 0 0")
                });
                let _ = write!(
                    row,
                    r#"<td width="{share}%" valign="top" style="padding:0 20px 0 0">{}<p style="margin:2px 0 0;font-family:{};font-size:20px;line-height:28px;font-weight:600;color:{};font-variant-numeric:tabular-nums">{}</p>{change}</td>"#,
                    paragraph(&figure.label, 12, look::MUTED, "0"),
                    look::FONT,
                    look::INK,
                    escape(&figure.value),
                );
            }
            row.push_str("</tr></table>");
            push_section(out, &row);
        }
    }

    fn push_chart(&self, out: &mut String) {
        if let Some(chart) = &self.chart {
            // The width attribute is for Outlook, which knows no max-width.
            let width = chart.width.min(WIDTH - 48);
            let image = format!(
                r#"<img src="cid:{}" alt="{}" width="{width}" style="display:block;width:100%;max-width:{}px;height:auto;border:0">"#,
                escape(&chart.content_id),
                escape(&chart.alt),
                chart.width,
            );
            push_section(out, &image);
        }
    }

    fn push_action(&self, out: &mut String) {
        if let Some(action) = &self.action {
            let button = format!(
                concat!(
                    r#"<table role="presentation" cellpadding="0" cellspacing="0" border="0"><tr><td bgcolor="{accent}" style="background-color:{accent};border-radius:6px">"#,
                    r##"<a href="{url}" style="display:inline-block;padding:9px 16px;font-family:{font};font-size:14px;line-height:20px;font-weight:600;color:#ffffff;text-decoration:none">{label}</a></td></tr></table>"##
                ),
                accent = look::ACCENT,
                url = escape(&action.url),
                font = look::FONT,
                label = escape(&action.label),
            );
            push_section(out, &button);
        }
    }

    fn push_notices(&self, out: &mut String) {
        if !self.notices.is_empty() {
            let lines: String =
                self.notices.iter().map(|notice| paragraph(notice, 12, look::MUTED, "4px 0 0")).collect();
            push_section(out, &lines);
        }
    }

    fn footer_html(&self) -> String {
        let mut lines: String = self.footer.iter().map(|line| paragraph(line, 12, look::MUTED, "4px 0 0")).collect();
        if let Some(link) = &self.unsubscribe {
            let _ = write!(
                lines,
                r#"<p style="margin:8px 0 0;font-family:{};font-size:12px;line-height:18px"><a href="{}" style="color:{};text-decoration:underline">{}</a></p>"#,
                look::FONT,
                escape(&link.url),
                look::MUTED,
                escape(&link.label)
            );
        }
        if lines.is_empty() {
            return lines;
        }
        format!(
            r#"<table role="presentation" cellpadding="0" cellspacing="0" border="0" width="{WIDTH}" style="width:100%;max-width:{WIDTH}px"><tr><td style="padding:12px 24px">{lines}</td></tr></table>"#
        )
    }
}

fn push_section(out: &mut String, content: &str) {
    let first = out.is_empty();
    let _ =
        write!(out, r#"<tr><td style="padding:{} 24px 24px">{content}</td></tr>"#, if first { "24px" } else { "0" });
}

fn paragraph(text: &str, size: u8, colour: &str, margin: &str) -> String {
    let line = u16::from(size) * 3 / 2;
    format!(
        r#"<p style="margin:{margin};font-family:{};font-size:{size}px;line-height:{line}px;color:{colour}">{}</p>"#,
        look::FONT,
        escape_lines(text)
    )
}
