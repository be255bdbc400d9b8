//! Typed expression → value, for one record at one instant.

mod args;
mod error;
mod operators;
mod patterns;
mod trace;

pub(crate) use args::Args;
pub use error::{EvalError, Fault};
pub(crate) use operators::{equal, same};
pub(crate) use patterns::Patterns;
pub use trace::{Line, Step, Trace};

use crate::functions::Eval;
use crate::{Conversion, FieldSlot, Formula, Function, Node, Type, TypedExpr, decimal};
use model::{Decimal, Instant, Value, Zone, round_to_scale};

/// The longest text that a step may yield, in characters.
pub const MAX_TEXT_CHARS: usize = 131_072;

/// Where a formula is evaluated.
#[derive(Clone, Copy)]
pub struct EvalContext<'a> {
    pub now: Instant,
    /// The zone of the reader, which decides what day it is.
    pub zone: &'a Zone,
    pub fields: &'a dyn FieldSource,
    pub change: Change<'a>,
}

/// What is being done to the record.
#[derive(Clone, Copy)]
pub enum Change<'a> {
    /// It is being read.
    None,
    Created,
    Updated {
        prior: &'a dyn FieldSource,
    },
}

/// The values of the fields in [`Formula::fields`].
pub trait FieldSource {
    fn value(&self, slot: FieldSlot) -> Value;
}

/// Values in the order of [`Formula::fields`]; those beyond the end are blank.
impl FieldSource for Vec<Value> {
    fn value(&self, slot: FieldSlot) -> Value {
        self.get(slot.index()).cloned().unwrap_or_default()
    }
}

/// Values in the order of [`Formula::fields`]; those beyond the end are blank.
impl FieldSource for &[Value] {
    fn value(&self, slot: FieldSlot) -> Value {
        self.get(slot.index()).cloned().unwrap_or_default()
    }
}

pub(crate) struct Evaluator<'a> {
    pub(crate) context: &'a EvalContext<'a>,
    formula: &'a Formula,
    patterns: &'a Patterns,
    /// The text that spans point into.
    source: &'a str,
    /// The steps so far of each expression under way, when they are kept.
    trace: Option<Vec<Vec<Step>>>,
}

impl<'a> Evaluator<'a> {
    pub(crate) fn new(context: &'a EvalContext<'a>, formula: &'a Formula, patterns: &'a Patterns) -> Self {
        Self { context, formula, patterns, source: formula.source(), trace: None }
    }

    pub(crate) fn value(&mut self, expr: &'a TypedExpr) -> Result<Value, EvalError> {
        if let Some(trace) = &mut self.trace {
            trace.push(Vec::new());
        }
        let result = self.node(expr);
        if let Some(trace) = &mut self.trace {
            let inputs = trace.pop().unwrap_or_default();
            if let Some(outer) = trace.last_mut() {
                let text = expr.span.slice(self.source).to_owned();
                outer.push(Step { span: expr.span, text, value: result.clone(), inputs });
            }
        }
        result
    }

    pub(crate) fn explain(mut self, expr: &'a TypedExpr) -> Trace {
        self.trace = Some(vec![Vec::new()]);
        let value = self.value(expr);
        let step = self.trace.take().and_then(|mut trace| trace.pop()).and_then(|mut steps| steps.pop());
        let root = step.unwrap_or(Step { span: expr.span, text: self.source.to_owned(), value, inputs: Vec::new() });
        Trace { source: self.formula.source().to_owned(), root }
    }

    fn node(&mut self, expr: &'a TypedExpr) -> Result<Value, EvalError> {
        let fail = |fault| EvalError { fault, span: expr.span };
        match &expr.node {
            Node::Constant(value) => Ok(value.clone()),
            Node::Field(slot) => self.load(self.context.fields, *slot).map_err(fail),
            Node::Convert(conversion, inner) => {
                let value = self.node(inner)?;
                convert(*conversion, value).map_err(fail)
            }
            Node::Negate(inner) => Ok(match self.value(inner)? {
                Value::Number(number) if number.is_zero() => Value::Number(number.abs()),
                Value::Number(number) => Value::Number(-number),
                _ => Value::Null,
            }),
            Node::Operator(operator, left, right) => {
                let ty = left.ty;
                let (left, right) = (self.value(left)?, self.value(right)?);
                operators::apply(*operator, ty, left, right).map_err(fail)
            }
            Node::Nested(nested) => {
                let outer = std::mem::replace(&mut self.source, &nested.source);
                let value = self.value(&nested.expr);
                self.source = outer;
                // For the outer formula it arose where the field is named.
                value.map_err(|error| EvalError { span: expr.span, ..error })
            }
            Node::Call(function, arguments) => {
                let value = self.call(*function, arguments, fail)?;
                settle(value).map_err(fail)
            }
        }
    }

