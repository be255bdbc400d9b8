//! Saving the rows of a batch, a step at a time. What a step saved, the outcome of each row and the place where the next
//! step begins are one transaction.

use super::bytes::{ContentBytes, text_of};
use super::columns::Columns;
use super::csv::{CsvForm, CsvRows, Next};
use super::outcome::{BulkRow, encode};
use super::run::{LEASE_MS, Step, lost, user_of};
use super::terms::{BulkFormat, BulkTerms};
use super::{json_rows, write, xml_rows};
use crate::ctx::Ctx;
use crate::org::Org;
use crate::parents::Parents;
use ::csv::ByteRecord;
use model::{Error, ErrorCode, ObjectSchema, Result};
use std::sync::Arc;
use store::{BulkClaim, BulkPart, BulkProgress};

/// Rows that are saved together, and that the first transaction of a turn saves.
const ROWS: usize = 500;
/// Rows that one transaction saves at most. Many rows touch the same pages of the indexes, and a transaction writes each
/// page once: in a large org that is most of what a row costs.
const MOST_ROWS: usize = 10_000;
/// Bytes of rows that one transaction saves, about.
const BYTES: u64 = 8 * 1024 * 1024;
/// How long a transaction should take: others write in between.
const STEP_MS: i64 = 250;

/// A batch of rows that is being saved.
pub(super) struct Ingest {
    org: Arc<Org>,
    terms: BulkTerms,
    progress: BulkProgress,
    source: Source,
    header: Vec<String>,
    /// Rows of the next step.
    rows: usize,
}

enum Source {
    Csv(Box<CsvRows>),
    /// Ten megabytes at most, of JSON or XML.
    Whole(String),
}

/// The rows of one step.
struct Rows {
    rows: Vec<Result<super::columns::RowDraft>>,
    place: u64,
    line: u64,
    /// What stops the batch behind these rows; nothing when they are its last.
    then: Then,
}

enum Then {
    More,
    Over,
    Malformed(String),
}

impl Ingest {
    /// Goes on with a batch where it stopped.
    ///
    /// # Errors
    /// `InvalidBatch` for a header that cannot be read; what the database reports.
    pub(super) fn open(org: &Arc<Org>, claim: &BulkClaim, terms: &BulkTerms) -> Result<Self> {
        let progress = claim.batch.progress.clone();
        let body = claim.batch.body.ok_or_else(|| Error::internal("a batch without a body"))?;
        let (source, header) = match terms.format {
            BulkFormat::Json | BulkFormat::Xml => (Source::Whole(text_of(org, body)?), Vec::new()),
            BulkFormat::Csv => {
                let form = CsvForm::of(terms);
                let bytes = ContentBytes::open(org, body, progress.place)?;
                let mut rows = CsvRows::open(bytes, form, progress.place, progress.line)?;
                let header = if progress.place == 0 {
                    read_header(&mut rows)?
                } else {
                    serde_json::from_str(&progress.header).map_err(Error::internal)?
                };
                (Source::Csv(Box::new(rows)), header)
            }
        };
        Ok(Self { org: org.clone(), terms: terms.clone(), progress, source, header, rows: ROWS })
    }

    pub(super) fn step(&mut self, claim: &BulkClaim, began_ms: i64) -> Result<Step> {
        if matches!(self.source, Source::Csv(_)) && self.header.is_empty() {
            return Ok(Step::Over);
        }
        let ctx = user_of(&self.org, claim)?;
        let object = self.terms.check(&ctx)?;
        let rows = self.read(&ctx, object)?;
        let count = rows.rows.len();
        if count > 0 {
            self.keep(&ctx, claim, rows.rows, rows.place, rows.line, began_ms)?;
            self.rows = next_rows(count, self.org.now().ms() - began_ms);
        }
        match rows.then {
            Then::More => Ok(Step::More),
            Then::Over => Ok(Step::Over),
            Then::Malformed(words) => Err(Error::new(ErrorCode::InvalidBatch, words)),
        }
    }

    fn read(&mut self, ctx: &Ctx, object: &ObjectSchema) -> Result<Rows> {
        let mut parents = Parents::default();
        match &mut self.source {
            Source::Csv(source) => {
                let columns = Columns::read(ctx, object, &self.terms, &self.header)?;
                read_csv(source, self.rows, |cells| columns.row(ctx, object, &mut parents, cells), columns.count())
            }
            Source::Whole(body) => {
                let done = self.progress.place;
                let found = stretch(self.terms.format, body.as_bytes(), done, self.rows)?;
                let found = found.ok_or_else(|| Error::internal("rows of CSV are read from where they lie"))?;
                let rows: Vec<_> =
                    found.rows.iter().map(|row| json_rows::row(ctx, object, &self.terms, &mut parents, row)).collect();
                let then = if found.is_last { Then::Over } else { Then::More };
                Ok(Rows { place: done + rows.len() as u64, line: 1, rows, then })
            }
        }
    }

