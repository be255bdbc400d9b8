//! Types of the operators between two values.

use super::{Checker, literal_as_id, retyped};
use crate::syntax::BinaryOp;
use crate::{FormulaError, Function, Node, Operator, Span, Type, TypeSet, TypedExpr};

const NUMBER: TypeSet = TypeSet::of(Type::Number);
const TEXT: TypeSet = TypeSet::of(Type::Text);
const ORDERED: TypeSet = TypeSet::of(Type::Number).or(Type::Text).or(Type::Date).or(Type::DateTime).or(Type::Time);

impl Checker<'_> {
    pub(super) fn binary(
        &self,
        op: BinaryOp,
        left: TypedExpr,
        right: TypedExpr,
        span: Span,
    ) -> Result<TypedExpr, FormulaError> {
        match op {
            BinaryOp::And => self.logical(Function::And, op, left, right, span),
            BinaryOp::Or => self.logical(Function::Or, op, left, right, span),
            BinaryOp::Add => self.sum(Operator::Add, op, left, right, span),
            BinaryOp::Subtract => self.sum(Operator::Subtract, op, left, right, span),
            BinaryOp::Multiply => self.uniform(Operator::Multiply, NUMBER, op, left, right, span),
            BinaryOp::Divide => self.uniform(Operator::Divide, NUMBER, op, left, right, span),
            BinaryOp::Power => self.uniform(Operator::Power, NUMBER, op, left, right, span),
            BinaryOp::Concat => self.uniform(Operator::Concat, TEXT, op, left, right, span),
            BinaryOp::Equal => self.equality(Operator::Equal, op, left, right, span),
            BinaryOp::NotEqual => self.equality(Operator::NotEqual, op, left, right, span),
            BinaryOp::Less => self.order(Operator::Less, op, left, right, span),
            BinaryOp::LessOrEqual => self.order(Operator::LessOrEqual, op, left, right, span),
            BinaryOp::Greater => self.order(Operator::Greater, op, left, right, span),
            BinaryOp::GreaterOrEqual => self.order(Operator::GreaterOrEqual, op, left, right, span),
        }
    }

    fn logical(
        &self,
        function: Function,
        op: BinaryOp,
        left: TypedExpr,
        right: TypedExpr,
        span: Span,
    ) -> Result<TypedExpr, FormulaError> {
        let boolean = TypeSet::of(Type::Boolean);
        let left = self.coerce(left, boolean, &context(op))?;
        let right = self.coerce(right, boolean, &context(op))?;
        Ok(TypedExpr::new(Node::Call(function, vec![left, right]), Type::Boolean, span))
    }

    /// Both operands and the result have one type.
    fn uniform(
        &self,
        operator: Operator,
        accepts: TypeSet,
        op: BinaryOp,
        left: TypedExpr,
        right: TypedExpr,
        span: Span,
    ) -> Result<TypedExpr, FormulaError> {
        let left = self.coerce(left, accepts, &context(op))?;
        let right = self.coerce(right, accepts, &context(op))?;
        let ty = left.ty;
        Ok(joined(operator, left, right, ty, span))
    }

    /// `+` and `-`: numbers, texts, and moments with durations.
    fn sum(
        &self,
        operator: Operator,
        op: BinaryOp,
        left: TypedExpr,
        right: TypedExpr,
        span: Span,
    ) -> Result<TypedExpr, FormulaError> {
        let adds = operator == Operator::Add;
        let (left, right) = type_blank_operand(adds, left, right);
        let is_moment = |ty| matches!(ty, Type::Date | Type::DateTime | Type::Time);
        match (left.ty, right.ty) {
            (Type::Text | Type::Id, Type::Text | Type::Id) if adds => {
                self.uniform(Operator::Concat, TEXT, op, left, right, span)
            }
            (Type::Number, Type::Number) => Ok(joined(operator, left, right, Type::Number, span)),
            (moment, Type::Number) if is_moment(moment) => Ok(joined(operator, left, right, moment, span)),
            (Type::Number, moment) if adds && is_moment(moment) => Ok(joined(operator, right, left, moment, span)),
            (a, b) if !adds && a == b && is_moment(a) => Ok(joined(operator, left, right, Type::Number, span)),
            (Type::Text | Type::Id, _) if adds => Err(self.wrong_type(&right, "Text", &context(op))),
            (a, _) if a == Type::Number || is_moment(a) => Err(self.wrong_type(&right, "Number", &context(op))),
            _ => {
                let expected = if adds { "Number, Text, Date, DateTime, Time" } else { "Number, Date, DateTime, Time" };
                Err(self.wrong_type(&left, expected, &context(op)))
            }
        }
    }

    fn equality(
        &self,
        operator: Operator,
        op: BinaryOp,
        left: TypedExpr,
        right: TypedExpr,
        span: Span,
    ) -> Result<TypedExpr, FormulaError> {
        let left = self.coerce(left, TypeSet::VALUE.or(Type::Null), &context(op))?;
        let right = self.coerce(right, TypeSet::VALUE.or(Type::Null), &context(op))?;
        if let Some(asked) = asked_for_blank(&left, &right) {
            let test = TypedExpr::new(Node::Call(Function::IsBlank, vec![asked.clone()]), Type::Boolean, span);
            return Ok(match operator {
                Operator::NotEqual => TypedExpr::new(Node::Call(Function::Not, vec![test]), Type::Boolean, span),
                _ => test,
            });
        }
        let (left, right) = match (left.ty, right.ty) {
            (Type::Id, Type::Text) => (left, literal_as_id(right)),
            (Type::Text, Type::Id) => (literal_as_id(left), right),
            _ => self.pair(op, left, right)?,
        };
        Ok(joined(operator, left, right, Type::Boolean, span))
    }

    fn order(
        &self,
        operator: Operator,
        op: BinaryOp,
        left: TypedExpr,
        right: TypedExpr,
        span: Span,
    ) -> Result<TypedExpr, FormulaError> {
        let left = self.coerce(left, ORDERED.or(Type::Null), &context(op))?;
        let right = self.coerce(right, ORDERED.or(Type::Null), &context(op))?;
        let (left, right) = self.pair(op, left, right)?;
        Ok(joined(operator, left, right, Type::Boolean, span))
    }

    fn pair(&self, op: BinaryOp, left: TypedExpr, right: TypedExpr) -> Result<(TypedExpr, TypedExpr), FormulaError> {
        let ty = match (left.ty, right.ty) {
            (Type::Null, Type::Null) => Type::Text,
            (Type::Null, ty) | (ty, _) => ty,
        };
        let accepts = TypeSet::of(ty);
        Ok((self.coerce(left, accepts, &context(op))?, self.coerce(right, accepts, &context(op))?))
    }
}

