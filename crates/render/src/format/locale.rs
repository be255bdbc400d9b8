//! How a language and region write numbers and days.

use serde::{Deserialize, Serialize};

/// The order of the parts of a numeric date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateOrder {
    /// 11/21/2026
    MonthDayYear,
    /// 21/11/2026
    DayMonthYear,
    /// 21.11.2026
    DayMonthYearDotted,
    /// 2026-11-21
    YearMonthDay,
}

/// The conventions of one language and region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Locale {
    pub tag: &'static str,
    pub decimal: char,
    pub group: char,
    pub date_order: DateOrder,
    /// Whether the day is cut into two halves of twelve hours.
    pub twelve_hours: bool,
    /// Whether the currency follows its amount: `1.500,50 €`.
    pub currency_last: bool,
    /// What stands between a number and its percent sign.
    pub before_percent: &'static str,
    /// Short words for 10³, 10⁶, 10⁹ and 10¹², set close to the number or with their own space.
    pub powers: [&'static str; 4],
    pub yes: &'static str,
    pub no: &'static str,
}

impl Locale {
    pub const EN_US: Self = Self {
        tag: "en-US",
        decimal: '.',
        group: ',',
        date_order: DateOrder::MonthDayYear,
        twelve_hours: true,
        currency_last: false,
        before_percent: "",
        powers: ["K", "M", "B", "T"],
        yes: "Yes",
        no: "No",
    };

    pub const EN_GB: Self =
        Self { tag: "en-GB", date_order: DateOrder::DayMonthYear, twelve_hours: false, ..Self::EN_US };

    pub const DE_DE: Self = Self {
        tag: "de-DE",
        decimal: ',',
        group: '.',
        date_order: DateOrder::DayMonthYearDotted,
        twelve_hours: false,
        currency_last: true,
        before_percent: "\u{a0}",
        powers: ["\u{a0}Tsd.", "\u{a0}Mio.", "\u{a0}Mrd.", "\u{a0}Bio."],
        yes: "Ja",
        no: "Nein",
    };

    /// Every locale that is known.
    pub const ALL: &'static [Self] = &[Self::EN_US, Self::EN_GB, Self::DE_DE];

    /// The locale of a tag such as `de-DE`, `de_AT` or `en`: exact, else the first of the same language.
    pub fn find(tag: &str) -> Option<Self> {
        let tag = tag.replace('_', "-");
        let language = |tag: &str| tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
        Self::ALL
            .iter()
            .find(|locale| locale.tag.eq_ignore_ascii_case(&tag))
            .or_else(|| Self::ALL.iter().find(|locale| language(locale.tag) == language(&tag)))
            .copied()
    }
}

impl Default for Locale {
    fn default() -> Self {
        Self::EN_US
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_finds_its_locale_or_its_language() {
        assert_eq!(Locale::find("en_GB"), Some(Locale::EN_GB));
        assert_eq!(Locale::find("de-AT"), Some(Locale::DE_DE));
        assert_eq!(Locale::find("EN"), Some(Locale::EN_US));
        assert_eq!(Locale::find("tlh"), None);
    }
}
