//! What jobs give back, as files that are written while they are read: rows with what became of them, rows of a query.
//! Only whoever made a job reads its results.

use super::bytes::ContentBytes;
use super::csv::{CsvForm, CsvRows, Next};
use super::jobs::wrong_state;
use super::outcome::{BulkRow, decode};
use super::query::quote;
use super::query_rows::BulkRows;
use super::terms::{BulkFormat, BulkTerms};
use super::{RESULT, number_of};
use crate::ctx::Ctx;
use crate::org::Org;
use ::csv::{ByteRecord, Reader, ReaderBuilder};
use model::{Error, RecordId, Result};
use std::collections::VecDeque;
use std::sync::Arc;
use store::{BulkBatchRow, BulkBatchState, BulkJobKind, BulkJobRow, BulkJobState};

/// Bytes that are put together before they are sent.
const CHUNK: usize = 64 * 1024;

/// Which rows of a job are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IngestResults {
    Successful,
    Failed,
    Unprocessed,
}

/// Bytes that are made as somebody reads them.
pub trait BulkStream: Send {
    /// The next bytes; none at the end.
    ///
    /// # Errors
    /// When something of it went meanwhile; what the database reports.
    fn chunk(&mut self) -> Result<Option<Vec<u8>>>;
}

/// Rows of a query, or a part of them.
pub struct QueryPage {
    pub rows: BulkRows,
    /// How many rows it has.
    pub count: u64,
    /// Where the next page begins, when there is one.
    pub next: Option<u64>,
}

impl Ctx {
    /// A job whose results the asker may read: their own.
    fn bulk_own(&self, id: RecordId, kind: BulkJobKind) -> Result<BulkJobRow> {
        self.bulk_row(id, kind).and_then(|row| self.own(row))
    }

    fn own(&self, row: BulkJobRow) -> Result<BulkJobRow> {
        if Some(row.created_by) == self.user_id() { Ok(row) } else { Err(Error::not_found()) }
    }

    /// Rows of a job with what became of them, as CSV.
    ///
    /// # Errors
    /// `NOT_FOUND`; `INVALIDJOBSTATE` before the job has ended.
    pub fn bulk_ingest_results(&self, id: RecordId, which: IngestResults) -> Result<Box<dyn BulkStream>> {
        let row = self.bulk_own(id, BulkJobKind::V2Ingest)?;
        ended(&row)?;
        let terms = BulkTerms::parse(&row.terms)?;
        let batch = self.org.store.read(|tx| tx.bulk_batches(row.id))?.into_iter().next();
        IngestRows::open(&self.org, &terms, batch, which).map(|rows| Box::new(rows) as Box<dyn BulkStream>)
    }

    /// Rows of a query from one of them on, at most so many.
    ///
    /// # Errors
    /// `NOT_FOUND`; `INVALIDJOBSTATE` before the job has ended.
    pub fn bulk_query_results(&self, id: RecordId, from: u64, most: Option<u64>) -> Result<QueryPage> {
        let row = self.bulk_own(id, BulkJobKind::V2Query)?;
        if row.state != BulkJobState::JobComplete {
            let words = format!("Results are there once the job is JobComplete; it is {}.", row.state.as_str());
            return Err(wrong_state(words));
        }
        let batch = self.org.store.read(|tx| tx.bulk_batches(row.id))?.into_iter().next();
        let batch = batch.ok_or_else(|| Error::internal("a query without a batch"))?;
        let total = batch.progress.done;
        let until = most.map_or(total, |most| total.min(from.saturating_add(most)));
        let count = until.saturating_sub(from);
        let rows = BulkRows::open(&self.org, &batch, BulkFormat::Csv, from, count);
        Ok(QueryPage { rows, count, next: (until < total).then_some(until) })
    }

    /// The rows of one batch of a query of the older interface.
    ///
    /// # Errors
    /// `NOT_FOUND`; `INVALIDJOBSTATE` before the batch is complete.
    pub fn bulk_batch_rows(&self, job: RecordId, batch: RecordId, result: RecordId) -> Result<(BulkTerms, BulkRows)> {
        let (job, batch) = self.bulk_batch_row(job, batch)?;
        let terms = BulkTerms::parse(&self.own(job)?.terms)?;
        if number_of(RESULT, result) != Some(batch.id) || !terms.operation.is_query() {
            return Err(Error::not_found());
        }
        batch_ended(&batch)?;
        let rows = BulkRows::open(&self.org, &batch, terms.format, 0, batch.progress.done);
        Ok((terms, rows))
    }

