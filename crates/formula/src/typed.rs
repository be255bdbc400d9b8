//! The typed expression: names resolved, types checked, every conversion written out. Evaluation walks it, and so does
//! whatever compiles a formula further.

use crate::{Function, Span, Type};
use model::{FieldType, Value};
use std::sync::Arc;

/// One expression with its type.
#[derive(Clone, Debug, PartialEq)]
pub struct TypedExpr {
    pub node: Node,
    pub ty: Type,
    pub span: Span,
}

/// What an expression does. `&&`, `||`, `!` and their function forms are the same [`Function`] calls.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    Constant(Value),
    Field(FieldSlot),
    Convert(Conversion, Box<TypedExpr>),
    Negate(Box<TypedExpr>),
    Operator(Operator, Box<TypedExpr>, Box<TypedExpr>),
    Call(Function, Vec<TypedExpr>),
    /// A formula field, written out. Spans inside point into its own text.
    Nested(Box<Nested>),
}

/// The formula of a field that another formula refers to.
#[derive(Clone, Debug, PartialEq)]
pub struct Nested {
    /// `Account.Margin__c`
    pub field: String,
    pub source: Arc<str>,
    pub expr: TypedExpr,
}

/// The place of a field in [`crate::Formula::fields`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FieldSlot(pub u32);

impl FieldSlot {
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// A field that a formula reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldUse {
    /// The path in the spelling of the resolver.
    pub path: Vec<String>,
    pub data_type: FieldType,
    /// Where the formula names it first.
    pub span: Span,
}

/// A change of a value that the language makes without being asked in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conversion {
    /// The 15-character text of an id.
    IdToText,
    /// A percent field counts as a fraction: 25 % is 0.25.
    PercentToFraction,
    /// The way back, where the result is shown in percent.
    FractionToPercent,
    /// A blank number counts as 0.
    BlankToZero,
    /// A condition that nothing decided is false.
    BlankToFalse,
    /// Rounds half away from zero to `scale` decimal places; more digits than `precision` are too many.
    Fit { precision: u8, scale: u8 },
    /// More characters than `length` are too many.
    FitText { length: u32 },
}

/// An operator between two values. The types of the operands say which meaning it has:
///
/// | operator | operands |
/// |---|---|
/// | `Add`, `Subtract` | numbers; a date, date-time or time and a number of days, days, milliseconds |
/// | `Subtract` | two dates or two date-times (days), two times (milliseconds, never negative) |
/// | `Multiply`, `Divide`, `Power` | numbers |
/// | `Concat` | texts; blank counts as empty |
/// | `Equal`, `NotEqual` | two texts, ids or flags, or an id and a text: blank equals blank alone; two numbers, dates, date-times or times: blank when one is blank |
/// | `Less` … `GreaterOrEqual` | two numbers, texts (by code point), dates, date-times, times; blank when one is blank |
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Power,
    Concat,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl TypedExpr {
    pub(crate) fn new(node: Node, ty: Type, span: Span) -> Self {
        Self { node, ty, span }
    }

    pub(crate) fn converted(self, conversion: Conversion, ty: Type) -> Self {
        let span = self.span;
        Self { node: Node::Convert(conversion, Box::new(self)), ty, span }
    }

    /// The expressions this one is made of.
    pub fn children(&self) -> Vec<&TypedExpr> {
        match &self.node {
            Node::Constant(_) | Node::Field(_) => Vec::new(),
            Node::Convert(_, inner) | Node::Negate(inner) => vec![inner],
            Node::Operator(_, left, right) => vec![left, right],
            Node::Call(_, arguments) => arguments.iter().collect(),
            Node::Nested(nested) => vec![&nested.expr],
        }
    }

    /// Whether this expression or one inside it satisfies `test`.
    pub fn any(&self, test: &impl Fn(&TypedExpr) -> bool) -> bool {
        test(self) || self.children().into_iter().any(|child| child.any(test))
    }
}
