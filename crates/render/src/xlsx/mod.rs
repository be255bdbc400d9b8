//! XLSX workbooks, written as a stream: rows go in, compressed sheet XML comes out, and memory stays flat however long
//! the table is.
//!
//! The file is written here and not by a general spreadsheet library, because those keep the cells of a million rows in
//! memory (well over a gigabyte) or spool them through temporary files, and a render may create none. A report needs a
//! small part of the format: typed cells, inline strings, number formats, one frozen heading with a filter.

mod cell;
mod chart;
mod names;
mod notes;
mod package;
mod sheet;
mod style;
mod writer;
mod xml;

pub use names::sheet_name;
pub use writer::{XlsxOptions, XlsxWriter, xlsx_bytes};

/// Rows of a sheet, the heading among them.
pub const MAX_ROWS: u32 = 1_048_576;
/// Columns of a sheet.
pub const MAX_COLUMNS: usize = 16_384;
/// Characters of a cell, counted as UTF-16 units.
pub const MAX_CELL_CHARS: usize = 32_767;
