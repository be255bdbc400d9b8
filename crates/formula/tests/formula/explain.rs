//! The steps of an evaluation, for "why is it so".

use crate::support::{compiled, with_context};
use formula::{Change, CompileOptions, Fault, Step, Trace};

fn explained(source: &str) -> Trace {
    let formula = compiled(source, &CompileOptions::default()).expect("a sound formula");
    with_context(&formula, Change::None, |context| formula.explain(context))
}

fn lines(trace: &Trace) -> Vec<String> {
    fn walk(step: &Step, depth: usize, out: &mut Vec<String>) {
        let value = match &step.value {
            Ok(value) => value.to_plain(),
            Err(error) => error.marker().to_owned(),
        };
        out.push(format!("{}{} → {value}", "  ".repeat(depth), step.text));
        for input in &step.inputs {
            walk(input, depth + 1, out);
        }
    }
    let mut out = Vec::new();
    walk(&trace.root, 0, &mut out);
    out
}

#[test]
fn each_step_shows_its_text_and_its_value() {
    assert_eq!(
        lines(&explained("IF(Amount > 1000, Amount * (1 - Discount__c), 1/0)")),
        [
            "IF(Amount > 1000, Amount * (1 - Discount__c), 1/0) → 1080.1875",
            "  Amount > 1000 → true",
            "    Amount → 1234.5",
            "    1000 → 1000",
            "  Amount * (1 - Discount__c) → 1080.1875",
            "    Amount → 1234.5",
            "    (1 - Discount__c) → 0.875",
            "      1 → 1",
            "      Discount__c → 0.125",
        ]
    );
}

#[test]
fn an_error_is_shown_where_it_arose_and_all_the_way_up() {
    let trace = explained("1 + LEN('ab') / (2 - 2)");
    assert_eq!(
        lines(&trace),
        [
            "1 + LEN('ab') / (2 - 2) → #Error!",
            "  1 → 1",
            "  LEN('ab') / (2 - 2) → #Error!",
            "    LEN('ab') → 2",
            "      'ab' → ab",
            "    (2 - 2) → 0",
            "      2 → 2",
            "      2 → 2",
        ]
    );
    let error = trace.root.value.expect_err("a division by zero");
    assert_eq!((error.fault, error.span.slice(&trace.source)), (Fault::DivisionByZero, "LEN('ab') / (2 - 2)"));
}

#[test]
fn an_explanation_comes_to_the_value_of_the_evaluation() {
    for source in ["CASE(StageName, 'Open', 1, 2) + Amount", "Name & TEXT(TODAY())", "VALUE(Name)", "OR(IsWon, FALSE)"]
    {
        let formula = compiled(source, &CompileOptions::default()).expect("a sound formula");
        let value = with_context(&formula, Change::None, |context| formula.evaluate(context));
        assert_eq!(explained(source).root.value, value, "{source}");
    }
}
