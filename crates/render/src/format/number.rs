//! Numbers as people read them: grouped digits, currencies, percent signs, and the short forms of axes.

use super::{Formats, MoneyStyle, currency_scale, currency_symbol};
use crate::table::ColumnKind;
use model::{Decimal, format_decimal};
use serde::{Deserialize, Serialize};

/// What a number counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "style", rename_all = "snake_case")]
pub enum NumberStyle {
    Plain { scale: u8 },
    Currency { code: String },
    Percent { scale: u8 },
}

impl NumberStyle {
    /// The style of a numeric column.
    pub fn of(kind: &ColumnKind) -> Option<Self> {
        Some(match kind {
            ColumnKind::Number { scale } => Self::Plain { scale: *scale },
            ColumnKind::Currency { code } => Self::Currency { code: code.clone() },
            ColumnKind::Percent { scale } => Self::Percent { scale: *scale },
            _ => return None,
        })
    }

    fn scale(&self) -> u8 {
        match self {
            Self::Plain { scale } | Self::Percent { scale } => *scale,
            Self::Currency { code } => currency_scale(code),
        }
    }
}

impl Formats {
    /// The full form: every digit of the style's scale, grouped.
    pub fn number(&self, number: Decimal, style: &NumberStyle) -> String {
        self.dress(&self.digits(number, Some(style.scale())), style)
    }

    /// The short form of axes and labels: three significant digits and a power, `1.2M`, `950K`, `EUR 3.4B`.
    /// Numbers below a thousand are written out, with no more decimals than they have.
    pub fn compact(&self, number: Decimal, style: &NumberStyle) -> String {
        let limit = if matches!(style, NumberStyle::Currency { .. }) { 2 } else { style.scale().max(1) };
        if number.abs() < Decimal::ONE_THOUSAND {
            let rounded = model::round_to_scale(number, limit).normalize();
            // An amount shows no cents or all of them: "4.5" reads as four and a half of something else.
            let scale = match style {
                NumberStyle::Currency { code } if !rounded.is_integer() => currency_scale(code),
                _ => u8::try_from(rounded.scale()).unwrap_or(limit),
            };
            return self.dress(&self.digits(rounded, Some(scale)), style);
        }
        let (mut shown, mut power) = (number, 0);
        while (shown.abs() >= Decimal::ONE_THOUSAND || self.rounds_up_to_a_thousand(shown))
            && power < self.locale.powers.len()
        {
            shown /= Decimal::ONE_THOUSAND;
            power += 1;
        }
        let digits = self.digits(significant(shown).normalize(), None);
        let unit = if power == 0 { "" } else { self.locale.powers[power - 1] };
        self.dress(&format!("{digits}{unit}"), style)
    }

    fn rounds_up_to_a_thousand(&self, number: Decimal) -> bool {
        significant(number).abs() >= Decimal::ONE_THOUSAND
    }

    /// Grouped digits in the locale's marks.
    fn digits(&self, number: Decimal, scale: Option<u8>) -> String {
        let plain = format_decimal(number, scale);
        let (sign, plain) = plain.strip_prefix('-').map_or(("", plain.as_str()), |rest| ("-", rest));
        // Minus nought is nought.
        let sign = if plain.bytes().all(|byte| matches!(byte, b'0' | b'.')) { "" } else { sign };
        let (whole, fraction) = plain.split_once('.').unwrap_or((plain, ""));
        let mut out = String::with_capacity(plain.len() + plain.len() / 3 + 1);
        out.push_str(sign);
        for (at, digit) in whole.chars().enumerate() {
            if at > 0 && (whole.len() - at).is_multiple_of(3) {
                out.push(self.locale.group);
            }
            out.push(digit);
        }
        if !fraction.is_empty() {
            out.push(self.locale.decimal);
            out.push_str(fraction);
        }
        out
    }

