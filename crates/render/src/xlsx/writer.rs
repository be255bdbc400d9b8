//! The streaming writer: begin, row by row, finish.

use super::cell::{CellColumn, push_cell, push_text};
use super::chart;
use super::names::{numbered, sheet_name};
use super::notes::{NoteLine, Notes};
use super::package::{self, WrittenSheet};
use super::sheet::{self, natural_width};
use super::style::{Look, Styles};
use super::{MAX_COLUMNS, MAX_ROWS};
use crate::chart::Chart;
use crate::format::Formats;
use crate::table::{Column, Row, RowRole, Table, check_width};
use model::{Error, ErrorCode, Instant, Result, Value, Zone};
use std::io::Write;
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, ZipWriter};

/// Rows that are looked at before the column widths are set.
const SAMPLE: usize = 200;
/// A part above four gigabytes needs an extension of ZIP that spreadsheet programs do not read from a stream; the sheet
/// ends before.
const MAX_SHEET_BYTES: u64 = 4_000_000_000;
/// Sheet XML goes to the compressor in pieces of about this size.
const CHUNK: usize = 64 * 1024;

/// What a workbook says of itself.
#[derive(Clone, Debug)]
pub struct XlsxOptions {
    /// The document's title; the sheets are named after it.
    pub title: String,
    /// The instant the rows were read, and the zone to tell it in.
    pub as_of: Option<(Instant, Zone)>,
    /// The document's date of creation: a parameter, so that the same table gives the same bytes.
    pub created: Instant,
    /// Drawn by the spreadsheet program itself, on a sheet of its own beside its values.
    pub chart: Option<Chart>,
}

/// Writes a workbook to any writer, without seeking and without keeping rows.
pub struct XlsxWriter<W: Write> {
    zip: ZipWriter<StreamWriter<W>>,
    options: XlsxOptions,
    columns: Vec<Column>,
    cells: Vec<CellColumn>,
    styles: Styles,
    notes: Notes,
    table_notes: Vec<String>,
    sheets: Vec<WrittenSheet>,
    /// The first rows of the table, until the widths are known.
    sample: Vec<Row>,
    widths: Vec<usize>,
    chunk: String,
    /// The next row of the open sheet; 0 while none is open.
    next_row: u32,
    /// The last row that the filter covers: records and groups, not the grand total.
    last_filtered: u32,
    sheet_bytes: u64,
    max_rows: u32,
    /// How deep the rows now stand inside groups.
    depth: u8,
    written: u64,
}

impl<W: Write> XlsxWriter<W> {
    /// Opens the workbook.
    ///
    /// # Errors
    /// More columns than a sheet has, an unknown zone, or a writer that fails.
    pub fn begin(out: W, columns: &[Column], options: XlsxOptions) -> Result<Self> {
        Self::with_max_rows(out, columns, options, MAX_ROWS)
    }

    fn with_max_rows(out: W, columns: &[Column], options: XlsxOptions, max_rows: u32) -> Result<Self> {
        if columns.len() > MAX_COLUMNS {
            return Err(Error::new(
                ErrorCode::QueryTooComplicated,
                format!(
                    "The table has {} columns. An Excel sheet holds {MAX_COLUMNS}. Remove some columns, or choose CSV.",
                    columns.len()
                ),
            ));
        }
        let cells = columns
            .iter()
            .map(|column| Ok(CellColumn { kind: column.kind.clone(), zone: column.kind.zone()?.unwrap_or(Zone::UTC) }))
            .collect::<Result<_>>()?;
        let drawn = options.chart.as_ref().filter(|chart| chart::is_drawn(chart));
        let formatted: Vec<Column> = columns.iter().cloned().chain(drawn.map(chart::value_column)).collect();
        let mut writer = Self {
            zip: ZipWriter::new_stream(out),
            styles: Styles::new(&formatted),
            notes: Notes::new(columns.len()),
            widths: columns.iter().map(natural_width).collect(),
            columns: columns.to_vec(),
            options,
            cells,
            table_notes: Vec::new(),
            sheets: Vec::new(),
            sample: Vec::with_capacity(SAMPLE),
            chunk: String::with_capacity(CHUNK + CHUNK / 4),
            next_row: 0,
            last_filtered: 0,
            sheet_bytes: 0,
            max_rows,
            depth: 0,
            written: 0,
        };
        writer.part("_rels/.rels", &package::root_relationships())?;
        let as_of = writer.as_of_line().unwrap_or_default();
        let core = package::core_properties(&writer.options.title, &as_of, writer.options.created);
        writer.part("docProps/core.xml", &core)?;
        writer.part("docProps/app.xml", &package::app_properties())?;
        let styles = writer.styles.to_xml();
        writer.part("xl/styles.xml", &styles)?;
        Ok(writer)
    }

    /// Adds a line to the `Notes` sheet.
    pub fn note(&mut self, note: impl Into<String>) {
        self.table_notes.push(note.into());
    }

