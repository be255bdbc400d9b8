//! The run of an import: sources and names checked, custom fields made, steps in order, files kept or undone.

mod bind;
mod order;
mod step;

use super::check_sink::CheckSink;
use super::evaluate::{BoundStep, Pass};
use super::lookup::Lookups;
use super::mapping::{Mapping, MappingError, Order};
use super::progress::Progress;
use super::sink::{JournalKey, RecordSink};
use super::source::CheckedSource;
use super::summary::{Ending, StepSummary, Summary};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use step::{StepPass, Surroundings};

/// How to run.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// A refused row undoes its whole file and ends the run.
    pub atomic: bool,
    /// Write nothing; say what would be written, repaired and refused.
    pub check: bool,
    /// Write rows again that an earlier run has written.
    pub again: bool,
}

/// An import that could not begin or could not go on. What was committed before stays.
#[derive(Debug)]
pub enum ImportError {
    /// The mapping does not fit the org; nothing was written.
    Mapping(MappingError),
    /// Files are missing or broken; nothing was written.
    Sources(Vec<String>),
    /// The mapping cannot be run this way; nothing was written.
    Options(String),
    /// The org or the disk failed. What was committed before stays, and the same command continues.
    Interrupted(model::Error),
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ImportError::Mapping(error) => error.fmt(f),
            ImportError::Sources(problems) => f.write_str(&problems.join("\n")),
            ImportError::Options(message) => f.write_str(message),
            ImportError::Interrupted(error) => write!(f, "{}; run the same command to continue", error.message()),
        }
    }
}

impl std::error::Error for ImportError {}

impl From<model::Error> for ImportError {
    fn from(error: model::Error) -> Self {
        ImportError::Interrupted(error)
    }
}

/// A mapping and the folder its files are in.
#[derive(Debug)]
pub struct Importer {
    mapping: Mapping,
    dir: PathBuf,
}

impl Importer {
    pub fn new(mapping: Mapping, dir: impl Into<PathBuf>) -> Self {
        Self { mapping, dir: dir.into() }
    }

    /// Runs all steps. Files, columns, objects and fields are checked before anything is written.
    ///
    /// # Errors
    /// See [`ImportError`]. Refused rows are no error: they stand in the [`Summary`].
    pub fn run(
        &self,
        sink: &mut dyn RecordSink,
        progress: &mut dyn Progress,
        options: Options,
    ) -> Result<Summary, ImportError> {
        if options.atomic {
            self.check_files_stand_together()?;
        }
        let sources = bind::open_sources(&self.mapping, &self.dir).map_err(ImportError::Sources)?;
        let mapping_error = |problems| ImportError::Mapping(MappingError { problems });
        let (additions, schema) = bind::extend(&self.mapping, &sink.schema()).map_err(mapping_error)?;
        let schema = Arc::new(schema);
        self.bind(&schema, &sources)?;
        if options.check {
            let places = bind::searched_places(&self.mapping);
            let mut overlay = CheckSink::new(sink, Arc::clone(&schema), places);
            return self.run_steps(&mut overlay, progress, options, &sources);
        }
        for object in &additions.objects {
            sink.ensure_object(object)?;
        }
        for (object, field) in &additions.fields {
            sink.ensure_field(object, field)?;
        }
        self.run_steps(sink, progress, options, &sources)
    }

    /// "All or nothing per file" has a meaning only when the steps of a file follow each other.
    fn check_files_stand_together(&self) -> Result<(), ImportError> {
        let order: Vec<&str> = self.mapping.spec.step.iter().map(|step| step.get_ref().source.as_str()).collect();
        let mut closed: BTreeSet<&str> = BTreeSet::new();
        for pair in order.windows(2) {
            if pair[0] != pair[1] {
                closed.insert(pair[0]);
            }
            if closed.contains(pair[1]) {
                return Err(ImportError::Options(format!(
                    "atomic: the steps of source {:?} must follow each other in the mapping",
                    pair[1]
                )));
            }
        }
        Ok(())
    }