    /// Saves the rows and notes how far the batch then is.
    fn keep(
        &mut self,
        ctx: &Ctx,
        claim: &BulkClaim,
        rows: Vec<Result<super::columns::RowDraft>>,
        place: u64,
        line: u64,
        began_ms: i64,
    ) -> Result<()> {
        self.org.store.pass_point("before the rows of a step")?;
        let before = &self.progress;
        let header = serde_json::to_string(&self.header).map_err(Error::internal)?;
        let progress = ctx.in_one_transaction(|unit| {
            let mut done = Vec::with_capacity(rows.len());
            let mut rows = rows.into_iter().peekable();
            while rows.peek().is_some() {
                done.extend(write::save(unit, &self.terms, rows.by_ref().take(ROWS).collect())?);
            }
            let mut bytes = Vec::with_capacity(done.len() * 9);
            done.iter().try_for_each(|row| encode(row, &mut bytes))?;
            let failed = done.iter().filter(|row| !BulkRow::is_success(row)).count() as u64;
            unit.beside(|tx| {
                let part = BulkPart {
                    number: before.parts,
                    content: tx.content_of(&bytes)?.id,
                    first_row: before.done,
                    rows: done.len() as u64,
                };
                tx.bulk_part_put(claim.batch.id, &part)?;
                let progress = BulkProgress {
                    place,
                    line,
                    header,
                    done: before.done + done.len() as u64,
                    failed: before.failed + failed,
                    parts: before.parts + 1,
                    busy_ms: before.busy_ms + (self.org.now().ms() - began_ms).max(0),
                    ..before.clone()
                };
                if !tx.bulk_batch_advance(&claim.batch, &progress, LEASE_MS)? {
                    return Err(lost());
                }
                Ok(progress)
            })
        })?;
        self.progress = progress;
        self.org.store.pass_point("behind the rows of a step")
    }
}

/// How many rows the next step takes, after one that took so many and so long.
fn next_rows(rows: usize, took_ms: i64) -> usize {
    let fit = rows as i64 * STEP_MS / took_ms.max(1);
    usize::try_from(fit).unwrap_or(ROWS).min(rows * 4).clamp(ROWS, MOST_ROWS)
}

/// Up to `most` rows behind the first `skipped` of a body that is held as a whole; none of one that is not.
///
/// # Errors
/// `InvalidBatch` for a body that is not in this format.
pub(super) fn stretch(
    format: BulkFormat,
    body: &[u8],
    skipped: u64,
    most: usize,
) -> Result<Option<json_rows::Stretch>> {
    match format {
        BulkFormat::Json => json_rows::stretch(body, skipped, most).map(Some),
        BulkFormat::Xml => xml_rows::stretch(body, skipped, most).map(Some),
        BulkFormat::Csv => Ok(None),
    }
}

/// The names of the columns; none of a file without rows.
fn read_header(rows: &mut CsvRows) -> Result<Vec<String>> {
    let mut record = ByteRecord::new();
    match rows.next(&mut record)? {
        Next::End => Ok(Vec::new()),
        Next::Malformed(words) => Err(Error::new(ErrorCode::InvalidBatch, words)),
        Next::Row => texts(&record, 1).map(|cells| cells.into_iter().map(str::to_owned).collect()),
    }
}

fn texts(record: &ByteRecord, line: u64) -> Result<Vec<&str>> {
    record
        .iter()
        .map(std::str::from_utf8)
        .collect::<std::result::Result<_, _>>()
        .map_err(|_| Error::new(ErrorCode::InvalidBatch, format!("Line {line}: the text is not UTF-8.")))
}

fn read_csv(
    source: &mut CsvRows,
    most: usize,
    mut row: impl FnMut(&[&str]) -> Result<super::columns::RowDraft>,
    columns: usize,
) -> Result<Rows> {
    let mut rows =
        Rows { rows: Vec::with_capacity(most), place: source.place(), line: source.line(), then: Then::More };
    let (began, mut record) = (source.place(), ByteRecord::new());
    while rows.rows.len() < most && source.place() - began < BYTES {
        let malformed = match source.next(&mut record)? {
            Next::End => {
                rows.then = Then::Over;
                break;
            }
            Next::Malformed(words) => words,
            Next::Row => {
                let line = rows.line;
                match texts(&record, line) {
                    Ok(cells) if cells.len() == columns => {
                        rows.rows.push(row(&cells));
                        (rows.place, rows.line) = (source.place(), source.line());
                        continue;
                    }
                    Ok(cells) => {
                        format!("Line {line}: the row has {} values, the header {columns}.", cells.len())
                    }
                    Err(error) => error.message().to_owned(),
                }
            }
        };
        rows.then = Then::Malformed(malformed);
        break;
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::next_rows;

    #[test]
    fn a_step_takes_as_many_rows_as_fit_its_time() {
        assert_eq!(next_rows(500, 125), 1_000);
        assert_eq!(next_rows(500, 1), 2_000, "no more than four times as many");
        assert_eq!(next_rows(500, 0), 2_000, "a clock that stands still");
        assert_eq!(next_rows(8_000, 100), 10_000, "never more than the most");
        assert_eq!(next_rows(10_000, 1_000), 2_500, "fewer again when the machine is busy");
        assert_eq!(next_rows(500, 60_000), 500, "never fewer than are saved together");
        assert_eq!(next_rows(3, 500), 500, "a short last step");
    }
}
