//! Syntax tree → typed expression: fields and functions found, types checked, conversions written out.

mod calls;
mod nested;
mod operators;
mod result;

use crate::eval::Patterns;
use crate::syntax::{Expr, ExprKind, Literal, MAX_DEPTH, UnaryOp, too_deep};
use crate::{
    Blanks, CompileOptions, Conversion, FieldSlot, FieldUse, FormulaError, Function, Node, Span, Type, TypeSet,
    TypedExpr,
};
use model::{FieldType, RecordId, Value};
pub use nested::{MAX_COMPILED_CHARS, MAX_NESTED};

/// The most different fields that a formula reads: no more values fit in one call of a function in a store.
pub const MAX_FIELDS: usize = 90;

/// Answers which field a path names.
pub trait FieldResolver {
    /// The field behind a path such as `["Account", "Owner", "Name"]` or `["$User", "Id"]`; case should not count.
    fn resolve(&self, path: &[&str]) -> Option<ResolvedField>;
}

/// A field that a path names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResolvedField {
    /// The path in its proper spelling: two spellings of one field must give the same path.
    pub path: Vec<String>,
    pub data_type: FieldType,
    /// Object and field, as `Account.Margin__c`, when a formula field is to be written out rather than read as a value.
    pub home: Option<String>,
}

pub(crate) struct Checker<'a> {
    resolver: &'a dyn FieldResolver,
    options: CompileOptions,
    pub(crate) fields: Vec<FieldUse>,
    pub(crate) patterns: Patterns,
    /// The way to the record whose fields are named, for the formula of a field of another record.
    prefix: Vec<String>,
    /// The formula fields that are being written out, one inside the other.
    open: Vec<String>,
    /// Characters of the formula with all that is written out in it.
    written: usize,
    depth: usize,
}

impl<'a> Checker<'a> {
    pub(crate) fn new(resolver: &'a dyn FieldResolver, options: &CompileOptions, source: &str) -> Self {
        Self {
            resolver,
            options: options.clone(),
            fields: Vec::new(),
            patterns: Patterns::default(),
            prefix: Vec::new(),
            open: options.field.iter().cloned().collect(),
            written: source.chars().count(),
            depth: 0,
        }
    }

    /// Types a whole formula and fits it to what it shall return.
    pub(crate) fn formula(&mut self, expr: &Expr) -> Result<TypedExpr, FormulaError> {
        let typed = self.expr(expr)?;
        self.result(typed)
    }

