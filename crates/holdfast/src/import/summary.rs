//! What came of an import: counts per step, how it ended, the exit code of the command.

use super::progress::RowNote;
use std::collections::BTreeMap;
use std::fmt;

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Ending {
    /// Every step was run to its end.
    #[default]
    Complete,
    /// A row of an atomic file was refused: nothing of that file was kept, later steps were not run.
    RolledBack { file: String, not_run: Vec<String> },
    /// The run was asked to stop; the same command continues where it ended.
    Stopped { step: String },
}

/// Counts of one step.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct StepSummary {
    pub name: String,
    pub file: String,
    pub object: String,
    /// Rows of the source.
    pub rows: u64,
    pub created: u64,
    pub updated: u64,
    pub unchanged: u64,
    /// Rows that the mapping leaves out: conditions, blank key columns, repeats in a distinct step, blank rows.
    pub skipped: u64,
    /// Rows that an earlier run had written.
    pub done_before: u64,
    /// Rows written with at least one repair; also counted as created, updated or unchanged.
    pub repaired: u64,
    pub refused: u64,
    /// How often each rule repaired or refused a row, by `rule` and field.
    pub reasons: BTreeMap<String, u64>,
    /// Nothing of this step was kept.
    pub rolled_back: bool,
}

/// The whole run.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Summary {
    /// A dry run: nothing was written, the counts say what would be.
    pub check: bool,
    pub steps: Vec<StepSummary>,
    pub ending: Ending,
}

impl StepSummary {
    /// Counts each distinct reason of a row once.
    pub(super) fn count_reasons(&mut self, row: &RowNote) {
        for note in &row.notes {
            let reason =
                if note.field.is_empty() { note.rule.clone() } else { format!("{} {}", note.field, note.rule) };
            *self.reasons.entry(reason).or_default() += 1;
        }
    }
}

impl Summary {
    pub fn refused(&self) -> u64 {
        self.steps.iter().map(|step| step.refused).sum()
    }

    pub fn repaired(&self) -> u64 {
        self.steps.iter().map(|step| step.repaired).sum()
    }

    pub fn written(&self) -> u64 {
        self.steps.iter().filter(|step| !step.rolled_back).map(|step| step.created + step.updated).sum()
    }

    /// 0: every row is in. 3: some rows were refused, the others are in. 4: an atomic file was rolled back.
    /// 5: stopped before the end. (1 and 2 are left to errors that come before the first row.)
    pub fn exit_code(&self) -> u8 {
        match &self.ending {
            Ending::RolledBack { .. } => 4,
            Ending::Stopped { .. } => 5,
            Ending::Complete if self.refused() > 0 => 3,
            Ending::Complete => 0,
        }
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let wide = self.steps.iter().map(|step| step.name.chars().count()).max().unwrap_or(4).max(4);
        writeln!(
            f,
            "{:wide$} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9}",
            "step", "rows", "created", "updated", "unchanged", "skipped", "earlier", "repaired", "refused"
        )?;
        for step in &self.steps {
            write!(
                f,
                "{:wide$} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9}",
                step.name,
                step.rows,
                step.created,
                step.updated,
                step.unchanged,
                step.skipped,
                step.done_before,
                step.repaired,
                step.refused
            )?;
            writeln!(f, "{}", if step.rolled_back { "  rolled back" } else { "" })?;
        }
        for step in &self.steps {
            for (reason, times) in &step.reasons {
                writeln!(f, "  {}: {reason}: {times}", step.name)?;
            }
        }
        if self.check {
            writeln!(f, "Dry run: nothing was written.")?;
        }
        match &self.ending {
            Ending::Complete if self.refused() > 0 => {
                writeln!(f, "{} rows were refused; correct the file or the mapping and run again.", self.refused())
            }
            Ending::Complete => writeln!(f, "Every row is in."),
            Ending::RolledBack { file, not_run } => {
                write!(f, "{file}: rows were refused, so nothing of this file was kept.")?;
                if !not_run.is_empty() {
                    write!(f, " Not run: {}.", not_run.join(", "))?;
                }
                writeln!(f)
            }
            Ending::Stopped { step } => writeln!(f, "Stopped in step {step}. Run the same command to continue."),
        }
    }
}
