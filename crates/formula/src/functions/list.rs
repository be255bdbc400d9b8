//! The visible list of functions: name, parameters, result, meaning, one sentence. Documentation is generated from it.

use super::Eval::{Blanks, Lazy, Strict};
use super::Family::{Date, Logic, Math, Record, Text};
use super::Returns::{Always, Common, First};
use super::Rule::{
    Branches, Case, Change, ChangedField, Duration, Pattern, PicklistLiteral, Places, Plain, Substitute,
};
use super::{FunctionDef, date, link, logic, many, math, one, optional, place, record, text};
use crate::{Type, TypeSet};

macro_rules! functions {
    ($($variant:ident $name:literal $family:ident [$($param:expr),*] $returns:expr, $rule:ident, $eval:expr, $summary:literal;)*) => {
        /// A function of the language.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Function { $(#[doc = $summary] $variant),* }

        /// Every function, in the order of the documentation.
        pub static FUNCTIONS: &[FunctionDef] = &[$(FunctionDef {
            function: Function::$variant,
            name: $name,
            family: $family,
            params: &[$($param),*],
            returns: $returns,
            summary: $summary,
            rule: $rule,
            eval: $eval,
        }),*];
    };
}

const N: TypeSet = TypeSet::of(Type::Number);
const T: TypeSet = TypeSet::of(Type::Text);
const B: TypeSet = TypeSet::of(Type::Boolean);
const D: TypeSet = TypeSet::of(Type::Date);
const TIME: TypeSet = TypeSet::of(Type::Time);
const DAY_OR_INSTANT: TypeSet = D.or(Type::DateTime);
const MOMENT: TypeSet = DAY_OR_INSTANT.or(Type::Time);
const SPAN: TypeSet = N.or(Type::DateTime).or(Type::Time);
const PLACE: TypeSet = TypeSet::of(Type::Location);
const PICK: TypeSet = TypeSet::of(Type::Picklist);
const MULTI: TypeSet = TypeSet::of(Type::MultiPicklist);
const ANY: TypeSet = TypeSet::VALUE;
const NO_FLAG: TypeSet = ANY.without(Type::Boolean);
const BLANKABLE: TypeSet = NO_FLAG.or(Type::Picklist).or(Type::MultiPicklist);
const CHOICE: TypeSet = NO_FLAG.or(Type::Picklist);
const FIELD: TypeSet = ANY.or(Type::Picklist).or(Type::MultiPicklist);
const TEXTABLE: TypeSet = N.or(Type::Date).or(Type::DateTime).or(Type::Time).or(Type::Picklist);