    /// What became of each row of a batch of the older interface.
    ///
    /// # Errors
    /// As [`Ctx::bulk_batch_rows`].
    pub fn bulk_batch_outcomes(&self, job: RecordId, batch: RecordId) -> Result<(BulkTerms, BulkOutcomes)> {
        let (job, batch) = self.bulk_batch_row(job, batch)?;
        let terms = BulkTerms::parse(&self.own(job)?.terms)?;
        batch_ended(&batch)?;
        Ok((terms, BulkOutcomes::of(&self.org, batch.id)))
    }

    /// The bytes that a batch of the older interface was made of.
    ///
    /// # Errors
    /// `NOT_FOUND`.
    pub fn bulk_batch_request(&self, job: RecordId, batch: RecordId) -> Result<(BulkTerms, Box<dyn BulkStream>)> {
        let (job, batch) = self.bulk_batch_row(job, batch)?;
        let terms = BulkTerms::parse(&self.own(job)?.terms)?;
        let body = batch.body.ok_or_else(|| Error::internal("a batch without a body"))?;
        Ok((terms, Box::new(ContentBytes::open(&self.org, body, 0)?)))
    }
}

fn ended(row: &BulkJobRow) -> Result<()> {
    match row.state {
        BulkJobState::JobComplete | BulkJobState::Failed | BulkJobState::Aborted => Ok(()),
        state => Err(wrong_state(format!("Results are there once the job has ended; it is {}.", state.as_str()))),
    }
}

fn batch_ended(batch: &BulkBatchRow) -> Result<()> {
    match batch.state {
        BulkBatchState::Completed | BulkBatchState::Failed => Ok(()),
        state => Err(wrong_state(format!("Results are there once the batch is Completed; it is {}.", state.as_str()))),
    }
}

impl BulkStream for ContentBytes {
    fn chunk(&mut self) -> Result<Option<Vec<u8>>> {
        ContentBytes::chunk(self)
    }
}

/// What became of the rows of a batch, in their order.
pub struct BulkOutcomes {
    org: Arc<Org>,
    batch: i64,
    next: i64,
    rows: VecDeque<BulkRow>,
}

impl BulkOutcomes {
    fn of(org: &Arc<Org>, batch: i64) -> Self {
        Self { org: org.clone(), batch, next: 0, rows: VecDeque::new() }
    }

    /// The next row; none at the end.
    ///
    /// # Errors
    /// What the database reports.
    pub fn next_row(&mut self) -> Result<Option<BulkRow>> {
        while self.rows.is_empty() {
            let Some(part) = self.org.store.read(|tx| tx.bulk_part(self.batch, self.next))? else { return Ok(None) };
            let mut bytes = Vec::new();
            let mut content = ContentBytes::open(&self.org, part.content, 0)?;
            while let Some(chunk) = content.chunk()? {
                bytes.extend_from_slice(&chunk);
            }
            let mut left = bytes.as_slice();
            while !left.is_empty() {
                self.rows.push_back(decode(&mut left)?);
            }
            self.next += 1;
        }
        Ok(self.rows.pop_front())
    }
}

/// Rows as they were uploaded, with what became of them in front.
struct IngestRows {
    which: IngestResults,
    terms: BulkTerms,
    /// Nothing was uploaded.
    input: Option<Input>,
    outcomes: Option<BulkOutcomes>,
    started: bool,
}

enum Input {
    /// The rows that were processed, which could be read.
    Processed(Box<CsvRows>),
    /// The rest, which perhaps could not: as it can be read.
    Rest { header: Vec<u8>, rows: Box<Reader<ContentBytes>> },
}

