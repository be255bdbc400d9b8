//! Conditions. Each test is written in a positive and a negated form, both two-valued; `NOT` above it picks the form.

use super::expr::prefix_number;
use super::merge::merged;
use super::{Approach, Emitter, not_enabled};
use crate::codec::Codec;
use crate::driver::Param;
use model::{Decimal, Error, Result, Value, text};
use soql::plan::{Aggregate, CompareOp, Cond, Expr, FieldRef, Operand, Select};

impl Emitter<'_> {
    pub(crate) fn cond(&mut self, select: &Select, cond: &Cond, negated: bool) -> Result<()> {
        self.tests += usize::from(!matches!(cond, Cond::And(_) | Cond::Or(_) | Cond::Not(_)));
        match cond {
            Cond::And(parts) => {
                self.parts(select, &merged(parts, false), negated, if negated { " OR " } else { " AND " })
            }
            Cond::Or(parts) => {
                self.parts(select, &merged(parts, true), negated, if negated { " AND " } else { " OR " })
            }
            Cond::Not(inner) => self.cond(select, inner, !negated),
            Cond::Compare { left, op, right: Operand::Value(value) } => {
                self.compare(select, left, if negated { complement(*op) } else { Test::Plain(*op) }, value)
            }
            Cond::Compare { left, op, right: Operand::Range { start, end } } => {
                self.compare_range(select, left, *op, start, end, negated)
            }
            Cond::In { left, values, negated: own } => self.in_list(select, left, values, negated != *own),
            Cond::Like { left, pattern, negated: own } => self.like(select, left, pattern, negated != *own),
            Cond::Includes { left, groups, negated: own } => self.includes(select, left, groups, negated != *own),
            Cond::SemiJoin { left, select: inner_select, inner, negated: own } => {
                self.semi_join(select, left, inner_select, inner, negated != *own)
            }
            Cond::TypeIs { source, objects, negated: own } => {
                let numbers: Vec<_> = objects.iter().map(|ix| prefix_number(self.object(*ix)).to_string()).collect();
                let negated = negated != *own;
                self.out.push(if negated { "COALESCE(" } else { "" });
                self.reference_prefix(select, *source)?;
                self.out.push(if negated { ", 0) NOT IN (" } else { " IN (" });
                self.out.push(&numbers.join(", "));
                self.out.push(")");
                Ok(())
            }
        }
    }

    pub(super) fn parts(&mut self, select: &Select, parts: &[Cond], negated: bool, word: &str) -> Result<()> {
        match parts {
            [] => Err(Error::internal("a condition without parts")),
            [one] => self.cond(select, one, negated),
            // Halved again and again: a chain of thousands would be a tree as deep as it is long.
            parts => {
                let (first, second) = parts.split_at(parts.len() / 2);
                self.out.push("(");
                self.parts(select, first, negated, word)?;
                self.out.push(word);
                self.parts(select, second, negated, word)?;
                self.out.push(")");
                Ok(())
            }
        }
    }

    fn compare(&mut self, select: &Select, left: &Expr, test: Test, value: &Value) -> Result<()> {
        if let Expr::Field(field) = left
            && self.field(select, field)?.is_sealed()
        {
            let negated = match test {
                Test::Plain(CompareOp::Eq) | Test::NotOrNull(CompareOp::Ne) => false,
                Test::Plain(CompareOp::Ne) | Test::NotOrNull(CompareOp::Eq) => true,
                _ => return Err(Error::internal("an order test of a sealed field")),
            };
            return self.sealed_equality(select, field, &[Operand::Value(value.clone())], negated);
        }
        let codec = self.codec(select, left)?;
        let empty_text = codec.is_text() && value.as_text() == Some("");
        if value.is_null() || empty_text {
            return self.compare_null(select, left, test, codec);
        }
        if let (Some(scale), Some(number)) = (scale_of(codec), value.as_decimal()) {
            return self.compare_number(select, left, test, number, scale);
        }
        let exact = self.is_case_sensitive(select, left)?;
        match test {
            Test::Plain(CompareOp::Eq)
            | Test::NotOrNull(CompareOp::Eq)
            | Test::Plain(CompareOp::Ne)
            | Test::NotOrNull(CompareOp::Ne) => {
                // `!=` keeps null rows, and so does NOT (… = …); NOT (… != …) is `=`.
                let equal = matches!(test, Test::Plain(CompareOp::Eq) | Test::NotOrNull(CompareOp::Ne));
                self.out.push("(");
                self.equality_side(select, left, codec, exact)?;
                self.out.push(if equal { " = " } else { " <> " });
                self.bind_text_or(codec, value, exact)?;
                if !equal {
                    self.out.push(" OR ");
                    self.expr(select, left)?;
                    self.out.push(" IS NULL");
                }
                self.out.push(")");
            }
            Test::Plain(op) => {
                self.ordered(select, left, codec, op)?;
                self.bind_text_plain(codec, value)?;
            }
            Test::NotOrNull(op) => {
                self.out.push("(");
                self.ordered(select, left, codec, opposite(op))?;
                self.bind_text_plain(codec, value)?;
                self.out.push(" OR ");
                self.expr(select, left)?;
                self.out.push(" IS NULL)");
            }
        }
        Ok(())
    }

    fn compare_null(&mut self, select: &Select, left: &Expr, test: Test, codec: Codec) -> Result<()> {
        let wants_null = match test {
            Test::Plain(CompareOp::Eq) | Test::NotOrNull(CompareOp::Ne) => true,
            Test::Plain(CompareOp::Ne) | Test::NotOrNull(CompareOp::Eq) => false,
            // Nothing is less or greater than null; the complement is everything.
            Test::Plain(_) => {
                self.out.push("1=0");
                return Ok(());
            }
            Test::NotOrNull(_) => {
                self.out.push("1=1");
                return Ok(());
            }
        };
        if codec == Codec::Bool {
            // A boolean is never null: null means false.
            self.expr(select, left)?;
            self.out.push(if wants_null { " = 0" } else { " = 1" });
            return Ok(());
        }
        self.expr(select, left)?;
        self.out.push(if wants_null { " IS NULL" } else { " IS NOT NULL" });
        Ok(())
    }

    /// Compares scaled integers with a number that may have more decimal places than the field.
    fn compare_number(&mut self, select: &Select, left: &Expr, test: Test, number: Decimal, scale: u8) -> Result<()> {
        let (op, or_null) = match test {
            Test::Plain(CompareOp::Ne) => (CompareOp::Ne, true),
            Test::Plain(op) => (op, false),
            Test::NotOrNull(CompareOp::Ne) => (CompareOp::Eq, false),
            Test::NotOrNull(op) => (opposite(op), true),
        };
        let factor = Decimal::from(10_i64.pow(u32::from(scale)));
        let exact =
            number.checked_mul(factor).unwrap_or(if number.is_sign_negative() { Decimal::MIN } else { Decimal::MAX });
        if let Expr::Aggregate { function: Aggregate::Avg, argument: Some(argument), .. } = left {
            return self.compare_average(select, argument, op, or_null, exact.normalize());
        }
        let whole = exact.floor();
        let fraction = exact != whole;
        // With a fraction left over, nothing equals it, and the bound moves to the whole number beside it.
        let (op, bound) = match op {
            CompareOp::Lt | CompareOp::Ge if fraction => (op, whole + Decimal::ONE),
            _ => (op, whole),
        };
        self.out.push("(");
        if fraction && op == CompareOp::Eq {
            self.out.push("1=0");
        } else if fraction && op == CompareOp::Ne {
            self.out.push("1=1");
        } else {
            self.expr(select, left)?;
            self.out.push(symbol(op));
            let clamped = i64::try_from(bound).unwrap_or(if bound.is_sign_negative() { i64::MIN } else { i64::MAX });
            self.out.bind(Param::Int(clamped));
        }
        if or_null {
            self.out.push(" OR ");
            self.expr(select, left)?;
            self.out.push(" IS NULL");
        }
        self.out.push(")");
        Ok(())
    }

    /// `AVG(x) op n` as `SUM(x) * 10^d op n * 10^d * COUNT(x)`: whole numbers on both sides.
    fn compare_average(
        &mut self,
        select: &Select,
        argument: &Expr,
        op: CompareOp,
        or_null: bool,
        number: Decimal,
    ) -> Result<()> {
        let factor =
            10_i64.checked_pow(number.scale()).ok_or_else(|| not_enabled("So precise a comparison of an average"))?;
        let bound = i64::try_from(number.mantissa()).map_err(|_| not_enabled("So large a comparison of an average"))?;
        self.out.push("(SUM(");
        self.expr(select, argument)?;
        self.out.push(&format!(") * {factor}{}{bound} * COUNT(", symbol(op)));
        self.expr(select, argument)?;
        self.out.push(")");
        if or_null {
            self.out.push(" OR SUM(");
            self.expr(select, argument)?;
            self.out.push(") IS NULL");
        }
        self.out.push(")");
        Ok(())
    }

    fn compare_range(
        &mut self,
        select: &Select,
        left: &Expr,
        op: CompareOp,
        start: &Value,
        end: &Value,
        negated: bool,
    ) -> Result<()> {
        use CompareOp::{Eq, Ge, Gt, Le, Lt, Ne};
        // (comparison, bound) for a one-sided test; None for inside or outside.
        let one_sided = match op {
            Lt => Some((Lt, start)),
            Ge => Some((Ge, start)),
            Gt => Some((Ge, end)),
            Le => Some((Lt, end)),
            Eq | Ne => None,
        };
        if let Some((op, bound)) = one_sided {
            return self.compare(select, left, if negated { complement(op) } else { Test::Plain(op) }, bound);
        }
        let inside = (op == Eq) != negated;
        let (first, second, word) = if inside { (Ge, Lt, " AND ") } else { (Lt, Ge, " OR ") };
        self.out.push("(");
        self.compare(select, left, Test::Plain(first), start)?;
        self.out.push(word);
        self.compare(select, left, Test::Plain(second), end)?;
        if !inside {
            self.out.push(" OR ");
            self.expr(select, left)?;
            self.out.push(" IS NULL");
        }
        self.out.push(")");
        Ok(())
    }

    fn like(&mut self, select: &Select, left: &Expr, pattern: &str, negated: bool) -> Result<()> {
        if self.is_sqlite() {
            self.out.push(if negated { "NOT hf_like(" } else { "hf_like(" });
            self.expr(select, left)?;
            self.out.push(", ");
            self.out.bind(pattern.into());
            self.out.push(")");
            return Ok(());
        }
        self.out.push("(hf_fold(");
        self.expr(select, left)?;
        self.out.push(if negated { ") NOT LIKE " } else { ") LIKE " });
        self.out.bind(text::fold(pattern).into());
        self.out.push(" ESCAPE '\\'");
        if negated {
            self.out.push(" OR ");
            self.expr(select, left)?;
            self.out.push(" IS NULL");
        }
        self.out.push(")");
        Ok(())
    }

    fn includes(&mut self, select: &Select, left: &FieldRef, groups: &[Vec<String>], negated: bool) -> Result<()> {
        if self.is_sqlite() {
            self.out.push(if negated { "NOT hf_includes(" } else { "hf_includes(" });
            self.field_column(select, left)?;
            self.out.push(", ");
            let joined: Vec<_> = groups.iter().map(|group| group.join(";")).collect();
            self.out.bind(joined.join("\u{1f}").into());
            self.out.push(")");
            return Ok(());
        }
        self.out.push(if negated { "NOT COALESCE((" } else { "COALESCE((" });
        for (at, group) in groups.iter().enumerate() {
            if at > 0 {
                self.out.push(" OR ");
            }
            self.out.push("string_to_array(hf_fold(");
            self.field_column(select, left)?;
            self.out.push("), ';') @> ");
            self.out.bind(Param::Texts(group.iter().map(|value| text::fold(value)).collect()));
        }
        self.out.push("), FALSE)");
        Ok(())
    }

    fn semi_join(
        &mut self,
        select: &Select,
        left: &Expr,
        inner_select: &Select,
        inner: &FieldRef,
        negated: bool,
    ) -> Result<()> {
        self.out.push("(");
        self.expr(select, left)?;
        self.out.push(if negated { " NOT IN (SELECT " } else { " IN (SELECT " });
        self.field_column(inner_select, inner)?;
        // The inside is a set of its own, however few rows the outside looks at.
        let narrow = self.sharing.reach.is_narrow();
        let outside = std::mem::replace(&mut self.approach, if narrow { Approach::Drive } else { Approach::Scan });
        self.tables_and_access(inner_select)?;
        self.filter(inner_select)?;
        self.approach = outside;
        self.out.push(" AND ");
        self.field_column(inner_select, inner)?;
        self.out.push(" IS NOT NULL)");
        if negated {
            self.out.push(" OR ");
            self.expr(select, left)?;
            self.out.push(" IS NULL");
        }
        self.out.push(")");
        Ok(())
    }

    pub(super) fn is_case_sensitive(&self, select: &Select, expr: &Expr) -> Result<bool> {
        Ok(match expr {
            Expr::Field(field) => self.field(select, field)?.def.case_sensitive,
            _ => false,
        })
    }

    /// The left side of `=` and IN.
    pub(super) fn equality_side(&mut self, select: &Select, left: &Expr, codec: Codec, exact: bool) -> Result<()> {
        if codec.is_text() && exact {
            self.expr(select, left)?;
            self.out.push(if self.is_sqlite() { " COLLATE BINARY" } else { " COLLATE \"C\"" });
            return Ok(());
        }
        self.folded(select, left, codec.is_text())
    }

    pub(super) fn text_or(&self, codec: Codec, value: &Value, exact: bool) -> Result<Param> {
        match codec.write(value)? {
            Param::Text(text) if !exact && !self.is_sqlite() => Ok(Param::Text(text::fold(&text))),
            other => Ok(other),
        }
    }

    fn bind_text_or(&mut self, codec: Codec, value: &Value, exact: bool) -> Result<()> {
        let param = self.text_or(codec, value, exact)?;
        self.out.bind(param);
        Ok(())
    }

    fn bind_text_plain(&mut self, codec: Codec, value: &Value) -> Result<()> {
        let param = codec.write(value)?;
        self.out.bind(param);
        Ok(())
    }

    fn ordered(&mut self, select: &Select, left: &Expr, codec: Codec, op: CompareOp) -> Result<()> {
        if matches!(op, CompareOp::Eq | CompareOp::Ne) {
            return Err(not_enabled("An order test for equality"));
        }
        self.expr(select, left)?;
        if codec.is_text() && !self.is_sqlite() {
            self.out.push(" COLLATE hf_order");
        }
        self.out.push(symbol(op));
        Ok(())
    }
}

/// A test, or the complement of one: not so, or null.
#[derive(Clone, Copy, PartialEq)]
enum Test {
    Plain(CompareOp),
    NotOrNull(CompareOp),
}

fn complement(op: CompareOp) -> Test {
    Test::NotOrNull(op)
}

fn opposite(op: CompareOp) -> CompareOp {
    match op {
        CompareOp::Eq => CompareOp::Ne,
        CompareOp::Ne => CompareOp::Eq,
        CompareOp::Lt => CompareOp::Ge,
        CompareOp::Le => CompareOp::Gt,
        CompareOp::Gt => CompareOp::Le,
        CompareOp::Ge => CompareOp::Lt,
    }
}

fn symbol(op: CompareOp) -> &'static str {
    match op {
        CompareOp::Eq => " = ",
        CompareOp::Ne => " <> ",
        CompareOp::Lt => " < ",
        CompareOp::Le => " <= ",
        CompareOp::Gt => " > ",
        CompareOp::Ge => " >= ",
    }
}

/// The decimal places of a number that is compared as a scaled integer.
pub(super) fn scale_of(codec: Codec) -> Option<u8> {
    match codec {
        Codec::Int => Some(0),
        Codec::Scaled(scale) => Some(scale),
        _ => None,
    }
}
