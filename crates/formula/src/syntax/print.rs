//! Syntax tree → text, with the fewest parentheses that read back as the same tree.

use super::{Expr, ExprKind, Literal, UnaryOp};
use std::fmt::{self, Write};

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ExprKind::Literal(literal) => literal.fmt(f),
            ExprKind::Field(path) => f.write_str(&path.join(".")),
            ExprKind::Unary(UnaryOp::Not, inner) => write!(f, "NOT({inner})"),
            ExprKind::Unary(op, inner) => {
                f.write_char(if *op == UnaryOp::Minus { '-' } else { '+' })?;
                group(f, inner, matches!(inner.kind, ExprKind::Binary(..)))
            }
            ExprKind::Binary(op, left, right) => {
                group(f, left, precedence(left).is_some_and(|inner| inner < op.precedence()))?;
                write!(f, " {} ", op.symbol())?;
                group(f, right, precedence(right).is_some_and(|inner| inner <= op.precedence()))
            }
            ExprKind::Call(name, arguments) => {
                write!(f, "{name}(")?;
                for (at, argument) in arguments.iter().enumerate() {
                    if at > 0 {
                        f.write_str(", ")?;
                    }
                    argument.fmt(f)?;
                }
                f.write_char(')')
            }
        }
    }
}

impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Literal::Number(number) => number.fmt(f),
            Literal::Boolean(flag) => f.write_str(if *flag { "TRUE" } else { "FALSE" }),
            Literal::Null => f.write_str("NULL"),
            Literal::Text(text) => {
                f.write_char('"')?;
                for c in text.chars() {
                    match c {
                        '"' => f.write_str("\\\"")?,
                        '\\' => f.write_str("\\\\")?,
                        '\n' => f.write_str("\\n")?,
                        '\r' => f.write_str("\\r")?,
                        '\t' => f.write_str("\\t")?,
                        other => f.write_char(other)?,
                    }
                }
                f.write_char('"')
            }
        }
    }
}

fn precedence(expr: &Expr) -> Option<u8> {
    match &expr.kind {
        ExprKind::Binary(op, ..) => Some(op.precedence()),
        _ => None,
    }
}

fn group(f: &mut fmt::Formatter<'_>, expr: &Expr, parentheses: bool) -> fmt::Result {
    if parentheses { write!(f, "({expr})") } else { write!(f, "{expr}") }
}
