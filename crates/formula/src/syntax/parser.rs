//! Tokens → syntax tree: a Pratt parser with limits on length and depth.

use super::lexer::Token;
use super::{BinaryOp, Expr, ExprKind, Literal, UnaryOp, lex};
use crate::{FormulaError, Span};

/// The longest formula, in characters: the limit of Salesforce.
pub const MAX_SOURCE_CHARS: usize = 3_900;

/// The deepest tree, and the deepest nesting of parentheses. It keeps every walk over a formula, here and where it is
/// compiled further, well inside the stack of a thread.
pub const MAX_DEPTH: usize = 200;

/// Reads a formula.
///
/// # Errors
/// When the text is no formula, is longer than [`MAX_SOURCE_CHARS`] or nested deeper than [`MAX_DEPTH`].
pub fn parse(source: &str) -> Result<Expr, FormulaError> {
    let length = source.chars().count();
    if length > MAX_SOURCE_CHARS {
        return Err(FormulaError {
            position: source.char_indices().nth(MAX_SOURCE_CHARS).map_or(0, |(at, _)| at),
            message: format!(
                "Formula is too long ({length} characters). Maximum length is {MAX_SOURCE_CHARS} characters"
            ),
        });
    }
    let mut parser = Parser { source, tokens: lex(source)?, at: 0, nesting: 0 };
    let (expr, _) = parser.expression(0)?;
    match parser.peek() {
        (Token::End, _) => Ok(expr),
        (Token::Close | Token::Comma, span) => {
            Err(FormulaError::at(*span, format!("Syntax error. Extra '{}'", span.slice(source))))
        }
        _ => Err(parser.unexpected()),
    }
}

struct Parser<'a> {
    source: &'a str,
    tokens: Vec<(Token, Span)>,
    at: usize,
    nesting: usize,
}

/// An expression and the height of its tree.
type Grown = (Expr, usize);

impl Parser<'_> {
    fn peek(&self) -> &(Token, Span) {
        // The last token is `End` and is never stepped over.
        &self.tokens[self.at.min(self.tokens.len() - 1)]
    }

    fn span(&self) -> Span {
        self.peek().1
    }

    fn step(&mut self) {
        self.at += 1;
    }

    /// Reads an expression whose operators bind tighter than `floor`.
    fn expression(&mut self, floor: u8) -> Result<Grown, FormulaError> {
        self.nesting += 1;
        if self.nesting > MAX_DEPTH {
            return Err(too_deep(self.span()));
        }
        let (mut left, mut height) = self.operand()?;
        while let (Token::Operator(op), span) = self.peek() {
            let (op, span) = (*op, *span);
            if op.precedence() <= floor {
                break;
            }
            self.step();
            let (right, right_height) = self.expression(op.precedence())?;
            height = taller(height.max(right_height), span)?;
            let whole = left.span.to(right.span);
            left = Expr { kind: ExprKind::Binary(op, Box::new(left), Box::new(right)), span: whole };
        }
        self.nesting -= 1;
        Ok((left, height))
    }

    /// Reads a value with the signs before it, which bind tighter than any operator between two values.
    fn operand(&mut self) -> Result<Grown, FormulaError> {
        let (token, span) = self.peek().clone();
        match token {
            Token::Operator(BinaryOp::Add) => self.unary(UnaryOp::Plus, span),
            Token::Operator(BinaryOp::Subtract) => self.unary(UnaryOp::Minus, span),
            Token::Not => self.unary(UnaryOp::Not, span),
            Token::Name if span.slice(self.source).eq_ignore_ascii_case("NOT") => self.unary(UnaryOp::Not, span),
            Token::Number(number) => self.leaf(ExprKind::Literal(Literal::Number(number)), span),
            Token::Text(text) => self.leaf(ExprKind::Literal(Literal::Text(text)), span),
            Token::Name => self.name(span),
            Token::Open => {
                self.step();
                let (inner, height) = self.expression(0)?;
                let whole = span.to(self.close()?);
                Ok((Expr { span: whole, ..inner }, height))
            }
            Token::Operator(_) | Token::Close | Token::Comma | Token::End => Err(self.unexpected()),
        }
    }

    fn unary(&mut self, op: UnaryOp, span: Span) -> Result<Grown, FormulaError> {
        self.nesting += 1;
        if self.nesting > MAX_DEPTH {
            return Err(too_deep(span));
        }
        self.step();
        let (inner, height) = self.operand()?;
        self.nesting -= 1;
        let whole = span.to(inner.span);
        Ok((Expr { kind: ExprKind::Unary(op, Box::new(inner)), span: whole }, taller(height, span)?))
    }

    fn leaf(&mut self, kind: ExprKind, span: Span) -> Result<Grown, FormulaError> {
        self.step();
        Ok((Expr { kind, span }, 1))
    }

    fn name(&mut self, span: Span) -> Result<Grown, FormulaError> {
        let name = span.slice(self.source);
        let literal = [("TRUE", Literal::Boolean(true)), ("FALSE", Literal::Boolean(false)), ("NULL", Literal::Null)]
            .into_iter()
            .find_map(|(word, literal)| name.eq_ignore_ascii_case(word).then_some(literal));
        if let Some(literal) = literal {
            return self.leaf(ExprKind::Literal(literal), span);
        }
        if matches!(self.tokens.get(self.at + 1), Some((Token::Open, _))) {
            return self.call(name.to_owned(), span);
        }
        self.leaf(ExprKind::Field(name.split('.').map(str::to_owned).collect()), span)
    }

    fn call(&mut self, name: String, span: Span) -> Result<Grown, FormulaError> {
        self.step();
        self.step();
        let mut arguments = Vec::new();
        let mut height = 0;
        if !matches!(self.peek(), (Token::Close, _)) {
            loop {
                let (argument, argument_height) = self.expression(0)?;
                arguments.push(argument);
                height = height.max(argument_height);
                if !matches!(self.peek(), (Token::Comma, _)) {
                    break;
                }
                self.step();
            }
        }
        let whole = span.to(self.close()?);
        Ok((Expr { kind: ExprKind::Call(name, arguments), span: whole }, taller(height, span)?))
    }

    fn close(&mut self) -> Result<Span, FormulaError> {
        match self.peek() {
            (Token::Close, span) => {
                let span = *span;
                self.step();
                Ok(span)
            }
            (Token::End, span) => Err(FormulaError::at(*span, "Syntax error. Missing ')'")),
            _ => Err(self.unexpected()),
        }
    }

    fn unexpected(&self) -> FormulaError {
        let (token, span) = self.peek();
        let message = match token {
            Token::End if self.tokens.len() == 1 => "The formula is empty. Write an expression".to_owned(),
            Token::End => "Syntax error. Found end of formula".to_owned(),
            _ => format!("Syntax error. Found '{}'", span.slice(self.source)),
        };
        FormulaError::at(*span, message)
    }
}

fn taller(height: usize, span: Span) -> Result<usize, FormulaError> {
    if height < MAX_DEPTH { Ok(height + 1) } else { Err(too_deep(span)) }
}

pub(crate) fn too_deep(span: Span) -> FormulaError {
    FormulaError::at(
        span,
        format!("Formula is nested too deeply (more than {MAX_DEPTH} levels). Move a part of it to a field of its own"),
    )
}