    fn call(
        &mut self,
        function: Function,
        arguments: &'a [TypedExpr],
        fail: impl Fn(Fault) -> EvalError,
    ) -> Result<Value, EvalError> {
        let eval = function.def().eval;
        let body = match eval {
            Eval::Lazy(body) => return body(self, arguments),
            Eval::Strict(body) | Eval::Blanks(body) => body,
        };
        let values = arguments.iter().map(|argument| self.value(argument)).collect::<Result<Vec<_>, _>>()?;
        if matches!(eval, Eval::Strict(_)) && values.iter().any(Value::is_null) {
            return Ok(Value::Null);
        }
        body(&Args { values: &values, context: self.context, patterns: self.patterns }).map_err(fail)
    }

    /// A field's value in the form that expressions work with, after a look that it has the declared type.
    pub(crate) fn load(&self, source: &dyn FieldSource, slot: FieldSlot) -> Result<Value, Fault> {
        let Some(field) = self.formula.fields().get(slot.index()) else { return Ok(Value::Null) };
        let ty = Type::of_field(&field.data_type);
        match (ty, source.value(slot)) {
            (Some(Type::Boolean), Value::Null) => Ok(Value::Bool(false)),
            (_, Value::Null) => Ok(Value::Null),
            (Some(Type::Number), Value::Int(number)) => Ok(Value::Number(Decimal::from(number))),
            (Some(Type::Text | Type::Picklist | Type::MultiPicklist), Value::Text(text)) if text.is_empty() => {
                Ok(Value::Null)
            }
            (Some(Type::Number), value @ Value::Number(_))
            | (Some(Type::Text | Type::Picklist | Type::MultiPicklist), value @ Value::Text(_))
            | (Some(Type::Boolean), value @ Value::Bool(_))
            | (Some(Type::Date), value @ Value::Date(_))
            | (Some(Type::DateTime), value @ Value::DateTime(_))
            | (Some(Type::Time), value @ Value::Time(_))
            | (Some(Type::Id), value @ Value::Id(_)) => Ok(value),
            (ty, _) => {
                Err(Fault::FieldType { field: field.path.join("."), expected: ty.map_or("no value", Type::name) })
            }
        }
    }
}

fn convert(conversion: Conversion, value: Value) -> Result<Value, Fault> {
    Ok(match (conversion, value) {
        (Conversion::IdToText, Value::Id(id)) => Value::Text(id.to_short()),
        (Conversion::PercentToFraction, Value::Number(number)) => {
            Value::Number(decimal::divide(number, Decimal::ONE_HUNDRED).ok_or(Fault::TooBig)?)
        }
        (Conversion::FractionToPercent, Value::Number(number)) => {
            Value::Number(decimal::multiply(number, Decimal::ONE_HUNDRED).ok_or(Fault::TooBig)?)
        }
        (Conversion::BlankToZero, Value::Null) => Value::Number(Decimal::ZERO),
        (Conversion::BlankToFalse, Value::Null) => Value::Bool(false),
        (Conversion::Fit { precision, scale }, Value::Number(number)) => {
            let rounded = round_to_scale(number, scale);
            let whole_digits = u64::from(precision.saturating_sub(scale));
            if decimal::power_of_ten(whole_digits).is_some_and(|limit| rounded.abs() >= limit) {
                return Err(Fault::TooBig);
            }
            Value::Number(rounded)
        }
        (Conversion::FitText { length }, Value::Text(text)) => {
            if text.chars().count() > length as usize {
                return Err(Fault::TextTooLong(length as usize));
            }
            Value::Text(text)
        }
        (_, value) => value,
    })
}

/// The rules for every text that a step yields: an empty one is blank, and there is a limit to length.
pub(crate) fn settle(value: Value) -> Result<Value, Fault> {
    match value {
        Value::Text(text) if text.is_empty() => Ok(Value::Null),
        Value::Text(text) if text.len() > MAX_TEXT_CHARS && text.chars().count() > MAX_TEXT_CHARS => {
            Err(Fault::TextTooLong(MAX_TEXT_CHARS))
        }
        value => Ok(value),
    }
}
