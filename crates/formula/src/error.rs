//! Where something stands in a formula's text, and what is wrong with a formula that cannot be compiled.

use std::fmt;

/// A piece of the source, in bytes: from `start` up to, not including, `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct Span {
    pub start: usize,
    pub end: usize,
}

impl Span {
    pub(crate) const fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// The smallest piece that holds both.
    #[must_use]
    pub(crate) fn to(self, end: Span) -> Self {
        Self { start: self.start.min(end.start), end: self.end.max(end.end) }
    }

    /// The text of this piece; empty when `source` is not the text it was cut from.
    pub fn slice(self, source: &str) -> &str {
        source.get(self.start..self.end).unwrap_or_default()
    }
}

/// A formula that is refused: the byte where the trouble starts, and what to say to its author.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormulaError {
    pub position: usize,
    pub message: String,
}

impl FormulaError {
    pub(crate) fn at(span: Span, message: impl Into<String>) -> Self {
        Self { position: span.start, message: message.into() }
    }
}

impl fmt::Display for FormulaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for FormulaError {}
