//! The clauses of a SOSL search.

use super::{Parser, shortened, terms};
use crate::ast::search::{Returning, Search, SearchScope, SearchWith};
use crate::ast::{LiteralValue, RowCount};
use crate::error;
use crate::lex::Kind;
use model::{Error, ErrorCode, Result};

pub(super) fn search(text: &str) -> Result<Search> {
    let (start, end) = braces(text)?;
    let terms = terms::terms(text, start, end)?;
    // The text after the closing brace.
    let mut parser = Parser::new(text, end + 1, ErrorCode::MalformedSearch);
    let search = parser.after_terms(terms)?;
    parser.end()?;
    Ok(search)
}

/// Where the search terms start and end, between the braces after FIND.
fn braces(text: &str) -> Result<(usize, usize)> {
    let malformed = |at: usize, message: &str| {
        error::at(ErrorCode::MalformedSearch, text, u32::try_from(at).unwrap_or(u32::MAX), message)
    };
    let first = text.len() - text.trim_start().len();
    let word_end =
        text[first..].find(|c: char| !c.is_ascii_alphanumeric() && c != '_').map_or(text.len(), |at| first + at);
    let word = &text[first..word_end];
    if !word.eq_ignore_ascii_case("FIND") {
        let shown = shortened(text[first..].split_whitespace().next().unwrap_or("<EOF>"));
        return Err(Error::new(ErrorCode::MalformedSearch, format!("unexpected token: '{shown}'")));
    }
    let open = text.len() - text[word_end..].trim_start().len();
    if !text[open..].starts_with('{') {
        return Err(malformed(open, "FIND takes its terms in braces, as in FIND {Acme}."));
    }
    let mut escaped = false;
    for (at, c) in text[open + 1..].char_indices() {
        match c {
            '}' if !escaped => return Ok((open + 1, open + 1 + at)),
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    Err(malformed(open, "The search terms are not closed: add the missing }."))
}

impl Parser<'_> {
    fn after_terms(&mut self, terms: crate::ast::search::Term) -> Result<Search> {
        let mut scope = SearchScope::All;
        if self.eat_word("IN") {
            scope = self.one_of(&SearchScope::ALL)?;
            self.expect_word("FIELDS")?;
        }
        let returning = if self.eat_word("RETURNING") { self.commas(Self::returning)? } else { Vec::new() };
        let mut with = Vec::new();
        while self.eat_word("WITH") {
            with.push(self.search_with()?);
        }
        let (limit, offset) = self.search_counts()?;
        let update = if self.eat_word("UPDATE") { self.commas(Self::update_clause)? } else { Vec::new() };
        Ok(Search { terms, scope, returning, with, limit, offset, update })
    }

    fn search_counts(&mut self) -> Result<(Option<RowCount>, Option<RowCount>)> {
        let limit = if self.eat_word("LIMIT") { Some(self.row_count()?) } else { None };
        let offset = if self.eat_word("OFFSET") { Some(self.row_count()?) } else { None };
        Ok((limit, offset))
    }

    fn returning(&mut self) -> Result<Returning> {
        let object = self.name()?;
        if self.kind() != Kind::Open {
            return Ok(Returning {
                object,
                select: Vec::new(),
                list_view: None,
                filter: None,
                order_by: Vec::new(),
                limit: None,
                offset: None,
            });
        }
        self.parenthesised(|parser| {
            let select = parser.commas(Self::item)?;
            let list_view = if parser.eat_words("USING", "ListView")? {
                parser.expect(Kind::Eq)?;
                Some(parser.name()?)
            } else {
                None
            };
            let filter = if parser.eat_word("WHERE") { Some(parser.cond()?) } else { None };
            let order_by = if parser.eat_words("ORDER", "BY")? { parser.commas(Self::sort)? } else { Vec::new() };
            let (limit, offset) = parser.search_counts()?;
            Ok(Returning { object, select, list_view, filter, order_by, limit, offset })
        })
    }

    fn search_with(&mut self) -> Result<SearchWith> {
        if self.eat_words("DATA", "CATEGORY")? {
            return self.category_filters().map(SearchWith::DataCategory);
        }
        if self.eat_word("SNIPPET") {
            return self.snippet();
        }
        if self.eat_word("NETWORK") {
            if self.eat_word("IN") {
                let networks = self.parenthesised(|parser| parser.commas(Self::text_value))?;
                return Ok(SearchWith::Network(networks));
            }
            self.expect(Kind::Eq)?;
            return Ok(SearchWith::Network(vec![self.text_value()?]));
        }
        if self.eat_word("SPELL_CORRECTION") {
            self.expect(Kind::Eq)?;
            let token = self.peek();
            return match self.value()?.value {
                LiteralValue::Bool(flag) => Ok(SearchWith::SpellCorrection(flag)),
                _ => Err(self.refuse(token.start, "SPELL_CORRECTION is true or false.")),
            };
        }
        let make = self.one_of::<fn(_) -> SearchWith>(&[
            ("DIVISION", SearchWith::Division),
            ("PRICEBOOKID", SearchWith::PricebookId),
            ("METADATA", SearchWith::Metadata),
        ])?;
        self.expect(Kind::Eq)?;
        self.text_value().map(make)
    }

    fn snippet(&mut self) -> Result<SearchWith> {
        if self.kind() != Kind::Open {
            return Ok(SearchWith::Snippet { target_length: None });
        }
        self.parenthesised(|parser| {
            parser.expect_word("target_length")?;
            parser.expect(Kind::Eq)?;
            let length = parser.row_count()?;
            Ok(SearchWith::Snippet { target_length: Some(length.rows) })
        })
    }
}
