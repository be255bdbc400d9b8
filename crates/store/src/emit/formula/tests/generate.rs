//! Random well-typed formulas as text.

use model::FieldType;

/// A source of choices: a xorshift, so that a seed says it all.
pub(super) struct Choices(u64);

impl Choices {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed | 1)
    }

    pub(super) fn below(&mut self, count: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33).unwrap_or(0) % count.max(1)
    }

    fn of(&mut self, list: &[&str]) -> String {
        list[self.below(list.len())].to_owned()
    }
}

#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Kind {
    Number,
    Text,
    Flag,
    Date,
    Instant,
    Time,
}

pub(super) const KINDS: [Kind; 6] = [Kind::Number, Kind::Text, Kind::Flag, Kind::Date, Kind::Instant, Kind::Time];

/// The type of field that a formula of a kind is for.
pub(super) fn returns(kind: Kind, choices: &mut Choices) -> FieldType {
    match kind {
        Kind::Number => match choices.below(4) {
            0 => FieldType::Number { precision: 18, scale: 0 },
            1 => FieldType::Currency { precision: 18, scale: 2 },
            2 => FieldType::Percent { precision: 18, scale: 6 },
            _ => FieldType::Number { precision: 18, scale: 12 },
        },
        Kind::Text => FieldType::Text { length: 1300 },
        Kind::Flag => FieldType::Boolean,
        Kind::Date => FieldType::Date,
        Kind::Instant => FieldType::DateTime,
        Kind::Time => FieldType::Time,
    }
}

/// A formula of a kind, of at most so many levels. `{N}`, `{T}`, `{B}`, `{D}`, `{I}` and `{C}` in a shape are parts.
pub(super) fn formula(kind: Kind, levels: usize, choices: &mut Choices) -> String {
    let list = if levels == 0 { leaves(kind) } else { shapes(kind) };
    let leaf = levels > 0 && choices.below(5) == 0;
    let shape = choices.of(if leaf { leaves(kind) } else { list });
    let mut out = String::new();
    let mut rest = shape.as_str();
    while let Some(at) = rest.find('{') {
        out.push_str(&rest[..at]);
        let part = match &rest[at + 1..at + 2] {
            "N" => Kind::Number,
            "T" => Kind::Text,
            "B" => Kind::Flag,
            "D" => Kind::Date,
            "I" => Kind::Instant,
            _ => Kind::Time,
        };
        out.push_str(&formula(part, levels.saturating_sub(1), choices));
        rest = &rest[at + 3..];
    }
    out.push_str(rest);
    out
}

/// Everything that formulas of a kind are made of.
pub(super) fn texts(kind: Kind) -> impl Iterator<Item = &'static str> {
    leaves(kind).iter().chain(shapes(kind)).copied()
}

fn leaves(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Number => &[
            "Amount",
            "Factor",
            "Discount",
            "Count",
            "0",
            "1",
            "2",
            "-1",
            "0.5",
            "3",
            "10",
            "1000000",
            "0.0000000000000000000000000001",
            "9999999999999999999999999999",
            "12345678901234.56789",
        ],
        Kind::Text => &[
            "Title",
            "Code",
            "TEXT(Stage)",
            "'a'",
            "''",
            "'Straße'",
            "'12.5'",
            "'e'",
            "NULL",
            "'ς σ Σ'",
            "'2024-02-29'",
            "'10:20:30'",
            "Parent.Id",
            "Other",
        ],
        Kind::Flag => &[
            "IsWon",
            "TRUE",
            "FALSE",
            "ISPICKVAL(Stage, 'Open')",
            "ISBLANK(Title)",
            "INCLUDES(Tags, 'Golf')",
            "Other = '001000000000001'",
            "Other = Code",
            "ISBLANK(Amount)",
            "ISBLANK(Close)",
        ],
        Kind::Date => {
            &["Close", "TODAY()", "DATE(2024, 2, 29)", "DATE(1, 1, 1)", "DATE(9999, 12, 31)", "DATEVALUE(Seen)"]
        }
        Kind::Instant => &["Seen", "NOW()", "DATETIMEVALUE('9999-12-31 23:59:59')", "DATETIMEVALUE(Close)"],
        Kind::Time => &["Start", "TIMENOW()", "TIMEVALUE('12:00:00')", "TIMEVALUE(Seen)"],
    }
}

