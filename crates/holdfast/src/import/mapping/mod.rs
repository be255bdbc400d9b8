//! The mapping file: TOML text → [`Mapping`], with every mistake named by line and column.

mod check;
mod custom;
mod date_format;
mod number_format;
mod rule;
mod spec;
mod template;
mod text_op;

pub(super) use check::refers_to;
pub use custom::{CustomField, CustomFieldType, CustomObject};
pub use date_format::{DateFormat, DateReading};
pub use number_format::NumberFormat;
pub use rule::{Condition, Ignore, Lookup, OnError, Rule, Unmapped};
pub use spec::{Blanks, Duplicates, Encoding, Existing, Missing, Order, Source, Step};
pub use template::Template;
pub use text_op::{TextOp, apply_all};

use sha2::{Digest, Sha256};
use std::fmt;

/// A mapping whose every part was read and checked.
#[derive(Debug)]
pub struct Mapping {
    pub(super) spec: spec::MappingSpec,
    /// SHA-256 of the text, hex: a changed mapping voids the marks of an earlier run.
    pub(super) hash: String,
    text: String,
}

impl Mapping {
    /// Reads and checks a mapping.
    ///
    /// # Errors
    /// Every mistake found, with its line and column: broken TOML, unknown keys, wrong kinds of values, parts that do
    /// not fit together.
    pub fn parse(text: &str) -> Result<Self, MappingError> {
        let spec: spec::MappingSpec = toml::from_str(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            MappingError { problems: vec![MappingProblem::at(text, at, error.message().to_owned())] }
        })?;
        let problems: Vec<_> =
            check::check(&spec).into_iter().map(|(at, message)| MappingProblem::at(text, at, message)).collect();
        if !problems.is_empty() {
            return Err(MappingError { problems });
        }
        Ok(Self { spec, hash: hex(&Sha256::digest(text.as_bytes())), text: text.to_owned() })
    }

    /// A mistake that shows only against an org's metadata, at a byte of the mapping text.
    pub(super) fn problem_at(&self, at: usize, message: String) -> MappingProblem {
        MappingProblem::at(&self.text, at, message)
    }
}

/// Lower-case hex digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    use fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        write!(out, "{byte:02x}").expect("writing to a string cannot fail");
        out
    })
}

/// A mistake in a mapping file, with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MappingProblem {
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    pub message: String,
}

impl MappingProblem {
    fn at(text: &str, byte: usize, message: String) -> Self {
        let before = text.get(..byte).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Self {
            line: before.bytes().filter(|byte| *byte == b'\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            message,
        }
    }
}

impl fmt::Display for MappingProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "mapping line {}, column {}: {}", self.line, self.column, self.message)
    }
}

/// All mistakes found in a mapping file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MappingError {
    pub problems: Vec<MappingProblem>,
}

impl fmt::Display for MappingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, problem) in self.problems.iter().enumerate() {
            if at > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for MappingError {}
