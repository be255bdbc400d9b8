//! A table inside a mail, as HTML and as plain text. A mail shows the start of a long table and says so.

use super::html::{escape, escape_lines, look};
use crate::format::{Formats, NumberStyle};
use crate::table::{ColumnKind, RowRole, Table};
use model::{Decimal, Result, Value, Zone};
use std::fmt::Write;

/// How much of a table a mail shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableLimits {
    pub rows: usize,
    pub columns: usize,
    /// How many rows there are in all, where the table itself holds only the first ones.
    pub of_rows: Option<u64>,
}

impl Default for TableLimits {
    fn default() -> Self {
        Self { rows: 50, columns: 15, of_rows: None }
    }
}

/// The part of a table that is shown, as text, with what must be said of the rest.
struct Excerpt {
    headings: Vec<String>,
    numeric: Vec<bool>,
    /// Short values that lose their shape when they break.
    unbroken: Vec<bool>,
    rows: Vec<(RowRole, Vec<String>)>,
    notices: Vec<String>,
}

impl Excerpt {
    fn of(table: &Table, formats: &Formats, limits: TableLimits) -> Result<Self> {
        let columns = table.columns.get(..limits.columns).unwrap_or(&table.columns);
        let zones = columns.iter().map(|column| column.kind.zone()).collect::<Result<Vec<Option<Zone>>>>()?;
        let show = |cells: &[Value]| -> Vec<String> {
            let plain = ColumnKind::Text;
            (0..columns.len())
                .map(|at| {
                    let kind = columns.get(at).map_or(&plain, |column| &column.kind);
                    cells.get(at).map_or_else(String::new, |value| formats.value(value, kind, zones[at].as_ref()))
                })
                .collect()
        };
        let details = table.detail_count();
        // A table of groups alone has no records to count; its groups are its rows.
        let counts = |role: RowRole| details == 0 || role == RowRole::Detail;
        let held = if details == 0 { table.rows.len() } else { details };
        let (mut rows, mut shown) = (Vec::new(), 0);
        for row in &table.rows {
            if shown == limits.rows && (counts(row.role) || matches!(row.role, RowRole::GroupHeading { .. })) {
                break;
            }
            shown += usize::from(counts(row.role));
            rows.push((row.role, show(&row.cells)));
        }
        rows.extend(table.totals.iter().map(|cells| (RowRole::Total, show(cells))));
        let all = limits.of_rows.unwrap_or(held as u64).max(held as u64);
        let count = |number: u64| formats.number(Decimal::from(number), &NumberStyle::Plain { scale: 0 });
        let mut notices = Vec::new();
        if (shown as u64) < all {
            notices.push(format!("{} of {} rows", count(shown as u64), count(all)));
        }
        if columns.len() < table.columns.len() {
            notices.push(format!("{} of {} columns", columns.len(), table.columns.len()));
        }
        notices.extend(table.notes.iter().cloned());
        Ok(Self {
            headings: columns.iter().map(crate::table::Column::heading).collect(),
            numeric: columns.iter().map(|column| column.kind.is_numeric()).collect(),
            unbroken: columns.iter().map(|column| !matches!(column.kind, ColumnKind::Text)).collect(),
            rows,
            notices,
        })
    }
}

