//! Formula fields inside formulas: the other formula is written out in place, with its own rules for blanks and its own
//! result, so that an error in it is an error of the whole and no copy of its value can be out of date.

use super::{Checker, ResolvedField};
use crate::syntax::parse;
use crate::{CompileOptions, FormulaError, Nested, Node, Span, Type, TypedExpr};
use model::FieldType;

/// The most characters of a formula with the formula fields that it refers to written out.
pub const MAX_COMPILED_CHARS: usize = 5_000;

/// The most formula fields that may refer to one another in a row.
pub const MAX_NESTED: usize = 10;

impl Checker<'_> {
    pub(super) fn nested(&mut self, found: ResolvedField, span: Span) -> Result<(TypedExpr, FieldType), FormulaError> {
        let FieldType::Formula { source, returns, blanks } = &found.data_type else {
            return Err(FormulaError::at(span, "This field is not a formula"));
        };
        let home = found.home.clone().unwrap_or_default();
        let Some(ty) = Type::of_field(&found.data_type) else {
            return Err(FormulaError::at(span, format!("{home} returns a type that formulas cannot use")));
        };
        self.admit(&home, source, span)?;
        let inside = |error: FormulaError| {
            FormulaError::at(span, format!("The formula of {home} is not valid: {}", error.message))
        };
        let parsed = parse(source).map_err(inside)?;

        let (_, steps) = found.path.split_last().unwrap_or((&String::new(), &[]));
        let options = CompileOptions {
            blanks: *blanks,
            returns: Some((**returns).clone()),
            during_write: false,
            field: Some(home.clone()),
        };
        let outer_prefix = std::mem::replace(&mut self.prefix, steps.to_vec());
        let outer_options = std::mem::replace(&mut self.options, options);
        self.open.push(home.clone());
        let expr = self.formula(&parsed);
        self.open.pop();
        self.options = outer_options;
        self.prefix = outer_prefix;

        // What is said of limits and circles stands on its own, however deep it was found.
        let expr = expr.map_err(|error| {
            if error.message.starts_with("Formula") || error.message.starts_with("Compiled") {
                FormulaError::at(span, error.message)
            } else {
                inside(error)
            }
        })?;
        let nested = Nested { field: home, source: source.as_str().into(), expr };
        Ok((TypedExpr::new(Node::Nested(Box::new(nested)), ty, span), found.data_type.clone()))
    }

    /// No circle, not too many in a row, not too much text.
    fn admit(&mut self, home: &str, source: &str, span: Span) -> Result<(), FormulaError> {
        if self.open.iter().any(|open| open.eq_ignore_ascii_case(home)) {
            let circle = self.open.iter().map(String::as_str).chain([home]).collect::<Vec<_>>().join(" → ");
            return Err(FormulaError::at(span, format!("Formula field {home} refers to itself: {circle}")));
        }
        if self.open.len() >= MAX_NESTED {
            return Err(FormulaError::at(
                span,
                format!("Formula fields refer to one another too deeply (more than {MAX_NESTED} in a row)"),
            ));
        }
        self.written += source.chars().count();
        if self.written > MAX_COMPILED_CHARS {
            return Err(FormulaError::at(
                span,
                format!(
                    "Compiled formula is too big to execute ({} characters). Maximum size is {MAX_COMPILED_CHARS} \
                     characters, formula fields that it refers to included",
                    self.written
                ),
            ));
        }
        Ok(())
    }
}
