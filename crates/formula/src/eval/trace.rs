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
    /// Its part of the formula, or of the formula field that it belongs to.
    pub text: String,
    pub value: Result<Value, EvalError>,
    pub inputs: Vec<Step>,
}

impl Trace {
    /// The steps as a list, each after the step it is part of and so much deeper.
    pub fn lines(&self) -> Vec<Line<'_>> {
        fn walk<'a>(step: &'a Step, depth: usize, lines: &mut Vec<Line<'a>>) {
            lines.push(Line { depth, text: &step.text, value: &step.value });
            step.inputs.iter().for_each(|input| walk(input, depth + 1, lines));
        }
        let mut lines = Vec::new();
        walk(&self.root, 0, &mut lines);
        lines
    }
}

/// One line of an evaluation told step by step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Line<'a> {
    pub depth: usize,
    pub text: &'a str,
    pub value: &'a Result<Value, EvalError>,
}
