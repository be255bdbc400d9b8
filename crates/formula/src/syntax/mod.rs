//! From text to syntax tree and back: what a formula says, before anyone asks whether its fields exist.

mod ast;
mod lexer;
mod parser;
mod print;

pub use ast::{BinaryOp, Expr, ExprKind, Literal, UnaryOp};
pub(crate) use lexer::lex;
pub(crate) use parser::too_deep;
pub use parser::{MAX_DEPTH, MAX_SOURCE_CHARS, parse};
