//! Filter logic: `1 AND (2 OR NOT 3)` over the report's numbered filters.

use crate::definition::refused;
use model::{Error, Result};

const PROPERTY: &str = "reportBooleanFilter";
/// Parentheses inside each other; twenty filters need far fewer.
const MAX_DEPTH: usize = 30;

/// How filters are put together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Logic {
    All(Vec<Logic>),
    Any(Vec<Logic>),
    Not(Box<Logic>),
    /// The filter at a place, from 0.
    Filter(usize),
}

impl Logic {
    /// Reads the logic of so many filters; without one, all of them must hold.
    ///
    /// # Errors
    /// For logic that cannot be read, that leaves a filter out, or that mixes AND and OR without parentheses.
    pub(crate) fn read(logic: Option<&str>, filters: usize) -> Result<Self> {
        let Some(logic) = logic.map(str::trim).filter(|logic| !logic.is_empty()) else {
            return Ok(Self::All((0..filters).map(Self::Filter).collect()));
        };
        let tokens = tokens(logic)?;
        let mut reader = Reader { tokens: &tokens, at: 0, used: vec![false; filters] };
        let read = reader.chain(0)?;
        if reader.at < tokens.len() {
            return Err(refuse("has a part that does not belong to it."));
        }
        if let Some(unused) = reader.used.iter().position(|used| !used) {
            return Err(refuse(format!("leaves out filter {}.", unused + 1)));
        }
        Ok(read)
    }

    /// The parts that must all hold.
    pub(crate) fn conjuncts(self) -> Vec<Logic> {
        match self {
            Self::All(parts) => parts.into_iter().flat_map(Self::conjuncts).collect(),
            other => vec![other],
        }
    }

    /// The same about filters that stand so many places further on.
    #[must_use]
    pub(crate) fn shifted(self, by: usize) -> Self {
        match self {
            Self::All(parts) => Self::All(parts.into_iter().map(|part| part.shifted(by)).collect()),
            Self::Any(parts) => Self::Any(parts.into_iter().map(|part| part.shifted(by)).collect()),
            Self::Not(part) => Self::Not(Box::new(part.shifted(by))),
            Self::Filter(at) => Self::Filter(at + by),
        }
    }

    /// The places of the filters in it.
    pub(crate) fn filters(&self) -> Vec<usize> {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().flat_map(Self::filters).collect(),
            Self::Not(part) => part.filters(),
            Self::Filter(at) => vec![*at],
        }
    }

    /// Whether every filter in it satisfies `test`.
    pub(crate) fn every(&self, test: &impl Fn(usize) -> bool) -> bool {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().all(|part| part.every(test)),
            Self::Not(part) => part.every(test),
            Self::Filter(at) => test(*at),
        }
    }

    /// Its truth, given that of each filter.
    pub(crate) fn holds(&self, truth: &impl Fn(usize) -> bool) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.holds(truth)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(truth)),
            Self::Not(part) => !part.holds(truth),
            Self::Filter(at) => truth(*at),
        }
    }
}

fn refuse(words: impl std::fmt::Display) -> Error {
    refused(PROPERTY, words)
}

#[derive(Clone, Copy, PartialEq)]
enum Token {
    Number(usize),
    And,
    Or,
    Not,
    Open,
    Close,
}

fn tokens(text: &str) -> Result<Vec<Token>> {
    let spaced = text.replace('(', " ( ").replace(')', " ) ");
    spaced
        .split_whitespace()
        .map(|word| match word.to_ascii_uppercase().as_str() {
            "AND" => Ok(Token::And),
            "OR" => Ok(Token::Or),
            "NOT" => Ok(Token::Not),
            "(" => Ok(Token::Open),
            ")" => Ok(Token::Close),
            number => number.parse().map(Token::Number).map_err(|_| {
                refuse(format!("\"{}\" is no filter number, AND, OR or NOT.", crate::column::shown(word)))
            }),
        })
        .collect()
}

struct Reader<'a> {
    tokens: &'a [Token],
    at: usize,
    used: Vec<bool>,
}

