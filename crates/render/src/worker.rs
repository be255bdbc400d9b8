//! The sealed renderer's protocol: one request in, one answer out, both as bytes over a pipe. A message is the length of
//! its header (four bytes, little-endian), the header as JSON, and a body: rows as lines of JSON on the way in, the
//! finished file on the way out.

use crate::chart::{Chart, SvgOptions, Theme};
use crate::csv::{CsvOptions, CsvWriter};
use crate::format::{Formats, Locale, MoneyStyle};
use crate::png::png_from_chart;
use crate::table::{Column, Row, RowRole, Table};
use crate::xlsx::{XlsxOptions, XlsxWriter};
use model::{Error, ErrorCode, Instant, Result, Zone};
use serde::{Deserialize, Serialize};

/// The media type of a workbook.
pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// What a workbook is told beside its rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct XlsxFile {
    /// When the rows were read, and the IANA zone to tell it in.
    pub as_of: Option<(Instant, String)>,
    pub created: Instant,
}

/// How a CSV file is written; see [`CsvOptions`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CsvFile {
    #[serde(default)]
    pub byte_order_mark: bool,
    #[serde(default)]
    pub raw: bool,
    #[serde(default)]
    pub summary_rows: bool,
}

/// How a chart is drawn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChartFile {
    pub width: f64,
    #[serde(default)]
    pub height: Option<f64>,
    /// Pixels of a PNG for each unit of the drawing.
    #[serde(default = "two")]
    pub scale: f32,
    /// A language tag or locale: `en-GB`, `en_GB`.
    pub locale: String,
    #[serde(default)]
    pub dark: bool,
    #[serde(default = "yes")]
    pub heading: bool,
}

const fn two() -> f32 {
    2.0
}

const fn yes() -> bool {
    true
}

impl ChartFile {
    /// A light picture of this width for readers of a locale, sharp on any screen.
    pub fn new(width: f64, locale: &str) -> Self {
        Self { width, height: None, scale: two(), locale: locale.to_owned(), dark: false, heading: true }
    }

    fn options(&self) -> SvgOptions {
        let locale = Locale::find(&self.locale.replace('_', "-")).unwrap_or_default();
        SvgOptions {
            width: self.width,
            height: self.height,
            heading: self.heading,
            formats: Formats { locale, money: MoneyStyle::Symbol },
            colors: crate::chart::Colors::Fixed(self.theme()),
            ..SvgOptions::default()
        }
    }

    fn theme(&self) -> Theme {
        if self.dark { Theme::Dark } else { Theme::Light }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "make", rename_all = "snake_case")]
enum Header {
    Xlsx { title: String, columns: Vec<Column>, notes: Vec<String>, file: XlsxFile },
    Csv { columns: Vec<Column>, file: CsvFile },
    ChartPng { chart: Chart, file: ChartFile },
    ChartSvg { chart: Chart, file: ChartFile },
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
enum AnswerHeader {
    Made {
        media_type: String,
        /// Of a picture: its size in pixels.
        #[serde(default)]
        size: Option<(u32, u32)>,
        #[serde(default)]
        notes: Vec<String>,
    },
    Refused {
        message: String,
        /// For the log, when the fault is ours.
        #[serde(default)]
        internal: Option<String>,
    },
}

/// A finished file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    pub bytes: Vec<u8>,
    pub media_type: String,
    /// Of a picture: its size in pixels.
    pub size: Option<(u32, u32)>,
    /// What the reader must be told of the file.
    pub notes: Vec<String>,
}

/// Asks for a workbook.
///
/// # Errors
/// An internal error when a row cannot be written as JSON, which no row is.
pub fn xlsx_request(table: &Table, file: &XlsxFile) -> Result<Vec<u8>> {
    let header = Header::Xlsx {
        title: table.title.clone(),
        columns: table.columns.clone(),
        notes: table.notes.clone(),
        file: file.clone(),
    };
    with_rows(&header, table)
}

/// Asks for a CSV file.
///
/// # Errors
/// As [`xlsx_request`].
pub fn csv_request(table: &Table, file: CsvFile) -> Result<Vec<u8>> {
    with_rows(&Header::Csv { columns: table.columns.clone(), file }, table)
}

/// Asks for a chart as a PNG.
///
/// # Errors
/// As [`xlsx_request`].
pub fn chart_png_request(chart: &Chart, file: &ChartFile) -> Result<Vec<u8>> {
    message(&Header::ChartPng { chart: chart.clone(), file: file.clone() })
}

