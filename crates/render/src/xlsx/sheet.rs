//! The XML around the rows of one worksheet.

use super::cell::push_text;
use super::style::Styles;
use super::xml::{address, column_letters};
use crate::table::{Column, ColumnKind};
use std::fmt::Write;

const MIN_WIDTH: usize = 8;
const MAX_WIDTH: usize = 60;

/// Everything before the first row: frozen heading, column widths. `names` says how wide columns are, in characters.
pub(super) fn opening(widths: &[usize], selected: bool) -> String {
    let mut out = String::from(concat!(
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#,
        "\n",
        r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" "#,
        r#"xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">"#,
    ));
    // Writing to a String cannot fail, here and below.
    let _ = write!(
        out,
        concat!(
            r#"<sheetViews><sheetView{} workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>"#,
            r#"<selection pane="bottomLeft" activeCell="A2" sqref="A2"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/>"#
        ),
        if selected { r#" tabSelected="1""# } else { "" },
    );
    if !widths.is_empty() {
        out.push_str("<cols>");
        for (at, width) in widths.iter().enumerate() {
            // Two characters of room for the padding and the filter's arrow.
            let width = (*width).clamp(MIN_WIDTH, MAX_WIDTH) + 2;
            let _ = write!(out, r#"<col min="{0}" max="{0}" width="{width}" customWidth="1"/>"#, at + 1);
        }
        out.push_str("</cols>");
    }
    out.push_str("<sheetData>");
    out
}

/// The heading row.
pub(super) fn heading(columns: &[Column]) -> String {
    let mut out = String::from(r#"<row r="1">"#);
    for (at, column) in columns.iter().enumerate() {
        let style = if column.kind.is_numeric() { Styles::HEADING_RIGHT } else { Styles::HEADING };
        push_text(&mut out, 0, at, style, &column.heading());
    }
    out.push_str("</row>");
    out
}

/// The start of a row. Rows inside a group can be folded away.
pub(super) fn row_start(out: &mut String, row: u32, outline: u8) {
    let _ = write!(out, r#"<row r="{}""#, row + 1);
    if outline > 0 {
        let _ = write!(out, r#" outlineLevel="{}""#, outline.min(7));
    }
    out.push('>');
}

/// Everything after the last row: the filter over the records, and how the sheet is printed.
pub(super) fn closing(filtered: Option<(u32, usize)>) -> String {
    end(filtered, "")
}

/// The same for a sheet with a drawing: the first among what it refers to.
pub(super) fn closing_with_drawing() -> String {
    end(None, r#"<drawing r:id="rId1"/>"#)
}

fn end(filtered: Option<(u32, usize)>, last: &str) -> String {
    let mut out = String::from("</sheetData>");
    if let Some((last_row, columns)) = filtered {
        let _ = write!(out, r#"<autoFilter ref="A1:{}"/>"#, address(last_row, columns - 1));
    }
    out.push_str(concat!(
        r#"<pageMargins left="0.5" right="0.5" top="0.6" bottom="0.6" header="0.3" footer="0.3"/>"#,
        r#"<pageSetup orientation="landscape" fitToHeight="0"/>"#,
        r#"<headerFooter><oddFooter>&amp;L&amp;A&amp;RPage &amp;P of &amp;N</oddFooter></headerFooter>"#
    ));
    out.push_str(last);
    out.push_str("</worksheet>");
    out
}

/// The range of a filter as a defined name wants it: `'Name'!$A$1:$D$20`.
pub(super) fn absolute_range(sheet: &str, last_row: u32, columns: usize) -> String {
    let mut last = String::new();
    column_letters(&mut last, columns - 1);
    format!("'{}'!$A$1:${last}${}", sheet.replace('\'', "''"), last_row + 1)
}

/// How wide a value of a column is at the least, before any was seen.
pub(super) fn natural_width(column: &Column) -> usize {
    let typed = match column.kind {
        ColumnKind::DateTime { .. } => 19,
        ColumnKind::Id => 18,
        ColumnKind::Date | ColumnKind::Time => 10,
        _ => 0,
    };
    // A heading may wrap onto a second line, so that a long label does not widen a column of small numbers.
    let label = column.heading().chars().count();
    typed.max(if label > 24 { label.div_ceil(2) + 2 } else { label })
}