fn joined(operator: Operator, left: TypedExpr, right: TypedExpr, ty: Type, span: Span) -> TypedExpr {
    TypedExpr::new(Node::Operator(operator, Box::new(left), Box::new(right)), ty, span)
}

/// The other operand where one is the literal `NULL`: the comparison asks whether it is blank.
fn asked_for_blank<'a>(left: &'a TypedExpr, right: &'a TypedExpr) -> Option<&'a TypedExpr> {
    let is_null = |expr: &TypedExpr| expr.ty == Type::Null && matches!(expr.node, Node::Constant(_));
    match (is_null(left), is_null(right)) {
        (_, true) => Some(left),
        (true, false) => Some(right),
        (false, false) => None,
    }
}

fn context(op: BinaryOp) -> String {
    format!("operator '{}'", op.symbol())
}

/// A `NULL` in a sum is a blank of the type that fits the other operand.
fn type_blank_operand(adds: bool, left: TypedExpr, right: TypedExpr) -> (TypedExpr, TypedExpr) {
    let keeps = |ty| matches!(ty, Type::Number | Type::Text);
    match (left.ty, right.ty) {
        (Type::Null, Type::Null) => (retyped(left, Type::Number), retyped(right, Type::Number)),
        (Type::Null, other) => {
            let ty = if keeps(other) || !adds { other } else { Type::Number };
            (retyped(left, ty), right)
        }
        (other, Type::Null) => {
            let ty = if keeps(other) { other } else { Type::Number };
            (left, retyped(right, ty))
        }
        _ => (left, right),
    }
}
