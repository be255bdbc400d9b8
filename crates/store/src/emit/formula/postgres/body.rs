//! One formula on its way to SQL: expressions nested into one another as far as they go, and before them the statements
//! of a function where something can fail or an order counts.

use super::{NOW, ZONE};
use formula::{Conversion, FieldSlot, Formula, Node, Type, TypedExpr};
use model::{Decimal, Error, FieldType, Result, Value};

/// A value in SQL: numbers as `numeric`, texts as `text` (never empty), flags as `boolean`, all else as `bigint`.
#[derive(Debug, Clone)]
pub(super) struct Operand {
    pub(super) sql: String,
    /// A name or a constant, which may be repeated.
    pub(super) is_atom: bool,
    pub(super) is_nullable: bool,
    /// The most digits before and after the point; `None` where they are not known beforehand.
    pub(super) digits: Option<Digits>,
    /// The most characters of a text.
    pub(super) most_chars: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Digits {
    pub(super) whole: u32,
    pub(super) places: u32,
}

impl Digits {
    pub(super) fn new(whole: u32, places: u32) -> Self {
        Self { whole, places }
    }

    /// Whether every number of so many digits is held exactly, so that arithmetic can neither round nor fail.
    pub(super) fn is_exact(self) -> bool {
        self.whole + self.places <= 28
    }

    pub(super) fn either(a: Option<Self>, b: Option<Self>) -> Option<Self> {
        let (a, b) = (a?, b?);
        Some(Self { whole: a.whole.max(b.whole), places: a.places.max(b.places) })
    }
}

impl Operand {
    pub(super) fn new(sql: impl Into<String>) -> Self {
        Self { sql: sql.into(), is_atom: false, is_nullable: true, digits: None, most_chars: None }
    }

    fn atom(sql: impl Into<String>) -> Self {
        Self { is_atom: true, ..Self::new(sql) }
    }

    pub(super) fn never_null(mut self) -> Self {
        self.is_nullable = false;
        self
    }

    pub(super) fn nullable(mut self, is_nullable: bool) -> Self {
        self.is_nullable = is_nullable;
        self
    }

    pub(super) fn digits(mut self, digits: Option<Digits>) -> Self {
        self.digits = digits.filter(|digits| digits.is_exact());
        self
    }

    pub(super) fn chars(mut self, most: Option<u64>) -> Self {
        self.most_chars = most;
        self
    }
}

/// The word for a type in declarations.
pub(super) fn word(ty: Type) -> &'static str {
    match ty {
        Type::Number => "numeric",
        Type::Text | Type::Picklist | Type::MultiPicklist | Type::Null => "text",
        Type::Boolean => "boolean",
        Type::Date | Type::DateTime | Type::Time | Type::Id | Type::Location => "bigint",
    }
}

/// What a function of the platform's gives back in place of a value when it fails; null stays blank.
pub(super) fn failed(sql: &str, ty: Type) -> String {
    match ty {
        Type::Number => format!("{sql} = 'NaN'::numeric"),
        _ => format!("{sql} = -9223372036854775808"),
    }
}

pub(super) struct Body<'a> {
    formula: &'a Formula,
    lines: Vec<String>,
    variables: Vec<&'static str>,
}

impl<'a> Body<'a> {
    pub(super) fn new(formula: &'a Formula) -> Self {
        Self { formula, lines: Vec::new(), variables: Vec::new() }
    }

    /// Whether an expression says it all.
    pub(super) fn is_plain(&self) -> bool {
        self.lines.is_empty()
    }

    /// Name and type of each parameter of the function, and what a call hands over.
    pub(super) fn parameters(&self) -> Vec<(String, &'static str, String)> {
        let fields = self.formula.fields().iter().enumerate().map(|(at, used)| {
            let word = if used.data_type.is_text() { "text" } else { "bigint" };
            (format!("f{at}"), word, format!("$f{at}$"))
        });
        fields
            .chain([("now_ms".to_owned(), "bigint", NOW.to_owned()), ("zone".to_owned(), "text", ZONE.to_owned())])
            .collect()
    }

    /// The body of the function that returns `result`.
    pub(super) fn function_text(&self, result: &str) -> String {
        let mut text = String::new();
        if !self.variables.is_empty() {
            text.push_str("DECLARE\n");
            for (at, word) in self.variables.iter().enumerate() {
                text.push_str(&format!("  v{at} {word};\n"));
            }
        }
        text.push_str("BEGIN\n");
        for line in self.lines.iter().map(String::as_str).chain([format!("RETURN {result};").as_str()]) {
            text.push_str(&format!("  {}\n", named(line)));
        }
        text.push_str("END\n");
        text
    }