    /// Writes one row; a full sheet goes on in the next one.
    ///
    /// # Errors
    /// A row of the wrong width, or a writer that fails.
    pub fn row(&mut self, role: RowRole, cells: &[Value]) -> Result<()> {
        check_width(self.columns.len(), cells.len(), self.written)?;
        self.written += 1;
        if self.next_row == 0 && self.sheets.is_empty() {
            self.sample.push(Row { role, cells: cells.to_vec() });
            if self.sample.len() < SAMPLE {
                return Ok(());
            }
            return self.drain_sample();
        }
        self.emit(role, cells)
    }

    /// Closes the workbook and hands back the writer under it.
    ///
    /// # Errors
    /// A writer that fails.
    pub fn finish(mut self) -> Result<W> {
        self.drain_sample()?;
        self.close_sheet()?;
        let has_chart = self.write_chart()?;
        self.write_notes()?;
        let workbook = package::workbook(&self.sheets);
        self.part("xl/workbook.xml", &workbook)?;
        let relationships = package::workbook_relationships(self.sheets.len());
        self.part("xl/_rels/workbook.xml.rels", &relationships)?;
        let types = package::content_types(self.sheets.len(), has_chart);
        self.part("[Content_Types].xml", &types)?;
        self.zip.finish().map(StreamWriter::into_inner).map_err(Error::internal)
    }

    fn drain_sample(&mut self) -> Result<()> {
        if self.next_row > 0 {
            return Ok(());
        }
        let sample = std::mem::take(&mut self.sample);
        let formats = Formats::default();
        for row in &sample {
            for (at, value) in row.cells.iter().enumerate() {
                let shown = formats.value(value, &self.cells[at].kind, Some(&self.cells[at].zone));
                let longest = shown.lines().map(|line| line.chars().count()).max().unwrap_or(0);
                self.widths[at] = self.widths[at].max(longest);
            }
        }
        self.open_sheet()?;
        sample.iter().try_for_each(|row| self.emit(row.role, &row.cells))
    }

    fn emit(&mut self, role: RowRole, cells: &[Value]) -> Result<()> {
        if self.next_row >= self.max_rows || self.sheet_bytes >= MAX_SHEET_BYTES {
            self.close_sheet()?;
            self.open_sheet()?;
        }
        let (row, look) = (self.next_row, Look::of(role));
        let outline = match role {
            RowRole::GroupHeading { level } => {
                self.depth = level + 1;
                level
            }
            RowRole::Subtotal { level } => {
                self.depth = level;
                level
            }
            RowRole::Detail => self.depth,
            RowRole::Total => 0,
        };
        sheet::row_start(&mut self.chunk, row, outline);
        for (at, value) in cells.iter().enumerate() {
            if let Some(kept) = push_cell(&mut self.chunk, &self.styles, &self.cells[at], (row, at), look, value, at) {
                self.notes.add(self.sheet_number(), row, at, kept);
            }
        }
        self.chunk.push_str("</row>");
        if role != RowRole::Total {
            self.last_filtered = row;
        }
        self.next_row += 1;
        self.flush_chunk(CHUNK)
    }

    fn sheet_number(&self) -> u32 {
        u32::try_from(self.sheets.len() + 1).unwrap_or(u32::MAX)
    }

    fn open_sheet(&mut self) -> Result<()> {
        let n = self.sheet_number();
        self.start_part(&format!("xl/worksheets/sheet{n}.xml"))?;
        self.sheet_bytes = 0;
        self.chunk.push_str(&sheet::opening(&self.widths, n == 1));
        self.chunk.push_str(&sheet::heading(&self.columns));
        self.next_row = 1;
        self.last_filtered = 0;
        Ok(())
    }

    fn close_sheet(&mut self) -> Result<()> {
        let filtered = (!self.columns.is_empty()).then_some((self.last_filtered, self.columns.len()));
        self.chunk.push_str(&sheet::closing(filtered));
        self.flush_chunk(0)?;
        let name = sheet_name(&self.options.title, self.sheet_number());
        self.sheets.push(WrittenSheet { name, filtered });
        Ok(())
    }

    /// A sheet with the chart and its values; none for a kind that spreadsheet programs do not have.
    fn write_chart(&mut self) -> Result<bool> {
        let Some(drawn) = self.options.chart.take().filter(chart::is_drawn) else { return Ok(false) };
        let taken = self.sheets.iter().any(|sheet| sheet.name.eq_ignore_ascii_case("Chart"));
        let name = if taken { "Chart of the report" } else { "Chart" };
        let number = self.sheet_number();
        self.part(
            &format!("xl/worksheets/sheet{number}.xml"),
            &chart::sheet_xml(&drawn, &self.styles, self.columns.len()),
        )?;
        self.part(&format!("xl/worksheets/_rels/sheet{number}.xml.rels"), &chart::sheet_relationships())?;
        self.part("xl/drawings/drawing1.xml", &chart::drawing(&drawn))?;
        self.part("xl/drawings/_rels/drawing1.xml.rels", &chart::drawing_relationships())?;
        self.part("xl/charts/chart1.xml", &chart::chart_xml(&drawn, name))?;
        self.sheets.push(WrittenSheet { name: name.to_owned(), filtered: None });
        Ok(true)
    }

