//! Exact numbers. Stores keep a number as an integer scaled by the field's decimal places; at the edges it is a
//! [`Decimal`]. Nothing here is a float, and the only rounding is [`round_to_scale`]: half away from zero.

pub use rust_decimal::Decimal;
use rust_decimal::RoundingStrategy;

/// The most digits a number field may have: 18 fit in a 64-bit integer with room for a sum of a few.
pub const MAX_PRECISION: u8 = 18;

/// Rounds half away from zero, as Salesforce does when it stores a number field.
pub fn round_to_scale(number: Decimal, scale: u8) -> Decimal {
    number.round_dp_with_strategy(u32::from(scale), RoundingStrategy::MidpointAwayFromZero)
}

/// The integer a store keeps for `number` in a field of `scale` decimal places; `None` when it does not fit.
pub fn to_scaled(number: Decimal, scale: u8) -> Option<i64> {
    let mut rounded = round_to_scale(number, scale);
    rounded.rescale(u32::from(scale));
    if rounded.scale() != u32::from(scale) {
        return None;
    }
    i64::try_from(rounded.mantissa()).ok()
}

/// The number behind a store's integer.
pub fn from_scaled(raw: i64, scale: u8) -> Decimal {
    Decimal::new(raw, u32::from(scale))
}

/// Reads `12`, `-3.50`, `+.5`, `1.39E+08`. No thousands separators, no infinities.
pub fn parse_decimal(text: &str) -> Option<Decimal> {
    let text = text.trim();
    let plain = text.strip_prefix('+').unwrap_or(text);
    let acceptable =
        plain.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+' | b'e' | b'E'));
    if plain.is_empty() || !acceptable || !plain.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    if plain.contains(['e', 'E']) { Decimal::from_scientific(plain).ok() } else { Decimal::from_str_exact(plain).ok() }
}

/// Plain digits with exactly `scale` decimal places when given, else as many as the number has.
pub fn format_decimal(number: Decimal, scale: Option<u8>) -> String {
    match scale {
        Some(scale) => format!("{:.*}", usize::from(scale), round_to_scale(number, scale)),
        None => number.normalize().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_goes_to_the_store_and_back_exactly() {
        let number = parse_decimal("1234.50").expect("a number");
        assert_eq!(to_scaled(number, 2), Some(123_450));
        assert_eq!(from_scaled(123_450, 2), number);
    }

    #[test]
    fn halves_round_away_from_zero() {
        assert_eq!(to_scaled(parse_decimal("0.005").expect("a number"), 2), Some(1));
        assert_eq!(to_scaled(parse_decimal("-0.005").expect("a number"), 2), Some(-1));
    }

    #[test]
    fn exponents_are_read_and_nonsense_is_not() {
        assert_eq!(parse_decimal("1.39E+08"), Some(Decimal::from(139_000_000)));
        for text in ["", "-", "1,000", "NaN", "inf", "0x10", "1.2.3", "."] {
            assert_eq!(parse_decimal(text), None, "{text}");
        }
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        assert_eq!(to_scaled(parse_decimal("99999999999999999999").expect("a number"), 2), None);
    }
}
