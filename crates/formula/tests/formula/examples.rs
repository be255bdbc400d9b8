//! Each function with the examples its documentation would give.

use crate::support::shown;
use formula::{FUNCTIONS, Function};

/// Function, formula, result.
const EXAMPLES: &[(Function, &str, &str)] = &[
    (Function::And, "AND(1 < 2, TRUE)", "true"),
    (Function::And, "AND(IsWon, Amount > 5000, 1/0 = 1)", "false"),
    (Function::Or, "OR(1 > 2, IsWon, 1/0 = 1)", "true"),
    (Function::Or, "OR(FALSE, Empty_Number__c > 1)", "false"),
    (Function::Not, "NOT(IsWon)", "false"),
    (Function::Not, "!IsWon || NOT FALSE", "true"),
    (Function::If, "IF(Amount > 1000, 'Large', 'Small')", "Large"),
    (Function::If, "IF(Empty_Number__c > 1, 1/0, 7)", "7"),
    (Function::Case, "CASE(WEEKDAY(DATE(2026, 11, 21)), 1, 'Sun', 7, 'Sat', 'Weekday')", "Sat"),
    (Function::Case, "CASE(StageName, 'Open', 1, 'Closed Won', 2, 0)", "2"),
    (Function::Case, "CASE(3, 1, 'a', 2, 'b', 'neither')", "neither"),
    (Function::IsBlank, "ISBLANK(Empty_Text__c)", "true"),
    (Function::IsBlank, "ISBLANK('')", "true"),
    (Function::IsBlank, "ISBLANK(StageName) || ISBLANK(OwnerId)", "false"),
    (Function::IsNull, "ISNULL(Empty_Number__c)", "true"),
    (Function::IsNull, "ISNULL(Empty_Text__c)", "false"),
    (Function::BlankValue, "BLANKVALUE(Empty_Text__c, 'Undesignated')", "Undesignated"),
    (Function::BlankValue, "BLANKVALUE(Amount, 0)", "1234.5"),
    (Function::NullValue, "NULLVALUE(Empty_Number__c, 100)", "100"),
    (Function::NullValue, "NULLVALUE(Empty_Text__c, 'never')", "(blank)"),
    (Function::IsNumber, "ISNUMBER('-1.50')", "true"),
    (Function::IsNumber, "ISNUMBER('1,000')", "false"),
    (Function::IsNumber, "ISNUMBER('')", "false"),
    (Function::IsPickval, "ISPICKVAL(StageName, 'Closed Won')", "true"),
    (Function::IsPickval, "ISPICKVAL(StageName, 'closed won')", "false"),
    (Function::IsPickval, "ISPICKVAL(Empty_Pick__c, '')", "true"),
    (Function::Includes, "INCLUDES(Interests__c, 'Chess')", "true"),
    (Function::Includes, "INCLUDES(Interests__c, 'Go')", "false"),
    (Function::CaseSafeId, "CASESAFEID('005000000000Abc')", "005000000000AbcAAE"),
    (Function::CaseSafeId, "CASESAFEID(OwnerId)", "005000000000AbcAAE"),
    (Function::CaseSafeId, "CASESAFEID('no id')", "#Error! The value 'no id' is not a record id"),
    (Function::Ascii, "ASCII('A')", "65"),
    (Function::Begins, "BEGINS('Acme renewal', 'Acme')", "true"),
    (Function::Begins, "BEGINS('Acme renewal', 'acme')", "false"),
    (Function::Begins, "BEGINS(Empty_Text__c, '')", "true"),
    (Function::Br, "'a' & BR() & 'b'", "a\nb"),
    (Function::Chr, "CHR(65) & CHR(10024)", "A✨"),
    (Function::Chr, "CHR(0)", "(blank)"),
    (Function::Contains, "CONTAINS(Name, 'renew')", "true"),
    (Function::Contains, "CONTAINS(Name, 'Renew')", "false"),
    (Function::Contains, "NOT(CONTAINS(Empty_Text__c, 'x'))", "true"),
    (Function::Find, "FIND('e', 'Acme renewal')", "4"),
    (Function::Find, "FIND('e', 'Acme renewal', 5)", "7"),
    (Function::Find, "FIND('é', 'Crème brûlée')", "11"),
    (Function::Find, "FIND('z', 'Acme')", "0"),
    (Function::Find, "FIND('', 'Acme')", "0"),
    (Function::Find, "FIND('a', 'aaa', 99)", "0"),
    (Function::Hyperlink, "LEN(HYPERLINK('', 'no link'))", "7"),
    (
        Function::Hyperlink,
        "HYPERLINK('javascript:alert(1)', 'x')",
        "#Error! The address 'javascript:alert(1)' is not allowed. Use http, https, mailto, tel or a path",
    ),
    (Function::Image, "IMAGE('', 'logo', 30, 30)", "logo"),
    (Function::InitCap, "INITCAP('acme CORPORATION-north')", "Acme Corporation-North"),
    (Function::Left, "LEFT('Acme', 2)", "Ac"),
    (Function::Left, "LEFT('Acme', 9)", "Acme"),
    (Function::Left, "LEFT('Acme', -1)", "(blank)"),
    (Function::Len, "LEN('Crème')", "5"),
    (Function::Len, "LEN(Empty_Text__c)", "0"),
    (Function::Lower, "LOWER('ACME ÉCOLE')", "acme école"),
    (Function::Lower, "LOWER('ISPARTA', 'tr_TR')", "ısparta"),
    (Function::Lpad, "LPAD('7', 3, '0')", "007"),
    (Function::Lpad, "LPAD('abc', 8, 'xy')", "xyxyxabc"),
    (Function::Lpad, "LPAD('Acme', 2)", "Ac"),
    (Function::Lpad, "LPAD('a', 9999999)", "#Error! The text is too long. A formula yields at most 131072 characters"),
    (Function::Mid, "MID('Acme renewal', 6, 3)", "ren"),
    (Function::Mid, "MID('Acme', 0, 2)", "Ac"),
    (Function::Mid, "MID('Acme', 9, 2)", "(blank)"),
    (Function::Regex, "REGEX('999-99-9999', '[0-9]{3}-[0-9]{2}-[0-9]{4}')", "true"),
    (Function::Regex, "REGEX('x999-99-9999', '[0-9]{3}-[0-9]{2}-[0-9]{4}')", "false"),
    (Function::Regex, "REGEX('ab', 'a|ab')", "true"),
    (Function::Regex, "REGEX('a\\n', 'a')", "false"),
    (Function::Regex, "REGEX('12', '\\\\d+')", "true"),
    (Function::Reverse, "REVERSE('Acmé')", "émcA"),
    (Function::Right, "RIGHT('Acmé', 2)", "mé"),
    (Function::Rpad, "RPAD('Acme', 6, '.')", "Acme.."),
    (Function::Rpad, "RPAD(Empty_Text__c, 6, '.')", "(blank)"),
    (Function::Substitute, "SUBSTITUTE('Coupon is good', 'good', 'used')", "Coupon is used"),
    (Function::Substitute, "SUBSTITUTE('aaa', 'a', '')", "(blank)"),
    (Function::Text, "TEXT(1234.50)", "1234.5"),
    (Function::Text, "TEXT(CloseDate)", "2026-12-31"),
    (Function::Text, "TEXT(CreatedDate)", "2026-11-20 23:30:00Z"),
    (Function::Text, "TEXT(Start__c)", "08:15:30.250"),
    (Function::Text, "TEXT(StageName) & '!'", "Closed Won!"),
    (Function::Trim, "'[' & TRIM('  a b ') & ']'", "[a b]"),
    (Function::Upper, "UPPER('straße')", "STRASSE"),
    (Function::Upper, "UPPER('istanbul', 'tr')", "İSTANBUL"),
    (Function::Value, "VALUE('12.50') * 2", "25"),
    (Function::Value, "VALUE('twelve')", "#Error! The value 'twelve' is not a valid number"),
    (Function::Value, "VALUE('')", "(blank)"),
    (Function::Abs, "ABS(-1.5)", "1.5"),
    (Function::Acos, "ROUND(ACOS(0), 10)", "1.5707963268"),
    (Function::Acos, "ACOS(2)", "#Error! ACOS() has no result for this number"),
    (Function::Asin, "ROUND(ASIN(1), 10)", "1.5707963268"),
    (Function::Atan, "ROUND(ATAN(1), 10)", "0.7853981634"),
    (Function::Atan2, "ROUND(ATAN2(1, -1), 10)", "2.3561944902"),
    (Function::Ceiling, "CEILING(2.5)", "3"),
    (Function::Ceiling, "CEILING(-2.5)", "-3"),
    (Function::Cos, "COS(0)", "1"),
    (Function::Distance, "ROUND(DISTANCE(GEOLOCATION(52.52, 13.405), GEOLOCATION(48.8566, 2.3522), 'km'), 0)", "877"),
    (
        Function::Distance,
        "ROUND(DISTANCE(GEOLOCATION(37.7749, -122.4194), GEOLOCATION(40.7128, -74.006), 'mi'), 0)",
        "2566",
    ),
    (Function::Distance, "DISTANCE(GEOLOCATION(NULL, 1), GEOLOCATION(1, 1), 'mi')", "(blank)"),
    (
        Function::Distance,
        "DISTANCE(GEOLOCATION(1, 1), GEOLOCATION(1, 1), 'ft')",
        "#Error! The unit 'ft' is not known. Use 'mi' or 'km'",
    ),
    (
        Function::Geolocation,
        "DISTANCE(GEOLOCATION(91, 1), GEOLOCATION(1, 1), 'mi')",
        "#Error! GEOLOCATION() has no result for this number",
    ),
    (Function::Exp, "EXP(1)", "2.71828182845905"),
    (Function::Exp, "EXP(1000)", "#Too Big! The number is too big"),
    (Function::Floor, "FLOOR(2.5)", "2"),
    (Function::Floor, "FLOOR(-2.5)", "-2"),
    (Function::Ln, "LN(EXP(2))", "2"),
    (Function::Ln, "LN(0)", "#Error! LN() has no result for this number"),
    (Function::Log, "LOG(1000)", "3"),
    (Function::Max, "MAX(3, 12.5, -1)", "12.5"),
    (Function::Mceiling, "MCEILING(-2.5)", "-2"),
    (Function::Mceiling, "MCEILING(2.5)", "3"),
    (Function::Mfloor, "MFLOOR(-2.5)", "-3"),
    (Function::Mfloor, "MFLOOR(2.5)", "2"),
    (Function::Min, "MIN(3, 12.5, -1)", "-1"),
    (Function::Mod, "MOD(123, 100)", "23"),
    (Function::Mod, "MOD(-7, 3)", "-1"),
    (Function::Mod, "MOD(7, -3)", "1"),
    (Function::Mod, "MOD(1, 0)", "#Error! Division by zero"),
    (Function::Pi, "ROUND(PI(), 6)", "3.141593"),
    (Function::Round, "ROUND(1.5, 0)", "2"),
    (Function::Round, "ROUND(-1.5, 0)", "-2"),
    (Function::Round, "ROUND(225.49823, 2)", "225.5"),
    (Function::Round, "ROUND(1250, -2)", "1300"),
    (Function::Round, "ROUND(-1249, -2)", "-1200"),
    (Function::Sin, "SIN(0)", "0"),
    (Function::Sqrt, "SQRT(9)", "3"),
    (Function::Sqrt, "SQRT(-1)", "#Error! SQRT() has no result for this number"),
    (Function::Tan, "TAN(0)", "0"),
    (Function::Trunc, "TRUNC(3.789, 1)", "3.7"),
    (Function::Trunc, "TRUNC(-3.789)", "-3"),
    (Function::Trunc, "TRUNC(1299, -2)", "1200"),
    (Function::AddMonths, "ADDMONTHS(DATE(2026, 1, 31), 1)", "2026-02-28"),
    (Function::AddMonths, "ADDMONTHS(DATE(2026, 2, 28), 1)", "2026-03-31"),
    (Function::AddMonths, "ADDMONTHS(DATE(2026, 3, 30), -1)", "2026-02-28"),
    (Function::AddMonths, "ADDMONTHS(CreatedDate, 14)", "2028-01-20T23:30:00.000+0000"),
    (Function::DateOf, "DATE(2024, 2, 29)", "2024-02-29"),
    (Function::DateOf, "DATE(2026, 2, 29)", "#Error! There is no such date. Years go from 1 to 9999"),
    (Function::DateTimeValue, "DATETIMEVALUE('2026-11-15 17:00:00')", "2026-11-15T17:00:00.000+0000"),
    (Function::DateTimeValue, "DATETIMEVALUE('2026-1-5 7:05:09')", "2026-01-05T07:05:09.000+0000"),
    (Function::DateTimeValue, "DATETIMEVALUE(TEXT(CreatedDate)) = CreatedDate", "true"),
    (Function::DateTimeValue, "DATETIMEVALUE(CloseDate)", "2026-12-31T00:00:00.000+0000"),
    (
        Function::DateTimeValue,
        "DATETIMEVALUE('soon')",
        "#Error! The value 'soon' is not a date and time. Write YYYY-MM-DD HH:MM:SS",
    ),
    (Function::DateValue, "DATEVALUE('2026-7-4')", "2026-07-04"),
    (Function::DateValue, "DATEVALUE(CreatedDate)", "2026-11-21"),
    (Function::DateValue, "DATEVALUE('4.7.2026')", "#Error! The value '4.7.2026' is not a date. Write YYYY-MM-DD"),
    (Function::Day, "DAY(CloseDate)", "31"),
    (Function::DayOfYear, "DAYOFYEAR(CloseDate)", "365"),
    (Function::FormatDuration, "FORMATDURATION(100000)", "27:46:40"),
    (Function::FormatDuration, "FORMATDURATION(100000, TRUE)", "1:03:46:40"),
    (Function::FormatDuration, "FORMATDURATION(TIMEVALUE('17:00:00'), TIMEVALUE('08:30:00'))", "08:30:00"),
    (Function::FormatDuration, "FORMATDURATION(NOW(), NOW() + 1.5)", "1:12:00:00"),
    (Function::FromUnixTime, "FROMUNIXTIME(1795249279)", "2026-11-21T08:21:19.000+0000"),
    (Function::Hour, "HOUR(Start__c)", "8"),
    (Function::IsoWeek, "ISOWEEK(DATE(2027, 1, 1))", "53"),
    (Function::IsoWeek, "ISOWEEK(NOW())", "47"),
    (Function::IsoYear, "ISOYEAR(DATE(2027, 1, 1))", "2026"),
    (Function::Millisecond, "MILLISECOND(Start__c)", "250"),
    (Function::Minute, "MINUTE(Start__c)", "15"),
    (Function::Month, "MONTH(CloseDate)", "12"),
    (Function::Now, "NOW()", "2026-11-21T18:30:00.000+0000"),
    (Function::Second, "SECOND(Start__c)", "30"),
    (Function::TimeNow, "TIMENOW()", "18:30:00.000Z"),
    (Function::TimeValue, "TIMEVALUE('17:30:45.125')", "17:30:45.125Z"),
    (Function::TimeValue, "TIMEVALUE(CreatedDate)", "23:30:00.000Z"),
    (
        Function::TimeValue,
        "TIMEVALUE('17:30:45.1255')",
        "#Error! The value '17:30:45.1255' is not a time. Write HH:MM:SS.MS",
    ),
    (Function::TimeValue, "TIMEVALUE('noon')", "#Error! The value 'noon' is not a time. Write HH:MM:SS.MS"),
    (Function::Today, "TODAY()", "2026-11-22"),
    (Function::UnixTimestamp, "UNIXTIMESTAMP(DATE(1970, 1, 2))", "86400"),
    (Function::UnixTimestamp, "UNIXTIMESTAMP(NOW())", "1795285800"),
    (Function::UnixTimestamp, "UNIXTIMESTAMP(Start__c)", "29730"),
    (Function::Weekday, "WEEKDAY(DATE(2026, 11, 22))", "1"),
    (Function::Year, "YEAR(CloseDate)", "2026"),
];