impl IngestRows {
    fn open(org: &Arc<Org>, terms: &BulkTerms, batch: Option<BulkBatchRow>, which: IngestResults) -> Result<Self> {
        let mut rows = Self { which, terms: terms.clone(), input: None, outcomes: None, started: false };
        let Some((batch, body)) = batch.and_then(|batch| batch.body.map(|body| (batch, body))) else { return Ok(rows) };
        let form = CsvForm::of(terms);
        if which == IngestResults::Unprocessed {
            let place = batch.progress.place;
            let names: Vec<String> = if place == 0 {
                Vec::new()
            } else {
                serde_json::from_str(&batch.progress.header).map_err(Error::internal)?
            };
            let mut header = Vec::new();
            write_cells(&mut header, terms, names.iter().map(|name| name.as_bytes()));
            let reader = ReaderBuilder::new()
                .has_headers(false)
                .flexible(true)
                .delimiter(terms.delimiter.byte())
                .terminator(form.terminator())
                .from_reader(ContentBytes::open(org, body, place)?);
            // From the beginning, the header is the first row of the rest.
            let header = if place == 0 { Vec::new() } else { header };
            rows.input = Some(Input::Rest { header, rows: Box::new(reader) });
            return Ok(rows);
        }
        rows.outcomes = Some(BulkOutcomes::of(org, batch.id));
        let input = CsvRows::open(ContentBytes::open(org, body, 0)?, form, 0, 1)?;
        rows.input = Some(Input::Processed(Box::new(input)));
        Ok(rows)
    }

    /// The names in front of the input's.
    fn own_names(&self) -> &'static [&'static str] {
        match self.which {
            IngestResults::Successful => &["sf__Id", "sf__Created"],
            IngestResults::Failed => &["sf__Id", "sf__Error"],
            IngestResults::Unprocessed => &[],
        }
    }

    fn start(&mut self, out: &mut Vec<u8>) -> Result<()> {
        let mut header = ByteRecord::new();
        if let Some(Input::Rest { header, .. }) = &mut self.input {
            out.append(header);
        }
        // A header that could not be read is none.
        if let Some(Input::Processed(rows)) = &mut self.input
            && !matches!(rows.next(&mut header)?, Next::Row)
        {
            header.clear();
        }
        let names = self.own_names();
        if !names.is_empty() {
            let names = names.iter().map(|name| name.as_bytes());
            write_cells(out, &self.terms, names.chain(header.iter()));
        }
        Ok(())
    }
}

impl BulkStream for IngestRows {
    fn chunk(&mut self) -> Result<Option<Vec<u8>>> {
        let mut out = Vec::with_capacity(CHUNK + CHUNK / 4);
        if !std::mem::replace(&mut self.started, true) {
            self.start(&mut out)?;
        }
        let mut row = ByteRecord::new();
        while out.len() < CHUNK {
            match &mut self.input {
                None => break,
                Some(Input::Rest { rows, .. }) => {
                    if !rows.read_byte_record(&mut row).map_err(Error::internal)? {
                        break;
                    }
                    write_cells(&mut out, &self.terms, row.iter());
                }
                Some(Input::Processed(rows)) => {
                    let next = self.outcomes.as_mut().map_or(Ok(None), BulkOutcomes::next_row)?;
                    let Some(outcome) = next else { break };
                    if !matches!(rows.next(&mut row)?, Next::Row) {
                        return Err(Error::internal("a row of a bulk job is not in its body"));
                    }
                    if outcome.is_success() != (self.which == IngestResults::Successful) {
                        continue;
                    }
                    let id = outcome.id.map(|id| id.to_string()).unwrap_or_default();
                    let told = if outcome.is_success() { outcome.created.to_string() } else { outcome.error_text() };
                    write_cells(&mut out, &self.terms, [id.as_bytes(), told.as_bytes()].into_iter().chain(row.iter()));
                }
            }
        }
        Ok(Some(out).filter(|out| !out.is_empty()))
    }
}

/// Writes a row: every value in quotes.
fn write_cells<'a>(out: &mut Vec<u8>, terms: &BulkTerms, cells: impl Iterator<Item = &'a [u8]>) {
    for (at, cell) in cells.enumerate() {
        if at > 0 {
            out.push(terms.delimiter.byte());
        }
        match std::str::from_utf8(cell) {
            Ok(text) => {
                let mut quoted = String::with_capacity(text.len() + 2);
                quote(&mut quoted, text);
                out.extend_from_slice(quoted.as_bytes());
            }
            // Bytes that are no text go back as they came.
            Err(_) => {
                out.push(b'"');
                cell.iter().for_each(|byte| out.extend(std::iter::repeat_n(*byte, 1 + usize::from(*byte == b'"'))));
                out.push(b'"');
            }
        }
    }
    out.extend_from_slice(terms.row_end().as_bytes());
}
