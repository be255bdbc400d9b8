//! Answering the query of a batch. The ids of its rows are noted first, from one snapshot; then the rows are fetched and
//! written down a page at a time, judged by the rights that their reader then has. So a query goes on where it stopped, and
//! no page holds anybody up.

use super::bytes::{ContentBytes, cause_of, text_of};
use super::id_list::IdList;
use super::run::{LEASE_MS, Step, lost, user_of};
use super::terms::{BulkFormat, BulkOperation, BulkTerms};
use super::written::Page;
use crate::ctx::Ctx;
use crate::org::Org;
use crate::query::QueryOptions;
use model::schema::FieldType;
use model::{Error, ErrorCode, RecordId, Result};
use policy::AuthorizedPlan;
use soql::plan::{Expr, Output, Select, SelectKind, Target};
use std::io::Read;
use std::sync::Arc;
use store::{BulkBatchState, BulkClaim, BulkPart, BulkProgress, ContentWriter, NewBulkBatch, WriteTx};

/// Rows of the first page of a turn; the next are as many as make up about [`PAGE_BYTES`].
const FIRST_ROWS: u64 = 500;
const MOST_ROWS: u64 = 10_000;
const PAGE_BYTES: u64 = 2 * 1024 * 1024;
/// Ids that one transaction writes down.
const IDS_OF_ONE_TURN: usize = 128 * 1024;

/// A query that is being answered.
pub(super) struct Query {
    org: Arc<Org>,
    terms: BulkTerms,
    text: String,
    progress: BulkProgress,
    page_rows: u64,
}

impl Ctx {
    /// A query that a bulk job can answer.
    ///
    /// # Errors
    /// As [`Ctx::plan`]; `FUNCTIONALITY_NOT_ENABLED` for what has no place in a file of rows.
    pub(super) fn bulk_plan(&self, terms: &BulkTerms, text: &str) -> Result<AuthorizedPlan> {
        let with_deleted = terms.operation == BulkOperation::QueryAll;
        let options = QueryOptions { with_deleted, api_version: terms.version, ..QueryOptions::default() };
        let plan = self.plan(text, options)?;
        check(&plan)?;
        Ok(plan)
    }
}

fn check(plan: &AuthorizedPlan) -> Result<()> {
    let refuse = |what: &str| {
        let message = format!("{what} cannot be asked for in a bulk query; ask the query resource instead.");
        Err(Error::new(ErrorCode::FunctionalityNotEnabled, message))
    };
    let select = &plan.plan().select;
    if !matches!(select.kind, SelectKind::Records) {
        return refuse("Groups, aggregates and counts");
    }
    if select.offset > 0 {
        return refuse("OFFSET");
    }
    for output in &select.output {
        match output {
            Output::Children { .. } => return refuse("A sub-query"),
            Output::TypeOf { .. } => return refuse("TYPEOF"),
            Output::Field { expr, .. } | Output::Named { expr, .. } if is_whole(plan, select, expr) => {
                return refuse("A compound or binary field");
            }
            Output::Field { .. } | Output::Named { .. } => {}
        }
    }
    Ok(())
}

/// Whether a field is no single value.
fn is_whole(plan: &AuthorizedPlan, select: &Select, expr: &Expr) -> bool {
    let Expr::Field(field) = expr else { return false };
    let Target::Object(object) = select.source(field.source).target else { return false };
    let data_type = plan.schema().object(object).field(field.field).data_type();
    data_type.is_shown_from_parts() || *data_type == FieldType::Base64
}

impl Query {
    pub(super) fn open(org: &Arc<Org>, claim: &BulkClaim, terms: &BulkTerms) -> Result<Self> {
        let body = claim.batch.body.ok_or_else(|| Error::internal("a query without its text"))?;
        Ok(Self {
            org: org.clone(),
            terms: terms.clone(),
            text: text_of(org, body)?,
            progress: claim.batch.progress.clone(),
            page_rows: FIRST_ROWS,
        })
    }

    pub(super) fn step(&mut self, claim: &BulkClaim, began_ms: i64) -> Result<Step> {
        let ctx = user_of(&self.org, claim)?;
        let plan = ctx.bulk_plan(&self.terms, &self.text)?;
        match self.progress.rows_list {
            None => self.note_rows(&ctx, &plan, claim),
            Some(_) if self.progress.place >= self.progress.to_row => Ok(Step::Over),
            Some(list) => self.page(&ctx, &plan, claim, list, began_ms),
        }
    }

    /// Notes which rows the answer has. A query that is to be split becomes as many batches, and is over itself.
    fn note_rows(&mut self, ctx: &Ctx, plan: &AuthorizedPlan, claim: &BulkClaim) -> Result<Step> {
        let options = ctx.options_for(plan)?;
        let ids = self.org.store.read(|tx| {
            let mut ids = IdList::default();
            tx.each_record_id(plan, &options, &mut |id| {
                ids.push(id);
                Ok(())
            })?;
            Ok(ids)
        })?;
        let header = match self.terms.format {
            BulkFormat::Csv => header(&self.terms, &plan.plan().select),
            BulkFormat::Json | BulkFormat::Xml => String::new(),
        };
        let total = ids.count();
        let writer = self.keep_ids(&ids)?;
        drop(ids);
        let begun = writer.id();
        let noted = self.org.store.pass_point("before the rows of a query are noted").and_then(|()| {
            self.org.store.write(|tx| {
                let list = tx.content_end(writer, None)?.id;
                self.give_out(tx, claim, list, total, header)
            })
        });
        if noted.is_err() {
            // What cannot be removed now is swept with all that nothing names.
            if let Err(error) = self.org.store.write(|tx| tx.content_abandon(begun)) {
                tracing::warn!(cause = error.internal_cause(), "the rows of a query could not be forgotten");
            }
        }
        self.progress = noted?;
        Ok(if self.terms.chunk_rows.is_some() { Step::Split } else { Step::More })
    }

