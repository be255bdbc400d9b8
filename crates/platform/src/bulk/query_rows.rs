//! The rows of a query as a file: the parts in which they were written down, one after the other, from any row on.

use super::bytes::ContentBytes;
use super::results::BulkStream;
use super::terms::BulkFormat;
use crate::org::Org;
use model::{Error, Result};
use std::sync::Arc;
use store::BulkBatchRow;

/// Rows of a query as they were written down, from one of them on.
pub struct BulkRows {
    org: Arc<Org>,
    batch: i64,
    format: BulkFormat,
    header: Option<String>,
    /// The row that comes next, and how many are left.
    row: u64,
    left: u64,
    part: Option<Part>,
    first: bool,
    over: bool,
}

/// A part that is being read.
struct Part {
    bytes: ContentBytes,
    /// Rows to pass over before the first that is wanted.
    pass: u64,
    /// Rows to write.
    take: u64,
    in_quotes: bool,
}

impl BulkRows {
    pub(super) fn open(org: &Arc<Org>, batch: &BulkBatchRow, format: BulkFormat, from: u64, count: u64) -> Self {
        let header = Some(batch.progress.header.clone()).filter(|_| format == BulkFormat::Csv);
        let (org, batch) = (org.clone(), batch.id);
        Self { org, batch, format, header, row: from, left: count, part: None, first: true, over: false }
    }

    /// Opens the part with the next row.
    fn open_part(&mut self) -> Result<()> {
        let lost = || Error::internal("a row of a query is in no part");
        let found = self.org.store.read(|tx| tx.bulk_part_of_row(self.batch, self.row))?.ok_or_else(lost)?;
        let end = found.first_row + found.rows;
        if self.row >= end {
            return Err(lost());
        }
        let take = self.left.min(end - self.row);
        let bytes = ContentBytes::open(&self.org, found.content, 0)?;
        self.part = Some(Part { bytes, pass: self.row - found.first_row, take, in_quotes: false });
        (self.row, self.left) = (self.row + take, self.left - take);
        Ok(())
    }
}

impl Part {
    /// The wanted rows among the next bytes; none at the end of the part.
    fn chunk(&mut self, format: BulkFormat) -> Result<Option<Vec<u8>>> {
        if self.take == 0 {
            return Ok(None);
        }
        let Some(mut chunk) = self.bytes.chunk()? else { return Ok(None) };
        if format != BulkFormat::Csv {
            // They are asked for as a whole.
            return Ok(Some(chunk));
        }
        let (mut start, mut end) = (if self.pass > 0 { chunk.len() } else { 0 }, chunk.len());
        for (at, byte) in chunk.iter().enumerate() {
            match byte {
                b'"' => self.in_quotes = !self.in_quotes,
                b'\n' if !self.in_quotes && self.pass > 0 => {
                    self.pass -= 1;
                    if self.pass == 0 {
                        start = at + 1;
                    }
                }
                b'\n' if !self.in_quotes => {
                    self.take -= 1;
                    if self.take == 0 {
                        end = at + 1;
                        break;
                    }
                }
                _ => {}
            }
        }
        chunk.truncate(end);
        chunk.drain(..start.min(end));
        Ok(Some(chunk))
    }
}

impl BulkStream for BulkRows {
    fn chunk(&mut self) -> Result<Option<Vec<u8>>> {
        if self.over {
            return Ok(None);
        }
        if std::mem::replace(&mut self.first, false) {
            let (start, _) = ends(self.format);
            return Ok(Some(self.header.take().unwrap_or_else(|| start.to_owned()).into_bytes()));
        }
        loop {
            if let Some(part) = &mut self.part {
                match part.chunk(self.format)? {
                    Some(chunk) if chunk.is_empty() => continue,
                    Some(chunk) => return Ok(Some(chunk)),
                    None => self.part = None,
                }
                if self.left > 0 && self.format == BulkFormat::Json {
                    self.open_part()?;
                    return Ok(Some(b",".to_vec()));
                }
            }
            if self.left == 0 {
                self.over = true;
                let (_, end) = ends(self.format);
                return Ok(Some(end.as_bytes().to_vec()).filter(|end| !end.is_empty()));
            }
            self.open_part()?;
        }
    }
}

/// What stands before and behind the rows.
fn ends(format: BulkFormat) -> (&'static str, &'static str) {
    match format {
        BulkFormat::Csv => ("", ""),
        BulkFormat::Json => ("[", "]"),
        BulkFormat::Xml => (
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\
             <queryResult xmlns=\"http://www.force.com/2009/06/asyncapi/dataload\" \
             xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">",
            "</queryResult>",
        ),
    }
}
