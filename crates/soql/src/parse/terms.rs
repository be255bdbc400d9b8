//! What stands between the braces of FIND: words, phrases, wildcards, AND, OR, AND NOT.

use super::MAX_DEPTH;
use crate::ast::search::{RESERVED, Term, WordPart};
use crate::error;
use model::{Error, ErrorCode, Result};

/// Characters, wildcards not counted, that a search needs.
const MIN_CHARS: usize = 2;

/// Reads the terms in `text[start..end]`.
pub(super) fn terms(text: &str, start: usize, end: usize) -> Result<Term> {
    let mut terms = Terms { text, at: start, end, depth: 0 };
    let term = terms.any_of()?;
    terms.skip_spaces();
    if let Some(c) = terms.peek() {
        return Err(terms.unexpected(c));
    }
    if wanted_chars(&term) < MIN_CHARS {
        return Err(terms.refuse(start, &format!("A search needs at least {MIN_CHARS} characters.")));
    }
    Ok(term)
}

struct Terms<'t> {
    text: &'t str,
    at: usize,
    end: usize,
    depth: u32,
}

impl Terms<'_> {
    fn peek(&self) -> Option<char> {
        self.text[self.at..self.end].chars().next()
    }

    fn advance(&mut self, c: char) {
        self.at += c.len_utf8();
    }

    fn skip_spaces(&mut self) {
        while let Some(c) = self.peek().filter(|c| c.is_whitespace()) {
            self.advance(c);
        }
    }

    /// Eats an operator: a plain word of its own.
    fn eat_operator(&mut self, word: &str) -> bool {
        self.skip_spaces();
        let rest = &self.text[self.at..self.end];
        let found = rest.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
            && rest[word.len()..].chars().next().is_none_or(|c| c.is_whitespace() || matches!(c, '(' | ')' | '"'));
        if found {
            self.at += word.len();
        }
        found
    }

    fn any_of(&mut self) -> Result<Term> {
        let first = self.all_of()?;
        let mut terms = vec![first];
        while self.eat_operator("OR") {
            terms.push(self.all_of()?);
        }
        Ok(one_or(terms, Term::Or))
    }

    /// Terms joined by AND, AND NOT, or nothing.
    fn all_of(&mut self) -> Result<Term> {
        let mut terms = vec![self.operand()?];
        loop {
            if self.eat_operator("AND") {
                let negated = self.eat_operator("NOT");
                let term = self.operand()?;
                terms.push(if negated { Term::Not(Box::new(term)) } else { term });
                continue;
            }
            let before = self.at;
            let joined = !self.eat_operator("OR");
            self.at = before;
            self.skip_spaces();
            match self.peek() {
                Some(c) if joined && c != ')' => terms.push(self.operand()?),
                _ => return Ok(one_or(terms, Term::And)),
            }
        }
    }

    fn operand(&mut self) -> Result<Term> {
        self.skip_spaces();
        for operator in ["AND", "OR", "NOT"] {
            let before = self.at;
            if self.eat_operator(operator) {
                let message = format!("{operator} stands between two search terms; quote it to search for the word.");
                return Err(self.refuse(before, &message));
            }
        }
        match self.peek() {
            None => Err(self.refuse(self.at, "A search term is missing here.")),
            Some('(') => self.parenthesised(),
            Some('"') => self.phrase(),
            Some(_) => self.word(),
        }
    }

    fn parenthesised(&mut self) -> Result<Term> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            let message = format!("The search nests deeper than {MAX_DEPTH} levels.");
            return Err(error::at(ErrorCode::QueryTooComplicated, self.text, self.position(self.at), &message));
        }
        self.advance('(');
        let term = self.any_of()?;
        self.skip_spaces();
        if self.peek() != Some(')') {
            return Err(self.refuse(self.at, "A closing parenthesis is missing here."));
        }
        self.advance(')');
        self.depth -= 1;
        Ok(term)
    }

    fn phrase(&mut self) -> Result<Term> {
        let start = self.at;
        self.advance('"');
        let mut text = String::new();
        while let Some(c) = self.peek() {
            match c {
                '"' if text.trim().is_empty() => return Err(self.refuse(start, "The phrase is empty.")),
                '"' => {
                    self.advance(c);
                    return Ok(Term::Phrase(text));
                }
                '\\' => text.push(self.escaped()?),
                other => {
                    self.advance(other);
                    text.push(other);
                }
            }
        }
        Err(self.refuse(start, "The phrase is not closed: add the missing \"."))
    }

    fn word(&mut self) -> Result<Term> {
        let start = self.at;
        let mut parts = Vec::new();
        let mut text = String::new();
        while let Some(c) = self.peek() {
            match c {
                '*' | '?' => {
                    if !text.is_empty() {
                        parts.push(WordPart::Text(std::mem::take(&mut text)));
                    }
                    if parts.is_empty() {
                        return Err(self.refuse(start, "A wildcard cannot stand at the start of a search term."));
                    }
                    self.advance(c);
                    parts.push(if c == '*' { WordPart::Run } else { WordPart::One });
                }
                '\\' => text.push(self.escaped()?),
                '(' | ')' | '"' => break,
                c if c.is_whitespace() => break,
                c if RESERVED.contains(c) => return Err(self.unexpected(c)),
                other => {
                    self.advance(other);
                    text.push(other);
                }
            }
        }
        if !text.is_empty() {
            parts.push(WordPart::Text(text));
        }
        if parts.is_empty() {
            return Err(self.refuse(start, "A search term is missing here."));
        }
        Ok(Term::Word(parts))
    }

    fn escaped(&mut self) -> Result<char> {
        let start = self.at;
        self.advance('\\');
        match self.peek().filter(|c| RESERVED.contains(*c)) {
            Some(c) => {
                self.advance(c);
                Ok(c)
            }
            None => Err(self.refuse(start, &format!("A backslash stands before one of {RESERVED} only."))),
        }
    }

    fn unexpected(&self, c: char) -> Error {
        self.refuse(self.at, &format!("unexpected token: '{c}'. Put a backslash before it to search for it."))
    }

    fn refuse(&self, at: usize, message: &str) -> Error {
        error::at(ErrorCode::MalformedSearch, self.text, self.position(at), message)
    }

    fn position(&self, at: usize) -> u32 {
        u32::try_from(at).unwrap_or(u32::MAX)
    }
}

fn one_or(mut terms: Vec<Term>, make: fn(Vec<Term>) -> Term) -> Term {
    match (terms.len(), terms.pop()) {
        (1, Some(only)) => only,
        (_, last) => {
            terms.extend(last);
            make(terms)
        }
    }
}

/// Characters a record must hold; what is left out finds nothing.
fn wanted_chars(term: &Term) -> usize {
    match term {
        Term::Word(parts) => parts
            .iter()
            .map(|part| match part {
                WordPart::Text(text) => text.chars().count(),
                WordPart::One | WordPart::Run => 0,
            })
            .sum(),
        Term::Phrase(text) => text.chars().filter(|c| !c.is_whitespace()).count(),
        Term::And(terms) | Term::Or(terms) => terms.iter().map(wanted_chars).sum(),
        Term::Not(_) => 0,
    }
}