    /// A sheet for what the reader must know; none when there is nothing to say.
    fn write_notes(&mut self) -> Result<()> {
        let mut lines: Vec<NoteLine> = Vec::new();
        let plain = |text: String| [String::new(), String::new(), text];
        lines.extend(self.as_of_line().map(plain));
        lines.extend(self.table_notes.iter().cloned().map(plain));
        if self.sheets.len() > 1 {
            lines.push(plain(format!(
                "The rows go on over {} sheets, because a sheet holds {} rows.",
                self.sheets.len(),
                self.max_rows
            )));
        }
        lines.extend(self.notes.lines(&self.columns, |n| sheet_name(&self.options.title, n)));
        let columns = [Column::text("Sheet"), Column::text("Cell"), Column::text("Note")];
        let text = self.styles.text(Look::Plain, false, true);
        for (n, part) in (1u32..).zip(lines.chunks(self.max_rows as usize - 1)) {
            let at = self.sheet_number();
            self.start_part(&format!("xl/worksheets/sheet{at}.xml"))?;
            self.chunk.push_str(&sheet::opening(&[24, 14, 90], false));
            self.chunk.push_str(&sheet::heading(&columns));
            for (row, line) in (1u32..).zip(part) {
                sheet::row_start(&mut self.chunk, row, 0);
                for (column, field) in line.iter().enumerate().filter(|(_, field)| !field.is_empty()) {
                    let quoted = crate::csv::is_dangerous_text(field);
                    let style = if quoted { self.styles.text(Look::Plain, true, true) } else { text };
                    push_text(&mut self.chunk, row, column, style, field);
                }
                self.chunk.push_str("</row>");
                self.flush_chunk(CHUNK)?;
            }
            self.chunk.push_str(&sheet::closing(None));
            self.flush_chunk(0)?;
            self.sheets.push(WrittenSheet { name: numbered("Notes", n), filtered: None });
        }
        Ok(())
    }

    fn as_of_line(&self) -> Option<String> {
        let (instant, zone) = self.options.as_of.as_ref()?;
        let zoned = instant.to_timestamp().to_zoned(zone.clone());
        let name = zone.iana_name().unwrap_or("UTC");
        Some(format!("Data as of {} ({name}).", zoned.strftime("%Y-%m-%d %H:%M:%S %:z")))
    }

    fn part(&mut self, name: &str, xml: &str) -> Result<()> {
        self.start_part(name)?;
        self.zip.write_all(xml.as_bytes()).map_err(Error::internal)
    }

    fn start_part(&mut self, name: &str) -> Result<()> {
        // A fixed date: the entry's own date would differ from run to run.
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(zip::DateTime::default());
        self.zip.start_file(name, options).map_err(Error::internal)
    }

    fn flush_chunk(&mut self, above: usize) -> Result<()> {
        if self.chunk.len() <= above {
            return Ok(());
        }
        self.zip.write_all(self.chunk.as_bytes()).map_err(Error::internal)?;
        self.sheet_bytes += self.chunk.len() as u64;
        self.chunk.clear();
        Ok(())
    }
}

/// A whole table as one workbook.
///
/// # Errors
/// As the writer's.
pub fn xlsx_bytes(table: &Table, options: XlsxOptions) -> Result<Vec<u8>> {
    let mut writer = XlsxWriter::begin(Vec::new(), &table.columns, options)?;
    table.notes.iter().for_each(|note| writer.note(note));
    for (role, cells) in table.rows_with_totals() {
        writer.row(role, cells)?;
    }
    writer.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use calamine::{Reader, Xlsx};
    use std::io::Cursor;

    #[test]
    fn a_full_sheet_goes_on_in_the_next_with_its_heading_and_a_note() {
        let options = XlsxOptions { title: "Deals".into(), as_of: None, created: Instant::from_ms(0), chart: None };
        let columns = [Column::number("Score", 0)];
        let mut writer = XlsxWriter::with_max_rows(Vec::new(), &columns, options, 301).expect("a writer");
        for at in 0..700 {
            writer.row(RowRole::Detail, &[Value::Int(at)]).expect("a row");
        }
        let bytes = writer.finish().expect("a workbook");
        let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).expect("a workbook that opens");
        let sheets: Vec<(String, usize)> =
            workbook.worksheets().into_iter().map(|(name, range)| (name, range.height())).collect();
        let expected = [("Deals", 301), ("Deals (2)", 301), ("Deals (3)", 101), ("Notes", 2)];
        assert_eq!(sheets, expected.map(|(name, rows)| (name.to_owned(), rows)));
        let second = workbook.worksheet_range("Deals (2)").expect("the second sheet");
        assert_eq!(second.get((1, 0)).map(ToString::to_string).as_deref(), Some("300"));
    }
}
