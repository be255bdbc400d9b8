//! A compiled formula: made once, evaluated for many records.

use crate::check::{Checker, FieldResolver};
use crate::eval::{EvalContext, EvalError, Evaluator, Patterns, Trace};
use crate::syntax::parse;
use crate::{Blanks, FieldUse, FormulaError, Function, Node, Type, TypedExpr};
use model::{FieldType, Value};

/// What a formula is compiled for.
#[derive(Clone, Debug, Default)]
pub struct CompileOptions {
    pub blanks: Blanks,
    /// The type of field the result goes to; any value when `None`.
    pub returns: Option<FieldType>,
    /// Whether it runs while a record is written, where `ISNEW`, `ISCHANGED` and `PRIORVALUE` have a meaning.
    pub during_write: bool,
    /// The field it is the formula of, as `Account.Margin__c`: it may not refer to itself, on whatever way.
    pub field: Option<String>,
}

/// A formula that is sound: parsed, its fields found, its types checked.
#[derive(Clone, Debug)]
pub struct Formula {
    source: String,
    expr: TypedExpr,
    fields: Vec<FieldUse>,
    patterns: Patterns,
    returns: Option<FieldType>,
}

/// Reads and checks a formula.
///
/// # Errors
/// When the text is no formula, names a field or function that does not exist, mixes types that do not go together, or
/// yields another type than `options.returns`.
pub fn compile(source: &str, resolver: &dyn FieldResolver, options: &CompileOptions) -> Result<Formula, FormulaError> {
    let parsed = parse(source)?;
    let mut checker = Checker::new(resolver, options, source);
    let expr = checker.formula(&parsed)?;
    Ok(Formula {
        source: source.to_owned(),
        expr,
        fields: checker.fields,
        patterns: checker.patterns,
        returns: options.returns.clone(),
    })
}

impl Formula {
    pub fn source(&self) -> &str {
        &self.source
    }

    pub fn expr(&self) -> &TypedExpr {
        &self.expr
    }

    /// The fields it reads; a [`crate::FieldSlot`] is a place in this list.
    pub fn fields(&self) -> &[FieldUse] {
        &self.fields
    }

    /// The type of field that the result is fitted to.
    pub fn returns(&self) -> Option<&FieldType> {
        self.returns.as_ref()
    }

    pub fn result_type(&self) -> Type {
        self.expr.ty
    }

    /// Computes the value for one record.
    ///
    /// # Errors
    /// When a step has no value, such as a division by zero, or a field holds another type than it declares.
    pub fn evaluate(&self, context: &EvalContext) -> Result<Value, EvalError> {
        Evaluator::new(context, self, &self.patterns).value(&self.expr)
    }

    /// Whether a condition is met; a blank one is not.
    ///
    /// # Errors
    /// As [`Formula::evaluate`].
    pub fn holds(&self, context: &EvalContext) -> Result<bool, EvalError> {
        Ok(self.evaluate(context)? == Value::Bool(true))
    }

    /// Computes the value and keeps what every step of the way came to, for "why is it so".
    pub fn explain(&self, context: &EvalContext) -> Trace {
        Evaluator::new(context, self, &self.patterns).explain(&self.expr)
    }

    /// Whether the result changes as time passes, with no change to any record.
    pub fn depends_on_time(&self) -> bool {
        self.calls(&[Function::Now, Function::Today, Function::TimeNow])
    }

    /// Whether the result changes with the zone of its reader.
    pub fn depends_on_zone(&self) -> bool {
        self.calls(&[Function::Today])
            || self.expr.any(&|expr| match &expr.node {
                Node::Call(Function::DateValue, arguments) => arguments.iter().any(|value| value.ty == Type::DateTime),
                _ => false,
            })
    }

    /// Whether the result is text with links or pictures in it, to be read with [`crate::markup`].
    pub fn has_markup(&self) -> bool {
        self.calls(&[Function::Hyperlink, Function::Image])
    }

    fn calls(&self, functions: &[Function]) -> bool {
        self.expr.any(&|expr| matches!(&expr.node, Node::Call(function, _) if functions.contains(function)))
    }
}
