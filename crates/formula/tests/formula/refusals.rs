//! What is said about formulas that are refused, and where the finger points.

use crate::support::{compiled, shown};
use formula::{CompileOptions, MAX_DEPTH, MAX_SOURCE_CHARS};

#[test]
fn a_refusal_names_the_place_and_the_rule() {
    for (source, expected) in [
        ("", "refused at 0: The formula is empty. Write an expression"),
        ("  /* nothing */ ", "refused at 16: The formula is empty. Write an expression"),
        ("LEN('a'", "refused at 7: Syntax error. Missing ')'"),
        ("(1 + 2", "refused at 6: Syntax error. Missing ')'"),
        ("1 + 2)", "refused at 5: Syntax error. Extra ')'"),
        ("1, 2", "refused at 1: Syntax error. Extra ','"),
        ("1 2", "refused at 2: Syntax error. Found '2'"),
        ("1 +", "refused at 3: Syntax error. Found end of formula"),
        ("1 + * 2", "refused at 4: Syntax error. Found '*'"),
        ("LEN('a',)", "refused at 8: Syntax error. Found ')'"),
        ("'abc", "refused at 0: Syntax error. Missing \"'\""),
        ("1 + \"abc\ndef\"", "refused at 4: Syntax error. Missing '\"'"),
        ("'a\\q'", "refused at 2: Syntax error. Found '\\'. Write \\\\ for a backslash in a text"),
        ("1 /* open", "refused at 2: Syntax error. Missing '*/'"),
        ("Amount # 2", "refused at 7: Syntax error. Found '#'"),
        (
            "Account..Name",
            "refused at 0: Syntax error. Found 'Account..Name'. A path is field names joined by single points",
        ),
        ("1 + Amuont", "refused at 4: Field Amuont does not exist. Check spelling."),
        ("Account.Nmae", "refused at 0: Field Account.Nmae does not exist. Check spelling."),
        ("LENN('a')", "refused at 0: Unknown function LENN. Check spelling."),
        ("VLOOKUP(1, 2, 3)", "refused at 0: Function VLOOKUP may not be used in this type of formula"),
        ("isnew()", "refused at 0: Function ISNEW may not be used in this type of formula"),
        ("LEN(5)", "refused at 4: Incorrect parameter type for function 'LEN()'. Expected Text, received Number"),
        ("LEN('a', 'b')", "refused at 0: Incorrect number of parameters for function 'LEN()'. Expected 1, received 2"),
        ("LEN()", "refused at 0: Incorrect number of parameters for function 'LEN()'. Expected 1, received 0"),
        ("FIND('a')", "refused at 0: Incorrect number of parameters for function 'FIND()'. Expected 2, received 1"),
        ("AND()", "refused at 0: Incorrect number of parameters for function 'AND()'. Expected 1, received 0"),
        ("CASE(1, 2, 3)", "refused at 0: Incorrect number of parameters for function 'CASE()'. Expected 4, received 3"),
        (
            "CASE(1, 2, 3, 4, 5)",
            "refused at 0: Incorrect number of parameters for function 'CASE()'. Expected 4, received 5",
        ),
        (
            "CASE(1, 2, 'a', 4)",
            "refused at 16: Incorrect parameter type for function 'CASE()'. Expected Text, received Number",
        ),
        (
            "CASE(StageName, Name, 1, 2)",
            "refused at 16: Incorrect parameter type for function 'CASE()'. Expected Text Literal, received Text",
        ),
        (
            "IF(1, 2, 3)",
            "refused at 3: Incorrect parameter type for function 'IF()'. Expected Boolean, received Number",
        ),
        (
            "IF(TRUE, 2, 'a')",
            "refused at 12: Incorrect parameter type for function 'IF()'. Expected Number, received Text",
        ),
        (
            "BLANKVALUE(Name, 0)",
            "refused at 17: Incorrect parameter type for function 'BLANKVALUE()'. Expected Text, received Number",
        ),
        (
            "TEXT('a')",
            "refused at 5: Incorrect parameter type for function 'TEXT()'. Expected Number, Date, DateTime, Time, Picklist, received Text",
        ),
        ("1 + 'a'", "refused at 4: Incorrect parameter type for operator '+'. Expected Number, received Text"),
        (
            "'a' - 1",
            "refused at 0: Incorrect parameter type for operator '-'. Expected Number, Date, DateTime, Time, received Text",
        ),
        (
            "TRUE > FALSE",
            "refused at 0: Incorrect parameter type for operator '>'. Expected Number, Text, Date, DateTime, Time, received Boolean",
        ),
        ("'a' = 1", "refused at 6: Incorrect parameter type for operator '='. Expected Text, received Number"),
        (
            "StageName = 'Open'",
            "refused at 0: Field StageName is a picklist field. Picklist fields are only supported in certain functions. Use ISPICKVAL(), CASE() or TEXT().",
        ),
        (
            "Interests__c & ''",
            "refused at 0: Field Interests__c is a multi-select picklist field. Multi-select picklist fields are only supported in certain functions. Use INCLUDES() or ISBLANK().",
        ),
        (
            "ISPICKVAL(Name, 'a')",
            "refused at 10: Incorrect parameter type for function 'ISPICKVAL()'. Expected Picklist, received Text",
        ),
        (
            "ISPICKVAL(StageName, Name)",
            "refused at 21: Incorrect parameter type for function 'ISPICKVAL()'. Expected Text Literal, received Text",
        ),
        (
            "INCLUDES(Interests__c, 'Tennis')",
            "refused at 23: Incorrect parameter for function 'INCLUDES()'. Text Literal must be a valid value for this multi-select picklist field.",
        ),
        (
            "GEOLOCATION(1, 2)",
            "refused at 0: Incorrect parameter type for the result. Expected Number, Text, Boolean, Date, DateTime, Time, Id, received Location",
        ),
        (
            "DISTANCE(NULL, GEOLOCATION(1, 2), 'mi')",
            "refused at 9: Incorrect parameter type for function 'DISTANCE()'. Expected GEOLOCATION(), received Location",
        ),
        (
            "FORMATDURATION(1, 2)",
            "refused at 18: Incorrect parameter type for function 'FORMATDURATION()'. Expected Boolean, received Number",
        ),
        (
            "FORMATDURATION(NOW())",
            "refused at 15: Incorrect parameter type for function 'FORMATDURATION()'. Expected Number, received DateTime",
        ),
        (
            "BillingAddress",
            "refused at 0: You referenced an unsupported field type called \"address\" using the following field: BillingAddress",
        ),
        (
            "99999999999999999999999999999999",
            "refused at 0: Number 99999999999999999999999999999999 is too long. A number has at most 28 digits",
        ),
    ] {
        assert_eq!(shown(source), expected, "{source}");
    }
}