    /// Puts the currency or percent sign where the locale wants it, the minus sign before all.
    fn dress(&self, digits: &str, style: &NumberStyle) -> String {
        match style {
            NumberStyle::Plain { .. } => digits.to_owned(),
            NumberStyle::Percent { .. } => format!("{digits}{}%", self.locale.before_percent),
            NumberStyle::Currency { code } => {
                let symbol = if self.money == MoneyStyle::Symbol { currency_symbol(code) } else { None };
                let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |rest| ("-", rest));
                match symbol {
                    Some(symbol) if self.locale.currency_last => format!("{sign}{digits} {symbol}"),
                    Some(symbol) => format!("{sign}{symbol}{digits}"),
                    None if self.locale.currency_last => format!("{sign}{digits} {code}"),
                    None => format!("{sign}{code} {digits}"),
                }
            }
        }
    }
}

/// Three significant digits of a number between 1 and 1000, one decimal at most from 100 down to 10.
fn significant(number: Decimal) -> Decimal {
    let size = number.abs();
    let scale = if size >= Decimal::ONE_HUNDRED {
        0
    } else if size >= Decimal::TEN {
        1
    } else {
        2
    };
    model::round_to_scale(number, scale)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::Locale;
    use model::parse_decimal;

    fn decimal(text: &str) -> Decimal {
        parse_decimal(text).expect("a number")
    }

    fn euro() -> NumberStyle {
        NumberStyle::Currency { code: "EUR".into() }
    }

    #[test]
    fn amounts_carry_their_currency_by_code_or_symbol() {
        let formats = Formats::default();
        assert_eq!(formats.number(decimal("1500.5"), &euro()), "EUR 1,500.50");
        assert_eq!(formats.number(decimal("-1500.5"), &euro()), "-EUR 1,500.50");
        let symbols = Formats { money: MoneyStyle::Symbol, ..formats };
        assert_eq!(symbols.number(decimal("-1234567.891"), &euro()), "-€1,234,567.89");
        assert_eq!(symbols.number(decimal("12"), &NumberStyle::Currency { code: "CHF".into() }), "CHF 12.00");
        assert_eq!(symbols.number(decimal("1999.6"), &NumberStyle::Currency { code: "JPY".into() }), "¥2,000");
        let german = Formats { locale: Locale::DE_DE, ..symbols };
        assert_eq!(german.number(decimal("1500.5"), &euro()), "1.500,50 €");
    }

    #[test]
    fn percents_and_plain_numbers_follow_the_locale() {
        let german = Formats { locale: Locale::DE_DE, ..Formats::default() };
        assert_eq!(Formats::default().number(decimal("62.5"), &NumberStyle::Percent { scale: 1 }), "62.5%");
        assert_eq!(german.number(decimal("62.5"), &NumberStyle::Percent { scale: 1 }), "62,5\u{a0}%");
        assert_eq!(german.number(decimal("-1234567"), &NumberStyle::Plain { scale: 0 }), "-1.234.567");
        assert_eq!(Formats::default().number(decimal("-0.001"), &NumberStyle::Plain { scale: 2 }), "0.00");
    }

    #[test]
    fn short_forms_keep_three_digits_and_never_show_a_thousand_of_a_power() {
        let formats = Formats::default();
        let plain = NumberStyle::Plain { scale: 0 };
        for (number, expected) in [
            ("0", "0"),
            ("950", "950"),
            ("1000", "1K"),
            ("1250", "1.25K"),
            ("12500", "12.5K"),
            ("999499", "999K"),
            ("999999", "1M"),
            ("-1234567", "-1.23M"),
            ("4200000000", "4.2B"),
            ("123456789012", "123B"),
            ("5000000000000000", "5000T"),
        ] {
            let shown = formats.compact(decimal(number), &plain);
            assert_eq!(shown.replace(',', ""), expected, "{number}");
        }
        assert_eq!(formats.compact(decimal("1200000"), &euro()), "EUR 1.2M");
        assert_eq!(formats.compact(decimal("4.5"), &euro()), "EUR 4.50");
        assert_eq!(formats.compact(decimal("40"), &euro()), "EUR 40");
        let german = Formats { locale: Locale::DE_DE, money: MoneyStyle::Symbol };
        assert_eq!(german.compact(decimal("1200000"), &euro()), "1,2\u{a0}Mio. €");
    }
}
