//! The cell styles of one workbook: number formats by column, the heading, totals, and text that must not be read as a
//! formula.

use super::xml::escape;
use crate::format::currency_scale;
use crate::table::{Column, ColumnKind, RowRole};
use std::fmt::Write;

/// How a cell looks beside its number format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    Plain,
    /// Subtotals and group headings: bold.
    Group,
    /// The grand total: bold under a line.
    Total,
}

impl Look {
    pub(super) const fn of(role: RowRole) -> Self {
        match role {
            RowRole::Detail => Self::Plain,
            RowRole::GroupHeading { .. } | RowRole::Subtotal { .. } => Self::Group,
            RowRole::Total => Self::Total,
        }
    }

    const fn index(self) -> usize {
        self as usize
    }
}

const LOOKS: usize = 3;
/// The first number format id that is ours to give.
const FIRST_FORMAT: usize = 164;

/// Fixed styles, then for every look: text, quoted text, wrapped text, and one per column.
pub(super) struct Styles {
    formats: Vec<String>,
}

impl Styles {
    pub(super) const HEADING: usize = 1;
    pub(super) const HEADING_RIGHT: usize = 2;
    const FIXED: usize = 3;
    const TEXTS: usize = 4;

    pub(super) fn new(columns: &[Column]) -> Self {
        Self { formats: columns.iter().map(|column| number_format(&column.kind)).collect() }
    }

    fn block(&self, look: Look) -> usize {
        Self::FIXED + look.index() * (Self::TEXTS + self.formats.len())
    }

    /// Text; `quoted` keeps Excel from reading it as a formula when somebody edits the cell.
    pub(super) fn text(&self, look: Look, quoted: bool, wrapped: bool) -> usize {
        self.block(look) + usize::from(quoted) + 2 * usize::from(wrapped)
    }

    /// A typed value of a column.
    pub(super) fn typed(&self, look: Look, column: usize) -> usize {
        self.block(look) + Self::TEXTS + column
    }

    /// `xl/styles.xml`.
    pub(super) fn to_xml(&self) -> String {
        let mut formats = String::new();
        for (at, format) in self.formats.iter().enumerate() {
            // Writing to a String cannot fail, here and below.
            let _ = write!(formats, r#"<numFmt numFmtId="{}" formatCode="{}"/>"#, FIRST_FORMAT + at, escape(format));
        }
        let mut cells = String::new();
        cells.push_str(r#"<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>"#);
        for align in ["left", "right"] {
            let _ = write!(
                cells,
                r#"<xf numFmtId="0" fontId="1" fillId="2" borderId="1" xfId="0" applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1"><alignment horizontal="{align}" vertical="center" wrapText="1"/></xf>"#
            );
        }
        for look in [Look::Plain, Look::Group, Look::Total] {
            let (font, border) = match look {
                Look::Plain => (0, 0),
                Look::Group => (1, 0),
                Look::Total => (1, 2),
            };
            let dress =
                format!(r#"fontId="{font}" fillId="0" borderId="{border}" xfId="0" applyFont="1" applyBorder="1""#);
            for (quoted, wrapped) in [(false, false), (true, false), (false, true), (true, true)] {
                let quote = if quoted { r#" quotePrefix="1""# } else { "" };
                let wrap = if wrapped {
                    r#"<alignment vertical="top" wrapText="1"/>"#
                } else {
                    r#"<alignment vertical="top"/>"#
                };
                let _ = write!(
                    cells,
                    r#"<xf numFmtId="49" {dress}{quote} applyNumberFormat="1" applyAlignment="1">{wrap}</xf>"#
                );
            }
            for at in 0..self.formats.len() {
                let _ = write!(
                    cells,
                    r#"<xf numFmtId="{}" {dress} applyNumberFormat="1" applyAlignment="1"><alignment vertical="top"/></xf>"#,
                    FIRST_FORMAT + at
                );
            }
        }
        let count = Self::FIXED + LOOKS * (Self::TEXTS + self.formats.len());
        format!(
            concat!(
                r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#,
                "\n",
                r#"<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">"#,
                r#"{formats}"#,
                r#"<fonts count="2"><font><sz val="11"/><color theme="1"/><name val="Calibri"/><family val="2"/><scheme val="minor"/></font>"#,
                r#"<font><b/><sz val="11"/><color theme="1"/><name val="Calibri"/><family val="2"/><scheme val="minor"/></font></fonts>"#,
                r#"<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>"#,
                r#"<fill><patternFill patternType="solid"><fgColor rgb="FFF1F3F5"/><bgColor indexed="64"/></patternFill></fill></fills>"#,
                r#"<borders count="3"><border><left/><right/><top/><bottom/><diagonal/></border>"#,
                r#"<border><left/><right/><top/><bottom style="thin"><color rgb="FFADB5BD"/></bottom><diagonal/></border>"#,
                r#"<border><left/><right/><top style="thin"><color rgb="FF495057"/></top><bottom/><diagonal/></border></borders>"#,
                r#"<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>"#,
                r#"<cellXfs count="{count}">{cells}</cellXfs>"#,
                r#"<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>"#,
                r#"</styleSheet>"#
            ),
            formats = if formats.is_empty() {
                String::new()
            } else {
                format!(r#"<numFmts count="{}">{formats}</numFmts>"#, self.formats.len())
            },
            count = count,
            cells = cells,
        )
    }
}

/// The number format of a column, in Excel's own language.
pub(super) fn number_format(kind: &ColumnKind) -> String {
    let places = |scale: u8| if scale == 0 { String::new() } else { format!(".{}", "0".repeat(usize::from(scale))) };
    match kind {
        ColumnKind::Text | ColumnKind::Id => "@".into(),
        ColumnKind::Boolean => "General".into(),
        ColumnKind::Number { scale } => format!("#,##0{}", places(*scale)),
        ColumnKind::Currency { code } => {
            let code: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
            format!("[${code}] #,##0{}", places(currency_scale(&code)))
        }
        ColumnKind::Percent { scale } => format!("0{}%", places(*scale)),
        ColumnKind::Date => "yyyy-mm-dd".into(),
        ColumnKind::DateTime { .. } => "yyyy-mm-dd hh:mm:ss".into(),
        ColumnKind::Time => "hh:mm:ss".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn currencies_have_their_minor_units() {
        let format = |code: &str| number_format(&ColumnKind::Currency { code: code.into() });
        assert_eq!(format("EUR"), "[$EUR] #,##0.00");
        assert_eq!(format("JPY"), "[$JPY] #,##0");
        assert_eq!(format("KWD"), "[$KWD] #,##0.000");
    }
}