/// Functions that need a record being written; their examples stand with the other tests of writes.
const WITH_WRITES: &[Function] = &[Function::IsNew, Function::IsChanged, Function::PriorValue];

#[test]
fn every_documented_example_gives_its_result() {
    for (_, source, expected) in EXAMPLES {
        assert_eq!(shown(source), *expected, "{source}");
    }
}

#[test]
fn every_function_has_an_example() {
    for def in FUNCTIONS {
        let shown = EXAMPLES.iter().any(|(function, ..)| *function == def.function);
        assert!(shown || WITH_WRITES.contains(&def.function), "{} has no example", def.name);
    }
}

#[test]
fn every_function_is_found_by_its_name_and_has_a_summary_of_one_sentence() {
    for def in FUNCTIONS {
        assert_eq!(Function::find(&def.name.to_lowercase()), Some(def.function));
        assert!(std::ptr::eq(def.function.def(), def), "{} stands at its own place in the list", def.name);
        assert!(def.summary.ends_with('.') && def.summary.len() < 120, "{}", def.summary);
    }
}

#[test]
fn signatures_show_optional_and_repeated_parameters() {
    assert_eq!(Function::Find.def().signature(), "FIND(search, text, [start])");
    assert_eq!(Function::And.def().signature(), "AND(condition, …)");
    assert_eq!(Function::Now.def().signature(), "NOW()");
}
