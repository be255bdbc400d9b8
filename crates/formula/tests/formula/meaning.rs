//! What formulas mean: operators, blanks, ids, percents, results, writes.

use crate::support::{compiled, evaluated, shown, shown_with, values, with_context};
use formula::markup::{self, Part};
use formula::{Blanks, Change, CompileOptions, Type};
use model::{FieldType, Value};

fn table(rows: &[(&str, &str)]) {
    for (source, expected) in rows {
        assert_eq!(shown(source), *expected, "{source}");
    }
}

#[test]
fn operators_bind_as_in_mathematics() {
    table(&[
        ("2 + 3 * 4", "14"),
        ("2 * 3 ^ 2", "18"),
        ("2 ^ 3 ^ 2", "64"),
        ("-2 ^ 2", "4"),
        ("10 - 4 - 3", "3"),
        ("100 / 10 / 5", "2"),
        ("1 + 1 & ''", "refused at 0: Incorrect parameter type for operator '&'. Expected Text, received Number"),
        ("1 < 2 && 2 < 3 || FALSE", "true"),
        ("TRUE || TRUE && FALSE", "true"),
        ("1 + 1 = 2", "true"),
        ("NOT 1 = 2", "refused at 4: Incorrect parameter type for function 'NOT()'. Expected Boolean, received Number"),
        ("NOT(1 = 2)", "true"),
        ("+5 - -3", "8"),
    ]);
}

#[test]
fn numbers_are_exact() {
    table(&[
        ("0.1 + 0.2 = 0.3", "true"),
        ("1.10 - 1", "0.1"),
        ("1 / 3 * 3", "0.9999999999999999999999999999"),
        ("1.05 ^ 2", "1.1025"),
        ("10 ^ -2", "0.01"),
        ("0 ^ 0", "1"),
        ("2 ^ 0.5", "1.4142135623731"),
        ("4 ^ -0.5", "0.5"),
        ("10 ^ 27 * 10", "#Too Big! The number is too big"),
        ("10 ^ 28", "#Too Big! The number is too big"),
        ("1 / 0", "#Error! Division by zero"),
        ("0 ^ -1", "#Error! Division by zero"),
        ("(-8) ^ 0.5", "#Error! ^ has no result for this number"),
        ("10 ^ -40", "0"),
        ("0.0000000000000000000000000001 ^ -3", "#Too Big! The number is too big"),
        ("FLOOR(1 / 9 * 9) + CEILING(5 / 9 * 9) + MFLOOR(-1 / 9 * 9) + MCEILING(5 / 9 * 9)", "10"),
        ("SIN(3.141592653589793)", "0.0000000000000001224646799147"),
        ("EXP(-60)", "0.0000000000000000000000000088"),
        ("EXP(-100)", "0"),
        ("EXP(-258.5)", "0"),
        ("IF(IsWon, NULL, NULL) = 0", "false"),
        ("ROUND(7922816251426433759354395033, -28)", "#Too Big! The number is too big"),
        ("ROUND(9000000000000000000000000000, -29)", "0"),
        ("ROUND(4999999999999999999999999999, -28)", "0"),
        (
            "79228162514264337593543950335",
            "refused at 0: Number 79228162514264337593543950335 is too long. A number has at most 28 digits",
        ),
        ("10 ^ 27 * 9.9 + 10 ^ 27", "#Too Big! The number is too big"),
        ("0.1234567890123456789 * 0.1234567890123456789", "0.01524157875323883675019052"),
        ("MOD(10 ^ 20, 0.0000000000000000000000000007)", "0.0000000000000000000000000001"),
        ("TEXT(-0)", "0"),
        ("ROUND(1234, -40)", "0"),
        (".5 + 1.", "refused at 6: Syntax error. Found '.'"),
        (".5 + 1", "1.5"),
    ]);
}

#[test]
fn blank_equals_blank_alone_and_makes_other_comparisons_blank() {
    table(&[
        ("Empty_Number__c = NULL", "true"),
        ("Empty_Number__c = 0", "false"),
        ("Empty_Number__c <> 0", "false"),
        ("IF(Empty_Number__c = Empty_Number__c, 'same', 'not')", "not"),
        ("IF(NOT(Empty_Date__c = CloseDate), 'other', 'not')", "not"),
        ("Empty_Text__c = Empty_Text__c", "true"),
        ("Empty_Text__c <> Name", "true"),
        ("NULL = NULL", "true"),
        ("NULL <> Amount", "true"),
        ("CASE(Empty_Date__c, Empty_Date__c, 'blank', 'else')", "else"),
        ("CASE(Empty_Date__c, NULL, 'blank', 'else')", "blank"),
        ("Empty_Text__c = ''", "true"),
        ("Name = NULL", "false"),
        ("Empty_Date__c <> NULL", "false"),
        ("IF(Empty_Number__c < 1, 'yes', 'no')", "no"),
        ("IF(NOT(Empty_Number__c < 1), 'yes', 'no')", "no"),
        ("Empty_Number__c < 1", "false"),
        ("Empty_Number__c + 1", "(blank)"),
        ("NULL + 1", "(blank)"),
        ("CloseDate + NULL", "(blank)"),
        ("'a' & Empty_Text__c & 'b'", "ab"),
        ("Empty_Text__c + Empty_Text__c", "(blank)"),
        ("Empty_Flag__c", "false"),
        ("NULL", "(blank)"),
        ("MAX(1, Empty_Number__c)", "(blank)"),
        ("CASE(Empty_Text__c, NULL, 'none', 'some')", "none"),
    ]);
}