    fn expr(&mut self, expr: &Expr) -> Result<TypedExpr, FormulaError> {
        // The parser limits each formula; this limits what several come to, one inside the other.
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(too_deep(expr.span));
        }
        let typed = self.expr_inside(expr);
        self.depth -= 1;
        typed
    }

    fn expr_inside(&mut self, expr: &Expr) -> Result<TypedExpr, FormulaError> {
        let span = expr.span;
        match &expr.kind {
            ExprKind::Literal(literal) => Ok(constant(literal, span)),
            ExprKind::Field(path) => {
                let (field, data_type) = self.field(path, span)?;
                Ok(self.read(field, &data_type))
            }
            ExprKind::Unary(op, inner) => self.unary(*op, inner, span),
            ExprKind::Binary(op, left, right) => {
                let (left, right) = (self.expr(left)?, self.expr(right)?);
                self.binary(*op, left, right, span)
            }
            ExprKind::Call(name, arguments) => self.call(name, arguments, span),
        }
    }

    fn unary(&mut self, op: UnaryOp, inner: &Expr, span: Span) -> Result<TypedExpr, FormulaError> {
        let inner = self.expr(inner)?;
        match op {
            UnaryOp::Not => {
                let inner = self.coerce(inner, TypeSet::of(Type::Boolean), "function 'NOT()'")?;
                Ok(TypedExpr::new(Node::Call(Function::Not, vec![inner]), Type::Boolean, span))
            }
            UnaryOp::Plus => self.coerce(inner, TypeSet::of(Type::Number), "operator '+'"),
            UnaryOp::Minus => {
                let inner = self.coerce(inner, TypeSet::of(Type::Number), "operator '-'")?;
                Ok(TypedExpr::new(Node::Negate(Box::new(inner)), Type::Number, span))
            }
        }
    }

    /// The field behind a path as the formula at hand writes it.
    fn resolved(&self, path: &[String]) -> Option<ResolvedField> {
        let is_global = path.first().is_some_and(|first| first.starts_with('$'));
        let prefix = if is_global { &[][..] } else { &self.prefix[..] };
        let parts: Vec<&str> = prefix.iter().chain(path).map(String::as_str).collect();
        self.resolver.resolve(&parts)
    }

    /// Finds a field and gives it a slot, the same one each time it is named.
    fn field(&mut self, path: &[String], span: Span) -> Result<(TypedExpr, FieldType), FormulaError> {
        let Some(found) = self.resolved(path) else {
            return Err(FormulaError::at(span, format!("Field {} does not exist. Check spelling.", path.join("."))));
        };
        if matches!(found.data_type, FieldType::Formula { .. }) && found.home.is_some() {
            return self.nested(found, span);
        }
        // What a formula shows everybody sees who may read the formula; a rule that is tried shows nothing.
        let shows = |data_type: &FieldType| self.options.during_write || data_type.mask().is_none();
        let Some(ty) = Type::of_field(&found.data_type).filter(|_| shows(&found.data_type)) else {
            let message = format!(
                "You referenced an unsupported field type called \"{}\" using the following field: {}",
                found.data_type.api_name(),
                path.join(".")
            );
            return Err(FormulaError::at(span, message));
        };
        let known = self.fields.iter().position(|field| field.path == found.path);
        if known.is_none() && self.fields.len() >= MAX_FIELDS {
            let message = format!(
                "A formula refers to at most {MAX_FIELDS} different fields, those of formula fields that it refers to included"
            );
            return Err(FormulaError::at(span, message));
        }
        let at = known.unwrap_or_else(|| {
            self.fields.push(FieldUse { path: found.path, data_type: found.data_type.clone(), span });
            self.fields.len() - 1
        });
        // A formula has at most a few thousand characters, and so fewer fields.
        let slot = FieldSlot(u32::try_from(at).unwrap_or(u32::MAX));
        Ok((TypedExpr::new(Node::Field(slot), ty, span), found.data_type))
    }

    /// What a formula sees of a stored value.
    fn read(&self, stored: TypedExpr, data_type: &FieldType) -> TypedExpr {
        let mut seen = stored;
        if matches!(data_type.value_type(), FieldType::Percent { .. }) {
            seen = seen.converted(Conversion::PercentToFraction, Type::Number);
        }
        if seen.ty == Type::Number && self.options.blanks == Blanks::AsZero {
            seen = seen.converted(Conversion::BlankToZero, Type::Number);
        }
        seen
    }

    /// Makes an expression one of the accepted types, or says why it cannot be.
    fn coerce(&self, expr: TypedExpr, accepts: TypeSet, context: &str) -> Result<TypedExpr, FormulaError> {
        if accepts.holds(expr.ty) {
            return Ok(expr);
        }
        match expr.ty {
            Type::Null => Ok(retyped(expr, accepts.types().next().unwrap_or(Type::Text))),
            Type::Id if accepts.holds(Type::Text) => Ok(expr.converted(Conversion::IdToText, Type::Text)),
            _ => Err(self.wrong_type(&expr, &accepts.without(Type::Null).to_string(), context)),
        }
    }

    /// Gives all expressions the one type they have in common.
    fn common(&self, exprs: Vec<TypedExpr>, context: &str) -> Result<(Vec<TypedExpr>, Type), FormulaError> {
        let mut types = exprs.iter().map(|expr| expr.ty).filter(|ty| *ty != Type::Null);
        let Some(first) = types.next() else { return Ok((exprs, Type::Null)) };
        let mixed = first == Type::Id && types.any(|ty| ty == Type::Text);
        let ty = if mixed { Type::Text } else { first };
        let exprs =
            exprs.into_iter().map(|expr| self.coerce(expr, TypeSet::of(ty), context)).collect::<Result<_, _>>()?;
        Ok((exprs, ty))
    }

    fn wrong_type(&self, expr: &TypedExpr, expected: &str, context: &str) -> FormulaError {
        let field = match &expr.node {
            Node::Field(slot) => self.fields.get(slot.index()),
            _ => None,
        };
        let message = match (expr.ty, field) {
            (Type::Picklist, Some(field)) => format!(
                "Field {} is a picklist field. Picklist fields are only supported in certain functions. Use ISPICKVAL(), CASE() or TEXT().",
                field.path.join(".")
            ),
            (Type::MultiPicklist, Some(field)) => format!(
                "Field {} is a multi-select picklist field. Multi-select picklist fields are only supported in certain functions. Use INCLUDES() or ISBLANK().",
                field.path.join(".")
            ),
            _ => format!("Incorrect parameter type for {context}. Expected {expected}, received {}", expr.ty),
        };
        FormulaError::at(expr.span, message)
    }
}

fn constant(literal: &Literal, span: Span) -> TypedExpr {
    let (value, ty) = match literal {
        Literal::Number(number) => (Value::Number(*number), Type::Number),
        // An empty text is no value.
        Literal::Text(text) if text.is_empty() => (Value::Null, Type::Text),
        Literal::Text(text) => (Value::Text(text.clone()), Type::Text),
        Literal::Boolean(flag) => (Value::Bool(*flag), Type::Boolean),
        Literal::Null => (Value::Null, Type::Null),
    };
    TypedExpr::new(Node::Constant(value), ty, span)
}

fn retyped(expr: TypedExpr, ty: Type) -> TypedExpr {
    TypedExpr { ty, ..expr }
}

/// Reads a text literal that is compared with an id as an id, so that its 15- and 18-character forms are equal.
fn literal_as_id(expr: TypedExpr) -> TypedExpr {
    let id = match &expr.node {
        Node::Constant(Value::Null) => Value::Null,
        Node::Constant(Value::Text(text)) => match RecordId::parse(text) {
            Ok(id) => Value::Id(id),
            Err(_) => return expr,
        },
        _ => return expr,
    };
    TypedExpr::new(Node::Constant(id), Type::Id, expr.span)
}
