//! Random formulas over random records.

use super::generate::{Choices, KINDS, formula as generate, returns};
use super::record::{by_database, by_evaluator, formula, values};
use crate::driver::Connection;
use crate::testing::Installed;
use formula::ExprKind;
use model::{FieldType, Value};

/// Formulas that are tried, or as many as the environment asks for.
fn cases() -> usize {
    std::env::var("HOLDFAST_FORMULA_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(400)
}

/// Where the first formula starts from; another value tries others.
fn seed() -> u64 {
    std::env::var("HOLDFAST_FORMULA_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(7)
}

const RECORDS: usize = 6;

#[test]
fn the_evaluator_and_both_stores_agree_on_random_formulas() {
    for installed in [Installed::embedded(), Installed::postgres()] {
        let org = installed.create_org();
        let mut tried = 0;
        let mut choices = Choices::new(seed());
        while tried < cases() {
            let kind = KINDS[choices.below(KINDS.len())];
            let levels = 1 + choices.below(4);
            let source = generate(kind, levels, &mut choices);
            let wanted = returns(kind, &mut choices);
            // Too deep, or a NULL where no type can be told: the language refuses it.
            let Ok(compiled) = formula(&source, &wanted) else { continue };
            tried += 1;
            let records: Vec<Vec<Value>> =
                (0..RECORDS).map(|_| values(&compiled, |count| choices.below(count))).collect();
            org.with_writer(|connection| {
                if let Some(difference) = differs(connection, &source, &wanted, &records) {
                    let smallest = smallest(connection, &compiled, &records).unwrap_or(difference);
                    panic!("{:?}: {smallest}\nin {source}", connection.dialect());
                }
                Ok(())
            })
            .expect("a connection");
        }
    }
}

/// What the evaluator and the database say, where they do not say the same.
fn differs(
    connection: &mut dyn Connection,
    source: &str,
    wanted: &FieldType,
    records: &[Vec<Value>],
) -> Option<String> {
    let compiled = formula(source, wanted).ok()?;
    let found = match by_database(connection, &compiled, records) {
        Ok(found) => found,
        Err(error) => return Some(format!("{source} fails: {error:?}")),
    };
    records.iter().zip(found).find_map(|(values, found)| {
        let expected = by_evaluator(&compiled, values);
        (expected != found)
            .then(|| format!("{source} ({wanted:?}) over {values:?}: evaluator {expected:?}, database {found:?}"))
    })
}

/// The smallest part of a formula that differs by itself.
fn smallest(connection: &mut dyn Connection, whole: &formula::Formula, records: &[Vec<Value>]) -> Option<String> {
    let mut parts = Vec::new();
    collect(&formula::parse(whole.source()).ok()?, &mut parts);
    parts.sort_by_key(String::len);
    let types = [
        FieldType::Number { precision: 18, scale: 12 },
        FieldType::Number { precision: 18, scale: 0 },
        FieldType::Text { length: 1300 },
        FieldType::Boolean,
        FieldType::Date,
        FieldType::DateTime,
        FieldType::Time,
    ];
    parts.iter().find_map(|part| {
        types.iter().find_map(|wanted| {
            let own = formula(part, wanted).ok()?;
            // The part reads some of the fields of the whole.
            let picked: Vec<Vec<Value>> = records
                .iter()
                .map(|values| {
                    own.fields()
                        .iter()
                        .map(|used| {
                            let at = whole.fields().iter().position(|known| known.path == used.path);
                            at.and_then(|at| values.get(at)).cloned().unwrap_or_default()
                        })
                        .collect()
                })
                .collect();
            differs(connection, part, wanted, &picked)
        })
    })
}

fn collect(expr: &formula::Expr, parts: &mut Vec<String>) {
    parts.push(expr.to_string());
    match &expr.kind {
        ExprKind::Literal(_) | ExprKind::Field(_) => {}
        ExprKind::Unary(_, inner) => collect(inner, parts),
        ExprKind::Binary(_, left, right) => {
            collect(left, parts);
            collect(right, parts);
        }
        ExprKind::Call(_, arguments) => arguments.iter().for_each(|argument| collect(argument, parts)),
    }
}
