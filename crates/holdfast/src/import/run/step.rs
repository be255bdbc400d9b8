//! One pass of one step: rows in runs of a batch, evaluated, written, reported.

use super::order::parents_first;
use crate::import::evaluate::{BoundStep, Evaluated, Pass, draft};
use crate::import::lookup::Lookups;
use crate::import::mapping::{Duplicates, Lookup, Missing, Order, Rule};
use crate::import::progress::{Note, NoteKind, Progress, RowNote};
use crate::import::sink::{BATCH_ROWS, Batch, JournalKey, RecordSink, RowOutcome, RowWrite};
use crate::import::source::{CheckedSource, Row, RowRead, Rows};
use crate::import::summary::StepSummary;
use model::{Error, Result, Value, text};
use std::collections::{BTreeSet, HashMap};

/// What a pass needs of the run around it.
pub(super) struct Surroundings<'r> {
    pub(super) sink: &'r mut dyn RecordSink,
    pub(super) progress: &'r mut dyn Progress,
    pub(super) lookups: &'r mut Lookups,
}

/// One pass over the rows of a step.
pub(super) struct StepPass<'a, 'r> {
    bound: &'a BoundStep<'a>,
    source: &'a CheckedSource<'a>,
    pass: Pass,
    journal: JournalKey,
    done: BTreeSet<u64>,
    around: Surroundings<'r>,
    summary: &'a mut StepSummary,
    /// Rows of the first pass that made no record of their own; the second pass leaves them alone.
    left_out: &'a mut BTreeSet<u64>,
    pending: Vec<Pending>,
    /// The line that each key of this file stands on.
    keys: HashMap<String, u64>,
    /// The line that each combination of a distinct step was first seen on, and the values it gave.
    combinations: HashMap<Vec<String>, (u64, Option<Vec<(String, Value)>>)>,
}

struct Pending {
    write: RowWrite,
    line: u64,
    repairs: Vec<Note>,
}

/// Rows as they come: from the file, or sorted in memory.
enum Feed<'a> {
    File(Rows<'a>),
    Sorted(std::vec::IntoIter<(RowRead, Option<String>)>),
}

impl Feed<'_> {
    fn next(&mut self) -> std::io::Result<Option<(RowRead, Option<String>)>> {
        match self {
            Feed::File(rows) => Ok(rows.next()?.map(|row| (row, None))),
            Feed::Sorted(rows) => Ok(rows.next()),
        }
    }
}

impl<'a, 'r> StepPass<'a, 'r> {
    pub(super) fn new(
        bound: &'a BoundStep<'a>,
        source: &'a CheckedSource<'a>,
        pass: Pass,
        journal: JournalKey,
        done: BTreeSet<u64>,
        around: Surroundings<'r>,
        summary: &'a mut StepSummary,
        left_out: &'a mut BTreeSet<u64>,
    ) -> Self {
        Self {
            bound,
            source,
            pass,
            journal,
            done,
            around,
            summary,
            left_out,
            pending: Vec::with_capacity(BATCH_ROWS),
            keys: HashMap::new(),
            combinations: HashMap::new(),
        }
    }

    /// Runs to the end of the rows; `false` when it was asked to stop before.
    pub(super) fn run(mut self) -> Result<bool> {
        let mut feed = self.feed()?;
        loop {
            if !self.around.progress.keep_going() {
                return Ok(false);
            }
            let mut rows = Vec::with_capacity(BATCH_ROWS);
            while rows.len() < BATCH_ROWS {
                match feed.next().map_err(|error| self.unreadable(&error))? {
                    Some(row) => rows.push(row),
                    None => break,
                }
            }
            if rows.is_empty() {
                return Ok(true);
            }
            self.prefetch(&rows)?;
            let count = rows.len() as u64;
            for (row, circle) in rows {
                self.take(row, circle)?;
            }
            self.flush()?;
            self.around.progress.advanced(count);
        }
    }