    /// Writes the ids down, eight bytes each, in as many transactions as it takes: others write in between.
    fn keep_ids(&self, ids: &IdList) -> Result<ContentWriter> {
        let mut writer = self.org.store.write(|tx| tx.content_begin())?;
        let (mut ids, mut bytes) = (ids.iter(), Vec::with_capacity(IDS_OF_ONE_TURN * 8));
        loop {
            bytes.clear();
            bytes.extend(ids.by_ref().take(IDS_OF_ONE_TURN).flat_map(|id| id.as_i64().to_be_bytes()));
            if bytes.is_empty() {
                return Ok(writer);
            }
            self.org.store.write(|tx| tx.content_push(&mut writer, &bytes))?;
        }
    }

    /// Notes where the ids are, and gives their parts to other batches when the query is to be split.
    fn give_out(
        &self,
        tx: &mut WriteTx<'_>,
        claim: &BulkClaim,
        list: i64,
        total: u64,
        header: String,
    ) -> Result<BulkProgress> {
        let list = Some(list);
        let progress = BulkProgress { rows_list: list, to_row: total, header, ..self.progress.clone() };
        if !tx.bulk_batch_advance(&claim.batch, &progress, LEASE_MS)? {
            return Err(lost());
        }
        let Some(rows) = self.terms.chunk_rows else { return Ok(progress) };
        for from in (0..total).step_by(usize::try_from(rows).map_err(Error::internal)?) {
            let batch = NewBulkBatch {
                state: BulkBatchState::Queued,
                body: claim.batch.body,
                rows_list: list,
                from_row: from,
                to_row: (from + rows).min(total),
                header: progress.header.clone(),
            };
            tx.bulk_batch_put(claim.job.id, &batch)?;
        }
        Ok(progress)
    }

    /// Fetches a page of rows and writes them down.
    fn page(&mut self, ctx: &Ctx, plan: &AuthorizedPlan, claim: &BulkClaim, list: i64, began_ms: i64) -> Result<Step> {
        let before = self.progress.clone();
        let until = before.to_row.min(before.place + self.page_rows);
        let ids = ids_of(&self.org, list, before.place, until)?;
        let options = ctx.options_for(plan)?;
        let mut page = Page::new(ctx, plan, &self.terms);
        self.org.store.read(|tx| {
            tx.each_record_by_id(plan, &options, &ids, &mut |row| {
                page.push(row);
                Ok(())
            })
        })?;
        let count = page.rows();
        let text = page.finish(&ids);
        let (asked, bytes) = (until - before.place, (text.len() as u64).max(1));
        self.page_rows = (asked * PAGE_BYTES / bytes).clamp(50, MOST_ROWS);
        self.org.store.pass_point("before a page of a query")?;
        let progress = self.org.store.write(|tx| {
            if count > 0 {
                let part = BulkPart {
                    number: before.parts,
                    content: tx.content_of(text.as_bytes())?.id,
                    first_row: before.done,
                    rows: count,
                };
                tx.bulk_part_put(claim.batch.id, &part)?;
            }
            let progress = BulkProgress {
                place: until,
                done: before.done + count,
                parts: before.parts + i64::from(count > 0),
                busy_ms: before.busy_ms + (self.org.now().ms() - began_ms).max(0),
                ..before.clone()
            };
            if !tx.bulk_batch_advance(&claim.batch, &progress, LEASE_MS)? {
                return Err(lost());
            }
            Ok(progress)
        })?;
        self.progress = progress;
        self.org.store.pass_point("behind a page of a query")?;
        Ok(if until == before.to_row { Step::Over } else { Step::More })
    }
}

/// The ids of a stretch of the rows of an answer.
fn ids_of(org: &Arc<Org>, list: i64, from: u64, until: u64) -> Result<Vec<RecordId>> {
    let mut bytes = vec![0; usize::try_from((until - from) * 8).map_err(Error::internal)?];
    ContentBytes::open(org, list, from * 8)?.read_exact(&mut bytes).map_err(cause_of)?;
    let (ids, _) = bytes.as_chunks::<8>();
    Ok(ids.iter().map(|id| RecordId::from_i64(i64::from_be_bytes(*id))).collect())
}

/// The names of the columns: paths in the schema's case.
fn header(terms: &BulkTerms, select: &Select) -> String {
    let mut out = String::new();
    for (at, output) in select.output.iter().enumerate() {
        let name = match output {
            Output::Field { path, .. } => path.join("."),
            Output::Named { alias, .. } => alias.clone(),
            Output::Children { name, .. } | Output::TypeOf { name, .. } => name.clone(),
        };
        separate(&mut out, terms, at);
        quote(&mut out, &name);
    }
    out.push_str(terms.row_end());
    out
}

fn separate(out: &mut String, terms: &BulkTerms, at: usize) {
    if at > 0 {
        out.push(char::from(terms.delimiter.byte()));
    }
}

/// A value in quotes, as everything stands in files that jobs write.
pub(super) fn quote(out: &mut String, text: &str) {
    out.push('"');
    if text.contains('"') {
        out.push_str(&text.replace('"', "\"\""));
    } else {
        out.push_str(text);
    }
    out.push('"');
}