/// Asks for a chart as an SVG document.
///
/// # Errors
/// As [`xlsx_request`].
pub fn chart_svg_request(chart: &Chart, file: &ChartFile) -> Result<Vec<u8>> {
    message(&Header::ChartSvg { chart: chart.clone(), file: file.clone() })
}

/// Reads what a renderer answered.
///
/// # Errors
/// The renderer's own refusal, or an internal error for bytes that are no answer.
pub fn read_answer(answer: &[u8]) -> Result<Rendered> {
    let (header, body) = split(answer)?;
    match serde_json::from_slice(header).map_err(Error::internal)? {
        AnswerHeader::Made { media_type, size, notes } => {
            Ok(Rendered { bytes: body.to_vec(), media_type, size, notes })
        }
        AnswerHeader::Refused { internal: Some(cause), .. } => {
            Err(Error::internal(format!("the renderer failed: {cause}")))
        }
        AnswerHeader::Refused { message, internal: None } => Err(Error::new(ErrorCode::QueryTooComplicated, message)),
    }
}

/// Does what a request asks. Every request has an answer; one that cannot be done is answered with why.
pub fn answer(request: &[u8]) -> Vec<u8> {
    let (header, body) = match make(request) {
        Ok(made) => {
            let header = AnswerHeader::Made { media_type: made.media_type, size: made.size, notes: made.notes };
            (header, made.bytes)
        }
        Err(error) => {
            let internal = error.internal_cause().map(str::to_owned);
            (AnswerHeader::Refused { message: error.message().to_owned(), internal }, Vec::new())
        }
    };
    let mut out = message(&header).unwrap_or_default();
    out.extend_from_slice(&body);
    out
}

fn make(request: &[u8]) -> Result<Rendered> {
    let (header, body) = split(request)?;
    match serde_json::from_slice(header).map_err(Error::internal)? {
        Header::Xlsx { title, columns, notes, file } => {
            let as_of = file.as_of.map(|(instant, zone)| Ok::<_, Error>((instant, zone_of(&zone)?))).transpose()?;
            let options = XlsxOptions { title, as_of, created: file.created };
            let mut writer = XlsxWriter::begin(Vec::new(), &columns, options)?;
            for note in notes {
                writer.note(note);
            }
            each_row(body, |row| writer.row(row.role, &row.cells))?;
            Ok(file_of(writer.finish()?, XLSX))
        }
        Header::Csv { columns, file } => {
            let CsvFile { byte_order_mark, raw, summary_rows } = file;
            let mut writer = CsvWriter::begin(Vec::new(), &columns, CsvOptions { byte_order_mark, raw, summary_rows })?;
            each_row(body, |row| writer.row(row.role, &row.cells))?;
            Ok(file_of(writer.finish()?, "text/csv; charset=utf-8"))
        }
        Header::ChartPng { chart, file } => {
            let png = png_from_chart(&chart, &file.options(), file.theme(), file.scale)?;
            let missing: String = png.missing.iter().collect();
            let notes = if missing.is_empty() {
                Vec::new()
            } else {
                vec![format!("The picture's font lacks these characters: {missing}")]
            };
            Ok(Rendered { size: Some((png.width, png.height)), notes, ..file_of(png.bytes, "image/png") })
        }
        Header::ChartSvg { chart, file } => Ok(file_of(chart.to_svg(&file.options()).into_bytes(), "image/svg+xml")),
    }
}

fn file_of(bytes: Vec<u8>, media_type: &str) -> Rendered {
    Rendered { bytes, media_type: media_type.to_owned(), size: None, notes: Vec::new() }
}

fn zone_of(name: &str) -> Result<Zone> {
    Zone::get(name).map_err(|cause| {
        Error::new(ErrorCode::InvalidField, format!("\"{name}\" is not a known time zone.")).with_internal(cause)
    })
}

fn message(header: &impl Serialize) -> Result<Vec<u8>> {
    let header = serde_json::to_vec(header).map_err(Error::internal)?;
    let length = u32::try_from(header.len()).map_err(Error::internal)?;
    let mut out = Vec::with_capacity(4 + header.len());
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(&header);
    Ok(out)
}

