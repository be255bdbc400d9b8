//! CSV by RFC 4180: CRLF, UTF-8, typed cells, and text that no spreadsheet takes for a formula.

use crate::table::{Column, ColumnKind, RowRole, Table, check_width};
use csv::{ByteRecord, QuoteStyle, Terminator, WriterBuilder};
use model::{Error, Instant, Result, Value, Zone, format_decimal};
use std::io::Write;

/// How a CSV file is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CsvOptions {
    /// Starts the file with a byte order mark, which Excel needs to read UTF-8.
    pub byte_order_mark: bool,
    /// For machines: text is written as it is, formula or not. The caller checks the permission to ask for it.
    pub raw: bool,
    /// Also writes group headings, subtotals and totals. They are left out of a file of records by default, because a
    /// program that adds up a column would count them again.
    pub summary_rows: bool,
}

/// Whether a spreadsheet could take a text for a formula or a control sequence.
pub fn is_dangerous_text(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\0', '\r', '\n', '＝', '＋', '－', '＠'])
}

/// Writes rows one by one; nothing is held but one record.
pub struct CsvWriter<W: Write> {
    inner: csv::Writer<W>,
    columns: Vec<PlannedColumn>,
    options: CsvOptions,
    record: ByteRecord,
    scratch: Vec<u8>,
    rows: u64,
}

struct PlannedColumn {
    kind: ColumnKind,
    zone: Zone,
}

impl<W: Write> CsvWriter<W> {
    /// Writes the heading. A currency column becomes two: the amount, and the code of its currency.
    ///
    /// # Errors
    /// An unknown zone, or a writer that fails.
    pub fn begin(mut out: W, columns: &[Column], options: CsvOptions) -> Result<Self> {
        if options.byte_order_mark {
            out.write_all("\u{feff}".as_bytes()).map_err(Error::internal)?;
        }
        let inner = WriterBuilder::new()
            .terminator(Terminator::CRLF)
            .quote_style(QuoteStyle::Necessary)
            .flexible(false)
            .from_writer(out);
        let planned = columns
            .iter()
            .map(|column| {
                Ok(PlannedColumn { kind: column.kind.clone(), zone: column.kind.zone()?.unwrap_or(Zone::UTC) })
            })
            .collect::<Result<_>>()?;
        let mut writer =
            Self { inner, columns: planned, options, record: ByteRecord::new(), scratch: Vec::new(), rows: 0 };
        for column in columns {
            push_text(&mut writer.record, options, &column.label);
            if matches!(column.kind, ColumnKind::Currency { .. }) {
                push_text(&mut writer.record, options, &format!("{} Currency", column.label));
            }
        }
        writer.flush_record()?;
        Ok(writer)
    }

    /// Writes one row.
    ///
    /// # Errors
    /// A row of the wrong width, or a writer that fails.
    pub fn row(&mut self, role: RowRole, cells: &[Value]) -> Result<()> {
        check_width(self.columns.len(), cells.len(), self.rows)?;
        self.rows += 1;
        if role.is_summary() && !self.options.summary_rows {
            return Ok(());
        }
        for (at, value) in cells.iter().enumerate() {
            self.push_value(at, value);
        }
        self.flush_record()
    }

    /// Hands back the writer under it, with everything written.
    ///
    /// # Errors
    /// A writer that fails.
    pub fn finish(self) -> Result<W> {
        self.inner.into_inner().map_err(Error::internal)
    }

    fn push_value(&mut self, at: usize, value: &Value) {
        let PlannedColumn { kind, zone } = &self.columns[at];
        match value {
            Value::Null => self.record.push_field(b""),
            Value::Text(text) => push_text(&mut self.record, self.options, text),
            Value::Int(number) if kind.scale().is_none() => {
                self.scratch.clear();
                // Writing to a vector cannot fail.
                let _ = write!(self.scratch, "{number}");
                self.record.push_field(&self.scratch);
            }
            Value::Int(_) | Value::Number(_) => {
                let number = value.as_decimal().unwrap_or_default();
                self.record.push_field(format_decimal(number, kind.scale()).as_bytes());
            }
            Value::Id(id) => self.record.push_field(&id.to_chars()),
            Value::DateTime(instant) => self.record.push_field(rfc3339(*instant, zone).as_bytes()),
            other => self.record.push_field(other.to_plain().as_bytes()),
        }
        if let ColumnKind::Currency { code } = kind {
            let has_amount = matches!(value, Value::Int(_) | Value::Number(_));
            self.record.push_field(if has_amount { code.as_bytes() } else { b"" });
        }
    }

    fn flush_record(&mut self) -> Result<()> {
        let result = self.inner.write_byte_record(&self.record).map_err(Error::internal);
        self.record.clear();
        result
    }
}

fn push_text(record: &mut ByteRecord, options: CsvOptions, text: &str) {
    if options.raw || !is_dangerous_text(text) {
        record.push_field(text.as_bytes());
    } else {
        record.push_field(format!("'{text}").as_bytes());
    }
}

/// A whole table as one CSV file. The table's notes have no place among records: whoever sends the file tells them.
///
/// # Errors
/// A row of the wrong width, or an unknown zone.
pub fn csv_bytes(table: &Table, options: CsvOptions) -> Result<Vec<u8>> {
    let mut writer = CsvWriter::begin(Vec::new(), &table.columns, options)?;
    for (role, cells) in table.rows_with_totals() {
        writer.row(role, cells)?;
    }
    writer.finish()
}

/// The instant with the offset that its zone has then: `2026-03-29T01:30:00+01:00`, milliseconds only where there are any.
fn rfc3339(instant: Instant, zone: &Zone) -> String {
    let zoned = instant.to_timestamp().to_zoned(zone.clone());
    let form = if zoned.millisecond() == 0 { "%Y-%m-%dT%H:%M:%S%:z" } else { "%Y-%m-%dT%H:%M:%S%.3f%:z" };
    zoned.strftime(form).to_string()
}
