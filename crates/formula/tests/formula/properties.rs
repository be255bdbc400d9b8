//! What holds for every formula: printing reads back, no text makes it panic, arithmetic is exact.

use crate::support::{compiled, evaluated, shown, with_context};
use formula::{BinaryOp, Change, CompileOptions, Expr, ExprKind, FUNCTIONS, Literal, Span, UnaryOp, parse};
use model::{Decimal, Value};
use proptest::prelude::*;
use rust_decimal::RoundingStrategy;

fn expr(kind: ExprKind) -> Expr {
    Expr { kind, span: Span::default() }
}

fn literals() -> impl Strategy<Value = Literal> {
    prop_oneof![
        (any::<u64>(), 0u32..12)
            .prop_map(|(digits, scale)| Literal::Number(Decimal::from_i128_with_scale(i128::from(digits), scale))),
        ".{0,12}".prop_map(Literal::Text),
        any::<bool>().prop_map(Literal::Boolean),
        Just(Literal::Null),
    ]
}

const OPERATORS: [BinaryOp; 14] = [
    BinaryOp::Or,
    BinaryOp::And,
    BinaryOp::Equal,
    BinaryOp::NotEqual,
    BinaryOp::Less,
    BinaryOp::LessOrEqual,
    BinaryOp::Greater,
    BinaryOp::GreaterOrEqual,
    BinaryOp::Add,
    BinaryOp::Subtract,
    BinaryOp::Concat,
    BinaryOp::Multiply,
    BinaryOp::Divide,
    BinaryOp::Power,
];

fn trees() -> impl Strategy<Value = Expr> {
    let field = proptest::sample::select(vec!["Amount", "Account.Name", "$User.Id", "_x", "AMOUNT:SUM"]);
    let leaf = prop_oneof![
        literals().prop_map(|literal| expr(ExprKind::Literal(literal))),
        field.prop_map(|path| expr(ExprKind::Field(path.split('.').map(str::to_owned).collect()))),
    ];
    leaf.prop_recursive(6, 40, 4, |inner| {
        let unary = proptest::sample::select(vec![UnaryOp::Plus, UnaryOp::Minus, UnaryOp::Not]);
        let binary = proptest::sample::select(OPERATORS.to_vec());
        let names = proptest::sample::select(vec!["IF", "len", "Unknown", "AND"]);
        prop_oneof![
            (unary, inner.clone()).prop_map(|(op, inner)| expr(ExprKind::Unary(op, Box::new(inner)))),
            (binary, inner.clone(), inner.clone()).prop_map(|(op, left, right)| expr(ExprKind::Binary(
                op,
                Box::new(left),
                Box::new(right)
            ))),
            (names, proptest::collection::vec(inner, 0..4))
                .prop_map(|(name, arguments)| expr(ExprKind::Call(name.to_owned(), arguments))),
        ]
    })
}

/// Pieces that formulas are made of, so that a random row of them gets far.
fn pieces() -> impl Strategy<Value = String> {
    let mut pieces: Vec<String> = FUNCTIONS.iter().map(|def| format!("{}(", def.name)).collect();
    let more = "( ) , + - * / ^ & && || ! = <> < >= 1 0 -1 2.5 99999999999999999999 'a' '' 'é' TRUE NULL Amount Name \
                StageName Interests__c CloseDate CreatedDate Start__c OwnerId IsWon Empty_Text__c Empty_Number__c NOT";
    pieces.extend(more.split_whitespace().map(str::to_owned));
    proptest::collection::vec(proptest::sample::select(pieces), 0..24).prop_map(|row| row.join(" "))
}

/// Well-typed calls of one function with arguments from the edges of each type.
fn calls() -> impl Strategy<Value = String> {
    let edges = proptest::sample::select(vec![
        "0",
        "-1",
        "0.5",
        "9999999999999999999999999999",
        "-9999999999999999999999999999",
        "''",
        "'a'",
        "'ab;cd'",
        "NULL",
        "TRUE",
        "Name",
        "Amount",
        "CloseDate",
        "DATE(1, 1, 1)",
        "DATE(9999, 12, 31)",
        "NOW()",
        "Start__c",
        "StageName",
        "Interests__c",
        "'Golf'",
        "OwnerId",
        "GEOLOCATION(90, -180)",
        "'mi'",
        "'2026-01-01'",
        "0.0000000000000000000000000001",
        "DATETIMEVALUE('9999-12-31 23:59:59')",
        "DATETIMEVALUE('0001-01-01 00:00:00')",
        "TIMEVALUE('00:00:00')",
    ]);
    let names = proptest::sample::select(FUNCTIONS.iter().map(|def| def.name).collect::<Vec<_>>());
    (names, proptest::collection::vec(edges, 0..5)).prop_map(|(name, edges)| format!("{name}({})", edges.join(", ")))
}

