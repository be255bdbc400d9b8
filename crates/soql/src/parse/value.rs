//! Values: literals of every type, LIKE patterns, date literals.

use super::{MAX_LITERAL_CHARS, Parser};
use crate::ast::{Literal, LiteralValue, Position};
use crate::dates::{self, DateLiteral};
use crate::lex::{Kind, Token};
use crate::literal::unescape;
use model::{Date, Decimal, Error, Instant, Result, TimeOfDay, parse_decimal};

impl Parser<'_> {
    pub(super) fn value(&mut self) -> Result<Literal> {
        let token = self.peek();
        let raw = self.slice(token);
        let value = match token.kind {
            Kind::Text => return self.text_value(),
            Kind::Word => return self.word_value(),
            Kind::Number => LiteralValue::Number(self.number(token, raw)?),
            Kind::Currency => self.currency(token, raw)?,
            Kind::Date => LiteralValue::Date(Date::parse(raw).ok_or_else(|| self.invalid(token, "date"))?),
            Kind::DateTime => {
                LiteralValue::DateTime(Instant::parse(raw).ok_or_else(|| self.invalid(token, "datetime"))?)
            }
            Kind::Time => LiteralValue::Time(
                TimeOfDay::parse(raw)
                    .filter(|_| raw.ends_with(['Z', 'z']))
                    .ok_or_else(|| self.invalid(token, "time"))?,
            ),
            Kind::Colon => return Err(self.no_bind_variables()),
            _ => return Err(self.unexpected()),
        };
        self.next();
        Ok(Literal { value, position: Position(token.start) })
    }

    pub(super) fn no_bind_variables(&self) -> Error {
        self.refuse(self.peek().start, "Bind variables only allowed in Apex code")
    }

    fn invalid(&self, token: Token, what: &str) -> Error {
        self.refuse(token.start, &format!("Invalid {what}: {}", self.slice(token)))
    }

    fn number(&self, token: Token, raw: &str) -> Result<Decimal> {
        parse_decimal(raw)
            .ok_or_else(|| self.refuse(token.start, "The number has more digits than can be kept exactly."))
    }

    /// `raw` starts with three letters, the ISO code.
    fn currency(&self, token: Token, raw: &str) -> Result<LiteralValue> {
        let (code, amount) = raw.split_at(3);
        Ok(LiteralValue::Currency { code: code.to_ascii_uppercase(), amount: self.number(token, amount)? })
    }

    fn word_value(&mut self) -> Result<Literal> {
        let token = self.peek();
        let raw = self.slice(token);
        let value = if raw.eq_ignore_ascii_case("null") {
            LiteralValue::Null
        } else if raw.eq_ignore_ascii_case("true") {
            LiteralValue::Bool(true)
        } else if raw.eq_ignore_ascii_case("false") {
            LiteralValue::Bool(false)
        } else if let Some(numbered) = dates::takes_number(raw) {
            return self.date_range(token, numbered);
        } else if is_whole_currency(raw) {
            self.currency(token, raw)?
        } else {
            return Err(self.unexpected());
        };
        self.next();
        Ok(Literal { value, position: Position(token.start) })
    }

    fn date_range(&mut self, token: Token, numbered: bool) -> Result<Literal> {
        self.next();
        let number = if numbered {
            self.expect(Kind::Colon)?;
            let digits = self.peek();
            let number = self.slice(digits).parse::<u32>().map_err(|_| self.unexpected())?;
            self.next();
            Some(number)
        } else {
            None
        };
        let literal = DateLiteral::parse(self.slice(token), number).ok_or_else(|| self.unexpected())?;
        Ok(Literal { value: LiteralValue::DateRange(literal), position: Position(token.start) })
    }

    pub(super) fn text_value(&mut self) -> Result<Literal> {
        let position = self.position();
        let text = self.quoted(false)?;
        Ok(Literal { value: LiteralValue::Text(text), position })
    }

    pub(super) fn pattern(&mut self) -> Result<String> {
        self.quoted(true)
    }

    fn quoted(&mut self, pattern: bool) -> Result<String> {
        if self.kind() == Kind::Colon {
            return Err(self.no_bind_variables());
        }
        let token = self.expect(Kind::Text)?;
        let raw = self.slice(token);
        let text = unescape(&raw[1..raw.len() - 1], pattern).map_err(|at| {
            let position = token.start + 1 + u32::try_from(at).unwrap_or_default();
            self.refuse(position, "Invalid string literal: a backslash stands before one of ' \" \\ n r t b f u only.")
        })?;
        if text.len() > MAX_LITERAL_CHARS && text.chars().count() > MAX_LITERAL_CHARS {
            let message = format!("A string literal cannot be longer than {MAX_LITERAL_CHARS} characters.");
            return Err(self.refuse(token.start, &message));
        }
        Ok(text)
    }
}

/// `EUR1500` or `EUR1E3`.
fn is_whole_currency(word: &str) -> bool {
    word.len() > 3
        && word.bytes().take(3).all(|byte| byte.is_ascii_alphabetic())
        && word.as_bytes()[3].is_ascii_digit()
        && word.bytes().skip(3).all(|byte| byte.is_ascii_digit() || matches!(byte, b'e' | b'E'))
}