fn shapes(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Number => &[
            "({N} + {N})",
            "({N} - {N})",
            "({N} * {N})",
            "({N} / {N})",
            "({N} ^ {N})",
            "({N} ^ 2)",
            "({N} ^ 0.5)",
            "-({N})",
            "IF({B}, {N}, {N})",
            "CASE({N}, {N}, {N}, {N}, {N}, {N})",
            "CASE({T}, {T}, {N}, NULL, {N}, {N})",
            "CASE(Stage, 'Open', {N}, '', {N}, {N})",
            "BLANKVALUE({N}, {N})",
            "NULLVALUE({N}, {N})",
            "ABS({N})",
            "CEILING({N})",
            "FLOOR({N})",
            "MCEILING({N})",
            "MFLOOR({N})",
            "MAX({N}, {N}, {N})",
            "MIN({N}, {N})",
            "MOD({N}, {N})",
            "ROUND({N}, {N})",
            "ROUND({N}, 2)",
            "ROUND({N}, -3)",
            "TRUNC({N}, {N})",
            "TRUNC({N})",
            "SQRT({N})",
            "EXP({N})",
            "LN({N})",
            "LOG({N})",
            "SIN({N})",
            "COS({N})",
            "TAN({N})",
            "ASIN({N})",
            "ACOS({N})",
            "ATAN({N})",
            "ATAN2({N}, {N})",
            "PI()",
            "LEN({T})",
            "FIND({T}, {T})",
            "FIND({T}, {T}, {N})",
            "ASCII({T})",
            "VALUE({T})",
            "VALUE(Code)",
            "({D} - {D})",
            "({I} - {I})",
            "({C} - {C})",
            "YEAR({D})",
            "MONTH({D})",
            "DAY({D})",
            "DAYOFYEAR({D})",
            "WEEKDAY({D})",
            "ISOWEEK({D})",
            "ISOYEAR({D})",
            "ISOWEEK({I})",
            "HOUR({C})",
            "MINUTE({C})",
            "SECOND({C})",
            "MILLISECOND({C})",
            "UNIXTIMESTAMP({D})",
            "UNIXTIMESTAMP({I})",
            "UNIXTIMESTAMP({C})",
            "DISTANCE(GEOLOCATION({N}, {N}), GEOLOCATION(52.52, 13.405), 'km')",
        ],
        Kind::Text => &[
            "({T} & {T})",
            "({T} + {T})",
            "IF({B}, {T}, {T})",
            "CASE({D}, {D}, {T}, {T})",
            "CASE(Other, '001000000000001', {T}, {T})",
            "BLANKVALUE({T}, {T})",
            "NULLVALUE({T}, {T})",
            "UPPER({T})",
            "LOWER({T})",
            "UPPER({T}, 'tr')",
            "LOWER({T}, 'az_AZ')",
            "INITCAP({T})",
            "LEFT({T}, {N})",
            "RIGHT({T}, {N})",
            "MID({T}, {N}, {N})",
            "MID({T}, 2, 3)",
            "LPAD({T}, {N})",
            "RPAD({T}, 12, {T})",
            "LPAD({T}, 5, 'xy')",
            "REVERSE({T})",
            "SUBSTITUTE({T}, {T}, {T})",
            "TRIM({T})",
            "TEXT({N})",
            "TEXT({D})",
            "TEXT({I})",
            "TEXT({C})",
            "CHR({N})",
            "BR()",
            "CASESAFEID(Other)",
            "CASESAFEID({T})",
            "HYPERLINK({T}, {T})",
            "HYPERLINK('/x' & {T}, {T}, '_top')",
            "IMAGE({T}, {T}, {N}, 3)",
            "FORMATDURATION({N})",
            "FORMATDURATION({N}, {B})",
            "FORMATDURATION({I}, {I})",
            "FORMATDURATION({C}, {C})",
        ],
        Kind::Flag => &[
            "AND({B}, {B}, {B})",
            "OR({B}, {B})",
            "({B} && {B})",
            "({B} || {B})",
            "NOT({B})",
            "IF({B}, {B}, {B})",
            "({N} = {N})",
            "({N} <> {N})",
            "({N} < {N})",
            "({N} >= {N})",
            "({T} = {T})",
            "({T} <> {T})",
            "({T} < {T})",
            "({T} >= {T})",
            "({D} = {D})",
            "({D} > {D})",
            "({I} <= {I})",
            "({C} < {C})",
            "({B} = {B})",
            "(Other = {T})",
            "({T} <> Other)",
            "ISBLANK({N})",
            "ISBLANK({T})",
            "ISBLANK({D})",
            "ISNULL({N})",
            "ISNULL({T})",
            "ISNUMBER({T})",
            "ISNUMBER(Code)",
            "BEGINS({T}, {T})",
            "CONTAINS({T}, {T})",
            "({N} = NULL)",
            "(NULL <> {D})",
        ],
        Kind::Date => &[
            "({D} + {N})",
            "({D} - {N})",
            "({N} + {D})",
            "IF({B}, {D}, {D})",
            "BLANKVALUE({D}, {D})",
            "ADDMONTHS({D}, {N})",
            "ADDMONTHS({D}, 1)",
            "ADDMONTHS({D}, -13)",
            "DATE({N}, {N}, {N})",
            "DATE(YEAR({D}), 2, 29)",
            "DATEVALUE({I})",
            "DATEVALUE({T})",
            "DATEVALUE(Code)",
            "CASE(MONTH({D}), 2, {D}, {D})",
        ],
        Kind::Instant => &[
            "({I} + {N})",
            "({I} - {N})",
            "IF({B}, {I}, {I})",
            "BLANKVALUE({I}, {I})",
            "ADDMONTHS({I}, {N})",
            "ADDMONTHS({I}, 12)",
            "DATETIMEVALUE({D})",
            "DATETIMEVALUE({T})",
            "DATETIMEVALUE(Code)",
            "FROMUNIXTIME({N})",
        ],
        Kind::Time => {
            &["({C} + {N})", "({C} - {N})", "IF({B}, {C}, {C})", "TIMEVALUE({I})", "TIMEVALUE({T})", "TIMEVALUE(Code)"]
        }
    }
}