    fn feed(&self) -> Result<Feed<'a>> {
        let mut rows = self.source.rows().map_err(|error| self.unreadable(&error))?;
        if self.bound.step.order != Order::ParentsFirst {
            return Ok(Feed::File(rows));
        }
        let mut all = Vec::new();
        while let Some(row) = rows.next().map_err(|error| self.unreadable(&error))? {
            all.push(row);
        }
        Ok(Feed::Sorted(parents_first(all, self.bound).into_iter()))
    }

    fn unreadable(&self, error: &std::io::Error) -> Error {
        Error::unavailable(format!("{} cannot be read any further: {error}", self.source.name), error)
    }

    /// Asks for the records that the lookups of these rows name, all at once.
    fn prefetch(&mut self, rows: &[(RowRead, Option<String>)]) -> Result<()> {
        fn lookups<'l>(rule: &'l Rule, out: &mut Vec<(&'l Rule, &'l Lookup)>) {
            out.extend(rule.lookup.as_ref().map(|lookup| (rule, lookup)));
        }
        let mut wanted = Vec::new();
        for field in &self.bound.fields {
            lookups(field.rule, &mut wanted);
        }
        for (rule, lookup) in wanted {
            let drafts = rows.iter().filter_map(|(row, _)| match row {
                RowRead::Row(row) if !self.done.contains(&row.number) => {
                    draft(rule, self.bound.columns, row).ok().and_then(|drafted| drafted.draft)
                }
                _ => None,
            });
            let drafts = drafts.collect();
            self.around.lookups.prefetch(&mut *self.around.sink, self.bound.schema, lookup, drafts)?;
        }
        Ok(())
    }

    fn take(&mut self, row: RowRead, circle: Option<String>) -> Result<()> {
        let row = match row {
            RowRead::Row(row) => row,
            RowRead::Uneven { number, line, found, expected } => {
                if self.pass != Pass::OwnOnly {
                    let message = format!(
                        "the row has {found} values and the header {expected} columns; look for a missing quote or a \
                         stray delimiter"
                    );
                    self.refuse(number, line, vec![Note::of_row("columns", message)]);
                }
                return Ok(());
            }
        };
        if self.pass == Pass::OwnOnly && self.left_out.contains(&row.number) {
            return Ok(());
        }
        if self.is_left_out(&row) {
            self.skip(&row);
            return Ok(());
        }
        if let Some(message) = circle {
            self.refuse(row.number, row.line, vec![Note::of_row("circle", message)]);
            return Ok(());
        }
        let distinct = (!self.bound.step.distinct.is_empty() && self.pass != Pass::OwnOnly).then(|| {
            self.bound.step.distinct.iter().map(|column| text::fold(self.cell(&row, column))).collect::<Vec<_>>()
        });
        if let Some(combination) = &distinct
            && let Some((first_line, first_values)) = self.combinations.get(combination).cloned()
        {
            return self.repeat(&row, first_line, first_values);
        }
        if self.done.contains(&row.number) {
            if let Some(key) = self.bound.key_text(&row) {
                self.keys.insert(text::fold(&key), row.line);
            }
            if let Some(combination) = distinct {
                // Evaluated for the comparison with its repeats, so that a contradiction is told in every run.
                let evaluated = self.evaluate(&row)?;
                let values = evaluated.refusals.is_empty().then_some(evaluated.values);
                self.combinations.insert(combination, (row.line, values));
            }
            if self.pass != Pass::OwnOnly {
                self.summary.done_before += 1;
            }
            return Ok(());
        }
        let evaluated = self.evaluate(&row)?;
        if let Some(combination) = distinct {
            let values = evaluated.refusals.is_empty().then(|| evaluated.values.clone());
            self.combinations.insert(combination, (row.line, values));
        }
        self.queue(&row, evaluated)
    }

    /// Blank rows, rows that a condition leaves out, rows without what makes them a record.
    fn is_left_out(&self, row: &Row) -> bool {
        let step = self.bound.step;
        let blank = |column: &String| self.cell(row, column).is_empty();
        row.cells.iter().all(String::is_empty)
            || !step.when.iter().all(|condition| condition.holds(self.cell(row, &condition.column)))
            || step.skip_blank.iter().any(blank)
            || (!step.distinct.is_empty() && step.distinct.iter().all(blank))
    }

    /// A further row of a combination that a distinct step has already seen.
    fn repeat(&mut self, row: &Row, first_line: u64, first: Option<Vec<(String, Value)>>) -> Result<()> {
        if let Some(first) = first {
            let again = self.evaluate(row)?;
            if again.refusals.is_empty() && again.values != first {
                let differing = again
                    .values
                    .iter()
                    .find(|value| !first.contains(value))
                    .or_else(|| first.iter().find(|value| !again.values.contains(value)));
                let field = differing.map(|(field, _)| field.as_str()).unwrap_or_default();
                let message = format!(
                    "line {first_line} makes the same record with another {field}; the first was kept, correct one of them"
                );
                let note = Note { field: field.to_owned(), ..Note::of_row("distinct", message) };
                self.refuse(row.number, row.line, vec![note]);
                return Ok(());
            }
        }
        self.skip(row);
        Ok(())
    }

    /// Evaluates a row; when it refers to a record that waits to be written, that is written first.
    fn evaluate(&mut self, row: &Row) -> Result<Evaluated> {
        let first = self.bound.evaluate(row, self.pass, self.around.lookups, &mut *self.around.sink)?;
        if !first.missed_own || self.pending.is_empty() {
            return Ok(first);
        }
        self.flush()?;
        self.bound.evaluate(row, self.pass, self.around.lookups, &mut *self.around.sink)
    }

    fn queue(&mut self, row: &Row, mut evaluated: Evaluated) -> Result<()> {
        if !evaluated.refusals.is_empty() {
            self.refuse(row.number, row.line, evaluated.refusals);
            return Ok(());
        }
        if self.pass == Pass::OwnOnly && evaluated.values.len() <= 1 {
            return Ok(());
        }
        if let Some(key) = &evaluated.key
            && self.pass != Pass::OwnOnly
            && let Some(line) = self.keys.insert(text::fold(&key.to_plain()), row.line)
        {
            let field = self.bound.step.key.clone().unwrap_or_default();
            let shown = key.to_plain();
            if self.bound.step.duplicates == Duplicates::Refuse {
                let message = format!("{shown:?} stands on line {line} already; remove one of the rows");
                // The first row stays the one that later repeats are compared with.
                self.keys.insert(text::fold(&shown), line);
                self.refuse(row.number, row.line, vec![Note { field, ..Note::of_row("duplicate", message) }]);
                return Ok(());
            }
            let message = format!("{shown:?} stands on line {line} already; this row was written over it");
            evaluated.repairs.push(Note { field, ..Note::of_row("duplicate", message) });
            self.flush()?;
        }
        let write = RowWrite { row: row.number, key: evaluated.key, values: evaluated.values };
        self.pending.push(Pending { write, line: row.line, repairs: evaluated.repairs });
        Ok(())
    }

    fn flush(&mut self) -> Result<()> {
        if self.pending.is_empty() {
            return Ok(());
        }
        let pending = std::mem::take(&mut self.pending);
        let (rows, told): (Vec<RowWrite>, Vec<(u64, Vec<Note>)>) =
            pending.into_iter().map(|pending| (pending.write, (pending.line, pending.repairs))).unzip();
        let step = self.bound.step;
        let batch = Batch {
            object: self.bound.object.name(),
            key_field: step.key.as_deref(),
            existing: step.existing,
            missing: if self.pass == Pass::OwnOnly { Missing::Refuse } else { step.missing },
            journal: &self.journal,
            rows: &rows,
        };
        let outcomes = self.around.sink.write(&batch)?;
        if outcomes.len() != rows.len() {
            return Err(Error::internal("the sink answered a batch with another number of rows"));
        }
        for ((row, (line, repairs)), outcome) in rows.iter().zip(told).zip(outcomes) {
            match outcome {
                Ok(outcome) => {
                    self.count(outcome);
                    self.around.lookups.written(self.bound.object.name(), &row.values, outcome);
                    if !repairs.is_empty() {
                        self.summary.repaired += 1;
                        self.report(line, NoteKind::Repaired, repairs);
                    }
                }
                Err(error) => {
                    let note = Note {
                        field: error.fields().join(", "),
                        ..Note::of_row(error.code().as_str(), error.message().to_owned())
                    };
                    self.refuse(row.row, line, vec![note]);
                }
            }
        }
        Ok(())
    }

    fn count(&mut self, outcome: RowOutcome) {
        if self.pass == Pass::OwnOnly {
            return;
        }
        match outcome {
            RowOutcome::Created(_) => self.summary.created += 1,
            RowOutcome::Updated(_) => self.summary.updated += 1,
            RowOutcome::Unchanged(_) => self.summary.unchanged += 1,
        }
    }

    fn skip(&mut self, row: &Row) {
        if self.pass != Pass::OwnOnly {
            self.summary.skipped += 1;
            self.left_out.insert(row.number);
        }
    }

    fn refuse(&mut self, number: u64, line: u64, notes: Vec<Note>) {
        self.summary.refused += 1;
        self.left_out.insert(number);
        self.report(line, NoteKind::Refused, notes);
    }

    fn report(&mut self, line: u64, kind: NoteKind, notes: Vec<Note>) {
        let (file, step) = (self.source.name.clone(), self.bound.step.name.clone());
        let note = RowNote { file, step, line, kind, notes };
        self.summary.count_reasons(&note);
        self.around.progress.note(&note);
    }

    fn cell<'c>(&self, row: &'c Row, column: &str) -> &'c str {
        self.bound.columns.cell(row, column)
    }
}
