//! The select list: fields, functions, lists of children and TYPEOF.

use super::Parser;
use crate::ast::{Arg, Call, Expr, Item, TypeOf, TypeOfArm};
use crate::lex::Kind;
use model::Result;

/// Words that never start an expression: each one there means that something before it is missing.
const NOT_A_FIELD: [&str; 6] = ["AND", "FROM", "NOT", "OR", "SELECT", "WHERE"];

impl Parser<'_> {
    pub(super) fn item(&mut self) -> Result<Item> {
        if self.kind() == Kind::Open {
            let query = self.parenthesised(Self::query)?;
            return Ok(Item::Children(Box::new(query)));
        }
        if self.is_word("TYPEOF") && matches!(self.peek_at(1).kind, Kind::Word | Kind::Path) {
            return self.type_of().map(Item::TypeOf);
        }
        let expr = self.expr()?;
        let alias = if self.is_alias() { Some(self.name()?) } else { None };
        Ok(Item::Expr { expr, alias })
    }

    /// Whether the next word names the expression before it. ORDER and OFFSET do, where no clause follows: the select
    /// list of a search has no FROM behind it.
    fn is_alias(&self) -> bool {
        let token = self.peek();
        let starts_clause = (self.is_word("ORDER") && self.is_word_at(1, "BY"))
            || (self.is_word("OFFSET") && self.peek_at(1).kind == Kind::Number);
        token.kind == Kind::Word && !starts_clause && !self.is_reserved(token)
    }

    /// A path or a call.
    pub(super) fn expr(&mut self) -> Result<Expr> {
        let token = self.peek();
        let misplaced =
            token.kind == Kind::Word && NOT_A_FIELD.iter().any(|word| self.slice(token).eq_ignore_ascii_case(word));
        if misplaced {
            return Err(self.unexpected());
        }
        if token.kind == Kind::Word && self.peek_at(1).kind == Kind::Open {
            let name = self.name()?;
            let args = self.parenthesised(|parser| {
                if parser.kind() == Kind::Close { Ok(Vec::new()) } else { parser.commas(Self::arg) }
            })?;
            return Ok(Expr::Call(Call { name, args }));
        }
        self.path().map(Expr::Path)
    }

    fn arg(&mut self) -> Result<Arg> {
        match self.kind() {
            Kind::Word | Kind::Path => self.expr().map(Arg::Expr),
            _ => self.value().map(Arg::Literal),
        }
    }

    fn type_of(&mut self) -> Result<TypeOf> {
        self.expect_word("TYPEOF")?;
        let path = self.path()?;
        let mut arms = Vec::new();
        while arms.is_empty() || self.is_word("WHEN") {
            self.expect_word("WHEN")?;
            let object = self.name()?;
            self.expect_word("THEN")?;
            arms.push(TypeOfArm { object, fields: self.commas(Self::path)? });
        }
        let otherwise = if self.eat_word("ELSE") { self.commas(Self::path)? } else { Vec::new() };
        self.expect_word("END")?;
        Ok(TypeOf { path, arms, otherwise })
    }
}