fn survives(source: &str) {
    let options = CompileOptions { during_write: true, ..CompileOptions::default() };
    match compiled(source, &options) {
        Ok(formula) => {
            let prior: Vec<Value> = Vec::new();
            let value = with_context(&formula, Change::Updated { prior: &prior }, |context| formula.evaluate(context));
            let trace = with_context(&formula, Change::Updated { prior: &prior }, |context| formula.explain(context));
            assert_eq!(trace.root.value, value);
        }
        Err(error) => assert!(error.position <= source.len() && source.is_char_boundary(error.position)),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1024, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_printed_reads_back_as_the_same_tree(tree in trees()) {
        let printed = tree.to_string();
        if printed.chars().count() <= formula::MAX_SOURCE_CHARS {
            let read = parse(&printed);
            prop_assert_eq!(read.as_ref(), Ok(&tree), "{}", printed);
            prop_assert_eq!(read.map(|tree| tree.to_string()), Ok(printed));
        }
    }

    #[test]
    fn no_text_makes_it_panic(source in "\\PC{0,60}") {
        survives(&source);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
        survives(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn no_row_of_pieces_makes_it_panic(source in pieces()) {
        survives(&source);
    }

    #[test]
    fn no_argument_makes_a_function_panic(source in calls(), other in calls()) {
        survives(&source);
        survives(&format!("{source} + {other}"));
        survives(&format!("{source} = {other}"));
    }

    #[test]
    fn arithmetic_is_that_of_exact_decimals(a in -999_999_999_999i64..999_999_999_999, b in 1i64..999_999_999, scale in 0u32..6) {
        let (a, b) = (Decimal::new(a, scale), Decimal::new(b, scale));
        let result = |op: &str| {
            let formula = compiled(&format!("({a}) {op} {b}"), &CompileOptions::default()).expect("a sum");
            evaluated(&formula)
        };
        for (op, expected) in [("+", a + b), ("-", a - b), ("*", a * b)] {
            prop_assert_eq!(result(op), Ok(Value::Number(expected)));
        }
        // 28 digits where decimals have up to 29: they differ by less than one in the 28th.
        let quotient = result("/").ok().and_then(|value| value.as_decimal()).expect("a quotient");
        let whole_digits = (a / b).trunc().mantissa().unsigned_abs().checked_ilog10().map_or(0, |log| log + 1);
        prop_assert!((quotient - a / b).abs() < Decimal::new(1, 28 - whole_digits));
        prop_assert!(quotient.mantissa().unsigned_abs() < 10u128.pow(28));
    }

    #[test]
    fn rounding_agrees_with_decimals_on_both_sides_of_the_point(number in any::<i64>(), scale in 0u32..10, digits in 0u32..8) {
        let number = Decimal::new(number, scale);
        let half_away = RoundingStrategy::MidpointAwayFromZero;
        let right = number.round_dp_with_strategy(digits, half_away);
        prop_assert_eq!(shown(&format!("ROUND({number}, {digits})")), right.normalize().to_string());
        let unit = Decimal::from(10i64.pow(digits));
        let left = (number / unit).round_dp_with_strategy(0, half_away) * unit;
        prop_assert_eq!(shown(&format!("ROUND({number}, -{digits})")), left.normalize().to_string());
    }

    #[test]
    fn a_whole_power_is_repeated_multiplication(base in -50i64..50, exponent in 0u32..12) {
        let expected = (0..exponent).fold(Decimal::ONE, |product, _| product * Decimal::from(base));
        prop_assert_eq!(shown(&format!("({base}) ^ {exponent}")), expected.to_string());
    }

    #[test]
    fn months_added_and_taken_away_keep_the_month(year in 1800i16..2200, month in 1i8..=12, day in 1i8..=28, months in -500i32..500) {
        let source = format!("ADDMONTHS(ADDMONTHS(DATE({year}, {month}, {day}), {months}), -({months})) - DATE({year}, {month}, 1)");
        let days: i64 = shown(&source).parse().expect("a number of days");
        prop_assert!((0..31).contains(&days), "{days}");
    }

    #[test]
    fn left_and_right_put_a_text_together(text in "\\PC{0,20}", at in 0usize..24) {
        let quoted = Literal::Text(text.clone()).to_string();
        let source = format!("LEFT({quoted}, {at}) & MID({quoted}, {at} + 1, 99) = {quoted}");
        prop_assert_eq!(shown(&source), "true");
    }
}
