//! Calls: conditions, choices and blanks here, the other families in their own files.

use super::body::{Body, Digits, Operand};
use formula::{Family, Function, Node, Type, TypedExpr};
use model::{Error, Result, Value};

impl Body<'_> {
    pub(super) fn call(&mut self, function: Function, ty: Type, arguments: &[TypedExpr]) -> Result<Operand> {
        match function {
            Function::And => self.junction(arguments, true),
            Function::Or => self.junction(arguments, false),
            Function::If => self.choice(ty, arguments),
            Function::Case => self.case(ty, arguments),
            Function::BlankValue => self.substitute(ty, arguments),
            Function::NullValue if arguments[0].ty == Type::Text => self.expr(&arguments[0]),
            Function::NullValue => self.substitute(ty, arguments),
            Function::Not => {
                let inner = self.expr(&arguments[0])?;
                Ok(Operand::new(format!("(NOT {})", inner.sql)).nullable(inner.is_nullable))
            }
            Function::IsBlank => Ok(is_null(&self.expr(&arguments[0])?)),
            Function::IsNull => {
                let inner = self.expr(&arguments[0])?;
                let never = arguments[0].ty == Type::Text;
                Ok(if never { Operand::new("FALSE").never_null() } else { is_null(&inner) })
            }
            Function::IsPickval => {
                let (picked, wanted) = (self.expr(&arguments[0])?, self.expr(&arguments[1])?);
                Ok(self.equal((Type::Text, picked), (Type::Text, wanted)))
            }
            Function::Includes => {
                let picked = self.expr(&arguments[0])?;
                if matches!(arguments[1].node, Node::Constant(Value::Null)) {
                    return Ok(is_null(&picked));
                }
                let wanted = self.expr(&arguments[1])?;
                let sql = format!("COALESCE({} = ANY(string_to_array({}, ';')), FALSE)", wanted.sql, picked.sql);
                Ok(Operand::new(sql).never_null())
            }
            // Every version of the language that reaches a store is one of reading.
            Function::IsNew | Function::IsChanged | Function::PriorValue => {
                Err(Error::internal("a formula field that asks about a write"))
            }
            other => match other.def().family {
                Family::Math => self.math(other, arguments),
                Family::Date => self.date(other, arguments),
                Family::Text | Family::Logic | Family::Record => self.text(other, arguments),
            },
        }
    }

    /// AND when `all`, else OR: in order, and no further than it takes to decide.
    fn junction(&mut self, conditions: &[TypedExpr], all: bool) -> Result<Operand> {
        let mut parts = Vec::with_capacity(conditions.len());
        for condition in conditions {
            let (lines, operand) = self.branch(condition)?;
            let sql = if operand.is_nullable { format!("COALESCE({}, FALSE)", operand.sql) } else { operand.sql };
            parts.push((lines, sql));
        }
        if parts.iter().skip(1).all(|(lines, _)| lines.is_empty()) {
            let first = parts.first_mut().map(|(lines, _)| std::mem::take(lines)).unwrap_or_default();
            self.lines(first);
            let tests: Vec<String> = parts.into_iter().map(|(_, sql)| sql).collect();
            return Ok(Operand::new(format!("({})", tests.join(if all { " AND " } else { " OR " }))).never_null());
        }
        let decided = self.variable(Type::Boolean);
        self.line(format!("{decided} := {};", if all { "FALSE" } else { "TRUE" }));
        let count = parts.len();
        for (lines, sql) in parts {
            self.lines(lines);
            self.line(format!("IF {}({sql}) THEN", if all { "" } else { "NOT " }));
        }
        self.line(format!("{decided} := {};", if all { "TRUE" } else { "FALSE" }));
        (0..count).for_each(|_| self.line("END IF;"));
        Ok(Operand { is_atom: true, ..Operand::new(decided).never_null() })
    }

    fn choice(&mut self, ty: Type, arguments: &[TypedExpr]) -> Result<Operand> {
        let condition = self.expr(&arguments[0])?;
        let (then_lines, then) = self.branch(&arguments[1])?;
        let (else_lines, otherwise) = self.branch(&arguments[2])?;
        let shape = joined(&[&then, &otherwise]);
        if then_lines.is_empty() && else_lines.is_empty() {
            let sql = format!("CASE WHEN {} THEN {} ELSE {} END", condition.sql, then.sql, otherwise.sql);
            return Ok(Operand { sql, ..shape });
        }
        let value = self.variable(ty);
        self.line(format!("IF ({}) THEN", condition.sql));
        self.lines(then_lines);
        self.line(format!("{value} := {};", then.sql));
        self.line("ELSE");
        self.lines(else_lines);
        self.line(format!("{value} := {};", otherwise.sql));
        self.line("END IF;");
        Ok(Operand { sql: value, is_atom: true, ..shape })
    }

    fn substitute(&mut self, ty: Type, arguments: &[TypedExpr]) -> Result<Operand> {
        let value = self.expr(&arguments[0])?;
        let (lines, otherwise) = self.branch(&arguments[1])?;
        let shape = joined(&[&value, &otherwise]).nullable(value.is_nullable && otherwise.is_nullable);
        if lines.is_empty() {
            return Ok(Operand { sql: format!("COALESCE({}, {})", value.sql, otherwise.sql), ..shape });
        }
        let result = self.variable(ty);
        self.line(format!("{result} := {};", value.sql));
        self.line(format!("IF {result} IS NULL THEN"));
        self.lines(lines);
        self.line(format!("{result} := {};", otherwise.sql));
        self.line("END IF;");
        Ok(Operand { sql: result, is_atom: true, ..shape })
    }

    fn case(&mut self, ty: Type, arguments: &[TypedExpr]) -> Result<Operand> {
        let last = arguments.len() - 1;
        let subject_ty = arguments[0].ty;
        let subject = self.expr(&arguments[0])?;
        let subject = self.named(subject, subject_ty);
        let mut arms = Vec::new();
        for at in (1..last).step_by(2) {
            let (value_lines, value) = self.branch(&arguments[at])?;
            let test = if matches!(arguments[at].node, Node::Constant(Value::Null)) {
                // A literal NULL asks for blank, whatever the type.
                is_null(&subject)
            } else {
                self.equal((subject_ty, subject.clone()), (arguments[at].ty, value))
            };
            let (lines, result) = self.branch(&arguments[at + 1])?;
            arms.push((value_lines, test.sql, lines, result));
        }
        let (else_lines, otherwise) = self.branch(&arguments[last])?;
        let results: Vec<&Operand> = arms.iter().map(|(.., result)| result).chain([&otherwise]).collect();
        let shape = joined(&results);
        let plain =
            else_lines.is_empty() && arms.iter().all(|(before, _, after, _)| before.is_empty() && after.is_empty());
        if plain {
            let whens: String =
                arms.iter().map(|(_, test, _, result)| format!(" WHEN {test} THEN {}", result.sql)).collect();
            return Ok(Operand { sql: format!("CASE{whens} ELSE {} END", otherwise.sql), ..shape });
        }
        let value = self.variable(ty);
        let count = arms.len();
        for (value_lines, test, lines, result) in arms {
            self.lines(value_lines);
            self.line(format!("IF ({test}) THEN"));
            self.lines(lines);
            self.line(format!("{value} := {};", result.sql));
            self.line("ELSE");
        }
        self.lines(else_lines);
        self.line(format!("{value} := {};", otherwise.sql));
        (0..count).for_each(|_| self.line("END IF;"));
        Ok(Operand { sql: value, is_atom: true, ..shape })
    }
}

fn is_null(operand: &Operand) -> Operand {
    Operand::new(format!("({} IS NULL)", operand.sql)).never_null()
}

/// What is known of a value that is one of several.
fn joined(operands: &[&Operand]) -> Operand {
    let digits = operands.iter().map(|operand| operand.digits).reduce(Digits::either).flatten();
    let chars = operands.iter().map(|operand| operand.most_chars).reduce(|a, b| Some(a?.max(b?))).flatten();
    Operand::new("").nullable(operands.iter().any(|operand| operand.is_nullable)).digits(digits).chars(chars)
}
