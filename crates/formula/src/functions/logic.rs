//! Logic: conditions, choices and blanks.

use super::Outcome;
use crate::eval::{Args, EvalError, Evaluator, equal};
use crate::{Node, Type, TypedExpr};
use model::Value;

type Lazy = Result<Value, EvalError>;

pub(super) fn and<'a>(evaluator: &mut Evaluator<'a>, conditions: &'a [TypedExpr]) -> Lazy {
    for condition in conditions {
        if evaluator.value(condition)? != Value::Bool(true) {
            return Ok(Value::Bool(false));
        }
    }
    Ok(Value::Bool(true))
}

pub(super) fn or<'a>(evaluator: &mut Evaluator<'a>, conditions: &'a [TypedExpr]) -> Lazy {
    for condition in conditions {
        if evaluator.value(condition)? == Value::Bool(true) {
            return Ok(Value::Bool(true));
        }
    }
    Ok(Value::Bool(false))
}

pub(super) fn not(args: &Args) -> Outcome {
    Ok(Value::Bool(!args.flag(0)))
}

pub(super) fn if_<'a>(evaluator: &mut Evaluator<'a>, arguments: &'a [TypedExpr]) -> Lazy {
    let met = evaluator.value(&arguments[0])? == Value::Bool(true);
    evaluator.value(&arguments[if met { 1 } else { 2 }])
}

pub(super) fn case<'a>(evaluator: &mut Evaluator<'a>, arguments: &'a [TypedExpr]) -> Lazy {
    let subject = evaluator.value(&arguments[0])?;
    let last = arguments.len() - 1;
    for at in (1..last).step_by(2) {
        let value = evaluator.value(&arguments[at])?;
        // A literal NULL asks for blank, whatever the type.
        let asks_for_blank = matches!(arguments[at].node, Node::Constant(Value::Null));
        if equal(arguments[0].ty, &subject, &value) == Some(true) || (asks_for_blank && subject.is_null()) {
            return evaluator.value(&arguments[at + 1]);
        }
    }
    evaluator.value(&arguments[last])
}

pub(super) fn is_blank(args: &Args) -> Outcome {
    Ok(Value::Bool(args.at(0).is_null()))
}

pub(super) fn is_null<'a>(evaluator: &mut Evaluator<'a>, arguments: &'a [TypedExpr]) -> Lazy {
    let value = evaluator.value(&arguments[0])?;
    Ok(Value::Bool(value.is_null() && arguments[0].ty != Type::Text))
}

pub(super) fn blank_value<'a>(evaluator: &mut Evaluator<'a>, arguments: &'a [TypedExpr]) -> Lazy {
    match evaluator.value(&arguments[0])? {
        Value::Null => evaluator.value(&arguments[1]),
        value => Ok(value),
    }
}

pub(super) fn null_value<'a>(evaluator: &mut Evaluator<'a>, arguments: &'a [TypedExpr]) -> Lazy {
    if arguments[0].ty == Type::Text { evaluator.value(&arguments[0]) } else { blank_value(evaluator, arguments) }
}