    pub(super) fn line(&mut self, line: impl Into<String>) {
        self.lines.push(line.into());
    }

    /// Ends the function without a value when the condition holds.
    pub(super) fn fail_if(&mut self, condition: &str) {
        // In parentheses: the server would take a THEN inside the condition for the end of it.
        self.line(format!("IF ({condition}) THEN RETURN NULL; END IF;"));
    }

    pub(super) fn variable(&mut self, ty: Type) -> String {
        self.variables.push(word(ty));
        format!("v{}", self.variables.len() - 1)
    }

    /// The operand under a name that may be repeated.
    pub(super) fn named(&mut self, operand: Operand, ty: Type) -> Operand {
        if operand.is_atom {
            return operand;
        }
        let name = self.variable(ty);
        self.line(format!("{name} := {};", operand.sql));
        Operand { sql: name, is_atom: true, ..operand }
    }

    /// The result of a function of the platform's that can fail.
    pub(super) fn checked(&mut self, sql: impl Into<String>, ty: Type) -> Operand {
        let result = self.named(Operand::new(sql), ty);
        self.fail_if(&failed(&result.sql, ty));
        result
    }

    /// An expression whose statements, if it needs any, are kept apart: it may not be evaluated at all.
    pub(super) fn branch(&mut self, expr: &TypedExpr) -> Result<(Vec<String>, Operand)> {
        let before = std::mem::take(&mut self.lines);
        let operand = self.expr(expr);
        let lines = std::mem::replace(&mut self.lines, before);
        Ok((lines, operand?))
    }

    pub(super) fn lines(&mut self, lines: Vec<String>) {
        self.lines.extend(lines);
    }

    pub(super) fn expr(&mut self, expr: &TypedExpr) -> Result<Operand> {
        match &expr.node {
            Node::Constant(value) => constant(value, expr.ty),
            Node::Field(slot) => self.field(*slot),
            Node::Convert(conversion, inner) => self.convert(*conversion, inner),
            Node::Negate(inner) => {
                let inner = self.expr(inner)?;
                Ok(Operand::new(format!("(- {})", inner.sql)).nullable(inner.is_nullable).digits(inner.digits))
            }
            Node::Operator(operator, left, right) => self.operator(*operator, left, right),
            Node::Call(function, arguments) => self.call(*function, expr.ty, arguments),
            Node::Nested(nested) => self.expr(&nested.expr),
        }
    }

    /// A column as expressions work with it.
    fn field(&mut self, slot: FieldSlot) -> Result<Operand> {
        let used = self
            .formula
            .fields()
            .get(slot.index())
            .ok_or_else(|| Error::internal("a formula without the field it reads"))?;
        let column = format!("$f{}$", slot.index());
        let data_type = &used.data_type;
        Ok(match Type::of_field(data_type) {
            Some(Type::Number) => {
                let (precision, scale) = (u32::from(data_type.precision()), u32::from(data_type.scale()));
                // A whole-number field takes what 32 bits hold.
                let precision = if *data_type.value_type() == FieldType::Int { 10 } else { precision };
                let digits = Digits::new(precision.saturating_sub(scale), scale);
                let sql = match scale {
                    0 => format!("{column}::numeric"),
                    scale => format!("({column} * {})", unit(scale)),
                };
                Operand::new(sql).digits(Some(digits))
            }
            Some(Type::Boolean) => Operand::new(format!("({column} = 1)")).nullable(true),
            Some(Type::Text | Type::Picklist | Type::MultiPicklist) => {
                Operand::atom(column).chars(Some(u64::from(data_type.length())))
            }
            _ => Operand::atom(column),
        })
    }

    fn convert(&mut self, conversion: Conversion, inner: &TypedExpr) -> Result<Operand> {
        let ty = inner.ty;
        let inner = self.expr(inner)?;
        Ok(match conversion {
            Conversion::IdToText => {
                Operand::new(format!("left(hf_id_text({}), 15)", inner.sql)).nullable(inner.is_nullable).chars(Some(15))
            }
            Conversion::PercentToFraction => {
                let digits = inner.digits.map(|digits| Digits::new(digits.whole, digits.places + 2));
                Operand::new(format!("({} * 0.01)", inner.sql)).nullable(inner.is_nullable).digits(digits)
            }
            Conversion::FractionToPercent => {
                let digits = inner.digits.map(|digits| Digits::new(digits.whole + 2, digits.places));
                Operand::new(format!("({} * 100)", inner.sql)).nullable(inner.is_nullable).digits(digits)
            }
            Conversion::BlankToZero if inner.is_nullable => {
                Operand::new(format!("COALESCE({}, 0)", inner.sql)).never_null().digits(inner.digits)
            }
            Conversion::BlankToFalse if inner.is_nullable => {
                Operand::new(format!("COALESCE({}, FALSE)", inner.sql)).never_null()
            }
            Conversion::BlankToZero | Conversion::BlankToFalse => inner,
            Conversion::Fit { precision, scale } => self.fit(inner, u32::from(precision), u32::from(scale)),
            Conversion::FitText { length } => {
                if inner.most_chars.is_some_and(|most| most <= u64::from(length)) {
                    return Ok(inner);
                }
                let text = self.named(inner, ty);
                self.fail_if(&format!("char_length({}) > {length}", text.sql));
                text.chars(Some(u64::from(length)))
            }
        })
    }

