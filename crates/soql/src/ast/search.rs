//! The syntax tree of a SOSL search.

use super::display::{Commas, write_list};
use super::{CategoryFilter, Cond, Item, Literal, Name, RowCount, Sort, UpdateClause, With};
use std::fmt::{Display, Formatter, Result, Write};

/// `FIND { … } IN … FIELDS RETURNING …`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Search {
    pub terms: Term,
    pub scope: SearchScope,
    /// Empty: ids of every searchable object.
    pub returning: Vec<Returning>,
    pub with: Vec<SearchWith>,
    pub limit: Option<RowCount>,
    pub offset: Option<RowCount>,
    pub update: Vec<UpdateClause>,
}

/// What a record must hold to be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Term {
    Word(Vec<WordPart>),
    /// Words in this order, side by side.
    Phrase(String),
    /// At least two terms, the first of them not a [`Term::Not`].
    And(Vec<Term>),
    /// At least two terms.
    Or(Vec<Term>),
    /// Only inside [`Term::And`]: what is left out of the others.
    Not(Box<Term>),
}

/// A piece of a word; a wildcard never comes first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WordPart {
    Text(String),
    /// `?`: one character.
    One,
    /// `*`: any characters, also none.
    Run,
}

/// Which fields are searched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SearchScope {
    #[default]
    All,
    Name,
    Email,
    Phone,
    Sidebar,
}

/// One object of the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Returning {
    pub object: Name,
    /// Empty, with everything after it, for ids alone.
    pub select: Vec<Item>,
    pub list_view: Option<Name>,
    pub filter: Option<Cond>,
    pub order_by: Vec<Sort>,
    pub limit: Option<RowCount>,
    pub offset: Option<RowCount>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SearchWith {
    Division(Literal),
    DataCategory(Vec<CategoryFilter>),
    Network(Vec<Literal>),
    PricebookId(Literal),
    Snippet { target_length: Option<u64> },
    Metadata(Literal),
    SpellCorrection(bool),
}

/// Characters that mean something inside the braces, and are plain text behind a backslash.
pub(crate) const RESERVED: &str = "?&|!{}[]()^~*:\\\"'+-";

impl SearchScope {
    pub(crate) const ALL: [(&'static str, SearchScope); 5] = [
        ("ALL", SearchScope::All),
        ("NAME", SearchScope::Name),
        ("EMAIL", SearchScope::Email),
        ("PHONE", SearchScope::Phone),
        ("SIDEBAR", SearchScope::Sidebar),
    ];

    pub(crate) fn keyword(self) -> &'static str {
        Self::ALL.iter().find(|(_, scope)| *scope == self).map_or("ALL", |(word, _)| word)
    }
}

impl Display for Search {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        write!(f, "FIND {{{}}} IN {} FIELDS", self.terms, self.scope.keyword())?;
        write_list(f, " RETURNING ", &self.returning)?;
        for with in &self.with {
            write!(f, " WITH {with}")?;
        }
        write_counts(f, self.limit.as_ref(), self.offset.as_ref())?;
        write_list(f, " UPDATE ", &self.update)
    }
}

fn write_counts(f: &mut Formatter<'_>, limit: Option<&RowCount>, offset: Option<&RowCount>) -> Result {
    if let Some(limit) = limit {
        write!(f, " LIMIT {}", limit.rows)?;
    }
    match offset {
        Some(offset) => write!(f, " OFFSET {}", offset.rows),
        None => Ok(()),
    }
}

impl Display for Term {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Term::Word(parts) => parts.iter().try_for_each(|part| match part {
                WordPart::Text(text) => write_escaped(f, text),
                WordPart::One => f.write_char('?'),
                WordPart::Run => f.write_char('*'),
            }),
            Term::Phrase(text) => {
                f.write_char('"')?;
                write_escaped(f, text)?;
                f.write_char('"')
            }
            Term::And(terms) => write_terms(f, terms, "AND"),
            Term::Or(terms) => write_terms(f, terms, "OR"),
            Term::Not(term) => {
                f.write_str("NOT ")?;
                write_operand(f, term)
            }
        }
    }
}

fn write_terms(f: &mut Formatter<'_>, terms: &[Term], word: &str) -> Result {
    for (at, term) in terms.iter().enumerate() {
        if at > 0 {
            write!(f, " {word} ")?;
        }
        match term {
            Term::Not(_) => term.fmt(f)?,
            other => write_operand(f, other)?,
        }
    }
    Ok(())
}

fn write_operand(f: &mut Formatter<'_>, term: &Term) -> Result {
    match term {
        Term::Word(_) | Term::Phrase(_) => term.fmt(f),
        Term::And(_) | Term::Or(_) | Term::Not(_) => write!(f, "({term})"),
    }
}

fn write_escaped(f: &mut Formatter<'_>, text: &str) -> Result {
    text.chars().try_for_each(|c| {
        if RESERVED.contains(c) {
            f.write_char('\\')?;
        }
        f.write_char(c)
    })
}

impl Display for Returning {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        self.object.fmt(f)?;
        if self.select.is_empty() {
            return Ok(());
        }
        write!(f, "({}", Commas(&self.select))?;
        if let Some(view) = &self.list_view {
            write!(f, " USING ListView = {view}")?;
        }
        if let Some(filter) = &self.filter {
            write!(f, " WHERE {filter}")?;
        }
        write_list(f, " ORDER BY ", &self.order_by)?;
        write_counts(f, self.limit.as_ref(), self.offset.as_ref())?;
        f.write_char(')')
    }
}

impl Display for SearchWith {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            SearchWith::Division(value) => write!(f, "DIVISION = {value}"),
            SearchWith::DataCategory(filters) => With::DataCategory(filters.clone()).fmt(f),
            SearchWith::Network(values) => write!(f, "NETWORK IN ({})", Commas(values)),
            SearchWith::PricebookId(value) => write!(f, "PRICEBOOKID = {value}"),
            SearchWith::Snippet { target_length: Some(length) } => write!(f, "SNIPPET(target_length = {length})"),
            SearchWith::Snippet { target_length: None } => f.write_str("SNIPPET"),
            SearchWith::Metadata(value) => write!(f, "METADATA = {value}"),
            SearchWith::SpellCorrection(flag) => write!(f, "SPELL_CORRECTION = {flag}"),
        }
    }
}