impl Reader<'_> {
    fn take(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at).copied();
        self.at += 1;
        token
    }

    fn chain(&mut self, depth: usize) -> Result<Logic> {
        let mut parts = vec![self.term(depth)?];
        let mut joint = None;
        while let Some(token @ (Token::And | Token::Or)) = self.tokens.get(self.at).copied() {
            self.at += 1;
            if *joint.get_or_insert(token) != token {
                return Err(refuse("mixes AND and OR; put parentheses around one of them."));
            }
            parts.push(self.term(depth)?);
        }
        Ok(match joint {
            None => parts.remove(0),
            Some(Token::Or) => Logic::Any(parts),
            Some(_) => Logic::All(parts),
        })
    }

    fn term(&mut self, depth: usize) -> Result<Logic> {
        if depth > MAX_DEPTH {
            return Err(refuse(format!("has more than {MAX_DEPTH} parentheses inside each other.")));
        }
        match self.take() {
            Some(Token::Number(number)) => {
                let at = number.checked_sub(1).filter(|at| *at < self.used.len());
                let at = at.ok_or_else(|| refuse(format!("names filter {number}; there are {}.", self.used.len())))?;
                self.used[at] = true;
                Ok(Logic::Filter(at))
            }
            Some(Token::Not) => Ok(Logic::Not(Box::new(self.term(depth + 1)?))),
            Some(Token::Open) => {
                let inner = self.chain(depth + 1)?;
                match self.take() {
                    Some(Token::Close) => Ok(inner),
                    _ => Err(refuse("has a parenthesis that is not closed.")),
                }
            }
            _ => Err(refuse("ends where a filter number is needed.")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(logic: &str) -> std::result::Result<Logic, String> {
        Logic::read(Some(logic), 3).map_err(|error| error.message().to_owned())
    }

    #[test]
    fn logic_is_read_with_its_parentheses() {
        let or = Logic::Any(vec![Logic::Filter(1), Logic::Not(Box::new(Logic::Filter(2)))]);
        assert_eq!(read("1 and (2 OR NOT 3)"), Ok(Logic::All(vec![Logic::Filter(0), or])));
        assert_eq!(Logic::read(None, 3).expect("all").conjuncts().len(), 3);
    }

    #[test]
    fn logic_agrees_with_its_truth_table() {
        type Row = (&'static str, fn(bool, bool, bool) -> bool);
        let cases: [Row; 5] = [
            ("1 AND 2 AND 3", |a, b, c| a && b && c),
            ("(1 OR 2) AND 3", |a, b, c| (a || b) && c),
            ("1 OR (2 AND NOT 3)", |a, b, c| a || (b && !c)),
            ("NOT (1 AND (2 OR 3))", |a, b, c| !(a && (b || c))),
            ("NOT NOT 1 AND (2 OR (3 AND 1))", |a, b, c| a && (b || c)),
        ];
        for (logic, expected) in cases {
            let read = read(logic).expect(logic);
            for bits in 0..8u8 {
                let truth = |at: usize| bits >> at & 1 == 1;
                assert_eq!(read.holds(&truth), expected(truth(0), truth(1), truth(2)), "{logic} {bits:03b}");
            }
        }
    }

    #[test]
    fn logic_that_says_nothing_clear_is_refused_with_the_reason() {
        let cases = [
            ("1 AND 2", "reportBooleanFilter: leaves out filter 3."),
            ("1 AND 2 OR 3", "reportBooleanFilter: mixes AND and OR; put parentheses around one of them."),
            ("1 AND 2 AND 4", "reportBooleanFilter: names filter 4; there are 3."),
            ("(1 AND 2 AND 3", "reportBooleanFilter: has a parenthesis that is not closed."),
            ("1 AND 2 AND", "reportBooleanFilter: ends where a filter number is needed."),
            ("1 XOR 2", "reportBooleanFilter: \"XOR\" is no filter number, AND, OR or NOT."),
            ("1 AND 2 AND 3)", "reportBooleanFilter: has a part that does not belong to it."),
        ];
        for (logic, expected) in cases {
            assert_eq!(read(logic), Err(expected.to_owned()), "{logic}");
        }
    }
}