    /// A number as the field of a formula inside this one would hold it.
    fn fit(&mut self, number: Operand, precision: u32, scale: u32) -> Operand {
        let whole = precision.saturating_sub(scale);
        let fits = |digits: Digits| {
            let carried = if digits.places > scale { digits.whole + 1 } else { digits.whole };
            carried <= whole
        };
        let digits = Some(Digits::new(whole, scale));
        let rounded = Operand::new(format!("round({}, {scale})", number.sql)).nullable(number.is_nullable);
        if number.digits.is_some_and(fits) {
            return rounded.digits(digits);
        }
        let named = self.named(rounded, Type::Number);
        self.fail_if(&format!("abs({}) >= {}::numeric", named.sql, power_of_ten(whole)));
        named.digits(digits)
    }

    /// A number brought to 28 digits; too big a one ends the function.
    pub(super) fn rounded(&mut self, sql: String, is_nullable: bool, digits: Option<Digits>) -> Operand {
        match digits.filter(|digits| digits.is_exact()) {
            Some(digits) => Operand::new(sql).nullable(is_nullable).digits(Some(digits)),
            None => self.checked(format!("hf_digits({sql})"), Type::Number).nullable(is_nullable),
        }
    }

    /// A text that a step made: never empty, and not too long.
    pub(super) fn settled(&mut self, sql: String, most: Option<u64>) -> Operand {
        let text = Operand::new(format!("NULLIF({sql}, '')")).chars(most);
        if most.is_some_and(|most| most <= formula::MAX_TEXT_CHARS as u64) {
            return text;
        }
        let text = self.named(text, Type::Text);
        self.fail_if(&format!("char_length({}) > {}", text.sql, formula::MAX_TEXT_CHARS));
        text
    }
}

/// Parameters of the function in place of the marks of a statement.
fn named(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    for (at, piece) in line.split('$').enumerate() {
        match (at % 2, piece) {
            (1, "now") => out.push_str("now_ms"),
            (_, piece) => out.push_str(piece),
        }
    }
    out
}

fn constant(value: &Value, ty: Type) -> Result<Operand> {
    Ok(match value {
        Value::Null => Operand::atom(format!("NULL::{}", word(ty))).digits(Some(Digits::new(0, 0))).chars(Some(0)),
        Value::Bool(flag) => Operand::atom(if *flag { "TRUE" } else { "FALSE" }).never_null(),
        Value::Number(number) => {
            Operand::atom(format!("({number})::numeric")).never_null().digits(Some(digits_of(*number)))
        }
        Value::Text(text) => Operand::atom(quoted(text)).never_null().chars(Some(text.chars().count() as u64)),
        Value::Id(id) => Operand::atom(format!("{}::bigint", id.as_i64())).never_null(),
        other => return Err(Error::internal(format!("{other:?} is no constant of a formula"))),
    })
}

fn digits_of(number: Decimal) -> Digits {
    let whole = number.trunc().mantissa().unsigned_abs().checked_ilog10().map_or(0, |log| log + 1);
    Digits::new(whole, number.scale())
}

/// A text as a constant in which no character can mean anything else.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::from("E'");
    for c in text.chars() {
        match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' | ' ' | '.' | ',' | '-' | '_' | ':' | '/' => out.push(c),
            // PostgreSQL has no such character; nothing stored can contain it.
            '\0' => out.push('\u{fffd}'),
            other => out.push_str(&format!("\\U{:08x}", u32::from(other))),
        }
    }
    out.push('\'');
    out
}

/// `0.01` for two places.
fn unit(places: u32) -> String {
    format!("0.{}1", "0".repeat(places.saturating_sub(1) as usize))
}

pub(super) fn power_of_ten(exponent: u32) -> String {
    format!("1{}", "0".repeat(exponent as usize))
}
