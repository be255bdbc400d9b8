//! What an import tells while it runs: how far it is, and one note per row repaired or refused.

use std::fmt;

/// Watches an import. All methods have a silent default.
pub trait Progress {
    /// A step begins. `rows` counts the rows of its source.
    fn step_started(&mut self, _step: &str, _file: &str, _rows: u64) {}

    /// So many more rows of the step were settled: written, skipped or refused.
    fn advanced(&mut self, _rows: u64) {}

    /// A row was repaired or refused.
    fn note(&mut self, _note: &RowNote) {}

    fn step_finished(&mut self, _step: &str) {}

    /// Asked before every batch; `false` ends the run cleanly, to be resumed later.
    fn keep_going(&mut self) -> bool {
        true
    }
}

/// Watches nothing.
#[derive(Debug, Default)]
pub struct NoProgress;

impl Progress for NoProgress {}

/// Whether the row went in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NoteKind {
    /// Written, with the repairs that the notes name.
    Repaired,
    /// Not written, for the reasons that the notes name.
    Refused,
}

/// One row that was repaired or refused, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowNote {
    pub file: String,
    pub step: String,
    /// The line of the file on which the row begins.
    pub line: u64,
    pub kind: NoteKind,
    pub notes: Vec<Note>,
}

/// One reason, with the place it speaks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The field of the record, empty when the reason concerns the row as a whole.
    pub field: String,
    /// The column of the file, empty when the value comes from no single column.
    pub column: String,
    /// The rule of the mapping or the code of the org's refusal, for counting alike reasons.
    pub rule: String,
    pub message: String,
}

impl Note {
    pub(super) fn of_row(rule: &str, message: impl Into<String>) -> Self {
        Self { field: String::new(), column: String::new(), rule: rule.to_owned(), message: message.into() }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.field.is_empty(), self.column.is_empty()) {
            (true, _) => {}
            (false, true) => write!(f, "{}: ", self.field)?,
            (false, false) => write!(f, "{} (column {}): ", self.field, self.column)?,
        }
        f.write_str(&self.message)
    }
}

impl fmt::Display for RowNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            NoteKind::Repaired => "repaired",
            NoteKind::Refused => "refused",
        };
        write!(f, "{} line {}, {}: {kind}: ", self.file, self.line, self.step)?;
        for (at, note) in self.notes.iter().enumerate() {
            if at > 0 {
                f.write_str("; ")?;
            }
            write!(f, "{note}")?;
        }
        Ok(())
    }
}
