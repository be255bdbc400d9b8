//! The record at hand: its picklists, its ids, and what a write does to it.

use super::Outcome;
use crate::eval::{Args, Change, EvalError, Evaluator, Fault, same};
use crate::{FieldSlot, Node, TypedExpr};
use model::{RecordId, Value};

type Lazy = Result<Value, EvalError>;

pub(super) fn is_pickval(args: &Args) -> Outcome {
    Ok(Value::Bool(args.at(0) == args.at(1)))
}

pub(super) fn includes(args: &Args) -> Outcome {
    let wanted = args.text(1);
    let found = match wanted {
        "" => args.at(0).is_null(),
        wanted => args.text(0).split(';').any(|value| value == wanted),
    };
    Ok(Value::Bool(found))
}

pub(super) fn is_new<'a>(evaluator: &mut Evaluator<'a>, _: &'a [TypedExpr]) -> Lazy {
    Ok(Value::Bool(matches!(evaluator.context.change, Change::Created)))
}

pub(super) fn is_changed<'a>(evaluator: &mut Evaluator<'a>, arguments: &'a [TypedExpr]) -> Lazy {
    let Change::Updated { prior } = evaluator.context.change else { return Ok(Value::Bool(false)) };
    let current = evaluator.value(&arguments[0])?;
    let before = match slot(&arguments[0]) {
        Some(slot) => evaluator.load(prior, slot).map_err(|fault| EvalError { fault, span: arguments[0].span })?,
        None => current.clone(),
    };
    Ok(Value::Bool(!same(&current, &before)))
}

pub(super) fn prior_value<'a>(evaluator: &mut Evaluator<'a>, arguments: &'a [TypedExpr]) -> Lazy {
    match (evaluator.context.change, slot(&arguments[0])) {
        (Change::Updated { prior }, Some(slot)) => {
            evaluator.load(prior, slot).map_err(|fault| EvalError { fault, span: arguments[0].span })
        }
        _ => evaluator.value(&arguments[0]),
    }
}

fn slot(expr: &TypedExpr) -> Option<FieldSlot> {
    match expr.node {
        Node::Field(slot) => Some(slot),
        _ => None,
    }
}

pub(super) fn case_safe_id(args: &Args) -> Outcome {
    let id = match args.at(0) {
        Value::Id(id) => *id,
        _ => RecordId::parse(args.text(0)).map_err(|_| Fault::NotAnId(args.text(0).to_owned()))?,
    };
    Ok(Value::Text(id.to_string()))
}
