//! The formula language of the platform: Salesforce formula syntax, typed, with exact numbers.
//!
//! `text → Expr → TypedExpr → value`. [`compile`] reads a formula, finds its fields through a [`FieldResolver`], checks
//! its types and gives a [`Formula`], which evaluates against a [`FieldSource`] or [explains](Formula::explain) itself
//! step by step. The [`TypedExpr`] has every conversion written out, so that a store can compile it to SQL with the
//! same meaning. Nothing here does I/O, reads a clock or panics on any text.
//!
//! # Meaning
//!
//! * **Numbers** are decimals with 28 significant digits. `+ - *` are exact within them; `/`, and `^` with a whole
//!   exponent, round at the 28th digit. A fractional power, logarithms and trigonometry go through binary floating
//!   point and are rounded to 15 significant digits.
//! * **Blank**: an empty text and no value are the same. Among texts, ids and flags `=` and `<>` always decide: blank
//!   equals blank alone. Comparisons of numbers, dates and times, and all arithmetic, are blank when an operand is; a
//!   blank condition is not met. A comparison with the literal `NULL` is `ISBLANK`. Blank numbers count as 0 where
//!   [`Blanks::AsZero`] says so.
//! * **Text** compares by code point: case counts. Lengths and positions count Unicode characters.
//! * **Operators** bind as in mathematics: `^`, then `* /`, then `+ - &`, comparisons, equality, `&&`, `||`; a sign
//!   binds tighter than `^`. All group from the left.
//! * **Errors** (division by zero, a text that is no number, too large a result) are values of [`EvalError`], shown as
//!   `#Error!` or `#Too Big!`; they are never a blank or a zero.
//! * **Percent** fields count as fractions (25 % is 0.25), and a percent result is shown the same way.

mod check;
mod decimal;
mod error;
mod eval;
mod field_formulas;
mod formula;
mod functions;
pub mod markup;
mod record_fields;
mod syntax;
mod typed;
mod types;

pub use check::{FieldResolver, MAX_COMPILED_CHARS, MAX_FIELDS, MAX_NESTED, ResolvedField};
pub use error::{FormulaError, Span};
pub use eval::{Change, EvalContext, EvalError, Fault, FieldSource, Line, MAX_TEXT_CHARS, Step, Trace};
pub use field_formulas::{field_formula, fields_behind, reads_sealed};
pub use formula::{CompileOptions, Formula, compile};
pub use functions::{Count, FUNCTIONS, Family, Function, FunctionDef, Param, Returns};
pub use model::schema::Blanks;
pub use record_fields::{MAX_STEPS, RecordFields};
pub use syntax::{BinaryOp, Expr, ExprKind, Literal, MAX_DEPTH, MAX_SOURCE_CHARS, UnaryOp, parse};
pub use typed::{Conversion, FieldSlot, FieldUse, Nested, Node, Operator, TypedExpr};
pub use types::{Type, TypeSet};
