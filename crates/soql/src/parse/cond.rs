//! Conditions of WHERE and HAVING. AND and OR do not mix without parentheses.

use super::Parser;
use crate::ast::{CompareOp, Cond, Predicate, Test};
use crate::lex::Kind;
use model::Result;

impl Parser<'_> {
    pub(super) fn cond(&mut self) -> Result<Cond> {
        let first = self.unit()?;
        let (word, make): (_, fn(Vec<Cond>) -> Cond) = if self.is_word("AND") {
            ("AND", Cond::And)
        } else if self.is_word("OR") {
            ("OR", Cond::Or)
        } else {
            return Ok(first);
        };
        let mut parts = vec![first];
        while self.eat_word(word) {
            parts.push(self.unit()?);
        }
        if self.is_word("AND") || self.is_word("OR") {
            return Err(self.unexpected());
        }
        Ok(make(parts))
    }

    fn unit(&mut self) -> Result<Cond> {
        let negated = self.eat_word("NOT");
        let inner = if self.kind() == Kind::Open { self.parenthesised(Self::cond)? } else { self.test()? };
        Ok(if negated { Cond::Not(Box::new(inner)) } else { inner })
    }

    fn test(&mut self) -> Result<Cond> {
        let left = self.expr()?;
        let predicate = self.predicate()?;
        Ok(Cond::Test(Box::new(Test { left, predicate })))
    }

    fn predicate(&mut self) -> Result<Predicate> {
        if let Some(op) = self.compare_op() {
            self.next();
            return Ok(Predicate::Compare { op, value: self.value()? });
        }
        if self.eat_word("LIKE") {
            return Ok(Predicate::Like { pattern: self.pattern()? });
        }
        if self.is_word("NOT") && self.is_word_at(1, "IN") {
            self.next();
            self.next();
            return self.in_list(true);
        }
        if self.eat_word("IN") {
            return self.in_list(false);
        }
        let negated = self.is_word("EXCLUDES");
        if !negated && !self.is_word("INCLUDES") {
            return Err(self.unexpected());
        }
        self.next();
        let groups = self.parenthesised(|parser| parser.commas(Self::text_value))?;
        Ok(Predicate::Includes { groups, negated })
    }

    fn compare_op(&self) -> Option<CompareOp> {
        Some(match self.kind() {
            Kind::Eq => CompareOp::Eq,
            Kind::Ne => CompareOp::Ne,
            Kind::Lt => CompareOp::Lt,
            Kind::Le => CompareOp::Le,
            Kind::Gt => CompareOp::Gt,
            Kind::Ge => CompareOp::Ge,
            _ => return None,
        })
    }

    fn in_list(&mut self, negated: bool) -> Result<Predicate> {
        if self.kind() == Kind::Colon {
            return Err(self.no_bind_variables());
        }
        self.parenthesised(|parser| {
            if parser.is_word("SELECT") {
                let query = Box::new(parser.query()?);
                return Ok(Predicate::InQuery { query, negated });
            }
            let values = parser.commas(Self::value)?;
            Ok(Predicate::In { values, negated })
        })
    }
}
