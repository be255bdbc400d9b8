//! What a formula as a whole yields, fitted to the field it is computed for.

use super::Checker;
use crate::{Conversion, FormulaError, Type, TypeSet, TypedExpr};
use model::FieldType;

impl Checker<'_> {
    pub(super) fn result(&self, typed: TypedExpr) -> Result<TypedExpr, FormulaError> {
        let Some(wanted) = &self.options.returns else { return self.free_result(typed) };
        let Some(ty) = Type::of_field(wanted) else {
            let message = format!("A formula cannot return the type \"{}\"", wanted.api_name());
            return Err(FormulaError::at(typed.span, message));
        };
        if matches!(ty, Type::Picklist | Type::MultiPicklist) {
            let message = "A formula cannot return a picklist value. Return Text instead";
            return Err(FormulaError::at(typed.span, message));
        }
        let ty = if ty == Type::Id { Type::Text } else { ty };
        let fits = typed.ty == ty || typed.ty == Type::Null || (typed.ty == Type::Id && ty == Type::Text);
        if !fits {
            if matches!(typed.ty, Type::Picklist | Type::MultiPicklist) {
                return Err(self.wrong_type(&typed, ty.name(), "the result"));
            }
            let message =
                format!("Formula result is data type ({}), incompatible with expected data type ({ty}).", typed.ty);
            return Err(FormulaError::at(typed.span, message));
        }
        let typed = self.coerce(typed, TypeSet::of(ty), "the result")?;
        Ok(match (ty, wanted.value_type()) {
            (Type::Number, FieldType::Percent { precision, scale }) => typed
                .converted(Conversion::FractionToPercent, Type::Number)
                .converted(Conversion::Fit { precision: *precision, scale: *scale }, Type::Number),
            (Type::Number, number) => {
                typed.converted(Conversion::Fit { precision: number.precision(), scale: number.scale() }, Type::Number)
            }
            (Type::Text, text) if text.length() > 0 => {
                typed.converted(Conversion::FitText { length: text.length() }, Type::Text)
            }
            (Type::Boolean, _) => typed.converted(Conversion::BlankToFalse, Type::Boolean),
            _ => typed,
        })
    }

    /// The result where no field says what it shall be: any value; a bare `NULL` is a blank text.
    fn free_result(&self, typed: TypedExpr) -> Result<TypedExpr, FormulaError> {
        match typed.ty {
            Type::Null => self.coerce(typed, TypeSet::of(Type::Text), "the result"),
            Type::Boolean => Ok(typed.converted(Conversion::BlankToFalse, Type::Boolean)),
            _ => self.coerce(typed, TypeSet::VALUE, "the result"),
        }
    }
}
