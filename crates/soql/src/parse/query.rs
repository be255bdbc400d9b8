//! The clauses of a SELECT, in their one order.

use super::Parser;
use crate::ast::{ForClause, Query, RowCount, Source, UpdateClause};
use crate::lex::{Kind, Token};
use model::Result;

/// Words that are never an alias.
const RESERVED: [&str; 22] = [
    "AND", "ASC", "DESC", "END", "EXCLUDES", "FIRST", "FROM", "GROUP", "HAVING", "IN", "INCLUDES", "LAST", "LIKE",
    "LIMIT", "NOT", "NULL", "NULLS", "OR", "SELECT", "USING", "WHERE", "WITH",
];

/// Words that may be an alias in the select list, and start a clause after an object.
const AFTER_FROM: [&str; 4] = ["ORDER", "OFFSET", "FOR", "UPDATE"];

impl Parser<'_> {
    pub(super) fn query(&mut self) -> Result<Query> {
        let position = self.position();
        self.expect_word("SELECT")?;
        let select = self.commas(Self::item)?;
        self.expect_word("FROM")?;
        let from = self.commas(Self::source)?;
        let scope = if self.eat_word("USING") {
            self.expect_word("SCOPE")?;
            Some(self.name()?)
        } else {
            None
        };
        let filter = if self.eat_word("WHERE") { Some(self.cond()?) } else { None };
        let with = if self.eat_word("WITH") { Some(self.with()?) } else { None };
        let group_by = if self.eat_words("GROUP", "BY")? { Some(self.group_by()?) } else { None };
        let having = if self.eat_word("HAVING") { Some(self.cond()?) } else { None };
        let order_by = if self.eat_words("ORDER", "BY")? { self.commas(Self::sort)? } else { Vec::new() };
        let limit = if self.eat_word("LIMIT") { Some(self.row_count()?) } else { None };
        let offset = if self.eat_word("OFFSET") { Some(self.row_count()?) } else { None };
        let for_clauses = if self.eat_word("FOR") { self.commas(Self::for_clause)? } else { Vec::new() };
        let update = if self.eat_word("UPDATE") { self.commas(Self::update_clause)? } else { Vec::new() };
        Ok(Query {
            select,
            from,
            scope,
            filter,
            with,
            group_by,
            having,
            order_by,
            limit,
            offset,
            for_clauses,
            update,
            position,
        })
    }

    /// Eats `first second`; `first` alone is an error at what follows it.
    pub(super) fn eat_words(&mut self, first: &str, second: &str) -> Result<bool> {
        let found = self.eat_word(first);
        if found {
            self.expect_word(second)?;
        }
        Ok(found)
    }

    fn source(&mut self) -> Result<Source> {
        let path = self.path()?;
        let named = self.eat_word("AS");
        let token = self.peek();
        let is_alias = token.kind == Kind::Word
            && !self.is_reserved(token)
            && !AFTER_FROM.iter().any(|word| self.slice(token).eq_ignore_ascii_case(word));
        let alias = match (is_alias, named) {
            (true, _) => Some(self.name()?),
            (false, true) => return Err(self.unexpected()),
            (false, false) => None,
        };
        Ok(Source { path, alias })
    }

    pub(super) fn is_reserved(&self, token: Token) -> bool {
        RESERVED.iter().any(|word| self.slice(token).eq_ignore_ascii_case(word))
    }

    /// The whole number after LIMIT or OFFSET.
    pub(super) fn row_count(&mut self) -> Result<RowCount> {
        let token = self.peek();
        let rows = match token.kind {
            Kind::Number => self.slice(token).parse().map_err(|_| self.unexpected())?,
            _ => return Err(self.unexpected()),
        };
        let position = self.position();
        self.next();
        Ok(RowCount { rows, position })
    }

    fn for_clause(&mut self) -> Result<ForClause> {
        self.one_of(&[("VIEW", ForClause::View), ("REFERENCE", ForClause::Reference), ("UPDATE", ForClause::Update)])
    }

    pub(super) fn update_clause(&mut self) -> Result<UpdateClause> {
        self.one_of(&[("TRACKING", UpdateClause::Tracking), ("VIEWSTAT", UpdateClause::ViewStat)])
    }
}
