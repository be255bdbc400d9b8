//! Answers: the finished file in pieces while it is made, an empty piece, and what is said of it. The verdict stands last
//! because only then it is known; an answer without one is that of a renderer that died.

use super::files::locale;
use super::request::Header;
use super::{PDF, XLSX};
use crate::csv::{CsvOptions, CsvWriter};
use crate::format::Formats;
use crate::pdf::{Block, Paper, PdfOptions, PdfWriter};
use crate::png::png_from_chart;
use crate::protect::{self, Protection};
use crate::table::{Column, Row};
use crate::xlsx::{XlsxOptions, XlsxWriter};
use model::{Error, ErrorCode, Instant, Result, Zone};
use serde::{Deserialize, Serialize};
use std::io::{BufRead, BufReader, Read, Write};

/// Bytes of a piece. Larger ones save nothing.
const PIECE: usize = 64 * 1024;
/// A header holds the names of columns and a chart; a line holds a row. More than this is no message of ours.
const MAX_HEADER: u64 = 64 << 20;

#[derive(Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
enum Verdict {
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

/// What is said of a finished file.
struct Made {
    media_type: &'static str,
    size: Option<(u32, u32)>,
    notes: Vec<String>,
}

impl Made {
    const fn of(media_type: &'static str) -> Self {
        Self { media_type, size: None, notes: Vec::new() }
    }
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

/// Reads what a renderer answered.
///
/// # Errors
/// The renderer's own refusal, or an internal error for bytes that are no answer.
pub fn read_answer(answer: &[u8]) -> Result<Rendered> {
    let cut = || Error::internal("an answer of the renderer is cut short");
    let mut bytes = Vec::with_capacity(answer.len());
    let mut rest = answer;
    loop {
        let (length, behind) = rest.split_first_chunk::<4>().ok_or_else(cut)?;
        let length = usize::try_from(u32::from_le_bytes(*length)).map_err(Error::internal)?;
        let (piece, behind) = behind.split_at_checked(length).ok_or_else(cut)?;
        rest = behind;
        if length == 0 {
            break;
        }
        bytes.extend_from_slice(piece);
    }
    match serde_json::from_slice(rest).map_err(Error::internal)? {
        Verdict::Made { media_type, size, notes } => Ok(Rendered { bytes, media_type, size, notes }),
        Verdict::Refused { internal: Some(cause), .. } => Err(Error::internal(format!("the renderer failed: {cause}"))),
        Verdict::Refused { message, internal: None } => Err(Error::new(ErrorCode::QueryTooComplicated, message)),
    }
}

/// Does what a request asks, in memory.
pub fn answer(request: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    // Writing to a vector cannot fail.
    let _ = serve(request, &mut out);
    out
}

/// Does what a request asks while it is still coming in; the file leaves as it is made. Every request has an answer; one
/// that cannot be done is answered with why.
///
/// # Errors
/// When the answer cannot be written.
pub fn serve(request: impl Read, out: &mut impl Write) -> std::io::Result<()> {
    let mut pieces = Pieces { out, open: Vec::with_capacity(PIECE) };
    let mut request = BufReader::with_capacity(PIECE, request);
    let verdict = match make(&mut request, &mut pieces) {
        Ok(Made { media_type, size, notes }) => Verdict::Made { media_type: media_type.to_owned(), size, notes },
        Err(error) => {
            let internal = error.internal_cause().map(str::to_owned);
            Verdict::Refused { message: error.message().to_owned(), internal }
        }
    };
    pieces.flush()?;
    out.write_all(&[0; 4])?;
    serde_json::to_writer(&mut *out, &verdict)?;
    out.flush()
}

/// Cuts what is written into pieces.
struct Pieces<'a, W: Write> {
    out: &'a mut W,
    open: Vec<u8>,
}

impl<W: Write> Write for Pieces<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.open.extend_from_slice(bytes);
        if self.open.len() >= PIECE {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        if self.open.is_empty() {
            return Ok(());
        }
        let length = u32::try_from(self.open.len()).map_err(std::io::Error::other)?;
        self.out.write_all(&length.to_le_bytes())?;
        self.out.write_all(&self.open)?;
        self.open.clear();
        Ok(())
    }
}

fn make<W: Write>(request: &mut impl BufRead, out: &mut W) -> Result<Made> {
    match header(request)? {
        Header::Protected { protection, name } => {
            let asked = header(request)?;
            make_one(asked, request, out, Some((&protection, &name)))
        }
        asked => make_one(asked, request, out, None),
    }
}