fn with_rows(header: &Header, table: &Table) -> Result<Vec<u8>> {
    let mut out = message(header)?;
    let mut push = |role: RowRole, cells: &[model::Value]| -> Result<()> {
        serde_json::to_writer(&mut out, &RowLine { role, cells }).map_err(Error::internal)?;
        out.push(b'\n');
        Ok(())
    };
    table.rows_with_totals().try_for_each(|(role, cells)| push(role, cells))?;
    Ok(out)
}

/// [`Row`] without owning its cells.
#[derive(Serialize)]
struct RowLine<'a> {
    role: RowRole,
    cells: &'a [model::Value],
}

fn each_row(body: &[u8], mut write: impl FnMut(Row) -> Result<()>) -> Result<()> {
    body.split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .try_for_each(|line| write(serde_json::from_slice(line).map_err(Error::internal)?))
}

fn split(bytes: &[u8]) -> Result<(&[u8], &[u8])> {
    let cut = || Error::internal("a message of the renderer is cut short");
    let (length, rest) = bytes.split_first_chunk::<4>().ok_or_else(cut)?;
    let length = usize::try_from(u32::from_le_bytes(*length)).map_err(Error::internal)?;
    rest.split_at_checked(length).ok_or_else(cut)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::ChartKind;
    use crate::format::NumberStyle;
    use model::{Decimal, Value};

    fn table() -> Table {
        Table {
            title: "Deals".into(),
            columns: vec![Column::text("Name"), Column::currency("Amount", "EUR")],
            rows: vec![vec!["Acme\n=1+1".into(), Value::Number(Decimal::new(15050, 2))].into()],
            totals: Some(vec!["Total".into(), Value::Number(Decimal::new(15050, 2))]),
            notes: vec!["One column was removed.".into()],
        }
    }

    #[test]
    fn a_workbook_made_through_the_pipe_is_the_one_made_in_the_process() {
        let file =
            XlsxFile { as_of: Some((Instant::from_ms(0), "Europe/Berlin".into())), created: Instant::from_ms(0) };
        let made = read_answer(&answer(&xlsx_request(&table(), &file).expect("a request"))).expect("a workbook");
        let zone = Zone::get("Europe/Berlin").expect("a zone");
        let options = XlsxOptions {
            title: "Deals".into(),
            as_of: Some((Instant::from_ms(0), zone)),
            created: Instant::from_ms(0),
        };
        assert_eq!(made.bytes, crate::xlsx::xlsx_bytes(&table(), options).expect("a workbook"));
        assert_eq!(made.media_type, XLSX);
    }

    #[test]
    fn a_csv_file_made_through_the_pipe_keeps_line_ends_inside_cells() {
        let request = csv_request(&table(), CsvFile::default()).expect("a request");
        let made = read_answer(&answer(&request)).expect("a file");
        let text = String::from_utf8(made.bytes).expect("text");
        assert_eq!(text, "Name,Amount,Amount Currency\r\n\"Acme\n=1+1\",150.50,EUR\r\n");
    }

    #[test]
    fn a_chart_becomes_a_picture_of_the_size_asked_for() {
        let points = [("A".to_owned(), Some(Decimal::ONE)), ("B".to_owned(), Some(Decimal::TEN))];
        let chart = Chart::single("Deals", ChartKind::Donut, NumberStyle::Plain { scale: 0 }, points);
        let request = chart_png_request(&chart, &ChartFile::new(300.0, "en_GB")).expect("a request");
        let made = read_answer(&answer(&request)).expect("a picture");
        assert_eq!(made.size.map(|(width, _)| width), Some(600));
        assert!(made.bytes.starts_with(b"\x89PNG"));
        let request = chart_svg_request(&chart, &ChartFile::new(300.0, "en_GB")).expect("a request");
        assert!(read_answer(&answer(&request)).expect("a drawing").bytes.starts_with(b"<svg"));
    }

    #[test]
    fn what_cannot_be_done_is_answered_with_why() {
        let mut bad = table();
        bad.columns.push(Column::date_time("Created", "Mars/Olympus"));
        let request = csv_request(&bad, CsvFile::default()).expect("a request");
        let error = read_answer(&answer(&request)).expect_err("a refusal");
        assert!(error.internal_cause().is_some_and(|cause| cause.contains("Mars/Olympus")));
        for cut in [&[][..], &[1, 0, 0][..], &[9, 0, 0, 0, b'{'][..]] {
            assert!(read_answer(&answer(cut)).is_err());
        }
    }
}