#[test]
fn blank_numbers_count_as_zero_where_asked() {
    let zero = CompileOptions { blanks: Blanks::AsZero, ..CompileOptions::default() };
    for (source, expected) in [
        ("Empty_Number__c + 1", "1"),
        ("Empty_Number__c = 0", "true"),
        ("ISBLANK(Empty_Number__c)", "false"),
        ("ISBLANK(Empty_Date__c)", "true"),
        ("1 / Empty_Number__c", "#Error! Division by zero"),
    ] {
        assert_eq!(shown_with(source, &zero), expected, "{source}");
    }
}

#[test]
fn text_compares_with_case_and_by_code_point() {
    table(&[
        ("'a' = 'A'", "false"),
        ("'Z' < 'a'", "true"),
        ("'a' + 'b' == \"ab\"", "true"),
        ("'it\\'s \\\"x\\\" \\\\ \\n' = \"it's \\\"x\\\" \\\\ \\N\"", "true"),
        ("/* note */ 'a' /* b * c */ & 'd'", "ad"),
    ]);
}

#[test]
fn dates_and_times_add_up() {
    table(&[
        ("CloseDate - DATE(2026, 12, 1)", "30"),
        ("CloseDate + 1", "2027-01-01"),
        ("1.9 + CloseDate", "2027-01-01"),
        ("CloseDate - 0.5", "2026-12-31"),
        ("NOW() + 0.25", "2026-11-22T00:30:00.000+0000"),
        ("NOW() + 1 / 24 = DATETIMEVALUE('2026-11-21 19:30:00')", "true"),
        ("FLOOR((NOW() + 1 / 1440 - NOW()) * 86400)", "60"),
        ("NOW() - CreatedDate", "0.7916666666666666666666666667"),
        ("TIMEVALUE('23:59:00') + 120000", "00:01:00.000Z"),
        ("TIMEVALUE('00:10:00') - TIMEVALUE('23:50:00')", "1200000"),
        ("CloseDate > TODAY()", "true"),
        ("DATE(9999, 12, 31) + 1", "#Error! There is no such date. Years go from 1 to 9999"),
        ("CloseDate + 99999999999999999999", "#Error! There is no such date. Years go from 1 to 9999"),
        ("NOW() + 99999999999999999999", "#Error! There is no such date. Years go from 1 to 9999"),
        (
            "CloseDate + CloseDate",
            "refused at 12: Incorrect parameter type for operator '+'. Expected Number, received Date",
        ),
        (
            "CloseDate = NOW()",
            "refused at 12: Incorrect parameter type for operator '='. Expected Date, received DateTime",
        ),
    ]);
}

#[test]
fn ids_compare_in_both_forms_and_read_as_fifteen_characters() {
    table(&[
        ("OwnerId = $User.Id", "true"),
        ("OwnerId = '005000000000Abc'", "true"),
        ("OwnerId = '005000000000AbcAAE'", "true"),
        ("'005000000000Abd' <> OwnerId", "true"),
        ("OwnerId = Code__c", "true"),
        ("OwnerId = ''", "false"),
        ("OwnerId = 'nobody'", "false"),
        ("LEN(OwnerId)", "15"),
        ("LEFT(OwnerId, 3)", "005"),
        ("OwnerId & '!'", "005000000000Abc!"),
        ("CASE(OwnerId, '005000000000AbcAAE', 'me', 'other')", "me"),
        ("IF(IsWon, OwnerId, 'nobody')", "005000000000Abc"),
        ("OwnerId", "005000000000AbcAAE"),
    ]);
}

#[test]
fn fields_are_found_in_any_case_and_along_paths() {
    table(&[
        ("account.NAME", "Acme"),
        ("AMOUNT * quantity__C", "3703.5"),
        ("Total__c / 4", "2.5"),
        ("Amount * (1 - Discount__c)", "1080.1875"),
    ]);
    let formula = compiled("Amount + amount + Account.Name", &CompileOptions::default());
    assert!(formula.is_err(), "a number and a text do not add up");
    let formula = compiled("Amount + amount + Quantity__c", &CompileOptions::default()).expect("a sound formula");
    assert_eq!(formula.fields().len(), 2);
}