/// The table as HTML with inline styles.
///
/// # Errors
/// An unknown zone in a column.
pub fn html_table(table: &Table, formats: &Formats, limits: TableLimits) -> Result<String> {
    let excerpt = Excerpt::of(table, formats, limits)?;
    // A wide table scrolls in its own box, and does not widen the mail on a phone.
    let mut out = format!(
        r#"<div style="overflow-x:auto"><table role="table" cellpadding="0" cellspacing="0" border="0" width="100%" style="border-collapse:collapse;width:100%;font-family:{};font-size:13px;line-height:18px;color:{}">"#,
        look::FONT,
        look::INK
    );
    out.push_str("<thead><tr>");
    for (heading, numeric) in excerpt.headings.iter().zip(&excerpt.numeric) {
        // Writing to a String cannot fail, here and below.
        let _ = write!(
            out,
            r#"<th scope="col" align="{0}" valign="bottom" style="text-align:{0};padding:6px 10px;border-bottom:1px solid {1};font-size:12px;font-weight:600;color:{2}">{3}</th>"#,
            align(*numeric),
            look::STRONG_LINE,
            look::MUTED,
            escape(heading)
        );
    }
    out.push_str("</tr></thead><tbody>");
    for (role, cells) in &excerpt.rows {
        let band = match role {
            RowRole::Detail => String::new(),
            RowRole::GroupHeading { .. } | RowRole::Subtotal { .. } => {
                format!("background-color:{};font-weight:600;", look::BAND)
            }
            RowRole::Total => format!("font-weight:700;border-top:2px solid {};", look::STRONG_LINE),
        };
        out.push_str("<tr>");
        for (at, cell) in cells.iter().enumerate() {
            let numeric = excerpt.numeric[at];
            let nowrap =
                if excerpt.unbroken[at] { "white-space:nowrap;font-variant-numeric:tabular-nums;" } else { "" };
            let indent = if at == 0 { indent(*role) } else { 0 };
            let _ = write!(
                out,
                r#"<td align="{0}" valign="top" style="text-align:{0};padding:6px 10px 6px {1}px;border-bottom:1px solid {2};{nowrap}{band}">{3}</td>"#,
                align(numeric),
                10 + indent * 14,
                look::LINE,
                if cell.is_empty() { "&nbsp;".to_owned() } else { escape_lines(cell) }
            );
        }
        out.push_str("</tr>");
    }
    out.push_str("</tbody></table></div>");
    for notice in &excerpt.notices {
        let _ = write!(
            out,
            r#"<p style="margin:8px 0 0;font-family:{};font-size:12px;line-height:18px;color:{}">{}</p>"#,
            look::FONT,
            look::MUTED,
            escape(notice)
        );
    }
    Ok(out)
}

const fn align(numeric: bool) -> &'static str {
    if numeric { "right" } else { "left" }
}

const fn indent(role: RowRole) -> usize {
    match role {
        RowRole::GroupHeading { level } | RowRole::Subtotal { level } => level as usize,
        RowRole::Detail | RowRole::Total => 0,
    }
}

/// Lines wider than this fold in most readers, and a folded table cannot be read.
const MAX_LINE: usize = 100;

/// The table as plain text: columns side by side where they fit, else one field per line.
///
/// # Errors
/// An unknown zone in a column.
pub fn text_table(table: &Table, formats: &Formats, limits: TableLimits) -> Result<String> {
    let excerpt = Excerpt::of(table, formats, limits)?;
    let one_line = |text: &String| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let rows: Vec<(RowRole, Vec<String>)> =
        excerpt.rows.iter().map(|(role, cells)| (*role, cells.iter().map(one_line).collect())).collect();
    let mut widths: Vec<usize> = excerpt.headings.iter().map(|heading| heading.chars().count()).collect();
    for (_, cells) in &rows {
        for (width, cell) in widths.iter_mut().zip(cells) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let total_width = widths.iter().sum::<usize>() + widths.len().saturating_sub(1) * 2;
    let mut out = String::new();
    if total_width <= MAX_LINE {
        push_line(&mut out, &excerpt.headings, &widths, &excerpt.numeric);
        push_rule(&mut out, total_width);
        for (role, cells) in &rows {
            if *role == RowRole::Total {
                push_rule(&mut out, total_width);
            }
            push_line(&mut out, cells, &widths, &excerpt.numeric);
        }
    } else {
        for (_, cells) in &rows {
            for (heading, cell) in excerpt.headings.iter().zip(cells).filter(|(_, cell)| !cell.is_empty()) {
                let _ = writeln!(out, "{heading}: {cell}");
            }
            out.push('\n');
        }
    }
    if !excerpt.notices.is_empty() {
        let _ = write!(out, "\n{}\n", excerpt.notices.join("\n"));
    }
    Ok(out)
}

fn push_rule(out: &mut String, width: usize) {
    let _ = writeln!(out, "{}", "-".repeat(width));
}

fn push_line(out: &mut String, cells: &[String], widths: &[usize], numeric: &[bool]) {
    let line: Vec<String> = cells
        .iter()
        .zip(widths)
        .zip(numeric)
        .map(|((cell, width), numeric)| if *numeric { format!("{cell:>width$}") } else { format!("{cell:<width$}") })
        .collect();
    let _ = writeln!(out, "{}", line.join("  ").trim_end());
}
