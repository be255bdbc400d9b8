//! `IN (…)` over values: one bound list, however long it is, and a test of its own for what no list can hold.

use super::Emitter;
use super::cond::scale_of;
use crate::codec::Codec;
use crate::driver::Param;
use model::{Decimal, Error, Result, Value};
use soql::plan::{CompareOp, Cond, Expr, Operand, Select};
use std::collections::HashSet;

/// What a list of values holds.
#[derive(Default)]
struct Listed {
    ints: Vec<i64>,
    texts: Vec<String>,
    with_null: bool,
}

impl Emitter<'_> {
    pub(super) fn in_list(&mut self, select: &Select, left: &Expr, values: &[Operand], negated: bool) -> Result<()> {
        if let Expr::Field(field) = left
            && self.field(select, field)?.is_sealed()
        {
            return self.sealed_equality(select, field, values, negated);
        }
        let codec = self.codec(select, left)?;
        // A boolean is never null, and an aggregate may outgrow the whole numbers of a list.
        let is_listable = !matches!(left, Expr::Aggregate { .. }) && codec != Codec::Bool;
        let mut listed = Listed::default();
        let mut others = Vec::new();
        let mut seen = HashSet::new();
        for value in values {
            match value {
                Operand::Value(value) if is_listable => self.list(select, left, codec, value, &mut listed)?,
                other if seen.insert(other) => {
                    others.push(Cond::Compare { left: left.clone(), op: CompareOp::Eq, right: other.clone() });
                }
                _ => {}
            }
        }
        self.out.push("(");
        if is_listable {
            self.listed(select, left, codec, listed, negated)?;
        }
        if !others.is_empty() {
            self.out.push(match (is_listable, negated) {
                (false, _) => "",
                (true, true) => " AND ",
                (true, false) => " OR ",
            });
            // Part by part: as one disjunction they would be put together into this list again.
            self.parts(select, &others, negated, if negated { " AND " } else { " OR " })?;
        }
        self.out.push(")");
        Ok(())
    }

    fn list(&self, select: &Select, left: &Expr, codec: Codec, value: &Value, listed: &mut Listed) -> Result<()> {
        if value.is_null() || value.as_text() == Some("") {
            listed.with_null = true;
            return Ok(());
        }
        if let (Some(scale), Some(number)) = (scale_of(codec), value.as_decimal()) {
            // With more places than the field has, nothing equals it.
            let scaled = number
                .checked_mul(Decimal::from(10_i64.pow(u32::from(scale))))
                .filter(|scaled| scaled.fract().is_zero());
            listed.ints.extend(scaled.and_then(|scaled| i64::try_from(scaled).ok()));
            return Ok(());
        }
        match self.text_or(codec, value, self.is_case_sensitive(select, left)?)? {
            Param::Int(number) => listed.ints.push(number),
            Param::Text(text) => listed.texts.push(text),
            other => return Err(Error::internal(format!("{other:?} in a list"))),
        }
        Ok(())
    }

    fn listed(&mut self, select: &Select, left: &Expr, codec: Codec, listed: Listed, negated: bool) -> Result<()> {
        let exact = self.is_case_sensitive(select, left)?;
        let list = if codec.is_text() { Param::Texts(listed.texts) } else { Param::Ints(listed.ints) };
        self.out.push(if negated { "(NOT (" } else { "(" });
        self.equality_side(select, left, codec, exact)?;
        self.out.bind_list(list);
        self.out.push(if negated { ")" } else { "" });
        match (negated, listed.with_null) {
            (false, true) | (true, false) => {
                self.out.push(" OR ");
                self.expr(select, left)?;
                self.out.push(" IS NULL");
            }
            (true, true) => {
                self.out.push(" AND ");
                self.expr(select, left)?;
                self.out.push(" IS NOT NULL");
            }
            (false, false) => {}
        }
        self.out.push(")");
        Ok(())
    }
}