#[test]
fn a_broken_pattern_is_refused_before_any_record_is_read() {
    assert!(shown("REGEX(Name, '(a')").starts_with(
        "refused at 12: Incorrect parameter for function 'REGEX()'. The regular expression is not valid: unclosed group"
    ));
    assert!(shown("REGEX(Name, 'a)|(b')").starts_with("refused at 12:"), "no way out of the parentheses around it");
    assert!(shown("REGEX(Name, '(?=a)b')").contains("look-around"));
    assert!(shown("REGEX(Name, '(a{1000}){1000}')").ends_with("The regular expression is too complicated"));
    assert!(shown("REGEX(Name, Name & '(')").starts_with("#Error! The regular expression is not valid"));
}

#[test]
fn functions_of_a_write_take_fields_of_the_record_itself() {
    let options = CompileOptions { during_write: true, ..CompileOptions::default() };
    let refusal = |source: &str| compiled(source, &options).err().map(|error| (error.position, error.message));
    let message = "The ISCHANGED function cannot reference the Account.Name field.";
    assert_eq!(refusal("ISCHANGED(Account.Name)"), Some((10, message.to_owned())));
    let message = "Incorrect parameter for function 'PRIORVALUE()'. Expected a field of this record";
    assert_eq!(refusal("PRIORVALUE(1 + 2)"), Some((11, message.to_owned())));
    assert_eq!(refusal("PRIORVALUE(Amount) > 0"), None);
}

#[test]
fn length_is_limited_and_counted_in_characters() {
    let most = format!("'{}'", "é".repeat(MAX_SOURCE_CHARS - 2));
    assert!(compiled(&most, &CompileOptions::default()).is_ok());
    let error = compiled(&format!("{most} "), &CompileOptions::default()).expect_err("one too many");
    assert_eq!(error.message, "Formula is too long (3901 characters). Maximum length is 3900 characters");
    assert_eq!(error.position, most.len());
}

#[test]
fn depth_is_limited_in_every_direction() {
    let message =
        format!("Formula is nested too deeply (more than {MAX_DEPTH} levels). Move a part of it to a field of its own");
    let deep = [
        format!("{}1{}", "(".repeat(MAX_DEPTH + 1), ")".repeat(MAX_DEPTH + 1)),
        format!("1{}", " + 1".repeat(MAX_DEPTH)),
        format!("{}1", "-".repeat(MAX_DEPTH + 1)),
        format!("{}1{}", "ABS(".repeat(MAX_DEPTH + 1), ")".repeat(MAX_DEPTH + 1)),
        format!("{}1", "2 ^ (".repeat(MAX_DEPTH)),
        "(".repeat(MAX_SOURCE_CHARS),
        "!".repeat(MAX_SOURCE_CHARS),
    ];
    for source in deep {
        let error = compiled(&source, &CompileOptions::default()).expect_err("too deep");
        assert_eq!(error.message, message, "{source:.20}");
        assert!(error.position > 0);
    }
}

#[test]
fn the_deepest_formula_fits_a_small_stack() {
    let ladder = |levels: usize| format!("{}0{}", "IF(1>2,1,".repeat(levels), ")".repeat(levels));
    let sources = [
        format!("1{}", " + 1".repeat(MAX_DEPTH - 2)),
        ladder(MAX_DEPTH - 2),
        format!("{}1{}", "(".repeat(MAX_DEPTH - 2), ")".repeat(MAX_DEPTH - 2)),
    ];
    // A thread's usual stack is 2 MiB; half of it leaves room for the caller.
    let small = std::thread::Builder::new().stack_size(1 << 20);
    let done = small.spawn(move || {
        for source in sources {
            let formula = compiled(&source, &CompileOptions::default()).expect("just deep enough");
            assert!(crate::support::evaluated(&formula).is_ok());
            let trace =
                crate::support::with_context(&formula, formula::Change::None, |context| formula.explain(context));
            assert!(trace.root.value.is_ok());
            assert!(!formula::parse(&source).expect("a formula").to_string().is_empty());
        }
    });
    assert!(done.expect("a thread").join().is_ok());
}
