//! Names as written, with the place where they stand.

/// A byte offset in the query's text. Two positions are always equal: where a node stands is no part of what it says.
#[derive(Clone, Copy, Debug, Default)]
pub struct Position(pub u32);

impl PartialEq for Position {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Position {}

/// One identifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    pub text: String,
    pub position: Position,
}

/// Identifiers joined by dots: `Account.Owner.Name`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    pub dotted: String,
    pub position: Position,
}

impl Name {
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), position: Position::default() }
    }

    pub(crate) fn is(&self, word: &str) -> bool {
        self.text.eq_ignore_ascii_case(word)
    }
}

impl Path {
    pub fn new(dotted: impl Into<String>) -> Self {
        Self { dotted: dotted.into(), position: Position::default() }
    }

    pub fn steps(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.dotted.split('.')
    }

    /// The steps before the last, and the last.
    pub fn split_last(&self) -> (Option<&str>, &str) {
        match self.dotted.rsplit_once('.') {
            Some((before, last)) => (Some(before), last),
            None => (None, &self.dotted),
        }
    }
}
