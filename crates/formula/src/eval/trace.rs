//! What each step of an evaluation came to.

use super::EvalError;
use crate::Span;
use model::Value;

/// An evaluation told step by step.
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    pub source: String,
    pub root: Step,
}

/// One part of the formula and what it came to. Parts that did not count, such as the branch of an `IF` that was not
/// taken, are absent.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    pub span: Span,
    pub value: Result<Value, EvalError>,
    pub inputs: Vec<Step>,
}

impl Trace {
    /// The text of a step's part of the formula.
    pub fn text(&self, step: &Step) -> &str {
        step.span.slice(&self.source)
    }
}
