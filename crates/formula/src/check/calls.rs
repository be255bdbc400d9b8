//! Types of function calls.

use super::{Checker, literal_as_id};
use crate::functions::{Returns, Rule, UNAVAILABLE};
use crate::syntax::{Expr, ExprKind, Literal};
use crate::{FormulaError, Function, FunctionDef, Node, Span, Type, TypeSet, TypedExpr};
use model::schema::Compound;
use model::{FieldType, Value};

impl Checker<'_> {
    pub(super) fn call(&mut self, name: &str, arguments: &[Expr], span: Span) -> Result<TypedExpr, FormulaError> {
        let Some(function) = Function::find(name) else {
            let message = if UNAVAILABLE.iter().any(|known| known.eq_ignore_ascii_case(name)) {
                not_here(name)
            } else {
                format!("Unknown function {name}. Check spelling.")
            };
            return Err(FormulaError::at(span, message));
        };
        let def = function.def();
        let context = format!("function '{}()'", def.name);
        check_count(def, &context, arguments.len(), span)?;
        if matches!(def.rule, Rule::Change | Rule::ChangedField) && !self.options.during_write {
            return Err(FormulaError::at(span, not_here(def.name)));
        }
        // Salesforce has no patterns in formula fields, and no two stores agree on them.
        if def.rule == Rule::Pattern && self.options.field.is_some() {
            return Err(FormulaError::at(span, not_here(def.name)));
        }
        if def.rule == Rule::ChangedField {
            return self.changed_field(def, &arguments[0], span);
        }
        let mut typed = Vec::with_capacity(arguments.len());
        for (at, argument) in arguments.iter().enumerate() {
            let expr = match def.rule {
                Rule::Places => self.place(argument)?,
                _ => self.expr(argument)?,
            };
            let accepts = def.param(at).map_or(TypeSet::VALUE, |param| param.accepts);
            // Branches keep `NULL` until it is known what the others are.
            let accepts = if takes_common_type(def.rule) { accepts.or(Type::Null) } else { accepts };
            typed.push(self.coerce(expr, accepts, &context)?);
        }
        let (typed, common) = self.refine(def, typed, arguments, &context)?;
        let ty = match def.returns {
            Returns::Always(ty) => ty,
            Returns::First => typed.first().map_or(Type::Null, |first| first.ty),
            Returns::Common => common,
        };
        Ok(TypedExpr::new(Node::Call(function, typed), ty, span))
    }

    /// A location field stands for the `GEOLOCATION` of its parts; blank ones stay blank, since no place is not the
    /// place at zero.
    fn place(&mut self, argument: &Expr) -> Result<TypedExpr, FormulaError> {
        let ExprKind::Field(path) = &argument.kind else { return self.expr(argument) };
        let whole = self.resolved(path).map(|found| found.data_type);
        let (Some(FieldType::Compound(location @ Compound::Location { .. })), Some((name, steps))) =
            (whole, path.split_last())
        else {
            return self.expr(argument);
        };
        let mut degrees = Vec::with_capacity(2);
        for part in location.coordinate_names(name).into_iter().flatten() {
            let path: Vec<String> = steps.iter().cloned().chain([part]).collect();
            degrees.push(self.field(&path, argument.span)?.0);
        }
        Ok(TypedExpr::new(Node::Call(Function::Geolocation, degrees), Type::Location, argument.span))
    }

    /// Applies the rule of a function. The second part of the answer is the type its results have in common.
    fn refine(
        &mut self,
        def: &FunctionDef,
        mut typed: Vec<TypedExpr>,
        arguments: &[Expr],
        context: &str,
    ) -> Result<(Vec<TypedExpr>, Type), FormulaError> {
        match def.rule {
            Rule::Plain | Rule::Change | Rule::ChangedField => Ok((typed, Type::Null)),
            Rule::Branches => {
                let results = typed.split_off(1);
                let condition = typed.into_iter().map(|expr| self.coerce(expr, TypeSet::of(Type::Boolean), context));
                let mut whole = condition.collect::<Result<Vec<_>, _>>()?;
                let (results, ty) = self.common(results, context)?;
                whole.extend(results);
                Ok((whole, ty))
            }
            Rule::Substitute => self.common(typed, context),
            Rule::Case => self.case(typed, context),
            Rule::PicklistLiteral => {
                self.picklist_literal(def, &typed, &arguments[1], context)?;
                Ok((typed, Type::Null))
            }
            Rule::Duration => {
                self.duration(&typed, context)?;
                Ok((typed, Type::Null))
            }
            Rule::Places => {
                let stray = typed[..2].iter().find(|place| !matches!(place.node, Node::Call(Function::Geolocation, _)));
                match stray {
                    Some(place) => Err(self.wrong_type(place, "GEOLOCATION()", context)),
                    None => Ok((typed, Type::Null)),
                }
            }
            Rule::Pattern => {
                if let Node::Constant(Value::Text(pattern)) = &typed[1].node {
                    let kept = self.patterns.keep(pattern);
                    kept.map_err(|reason| {
                        FormulaError::at(typed[1].span, format!("Incorrect parameter for {context}. {reason}"))
                    })?;
                }
                Ok((typed, Type::Null))
            }
        }
    }

    fn case(&self, typed: Vec<TypedExpr>, context: &str) -> Result<(Vec<TypedExpr>, Type), FormulaError> {
        let mut subjects = Vec::new();
        let mut results = Vec::new();
        let last = typed.len() - 1;
        for (at, expr) in typed.into_iter().enumerate() {
            if at == last || (at > 0 && at % 2 == 0) { results.push(expr) } else { subjects.push(expr) }
        }
        let subject = subjects[0].ty;
        let values = match subject {
            Type::Picklist => {
                let stray = subjects[1..].iter().find(|value| !is_text_literal(value));
                if let Some(stray) = stray {
                    return Err(self.wrong_type(stray, "Text Literal", context));
                }
                subjects
            }
            Type::Id => subjects.into_iter().map(literal_as_id).collect(),
            _ => self.common(subjects, context)?.0,
        };
        let (results, ty) = self.common(results, context)?;
        let mut results = results.into_iter();
        let mut whole = Vec::new();
        for (at, value) in values.into_iter().enumerate() {
            whole.push(value);
            if at > 0 {
                whole.extend(results.next());
            }
        }
        whole.extend(results);
        Ok((whole, ty))
    }

    fn picklist_literal(
        &self,
        def: &FunctionDef,
        typed: &[TypedExpr],
        value: &Expr,
        context: &str,
    ) -> Result<(), FormulaError> {
        let ExprKind::Literal(Literal::Text(text)) = &value.kind else {
            return Err(self.wrong_type(&typed[1], "Text Literal", context));
        };
        let Node::Field(slot) = &typed[0].node else { return Ok(()) };
        let known = self.fields.get(slot.index()).map_or(&[][..], |field| field.data_type.picklist_values());
        let is_known = known.is_empty() || known.iter().any(|entry| entry.value == *text);
        if def.function == Function::Includes && !is_known {
            return Err(FormulaError::at(
                value.span,
                format!(
                    "Incorrect parameter for {context}. Text Literal must be a valid value for this multi-select picklist field."
                ),
            ));
        }
        Ok(())
    }

    fn duration(&self, typed: &[TypedExpr], context: &str) -> Result<(), FormulaError> {
        let expected = match typed[0].ty {
            Type::Number => Type::Boolean,
            other => other,
        };
        match typed.get(1) {
            Some(second) if second.ty != expected => Err(self.wrong_type(second, expected.name(), context)),
            None if typed[0].ty != Type::Number => Err(self.wrong_type(&typed[0], "Number", context)),
            _ => Ok(()),
        }
    }

    /// `ISCHANGED` and `PRIORVALUE`: the field as stored, and the conversions of reading around the whole call.
    fn changed_field(&mut self, def: &FunctionDef, argument: &Expr, span: Span) -> Result<TypedExpr, FormulaError> {
        let ExprKind::Field(path) = &argument.kind else {
            let message = format!("Incorrect parameter for function '{}()'. Expected a field of this record", def.name);
            return Err(FormulaError::at(argument.span, message));
        };
        if path.len() > 1 || path[0].starts_with('$') {
            let message = format!("The {} function cannot reference the {} field.", def.name, path.join("."));
            return Err(FormulaError::at(argument.span, message));
        }
        let (field, data_type): (TypedExpr, FieldType) = self.field(path, argument.span)?;
        if matches!(field.node, Node::Nested(_)) {
            let message = format!("The {} function cannot reference the formula field {}.", def.name, path.join("."));
            return Err(FormulaError::at(argument.span, message));
        }
        if def.function == Function::IsChanged {
            return Ok(TypedExpr::new(Node::Call(def.function, vec![field]), Type::Boolean, span));
        }
        let ty = field.ty;
        let call = TypedExpr::new(Node::Call(def.function, vec![field]), ty, span);
        Ok(self.read(call, &data_type))
    }
}

fn takes_common_type(rule: Rule) -> bool {
    matches!(rule, Rule::Branches | Rule::Case | Rule::Substitute)
}

fn is_text_literal(expr: &TypedExpr) -> bool {
    expr.ty == Type::Text && matches!(expr.node, Node::Constant(_))
}

fn not_here(name: &str) -> String {
    format!("Function {} may not be used in this type of formula", name.to_ascii_uppercase())
}

fn check_count(def: &FunctionDef, context: &str, received: usize, span: Span) -> Result<(), FormulaError> {
    let (least, most) = def.arity();
    // CASE takes the expression, pairs, and one result more.
    let expected = if def.rule == Rule::Case {
        let paired = received.max(least) / 2 * 2;
        if received == paired && received >= least { received } else { paired }
    } else {
        received.clamp(least, most)
    };
    if received == expected {
        return Ok(());
    }
    Err(FormulaError::at(
        span,
        format!("Incorrect number of parameters for {context}. Expected {expected}, received {received}"),
    ))
}
