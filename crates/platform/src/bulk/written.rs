//! A page of a query as text: each row is written as it is read, and the rows stand in the order of the answer in the end.

use super::query::quote;
use super::terms::{BulkFormat, BulkTerms};
use crate::ctx::Ctx;
use crate::view::{self, ApiBase, Shape};
use model::{RecordId, Value};
use policy::AuthorizedPlan;
use std::collections::HashMap;
use std::ops::Range;
use store::{Cell, RecordRow};

/// Rows that are held before they are written: labels are put in for some at once.
const HELD: usize = 64;

pub(super) struct Page<'a> {
    ctx: &'a Ctx,
    plan: &'a AuthorizedPlan,
    terms: &'a BulkTerms,
    shape: Shape,
    held: Vec<RecordRow>,
    text: String,
    /// Where each row ends, in the order in which they came.
    ends: Vec<(RecordId, usize)>,
}

impl<'a> Page<'a> {
    pub(super) fn new(ctx: &'a Ctx, plan: &'a AuthorizedPlan, terms: &'a BulkTerms) -> Self {
        let shape = Shape::of(&plan.plan().select);
        Self { ctx, plan, terms, shape, held: Vec::with_capacity(HELD), text: String::new(), ends: Vec::new() }
    }

    pub(super) fn push(&mut self, row: RecordRow) {
        self.held.push(row);
        if self.held.len() == HELD {
            self.write_held();
        }
    }

    pub(super) fn rows(&self) -> u64 {
        (self.ends.len() + self.held.len()) as u64
    }

    /// The rows that came, in the order of `ids`.
    pub(super) fn finish(mut self, ids: &[RecordId]) -> String {
        self.write_held();
        let text = if self.is_in_order(ids) { self.text } else { self.in_order(ids) };
        // Rows of JSON stand behind commas.
        match self.terms.format {
            BulkFormat::Json => text.strip_prefix(',').map(str::to_owned).unwrap_or(text),
            BulkFormat::Csv | BulkFormat::Xml => text,
        }
    }

    fn write_held(&mut self) {
        self.ctx.localize_records(self.plan.plan(), &mut self.held);
        for row in &mut self.held {
            match self.terms.format {
                BulkFormat::Csv => write_csv(&mut self.text, self.terms, row),
                BulkFormat::Json => {
                    self.text.push(',');
                    write_json(&mut self.text, self.terms, self.plan, &self.shape, row);
                }
                BulkFormat::Xml => view::xml_record(&mut self.text, self.plan.schema(), &self.shape, row),
            }
            self.ends.push((row.id, self.text.len()));
        }
        self.held.clear();
    }

    /// Whether the rows came as they are wanted, but for those that are missing.
    fn is_in_order(&self, ids: &[RecordId]) -> bool {
        let mut wanted = ids.iter();
        self.ends.iter().all(|(came, _)| wanted.any(|id| id == came))
    }

    fn in_order(&self, ids: &[RecordId]) -> String {
        let mut start = 0;
        let places: HashMap<RecordId, Range<usize>> = self
            .ends
            .iter()
            .map(|(id, end)| {
                let place = start..*end;
                start = *end;
                (*id, place)
            })
            .collect();
        let mut out = String::with_capacity(self.text.len());
        ids.iter().filter_map(|id| places.get(id)).for_each(|place| out.push_str(&self.text[place.clone()]));
        out
    }
}

fn write_csv(out: &mut String, terms: &BulkTerms, row: &RecordRow) {
    for (at, cell) in row.cells.iter().enumerate() {
        if at > 0 {
            out.push(char::from(terms.delimiter.byte()));
        }
        match cell.value() {
            Value::Text(text) => quote(out, text),
            Value::Null => out.push_str("\"\""),
            value => {
                out.push('"');
                write_plain(out, value);
                out.push('"');
            }
        }
    }
    out.push_str(terms.row_end());
}

/// A value that is no text: numbers as in JSON, instants in UTC.
fn write_plain(out: &mut String, value: &Value) {
    match value {
        Value::DateTime(instant) => {
            // `…+0000` in JSON, `…Z` in files.
            let text = instant.to_string();
            out.push_str(text.strip_suffix("+0000").unwrap_or(&text));
            out.push('Z');
        }
        Value::Number(_) | Value::Int(_) | Value::Bool(_) => view::value(out, value),
        other => out.push_str(&other.to_plain()),
    }
}

/// A record as JSON; instants count milliseconds.
fn write_json(out: &mut String, terms: &BulkTerms, plan: &AuthorizedPlan, shape: &Shape, row: &mut RecordRow) {
    for cell in &mut row.cells {
        if let Cell::Value(value) = cell
            && let Value::DateTime(instant) = value
        {
            *value = Value::Int(instant.ms());
        }
    }
    view::record(out, plan.schema(), ApiBase { version: terms.version }, shape, row);
}
