//! Text → tokens with byte positions.

use super::BinaryOp;
use crate::{FormulaError, Span};
use model::Decimal;

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Token {
    Number(Decimal),
    Text(String),
    /// A name or a path of names joined by points.
    Name,
    Operator(BinaryOp),
    /// `!`
    Not,
    Open,
    Close,
    Comma,
    End,
}

/// Cuts a formula into tokens; the last one is always `End`.
pub(crate) fn lex(source: &str) -> Result<Vec<(Token, Span)>, FormulaError> {
    let mut lexer = Lexer { source, at: 0 };
    let mut tokens = Vec::new();
    loop {
        lexer.skip_blank()?;
        let start = lexer.at;
        let token = lexer.token()?;
        let done = token == Token::End;
        tokens.push((token, Span::new(start, lexer.at)));
        if done {
            return Ok(tokens);
        }
    }
}

struct Lexer<'a> {
    source: &'a str,
    at: usize,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        &self.source[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Steps over white space and comments.
    fn skip_blank(&mut self) -> Result<(), FormulaError> {
        loop {
            let rest = self.rest();
            let trimmed = rest.trim_start();
            self.at += rest.len() - trimmed.len();
            if !trimmed.starts_with("/*") {
                return Ok(());
            }
            match trimmed[2..].find("*/") {
                Some(end) => self.at += end + 4,
                None => return Err(self.error_here("Syntax error. Missing '*/'")),
            }
        }
    }

    fn token(&mut self) -> Result<Token, FormulaError> {
        let Some(first) = self.peek() else { return Ok(Token::End) };
        let next = self.rest().as_bytes().get(1).copied();
        match first {
            '0'..='9' => self.number(),
            '.' if next.is_some_and(|byte| byte.is_ascii_digit()) => self.number(),
            '"' | '\'' => self.text(first),
            c if is_name_start(c) => self.name(),
            _ => self.symbol(first, next),
        }
    }

    fn symbol(&mut self, first: char, next: Option<u8>) -> Result<Token, FormulaError> {
        use BinaryOp::{
            Add, And, Concat, Divide, Equal, Greater, GreaterOrEqual, Less, LessOrEqual, Multiply, NotEqual, Or, Power,
            Subtract,
        };
        let (token, length) = match (first, next) {
            ('(', _) => (Token::Open, 1),
            (')', _) => (Token::Close, 1),
            (',', _) => (Token::Comma, 1),
            ('&', Some(b'&')) => (Token::Operator(And), 2),
            ('|', Some(b'|')) => (Token::Operator(Or), 2),
            ('=', Some(b'=')) => (Token::Operator(Equal), 2),
            ('!', Some(b'=')) | ('<', Some(b'>')) => (Token::Operator(NotEqual), 2),
            ('<', Some(b'=')) => (Token::Operator(LessOrEqual), 2),
            ('>', Some(b'=')) => (Token::Operator(GreaterOrEqual), 2),
            ('&', _) => (Token::Operator(Concat), 1),
            ('=', _) => (Token::Operator(Equal), 1),
            ('!', _) => (Token::Not, 1),
            ('<', _) => (Token::Operator(Less), 1),
            ('>', _) => (Token::Operator(Greater), 1),
            ('+', _) => (Token::Operator(Add), 1),
            ('-', _) => (Token::Operator(Subtract), 1),
            ('*', _) => (Token::Operator(Multiply), 1),
            ('/', _) => (Token::Operator(Divide), 1),
            ('^', _) => (Token::Operator(Power), 1),
            (other, _) => return Err(self.error_here(&format!("Syntax error. Found '{other}'"))),
        };
        self.at += length;
        Ok(token)
    }

    fn number(&mut self) -> Result<Token, FormulaError> {
        let bytes = self.rest().as_bytes();
        let digits = |from: usize| bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let whole = digits(0);
        let mut length = whole;
        if bytes.get(whole) == Some(&b'.') {
            let fraction = digits(whole + 1);
            if fraction == 0 {
                self.at += whole;
                return Err(self.error_here("Syntax error. Found '.'"));
            }
            length += 1 + fraction;
        }
        let text = &self.rest()[..length];
        let fits = |number: &Decimal| number.mantissa().unsigned_abs() < 10u128.pow(28);
        let Some(number) = Decimal::from_str_exact(text).ok().filter(fits) else {
            return Err(self.error_here(&format!("Number {text} is too long. A number has at most 28 digits")));
        };
        self.at += length;
        Ok(Token::Number(number))
    }

    fn text(&mut self, quote: char) -> Result<Token, FormulaError> {
        let mut text = String::new();
        let mut chars = self.rest().char_indices().skip(1);
        while let Some((offset, c)) = chars.next() {
            match c {
                '\n' | '\r' => break,
                '\\' => match chars.next() {
                    Some((_, 'n' | 'N')) => text.push('\n'),
                    Some((_, 'r' | 'R')) => text.push('\r'),
                    Some((_, 't' | 'T')) => text.push('\t'),
                    Some((_, same @ ('"' | '\'' | '\\'))) => text.push(same),
                    _ => {
                        self.at += offset;
                        return Err(self.error_here("Syntax error. Found '\\'. Write \\\\ for a backslash in a text"));
                    }
                },
                c if c == quote => {
                    self.at += offset + 1;
                    return Ok(Token::Text(text));
                }
                c => text.push(c),
            }
        }
        let missing = if quote == '"' { "Syntax error. Missing '\"'" } else { "Syntax error. Missing \"'\"" };
        Err(self.error_here(missing))
    }

    fn name(&mut self) -> Result<Token, FormulaError> {
        let length = self.rest().find(|c: char| !is_name_part(c)).unwrap_or(self.rest().len());
        let name = &self.rest()[..length];
        if name.split('.').any(str::is_empty) {
            let message = format!("Syntax error. Found '{name}'. A path is field names joined by single points");
            return Err(self.error_here(&message));
        }
        self.at += length;
        Ok(Token::Name)
    }

    fn error_here(&self, message: &str) -> FormulaError {
        FormulaError { position: self.at, message: message.to_owned() }
    }
}

fn is_name_start(c: char) -> bool {
    c.is_ascii_alphabetic() || matches!(c, '_' | '$')
}

/// A colon names the object of a polymorphic step (`Owner:User.Name`) or the summary of a report column (`AMOUNT:SUM`).
fn is_name_part(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '$' | '.' | ':')
}
