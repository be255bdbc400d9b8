//! The operators between two values.

use super::body::{Body, Digits, Operand};
use formula::{Operator, Type, TypedExpr};
use model::Result;

impl Body<'_> {
    pub(super) fn operator(&mut self, operator: Operator, left: &TypedExpr, right: &TypedExpr) -> Result<Operand> {
        let (left_ty, right_ty) = (left.ty, right.ty);
        let (a, b) = (self.expr(left)?, self.expr(right)?);
        let is_nullable = a.is_nullable || b.is_nullable;
        Ok(match operator {
            Operator::Concat => {
                let most = a.most_chars.zip(b.most_chars).map(|(a, b)| a + b);
                self.settled(format!("({} || {})", text(&a), text(&b)), most)
            }
            Operator::Equal => self.equal((left_ty, a), (right_ty, b)),
            Operator::NotEqual => {
                let equal = self.equal((left_ty, a), (right_ty, b));
                Operand::new(format!("(NOT {})", equal.sql)).nullable(equal.is_nullable)
            }
            Operator::Less => order(left_ty, &a, "<", &b),
            Operator::LessOrEqual => order(left_ty, &a, "<=", &b),
            Operator::Greater => order(left_ty, &a, ">", &b),
            Operator::GreaterOrEqual => order(left_ty, &a, ">=", &b),
            Operator::Add if left_ty == Type::Number => {
                let digits = sum_digits(&a, &b);
                self.rounded(format!("({} + {})", a.sql, b.sql), is_nullable, digits)
            }
            Operator::Subtract if left_ty == Type::Number => {
                let digits = sum_digits(&a, &b);
                self.rounded(format!("({} - {})", a.sql, b.sql), is_nullable, digits)
            }
            Operator::Add => self.shifted(left_ty, &a.sql, &b.sql),
            Operator::Subtract if left_ty == right_ty => difference(left_ty, &a, &b, is_nullable),
            Operator::Subtract => self.shifted(left_ty, &a.sql, &format!("(- {})", b.sql)),
            Operator::Multiply => {
                let digits = a.digits.zip(b.digits).map(|(a, b)| Digits::new(a.whole + b.whole, a.places + b.places));
                self.rounded(format!("({} * {})", a.sql, b.sql), is_nullable, digits)
            }
            Operator::Divide => {
                let (a, b) = (self.named(a, Type::Number), self.named(b, Type::Number));
                // A blank operand makes the result blank before anything can fail.
                self.fail_if(&format!("{} = 0 AND {} IS NOT NULL", b.sql, a.sql));
                self.checked(format!("hf_divide({}, {})", a.sql, b.sql), Type::Number).nullable(is_nullable)
            }
            Operator::Power => {
                self.checked(format!("hf_power({}, {})", a.sql, b.sql), Type::Number).nullable(is_nullable)
            }
        })
    }

    /// Whether two values are equal. Among texts, ids and flags blank equals blank alone; a blank number, date or time
    /// is neither equal nor unequal to anything.
    pub(super) fn equal(&mut self, left: (Type, Operand), right: (Type, Operand)) -> Operand {
        let ((left_ty, a), (right_ty, b)) = (left, right);
        match (left_ty, right_ty) {
            (Type::Id, Type::Text) => self.same_id(a, b),
            (Type::Text, Type::Id) => self.same_id(b, a),
            (Type::Number | Type::Date | Type::DateTime | Type::Time, _) => {
                Operand::new(format!("({} = {})", a.sql, b.sql)).nullable(a.is_nullable || b.is_nullable)
            }
            _ => Operand::new(format!("({} IS NOT DISTINCT FROM {})", a.sql, b.sql)).never_null(),
        }
    }

    fn same_id(&mut self, id: Operand, text: Operand) -> Operand {
        Operand::new(format!("hf_is_id({}, {})", id.sql, text.sql)).never_null()
    }

    /// A date, instant or time of day so much later.
    fn shifted(&mut self, ty: Type, moment: &str, by: &str) -> Operand {
        match ty {
            Type::Date => self.checked(format!("hf_add_days({moment}, {by})"), ty),
            Type::DateTime => self.checked(format!("hf_add_time({moment}, {by})"), ty),
            // The clock goes round at midnight.
            _ => Operand::new(format!("hf_clock({moment} + mod(trunc({by}), 86400000)::bigint)")),
        }
    }
}

/// A text operand, empty when blank.
pub(super) fn text(operand: &Operand) -> String {
    if operand.is_nullable { format!("COALESCE({}, '')", operand.sql) } else { operand.sql.clone() }
}

fn sum_digits(a: &Operand, b: &Operand) -> Option<Digits> {
    Digits::either(a.digits, b.digits).map(|digits| Digits::new(digits.whole + 1, digits.places))
}

/// Texts by code point, which is the order of their bytes.
fn order(ty: Type, a: &Operand, symbol: &str, b: &Operand) -> Operand {
    let is_nullable = a.is_nullable || b.is_nullable;
    let sql = match ty {
        Type::Text => format!("({} COLLATE \"C\" {symbol} {} COLLATE \"C\")", a.sql, b.sql),
        _ => format!("({} {symbol} {})", a.sql, b.sql),
    };
    Operand::new(sql).nullable(is_nullable)
}

fn difference(ty: Type, a: &Operand, b: &Operand, is_nullable: bool) -> Operand {
    let sql = format!("({} - {})", a.sql, b.sql);
    match ty {
        Type::Date => Operand::new(format!("{sql}::numeric")).digits(Some(Digits::new(7, 0))),
        Type::Time => Operand::new(format!("hf_clock({sql})::numeric")).digits(Some(Digits::new(8, 0))),
        _ => Operand::new(format!("hf_divide({sql}::numeric, 86400000)")),
    }
    .nullable(is_nullable)
}
