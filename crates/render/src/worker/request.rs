//! Requests: what to make, then the rows as lines of JSON.

use super::files::{ChartFile, CsvFile, PdfFile, XlsxFile};
use crate::chart::Chart;
use crate::protect::Protection;
use crate::table::{Column, RowRole, Table};
use model::{Error, Result, Value};
use serde::{Deserialize, Serialize};
use std::io::Write;

#[derive(Serialize, Deserialize)]
#[serde(tag = "make", rename_all = "snake_case")]
pub(super) enum Header {
    Xlsx {
        title: String,
        columns: Vec<Column>,
        notes: Vec<String>,
        chart: Option<Chart>,
        file: XlsxFile,
    },
    Csv {
        columns: Vec<Column>,
        file: CsvFile,
    },
    Pdf {
        title: String,
        columns: Vec<Column>,
        notes: Vec<String>,
        chart: Option<Chart>,
        file: PdfFile,
    },
    ChartPng {
        chart: Chart,
        file: ChartFile,
    },
    ChartSvg {
        chart: Chart,
        file: ChartFile,
    },
    /// What comes behind is a request of its own, whose file gets a password.
    Protected {
        protection: Protection,
        name: String,
    },
}

/// Asks for a workbook.
///
/// # Errors
/// An internal error when a row cannot be written as JSON, which no row is.
pub fn xlsx_request(table: &Table, file: &XlsxFile) -> Result<Vec<u8>> {
    xlsx_report_request(table, None, file)
}

/// Asks for a workbook with a chart on a sheet of its own.
///
/// # Errors
/// As [`xlsx_request`].
pub fn xlsx_report_request(table: &Table, chart: Option<&Chart>, file: &XlsxFile) -> Result<Vec<u8>> {
    let header = Header::Xlsx {
        title: table.title.clone(),
        columns: table.columns.clone(),
        notes: table.notes.clone(),
        chart: chart.cloned(),
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

/// Asks for a PDF document: a chart, where there is one, above the table.
///
/// # Errors
/// As [`xlsx_request`].
pub fn pdf_request(table: &Table, chart: Option<&Chart>, file: &PdfFile) -> Result<Vec<u8>> {
    let header = Header::Pdf {
        title: table.title.clone(),
        columns: table.columns.clone(),
        notes: table.notes.clone(),
        chart: chart.cloned(),
        file: file.clone(),
    };
    with_rows(&header, table)
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

/// Asks for the file of another request under a password. `name` is what a file is called that goes into an archive,
/// because its own kind knows no passwords.
///
/// # Errors
/// As [`xlsx_request`].
pub fn protected_request(request: &[u8], name: &str, protection: &Protection) -> Result<Vec<u8>> {
    let header = Header::Protected { protection: protection.clone(), name: name.to_owned() };
    Ok([&message(&header)?, request].concat())
}

fn message(header: &Header) -> Result<Vec<u8>> {
    let header = serde_json::to_vec(header).map_err(Error::internal)?;
    let length = u32::try_from(header.len()).map_err(Error::internal)?;
    let mut out = Vec::with_capacity(4 + header.len());
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(&header);
    Ok(out)
}

fn with_rows(header: &Header, table: &Table) -> Result<Vec<u8>> {
    let mut out = message(header)?;
    table.rows_with_totals().try_for_each(|(role, cells)| push_row(&mut out, role, cells))?;
    Ok(out)
}

fn push_row(out: &mut impl Write, role: RowRole, cells: &[Value]) -> Result<()> {
    serde_json::to_writer(&mut *out, &RowLine { role, cells }).map_err(Error::internal)?;
    out.write_all(b"\n").map_err(Error::internal)
}

/// [`Row`](crate::Row) without owning its cells.
#[derive(Serialize)]
struct RowLine<'a> {
    role: RowRole,
    cells: &'a [Value],
}