functions! {
    And "AND" Logic [many("condition", B)] Always(Type::Boolean), Plain, Lazy(logic::and), "True when every condition is true.";
    Or "OR" Logic [many("condition", B)] Always(Type::Boolean), Plain, Lazy(logic::or), "True when one condition is true.";
    Not "NOT" Logic [one("condition", B)] Always(Type::Boolean), Plain, Strict(logic::not), "True when the condition is false.";
    If "IF" Logic [one("condition", B), one("then", ANY), one("otherwise", ANY)] Common, Branches, Lazy(logic::if_), "The second value when the condition is true, else the third.";
    Case "CASE" Logic [one("expression", CHOICE), one("value", NO_FLAG), one("result", NO_FLAG), many("else", NO_FLAG)] Common, Case, Lazy(logic::case), "The result beside the first value that equals the expression, else the last result.";
    IsBlank "ISBLANK" Logic [one("expression", BLANKABLE)] Always(Type::Boolean), Plain, Blanks(logic::is_blank), "True when the expression has no value.";
    IsNull "ISNULL" Logic [one("expression", BLANKABLE)] Always(Type::Boolean), Plain, Lazy(logic::is_null), "Like ISBLANK, but a text is never null; prefer ISBLANK.";
    BlankValue "BLANKVALUE" Logic [one("expression", NO_FLAG), one("substitute", NO_FLAG)] Common, Substitute, Lazy(logic::blank_value), "The expression, or the substitute when the expression has no value.";
    NullValue "NULLVALUE" Logic [one("expression", NO_FLAG), one("substitute", NO_FLAG)] Common, Substitute, Lazy(logic::null_value), "Like BLANKVALUE, but a text is never null; prefer BLANKVALUE.";
    IsNumber "ISNUMBER" Logic [one("text", T)] Always(Type::Boolean), Plain, Blanks(text::is_number), "True when the text reads as a number.";

    IsPickval "ISPICKVAL" Record [one("picklist", PICK), one("value", T)] Always(Type::Boolean), PicklistLiteral, Blanks(record::is_pickval), "True when the picklist has this value; an empty text asks for no value.";
    Includes "INCLUDES" Record [one("multi_select", MULTI), one("value", T)] Always(Type::Boolean), PicklistLiteral, Blanks(record::includes), "True when the value is among those selected.";
    IsNew "ISNEW" Record [] Always(Type::Boolean), Change, Lazy(record::is_new), "True while a record is being created.";
    IsChanged "ISCHANGED" Record [one("field", FIELD)] Always(Type::Boolean), ChangedField, Lazy(record::is_changed), "True when this write changes the field; never while a record is being created.";
    PriorValue "PRIORVALUE" Record [one("field", FIELD)] First, ChangedField, Lazy(record::prior_value), "The value before this write; the value itself while a record is being created.";
    CaseSafeId "CASESAFEID" Record [one("id", T.or(Type::Id))] Always(Type::Text), Plain, Strict(record::case_safe_id), "The 18-character form of an id, which survives a loss of case.";

    Ascii "ASCII" Text [one("text", T)] Always(Type::Number), Plain, Strict(text::ascii), "The code point of the first character.";
    Begins "BEGINS" Text [one("text", T), one("start", T)] Always(Type::Boolean), Plain, Blanks(text::begins), "True when the text begins with these characters; case counts.";
    Br "BR" Text [] Always(Type::Text), Plain, Strict(text::br), "A line break.";
    Chr "CHR" Text [one("code", N)] Always(Type::Text), Plain, Strict(text::chr), "The character with this code point.";
    Contains "CONTAINS" Text [one("text", T), one("part", T)] Always(Type::Boolean), Plain, Blanks(text::contains), "True when the part occurs in the text; case counts.";
    Find "FIND" Text [one("search", T), one("text", T), optional("start", N)] Always(Type::Number), Plain, Blanks(text::find), "The position of the search text, counted from 1; 0 when it does not occur.";
    Hyperlink "HYPERLINK" Text [one("url", T), one("label", T), optional("target", T)] Always(Type::Text), Plain, Blanks(link::hyperlink), "A link with a label.";
    Image "IMAGE" Text [one("url", T), one("alternate", T), optional("height", N), optional("width", N)] Always(Type::Text), Plain, Blanks(link::image), "A picture with a text to stand in for it.";
    InitCap "INITCAP" Text [one("text", T)] Always(Type::Text), Plain, Strict(text::init_cap), "The text in lower case with each word's first letter in upper case.";
    Left "LEFT" Text [one("text", T), one("count", N)] Always(Type::Text), Plain, Strict(text::left), "The first characters.";
    Len "LEN" Text [one("text", T)] Always(Type::Number), Plain, Blanks(text::len), "How many characters the text has.";
    Lower "LOWER" Text [one("text", T), optional("locale", T)] Always(Type::Text), Plain, Blanks(text::lower), "The text in lower case.";
    Lpad "LPAD" Text [one("text", T), one("length", N), optional("pad", T)] Always(Type::Text), Plain, Blanks(text::lpad), "The text filled from the left to a length, or cut to it.";
    Mid "MID" Text [one("text", T), one("start", N), one("count", N)] Always(Type::Text), Plain, Strict(text::mid), "Characters from the middle; the first has position 1.";
    Regex "REGEX" Text [one("text", T), one("pattern", T)] Always(Type::Boolean), Pattern, Blanks(text::regex), "True when the whole text matches the regular expression.";
    Reverse "REVERSE" Text [one("text", T)] Always(Type::Text), Plain, Strict(text::reverse), "The characters in the opposite order.";
    Right "RIGHT" Text [one("text", T), one("count", N)] Always(Type::Text), Plain, Strict(text::right), "The last characters.";
    Rpad "RPAD" Text [one("text", T), one("length", N), optional("pad", T)] Always(Type::Text), Plain, Blanks(text::rpad), "The text filled to a length, or cut to it.";
    Substitute "SUBSTITUTE" Text [one("text", T), one("old", T), one("new", T)] Always(Type::Text), Plain, Blanks(text::substitute), "The text with every occurrence of one part replaced by another.";
    Text "TEXT" Text [one("value", TEXTABLE)] Always(Type::Text), Plain, Strict(text::text), "A number, date, time or picklist as text, in no locale.";
    Trim "TRIM" Text [one("text", T)] Always(Type::Text), Plain, Strict(text::trim), "The text without white space at either end.";
    Upper "UPPER" Text [one("text", T), optional("locale", T)] Always(Type::Text), Plain, Blanks(text::upper), "The text in upper case.";
    Value "VALUE" Text [one("text", T)] Always(Type::Number), Plain, Strict(text::value), "The number that a text spells.";

    Abs "ABS" Math [one("number", N)] Always(Type::Number), Plain, Strict(math::abs), "The number without its sign.";
    Acos "ACOS" Math [one("number", N)] Always(Type::Number), Plain, Strict(math::acos), "The angle, in radians, with this cosine.";
    Asin "ASIN" Math [one("number", N)] Always(Type::Number), Plain, Strict(math::asin), "The angle, in radians, with this sine.";
    Atan "ATAN" Math [one("number", N)] Always(Type::Number), Plain, Strict(math::atan), "The angle, in radians, with this tangent.";
    Atan2 "ATAN2" Math [one("y", N), one("x", N)] Always(Type::Number), Plain, Strict(math::atan2), "The angle, in radians, of the point (x, y).";
    Ceiling "CEILING" Math [one("number", N)] Always(Type::Number), Plain, Strict(math::ceiling), "Rounds to a whole number, away from zero.";
    Cos "COS" Math [one("angle", N)] Always(Type::Number), Plain, Strict(math::cos), "The cosine of an angle in radians.";
    Distance "DISTANCE" Math [one("from", PLACE), one("to", PLACE), one("unit", T)] Always(Type::Number), Places, Lazy(place::distance), "How far two places are apart, in 'mi' or 'km'.";
    Exp "EXP" Math [one("number", N)] Always(Type::Number), Plain, Strict(math::exp), "The number e to a power.";
    Floor "FLOOR" Math [one("number", N)] Always(Type::Number), Plain, Strict(math::floor), "Rounds to a whole number, towards zero.";
    Geolocation "GEOLOCATION" Math [one("latitude", N), one("longitude", N)] Always(Type::Location), Plain, Lazy(place::geolocation), "A place, for DISTANCE.";
    Ln "LN" Math [one("number", N)] Always(Type::Number), Plain, Strict(math::ln), "The natural logarithm.";
    Log "LOG" Math [one("number", N)] Always(Type::Number), Plain, Strict(math::log), "The logarithm to base 10.";
    Max "MAX" Math [many("number", N)] Always(Type::Number), Plain, Strict(math::max), "The greatest of the numbers.";
    Mceiling "MCEILING" Math [one("number", N)] Always(Type::Number), Plain, Strict(math::mceiling), "Rounds up to a whole number, towards zero when negative.";
    Mfloor "MFLOOR" Math [one("number", N)] Always(Type::Number), Plain, Strict(math::mfloor), "Rounds down to a whole number, away from zero when negative.";
    Min "MIN" Math [many("number", N)] Always(Type::Number), Plain, Strict(math::min), "The least of the numbers.";
    Mod "MOD" Math [one("number", N), one("divisor", N)] Always(Type::Number), Plain, Strict(math::modulo), "What is left after division; it has the sign of the number.";
    Pi "PI" Math [] Always(Type::Number), Plain, Strict(math::pi), "The ratio of a circle's circumference to its diameter.";
    Round "ROUND" Math [one("number", N), one("digits", N)] Always(Type::Number), Plain, Strict(math::round), "Rounds half away from zero; negative digits round left of the point.";
    Sin "SIN" Math [one("angle", N)] Always(Type::Number), Plain, Strict(math::sin), "The sine of an angle in radians.";
    Sqrt "SQRT" Math [one("number", N)] Always(Type::Number), Plain, Strict(math::sqrt), "The square root.";
    Tan "TAN" Math [one("angle", N)] Always(Type::Number), Plain, Strict(math::tan), "The tangent of an angle in radians.";
    Trunc "TRUNC" Math [one("number", N), optional("digits", N)] Always(Type::Number), Plain, Strict(math::trunc), "Cuts off all digits after the given number of decimal places.";

    AddMonths "ADDMONTHS" Date [one("date", DAY_OR_INSTANT), one("months", N)] First, Plain, Strict(date::add_months), "The same day of a later or earlier month; the last day stays the last.";
    DateOf "DATE" Date [one("year", N), one("month", N), one("day", N)] Always(Type::Date), Plain, Strict(date::date), "The date with this year, month and day.";
    DateTimeValue "DATETIMEVALUE" Date [one("value", T.or(Type::Date).or(Type::DateTime))] Always(Type::DateTime), Plain, Strict(date::datetime_value), "The instant that a text names in GMT, or at which a date starts in GMT.";
    DateValue "DATEVALUE" Date [one("value", T.or(Type::Date).or(Type::DateTime))] Always(Type::Date), Plain, Strict(date::date_value), "The date that a text names, or the reader's date at an instant.";
    Day "DAY" Date [one("date", D)] Always(Type::Number), Plain, Strict(date::day), "The day of the month, 1 to 31.";
    DayOfYear "DAYOFYEAR" Date [one("date", D)] Always(Type::Number), Plain, Strict(date::day_of_year), "The day of the year, 1 to 366.";
    FormatDuration "FORMATDURATION" Date [one("start", SPAN), optional("end", SPAN.or(Type::Boolean))] Always(Type::Text), Duration, Strict(date::format_duration), "Seconds, or what lies between two moments, as hours, minutes and seconds, with days where asked.";
    FromUnixTime "FROMUNIXTIME" Date [one("seconds", N)] Always(Type::DateTime), Plain, Strict(date::from_unix_time), "The instant so many seconds after the start of 1970 in GMT.";
    Hour "HOUR" Date [one("time", TIME)] Always(Type::Number), Plain, Strict(date::hour), "The hour, 0 to 23.";
    IsoWeek "ISOWEEK" Date [one("date", DAY_OR_INSTANT)] Always(Type::Number), Plain, Strict(date::iso_week), "The ISO week, 1 to 53; of an instant, that in GMT.";
    IsoYear "ISOYEAR" Date [one("date", DAY_OR_INSTANT)] Always(Type::Number), Plain, Strict(date::iso_year), "The year that the ISO week belongs to.";
    Millisecond "MILLISECOND" Date [one("time", TIME)] Always(Type::Number), Plain, Strict(date::millisecond), "The millisecond, 0 to 999.";
    Minute "MINUTE" Date [one("time", TIME)] Always(Type::Number), Plain, Strict(date::minute), "The minute, 0 to 59.";
    Month "MONTH" Date [one("date", D)] Always(Type::Number), Plain, Strict(date::month), "The month, 1 to 12.";
    Now "NOW" Date [] Always(Type::DateTime), Plain, Strict(date::now), "The present instant.";
    Second "SECOND" Date [one("time", TIME)] Always(Type::Number), Plain, Strict(date::second), "The second, 0 to 59.";
    TimeNow "TIMENOW" Date [] Always(Type::Time), Plain, Strict(date::time_now), "The present time of day in GMT.";
    TimeValue "TIMEVALUE" Date [one("value", T.or(Type::DateTime).or(Type::Time))] Always(Type::Time), Plain, Strict(date::time_value), "The time that a text names, or the time of day in GMT at an instant.";
    Today "TODAY" Date [] Always(Type::Date), Plain, Strict(date::today), "The reader's present date.";
    UnixTimestamp "UNIXTIMESTAMP" Date [one("moment", MOMENT)] Always(Type::Number), Plain, Strict(date::unix_timestamp), "Seconds since the start of 1970 in GMT; for a time, since midnight.";
    Weekday "WEEKDAY" Date [one("date", D)] Always(Type::Number), Plain, Strict(date::weekday), "The day of the week: Sunday is 1, Saturday 7.";
    Year "YEAR" Date [one("date", D)] Always(Type::Number), Plain, Strict(date::year), "The year.";
}

/// Functions of Salesforce that reach outside a record; naming one gets a fitting refusal instead of "unknown".
pub(crate) const UNAVAILABLE: &[&str] = &[
    "CURRENCYRATE",
    "GETRECORDIDS",
    "GETSESSIONID",
    "HTMLENCODE",
    "IMAGEPROXYURL",
    "INCLUDE",
    "ISCLONE",
    "JSENCODE",
    "JSINHTMLENCODE",
    "JUNCTIONIDLIST",
    "LINKTO",
    "PARENTGROUPVAL",
    "PREDICT",
    "PREVGROUPVAL",
    "REQUIRESCRIPT",
    "URLENCODE",
    "URLFOR",
    "VLOOKUP",
];
