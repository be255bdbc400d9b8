//! Formulas as SQL of PostgreSQL, exact to the last digit.
//!
//! A formula in which nothing can fail and no order of evaluation counts is written into the statement as an
//! expression. Any other becomes a function in the org's schema, whose control flow is that of the evaluator: a step
//! that fails returns no value at once. The function is named after its own text, so a formula that was changed calls
//! another function, and what was once made never means something else.

mod body;
mod date;
mod logic;
mod math;
mod operators;
mod text;

use self::body::{Body, Operand};
use super::compiled;
use crate::codec::Codec;
use crate::driver::{Connection, Dialect, collect};
use crate::read::text_column;
use formula::{Conversion, Formula, Node, Type};
use model::{FieldType, OrgSchema, Result};
use sha2::{Digest, Sha256};
use std::collections::HashSet;

/// What stands for the present and for the reader's zone until a statement puts its parameters there.
const NOW: &str = "$now$";
const ZONE: &str = "$zone$";

/// A formula ready to stand in statements.
struct Written {
    /// Over `f0`, `f1`, … and the marks of present and zone.
    expression: String,
    /// The function that the expression calls, if it calls one of its own.
    function: Option<Function>,
}

struct Function {
    name: String,
    create: String,
}

/// The value of a formula, `leaves` being the columns that it reads.
pub(super) fn value(formula: &Formula, leaves: &[String], now: &str, zone: &str) -> Result<String> {
    let written = write(formula)?;
    let mut text = String::with_capacity(written.expression.len() * 2);
    let mut rest = written.expression.as_str();
    // Constants are escaped, so that a dollar sign is a mark of ours.
    while let Some(at) = rest.find('$') {
        text.push_str(&rest[..at]);
        let mark = rest[at + 1..].find('$').map_or(rest.len(), |end| at + end + 2);
        match &rest[at..mark] {
            NOW => text.push_str(now),
            ZONE => text.push_str(zone),
            leaf => {
                let number: Option<usize> = leaf.trim_matches('$').trim_start_matches('f').parse().ok();
                text.push_str(number.and_then(|number| leaves.get(number)).map_or("NULL", String::as_str));
            }
        }
        rest = &rest[mark..];
    }
    text.push_str(rest);
    Ok(text)
}

/// Whether a formula looks at the clock, and at the zone.
pub(super) fn uses(formula: &Formula) -> Result<(bool, bool)> {
    let written = write(formula)?;
    Ok((written.expression.contains(NOW), written.expression.contains(ZONE)))
}

fn write(formula: &Formula) -> Result<Written> {
    let mut body = Body::new(formula);
    let returns = formula.returns().cloned().unwrap_or(FieldType::Text { length: 0 });
    let expression = stored(&mut body, formula, &returns)?;
    if body.is_plain() {
        return Ok(Written { expression, function: None });
    }
    let word = if Codec::of(&returns)?.is_text() { "text" } else { "bigint" };
    let parameters = body.parameters();
    let signature: Vec<String> = parameters.iter().map(|(name, word, _)| format!("{name} {word}")).collect();
    let text = body.function_text(&expression);
    let digest = hex::encode(Sha256::digest(format!("{} {word} {text}", signature.join(", ")).as_bytes()));
    let name = format!("hf_formula_{}", &digest[..24]);
    let tag = format!("$hf_{}$", &digest[24..32]);
    let create = format!(
        "CREATE OR REPLACE FUNCTION {name}({}) RETURNS {word} LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS {tag}\n{text}{tag}",
        signature.join(", ")
    );
    let arguments: Vec<&str> = parameters.iter().map(|(_, _, argument)| argument.as_str()).collect();
    let call = format!("{name}({})", arguments.join(", "));
    // A step that failed leaves no value, and a checkbox always has one.
    let expression = if Codec::of(&returns)? == Codec::Bool { format!("COALESCE({call}, 0)") } else { call };
    Ok(Written { expression, function: Some(Function { name, create }) })
}

/// The result in the form in which columns hold it.
fn stored(body: &mut Body<'_>, formula: &Formula, returns: &FieldType) -> Result<String> {
    let expr = formula.expr();
    // The last conversion of all needs no early return: where it fails there is no value.
    Ok(match (&expr.node, returns) {
        (Node::Convert(Conversion::Fit { precision, scale }, inner), _) => {
            let number = body.expr(inner)?;
            format!("hf_scaled({}, {}, {scale})", number.sql, precision.saturating_sub(*scale))
        }
        (Node::Convert(Conversion::FitText { length }, inner), _) => {
            let text = body.expr(inner)?;
            match text.most_chars.is_some_and(|most| most <= u64::from(*length)) {
                true => text.sql,
                false => format!("hf_short({}, {length})", text.sql),
            }
        }
        _ => {
            let Operand { sql, .. } = body.expr(expr)?;
            if expr.ty == Type::Boolean { format!("COALESCE({sql}, FALSE)::int::bigint") } else { sql }
        }
    })
}

/// Makes the functions of formulas that the org's schema lacks. Those that no formula calls any more are dropped when
/// `tidy` says that nobody works with older metadata.
pub(crate) fn ensure_functions(connection: &mut dyn Connection, schema: &OrgSchema, tidy: bool) -> Result<()> {
    if connection.dialect() != Dialect::Postgres {
        return Ok(());
    }
    let present: HashSet<String> = collect(
        connection,
        "SELECT p.proname::text FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace \
         WHERE n.nspname = current_schema() AND p.proname LIKE 'hf\\_formula\\_%'",
        &[],
        |row| text_column(row, 0),
    )?
    .into_iter()
    .collect();
    let mut wanted = HashSet::new();
    for object in schema.objects() {
        for field in object.fields.iter().filter(|field| matches!(field.data_type(), FieldType::Formula { .. })) {
            // An unsound formula is refused, in words, by whoever changes the metadata; it never gets to be asked for.
            let Ok(formula) = compiled(schema, object.ix, field) else { continue };
            let Some(function) = write(&formula)?.function else { continue };
            if !present.contains(&function.name) && !wanted.contains(&function.name) {
                connection.batch(&function.create)?;
            }
            wanted.insert(function.name);
        }
    }
    if tidy {
        for name in present.difference(&wanted) {
            connection.batch(&format!("DROP FUNCTION {name}"))?;
        }
    }
    Ok(())
}

/// Makes the function of one formula, if it needs one.
#[cfg(test)]
pub(super) fn create_for_test(connection: &mut dyn Connection, formula: &Formula) -> Result<()> {
    match write(formula)?.function {
        Some(function) => connection.batch(&function.create),
        None => Ok(()),
    }
}
