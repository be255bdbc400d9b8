//! How one field of a record gets its value.

use super::{DateFormat, NumberFormat, Template, TextOp};
use model::{Decimal, Zone, parse_decimal};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Where a value comes from and what happens to it, in the order of the fields below.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The rule gives a value only in rows that meet all of these; else the value is blank.
    #[serde(default)]
    pub when: Vec<Condition>,

    pub column: Option<String>,
    pub constant: Option<Constant>,
    pub template: Option<Template>,

    #[serde(default)]
    pub text: Vec<TextOp>,
    /// Known mistakes and what they mean; a value mended by it is reported.
    #[serde(default)]
    pub repair: BTreeMap<String, String>,
    /// The source's words and the org's; not reported.
    pub map: Option<BTreeMap<String, String>>,
    /// What to do with a value that `map` does not name.
    pub unmapped: Option<Unmapped>,

    pub date: Option<DateFormat>,
    /// The zone of a date-time that names none; UTC when not given.
    pub zone: Option<ZoneName>,
    pub number: Option<NumberFormat>,
    pub boolean: Option<BooleanWords>,
    pub multiply: Option<Factor>,
    pub add_days: Option<i32>,
    /// Round a number that has more decimal places than the field; reported.
    #[serde(default)]
    pub round: bool,

    pub lookup: Option<Lookup>,

    /// A row without a value is refused.
    #[serde(default)]
    pub required: bool,
    /// Where the value comes from when this rule gives none.
    pub or: Option<Box<Rule>>,
    /// Reported whenever this rule gives the value.
    pub note: Option<String>,
    #[serde(default)]
    pub on_error: OnError,
}

/// A value written in the mapping.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Constant {
    Text(String),
    Bool(bool),
    Int(i64),
}

impl Constant {
    pub fn to_text(&self) -> String {
        match self {
            Constant::Text(text) => text.clone(),
            Constant::Bool(flag) => flag.to_string(),
            Constant::Int(number) => number.to_string(),
        }
    }
}

/// A test of one column. With no test named, the column must not be blank.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    pub column: String,
    /// One of these, compared without case.
    pub is: Option<Vec<String>>,
    /// None of these, compared without case.
    pub is_not: Option<Vec<String>>,
    pub blank: Option<bool>,
}

impl Condition {
    pub fn holds(&self, value: &str) -> bool {
        let among = |words: &[String]| words.iter().any(|word| model::text::eq_fold(word, value));
        let named = self.is.is_some() || self.is_not.is_some() || self.blank.is_some();
        self.is.as_deref().is_none_or(among)
            && self.is_not.as_deref().is_none_or(|words| !among(words))
            && self.blank.is_none_or(|blank| blank == value.is_empty())
            && (named || !value.is_empty())
    }
}

/// What to do with a value that `map` does not name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unmapped {
    /// An error, handled as `on_error` says.
    #[default]
    Refuse,
    /// The value goes on as it is.
    Keep,
    /// The value counts as blank.
    Blank,
}

/// What to do with a value that cannot be used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnError {
    /// The row is refused.
    #[default]
    Refuse,
    /// The value of `or` is taken, and reported.
    Repair,
    /// The field is left empty, and reported.
    Null,
}

/// The text becomes the record that has it in a field.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lookup {
    pub object: String,
    pub field: String,
    /// What may differ when no record has exactly this text; a match found that way is reported.
    #[serde(default)]
    pub ignore: Vec<Ignore>,
}

/// A difference that a lookup may overlook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ignore {
    Case,
    Spaces,
    Punctuation,
}

/// The words for true and false, compared without case.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BooleanWords {
    #[serde(rename = "true")]
    pub yes: Vec<String>,
    #[serde(rename = "false")]
    pub no: Vec<String>,
}

/// An exact factor.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "FactorText")]
pub struct Factor(pub Decimal);

/// A float would not be exact, so a factor is a whole number or a text.
#[derive(Deserialize)]
#[serde(untagged)]
enum FactorText {
    Int(i64),
    Text(String),
}

impl TryFrom<FactorText> for Factor {
    type Error = String;

    fn try_from(factor: FactorText) -> Result<Self, String> {
        match factor {
            FactorText::Int(number) => Ok(Self(Decimal::from(number))),
            FactorText::Text(text) => {
                parse_decimal(&text).map(Self).ok_or_else(|| format!("multiply: {text:?} is not a number"))
            }
        }
    }
}

/// An IANA zone.
#[derive(Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct ZoneName(pub Zone);

impl TryFrom<String> for ZoneName {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        Zone::get(&name).map(Self).map_err(|_| format!("zone: {name:?} is no IANA zone such as \"Europe/Berlin\""))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn condition(text: &str) -> Condition {
        toml::from_str(text).expect("a condition")
    }

    #[test]
    fn a_condition_tests_membership_absence_and_blankness() {
        let won = condition("column = \"stage\"\nis = [\"Won\"]");
        assert!(won.holds("won") && !won.holds("lost") && !won.holds(""));
        let open = condition("column = \"stage\"\nis_not = [\"Won\", \"Lost\"]");
        assert!(open.holds("engaging") && !open.holds("LOST"));
        let bare = condition("column = \"stage\"");
        assert!(bare.holds("x") && !bare.holds(""));
        let blank = condition("column = \"stage\"\nblank = true");
        assert!(blank.holds("") && !blank.holds("x"));
    }

    #[test]
    fn a_factor_is_exact() {
        #[derive(Deserialize)]
        struct Holder {
            by: Factor,
        }
        let holder: Holder = toml::from_str("by = \"0.01\"").expect("a factor");
        assert_eq!(holder.by.0, Decimal::new(1, 2));
        assert!(toml::from_str::<Holder>("by = 0.01").is_err());
    }
}