fn make_one<W: Write>(
    asked: Header,
    request: &mut impl BufRead,
    out: &mut W,
    under: Option<(&Protection, &str)>,
) -> Result<Made> {
    match asked {
        Header::Xlsx { title, columns, notes, chart, file } => {
            let options = XlsxOptions { title, as_of: as_of(file.as_of)?, created: file.created, chart };
            let rows = |writer: &mut dyn FnMut(Row) -> Result<()>| each_row(request, writer);
            match under {
                None => drop(workbook(out, &columns, notes, options, rows)?),
                Some((protection, _)) => {
                    // Its length stands before its first byte, so that it is whole before it goes out.
                    let whole = workbook(Vec::new(), &columns, notes, options, rows)?;
                    let sealed = protect::encrypt_workbook(&whole, protection)?;
                    out.write_all(&sealed).map_err(Error::internal)?;
                }
            }
            Ok(Made::of(XLSX))
        }
        Header::Csv { columns, file } => {
            let options =
                CsvOptions { byte_order_mark: file.byte_order_mark, raw: file.raw, summary_rows: file.summary_rows };
            if let Some((protection, name)) = under {
                let archive = protect::open_archive(out, name, protection)?;
                let mut writer = CsvWriter::begin(archive, &columns, options)?;
                each_row(request, |row| writer.row(row.role, &row.cells))?;
                writer.finish()?.finish().map_err(Error::internal)?;
                return Ok(Made::of(protect::ARCHIVE));
            }
            let mut writer = CsvWriter::begin(out, &columns, options)?;
            each_row(request, |row| writer.row(row.role, &row.cells))?;
            writer.finish()?;
            Ok(Made::of("text/csv; charset=utf-8"))
        }
        Header::Pdf { title, columns, notes, chart, file } => {
            let options = PdfOptions {
                title,
                as_of: as_of(file.as_of)?,
                created: file.created,
                paper: Paper::of_locale(&file.locale),
                landscape: file.landscape,
                formats: Formats::new(locale(&file.locale)),
                protection: under.map(|(protection, _)| protection.clone()),
            };
            let mut writer = PdfWriter::begin(out, options);
            let told = file.filters.into_iter().chain(notes).map(Block::Note);
            told.chain(chart.map(Block::Chart)).try_for_each(|block| writer.block(block))?;
            writer.table(&columns)?;
            each_row(request, |row| writer.row(row.role, &row.cells))?;
            let (_, notes) = writer.finish()?;
            Ok(Made { notes, ..Made::of(PDF) })
        }
        _ if under.is_some() => Err(Error::internal("a picture takes no password")),
        Header::Protected { .. } => Err(Error::internal("a request inside a request inside a request")),
        Header::ChartPng { chart, file } => {
            let png = png_from_chart(&chart, &file.options(), file.theme(), file.scale)?;
            let missing: String = png.missing.iter().collect();
            let notes = if missing.is_empty() {
                Vec::new()
            } else {
                vec![format!("The picture's font lacks these characters: {missing}")]
            };
            out.write_all(&png.bytes).map_err(Error::internal)?;
            Ok(Made { media_type: "image/png", size: Some((png.width, png.height)), notes })
        }
        Header::ChartSvg { chart, file } => {
            out.write_all(chart.to_svg(&file.options()).as_bytes()).map_err(Error::internal)?;
            Ok(Made::of("image/svg+xml"))
        }
    }
}

fn workbook<W: Write>(
    out: W,
    columns: &[Column],
    notes: Vec<String>,
    options: XlsxOptions,
    rows: impl FnOnce(&mut dyn FnMut(Row) -> Result<()>) -> Result<()>,
) -> Result<W> {
    let mut writer = XlsxWriter::begin(out, columns, options)?;
    notes.into_iter().for_each(|note| writer.note(note));
    rows(&mut |row| writer.row(row.role, &row.cells))?;
    writer.finish()
}

fn as_of(told: Option<(Instant, String)>) -> Result<Option<(Instant, Zone)>> {
    let zone = |name: &str| {
        Zone::get(name).map_err(|cause| {
            Error::new(ErrorCode::InvalidField, format!("\"{name}\" is not a known time zone.")).with_internal(cause)
        })
    };
    told.map(|(instant, name)| Ok((instant, zone(&name)?))).transpose()
}

fn header(request: &mut impl BufRead) -> Result<Header> {
    let cut = |_| Error::internal("a message of the renderer is cut short");
    let mut length = [0; 4];
    request.read_exact(&mut length).map_err(cut)?;
    let length = u64::from(u32::from_le_bytes(length));
    if length > MAX_HEADER {
        return Err(Error::internal("a message of the renderer has no true length"));
    }
    let mut header = vec![0; usize::try_from(length).map_err(Error::internal)?];
    request.read_exact(&mut header).map_err(cut)?;
    serde_json::from_slice(&header).map_err(Error::internal)
}

fn each_row(request: &mut impl BufRead, mut write: impl FnMut(Row) -> Result<()>) -> Result<()> {
    let mut line = Vec::new();
    while request.read_until(b'\n', &mut line).map_err(Error::internal)? > 0 {
        let text = line.strip_suffix(b"\n").unwrap_or(&line);
        if !text.is_empty() {
            write(serde_json::from_slice(text).map_err(Error::internal)?)?;
        }
        line.clear();
    }
    Ok(())
}