#[test]
fn a_result_is_fitted_to_its_field() {
    let returning = |returns: FieldType| CompileOptions {
        blanks: Blanks::AsNull,
        returns: Some(returns),
        ..CompileOptions::default()
    };
    let cases = [
        ("10 / 3", FieldType::Number { precision: 5, scale: 2 }, "3.33"),
        ("0.125 * 1.5", FieldType::Percent { precision: 5, scale: 2 }, "18.75"),
        ("Discount__c", FieldType::Percent { precision: 5, scale: 1 }, "12.5"),
        ("2.5", FieldType::Int, "3"),
        ("1000", FieldType::Number { precision: 5, scale: 2 }, "#Too Big! The number is too big"),
        ("999.999", FieldType::Number { precision: 5, scale: 2 }, "#Too Big! The number is too big"),
        ("NULL", FieldType::Date, "(blank)"),
        ("OwnerId", FieldType::Text { length: 18 }, "005000000000Abc"),
        ("Empty_Number__c > 1", FieldType::Boolean, "false"),
        (
            "Name",
            FieldType::Date,
            "refused at 0: Formula result is data type (Text), incompatible with expected data type (Date).",
        ),
        (
            "StageName",
            FieldType::Text { length: 80 },
            "refused at 0: Field StageName is a picklist field. Picklist fields are only supported in certain functions. Use ISPICKVAL(), CASE() or TEXT().",
        ),
    ];
    for (source, returns, expected) in cases {
        assert_eq!(shown_with(source, &returning(returns)), expected, "{source}");
    }
}

#[test]
fn a_write_knows_what_it_changes() {
    let options = CompileOptions { blanks: Blanks::AsNull, during_write: true, ..CompileOptions::default() };
    let run = |source: &str, change: Change| {
        let formula = compiled(source, &options).expect("a sound formula");
        with_context(&formula, change, |context| formula.evaluate(context)).map(|value| value.to_plain())
    };
    let prior: Vec<Value> = vec![Value::Number(50.into())];
    let updated = Change::Updated { prior: &prior };
    assert_eq!(run("ISNEW()", Change::Created), Ok("true".into()));
    assert_eq!(run("ISNEW()", updated), Ok("false".into()));
    assert_eq!(run("ISCHANGED(Amount)", updated), Ok("true".into()));
    assert_eq!(run("ISCHANGED(Amount)", Change::Created), Ok("false".into()));
    assert_eq!(run("PRIORVALUE(Amount)", updated), Ok("50".into()));
    assert_eq!(run("PRIORVALUE(Amount)", Change::Created), Ok("1234.5".into()));
    assert_eq!(run("PRIORVALUE(Discount__c)", updated), Ok("0.5".into()));
    let same = vec!["Closed Won".into()];
    assert_eq!(run("ISCHANGED(StageName)", Change::Updated { prior: &same }), Ok("false".into()));
    let before = vec!["Open".into()];
    let moved = Change::Updated { prior: &before };
    assert_eq!(run("ISPICKVAL(PRIORVALUE(StageName), 'Open') && ISCHANGED(StageName)", moved), Ok("true".into()));
}

#[test]
fn a_condition_holds_only_when_it_is_true() {
    for (source, expected) in [("Amount > 1", true), ("Empty_Number__c > 1", false), ("Amount < 1", false)] {
        let options = CompileOptions { blanks: Blanks::AsNull, ..CompileOptions::default() };
        let formula = compiled(source, &options).expect("a sound formula");
        assert_eq!(with_context(&formula, Change::None, |context| formula.holds(context)), Ok(expected), "{source}");
    }
}

#[test]
fn links_travel_beside_hostile_text_without_becoming_markup() {
    let source = "HYPERLINK('/' & OwnerId, '<b>' & Name, '_self') & '<script>' & IMAGE('/logo.png', 'logo', 20)";
    let formula = compiled(source, &CompileOptions::default()).expect("a sound formula");
    assert!(formula.has_markup());
    let value = evaluated(&formula).expect("a value");
    let text = value.as_text().expect("a text");
    assert_eq!(
        markup::parts(text),
        [
            Part::Link { url: "/005000000000Abc", label: "<b>Acme renewal", target: "_self" },
            Part::Text("<script>"),
            Part::Image { url: "/logo.png", alternate: "logo", height: Some(20), width: None },
        ]
    );
}

#[test]
fn a_formula_says_what_it_depends_on() {
    let formula = |source| compiled(source, &CompileOptions::default()).expect("a sound formula");
    assert!(formula("CloseDate < TODAY()").depends_on_time());
    assert!(!formula("YEAR(CloseDate)").depends_on_time());
    assert!(formula("DATEVALUE(CreatedDate)").depends_on_zone());
    assert!(!formula("DATEVALUE('2026-01-01')").depends_on_zone());
    assert_eq!(formula("YEAR(CloseDate)").result_type(), Type::Number);
    assert_eq!(values(&formula("YEAR(CloseDate)")).len(), 1);
}

#[test]
fn a_field_that_breaks_its_own_type_is_named() {
    let formula = compiled("Amount + 1", &CompileOptions::default()).expect("a sound formula");
    let zone = model::Zone::UTC;
    let fields: Vec<Value> = vec!["a text".into()];
    let context =
        formula::EvalContext { now: model::Instant::from_ms(0), zone: &zone, fields: &fields, change: Change::None };
    let error = formula.evaluate(&context).expect_err("a text is no number");
    assert_eq!(error.to_string(), "Field Amount does not hold a value of type Number");
}
