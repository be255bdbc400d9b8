//! The functions of the language: one list with a line each, and one file of meaning per family.

mod date;
mod link;
mod list;
mod logic;
mod math;
mod place;
mod record;
mod text;

pub(crate) use date::{MS_PER_DAY, checked_date, checked_instant};
pub(crate) use list::UNAVAILABLE;
pub use list::{FUNCTIONS, Function};

use crate::eval::{Args, EvalError, Evaluator, Fault};
use crate::{Type, TypeSet, TypedExpr};
use model::Value;
use std::fmt;

/// The value of a call, or what went wrong in it.
pub(crate) type Outcome = Result<Value, Fault>;

/// What the language knows of one function.
#[derive(Debug)]
pub struct FunctionDef {
    pub function: Function,
    pub name: &'static str,
    pub family: Family,
    pub params: &'static [Param],
    pub returns: Returns,
    /// One sentence for the documentation.
    pub summary: &'static str,
    pub(crate) rule: Rule,
    pub(crate) eval: Eval,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Family {
    Logic,
    Record,
    Text,
    Math,
    Date,
}

/// One parameter of a function.
#[derive(Clone, Copy, Debug)]
pub struct Param {
    pub name: &'static str,
    pub accepts: TypeSet,
    pub count: Count,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    One,
    Optional,
    /// Any number of times, at least once.
    Many,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Returns {
    Always(Type),
    /// The type of the first argument.
    First,
    /// The type that the results to choose from have in common.
    Common,
}

/// What the checker asks of the arguments beside their number and types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    Plain,
    /// `IF`: the second and third argument share a type.
    Branches,
    /// `CASE`: value, pairs of value and result, result.
    Case,
    /// `BLANKVALUE`, `NULLVALUE`: both arguments share a type.
    Substitute,
    /// The second argument is a text literal.
    PicklistLiteral,
    /// Only where a record is being written.
    Change,
    /// Only where a record is being written, and on a field of that record itself.
    ChangedField,
    /// `FORMATDURATION`: seconds with or without a flag, or two times, or two date-times.
    Duration,
    /// `DISTANCE`: places are location fields or written with `GEOLOCATION`.
    Places,
    /// `REGEX`: a constant pattern is tried when the formula is compiled.
    Pattern,
}

/// How a call is evaluated.
#[derive(Clone, Copy)]
pub(crate) enum Eval {
    /// All arguments first; blank when one of them is.
    Strict(fn(&Args) -> Outcome),
    /// All arguments first, blank ones too.
    Blanks(fn(&Args) -> Outcome),
    /// The function decides which arguments are evaluated.
    Lazy(for<'a> fn(&mut Evaluator<'a>, &'a [TypedExpr]) -> Result<Value, EvalError>),
}

impl fmt::Debug for Eval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Eval::Strict(_) => "Strict",
            Eval::Blanks(_) => "Blanks",
            Eval::Lazy(_) => "Lazy",
        })
    }
}

impl Function {
    pub fn def(self) -> &'static FunctionDef {
        &FUNCTIONS[self as usize]
    }

    /// Finds a function by name; case does not count.
    pub fn find(name: &str) -> Option<Self> {
        FUNCTIONS.iter().find(|def| def.name.eq_ignore_ascii_case(name)).map(|def| def.function)
    }
}

impl FunctionDef {
    /// `MID(text, start, count)`; optional parameters in brackets, dots after those that repeat.
    pub fn signature(&self) -> String {
        let params: Vec<String> = self
            .params
            .iter()
            .map(|param| match param.count {
                Count::One => param.name.to_owned(),
                Count::Optional => format!("[{}]", param.name),
                Count::Many => format!("{}, …", param.name),
            })
            .collect();
        format!("{}({})", self.name, params.join(", "))
    }

    /// Whether a blank argument makes the result blank without further ado.
    pub fn is_strict(&self) -> bool {
        matches!(self.eval, Eval::Strict(_))
    }

    /// The parameter that the argument at `at` goes to.
    pub(crate) fn param(&self, at: usize) -> Option<&Param> {
        self.params.get(at).or_else(|| self.params.last().filter(|last| last.count == Count::Many))
    }

    /// The fewest and the most arguments.
    pub(crate) fn arity(&self) -> (usize, usize) {
        let least = self.params.iter().filter(|param| param.count != Count::Optional).count();
        let repeats = self.params.iter().any(|param| param.count == Count::Many);
        (least, if repeats { usize::MAX } else { self.params.len() })
    }
}

const fn one(name: &'static str, accepts: TypeSet) -> Param {
    Param { name, accepts, count: Count::One }
}

const fn optional(name: &'static str, accepts: TypeSet) -> Param {
    Param { name, accepts, count: Count::Optional }
}

const fn many(name: &'static str, accepts: TypeSet) -> Param {
    Param { name, accepts, count: Count::Many }
}