    fn bind<'a>(
        &'a self,
        schema: &'a model::OrgSchema,
        sources: &'a BTreeMap<&str, CheckedSource<'_>>,
    ) -> Result<Vec<BoundStep<'a>>, ImportError> {
        let mut bound = Vec::new();
        let mut problems = Vec::new();
        for step in &self.mapping.spec.step {
            let (at, step) = (step.span().start, step.get_ref());
            let Some(source) = sources.get(step.source.as_str()) else { continue };
            match bind::bind_step(&self.mapping, at, step, schema, &source.columns) {
                Ok(step) => bound.push(step),
                Err(found) => problems.extend(found),
            }
        }
        if problems.is_empty() { Ok(bound) } else { Err(ImportError::Mapping(MappingError { problems })) }
    }

    fn run_steps(
        &self,
        sink: &mut dyn RecordSink,
        progress: &mut dyn Progress,
        options: Options,
        sources: &BTreeMap<&str, CheckedSource<'_>>,
    ) -> Result<Summary, ImportError> {
        let schema = sink.schema();
        let bound = self.bind(&schema, sources)?;
        let mut summary = Summary { check: options.check, ..Summary::default() };
        let mut lookups = Lookups::default();
        let mut at = 0;
        while at < bound.len() {
            let source = &sources[bound[at].step.source.as_str()];
            let unit = bound[at..].iter().take_while(|step| step.step.source == bound[at].step.source).count();
            let unit = &bound[at..at + unit];
            at += unit.len();
            let first = summary.steps.len();
            if options.atomic {
                sink.begin_file(&source.name)?;
            }
            let outcome = self.run_unit(unit, source, sink, progress, &mut lookups, options, &mut summary);
            let undo = options.atomic
                && (outcome.is_err()
                    || summary.ending != Ending::Complete
                    || summary.steps[first..].iter().any(|step| step.refused > 0));
            if undo {
                sink.rollback_file()?;
                summary.steps[first..].iter_mut().for_each(|step| step.rolled_back = true);
            } else if options.atomic {
                sink.commit_file()?;
            }
            outcome?;
            if summary.ending != Ending::Complete {
                break;
            }
            if undo {
                let not_run = bound[at..].iter().map(|step| step.step.name.clone()).collect();
                summary.ending = Ending::RolledBack { file: source.name.clone(), not_run };
                break;
            }
        }
        Ok(summary)
    }

    /// The steps of one source.
    fn run_unit(
        &self,
        unit: &[BoundStep<'_>],
        source: &CheckedSource<'_>,
        sink: &mut dyn RecordSink,
        progress: &mut dyn Progress,
        lookups: &mut Lookups,
        options: Options,
        summary: &mut Summary,
    ) -> model::Result<()> {
        for bound in unit {
            let step = bound.step;
            let mut counts = StepSummary {
                name: step.name.clone(),
                file: source.name.clone(),
                object: bound.object.name().to_owned(),
                rows: source.rows,
                ..StepSummary::default()
            };
            let passes: &[(Pass, &str)] = match step.order {
                Order::SecondPass => &[(Pass::WithoutOwn, ""), (Pass::OwnOnly, "#2")],
                Order::File | Order::ParentsFirst => &[(Pass::All, "")],
            };
            progress.step_started(&step.name, &source.name, source.rows * passes.len() as u64);
            let mut left_out = BTreeSet::new();
            let mut outcome = Ok(true);
            for (pass, mark) in passes {
                let journal = JournalKey {
                    mapping_hash: self.mapping.hash.clone(),
                    file_hash: source.hash.clone(),
                    step: format!("{}{mark}", step.name),
                };
                let done = if options.again { BTreeSet::new() } else { sink.done_rows(&journal)? };
                let around = Surroundings { sink, progress, lookups };
                let pass = StepPass::new(bound, source, *pass, journal, done, around, &mut counts, &mut left_out);
                outcome = pass.run();
                if !matches!(outcome, Ok(true)) {
                    break;
                }
            }
            progress.step_finished(&step.name);
            summary.steps.push(counts);
            if !outcome? {
                summary.ending = Ending::Stopped { step: step.name.clone() };
                return Ok(());
            }
        }
        Ok(())
    }
}
