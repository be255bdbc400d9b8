//! Text → syntax tree by recursive descent over tokens. Depth is bounded, so no text can exhaust the stack.

mod clause;
mod cond;
mod item;
mod query;
mod search;
mod terms;
mod value;

use crate::ast::{Name, Path, Position, Query, search::Search};
use crate::error;
use crate::lex::{Kind, Token, tokens};
use model::{Error, ErrorCode, Result};

/// The most characters a query or search may have.
pub const MAX_QUERY_CHARS: usize = 100_000;
/// The most characters one text literal may have.
pub const MAX_LITERAL_CHARS: usize = 4_000;
/// How deep parentheses, function calls and sub-queries may nest.
pub const MAX_DEPTH: u32 = 50;

/// Reads a SOQL query.
///
/// # Errors
/// `MALFORMED_QUERY` with row and column, `QUERY_TOO_COMPLICATED` when it nests too deep.
pub fn parse(text: &str) -> Result<Query> {
    check_length(text, ErrorCode::MalformedQuery, "SOQL")?;
    let mut parser = Parser::new(text, 0, ErrorCode::MalformedQuery);
    let query = parser.query()?;
    parser.end()?;
    Ok(query)
}

/// Reads a SOSL search.
///
/// # Errors
/// `MALFORMED_SEARCH` with row and column, `QUERY_TOO_COMPLICATED` when it nests too deep.
pub fn parse_search(text: &str) -> Result<Search> {
    check_length(text, ErrorCode::MalformedSearch, "SOSL")?;
    search::search(text)
}

fn check_length(text: &str, code: ErrorCode, language: &str) -> Result<()> {
    if text.len() > MAX_QUERY_CHARS && text.chars().count() > MAX_QUERY_CHARS {
        return Err(Error::new(
            code,
            format!("{language} statements cannot be longer than {MAX_QUERY_CHARS} characters."),
        ));
    }
    Ok(())
}

pub(crate) struct Parser<'t> {
    text: &'t str,
    tokens: Vec<Token>,
    at: usize,
    depth: u32,
    /// What a mistake is called: a malformed query or a malformed search.
    code: ErrorCode,
}

impl<'t> Parser<'t> {
    fn new(text: &'t str, from: usize, code: ErrorCode) -> Self {
        Self { text, tokens: tokens(text, from), at: 0, depth: 0, code }
    }

    fn peek(&self) -> Token {
        self.peek_at(0)
    }

    /// The token `ahead` places on; past the last one, the last: the end.
    fn peek_at(&self, ahead: usize) -> Token {
        self.tokens[(self.at + ahead).min(self.tokens.len() - 1)]
    }

    fn kind(&self) -> Kind {
        self.peek().kind
    }

    fn slice(&self, token: Token) -> &'t str {
        &self.text[token.start as usize..token.end as usize]
    }

    fn position(&self) -> Position {
        Position(self.peek().start)
    }

    fn next(&mut self) -> Token {
        let token = self.peek();
        self.at = (self.at + 1).min(self.tokens.len() - 1);
        token
    }

    fn eat(&mut self, kind: Kind) -> bool {
        let found = self.kind() == kind;
        if found {
            self.next();
        }
        found
    }

    fn expect(&mut self, kind: Kind) -> Result<Token> {
        if self.kind() == kind { Ok(self.next()) } else { Err(self.unexpected()) }
    }

    fn is_word_at(&self, ahead: usize, word: &str) -> bool {
        let token = self.peek_at(ahead);
        token.kind == Kind::Word && self.slice(token).eq_ignore_ascii_case(word)
    }

    fn is_word(&self, word: &str) -> bool {
        self.is_word_at(0, word)
    }

    fn eat_word(&mut self, word: &str) -> bool {
        let found = self.is_word(word);
        if found {
            self.next();
        }
        found
    }

    fn expect_word(&mut self, word: &str) -> Result<()> {
        if self.eat_word(word) { Ok(()) } else { Err(self.unexpected()) }
    }

    /// Eats the word of a list and answers with what stands beside it.
    fn one_of<T: Copy>(&mut self, choices: &[(&str, T)]) -> Result<T> {
        for (word, value) in choices {
            if self.eat_word(word) {
                return Ok(*value);
            }
        }
        Err(self.unexpected())
    }

    fn name(&mut self) -> Result<Name> {
        let token = self.expect(Kind::Word)?;
        Ok(Name { text: self.slice(token).to_owned(), position: Position(token.start) })
    }

    fn path(&mut self) -> Result<Path> {
        if !matches!(self.kind(), Kind::Word | Kind::Path) {
            return Err(self.unexpected());
        }
        let token = self.next();
        Ok(Path { dotted: self.slice(token).to_owned(), position: Position(token.start) })
    }

    fn commas<T>(&mut self, one: impl Fn(&mut Self) -> Result<T>) -> Result<Vec<T>> {
        let mut list = vec![one(self)?];
        while self.eat(Kind::Comma) {
            list.push(one(self)?);
        }
        Ok(list)
    }

    /// `( … )` around something, one level deeper.
    fn parenthesised<T>(&mut self, inside: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let open = self.expect(Kind::Open)?;
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            let message = format!("The query nests deeper than {MAX_DEPTH} levels.");
            return Err(error::at(ErrorCode::QueryTooComplicated, self.text, open.start, &message));
        }
        let outcome = inside(self)?;
        self.expect(Kind::Close)?;
        self.depth -= 1;
        Ok(outcome)
    }

    fn end(&self) -> Result<()> {
        if self.kind() == Kind::End { Ok(()) } else { Err(self.unexpected()) }
    }

    fn refuse(&self, position: u32, message: &str) -> Error {
        error::at(self.code, self.text, position, message)
    }

    /// The message for a token that cannot stand here. On the first word the place is plain, and left out.
    fn unexpected(&self) -> Error {
        let token = self.peek();
        let message = match token.kind {
            Kind::End => "unexpected token: '<EOF>'".to_owned(),
            Kind::UnclosedText => {
                "unexpected token: '<EOF>'. A text literal is not closed: add the missing '.".to_owned()
            }
            _ => format!("unexpected token: '{}'", shortened(self.slice(token))),
        };
        if self.at == 0 && token.start == 0 {
            Error::new(self.code, message)
        } else {
            self.refuse(token.start, &message)
        }
    }
}

/// A piece of the text for a message.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
